"""PDF files for tests, written by hand. Source: ISO 32000-1, sections 7.5 (file structure), 9.4 (text), 12.3.3 (outline)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 400, 600
_TURNS = ("1 0 0 1", "0 1 -1 0", "-1 0 0 -1", "0 -1 1 0")
_HEBREW = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap
1 begincodespacerange <00> <FF> endcodespacerange
2 beginbfrange <20> <40> <0020> <41> <5A> <05D0> endbfrange
endcmap end end"""


class Text(NamedTuple):
    """Words at a position, in points from the left and bottom edges of the page.

    Attributes:
        font: `F1` for Courier; `F2` for Courier-Bold; `F3` for Hebrew letters, written as A to Z, in which brackets and
            digits are themselves. Each letter is 0.6 times as wide as its size.
        turn: Direction of writing, in quarter turns anticlockwise.
    """

    x: float
    y: float
    text: str
    size: float = 10
    font: str = "F1"
    turn: int = 0


class Entry(NamedTuple):
    """An outline entry: its words, and the page it points to, from 0."""

    title: str
    page: int


def flow(
    lines: Sequence[str], x: float = 50, top: float = 540, size: float = 10, leading: float = 12
) -> list[Text]:
    """Return lines below each other, starting at `x`; a line with leading spaces is indented by 15 points."""
    return [
        Text(x + (15 if line.startswith(" ") else 0), top - number * leading, line.strip(), size)
        for number, line in enumerate(lines)
    ]


def pdf(
    pages: Sequence[Sequence[Text]],
    info: dict[str, str] | None = None,
    outline: Sequence[Entry] = (),
    extra: str = "",
    rotate: int = 0,
) -> bytes:
    """Return a PDF with these pages, shown turned by `rotate` degrees; `extra` is added to its trailer."""
    objects: dict[int, bytes] = {}
    first_page = 10
    first_entry = first_page + 2 * len(pages)
    kids = " ".join(f"{first_page + 2 * number} 0 R" for number in range(len(pages)))
    outlines = "/Outlines 5 0 R" if outline else ""
    objects[1] = f"<< /Type /Catalog /Pages 2 0 R {outlines} >>".encode()
    objects[2] = f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode()
    objects[3] = b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>"
    objects[6] = b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier-Bold /Encoding /WinAnsiEncoding >>"
    objects[7] = b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier /ToUnicode 8 0 R >>"
    objects[8] = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(_HEBREW), _HEBREW)
    fields = " ".join(f"/{key} {_string(value)}" for key, value in (info or {}).items())
    objects[4] = f"<< {fields} >>".encode("latin-1")
    if outline:
        last = first_entry + len(outline) - 1
        objects[5] = (
            f"<< /Type /Outlines /First {first_entry} 0 R /Last {last} 0 R /Count {len(outline)} >>".encode()
        )
    for number, page in enumerate(pages):
        at = first_page + 2 * number
        content = _content(page)
        objects[at] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {WIDTH} {HEIGHT}] /Contents {at + 1} 0 R"
            f" /Rotate {rotate} /Resources << /Font << /F1 3 0 R /F2 6 0 R /F3 7 0 R >> >> >>"
        ).encode()
        objects[at + 1] = b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)
    for number, entry in enumerate(outline):
        at = first_entry + number
        after = f"/Next {at + 1} 0 R" if number + 1 < len(outline) else ""
        before = f"/Prev {at - 1} 0 R" if number else ""
        page_at = first_page + 2 * entry.page
        objects[at] = (
            f"<< /Title {_string(entry.title)} /Parent 5 0 R {after} {before} /Dest [{page_at} 0 R /XYZ 0 600 0] >>"
        ).encode("latin-1")
    return _file(objects, extra)


def _content(page: Sequence[Text]) -> bytes:
    drawn = [
        f"BT /{text.font} {text.size} Tf {_TURNS[text.turn]} {text.x} {text.y} Tm {_literal(text.text)} Tj ET"
        for text in page
    ]
    return "\n".join(drawn).encode("cp1252")


def _literal(text: str) -> str:
    return "(" + text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)") + ")"


def _string(text: str) -> str:
    return "<FEFF" + text.encode("utf-16-be").hex().upper() + ">"


def _file(objects: dict[int, bytes], extra: str) -> bytes:
    data = bytearray(b"%PDF-1.4\n")
    places: dict[int, int] = {}
    for number, body in sorted(objects.items()):
        places[number] = len(data)
        data += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(data)
    size = max(objects) + 1
    data += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        data += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n"
    data += (
        f"trailer\n<< /Size {size} /Root 1 0 R /Info 4 0 R {extra} >>\nstartxref\n{table}\n%%EOF\n".encode()
    )
    return bytes(data)
