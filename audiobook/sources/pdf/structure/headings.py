"""The headings of a PDF, found by their type (large, bold, centred, in capitals) or by their words and numbers.

Headings of a kind count only if they are a series: short lines of the same kind with text between them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from audiobook.document import is_speakable
from audiobook.sources.chapters.lines import CHAPTER, chapter_line, is_contents_line
from audiobook.sources.pdf.numerals import (
    count_of,
    is_bare_number,
    is_number,
    is_numbered,
    is_spelled_number,
    label_and_number,
)
from audiobook.sources.pdf.structure.contents import Entry
from audiobook.sources.pdf.structure.paragraphs import BULLETS, PdfParagraph

LONGEST_HEADING_CHARS: Final = 200
_LARGER: Final = 1.12
"""Minimum size of a heading, relative to the text."""
_TITLE_SIZE: Final = 1.3
_SAME_SIZE_PT: Final = 0.6
_MOST_CHARS: Final = 0.25
"""If more than this share of all characters is in large type, large type does not mark headings."""
_MOST_SET_APART: Final = 0.12
"""The same for headings in the size of the text."""
LONGEST_TITLE_CHARS: Final = 90
_LEAST_BETWEEN_CHARS: Final = 120
"""Minimum mean length of the text after each heading of a series of the size of the text."""
_LONGEST_TITLE_PAGE_CHARS: Final = 500
_LEAST_TITLE_PAGE_LINES: Final = 4
_TITLE_WITHIN: Final = 12
_TITLE_PAGES: Final = 2
PROSE_END: Final = re.compile(r"[.!?…;,:。．！？；：，、؟،؛।][\"”’»)\]」』）]*$")
_CAPTION: Final = re.compile(
    r"""
    (?: fig(?:ures?|ur|\.)? | tables? | tab\. | chart | diagram(?:me|m)? | graph | photo | plate | map | scheme | listing
      | algorithm | abb(?:ildung|\.) | tabellen? | schema | tableau | graphique | carte | figuu?ra | tabla | cuadro | gr[áa]ficoe?
      | tabell?a | tabell? | afbeelding | kuva(?:aja)? | kuvio | taulukko | kartta | rys(?:unek|\.) | wykres | mapa | zdj(?:ęcie|\.)
      | att(?:ēls|\.) | slika | preglednica | obr(?:ázek|\.) | gambar | рис(?:унок|\.) | табл(?:ица|\.) | 图 | 圖 | 図 | 表 | 그림 | 표 )
    \s* (?-i: [A-Z]{0,2}[.-]?\d | [IVXLC]{1,6}\b ) # Figure 3, Fig. A.1, Table IV
    | \d{1,3}(?:\.\d{1,3})?\.?\s+ (?: attēls | tabula | ábra | táblázat | pav\. | lentelė | att\. ) (?!\w) # 2. attēls
    """,
    re.IGNORECASE | re.VERBOSE,
)
_LEAST_SIZE: Final = 0.85
"""Minimum size of a heading, relative to the text; smaller lines are labels in figures and tables."""
_RISING: Final = 0.8
"""Minimum share of numbers of a series that are one more than the last."""
_SAME_HEIGHT: Final = 0.5
"""Maximum distance between the baselines of two cells of a row, relative to their size."""
_NO_HEADING: Final = ("—", "―", "– ", "- ", *BULLETS)
_WIDE: Final = re.compile("[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_STOP: Final = re.compile(r"[.!?…。！？؟।][\"”’»)\]」』）]*$")
_SENTENCE: Final = re.compile(r"[.!?…][\"”’»)\]]*\s+[^\W\d_]")
COUNTED: Final = re.compile(r"(?:\d+|[IVXLCDM]+|[A-Z])[.)]|\d+(?:\.\d+)*\s")
_LEAST_SENTENCE_SPACES: Final = 4
_NO_LETTER: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Headings:
    """The headings among the paragraphs of a document.

    Attributes:
        title: Indices of the paragraphs that are the title of the work.
        levels: The level of each heading, from 1, by the index of its paragraph; 0 for one that starts no chapter.
        is_series: Whether there are at least two headings of a kind.
    """

    title: range
    levels: dict[int, int]
    is_series: bool


def find_headings(paragraphs: Sequence[PdfParagraph], size: float, entries: Sequence[Entry]) -> Headings:
    """Find the title and the headings.

    Args:
        paragraphs: In reading order.
        size: The usual font size of the text, in points.
        entries: The table of contents.
    """
    title = _title(paragraphs, size)
    larger = _larger(paragraphs, size, title)
    taken = {*title, *larger}
    small = {at for at, paragraph in enumerate(paragraphs) if paragraph.size < _LEAST_SIZE * size}
    series = [
        found
        for found in (
            _named(paragraphs, taken | small),
            _rising(paragraphs, _of_kind(paragraphs, taken | small, _is_numeral)),
            _of_kind(paragraphs, taken | small, lambda paragraph: is_spelled_number(paragraph.text)),
            _without_table_heads(
                paragraphs, _of_kind(paragraphs, taken | small, lambda paragraph: paragraph.bold)
            ),
            _of_kind(paragraphs, taken | small, is_in_capitals),
            _in_contents(paragraphs, taken, entries),
        )
        if found
    ]
    lowest = max(larger.values(), default=0)
    levels = dict(larger)
    is_numbered = any(is_bare_number(paragraphs[at].text) for at in larger)
    if series and (len(larger) < 2 or (not is_numbered and is_bare_number(paragraphs[min(series[0])].text))):
        first = min(series[0].values())
        levels |= {at: lowest + level - first + 1 for at, level in series[0].items()}
    minor = dict.fromkeys(
        (at for found in series for at in found if at not in levels and paragraphs[at].bold), 0
    )
    return Headings(title, minor | levels, len(levels) > 1)


def _title(paragraphs: Sequence[PdfParagraph], size: float) -> range:
    """Return the paragraphs of the work's title: the largest on the first pages, except chapter headings."""
    first = [at for at, paragraph in enumerate(paragraphs[:_TITLE_WITHIN]) if paragraph.page <= _TITLE_PAGES]
    fitting = [
        at
        for at in first
        if paragraphs[at].size >= _TITLE_SIZE * size
        and is_speakable(paragraphs[at].text)
        and len(paragraphs[at].text) <= LONGEST_HEADING_CHARS
        and not is_contents_line(paragraphs[at].text)
        and not is_bare_number(paragraphs[at].text)
    ]
    if not fitting:
        return range(0)
    start = max(fitting, key=lambda at: (paragraphs[at].size, -at))
    if any(len(paragraphs[at].text) > LONGEST_HEADING_CHARS for at in range(start)):
        return range(0)
    end = start + 1
    while end < len(paragraphs) and end in fitting and is_like(paragraphs[end], paragraphs[start]):
        end += 1
    rest = [
        at
        for at in range(end, len(paragraphs))
        if paragraphs[at].size > paragraphs[start].size - _SAME_SIZE_PT
        and sum(map(str.isalnum, paragraphs[at].text)) > 1
    ]
    if not rest:
        return range(start, end)
    if _is_title_page(paragraphs, range(start, end)):
        return range(start, end)
    opens = end == start + 1 and start == 0 and not _is_text(paragraphs, range(end, rest[0]))
    if opens and all(is_bare_number(paragraphs[at].text) or chapter_line(paragraphs[at].text) for at in rest):
        return range(start, end)
    return range(0)


