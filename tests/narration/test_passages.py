"""Paragraphs to passages: nothing lost, nothing too long, no word cut."""

import unicodedata

import pytest
from growth import assert_linear, repeated
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audiobook.document import ForeignText, Kind, Paragraph, Passage, Saying, Sentence
from audiobook.errors import SpeechError
from audiobook.narration.clean import clean
from audiobook.narration.length_limit import MAX_PASSAGE_CHARS
from audiobook.narration.lexicon.entries import EMPTY_LEXICON, Lexicon, WordEntry
from audiobook.narration.passages import cut_pronunciations, narrate

WITHOUT_RULES = ["hu", "ja", "ar", "hi", "sr-Latn", "x", ""]
LANGUAGES = ["lv", "pl", "fi", "id", "sl", "en", "ja", "ar", "hi", "sr-Latn", "x", ""]


def as_text(text: str) -> Paragraph:
    return Paragraph(text, Kind.TEXT)


def sentences(passages: tuple[Passage, ...]) -> list[Sentence]:
    return [sentence for passage in passages for sentence in passage.sentences]


def spoken(text: str, language: str = "fi") -> list[str]:
    return [sentence.text for sentence in sentences(narrate(Paragraph(text, Kind.TEXT), language))]


def length(passage: Passage) -> int:
    return sum(len(sentence.text) for sentence in passage.sentences)


def letters(text: str) -> list[str]:
    return [character for character in unicodedata.normalize("NFD", text) if character.isalnum()]


def words(text: str) -> list[str]:
    return [word for word in text.split() if letters(word)]


def test_a_paragraph_is_one_passage_of_its_sentences() -> None:
    passages = narrate(Paragraph("Hän tuli. Sitten hän lähti! Miksi?", Kind.TEXT), "fi")
    assert [[sentence.text for sentence in passage.sentences] for passage in passages] == [
        ["Hän tuli.", "Sitten hän lähti!", "Miksi?"]
    ]
    assert passages[0].language == "fi"


def test_a_sentence_knows_its_position_in_the_paragraph() -> None:
    text = "  Hän  tu\u00adli. \u200bSitten “hän” lähti!"
    found = sentences(narrate(Paragraph(text, Kind.TEXT), "fi"))
    assert [sentence.text for sentence in found] == ["Hän tuli.", 'Sitten "hän" lähti!']
    assert [text[slice(*sentence.span)] for sentence in found] == ["Hän  tu\u00adli.", "Sitten “hän” lähti!"]
    start = found[1].text.index("hän")
    assert text[slice(*found[1].source_span(start, start + 3))] == "hän"


@pytest.mark.parametrize("text", ["", " ", "* * *", "…!", "😀", "\u200b", "–"])
def test_text_without_words_makes_no_passage(text: str) -> None:
    assert narrate(Paragraph(text, Kind.TEXT), "fi") == ()


def test_signs_at_the_end_do_not_become_a_sentence() -> None:
    assert all(letters(sentence) for sentence in spoken("Hän tuli. * * * Hän lähti. … – …"))


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    sentence = "Tämä on lause, jossa on kaksikymmentä merkkiä ja vähän päälle."
    passages = narrate(Paragraph(" ".join([sentence] * 100), Kind.TEXT), "fi")
    assert {each.text for each in sentences(passages)} == {sentence}
    assert len(sentences(passages)) == 100
    per_passage = MAX_PASSAGE_CHARS // len(sentence)
    assert [len(passage.sentences) for passage in passages[:-1]] == [per_passage] * (len(passages) - 1)


def test_text_of_the_maximum_length_is_one_passage() -> None:
    text = "a" * (MAX_PASSAGE_CHARS - 3) + ". B."
    assert len(text) == MAX_PASSAGE_CHARS + 1
    assert [length(passage) for passage in narrate(Paragraph(text, Kind.TEXT), "fi")] == [MAX_PASSAGE_CHARS]
    assert [length(passage) for passage in narrate(Paragraph("a" + text, Kind.TEXT), "fi")] == [
        MAX_PASSAGE_CHARS - 1,
        2,
    ]


def test_a_long_sentence_is_cut_at_the_end_of_its_last_clause() -> None:
    clause = "sana " * 29 + "sana, "
    text = clause * 20
    found = spoken(text)
    assert all(each.endswith("sana,") for each in found)
    assert len(found[0]) == MAX_PASSAGE_CHARS // len(clause) * len(clause) - 1
    assert words(" ".join(found)) == words(text)


def test_no_cut_is_made_at_the_end_of_an_early_clause() -> None:
    text = "sana, " + "sana " * 1000
    assert len(spoken(text)[0]) == len("sana, " + "sana " * 398 + "sana")


def test_a_long_sentence_without_clauses_is_cut_between_words() -> None:
    text = "yhdyssana " * 500
    found = spoken(text)
    assert [len(each) for each in found] == [1999, 1999, 999]
    assert words(" ".join(found)) == words(text)


