"""What an element of XHTML or HTML is to a listener: a block, verse, or something that is not read out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from audiobook.document import LANGUAGE_TAG, Phonemes

if TYPE_CHECKING:
    from lxml.etree import _Element

EPUB_TYPE: Final = ("{http://www.idpf.org/2007/ops}type", "epub:type")
"""The attribute as XML and as HTML know it."""
_LANGUAGE: Final = ("{http://www.w3.org/XML/1998/namespace}lang", "xml:lang", "lang")
PHONEMES: Final = ("{http://www.w3.org/2001/10/synthesis}ph", "ssml:ph")
_ALPHABET: Final = ("{http://www.w3.org/2001/10/synthesis}alphabet", "ssml:alphabet")
_NO_LANGUAGE: Final = frozenset(("und", "mul", "zxx", "mis"))
_HIDDEN_STYLE = re.compile(r"(?:display\s*+:\s*+none|visibility\s*+:\s*+hidden)\b", re.IGNORECASE)
_NUMBER = re.compile(r"[\s\[({]*+(?:pg?\.?|page)?\s*+[\dIVXLCDMivxlcdm]{1,12}[\s\])}]*+", re.IGNORECASE)
_NOTE_SIGN = re.compile(r"\s*+[\[(]?\s*+(?:\d{1,4}|[a-z]|[ivx]{1,6}|[*†‡§¶‖]{1,4})\s*+[\])]?\s*+")
_NOTE_MARKS: Final = frozenset(("annoref", "noteref"))
_LINES: Final = ("div", "p", "li", "dd")
ITEMS: Final = frozenset(("li", "dt", "dd"))
"""Items of lists."""
_TELLING: Final = ITEMS | frozenset("h1 h2 h3 h4 h5 h6 hgroup nav tr thead".split())
_DESCRIPTIONS: Final = {"img": "alt", "math": "alttext"}
_PICTURE_ENDINGS: Final = (".jpg", ".jpeg", ".png", ".gif", ".svg", ".webp", ".bmp", ".tif", ".tiff")
_SHORT_CHARS: Final = 24
"""How much text a page number or a note's sign may have at most, with its brackets."""


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("markup.toml").read_text("utf-8"))


@cache
def _words(name: str) -> frozenset[str]:
    return frozenset(_table()[name].split())


def tag_of(element: _Element) -> str:
    """Give an element's name without its namespace, lower case; nothing for a comment and the like."""
    tag = element.tag
    return _local_name(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=1024)
def _local_name(tag: str) -> str:
    return tag.rpartition("}")[2].lower()


def says_nothing(element: _Element, tag: str) -> bool:
    """Whether an element changes nothing for what is in it, which is so for most of a page."""
    return tag not in _TELLING and tag not in _table()["elements"] and not is_mute(tag) and not element.attrib


def is_block(tag: str) -> bool:
    """Whether an element stands as a block of its own."""
    return tag in _words("blocks")


def is_mute(tag: str) -> bool:
    """Whether an element's content is no text."""
    return tag in _words("mute")


def heading_level(element: _Element, tag: str) -> int:
    """Give the depth of a heading, from 1; 0 for what is none. A group of headings has that of its first."""
    if tag == "hgroup":
        return next((heading_level(child, tag_of(child)) for child in element if is_heading(child)), 0)
    if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
        return int(tag[1])
    if element.get("role") == "heading":
        level = element.get("aria-level", "2")
        return int(level) if level in "123456789" else 2
    return 0


def is_heading(element: _Element) -> bool:
    """Whether an element is one heading."""
    tag = tag_of(element)
    return tag != "hgroup" and heading_level(element, tag) > 0


def language_of(element: _Element) -> str | None:
    """Give the language that an element names; "" where it names none that is known, None without a word."""
    for name in _LANGUAGE:
        if (tag := element.get(name)) is not None:
            tag = tag.strip().replace("_", "-")
            return tag if LANGUAGE_TAG.match(tag) and tag.lower() not in _NO_LANGUAGE else ""
    return None


def language_above(element: _Element) -> str:
    """Give the language that holds where an element stands; "" if none is named."""
    found = (language_of(each) for each in (element, *element.iterancestors()))
    return next((language for language in found if language is not None), "")


def phonemes_of(element: _Element) -> Phonemes | None:
    """Give the sounds of an element's text (`ssml:ph`), in the alphabet that holds there; None if it gives none.

    Source: EPUB 3 Text-to-Speech Enhancements, section 2.
    """
    symbols = next(filter(None, map(element.get, PHONEMES)), None)
    if symbols is None:
        return None
    around = (element, *element.iterancestors())
    found = (each.get(name) for each in around for name in _ALPHABET)
    return Phonemes(symbols, next(filter(None, found), "ipa"))


