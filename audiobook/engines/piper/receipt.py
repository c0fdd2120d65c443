"""The receipt of an installed voice: a file next to the voice's files, with the length and digests of each.

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
from audiobook.system.opening import open_given

if TYPE_CHECKING:
    from audiobook.engines.piper.voices import VoiceFiles

_MOST_FILE_BYTES: Final = 1 << 30
_MOST_RECEIPT_BYTES: Final = 1 << 16
_MD5 = re.compile(r"[0-9a-fA-F]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}|")


class FileDigests(msgspec.Struct, frozen=True, omit_defaults=True):
    """Length and digests of a file of a voice.

    Attributes:
        size_bytes: Length of the file.
        md5_digest: MD5 in hexadecimal, the only digest in the repository's index.
        sha256: SHA-256 in hexadecimal; empty if unknown.
    """

    size_bytes: int
    md5_digest: str
    sha256: str = ""

    @property
    def is_valid(self) -> bool:
        """Whether the length is plausible and the digests have the right form."""
        return (
            0 < self.size_bytes <= _MOST_FILE_BYTES
            and bool(_MD5.fullmatch(self.md5_digest))
            and bool(_SHA256.fullmatch(self.sha256))
        )

    def is_same(self, other: FileDigests) -> bool:
        """Return whether both can be of the same file; an unknown SHA-256 matches any."""
        if self.sha256 and other.sha256 and self.sha256 != other.sha256:
            return False
        return (self.size_bytes, self.md5_digest.lower()) == (other.size_bytes, other.md5_digest.lower())


class Receipt(msgspec.Struct, frozen=True, omit_defaults=True):
    """The files of a voice as they were installed, each with its SHA-256.

    Attributes:
        model: The network.
        config: The settings of the voice.
        card: Source and licence; None if there is no such file.
    """

    model: FileDigests
    config: FileDigests
    card: FileDigests | None = None


def file_digests(path: Path) -> FileDigests:
    """Return the length and digests of a file.

    Raises:
        OSError: The file cannot be read.
    """
    with open_given(path) as stream:
        return stream_digests(stream)


def stream_digests(stream: BufferedReader) -> FileDigests:
    """Return the length and digests of an open file, which must be at its start."""
    size = os.fstat(stream.fileno()).st_size
    sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    md5 = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
    return FileDigests(size, md5, sha256)


def read_receipt(files: VoiceFiles) -> Receipt | None:
    """Return the receipt of a voice; None if the voice was copied into the folder by hand.

    Raises:
        EngineMissing: The receipt is damaged or cannot be read.
    """
    try:
        with open_given(files.receipt) as stream:
            receipt = msgspec.json.decode(stream.read(_MOST_RECEIPT_BYTES), type=Receipt)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise files.damaged(files.receipt, error.strerror or type(error).__name__) from error
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise files.damaged(files.receipt, "the receipt of its installation is damaged") from error
    if not (
        receipt.model.is_valid and receipt.model.sha256 and receipt.config.is_valid and receipt.config.sha256
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
