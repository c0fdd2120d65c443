"""Reading `audiobook.toml`: its values as the user wrote them, without definitions of programs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from audiobook.errors import SettingsError
from audiobook.places import configuration_folder
from audiobook.settings.mistakes import FILE_NAME, line_setting, unknown_setting
from audiobook.settings.project_settings import NOT_IN_FILES
from audiobook.system.opening import read_given
from audiobook.toml import parse_toml

_PROGRAMS: Final = "command"
"""Name of the engine that runs the user's own programs."""
_MOST_BYTES: Final = 64 << 20
"""More than the settings of a hundred thousand works need."""


def read_values(project: Path, contents: bytes | None = None) -> tuple[dict[str, Any], str]:
    """Return the values in the file of a project, with dotted names for the options of engines, and its text.

    Args:
        project: Folder of the project.
        contents: The future contents of the file; None for what it contains now.

    Raises:
        SettingsError: It cannot be read, is not TOML, or defines commands.
    """
    text = _read(project / FILE_NAME, contents)
    values = parse_toml(text, FILE_NAME, SettingsError)
    _refuse_commands(values, text)
    for key in NOT_IN_FILES & values.keys():
        raise unknown_setting([key], values, text)
    _flatten_options(values)
    return values, text


def _refuse_commands(values: dict[str, Any], text: str) -> None:
    """Refuse definitions of programs: only the user may make them, and the project may come from a stranger."""
    engines = values.get("engines")
    for keys in (["engines", _PROGRAMS], [_PROGRAMS], [f"{_PROGRAMS}s"]):
        table = values if len(keys) == 1 else engines if isinstance(engines, dict) else {}
        if keys[-1] in table:
            raise SettingsError(
                "a project cannot define commands, because its files must not run programs",
                where=line_setting(text, keys) or FILE_NAME,
                hint=f"define them in your own file, {configuration_folder() / 'commands.toml'}",
            )


def _flatten_options(values: dict[str, Any]) -> None:
    """Name options in subtables with dots: `lang` in `[engines.openai.fields]` is `fields.lang`."""
    engines = values.get("engines")
    if isinstance(engines, dict):
        for name, options in engines.items():
            engines[name] = dict(_flat(options, "")) if isinstance(options, dict) else options


def _flat(options: dict[str, Any], begin: str) -> Iterator[tuple[str, Any]]:
    for name, value in options.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{begin}{name}.")
        else:
            yield f"{begin}{name}", value


def _read(path: Path, contents: bytes | None) -> str:
    try:
        return (read_given(path, _MOST_BYTES) if contents is None else contents).decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise SettingsError("is not UTF-8", where=FILE_NAME, hint="save it as UTF-8") from error
    except OSError as error:
        raise SettingsError(f"cannot be read: {error.strerror}", where=FILE_NAME) from error
