"""The note marks of a page that are not read: where they were, and the brackets around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from audiobook.sources.markup.notes.finding import is_alone_in_brackets
from audiobook.sources.markup.semantics import short_text, text_after

if TYPE_CHECKING:
    from lxml.etree import _Element

    from audiobook.sources.markup.flow import Flow


class OmittedMarks(msgspec.Struct):
    """The note marks that were left out so far.

    Attributes:
        here: The sign of a mark and the index of its block, by the `id` of the note.
        elsewhere: The same, by the address of the note on another page.
        closing: The bracket that closes the last mark, until the text after it was met; "" for none.
    """

    here: dict[str, tuple[str, int]] = msgspec.field(default_factory=dict)
    elsewhere: dict[str, tuple[str, int]] = msgspec.field(default_factory=dict)
    closing: str = ""

    def leave_out(self, element: _Element, flow: Flow, at: int) -> int:
        """Record a mark. Remove the bracket before it, and the comma between it and the mark before.

        Args:
            element: The mark.
            flow: Its paragraph, up to the mark.
            at: Index of its block.

        Returns:
            How many characters were removed.
        """
        for link in element.iter("{*}a"):
            address, mark = link.get("href") or "", (short_text(link).strip(), at)
            if address[:1] == "#":
                self.here.setdefault(address[1:], mark)
            elif "#" in address:
                self.elsewhere.setdefault(address, mark)
        removed = flow.leave_out_mark()
        before = flow.tail(2)
        if is_alone_in_brackets(element, before):
            removed += flow.drop_end(before.rstrip()[-1:])
            self.closing = text_after(element).lstrip()[:1]
            flow.leave_out_mark()
        return removed

    def without_closing(self, text: str) -> str:
        """Return the text after a mark without the bracket that closes the mark."""
        closing, self.closing = self.closing, ""
        return text.replace(closing, "", 1) if text.lstrip()[:1] == closing else text
