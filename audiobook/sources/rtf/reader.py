"""Rich Text Format: headings by style and outline level, paragraphs, lists, tables and notes.

Source: Rich Text Format Specification 1.9.1.
"""

from __future__ import annotations

import re
from collections import Counter
from locale import windows_locale
from typing import Final

from audiobook.document import Metadata, Problem, Work, is_speakable
from audiobook.errors import SourceError
from audiobook.sources.base import Announcement, Source
from audiobook.sources.chapters.unmarked_headings import outline_blocks
from audiobook.sources.document_title import with_title
from audiobook.sources.markup.blocks import read_markup
from audiobook.sources.markup.heading_lookalikes import mark_looks
from audiobook.sources.markup.page import Page
from audiobook.sources.outline import build_work
from audiobook.sources.rtf.interpreter import Interpreter
from audiobook.sources.rtf.tokens import tokens_of
from audiobook.sources.summary import plain_summary
from audiobook.sources.title_text import title_text

_MAGIC = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,16}\{\\rtf")
_LANGUAGE = re.compile(rb"\\(def)?lang(\d{4,5})(?!\d)")
_LONGEST_INFO: Final = 10_000


class RtfReader:
    """Reads `.rtf` files."""

    def read(self, source: Source) -> Work:
        """Read a document; see `Reader.read`."""
        _check(source.data, source.name)
        document = Interpreter(source.name)
        document.run(tokens_of(source.data))
        mark_looks(document.body.root)
        markup = read_markup(
            document.body.root, Page(source.name, "", source.language, source.narrate, has_lines=False)
        )
        info = {key: text[:_LONGEST_INFO] for key, text in document.info.items()}
        outlined = outline_blocks(markup.blocks, source.language, source.chapters)
        if outlined.contents_chars:
            markup.skipped_chars["contents"] += outlined.contents_chars
        blocks, title = with_title(
            outlined.blocks, title_text(document.body.title), title_text(info.get("title", ""))
        )
        problems = list(markup.problems)
        if document.is_cut_off:
            problems.append(
                Problem(source.name, "is truncated: the file ends before its last group is closed")
            )
        authors = (title_text(name) for name in re.split(r"[;,]| and ", info.get("author", "")))
        skipped = Counter({reason: count for reason, count in document.body.skipped.items() if count})
        return build_work(
            source,
            Metadata(
                title or None,
                tuple(name for name in authors if is_speakable(name)),
                description=plain_summary(info.get("summary", "")),
            ),
            blocks,
            problems=problems,
            source_chars=markup.source_chars + sum(skipped.values()),
            skipped_chars=markup.skipped_chars + skipped,
            rule=outlined.rule,
        )

    def announce(self, data: bytes, name: str, encoding: str | None) -> Announcement:
        """Return the language that most parts of a document declare; see `Announcer.announce`."""
        _check(data, name)
        counts: Counter[str] = Counter()
        for found in _LANGUAGE.finditer(data):
            if tag := windows_locale.get(int(found[2])):
                counts[tag] += 0 if found[1] else 1
        ranked = counts.most_common(1)
        return Announcement(ranked[0][0].replace("_", "-") if ranked else None)


def _check(data: bytes, name: str) -> None:
    if not _MAGIC.match(data):
        raise SourceError("is not an RTF file", where=name, hint="save it again as RTF, or as .docx or .odt")
