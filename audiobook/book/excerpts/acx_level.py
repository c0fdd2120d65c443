"""The level of each file for ACX: gains of MP3 frames are changed where a file would be too quiet or too loud.

Voices are brought to a loudness that suits whole chapters. A file with a few words is quieter, since most of it is room tone
and pauses. Nothing is encoded again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from audiobook.audio.acx import MOST_PEAK_DB, RMS_DB, Requirement, sound_requirements
from audiobook.audio.mp3.frames import frame_samples
from audiobook.audio.mp3.gain import GRANULE_SAMPLES, GainPlan
from audiobook.audio.mp3.measuring import Measured, measure_frames
from audiobook.book.excerpts.excerpt import FrameSpan, OpenBook
from audiobook.book.excerpts.room_tone import Piece, paragraph_runs, short_span, usual_span
from audiobook.book.record.works import Record

_MEASURED_S: Final = 60
"""Longer chapters are first measured by paragraphs of about this length in all."""
_CLEARLY_DB: Final = 0.5
"""How far within the limits the RMS of these paragraphs must be, so that the whole chapter is not measured."""
_SAFE_DB: Final = 0.05
"""How far within the limits a changed file must be, because decoders round differently."""
_MOST_STEPS: Final = 24
_MOST_ROUNDS: Final = 8


class Candidate(NamedTuple):
    """The frames from which the file of a chapter can be made.

    Attributes:
        usual: Those of the file.
        short: Those of the file if it is too quiet otherwise: with less room tone.
        probe: Those that are measured first.
    """

    usual: FrameSpan
    short: FrameSpan
    probe: Sequence[tuple[int, int]]

    @property
    def edges(self) -> Iterator[int]:
        """The numbers of all frames at which the book may be cut."""
        return (edge for run in (*self.usual.runs, *self.short.runs, *self.probe) for edge in run)


class Levelled(NamedTuple):
    """A file at its level.

    Attributes:
        span: Its frames.
        steps: What is added to the gain of each granule; None for nothing.
        unmet: The requirements that it does not meet.
    """

    span: FrameSpan
    steps: Sequence[int] | None
    unmet: Sequence[Requirement]


def candidate(record: Record, piece: Piece) -> Candidate:
    """Return the frames from which the file of a piece can be made."""
    usual = usual_span(record, piece)
    shares = usual.length_samples(record) // (_MEASURED_S * record.rate_hz)
    is_sampled = piece.has_pause and shares > 1
    probe = paragraph_runs(record, usual)[:: int(shares)] if is_sampled else usual.runs
    return Candidate(usual, short_span(record, piece), probe)


def levelled(book: OpenBook, rate_hz: int, made_from: Candidate) -> Levelled:
    """Return the frames and gains with which a file meets the requirements, or as many of them as possible.

    Args:
        book: The book, opened with the edges of the candidate.
        rate_hz: Its sample rate.
        made_from: The frames of the file.

    Raises:
        EngineMissing: PyAV is not installed.
        ValueError: The frames cannot be decoded.
    """
    usual = made_from.usual
    measured = measure_frames(book.frames(made_from.probe), rate_hz)
    if made_from.probe != usual.runs:
        if _rms_distance(measured, _CLEARLY_DB) == 0 and measured.levels.peak_db <= MOST_PEAK_DB:
            return Levelled(usual, None, ())
        measured = measure_frames(book.frames(usual.runs), rate_hz)
    best = Levelled(usual, None, _unmet(measured))
    if {row.name for row in best.unmet}.isdisjoint(("rms_db", "peak_db")):
        return best
    least = _cost(best.unmet, measured)
    for attempt, heard in _attempts(book, rate_hz, made_from, measured):
        cost = _cost(attempt.unmet, heard)
        if cost < least:
            best, least = attempt, cost
        if not attempt.unmet and _rms_distance(heard, _SAFE_DB) == 0:
            return attempt
    return best


def _attempts(
    book: OpenBook, rate_hz: int, made_from: Candidate, usual: Measured
) -> Iterator[tuple[Levelled, Measured]]:
    """Yield the file with less room tone if it is too quiet, then with more and more gain; or with less and less."""
    if usual.levels.rms_db > RMS_DB[0]:
        span, measured, orders = made_from.usual, usual, range(0, -_MOST_STEPS - 1, -1)
    else:
        span = made_from.short
        measured, orders = measure_frames(book.frames(span.runs), rate_hz), range(1, _MOST_STEPS + 1)
        yield Levelled(span, None, _unmet(measured)), measured
    per_frame = frame_samples(rate_hz) // GRANULE_SAMPLES
    first = span.head_frames * per_frame
    speech = range(first, first + (span.end - span.begin) * per_frame)
    before: Sequence[int] | None = None
    for order in orders:
        plan = GainPlan(measured.peaks_db, speech, order, MOST_PEAK_DB - _SAFE_DB)
        for _ in range(_MOST_ROUNDS):
            steps = plan.steps
            heard = measure_frames(book.frames(span.runs, steps), rate_hz)
            if not plan.lower(heard.peaks_db):
                break
        if steps == before:  # every peak is at its limit
            return
        before = steps
        yield Levelled(span, steps, _unmet(heard)), heard


def _unmet(measured: Measured) -> list[Requirement]:
    return [row for row in sound_requirements(measured.levels) if not row.is_met]


def _cost(unmet: Sequence[Requirement], measured: Measured) -> tuple[int, float]:
    """Return how bad a file is: the number of requirements other than the RMS that it does not meet, then its RMS."""
    return sum(row.name != "rms_db" for row in unmet), _rms_distance(measured, _SAFE_DB)


def _rms_distance(measured: Measured, margin_db: float) -> float:
    """Return how far the RMS is outside the limits, which are narrowed by a margin; 0.0 if it is within them."""
    least, most = RMS_DB
    rms_db = measured.levels.rms_db
    return (
        max(0.0, least + margin_db - rms_db, rms_db - most + margin_db) if math.isfinite(rms_db) else math.inf
    )
