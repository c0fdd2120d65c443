"""Converting a Word document to HTML, in a child process (see `child`). Reads only XML parts; downloads nothing.

Source: ECMA-376, parts 1 (WordprocessingML) and 2 (packaging).
"""

from __future__ import annotations

import posixpath
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import msgspec

from audiobook.child import set_limits
from audiobook.document import count_chars
from audiobook.errors import SourceError
from audiobook.sources.archive import Archive
from audiobook.sources.markup.heading_lookalikes import MARKED_CLASS
from audiobook.sources.markup.semantics import QUOTATION_CLASS
from audiobook.sources.markup.tree import parse_xml
from audiobook.sources.office.hidden import hide, mark_contents
from audiobook.sources.office.raised_runs import make_superscript, raised_styles

if TYPE_CHECKING:
    from lxml.etree import _Element

CONTENT: Final = "word/document.xml"
TITLE_CLASS: Final = "work-title"
CONTENTS_STYLE: Final = "AudiobookContents"
"""The style given to each paragraph of the table of contents."""
_PART = re.compile(
    r"""
    \[Content_Types\]\.xml
    | (?:[^/]{1,80}/){0,3}_rels/[^/]{0,80}\.rels  # word/_rels/document.xml.rels
    | word/[^/]{1,80}\.xml  # word/document.xml
    """,
    re.VERBOSE,
)
_PICTURE = re.compile(r"word/media/[^/]{1,200}")
_ASIDE = re.compile(r"word/(?P<kind>header|footer|comments)\d{0,4}\.xml")
_REASONS: Final = {"header": "running heads", "footer": "running heads", "comments": "comments"}
_BODY_STYLES: Final = frozenset(
    ("normal", "body text", "standard", "text body", "no spacing", "default", "default paragraph style")
)
_QUOTATIONS: Final = ("Quote", "Intense Quote", "Block Text", "Quotations")
_LARGE_POINTS: Final = 15
"""Letters of this size, in points, are larger than those of a text."""
_CORE: Final = "docProps/core.xml"
_STYLES_PART: Final = "word/styles.xml"
_DUBLIN_CORE: Final = "{http://purl.org/dc/elements/1.1/}"
_STYLES: Final = f"""
p[style-name='Title'] => p.{TITLE_CLASS}:fresh
p[style-name='title'] => p.{TITLE_CLASS}:fresh
p.Title => p.{TITLE_CLASS}:fresh
p.{CONTENTS_STYLE} => p.contents-list:fresh
p[style-name='heading 7'] => h6:fresh
p[style-name='heading 8'] => h6:fresh
p[style-name='heading 9'] => h6:fresh
p[style-name='{MARKED_CLASS}'] => p.{MARKED_CLASS}:fresh
{"".join(f"p[style-name='{name}'] => p.{QUOTATION_CLASS}:fresh" + chr(10) for name in _QUOTATIONS)}"""


class Docx(msgspec.Struct):
    """The content of a document, or the reason why it cannot be read.

    Attributes:
        html: The text.
        title: Title from the document's properties.
        author: Author from the document's properties.
        skipped_chars: Number of characters that are not in `html`, by reason.
        problems: Place and message of each problem of the archive.
        refused: Message, place and hint of the error.
    """

    html: str = ""
    title: str = ""
    author: str = ""
    skipped_chars: dict[str, int] = {}
    problems: tuple[tuple[str, str], ...] = ()
    refused: tuple[str, str | None, str | None] | None = None


def main() -> None:
    """Read a document from standard input and write it as JSON; the third argument is the file's name."""
    set_limits(int(sys.argv[1]), int(sys.argv[2]))
    try:
        docx = read_document(sys.stdin.buffer.read(), sys.argv[3])
    except SourceError as error:
        docx = Docx(refused=(error.message, error.where, error.hint))
    sys.stdout.buffer.write(msgspec.json.encode(docx))


