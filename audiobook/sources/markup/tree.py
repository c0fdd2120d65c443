"""Bytes of XML and HTML to trees, safely: nothing is fetched, no entity is expanded, depth is bounded."""

from __future__ import annotations

import re
from html.entities import html5
from typing import TYPE_CHECKING, Final

from audiobook.errors import SourceError
from audiobook.sources.encoding.decode import decode_text

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_TAGS: Final = 1_000_000
MAX_ATTRIBUTES: Final = 1000
"""How many attributes one tag may have."""
_DECLARATION = re.compile(r"\A\s*+<\?xml\b[^>]{0,500}?\?>")
_XML_ENCODING = re.compile(rb"""\A\s*+<\?xml\b[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z][\w.-]{0,40})["']""")
_HTML_CHARSET = re.compile(
    rb"""<meta\b[^>]{0,300}?\bcharset\s*=\s*["']?\s*([A-Za-z][\w.-]{0,40})""", re.IGNORECASE
)
_MANY_ATTRIBUTES = re.compile(
    rf"""<[A-Za-z][^\s<>]*+(?:\s++[^\s=<>"']++(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'<>]*+))?+){{{MAX_ATTRIBUTES}}}"""
)
"""A tag whose attributes the parser would compare each with every other."""
_CHARSET_WITHIN_BYTES: Final = 4096
_AS_BROWSERS_DO: Final = dict.fromkeys(
    ("iso-8859-1", "iso8859-1", "latin1", "latin-1", "us-ascii", "ascii"), "cp1252"
)
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_OWN_ENTITY = re.compile(r"<!ENTITY\s")
_XML_ENTITIES: Final = ("amp", "lt", "gt", "quot", "apos")


def parse_xml(data: bytes, where: str) -> _Element:
    """Parse XML; the named entities of HTML are known in it.

    Args:
        data: A document in UTF-8, or in what its byte order mark or declaration says.
        where: How messages call it.

    Returns:
        The root element. Entities that the document declares are left as nodes.

    Raises:
        SourceError: It is not well-formed, is nested too deeply, has more than `MAX_TAGS` tags, or holds bytes of another
            encoding.
    """
    return _parse_well_formed(_decode(data, where, _XML_ENCODING), where)


def parse_xhtml(data: bytes, where: str) -> tuple[_Element, SourceError | None]:
    """Parse XHTML; what is not well-formed is read as HTML.

    Args:
        data: A document in UTF-8, or in what its byte order mark or declaration says.
        where: How messages call it.

    Returns:
        The root element, and why it is not XML, if so.

    Raises:
        SourceError: It is nested too deeply, has more than `MAX_TAGS` tags, or holds bytes of another
            encoding.
    """
    return _parse_xhtml(_decode(data, where, _XML_ENCODING), where)


def parse_page(text: str, where: str) -> _Element:
    """Parse a page of the web: XHTML where it says it is XML, else HTML, as far from well-formed as it may be.

    Raises:
        SourceError: It is nested too deeply, or holds no element and no text.
    """
    return _parse_xhtml(text, where)[0] if _DECLARATION.match(text) else parse_html(text, where)


def parse_html(text: str, where: str) -> _Element:
    """Parse HTML, as far from well-formed as it may be.

    Args:
        text: The document.
        where: How messages call it.

    Returns:
        The root element, `html`.

    Raises:
        SourceError: It is nested too deeply, or holds no element and no text.
    """
    from lxml import etree  # noqa: PLC0415 - 20 ms that other formats do not need

    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise SourceError("holds nothing that could be read as HTML", where=where) from error
    fatal = next((entry for entry in parser.error_log if entry.level == etree.ErrorLevels.FATAL), None)
    if fatal:
        raise SourceError(f"cannot be read as HTML: {fatal.message[:200]}", where=f"{where}:{fatal.line}")
    if root is None:
        raise SourceError("holds nothing that could be read as HTML", where=where)
    return root


def decode_html(data: bytes, where: str, encoding: str | None = None, language: str | None = None) -> str:
    """Decode HTML: a byte order mark decides, else UTF-8, else what the user said, else its `<meta charset>`.

    Raises:
        SourceError: The bytes are of another encoding.
    """
    return _decode(data, where, _HTML_CHARSET, encoding, language)


def _decode(
    data: bytes,
    where: str,
    declaration: re.Pattern[bytes],
    encoding: str | None = None,
    language: str | None = None,
) -> str:
    declared = declaration.search(data[:_CHARSET_WITHIN_BYTES])
    name = encoding or (declared.group(1).decode("ascii").lower() if declared else None)
    named_at = data.count(b"\n", 0, declared.start(1)) + 1 if declared and not encoding else None
    text = decode_text(data, where, _AS_BROWSERS_DO.get(name, name) if name else None, language, named_at)
    if text.count("<") > MAX_TAGS:
        raise SourceError(f"has more than {MAX_TAGS} tags", where=where)
    if found := _MANY_ATTRIBUTES.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise SourceError(f"a tag has {MAX_ATTRIBUTES} attributes or more", where=f"{where}:{line}")
    return text


def _parse_xhtml(text: str, where: str) -> tuple[_Element, SourceError | None]:
    try:
        return _parse_well_formed(text, where), None
    except SourceError as error:
        if _OWN_ENTITY.search(text):
            # HTML knows no such thing, and what they would stand for may be endless.
            raise
        plain = _DECLARATION.sub(lambda found: "\n" * found.group().count("\n"), text, count=1)
        return parse_html(plain, where), error


def _parse_well_formed(text: str, where: str) -> _Element:
    from lxml import etree  # noqa: PLC0415 - 20 ms that other formats do not need

    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    text = _DECLARATION.sub(lambda found: "\n" * found.group().count("\n"), text, count=1)
    try:
        return etree.fromstring(_ENTITY.sub(_character, text).encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        message = f"is not well-formed XML: {(error.msg or 'no reason given')[:200]}"
        raise SourceError(message, where=f"{where}:{error.lineno or 1}") from error


def _character(entity: re.Match[str]) -> str:
    """Give the characters of a named entity of HTML; what XML knows itself, and what nobody does, stays."""
    if entity[1] in _XML_ENTITIES:
        return entity[0]
    characters = html5.get(f"{entity[1]};")
    return "".join(f"&#{ord(character)};" for character in characters) if characters else entity[0]
