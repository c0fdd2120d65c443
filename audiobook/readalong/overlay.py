"""The media overlay of a chapter: which span lights up with which piece of sound.

Source: EPUB 3.3 (W3C), section 9.2 (media overlay documents).
"""

from __future__ import annotations

from collections.abc import Sequence

from audiobook.readalong.spans import SoundPiece
from audiobook.readalong.xml import clock_value


def overlay(pieces: Sequence[SoundPiece], page: str, sound: str) -> str:
    """Return the overlay of a chapter.

    Args:
        pieces: Its pieces of sound in order; never empty.
        page: Name of its page, relative to the overlay.
        sound: Name of its sound file, likewise.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<smil xmlns="http://www.w3.org/ns/SMIL" xmlns:epub="http://www.idpf.org/2007/ops" version="3.0">',
        f'<body>\n<seq id="chapter" epub:textref="{page}#chapter" epub:type="chapter">',
    ]
    for piece in pieces:
        start, end = clock_value(piece.start_ms), clock_value(piece.end_ms)
        lines.append(
            f'<par><text src="{page}#{piece.span_id}"/>'
            f'<audio src="{sound}" clipBegin="{start}" clipEnd="{end}"/></par>'
        )
    return "\n".join((*lines, "</seq>\n</body>\n</smil>\n"))
