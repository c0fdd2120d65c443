"""Keys, values and line numbers from a small YAML or TOML block whose values are strings or lists of strings.

YAML is read as parser events: tags create no objects, references are rejected and nothing recurses, so a block
cannot expand to more than its size.
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
"""A mapping, and a list inside it."""
_NULL: Final = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEANS: Final = frozenset(("true", "True", "TRUE", "false", "False", "FALSE"))
"""YAML 1.1 has more booleans, such as `no`. They stay strings here, because `no` is also a language tag."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value.

    Attributes:
        key: The key.
        value: A string, or a list of strings.
        line: Line number of the key, from 1.
    """

    key: str
    value: str | tuple[str, ...]
    line: int


def yaml_entries(block: str, name: str, first_line: int) -> list[Entry] | None:
    """Return the entries of a YAML mapping, in order.

    Args:
        block: The YAML.
        name: The file's name in messages.
        first_line: Line number in the file at which the block starts.

    Returns:
        The entries; None if the block is not a mapping.

    Raises:
        SourceError: The block is not valid YAML, or contains anchors, aliases, tags, nested mappings or a
            duplicate key. The error gives `path:line`.

    Source: YAML 1.1, as PyYAML parses it.
    """
    from yaml.events import (
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
            raise SourceError(
                "contains more than one YAML document", where=f"{name}:{event.start_mark.line + first_line}"
            )
    _refuse_twins(found, name)
    return found


def _events(block: str, name: str, first_line: int) -> Iterator[Event]:
    import yaml  # takes 15 ms, needed only for texts with front matter

    depth = 0
    try:
        for event in yaml.parse(block, Loader=yaml.SafeLoader):
            where = f"{name}:{event.start_mark.line + first_line}"
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise SourceError(
                    "anchors and aliases are not supported", where=where, hint="write the value out"
                )
            if getattr(event, "tag", None):
                raise SourceError(
                    f"the tag “{event.tag[:40]}” is not supported", where=where, hint="remove the tag"
                )
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:
                raise SourceError("nested lists and mappings are not supported", where=where)
            yield event
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        raise SourceError(f"invalid YAML: {error.problem}", where=f"{name}:{line + first_line}") from error
    except yaml.reader.ReaderError as error:
        line = block.count("\n", 0, error.position)
        raise SourceError(
            "invalid YAML: a character is not allowed", where=f"{name}:{line + first_line}"
        ) from error
    except (ValueError, OverflowError) as error:
        # Character codes and version numbers too large to convert.
        raise SourceError("invalid YAML: a number is too large", where=f"{name}:{first_line}") from error


def _yaml_list(events: Iterator[Event], key: str, where: str) -> Iterator[str]:
    from yaml.events import ScalarEvent

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
    """Return the entries of a TOML block, in order; see `yaml_entries`."""
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
    return SourceError(f"“{key[:40]}” must be text, not {found}", where=where)


def _refuse_twins(entries: list[Entry], name: str) -> None:
    seen: dict[str, int] = {}
    for entry in entries:
        if entry.key in seen:
            raise SourceError(
                f"“{entry.key[:40]}” is already set on line {seen[entry.key]}",
                where=f"{name}:{entry.line}",
                hint="remove one of them",
            )
        seen[entry.key] = entry.line
