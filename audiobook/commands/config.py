"""`audiobook config`: the settings that apply, and where each comes from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from audiobook.commands.output import print_json, print_table
from audiobook.settings import BESIDE, FILE_NAME
from audiobook.settings.origins import Effective, effective_settings


def show_settings(root: Path | None, environment: Mapping[str, str], *, as_json: bool) -> int:
    """Print every setting with its value and its source.

    Args:
        root: Project folder; None without a project.
        environment: `os.environ` or similar.
        as_json: Print one JSON object.

    Returns:
        0.

    Raises:
        SettingsError: A setting is not valid.
    """
    found = effective_settings(root, environment)
    if as_json:
        path = (root or Path()) / FILE_NAME
        settings = [{"name": each.name, "value": each.value, "source": each.source} for each in found]
        print_json({"file": path.as_posix() if path.is_file() else None, "settings": settings})
    else:
        rows = [("SETTING", "VALUE", "SOURCE")]
        print_table([*rows, *((each.name, _shown(each), each.source) for each in found)], shortened=(1,))
    return 0


def _shown(setting: Effective) -> str:
    if setting.name == "output" and setting.value == BESIDE:
        return "(next to each text)"
    return "(unset)" if setting.value is None else msgspec.json.encode(setting.value).decode()
