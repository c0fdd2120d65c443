"""Marks in Markdown: parser rules that replace them by the codes of `marks.codes`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from audiobook.sources.text.marks.attributes import Attributes, read_attributes
from audiobook.sources.text.marks.codes import Codes

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

_LINE = re.compile(
    r"""
    :{3,}[ \t]*
    (?P<attributes>\{.*\})?[ \t]*       # ::: {lang=fi}
    (?P<name>[\w-]+)?[ \t]*             # ::: note
    (?P<title>[^:\n]*?)[ \t]*           # ::: note A title
    (?::{3,})?                          # ::: note :::
    """,
    re.VERBOSE,
)
_ENDS_AN_ELEMENT: Final = frozenset("])*_`~>")
_INTERRUPTS: Final = ["paragraph", "reference", "blockquote", "list"]


def add_marks(parser: MarkdownIt, codes: Codes) -> None:
    """Make a parser understand marks: they become codes, which `Marks` takes out of the blocks again."""

    def span(state: StateInline, silent: bool) -> bool:
        if state.src[state.pos] != "[":
            return False
        closing = state.md.helpers.parseLinkLabel(state, state.pos)
        attributes = read_attributes(state.src, closing + 1) if closing >= 0 else None
        if attributes is None or attributes.end == closing + 1:
            return False
        if not silent:
            _write_span(state, closing, attributes, codes)
        state.pos = attributes.end
        return True

    def point(state: StateInline, silent: bool) -> bool:
        at = state.pos
        if state.src[at] != "{":
            return False
        attributes = read_attributes(state.src, at)
        if attributes is None or not (attributes.known or _is_decoration(state.src, at, attributes.end)):
            return False
        if attributes.end == at:  # not closed: read as text, with a problem
            if not silent:
                _write(state, codes.point(attributes))
                _write(state, "{")
            state.pos += 1
            return True
        if not silent and attributes.known:
            _write(state, codes.point(attributes))
        state.pos = attributes.end
        return True

    def container(state: StateBlock, line: int, _end: int, silent: bool) -> bool:
        if state.is_code_block(line):
            return False
        start, end = state.bMarks[line] + state.tShift[line], state.eMarks[line]
        found = _LINE.fullmatch(state.src, start, end) if state.src.startswith(":::", start) else None
        if found is None:
            return False
        if not silent:
            _write_line(state, line, _code_of(found, codes), found["title"])
        state.line = line + 1
        return True

    parser.inline.ruler.before("link", "mark_span", span)
    parser.inline.ruler.push("mark_point", point)
    parser.block.ruler.before("fence", "mark_container", container, {"alt": _INTERRUPTS})


def _is_decoration(text: str, start: int, end: int) -> bool:
    """Return whether attributes without effect here belong to an element: `*word*{.red}`, `# Title {#id}`."""
    return text[start - 1 : start] in _ENDS_AN_ELEMENT or not text[end:].strip()


def _write_span(state: StateInline, closing: int, attributes: Attributes, codes: Codes) -> None:
    """Write the text between brackets, with a code on each side if the attributes change what is heard."""
    end_of_text = state.posMax
    opening_code, closing_code = codes.span(attributes) if attributes.known else ("", "")
    state.pos, state.posMax = state.pos + 1, closing
    _write(state, opening_code)
    state.md.inline.tokenize(state)
    _write(state, closing_code)
    state.posMax = end_of_text


def _write(state: StateInline, text: str) -> None:
    if text:
        state.push("text", "", 0).content = text


def _code_of(found: re.Match[str], codes: Codes) -> str:
    if not found["attributes"] and not found["name"]:
        return codes.container_end()
    attributes = read_attributes(found["attributes"], 0) if found["attributes"] else None
    return codes.container(attributes or Attributes(0))


def _write_line(state: StateBlock, line: int, code: str, title: str) -> None:
    """Write a line of a container as a paragraph: its code, and the title that some dialects allow there."""
    state.push("paragraph_open", "p", 1).map = [line, line + 1]
    inline = state.push("inline", "", 0)
    inline.content, inline.map, inline.children = code + (title or ""), [line, line + 1], []
    state.push("paragraph_close", "p", -1)
