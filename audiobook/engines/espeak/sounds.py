"""The IPA symbols that an espeak-ng voice can pronounce, and espeak-ng's mnemonics for them.

Each language has its own phonemes, and the library ships no readable table of them. The IPA name of a phoneme may also
depend on its neighbours. So each process queries the library once per voice, in a separate interpreter that does not
speak.

Source: espeak-ng, `docs/phonemes.md`; `src/libespeak-ng/dictionary.c`, `EncodePhonemes` and `WritePhMnemonic`.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Container
from functools import lru_cache, partial
from importlib.resources import files
from typing import Any, Final

import msgspec

from audiobook.document import Phonemes
from audiobook.engines.espeak.library import EspeakLibrary, LibraryVoice, espeak_library
from audiobook.engines.interpreter import in_new_interpreter
from audiobook.engines.isolation import Limits
from audiobook.engines.serving import serve_once
from audiobook.errors import EngineMissing, SpeechError

_LIMITS: Final = Limits(time_s=60.0, memory_bytes=0)
_LONGEST_WORD_BYTES: Final = 150
"""Longest word in mnemonics. The library's buffer has 160 bytes."""
_NO_NAME: Final = frozenset("'%=,_|]\\ ")
"""Characters with a special meaning, which no mnemonic may contain; only `[` may end one, as in `t[`."""
_STRESS: Final = {"ˈ": "'", "ˌ": ","}
_STRESS_SIGNS: Final = "',%="
_TIES: Final = ("\u0361", "\u035c")
_VOWELS: Final = ("a", "@", "e", "i", "o", "u")
_CONSONANT: Final = "t"
_IPA_VOWELS: Final = frozenset("aeiouyæɐɑɒɔəɘɛɜɞɪɨɯɤʊʉʌøœɵɚɝʏᵻᵿ")
_SYLLABIC: Final = ("l", "m", "n")
"""Consonants that are merged with a vowel in sounds such as `@L`. Vowel and consonant can be written separately."""
_LENGTH: Final = ":"
_LONGEST_NAME: Final = 8
_LETTERS: Final = ("Ll", "Lm", "Lo", "Mn")


class Sounds(msgspec.Struct, frozen=True):
    """The sounds of a voice.

    Attributes:
        mnemonics: All mnemonics that the voice knows.
        by_ipa: The mnemonic of each sound, by its IPA name (NFD). Sounds without an IPA name are left out.
        linking_r: IPA names of the vowels with a final r. The voice inserts another r between them and a following
            vowel.
    """

    mnemonics: frozenset[str]
    by_ipa: dict[str, str]
    linking_r: frozenset[str]

    def written(self, phonemes: Phonemes) -> tuple[tuple[str, ...], str]:
        """Convert phonemes to mnemonics.

        Args:
            phonemes: Phonemes in IPA or mnemonics.

        Returns:
            A tuple `(words, unknown)`. `words` has one string per converted word, its mnemonics separated by bars to
            keep them unambiguous. `unknown` is the first symbol that is unknown, or the first word that is too long or
            silent, or "" if all words were converted.
        """
        written: list[str] = []
        read = self._from_ipa if phonemes.alphabet == "ipa" else self._from_mnemonics
        for word in phonemes.symbols.split():
            parts, unknown = read(word)
            mnemonics = "".join(parts).rstrip("|")
            if not mnemonics.strip(_STRESS_SIGNS) or len(mnemonics) > _LONGEST_WORD_BYTES:
                unknown = unknown or word
            if unknown:
                return tuple(written), unknown
            written.append(mnemonics)
        return tuple(written), "" if written else phonemes.symbols or "nothing"

    def _from_ipa(self, word: str) -> tuple[list[str], str]:
        text = unicodedata.normalize("NFD", word)
        parts: list[str] = []
        at = 0
        while at < len(text):
            if text[at] in _STRESS:
                parts.append(_STRESS[text[at]])
                at += 1
                continue
            end = _longest(text, at, self.by_ipa)
            if text[at:end] in self.linking_r and text[end : end + 2].lstrip("ˈˌ")[:1] in _IPA_VOWELS:
                end = _longest(text[: end - 1], at, self.by_ipa)
            end, sound = self._nearest(text, at, end)
            if sound:
                parts.append(f"{self.by_ipa[sound]}|")
            elif text[at] in _TIES:
                end = at + 1
            else:
                return parts, text[at]
            at = end
        return parts, ""

    def _nearest(self, text: str, at: int, own: int) -> tuple[int, str]:
        """Return the end of the sound at an index, and the same or a similar sound of the voice; "" if it has none.

        Args:
            text: A word in IPA.
            at: Index where the sound begins.
            own: End of the longest sound from `at` that the voice has; `at` if there is none.
        """
        for end in range(min(len(text), at + _LONGEST_NAME), own, -1):
            for near in _table()["near"].get(text[at:end], ()):
                if near in self.by_ipa:
                    return end, str(near)
        return own, text[at:own]

    def _from_mnemonics(self, word: str) -> tuple[list[str], str]:
        parts: list[str] = []
        at = 0
        while at < len(word):
            end = _longest(word, at, self.mnemonics)
            if end > at:
                parts.append(f"{word[at:end]}|")
            elif word[at] in _STRESS_SIGNS:
                end = at + 1
                parts.append(word[at])
            elif word[at] == "|":
                end = at + 1
            else:
                return parts, word[at]
            at = end
        return parts, ""