def types_of(element: _Element) -> Iterator[str]:
    """Give the words of `epub:type`, and of `role` without the `doc-` of its digital publishing words."""
    for name in EPUB_TYPE:
        yield from (element.get(name) or "").lower().split()
    for role in (element.get("role") or "").lower().split():
        yield role.removeprefix("doc-") if role.startswith("doc-") else f"aria:{role}"


def part_of(type_: str) -> str | None:
    """Give the part of a book (`base.PARTS`) that an `epub:type` names, if it names one."""
    part: str | None = _table()["parts"].get(type_)
    return part


def verse_of(element: _Element) -> str:
    """Give "poem" or "stanza" for an element that holds verse, else nothing."""
    classes = set((element.get("class") or "").lower().split())
    if classes & _words("stanza_classes"):
        return "stanza"
    if classes & _words("poem_classes") or not _words("verse").isdisjoint(types_of(element)):
        return "poem"
    return ""


def is_verse_line(element: _Element, tag: str, verse: str) -> bool:
    """Whether a block in a poem or stanza is one line of it, by the `verse_of` what is around it."""
    if not verse or tag not in _LINES or any(is_block(tag_of(child)) for child in element):
        return False
    return verse == "stanza" or (tag != "p" and not verse_of(element))


def is_lined(element: _Element) -> bool:
    """Whether an element of verse has a `span` for each of its lines, and nothing else."""
    if (element.text or "").strip():
        return False
    spans = 0
    for child in element:
        tag = tag_of(child)
        if tag not in ("span", "br", "a") or (child.tail or "").strip():
            return False
        spans += tag == "span"
    return spans > 1


def description_of(element: _Element, tag: str) -> str:
    """Give the words that stand for a picture or a formula."""
    return (element.get(_DESCRIPTIONS[tag]) or "") if tag in _DESCRIPTIONS else ""


def is_picture_name(description: str) -> bool:
    """Whether the words that should describe a picture are but the name of its file."""
    return description.strip().lower().endswith(_PICTURE_ENDINGS)


def reason_left_out(
    element: _Element, tag: str, narrate: frozenset[str], furniture: frozenset[str] = frozenset()
) -> str | None:
    """Say why an element is not read out; None if it is.

    Args:
        element: Which.
        tag: Its name.
        narrate: Parts that are read out all the same; see `base.PARTS`.
        furniture: Elements (and roles, as `aria:banner`) that are no part of the text.
    """
    if furniture and (tag in furniture or not furniture.isdisjoint(types_of(element))):
        return "navigation"
    if reason := _table()["elements"].get(tag):
        return str(reason)
    if not element.attrib:
        return "toc" if tag == "nav" and "toc" not in narrate else None
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return "hidden"
    if _HIDDEN_STYLE.search((element.get("style") or "")[:1000]):
        return "hidden"
    parts = {part for type_ in types_of(element) if (part := part_of(type_))}
    if tag == "nav" and not parts:
        parts = {"toc"}
    if tag == "a" and not parts and is_note_link(element):
        parts = {"noterefs"}
    if not parts and (reason := _class_reason(element)):
        parts = {reason}
    return min(parts - narrate, default=None)


def is_note_link(link: _Element) -> bool:
    """Whether a link is the mark of a note: said to be one, or a raised number or sign that leads to a place."""
    types = set(types_of(link))
    if types & _NOTE_MARKS:
        return True
    if any(map(part_of, types)):
        return False
    parent = link.getparent()
    raised = (
        (parent is not None and tag_of(parent) == "sup")
        or any(tag_of(child) == "sup" for child in link)
        or not _words("note_mark_classes").isdisjoint((link.get("class") or "").lower().split())
    )
    return raised and "#" in (link.get("href") or "") and bool(_NOTE_SIGN.fullmatch(_short_text(link)))


def _class_reason(element: _Element) -> str | None:
    """Say why an element of a class is left out; one that numbers lines or pages, if it holds but a number."""
    always: dict[str, str] = _table()["classes"]
    reasons: dict[str, str] = _table()["number_classes"]
    for word in (element.get("class") or "").lower().split():
        if word in always:
            return always[word]
        if word in reasons and _NUMBER.fullmatch(_short_text(element)):
            return reasons[word]
    return None


def _short_text(element: _Element) -> str:
    """Give the beginning of an element's text, a little more than `_SHORT_CHARS`, however much there is."""
    text = ""
    for seen, part in enumerate(element.iter()):
        inner = part.text if isinstance(part.tag, str) else ""
        tail = part.tail if part is not element else ""
        text += (inner or "")[: _SHORT_CHARS + 1] + (tail or "")[: _SHORT_CHARS + 1]
        if len(text) > _SHORT_CHARS or seen > _SHORT_CHARS:
            return text + "…"
    return text
