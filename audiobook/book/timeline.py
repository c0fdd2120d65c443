"""The timeline of a book: clips and pauses in order, with sample-exact positions.

A file is a sequence of frames. The delay of encoder and decoder is the same for every clip, and a gapless player cuts
it off the start. So sample `n` from the player is the sample that entered the encoder as number `n` of that sequence.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from audiobook.audio.mp3.frames import STITCH_DELAY_SAMPLES, frame_samples
from audiobook.audio.noise_floor import Floor
from audiobook.audio.pcm import samples_of
from audiobook.book.script import Script, SpokenParagraph
from audiobook.clips.clip import ClipExtent
from audiobook.document import Kind
from audiobook.packed_list import MOST_UNPACKED, PackedList
from audiobook.settings import PauseSettings

_MOST_UNPACKED: Final = 2 * MOST_UNPACKED
"""Number of stretches from which they are packed: there is a pause for each paragraph."""


class Stretch(msgspec.Struct, frozen=True):
    """Consecutive frames: the clip with this key; or a pause, with the noise floor of the voice before it, if it is None."""

    key: str | None
    frame_count: int
    start_samples: int
    floor: Floor | None = None


class Timeline(msgspec.Struct, frozen=True):
    """The frames of a book in order, and the positions of its passages and chapters.

    Attributes:
        rate_hz: Sample rate.
        stretches: In order, without gaps. Those of a long book are packed, and are other objects at each access.
        passage_starts: The first sample of each passage of the script, in order.
        chapter_starts: The first sample of each chapter; the first one is 0.
        frame_count: Number of all frames.
    """

    rate_hz: int
    stretches: Sequence[Stretch]
    passage_starts: Sequence[int]
    chapter_starts: tuple[int, ...]
    frame_count: int

    @property
    def length_samples(self) -> int:
        """Number of samples that a gapless player plays."""
        return self.frame_count * frame_samples(self.rate_hz) - STITCH_DELAY_SAMPLES


class _Row:
    """A growing sequence of stretches."""

    def __init__(self, rate_hz: int, floor: Floor | None) -> None:
        self.rate_hz = rate_hz
        self._floor = floor
        self.step = frame_samples(rate_hz)
        self.stretches = PackedList(Stretch, most_unpacked=_MOST_UNPACKED)
        self.frame_count = 0
        self._quiet_samples = 0
        """Length of the silence at the end of the last clip."""

    def pause(self, length_ms: int) -> None:
        wanted = samples_of(length_ms, self.rate_hz) - self._quiet_samples
        self._add(None, max(0, round(wanted / self.step)))

    def clip(self, key: str, extent: ClipExtent, floor: Floor | None) -> int:
        self._floor = floor
        start = self._add(key, extent.frame_count)
        self._quiet_samples = extent.length_samples - extent.speech_samples
        return start

    def _add(self, key: str | None, frame_count: int) -> int:
        start = self.frame_count * self.step
        if frame_count:
            floor = None if key else self._floor
            self.stretches.append(Stretch(key, frame_count, start, floor))
        self.frame_count += frame_count
        return start


def lay_out(script: Script, extent_of: Callable[[str], ClipExtent], pauses: PauseSettings) -> Timeline:
    """Lay out all clips of a script, with the pauses between them.

    A pause is rounded to whole frames (26 ms at 22 050 Hz), and the silence at the end of a clip
    counts as part of it.

    Args:
        script: At least one passage.
        extent_of: Returns the extent of a clip by its key; all have the same sample rate.
        pauses: Lengths of the pauses.
    """
    first_passage, _ = next(script.passages())
    row = _Row(extent_of(first_passage.key).rate_hz, first_passage.sound.floor)
    passage_starts: array[int] = array("Q")
    chapter_starts: list[int] = []
    pending_ms = pauses.start
    asked_ms: int | None = None
    for chapter in script.chapters:
        first = True
        for spoken in chapter.paragraphs:
            if not spoken.passages and not spoken.paragraph.spoken:
                pending_ms = max(pending_ms, pauses.scene)
            elif first and chapter_starts and spoken.paragraph.kind is Kind.HEADING:
                pending_ms = max(pending_ms, pauses.chapter)
            for number, passage in enumerate(spoken.passages):
                usual_ms = pauses.sentence if number else pending_ms if asked_ms is None else asked_ms
                own_ms = passage.passage.pause_ms
                row.pause(usual_ms if own_ms is None else own_ms)
                start = row.clip(passage.key, extent_of(passage.key), passage.sound.floor)
                passage_starts.append(start)
                if first:
                    chapter_starts.append(start if chapter_starts else 0)
                    first = False
            if spoken.passages:
                pending_ms = _pause_after(spoken, pauses)
                asked_ms = _asked_after(spoken)
            elif spoken.paragraph.pauses:
                asked_ms = spoken.paragraph.pauses[-1].length_ms
    row.pause(pauses.end if asked_ms is None else asked_ms)
    return Timeline(row.rate_hz, row.stretches, passage_starts, tuple(chapter_starts), row.frame_count)


def _asked_after(spoken: SpokenParagraph) -> int | None:
    """Return the pause that the text asks for after the last sentence of a paragraph, or None."""
    if not spoken.paragraph.pauses:
        return None
    last = spoken.passages[-1].passage.sentences[-1].span[0]
    pause = spoken.paragraph.pauses[-1]
    return pause.length_ms if pause.offset > last else None


def _pause_after(spoken: SpokenParagraph, pauses: PauseSettings) -> int:
    match spoken.paragraph.kind:
        case Kind.TITLE:
            return pauses.title
        case Kind.HEADING:
            return pauses.heading
        case _:
            return pauses.paragraph
