"""Parts of a Word document that are not read: hidden and deleted text, and the table of contents.

Source: ECMA-376, part 1, sections 17.3.2.41 (vanish), 17.13.5 (revisions), 17.16.5.68 (TOC field).
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from audiobook.document import count_chars

if TYPE_CHECKING:
    from lxml.etree import _Element

WORD: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OFF: Final = ("0", "false", "off")
_TOC_STYLE = re.compile(
    r"""
    (?: TOC | Verzeichnis | Inhopg | TM | TDC | Sommario                # TOC1, Verzeichnis2
      | Sisluet | Spistreci | Innehll | INNH | Satur | Daftarisi )
    \d
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""Matches the names of the styles of tables of contents, which Word translates."""
_TOC_FIELD = re.compile(r"\s*TOC\b")


def hide(root: _Element) -> Counter[str]:
    """Remove hidden text from a part of a document, and count it and the deleted text.

    Args:
        root: A part; changed in place.
    """
    counted: Counter[str] = Counter()
    for run in list(root.iter(f"{WORD}r")):
        if _is_hidden(run):
            if chars := sum(count_chars(text.text or "") for text in run.iter(f"{WORD}t")):
                counted["hidden"] += chars
            parent = run.getparent()
            if parent is not None and run.find(f"{WORD}fldChar") is None:
                parent.remove(run)
    for text in root.iter(f"{WORD}delText"):
        if chars := count_chars(text.text or ""):
            counted["deleted"] += chars
    return counted


def _is_hidden(run: _Element) -> bool:
    looks = run.find(f"{WORD}rPr")
    mark = None if looks is None else looks.find(f"{WORD}vanish")
    return mark is not None and (mark.get(f"{WORD}val") or "1").lower() not in _OFF


def mark_contents(root: _Element, style: str) -> None:
    """Give the paragraphs of the table of contents a separate style.

    Args:
        root: A part; changed in place.
        style: Name of the style.
    """
    depth = 0
    depths: list[int] = []
    in_field = False
    for element in root.iter(f"{WORD}p", f"{WORD}fldChar", f"{WORD}instrText"):
        if element.tag == f"{WORD}p":
            if in_field or _is_entry(element):
                _set_style(element, style)
        elif element.tag == f"{WORD}instrText":
            if _TOC_FIELD.match(element.text or "") and depth and not in_field:
                in_field = True
                depths.append(depth)
                _set_style_above(element, style)
        elif element.get(f"{WORD}fldCharType") == "begin":
            depth += 1
        elif element.get(f"{WORD}fldCharType") == "end":
            if in_field and depths and depth == depths[-1]:
                in_field = False
                depths.pop()
            depth = max(0, depth - 1)


def _is_entry(paragraph: _Element) -> bool:
    """Return whether a paragraph belongs to a table of contents by its style or by the gallery around it."""
    named = paragraph.find(f"{WORD}pPr/{WORD}pStyle")
    if named is not None and _TOC_STYLE.match(named.get(f"{WORD}val") or ""):
        return True
    for around in paragraph.iterancestors(f"{WORD}sdt"):
        gallery = around.find(f"{WORD}sdtPr/{WORD}docPartObj/{WORD}docPartGallery")
        if gallery is not None and gallery.get(f"{WORD}val") == "Table of Contents":
            return True
    return False


def _set_style_above(element: _Element, style: str) -> None:
    paragraph = next(element.iterancestors(f"{WORD}p"), None)
    if paragraph is not None:
        _set_style(paragraph, style)


def _set_style(paragraph: _Element, style: str) -> None:
    from lxml import etree  # after the limits are set

    looks = paragraph.find(f"{WORD}pPr")
    if looks is None:
        looks = etree.Element(f"{WORD}pPr")
        paragraph.insert(0, looks)
    named = looks.find(f"{WORD}pStyle")
    if named is None:
        named = etree.Element(f"{WORD}pStyle")
        looks.insert(0, named)
    named.set(f"{WORD}val", style)
