"""Marks in a text that say how to read it: `[SQL]{say="sequel"}`, `[no]{voice="…"}`, `{pause=2s}`, `::: {voice="…"}`.

A mark is first replaced by a short code of noncharacters, which no text contains, so that readers find paragraphs,
lines and offsets without knowing about marks. Then the codes are removed from the blocks, and the marks are applied
to them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Final

import msgspec
from msgspec.structs import replace

from audiobook.casting import Character, Role
from audiobook.document import (
    ForeignText,
    Kind,
    Paragraph,
    Pause,
    Phonemes,
    Problem,
    Saying,
    SpokenPart,
    is_speakable,
    spoken_around,
)
from audiobook.packed_list import PackedList
from audiobook.sources.outline import Block
from audiobook.sources.text.marks.attributes import ROLES, Attributes, pause_ms, read_attributes
from audiobook.sources.text.marks.codes import Codes, Found, Mark, Place, parted, stripped
from audiobook.sources.text.marks.nested_languages import innermost
from audiobook.sources.text.marks.say_as import misfit
from audiobook.sources.title_text import title_text

NO_CHAPTER: Final = "no"
"""The value of `chapter` for a heading that does not begin a chapter."""
_OF_SPANS: Final = ("say", "phonemes", "as")
_OF_BLOCKS: Final = ("voice", "role", "chapter", "level")
_NOT_OF_SPANS: Final = ("role", "chapter", "level")


class _Wanted(msgspec.Struct):
    """The combined effect of the marks in one block."""

    foreign: list[ForeignText] = msgspec.field(default_factory=list)
    sayings: list[Saying] = msgspec.field(default_factory=list)
    pauses: list[Pause] = msgspec.field(default_factory=list)
    spoken: list[SpokenPart] = msgspec.field(default_factory=list)
    block: dict[str, str] = msgspec.field(default_factory=dict)


class Marks:
    """The marks of one text.

    Attributes:
        problems: Problems with marks that are not understood, in order.
        codes: The codes that stand for them.
    """

    def __init__(self, name: str) -> None:
        """Begin with no marks; `name` is the file's name in messages."""
        self.problems: list[Problem] = []
        self._name = name
        self.codes = Codes()
        self._open: list[tuple[Attributes, str]] = []
        """The containers around the current block, and where each begins."""
        self._next: dict[str, str] = {}
        """What marks on separate lines request for the next block."""
        self._next_where = ""

    def applied(self, blocks: PackedList[Block]) -> PackedList[Block]:
        """Return the blocks of a text without codes, with the marks applied."""
        done = PackedList(Block)
        for block in blocks:
            for part in parted(block, self.codes):
                done.extend(self._block(part))
        for _, where in self._open:
            self._report(where, "“:::” is not closed, so it applies to the end of the text")
        length = pause_ms(self._next.pop("pause", ""))
        if done and length is not None:
            done[-1] = _with_pauses(done[-1], [Pause(len(done[-1].paragraph.text), length)])
        if self._next:
            self._report(self._next_where, "there is nothing after this mark for it to change")
        return PackedList(Block, _levelled(done))

    def check_title(self, title: str, line: int) -> None:
        """Report marks in a title from front matter, which is shown as written."""
        found = (read_attributes(title, at) for at, sign in enumerate(title) if sign == "{")
        if any(attributes and attributes.known for attributes in found):
            self._report(
                f"{self._name}:{line}", "marks in front matter are read as written; write them in a heading"
            )

    def _block(self, block: Block) -> Iterator[Block]:
        """Yield a block with its marks applied; nothing if it consists of marks."""
        paragraph, found = stripped(block.paragraph, self.codes)
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
        if "level" in asked and "chapter" not in asked and not is_heading:
            self._refuse(paragraph.where(self._name), "level needs a heading or a chapter")
        if is_heading and not level and kind is Kind.HEADING:
            kind = Kind.TITLE
        said = replace(
            paragraph,
            kind=kind,
            language=asked.get("lang"),
            foreign=(*paragraph.foreign, *innermost(wanted.foreign)),
            sayings=tuple(sorted((*paragraph.sayings, *wanted.sayings), key=lambda one: one.start)),
            voice=asked.get("voice"),
            role=ROLES[asked["role"]] if "role" in asked else paragraph.role,
            spoken=tuple(wanted.spoken),
        )
        changed = replace(block, paragraph=said, level=level if is_heading else 0)
        yield _with_pauses(_with_chapter(changed, asked.get("chapter"), level), wanted.pauses)

    def _alone(self, mark: Mark, where: str) -> None:
        """Apply a mark on a separate line."""
        attributes = mark.attributes
        for fault in attributes.faults:
            self._refuse(where, fault)
        match mark.place:
            case Place.BLOCK_START:
                self._open.append((attributes, where))
                if "pause" in attributes.values:
                    self._next["pause"] = attributes.values["pause"]
                self._only_spans(attributes, where)
            case Place.BLOCK_END if self._open:
                self._open.pop()
            case Place.BLOCK_END:
                self._report(where, "“:::” is left out, because it closes nothing")
            case _:
                self._only_spans(attributes, where)
                self._next |= {key: value for key, value in attributes.values.items() if key not in _OF_SPANS}
                self._next_where = where

    def _wanted(self, paragraph: Paragraph, found: Sequence[Found], *, is_heading: bool) -> _Wanted:
        wanted = _Wanted()
        starts: list[int] = []
        for one in found:
            match one.mark.place:
                case Place.SPAN_START:
                    starts.append(one.offset)
                case Place.SPAN_END if starts:
                    self._span(paragraph, starts.pop(), one, wanted)
                case Place.SPAN_END:
                    self._refuse(paragraph.where(self._name, one.offset), "its “[” is in another paragraph")
                case Place.POINT:
                    self._point(paragraph, one, wanted, is_heading=is_heading)
                case _:
                    continue
        return wanted

    def _span(self, paragraph: Paragraph, start: int, found: Found, wanted: _Wanted) -> None:
        values, end = found.mark.attributes.values, found.offset
        where = paragraph.where(self._name, start)
        faults = list(found.mark.attributes.faults)
        text = paragraph.text[start:end]
        if any(key in values for key in _NOT_OF_SPANS):
            faults.append("a role or chapter belongs on a separate line above the paragraph")
        if "voice" in values and is_speakable(text):
            part = SpokenPart(start, end, Character(Role.NAMED, values["voice"]))
            # Inner spans end first, and keep their voices.
            first = bisect_left(wanted.spoken, start, key=attrgetter("start"))
            inner = wanted.spoken[first:]
            wanted.spoken[first:] = sorted((*inner, *spoken_around(part, inner)), key=attrgetter("start"))
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

    def _point(self, paragraph: Paragraph, found: Found, wanted: _Wanted, *, is_heading: bool) -> None:
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
            key = next(iter(others))
            place = (
                "on a line of its own above the paragraph"
                if key in _OF_BLOCKS
                else "after a “]” or on a separate line"
            )
            self._refuse(where, f"{key} belongs {place}")

    def _only_spans(self, attributes: Attributes, where: str) -> None:
        """Report attributes that need words in brackets."""
        for key in _OF_SPANS:
            if key in attributes.values:
                self._refuse(where, f'{key} needs words in brackets: [word]{{{key}="…"}}')

    def _refuse(self, where: str, why: str) -> None:
        self._report(where, f"a mark is left out: {why}")

    def _report(self, where: str, message: str) -> None:
        self.problems.append(Problem(where, message))


