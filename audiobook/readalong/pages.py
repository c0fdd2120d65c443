"""The pages of a read-along book: one per chapter, the table of contents, and their style.

Source: EPUB 3.3 (W3C), sections 6.1 (XHTML) and 7 (navigation document).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from audiobook.book.record.chapters import ParagraphRecord
from audiobook.book.record.works import Record
from audiobook.document import Kind
from audiobook.readalong.spans import Span, Sync, spans_of
from audiobook.readalong.xml import language_attributes, xml_line, xml_text

ACTIVE_CLASS: Final = "-epub-media-overlay-active"
"""Class of the span being spoken. Source: EPUB 3.3, section 9.3.2.2 (the name that it recommends)."""
PLAYING_CLASS: Final = "-epub-media-overlay-playing"
_DEEPEST: Final = 6
_PAGE: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" {language}>
<head>
<title>{title}</title>
<link rel="stylesheet" type="text/css" href="{style}"/>
</head>
<body>
{body}
</body>
</html>
"""
ACTIVE_STYLE: Final = f"""\
.{ACTIVE_CLASS} {{
  background-color: #ffe08a;
  color: #000;
}}
.{PLAYING_CLASS} {{
  cursor: default;
}}
"""
"""Style sheet for the span being spoken."""
STYLE: Final = f"""\
{ACTIVE_STYLE}h1, h2, h3, h4, h5, h6 {{
  line-height: 1.25;
  text-align: start;
}}
p {{
  margin: 0 0 0.75em;
}}
p.verse {{
  margin-inline-start: 1.5em;
}}
p.break {{
  margin: 1.5em 0;
  text-align: center;
}}
.cover {{
  text-align: center;
}}
.cover img {{
  max-height: 95vh;
  max-width: 100%;
}}
nav ol {{
  list-style-type: none;
  padding-inline-start: 1em;
}}
"""


def chapter_page(record: Record, number: int, sync: Sync) -> str:
    """Return the page of a chapter.

    Args:
        record: Record of the work.
        number: Index of the chapter, from 0.
        sync: Whether sentences or words are highlighted.
    """
    chapter = record.chapters[number]
    title = xml_line(chapter.title)
    lines = [f'<section id="chapter" epub:type="chapter" role="doc-chapter" aria-label="{title}">']
    for place, paragraph in enumerate(chapter.paragraphs, 1):
        if paragraph.text.strip():
            spans = tuple(spans_of(paragraph, place, sync))
            lines.append(_paragraph(paragraph, chapter.level, spans, record.language))
    lines.append("</section>")
    return _page(record, title, "../style.css", "\n".join(lines))


def cover_page(record: Record) -> str:
    """Return the page with the cover; nothing on it is read aloud."""
    title = xml_line(record.title)
    picture = f'<img src="cover.jpg" alt="{title}"/>'
    body = f'<section class="cover" epub:type="cover">{picture}</section>'
    return _page(record, title, "style.css", body)


def contents_page(record: Record, names: Sequence[str]) -> str:
    """Return the table of contents.

    Args:
        record: Record of the work.
        names: Name of the page of each chapter, relative to this one.
    """
    title = xml_line(record.title)
    entries = "\n".join(contents_entries(record, names))
    toc = f'<nav epub:type="toc" role="doc-toc" id="toc" aria-label="{title}">\n<h1>{title}</h1>\n{entries}\n</nav>'
    start = (
        '<nav epub:type="landmarks" id="landmarks" hidden="hidden">\n'
        f'<ol><li><a epub:type="bodymatter" href="{names[0]}">{title}</a></li></ol>\n</nav>'
    )
    return _page(record, title, "style.css", f"{toc}\n{start}")


def _page(record: Record, title: str, style: str, body: str) -> str:
    language = language_attributes(record.language)
    return _PAGE.format(language=language, title=title or "-", style=style, body=body)


def contents_entries(record: Record, names: Sequence[str]) -> Iterator[str]:
    """Yield the lines of nested lists of links; a chapter is at most one level deeper than the one before it."""
    depth = 0
    for chapter, name in zip(record.chapters, names, strict=True):
        level = min(chapter.level, depth + 1, _DEEPEST)
        if level > depth:
            yield "<ol>"
        else:
            yield "</li>" + "</ol></li>" * (depth - level)
        depth = level
        yield f'<li><a href="{name}">{xml_line(chapter.title) or "-"}</a>'
    yield "</li></ol>" * depth


def _paragraph(paragraph: ParagraphRecord, level: int, spans: Sequence[Span], language: str) -> str:
    match paragraph.kind:
        case Kind.TITLE:
            element, kind = "h1", ""
        case Kind.HEADING:
            element, kind = f"h{min(level + 1, _DEEPEST)}", ""
        case Kind.BREAK:
            element, kind = "p", ' class="break"'
        case Kind.TEXT:
            element, kind = "p", ' class="verse"' if "\n" in paragraph.text else ""
    html, done = [], 0
    for span in spans:
        html.append(_run(paragraph, done, span.start, language))
        html.append(_run(paragraph, span.start, span.end, language, span.id))
        done = span.end
    html.append(_run(paragraph, done, len(paragraph.text), language))
    return f"<{element}{kind}>{''.join(html)}</{element}>"


def _run(paragraph: ParagraphRecord, start: int, end: int, language: str, name: str = "") -> str:
    """Return a part of a paragraph as HTML, in a span with the id `name` unless that is empty, with languages marked."""
    html: list[str] = []
    done = start
    for first, last, tag in paragraph.foreign:
        opens, closes = max(first, start), min(last, end)
        if opens >= closes:
            continue
        inner = _shown(paragraph.text[opens:closes])
        attributes = language_attributes(tag, language)
        if name and (opens, closes) == (start, end):
            return f'<span id="{name}" {attributes}>{inner}</span>'
        html += (_shown(paragraph.text[done:opens]), f"<span {attributes}>{inner}</span>")
        done = closes
    html.append(_shown(paragraph.text[done:end]))
    return f'<span id="{name}">{"".join(html)}</span>' if name else "".join(html)


def _shown(text: str) -> str:
    return xml_text(text).replace("\n", "<br/>\n")
