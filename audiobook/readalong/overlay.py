"""Media overlays: which part of a page is highlighted during which piece of audio.

Source: EPUB 3.3 (W3C), section 9.2 (media overlay documents).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from audiobook.audio.timecode import timecode
from audiobook.readalong.spans import SoundPiece


class Par(msgspec.Struct, frozen=True):
    """A `par` element: a part of a page, and the piece of audio in which it is spoken.

    Attributes:
        span_id: Id of the part on the page.
        sound: Address of the audio file, relative to the overlay.
        start_ms: When the piece begins in that file, in milliseconds.
        end_ms: When it ends, in milliseconds.
    """

    span_id: str
    sound: str
    start_ms: int
    end_ms: int


def overlay(pieces: Sequence[SoundPiece], page: str, sound: str) -> str:
    """Return the overlay of a chapter.

    Args:
        pieces: Its pieces of audio in order; never empty.
        page: Name of its page, relative to the overlay.
        sound: Name of its audio file, relative to the overlay.
    """
    pars = (Par(piece.span_id, sound, piece.start_ms, piece.end_ms) for piece in pieces)
    return smil(page, f'id="chapter" epub:textref="{page}#chapter" epub:type="chapter"', pars)


def smil(page: str, attributes: str, pars: Iterable[Par]) -> str:
    """Return an overlay.

    Args:
        page: Address of the page, relative to the overlay, escaped for XML like all other addresses.
        attributes: XML attributes of the `seq` element.
        pars: The children of that element, in order.
    """
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<smil xmlns="http://www.w3.org/ns/SMIL" xmlns:epub="http://www.idpf.org/2007/ops" version="3.0">',
        f"<body>\n<seq {attributes}>",
    ]
    for par in pars:
        start, end = timecode(par.start_ms), timecode(par.end_ms)
        lines.append(
            f'<par><text src="{page}#{par.span_id}"/>'
            f'<audio src="{par.sound}" clipBegin="{start}" clipEnd="{end}"/></par>'
        )
    return "\n".join((*lines, "</seq>\n</body>\n</smil>\n"))
