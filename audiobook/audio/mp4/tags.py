"""Tags of an MP4 audiobook, using mutagen.

Source: the box `ilst` as iTunes writes it; names of audiobook fields as in mutagen's `mp4` and common players.
"""

from __future__ import annotations

import struct
from io import BytesIO
from typing import Final

from audiobook.audio.mp3.id3 import Tags, synthetic_voice
from audiobook.audio.mp4.boxes import box

_AUDIOBOOK: Final = 2
"""The media kind (`stik`) of audiobooks."""
_SHORT_CHARS: Final = 255
_OWN: Final = "----:com.apple.iTunes:"
_FAMILY_NAME_FIRST: Final = frozenset({"hun", "vie", "zho", "jpn", "kor"})
"""Languages that write the family name first."""


def metadata_box(tags: Tags) -> bytes:
    """Return the box `meta` with the tags. Equal tags give equal bytes."""
    from mutagen.mp4 import AtomDataType, MP4Cover, MP4FreeForm, MP4Tags

    # Of several values, ffmpeg and the servers that use it read only the first.
    authors = "; ".join(tags.authors)
    made = MP4Tags()
    texts = {
        "\xa9nam": tags.title,
        "\xa9alb": tags.title,
        "\xa9ART": authors,
        "aART": authors,
        "\xa9wrt": tags.narrator,
        "\xa9nrt": tags.narrator,
        "\xa9day": (tags.date or "")[:4],
        "\xa9gen": "Audiobook",
        "\xa9cmt": synthetic_voice(tags),
        "\xa9too": tags.maker,
        "desc": (tags.description or "")[:_SHORT_CHARS],
        "ldes": tags.description or "",
        "sonm": _sort_title(tags),
        "soal": _sort_title(tags),
        "soar": "; ".join(_sort_name(author, tags.language) for author in tags.authors),
    }
    for name, value in texts.items():
        if value:
            made[name] = [value]
    own = {
        "LANGUAGE": (tags.language,),
        "SERIES": (tags.series,),
        "SERIES-PART": (tags.series_position,),
        "ARTISTS": tags.authors if len(tags.authors) > 1 else (),  # read as a list, as in the MP3
    }
    for name, values in own.items():
        fields = [MP4FreeForm(text.encode(), AtomDataType.UTF8) for text in values if text]
        if fields:
            made[_OWN + name] = fields
    made["stik"] = [_AUDIOBOOK]
    if tags.track:
        made["trkn"] = [tags.track]
    if tags.cover:
        made["covr"] = [MP4Cover(tags.cover.data, MP4Cover.FORMAT_JPEG)]
    return _written(made)


def _written(made: object) -> bytes:
    """Let mutagen save tags to an empty file, and return the box that it writes."""
    stream = BytesIO(box(b"ftyp", b"M4B ", bytes(4)) + box(b"moov", box(b"mvhd", bytes(100))))
    made.save(stream, padding=lambda _: 0)  # type: ignore[attr-defined]
    data = stream.getvalue()
    at = data.index(b"udta") + 4
    length = struct.unpack_from(">I", data, at)[0]
    return data[at : at + length]


def _sort_title(tags: Tags) -> str:
    """Return the series, the position in it, and the title; empty for a work without a series."""
    return " ".join(filter(None, (tags.series, tags.series_position, tags.title))) if tags.series else ""


def _sort_name(author: str, language: str) -> str:
    """Return a name with the family name first: the last word, unless it is written first anyway."""
    given, _, family = author.rpartition(" ")
    if not given or "," in author or language in _FAMILY_NAME_FIRST:
        return author
    return f"{family}, {given}"
