"""Recognising what part of a book a document is, if that is not declared: by its title and its words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from audiobook.document import Kind, count_chars, is_speakable
from audiobook.sources.markup.contents_lists import contents_blocks, is_contents_heading
from audiobook.sources.outline import Block
from audiobook.sources.title_text import title_text

LONGEST_PAGE_CHARS: Final = 5000
"""Maximum length of a title page, imprint or colophon."""
_TITLE_PAGE_CHARS: Final = 500
_TITLE_PAGE_BLOCKS: Final = 10
_SIGNS_OF_IMPRINT: Final = 2
_STRONG_SIGNS: Final = 3
"""Signs of an imprint, at least one of which must occur: copyright, ISBN, or reserved rights."""
_SHORT_IMPRINT_CHARS: Final = 100
_FEWEST_ENTRIES: Final = 8
_LONGEST_ENTRY_CHARS: Final = 300
_FEWEST_BOOKS: Final = 2
_LONGEST_BOOK_CHARS: Final = 160
_INDEX_SHARE: Final = 0.7
_CONTENTS_SHARE: Final = 0.6
_PAGES = re.compile(
    r"""
    [,:;.\s] \s? (?:pp?\.\s?|[Ss]\.\s?)? (?:\d{1,4}|[ivxl]{1,7}) (?:[–-]\d{1,4})? (?:nn?|ff?)? \.? \Z  # Abbey, 12–14
    """,
    re.VERBOSE,
)
_SEE = re.compile(r"[,.;]\s(?:see|siehe|s\.|voir|véase|vedi|zie|ks\.|zob\.)\s")  # Abbey, see Church
_ENTRY_END_CHARS: Final = 400
"""How much of a line is searched for the end of an entry of an index."""


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("parts.toml").read_text("utf-8"))


@cache
def _labels() -> dict[str, str]:
    return {label.strip(): part for part, labels in _table()["labels"].items() for label in labels.split("|")}


@cache
def _imprint() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.IGNORECASE) for pattern in _table()["imprint"])


@cache
def _other_books() -> re.Pattern[str]:
    return re.compile(_table()["other_books"])


def part_of_blocks(blocks: Sequence[Block], label: str, title: str, authors: Sequence[str]) -> str | None:
    """Return the part of a book (see `base.PARTS`) that a document is as a whole; None for text.

    Args:
        blocks: The blocks of the document.
        label: Its title in the table of contents; empty without one.
        title: Title of the book.
        authors: Authors of the book.
    """
    chars = sum(len(block.paragraph.text) for block in blocks)
    if not chars:
        return None
    named = _labels().get(_plain(label)) if label else None
    if _is_contents(blocks, named):
        return "toc"
    if _is_index(blocks, named):
        return "index"
    if chars <= LONGEST_PAGE_CHARS and _is_list_of_books(blocks, label):
        return "bibliography"
    if chars <= LONGEST_PAGE_CHARS and _is_imprint(blocks, chars, named, title):
        return "imprint"
    if chars <= _TITLE_PAGE_CHARS and _is_title_page(blocks, named, title, authors):
        return "titlepage"
    return None


def _plain(text: str) -> str:
    return " ".join(title_text(text).strip(" .:*—–-").casefold().split())


def _is_contents(blocks: Sequence[Block], named: str | None) -> bool:
    listed = contents_blocks(blocks)
    if not listed:
        return False
    chars = sum(count_chars(block.paragraph.text) for block in blocks)
    share = sum(count_chars(blocks[at].paragraph.text) for at in listed) / chars
    if share >= _CONTENTS_SHARE:
        return True
    has_heading = named == "toc" or is_contents_heading(blocks[0].paragraph.text)
    return has_heading and len(blocks) > 1 and share > 1 - _CONTENTS_SHARE


def _is_index(blocks: Sequence[Block], named: str | None) -> bool:
    is_named = named == "index" or _labels().get(_plain(blocks[0].paragraph.text)) == "index"
    if (
        not is_named
        and max(len(block.paragraph.text) for block in blocks[:_FEWEST_ENTRIES]) > _LONGEST_ENTRY_CHARS
    ):
        return False
    lines = [line for block in blocks if not block.level for line in block.paragraph.text.split("\n")]
    filled = [line for line in lines if len(line) > 1]
    fewest = len(filled) / 2 if is_named else max(_FEWEST_ENTRIES * 3, _INDEX_SHARE * len(filled))
    entries = len(filled)
    for line in filled:  # most documents are not an index, which their first lines show
        if entries < fewest:
            return False
        entries -= not _is_entry(line)
    return entries >= fewest and bool(filled)


def _is_entry(line: str) -> bool:
    """Return whether a line is an entry of an index: it ends with page numbers, or refers to another entry."""
    start = max(0, len(line) - _ENTRY_END_CHARS)
    may_have_pages = line[-1].isdecimal() or line[-1] in "ivxlnf."
    has_pages = may_have_pages and _PAGES.search(line, start) is not None
    return has_pages or _SEE.search(line, start) is not None


def _is_list_of_books(blocks: Sequence[Block], label: str) -> bool:
    """Return whether a document lists other books: "Also by Ann Lee", and titles below it."""
    lines = [line for block in blocks for line in block.paragraph.text.split("\n") if is_speakable(line)]
    heads = [label, lines[0]] if lines else []
    if not any(_other_books().fullmatch(_plain(head)) for head in heads) or len(lines) < _FEWEST_BOOKS:
        return False
    return not _has_prose(blocks) and max(map(len, lines)) <= _LONGEST_BOOK_CHARS


def _is_imprint(blocks: Sequence[Block], chars: int, named: str | None, title: str) -> bool:
    heading = _plain(blocks[0].paragraph.text) if blocks[0].level else ""
    if heading and heading != _plain(title) and named != "imprint" and _labels().get(heading) != "imprint":
        return False  # a chapter may speak of copyright
    text = "\n".join(block.paragraph.text for block in blocks)
    if not any(pattern.search(text) for pattern in _imprint()[:_STRONG_SIGNS]):
        return False
    if named == "imprint" or chars <= _SHORT_IMPRINT_CHARS:
        return True
    return sum(pattern.search(text) is not None for pattern in _imprint()) >= _SIGNS_OF_IMPRINT


def _is_title_page(blocks: Sequence[Block], named: str | None, title: str, authors: Sequence[str]) -> bool:
    """Return whether a document consists of title and author, without any sentence."""
    shown = [block.paragraph.text for block in blocks if is_speakable(block.paragraph.text)]
    if len(shown) > _TITLE_PAGE_BLOCKS:
        return False
    texts, name = [_plain(text) for text in shown], _plain(title)
    has_title = any(name in text or (text and text in name) for text in texts)
    if named == "titlepage":
        return has_title or not _has_prose(blocks)
    names = [_plain(name) for name in authors]
    has_author = any(name and name in text for name in names for text in texts)
    return has_title and has_author and not _has_prose(blocks)


def _has_prose(blocks: Sequence[Block]) -> bool:
    texts = (block.paragraph.text for block in blocks if block.paragraph.kind is Kind.TEXT)
    return any(
        text.rstrip("”’\"'»)").endswith((".", "!", "?", "…")) and text.count(" ") > 5 for text in texts
    )


def is_kept(block: Block, part: str) -> bool:
    """Return whether a block is read although its page is left out: an epigraph or a dedication."""
    if part not in ("titlepage", "imprint", "colophon"):
        return False
    return block.role == "inscription" or (
        part == "titlepage" and bool(_dedication().match(block.paragraph.text)) and not block.level
    )


@cache
def _dedication() -> re.Pattern[str]:
    return re.compile(rf"(?:{_table()['dedication']})\s.{{1,120}}\Z")
