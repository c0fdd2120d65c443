"""The address under which a publication is found."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from audiobook.errors import UsageError
from audiobook.places import has_login, shown_address

FEED_NAME: Final = "feed.xml"
"""Name of the feed of a language, in the folder of that language."""
_HINT: Final = "give an address such as https://example.org/books"
_UNWANTED = re.compile(r"[\x00-\x20\x7f-\xa0\ud800-\udfff\"'<>\\^`{|}]|%(?![0-9A-Fa-f]{2})")
_LABEL: Final = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*|\[[0-9a-f:.]+\]")
_LONGEST_HOST: Final = 253
_LONGEST: Final = 500
_SAFE: Final = "/-._~!$&()*+,;=:@%"


@dataclass(frozen=True, slots=True)
class BaseAddress:
    """A checked base address: `http` or `https`, ASCII, without a slash at its end."""

    text: str

    def of(self, path: str) -> str:
        """Give the address of a published file.

        Args:
            path: Below the publication's folder, with `/` between its parts.

        Returns:
            An ASCII address.
        """
        return f"{self.text}/{quote(path)}"


def base_address(given: str) -> BaseAddress:
    """Check a base address.

    Args:
        given: What the user wrote.

    Raises:
        UsageError: It is no address of `http` or `https`, or holds what no public address should: a
            password, a query, a fragment, quotes, white space.
    """
    shown = shown_address(given)
    if not given or len(given) > _LONGEST or _UNWANTED.search(given):
        raise UsageError(f"“{shown}” cannot be a base address", hint=_HINT)
    try:
        parts = urlsplit(given)
        port = parts.port
        host = _ascii_host(parts.hostname or "")
    except ValueError as error:
        raise UsageError(f"“{shown}” cannot be a base address", hint=_HINT) from error
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host) or len(host) > _LONGEST_HOST:
        raise UsageError(f"“{shown}” is no address of http or https", hint=_HINT)
    if has_login(given):
        raise UsageError("a base address must not hold a name or a password", hint=_HINT)
    if parts.query or parts.fragment or given[-1] in "?#":
        raise UsageError(f"“{shown}” must not have a query or a fragment", hint=_HINT)
    if port == 0 or not {".", ".."}.isdisjoint(unquote(parts.path).split("/")):
        raise UsageError(f"“{shown}” is no address that a browser can ask for as it stands", hint=_HINT)
    place = host if port is None else f"{host}:{port}"
    return BaseAddress(f"{parts.scheme}://{place}{quote(parts.path, safe=_SAFE)}".rstrip("/"))


def _ascii_host(host: str) -> str:
    """Give a host's name in ASCII, as names of other letters are looked up."""
    if ":" in host:
        return f"[{host}]"
    return host if host.isascii() else host.encode("idna").decode()
