"""The meaning of XHTML and HTML elements for a listener: a block, verse, or something that is not read out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from audiobook.casting import Role
from audiobook.document import LANGUAGE_TAG, Phonemes

if TYPE_CHECKING:
    from lxml.etree import _Element

EPUB_TYPE: Final = ("{http://www.idpf.org/2007/ops}type", "epub:type")
"""The attribute's name in XML and in HTML."""
LANGUAGE: Final = ("{http://www.w3.org/XML/1998/namespace}lang", "xml:lang", "lang")
PHONEMES: Final = ("{http://www.w3.org/2001/10/synthesis}ph", "ssml:ph")
_ALPHABET: Final = ("{http://www.w3.org/2001/10/synthesis}alphabet", "ssml:alphabet")
_NO_LANGUAGE: Final = frozenset(("und", "mul", "zxx", "mis"))
HIDDEN_STYLE = re.compile(r"(?:display\s*+:\s*+none|visibility\s*+:\s*+hidden)\b", re.IGNORECASE)
BOLD_STYLE = re.compile(r"font-weight\s*+:\s*+(?:bold|[6-9]00)", re.IGNORECASE)
_NUMBER = re.compile(r"[\s\[({]*+(?:pg?\.?|page)?\s*+[\dIVXLCDMivxlcdm]{1,12}[\s\])}]*+", re.IGNORECASE)
INSCRIBED: Final = frozenset(("titlepage", "imprint", "colophon"))
"""Parts of which only epigraphs and dedications are read."""
INSCRIPTION_CLASS = re.compile(r"(?:\A|[\s_-])(?:epigraph|epigraf|dedicat|dedica|widmung|motto|dedic)")
LABEL_CLASS = re.compile(
    r"""
    (?:\A|\s)
    (?: speaker | spkr | persona | character | charname | sp | bold | strong | sc | smcap | small-?caps? | caps )
    [-_]?\d*
    (?:\s|\Z)
    """,
    re.VERBOSE,
)
"""Matches the classes of speakers' names, or of letters that stand out as they do: `speaker`, `sc1`."""
SMALL_CAPITALS = re.compile(r"font-variant\s*+:\s*+small-caps", re.IGNORECASE)
STAGE_CLASS = re.compile(r"(?:\A|[\s_-])(?:stage|stage[-_]?dir(?:ection)?s?|sd|didascalie)(?:\s|\Z)")
QUOTATION_CLASS: Final = "audiobook-quotation"
"""The class given to paragraphs whose style in a word processor is that of a quotation."""
QUOTATIONS = re.compile(
    rf"(?:\A|\s)(?:{QUOTATION_CLASS}|block-?quot(?:e|ation)s?|quot(?:e|ation)s?|extract)(?:[-_]?\d*)(?:\s|\Z)"
)
_LINES: Final = ("div", "p", "li", "dd")
ITEMS: Final = frozenset(("li", "dt", "dd"))
"""List items."""
_SHORT_CHARS: Final = 24
"""Maximum length of a page number or note sign, including brackets."""


@cache
def markup_table() -> dict[str, Any]:
    """Return the tables of `markup.toml`."""
    return tomllib.loads(Path(__file__).with_name("markup.toml").read_text("utf-8"))


@cache
def word_list(name: str) -> frozenset[str]:
    """Return a list of words in `markup.toml`."""
    return frozenset(markup_table()[name].split())


def tag_of(element: _Element) -> str:
    """Return an element's name in lower case without namespace; empty for comments and other non-elements."""
    tag = element.tag
    return _local_name(tag) if isinstance(tag, str) else ""


@lru_cache(maxsize=1024)
def _local_name(tag: str) -> str:
    return tag.rpartition("}")[2].lower()


@lru_cache(maxsize=1024)
def is_block(tag: str) -> bool:
    """Return whether an element is a block."""
    return tag in word_list("blocks")


@lru_cache(maxsize=1024)
def is_mute(tag: str) -> bool:
    """Return whether an element's content is not text."""
    return tag in word_list("mute")


def is_inscription(element: _Element) -> bool:
    """Return whether an element is an epigraph or dedication."""
    if not element.attrib:
        return False
    if not word_list("inscriptions").isdisjoint(types_of(element)):
        return True
    return bool(INSCRIPTION_CLASS.search((element.get("class") or "").lower()[:1000]))


