"""An old MOBI book (version 7 and below) as an EPUB, so that both are read alike.

The text of such a book is one long page; page breaks divide it into documents.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import Final

from audiobook.sources.markup.tree import decode_html, parse_html

_PAGE_BREAK = re.compile(r"<mbp:pagebreak\b[^>]{0,200}>", re.IGNORECASE)
_ANCHOR = re.compile(r'<a id="(filepos\d{1,12})"\s*/>')
_TARGET = re.compile(r'(?:book\.html)?#(filepos\d{1,12})(?=["\'])')
_COVER = re.compile(r'<item id="cover_img" media-type="(image/\w{1,20})" href="([^"]{1,200})"')
_CONTENTS = re.compile(r'<reference\b[^>]{0,200}\btype="toc"[^>]{0,200}')
_CONTAINER: Final = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
    '<rootfile full-path="content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
_TAG = re.compile(r"[A-Za-z][\w.-]*", re.ASCII)
_MOST_PAGES: Final = 10_000


def as_epub(page: bytes, package: str, navigation: str | None, cover: bytes | None) -> bytes:
    """Return a book as an EPUB.

    Args:
        page: Its text in HTML, with `mbp:pagebreak` between pages, and anchors named `filepos…`.
        package: Its metadata, as an OPF package.
        navigation: Its table of contents as NCX, or None.
        cover: The bytes of its cover, or None.
    """
    text = _ANCHOR.sub(r'<a id="\1"></a>', decode_html(page, "book.html"))
    pieces = _PAGE_BREAK.split(text, maxsplit=_MOST_PAGES)
    homes = {
        name: number
        for number, piece in enumerate(pieces)
        for name in re.findall(r'<a id="(filepos\d+)">', piece)
    }

    def place(found: re.Match[str]) -> str:
        return f"{homes.get(found[1], 0)}.xhtml#{found[1]}"

    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        book.writestr("mimetype", "application/epub+zip")
        book.writestr("META-INF/container.xml", _CONTAINER)
        for number, piece in enumerate(pieces):
            book.writestr(f"{number}.xhtml", _as_xhtml(_TARGET.sub(place, piece)))
        if navigation is not None:
            book.writestr("toc.ncx", _TARGET.sub(place, navigation))
        if cover is not None:
            book.writestr("cover", cover)
        book.writestr("content.opf", _package(package, len(pieces), homes, cover is not None))
    return stream.getvalue()


def _as_xhtml(piece: str) -> bytes:
    from lxml import etree  # after the limits are set

    root = parse_html(f"<div>{_without_head(piece)}</div>", "book.html")
    for element in root.iter("*"):
        name = element.tag.rpartition(":")[2]  # <idx:entry>: the parser does not know namespaces
        element.tag = name if _TAG.fullmatch(name) else "span"
        for name in [name for name in element.attrib if ":" in name]:
            del element.attrib[name]
    return bytes(etree.tostring(root, encoding="utf-8"))


def _without_head(piece: str) -> str:
    start, end = piece.find("<head>"), piece.find("</head>")
    return piece[:start] + piece[end:] if 0 <= start < end else piece


def _package(package: str, count: int, homes: dict[str, int], has_cover: bool) -> str:
    start, end = package.find("<metadata"), package.find("</metadata>")
    metadata = package[start:end] + "</metadata>" if 0 <= start < end else "<metadata/>"
    cover = _COVER.search(package) if has_cover else None
    documents = "".join(
        f'<item id="d{number}" href="{number}.xhtml" media-type="application/xhtml+xml"/>'
        for number in range(count)
    )
    picture = f'<item id="cover_img" href="cover" media-type="{cover[1]}"/>' if cover else ""
    order = "".join(f'<itemref idref="d{number}"/>' for number in range(count))
    contents = _CONTENTS.search(package)
    target = _TARGET.search(contents[0] + '"') if contents else None
    home = homes.get(target[1]) if target else None
    guide = (
        f'<guide><reference type="toc" href="{home}.xhtml"/></guide>'
        if home is not None and count > 1
        else ""
    )
    return (
        '<package version="2.0" xmlns="http://www.idpf.org/2007/opf">'
        f"{metadata}<manifest>{documents}{picture}"
        '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/></manifest>'
        f'<spine toc="ncx">{order}</spine>{guide}</package>'
    )
