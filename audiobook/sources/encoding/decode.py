"""Bytes of a text file to its lines."""

from __future__ import annotations

import codecs
import re
from typing import Final

from audiobook.encodings import text_encoding
from audiobook.errors import SourceError
from audiobook.sources.encoding.surrogates import find_half, half_error

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")


def decode_text(
    data: bytes,
    name: str,
    encoding: str | None = None,
    language: str | None = None,
    named_at: int | None = None,
) -> str:
    """Decode a text: a byte order mark decides, else UTF-8 where it is that, else the given encoding.

    Args:
        data: The file's bytes.
        name: How messages call the file.
        encoding: What to decode by where nothing in the bytes says it; None refuses them.
        language: BCP 47 tag of the text; helps to say which encoding it is likely to need.
        named_at: The line on which the text itself names that encoding, from 1; None if it does not.

    Returns:
        The text without its mark, every line ended by one newline character.

    Raises:
        SourceError: The bytes are something else, or hold a NUL or half of a character.
    """
    mark, marked = _mark(data)
    used = marked or needed_encoding(data, encoding) or "utf-8"
    if text_encoding(used) is None:
        where = f"{name}:{named_at}" if named_at else name
        raise SourceError(f"there is no encoding “{used}”", where=where, hint=_hint(data, used, language))
    try:
        text = data[len(mark) :].decode(used)
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        before = data[len(mark) : len(mark) + start].decode(used, "replace")
        raise SourceError(
            f"byte {start + len(mark)} is not {used.upper()}",
            where=f"{name}:{_lines_before(before)}",
            hint=_hint(data, used, language),
        ) from error
    if (half := find_half(text)) is not None:  # UTF-7 lets them pass
        raise half_error(text, half, f"{name}:{_lines_before(text[:half])}")
    if "\0" in text:
        before = text[: text.index("\0")]
        offset = len(mark) + len(before.encode(used, "replace"))
        raise SourceError(
            f"byte {offset} is NUL, so this is no text",
            where=f"{name}:{_lines_before(before)}",
            hint=_hint(data, used, language),
        )
    return _LINE_END.sub("\n", text)


def needed_encoding(data: bytes, encoding: str | None) -> str | None:
    """Give the encoding that a user named where a text is really decoded by it.

    Args:
        data: The file's bytes.
        encoding: What was named, or None.

    Returns:
        None where nothing was named, or where the bytes tell by themselves: by a byte order mark, or by
        being UTF-8 without a NUL.
    """
    if encoding is None or _mark(data)[0]:
        return None
    try:
        data.decode()
    except UnicodeDecodeError:
        return encoding
    return encoding if b"\0" in data else None


def _mark(data: bytes) -> tuple[bytes, str]:
    """Give the byte order mark that bytes begin with, and what it announces; both empty without one."""
    return next(((mark, encoding) for mark, encoding in _BOMS if data.startswith(mark)), (b"", ""))


def _hint(data: bytes, refused: str, language: str | None) -> str:
    from audiobook.sources.encoding.guess import likely_encoding  # noqa: PLC0415 - for texts that are refused only

    likely = None if _mark(data)[0] else likely_encoding(data, language)
    return f"try: --encoding {likely}" if likely not in (None, refused) else "save the file as UTF-8"


def _lines_before(text: str) -> int:
    """Give the number, from 1, of the line that follows a text."""
    return sum(1 for _ in _LINE_END.finditer(text)) + 1
