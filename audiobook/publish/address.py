"""The public address of a publication."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote, urlsplit

import msgspec

from audiobook.errors import UsageError
from audiobook.places import has_login, shown_address

FEED_NAME: Final = "feed.xml"
"""File name of a language's feed, in that language's folder."""
BOOK_FEED_ENDING: Final = ".feed.xml"
"""What follows the slug of a work in the name of its feed."""
_HINT: Final = "use an address such as https://example.org/books"
_UNWANTED = re.compile(
    r"""
    [\x00-\x20\x7f-\xa0\ud800-\udfff]  # controls, spaces and half characters
    | ["'<>\\^`{|}]  # signs that an address must escape
    | %(?![0-9A-Fa-f]{2})  # 100%
    """,
    re.VERBOSE,
)
_LABEL: Final = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]+\]")
_LONGEST_HOST: Final = 253
_LONGEST: Final = 500
_SAFE: Final = "/-._~!$&()*+,;=:@%"


class BaseAddress(msgspec.Struct, frozen=True):
    """A validated base address: `http` or `https`, ASCII, without a trailing slash."""

    text: str

    def of(self, path: str) -> str:
        """Return the ASCII address of a published file.

        Args:
            path: Path relative to the publication's folder, separated by `/`.
        """
        return f"{self.text}/{quote(path)}"


def base_address(given: str) -> BaseAddress:
    """Return the validated form of a base address.

    Args:
        given: The address as the user wrote it.

    Raises:
        UsageError: It is not an `http` or `https` address, or it contains something that does not belong in
            a public address: a password, a query, a fragment, quotes or white space.
    """
    shown = shown_address(given)
    if not given or len(given) > _LONGEST or _UNWANTED.search(given):
        raise UsageError(f"“{shown}” is not a valid base address", hint=_HINT)
    try:
        parts = urlsplit(given)
        port = parts.port
        host = _ascii_host(parts.hostname or "")
    except ValueError as error:
        raise UsageError(f"“{shown}” is not a valid base address", hint=_HINT) from error
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host) or len(host) > _LONGEST_HOST:
        raise UsageError(f"“{shown}” is not an http or https address", hint=_HINT)
    if has_login(given):
        raise UsageError("a base address must not contain a user name or password", hint=_HINT)
    if parts.query or parts.fragment or given[-1] in "?#":
        raise UsageError(f"“{shown}” must not have a query or fragment", hint=_HINT)
    if port == 0 or not {".", ".."}.isdisjoint(unquote(parts.path).split("/")):
        raise UsageError(f"“{shown}” must not have port 0, or “.” or “..” in its path", hint=_HINT)
    place = host if port is None else f"{host}:{port}"
    return BaseAddress(f"{parts.scheme}://{place}{quote(parts.path, safe=_SAFE)}".rstrip("/"))


def _ascii_host(host: str) -> str:
    """Return a host name in ASCII (IDNA), with IPv6 addresses in brackets."""
    if ":" in host:
        return f"[{host}]"
    return host if host.isascii() else host.encode("idna").decode()
