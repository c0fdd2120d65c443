"""The text of a Markdown paragraph without its markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from audiobook.document import Kind, Paragraph, is_speakable
from audiobook.layout import Style, Styles, rearranged
from audiobook.sources.formula import plain_formula
from audiobook.sources.outline import Block
from audiobook.sources.pictures import picture_at
from audiobook.sources.superscripts import SEEN_CHARS, Raised, cut, meaning, superscript
from audiobook.sources.text.markdown_dialects import CALLOUT, LEFT_OUT
from audiobook.sources.text.markdown_html import is_comment, is_component, picture_of, tag_name
from audiobook.sources.text.marks.codes import uncoded

if TYPE_CHECKING:
    from markdown_it.token import Token

    from audiobook.sources.text.markdown_blocks import MarkdownBlocks

_BREAKS: Final = ("softbreak", "hardbreak")
_DELETED: Final = ("del", "s", "strike")
_STYLES: Final = {
    "em": Style.EMPHASIS,
    "i": Style.EMPHASIS,
    "cite": Style.EMPHASIS,
    "strong": Style.STRONG,
    "b": Style.STRONG,
    "code": Style.CODE,
    "kbd": Style.CODE,
    "sub": Style.LOWERED,
}
"""The style of the text in a token or HTML tag."""
_WORD = re.compile(r"\S+")
_LINE_END = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_MAY_LEAVE_GAP: Final = frozenset((LEFT_OUT, "image", "footnote_ref", "math_inline", "s_open", "html_inline"))
_GAP = re.compile(r"(?<=[ \n]) +| +(?=[.,;:!?)](?:\s|\Z))|(?<=[(]) +")
_TASK = re.compile(r"\[[ xX/-]\][ \t]+")


class Inline:
    """The text of a paragraph or heading without markup, and the source line of each part of it."""

    def __init__(self, around: MarkdownBlocks, inline: Token, line: int, level: int) -> None:
        """Read the tokens of a paragraph."""
        self.around = around
        self.content = inline.content
        self.level = level
        self.pieces: list[str] = []
        self.starts = [(0, line)]
        self.styles = Styles()
        self.length = self.read = 0
        self.deleted = self.link_chars = 0
        self.link = self.raised_from = -1
        children = inline.children or []
        self.hidden = inline.content.count("\n") > sum(child.type in _BREAKS for child in children)
        self.is_title = self.has_gap = self.has_plain = False
        self.label_chars = self.bold = 0
        for at, child in enumerate(children):
            self._take(child, children[at + 1].content if at + 1 < len(children) else "")

    def block(self) -> Block:
        """Return the block."""
        whole = "".join(self.pieces)
        text = whole.strip()
        lead = len(whole) - len(whole.lstrip())
        kind = Kind.BREAK if not is_speakable(text) else Kind.HEADING if self.level else Kind.TEXT
        letters = sum(map(str.isalpha, text))
        role = "link" if letters and self.link_chars * 2 > letters else ""
        level = self.level if kind is Kind.HEADING else 0
        starts = tuple((max(0, start - lead), line) for start, line in self.starts)
        label_chars = min(max(0, self.label_chars - lead), len(text))
        styles, _ = rearranged(self.styles.of(whole), (), lambda offset: max(0, offset - lead))
        paragraph = Paragraph(text, kind, starts, label_chars=label_chars, styles=styles)
        gaps = [found.span() for found in _GAP.finditer(text)] if self.has_gap else []
        return Block(cut(paragraph, gaps) if gaps else paragraph, level, role=role)

    @property
    def line(self) -> int:
        """Line number of the text that is being read."""
        return self.starts[-1][1]

    def _take(self, child: Token, after: str) -> None:
        self.has_gap |= child.type in _MAY_LEAVE_GAP
        if child.nesting or child.type == "code_inline":
            self._take_style(child)
        match child.type:
            case "softbreak" | "hardbreak":
                self._break(is_hard=child.type == "hardbreak" or self.is_title)
            case "image":
                self._seek(child.content, is_shown=False)
                self._show(_shown(child), str(child.attrGet("src") or ""))
            case "footnote_ref":
                self._mark_note(child)
            case "math_inline" | "math_inline_double":
                self._put_formula(child.content)
            case "html_inline":
                self._take_tag(child.content, after)
            case "strong_open" | "strong_close":
                self.bold += child.nesting
            case "s_open" | "s_close":
                self.deleted += child.nesting
            case "sup_open" | "superscript_open":
                self.raised_from = len(self.pieces)
            case "sup_close" | "superscript_close":
                self._close_raised(after)
            case "link_open":
                self.link = self.length if str(child.attrGet("href") or "").startswith("#") else -1
            case "link_close" if self.link >= 0:
                self.link_chars += self.length - self.link
                self.link = -1
            case _ if child.type == LEFT_OUT:
                self.around.leave_out(child.content, child.meta["reason"])
            case "footnote_anchor":
                pass
            case _:
                self._put(_LINE_END.sub(" ", self._without_signs(child.content)))

    def _take_style(self, child: Token) -> None:
        """Begin or end a style."""
        if child.type == "code_inline":
            self.styles.put(self.length, self.length + len(child.content), Style.CODE)
        elif child.type == "link_open":
            self._open_style(Style.LINK, str(child.attrGet("href") or ""))
        elif child.type == "link_close":
            self._close_style(Style.LINK)
        elif style := _STYLES.get(child.tag):
            if child.nesting > 0:
                self._open_style(style)
            else:
                self._close_style(style)

    def _open_style(self, style: Style, address: str = "") -> None:
        self.styles.open(style, self.length, address)

    def _close_style(self, style: Style) -> None:
        """End a style, unless another was begun in it: HTML tags may be in any order."""
        if self.styles.opened and self.styles.opened[-1][0] is style:
            self.styles.close(self.length)

    def _without_signs(self, text: str) -> str:
        """Return the first text of a list item or quotation without the signs of a task or callout."""
        if self.pieces or not self.around.is_first:
            return text
        if self.around.items and (task := _TASK.match(text)):
            return text[task.end() :]
        if self.around.quotes and (callout := CALLOUT.match(text)):
            self.is_title = True
            self.around.callout = self.around.quotes
            return text[callout.end() :]
        return text

    def _put(self, piece: str) -> None:
        if self.deleted:
            self.around.leave_out(piece, "deleted")
            return
        self._seek(piece)
        self.pieces.append(piece)
        self.length += len(piece)
        if not self.bold:
            self.has_plain = self.has_plain or bool(uncoded(piece).strip())
        elif not self.has_plain:
            self.label_chars = self.length

    def _seek(self, piece: str, *, is_shown: bool = True) -> None:
        """Find the words of a piece in the source, because code and link addresses may contain line ends."""
        for match in _WORD.finditer(piece) if self.hidden else ():
            found = self.content.find(match.group(), self.read)
            if found >= 0:
                if jumped := self.content.count("\n", self.read, found):
                    start = self.length + (match.start() if is_shown else 0)
                    self.starts.append((start, self.line + jumped))
                self.read = found + len(match.group())

    def _break(self, *, is_hard: bool) -> None:
        """End a line. A hard break ends a line of verse, like `<br>`."""
        self.is_title = False
        self.read = self.content.find("\n", self.read) + 1
        self.starts.append((self.length + 1, self.line + 1))
        has_text = any(map(str.strip, self.pieces[:2])) or len(self.pieces) > 2
        self.pieces.append("\n" if is_hard and not self.level and has_text else " ")
        self.length += 1

    def _mark_note(self, child: Token) -> None:
        label = str(child.meta.get("label") or child.meta["id"] + 1)
        if "noterefs" in self.around.source.narrate:
            self._put(f" {label}")
        else:
            self.around.leave_out(f"[^{label}]", "noterefs")
        self.around.mark(str(child.meta["id"]), label)

    def _put_formula(self, formula: str) -> None:
        text = plain_formula(formula)
        if text is None:
            self.around.leave_out(formula, "formula")
            self.around.report_formula(self.line)
        else:
            self._put(text)

    def _take_tag(self, html: str, after: str) -> None:
        if is_comment(html):
            self.around.leave_out(html, "comments")
            return
        name = tag_name(html)
        if not name and is_component(html):
            return
        if not name:
            self._put(_LINE_END.sub(" ", html))
        elif name.lstrip("/") in _DELETED:
            self.deleted = max(0, self.deleted + (-1 if name[0] == "/" else 1))
        elif name == "sup":
            self.raised_from = len(self.pieces)
        elif name == "/sup":
            self._close_raised(after)
        elif name == "br":
            self.pieces.append(" " if self.level else "\n")
            self.length += 1
        elif style := _STYLES.get(name.lstrip("/")):
            if name[0] == "/":
                self._close_style(style)
            else:
                self._open_style(style)
        elif name == "img":
            self._show(*picture_of(html))

    def _show(self, description: str, address: str) -> None:
        """Show a picture, at the beginning of the paragraph or at its end."""
        is_first = not self.level and not any(map(str.strip, self.pieces))
        self.around.figures.meet(picture_at(address, description, line=self.line, is_first=is_first))
        self.around.show(description, self.line)

    def _close_raised(self, after: str) -> None:
        """Decide what the text since the start of a raised part means."""
        start, self.raised_from = self.raised_from, -1
        if start < 0:
            return
        mark = "".join(self.pieces[start:])
        before = ""
        for piece in reversed(self.pieces[max(0, start - SEEN_CHARS) : start]):
            before = (piece[-SEEN_CHARS:] + before)[-SEEN_CHARS:]
        found = meaning(before, mark, after)
        del self.pieces[start:]
        self.length -= len(mark)
        reason = {Raised.NOTE: "noterefs", Raised.VERSE: "verse-numbers"}.get(found)
        if reason and reason not in self.around.source.narrate:
            self.around.leave_out(mark, reason)
            return
        shown = superscript(mark) if found is Raised.POWER else None
        if not shown and mark.strip():
            self.styles.put(self.length, self.length + len(mark), Style.RAISED)
        self.pieces.append(shown or mark)
        self.length += len(shown or mark)


def _shown(child: Token) -> str:
    """Return the visible text of an inline token; for a picture, its alternative text."""
    if child.type == "image":
        return "".join(" " if part.type in _BREAKS else _shown(part) for part in child.children or ())
    return child.content