def _is_title_page(paragraphs: Sequence[PdfParagraph], title: range) -> bool:
    """Return whether lines are the only ones of their size on a first page of short lines."""
    top = paragraphs[title.start]
    first = [
        paragraph for paragraph in paragraphs[: _TITLE_WITHIN * 2] if paragraph.page == paragraphs[0].page
    ]
    return (
        top in first
        and _LEAST_TITLE_PAGE_LINES <= len(first) < _TITLE_WITHIN * 2
        and not any(map(_is_prose, first))
        and chapter_line(top.text) is None
        and COUNTED.match(top.text) is None
        and sum(abs(each.size - top.size) < _SAME_SIZE_PT for each in first) == len(title)
    )


def is_like(paragraph: PdfParagraph, other: PdfParagraph) -> bool:
    """Return whether two paragraphs are on one page and in type of the same size."""
    return paragraph.page == other.page and abs(paragraph.size - other.size) < _SAME_SIZE_PT


def _is_text(paragraphs: Sequence[PdfParagraph], between: range) -> bool:
    return any(len(paragraphs[at].text) > LONGEST_HEADING_CHARS for at in between)


def _larger(paragraphs: Sequence[PdfParagraph], size: float, title: range) -> dict[int, int]:
    """Return the level of each heading in larger type, the largest first; empty if that does not mark headings."""
    found = {
        at: paragraph.size
        for at, paragraph in enumerate(paragraphs)
        if paragraph.size >= _LARGER * size
        and at not in title
        and len(paragraph.text) <= LONGEST_HEADING_CHARS
        and any(map(str.isalnum, paragraph.text))
        and not _is_quotation(paragraph)
        and not _CAPTION.match(paragraph.text)
        and (sum(map(str.isalnum, paragraph.text)) > 1 or is_number(paragraph.text))
    }
    if not _marks_headings(paragraphs, found, title):
        return {}
    title_page = _title_page(paragraphs, title)
    sizes = _steps(found.values())
    found = _without_epigraphs(paragraphs, found, sizes)
    kept = {
        at: sizes[each]
        for at, each in found.items()
        if paragraphs[at].page != title_page or is_bare_number(paragraphs[at].text)
    }
    if title:
        kept = _without_authors(paragraphs, kept, title)
    ranks = sorted(set(kept.values()), reverse=True)
    return {at: ranks.index(each) + 1 for at, each in kept.items()}


