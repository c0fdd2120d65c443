"""Parsing XML and HTML safely: nothing is downloaded, no entity is expanded and nesting is limited."""

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
"""The limit of attributes per tag."""
_DECLARATION = re.compile(r"\A\s*+<\?xml\b[^>]{0,500}?\?>")
_XML_ENCODING = re.compile(rb"""\A\s*+<\?xml\b[^>]{0,200}?\bencoding\s*=\s*["']([A-Za-z][\w.-]{0,40})["']""")
_HTML_CHARSET = re.compile(
    rb"""
    <meta\b[^>]{0,300}?                                     # <meta
    \bcharset\s*=\s*["']?\s*([A-Za-z][\w.-]{0,40})          # charset="utf-8
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MANY_ATTRIBUTES = re.compile(
    rf"""
    <[A-Za-z][^\s<>]*+  # <p
    (?:
        \s++[^\s=<>"']++  # class
        (?>(?: \s*+=\s*+ (?: "[^"]*+" | '[^']*+' | [^\s"'<>]*+ ) )?)  # ="note"
    ){{{MAX_ATTRIBUTES}}}
    """,
    re.VERBOSE,
)
"""Matches a tag with so many attributes that the parser would be slow, since it compares each with every
other."""
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Matches what HTML may contain, but no element of the parser: setting its text or attributes again would fail."""
_CONTROL_REFERENCE = re.compile(
    r"""
    &\#
    (?: [xX] (?: 0++ | 0*+ (?: [1-8bcefBCEF] | 1[0-9a-fA-F] | [fF]{3}[efEF] ) ) (?![0-9a-fA-F])  # &#x1f;
      | (?: 0++ | 0*+ (?: [1-8] | 1[1245-9] | 2[0-9] | 3[01] | 6553[45] ) ) (?![0-9])            # &#31;
    ) ;?
    """,
    re.VERBOSE,
)
_HALF_REFERENCE = re.compile(
    r"""
    &\#
    (?: [xX] 0*+ [dD][89a-fA-F][0-9a-fA-F]{2} (?![0-9a-fA-F])  # &#xd83d;
      | 0*+ (?: 5529[6-9] | 55[3-9][0-9]{2} | 56[0-9]{3} | 57[0-2][0-9]{2} | 573[0-3][0-9] | 5734[0-3] ) (?![0-9])
    ) ;?
    """,
    re.VERBOSE,
)
"""Matches references to lone surrogates, which the XML parser does not notice when it continues after an
error."""
_SPACES: Final = "\x0b\x0c"
_CHARSET_WITHIN_BYTES: Final = 4096
_AS_BROWSERS_DO: Final = dict.fromkeys(
    ("iso-8859-1", "iso8859-1", "latin1", "latin-1", "us-ascii", "ascii"), "cp1252"
)
_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31});")
_OWN_ENTITY = re.compile(r"<!ENTITY\s")
_XML_ENTITIES: Final = ("amp", "lt", "gt", "quot", "apos")


def parse_xml(data: bytes, where: str) -> _Element:
    """Parse XML; named entities of HTML are allowed.

    Args:
        data: A document in UTF-8, or in the encoding given by its byte order mark or declaration.
        where: The document's name in messages.

    Returns:
        The root element. Entities declared by the document remain as nodes.

    Raises:
        SourceError: The document is not well-formed, is nested too deeply, has more than `MAX_TAGS` tags, or
            cannot be decoded.
    """
    return _parse_well_formed(_decode(data, where, _XML_ENCODING), where)


def parse_xhtml(data: bytes, where: str) -> tuple[_Element, SourceError | None]:
    """Parse XHTML; a document that is not well-formed is parsed as HTML.

    Args:
        data: A document in UTF-8, or in the encoding given by its byte order mark or declaration.
        where: The document's name in messages.

    Returns:
        The root element, and the error if the document is not well-formed.

    Raises:
        SourceError: The document is nested too deeply, has more than `MAX_TAGS` tags, or cannot be decoded.
    """
    return _parse_xhtml(_decode(data, where, _XML_ENCODING), where)


def parse_damaged_xml(text: str, where: str) -> tuple[_Element, SourceError | None]:
    """Parse XML; a document that is not well-formed is read as far as possible.

    Args:
        text: The document, from `decode_xml`.
        where: The document's name in messages.

    Returns:
        The root element, and the error if the document is not well-formed.

    Raises:
        SourceError: Nothing in the document can be read, or it is damaged and declares entities.
    """
    try:
        return _parse_well_formed(text, where), None
    except SourceError as error:
        if _OWN_ENTITY.search(text) or (root := _parse_well_formed(text, where, recover=True)) is None:
            raise
        return root, error


def decode_xml(data: bytes, where: str, encoding: str | None = None, language: str | None = None) -> str:
    """Decode XML: by byte order mark, else as UTF-8, else in the user's encoding, else in the one it declares.

    Args:
        data: The document's bytes.
        where: The document's name in messages.
        encoding: The encoding that the user named, or None.
        language: BCP 47 tag of the text, used to suggest an encoding in the error's hint.

    Raises:
        SourceError: The bytes cannot be decoded, or there are more than `MAX_TAGS` tags.
    """
    return _decode(data, where, _XML_ENCODING, encoding, language)


def parse_page(text: str, where: str) -> _Element:
    """Parse a web page: as XHTML if it has an XML declaration, otherwise as HTML with any errors.

    Args:
        text: The page.
        where: The page's name in messages.

    Raises:
        SourceError: The page is nested too deeply, or contains neither an element nor text.
    """
    return _parse_xhtml(text, where)[0] if _DECLARATION.match(text) else parse_html(text, where)


def parse_html(text: str, where: str) -> _Element:
    """Parse HTML, tolerating any errors in it.

    Args:
        text: The document.
        where: The document's name in messages.

    Returns:
        The root element, `html`.

    Raises:
        SourceError: The document is nested too deeply, or contains neither an element nor text.
    """
    from lxml import etree  # takes 20 ms, which other formats do not need

    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    text = _without_controls(text)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise SourceError("contains nothing that can be read as HTML", where=where) from error
    fatal = next((entry for entry in parser.error_log if entry.level == etree.ErrorLevels.FATAL), None)
    if fatal:
        raise SourceError(f"cannot be read as HTML: {fatal.message[:200]}", where=f"{where}:{fatal.line}")
    if root is None:
        raise SourceError("contains nothing that can be read as HTML", where=where)
    return root


def decode_html(data: bytes, where: str, encoding: str | None = None, language: str | None = None) -> str:
    """Decode HTML: by byte order mark, else as UTF-8, else in the user's encoding, else by its `<meta charset>`.

    Args:
        data: The document's bytes.
        where: The document's name in messages.
        encoding: The encoding that the user named, or None.
        language: BCP 47 tag of the text, used to suggest an encoding in the error's hint.

    Raises:
        SourceError: The bytes cannot be decoded.
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
            # HTML has no such entities, and their replacement text may be huge.
            raise
        return parse_html(_without_declaration(text), where), error


def _parse_well_formed(text: str, where: str, *, recover: bool = False) -> _Element:
    from lxml import etree  # takes 20 ms, which other formats do not need

    parser = etree.XMLParser(
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    text = _without_declaration(text)
    if recover:
        text = _HALF_REFERENCE.sub("\ufffd", _without_controls(text))
    if "&" in text:
        text = _ENTITY.sub(_character, text)
    try:
        return etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        message = f"is not well-formed XML: {(error.msg or 'no reason given')[:200]}"
        raise SourceError(message, where=f"{where}:{error.lineno or 1}") from error


def _without_controls(text: str) -> str:
    """Return a document without the control characters that no element can contain, and references to them."""
    text = _CONTROL.sub(lambda found: " " if found[0] in _SPACES else "", text)
    return _CONTROL_REFERENCE.sub("", text)


def _without_declaration(text: str) -> str:
    """Return a document with only the line ends of its XML declaration, which may name the wrong encoding."""
    found = _DECLARATION.match(text)
    return "\n" * found.group().count("\n") + text[found.end() :] if found else text


def _character(entity: re.Match[str]) -> str:
    """Return an HTML entity as numeric references; XML's own entities and unknown ones are left unchanged."""
    if entity[1] in _XML_ENTITIES:
        return entity[0]
    characters = html5.get(f"{entity[1]};")
    return "".join(f"&#{ord(character)};" for character in characters) if characters else entity[0]
