"""Tags of an audiobook as Vorbis comments, with chapters and cover.

Source: Xiph, "Ogg Vorbis I format specification: comment field and header specification" and "Chapter extension"; RFC 7845,
section 5.2 (R128 gain); RFC 9639, section 8.8 (picture).
"""

from __future__ import annotations

import struct
from base64 import b64encode
from collections.abc import Iterator
from typing import Final

from audiobook.audio.mp3.id3 import Picture, Tags, synthetic_voice
from audiobook.audio.timecode import timecode

_FRONT_COVER: Final = 3
_MOST_CHAPTERS: Final = 1000
"""The number of a chapter has three digits."""
_REFERENCE_LUFS: Final = -23.0


def vorbis_comment(tags: Tags, mark: str, loudness_lufs: float | None = None) -> bytes:
    """Return the comments as they are stored in every container.

    Args:
        tags: The tags; the times of their chapters are those in this file.
        mark: The vendor string, which comes first; files of this program are recognised by it.
        loudness_lufs: Integrated loudness, for the gain of an Opus file; None to leave the gain out.
    """
    comments = [f"{name}={value}".encode() for name, value in _fields(tags, loudness_lufs) if value]
    if tags.cover:
        comments.append(b"METADATA_BLOCK_PICTURE=" + b64encode(picture_block(tags.cover)))
    pieces = [_counted(mark.encode()), struct.pack("<I", len(comments)), *map(_counted, comments)]
    return b"".join(pieces)


def _fields(tags: Tags, loudness_lufs: float | None) -> Iterator[tuple[str, str | None]]:
    yield "TITLE", tags.title
    yield "ALBUM", tags.album or tags.title
    for author in tags.authors:
        yield "ARTIST", author
    yield "ALBUMARTIST", "; ".join(tags.authors)
    yield "COMPOSER", tags.narrator
    yield "NARRATOR", tags.narrator
    yield "DATE", (tags.date or "")[:4]
    yield "GENRE", "Audiobook"
    yield "LANGUAGE", tags.language
    yield "DESCRIPTION", tags.description
    yield "COMMENT", synthetic_voice(tags)
    yield "SERIES", tags.series
    yield "SERIES-PART", tags.series_position
    for name, count in zip(("TRACKNUMBER", "TRACKTOTAL"), tags.track or (), strict=False):
        yield name, str(count)
    yield "ENCODED-BY", tags.maker
    if loudness_lufs is not None:
        yield "R128_TRACK_GAIN", str(round((_REFERENCE_LUFS - loudness_lufs) * 256))
    for number, chapter in enumerate(tags.chapters[:_MOST_CHAPTERS]):
        yield f"CHAPTER{number:03}", timecode(chapter.start_ms)
        yield f"CHAPTER{number:03}NAME", chapter.title


def _counted(data: bytes) -> bytes:
    return struct.pack("<I", len(data)) + data


def picture_block(picture: Picture) -> bytes:
    """Return a front cover as the picture block of FLAC; its size in pixels is left to the picture itself."""
    media_type = picture.media_type.encode()
    head = struct.pack(">II", _FRONT_COVER, len(media_type)) + media_type
    return head + struct.pack(">6I", 0, 0, 0, 0, 0, len(picture.data)) + picture.data
