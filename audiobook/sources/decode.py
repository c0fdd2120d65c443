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
        offset = error.start + len(mark)
        line = data.count(b"\n", 0, offset) + 1
        raise SourceError(
            f"byte {offset} is not {encoding.upper()}", where=f"{name}:{line}", hint="save the file as UTF-8"
        ) from error
    text = _LINE_END.sub("\n", text)
    if "\0" in text:
        position = text.index("\0")
        offset = len(mark) + len(text[:position].encode(encoding))
        raise SourceError(
            f"byte {offset} is NUL, so this is no text",
            where=f"{name}:{text.count(chr(10), 0, position) + 1}",
            hint="save the file as UTF-8",
        )
    return text