def read_document(data: bytes, name: str) -> Docx:
    """Convert a document to HTML.

    Args:
        data: The file's bytes.
        name: The file's name in messages.

    Raises:
        SourceError: The document cannot be read.
    """
    import mammoth  # after the limits are set

    archive = Archive(data, name, top=(CONTENT,))
    skipped: Counter[str] = Counter()
    parts = BytesIO()
    raised = raised_styles(_root(archive, _STYLES_PART)) if _STYLES_PART in archive else frozenset()
    with zipfile.ZipFile(parts, "w") as kept:
        for member in filter(_PICTURE.fullmatch, archive.members):
            kept.writestr(member, member)  # its name in place of the picture, which is not read here
        for member in filter(_PART.fullmatch, archive.members):
            root = _root(archive, member)
            skipped += hide(root)
            mark_contents(root, CONTENTS_STYLE)
            make_superscript(root, raised)
            kept.writestr(member, _serialised(root))
            if aside := _ASIDE.fullmatch(member):
                skipped[_REASONS[aside["kind"]]] += _text_chars(root)
    core = _root(archive, _CORE) if _CORE in archive else None
    try:
        result = mammoth.convert_to_html(
            parts,
            style_map=_STYLES,
            include_embedded_style_map=False,
            transform_document=_with_looks(),
            convert_image=mammoth.images.img_element(lambda image: {"src": _address(image)}),
            external_file_access=False,
        )
    except RecursionError as error:
        raise SourceError("is nested too deeply to be read", where=name) from error
    except MemoryError:
        raise
    except Exception as error:
        # The library raises many kinds of exceptions for invalid documents.
        raise SourceError(
            "is not a readable Word document", where=name, hint="open it in Word and save it again"
        ) from error
    problems = tuple((problem.where, problem.message) for problem in archive.problems)
    return Docx(result.value, _property(core, "title"), _property(core, "creator"), {**+skipped}, problems)


def _address(image: Any) -> str:  # noqa: ANN401 - the library has no types
    """Return the address of a picture, relative to the document; empty if it is not in the archive."""
    try:
        with image.open() as stream:
            name = stream.read().decode()
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - the library raises many kinds of exceptions for pictures that are elsewhere
        return ""
    return quote(posixpath.relpath(name, "word"))


def _with_looks() -> Callable[[Any], Any]:
    """Return a step of the conversion that gives `MARKED_CLASS` to paragraphs that look like headings."""
    from mammoth import documents, transforms

    def marked(paragraph: Any) -> Any:  # noqa: ANN401 - the library has no types
        if paragraph.numbering or not _is_body(paragraph.style_name):
            return paragraph
        runs = [
            run
            for run in transforms.get_descendants_of_type(paragraph, documents.Run)
            if "".join(text.value for text in transforms.get_descendants_of_type(run, documents.Text)).strip()
        ]
        looks = paragraph.alignment == "center" or all(
            run.is_bold or (run.font_size or 0) >= _LARGE_POINTS for run in runs
        )
        if not runs or not looks:
            return paragraph
        return paragraph.copy(style_id=MARKED_CLASS, style_name=MARKED_CLASS)

    transform: Callable[[Any], Any] = transforms.paragraph(marked)
    return transform


def _is_body(style_name: str | None) -> bool:
    """Return whether a style is that of ordinary paragraphs."""
    return (style_name or "normal").casefold() in _BODY_STYLES


def _root(archive: Archive, member: str) -> _Element:
    root = parse_xml(archive.read(member), archive.where(member))
    if root.getroottree().docinfo.doctype:
        raise SourceError(
            "contains a document type declaration, which Word documents never do", where=archive.where(member)
        )
    return root


def _serialised(root: _Element) -> bytes:
    from lxml import etree  # after the limits are set

    return bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))


def _text_chars(root: _Element) -> int:
    return sum(count_chars(element.text or "") for element in root.iter("{*}t"))


def _property(core: _Element | None, name: str) -> str:
    found = None if core is None else core.findtext(f"{_DUBLIN_CORE}{name}")
    return (found or "")[:1000]


if __name__ == "__main__":
    main()
