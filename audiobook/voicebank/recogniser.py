"""Installing the model of the speech recogniser.

Source: https://huggingface.co/Systran/faster-whisper-base: OpenAI's Whisper base (MIT), converted for CTranslate2.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from audiobook.system.locks import locked
from audiobook.voicebank.fetch import Download
from audiobook.voicebank.installation import Progress, fetch_missing, put_in_place

MODEL_URL: Final = (
    "https://huggingface.co/Systran/faster-whisper-base/resolve/a80717a3a48b1b28aa687bca146cb7301feae1b1"
)
LICENCE: Final = "MIT"
_LOCK_NAME: Final = ".lock"
_FILES: Final = (
    (
        "config.json",
        2_309,
        "ce9b225b30072c0d86b6c93d49384821",
        "56a6d8110d311f19c8f0471e562832c7527f146b567275bfca59fcf7c184da9a",
    ),
    (
        "tokenizer.json",
        2_203_239,
        "10268c850d335f758d616c3465b8de48",
        "fb7b63191e9bb045082c79fd742a3106a12c99513ab30df4a0d47fa6cb6fd0ab",
    ),
    (
        "vocabulary.txt",
        459_861,
        "c1120a13c94a8cbb132489655cdd1854",
        "34ce3fe1c5041027b3f8d42912270993f986dbc4bb34cf27f951e34a1e453913",
    ),
    (
        "model.bin",
        145_217_532,
        "e68e0899975fd655a74451927bfbbec0",
        "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9",
    ),
)
"""Name, length in bytes, MD5 and SHA-256 of each file. The model is last, so that it exists only with the others."""


def install_recogniser(
    folder: Path, progress: Progress, on_wait: Callable[[str], None], base_url: str = MODEL_URL
) -> None:
    """Download the files of the model that are not in a folder yet, check them, and move them into place.

    Args:
        folder: The folder of the model.
        progress: Called with the progress of the download.
        on_wait: Called with the name of another process that is installing the model, which this one waits for.
        base_url: Address of the files, without a slash at the end.

    Raises:
        UnexpectedFile: A file is not the pinned one.
        StorageError: A file cannot be downloaded or written. What was downloaded so far is kept.
    """
    with locked(folder / _LOCK_NAME, on_wait=on_wait) as announce:
        announce()
        listed = [
            Download(f"{base_url}/{name}", folder / name, size, md5, sha256)
            for name, size, md5, sha256 in _FILES
        ]
        put_in_place(fetch_missing(listed, progress))
