"""Surrogates: pairs written as two JSON escapes are joined; lone ones are errors.

Source: The Unicode Standard, section 3.9, D71 to D75; RFC 8259, section 7.
"""

from __future__ import annotations

from typing import Final

from audiobook.errors import SourceError

HINT: Final = "write the character itself, or remove it"


def find_surrogate(text: str) -> int | None:
    """Return the index of the first surrogate in a text; None if there is none."""
    if text.isascii():
        return None
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return error.start
    return None


def surrogate_error(text: str, at: int, where: str) -> SourceError:
    """Return the error for the lone surrogate at an index of a text."""
    return SourceError(f"U+{ord(text[at]):04X} is only half of a character", where=where, hint=HINT)


def joined(text: str, where: str) -> str:
    """Return a text with each surrogate pair joined to one character.

    Args:
        text: Text decoded from escapes; JSON escapes an emoji as a surrogate pair.
        where: `path:line` for messages.

    Raises:
        SourceError: The text contains a lone surrogate.
    """
    if find_surrogate(text) is None:
        return text
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    if (at := find_surrogate(whole)) is not None:
        raise surrogate_error(whole, at, where)
    return whole