def language_of(element: _Element) -> str | None:
    """Return the language that an element declares; "" if it is not a known tag, None if it declares none."""
    for name in LANGUAGE:
        if (tag := element.get(name)) is not None:
            tag = tag.strip().replace("_", "-")
            return tag if LANGUAGE_TAG.match(tag) and tag.lower() not in _NO_LANGUAGE else ""
    return None


def language_above(element: _Element) -> str:
    """Return the language that applies to an element; "" if none is declared."""
    found = (language_of(each) for each in (element, *element.iterancestors()))
    return next((language for language in found if language is not None), "")


def phonemes_of(element: _Element) -> Phonemes | None:
    """Return the phonemes of an element (`ssml:ph`) with the alphabet that applies to it; None if it has none.

    Source: EPUB 3 Text-to-Speech Enhancements, section 2.
    """
    symbols = element.get(PHONEMES[0]) or element.get(PHONEMES[1])
    if not symbols:
        return None
    around = (element, *element.iterancestors())
    found = (each.get(name) for each in around for name in _ALPHABET)
    return Phonemes(symbols, next(filter(None, found), "ipa"))


def reading_of(ruby: _Element) -> str:
    """Return the reading of a word with ruby: the text of its `rt` elements."""
    return "".join("".join(inner.itertext()).strip() for inner in ruby.iter("{*}rt", "rt"))


def types_of(element: _Element) -> Iterator[str]:
    """Yield the values of `epub:type` and `role`. DPUB roles lose their `doc-` prefix; ARIA roles get `aria:`."""
    for name in EPUB_TYPE:
        if types := element.get(name):
            yield from types.lower().split()
    if roles := element.get("role"):
        for role in roles.lower().split():
            yield role.removeprefix("doc-") if role.startswith("doc-") else f"aria:{role}"


def part_of(type_: str) -> str | None:
    """Return the part of a book (see `base.PARTS`) that an `epub:type` stands for, or None."""
    part: str | None = markup_table()["parts"].get(type_)
    return part


def verse_of(element: _Element) -> str:
    """Return "poem" or "stanza" for an element that contains verse; otherwise an empty string."""
    if not element.attrib:
        return ""
    classes = set((element.get("class") or "").lower().split())
    if classes & word_list("stanza_classes"):
        return "stanza"
    if classes & word_list("poem_classes") or not word_list("verse").isdisjoint(types_of(element)):
        return "poem"
    return ""


def is_verse_line(element: _Element, tag: str, verse: str) -> bool:
    """Return whether a block is one line of verse, given the `verse_of` its surroundings."""
    if not verse or tag not in _LINES or any(is_block(tag_of(child)) for child in element):
        return False
    return verse == "stanza" or (tag != "p" and not verse_of(element))


def is_lined(element: _Element) -> bool:
    """Return whether an element of verse consists of a `span` for each line, and nothing else."""
    if (element.text or "").strip():
        return False
    spans = 0
    for child in element:
        tag = tag_of(child)
        if tag not in ("span", "br", "a") or (child.tail or "").strip():
            return False
        spans += tag == "span"
    return spans > 1


def reason_left_out(
    element: _Element, tag: str, narrate: frozenset[str], furniture: frozenset[str] = frozenset()
) -> str | None:
    """Return the reason for skipping an element; None if it is read.

    Args:
        element: The element.
        tag: Its name, as returned by `tag_of`.
        narrate: Names from `base.PARTS` to read aloud instead of skipping.
        furniture: Element names and roles (as `aria:banner`) that are not part of the text.
    """
    if furniture and (
        tag in furniture or not furniture.isdisjoint(types_of(element)) or _is_page_furniture(element, tag)
    ):
        return "navigation"
    if tag == "a" and is_anchor_sign(element):
        return "navigation"
    if reason := markup_table()["elements"].get(tag):
        return "boilerplate" if tag == "pre" and _is_addition(element) else str(reason)
    if not element.attrib:
        return "toc" if tag == "nav" and "toc" not in narrate else None
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return "hidden"
    if HIDDEN_STYLE.search((element.get("style") or "")[:1000]):
        return "hidden"
    parts = {part for type_ in types_of(element) if (part := part_of(type_))}
    if tag == "nav" and not parts:
        parts = {"toc"}
    if not parts and (reason := _class_reason(element)):
        parts = {reason}
    return min(parts - narrate, default=None)


