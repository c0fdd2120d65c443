"""Abbreviations: each rule at its limits, and how the lists of a language are combined."""

import pytest

from audiobook.narration.splitting.abbreviations import LanguageWords, has, language_words

WORDS = LanguageWords(
    leading=frozenset({"dr", "Sz"}),
    numbering=frozenset({"no"}),
    closing=frozenset({"etc", "t.i", "a.b.c.d", "a.b.c.d.e"}),
    consonants=frozenset("bcdfghklmnprstvz"),
    vowelless=frozenset({"km"}),
)


def test_a_word_is_found_in_a_list_as_written_or_in_lower_case() -> None:
    words = frozenset({"dr", "Sz"})
    assert [word for word in ("dr", "Dr", "DR", "Sz", "sz", "SZ", "d", "") if has(word, words)] == [
        "dr",
        "Dr",
        "DR",
        "Sz",
    ]


def test_an_abbreviation_is_recognised_in_every_role() -> None:
    assert all(map(WORDS.abbreviates, ("dr", "No", "ETC", "t.i")))
    assert not any(map(WORDS.abbreviates, ("", "doctor", "t", "etcetera")))


@pytest.mark.parametrize(
    ("word", "anywhere", "casual", "truncating"),
    [
        ("etc", True, True, True),
        ("Talo", True, True, True),  # a capital letter may begin a name
        ("a1", True, True, True),  # not only letters
        ("ab", True, True, True),
        ("abc", True, False, True),
        ("aba", True, False, True),
        ("kato", True, False, False),
        ("katu", True, False, False),
        ("kääntää", True, False, False),
        ("huom", True, False, True),
        ("kirjoitus", True, False, True),
    ],
)
def test_a_word_may_be_an_abbreviation_unless_it_is_long_or_common(
    word: str, anywhere: bool, casual: bool, truncating: bool
) -> None:
    kinds = (
        WORDS,
        LanguageWords(closing=WORDS.closing, casual=True),
        LanguageWords(closing=WORDS.closing, truncates=True),
    )
    assert [kind.may_abbreviate(word) for kind in kinds] == [anywhere, casual, truncating]


@pytest.mark.parametrize(
    ("word", "before", "whole"),
    [
        ("i", ["t."], "t.i"),
        ("i", ["A", "longer", "t."], "t.i"),
        ("d", ["a.", "b.", "c."], "a.b.c.d"),
        ("e", ["a.", "b.", "c.", "d."], "e"),  # at most three before it
        ("i", ["x."], "i"),
        ("i", ["t", "."], "i"),
        ("i", ["t;"], "i"),
        ("i", ["at."], "i"),
        ("d", ["a.", "b.", "more", "c."], "d"),
        ("i", [], "i"),
    ],
)
def test_initials_before_a_word_are_part_of_its_abbreviation(
    word: str, before: list[str], whole: str
) -> None:
    assert WORDS.joined(word, before) == whole


@pytest.mark.parametrize(
    ("word", "lacks"),
    [
        ("nr", True),
        ("Nr", True),
        ("n", True),
        ("N", True),
        ("prst", True),
        ("prstv", False),
        ("NR", False),
        ("nrT", True),
        ("nRT", False),
        ("km", False),
        ("Km", False),
        ("no", False),
        ("ny", False),
        ("", True),
    ],
)
def test_a_short_unpronounceable_word_is_an_abbreviation(word: str, lacks: bool) -> None:
    assert WORDS.lacks_vowel(word) == lacks


# The lists of a language


def test_an_unknown_language_has_the_general_lists() -> None:
    unknown = language_words("xx")
    assert {"dr", "e.g"} <= unknown.leading
    assert {"no", "nr"} <= unknown.numbering
    assert unknown.closing == {"etc"}
    assert (unknown.starters, unknown.reporting) == (frozenset(), None)
    flags = (unknown.truncates, unknown.casual, unknown.numbers_before_names, unknown.whole_quotations)
    assert flags == (False, False, False, False)
    assert not unknown.asks_library
    assert {"b", "z", "б"} <= unknown.consonants
    assert "km" in unknown.vowelless


def test_the_lists_of_a_language_override_the_general_lists() -> None:
    english, finnish = language_words("en"), language_words("fi")
    assert {"no", "mr"} <= english.leading | english.numbering
    assert "prof" in finnish.leading
    assert "s" in finnish.numbering
    assert "etc" in english.closing
    assert "etc" in finnish.closing
    for language in ("en", "fi", "id", "lv", "pl", "sl"):
        own = language_words(language)
        # If its own lists have a word in one role, the general lists add no other role.
        assert "c" not in own.numbering & own.leading or language == "sl"


def test_each_language_of_the_project_has_its_own_lists() -> None:
    def ways(tag: str) -> tuple[bool, bool, bool, bool, bool]:
        words = language_words(tag)
        return (
            words.truncates,
            words.casual,
            words.numbers_before_names,
            words.whole_quotations,
            words.asks_library,
        )

    assert ways("en") == (False, True, False, False, False)
    assert ways("fi") == ways("lv") == ways("pl") == ways("sl") == (True, False, False, False, False)
    assert ways("id") == (True, False, False, True, False)
    assert ways("de") == ways("hu") == (False, False, True, False, False)
    assert ways("ta") == ways("el") == (False, False, False, False, True)


def test_a_language_can_use_the_lists_of_another() -> None:
    for tag, other in (("hr", "bs"), ("sr", "bs"), ("sk", "cs"), ("nb", "da"), ("nn", "da"), ("no", "da")):
        assert language_words(tag) == language_words(other)


def test_a_syllabic_consonant_does_not_count_as_a_missing_vowel() -> None:
    for tag in ("sl", "bs", "cs", "hr"):
        assert not {"r", "l"} & language_words(tag).consonants
        assert not language_words(tag).lacks_vowel("prst")
    assert language_words("pl").lacks_vowel("prst")


@pytest.mark.parametrize(
    ("language", "clause", "reports"),
    [
        ("en", "said Anna", True),
        ("en", "Anna said", True),
        ("en", "old Anna said", True),
        ("en", "the old Anna said", False),
        ("en", "Anna-Liisa asked quietly", True),
        ("en", "d’Arc said", True),
        ("en", "saidly", False),
        ("en", "went home", False),
        ("fi", "hän sanoi", True),
        ("fi", "sanoitti", False),
    ],
)
def test_a_clause_with_a_verb_of_speech_is_recognised(language: str, clause: str, reports: bool) -> None:
    reporting = language_words(language).reporting
    assert reporting is not None
    assert (reporting.match(clause) is not None) == reports
