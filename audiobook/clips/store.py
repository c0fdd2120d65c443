"""The clip store: a folder of files named by key, never trusted without their digests.

An entry is `magic, seal, SHA-256 of the frames, lengths, shape (MessagePack), frames`; the seal is the SHA-256 of the key
and of all between it and the frames. So the shape can be trusted without reading the frames. Writers need no
lock: each writes beside and renames, and two that make the same clip make the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from audiobook.clips.clip import Clip, ClipShape
from audiobook.clips.sealed import SealedFolder
from audiobook.files import atomic_write, storage_error, sweep_temporaries

_MAGIC: Final = b"ABKCLIP2"
_HEAD: Final = struct.Struct("<8s32s32sII")
"""Magic, seal, digest of the frames, length of the shape, length of the frames."""
_FOLDERS: Final = ("clips", "damaged", "notes", "replies", "shared")
_shapes: Final = msgspec.msgpack.Decoder(ClipShape)


class ClipStore:
    """Clips on disk, by key."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, which is made when the first clip is put."""
        self.folder = folder
        self._clips = folder / "clips"
        self.notes = SealedFolder(folder / "notes")
        """Small values beside the clips, such as a voice's loudness."""
        self.replies = SealedFolder(folder / "replies")
        """What services answered, so that they are not asked twice."""
        self.shared = folder / "shared"
        """Where the processes of an engine agree on a pace."""

    def path(self, key: str) -> Path:
        """Give where the clip of a key is kept."""
        return self._clips / key[:2] / f"{key}.clip"

    def put(self, key: str, clip: Clip) -> None:
        """Keep a clip.

        Raises:
            StorageError: It cannot be written.
        """
        shape = msgspec.msgpack.encode(clip.shape)
        digest = hashlib.sha256(clip.data).digest()
        lengths = (len(shape), len(clip.data))
        head = _HEAD.pack(_MAGIC, _seal(key, digest, lengths, shape), digest, *lengths)
        # Not synced: an entry that a power loss damages fails its digest and is made again.
        with atomic_write(self.path(key), sync=False) as stream:
            for piece in (head, shape, clip.data):
                stream.write(piece)

    def shape(self, key: str) -> ClipShape | None:
        """Give a clip's shape if it is there in its full length; None when it is missing or damaged."""
        try:
            with open(self.path(key), "rb") as stream:
                found = _open(stream, key)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise storage_error(error, self.path(key), "reading") from error
        return found[0] if found else None

    def get(self, key: str) -> Clip | None:
        """Give a clip, or None when it is missing or damaged; a damaged one is set aside.

        Raises:
            StorageError: It is there but cannot be read.
        """
        path = self.path(key)
        try:
            with open(path, "rb") as stream:
                found = _open(stream, key)
                data = stream.read() if found else b""
        except FileNotFoundError:
            return None
        except OSError as error:
            raise storage_error(error, path, "reading") from error
        if found and hashlib.sha256(data).digest() == found[1]:
            return Clip(found[0], data)
        self._set_aside(path)
        return None

    def _set_aside(self, path: Path) -> None:
        damaged = self.folder / "damaged" / path.name
        try:
            damaged.parent.mkdir(parents=True, exist_ok=True)
            path.replace(damaged)
        except FileNotFoundError:
            return  # another build set it aside first
        except OSError as error:
            raise storage_error(error, path, "setting aside") from error

    def keys(self) -> Iterator[str]:
        """Give the keys of all clips, in alphabetical order."""
        for path in sorted(self._clips.glob("??/*.clip")):
            yield path.stem

    def remove(self, key: str) -> int:
        """Remove a clip and give how many bytes that freed.

        Raises:
            StorageError: It cannot be removed.
        """
        path = self.path(key)
        try:
            size = path.stat().st_size
            path.unlink()
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise storage_error(error, path, "removing") from error
        return size

    def sweep(self) -> None:
        """Remove what killed workers left half-written."""
        sweep_temporaries(self._clips, "??/")
        sweep_temporaries(self.replies.folder)

    def remove_rest(self) -> None:
        """Remove what the store keeps besides clips, and its folders; the folder itself if nothing else is in it.

        Raises:
            StorageError: Something cannot be removed.
        """
        try:
            for name in _FOLDERS:
                if (self.folder / name).is_dir():
                    shutil.rmtree(self.folder / name)
            with suppress(FileNotFoundError):
                if not any(self.folder.iterdir()):
                    self.folder.rmdir()
        except OSError as error:
            raise storage_error(error, self.folder, "removing") from error


def _seal(key: str, digest: bytes, lengths: tuple[int, int], shape: bytes) -> bytes:
    return hashlib.sha256(key.encode() + digest + struct.pack("<II", *lengths) + shape).digest()


def _open(stream: BinaryIO, key: str) -> tuple[ClipShape, bytes] | None:
    """Read an entry up to its frames: its shape and the digest of its frames; None when it is none of the key."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    magic, seal, digest, shape_length, data_length = _HEAD.unpack(head)
    if magic != _MAGIC or os.fstat(stream.fileno()).st_size != _HEAD.size + shape_length + data_length:
        return None
    shape = stream.read(shape_length)
    if seal != _seal(key, digest, (shape_length, data_length), shape):
        return None
    try:
        return _shapes.decode(shape), digest
    except msgspec.MsgspecError:
        return None  # sealed by another version of this program
