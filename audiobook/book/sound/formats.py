"""The formats besides the MP3 that contain the sound: how their clips are encoded, and what writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec

from audiobook.book.record.stamps import FormatRecord
from audiobook.book.sound.flac_file import FLAC, flac_encoding, write_flac
from audiobook.book.sound.m4b_file import M4B, m4b_encoding, write_m4b
from audiobook.book.sound.opus_file import OPUS, opus_encoding, write_opus
from audiobook.book.sound.packets import BookSound
from audiobook.clips.encoded import Encoding
from audiobook.settings import AudioSettings


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


SOUND_FORMATS: Final[Mapping[str, SoundFormat]] = MappingProxyType(
    {
        FLAC: SoundFormat(flac_encoding, write_flac),
        M4B: SoundFormat(m4b_encoding, write_m4b),
        OPUS: SoundFormat(opus_encoding, write_opus),
    }
)
"""The formats by name, which is also the ending of their files."""


def encodings_of(formats: Iterable[str], audio: AudioSettings) -> frozenset[Encoding]:
    """Return the encodings that the formats of a work need."""
    return frozenset(SOUND_FORMATS[name].encoding(audio) for name in formats if name in SOUND_FORMATS)
