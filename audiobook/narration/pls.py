"""The W3C's pronunciation lexicons: words, and what is said instead of them.

Source: Pronunciation Lexicon Specification (PLS) Version 1.0, sections 4.1 to 4.9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from audiobook.document import Problem
from audiobook.errors import SourceError

if TYPE_CHECKING:
    from lxml.etree import _Element

_PLS: Final = "{http://www.w3.org/2005/01/pronunciation-lexicon}"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def read_pls(
    data: bytes, name: str, language: str, *, local: bool
) -> tuple[list[tuple[str, str, int]], list[Problem]]:
    """Read a pronunciation lexicon.

    Args:
        data: The XML.
        name: How messages call the file.
        language: BCP 47 tag of the texts that it is read for.
        local: Whether it must be for that language; else one for another language holds nothing for it.

    Returns:
        Each word with what is said for it and its line, in order, and a problem if some words are given in
        phonemes alone, which no engine takes yet.

    Raises:
        SourceError: It is no such lexicon, or not for that language; names `path:line`.
    """
    root = _root(data, name)
    tag = root.get(_LANG)
    if root.tag != f"{_PLS}lexicon" or not tag:
        message = "has no xml:lang" if root.tag == f"{_PLS}lexicon" else "is no pronunciation lexicon (PLS)"
        raise SourceError(message, where=f"{name}:{root.sourceline}")
    if not f"{language}-".lower().startswith(f"{tag}-".lower()):
        if local:
            raise SourceError(
                f"is a lexicon for {tag[:40]}, not for {language}",
                where=f"{name}:{root.sourceline}",
                hint="move it to the folder of its language, or to the texts' folder",
            )
        return [], []
    found: list[tuple[str, str, int]] = []
    unsaid = []
    for lexeme in root.iterchildren(f"{_PLS}lexeme"):
        say = _alias(lexeme)
        words = [_text(grapheme) for grapheme in lexeme.iterchildren(f"{_PLS}grapheme")]
        if not words:
            raise SourceError("a lexeme without a grapheme", where=f"{name}:{lexeme.sourceline}")
        if say is None:
            unsaid.append(lexeme.sourceline)
        else:
            found += [(word, say, lexeme.sourceline) for word in words]
    if not unsaid:
        return found, []
    count = "1 word is" if len(unsaid) == 1 else f"{len(unsaid)} words are"
    message = f"{count} given in phonemes alone, which no engine takes yet: add an alias"
    return found, [Problem(f"{name}:{unsaid[0]}", message)]


def _alias(lexeme: _Element) -> str | None:
    """Give the preferred alias of a word, else its first; None without one. Source: section 4.7."""
    aliases = list(lexeme.iterchildren(f"{_PLS}alias"))
    preferred = [alias for alias in aliases if alias.get("prefer") == "true"]
    return _text((preferred or aliases)[0]) if aliases else None


def _text(element: _Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _root(data: bytes, name: str) -> _Element:
    from lxml import etree  # noqa: PLC0415 - 20 ms, for such lexicons only

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
        raise SourceError("is no XML that can be read", where=f"{name}:1") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise SourceError("has a document type, which is not read", where=f"{name}:1", hint="take it out")
    return root