@pytest.mark.parametrize(
    "run", ["a" * 2001, "1" * 5000, "ä" * 100_000, "a_" * 2000, "a" * 2001 + " a" * 2000]
)
def test_a_run_longer_than_any_word_is_an_error(run: str) -> None:
    for text in (run, f"Alku on tässä. {run}"):
        with pytest.raises(SpeechError) as caught:
            narrate(Paragraph(text, Kind.TEXT), "fi")
        assert run[:20] in caught.value.message
        assert len(caught.value.message) < 200
        assert caught.value.hint
        assert caught.value.where is None


def test_a_run_of_words_joined_by_hyphens_is_cut_after_a_hyphen() -> None:
    run = "-".join(["sana"] * 1000)
    found = spoken(run)
    assert "".join(found) == run
    assert [len(each) for each in found[:2]] == [MAX_PASSAGE_CHARS, MAX_PASSAGE_CHARS]
    assert all(each.endswith("-") for each in found[:-1])
    assert spoken("a " + "-".join(["sana"] * 500))[0] == "a"


def test_the_longest_word_that_fits_is_spoken() -> None:
    assert spoken("a" * MAX_PASSAGE_CHARS) == ["a" * MAX_PASSAGE_CHARS]
    word = "b" * MAX_PASSAGE_CHARS
    assert spoken(f"a {word} c") == ["a", word, "c"]


@pytest.mark.parametrize("text", ["<b>a</b>", '<break time="999s"/> a', "[[x]]", "&amp; a"])
def test_markup_is_spoken_as_text(text: str) -> None:
    assert " ".join(spoken(text)) == text


WORDS = st.sampled_from(
    [
        *(
            "sana",
            "ja",
            "Kanta",
            "-asiakas",
            "e\u0301",
            "5.",
            "1990",
            "km",
            "J.",
            "esim.",
            "it’s",
            "か",
            "。",
            "مرحبا",
        ),
        *(
            "loppu.",
            "Miksi?",
            "ei!",
            "“Niin.”",
            "näin,",
            "–",
            "—",
            "...",
            "* * *",
            "a\u00adb",
            "\u200b",
            "a\u200db",
            "😀",
        ),
    ]
)
TEXTS = st.text() | st.lists(WORDS).map(" ".join) | st.lists(WORDS).map("".join)
LONG = st.builds(
    lambda words, times, gap: gap.join(words * times),
    st.lists(WORDS | st.text("abä", min_size=1, max_size=30), min_size=1, max_size=12),
    st.integers(100, 400),
    st.sampled_from([" ", "  ", " \u200b"]),
)


@pytest.mark.slow
@hypothesis_settings(max_examples=150)
@given(text=TEXTS, language=st.sampled_from(WITHOUT_RULES))
def test_no_letter_or_digit_is_lost(text: str, language: str) -> None:
    assert letters("".join(spoken(text, language))) == letters(text)


@pytest.mark.slow
@hypothesis_settings(max_examples=40)
@given(text=LONG, language=st.sampled_from(WITHOUT_RULES))
def test_no_letter_of_a_long_text_is_lost_and_no_passage_is_too_long(text: str, language: str) -> None:
    passages = narrate(Paragraph(text, Kind.TEXT), language)
    assert letters("".join(sentence.text for sentence in sentences(passages))) == letters(text)
    assert all(0 < length(passage) <= MAX_PASSAGE_CHARS for passage in passages)


@pytest.mark.slow
@hypothesis_settings(max_examples=40)
@given(
    parts=st.lists(st.text("abä", min_size=1, max_size=30), min_size=1, max_size=20),
    times=st.integers(1, 300),
    language=st.sampled_from(LANGUAGES),
)
def test_no_word_is_cut_in_two(parts: list[str], times: int, language: str) -> None:
    text = " ".join(parts * times)
    assert words(" ".join(spoken(text, language))) == text.split()


@pytest.mark.slow
@hypothesis_settings(max_examples=150)
@given(text=TEXTS, language=st.sampled_from(LANGUAGES))
def test_sentences_follow_each_other_in_their_paragraph(text: str, language: str) -> None:
    reached = 0
    for passage in narrate(Paragraph(text, Kind.TEXT), language):
        assert passage.sentences
        assert passage.language == language
        for sentence in passage.sentences:
            start, end = sentence.span
            assert reached <= start < end <= len(text)
            assert letters(sentence.text) != []
            assert language not in WITHOUT_RULES or letters(text[start:end]) == letters(sentence.text)
            assert sentence.text == sentence.text.strip()
            reached = end


@pytest.mark.slow
@hypothesis_settings(max_examples=150)
@given(text=TEXTS, language=st.sampled_from(LANGUAGES))
def test_every_letter_and_digit_is_in_the_origin_of_a_sentence(text: str, language: str) -> None:
    told_of = "".join(text[slice(*sentence.span)] for sentence in sentences(narrate(as_text(text), language)))
    assert letters(told_of) == letters(text)


@pytest.mark.slow
@hypothesis_settings(max_examples=20)
@given(
    text=st.lists(st.sampled_from(["1990", "12,5 %", "sana", "5.5.1990"]), min_size=300, max_size=900),
    language=st.sampled_from(LANGUAGES),
)
def test_a_sentence_stays_within_the_limit_after_numbers_become_words(text: list[str], language: str) -> None:
    passages = narrate(as_text(" ".join(text)), language)
    assert all(0 < length(passage) <= MAX_PASSAGE_CHARS for passage in passages)


