"""Changing the level of MP3 frames without decoding or encoding them.

The side information of a frame states a gain for each granule, 576 samples, in steps of a quarter of a power of two. A
granule overlaps with the next one, so the level changes smoothly from one to the other.

Source: ISO/IEC 11172-3, sections 2.4.1.7 (`global_gain`) and 2.4.3.4 (requantisation); 13818-3, section 2.4.1.7.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from audiobook.audio.mp3.frames import FrameError, frames, whole_frames

GRANULE_SAMPLES: Final = 576
STEP_DB: Final = 5 * math.log10(2)
"""1.5 dB: how much louder a granule is if its gain is one higher."""
_HEADER_BYTES: Final = 4
_GAIN_BITS: Final = 8
_GAINS_V1: Final = (39, 98)
"""The first bits of the gains of both granules in the side information of a mono frame of MPEG-1."""
_GAINS_V2: Final = (30,)
_MOST_STEPS_PER_GRANULE: Final = 2
"""How fast the gain may rise and fall: 3 dB in 13 ms, like the limiter of clips."""
_PAUSE_DB: Final = -50.0
"""Granules without a higher peak are pauses."""
_NEIGHBOUR_DB: Final = 2.0
"""How much the peaks next to the middle of a granule may exceed the limit, because its window is lower there."""


def amplified(pieces: Iterable[bytes], steps: Sequence[int]) -> Iterator[bytes]:
    """Yield mono frames with the gains of their granules changed.

    Args:
        pieces: Complete frames without checksums, in pieces of any length.
        steps: How much to add to the gain of each granule.

    Raises:
        FrameError: The data contains anything else.
    """
    granule = 0
    for run in whole_frames(pieces):
        changed = bytearray(run)
        for offset, header in frames(run):
            if not header.mono or header.checked:
                raise FrameError(f"no mono frame without a checksum at byte {offset}")
            start = offset + _HEADER_BYTES
            end = start + header.side_bytes
            side, bits = int.from_bytes(run[start:end], "big"), header.side_bytes * 8
            for first_bit in _GAINS_V1 if header.version == 3 else _GAINS_V2:
                shift = bits - first_bit - _GAIN_BITS
                gain = side >> shift & 0xFF
                side += (max(0, min(0xFF, gain + steps[granule])) - gain) << shift
                granule += 1
            changed[start:end] = side.to_bytes(header.side_bytes, "big")
        yield bytes(changed)


class GainPlan:
    """The gain of each granule that takes sound to a higher or lower level, without peaks above a limit.

    Pauses keep their level.
    """

    def __init__(self, peaks_db: Sequence[float], speech: range, steps: int, ceiling_db: float) -> None:
        """Plan the gains from the peaks of the sound.

        Args:
            peaks_db: Peak of each 576 decoded samples, counted from the first granule; finite, see `measure_frames`.
            speech: The granules that may be changed.
            steps: How much to add to their gains.
            ceiling_db: The highest peak allowed.
        """
        self._speech, self._ceiling_db = speech, ceiling_db
        around = [*peaks_db, -math.inf, -math.inf]
        self._wanted: array[int] = array("h", [0]) * len(peaks_db)
        self._most = self._wanted[:]
        for at in speech:
            # A granule is heard in the samples of its own number and of the next two, most of all in those of the next.
            before, middle, after = around[at : at + 3]
            highest = max(before - _NEIGHBOUR_DB, middle, after - _NEIGHBOUR_DB)
            self._most[at] = math.floor((ceiling_db - highest) / STEP_DB)
            self._wanted[at] = steps if max(before, middle, after) > _PAUSE_DB else 0
        if steps > 0:
            _spread(self._wanted, speech)

    @property
    def steps(self) -> array[int]:
        """What is added to the gain of each granule."""
        most = self._most[:]
        _limit(most, self._speech)
        return array("h", map(min, self._wanted, most))

    def lower(self, peaks_db: Sequence[float]) -> bool:
        """Lower the gains where the sound, amplified by these gains, is still too high.

        Args:
            peaks_db: Its peaks.

        Returns:
            Whether a gain was lowered.
        """
        steps, is_lower = self.steps, False
        for at, peak in enumerate(peaks_db):
            near = [each for each in (at - 2, at - 1, at) if each in self._speech]
            if peak <= self._ceiling_db or not near:
                continue
            is_lower, highest = True, max(steps[each] for each in near)
            for each in near:
                if each == at - 1 or steps[each] == highest:
                    self._most[each] = min(self._most[each], steps[each] - 1)
        return is_lower


def _spread(steps: array[int], within: range) -> None:
    """Raise the neighbours of raised granules, so that the gain does not jump."""
    for order in (within[1:], within[-2::-1]):
        ahead = -order.step
        for at in order:
            steps[at] = max(steps[at], steps[at + ahead] - _MOST_STEPS_PER_GRANULE)


def _limit(steps: array[int], within: range) -> None:
    """Lower the neighbours of lowered granules, so that the gain does not jump."""
    for order in (within[1:], within[-2::-1]):
        ahead = -order.step
        for at in order:
            steps[at] = min(steps[at], steps[at + ahead] + _MOST_STEPS_PER_GRANULE)