def marked_title(blocks: Sequence[Block]) -> str | None:
    """Return the text of the first heading that `{level=0}` makes the title of the work; None without one."""
    return next((block.paragraph.text for block in blocks if block.paragraph.kind is Kind.TITLE), None)


def _kind(paragraph: Paragraph, sayings: Sequence[Saying], *, is_heading: bool) -> Kind:
    """Return the kind of a paragraph; signs that a mark puts into words are text."""
    if is_speakable(paragraph.text):
        return paragraph.kind
    if any(saying.text for saying in sayings):
        return Kind.HEADING if is_heading else Kind.TEXT
    return Kind.BREAK


def _span_fault(text: str, values: Mapping[str, str], start: int, taken: Sequence[Saying]) -> str:
    """Return the reason why a part of a text cannot be spoken as asked; "" if it can."""
    if not text.strip():
        return "there is nothing between its brackets"
    if taken and taken[-1].end > start:
        return "the words in it have their own mark"
    return misfit(text, manner) if (manner := values.get("as")) else ""


def _saying(start: int, end: int, values: Mapping[str, str]) -> Saying:
    symbols = values.get("phonemes")
    phonemes = Phonemes(symbols, values.get("alphabet", "ipa")) if symbols else None
    return Saying(start, end, values.get("say"), phonemes, values.get("as"))


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


def _levelled(blocks: PackedList[Block]) -> Iterator[Block]:
    """Yield the blocks; a chapter without a level has the level of the previous chapter, or else of the next."""
    level = next((block.level for block in blocks if block.level), 1)
    for block in blocks:
        if block.chapter and not block.level:
            block = replace(block, level=level)
        level = block.level or level
        yield block
