"""Pictures of pages from scanners and phones: each frame is a page, whose text is recognised."""

from __future__ import annotations

from io import BytesIO
from itertools import islice
from typing import Final

from msgspec.structs import replace

from audiobook.document import Work
from audiobook.errors import SourceError
from audiobook.sources.base import Source
from audiobook.sources.pdf.reader import PdfReader
from audiobook.sources.recognition.lines import MOST_PAGES
from audiobook.sources.recognition.pages import require_packages

_MOST_PIXELS: Final = 50_000_000
_PAGE_PIXELS: Final = (1700, 2400)
"""The size of pages; more pixels do not help recognition."""


class PictureReader:
    """Reads `.png`, `.jpg`, `.jpeg`, `.tif`, `.tiff` and `.webp` files that are named on the command line."""

    def read(self, source: Source) -> Work:
        """Read pictures of pages; see `Reader.read`."""
        require_packages(source)
        return PdfReader().read(replace(source, data=_as_pdf(source)))


def _as_pdf(source: Source) -> bytes:
    """Return the picture as a PDF, a page for each frame.

    Raises:
        SourceError: It is damaged or too large.
    """
    from PIL import Image, ImageSequence

    pages: list[Image.Image] = []
    try:
        with Image.open(BytesIO(source.data)) as picture:
            if picture.width * picture.height > _MOST_PIXELS:
                raise SourceError("is too large a picture to recognise text on", where=source.name)
            for frame in islice(ImageSequence.Iterator(picture), MOST_PAGES + 1):
                page = frame.convert("L")
                page.thumbnail(_PAGE_PIXELS)
                pages.append(page)
        stream = BytesIO()
        pages[0].save(stream, "PDF", save_all=True, append_images=pages[1:])
    except Image.DecompressionBombError as error:
        raise SourceError("is too large a picture to recognise text on", where=source.name) from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise SourceError("is not a readable picture", where=source.name) from error
    return stream.getvalue()
