"""A sentence is cut where another character begins to speak."""

from __future__ import annotations

from audiobook.casting import Character, Role
from audiobook.document import ForeignText, Kind, Paragraph, Pause, Phonemes, Saying, SpokenPart
from audiobook.narration.passages import narrate

ANNA, UNSAID = Character(Role.NAMED, "Anna"), Character(Role.UNSAID)


def turns(text: str, character: Character = ANNA, **more: object) -> list[tuple[str, str, int | None]]:
    """Return who says what of a text with the character's parts in braces, and the pause before each."""
    plain, parts = "", []
    for number, piece in enumerate(text.replace("}", "{").split("{")):
        if number % 2:
            parts.append(SpokenPart(len(plain), len(plain) + len(piece), character))
        plain += piece
    paragraph = Paragraph(plain, Kind.TEXT, spoken=tuple(parts), **more)  # type: ignore[arg-type]
    return [
        (each.character.name if each.character else "", one.text, each.pause_ms)
        for each in narrate(paragraph, "en")
        for one in each.sentences
    ]


def test_a_part_inside_a_sentence_follows_without_a_pause() -> None:
    assert turns("He said {no way} and left.") == [
        ("", "He said", None),
        ("Anna", "no way", 0),
        ("", "and left.", 0),
    ]


def test_punctuation_gives_a_pause_and_stays_with_the_words_before_it() -> None:
    assert turns("{“I know”}, he said; {“now go.”} He left {quickly}.") == [
        ("Anna", '"I know",', None),
        ("", "he said;", 150),
        ("Anna", '"now go."', 150),
        ("", "He left", None),
        ("Anna", "quickly.", 0),
    ]


def test_sentences_of_one_character_stay_together() -> None:
    assert turns("{One. Two.} {Three.} Four.") == [
        ("Anna", "One.", None),
        ("Anna", "Two.", None),
        ("Anna", "Three.", None),
        ("", "Four.", None),
    ]


def test_what_is_not_said_is_left_out() -> None:
    assert turns("{HAMLET.} To be.", UNSAID) == [("", "To be.", None)]
    assert turns("{HAMLET.}", UNSAID) == []


def test_a_part_keeps_its_language_its_pause_and_its_sounds() -> None:
    foreign = (ForeignText(8, 15, "fr"),)
    paragraph = Paragraph(
        "He said bonjour to us.", Kind.TEXT, foreign=foreign, spoken=(SpokenPart(8, 15, ANNA),)
    )
    assert [(one.language, one.character) for one in narrate(paragraph, "en")] == [
        ("en", None),
        ("fr", ANNA),
        ("en", None),
    ]
    assert turns("He {said no} then.", pauses=(Pause(8, 700),)) == [
        ("", "He", None),
        ("Anna", "said", 0),
        ("Anna", "no", 700),
        ("", "then.", 0),
    ]
    asked = []
    sayings = (Saying(0, 2, None, Phonemes("hi")), Saying(3, 7, None, Phonemes("sed")))
    spoken = Paragraph("He said so.", Kind.TEXT, sayings=sayings, spoken=(SpokenPart(3, 11, ANNA),))
    narrate(
        spoken, "en", pronounce=lambda _tag, who, phonemes, _otherwise: asked.append((who, phonemes.symbols))
    )
    assert asked == [(None, "hi"), (ANNA, "sed")]


def test_places_in_the_text_are_those_of_the_words() -> None:
    text = "He  said “no ‘way’” — and left."
    paragraph = Paragraph(text, Kind.TEXT, spoken=(SpokenPart(9, 19, ANNA),))
    spans = [one.span for each in narrate(paragraph, "en") for one in each.sentences]
    assert [text[start:end].strip(" —") for start, end in spans] == ["He  said", "“no ‘way’”", "and left."]
