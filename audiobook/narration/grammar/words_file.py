"""Reading `words.toml`: lines become words, names become forms, and every key is checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, Final, TypeVar

import msgspec

from audiobook.errors import SettingsError, near
from audiobook.narration.grammar.forms import PLAIN, Case, Form, Measure, parse_form
from audiobook.narration.grammar.words import Dates, Endings, Roman, Words
from audiobook.toml import line_of_key, parse_toml

T = TypeVar("T")
_LINES: Final = ("multipliers", "magnitudes", "plurals", "singular_after")
_SIGNS: Final = (
    "point",
    "dot",
    "minus",
    "at",
    "and",
    "slash",
    "plus",
    "times",
    "often",
    "equals",
    "plusminus",
)
"""Words that every language must have."""
_COMPARISONS: Final = ("below", "above", "at_most", "at_least")
"""Words of which a language must have all or none."""
_MONTHS: Final = 12
_ORDINAL: Final = "ordinal"
"""The name for the form of an ordinal without a noun."""


class _Fault(Exception):
    """An invalid key: its table, the key, and what is wrong."""

    def __init__(self, message: str, *keys: str) -> None:
        super().__init__(message)
        self.message = message
        self.keys = keys


def read_words(text: str, name: str) -> Words:
    """Return the data of a language.

    Args:
        text: A `words.toml`.
        name: Name of the file in messages.

    Raises:
        SettingsError: It is not TOML, or a key is unknown, missing, or has an invalid value. The error gives the
            file, the line and the key.
    """
    table = parse_toml(text, name, SettingsError)
    try:
        words = _words(table)
        _check(words)
    except _Fault as fault:
        key = ".".join(fault.keys)
        line = _line_of(fault.keys, text.splitlines())
        raise SettingsError(f"{key}: {fault.message}", where=f"{name}:{line}") from fault
    return words


def _line_of(keys: tuple[str, ...], lines: list[str]) -> int:
    """Return the line, from 1, of the innermost of nested keys that is found."""
    reached = 0
    for depth, key in enumerate(keys):
        parts = r"\.".join(rf"""["']?{re.escape(part)}["']?""" for part in keys[: depth + 1])
        header = re.compile(rf"\s*\[\s*{parts}\s*[\].]")
        at = next((number for number, line in enumerate(lines, 1) if header.match(line)), 0)
        within = line_of_key(lines[reached:], key)
        reached = at or (reached + within if within else reached)
    return reached or 1


def _words(table: dict[str, Any]) -> Words:
    prepared = {
        key: _PREPARED[key](value, key) if key in _PREPARED else value for key, value in table.items()
    }
    try:
        return msgspec.convert(prepared, Words, dec_hook=_as_is)
    except msgspec.ValidationError as error:
        message, _, path = str(error).partition(" - at ")
        keys = re.findall(r"\w+|(?<=`)[^`$.]+(?=`)", path.replace("`key` in ", ""))
        raise _Fault(message, *keys) from error


def _as_is(kind: type, value: object) -> object:
    """Return a prepared value as it is; msgspec calls this for every type that it does not know."""
    if isinstance(value, getattr(kind, "__origin__", kind)):
        return value
    raise ValueError(f"expected {kind.__name__.lower()}, got {value!r}")


def _check(words: Words) -> None:
    """Reject data without something that rules depend on."""
    if not words.decimal:
        raise _Fault("is missing", "decimal")
    for sign in _SIGNS:
        if sign not in words.signs:
            raise _Fault(f"“{sign}” is missing", "signs")
    if 0 < sum(sign in words.signs for sign in _COMPARISONS) < len(_COMPARISONS):
        raise _Fault(f"there must be all of {', '.join(_COMPARISONS)}, or none", "signs")
    if words.dates.months and len(words.dates.months) != _MONTHS:
        raise _Fault(f"there must be 12 months, not {len(words.dates.months)}", "dates", "months")
    for multiplier in words.multipliers:
        if multiplier not in words.counted:
            raise _Fault(f"“{multiplier}” must be in [counted] too", "multipliers")
    for currency in words.cents:
        if currency not in words.counted:
            raise _Fault(f"“{currency}” must be in [counted] too", "cents", currency)
    for name, currency in words.currencies.items():
        if currency not in words.cents:
            raise _Fault(f"“{currency}” must be in [cents] too", "currencies", name)


def _line(value: object, *keys: str) -> tuple[str, ...]:
    if not isinstance(value, str):
        raise _Fault("must be a line of words", *keys)
    return tuple(value.split())


def _table(value: object, *keys: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Fault("must be a table", *keys)
    return value


def _form(name: object, *keys: str) -> Form:
    try:
        return PLAIN if name == _ORDINAL else parse_form(str(name))
    except ValueError as error:
        raise _Fault(str(error), *keys) from error


def _nouns(value: object, key: str) -> dict[str, tuple[str, ...]]:
    """Return lines of forms, in which an underscore stands for a space."""
    lines = {sign: _line(forms, key, sign) for sign, forms in _table(value, key).items()}
    return {sign: tuple(form.replace("_", " ") for form in forms) for sign, forms in lines.items()}


def _patterns(value: object, *keys: str) -> dict[str, re.Pattern[str]]:
    return {name: _pattern(source, *keys, name) for name, source in _table(value, *keys).items()}


def _pattern(source: object, *keys: str) -> re.Pattern[str]:
    try:
        return re.compile(str(source))
    except re.error as error:
        raise _Fault(f"is not a valid regular expression: {error}", *keys) from error


def _endings(kind: Callable[[str], T]) -> Callable[[object, str], Endings[T]]:
    def read(value: object, key: str) -> Endings[T]:
        table = dict(_table(value, key))
        skip = _line(table.pop("skip", ""), key, "skip")
        patterns = [
            (_named(kind, name, key), _pattern(f"(?:{source})$", key, name)) for name, source in table.items()
        ]
        return Endings(patterns, skip)

    return read


def _named(kind: Callable[[str], T], name: str, *keys: str) -> T:
    """Return the member of an enumeration, or the form, with a name."""
    try:
        return kind(name)
    except ValueError as error:
        if not isinstance(kind, type) or not issubclass(kind, Enum):
            raise _Fault(str(error), *keys, name) from error
        hint = near(name, [member.value for member in kind])
        raise _Fault(f"“{name}” is not a {kind.__name__.lower()} ({hint})", *keys, name) from error


def _by_word(kind: Callable[[str], T]) -> Callable[[object, str], dict[str, T]]:
    """Return a function that reads lines of words, each named by the meaning of its words."""

    def read(value: object, key: str) -> dict[str, T]:
        found: dict[str, T] = {}
        for name, words in _table(value, key).items():
            meaning = _named(kind, name, key)
            for word in _line(words, key, name):
                found.setdefault(word, meaning)
        return found

    return read


def _form_tables(value: object, key: str) -> dict[str, dict[str, Form]]:
    return {name: _by_word(parse_form)(table, f"{key}.{name}") for name, table in _table(value, key).items()}


def _forms(value: object, key: str) -> dict[Form, Any]:
    return {_form(name, key, name): said for name, said in _table(value, key).items()}


def _short(value: object, key: str) -> dict[str, Any]:
    return {form: _short_form(said, key, form) for form, said in _table(value, key).items()}


def _short_form(said: object, *keys: str) -> dict[str, Any]:
    if isinstance(said, str):
        return {"say": said}
    table = dict(_table(said, *keys))
    if cases := table.get("cases"):
        table["cases"] = {_named(Case, name, *keys, "cases"): word for name, word in cases.items()}
    return table


def _dates(value: object, key: str) -> Dates | dict[str, Any]:
    table = dict(_table(value, key))
    if "months" in table:
        table["months"] = _line(table["months"], key, "months")
    if "day" in table:
        table["day"] = _form(table["day"], key, "day")
    return table


def _roman(value: object, key: str) -> Roman | dict[str, Any]:
    table = dict(_table(value, key))
    for line in ("rulers", "titles", "feminine", "pronouns"):
        if line in table:
            table[line] = _line(table[line], key, line)
    chapters = _table(table.get("chapters", {}), key, "chapters")
    table["chapters"] = {
        word: _form(form, key, "chapters", word) if form else None for word, form in chapters.items()
    }
    return table


def _lines(value: object, key: str) -> dict[str, tuple[str, ...]]:
    return {name: _line(words, key, name) for name, words in _table(value, key).items()}


_PREPARED: Final[Mapping[str, Callable[[Any, str], object]]] = {
    **dict.fromkeys(_LINES, _line),
    "range_form": _form,
    "dates": _dates,
    "roman": _roman,
    **dict.fromkeys(("short", "numbered"), _short),
    **dict.fromkeys(("counted", "cents"), _nouns),
    **dict.fromkeys(("lists", "ordinal_nouns"), _lines),
    **dict.fromkeys(("attributed", "endings", "counting"), _endings(parse_form)),
    "following": _endings(Measure),
    "before": _by_word(Case),
    "suffixes": _by_word(Case),
    "number_suffixes": _by_word(parse_form),
    **dict.fromkeys(("adjectives", "cardinals"), _forms),
    "forms": _form_tables,
    "patterns": _patterns,
}
