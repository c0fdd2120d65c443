"""Measures how fast each voice is synthesised on this computer, to estimate how long the clips of later builds take."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
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
"""Upper limit of the speech in a measurement, in seconds; older speech counts less, so that estimates follow a computer that became
faster or slower."""
_LEAST_SPEECH_S: Final = 20.0
"""Length of speech from which a measurement counts as reliable, in seconds."""


_in_this_process: Final[dict[tuple[Path | None, str], Measured]] = {}
"""Measurements of this process by folder of notes and name of the note, for a dry run, which writes no notes."""


class Measured(msgspec.Struct, frozen=True, array_like=True):
    """The length of a voice's clips and the time they took, in seconds. A zero means that nothing was measured.

    Attributes:
        first_speech_s: Length of the first clip of a build, for which the voice had to be loaded.
        first_s: Time that this clip took, including loading the voice.
        speech_s: Length of the clips after it.
        busy_s: Time that these clips took, multiplied by the number of clips made at the same time.
    """

    first_speech_s: float = 0.0
    first_s: float = 0.0
    speech_s: float = 0.0
    busy_s: float = 0.0

    @property
    def pace(self) -> float | None:
        """Seconds of work for each second of speech; None if nothing was measured.

        If only first clips were measured, it includes the time for loading the voice.
        """
        if self.speech_s:
            return self.busy_s / self.speech_s
        return self.first_s / self.first_speech_s if self.first_speech_s else None

    def with_more(self, other: Measured) -> Measured:
        """Return the sum of this and a newer measurement, with at most an hour of speech."""
        speech_s, busy_s = self.speech_s + other.speech_s, self.busy_s + other.busy_s
        share = min(1.0, _MOST_SPEECH_S / speech_s) if speech_s else 1.0
        first = other if other.first_speech_s else self
        return Measured(first.first_speech_s, first.first_s, speech_s * share, busy_s * share)


class Wait(NamedTuple):
    """An estimate of the time that clips take.

    Attributes:
        length_s: The time in seconds.
        is_rough: Whether less than 20 s of speech was measured for one of the voices.
    """

    length_s: float
    is_rough: bool


def user_notes() -> SealedFolder | None:
    """Return the notes in the user's cache folder; None if the user has no home folder."""
    folder = cache_folder()
    return None if "~" in folder.parts else ClipStore(folder).notes


def estimated_wait(speech_s: Mapping[Speaker, float], clips: int, parallel: int) -> Wait | None:
    """Estimate the time that clips take; None if one of the voices was never measured on this computer.

    Args:
        speech_s: Length of the speech of each voice, in seconds.
        clips: Number of clips.
        parallel: Number of clips that are made at the same time.
    """
    length_s, is_rough = 0.0, False
    for speaker, length in speech_s.items():
        measured = _known(speaker)
        if measured.pace is None:
            return None
        loading_s = max(0.0, measured.first_s - measured.first_speech_s * measured.pace)
        length_s += loading_s + length * measured.pace / max(1, min(clips, parallel))
        is_rough = is_rough or measured.speech_s < _LEAST_SPEECH_S
    return Wait(length_s, is_rough)


def add_measurement(speaker: Speaker, measured: Measured, *, keep: bool = True) -> None:
    """Add a measurement to the earlier ones of a voice. If the note cannot be written, this has no effect on other processes.

    Args:
        speaker: The voice.
        measured: The measurement.
        keep: Whether to write the sum to the user's cache folder, for other processes.
    """
    name, notes = _name(speaker), user_notes()
    known = _known(speaker).with_more(measured)
    _in_this_process[notes.folder if notes else None, name] = known
    with suppress(StorageError):
        if notes and keep:
            notes.put(name, msgspec.json.encode(known))


def _known(speaker: Speaker) -> Measured:
    name, notes = _name(speaker), user_notes()
    with suppress(StorageError, msgspec.MsgspecError):
        if kept := notes.get(name) if notes else None:
            return msgspec.json.decode(kept, type=Measured)
    return _in_this_process.get((notes.folder if notes else None, name), Measured())


def _name(speaker: Speaker) -> str:
    return f"speed-{digest(msgspec.json.encode((speaker.engine, speaker.identity, speaker.voice)))}"


class Stopwatch(msgspec.Struct):
    """Measures the voices of one build by the times at which their clips are finished.

    Attributes:
        parallel: Number of clips that are made at the same time.
    """

    parallel: int
    _last_s: float = msgspec.field(default_factory=time.monotonic)
    _found: dict[Speaker, Measured] = msgspec.field(default_factory=dict)
    _counts: Counter[Speaker] = msgspec.field(default_factory=Counter)

    def count(self, speaker: Speaker, speech_s: float) -> None:
        """Count a clip that was just finished.

        Args:
            speaker: The voice of the clip.
            speech_s: Length of the clip in seconds.
        """
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
        """Leave the time since the last clip out of the measurements."""
        self._last_s = time.monotonic()

    def keep(self) -> None:
        """Write the measurements to the user's cache folder."""
        for speaker, measured in self._found.items():
            add_measurement(speaker, measured)
