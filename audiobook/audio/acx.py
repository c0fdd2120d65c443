"""The requirements of ACX, which sells audiobooks through Audible, compared with the measurements of a file.

Source: ACX, "ACX Audio Submission Requirements".
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import msgspec

from audiobook.audio.meter import Levels

_LEAST_KBITS: Final = 192
_RATE_HZ: Final = 44100
_LONGEST_MIN: Final = 120
RMS_DB: Final = (-23, -18)
MOST_PEAK_DB: Final = -3
_CHANNELS: Final = {1: "mono", 2: "stereo"}


class Requirement(msgspec.Struct, frozen=True):
    """One requirement, and whether a file meets it.

    Attributes:
        name: Name for programs.
        label: Name for people.
        measured: The value; None for a level of digital silence.
        shown: The value for people.
        wanted: What is required, for people.
        is_met: Whether the file meets it.
    """

    name: str
    label: str
    measured: float | str | None
    shown: str
    wanted: str
    is_met: bool


def requirements(levels: Levels, channels: int) -> list[Requirement]:
    """Return every requirement in a fixed order.

    Args:
        levels: The measurements of the file.
        channels: Number of channels that the file must have: that of the book's first file.
    """
    return [*_encoding(levels, channels), *sound_requirements(levels)]


def _encoding(levels: Levels, channels: int) -> Iterator[Requirement]:
    codec, kbits = levels.codec.upper(), levels.kbits
    yield Requirement("format", "format", levels.codec, codec, "MP3", levels.codec == "mp3")
    shown = "–".join(map(str, sorted({kbits[0], kbits[-1]}))) + " kbit/s" if kbits else "-"
    is_constant = len(kbits) == 1
    yield Requirement(
        "kbits",
        "bit rate",
        kbits[0] if kbits else None,
        f"{shown}, {'constant' if is_constant else 'variable'}" if kbits else shown,
        f"at least {_LEAST_KBITS} kbit/s, constant",
        is_constant and kbits[0] >= _LEAST_KBITS,
    )
    rate = levels.rate_hz
    yield Requirement("rate_hz", "sample rate", rate, f"{rate} Hz", f"{_RATE_HZ} Hz", rate == _RATE_HZ)
    yield Requirement(
        "channels",
        "channels",
        levels.channels,
        _CHANNELS.get(levels.channels, str(levels.channels)),
        f"{_CHANNELS.get(channels, 'mono or stereo')}, as in the first file"
        if channels
        else "mono or stereo",
        levels.channels in _CHANNELS and channels in (0, levels.channels),
    )


def sound_requirements(levels: Levels) -> Iterator[Requirement]:
    """Yield the requirements of everything but the encoding."""
    yield _within("length_min", "length", levels.length_s / 60, None, _LONGEST_MIN, "min")
    yield _within("rms_db", "loudness (RMS)", levels.rms_db, *RMS_DB, "dB")
    yield _within("peak_db", "peak", levels.peak_db, None, MOST_PEAK_DB, "dB")
    yield _within("noise_db", "noise floor", levels.noise_db, None, -60, "dB")
    yield _within("head_s", "room tone at the start", levels.head_s, 0.5, 1, "s")
    yield _within("tail_s", "room tone at the end", levels.tail_s, 1, 5, "s")


def _within(name: str, label: str, value: float, least: float | None, most: float, unit: str) -> Requirement:
    is_silent = math.isinf(value)
    return Requirement(
        name,
        label,
        None if is_silent else round(value, 2),
        "digital silence" if is_silent else f"{value:.2f} {unit}",
        f"at most {most:g} {unit}" if least is None else f"{least:g} to {most:g} {unit}",
        (least is None or value >= least) and value <= most,
    )