def _longest(text: str, at: int, known: Container[str]) -> int:
    """Return the end of the longest known name that begins at an index; the index itself if there is none."""
    return next(
        (end for end in range(min(len(text), at + _LONGEST_NAME), at, -1) if text[at:end] in known), at
    )


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("audiobook.engines.espeak").joinpath("sounds.toml").read_text("utf-8"))


@lru_cache(maxsize=64)
def sounds_of(voice: LibraryVoice) -> Sounds:
    """Return the sounds of a voice. The first call for each voice starts an interpreter; later calls are cached.

    Raises:
        EngineMissing: The library failed.
    """
    try:
        answer = in_new_interpreter(__name__, msgspec.msgpack.encode(voice), _LIMITS)
    except SpeechError as error:
        raise EngineMissing(
            f"the sounds of the espeak voice “{voice.language}” cannot be determined: {error.message}",
            hint="remove the phonemes, or respell the word in plain letters",
        ) from error
    return msgspec.msgpack.decode(answer, type=Sounds)


def _query_sounds(voice: LibraryVoice) -> Sounds:
    """Query the library for the sounds of a voice. Runs in a separate interpreter."""
    library = espeak_library()
    library.set_voice(voice)
    alone = [name for name in _VOWELS if library.phonemes_of(name, ipa=False) == [name]]
    vowel = alone[0] if alone else _VOWELS[0]
    mnemonics: set[str] = set()
    by_ipa: dict[str, list[str]] = {}
    for name, is_vowel in library.mnemonics().items():
        if _is_plain(name):
            known, ipa = _query_name(library, name, _CONSONANT if is_vowel else vowel)
            if known:
                mnemonics.add(name)
            if ipa and not (ipa[0] in _IPA_VOWELS and ipa.endswith(_SYLLABIC)):
                by_ipa.setdefault(ipa, []).append(name)
    lengthened = library.phonemes_of("|".join((vowel, _CONSONANT, _LENGTH, vowel)), ipa=True)
    if lengthened[1:2] == [f"{_CONSONANT}ː"]:
        mnemonics.add(_LENGTH)
        by_ipa.setdefault("ː", [_LENGTH])
    chosen = {ipa: min(names, key=partial(_rank, ipa)) for ipa, names in by_ipa.items()}
    linking = {ipa for ipa, name in chosen.items() if ipa[-1] == "ɹ" and _inserts_sound(library, name, vowel)}
    return Sounds(frozenset(mnemonics), chosen, frozenset(linking))


def _is_plain(name: str) -> bool:
    """Return whether a mnemonic has no characters with a special meaning, so that it can only be read as a sound."""
    return name.isascii() and name.isprintable() and not _NO_NAME & set(name) and "[" not in name[:-1]


def _query_name(library: EspeakLibrary, name: str, around: str) -> tuple[bool, str]:
    """Return whether a voice knows a mnemonic, and its IPA name (NFD); "" if the sound always changes.

    Neighbours can change a sound: the last consonant of a word may be devoiced, or a vowel reduced. So the sound is
    tried first between neighbours that change it least, and last on its own.
    """
    known = False
    for before, after in (([around], [around]), ([], [around]), ([around], []), ([], [])):
        written = [*before, name, *after]
        spoken = library.phonemes_of("|".join(written), ipa=False)
        known = known or name in spoken
        if len(spoken) > len(written):
            return known, ""  # two sounds, which can be written separately
        names = library.phonemes_of("|".join(written), ipa=True)
        if spoken == written and len(names) == len(written):
            ipa = unicodedata.normalize("NFD", names[len(before)])
            is_ipa = all(unicodedata.category(sign) in _LETTERS for sign in ipa)
            return True, ipa if is_ipa else ""
    return known, ""


def _inserts_sound(library: EspeakLibrary, name: str, vowel: str) -> bool:
    """Return whether the library inserts another sound between this sound and a vowel."""
    return len(library.phonemes_of(f"{name}|{vowel}", ipa=False)) > 2


def _rank(ipa: str, mnemonic: str) -> tuple[bool, int, str]:
    """Return the sort key of a mnemonic: those that look like their IPA come first, then short ones, then lower case."""
    usual = mnemonic
    for signs, sound in _table()["usual"].items():
        usual = usual.replace(signs, sound)
    return usual != ipa, len(mnemonic), mnemonic.swapcase()


def _serve() -> None:
    def answer(asked: bytes) -> bytes:
        return msgspec.msgpack.encode(_query_sounds(msgspec.msgpack.decode(asked, type=LibraryVoice)))

    serve_once(answer)


if __name__ == "__main__":
    _serve()
