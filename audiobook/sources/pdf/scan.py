"""Pages of a PDF that are pictures, with the text recognised on them."""

from __future__ import annotations

from audiobook.sources.base import Source
from audiobook.sources.pdf.extraction.pieces import PdfPage, Piece
from audiobook.sources.recognition.pages import recognise


def scanned_pages(source: Source) -> list[PdfPage]:
    """Return the pages of a PDF without text, with the text recognised on them.

    Raises:
        SourceError: Text recognition is not installed, or finds nothing.
    """
    return [
        PdfPage(
            [Piece(line.text, line.left, line.right, line.y, line.size) for line in page.lines],
            has_pictures=not page.lines,
        )
        for page in recognise(source)
    ]
