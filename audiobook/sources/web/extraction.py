"""Extracting the article of a web page with `readability`, in a child process (see `child`)."""

from __future__ import annotations

import logging
import re
import sys
from html import escape
from typing import Final

import msgspec
from msgspec.structs import replace

from audiobook.child import set_limits
from audiobook.document import LANGUAGE_TAG, Metadata, count_chars
from audiobook.errors import SourceError
from audiobook.sources.base import Source
from audiobook.sources.html.reader import HtmlReader
from audiobook.sources.markup.tree import decode_html
from audiobook.sources.title_text import title_text

_BY_HAND: Final = "open it in a browser, save the page, and put the file into texts/"
_LANGUAGES = re.compile(
    r"""
    <meta\s[^>]{0,100}?["'](?:og:locale|content-language|language)["']          # <meta property="og:locale"
    [^>]{0,100}?content=["']([A-Za-z_-]{2,35})["']                              # content="fi_FI"
    """,
    re.IGNORECASE | re.VERBOSE,
)
_HEAD_CHARS: Final = 200_000
_LEAST_CHARS: Final = 200
"""An article shorter than this is probably not the text of its page, which is then kept as it is."""


class Page(msgspec.Struct):
    """A web page as the server sent it.

    Attributes:
        address: Its address, as shown in messages.
        link: Its address.
        data: Its bytes.
        encoding: The encoding that the server or the user named, or None.
        language: BCP 47 tag that the user named, or None.
        declared: BCP 47 tag that the server named, or None.
    """

    address: str
    link: str
    data: bytes
    encoding: str | None = None
    language: str | None = None
    declared: str | None = None


class Extracted(msgspec.Struct):
    """The article of a page, or the reason why there is none.

    Attributes:
        html: The article as a separate page, in UTF-8.
        title: Its title; "" without one.
        language: BCP 47 tag that the page declares, or None.
        is_whole: Whether no article was found, so that the whole page is kept.
        refused: Message and hint of the error.
    """

    html: str = ""
    title: str = ""
    language: str | None = None
    is_whole: bool = False
    refused: tuple[str, str | None] | None = None


def main() -> None:
    """Read a `Page` from standard input and write `Extracted`, both as MessagePack."""
    set_limits(int(sys.argv[1]), int(sys.argv[2]))
    page = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Page)
    try:
        extracted = extract(page)
    except SourceError as error:
        extracted = Extracted(refused=(error.message, error.hint))
    sys.stdout.buffer.write(msgspec.msgpack.encode(extracted))


def extract(page: Page) -> Extracted:
    """Extract the article of a page.

    Raises:
        SourceError: The page cannot be decoded, or contains no text.
    """
    text = decode_html(page.data, page.address, page.encoding, page.language)
    source = Source(text.encode(), page.address, "page", page.language or "und", "")
    article = _article(text)
    try:
        metadata = HtmlReader().read(source).metadata
    except SourceError as error:  # for example, because all of the page is a form
        if article is None:
            raise SourceError(error.message, where=page.address, hint=_BY_HAND) from error
        metadata = Metadata(title=_title(text) or None)
    if not metadata.language:
        metadata = replace(metadata, language=_declared(text) or page.declared)
    return Extracted(
        _page(article or _body(text), metadata, page.link),
        metadata.title or "",
        metadata.language,
        is_whole=article is None,
    )


def _title(text: str) -> str:
    from lxml import etree  # after the limits are set

    return title_text(etree.fromstring(text, etree.HTMLParser()).findtext(".//title") or "")


def _declared(text: str) -> str | None:
    """Return the language that the metadata of a page declares, as a BCP 47 tag; None if it declares none."""
    for found in _LANGUAGES.finditer(text[:_HEAD_CHARS]):
        tag = found[1].replace("_", "-")
        if LANGUAGE_TAG.match(tag):
            return tag
    return None


def _article(text: str) -> str | None:
    """Return the article of a page in HTML; None if none is found, or hardly anything is left of it."""
    from lxml import etree  # after the limits are set
    from readability import Document

    logging.disable(logging.CRITICAL)
    try:
        article = str(Document(text).summary(html_partial=True))
        left = count_chars("".join(etree.fromstring(article, etree.HTMLParser()).itertext()))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - the package raises many kinds of exceptions for odd pages
        return None
    return article if left >= _LEAST_CHARS else None


def _body(text: str) -> str:
    """Return the body of a page in HTML."""
    from lxml import etree  # after the limits are set

    body = etree.fromstring(text, etree.HTMLParser()).find("body")
    return (
        ""
        if body is None
        else "".join(
            [escape(body.text or "", quote=False)]
            + [etree.tostring(child, encoding="unicode", method="html") for child in body]
        )
    )


def _page(body: str, metadata: Metadata, link: str) -> str:
    """Return a page with this body that describes itself as the original does."""
    named = [
        *(("author", author) for author in metadata.authors),
        ("date", metadata.date),
        ("description", metadata.description),
    ]
    metas = "".join(f'<meta name="{name}" content="{escape(value)}">\n' for name, value in named if value)
    language = f' lang="{escape(metadata.language)}"' if metadata.language else ""
    return (
        f'<!DOCTYPE html>\n<html{language}>\n<head>\n<meta charset="utf-8">\n<title>{escape(metadata.title or "")}</title>\n'
        f'{metas}<link rel="canonical" href="{escape(link)}">\n</head>\n<body>\n<article>\n{body}\n</article>\n</body>\n</html>\n'
    )


if __name__ == "__main__":
    main()
