"""How fast each voice speaks on this computer: measured whenever it speaks, to say beforehand how long clips take."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from audiobook.clips.key import Speaker
from audiobook.clips.sealed import SealedFolder
from audiobook.clips.store import ClipStore
from audiobook.errors import StorageError
from audiobook.files import digest
from audiobook.places import cache_folder

_MOST_SPEECH_S: Final = 3600.0
"""How much speech a measurement remembers, so that a computer that became faster or slower is known after an hour."""
_LEAST_SPEECH_S: Final = 20.0
"""How much speech makes a measurement reliable."""


_here: Final[dict[tuple[Path | None, str], Measured]] = {}
"""What was measured in this process by folder and name, for a dry run, which keeps nothing."""


class Measured(msgspec.Struct, frozen=True, array_like=True):
    """How long a voice took, all in seconds.

    Attributes:
        first_speech_s: Length of the first clip of a build, for which the voice had to be loaded.
        first_s: How long that took.
        speech_s: Length of the clips after it.
        busy_s: How long they took, if one had been made after another.
    """

    first_speech_s: float = 0.0
    first_s: float = 0.0
    speech_s: float = 0.0
    busy_s: float = 0.0

    @property
    def pace(self) -> float | None:
        """Seconds of work for each second of speech; None if nothing is known.

        As long as only first clips are known, it includes the time in which the voice was loaded.
        """
        if self.speech_s:
            return self.busy_s / self.speech_s
        return self.first_s / self.first_speech_s if self.first_speech_s else None

    def with_more(self, other: Measured) -> Measured:
        """Return this with newer measurements."""
        speech_s, busy_s = self.speech_s + other.speech_s, self.busy_s + other.busy_s
        share = min(1.0, _MOST_SPEECH_S / speech_s) if speech_s else 1.0
        first = other if other.first_speech_s else self
        return Measured(first.first_speech_s, first.first_s, speech_s * share, busy_s * share)


class Wait(NamedTuple):
    """How long clips will probably take.

    Attributes:
        length_s: The seconds.
        is_rough: Whether too little was measured to say more than the order of magnitude.
    """

    length_s: float
    is_rough: bool


def users_notes() -> SealedFolder | None:
    """Return the notes in the cache folder of the user; None if there is no home folder for it."""
    folder = cache_folder()
    return None if "~" in folder.parts else ClipStore(folder).notes


def wait_for(speech_s: Mapping[Speaker, float], clips: int, parallel: int) -> Wait | None:
    """Return how long clips will take; None if one of the voices has never spoken on this computer.

    Args:
        speech_s: Length of their speech by its voice, in seconds.
        clips: Number of clips.
        parallel: Number of clips that are made at the same time.
    """
    length_s, is_rough = 0.0, False
    for speaker, length in speech_s.items():
        measured = _kept(speaker)
        if measured.pace is None:
            return None
        loading_s = max(0.0, measured.first_s - measured.first_speech_s * measured.pace)
        length_s += loading_s + length * measured.pace / max(1, min(clips, parallel))
        is_rough = is_rough or measured.speech_s < _LEAST_SPEECH_S
    return Wait(length_s, is_rough)


def keep_measured(speaker: Speaker, measured: Measured, *, keep: bool = True) -> None:
    """Keep how long a voice took, next to what is known about it.

    Args:
        speaker: The voice.
        measured: How long it took.
        keep: Whether to keep it for other processes; for none without a cache folder.
    """
    name, notes = _name(speaker), users_notes()
    known = _kept(speaker).with_more(measured)
    _here[notes.folder if notes else None, name] = known
    with suppress(StorageError):
        if notes and keep:
            notes.put(name, msgspec.json.encode(known))


def _kept(speaker: Speaker) -> Measured:
    name, notes = _name(speaker), users_notes()
    with suppress(StorageError, msgspec.MsgspecError):
        if kept := notes.get(name) if notes else None:
            return msgspec.json.decode(kept, type=Measured)
    return _here.get((notes.folder if notes else None, name), Measured())


def _name(speaker: Speaker) -> str:
    return f"speed-{digest(msgspec.json.encode((speaker.engine, speaker.identity, speaker.voice)))}"


@dataclass(slots=True)
class Stopwatch:
    """Measures the voices of one build, by the times at which their clips are finished.

    Attributes:
        parallel: Number of clips that are made at the same time.
    """

    parallel: int
    _last_s: float = field(default_factory=time.monotonic)
    _found: dict[Speaker, Measured] = field(default_factory=dict)
    _counts: Counter[Speaker] = field(default_factory=Counter)

    def count(self, speaker: Speaker, speech_s: float) -> None:
        """Count a clip that was just made, and is so many seconds long."""
        now_s = time.monotonic()
        took_s, self._last_s = now_s - self._last_s, now_s
        self._counts[speaker] += 1
        if self._counts[speaker] == 1:
            more = Measured(speech_s, took_s)
        elif self._counts[speaker] <= self.parallel:
            return  # made at the same time as the first one
        else:
            more = Measured(speech_s=speech_s, busy_s=took_s * self.parallel)
        self._found[speaker] = self._found.get(speaker, Measured()).with_more(more)

    def skip(self) -> None:
        """Do not count what happened since the last clip."""
        self._last_s = time.monotonic()

    def keep(self) -> None:
        """Keep what was measured."""
        for speaker, measured in self._found.items():
            keep_measured(speaker, measured)
