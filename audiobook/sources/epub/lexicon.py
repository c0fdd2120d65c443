"""Pronunciation lexicons of an EPUB.

Source: Pronunciation Lexicon Specification (PLS) 1.0; EPUB 3 Text-to-Speech Enhancements, section 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from audiobook.document import Phonemes
from audiobook.errors import SourceError
from audiobook.sources.archive import Archive
from audiobook.sources.links import resolve
from audiobook.sources.markup.pronunciation import MAX_ENTRIES, MAX_ENTRY_CHARS, Aliases, Spoken
from audiobook.sources.markup.semantics import language_of, tag_of
from audiobook.sources.markup.tree import parse_xml

if TYPE_CHECKING:
    from lxml.etree import _Element

PLS_TYPE: Final = "application/pls+xml"


def linked_lexicons(document: _Element, member: str) -> list[str]:
    """Return the lexicons that a document links to.

    Args:
        document: Its root element.
        member: Its name in the zip.

    Returns:
        Names of zip members.
    """
    head = next((child for child in document if tag_of(child) == "head"), None)
    links = (child for child in head if tag_of(child) == "link") if head is not None else ()
    found = (
        resolve(member, link.get("href") or "")
        for link in links
        if "pronunciation" in (link.get("rel") or "").lower().split() or link.get("type") == PLS_TYPE
    )
    return [target[0] for target in found if target]


def read_lexicon(archive: Archive, member: str) -> Aliases:
    """Read a lexicon.

    Raises:
        SourceError: The lexicon is missing or damaged, or has more than `MAX_ENTRIES` words.
    """
    where = archive.where(member)
    root = parse_xml(archive.read(member), where)
    alphabet = root.get("alphabet") or "ipa"
    found: dict[str, Spoken] = {}
    for lexeme in root:
        if tag_of(lexeme) != "lexeme":
            continue
        spoken = _spoken(lexeme, alphabet)
        written = [_text(child) for child in lexeme if tag_of(child) == "grapheme"]
        if spoken.text or spoken.phonemes:
            found |= {word: spoken for word in written if 0 < len(word) <= MAX_ENTRY_CHARS}
        if len(found) > MAX_ENTRIES:
            raise SourceError(f"has more than {MAX_ENTRIES} words", where=where)
    return Aliases(language_of(root) or "", found)


def _spoken(lexeme: _Element, alphabet: str) -> Spoken:
    """Return the preferred phonemes and alias of a word, else the first ones. Source: PLS, sections 4.6 and 4.7."""
    alias, phoneme = _first(lexeme, "alias"), _first(lexeme, "phoneme")
    text = _text(alias) if alias is not None else ""
    if phoneme is None or (text and _is_preferred(alias) and not _is_preferred(phoneme)):
        return Spoken(text or None)
    return Spoken(text or None, Phonemes(_text(phoneme), phoneme.get("alphabet") or alphabet))


def _first(lexeme: _Element, kind: str) -> _Element | None:
    found = [child for child in lexeme if tag_of(child) == kind and _text(child)]
    preferred = [child for child in found if _is_preferred(child)]
    return (preferred or found or [None])[0]


def _is_preferred(element: _Element | None) -> bool:
    return element is not None and element.get("prefer") == "true"


def _text(element: _Element) -> str:
    return " ".join("".join(element.itertext()).split())
