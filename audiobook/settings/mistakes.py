"""Mistakes in settings as errors: what a value must be, the line that sets it, and the nearest known setting."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

import msgspec

from audiobook.casting import Casting
from audiobook.errors import SettingsError, alternatives, meant, near, nearest
from audiobook.settings.project_settings import NOT_IN_FILES, Settings
from audiobook.settings.tables import (
    AudioSettings,
    ChapterSettings,
    CoverSettings,
    CreditsSettings,
    ListenSettings,
    Mp3Settings,
    PauseSettings,
    PublishSettings,
    VoiceSettings,
    WorkSettings,
)

FILE_NAME: Final = "audiobook.toml"
_TABLES: Final[dict[str, type[msgspec.Struct]]] = {
    "pauses": PauseSettings,
    "audio": AudioSettings,
    "mp3": Mp3Settings,
    "chapters": ChapterSettings,
    "cover": CoverSettings,
    "listen": ListenSettings,
    "publish": PublishSettings,
    "voice": VoiceSettings,
    "cast": Casting,
    "credits": CreditsSettings,
    "works": WorkSettings,
}
_NAMED_TABLES: Final = {
    "voice": "voice.<language>",
    "credits": "credits.<language>",
    "works": "works.<name>",
}
"""Tables that contain a table for each name, as in their headers."""
_EXAMPLES: Final = {"voice": "voice.en", "credits": "credits.en", "works": "works.my-essay"}

_LANGUAGE_WORDS: Final = frozenset(("lang", "language", "languages", "locale"))
_OTHER_WORDS: Final = {
    "bit_rate": "kbits",
    "bitrate": "kbits",
    "sample_rate": "rate_hz",
    "samplerate": "rate_hz",
    "volume": "loudness_lufs",
    "loudness": "loudness_lufs",
    "rate": "speed",
    "tempo": "speed",
    "reader": "narrator",
    "url": "base_url",
    "threads": "jobs",
    "workers": "jobs",
}
"""Settings by names that other programs give them."""

_PATH: Final = re.compile(r" - at `\$\.?([^`]*)`\Z")
_UNKNOWN: Final = re.compile(r"unknown field `(.*)`\Z", re.DOTALL)
"""Matches the name of an unknown setting, which can contain any characters, or be empty."""
_NO_CHOICE: Final = re.compile(r"Invalid enum value '(.*)'", re.DOTALL)
_NUMBER_IN_A_LIST: Final = re.compile(r"\[\d+\]")
_PARTS_OF_A_TABLE: Final = 2


def explained(message: str, values: dict[str, Any], text: str) -> SettingsError:
    """Return our error for the library's message, with the line of the key and a hint about a similar key."""
    path = _PATH.search(message)
    if message in (f"Object contains unknown field `{key}`" for key in values):
        path = None  # the name itself may look like a path
    place = _NUMBER_IN_A_LIST.sub("", path.group(1)) if path else ""
    keys = [key for key in re.split(r"[.\[\]]+", place) if key]
    if path and keys and keys[0] in _NAMED_TABLES:
        # The library does not say which table it means.
        wrong = _wrong_table(values[keys[0]], _TABLES[keys[0]])
        keys = [keys[0], wrong, *place.split("]", 1)[-1].replace("[...]", "").split(".")[1:]]
    body = message[: path.start()] if path else message
    if keys[:1] == ["engines"]:
        keys = ["engines", *_wrong_option(values["engines"])]
    unknown = _UNKNOWN.search(body)
    if unknown:
        return unknown_setting([*keys, unknown.group(1)], values, text)
    keys = [key for key in keys if key]
    hint = None
    if len(keys) <= _PARTS_OF_A_TABLE and keys[0] in _NAMED_TABLES and body.startswith("Expected `object`"):
        hint = f"write it under `[{_NAMED_TABLES[keys[0]]}]`, for example `[{_EXAMPLES[keys[0]]}]`"
    what = f"{'each value of ' if _is_of_each(path, keys) else ''}{'.'.join(keys)}"
    choices = [str(each) for each in _choices(keys)]
    if mistyped := _NO_CHOICE.fullmatch(body):
        hint = meant(mistyped.group(1), choices)
    requirement = _requirement(body, choices)
    return SettingsError(f"{what} {requirement}", where=_place(text, keys), hint=hint)


def unknown_setting(keys: list[str], values: dict[str, Any], text: str) -> SettingsError:
    """Return the error for a setting that does not exist, with a hint about the one that was probably meant.

    Args:
        keys: The names of its tables, and its own.
        values: All values in the file.
        text: The file; "" if there is none.
    """
    *tables, name = keys
    table = _TABLES.get(tables[-1]) or _TABLES.get(tables[0]) if tables else Settings
    known = [field for field in table.__struct_fields__ if field not in NOT_IN_FILES] if table else []
    hint = _near_setting(name, tables, known, values.get(name))
    return SettingsError(f"unknown setting “{name}”", where=_place(text, keys), hint=hint)


def _place(text: str, keys: list[str]) -> str | None:
    """Return `path:line` of a key, or the file if the line is not found; None without a file."""
    return line_setting(text, keys) or (FILE_NAME if text else None)


