"""Installing Kokoro: a network and the archive of its voices, both pinned by length and digest.

Source: thewh1teagle/kokoro-onnx, release "model-files-v1.0", made from hexgrad/Kokoro-82M (Apache 2.0).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from audiobook.engines.kokoro.files import (
    FOLDER_NAME,
    KOKORO_LANGUAGES,
    MEASURED_NAME,
    MODEL_NAMES,
    STYLES_NAME,
)
from audiobook.errors import UsageError
from audiobook.system.locks import locked
from audiobook.voicebank.fetch import Download, require_safe
from audiobook.voicebank.installation import Progress, fetch_missing, put_in_place, remove_files

DEFAULT_KOKORO_URL: Final = "https://github.com/thewh1teagle/kokoro-onnx/releases/download/model-files-v1.0"
LICENCE: Final = "Apache-2.0"
_LOCK_NAME: Final = ".lock"


class PinnedFile(msgspec.Struct, frozen=True):
    """A file of the release: its name, length in bytes and SHA-256."""

    name: str
    size_bytes: int
    sha256: str


_STYLES: Final = PinnedFile(
    STYLES_NAME, 28_214_398, "bca610b8308e8d99f32e6fe4197e7ec01679264efed0cac9140fe9c29f1fbf7d"
)
KOKORO: Final = {
    "kokoro": (
        _STYLES,
        PinnedFile(
            MODEL_NAMES["full"],
            325_532_387,
            "7d5df8ecf7d4b1878015a32686053fd0eebe2bc377234608764cc0ef3636a6c5",
        ),
    ),
    "kokoro-int8": (
        _STYLES,
        PinnedFile(
            MODEL_NAMES["int8"],
            92_361_271,
            "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb",
        ),
    ),
}
"""The files to install for each name: voices and network, in full precision or with 8-bit numbers."""


def languages() -> list[str]:
    """Return the BCP 47 tags of the languages that Kokoro speaks, sorted."""
    return sorted(language.tag for language in KOKORO_LANGUAGES.values())


def install_kokoro(
    folder: Path,
    files: Sequence[PinnedFile],
    progress: Progress,
    on_wait: Callable[[str], None],
    base_url: str = DEFAULT_KOKORO_URL,
) -> Path:
    """Download the files that are not installed yet, check them, and move them into place.

    Args:
        folder: The voices folder.
        files: One of the values of `KOKORO`.
        progress: Called with the progress of the download.
        on_wait: Called with the name of another process that is installing Kokoro, which this one waits for.
        base_url: Address of the folder with the files.

    Returns:
        The path of the network.

    Raises:
        SettingsError: The address is invalid.
        UnexpectedFile: A file is not the pinned one.
        StorageError: A file cannot be downloaded or written. What was downloaded so far is kept.
    """
    require_safe(base_url)
    here = folder / FOLDER_NAME
    with locked(here / _LOCK_NAME, on_wait=on_wait) as announce:
        announce()
        listed = [
            Download(
                f"{base_url.rstrip('/')}/{file.name}", here / file.name, file.size_bytes, "", file.sha256
            )
            for file in files
        ]
        put_in_place(fetch_missing(listed, progress))
    return listed[-1].path


def remove_kokoro(folder: Path, name: str) -> int:
    """Remove a network, and the voices if no other network is left; return the number of bytes freed.

    Args:
        folder: The voices folder.
        name: One of the keys of `KOKORO`.

    Raises:
        UsageError: The network is not installed.
        StorageError: A file cannot be removed.
    """
    here = folder / FOLDER_NAME
    styles, model = (here / file.name for file in KOKORO[name])
    if not model.exists():
        raise UsageError(f"the voice “{name}” is not installed")
    others = [here / other for other in MODEL_NAMES.values() if other != model.name]
    return remove_files(
        (model, here / MEASURED_NAME, *([] if any(other.exists() for other in others) else [styles]))
    )
