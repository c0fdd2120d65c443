"""Web and mail addresses: the host is read; scheme, port, path and query are not."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar

_LABELS: Final = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}"
_TOP: Final = r"[a-z]{2,24}"
# A scheme, "www." or a well-known top-level domain marks an address; a bare "a.b" may be two sentences.
_URL = re.compile(
    rf"""
    (?<![\w@.-])
    (?:
        (?:https?|ftp)://                       # https://user@www.example.org:8080
        (?:[^\s/@]{{1,64}}@)?
        (?P<host>{_LABELS}{_TOP}|[a-z0-9.-]{{1,80}})
        (?::\d{{1,5}})?
      | www\.(?P<www>{_LABELS}{_TOP})           # www.example.fi
      | (?P<bare>{_LABELS}(?:                   # example.org
            com|org|net|edu|gov|fi|pl|lv|eu|info|co\.uk|co\.id|go\.id|ac\.id|si(?=/)|id(?=/)
        ))
        (?![\w@-])(?!\.\w)
    )
    (?:[/?\#][^\s<>"]{{0,2000}}?)?              # /path?query#part
    # A full stop after it belongs to the sentence, and so does an ending: kirja.fi:ssä.
    (?=[.,;:!?)\]'"]{{0,3}}(?:\s|$)|[<>"]|:[^\W\d_]{{1,6}}[.,;!?)]{{0,2}}(?:\s|$))
    """,
    re.IGNORECASE | re.VERBOSE,
)
_MAIL = re.compile(
    rf"""
    (?<![\w.+-])
    (?P<name>[\w.+-]{{1,64}})@   # name@
    (?P<host>{_LABELS}{_TOP})    # example.org
    (?![\w-])
    """,
    re.VERBOSE | re.IGNORECASE,
)


def verbalize_addresses(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with addresses in words; as bare hosts in a language without words for "dot" and "at"."""
    if "://" in text.text or "www." in text.text.lower() or "." in text.text[:-1]:
        text = text.sub(_URL, lambda match: _host(match, grammar))
    if grammar.words.has_rules and "@" in text.text:
        text = text.sub(_MAIL, lambda match: _mail(match, grammar))
    return text


def _host(match: re.Match[str], grammar: Grammar) -> str:
    host = match["host"] or match["www"] or match["bare"]
    return _said(host.lower().removeprefix("www.") if match["host"] or match["www"] else host, grammar)


def _mail(match: re.Match[str], grammar: Grammar) -> str:
    return f"{_said(match['name'], grammar)} {grammar.words.signs['at']} {_said(match['host'], grammar)}"


def _said(name: str, grammar: Grammar) -> str:
    name = name.strip(".")
    if not grammar.words.has_rules:
        return name
    return name.replace(".", f" {grammar.words.signs['dot']} ").replace("_", " ")
