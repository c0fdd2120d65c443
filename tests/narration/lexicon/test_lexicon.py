"""Lexicons: which words they replace, and which they leave unchanged."""

import pytest
from growth import assert_linear, repeated
from hypothesis import given
from hypothesis import strategies as st

from audiobook.document import Kind, Paragraph, Phonemes, Saying, Sentence
from audiobook.narration.aligned import AlignedText
from audiobook.narration.lexicon.entries import Lexicon, PatternEntry, WordEntry
from audiobook.narration.passages import Pronounce, narrate
from audiobook.patterns import checked_pattern


def words(*pairs: tuple[str, str]) -> Lexicon:
    return Lexicon([WordEntry(word, say) for word, say in pairs])


def pattern(source: str, say: str) -> PatternEntry:
    return PatternEntry(checked_pattern(source, "w:1", case=False), say)


def said(lexicon: Lexicon, text: str) -> str:
    return lexicon.apply(AlignedText.original(text)).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A GIF.", "A jif."),
        ("a gif", "a jif"),
        ("GIF-kuva", "jif-kuva"),
        ("GIF's", "jif's"),
        ("(GIF)", "(jif)"),
        ("GIFs", "GIFs"),
        ("GIF9", "GIF9"),
        ("xGIF", "xGIF"),
        ("GIF\u0301", "GIF\u0301"),
        ("GIF GIF", "jif jif"),
    ],
)
def test_an_entry_replaces_whole_words_whatever_their_case(text: str, expected: str) -> None:
    assert said(words(("GIF", "jif")), text) == expected


