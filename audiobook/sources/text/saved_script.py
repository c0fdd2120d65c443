"""Saved scripts: a work written as Markdown that reads back as the same chapters, paragraphs and pronunciations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from audiobook.casting import NO_CASTING, Casting, Role
from audiobook.document import (
    Chapter,
    ForeignText,
    Kind,
    Metadata,
    Paragraph,
    Saying,
    SpokenPart,
    Work,
    is_speakable,
)
from audiobook.sources.outline import Block
from audiobook.sources.text.marks.attributes import ROLES
from audiobook.sources.text.marks.effects import NO_CHAPTER
from audiobook.sources.title_text import title_text

_DEEPEST: Final = 6
_SPECIAL = re.compile(r"[\\*_`\[\]{}<~|$^]|&(?=#?\w{1,40};)|(?<==)=|(?<=%)%|:(?=[a-z][a-z0-9_+-]{1,40}:)")
"""Matches characters that have a meaning in Markdown or one of its dialects."""
_LINE_START = re.compile(r"(?m)^(?:[#>+=:-]|(\d{1,9})(?=[.)](?:\s|$)))")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_LINES = re.compile(r"\s*\n\s*")
_PLAIN_BREAK: Final = "* * *"
_MOST_SAY_CHARS: Final = 900
_DATE = re.compile(r"\d{4}(?:-\d\d){0,2}")
_POSITION = re.compile(r"[^\s/]{1,20}")


def saved_chapters(blocks: Sequence[Block], title: str) -> list[Chapter]:
    """Return the chapters of a saved script, one for each heading and chapter mark.

    The title of the work belongs to the first chapter after it.
    """
    opened: list[tuple[str, int, list[Paragraph]]] = []
    lead: list[Paragraph] = []
    for block in blocks:
        paragraph = block.paragraph
        if not opened and not block.level and paragraph.kind is Kind.TITLE:
            lead.append(paragraph)
            continue
        if block.level or not opened:
            name = block.chapter or (title_text(paragraph.text) if block.level else "")
            opened.append((name or title, max(block.level, 1), [] if opened else lead))
        opened[-1][2].append(paragraph)
    if lead and not opened:
        opened.append((title, 1, lead))
    return [
        Chapter(name, level, tuple(paragraphs))
        for name, level, paragraphs in opened
        if any(is_speakable(paragraph.text) for paragraph in paragraphs)
    ]


def script_markdown(work: Work, *, saved: str, cover: str | None) -> str:
    """Return a work as Markdown.

    Args:
        work: The work, with all its chapters.
        saved: The value of the front matter's `saved`, on one line.
        cover: The name of its cover, relative to the text's folder, if the text gave one.
    """
    lines = ["---", *_front_matter(work, saved, cover), "---", ""]
    around: dict[str, str] = {}
    before = 0
    for at, chapter in enumerate(work.chapters):
        opening = int(at == 0 and _begins_with_title(chapter))
        for number, paragraph in enumerate(chapter.paragraphs):
            wanted = _container(paragraph)
            if wanted != around:
                lines += [":::", ""] if around else []
                lines += [f"::: {_braces(wanted)}", ""] if wanted else []
                around = wanted
            lines += [*_written(paragraph, chapter if number == opening else None, before), ""]
        before = chapter.level
    return "\n".join([*lines, *([":::", ""] if around else [])])


def _begins_with_title(chapter: Chapter) -> bool:
    """Return whether a chapter begins with the title of the work."""
    return len(chapter.paragraphs) > 1 and chapter.paragraphs[0].kind is Kind.TITLE


def _front_matter(work: Work, saved: str, cover: str | None) -> Iterator[str]:
    metadata: Metadata = work.metadata
    yield f"title: {_quoted(work.title)}"
    if metadata.authors:
        yield f"authors: [{', '.join(map(_quoted, metadata.authors))}]"
    date = metadata.date if metadata.date and _DATE.fullmatch(metadata.date) else None
    position = metadata.series_position if metadata.series else None
    fields = (
        ("narrator", metadata.narrator),
        ("language", metadata.language),
        ("date", date),
        ("description", metadata.description),
        ("series", metadata.series),
        ("series_position", position if position and _POSITION.fullmatch(position) else None),
        ("cover", cover),
        ("chapters", metadata.choice.chapters),
    )
    yield from (f"{key}: {_quoted(value)}" for key, value in fields if value)
    if metadata.choice.skip:
        yield f"skip: [{', '.join(map(_quoted, metadata.choice.skip))}]"
    yield from _cast(metadata.casting)
    yield f"saved: {_quoted(saved)}"


def _cast(casting: Casting) -> Iterator[str]:
    """Yield the voices of roles that the text names."""
    if casting == NO_CASTING:
        return
    yield "cast:"
    for role in (Role.HEADING, Role.QUOTATION, Role.NOTE, Role.DIALOGUE):
        if voice := getattr(casting, role.value):
            yield f"  {role.value}: {_quoted(voice)}"
    if casting.say_names is not None:
        yield f"  say_names: {str(casting.say_names).lower()}"
    if casting.speakers:
        yield "  speakers:"
        yield from (f"    {_quoted(name)}: {_quoted(voice)}" for name, voice in casting.speakers.items())


def _quoted(value: str) -> str:
    """Return a value in double quotes, valid in YAML."""
    return json.dumps(_clean(value), ensure_ascii=False)


def _clean(text: str) -> str:
    return _CONTROL.sub(lambda found: " " if found[0].isspace() else "", text)


def _container(paragraph: Paragraph) -> dict[str, str]:
    """Return the attributes that apply to a whole paragraph."""
    role = next((name for name, role in ROLES.items() if role is paragraph.role), None)
    asked = {"voice": paragraph.voice, "lang": paragraph.language, "role": role}
    return {key: value for key, value in asked.items() if value}


def _written(paragraph: Paragraph, opened: Chapter | None, before: int) -> Iterator[str]:
    """Yield the lines of a paragraph, preceded by a chapter mark if it opens a chapter."""
    if paragraph.kind in (Kind.HEADING, Kind.TITLE):
        yield _heading(paragraph, opened)
        return
    if opened:
        level = {} if opened.level == before else {"level": str(min(opened.level, 9))}
        yield _braces({"chapter": opened.title} | level)
    if paragraph.text == _PLAIN_BREAK and not paragraph.pauses:
        yield ("" if not opened else "\n") + _PLAIN_BREAK
        return
    text = _LINES.sub("\\\\\n", _marked(paragraph).strip())
    yield _LINE_START.sub(_escaped_start, text)


def _escaped_start(found: re.Match[str]) -> str:
    return f"{found[1]}\\" if found[1] else f"\\{found[0]}"


def _heading(paragraph: Paragraph, opened: Chapter | None) -> str:
    asked: dict[str, str] = {}
    level = opened.level if opened else 2
    if paragraph.kind is Kind.TITLE:
        asked["level"] = "0"
        level = 1
    elif level > _DEEPEST:
        asked["level"] = str(min(level, 9))
    if opened is None and paragraph.kind is not Kind.TITLE:
        asked["chapter"] = NO_CHAPTER
    elif opened and (asked.get("level") == "0" or title_text(paragraph.text) != opened.title):
        asked["chapter"] = opened.title
    text = _LINES.sub("{pause=line}", _marked(paragraph).strip())
    return f"{'#' * min(level, _DEEPEST)} {text}" + (f" {_braces(asked)}" if asked else "")


def _braces(values: dict[str, str]) -> str:
    return "{" + " ".join(f"{key}={_value(value)}" for key, value in values.items()) + "}"


def _value(value: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9-]+", value):
        return value
    escaped = " ".join(_clean(value).split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _marked(paragraph: Paragraph) -> str:
    """Return the text of a paragraph, escaped, with its marks."""
    codes: list[tuple[int, int, str]] = []
    for number, (start, end, values) in enumerate(_spans(paragraph), 1):
        # At one place, inner spans end before outer ones, and outer ones begin before inner ones.
        codes += [(start, number, "["), (end, -number, f"]{_braces(values)}")]
    if _has_label(paragraph):
        codes += [(0, 0, "**"), (paragraph.label_chars, 0, "**")]
    codes += [(pause.offset, 0, _braces({"pause": _length(pause.length_ms)})) for pause in paragraph.pauses]
    pieces: list[str] = []
    done = 0
    for at, _, code in sorted(codes, key=lambda code: code[:2]):
        pieces += (_escaped(paragraph.text[done:at]), code)
        done = at
    return "".join(pieces) + _escaped(paragraph.text[done:])


def _has_label(paragraph: Paragraph) -> bool:
    """Return whether a paragraph begins with a part that can be written in bold."""
    end = paragraph.label_chars
    crossed = any(start < end < stop for start, stop, _ in _spans(paragraph))
    return (
        end > 0
        and paragraph.text[:1].isalnum()
        and not crossed
        and not paragraph.text[end : end + 1].isalnum()
    )


def _escaped(text: str) -> str:
    return _SPECIAL.sub(lambda found: f"\\{found[0]}", _clean(text))


def _length(length_ms: int) -> str:
    return f"{length_ms}ms" if length_ms % 1000 else f"{length_ms // 1000}s"


def _spans(paragraph: Paragraph) -> list[tuple[int, int, dict[str, str]]]:
    """Return the spans of a paragraph, split so that none crosses another; outer ones come before inner ones."""
    sayings = [one for one in paragraph.sayings if one.start < one.end and _saying(one)]
    voices = [part for part in paragraph.spoken if part.character.role is Role.NAMED]
    found = [(one.start, one.end, _saying(one)) for one in sayings]
    for part in paragraph.foreign:
        if part.language != paragraph.language:
            found += [(*piece, {"lang": part.language}) for piece in _uncrossed(part, sayings)]
    for one in voices:
        found += [
            (*piece, {"voice": one.character.name})
            for piece in _uncrossed(one, [*sayings, *paragraph.foreign])
        ]
    return sorted(found, key=lambda span: (span[0], -span[1], "lang" not in span[2], "voice" not in span[2]))


def _saying(saying: Saying) -> dict[str, str]:
    values: dict[str, str] = {}
    if saying.text and len(saying.text) <= _MOST_SAY_CHARS:
        values["say"] = saying.text
    if saying.phonemes:
        values["phonemes"] = saying.phonemes.symbols
        values |= {} if saying.phonemes.alphabet == "ipa" else {"alphabet": saying.phonemes.alphabet}
    if saying.manner:
        values["as"] = saying.manner
    return values


def _uncrossed(
    part: ForeignText | SpokenPart, others: Sequence[Saying | ForeignText]
) -> Iterator[tuple[int, int]]:
    """Split a part where another part crosses it."""
    edges = {
        edge
        for one in others
        for edge in (one.start, one.end)
        if part.start < edge < part.end and not (part.start <= one.start and one.end <= part.end)
    }
    bounds = [part.start, *sorted(edges), part.end]
    yield from pairwise(bounds)
