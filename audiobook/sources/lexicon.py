"""Pronunciation lexicons of an EPUB.

Source: Pronunciation Lexicon Specification (PLS) 1.0; EPUB 3 Text-to-Speech Enhancements, section 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from audiobook.errors import SourceError
from audiobook.sources.archive import Archive, resolve
from audiobook.sources.pronunciation import MAX_ENTRIES, MAX_ENTRY_CHARS, Aliases
from audiobook.sources.semantics import language_of, tag_of
from audiobook.sources.tree import parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

PLS_TYPE: Final = "application/pls+xml"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What a lexicon holds.

    Attributes:
        aliases: Words that are said as other words.
        phoneme_count: How many words have nothing but their sounds given, which are not heeded.
    """

    aliases: Aliases
    phoneme_count: int


def linked_lexicons(document: _Element, member: str) -> list[str]:
    """Give the lexicons that a document links.

    Args:
        document: Its root element.
        member: Its name in the zip.

    Returns:
        Names of members.
    """
    head = next((child for child in document if tag_of(child) == "head"), None)
    links = (child for child in head if tag_of(child) == "link") if head is not None else ()
    found = (
        resolve(member, link.get("href") or "")
        for link in links
        if "pronunciation" in (link.get("rel") or "").lower().split() or link.get("type") == PLS_TYPE
    )
    return [target[0] for target in found if target]


def read_lexicon(archive: Archive, member: str) -> Lexicon:
    """Read a lexicon.

    Raises:
        SourceError: It is missing, damaged, or larger than `MAX_ENTRIES` words.
    """
    where = archive.where(member)
    root = parse_xml(archive.read(member), where)
    spoken: dict[str, str] = {}
    phonemes = 0
    for lexeme in root:
        if tag_of(lexeme) != "lexeme":
            continue
        alias = next((_text(child) for child in lexeme if tag_of(child) == "alias"), "")
        written = [_text(child) for child in lexeme if tag_of(child) == "grapheme"]
        if not alias:
            phonemes += 1
        spoken |= {word: alias for word in written if alias and 0 < len(word) <= MAX_ENTRY_CHARS}
        if len(spoken) > MAX_ENTRIES:
            raise SourceError(f"has more than {MAX_ENTRIES} words", where=where)
    return Lexicon(Aliases(language_of(root) or "", spoken), phonemes)


def _text(element: _Element) -> str:
    return " ".join("".join(element.itertext()).split())
