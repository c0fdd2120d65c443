"""Checking which phonemes the voices of a work can speak, and reporting those that they cannot."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import Final

from audiobook.document import Phonemes, Problem
from audiobook.engines.base import Phonetic, engine_failure
from audiobook.errors import AudiobookError, SourceError
from audiobook.narration.lexicon.entries import Lexicon, PatternEntry, WordEntry
from audiobook.narration.lexicon.phonemes import canonical
from audiobook.pipeline.scripts.cast import Cast
from audiobook.pipeline.voices.choosing import ChosenVoice

_PLS_SUFFIX: Final = ".pls"


class Phonetics:
    """Checks every pronunciation in a work against its voices, and counts those that they cannot speak."""

    def __init__(self, cast: Cast, lexicon: Lexicon, name: str) -> None:
        """Check a lexicon against the main voice of the work.

        Args:
            cast: The voices of the work.
            lexicon: The user's lexicon.
            name: Name of the text, shown in messages.

        Raises:
            SourceError: An entry of a `lexicon.toml` has a sound that the voice does not have, and no `say` to use
                instead.
            SpeechError: An engine failed.
        """
        self._cast = cast
        self._name = name
        self._lexicon_problems = lexicon_problems(lexicon, cast.main.chosen)
        self._of_lexicon = {entry.phonemes for entry in lexicon.sounded}
        self._known: dict[tuple[str, str | None, Phonemes], tuple[Phonemes | None, str]] = {}
        self._refused: dict[Phonemes, str] = {}

    def pronounce(
        self, language: str, phonemes: Phonemes, otherwise: bool, *, voice: str | None = None
    ) -> Phonemes | None:
        """Return phonemes in the form that a voice accepts; None if the voice cannot speak them.

        Args:
            language: BCP 47 tag of the sentence.
            phonemes: Phonemes as written in the lexicon or the text.
            otherwise: Whether there is a spelling that can be spoken instead.
            voice: The voice that the text names; None leaves the choice to the settings.
        """
        key = language, voice, phonemes
        if key not in self._known:
            self._known[key] = accepted_phonemes(self._cast.voice_for(language, voice).chosen, phonemes)
        taken, unknown = self._known[key]
        if taken is None and (unknown or not otherwise) and phonemes not in self._of_lexicon:
            self._refused.setdefault(phonemes, unknown)
        return taken

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Pronunciations from lexicons and the text that the voices cannot speak."""
        if not self._refused:
            return self._lexicon_problems
        first, unknown = next(iter(self._refused.items()))
        count = len(self._refused)
        what = "pronunciation uses" if count == 1 else "pronunciations use"
        which = f"“{first.symbols[:60]}”" + (f" with “{unknown}”" if unknown else "")
        message = (
            f"{count} {what} sounds that the voice cannot speak ({'' if count == 1 else 'first: '}{which}):"
            " these words are spoken as written, or by their alias"
        )
        return (*self._lexicon_problems, Problem(self._name, message))


def accepted_phonemes(chosen: ChosenVoice, phonemes: Phonemes) -> tuple[Phonemes | None, str]:
    """Return phonemes in the form that a voice accepts, and "".

    If it does not accept them, return None and the symbol that it does not know; "" if it does not support phonemes in
    this alphabet.

    Raises:
        SpeechError: The engine failed.
    """
    found, fault = canonical(phonemes)
    if found.alphabet not in chosen.voice.phonemes:
        return None, ""
    if fault or not found.symbols:
        return None, fault or "nothing"
    if isinstance(chosen.engine, Phonetic):
        try:
            unknown = chosen.engine.unknown_sound(found, chosen.voice)
        except AudiobookError:
            raise
        except Exception as error:
            raise engine_failure(chosen.engine, error) from error
        if unknown:
            return None, unknown
    return found, ""


@lru_cache(maxsize=16)
def lexicon_problems(lexicon: Lexicon, chosen: ChosenVoice) -> tuple[Problem, ...]:
    """Return a problem for each lexicon entry whose phonemes a voice cannot speak, unless its spelling is used anyway.

    Args:
        lexicon: The user's lexicon.
        chosen: The engine and voice.

    Raises:
        SourceError: An entry of a `lexicon.toml` has a sound that the voice does not have, and no `say` to use instead.
        SpeechError: The engine failed.
    """
    problems: list[Problem] = []
    unsaid: defaultdict[tuple[str, bool], list[tuple[str, str]]] = defaultdict(list)
    for entry in lexicon.sounded:
        assert entry.phonemes
        taken, unknown = accepted_phonemes(chosen, entry.phonemes)
        if taken or (not unknown and entry.say is not None):
            continue
        name = entry.where.rpartition(":")[0]
        if name.lower().endswith(_PLS_SUFFIX):
            unsaid[name, bool(unknown)].append((entry.where, unknown))
        elif unknown and entry.say is None:
            raise SourceError(
                f"the voice “{chosen.voice.name}” has no sound “{unknown}”, used in {_written(entry)}",
                where=entry.where,
                hint='add a spelling to speak instead, in plain letters: say = "…"',
            )
        else:
            problems.append(Problem(entry.where, _not_said(entry, chosen.voice.name, unknown)))
    for (_, is_unknown), places in unsaid.items():
        count = "1 word uses" if len(places) == 1 else f"{len(places)} words use"
        why = f"does not have, such as “{places[0][1]}”" if is_unknown else "does not support"
        what = "sounds" if is_unknown else "only phonemes"
        said = (
            "its alias, or the word as written, is spoken"
            if is_unknown
            else "it is spoken as written: add an alias"
        )
        message = f"{count} {what} that the voice “{chosen.voice.name}” {why}; {said}"
        problems.append(Problem(places[0][0], message))
    return tuple(problems)


def _not_said(entry: WordEntry | PatternEntry, voice: str, unknown: str) -> str:
    assert entry.phonemes
    if unknown:
        return f"the voice “{voice}” has no sound “{unknown}”: {_written(entry)} is spoken by its “say”"
    alphabet = entry.phonemes.alphabet
    return f"the voice “{voice}” does not support phonemes ({alphabet}): {_written(entry)} is spoken as written; add “say”"


def _written(entry: WordEntry | PatternEntry) -> str:
    return f"“{entry.word if isinstance(entry, WordEntry) else entry.pattern.pattern}”"
