"""Finding note marks and notes that are not marked up as such, by the links between them."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.sources.markup.heading_elements import is_heading
from audiobook.sources.markup.notes.links import is_note_link, is_note_sign
from audiobook.sources.markup.semantics import is_block, short_text, tag_of, text_after
from audiobook.sources.superscripts import SEEN_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from audiobook.sources.markup.flow import Flow

_BODIES: Final = frozenset("aside dd div dt li p section tr".split())
_FREE_BODIES: Final = frozenset("aside dd dt li tr".split())
"""Blocks that are notes without their own number, because a list or the layout numbers them."""
_MORE: Final = frozenset("blockquote dd div dl figure ol p pre table ul".split())
"""Elements that may continue a note."""
_LABEL = re.compile(
    r"""
    \s*+[\[({]?\s*+(?:note\s+)?             # [Note
    (?:
        (?:[注註※])?\d{1,4}(?![^\W_])       # 12
      | [①-⑳㉑-㉟㊱-㊿❶-❿]                  # ①
      | [*†‡§¶‖※]{1,4}(?![^\W_])            # **
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_BEFORE_LABEL: Final = " \n\t\r[({"
"""White space and brackets before the sign of a note."""
_LOOKED_AT: Final = 8
"""How many elements before a note's first word may carry its `id` and number."""
_SEARCHED: Final = 500
"""How many elements of a note are searched for the link back."""
_NEXT_BLOCKS: Final = 12
"""How many blocks after a note are searched for the next one."""
_NOTE_CLASS = re.compile(
    r"""
    (?:\A|[\s_-])(?:end|foot|rear)?             # foot
    (?:notes?|fn|ftn)                           # note
    (?:\d|[\s_-]|text|body|par|cont|\Z)         # text
    """,
    re.VERBOSE | re.IGNORECASE,
)


class Notes(msgspec.Struct):
    """The notes found so far on a page.

    Attributes:
        here: Each `id` of a note on this page.
        elsewhere: Addresses of notes on other pages, as written in the links.
        linked: Each `id` on this page that a link points to, from this page or another one.
        signs: The signs of note marks without links.
        verses: How many verse numbers were met.
    """

    here: set[str] = msgspec.field(default_factory=set)
    elsewhere: set[str] = msgspec.field(default_factory=set)
    linked: set[str] = msgspec.field(default_factory=set)
    signs: set[str] = msgspec.field(default_factory=set)
    verses: int = 0
    _last: _Element | None = None
    _name: str = ""
    _number: int = -1
    _only_notes: set[_Element] = msgspec.field(default_factory=set)

    def may_be_body(self, tag: str) -> bool:
        """Return whether a block of this name may be a note on this page, as far as is known yet."""
        return (tag in _BODIES or tag in _MORE) and bool(self.here or self.signs or self.linked)

    def name_of(self, element: _Element) -> str:
        """Return the `id` of a note that marks link to; for a block that continues a note, that of the note."""
        names = list(_leading_names(element))
        found = next((name for name in names if name in self.here), names[0] if names else None)
        self._name = found or self._name
        return self._name

    def remember(self, sign: str) -> None:
        """Record the sign of a note mark."""
        self.signs.add(sign.strip("[]().{} "))
        numbers = re.findall(r"\d+", sign)
        self._number = int(numbers[-1]) if numbers else self._number

    def is_next(self, sign: str) -> bool:
        """Return whether a sign is the number after that of the previous note mark."""
        return sign.isdecimal() and int(sign) == self._number + 1

    def look_ahead(self, body: _Element) -> None:
        """Collect the targets of all links within the page."""
        for link in body.iter("{*}a"):
            if (address := link.get("href") or "").startswith("#"):
                self.linked.add(address[1:])

    def meet(self, link: _Element) -> None:
        """Record the target of a note mark."""
        address = link.get("href") or ""
        if address[:1] == "#":
            self.here.add(address[1:])
        elif "#" in address:
            self.elsewhere.add(address)

    def is_mark(self, link: _Element, flow: Flow, *, in_heading: bool) -> bool:
        """Return whether a link is a note mark.

        It is one if declared as one, if raised, or if it is a sign in square brackets. Other signs are
        note marks if another link leads back to them.

        Args:
            link: The link.
            flow: Its paragraph, up to the link.
            in_heading: Whether it is in a heading, where a number may link to the table of contents.
        """
        if is_note_link(link):
            return True
        if "#" not in (link.get("href") or "") or in_heading:
            return False
        text = short_text(link)
        if not is_note_sign(text):
            return False
        before = flow.tail(SEEN_CHARS)
        if not before.strip():
            return False
        if text.strip()[:1] == "[" or in_brackets(link, before):
            return True
        return self._is_linked_back(link)

    def is_body(self, element: _Element, tag: str) -> bool:
        """Return whether a block is a note, or continues one."""
        begins = tag in _BODIES and (self._is_target(element, tag) or self._is_labelled(element))
        if not (begins or (tag in _MORE and self._is_continuation(element))) or is_heading(element):
            return False
        if begins and not _has_text_before(element):
            self._only_notes.add(element.getparent())
        self._last = element
        return True

    def _is_target(self, element: _Element, tag: str) -> bool:
        """Return whether a mark links to a block that starts with a number or sign, links back, or is a list item."""
        if not self.here or self.here.isdisjoint(_leading_names(element)):
            return False
        if tag in _FREE_BODIES or _LABEL.match(_opening(element)):
            return True
        return any("#" in (inner.get("href") or "") for inner in islice(element.iter("{*}a"), _SEARCHED))

    def _is_labelled(self, element: _Element) -> bool:
        """Return whether a block starts with the sign of a note: linked back, or raised like a mark without a link."""
        if (element.text or "").strip(_BEFORE_LABEL):
            return False  # begins with a word
        for each in _leading(element):
            tag = tag_of(each)
            text = short_text(each).strip() if tag in ("a", "sup") else ""
            if tag == "sup" and text.strip("[]().") in self.signs:
                return _has_more(element, text)
            if (
                tag == "a"
                and "#" in (each.get("href") or "")
                and (is_note_sign(text) or text in ("↑", "^", "↩"))
            ):
                return self._is_linked_back(each) and _has_more(element, text)
        return False

    def _is_linked_back(self, link: _Element) -> bool:
        return not self.linked.isdisjoint(_names_around(link))

    def _is_continuation(self, element: _Element) -> bool:
        """Return whether a block continues the note right before it."""
        before = self._last
        if before is None or before is not element.getprevious() or (before.tail or "").strip():
            return False
        parent = element.getparent()
        if parent is not None and parent in self._only_notes:
            return True
        name = element.get("class") or ""
        if name and name == before.get("class") and _NOTE_CLASS.search(name):
            return True
        for after in islice(element.itersiblings(), _NEXT_BLOCKS):
            tag = tag_of(after)
            if is_heading(after) or tag == "hr":
                return False
            if tag in _BODIES and (self._is_target(after, tag) or self._is_labelled(after)):
                return True
        return False


def shorten_own_links(root: _Element) -> None:
    """Shorten links to the page itself to their fragment; in a saved page they have its full address."""
    names = {name for element in root.iter() if element.attrib for name in _names(element)}
    for link in root.iter("{*}a"):
        address = link.get("href") or ""
        place = address.partition("#")[2]
        if place and address[0] != "#" and place in names:
            link.set("href", f"#{place}")


def in_brackets(link: _Element, before: str) -> bool:
    """Return whether the text around a link encloses it in square brackets or braces."""
    return _around(link, before) in ("[]", "{}")


def is_alone_in_brackets(link: _Element, before: str) -> bool:
    """Return whether the text around a link encloses exactly the link in brackets of any form."""
    return _around(link, before) in ("[]", "{}", "()", "（）", "［］")


def _around(link: _Element, before: str) -> str:
    return before.rstrip()[-1:] + text_after(link).lstrip()[:1]


def _names(element: _Element) -> Iterator[str]:
    for name in ("id", "name") if tag_of(element) == "a" else ("id",):
        if key := element.get(name):
            yield key


def _names_around(link: _Element) -> Iterator[str]:
    """Yield the anchors of a link, of the inline elements around it, and of an empty anchor before it."""
    yield from _names(link)
    for inner in islice(link.iterdescendants(), _LOOKED_AT):
        yield from _names(inner)
    before = link.getprevious()
    if before is not None and not (before.tail or "").strip() and not short_text(before).strip():
        yield from _names(before)
    around = link.getparent()
    while around is not None:
        if is_block(tag_of(around)):
            # The block of a note carries the anchor; the block of a mark is the text itself.
            if not _opening_is_prose(link, around):
                yield from _names(around)
            return
        yield from _names(around)
        around = around.getparent()


def _opening_is_prose(link: _Element, block: _Element) -> bool:
    """Return whether a block has words before a link."""
    return not any(each is link for each in _leading(block))


def _leading(element: _Element) -> Iterator[_Element]:
    """Yield an element and the elements on its first line that precede its first word."""
    for each in islice(element.iter(), _LOOKED_AT):
        if each is not element and is_block(tag_of(each)) and tag_of(each) not in ("p", "td"):
            return
        yield each
        if (each.text or "").strip(_BEFORE_LABEL):
            return


def _leading_names(element: _Element) -> Iterator[str]:
    for each in _leading(element):
        yield from _names(each)
    before = element.getprevious()
    if before is not None and tag_of(before) in ("a", "span") and not (before.tail or "").strip():
        yield from _names(before)


def _opening(element: _Element) -> str:
    """Return the first words of an element."""
    return "".join(part[:40] for part in islice(element.itertext("*"), _LOOKED_AT))


def _has_more(element: _Element, label: str) -> bool:
    """Return whether a block contains more than its label."""
    return any(part.strip(f" []().:{label}\n\t\r") for part in islice(element.itertext("*"), _SEARCHED))


def _has_text_before(element: _Element) -> bool:
    """Return whether an element follows text in its parent; headings and rules do not count."""
    parent = element.getparent()
    if parent is None or (parent.text or "").strip():
        return True
    for before in islice(element.itersiblings(preceding=True), _SEARCHED):
        if (before.tail or "").strip():
            return True
        if not is_heading(before) and tag_of(before) not in ("hr", "br", "a") and short_text(before).strip():
            return True
    return False
