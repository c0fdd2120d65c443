"""The recogniser's model: a Whisper model in the format of CTranslate2, in a folder of this computer.

Source: SYSTRAN/faster-whisper, `README.md`, "Model conversion".
"""

from __future__ import annotations

import hashlib
import os
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

import msgspec

from audiobook.audio.pyav import require_pyav
from audiobook.engines.neural.folder import voices_folder
from audiobook.errors import EngineMissing
from audiobook.extras import install_command
from audiobook.files import digest, storage_error
from audiobook.places import folder_named
from audiobook.system.opening import open_given

MODEL_NAME: Final = "whisper-base"
MODEL_FILE: Final = "model.bin"
TOKENIZER_FILE: Final = "tokenizer.json"
LISTENING: Final = 5
"""Version of this room; increase it when the same clip is heard differently."""
_NEEDED: Final = ("config.json", MODEL_FILE, TOKENIZER_FILE)
_PACKAGES: Final = ("faster-whisper", "ctranslate2")


class Listener(msgspec.Struct, frozen=True):
    """An installed recogniser. It does not contain the model itself, so it can be sent to a worker.

    Attributes:
        folder: The folder with the model.
        identity: A digest of everything that affects what is heard in a clip.
    """

    folder: Path
    identity: str


def model_folder(named: str | None) -> Path:
    """Return the folder of the model: the one in the settings, or else the one in which it is installed.

    Args:
        named: `model` in `[listen]`; None if it is not set.

    Raises:
        UsageError: `named` is not a valid folder name.
    """
    return Path(folder_named(named)) if named else voices_folder() / MODEL_NAME


def find_listener(named: str | None) -> Listener:
    """Return the installed recogniser. It is neither downloaded nor loaded.

    Args:
        named: `model` in `[listen]`; None if it is not set.

    Raises:
        EngineMissing: A package or the model is not installed.
        StorageError: The model cannot be read.
        UsageError: `named` is not a valid folder name.
    """
    try:
        packages = [f"{name} {version(name)}" for name in _PACKAGES]
    except PackageNotFoundError as error:
        raise EngineMissing(
            "listening needs the package faster-whisper",
            hint=f"install it: {install_command('listen')}",
        ) from error
    require_pyav("speech recognisers")
    folder = model_folder(named)
    missing = [name for name in _NEEDED if not (folder / name).is_file()]
    if missing and named:
        raise EngineMissing(
            f"contains no {missing[0]}, so it is not a Whisper model for faster-whisper",
            where=os.fspath(folder),
            hint="correct `model` in [listen], or remove it to use the installed one",
        )
    if missing:
        raise EngineMissing(
            "the speech recogniser is not installed",
            hint="download its model, 148 MB: audiobook check --listen --download",
        )
    parts = [str(LISTENING), *packages, *(_digest(folder / name) for name in _NEEDED)]
    return Listener(folder, digest("\n".join(parts).encode()))


@lru_cache(maxsize=8)
def _digest(path: Path) -> str:
    try:
        with open_given(path) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise storage_error(error, path, "reading") from error
