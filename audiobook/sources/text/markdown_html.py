"""HTML in Markdown: recognising tags that are meant as such, and reading whole blocks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from html import unescape
from typing import Final

from msgspec.structs import replace

from audiobook.errors import SourceError
from audiobook.layout import Picture
from audiobook.sources.markup.blocks import read_markup
from audiobook.sources.markup.page import Markup, Page
from audiobook.sources.markup.tree import parse_html

_NAMES: Final = frozenset(
    """
    a abbr acronym address article aside audio b base bdi bdo big blockquote body br button canvas caption center cite
    code col colgroup data datalist dd del details dfn dialog div dl dt em embed fieldset figcaption figure font footer
    form h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input ins kbd label legend li link main map mark math
    menu meta meter nav noscript object ol optgroup option output p param picture pre progress q rb rp rt rtc ruby s samp
    script section select small source span strike strong style sub summary sup svg table tbody td template textarea
    tfoot th thead time title tr track tt u ul var video wbr
    """.split()
)
_TAG: Final = re.compile(r"<(?P<closing>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)(?P<rest>[^<>]*)/?>")
_COMPONENT: Final = re.compile(
    r"<(?P<closing>/?)[A-Z][A-Za-z0-9.]+(?P<rest>(?:\s+[\w:-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|\{[^{}]*\}|[^\s\"'=<>`]+))?)*)\s*/?>"
)
"""Matches a tag whose name begins with a capital: a component of mdBook, MDX or Vue."""
_VALUED: Final = re.compile(
    r"""
    \s*+
    (?>(?:
        (?:
            [\w:-]++\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'=<>`]++)    # class="note"
          | hidden\b|open\b|/                                       # <details open>
        )
        \s*+
    )*)
    """,
    re.VERBOSE,
)
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_BOLD: Final = re.compile(r"(\*\*|__|\*|`)(?=\S)([^*_`\n]{1,500}?)(?<=\S)\1")
_ALT: Final = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_SRC: Final = re.compile(r"""\ssrc\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>=`]+))""", re.IGNORECASE)


def tag_name(html: str) -> str:
    """Return the name of an HTML tag in lower case, with a slash before it for an end tag; empty for other text."""
    found = _TAG.fullmatch(html)
    if found is None or found["name"].lower() not in _NAMES or not _VALUED.fullmatch(found["rest"]):
        return ""
    return found["closing"] + found["name"].lower()


def is_component(html: str) -> bool:
    """Return whether HTML is one tag of a component of a site generator, such as `<Listing caption="…">`.

    Without attributes, only an end tag counts: `Vec<String>` is text.
    """
    found = _COMPONENT.fullmatch(html.strip())
    return found is not None and bool(found["closing"] or "=" in found["rest"])


def is_component_block(html: str) -> bool:
    """Return whether a block of HTML has nothing but tags of components, at least one, each on lines of its own."""
    tags = re.findall(r"<[^<>]*>", html)
    alone = not re.sub(r"<[^<>]*>", "", html).strip()
    return bool(tags) and alone and all(_COMPONENT.fullmatch(tag) for tag in tags)


def is_comment(html: str) -> bool:
    """Return whether HTML consists of comments."""
    return bool(_COMMENT.search(html)) and not _COMMENT.sub("", html).strip()


def picture_of(tag: str) -> tuple[str, str]:
    """Return the alternative text and the address in an `img` tag."""
    alternative, shown = _ALT.search(tag), _SRC.search(tag)
    return (alternative[1] or alternative[2] or "") if alternative else "", unescape(
        next(filter(None, shown.groups()), "") if shown else ""
    )


def read_html_block(html: str, line: int, page: Page) -> Markup | None:
    """Read a block of HTML; None if it is not meant as HTML.

    Args:
        html: The block.
        line: Line number at which it starts, from 1.
        page: The rules for reading it.
    """
    plain = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), html)
    first = re.search(r"<[^<>]*>", plain)
    if first is None or not tag_name(first[0]):
        return None
    if not re.sub(r"<[^<>]*>", "", plain).strip() and "alt" not in plain:
        return Markup([], [], Counter(), 0, {}, alone=_pictures_in(plain, line, page))
    try:
        markup = read_markup(parse_html(_BOLD.sub(r"\2", plain), page.name), page)
    except SourceError:
        return None
    for at, block in enumerate(markup.blocks):
        lines = tuple((offset, number + line - 1) for offset, number in block.paragraph.lines)
        pictures = tuple(_moved(block.paragraph.pictures, line - 1))
        markup.blocks[at] = replace(block, paragraph=replace(block.paragraph, lines=lines, pictures=pictures))
    return replace(markup, alone=tuple(_moved(markup.alone, line - 1)))


def _pictures_in(html: str, line: int, page: Page) -> tuple[Picture, ...]:
    """Return the pictures in a block of HTML without text."""
    if "<img" not in html.lower():
        return ()
    try:
        markup = read_markup(parse_html(html, page.name), page)
    except SourceError:
        return ()
    found = [each for block in markup.blocks for each in block.paragraph.pictures]
    return tuple(_moved((*found, *markup.alone), line - 1))


def _moved(pictures: Iterable[Picture], lines: int) -> Iterator[Picture]:
    """Yield pictures with other line numbers."""
    return (replace(each, line=each.line + lines) for each in pictures)
