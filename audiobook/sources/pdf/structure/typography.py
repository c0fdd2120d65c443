"""What a paragraph of a PDF looks like: its size compared with others, its length, and how it ends."""

from __future__ import annotations

import re
from typing import Final

from audiobook.sources.pdf.structure.paragraphs import PdfParagraph

LONGEST_HEADING_CHARS: Final = 200
SAME_SIZE_PT: Final = 0.6
LONGEST_TITLE_CHARS: Final = 90
PROSE_END: Final = re.compile(r"[.!?…;,:。．！？；：，、؟،؛।][\"”’»)\]」』）]*$")
CAPTION: Final = re.compile(
    r"""
    (?: fig(?:ures?|ur|\.)? | tables? | tab\. | chart | diagram(?:me|m)? | graph | photo | plate | map | scheme | listing
      | algorithm | abb(?:ildung|\.) | tabellen? | schema | tableau | graphique | carte | figuu?ra | tabla | cuadro | gr[áa]ficoe?
      | tabell?a | tabell? | afbeelding | kuva(?:aja)? | kuvio | taulukko | kartta | rys(?:unek|\.) | wykres | mapa | zdj(?:ęcie|\.)
      | att(?:ēls|\.) | slika | preglednica | obr(?:ázek|\.) | gambar | рис(?:унок|\.) | табл(?:ица|\.) | 图 | 圖 | 図 | 表 | 그림 | 표 )
    \s* (?-i: [A-Z]{0,2}[.-]?\d | [IVXLC]{1,6}\b ) # Figure 3, Fig. A.1, Table IV
    | \d{1,3}(?:\.\d{1,3})?\.?\s+ (?: attēls | tabula | ábra | táblázat | pav\. | lentelė | att\. ) (?!\w) # 2. attēls
    """,
    re.IGNORECASE | re.VERBOSE,
)
STOP: Final = re.compile(r"[.!?…。！？؟।][\"”’»)\]」』）]*$")
COUNTED: Final = re.compile(r"(?:\d+|[IVXLCDM]+|[A-Z])[.)]|\d+(?:\.\d+)*\s")


def is_like(paragraph: PdfParagraph, other: PdfParagraph) -> bool:
    """Return whether two paragraphs are on one page and in type of the same size."""
    return paragraph.page == other.page and abs(paragraph.size - other.size) < SAME_SIZE_PT


def is_prose(paragraph: PdfParagraph) -> bool:
    """Return whether a paragraph is text, not a heading: longer than one, or several lines that end as a sentence does."""
    if paragraph.lines > 1 and PROSE_END.search(paragraph.text):
        return True
    return len(paragraph.text) > LONGEST_HEADING_CHARS


def is_in_capitals(paragraph: PdfParagraph) -> bool:
    """Return whether a paragraph has capital letters only."""
    letters = sum(map(str.isalpha, paragraph.text))
    return letters >= 3 and paragraph.text == paragraph.text.upper() != paragraph.text.lower()
