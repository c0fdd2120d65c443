"""Formulas of a page: TeX between delimiters in the text, and elements of MathML, MathJax and pictures of formulas.

Source: the defaults of MathJax 3 for delimiters; `math/tex` scripts of MathJax 2; annotations of MathML 3, section 5.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from audiobook.sources.formula import plain_formula

if TYPE_CHECKING:
    from lxml.etree import _Element

_LONGEST_CHARS: Final = 4000
"""Delimiters farther apart than this are not those of one formula."""
_ENVIRONMENTS: Final = "align|alignat|displaymath|eqnarray|equation|flalign|gather|math|multline"
_DELIMITER = re.compile(
    rf"""
    (?<!\\)(?:
        (?P<open>\\[(\[])                                 # \( and \[
      | (?P<close>\\[)\]])
      | (?P<begin>\\begin\{{(?:{_ENVIRONMENTS})\*?\}})    # \begin{{align*}}
      | (?P<end>\\end\{{(?:{_ENVIRONMENTS})\*?\}})
      | (?P<dollars>\${{1,2}})
    )
    """,
    re.VERBOSE,
)
_CLOSING: Final = {r"\(": r"\)", r"\[": r"\]", "$": "$", "$$": "$$"}
_INLINE: Final = (r"\(", "$")
_TEX = re.compile(r"\\[A-Za-z]|[{}^_]")
_BETWEEN_DOLLARS = re.compile(r"[A-Za-z]|[A-Za-z]\w{0,2} ?[-=<>+*/] ?[\w(].{0,80}")
"""Matches a formula without commands, powers or indices between dollar signs, which may also be those of prices."""
_SCRIPT = re.compile(r"math/(?:tex|latex)\b(?P<display>.*mode=display)?", re.IGNORECASE)
_PICTURE = re.compile(
    r"(?:^|[\s_-])(?:math|mwe-math\S*|tex|latex|formula|equation)(?:$|[\s_-])", re.IGNORECASE
)
_CODE: Final = frozenset(("code", "kbd", "samp", "tt"))


class Piece(NamedTuple):
    """A piece of the text of a page.

    Attributes:
        source: The text as it is written.
        spoken: What is read: the same outside formulas; a formula as text, or None if it is left out.
    """

    source: str
    spoken: str | None


def may_have_formulas(text: str) -> bool:
    """Return whether a text contains a sign with which formulas are delimited."""
    return "\\" in text or "$" in text


def split_formulas(text: str) -> Iterator[Piece]:
    """Yield the pieces of a text between and inside formulas. Displayed formulas are left out, as in Markdown."""
    at = 0
    opened: re.Match[str] | None = None
    for found in _DELIMITER.finditer(text):
        if opened is None or not _closes(opened, found):
            opened = _still_open(opened, found)
            continue
        tex = text[opened.end() : found.start()]
        is_price = found.group() == "$" and text[found.end() : found.end() + 1].isdecimal()
        if is_price or not _is_formula(opened.group(), tex):
            opened = found if found["dollars"] else None
            continue
        if opened.start() > at:
            yield Piece(text[at : opened.start()], text[at : opened.start()])
        at = found.end()
        spoken = plain_formula(tex) if opened.group() in _INLINE else None
        yield Piece(text[opened.start() : at], spoken)
        opened = None
    if at < len(text):
        yield Piece(text[at:], text[at:])


def _closes(opened: re.Match[str], found: re.Match[str]) -> bool:
    if opened["begin"]:
        return found.group() == opened.group().replace("begin", "end", 1)
    return found.group() == _CLOSING[opened.group()]


def _still_open(opened: re.Match[str] | None, found: re.Match[str]) -> re.Match[str] | None:
    """Return the delimiter that is open after a delimiter that does not complete a formula; None if none is."""
    opens = found["open"] or found["begin"] or found["dollars"]
    if opened is None or opened["dollars"]:
        return found if opens else None
    return found if found.group() == opened.group() else opened


def _is_formula(delimiter: str, tex: str) -> bool:
    """Return whether what is between delimiters is a formula; dollar signs may also be those of prices."""
    if not tex.strip() or len(tex) > _LONGEST_CHARS:
        return False
    if delimiter != "$":
        return True
    is_edged = tex[0].isspace() or tex[-1].isspace() or "\n\n" in tex
    return not is_edged and (_TEX.search(tex) is not None or _BETWEEN_DOLLARS.fullmatch(tex) is not None)


def is_code(tag: str) -> bool:
    """Return whether an element shows code, in which no sign delimits a formula."""
    return tag in _CODE


def is_formula_script(element: _Element) -> bool:
    """Return whether a `script` contains a formula for MathJax."""
    return _SCRIPT.match(element.get("type") or "") is not None


def is_formula_picture(element: _Element) -> bool:
    """Return whether an `img` is the picture of a formula, with TeX as its alternative text."""
    shown = _PICTURE.search((element.get("class") or "")[:1000]) is not None
    return shown and _TEX.search(element.get("alt") or "") is not None


def spoken_formula(element: _Element, tag: str) -> str:
    """Return what is read in place of an element with a formula; "" if it is left out.

    Args:
        element: A `math` element, or one for which one of the functions above returns True.
        tag: Its name.
    """
    if tag == "script":
        found = _SCRIPT.match(element.get("type") or "")
        is_display = found is None or found["display"]
        return "" if is_display else plain_formula(element.text or "") or ""
    if tag == "img":
        return plain_formula(element.get("alt") or "") or ""
    formula = " ".join((element.get("alttext") or _annotation(element)).split())
    return plain_formula(formula) or "" if _TEX.search(formula) else formula


def _annotation(element: _Element) -> str:
    """Return the TeX source that a MathML element contains as an annotation; "" if it has none."""
    for annotation in element.iter("{*}annotation"):
        if "tex" in (annotation.get("encoding") or "").lower():
            return annotation.text or ""
    return ""