def _is_of_each(path: re.Match[str] | None, keys: list[str]) -> bool:
    """Return whether a mistake is in an item of a list, or in a table whose keys are chosen by the user."""
    least = 2 if keys[0] in _NAMED_TABLES else 1
    return path is not None and path[1].endswith("]") and path[1].count("]") >= least and keys[0] != "engines"


def _choices(keys: list[str]) -> tuple[object, ...]:
    """Return the values that a setting can have, if they can be listed."""
    table = (_TABLES.get(keys[0]) if len(keys) > 1 else Settings) if keys else None
    wanted = get_type_hints(table).get(keys[-1]) if table else None
    kinds = (wanted, *get_args(wanted))
    return next((get_args(kind) for kind in kinds if get_origin(kind) is Literal), ())


def _near_setting(name: str, keys: list[str], known: list[str], value: object) -> str | None:
    """Return a hint with the nearest setting, in whichever table it is."""
    if not keys and isinstance(value, dict):
        return near(name, _TABLES)
    word = name.casefold().replace("-", "_")
    if word in _LANGUAGE_WORDS:
        return "the language of a text is that of its folder (texts/fi/essay.txt) or its name (essay.fi.txt)"
    meant = _OTHER_WORDS.get(word, word)
    if meant in known:
        return f"did you mean {meant}?"
    if not keys and (tables := _tables_with(meant)):
        return f"did you mean `{meant}` under {tables}?"
    if not keys and not nearest(name, known):
        every = {field for kind in _TABLES.values() for field in kind.__struct_fields__}
        if close := nearest(word, every):
            return f"did you mean `{close[0]}` under {_tables_with(close[0])}?"
    return near(name, known)


def _tables_with(name: str) -> str:
    """Return the headers of the tables that have a setting with a name; empty if none has."""
    tables = [table for table, kind in _TABLES.items() if name in kind.__struct_fields__]
    return alternatives([f"`[{_NAMED_TABLES.get(table, table)}]`" for table in tables]) if tables else ""


_KINDS: Final = {
    "int": "a whole number",
    "float": "a number",
    "str": "text in quotes",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
}
"""Names of value types in a message."""
_LIMITS: Final = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than"}


def _requirement(message: str, choices: Sequence[str] = ()) -> str:
    """Return a message of msgspec as a requirement: "must be at most 3.0", "must be a whole number"."""
    if choices and message.startswith("Invalid enum value"):
        return f"must be {alternatives(choices)}"
    if limit := re.fullmatch(r"Expected `\w+` (<=|>=|<|>) (\S+)", message):
        return f"must be {_LIMITS[limit.group(1)]} {limit.group(2)}"
    if length := re.fullmatch(r"Expected `str` of length (<=|>=) (\d+)", message):
        return f"must have {_LIMITS[length.group(1)]} {length.group(2)} characters"
    if message.startswith("Expected `str` matching regex"):
        return "must not be blank" if r"\S" in message else "must have a letter or a digit"
    if kind := re.fullmatch(r"Expected `([\w |]+)`, got `\w+`", message):
        names = [_KINDS[name] for name in kind.group(1).split(" | ") if name in _KINDS]
        return (
            f"must be {alternatives([n for n in names if n != 'a whole number' or 'a number' not in names])}"
        )
    return f"is not valid: {message[:1].lower()}{message[1:]}"


def _wrong_table(tables: object, kind: type[msgspec.Struct]) -> str:
    """Return the name of the first table that is not valid."""
    for name, table in tables.items() if isinstance(tables, dict) else ():
        try:
            msgspec.convert(table, kind)
        except msgspec.ValidationError:
            return str(name)
    return ""


def _wrong_option(engines: object) -> list[str]:
    """Return the keys under `engines` that lead to the first value of a wrong type; empty if there are none."""
    for engine, options in engines.items() if isinstance(engines, dict) else ():
        if not isinstance(options, dict):
            return [str(engine)]
        for name, value in options.items():
            if not isinstance(value, str | int | float):
                return [str(engine), *str(name).split(".")]
    return []


_HEADER = re.compile(r"\s*\[+([^\]]+)\]")
_PART: Final = r"""(?: [\w-]+ | "[^"]*" | '[^']*' )"""
"""A part of a key, for use in a verbose expression: speed, "pt-BR"."""
_KEY_PART = re.compile(_PART, re.VERBOSE)
_ASSIGNMENT = re.compile(
    rf"""
    \s* ( {_PART} (?: \s* \. \s* {_PART} )* )  # voice.fi.speed
    \s* =
    """,
    re.VERBOSE,
)


def line_setting(text: str, keys: list[str]) -> str | None:
    """Return `path:line` of the line that sets a key; None if the file does not set it."""
    table: list[str] = []
    header_line = None
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            table = _parts(header.group(1))
            if table[: len(keys)] == keys:
                header_line = header_line or number
        elif assignment := _ASSIGNMENT.match(line):
            full = table + _parts(assignment.group(1))
            if full == keys[: len(full)]:
                return f"{FILE_NAME}:{number}"
            if full[: len(keys)] == keys:
                header_line = header_line or number
    return f"{FILE_NAME}:{header_line}" if header_line else None


def _parts(key: str) -> list[str]:
    """Return the parts of a dotted TOML key."""
    return [part.strip("\"'") for part in _KEY_PART.findall(key)]
