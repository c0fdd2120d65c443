"""Pronunciation lexicons of the W3C: words with their aliases and phonemes.

Source: Pronunciation Lexicon Specification (PLS) Version 1.0, sections 4.1 to 4.9.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from audiobook.document import Phonemes
from audiobook.errors import SourceError
from audiobook.narration.lexicon.entries import WordEntry

if TYPE_CHECKING:
    from lxml.etree import _Element

_PLS: Final = "{http://www.w3.org/2005/01/pronunciation-lexicon}"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def read_pls(data: bytes, name: str, language: str, *, local: bool) -> list[WordEntry]:
    """Read a pronunciation lexicon.

    Args:
        data: The XML.
        name: The file's name in messages.
        language: BCP 47 tag of the texts.
        local: Whether a lexicon for another language is an error; if not, it has no entries.

    Returns:
        An entry for each word, in order; phonemes are not checked.

    Raises:
        SourceError: It is not such a lexicon, or not for that language. The error gives `path:line`.
    """
    root = _root(data, name)
    tag = root.get(_LANG)
    if root.tag != f"{_PLS}lexicon" or not tag:
        message = (
            "has no xml:lang" if root.tag == f"{_PLS}lexicon" else "is not a pronunciation lexicon (PLS)"
        )
        raise SourceError(message, where=f"{name}:{root.sourceline}")
    if not f"{language}-".lower().startswith(f"{tag}-".lower()):
        if local:
            raise SourceError(
                f"this lexicon is for {tag[:40]}, not for {language}",
                where=f"{name}:{root.sourceline}",
                hint="move it to the folder of its language, or to the texts' folder",
            )
        return []
    alphabet = root.get("alphabet") or "ipa"
    return [
        entry for lexeme in root.iterchildren(f"{_PLS}lexeme") for entry in _entries(lexeme, name, alphabet)
    ]


def _entries(lexeme: _Element, name: str, alphabet: str) -> Iterator[WordEntry]:
    where = f"{name}:{lexeme.sourceline}"
    alias, phoneme = _first(lexeme, "alias"), _first(lexeme, "phoneme")
    say = None if alias is None else _text(alias)
    sounds = "" if phoneme is None else _text(phoneme)
    by_alias = say is not None and (not sounds or (_is_preferred(alias) and not _is_preferred(phoneme)))
    used = alphabet if phoneme is None else phoneme.get("alphabet") or alphabet
    phonemes = None if by_alias else Phonemes(sounds, used)
    words = [_text(grapheme) for grapheme in lexeme.iterchildren(f"{_PLS}grapheme")]
    if not words:
        raise SourceError("lexeme has no grapheme", where=where)
    for word in words:
        yield WordEntry(word, say, True, phonemes, where)


def _first(lexeme: _Element, kind: str) -> _Element | None:
    """Return the preferred pronunciation of a kind, or its first; None without one. Source: sections 4.6 and 4.7."""
    found = list(lexeme.iterchildren(f"{_PLS}{kind}"))
    preferred = [element for element in found if _is_preferred(element)]
    return (preferred or found or [None])[0]


def _is_preferred(element: _Element | None) -> bool:
    return element is not None and element.get("prefer") == "true"


def _text(element: _Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _root(data: bytes, name: str) -> _Element:
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise SourceError(f"is not well-formed XML: {error.msg}", where=f"{name}:{line}") from error
    except (etree.LxmlError, ValueError, LookupError) as error:
        raise SourceError("is not readable XML", where=f"{name}:1") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise SourceError(
            "has a document type declaration, which is not supported", where=f"{name}:1", hint="remove it"
        )
    return root