@pytest.mark.parametrize(
    ("word", "text", "expected"),
    [
        ("New York", "In New York now", "In X now"),
        ("New York", "New Yorker", "New Yorker"),
        ("kanta-asiakas", "Kanta-asiakas tuli", "X tuli"),
        ("l’eau", "l'eau", "X"),
        ("C++", "in C++ now", "in X now"),
        (".NET", "in .NET now", "in X now"),
        ("%", "50% of", "50 X of"),
        ("straße", "Die Straße", "Die X"),
        ("हिन्दी", "यह हिन्दी है", "यह X है"),
        ("हिन", "यह हिन्दी है", "यह हिन्दी है"),
        ("می\u200cخواهم", "می\u200cخواهم", "X"),
        ("می", "می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_words_of_any_script_and_with_signs_and_spaces_are_found(word: str, text: str, expected: str) -> None:
    assert said(words((word, "X")), text) == expected


def test_case_matters_if_an_entry_says_so_and_such_entries_come_first() -> None:
    lexicon = Lexicon([WordEntry("US", "yu es", case=True), WordEntry("us", "as")])
    assert said(lexicon, "US us Us") == "yu es as as"
    assert said(Lexicon([WordEntry("US", "yu es", case=True)]), "US us Us") == "yu es us Us"


def test_the_longest_entry_wins() -> None:
    lexicon = words(("New", "A"), ("New York", "B"), ("New York City", "C"), ("York", "D"))
    assert said(lexicon, "New York City, New York, New, York") == "C, B, A, D"


def test_replaced_text_is_not_matched_again() -> None:
    lexicon = Lexicon([WordEntry("a", "b"), WordEntry("b", "c"), pattern("[abc]", "d")])
    assert said(lexicon, "a b c") == "b c d"


def test_the_later_of_two_entries_wins() -> None:
    assert said(words(("GIF", "one"), ("gif", "two")), "GIF") == "two"


def test_patterns_come_after_words_and_refer_to_groups() -> None:
    lexicon = Lexicon([pattern(r"(\d+) ?km", r"\1 kilometriä"), pattern(r"\d", "N"), WordEntry("7", "sata")])
    assert said(lexicon, "5 km, 6, 7 km") == "5 kilometriä, N, sata km"


def test_the_replacement_knows_the_text_it_came_from() -> None:
    text = words(("GIF", "jif jif")).apply(AlignedText.original("A GIF."))
    assert [(text.starts[at], text.ends[at]) for at in range(2, 9)] == [(2, 5)] * 7
    assert (text.starts[-1], text.ends[-1]) == (5, 6)


def narrated(paragraph: Paragraph, lexicon: Lexicon) -> list[str]:
    return [one.text for passage in narrate(paragraph, "en", lexicon) for one in passage.sentences]


def test_full_stops_in_a_replacement_end_no_sentence() -> None:
    lexicon = words(("GIF", "J. I. F! No"))
    assert narrated(Paragraph("A GIF came. It went.", Kind.TEXT), lexicon) == [
        "A J. I. F! No came.",
        "It went.",
    ]


def test_a_sentence_keeps_its_place_whatever_replaces_its_words() -> None:
    (passage,) = narrate(Paragraph("GIF came. A GIF", Kind.TEXT), "en", words(("GIF", "something else")))
    assert [sentence.span for sentence in passage.sentences] == [(0, 9), (10, 15)]


def test_the_users_lexicon_overrides_that_of_the_text() -> None:
    paragraph = Paragraph(
        "Anna met Jane Doe.", Kind.TEXT, sayings=(Saying(0, 4, "Ana"), Saying(9, 17, "J. Do"))
    )
    assert narrated(paragraph, Lexicon()) == ["Ana met J. Do."]
    assert narrated(paragraph, words(("Doe", "Dough"))) == ["Ana met Jane Dough."]


def test_a_pronunciation_in_the_second_sentence_is_applied_there() -> None:
    paragraph = Paragraph("He  came. Anna \u00adwent.", Kind.TEXT, sayings=(Saying(10, 14, "Ana"),))
    assert narrated(paragraph, Lexicon()) == ["He came.", "Ana went."]


def test_a_sentence_in_another_language_is_unchanged() -> None:
    from audiobook.document import ForeignText

    text = "The GIF is here. GIF on täällä."
    paragraph = Paragraph(text, Kind.TEXT, foreign=(ForeignText(17, len(text), "fi"),))
    assert narrated(paragraph, words(("GIF", "jif"))) == ["The jif is here.", "GIF on täällä."]


@pytest.mark.slow
def test_thousands_of_entries_and_long_texts_take_linear_time() -> None:
    def replace_one(entries: int) -> None:
        lexicon = words(*((f"sana{number} pitkä sana", "x") for number in range(entries)))
        assert said(lexicon, "sana5 pitkä sana ja muuta " * entries).count("x") == entries

    assert_linear(replace_one, int, 100)
    nearly = words(("a " * 99 + "b", "x"))
    assert_linear(lambda text: said(nearly, text), repeated("a "), 2_000)


@given(
    pairs=st.lists(
        st.tuples(st.text("abA -.'ä\u0301%", min_size=1, max_size=5), st.text("xy. ", max_size=4))
    ),
    text=st.text("abA -.'ä\u0301%x", max_size=30),
)
def test_any_entries_keep_the_origin_of_the_text(pairs: list[tuple[str, str]], text: str) -> None:
    result = words(*pairs).apply(AlignedText.original(text))
    assert len(result.text) == len(result.starts) == len(result.ends)
    assert list(result.starts) == sorted(result.starts)
    assert all(start < end <= len(text) for start, end in zip(result.starts, result.ends, strict=True))


SOUNDS = Phonemes("dʒɪf")


def voice(taken: set[str]) -> Pronounce:
    """A voice that accepts the given phonemes in every language."""
    return lambda _language, _character, phonemes, _otherwise: phonemes if phonemes.symbols in taken else None


def sounded(text: str, lexicon: Lexicon, *taken: str, sayings: tuple[Saying, ...] = ()) -> list[Sentence]:
    paragraph = Paragraph(text, Kind.TEXT, sayings=sayings)
    passages = narrate(paragraph, "en", lexicon, voice(set(taken)))
    return [sentence for passage in passages for sentence in passage.sentences]


def parts(sentence: Sentence) -> list[tuple[str, str]]:
    return [(sentence.text[span.start : span.end], span.phonemes.symbols) for span in sentence.phonemes]


def test_a_word_has_its_phonemes_if_the_voice_accepts_them() -> None:
    lexicon = Lexicon([WordEntry("GIF", None, phonemes=SOUNDS), WordEntry("PNG", "ping", phonemes=SOUNDS)])
    (sentence,) = sounded("A GIF, 2 PNG.", lexicon, "dʒɪf")
    assert sentence.text == "A GIF, two ping."
    assert parts(sentence) == [("GIF", "dʒɪf"), ("ping", "dʒɪf")]
    assert sentence.source_span(sentence.text.index("ping"), len(sentence.text) - 1) == (9, 12)
    (sentence,) = sounded("A GIF, 2 PNG.", lexicon)
    assert (sentence.text, sentence.phonemes) == ("A GIF, two ping.", ())


def test_a_word_with_phonemes_is_not_verbalized() -> None:
    lexicon = Lexicon([WordEntry("km", None, phonemes=SOUNDS), WordEntry("%", None, phonemes=SOUNDS)])
    (sentence,) = sounded("It is 5 km and 7 %.", lexicon, "dʒɪf")
    assert sentence.text == "It is five km and seven %."
    assert parts(sentence) == [("km", "dʒɪf"), ("%", "dʒɪf")]
    assert sounded("It is 5 km.", lexicon)[0].text == "It is five kilometres."


def test_every_match_of_a_pattern_has_its_phonemes() -> None:
    lexicon = Lexicon([PatternEntry(checked_pattern("[A-Z]{3}", "w:1", case=True), r"<\g<0>>", SOUNDS)])
    (sentence,) = sounded("The GIF and PNG.", lexicon, "dʒɪf")
    assert (sentence.text, len(parts(sentence))) == ("The <GIF> and <PNG>.", 2)


def test_phonemes_in_the_text_apply_unless_a_lexicon_has_the_word() -> None:
    sayings = (Saying(0, 4, None, Phonemes("æ")), Saying(9, 13, "J.", Phonemes("dʒ")))
    text = "Anna met Jane."
    (sentence,) = sounded(text, Lexicon(), "æ", "dʒ", sayings=sayings)
    assert (sentence.text, parts(sentence)) == ("Anna met J..", [("Anna", "æ"), ("J.", "dʒ")])
    (sentence,) = sounded(text, Lexicon([WordEntry("Anna", "Ana")]), "æ", sayings=sayings)
    assert (sentence.text, sentence.phonemes) == ("Ana met J..", ())


def test_a_passage_is_never_cut_within_phonemes() -> None:
    lexicon = Lexicon([WordEntry("New York City", None, phonemes=SOUNDS)])
    sentences = sounded("New York City " * 400, lexicon, "dʒɪf")
    assert len(sentences) > 2
    assert sum(len(sentence.phonemes) for sentence in sentences) == 400
    assert all(part == ("New York City", "dʒɪf") for sentence in sentences for part in parts(sentence))


def test_many_words_with_phonemes_take_linear_time() -> None:
    lexicon = Lexicon([WordEntry("a", None, phonemes=SOUNDS)])
    sentences = sounded("a 1 " * 2_000, lexicon, "dʒɪf")
    assert sum(len(sentence.phonemes) for sentence in sentences) == 2_000
    assert_linear(lambda text: sounded(text, lexicon, "dʒɪf"), repeated("a 1 "), 600)
