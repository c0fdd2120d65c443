"""Attributes in braces, such as `{say="sequel" lang=en}`, as Pandoc and Djot write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

import msgspec

from audiobook.casting import Role
from audiobook.document import LANGUAGE_TAG, MANNERS
from audiobook.languages import is_real

KEYS: Final = ("say", "phonemes", "alphabet", "as", "lang", "voice", "role", "pause", "chapter", "level")
"""The keys that change what is heard; all others only affect the look of a page."""
LINE_END: Final = "line"
"""The pause at the end of a line of verse."""
MOST_PAUSE_MS: Final = 60_000
_ITEM = re.compile(
    r"""
    \s*+
    (?:
        \#[^\s{}\#."'=]++                                            # an identifier
        | \.[^\s{}\#"'=]++                                           # a class
        | (?P<key>[A-Za-z][\w:-]{0,40}+)\s*+=\s*+
          (?: "(?P<double>(?>(?:\\.|[^"\\\n]){0,1000}))"
            | '(?P<single>[^'\n]{0,1000}+)'
            | [“„‘](?P<curly>[^“”‘’\n]{0,1000}+)[“”’]                 # as word processors write quotes
            | (?P<bare>[^\s{}"'“”]++) )
    )
    """,
    re.X,
)
_END = re.compile(r"\s*+\}")
_MEANT = re.compile(rf"\{{\s*(?:{'|'.join(KEYS)})\s*=")
"""Matches the start of one of our marks, whatever follows."""
_CLOSED = re.compile(r"\{[^{}\n]{0,1000}+\}")
_ESCAPED = re.compile(r"\\(.)")
_PAUSE = re.compile(r"(\d{1,5}(?:[.,]\d{1,3})?) ?(ms|s)", re.ASCII)
_ALPHABETS: Final = ("ipa", "x-sampa", "espeak")
ROLES: Final = {"quotation": Role.QUOTATION, "note": Role.NOTE, "direction": Role.DIRECTION}
"""The roles that a paragraph can be given."""


class Attributes(msgspec.Struct, frozen=True):
    """The attributes in one pair of braces.

    Attributes:
        end: Index after the closing brace.
        values: The values of `KEYS` by key; all of them are valid.
        faults: What is wrong with invalid values, in words.
        known: Whether any key belongs to `KEYS`, with a valid value or not.
    """

    end: int
    values: Mapping[str, str] = msgspec.field(default_factory=dict)
    faults: tuple[str, ...] = ()
    known: bool = False


def read_attributes(text: str, at: int) -> Attributes | None:
    """Read the attributes that begin at an opening brace.

    Args:
        text: The text.
        at: Index of the brace.

    Returns:
        The attributes. If the braces contain one of our keys but cannot be understood, they have a fault, and end
        at the next closing brace of the line, or right at `at` if there is none. None for anything else.
    """
    values: dict[str, str] = {}
    end = at + 1
    while item := _ITEM.match(text, end):
        end = item.end()
        if item["key"]:
            values[item["key"].lower()] = _value(item)
    closing = _END.match(text, end)
    if closing and end > at + 1:
        return _understood(closing.end(), values)
    if not _MEANT.match(text, at):
        return None
    closed = _CLOSED.match(text, at)
    if closed is None:
        return Attributes(at, faults=("the closing brace is missing",), known=True)
    return Attributes(closed.end(), faults=("it cannot be understood",), known=True)


def _value(item: re.Match[str]) -> str:
    if item["double"] is not None:
        return _ESCAPED.sub(r"\1", item["double"]).strip()
    return (item["single"] or item["curly"] or item["bare"] or "").strip()


def _understood(end: int, values: Mapping[str, str]) -> Attributes:
    kept: dict[str, str] = {}
    faults: list[str] = []
    for key in KEYS:
        if key not in values:
            continue
        if fault := _fault(key, values[key]):
            faults.append(fault)
        else:
            kept[key] = values[key]
    return Attributes(end, kept, tuple(faults), any(key in values for key in KEYS))


def _fault(key: str, value: str) -> str:
    """Return what is wrong with a value; empty if nothing is."""
    if not value:
        return f"{key} is empty"
    match key:
        case "pause" if value != LINE_END and pause_ms(value) is None:
            return f"“{value[:40]}” is not a pause of at most {MOST_PAUSE_MS // 1000} s; write 2s or 500ms"
        case "lang" if not (LANGUAGE_TAG.match(value) and is_real(value)):
            return f"“{value[:40]}” is not a language code, such as fr or pt-BR"
        case "as" if value not in MANNERS:
            return f"“{value[:40]}” is not one of {', '.join(MANNERS)}"
        case "role" if value not in ROLES:
            return f"“{value[:40]}” is not one of {', '.join(ROLES)}"
        case "alphabet" if value not in _ALPHABETS:
            return f"“{value[:40]}” is not one of {', '.join(_ALPHABETS)}"
        case "level" if not (value.isascii() and value.isdecimal() and 0 <= int(value) <= 9):
            return f"“{value[:40]}” is not a level from 0 to 9"
        case _:
            return ""


def pause_ms(value: str) -> int | None:
    """Return the milliseconds of a pause such as `2s`, `1.5s` or `500ms`; None if it is not one, or too long."""
    found = _PAUSE.fullmatch(value)
    if not found:
        return None
    length = float(found[1].replace(",", "."))
    length_ms = round(length * (1 if found[2] == "ms" else 1000))
    return length_ms if length_ms <= MOST_PAUSE_MS else None
