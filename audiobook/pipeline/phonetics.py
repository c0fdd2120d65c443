"""Which sounds the voices of a work can say, and a word on those that none of them can."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import Final

from audiobook.document import Phonemes, Problem
from audiobook.engines.base import Phonetic, engine_failure
from audiobook.errors import AudiobookError, SourceError
from audiobook.narration.lexicon.entries import Lexicon, PatternEntry, WordEntry
from audiobook.narration.lexicon.phonemes import canonical
from audiobook.pipeline.cast import Cast
from audiobook.pipeline.voices import ChosenVoice

_PLS_SUFFIX: Final = ".pls"


class Phonetics:
    """The voices of one work, asked for every pronunciation in it; what they refuse is counted."""

    def __init__(self, cast: Cast, lexicon: Lexicon, name: str) -> None:
        """Hold a lexicon against the work's own voice.

        Args:
            cast: Who speaks.
            lexicon: The user's.
            name: How messages call the text.

        Raises:
            SourceError: An entry of a `lexicon.toml` holds a sound that the voice does not know, and nothing to say
                instead of it.
            SpeechError: An engine failed.
        """
        self._cast = cast
        self._name = name
        self._told = lexicon_problems(lexicon, cast.main.chosen)
        self._of_lexicon = {entry.phonemes for entry in lexicon.sounded}
        self._known: dict[tuple[str, Phonemes], tuple[Phonemes | None, str]] = {}
        self._refused: dict[Phonemes, str] = {}

    def pronounce(self, language: str, phonemes: Phonemes, otherwise: bool) -> Phonemes | None:
        """Give phonemes as the voice of a language takes them, None where it does not.

        Args:
            language: BCP 47 tag of the sentence.
            phonemes: As a lexicon or the text gives them.
            otherwise: Whether there are plain letters to say instead.
        """
        key = language, phonemes
        if key not in self._known:
            self._known[key] = taken_by(self._cast.part(language).chosen, phonemes)
        taken, unknown = self._known[key]
        if taken is None and (unknown or not otherwise) and phonemes not in self._of_lexicon:
            self._refused.setdefault(phonemes, unknown)
        return taken

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is not said as lexicons and the text itself want it."""
        if not self._refused:
            return self._told
        first, unknown = next(iter(self._refused.items()))
        count = len(self._refused)
        what = "pronunciation is" if count == 1 else "pronunciations are"
        which = f"“{first.symbols[:60]}”" + (f" with “{unknown}”" if unknown else "")
        message = (
            f"{count} {what} given by sounds that the voice does not take ({which}{'' if count == 1 else ' first'}):"
            " the words are said as they are written, or by their alias"
        )
        return (*self._told, Problem(self._name, message))


def taken_by(chosen: ChosenVoice, phonemes: Phonemes) -> tuple[Phonemes | None, str]:
    """Give phonemes as a voice takes them; else None, and the sign that it does not know, "" if it takes none such.

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
    """Say which entries of a lexicon a voice does not say by their sounds, where that changes what is heard.

    Args:
        lexicon: The user's.
        chosen: The voice.

    Raises:
        SourceError: A sound is unknown to the voice, in a `lexicon.toml` and without anything to say instead.
        SpeechError: The engine failed.
    """
    problems: list[Problem] = []
    unsaid: defaultdict[tuple[str, bool], list[tuple[str, str]]] = defaultdict(list)
    for entry in lexicon.sounded:
        assert entry.phonemes
        taken, unknown = taken_by(chosen, entry.phonemes)
        if taken or (not unknown and entry.say is not None):
            continue
        name = entry.where.rpartition(":")[0]
        if name.lower().endswith(_PLS_SUFFIX):
            unsaid[name, bool(unknown)].append((entry.where, unknown))
        elif unknown and entry.say is None:
            raise SourceError(
                f"the voice “{chosen.voice.name}” has no sound “{unknown}”, which is in those of {_written(entry)}",
                where=entry.where,
                hint='write what such voices say instead, in plain letters: say = "…"',
            )
        else:
            problems.append(Problem(entry.where, _not_said(entry, chosen.voice.name, unknown)))
    for (_, is_unknown), places in unsaid.items():
        count = "1 word is" if len(places) == 1 else f"{len(places)} words are"
        why = f"has not, such as “{places[0][1]}”" if is_unknown else "does not take"
        what = "sounds" if is_unknown else "phonemes alone"
        said = "by its alias, or as it is written" if is_unknown else "as it is written: add an alias"
        message = f"{count} given in {what} that the voice “{chosen.voice.name}” {why}; each is said {said}"
        problems.append(Problem(places[0][0], message))
    return tuple(problems)


def _not_said(entry: WordEntry | PatternEntry, voice: str, unknown: str) -> str:
    assert entry.phonemes
    if unknown:
        return (
            f"the voice “{voice}” has no sound “{unknown}”: for {_written(entry)}, what “say” gives is said"
        )
    alphabet = entry.phonemes.alphabet
    return f"the voice “{voice}” takes no phonemes ({alphabet}): {_written(entry)} is said as it is written; add “say”"


def _written(entry: WordEntry | PatternEntry) -> str:
    return f"“{entry.word if isinstance(entry, WordEntry) else entry.pattern.pattern}”"
