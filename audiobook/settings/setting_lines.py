"""The line of `audiobook.toml` that sets a value, for errors found after the settings were loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import msgspec

from audiobook.errors import AudiobookError, SettingsError
from audiobook.settings.mistakes import FILE_NAME, line_setting
from audiobook.settings.project_settings import Settings
from audiobook.toml import parse_toml

_KEPT: Final = ("engines", "works")


def line_of(settings: Settings, *keys: str) -> str | None:
    """Return `path:line` of the line that sets a value or begins a table; None if the value is not from the file.

    Args:
        settings: Settings of a project.
        keys: The keys that lead to the value.
    """
    written = _value(parse_toml(settings.written, FILE_NAME, SettingsError), keys)
    if written is None:
        return None
    now = _value(msgspec.to_builtins(settings), keys)
    # The command line and the environment replace single values, but none of engines and works.
    is_replaced = keys[0] not in _KEPT and not isinstance(written, dict | list) and now != written
    return None if is_replaced else line_setting(settings.written, list(keys))


@contextmanager
def errors_located(settings: Settings, *keys: str, value: str | None = None) -> Iterator[None]:
    """Add the line of a setting to an error that the block raises, if the error names no place.

    Args:
        settings: Settings of a project.
        keys: The keys that lead to the setting.
        value: The value that the error is about; None for whatever the file says.
    """
    try:
        yield
    except AudiobookError as error:
        where = None if error.where else line_of(settings, *keys)
        if where is None or value not in (None, _value(msgspec.to_builtins(settings), keys)):
            raise
        raise type(error)(error.message, hint=error.hint, where=where) from error


def _value(table: Any, keys: tuple[str, ...]) -> Any:  # noqa: ANN401 - whatever the file contains
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    return table
