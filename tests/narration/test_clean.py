"""Cleaning text for speech, with a link to the written form."""

import unicodedata

import pytest
from growth import assert_linear, repeated
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audiobook.narration.clean import clean


def said(text: str) -> str:
    return clean(text).text


def shown(text: str, part: str) -> str:
    """Return the written form of a part of the cleaned text."""
    cleaned = clean(text)
    at = cleaned.text.index(part)
    return text[cleaned.starts[at] : cleaned.ends[at + len(part) - 1]]


def letters(text: str) -> list[str]:
    """Return the letters and digits in order, without their shape, case and accents."""
    plain = unicodedata.normalize("NFKD", text.replace("\u0640", "")).casefold()
    return [character for character in unicodedata.normalize("NFKD", plain) if character.isalnum()]


@pytest.mark.parametrize("text", ["", "Hän tuli.", "A-osa, B-osa (ja C).", "3–5 km", "it's", 'hän "sanoi"'])
def test_clean_text_is_unchanged(text: str) -> None:
    assert said(text) == text


@pytest.mark.parametrize("sign", [*map(chr, range(0x09)), "\x0e", "\x1b", "\x7f", "\x80", "\x9f"])
def test_control_characters_are_removed(sign: str) -> None:
    assert said(f"ää{sign}ni") == "ääni"


@pytest.mark.parametrize(
    "sign",
    ["\t", "\v", "\f", "\x1c", "\x1f", "\x85", "\u00a0", "\u2003", "\u2028", "\u3000", "  "],
)
def test_white_space_of_any_kind_becomes_one_space(sign: str) -> None:
    assert said(f"yksi{sign}kaksi") == "yksi kaksi"
    assert said(f"yksi {sign} kaksi") == "yksi kaksi"


def test_the_end_of_a_line_of_verse_becomes_a_pause() -> None:
    assert said("April is the cruellest month, breeding\nLilacs out of the dead land.\nMixing \n memory") == (
        "April is the cruellest month, breeding, Lilacs out of the dead land. Mixing, memory"
    )


@pytest.mark.parametrize(
    "sign", ["\u00ad", "\u200b", "\u2060", "\u2064", "\ufeff", "\ufff9", "\ufffb", "\U000e0041"]
)
def test_invisible_characters_are_removed_and_split_no_word(sign: str) -> None:
    assert said(f"ää{sign}ni{sign}{sign}kirja") == "äänikirja"


@pytest.mark.parametrize(
    "sign",
    [
        "\u061c",
        "\u200e",
        "\u200f",
        "\u202a",
        "\u202b",
        "\u202c",
        "\u202d",
        "\u202e",
        "\u2066",
        "\u2067",
        "\u2068",
        "\u2069",
    ],
)
def test_bidirectional_controls_are_removed(sign: str) -> None:
    assert said(f"a{sign}b {sign}c") == "ab c"


def test_a_control_between_two_spaces_leaves_one_space() -> None:
    assert said("yksi \u200b \x07 kaksi") == "yksi kaksi"


@pytest.mark.parametrize("text", ["ää\u200dni", "ää\u200cni"])
def test_joiners_are_removed_where_the_script_needs_none(text: str) -> None:
    assert said(text) == "ääni"


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",
        "क्\u200dष",
        "ක්\u200dෂ",
        "ক্\u200cষ",
        "👨\u200d👩\u200d👧",
        "perhe 👨\u200d👩\u200d👧 tuli",
    ],
    ids=["Persian", "Hindi", "Sinhala", "Bengali", "emoji", "emoji in text"],
)
def test_joiners_are_kept_where_the_script_needs_them(text: str) -> None:
    assert said(text) == text


@pytest.mark.parametrize(
    "text", ["“ei”", "„ei“", "”ei”", "»ei«", "«ei»", "›ei‹", "‘ei’", "‚ei‘", "‟ei‟", "″ei″"]
)
def test_all_quotes_become_straight(text: str) -> None:
    assert said(f"hän sanoi {text} taas") == 'hän sanoi "ei" taas'


@pytest.mark.parametrize("sign", "‘’ʼ′")
def test_an_apostrophe_within_a_word_is_kept(sign: str) -> None:
    assert said(f"rei{sign}itys") == "rei'itys"


def test_primes_after_numbers_are_not_quotes() -> None:
    assert said("60° 10′ pohjoista") == "60° 10′ pohjoista"


@pytest.mark.parametrize("dash", "–—―")
def test_a_dash_between_words_gets_spaces(dash: str) -> None:
    assert said(f"niin{dash}näin") == "niin – näin"


@pytest.mark.parametrize("dash", ["-", "--", "---", "‒", "–", "—", "―"])
def test_every_dash_between_spaces_becomes_the_same_dash(dash: str) -> None:
    assert said(f"niin {dash} näin") == "niin – näin"


@pytest.mark.parametrize("text", ["1990–1995", "s. 3—5", "A–3", "3–A"])
def test_a_dash_next_to_a_number_is_kept_as_a_range(text: str) -> None:
    assert said(text) == text


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("kanta -asiakas", "kanta-asiakas"),
        ("kanta- asiakas", "kanta-asiakas"),
        ("Itä -Suomen yliopisto", "Itä-Suomen yliopisto"),
        ("biało -czerwony", "biało-czerwony"),
        ("tieto- kone -aika", "tieto-kone-aika"),
    ],
)
def test_a_stray_space_at_a_hyphen_is_removed(text: str, joined: str) -> None:
    assert said(text) == joined


