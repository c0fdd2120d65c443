"""Web and mail addresses: a host is said, and no scheme, path or query."""

from __future__ import annotations

import re

from audiobook.narration.aligned import AlignedText
from audiobook.narration.lexis import Lexis

_LABELS = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}"
_TOP = r"[a-z]{2,24}"
# A scheme, "www.", or a known end of a host tell an address; a bare "a.b" may be two sentences.
_URL = re.compile(
    rf"(?<![\w@.-])(?:(?:https?|ftp)://(?:[^\s/@]{{1,64}}@)?(?P<host>{_LABELS}{_TOP}|[a-z0-9.-]{{1,80}})(?::\d{{1,5}})?"
    rf"|www\.(?P<www>{_LABELS}{_TOP})"
    rf"|(?P<bare>{_LABELS}(?:com|org|net|edu|gov|fi|pl|lv|eu|info|co\.uk|co\.id|go\.id|ac\.id|si(?=/)|id(?=/)))"
    r"(?![\w@-])(?!\.\w))"
    r"(?:[/?#][^\s<>\"]{0,2000}?)?(?=[.,;:!?)\]'\"]{0,3}(?:\s|$)|[<>\"])",
    re.IGNORECASE,
)
_MAIL = re.compile(
    rf"(?<![\w.+-])(?P<name>[\w.+-]{{1,64}})@(?P<host>{_LABELS}{_TOP})(?![\w-])", re.IGNORECASE
)


def verbalize_addresses(text: AlignedText, lexis: Lexis | None) -> AlignedText:
    """Give a text with the hosts of its addresses in words.

    Args:
        text: A sentence.
        lexis: The language; nothing where it has no rules, and then only the host is kept of a web address.
    """
    if "://" in text.text or "www." in text.text.lower() or "." in text.text[:-1]:
        text = text.sub(_URL, lambda match: _host(match, lexis))
    if lexis and "@" in text.text:
        text = text.sub(_MAIL, lambda match: _mail(match, lexis))
    return text


def _host(match: re.Match[str], lexis: Lexis | None) -> str:
    host = match["host"] or match["www"] or match["bare"]
    return _said(host.lower().removeprefix("www.") if match["host"] or match["www"] else host, lexis)


def _mail(match: re.Match[str], lexis: Lexis) -> str:
    return f"{_said(match['name'], lexis)} {lexis.signs['at']} {_said(match['host'], lexis)}"


def _said(name: str, lexis: Lexis | None) -> str:
    name = name.strip(".")
    return name.replace(".", f" {lexis.signs['dot']} ").replace("_", " ") if lexis else name
