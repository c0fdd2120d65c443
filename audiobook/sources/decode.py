"""Bytes of a text file to its lines."""

from __future__ import annotations

import codecs
import re
from typing import Final

from audiobook.errors import SourceError

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")


def decode_text(data: bytes, name: str) -> str:
    """Decode UTF-8, or what a byte order mark announces.

    Args:
        data: The file's bytes.
        name: How messages call the file.

    Returns:
        The text without its mark, every line ended by one newline character.

    Raises:
        SourceError: The bytes are something else, or hold a NUL.
    """
    mark, encoding = next(((mark, name) for mark, name in _BOMS if data.startswith(mark)), (b"", "utf-8"))
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        before = data[len(mark) : len(mark) + error.start].decode(encoding)
        offset = error.start + len(mark)
        raise SourceError(
            f"byte {offset} is not {encoding.upper()}",
            where=f"{name}:{_lines_before(before)}",
            hint="save the file as UTF-8",
        ) from error
    if "\0" in text:
        before = text[: text.index("\0")]
        offset = len(mark) + len(before.encode(encoding))
        raise SourceError(
            f"byte {offset} is NUL, so this is no text",
            where=f"{name}:{_lines_before(before)}",
            hint="save the file as UTF-8",
        )
    return _LINE_END.sub("\n", text)


def _lines_before(text: str) -> int:
    """Give the number, from 1, of the line that follows a text."""
    return sum(1 for _ in _LINE_END.finditer(text)) + 1
