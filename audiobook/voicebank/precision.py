"""Choosing the precision of Kokoro that `auto` uses, by measuring the installed networks on this computer."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from audiobook.engines.kokoro.files import FOLDER_NAME, MEASURED_NAME, MODEL_NAMES, Measured, kokoro_files
from audiobook.engines.kokoro.pace import pace_of
from audiobook.engines.neural.packages import needed_version
from audiobook.errors import EngineMissing, SpeechError
from audiobook.files import storage_error, write_swept

_CLEARLY_FASTER: Final = 0.8
"""The full network is used unless another one needs less than this share of its time."""


def measure_precisions(folder: Path) -> Measured | None:
    """Measure the installed networks, choose one, and save the result next to them.

    If the same networks were measured before, the earlier result is returned.

    Args:
        folder: The voices folder.

    Returns:
        The result; None if the packages of the engine are not installed, or a network cannot speak.

    Raises:
        EngineMissing: The result of an earlier measurement is damaged.
        StorageError: The result cannot be written.
    """
    here = folder / FOLDER_NAME
    names = [name for name, file in MODEL_NAMES.items() if (here / file).exists()]
    before = Measured.read(here)
    if before and sorted(before.pace) == sorted(names):
        return before
    try:
        needed_version("onnxruntime", "kokoro")
        pace = {name: round(pace_of(kokoro_files(folder, name)), 2) for name in names}
    except (EngineMissing, SpeechError):
        return None
    fastest = min(names, key=pace.__getitem__)
    chosen = fastest if pace[fastest] < _CLEARLY_FASTER * pace[names[0]] else names[0]
    measured = Measured(chosen, pace)
    path = here / MEASURED_NAME
    try:
        write_swept(path, msgspec.json.encode(measured))
    except OSError as error:
        raise storage_error(error, path, "writing") from error
    return measured
