"""Text as it is typed: apostrophes, other shapes of letters, capitals, powers, letters that count, other scripts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from audiobook.document import Kind, Paragraph, Passage
from audiobook.narration.clean import clean
from audiobook.narration.grammar.series import NO_SERIES, Series, series_of
from audiobook.narration.passages import narrate
from audiobook.sources.base import Source, read_work

TYPED: dict[str, list[tuple[str, str]]] = {
    "en": [
        ("The boys’ hats and James’ coat.", "The boys' hats and James' coat."),
        ("He was goin’ to the o’ house, an’ ’tis so.", "He was goin' to the o' house, an' 'tis so."),
        ("‘It’s the boys’ turn,’ she said.", "\"It's the boys' turn,\" she said."),
        ("He said ‘yes’ and ‘no’.", 'He said "yes" and "no".'),
        ("‘Twas the ’90s; rock ’n’ roll.", "'Twas the nineties; rock 'n' roll."),
        ("Act Ⅳ, Scene Ⅸ", "Act four, Scene nine"),
        ("𝐀𝐁 bold, ＡＢ wide, ﬁnish the ﬂoor", "AB bold, AB wide, finish the floor"),
        ("1⁄2 cup", "half a cup"),
        ("2⅛ inches", "two and an eighth inches"),
        ("co\u00adop\u200ber\ufeffate", "cooperate"),
        ("20ᵗʰ", "twentieth"),
        ("IT WAS A DARK NIGHT.", "It was a dark night."),
        ("IT WAS THE best of times.", "It was the best of times."),
        ("LOUIS XIV WAS KING IN THE USA.", "Louis the fourteenth was king in the USA."),
        ("NASA ESA agreed on A B C D.", "NASA ESA agreed on A B C D."),
        ("K U R T", "Kurt"),
        ("PARTS I AND II OF WORLD WAR I", "Parts one and two of world War one"),
        ("C H A P T E R  I V", "Chapter four"),
        ("MR. SMITH RAN 5 KM.", "Mister smith ran five kilometres."),
        ("3/4 cup", "three quarters of a cup"),
        ("It was 20 000 people.", "It was twenty thousand people."),
        (
            "phone 650 723",
            "phone 650 723".replace("650 723", "six hundred and fifty seven hundred and twenty-three"),
        ),
        ("He drew a .45 and hit .300.", "He drew a point forty-five and hit point three hundred."),
        ("1/2 cup and 1/4 hour", "half a cup and a quarter hour"),
        ("1.30 pm was late; the 9.15 train left.", "one thirty P M was late; the nine fifteen train left."),
        ("A ratio of 3:1, odds of 5:2.", "A ratio of three to one, odds of five to two."),
        ("a 3:1 majority; the 9:30 match", "a three to one majority; the nine thirty match"),
        ("They won 3:1 at 3:15.", "They won three to one at three fifteen."),
        ("Open from 9.30 to 10.45 today.", "Open from nine thirty to ten forty-five today."),
        ("Between 9.15 and 10.45 it rained.", "Between nine fifteen and ten forty-five it rained."),
        ("She read T H E  E N D here.", "She read The End here."),
        ("Take A B  C D now.", "Take A B C D now."),
        ("a 9.15 mark", "a nine point one five mark"),
        ("It was 5. Nov 2020, or so.", "It was the fifth of November twenty twenty, or so."),
        (
            "10⁶ people, 2^10 bytes, x², 5 m²",
            "ten to the sixth people, two to the tenth bytes, x squared, five square metres",
        ),
        (
            "It cost $200³ in 1945⁵ and fell.²³",
            "It cost two hundred dollars in nineteen forty five and fell.",
        ),
        (
            "Appendix C, Part C, Type C, Class C, Section L, Part D",
            "Appendix C, Part C, Type C, Class C, Section L, Part D",
        ),
        ("Title IX, World War I, Act V, Part XII", "Title nine, World War one, Act five, Part twelve"),
        ("Type I error, Part I of it, In Part I wrote", "Type one error, Part one of it, In Part I wrote"),
        ("pages iv–x, No. IV", "pages four to ten, Number four"),
    ],
    "de": [
        ("‚Ja‘, sagte er, ‚das ist ’ne Sache‘.", '"Ja", sagte er, "das ist \'ne Sache".'),
        ("Das war s e h r gut.", "Das war sehr gut."),
        ("10⁶", "zehn hoch sechs"),
    ],
    "fi": [
        ("’Hei’, hän sanoi.", '"Hei", hän sanoi.'),
        ("OLI PIMEÄ YÖ.", "Oli pimeä yö."),
        ("10⁶", "kymmenen potenssiin kuusi"),
    ],
    "fr": [("XXᵉ siècle, Mᵐᵉ Dupont", "vingtième siècle, madame Dupont"), ("x³", "x au cube")],
    "pl": [
        ("Powiedział ‚tak’ i wyszedł.", 'Powiedział "tak" i wyszedł.'),
        ("10⁶", "dziesięć do potęgi szóstej"),
    ],
    "tr": [("KAPIYI AÇ VE GİR.", "Kapıyı aç ve gir.")],
    "it": [("Un po’ di pane", "Un po' di pane")],
}


def texts(passages: Sequence[Passage]) -> list[str]:
    return [sentence.text for passage in passages for sentence in passage.sentences]


def said(text: str, language: str, series: Series = NO_SERIES) -> str:
    return " ".join(texts(narrate(Paragraph(text, Kind.TEXT), language, series=series)))


@pytest.mark.parametrize("language", TYPED)
def test_typed_text_is_said_as_it_is_meant(language: str) -> None:
    read = [(written, said(written, language), meant) for written, meant in TYPED[language]]
    assert not [row for row in read if row[1] != row[2]]


def test_every_replaced_letter_knows_where_it_came_from() -> None:
    cleaned = clean("Ⅳ ﬁn 𝐀’s")
    assert cleaned.text == "IV fin A's"
    assert list(zip(cleaned.starts, cleaned.ends, strict=True)) == [
        *[(0, 1), (0, 1), (1, 2)],
        *[(2, 3), (2, 3), (3, 4), (4, 5)],
        *[(5, 6), (6, 7), (7, 8)],
    ]


def test_the_series_of_a_document_distinguishes_letters_from_numerals() -> None:
    letters = series_of([Paragraph(f"Appendix {letter} says so.", Kind.TEXT) for letter in "ABCDEFGHI"])
    numerals = series_of([Paragraph(f"Chapter {one}", Kind.HEADING) for one in ("XLIX", "L", "LI")])
    assert said("See Appendix I", "en", letters) == "See Appendix I"
    assert said("See Appendix I", "en") == "See Appendix one"
    assert said("Chapter L", "en", numerals) == "Chapter fifty"
    assert said("Chapter L", "en") == "Chapter L"


def test_words_in_another_script_go_to_a_voice_of_its_language() -> None:
    paragraph = Paragraph('Eilen Татьяна luki "Война и мир" ja π. Sana λόγος.', Kind.TEXT)
    found = narrate(paragraph, "fi", speaks=lambda language: language in ("ru", "el"))
    assert [(passage.language, texts([passage]), passage.pause_ms) for passage in found] == [
        ("fi", ["Eilen"], None),
        ("ru", ["Татьяна"], 0),
        ("fi", ["luki"], 0),
        ("ru", ['"Война и мир"'], 0),
        ("fi", ["ja π.", "Sana"], 0),
        ("el", ["λόγος."], 0),
    ]
    spans = [paragraph.text[slice(*sentence.span)] for passage in found for sentence in passage.sentences]
    assert spans == ["Eilen", "Татьяна", "luki", '"Война и мир"', "ja π.", "Sana", "λόγος."]


def test_words_in_another_script_without_a_voice_are_transliterated() -> None:
    found = narrate(Paragraph("Eilen Татьяна luki.", Kind.TEXT), "fi", speaks=lambda _: False)
    assert texts(found) == ["Eilen Tat'yana luki."]
    assert texts(narrate(Paragraph("Он читал Goethe.", Kind.TEXT), "ru", speaks=lambda _: False)) == [
        "Он читал Goethe."
    ]


def spoken_of(path: Path, language: str = "en") -> str:
    slug = path.name.partition(".")[0]
    work = read_work(Source(path.read_bytes(), path.name, slug, language, slug, None), path.name)
    paragraphs = [paragraph for chapter in work.chapters for paragraph in chapter.paragraphs]
    series = series_of(paragraphs)
    return "\n".join(" ".join(texts(narrate(one, language, series=series))) for one in paragraphs)


CASES: dict[str, list[str]] = {
    "n0-abbr-numbers.en.txt": ["the fifth of November twenty twenty", "half a cup", "Inc. and Co. Ltd."],
    "n1-numbers2.en.txt": [
        "a point forty-five and a point twenty-two",
        "twenty thousand people",
        "one thirty P M",
    ],
    "n2-roman-single-letters.en.txt": [
        *("Appendix C", "Part C", "Type C", "Class C", "Part L", "Section M", "Chapter C"),
        *("Title nine", "World War one", "Act five", "Charles the first"),
    ],
    "n3-time-full-stop.en.txt": ["By one thirty P M", "the nine fifteen train left at nine fifteen"],
    "n5-apostrophe-possessive.en.txt": ["The boys' hats", "the Joneses' house", "goin' to the o' house, an'"],
    "n6-unicode-compat-caps.en.txt": [
        "Act four, Scene nine.",
        "AB bold.",
        "AB wide.",
        "It was a dark night.",
    ],
    "f25-softhyphen-zw.epub": ["generally proficient; finish the floor", "Act four", "AB half a cup"],
}


def test_the_shared_cases_are_said_as_they_must(shared: Path) -> None:
    folder = shared / "cases" / "reading"
    missing = {
        name: [wanted for wanted in parts if wanted not in spoken]
        for name, parts in CASES.items()
        for spoken in [spoken_of(folder / name)]
    }
    assert not {name: parts for name, parts in missing.items() if parts}
    assert '"' not in spoken_of(folder / "n5-apostrophe-possessive.en.txt")
