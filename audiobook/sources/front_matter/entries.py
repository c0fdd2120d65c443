"""Keys, values and line numbers from a small YAML or TOML block.

Values are strings or lists of strings. Of any other value, only its kind, the names in it, and the strings of mappings are
kept. YAML is read as parser events: tags create no objects, references are rejected and nothing recurses, so a block cannot
expand to more than its size.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from audiobook.errors import SourceError
from audiobook.sources.encoding.surrogates import joined
from audiobook.toml import line_of_key, parse_toml

if TYPE_CHECKING:
    from yaml.events import Event

_MOST_KEYS: Final = 100
_DEEPEST: Final = 20
_MOST_NAMES: Final = 100
_NAME_KEYS: Final = frozenset(("name", "given", "family", "literal", "last", "first"))
"""Keys of a person in a mapping, as in Pandoc and Quarto."""
_NOTHING: Final = "nothing"
_NULL: Final = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEANS: Final = frozenset(("true", "True", "TRUE", "false", "False", "FALSE"))
"""YAML 1.1 has more booleans, such as `no`. They stay strings here, because `no` is also a language tag."""


Field = tuple[tuple[str, ...], str | None, int]
"""The keys that lead to a value in a mapping; the value, None for a list; and its line, 0 if unknown."""


class Entry(msgspec.Struct, frozen=True):
    """A key with its value.

    Attributes:
        key: The key.
        value: A string, a list of strings, or something else.
        line: Line number of the key, from 1.
    """

    key: str
    value: str | tuple[str, ...] | Other
    line: int


class Other(msgspec.Struct, frozen=True):
    """A value that is neither a string nor a list of strings.

    Attributes:
        what: What it is, in words: `nothing`, `a mapping`, `“true”`.
        names: The names of people in it.
        fields: What is in a mapping, and in mappings in it.
    """

    what: str
    names: tuple[str, ...] = ()
    fields: tuple[Field, ...] = ()


def yaml_entries(block: str, name: str, first_line: int) -> list[Entry] | None:
    """Return the entries of a YAML mapping, in order.

    Args:
        block: The YAML.
        name: The file's name in messages.
        first_line: Line number in the file at which the block starts.

    Returns:
        The entries; None if the block is not a mapping.

    Raises:
        SourceError: The block is not valid YAML, is nested too deeply, or contains anchors, aliases, tags or a
            duplicate key. The error gives `path:line`.

    Source: YAML 1.1, as PyYAML parses it.
    """
    from yaml.events import DocumentStartEvent, MappingStartEvent, ScalarEvent

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
            found.append(Entry(key, _yaml_text(value, where), line))
        else:
            collected = [value, *_collection(events)]
            one = _yaml_collection(value, iter(collected[1:]), where)
            if isinstance(one, Other):
                one = replace(one, fields=tuple(_yaml_fields(collected, where, first_line)))
            found.append(Entry(key, one, line))
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
                raise SourceError("is nested too deeply", where=where)
            yield event
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        raise SourceError(
            f"invalid YAML: {error.problem}",
            where=f"{name}:{line + first_line}",
            hint='put a value with “: ” or other signs in quotes, for example: title: "Salt: a story"',
        ) from error
    except yaml.reader.ReaderError as error:
        line = block.count("\n", 0, error.position)
        raise SourceError(
            "invalid YAML: a character is not allowed", where=f"{name}:{line + first_line}"
        ) from error
    except (ValueError, OverflowError) as error:
        # Character codes and version numbers too large to convert.
        raise SourceError("invalid YAML: a number is too large", where=f"{name}:{first_line}") from error


def _collection(events: Iterator[Event]) -> Iterator[Event]:
    """Yield the events of a collection that has just begun, to its end."""
    from yaml.events import CollectionEndEvent, CollectionStartEvent

    depth = 1
    for event in events:
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        yield event
        if not depth:
            return


def _yaml_fields(events: Sequence[Event], where: str, first_line: int) -> Iterator[Field]:
    """Yield the fields of a mapping and of mappings in it."""
    from yaml.events import CollectionEndEvent, CollectionStartEvent, MappingStartEvent, ScalarEvent

    path: list[str | None] = []
    maps: list[bool] = []
    for event in events:
        if isinstance(event, CollectionStartEvent):
            is_mapping = isinstance(event, MappingStartEvent)
            if maps and all(maps) and not is_mapping:
                yield tuple(filter(None, path)), None, event.start_mark.line + first_line
            maps.append(is_mapping)
            path.append(None)
        elif isinstance(event, CollectionEndEvent):
            maps.pop()
            path.pop()
            if path:
                path[-1] = None
        elif isinstance(event, ScalarEvent) and all(maps):
            if path[-1] is None:
                path[-1] = joined(str(event.value), where)
            else:
                value = _yaml_text(event, where)
                text = value if isinstance(value, str) else value.what.strip("“”")
                yield (
                    tuple(filter(None, path)),
                    "" if text == _NOTHING else text,
                    event.start_mark.line + first_line,
                )
                path[-1] = None


def _yaml_collection(start: Event, events: Iterator[Event], where: str) -> tuple[str, ...] | Other:
    """Return a list of strings; for other collections, what they are and the names in them."""
    from yaml.events import CollectionEndEvent, CollectionStartEvent, MappingStartEvent, ScalarEvent

    texts: list[str] = []
    people: list[list[str]] = []
    key: str | None = None
    depth = 1
    is_plain = not isinstance(start, MappingStartEvent)
    if not is_plain:
        people.append([])
    for event in events:
        if isinstance(event, CollectionStartEvent):
            depth += 1
            is_plain = False
            key = None
            if isinstance(event, MappingStartEvent):
                people.append([])
        elif isinstance(event, CollectionEndEvent):
            depth -= 1
            key = None
            if not depth:
                break
        elif isinstance(event, ScalarEvent):
            text = _yaml_text(event, where)
            is_plain = is_plain and isinstance(text, str)
            shown = text if isinstance(text, str) else ""
            if not people or (depth == 1 and not isinstance(start, MappingStartEvent)):
                texts.append(shown)
            elif key is None:
                key = shown
            else:
                if key in _NAME_KEYS and shown:
                    people[-1].append(shown)
                key = None
    if is_plain:
        return tuple(texts)
    names = [*filter(None, texts), *(" ".join(person) for person in people if person)]
    return Other(
        "a mapping" if isinstance(start, MappingStartEvent) else "a list of other values",
        tuple(names[:_MOST_NAMES]),
    )


def _yaml_text(event: Event, where: str) -> str | Other:
    value = joined(str(event.value), where)
    if event.style is None and value in _NULL:
        return Other(_NOTHING)
    if event.style is None and value in _BOOLEANS:
        return Other(f"“{value}”")
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
        entries.append(Entry(key, _toml_list(value) if isinstance(value, list) else _toml_text(value), line))
    return entries


def _toml_list(values: list[object]) -> tuple[str, ...] | Other:
    found = [_toml_text(value) for value in values[:_MOST_NAMES]]
    texts = tuple(text for text in found if isinstance(text, str))
    if len(texts) == len(values):
        return texts
    names = (names for text in found for names in ((text,) if isinstance(text, str) else text.names))
    return Other("a list of other values", tuple(names))


def _toml_text(value: object) -> str | Other:
    match value:
        case str():
            return value
        case bool():
            return Other(str(value).lower())
        case dict():
            person = [str(value[key]) for key in value if key in _NAME_KEYS and isinstance(value[key], str)]
            return Other("a table", (" ".join(person),) if person else (), tuple(_toml_fields(value, ())))
        case list():
            return Other("a list")
        case date():
            return value.isoformat()
        case int() if abs(value) >> 64:
            return Other("a huge number")
        case _:
            return str(value)


def _toml_fields(table: Mapping[str, object], path: tuple[str, ...]) -> Iterator[Field]:
    """Yield the fields of a table and of tables in it."""
    for key, value in table.items():
        if isinstance(value, dict) and len(path) < _DEEPEST:
            yield from _toml_fields(value, (*path, key))
        elif isinstance(value, list | dict):
            yield (*path, key), None, 0
        else:
            yield (*path, key), str(value).lower() if isinstance(value, bool) else str(value), 0


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
