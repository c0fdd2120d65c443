"""What people in a story say is distinguished from the narrator's clauses, titles and odd words."""

from __future__ import annotations

import pytest
from growth import assert_linear, repeated

from audiobook.narration.dialogue.finding import find_dialogue

CASES = {
    "en": (
        ["{“I know,”} he said, {“that you came.”} He left."],
        ["{“Yes.”}"],
        ["{“No, sir,”} responded the expert."],
        ["{“Go! Now,”} she cried. {“Quick!”} Then she sat."],
        ["{‘I can’t,’} said the boy, {‘because ’tis late.’} The boys’ hats."],
        ['{"Straight,"} he said, {"quotes work."}'],
        ["{'It's late,'} said Anna. {'Are the boys' coats wet?'}"],
        ["{'What?'} {'Nothing.'}"],
        ["The boys' hats, and John's, were 'lost' in the '90s of rock 'n' roll."],
        ["{“It's the boys' hats,”} he said, 'cause he could."],
        ["He said, {“The sign said ‘no entry’ and “stop” too.”}"],
        ["She said: {“Come”}"],
        ["He roared {“Good dog!”} through the door."],
        ["{“Merry Christmas, Mr Scrooge!”} Bob went out."],
        ["He read “War and Peace” again."],
        ["“Hamlet,” which she loved, was long."],
        ["“Who’s Afraid of Virginia Woolf?” is a play."],
        ["The “quiet” house, the so-called “experts.”"],
        ["In his novel “War and Peace,” Tolstoy wrote it."],
        ["{“It was long ago. I was young.}", "{“Then I left.”} He stopped."],
        ["{“One thing}", "{and another without a mark}", "{and the end.”} That was all."],
        ["“A mark that nothing closes. He left.", "No marks here."],
    ),
    "de": (
        ["{„Ja“}, sagte er, {„ich komme morgen.“} Dann ging er."],
        ["{»Nein!«}, rief Anna. {»Nie!«}"],
        ["Er sagte: {„Ich habe ‚nein‘ gesagt.“}"],
        ["„Krieg und Frieden“, das Buch, lag da."],
        ["Das „schöne“ Haus."],
        ["{„Eins.}", "{„Zwei.“}"],
    ),
    "fr": (
        ["{« Je viens »}, dit-il."],
        ["{— Bonjour,} dit-il.{ Comment allez-vous ?}"],
        ["{— Je ne sais pas,} répondit-elle,{ mais je viendrai.}"],
        ["{— S'il vient,} lui dit-il,{ tu répondras non.}"],
        ["{-- Léon,} répliqua Charles, qui réfléchissait."],
        ["{— Pourquoi ?} demanda Jean en riant.{ Tu pars ?}"],
        ["{« Je viens,} dit-il,{ demain. »}"],
        ["Le « grand » jeu."],
        ["— Victor Hugo, Les Misérables"],
        ["{« Il était une fois}", "{» un roi très vieux. »}"],
    ),
    "es": (
        ["{—Hola} —dijo Juan—. {¿Cómo estás?}"],
        ["{—Yo —y miró la puerta— no voy.}".replace(" —y miró la puerta— ", "} —y miró la puerta— {")],
        ["{—¡Vamos!} —gritó."],
        ["{«Ven aquí»}, dijo Ana, con un «gran» gesto."],
    ),
    "pl": (
        ["{— Cześć} — powiedział Jan. — {Jak się masz?}"],
        ["{— Nie.} — Jan wstał. — {Idę.}"],
        ["{— To jest — jak wiesz — dobre.}"],
        ["{„Przyjdę”} – powiedział."],
        ["{- Tak} - odparł."],
    ),
    "fi": (
        ["{– Tulen huomenna,} hän sanoi. Ovi paukahti."],
        ["{– Tulen,} sanoi Matti. –{ Nähdään silloin.}"],
        ["{”Tulen huomenna”}, hän sanoi."],
        ["{»Tule tänne»}, isä huusi."],
        ["Se ”hieno” talo."],
        ["— Eino Leino"],
    ),
    "lv": (["{– Es nākšu rīt,} – viņš teica. – {Tiksimies tad.}"], ["{„Es nākšu rīt,”} viņš teica."]),
    "sl": (["{»Pridem,«} je rekel. {»Kmalu.«}"], ["{– Pridem,} je rekel Jan."]),
    "id": (["{“Saya datang,”} katanya. {“Besok.”}"], ['{"Siapa?"} tanya Budi.']),
    "ru": (["{— Да,} — сказал он. — {Нет.}"],),
    "sv": (["{– Jag kommer,} sa han."], ["{”Jag kommer”}, sa han."]),
    "xx": (["“Zu” {“Blim blam.”} Tra."],),
}


def marked(texts: list[str | None], language: str) -> list[str]:
    """Return paragraphs with what is said in braces."""
    found = []
    for text, spans in zip(texts, find_dialogue(texts, language), strict=True):
        shown = text or ""
        for start, end in reversed(spans):
            shown = f"{shown[:start]}{{{shown[start:end]}}}{shown[end:]}"
        found.append(shown)
    return found


def test_speech_is_found_as_each_language_writes_it() -> None:
    wrong = {
        language: found
        for language, cases in CASES.items()
        for case in cases
        if (found := marked([text.translate({123: "", 125: ""}) for text in case], language)) != case
    }
    assert not wrong


def test_no_speech_continues_after_a_heading() -> None:
    assert marked(["“One.", None, "two.” He left."], "en") == ["“One.", "", "two.” He left."]


@pytest.mark.parametrize("unit", ["“a, ", "‘a’ b", "» ", "”a”, ", "— a, dit-il, b ", " -- a. ", "\n— a."])
@pytest.mark.parametrize("language", ["en", "fr", "fi"])
def test_many_marks_take_linear_time(unit: str, language: str) -> None:
    assert_linear(lambda text: find_dialogue([f"— {text}", text], language), repeated(unit), 500)
