"""The reading state inside an element, derived from the elements around it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from audiobook.casting import Role
from audiobook.sources.markup.flow import Flow
from audiobook.sources.markup.heading_elements import begins_title, heading_level
from audiobook.sources.markup.heading_lookalikes import MARKED_CLASS
from audiobook.sources.markup.inert_elements import is_inert
from audiobook.sources.markup.notes.finding import Notes
from audiobook.sources.markup.notes.links import is_edit_link, is_inner_link, is_note_sign, is_raised
from audiobook.sources.markup.pronunciation import primary
from audiobook.sources.markup.semantics import (
    INSCRIBED,
    ITEMS,
    is_anchor_sign,
    is_block,
    is_bold,
    is_inscription,
    is_label,
    is_line_of_its_own,
    is_lined,
    is_mute,
    is_verse_line,
    language_of,
    reason_left_out,
    role_of,
    short_text,
    text_after,
    verse_of,
)
from audiobook.sources.markup.styles import Styles
from audiobook.sources.markup.table import CELLS
from audiobook.sources.superscripts import SEEN_CHARS, Raised, meaning

if TYPE_CHECKING:
    from lxml.etree import _Element


_STRONG: Final = frozenset(("b", "big", "strong"))
_SIMPLE: Final = ITEMS | _STRONG | frozenset("blockquote h1 h2 h3 h4 h5 h6".split())
"""Elements whose effect on their content can be known without looking at that content."""


class State(msgspec.Struct, frozen=True):
    """What applies inside an element; inherited by its descendants.

    Attributes:
        skip: The reason for skipping the element; None if it is read.
        mute: Whether its content is not text.
        language: BCP 47 tag, if it differs from the work's.
        level: Depth of the heading around the text, from 1; 0 outside headings.
        verse: "poem", "stanza", or empty.
        is_single: Whether all of it is one paragraph, as in a heading.
        is_row: Whether all of it is one table row.
        is_lined: Whether each `span` directly inside it is a line of verse.
        is_head: Whether it is inside a table head.
        is_item: Whether it is inside a list item.
        is_raised: Whether it is a power, to be written in raised characters.
        note: The `id` of the note that it belongs to; None outside of notes.
        is_link: Whether it is inside a link to another place in the text.
        is_inscription: Whether it is inside an epigraph or dedication.
        is_bold: Whether it is bold or large.
        is_marked: Whether it is a paragraph that looks like a heading; see `looks`.
        is_label: Whether it is set apart as the name of a speaker is: bold, or by its class.
        role: Whether it is a quotation, a note or a stage direction.
    """

    skip: str | None = None
    mute: bool = False
    language: str | None = None
    level: int = 0
    verse: str = ""
    is_single: bool = False
    is_row: bool = False
    is_lined: bool = False
    is_head: bool = False
    is_item: bool = False
    is_raised: bool = False
    note: str | None = None
    is_link: bool = False
    is_inscription: bool = False
    is_bold: bool = False
    is_marked: bool = False
    is_label: bool = False
    role: Role | None = None


class Rules(msgspec.Struct, frozen=True):
    """Which elements of a page are read.

    Attributes:
        narrate: Names from `base.PARTS` to read aloud instead of skipping.
        furniture: Element names and roles that are not part of the text.
        own_languages: Languages not treated as foreign, without script and region.
        notes: The notes found so far on the page.
        styles: What the style sheets of the page say.
        in_book: Whether other files belong to the text too.
        effective_classes: Classes that raise, hide or mark an element of this page.
    """

    narrate: frozenset[str]
    furniture: frozenset[str]
    own_languages: frozenset[str]
    notes: Notes
    styles: Styles
    in_book: bool
    effective_classes: frozenset[str]

    def inside(self, element: _Element, tag: str, around: State, flow: Flow, *, in_table: bool) -> State:
        """Return the state inside an element.

        Args:
            element: The element.
            tag: Its name, as returned by `tag_of`.
            around: The state around it.
            flow: The paragraph so far.
            in_table: Whether it is in a table that is read row by row.
        """
        if self._is_quiet(element, tag):
            if around.skip or around.mute:
                return around
            return self._inside_quiet(element, tag, around, flow)
        if is_mute(tag):
            return replace(around, mute=True)
        if around.skip in INSCRIBED and is_inscription(element):
            return State(language=around.language, is_inscription=True)
        if around.skip or around.mute:
            return around
        if state := self._inside_raised(element, tag, around, flow):
            return state
        if tag == "a" and around.level and is_edit_link(element):
            return _skipping(around, "navigation")
        if reason := reason_left_out(element, tag, self.narrate, self.furniture):
            return _skipping(around, reason)
        if self._is_hidden(element):
            return replace(around, skip="hidden")
        is_note = self.notes.is_body(element, tag)
        if is_note and "footnotes" not in self.narrate:
            return _skipping(around, "footnotes")
        return self._inside_text(element, tag, around, in_table=in_table, is_note=is_note)

    def _inside_quiet(self, element: _Element, tag: str, around: State, flow: Flow) -> State:
        """Return the state inside an element that changes nothing unless it is a note or a link."""
        if tag == "a":
            return self._inside_link(element, around, flow)
        if not self.notes.may_be_body(tag) or not self.notes.is_body(element, tag):
            return _with_lines(element, around)
        if "footnotes" not in self.narrate:
            return _skipping(around, "footnotes")
        return self._inside_text(element, tag, around, in_table=False, is_note=True)

    def _inside_link(self, link: _Element, around: State, flow: Flow) -> State:
        if state := self._inside_raised(link, "a", around, flow):
            return state
        if is_anchor_sign(link) or (around.level and is_edit_link(link)):
            return _skipping(around, "navigation")
        is_link = around.is_link or is_inner_link(link, in_book=self.in_book)
        return _with_lines(link, around if is_link == around.is_link else _linked(around))

    def _inside_text(
        self, element: _Element, tag: str, around: State, *, in_table: bool, is_note: bool
    ) -> State:
        """Return the state inside an element that is read."""
        if not (is_note or around.verse or element.attrib) and tag in _SIMPLE:
            return _inside_simple(around, tag)
        note = around.note
        if is_note:
            note = note or self.notes.name_of(element)
        verse = verse_of(element) or around.verse
        level = around.level or heading_level(element, tag)
        state = State(
            language=self._language(element, around),
            level=level,
            verse=verse,
            is_single=level > 0,
            is_row=around.is_row or (in_table and tag == "tr"),
            is_lined=bool(verse) and is_lined(element),
            is_head=around.is_head or tag == "thead",
            mute=around.mute,
            is_item=around.is_item or tag in ITEMS,
            note=note,
            is_link=around.is_link or (tag == "a" and is_inner_link(element, in_book=self.in_book)),
            is_inscription=around.is_inscription or is_inscription(element),
            is_bold=around.is_bold or is_bold(element, tag),
            is_marked=around.is_marked or MARKED_CLASS in element.get("class", ""),
            is_label=around.is_label or is_bold(element, tag) or is_label(element),
            role=Role.NOTE if note else role_of(element, tag) or around.role,
        )
        return around if state == around else state

    def _is_quiet(self, element: _Element, tag: str) -> bool:
        """Return whether an element changes nothing unless it is a note or a link.

        This is true of most of a page.
        """
        if tag == "sup" or (self.furniture and (tag in self.furniture or element.attrib)):
            return False
        return is_inert(element, tag, self.effective_classes)

    def _inside_raised(self, element: _Element, tag: str, around: State, flow: Flow) -> State | None:
        """Return the state inside a note mark or a raised element; None for other elements, and parts of words."""
        if tag == "a" and self.notes.is_mark(element, flow, in_heading=around.level > 0):
            self.notes.meet(element)
            return self._unless_narrated("noterefs", around, flow)
        if not is_raised(element, tag, self.styles.raised):
            return None
        match self._meaning(element, flow.tail(SEEN_CHARS)):
            case Raised.NOTE:
                return self._unless_narrated("noterefs", around, flow)
            case Raised.VERSE:
                return self._unless_narrated("verse-numbers", around, flow)
            case Raised.POWER:
                return replace(around, is_raised=True)
            case Raised.FRACTION:
                flow.space()
        return None

    def _unless_narrated(self, part: str, around: State, flow: Flow) -> State:
        if part not in self.narrate:
            return _skipping(around, part)
        flow.space()
        return around

    def _meaning(self, element: _Element, before: str) -> Raised:
        mark = short_text(element).strip()
        links = [link for link in element.iter("{*}a") if "#" in (link.get("href") or "")]
        if links and is_note_sign(mark):
            for link in links:
                self.notes.meet(link)
            found = Raised.NOTE
        else:
            found = meaning(before, mark, text_after(element), is_next=self.notes.is_next(mark))
        if found is Raised.NOTE and before[-1:].isspace() and not links and self.notes.verses:
            found = Raised.VERSE  # a number between spaces is treated like those before it
        self.notes.verses += found is Raised.VERSE
        if found is Raised.NOTE and mark:
            self.notes.remember(mark)
        return found

    def _is_hidden(self, element: _Element) -> bool:
        if not self.styles.hidden:
            return False
        return not self.styles.hidden.isdisjoint((element.get("class") or "").lower().split())

    def _language(self, element: _Element, around: State) -> str | None:
        language = language_of(element)
        if language is None:
            return around.language
        return None if primary(language) in self.own_languages else language


@lru_cache(maxsize=64)
def _skipping(around: State, reason: str) -> State:
    return replace(around, skip=reason)


@lru_cache(maxsize=64)
def _linked(around: State) -> State:
    return replace(around, is_link=True)


@lru_cache(maxsize=256)
def _inside_simple(around: State, tag: str) -> State:
    """Return the state inside an element without attributes whose name says everything."""
    is_strong = tag in _STRONG
    level = around.level or (int(tag[1]) if tag[0] == "h" else 0)
    return replace(
        around,
        level=level,
        is_single=level > 0,
        is_lined=False,
        is_item=around.is_item or tag in ITEMS,
        is_raised=False,
        is_bold=around.is_bold or is_strong,
        is_label=around.is_label or is_strong,
        role=Role.NOTE if around.note else Role.QUOTATION if tag == "blockquote" else around.role,
    )


def _with_lines(element: _Element, around: State) -> State:
    """Return the state inside an element that can only affect whether its children are lines of verse."""
    lined = bool(around.verse) and is_lined(element)
    return around if lined == around.is_lined else replace(around, is_lined=lined)


def edge_of(element: _Element, tag: str, around: State, flow: Flow, *, in_table: bool) -> str:
    """Return the kind of unit that an element's start and end delimit.

    Args:
        element: The element.
        tag: Its name, as returned by `tag_of`.
        around: The state around it.
        flow: The paragraph so far.
        in_table: Whether it is in a table that is read row by row.

    Returns:
        `paragraph`, `line`, `row`, `cell` or `space` (a word), `title` for the second part of a heading, or ""
        for an element that delimits nothing.
    """
    if around.skip or around.mute:
        return ""
    if not is_block(tag):
        if around.is_single and around.level and begins_title(element, flow.tail(2)):
            return "title"
        if tag == "font" and not around.is_row and is_line_of_its_own(element, tag):
            return "paragraph"
        return "line" if around.is_lined and tag == "span" else ""
    if around.is_row:
        return "cell" if tag in CELLS else "space"
    if around.is_single or is_verse_line(element, tag, around.verse):
        return "line"
    return "row" if in_table and tag == "tr" else "paragraph"
