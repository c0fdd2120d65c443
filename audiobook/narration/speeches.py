"""Speeches in plays and interviews: the name of a speaker, and what this person says until the next name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from audiobook.casting import Casting, Character, Role
from audiobook.document import Kind, Paragraph, SpokenPart, is_speakable

_DIRECTION: Final = Character(Role.DIRECTION)
_UNSAID: Final = Character(Role.UNSAID)
_ASIDE: Final = r"(?:\s*,?\s*[(\[][^)\]\n]{1,200}[)\]]|(?P<comma>,\s+[^.:\n]{1,60}(?=[.:])))?"
_STOP: Final = (
    r"(?P<stop>\s*[.:]{1,2}(?=\s|\Z|[—–])[—–]?|\s*[—–]|\s*(?=\n|\Z)|(?=\s+[^\W\d_a-z(\[“‘\"'¿¡«„]*[^\W\d_]))"
)
_UNLISTED = re.compile(
    r"""
    (?P<name>
        [^\W\d_][\w'’-]*(?:[ ][^\W\d_][\w'’-]*){0,3}      # FIRST CLOWN, Osric
    )
    (?:\s*[(\[][^)\]\n]{1,200}[)\]])?
    \s*[.:](?=\s|\Z)
    """,
    re.VERBOSE,
)
_BRACKETS = re.compile(r"\[[^\]\n]{1,500}\]")
_PARENTHESES = re.compile(r"(?:(?<=\A)|(?<=[.!?…:—–\n\])]))\s*\([^)\n]{1,500}\)[.,]?(?=\s|\Z)")
_AFTER_LABEL = re.compile(r"[\s.:,]*[—–]?\s*")
_OPENING = re.compile(r"\s*\([^)\n]{1,500}\)")
_WHOLLY = re.compile(r"\s*(?:\[.*\]|\(.*\))[.]?\s*", re.DOTALL)
_STAGE = re.compile(r"(?:Re-)?(?:Enter|Exit|Exeunt|Manet|Manent)\b|Curtain\.?\s*\Z")
_LEAST_NAME_CHARS: Final = 3
_MOST_LABEL_WORDS: Final = 4
_TWICE: Final = 2
_EVERY: Final = 2
"""A chapter in which every second paragraph begins with a name consists of speeches to its end."""


class _Label(msgspec.Struct, frozen=True):
    """The name at the head of a speech.

    Attributes:
        name: The speaker as the settings write it; None for one without a voice.
        start: Index of its first character in the paragraph.
        name_end: Index after the name.
        end: Index of what is said.
        is_alone: Whether nothing follows in the paragraph.
    """

    name: str | None
    start: int
    name_end: int
    end: int
    is_alone: bool


def find_speeches(paragraphs: Sequence[Paragraph], casting: Casting) -> list[tuple[SpokenPart, ...] | None]:
    """Return what the named speakers say in a chapter.

    Args:
        paragraphs: The paragraphs in order.
        casting: The voices of the speakers, and whether names are said.

    Returns:
        For each paragraph, its parts in order; None if it belongs to no speech.
    """
    if not casting.speakers:
        return [None] * len(paragraphs)
    names = _Names(casting.speakers)
    labels = [list(names.labels(paragraph)) for paragraph in paragraphs]
    if not any(label.name for found in labels for label in found):
        return [None] * len(paragraphs)
    names.keep_repeated(labels, paragraphs)
    says_names = casting.say_names is not False
    return list(_cast(paragraphs, labels, says_names=says_names))


class _Names:
    """Recognises the names of speakers at the head of their speeches."""

    def __init__(self, speakers: Mapping[str, str]) -> None:
        self._known = {_key(name): name for name in speakers}
        listed = "|".join(
            r"\s+".join(map(re.escape, name.split()))
            for name in sorted(speakers, key=lambda name: -len(name))
        )
        self._listed = re.compile(rf"(?P<name>{listed})(?![\w’'-]){_ASIDE}{_STOP}", re.IGNORECASE)

    def labels(self, paragraph: Paragraph) -> Iterator[_Label]:
        """Yield the names in a paragraph: at its beginning, at that of a line of verse, or of a line of the source."""
        if not _may_speak(paragraph):
            return
        text = paragraph.text
        if label := self._set_apart(paragraph) or self._at(text, 0) or _unlisted(text):
            yield label
        lines = {found.end() for found in re.finditer("\n", text)}
        for start in sorted(lines | {offset for offset, _ in paragraph.lines if offset}):
            label = self._at(text, start)
            if label and (start in lines or ":" in text[label.name_end : label.end] or _is_loud(text, label)):
                yield label

    def _set_apart(self, paragraph: Paragraph) -> _Label | None:
        """Return the name that is bold or in a separate table cell."""
        if not paragraph.label_chars:
            return None
        text, end = paragraph.text, paragraph.label_chars
        shown, aside, _ = text[:end].partition("(")
        shown = shown.strip(" .:,—–-")
        name = self._known.get(_key(shown))
        if name is None and len(shown.split()) > _MOST_LABEL_WORDS:
            return None
        if not is_speakable(shown):
            return None
        start = text.index(shown)
        after = _AFTER_LABEL.match(text, end)
        stop = after.end() if after else end
        said_from = start + len(shown) if aside else stop
        return _Label(
            name, start, start + len(shown), max(said_from, start + len(shown)), not is_speakable(text[stop:])
        )

    def _at(self, text: str, start: int) -> _Label | None:
        found = self._listed.match(text, start)
        if found is None or not found["name"][:1].isupper():
            return None
        is_loud = found["name"].isupper() and len(found["name"]) > 1
        stop = found["stop"].strip()
        if not is_loud and (
            found["comma"] or stop in ("—", "–") or (not stop and not _ends_line(text, found.end()))
        ):
            return None
        name = self._known[_key(found["name"])]
        return _Label(name, start, found.end("name"), found.end(), not is_speakable(text[found.end() :]))

    def keep_repeated(self, labels: list[list[_Label]], paragraphs: Sequence[Paragraph]) -> None:
        """Drop names without a voice that may be words of a sentence ("Remember:"): those that occur once."""
        shown = Counter(
            paragraph.text[label.start : label.name_end]
            for found, paragraph in zip(labels, paragraphs, strict=True)
            for label in found
        )
        for found, paragraph in zip(labels, paragraphs, strict=True):
            found[:] = [
                label
                for label in found
                if label.name
                or paragraph.label_chars
                or _is_loud(paragraph.text, label)
                or shown[paragraph.text[label.start : label.name_end]] >= _TWICE
            ]


def _key(name: str) -> str:
    return " ".join(name.casefold().strip(" .:,").split())


def _is_loud(text: str, label: _Label) -> bool:
    return text[label.start : label.name_end].isupper()


def _ends_line(text: str, at: int) -> bool:
    return at == len(text) or text[at] == "\n"


def _unlisted(text: str) -> _Label | None:
    """Return a name without a voice: in capitals before a full stop, or capitalised before a colon."""
    found = _UNLISTED.match(text)
    if found is None:
        return None
    name = found["name"]
    letters = sum(map(str.isalpha, name))
    is_name = name.isupper() or (
        text[found.end() - 1] == ":" and all(word[:1].isupper() for word in name.split())
    )
    if letters < _LEAST_NAME_CHARS or not is_name:
        return None
    return _Label(None, 0, found.end("name"), found.end(), not is_speakable(text[found.end() :]))


def _may_speak(paragraph: Paragraph) -> bool:
    return (
        paragraph.kind is Kind.TEXT
        and paragraph.voice is None
        and paragraph.role not in (Role.NOTE, Role.DIRECTION)
    )


def _cast(
    paragraphs: Sequence[Paragraph], labels: Sequence[Sequence[_Label]], *, says_names: bool
) -> Iterator[tuple[SpokenPart, ...] | None]:
    """Yield the parts of each paragraph."""
    last = max(at for at, found in enumerate(labels) if found)
    spoken = sum(
        _may_speak(paragraph) and not _is_direction(paragraph, found)
        for paragraph, found in zip(paragraphs, labels, strict=True)
    )
    is_all_speech = sum(map(bool, labels)) * _EVERY >= spoken
    speaker: str | None = None
    is_alone = False
    for at, (paragraph, found) in enumerate(zip(paragraphs, labels, strict=True)):
        if paragraph.kind is not Kind.TEXT:
            speaker = None
        if not _may_speak(paragraph) or _is_direction(paragraph, found):
            is_part = speaker is not None and _is_direction(paragraph, found)
            yield (SpokenPart(0, len(paragraph.text), _DIRECTION),) if is_part else None
            continue
        goes_on = at < last or is_all_speech or is_alone
        if not found and paragraph.role is Role.QUOTATION:
            yield None
            continue
        if not found and not (speaker and goes_on):
            speaker = None
            yield None
            continue
        parts = list(_parts(paragraph.text, found, speaker, says_names=says_names))
        if found:
            speaker, is_alone = found[-1].name, found[-1].is_alone
        else:
            is_alone = False
        yield tuple(parts)


def _is_direction(paragraph: Paragraph, found: Sequence[_Label]) -> bool:
    text = paragraph.text
    return paragraph.role is Role.DIRECTION or (
        not found and bool(_WHOLLY.fullmatch(text) or _STAGE.match(text))
    )


def _parts(
    text: str, found: Sequence[_Label], speaker: str | None, *, says_names: bool
) -> Iterator[SpokenPart]:
    """Yield names, speeches and stage directions of a paragraph in order."""
    at = 0
    for label in (*found, None):
        end = label.start if label else len(text)
        yield from _speech(text, at, end, speaker)
        if label is None:
            return
        if label.name is not None:
            yield from _name(text, label, is_said=says_names)
        at, speaker = label.end, label.name


def _name(text: str, label: _Label, *, is_said: bool) -> Iterator[SpokenPart]:
    """Yield the name of a speaker, and the stage direction after it."""
    end = label.name_end if is_speakable(text[label.name_end : label.end]) or is_said else label.end
    yield SpokenPart(label.start, end, _DIRECTION if is_said else _UNSAID)
    if is_speakable(text[end : label.end]):
        yield SpokenPart(end, label.end, _DIRECTION)


def _speech(text: str, start: int, end: int, speaker: str | None) -> Iterator[SpokenPart]:
    """Yield a speech and the stage directions in it; nothing if the main voice reads it."""
    if speaker is None:
        return
    character = Character(Role.SPEAKER, speaker)
    spans = [found.span() for found in _BRACKETS.finditer(text, start, end)]
    spans += [found.span() for found in _PARENTHESES.finditer(text, start, end)]
    if (first := _OPENING.match(text, start, end)) and first.span() not in spans:
        spans.append(first.span())
    at = start
    for begin, stop in sorted(spans):
        if begin < at:
            continue
        if is_speakable(text[at:begin]):
            yield SpokenPart(at, begin, character)
        yield SpokenPart(begin, stop, _DIRECTION)
        at = stop
    if is_speakable(text[at:end]):
        yield SpokenPart(at, end, character)
