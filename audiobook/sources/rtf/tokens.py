"""RTF as a sequence of groups, control words and characters.

Source: Rich Text Format Specification 1.9.1, "RTF Syntax".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

_TOKEN = re.compile(
    r"""
    \\ (?:
        (?P<word>[A-Za-z]{1,40}) (?P<value>-?\d{1,10})? [ ]?  # \par, \fs24
        | ' (?P<code>[0-9A-Fa-f]{2})  # \'e9
        | (?P<sign>[^A-Za-z'])  # \~
    )
    | (?P<brace>[{}])
    | (?P<text>[^\\{}\r\n\0]+)
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(msgspec.Struct, frozen=True):
    """A piece of the file.

    Attributes:
        kind: `{`, `}`, `word` (a control word or a control symbol), or `text`.
        text: The name of the control word, the sign of the control symbol, or text, each byte as one character.
        value: The number after a control word; None without one.
    """

    kind: str
    text: str = ""
    value: int | None = None


def tokens_of(data: bytes) -> Iterator[Token]:
    """Yield the tokens of a file in order, without binary data (the bytes after the control word bin)."""
    text = data.decode("latin-1")
    at = 0
    while found := _TOKEN.search(text, at):
        at = found.end()
        kind = found.lastgroup
        if kind == "text":
            yield Token("text", found["text"])
        elif kind == "brace":
            yield Token(found["brace"])
        elif kind == "code":
            yield Token("text", chr(int(found["code"], 16)))
        elif kind == "sign":
            yield Token("word", found["sign"])
        else:
            value = int(found["value"]) if found["value"] else None
            if found["word"] == "bin":
                at += max(value or 0, 0)
            yield Token("word", found["word"], value)
