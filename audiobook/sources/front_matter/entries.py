"""Keys, values and their lines, from a small block of YAML or TOML whose values are texts and lists of texts.

YAML is read as the events of its parser: nothing is built from tags, nothing refers to anything else, and
nothing recurses, so no block is larger than it looks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from audiobook.errors import SourceError
from audiobook.sources.encoding.surrogates import joined
from audiobook.toml import line_of_key, parse_toml

if TYPE_CHECKING:
    from yaml.events import Event

_MOST_KEYS: Final = 100
_DEEPEST: Final = 2
"""A mapping, and a list in it."""
_NULL: Final = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEANS: Final = frozenset(("true", "True", "TRUE", "false", "False", "FALSE"))
"""YAML 1.1 has more, such as `no`; these are left to be texts, for `no` is also a language."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One key with its value.

    Attributes:
        key: The key.
        value: A text, or a list of texts.
        line: The line it stands on, from 1.
    """

    key: str
    value: str | tuple[str, ...]
    line: int


def yaml_entries(block: str, name: str, first_line: int) -> list[Entry] | None:
    """Give the entries of a mapping in YAML, in order.

    Args:
        block: The YAML.
        name: How messages call its file.
        first_line: The line of the file on which the block begins.

    Returns:
        The entries; None when the block is no mapping.

    Raises:
        SourceError: It is no YAML, or holds what is not read: anchors, aliases, tags, mappings in mappings,
            a key twice; names `path:line`.

    Source: YAML 1.1, as PyYAML parses it.
    """
    from yaml.events import (  # noqa: PLC0415 - as below
        DocumentStartEvent,
        MappingStartEvent,
        ScalarEvent,
        SequenceStartEvent,
    )

    events = _events(block, name, first_line)
    if not any(isinstance(next(events, None), MappingStartEvent) for _ in range(3)):
        return None
    found: list[Entry] = []
    for event in events:
        if not isinstance(event, ScalarEvent):
            break
        line = event.start_mark.line + first_line
        where = f"{name}:{line}"
        key = joined(event.value, where)
        value = next(events)
        if isinstance(value, ScalarEvent):
            found.append(Entry(key, _yaml_text(value, key, where), line))
        elif isinstance(value, SequenceStartEvent):
            found.append(Entry(key, tuple(_yaml_list(events, key, where)), line))
        else:
            raise _wrong(key, "a mapping", where)
    for event in events:
        if isinstance(event, DocumentStartEvent):
            raise SourceError("more is not read", where=f"{name}:{event.start_mark.line + first_line}")
    _refuse_twins(found, name)
    return found


def _events(block: str, name: str, first_line: int) -> Iterator[Event]:
    import yaml  # noqa: PLC0415 - 15 ms, for texts with front matter only

    depth = 0
    try:
        for event in yaml.parse(block, Loader=yaml.SafeLoader):
            where = f"{name}:{event.start_mark.line + first_line}"
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise SourceError("anchors and aliases are not read", where=where, hint="write the value out")
            if getattr(event, "tag", None):
                raise SourceError(f"the tag “{event.tag[:40]}” is not read", where=where, hint="leave it out")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise SourceError("lists and mappings in each other are not read", where=where)
            yield event
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        raise SourceError(f"is not YAML: {error.problem}", where=f"{name}:{line + first_line}") from error
    except yaml.reader.ReaderError as error:
        line = block.count("\n", 0, error.position)
        raise SourceError(
            "is not YAML: a character is not allowed", where=f"{name}:{line + first_line}"
        ) from error
    except (ValueError, OverflowError) as error:
        # Numbers of characters and versions that no computer has.
        raise SourceError("is not YAML: a number is too large", where=f"{name}:{first_line}") from error


def _yaml_list(events: Iterator[Event], key: str, where: str) -> Iterator[str]:
    from yaml.events import ScalarEvent  # noqa: PLC0415

    for event in events:
        if not isinstance(event, ScalarEvent):
            return
        yield _yaml_text(event, key, where)


def _yaml_text(event: Event, key: str, where: str) -> str:
    value = joined(str(event.value), where)
    if event.style is None and value in _NULL:
        raise _wrong(key, "nothing", where)
    if event.style is None and value in _BOOLEANS:
        raise _wrong(key, f"“{value}”", where)
    return value


def toml_entries(block: str, name: str, first_line: int) -> list[Entry]:
    """Give the entries of a block of TOML, in order; see `yaml_entries`."""
    table = parse_toml(block, name, SourceError, first_line)
    if len(table) > _MOST_KEYS:
        raise SourceError(f"has more than {_MOST_KEYS} keys", where=f"{name}:{first_line}")
    lines = block.split("\n")
    entries: list[Entry] = []
    for key, value in table.items():
        line = (line_of_key(lines, key) or 1) - 1 + first_line
        where = f"{name}:{line}"
        if isinstance(value, list):
            entries.append(Entry(key, tuple(_toml_text(one, key, where) for one in value), line))
        else:
            entries.append(Entry(key, _toml_text(value, key, where), line))
    return entries


def _toml_text(value: object, key: str, where: str) -> str:
    match value:
        case str():
            return value
        case bool() | dict() | list():
            raise _wrong(key, "a table" if isinstance(value, dict) else str(value)[:40].lower(), where)
        case date():
            return value.isoformat()
        case int() if abs(value) >> 64:
            raise _wrong(key, "a huge number", where)
        case _:
            return str(value)


def _wrong(key: str, found: str, where: str) -> SourceError:
    return SourceError(f"“{key[:40]}” must be a text, not {found}", where=where)


def _refuse_twins(entries: list[Entry], name: str) -> None:
    seen: dict[str, int] = {}
    for entry in entries:
        if entry.key in seen:
            raise SourceError(
                f"“{entry.key[:40]}” stands on line {seen[entry.key]} already",
                where=f"{name}:{entry.line}",
                hint="leave one of them out",
            )
        seen[entry.key] = entry.line