def _without_authors(
    paragraphs: Sequence[PdfParagraph], found: Mapping[int, float], title: range
) -> dict[int, float]:
    """Leave out lines in large type on the title's page, unless there are others like them, or text on both sides."""
    first = paragraphs[title.start].page
    elsewhere = {(size, paragraphs[at].bold) for at, size in found.items() if paragraphs[at].page > first}
    counts = Counter(
        size for at, size in found.items() if paragraphs[at].page == first and _is_above_prose(paragraphs, at)
    )
    opening = next((at for at in sorted(found) if _is_opening(paragraphs, at)), 0)
    return {
        at: size
        for at, size in found.items()
        if paragraphs[at].page > first
        or (at >= opening and (size, paragraphs[at].bold) in elsewhere)
        or (_is_above_prose(paragraphs, at) and (counts[size] > 1 or _is_prose(paragraphs[at - 1])))
    }


def _is_opening(paragraphs: Sequence[PdfParagraph], at: int) -> bool:
    """Return whether a line may be the first heading: it is above text, or has a chapter number."""
    text = paragraphs[at].text
    return _is_above_prose(paragraphs, at) or is_bare_number(text) or COUNTED.match(text) is not None


def _is_above_prose(paragraphs: Sequence[PdfParagraph], at: int) -> bool:
    if at + 1 == len(paragraphs):
        return False
    below = paragraphs[at + 1]
    return _is_prose(below) or (below.size < paragraphs[at].size and bool(_STOP.search(below.text)))


def _is_quotation(paragraph: PdfParagraph) -> bool:
    """Return whether a paragraph in large type is a sentence or the name of its author, or an item of a list."""
    if paragraph.text.startswith(_NO_HEADING):
        return True
    is_long = len(paragraph.text) + len(_WIDE.findall(paragraph.text)) > LONGEST_TITLE_CHARS
    return is_long and bool(_SENTENCE.search(paragraph.text) or _STOP.search(paragraph.text))


def _without_epigraphs(
    paragraphs: Sequence[PdfParagraph], found: Mapping[int, float], sizes: Mapping[float, float]
) -> dict[int, float]:
    """Leave out sentences in large type directly below larger headings."""
    epigraphs = {
        at: sizes[size]
        for at, size in found.items()
        if at - 1 in found
        and sizes[found[at - 1]] > sizes[size]
        and paragraphs[at].text.count(" ") >= _LEAST_SENTENCE_SPACES
        and _STOP.search(paragraphs[at].text)
    }
    counts, alike = Counter(epigraphs.values()), Counter(sizes[size] for size in found.values())
    return {
        at: size
        for at, size in found.items()
        if at not in epigraphs or 2 * counts[sizes[size]] <= alike[sizes[size]]
    }


def _marks_headings(paragraphs: Sequence[PdfParagraph], found: Collection[int], title: range) -> bool:
    """Return whether large type marks headings: little text is set in it, or only short lines above smaller text."""
    chars = sum(len(paragraph.text) for paragraph in paragraphs)
    if sum(len(paragraphs[at].text) for at in found) <= _MOST_CHARS * chars:
        return True
    large = {*found, *title}
    above_text = [at for at in found if at + 1 < len(paragraphs) and at + 1 not in large]
    return len(above_text) > 1 and all(
        at in above_text
        and len(paragraphs[at].text) <= LONGEST_TITLE_CHARS
        and not PROSE_END.search(paragraphs[at].text)
        for at in found
    )


def _title_page(paragraphs: Sequence[PdfParagraph], title: range) -> int | None:
    """Return the page of the title; None if there is also text on it."""
    if not title:
        return None
    page = paragraphs[title.start].page
    others = [
        paragraph
        for at, paragraph in enumerate(paragraphs[: _TITLE_WITHIN * 2])
        if paragraph.page == page and at not in title
    ]
    is_text = (
        page == paragraphs[-1].page
        or any(map(_is_prose, others))
        or sum(len(paragraph.text) for paragraph in others) > _LONGEST_TITLE_PAGE_CHARS
    )
    return None if is_text else page


def _is_prose(paragraph: PdfParagraph) -> bool:
    if paragraph.lines > 1 and PROSE_END.search(paragraph.text):
        return True
    return len(paragraph.text) > LONGEST_HEADING_CHARS


