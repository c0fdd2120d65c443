"""Marks in a text that say how it is read: `[SQL]{say="sequel"}`, `{pause=2s}`, `::: {voice="…"}`.

A mark is first replaced by a short code of noncharacters, which no text contains, so that readers find paragraphs, lines and
offsets without knowing about marks. Then the codes are taken out of the blocks, and what they ask for is put into them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from itertools import accumulate
from typing import Final

from audiobook.document import (
    ForeignText,
    Kind,
    Paragraph,
    Pause,
    Phonemes,
    Problem,
    Saying,
    is_speakable,
)
from audiobook.sources.outline import Block, title_text
from audiobook.sources.text.attributes import LINE_END, Attributes, pause_ms, read_attributes

NO_CHAPTER: Final = "no"
"""The value of `chapter` for a heading that does not begin a chapter."""
_FIRST, _OPEN, _CLOSE = 0xFDD0, "\ufde0", "\ufde1"
_CODE = re.compile(f"{_OPEN}([\ufdd0-\ufddf]+){_CLOSE}")
_RESERVED = re.compile("[\ufdd0-\ufdef]")
_BRACE = re.compile(r"\\?\{")
_LINE = re.compile(r"^[ \t]{0,3}:{3,}[ \t]*(\{.*\})?[ \t]*$", re.MULTILINE)
_BLANK = re.compile(r"\n[ \t]*\n")
_NUMBER = re.compile(r"[\d., \u00a0\u202f]*\d[\d., \u00a0\u202f]*\.?|[IVXLCDM]+\.?")
_NUMERIC: Final = ("cardinal", "ordinal", "year", "digits", "telephone")
_OF_SPANS: Final = ("say", "phonemes", "as")
_OF_BLOCKS: Final = ("voice", "chapter", "level")
_SPACE_GOES = re.compile(r"\s|[.,;:!?…)\]]|\Z")
"""What follows a mark that leaves a space too many before it."""
_FARTHEST: Final = 4000
"""How far back from `]{` the opening bracket may be, in characters."""


class _Place(Enum):
    """What a code stands for."""

    SPAN_START = auto()
    SPAN_END = auto()
    POINT = auto()
    BLOCK_START = auto()
    BLOCK_END = auto()


@dataclass(frozen=True, slots=True)
class _Mark:
    place: _Place
    attributes: Attributes = field(default_factory=lambda: Attributes(0))


@dataclass(frozen=True, slots=True)
class _Found:
    """A mark at an offset in a text without codes."""

    offset: int
    mark: _Mark


@dataclass(slots=True)
class _Wanted:
    """What the marks of one block ask for."""

    foreign: list[ForeignText] = field(default_factory=list)
    sayings: list[Saying] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    block: dict[str, str] = field(default_factory=dict)


class Marks:
    """The marks of one text.

    Attributes:
        problems: Marks that are not understood, in order.
    """

    def __init__(self, name: str) -> None:
        """Begin with no marks; `name` is the file's name in messages."""
        self.problems: list[Problem] = []
        self._name = name
        self._marks: list[_Mark] = []
        self._open: list[tuple[Attributes, str]] = []
        """The containers around the current block, and where each begins."""
        self._next: dict[str, str] = {}
        """What marks on lines of their own ask for the next block."""
        self._next_where = ""

    # Putting codes in

    def hidden(self, text: str) -> str:
        """Return a plain text with its marks replaced by codes, and the same lines."""
        text = without_codes(text)
        if "{" not in text:
            return text
        changes = [*self._lines(text), *self._braces(text)]
        pieces: list[str] = []
        done = 0
        for start, end, new in sorted(changes):
            if start >= done:
                pieces += (text[done:start], new, "\n" * text.count("\n", start, end))
                done = end
        return "".join(pieces) + text[done:]

    def _lines(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Yield the lines of colons that begin or end a container."""
        depth = 0
        for found in _LINE.finditer(text):
            attributes = read_attributes(text, found.start(1)) if found[1] else None
            if attributes and attributes.known:
                depth += 1
                yield *found.span(), self.container(attributes)
            elif not found[1] and depth:  # without an open container it is a line of signs
                depth -= 1
                yield *found.span(), self.container_end()

    def _braces(self, text: str) -> Iterator[tuple[int, int, str]]:
        for found in _BRACE.finditer(text):
            at = found.end() - 1
            attributes = read_attributes(text, at)
            if attributes is None or not attributes.known:
                continue
            if found.start() < at:
                yield found.start(), at, ""  # an escaped brace is text
                continue
            start = _bracket(text, at - 1)
            if start is None:
                yield at, attributes.end, self.point(attributes)
            else:
                opening, closing = self.span(attributes)
                yield start, start + 1, opening
                yield at - 1, attributes.end, closing

    def span(self, attributes: Attributes) -> tuple[str, str]:
        """Return the codes for the brackets of a span."""
        start = self._code(_Mark(_Place.SPAN_START))
        return start, self._code(_Mark(_Place.SPAN_END, attributes))

    def point(self, attributes: Attributes) -> str:
        """Return the code for attributes without brackets before them."""
        return self._code(_Mark(_Place.POINT, attributes))

    def container(self, attributes: Attributes) -> str:
        """Return the code for the line that begins a container."""
        return self._code(_Mark(_Place.BLOCK_START, attributes))

    def container_end(self) -> str:
        """Return the code for the line that ends a container."""
        return self._code(_Mark(_Place.BLOCK_END))

    def _code(self, mark: _Mark) -> str:
        digits = "".join(chr(_FIRST + int(digit, 16)) for digit in f"{len(self._marks):x}")
        self._marks.append(mark)
        return f"{_OPEN}{digits}{_CLOSE}"

    # Taking them out

    def applied(self, blocks: Sequence[Block]) -> list[Block]:
        """Return the blocks of a text without codes, and with what the marks ask for."""
        if not self._marks:
            return list(blocks)
        done: list[Block] = []
        for block in blocks:
            for part in _parted(block, self._marks):
                done += self._block(part)
        for _, where in self._open:
            self._tell(where, "“:::” is not closed, so it holds to the end of the text")
        length = pause_ms(self._next.pop("pause", ""))
        if done and length is not None:
            done[-1] = _with_pauses(done[-1], [Pause(len(done[-1].paragraph.text), length)])
        if self._next:
            self._tell(self._next_where, "there is nothing after this mark for it to change")
        return _levelled(done)

    def _block(self, block: Block) -> Iterator[Block]:
        """Yield a block with what its marks ask for; nothing if it has only marks."""
        paragraph, found = _stripped(block.paragraph, self._marks)
        if not paragraph.text:
            for one in found:
                self._alone(one.mark, block.paragraph.where(self._name))
            return
        is_heading = block.level > 0
        wanted = self._wanted(paragraph, found, is_heading=is_heading)
        asked = {key: value for attributes, _ in self._open for key, value in attributes.values.items()}
        asked.pop("pause", None)
        asked |= {**self._next, **wanted.block}
        self._next = {}
        if "lang" in asked:
            whole = ForeignText(0, len(paragraph.text), asked["lang"])
            wanted.foreign.insert(0, whole)
        if (length := pause_ms(asked.get("pause", ""))) is not None:
            wanted.pauses.insert(0, Pause(0, length))
        kind = _kind(paragraph, wanted.sayings, is_heading=is_heading)
        level = int(asked.get("level", block.level))
        if is_heading and not level and kind is Kind.HEADING:
            kind = Kind.TITLE
        said = replace(
            paragraph,
            kind=kind,
            language=asked.get("lang"),
            foreign=(*paragraph.foreign, *_flat(wanted.foreign)),
            sayings=tuple(sorted((*paragraph.sayings, *wanted.sayings), key=lambda one: one.start)),
            voice=asked.get("voice"),
        )
        changed = replace(block, paragraph=said, level=level if is_heading else 0)
        yield _with_pauses(_with_chapter(changed, asked.get("chapter"), level), wanted.pauses)

    def _alone(self, mark: _Mark, where: str) -> None:
        """Use a mark that stands on a line of its own."""
        attributes = mark.attributes
        for fault in attributes.faults:
            self._refuse(where, fault)
        match mark.place:
            case _Place.BLOCK_START:
                self._open.append((attributes, where))
                if "pause" in attributes.values:
                    self._next["pause"] = attributes.values["pause"]
                self._only_spans(attributes, where)
            case _Place.BLOCK_END if self._open:
                self._open.pop()
            case _Place.BLOCK_END:
                self._tell(where, "“:::” is left out, because it closes nothing")
            case _:
                self._only_spans(attributes, where)
                self._next |= {key: value for key, value in attributes.values.items() if key not in _OF_SPANS}
                self._next_where = where

    def _wanted(self, paragraph: Paragraph, found: Sequence[_Found], *, is_heading: bool) -> _Wanted:
        wanted = _Wanted()
        starts: list[int] = []
        for one in found:
            match one.mark.place:
                case _Place.SPAN_START:
                    starts.append(one.offset)
                case _Place.SPAN_END if starts:
                    self._span(paragraph, starts.pop(), one, wanted)
                case _Place.SPAN_END:
                    self._refuse(paragraph.where(self._name, one.offset), "its “[” is in another paragraph")
                case _Place.POINT:
                    self._point(paragraph, one, wanted, is_heading=is_heading)
                case _:
                    continue
        return wanted

    def _span(self, paragraph: Paragraph, start: int, found: _Found, wanted: _Wanted) -> None:
        values, end = found.mark.attributes.values, found.offset
        where = paragraph.where(self._name, start)
        faults = list(found.mark.attributes.faults)
        text = paragraph.text[start:end]
        if any(key in values for key in _OF_BLOCKS):
            faults.append("a voice or chapter belongs on a line of its own above the paragraph")
        if "lang" in values:
            wanted.foreign.append(ForeignText(start, end, values["lang"]))
        if (length := pause_ms(values.get("pause", ""))) is not None:
            wanted.pauses.append(Pause(end, length))
        if any(key in values for key in _OF_SPANS):
            if fault := _span_fault(text, values, start, wanted.sayings):
                faults.append(fault)
            else:
                wanted.sayings.append(_saying(start, end, values))
        for fault in faults:
            self._refuse(where, fault)

    def _point(self, paragraph: Paragraph, found: _Found, wanted: _Wanted, *, is_heading: bool) -> None:
        values, at = found.mark.attributes.values, found.offset
        where = paragraph.where(self._name, at)
        for fault in found.mark.attributes.faults:
            self._refuse(where, fault)
        if (length := pause_ms(values.get("pause", ""))) is not None:
            wanted.pauses.append(Pause(at, length))
        self._only_spans(found.mark.attributes, where)
        others = {key: value for key, value in values.items() if key not in (*_OF_SPANS, "pause", "alphabet")}
        if others and (at == 0 or (is_heading and at == len(paragraph.text))):
            wanted.block |= others
        elif others:
            self._refuse(where, f"{next(iter(others))} belongs after a “]” or on a line of its own")

    def _only_spans(self, attributes: Attributes, where: str) -> None:
        """Report attributes that need the words that they are about."""
        for key in _OF_SPANS:
            if key in attributes.values:
                self._refuse(where, f'{key} needs words in brackets: [word]{{{key}="…"}}')

    def _refuse(self, where: str, why: str) -> None:
        self._tell(where, f"a mark is left out: {why}")

    def _tell(self, where: str, message: str) -> None:
        self.problems.append(Problem(where, message))


def _kind(paragraph: Paragraph, sayings: Sequence[Saying], *, is_heading: bool) -> Kind:
    """Return what a paragraph is: signs that are said in words are text."""
    if is_speakable(paragraph.text):
        return paragraph.kind
    if any(saying.text for saying in sayings):
        return Kind.HEADING if is_heading else Kind.TEXT
    return Kind.BREAK


def without_codes(text: str) -> str:
    """Return a text whose noncharacters, which no text should contain, are replaced by U+FFFD."""
    return _RESERVED.sub("\ufffd", text)


def _bracket(text: str, closing: int) -> int | None:
    """Return the index of the bracket that a closing one belongs to, in the same paragraph; None if there is none."""
    if closing < 0 or text[closing] != "]":
        return None
    depth = 0
    for at in range(closing, max(closing - _FARTHEST, -1), -1):
        depth += (text[at] == "]") - (text[at] == "[")
        if depth == 0:
            return None if _BLANK.search(text, at, closing) else at
    return None


def _parted(block: Block, marks: Sequence[_Mark]) -> Iterator[Block]:
    """Yield the parts of a block between the codes of containers, and each of these codes alone."""
    text = block.paragraph.text
    start = 0
    for code in _CODE.finditer(text):
        if marks[_number(code[1])].place in (_Place.BLOCK_START, _Place.BLOCK_END):
            if text[start : code.start()].strip():
                yield replace(block, paragraph=_sliced(block.paragraph, start, code.start()))
            yield replace(block, paragraph=_sliced(block.paragraph, *code.span()))
            start = code.end()
    if not start:
        yield block
    elif text[start:].strip():
        yield replace(block, paragraph=_sliced(block.paragraph, start, len(text)))


def _number(digits: str) -> int:
    return int("".join(f"{ord(digit) - _FIRST:x}" for digit in digits), 16)


def _sliced(paragraph: Paragraph, start: int, end: int) -> Paragraph:
    """Return a part of a paragraph without the space around it, with the lines that it is on."""
    piece = paragraph.text[start:end]
    start, end = start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())
    inside = tuple((offset - start, line) for offset, line in paragraph.lines if start < offset < end)
    first = ((0, paragraph.line_of(start)),) if paragraph.lines else ()
    return replace(paragraph, text=paragraph.text[start:end], lines=(*first, *inside))


def _stripped(paragraph: Paragraph, marks: Sequence[_Mark]) -> tuple[Paragraph, list[_Found]]:
    """Return a paragraph without codes and the space that they leave, and the marks at their offsets."""
    text = paragraph.text
    removed: list[tuple[int, int]] = []
    found: list[tuple[int, _Mark]] = []
    for code in _CODE.finditer(text):
        start, end = code.span()
        found.append((start, marks[_number(code[1])]))
        if found[-1][1].attributes.values.get("pause") == LINE_END:
            removed.append((start, end - 1))
            text = f"{text[: end - 1]}\n{text[end:]}"
            continue
        before = removed[-1][0] if removed and removed[-1][1] == start else start
        if before and text[before - 1].isspace() and _SPACE_GOES.match(text, end):
            if removed and removed[-1][1] == start:
                removed[-1] = (removed[-1][0] - 1, end)
                continue
            start -= 1
        removed.append((start, end))
    if not removed:
        return paragraph, []
    kept = _without(text, removed)
    lead = len(kept) - len(kept.lstrip())
    kept = kept.strip()

    starts = [start for start, _ in removed]
    gone = list(accumulate((end - start for start, end in removed), initial=0))

    def moved(offset: int) -> int:
        at = bisect_left(starts, offset)
        inside = max(removed[at - 1][1] - offset, 0) if at else 0
        return min(max(offset - gone[at] + inside - lead, 0), len(kept))

    lines = tuple((moved(offset), line) for offset, line in paragraph.lines)
    foreign = tuple(replace(one, start=moved(one.start), end=moved(one.end)) for one in paragraph.foreign)
    sayings = tuple(replace(one, start=moved(one.start), end=moved(one.end)) for one in paragraph.sayings)
    cleaned = replace(paragraph, text=kept, lines=lines, foreign=foreign, sayings=sayings)
    return cleaned, [_Found(moved(at), mark) for at, mark in found]


def _without(text: str, removed: Iterable[tuple[int, int]]) -> str:
    pieces: list[str] = []
    done = 0
    for start, end in removed:
        pieces.append(text[done:start])
        done = end
    return "".join(pieces) + text[done:]


def _span_fault(text: str, values: Mapping[str, str], start: int, taken: Sequence[Saying]) -> str:
    """Return what prevents a part of a text from being said as asked; empty if nothing does."""
    if not text.strip():
        return "there is nothing between its brackets"
    if taken and taken[-1].end > start:
        return "the words in it have a mark of their own"
    manner = values.get("as")
    if (
        manner in _NUMERIC
        and not _NUMBER.fullmatch(text.strip(" +()-/"))
        and manner not in ("digits", "telephone")
    ):
        return f"“{text[:40]}” is not a number"
    if manner in (*_NUMERIC, "date", "time") and not any(one.isdigit() or one in "IVXLCDM" for one in text):
        return f"“{text[:40]}” has no digits"
    return ""


def _saying(start: int, end: int, values: Mapping[str, str]) -> Saying:
    symbols = values.get("phonemes")
    phonemes = Phonemes(symbols, values.get("alphabet", "ipa")) if symbols else None
    return Saying(start, end, values.get("say"), phonemes, values.get("as"))


def _flat(parts: Sequence[ForeignText]) -> tuple[ForeignText, ...]:
    """Return parts that may lie in each other as disjoint ones in order; the innermost language holds."""
    flat: list[ForeignText] = []
    around: list[ForeignText] = []
    at = 0

    def keep(end: int) -> None:
        nonlocal at
        language = around[-1].language
        if at < end and flat and flat[-1].end == at and flat[-1].language == language:
            flat[-1] = replace(flat[-1], end=end)
        elif at < end:
            flat.append(ForeignText(at, end, language))
        at = max(at, end)

    for part in sorted(parts, key=lambda part: (part.start, -part.end)):
        while around and around[-1].end <= part.start:
            keep(around[-1].end)
            around.pop()
        if around:
            keep(part.start)
        at = part.start
        around.append(part)
    while around:
        keep(around[-1].end)
        around.pop()
    return tuple(flat)


def _with_pauses(block: Block, pauses: Sequence[Pause]) -> Block:
    if not pauses:
        return block
    every = sorted((*block.paragraph.pauses, *pauses), key=lambda pause: pause.offset)
    return replace(block, paragraph=replace(block.paragraph, pauses=tuple(every)))


def _with_chapter(block: Block, title: str | None, level: int) -> Block:
    """Return a block that begins a chapter with a title, or a heading that begins none."""
    if title is None:
        return block
    if title == NO_CHAPTER:
        return replace(block, level=0)
    return replace(block, chapter=title_text(title), level=level)


def _levelled(blocks: Sequence[Block]) -> list[Block]:
    """Return blocks in which a chapter without a level of its own has that of the chapter before it, or else after it."""
    level = next((block.level for block in blocks if block.level), 1)
    done: list[Block] = []
    for block in blocks:
        if block.chapter and not block.level:
            block = replace(block, level=level)
        level = block.level or level
        done.append(block)
    return done