def _is_addition(element: _Element) -> bool:
    """Return whether an element begins with the words that Project Gutenberg adds to a book."""
    return "Project Gutenberg" in "".join(part[:200] for part in islice(element.itertext("*"), 3))


def _is_page_furniture(element: _Element, tag: str) -> bool:
    """Return whether a part of a web page is not its text by its class or `id`: shares, comments, banners."""
    if not element.attrib or tag in ("html", "body", "main", "article"):
        return False
    names = f"{element.get('class') or ''} {element.get('id') or ''}"[:1000].lower().split()
    if word_list("page_furniture").isdisjoint(names):
        return False
    return not any(tag_of(inner) in ("h1", "main", "article") for inner in element.iterdescendants())


def is_anchor_sign(link: _Element) -> bool:
    """Return whether a link is only a sign that leads to the heading that contains it."""
    if not (link.get("href") or "").startswith("#"):
        return False
    text = short_text(link).strip().lower()
    if text in ("permalink", "link"):
        return "link" in (link.get("class") or "") or "anchor" in (link.get("class") or "")
    return bool(text) and text in word_list("anchor_signs")


def _class_reason(element: _Element) -> str | None:
    """Return the reason for skipping an element by its class. Line and page numbers must contain only a number."""
    always: dict[str, str] = markup_table()["classes"]
    reasons: dict[str, str] = markup_table()["number_classes"]
    for word in (element.get("class") or "").lower().split():
        if word in always:
            return always[word]
        if word in reasons and _NUMBER.fullmatch(short_text(element)):
            return reasons[word]
    return None


def is_bold(element: _Element, tag: str) -> bool:
    """Return whether an element is bold or large, like headings that are not marked up."""
    if tag in ("b", "strong", "big"):
        return True
    if tag == "font":
        return (element.get("size") or "").strip() in ("5", "6", "7", "+2", "+3", "+4")
    return bool(element.attrib) and bool(BOLD_STYLE.search((element.get("style") or "")[:1000]))


def is_label(element: _Element) -> bool:
    """Return whether an element looks like the name of a speaker by its class or style: bold, or in small capitals."""
    if not element.attrib:
        return False
    style = (element.get("style") or "")[:1000]
    return bool(LABEL_CLASS.search(_class(element)) or SMALL_CAPITALS.search(style))


def role_of(element: _Element, tag: str) -> Role | None:
    """Return whether a block is a quotation or a stage direction."""
    if tag == "blockquote":
        return Role.QUOTATION
    if not element.attrib or not is_block(tag):
        return None
    name = _class(element)
    if QUOTATIONS.search(name):
        return Role.QUOTATION
    return Role.DIRECTION if STAGE_CLASS.search(name) else None


def _class(element: _Element) -> str:
    return (element.get("class") or "").lower()[:1000]


def is_line_of_its_own(element: _Element, tag: str) -> bool:
    """Return whether large text is a separate line, like a heading in the element of the paragraph below."""
    if tag != "font" or not is_bold(element, tag) or text_after(element).strip():
        return False
    return len(short_text(element).strip()) > 1


def text_after(element: _Element) -> str:
    """Return the start of the text that follows an element in its block."""
    each: _Element | None = element
    for _ in range(_SHORT_CHARS):
        if each is None or is_block(tag_of(each)):
            return ""
        if each.tail:
            return str(each.tail[:_SHORT_CHARS])
        after = each.getnext()
        if after is not None:
            return "" if is_block(tag_of(after)) or tag_of(after) == "br" else short_text(after)
        each = each.getparent()
    return ""


def short_text(element: _Element) -> str:
    """Return the start of an element's text, slightly more than 24 characters, without reading all of it."""
    text = ""
    for seen, part in enumerate(element.iter()):
        inner = part.text if isinstance(part.tag, str) else ""
        tail = part.tail if part is not element else ""
        text += (inner or "")[: _SHORT_CHARS + 1] + (tail or "")[: _SHORT_CHARS + 1]
        if len(text) > _SHORT_CHARS or seen > _SHORT_CHARS:
            return text + "…"
    return text
