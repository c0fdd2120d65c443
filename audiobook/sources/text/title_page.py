"""The title page of plain text: the title, and the author above or below it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from audiobook.document import Kind, Paragraph, is_speakable
from audiobook.sources.chapters.forms import undrawn
from audiobook.sources.outline import Block

_LONGEST_TITLE_CHARS: Final = 100
_QUOTES: Final = "\"'“”„‟‘’‚‛«»‹›「」『』"
_PROSE_END = re.compile(rf"[.:;,…。．，：；।॥۔؛։።፤][{_QUOTES})\]]*$|[{_QUOTES}]$")
"""Matches the end of a sentence or of direct speech, in any script."""
_BY: Final = (
    r"by|written[ ]by|von|de|par|por|di|da|door|av|af|kirj\.?|kirjoittanut|napisała?|przez|автор:?|написал"
)
_BYLINE = re.compile(
    rf"(?:{_BY})\s(?P<name>[^\W\d_][\w.'’-]*(?:\s[^\W\d_][\w.'’-]*){{0,4}})\Z", re.IGNORECASE
)
"""Matches a line that names the author: "by Jane Austen"."""
_PLAINLY_BY = re.compile(r"(?:by|written by|kirj\.?|kirjoittanut|napisała?|автор:?|написал)\s", re.IGNORECASE)
"""Matches the beginning of such a line above the title, where "De Profundis" is a title."""
_BARE_BY = re.compile(rf"(?:{_BY})\Z", re.IGNORECASE)
_NAME = re.compile(
    r"""
    (?:[^\W\d_]\.[ ]?){0,3}[^\W\d_][\w'’-]*                                   # J. R. R. Jane
    (?:[ ](?:[^\W\d_]\.|[^\W\d_][\w'’-]*)){0,4}
    """,
    re.VERBOSE,
)
_PARTICLES: Final = frozenset(
    "af al av bin da de del den der di du dos el ibn la le ten ter van vom von y zu zum zur".split()
)
"""Words in lower case inside names."""
_NO_NAMES: Final = frozenset(
    "a an and das der die ein eine el et for het i il in ja la las le les lo los my of on or part the to un una "
    "und une with".split()
)
"""Words with which a title begins, but no name; most of them are not in names either."""
_SUBTITLES: Final = frozenset(
    "a an and as being for from in of on or to with an auf aus ein eine für oder von à au avec ou par pour un une con "
    "o para per por una di da o czyli dla eli novel novella romance tale tales stories poems plays essays letters roman "
    "novelle erzählung erzählungen gedichte briefe récit contes poèmes novela cuentos poemas romanzo racconti powieść "
    "opowiadania romaani novelli runoja romāns translated edited illustrated first copyright dedicated übersetzt "
    "traduit traducido".split()
)
"""Words with which a line below a title begins that is no title: a subtitle, a dedication or an imprint."""
_MOST_TITLE_LINES: Final = 6
_LONGEST_TITLE_PAGE_CHARS: Final = 300
_LONGEST_TITLE_LINE_CHARS: Final = 60
_LONGEST_PARTICLE_CHARS: Final = 3
_FEWEST_NAMES: Final = 2
_MOST_LINES: Final = 4
_LONG_WORD_CHARS: Final = 4


@dataclass(frozen=True, slots=True)
class TitlePage:
    """The beginning of a text.

    Attributes:
        title: The title.
        author: The author, if the page says so.
        blocks: All blocks of the text, of which those of the page are marked.
    """

    title: str
    author: str | None
    blocks: list[Block]


def read_title_page(
    blocks: Sequence[Block], rule: str | None, known: Sequence[str], named: str
) -> TitlePage | None:
    """Return the title page at the beginning of a text; None if it begins otherwise.

    The author is a line with a word such as "by", above or below the title, or a line that looks like a name above the
    title. The file name and known authors decide which of two such lines is the title; else it is the one in capitals.

    Args:
        blocks: The blocks of the text, in order.
        rule: How its headings were found; None if it has none.
        known: Authors that are known from elsewhere.
        named: The file name, made readable.
    """
    if len(blocks) < 2 or blocks[0].level:
        return None
    alone = [block.paragraph for block in _lines_alone(blocks)]
    if alone:
        texts = [_shown(paragraph.text) for paragraph in alone]
        start, end = _author(texts, known, named)
        return _page_of_blocks(blocks, alone, start, end)
    return _page_of_lines(blocks, rule, known, named)


def _lines_alone(blocks: Sequence[Block]) -> list[Block]:
    """Return the first blocks, up to the first that is not a line of a title page; the last of a text is never one."""
    found: list[Block] = []
    for block in blocks[: min(_MOST_LINES, len(blocks) - 1)]:
        is_line = _is_title(block.paragraph) and not block.level and block.paragraph.kind is Kind.TEXT
        if not is_line and not (found and _named_by(block.paragraph.text)):
            break
        found.append(block)
    return found


def _page_of_blocks(
    blocks: Sequence[Block], alone: Sequence[Paragraph], start: int, end: int
) -> TitlePage | None:
    """Return a title page whose lines are paragraphs, given the lines of the author."""
    at = end if start == 0 < end else 0
    if at >= len(alone):
        at, start, end = 0, 0, 0
    count = max(end, at + 1)
    title = alone[at] if alone[at].foreign or alone[at].sayings else _title(alone[at])
    marked = [
        Block(title if n == at else replace(each, kind=Kind.TITLE)) for n, each in enumerate(alone[:count])
    ]
    author = _name_in([_shown(each.text) for each in alone[start:end]])
    return TitlePage(title.text, author, [*marked, *blocks[count:]])


def _page_of_lines(
    blocks: Sequence[Block], rule: str | None, known: Sequence[str], named: str
) -> TitlePage | None:
    """Return a title page that is one paragraph of several lines."""
    first = blocks[0].paragraph
    if first.foreign or first.sayings:
        return None
    starts = [start for start, _ in first.lines]
    lines = [
        (text, number)
        for (start, number), end in zip(first.lines, [*starts[1:], len(first.text) + 1], strict=True)
        if (text := undrawn(first.text[start : end - 1], is_whole=False))
    ]
    texts = [text for text, _ in lines]
    count = _title_lines(texts)
    start, end = _author(texts, known, named) if count else (0, 0)
    if not count or not (rule is not None or len(lines) < 2 or end) or not is_speakable(texts[0]):
        return None
    at = end if start == 0 < end < len(texts) else 0
    count = _title_lines(texts[at:]) or 1
    title = " ".join(texts[at : at + count])
    numbers = [number for _, number in lines]
    shown = [*zip(texts[:at], numbers[:at], strict=True), (title, numbers[at]), *lines[at + count :]]
    marked = [
        Block(replace(first, text=text, kind=Kind.TITLE, lines=((0, number),), styles=()))
        for text, number in shown
    ]
    return TitlePage(title, _name_in(texts[start:end]), [*marked, *blocks[1:]])


def _author(texts: Sequence[str], known: Sequence[str], named: str) -> tuple[int, int]:
    """Return the lines of a title page that name the author, from the first up to the last but one; (0, 0) for none."""
    for at, text in enumerate(texts[:_MOST_LINES]):
        if _named_by(text) and (at or _is_byline_first(texts)):
            return at, at + 1
        if _BARE_BY.match(text) and at + 1 < len(texts) and _is_name(texts[at + 1]):
            return at, at + 2
    return (0, 1) if len(texts) > 1 and _is_author_first(texts, known, named) else (0, 0)


def _named_by(text: str) -> str | None:
    """Return the author whom a line names after a word such as "by"; None if something else follows it."""
    found = _BYLINE.match(text)
    words = found["name"].split() if found else []
    is_name = all(word[0].isupper() or word.casefold() in _PARTICLES for word in words)
    is_name = is_name and not any(word.casefold() in _NO_NAMES - _PARTICLES for word in words)
    return found["name"] if found and is_name and words[-1][0].isupper() else None


def _is_byline_first(texts: Sequence[str]) -> bool:
    """Return whether the first line is that of the author, above a title that is no name: "By Love Possessed" is one."""
    return bool(_PLAINLY_BY.match(texts[0])) and len(texts) > 1 and not _is_name(texts[1])


def _is_author_first(texts: Sequence[str], known: Sequence[str], named: str) -> bool:
    """Return whether the first line is the author, and the second the title."""
    first, second = texts[:2]
    if not _is_name(first):
        return False
    if any(_same(first, name) for name in known):
        return True
    if _same(first, named) or _same(second, named):
        return _same(second, named)
    if any(map(_is_name, texts[2:])):
        return False
    words = second.casefold().split()
    is_subtitle = words[0].strip("(") in _SUBTITLES or re.search(r"[\d,:]", second) is not None
    if is_subtitle or (second.isupper() and not first.isupper()):
        return not is_subtitle
    long = [word for word in second.split() if len(word) >= _LONG_WORD_CHARS]
    return not _is_name(second) and all(word[0].isupper() for word in long or second.split())


def _is_name(text: str) -> bool:
    """Return whether a line looks like the name of a person: two to five capitalised words, or initials."""
    words = re.findall(r"[^\W\d_]\.|[\w'’-]+", text)
    if not _NAME.fullmatch(text) or len(words) < _FEWEST_NAMES:
        return False
    if words[0].casefold() in _NO_NAMES or words[-1].casefold() in (*_NO_NAMES, *_PARTICLES):
        return False
    inner = (word.casefold() in _PARTICLES or word[0].isupper() for word in words)
    return all(inner) and not any(word.casefold() in _NO_NAMES - _PARTICLES for word in words)


def _same(text: str, other: str) -> bool:
    return bool(other) and re.findall(r"\w+", text.casefold()) == re.findall(r"\w+", other.casefold())


def _name_in(texts: Sequence[str]) -> str | None:
    """Return the name in the lines that name the author."""
    if not texts:
        return None
    return _named_by(texts[-1]) or texts[-1]


def _shown(text: str) -> str:
    return undrawn(text, is_whole=False) or text


def _title(paragraph: Paragraph) -> Paragraph:
    return replace(paragraph, text=_shown(paragraph.text), kind=Kind.TITLE, styles=())


def _title_lines(lines: Sequence[str]) -> int:
    """Return how many lines of a title page are the title; 0 if the lines are not a title page."""
    if not 0 < len(lines) <= _MOST_TITLE_LINES or sum(map(len, lines)) > _LONGEST_TITLE_PAGE_CHARS:
        return 0
    if any(len(line) > _LONGEST_TITLE_LINE_CHARS for line in lines) or _PROSE_END.search(lines[0]):
        return 0
    if _PROSE_END.search(lines[-1]) and not _named_by(lines[-1]):
        return 0
    count = 1
    while count < len(lines) and len(lines[count - 1].split()[-1]) <= _LONGEST_PARTICLE_CHARS - (
        not lines[count - 1].isupper()
    ):
        count += 1  # THE HISTORY OF THE / QUIET HOUSE
    return count


def _is_title(paragraph: Paragraph) -> bool:
    """Return whether a paragraph looks like a title: one short line that is not a sentence of prose."""
    text = paragraph.text
    if len(paragraph.lines) != 1 or len(text) > _LONGEST_TITLE_CHARS:
        return False
    return is_speakable(text) and not _PROSE_END.search(text)
