"""TOML with errors that name the line, parsed in bounded time."""

from __future__ import annotations

import re
import tomllib
from typing import Any, Final

from audiobook.errors import AudiobookError

_MOST_KEY_PARTS: Final = 64
_KEY_PART: Final = r"""(?:[\w-]{1,40}+|"[^"\n]{0,40}+"|'[^'\n]{0,40}+')"""
_LONG_KEY = re.compile(rf"(?:{_KEY_PART}[ \t]*+\.[ \t]*+){{{_MOST_KEY_PARTS}}}")
"""Matches a key with too many parts; the library takes half a minute for one with thirty thousand."""
_ESCAPED_HALVES = re.compile(
    r"""
    (?<!\\) ( (?>(?:\\\\)*) )  # after an even number of backslashes
    \\u (d[89ab][0-9a-f]{2})  # \uD83D
    \\u (d[c-f][0-9a-f]{2})  # \uDE00
    """,
    re.IGNORECASE | re.VERBOSE,
)
_DECLARED = re.compile(r"Cannot declare \((.*)\) twice")
_AT_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")


def parse_toml(text: str, name: str, kind: type[AudiobookError], first_line: int = 1) -> dict[str, Any]:
    """Return the tables of a TOML text.

    Args:
        text: The TOML.
        name: Name of the file in messages.
        kind: The error to raise.
        first_line: Line of the file on which the TOML begins.

    Raises:
        AudiobookError: An error of that kind, with `path:line`, if the text is not TOML.

    Source: TOML 1.0.0.
    """
    if found := _LONG_KEY.search(text):
        line = text.count("\n", 0, found.start()) + first_line
        raise kind("not valid TOML: a key has too many parts", where=f"{name}:{line}")
    try:
        return _loaded(text)
    except (ValueError, RecursionError) as error:
        # For a number with thousands of digits, the library raises a plain ValueError.
        match = _AT_LINE.search(str(error))
        line = int(match[1]) if match and match[1] else text.rstrip("\n").count("\n") + 1
        message, hint = _in_words(_AT_LINE.sub("", str(error)))
        where = f"{name}:{line - 1 + first_line}"
        raise kind(f"not valid TOML: {message}", where=where, hint=hint) from error


def _in_words(message: str) -> tuple[str, str | None]:
    """Return a message of the library in words that its users know, and a hint about the usual cause."""
    if message == "Invalid value":
        return message, 'put text in straight quotes, as in title = "My Essay"'
    if message.startswith("Unescaped"):
        return message, r"write \\ for \, or put the text in single quotes: 'C:\Texts'"
    if message == "Cannot overwrite a value":
        return "the same name is set twice", "remove one of the two lines"
    if table := _DECLARED.fullmatch(message):
        name = ".".join(table[1].replace("'", "").rstrip(",").split(", "))
        return f"the table [{name}] begins twice", "put all of its lines under one heading"
    return message, None


def _loaded(text: str) -> dict[str, Any]:
    """Return the tables; a character escaped as two surrogates, as in JSON, is read as one character."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        joined = _ESCAPED_HALVES.sub(_escaped_whole, text)
        if joined == text:
            raise
        return tomllib.loads(joined)


def _escaped_whole(halves: re.Match[str]) -> str:
    before, first, second = halves.groups()
    return f"{before}\\U{0x10000 + ((int(first, 16) - 0xD800) << 10) + int(second, 16) - 0xDC00:08X}"


def line_of_key(lines: list[str], key: str) -> int:
    """Return the line, from 1, that sets a key or begins a table of its name; 0 if there is none."""
    pattern = re.compile(rf"""\s*+\[*\s*+["']?{re.escape(key)}["']?\s*+[\].=]""")
    return next((number for number, line in enumerate(lines, 1) if pattern.match(line)), 0)
