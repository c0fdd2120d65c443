"""Runs of a Word document that are raised by their style or position rather than as superscript.

Source: ECMA-376, part 1, sections 17.3.2.24 (position), 17.3.2.29 (rStyle), 17.3.2.42 (vertAlign).
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Final

from audiobook.sources.office.hidden import WORD

if TYPE_CHECKING:
    from lxml.etree import _Element

_VALUE: Final = f"{WORD}val"
_LEAST_HALF_POINTS: Final = 4
_MARK_STYLE = re.compile(r"(?:footnote|endnote)(?:reference|anchor|characters)", re.IGNORECASE)


def raised_styles(styles: _Element) -> frozenset[str]:
    """Return the character styles that are superscript.

    Args:
        styles: The part with the styles.
    """
    return frozenset(
        style.get(f"{WORD}styleId") or ""
        for style in styles.iter(f"{WORD}style")
        for looks in style.iterfind(f"{WORD}rPr/{WORD}vertAlign")
        if style.get(f"{WORD}type") == "character" and looks.get(_VALUE) == "superscript"
    )


def make_superscript(root: _Element, styles: AbstractSet[str]) -> None:
    """Make runs superscript that are raised otherwise; note marks that Word itself numbers stay as they are.

    Args:
        root: A part; changed in place.
        styles: The character styles that are superscript.
    """
    from lxml import etree  # after the limits are set

    for looks in root.iter(f"{WORD}rPr"):
        run = looks.getparent()
        if run is None or run.tag != f"{WORD}r" or run.find(f"{WORD}t") is None:
            continue
        if looks.find(f"{WORD}vertAlign") is None and _is_raised(looks, styles):
            etree.SubElement(looks, f"{WORD}vertAlign").set(_VALUE, "superscript")


def _is_raised(looks: _Element, styles: AbstractSet[str]) -> bool:
    style, position = looks.find(f"{WORD}rStyle"), looks.find(f"{WORD}position")
    name = "" if style is None else style.get(_VALUE) or ""
    if name and (name in styles or _MARK_STYLE.fullmatch(name)):
        return True
    height = "" if position is None else position.get(_VALUE) or ""
    return height.isdecimal() and int(height[:4]) >= _LEAST_HALF_POINTS
