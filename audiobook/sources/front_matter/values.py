"""The values of front matter, checked: each function takes an entry and its `path:line`, and returns its value.

Raises:
    SourceError: The value is not valid.
"""

from __future__ import annotations

import re
from datetime import date
from difflib import get_close_matches
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Final

from msgspec.structs import replace

from audiobook.casting import Casting
from audiobook.document import (
    LANGUAGE_TAG,
    Choice,
    is_speakable,
)
from audiobook.errors import SourceError
from audiobook.ranges import normal_ranges
from audiobook.sources.front_matter.entries import Entry, Other
from audiobook.sources.summary import plain_summary
from audiobook.sources.title_text import title_text

_LEAST_MIN: Final = 1
_MOST_MIN: Final = 600
_SWITCH: Final = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_CAST_ROLES: Final = ("headings", "quotations", "notes", "dialogue")
_CAST_KEYS: Final = (*_CAST_ROLES, "speakers", "say_names")
_MOST_AUTHORS: Final = 100
_DATE = re.compile(
    r"""
    (\d{4})(?:[-/](\d\d)(?:[-/](\d\d))?)?                # 2024, 2024-05, 2024-05-01
    (?:[T ]\d\d?:[\d:.]{2,12}[ ]?[Z\w:+-]{0,10})?\Z      # T12:30:00+02:00
    """,
    re.VERBOSE | re.ASCII,
)
_POSITION = re.compile(r"[^\s/]{1,20}\Z")


def dashed(tag: str) -> str:
    """Return a language tag with hyphens instead of underscores."""
    return tag.strip().replace("_", "-")


def minutes_of(entry: Entry, where: str) -> float:
    """Return a number of minutes from 1 to 600."""
    try:
        minutes = float(text_of(entry, where))
    except ValueError:
        minutes = 0.0
    if not _LEAST_MIN <= minutes <= _MOST_MIN:
        raise SourceError(
            f"“{entry.key}” must be a number of minutes from {_LEAST_MIN} to {_MOST_MIN}", where=where
        )
    return minutes


def switch_of(entry: Entry, where: str) -> bool:
    """Return the value of a switch such as `true` or `off`."""
    words = str(getattr(entry.value, "what", entry.value)).strip("“”").lower()
    if words not in _SWITCH:
        raise SourceError(f"“{entry.key}” must be true or false", where=where)
    return _SWITCH[words]


def text_of(entry: Entry, where: str) -> str:
    """Return a text; a list or another value is an error."""
    if isinstance(entry.value, tuple):
        raise SourceError(f"“{entry.key}” must be text, not a list", where=where)
    if isinstance(entry.value, Other):
        raise SourceError(f"“{entry.key}” must be text, not {entry.value.what}", where=where)
    return entry.value


def line_of(entry: Entry, where: str) -> str:
    """Return a text with words, on one line."""
    return _shown(text_of(entry, where), entry.key, where)


def _shown(text: str, key: str, where: str) -> str:
    shown = title_text(text)
    if not is_speakable(shown):
        raise SourceError(f"“{key}” contains no words", where=where, hint="fill it in, or remove it")
    return shown


def description_of(entry: Entry, where: str) -> str:
    """Return the paragraphs of a description."""
    summary = plain_summary(text_of(entry, where))
    if summary is None:
        raise SourceError("“description” contains no words", where=where, hint="fill it in, or remove it")
    return summary


def authors_of(entry: Entry, where: str) -> tuple[str, ...]:
    """Return the names of one or several authors."""
    if isinstance(entry.value, Other) and not entry.value.names:
        raise SourceError(f"“{entry.key}” must be text, not {entry.value.what}", where=where)
    names = entry.value.names if isinstance(entry.value, Other) else entry.value
    names = (names,) if isinstance(names, str) else names
    if not 1 <= len(names) <= _MOST_AUTHORS:
        raise SourceError(f"“{entry.key}” must contain 1 to {_MOST_AUTHORS} names", where=where)
    return tuple(_shown(one, entry.key, where) for one in names)


def language_of(entry: Entry, where: str) -> str:
    """Return a BCP 47 tag."""
    tag = text_of(entry, where)
    if not LANGUAGE_TAG.match(tag):
        raise SourceError(
            f"“{title_text(tag)}” is not a language tag",
            where=where,
            hint="write it like this: language: pt-BR",
        )
    return tag


def date_of(entry: Entry) -> str | None:
    """Return a year, a month or a day, without the time of day; None for anything else."""
    found = _DATE.match(entry.value.strip()) if isinstance(entry.value, str) else None
    if found is None:
        return None
    try:
        date(*(int(part or 1) for part in found.groups()))
    except ValueError:
        return None
    return "-".join(part for part in found.groups() if part)


def position_of(entry: Entry, where: str) -> str:
    """Return a position in a series, such as `2` or `2.5`."""
    given = text_of(entry, where)
    if not _POSITION.match(given) or title_text(given) != given:
        raise SourceError(
            f"“{title_text(given)}” is not a position in a series", where=where, hint="write it as 2 or 2.5"
        )
    return given


def choice_of(choice: Choice, entry: Entry, where: str) -> Choice:
    """Return a choice of chapters, changed by an entry `chapters` or `skip`."""
    if isinstance(entry.value, Other):
        raise SourceError(f"“{entry.key}” must be text, not {entry.value.what}", where=where)
    names = (entry.value,) if isinstance(entry.value, str) else entry.value
    if entry.key == "skip":
        return replace(choice, skip=tuple(_shown(name, entry.key, where) for name in names))
    try:
        return replace(choice, chapters=normal_ranges(",".join(names)))
    except ValueError as error:
        raise SourceError(
            f"chapters: “{title_text(error.args[0])}” is not a number or a range",
            where=where,
            hint="write it like this: chapters: 3-7,10",
        ) from error


def casting_of(entry: Entry, where: str, name: str) -> Casting:
    """Return the voices of roles that a text names."""
    assert isinstance(entry.value, Other)
    voices: dict[str, Any] = {}
    speakers: dict[str, str] = {}
    for keys, value, line in entry.value.fields:
        at = f"{name}:{line}" if line else where
        if value is None:
            raise SourceError(f"cast: “{'.'.join(keys)[:40]}” must be the name of a voice", where=at)
        match keys:
            case ("speakers", speaker):
                speakers[_shown(speaker, "speakers", at)] = value and _shown(value, speaker, at)
            case ("say_names",) if value.lower() in _SWITCH:
                voices["say_names"] = _SWITCH[value.lower()]
            case ("say_names",):
                raise SourceError("“say_names” must be true or false", where=at)
            case (role,) if role in _CAST_ROLES:
                voices[role] = value and _shown(value, role, at)
            case _:
                close = get_close_matches(keys[0], _CAST_KEYS, n=1, cutoff=0.6)
                raise SourceError(
                    f"cast: unknown role “{'.'.join(keys)[:40]}”",
                    where=at,
                    hint=f"did you mean {close[0]}?" if close else f"known: {', '.join(_CAST_KEYS)}",
                )
    return Casting(**voices, speakers=speakers)


def cover_of(entry: Entry, where: str) -> str:
    """Return the path of a cover, relative to the text's folder."""
    given = text_of(entry, where)
    absolute = PurePosixPath(given).is_absolute() or PureWindowsPath(given).anchor
    if not given.strip() or absolute or not given.isprintable() or len(given) > 1000:
        raise SourceError(
            "the cover must be a path relative to the text's folder",
            where=where,
            hint="write it like this: cover: pictures/front.jpg",
        )
    return given
