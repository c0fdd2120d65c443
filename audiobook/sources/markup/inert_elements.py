"""Elements that do not affect how their content is read, recognised by name and attributes: most of a page."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from audiobook.sources.markup.heading_elements import TITLE_CLASS
from audiobook.sources.markup.notes.links import NOTE_MARKS, RAISED_STYLE
from audiobook.sources.markup.semantics import (
    BOLD_STYLE,
    EPUB_TYPE,
    HIDDEN_STYLE,
    INSCRIPTION_CLASS,
    ITEMS,
    LABEL_CLASS,
    LANGUAGE,
    QUOTATIONS,
    SMALL_CAPITALS,
    STAGE_CLASS,
    is_mute,
    markup_table,
    part_of,
    word_list,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

_EFFECTIVE_TAGS: Final = ITEMS | frozenset(
    "b big blockquote h1 h2 h3 h4 h5 h6 hgroup nav strong tr thead".split()
)
_EFFECTIVE_ATTRIBUTES: Final = frozenset(
    (*EPUB_TYPE, *LANGUAGE, "role", "aria-level", "aria-hidden", "hidden", "class", "style", "size")
)
_USUAL_CHARS: Final = 200
"""Longer values of attributes are not remembered."""


def is_inert(element: _Element, tag: str, styled: frozenset[str] = frozenset()) -> bool:
    """Return whether an element has no effect on how its content is read.

    The `id` and the address of a link are ignored.

    Args:
        element: The element.
        tag: Its name, as returned by `tag_of`.
        styled: Classes that have an effect on this page.
    """
    if _is_effective(tag):
        return False
    for name, value in element.items():
        if name in _EFFECTIVE_ATTRIBUTES:
            has_no_effect = _has_no_effect if len(value) <= _USUAL_CHARS else _has_no_effect.__wrapped__
            if not has_no_effect(name, value):
                return False
            if styled and name == "class" and not styled.isdisjoint(value.lower().split()):
                return False
    return True


@lru_cache(maxsize=1024)
def _is_effective(tag: str) -> bool:
    return tag in _EFFECTIVE_TAGS or tag in markup_table()["elements"] or is_mute(tag)


@cache
def _class_names() -> frozenset[str]:
    return frozenset((*markup_table()["classes"], *markup_table()["number_classes"]))


@lru_cache(maxsize=4096)
def _has_no_effect(name: str, value: str) -> bool:
    """Return whether one of `_EFFECTIVE_ATTRIBUTES` has a value with no effect."""
    words = value.lower().split()
    if name in EPUB_TYPE or name == "role":
        types = {word.removeprefix("doc-") for word in words}
        known = word_list("inscriptions") | word_list("verse") | NOTE_MARKS | {"heading"}
        return types.isdisjoint(known) and not any(map(part_of, types))
    if name == "class":
        known = word_list("stanza_classes") | word_list("poem_classes") | word_list("raised_classes")
        if any(word in known or word in _class_names() or TITLE_CLASS.fullmatch(word) for word in words):
            return False
        classes = (INSCRIPTION_CLASS, LABEL_CLASS, QUOTATIONS, STAGE_CLASS)
        return not any(pattern.search(value.lower()[:1000]) for pattern in classes)
    if name == "style":
        styles = (HIDDEN_STYLE, BOLD_STYLE, RAISED_STYLE, SMALL_CAPITALS)
        return not any(style.search(value[:1000]) for style in styles)
    return False
