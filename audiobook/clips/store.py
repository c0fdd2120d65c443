"""The clip store: a folder of files named by key, never trusted without their digest.

An entry is `magic, SHA-256 of its key and all that follows, lengths, shape (MessagePack), frames`. Writers need no
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
from typing import Final

import msgspec

from audiobook.clips.clip import Clip, ClipShape
from audiobook.files import atomic_write, storage_error, sweep_temporaries, write_bytes

_MAGIC: Final = b"ABKCLIP1"
_HEAD: Final = struct.Struct("<8s32sII")
"""Magic, digest, length of the shape, length of the frames."""
_LENGTHS: Final = struct.Struct("<II")
_SEALED: Final = 40
"""Where that begins which the digest seals."""
_FOLDERS: Final = ("clips", "damaged", "notes")
_shapes: Final = msgspec.msgpack.Decoder(ClipShape)


class ClipStore:
    """Clips on disk, by key."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, which is made when the first clip is put."""
        self.folder = folder
        self._clips = folder / "clips"

    def path(self, key: str) -> Path:
        """Give where the clip of a key is kept."""
        return self._clips / key[:2] / f"{key}.clip"

    def put(self, key: str, clip: Clip) -> None:
        """Keep a clip.

        Raises:
            StorageError: It cannot be written.
        """
        shape = msgspec.msgpack.encode(clip.shape)
        lengths = _LENGTHS.pack(len(shape), len(clip.data))
        state = hashlib.sha256(key.encode())
        state.update(lengths)
        state.update(shape)
        state.update(clip.data)
        # Not synced: an entry that a power loss damages fails its digest and is made again.
        with atomic_write(self.path(key), sync=False) as stream:
            for piece in (_MAGIC, state.digest(), lengths, shape, clip.data):
                stream.write(piece)

    def shape(self, key: str) -> ClipShape | None:
        """Give a clip's shape if the clip is there in its full length; its bytes are not checked."""
        try:
            with open(self.path(key), "rb") as stream:
                head = stream.read(_HEAD.size)
                magic, _, shape_length, data_length = _HEAD.unpack(head)
                if (
                    magic != _MAGIC
                    or os.fstat(stream.fileno()).st_size != _HEAD.size + shape_length + data_length
                ):
                    return None
                return _shapes.decode(stream.read(shape_length))
        except (FileNotFoundError, struct.error, msgspec.MsgspecError):
            return None
        except OSError as error:
            raise storage_error(error, self.path(key), "reading") from error

    def get(self, key: str) -> Clip | None:
        """Give a clip, or None when it is missing or damaged; a damaged one is set aside.

        Raises:
            StorageError: It is there but cannot be read.
        """
        path = self.path(key)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise storage_error(error, path, "reading") from error
        body = memoryview(data)[_SEALED:]
        state = hashlib.sha256(key.encode())
        state.update(body)
        if data[:8] == _MAGIC and data[8:_SEALED] == state.digest():
            try:
                shape_length, data_length = _LENGTHS.unpack_from(body)
                start = _LENGTHS.size + shape_length
                shape = _shapes.decode(body[_LENGTHS.size : start])
                if len(body) == start + data_length:
                    return Clip(shape, bytes(body[start:]))
            except (struct.error, msgspec.MsgspecError):
                pass  # sealed by another version of this program
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

    def read_note(self, name: str) -> bytes | None:
        """Give a small value kept beside the clips, such as a voice's gain; None when there is none."""
        try:
            return (self.folder / "notes" / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise storage_error(error, self.folder, "reading") from error

    def write_note(self, name: str, value: bytes) -> None:
        """Keep a small value beside the clips.

        Raises:
            StorageError: It cannot be written.
        """
        write_bytes(self.folder / "notes" / name, value, sync=False)
