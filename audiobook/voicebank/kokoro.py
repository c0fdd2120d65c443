"""Installing Kokoro: one network and the archive of its voices, pinned by length and digest.

Source: thewh1teagle/kokoro-onnx, release "model-files-v1.0", made from hexgrad/Kokoro-82M (Apache 2.0).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audiobook.engines.kokoro.files import (
    FOLDER_NAME,
    KOKORO_LANGUAGES,
    MEASURED_NAME,
    MODEL_NAMES,
    STYLES_NAME,
)
from audiobook.errors import UsageError
from audiobook.system.locks import locked
from audiobook.voicebank.fetch import Wanted, require_safe
from audiobook.voicebank.installation import Progress, fetch_missing, put_in_place, remove_files

DEFAULT_KOKORO_URL: Final = "https://github.com/thewh1teagle/kokoro-onnx/releases/download/model-files-v1.0"
LICENCE: Final = "Apache-2.0"
_LOCK_NAME: Final = ".lock"


@dataclass(frozen=True, slots=True)
class Pinned:
    """A file of the release: its name, length in bytes and SHA-256."""

    name: str
    size_bytes: int
    sha256: str


_STYLES: Final = Pinned(
    STYLES_NAME, 28_214_398, "bca610b8308e8d99f32e6fe4197e7ec01679264efed0cac9140fe9c29f1fbf7d"
)
KOKORO: Final = {
    "kokoro": (
        _STYLES,
        Pinned(
            MODEL_NAMES["full"],
            325_532_387,
            "7d5df8ecf7d4b1878015a32686053fd0eebe2bc377234608764cc0ef3636a6c5",
        ),
    ),
    "kokoro-int8": (
        _STYLES,
        Pinned(
            MODEL_NAMES["int8"],
            92_361_271,
            "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
        ),
    ),
}
"""The files of each name that can be installed: in full precision, and in 8 bits."""


def languages() -> list[str]:
    """Return the BCP 47 tags of the languages that it speaks."""
    return sorted(tongue.tag for tongue in KOKORO_LANGUAGES.values())


def install_kokoro(
    folder: Path,
    files: Sequence[Pinned],
    progress: Progress,
    on_wait: Callable[[str], None],
    base_url: str = DEFAULT_KOKORO_URL,
) -> Path:
    """Download the files that are not there yet, check them, and move them into place.

    Args:
        folder: The voices folder.
        files: One of the values of `KOKORO`.
        progress: Called with the progress of the download.
        on_wait: Called with the name of another process that is installing.
        base_url: Address of the folder with the files.

    Returns:
        The path of the network.

    Raises:
        SettingsError: The address is not valid.
        NotAsListed: A file is not the pinned one.
        StorageError: It cannot be downloaded or written; the part downloaded so far is kept.
    """
    require_safe(base_url)
    here = folder / FOLDER_NAME
    with locked(here / _LOCK_NAME, on_wait=on_wait) as announce:
        announce()
        listed = [
            Wanted(f"{base_url.rstrip('/')}/{each.name}", here / each.name, each.size_bytes, "", each.sha256)
            for each in files
        ]
        put_in_place(fetch_missing(listed, progress))
    return listed[-1].path


def remove_kokoro(folder: Path, name: str) -> int:
    """Remove a network, and the voices with the last one; return the number of bytes freed.

    Raises:
        UsageError: It is not installed.
        StorageError: It cannot be removed.
    """
    here = folder / FOLDER_NAME
    styles, model = (here / each.name for each in KOKORO[name])
    if not model.exists():
        raise UsageError(f"the voice “{name}” is not installed")
    others = [here / other for other in MODEL_NAMES.values() if other != model.name]
    return remove_files(
        (model, here / MEASURED_NAME, *([] if any(other.exists() for other in others) else [styles]))
    )
