"""Decoding the bytes of a text file."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Final

from audiobook.encodings import text_encoding
from audiobook.errors import SourceError
from audiobook.sources.encoding.surrogates import find_surrogate, surrogate_error

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LINE_END = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
_LINE_ENDS: Final = ("\r\n", *"\r\x0b\x0c\x85\u2028\u2029")
"""All line ends except the newline; the one of two characters is replaced first."""


def decode_text(
    data: bytes,
    name: str,
    encoding: str | None = None,
    language: str | None = None,
    named_at: int | None = None,
) -> str:
    """Decode a text: by its byte order mark, else as UTF-8 if it is valid UTF-8, else in the given encoding.

    Args:
        data: The file's bytes.
        name: The file's name in messages.
        encoding: Encoding for bytes that have no byte order mark and are not UTF-8; None rejects them.
        language: BCP 47 tag of the text, used to suggest an encoding in the error's hint.
        named_at: Line number, from 1, at which the text itself names the encoding; None if it does not.

    Returns:
        The text without its byte order mark, its lines separated by newlines.

    Raises:
        SourceError: The bytes cannot be decoded, or contain a NUL or a lone surrogate.
    """
    text = _plain_utf8(data)
    return _with_newlines(_decoded(data, name, encoding, language, named_at) if text is None else text)


def _plain_utf8(data: bytes) -> str | None:
    """Return a text that is valid UTF-8, without byte order mark and NUL; None for any other text."""
    if b"\0" in data or _mark(data)[0]:
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def is_plain_utf8(data: bytes, piece_bytes: int) -> bool:
    """Return whether bytes are valid UTF-8, without byte order mark and NUL; they are decoded a piece at a time."""
    if b"\0" in data or _mark(data)[0]:
        return False
    try:
        for _ in utf8_lines(data, piece_bytes):
            pass
    except UnicodeDecodeError:
        return False
    return True


def utf8_lines(data: bytes, piece_bytes: int, opening_bytes: int = 0) -> Iterator[str]:
    """Yield plain UTF-8 in pieces of at least so many bytes, each of whole lines, separated by newlines.

    Args:
        data: The bytes.
        piece_bytes: Least length of a piece.
        opening_bytes: Least length of the first piece.

    Raises:
        UnicodeDecodeError: The bytes are not valid UTF-8.
    """
    start, end = 0, opening_bytes
    while start < len(data):
        end = data.find(b"\n", end) + 1 or len(data)
        yield _with_newlines(data[start:end].decode())
        start, end = end, end + piece_bytes


def _with_newlines(text: str) -> str:
    for end in _LINE_ENDS:
        text = text.replace(end, "\n")
    return text


def _decoded(data: bytes, name: str, encoding: str | None, language: str | None, named_at: int | None) -> str:
    """Decode a text that has a byte order mark, is not valid UTF-8 or contains a NUL; see `decode_text`."""
    mark, marked = _mark(data)
    used = marked or needed_encoding(data, encoding) or "utf-8"
    if text_encoding(used) is None:
        where = f"{name}:{named_at}" if named_at else name
        raise SourceError(f"unknown encoding “{used}”", where=where, hint=_hint(data, used, language))
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
    if (half := find_surrogate(text)) is not None:  # Python's UTF-7 codec accepts lone surrogates
        raise surrogate_error(text, half, f"{name}:{_lines_before(text[:half])}")
    if "\0" in text:
        before = text[: text.index("\0")]
        offset = len(mark) + len(before.encode(used, "replace"))
        raise SourceError(
            f"byte {offset} is NUL, so this is not a text file",
            where=f"{name}:{_lines_before(before)}",
            hint=_hint(data, used, language),
        )
    return text


def needed_encoding(data: bytes, encoding: str | None) -> str | None:
    """Return the encoding that the user named, if decoding depends on it.

    Args:
        data: The file's bytes.
        encoding: The encoding that the user named, or None.

    Returns:
        The encoding; None if the user named none, or if the bytes have a byte order mark or are valid UTF-8
        without a NUL.
    """
    if encoding is None or _mark(data)[0]:
        return None
    try:
        data.decode()
    except UnicodeDecodeError:
        return encoding
    return encoding if b"\0" in data else None


def _mark(data: bytes) -> tuple[bytes, str]:
    """Return the byte order mark at the start of the bytes and its encoding; both are empty without a mark."""
    return next(((mark, encoding) for mark, encoding in _BOMS if data.startswith(mark)), (b"", ""))


def _hint(data: bytes, refused: str, language: str | None) -> str:
    from audiobook.sources.encoding.guess import likely_encoding  # needed only for texts that fail to decode

    likely = None if _mark(data)[0] else likely_encoding(data, language)
    return f"try: --encoding {likely}" if likely not in (None, refused) else "save the file as UTF-8"


def _lines_before(text: str) -> int:
    """Return the number, from 1, of the line that follows a text."""
    return sum(1 for _ in _LINE_END.finditer(text)) + 1