@pytest.mark.parametrize(
    "text",
    [
        "äidin- ja isän",
        "kotiovi ja -ikkuna",
        "syys- tai lokakuu",
        "pre- and postwar",
        "Vor- und Nachteile",
        "dwu- i trzyletni",
        "sju- och åttaåring",
        "Äidin- JA isän",
    ],
)
def test_a_suspended_compound_keeps_its_space(text: str) -> None:
    assert said(text) == text


@pytest.mark.parametrize("text", ["kanta-asiakas", "-5 astetta", "5 -6", "a -5", "CD- 3"])
def test_other_hyphens_are_kept(text: str) -> None:
    assert said(text) == text


@pytest.mark.parametrize("letter", "äöåõšžāēģķńśźćčñüéèẽǘṩй")
def test_decomposed_letters_are_composed(letter: str) -> None:
    apart = unicodedata.normalize("NFD", letter)
    assert apart != letter
    assert said(f"a{apart}b") == f"a{letter}b"
    assert shown(f"a{apart}b", letter) == apart


@pytest.mark.parametrize("text", ["한국어", "が", "パン"], ids=["Korean", "hiragana", "katakana"])
def test_decomposed_letters_of_other_scripts_are_composed(text: str) -> None:
    assert said(unicodedata.normalize("NFD", text)) == text


def test_accents_that_cannot_be_composed_are_kept() -> None:
    assert said("q\u0301") == "q\u0301"
    assert said("e\u0301 q\u0301 \ufb01\u0301") == "é q\u0301 fi\u0301"


@pytest.mark.parametrize("text", ["<b>a</b>", '<break time="999s"/>', "[[x]]", "&amp;", r"\n"])
def test_markup_is_unchanged(text: str) -> None:
    assert said(text) == text


def test_each_cleaned_word_knows_its_written_form() -> None:
    text = "Ää\u00adni \u200b –  kirja\u200d“na” kanta -asiakas"
    assert said(text) == 'Ääni – kirja"na" kanta-asiakas'
    assert shown(text, "Ääni") == "Ää\u00adni"
    assert shown(text, "–") == "–"
    assert shown(text, "kirja") == "kirja"
    assert shown(text, '"na"') == "“na”"
    assert shown(text, "kanta-asiakas") == "kanta -asiakas"
    assert shown(text, "asiakas") == "asiakas"


PIECES = st.sampled_from(
    [
        *(
            "ja",
            "kanta",
            "äidin",
            "A",
            "é",
            "e\u0301",
            "e\u0302\u0301",
            "\u1112\u1161",
            "か\u3099",
            "می",
            "👨",
            "5",
            "²",
        ),
        *(" ", "  ", "\u00a0", "\t", "\u2028", "-", "--", "–", "—", "'", "’", "“", "„", "»", "′", ".", ","),
        *("\u00ad", "\u200b", "\u200c", "\u200d", "\u202e", "\ufeff", "\x00", "\x85", "\x1b", "\u0301"),
    ]
)
ANY_TEXT = st.text() | st.lists(PIECES, max_size=40).map("".join)


@pytest.mark.slow
@hypothesis_settings(max_examples=200)
@given(text=ANY_TEXT)
@example(text="\u0301" * 20)
@example(text="\u212b\u0301 \u2126")
def test_no_letter_or_digit_is_lost(text: str) -> None:
    assert letters(said(text)) == letters(text)


@pytest.mark.slow
@hypothesis_settings(max_examples=200)
@given(text=ANY_TEXT)
def test_origins_are_in_order_and_a_letter_comes_from_itself(text: str) -> None:
    cleaned = clean(text)
    reached_start = reached_end = 0
    for character, start, end in zip(cleaned.text, cleaned.starts, cleaned.ends, strict=True):
        assert reached_start <= start < end <= len(text)
        assert reached_end <= end
        reached_start, reached_end = start, end
        if character.isalnum():
            assert set(letters(character)) <= set(letters(text[start:end]))
            assert (
                end - start == 1
                or unicodedata.combining(text[end - 1])
                or "\u1160" <= text[end - 1] <= "\u11ff"
            )


@pytest.mark.slow
@hypothesis_settings(max_examples=200)
@given(text=ANY_TEXT)
def test_nothing_unpronounceable_is_left(text: str) -> None:
    cleaned = said(text)
    assert "  " not in cleaned
    assert not [sign for sign in cleaned if sign.isspace() and sign != " "]
    assert not [sign for sign in cleaned if unicodedata.category(sign) == "Cc"]
    assert not set(cleaned) & set("\u00ad\u200b\u200e\u200f\u202a\u202e\u2066\u2069\ufeff“”„»«‘’")


@given(text=ANY_TEXT)
def test_cleaning_twice_equals_cleaning_once(text: str) -> None:
    once = said(text)
    assert said(once) == once


HOSTILE = {
    "combining marks": repeated("\u0301", before="a"),
    "hyphens": repeated("a -"),
    "dashes": repeated("a—"),
    "quotes": repeated("’a"),
    "soft hyphens": repeated("a\u00ad"),
    "joiners": repeated("\u200d", after="😀"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_cleaned_in_linear_time(name: str) -> None:
    assert_linear(clean, HOSTILE[name], 3_000)
