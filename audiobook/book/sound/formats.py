"""The formats besides the MP3 that contain the sound: how their clips are encoded, and what writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.book.record.stamps import FormatRecord
from audiobook.clips.encoded import Encoding
from audiobook.settings import AudioSettings

if TYPE_CHECKING:
    from audiobook.book.sound.packets import BookSound

FLAC: Final = "flac"
M4B: Final = "m4b"
OPUS: Final = "opus"
SOUND_FORMATS: Final = (FLAC, M4B, OPUS)
"""Names of the formats, which are also the endings of their files."""


class SoundFormat(msgspec.Struct, frozen=True):
    """A format with sound.

    Attributes:
        encoding: Returns how its clips are encoded.
        write: Writes the file with one clip in memory at a time, replaces it atomically at the end, and returns its name,
            length, digest and encoding. Raises `DamagedClip` if an encoded clip is missing or damaged, and
            `StorageError` if the file cannot be written.
    """

    encoding: Callable[[AudioSettings], Encoding]
    write: Callable[[Path, BookSound], FormatRecord]


def sound_format(name: str) -> SoundFormat:
    """Return one of `SOUND_FORMATS`. Its module is only loaded now: most builds need none of them."""
    if name == FLAC:
        from audiobook.book.sound.flac_file import flac_encoding, write_flac

        return SoundFormat(flac_encoding, write_flac)
    if name == M4B:
        from audiobook.book.sound.m4b_file import m4b_encoding, write_m4b

        return SoundFormat(m4b_encoding, write_m4b)
    from audiobook.book.sound.opus_file import opus_encoding, write_opus

    return SoundFormat(opus_encoding, write_opus)


def encodings_of(formats: Iterable[str], audio: AudioSettings) -> frozenset[Encoding]:
    """Return the encodings that the formats of a work need."""
    return frozenset(sound_format(name).encoding(audio) for name in formats if name in SOUND_FORMATS)
