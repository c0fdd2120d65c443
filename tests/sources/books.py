"""EPUB files made for tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
    '<rootfile full-path="OEBPS/content.opf" media-type="application/oebps-package+xml"/>'
    "</rootfiles></container>"
)
XHTML = "application/xhtml+xml"


def zipped(members: Mapping[str, str | bytes]) -> bytes:
    """Return a zip with these members, compressed."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def page(body: str, head: str = "", attributes: str = "") -> str:
    """Return an XHTML document."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
        f'xmlns:ssml="http://www.w3.org/2001/10/synthesis" {attributes}>'
        f"<head><title>t</title>{head}</head><body>\n{body}</body></html>"
    )


def nav(lines: str) -> str:
    """Return a navigation document with these `li` elements."""
    return page(f'<nav epub:type="toc"><ol>{lines}</ol></nav>')


def package(
    documents: Sequence[str],
    *,
    metadata: str = "",
    manifest: str = '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>',
    spine: str | None = None,
    rest: str = "",
) -> str:
    """Return a package with documents `0.xhtml`, `1.xhtml`, …, with items `d0`, `d1` and so on."""
    items = "".join(
        f'<item id="d{n}" href="{name}" media-type="{XHTML}"/>' for n, name in enumerate(documents)
    )
    order = "".join(f'<itemref idref="d{n}"/>' for n in range(len(documents))) if spine is None else spine
    return (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:opf="http://www.idpf.org/2007/opf" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" version="3.0"><metadata>'
        f"<dc:title>The Book</dc:title><dc:language>en</dc:language>{metadata}</metadata>"
        f'<manifest>{manifest}{items}</manifest><spine toc="ncx">{order}</spine>{rest}</package>'
    )


def members(*bodies: str, contents: str = "", **options: str) -> dict[str, str | bytes]:
    """Return the members of a book with documents `0.xhtml`, `1.xhtml` and so on, one for each body."""
    names = [f"{number}.xhtml" for number in range(len(bodies))]
    found: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/content.opf": package(names, **options),
        "OEBPS/nav.xhtml": nav(contents),
    }
    found.update({f"OEBPS/{name}": page(body) for name, body in zip(names, bodies, strict=True)})
    return found
