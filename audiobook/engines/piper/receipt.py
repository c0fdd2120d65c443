"""The receipt of an installed voice: length and digests of each of its files, stored next to them.

A voice that was copied into the folder by hand has no receipt.
"""

from __future__ import annotations

import hashlib
import os
import re
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.errors import EngineMissing

if TYPE_CHECKING:
    from audiobook.engines.piper.voices import VoiceFiles

_MOST_FILE_BYTES: Final = 1 << 30
_MOST_RECEIPT_BYTES: Final = 1 << 16
_MD5 = re.compile(r"[0-9a-fA-F]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}|")


class ListedFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """Length and digests of a file.

    Attributes:
        size_bytes: Length of the file.
        md5_digest: MD5 in hexadecimal, the only digest in the repository's index.
        sha256: SHA-256 in hexadecimal; empty if unknown.
    """

    size_bytes: int
    md5_digest: str
    sha256: str = ""

    @property
    def is_sane(self) -> bool:
        """Whether length and digests are well-formed."""
        return (
            0 < self.size_bytes <= _MOST_FILE_BYTES
            and bool(_MD5.fullmatch(self.md5_digest))
            and bool(_SHA256.fullmatch(self.sha256))
        )

    def is_same(self, other: ListedFile) -> bool:
        """Return whether two descriptions can be of the same file; an unknown SHA-256 matches any."""
        if self.sha256 and other.sha256 and self.sha256 != other.sha256:
            return False
        return (self.size_bytes, self.md5_digest.lower()) == (other.size_bytes, other.md5_digest.lower())


class Receipt(msgspec.Struct, frozen=True, omit_defaults=True):
    """The files of a voice as they were installed, each with its SHA-256."""

    model: ListedFile
    config: ListedFile
    card: ListedFile | None = None


def described(path: Path) -> ListedFile:
    """Return length and digests of a file.

    Raises:
        OSError: It cannot be read.
    """
    with open(path, "rb") as stream:
        return described_stream(stream)


def described_stream(stream: BufferedReader) -> ListedFile:
    """Return length and digests of a file that is open at its start."""
    size = os.fstat(stream.fileno()).st_size
    sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    md5 = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    return ListedFile(size, md5, sha256)


def read_receipt(files: VoiceFiles) -> Receipt | None:
    """Return the receipt of a voice; None if it was not installed but copied into the folder.

    Raises:
        EngineMissing: The receipt is damaged or cannot be read.
    """
    try:
        with open(files.receipt, "rb") as stream:
            receipt = msgspec.json.decode(stream.read(_MOST_RECEIPT_BYTES), type=Receipt)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise files.damaged(files.receipt, error.strerror or type(error).__name__) from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise files.damaged(files.receipt, "the receipt of its installation is damaged") from error
    if not (
        receipt.model.is_sane and receipt.model.sha256 and receipt.config.is_sane and receipt.config.sha256
    ):
        raise files.damaged(files.receipt, "the receipt of its installation is damaged")
    return receipt


def changed_since(files: VoiceFiles, path: Path) -> EngineMissing:
    """Return the error for a file that differs from the one that was installed."""
    return EngineMissing(
        f"the voice “{files.name}” has changed since it was installed",
        where=os.fspath(path),
        hint=f"reinstall it: audiobook voices install {files.name}; to keep your change, delete {files.receipt}",
    )
