"""Markdown: CommonMark and common extensions."""

from __future__ import annotations

from audiobook.document import Work
from audiobook.sources.base import Announcement, Source
from audiobook.sources.front_matter.header import announce_front_matter


class MarkdownReader:
    """Reads `.md` files.

    Besides CommonMark, the common dialects are understood; see `markdown_dialects`. The text in HTML is read. Code
    blocks and formulas are skipped and reported as problems.
    """

    def read(self, source: Source) -> Work:
        """Read Markdown; see `Reader.read`."""
        from audiobook.sources.text.markdown_work import (
            markdown_work,  # loads the parser, for changed texts only
        )

        return markdown_work(source)

    def announce(self, data: bytes, name: str, encoding: str | None) -> Announcement:
        """Return what the front matter declares; see `Announcer.announce`."""
        return announce_front_matter(data, name, encoding)