def test_a_single_numeral_is_a_number_only_in_a_heading() -> None:
    said = [narrate(Paragraph("XIV", kind), "en")[0].sentences[0].text for kind in (Kind.HEADING, Kind.TEXT)]
    assert said == ["fourteen", "XIV"]


@given(text=TEXTS, language=st.sampled_from(WITHOUT_RULES))
def test_the_spoken_text_is_the_cleaned_text(text: str, language: str) -> None:
    cleaned = clean(text).text
    at = 0
    for sentence in spoken(text, language):
        found = cleaned.find(sentence, at)
        assert found >= at
        at = found + len(sentence)


HOSTILE = {
    "words": repeated("sana "),
    "short sentences": repeated("Ei. "),
    "clauses": repeated("a, "),
    "accents": repeated("e\u0301 "),
    "hyphens": repeated("a -b- "),
    "soft hyphens": repeated("a\u00ad "),
    "ideographs": repeated("是。"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_very_much_text_is_narrated_in_linear_time(name: str) -> None:
    assert_linear(lambda text: narrate(as_text(text), "fi"), HOSTILE[name], 1_000)
    text = HOSTILE[name](10_000)
    passages = narrate(as_text(text), "fi")
    assert max(map(length, passages)) <= MAX_PASSAGE_CHARS
    assert sum(len(letters(each.text)) for each in sentences(passages)) == len(letters(text))


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["a", "1", "\u0301", "s'"])
def test_text_without_a_space_is_refused_in_linear_time(unit: str) -> None:
    def refuse(text: str) -> None:
        with pytest.raises(SpeechError):
            narrate(as_text(text), "fi")

    assert_linear(refuse, repeated(unit, before="a"), 10_000)


def foreign(text: str, *parts: tuple[str, str]) -> Paragraph:
    """Return a paragraph in which the given parts are in another language."""
    found = [(text.index(part), len(part), language) for part, language in parts]
    spans = tuple(ForeignText(start, start + length, language) for start, length, language in found)
    return Paragraph(text, Kind.TEXT, foreign=spans)


def told(paragraph: Paragraph) -> list[tuple[str, list[str]]]:
    return [(each.language, [one.text for one in each.sentences]) for each in narrate(paragraph, "en")]


def test_a_sentence_in_another_language_is_a_passage_in_that_language() -> None:
    paragraph = foreign(
        "He bowed. “Bonjour mon ami. Ça va ?” And he left. So did I.", ("Bonjour mon ami. Ça va ?", "fr")
    )
    assert told(paragraph) == [
        ("en", ["He bowed."]),
        ("fr", ['"Bonjour mon ami.', 'Ça va ?"']),
        ("en", ["And he left.", "So did I."]),
    ]


def test_a_foreign_word_is_spoken_by_the_voice_of_its_sentence() -> None:
    assert told(foreign("He said bonjour to us.", ("bonjour", "fr"))) == [("en", ["He said bonjour to us."])]


def test_a_foreign_paragraph_is_cut_by_the_rules_of_its_language() -> None:
    text = "Se oli 5. toukokuuta. Sitten satoi."
    assert told(foreign(text, (text, "fi"))) == [("fi", ["Se oli viides toukokuuta.", "Sitten satoi."])]


def test_a_lexicon_word_that_spans_a_sentence_end_is_reported() -> None:
    lexicon = Lexicon([WordEntry("Loppu. Alku", "toisin"), WordEntry("koira", "kissa")])
    paragraph = as_text("Tässä on loppu. Alku on tässä. Ja koira.")
    passages = narrate(paragraph, "fi", lexicon)
    assert "loppu." in passages[0].sentences[0].text
    assert [
        paragraph.text[slice(*part)] for part in cut_pronunciations(paragraph, passages, lexicon.crossing())
    ] == ["loppu. Alku"]


def test_a_lexicon_word_with_a_full_stop_inside_a_sentence_is_applied() -> None:
    lexicon = Lexicon([WordEntry("J. Aho", "Juhani Aho")])
    paragraph = as_text("Kirjan teki J. Aho vuosia sitten.")
    passages = narrate(paragraph, "fi", lexicon)
    assert "Juhani Aho" in passages[0].sentences[0].text
    assert not cut_pronunciations(paragraph, passages, lexicon.crossing())


def test_a_source_pronunciation_that_spans_a_sentence_end_is_reported() -> None:
    text = "Se on loppu. Alku on tässä."
    inside, over = Saying(6, 11, "päätös"), Saying(6, 17, "kaikki")
    for saying, parts in ((inside, []), (over, [(6, 17)])):
        paragraph = Paragraph(text, Kind.TEXT, sayings=(saying,))
        assert cut_pronunciations(paragraph, narrate(paragraph, "fi"), EMPTY_LEXICON) == parts


def test_a_lexicon_of_plain_words_is_not_checked_against_sentence_ends() -> None:
    assert Lexicon([WordEntry("koira", "kissa")]).crossing() is EMPTY_LEXICON