def _steps(sizes: Collection[float]) -> dict[float, float]:
    """Map each size to the largest one that looks the same."""
    steps: dict[float, float] = {}
    largest = float("inf")
    for each in sorted(set(sizes), reverse=True):
        if largest - each >= _SAME_SIZE_PT:
            largest = each
        steps[each] = largest
    return steps


def _named(paragraphs: Sequence[PdfParagraph], taken: Collection[int]) -> dict[int, int]:
    """Return the headings that are recognised by their words, such as `CHAPTER I`."""
    marks = {
        at: mark
        for at, paragraph in enumerate(paragraphs)
        if at not in taken and (mark := chapter_line(paragraph.text))
    }
    found = {at: mark.level for at, mark in marks.items()}
    if not any(level == CHAPTER for level in found.values()) and not found:
        found = _of_kind(paragraphs, taken, lambda paragraph: is_numbered(paragraph.text))
        found = found if _count_on([label_and_number(paragraphs[at].text) for at in found]) else {}
    return found


def _count_on(labels: Sequence[tuple[str, int] | None]) -> bool:
    """Return whether most numbers are one more than the last with the same word, or the first of a part."""
    last: dict[str, int] = {}
    steps = 0
    for word, number in filter(None, labels):
        steps += number in (1, last.get(word, 0) + 1)
        last[word] = number
    return steps >= _RISING * len(labels)


def _without_table_heads(paragraphs: Sequence[PdfParagraph], found: dict[int, int]) -> dict[int, int]:
    """Leave out lines that are side by side and not above a sentence, like the heads of a table's columns."""
    rows: dict[tuple[int, int], list[int]] = {}
    for at in found:
        height = round(paragraphs[at].y / max(_SAME_HEIGHT * paragraphs[at].size, 1.0))
        rows.setdefault((paragraphs[at].page, height), []).append(at)
    heads = {
        at
        for row in rows.values()
        if len(row) > 1
        and not any(PROSE_END.search(below.text) for each in row for below in paragraphs[each + 1 :][:1])
        for at in row
    }
    return {at: level for at, level in found.items() if at not in heads}


def _of_kind(
    paragraphs: Sequence[PdfParagraph], taken: Collection[int], is_kind: Callable[[PdfParagraph], bool]
) -> dict[int, int]:
    """Return the headings in the size of the text that are set apart in the same way, if they are a series."""
    found = [
        at
        for at, paragraph in enumerate(paragraphs)
        if at not in taken and _may_be_heading(paragraph) and is_kind(paragraph)
    ]
    chars = sum(len(paragraph.text) for paragraph in paragraphs)
    ours = sum(len(paragraphs[at].text) for at in found)
    if len(found) < 2 or ours > _MOST_SET_APART * chars or chars - ours < _LEAST_BETWEEN_CHARS * len(found):
        return {}
    return dict.fromkeys(found, 1)


def _rising(paragraphs: Sequence[PdfParagraph], found: dict[int, int]) -> dict[int, int]:
    """Return the headings that are only numbers, if each is one more than the last, or the first of a part."""
    numbers = [count_of(paragraphs[at].text) for at in found]
    steps = sum(number in (1, before + 1) for before, number in zip([0, *numbers], numbers, strict=False))
    return found if steps >= _RISING * len(numbers) else {}


def _may_be_heading(paragraph: PdfParagraph) -> bool:
    return (
        len(paragraph.text) <= LONGEST_TITLE_CHARS
        and paragraph.lines <= 2
        and any(map(str.isalnum, paragraph.text))
        and not _CAPTION.match(paragraph.text)
        and (
            not PROSE_END.search(paragraph.text)
            or is_bare_number(paragraph.text)
            or (paragraph.bold and paragraph.text.endswith(("?", "？", "؟")))
        )
    )


def _is_numeral(paragraph: PdfParagraph) -> bool:
    return is_number(paragraph.text)


def is_in_capitals(paragraph: PdfParagraph) -> bool:
    """Return whether a paragraph has capital letters only."""
    letters = sum(map(str.isalpha, paragraph.text))
    return letters >= 3 and paragraph.text == paragraph.text.upper() != paragraph.text.lower()


def _in_contents(
    paragraphs: Sequence[PdfParagraph], taken: Collection[int], entries: Sequence[Entry]
) -> dict[int, int]:
    """Return the lines that are also entries of the table of contents, if most entries are found."""
    wanted = {key for entry in entries if (key := _key(entry.title))}
    found = {
        at: 1
        for at, paragraph in enumerate(paragraphs)
        if at not in taken and len(paragraph.text) <= LONGEST_HEADING_CHARS and _key(paragraph.text) in wanted
    }
    return found if len(found) >= max(2, 0.5 * len(wanted)) else {}


def _key(text: str) -> str:
    return _NO_LETTER.sub("", text.casefold())
