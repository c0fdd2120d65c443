"""Phonemes as users write them: their standard form, and which signs are refused."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.document import Phonemes
from audiobook.narration.lexicon.phonemes import LONGEST_PHONEMES, canonical


@pytest.mark.parametrize(
    ("written", "alphabet", "ipa"),
    [
        ("/həˈləʊ/", "ipa", "həˈləʊ"),
        ("[ ɡuːd  bɔɪ ]", "IPA", "ɡuːd bɔɪ"),
        ("gu:d 'bo.ɪ", "ipa", "ɡuːd ˈboɪ"),
        ("c\u0327", "ipa", "ç"),
        ('"foUni:mz', "x-sampa", "ˈfoʊniːmz"),
        ("%s{k.S@n h@'l@U", "X-SAMPA", "ˌsækʃən həʲləʊ"),
        ("t_d r\\` 3` {~ x\\", "x-sampa", "t̪ ɻ ɝ æ̃ ɧ"),
    ],
)
def test_variants_of_a_notation_become_the_same(written: str, alphabet: str, ipa: str) -> None:
    assert canonical(Phonemes(written, alphabet)) == (Phonemes(unicodedata.normalize("NFC", ipa)), "")


def test_other_alphabets_are_unchanged() -> None:
    assert canonical(Phonemes("h@l'oU", "espeak")) == (Phonemes("h@l'oU", "espeak"), "")


def test_a_sign_unknown_to_x_sampa_is_named() -> None:
    assert canonical(Phonemes("ka£t", "x-sampa"))[1] == "£"


@given(symbols=st.text(), alphabet=st.sampled_from(["ipa", "x-sampa", "espeak", ""]))
def test_any_text_is_accepted_or_refused(symbols: str, alphabet: str) -> None:
    found, fault = canonical(Phonemes(symbols, alphabet))
    assert fault or canonical(found) == (found, "") or alphabet == "x-sampa"
    assert fault or len(found.symbols) <= 3 * LONGEST_PHONEMES
