"""The clip store: a folder of files named by key, each checked against its digests when it is read.

An entry is `magic, seal, SHA-256 of the frames, lengths, shape (MessagePack), frames`; the seal is the SHA-256 of the key
and everything between seal and frames. So the shape can be trusted without reading the frames. Writers need no lock:
each writes a temporary file and renames it, and two processes that make the same clip write the same bytes.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

import msgspec

from audiobook.audio.pcm import Pcm
from audiobook.clips import ownership
from audiobook.clips.clip import Clip, ClipShape, PackedShape
from audiobook.clips.encoded import (
    EncodedClip,
    EncodedShape,
    Encoding,
    encode_sound,
    encoded_key,
    sound_of,
)
from audiobook.clips.sealed import SealedFolder
from audiobook.errors import StorageError
from audiobook.files import atomic_write, digest, storage_error, sweep_temporaries
from audiobook.system.opening import (
    ASIDE,
    NotRegular,
    is_regular,
    is_there,
    open_to_read,
    require_own_folder,
    set_aside,
)

_MAGIC: Final = b"ABKCLIP2"
_HEAD: Final = struct.Struct("<8s32s32sII")
"""Magic, seal, digest of the frames, length of the shape, length of the frames."""
_MOST_SHAPE_BYTES: Final = 64 << 20
_T = TypeVar("_T")
_Shape = TypeVar("_Shape", ClipShape, EncodedShape, PackedShape)
_shapes: Final = msgspec.msgpack.Decoder(ClipShape)
_packed_shapes: Final = msgspec.msgpack.Decoder(PackedShape)
_encoded_shapes: Final = msgspec.msgpack.Decoder(EncodedShape)


class ClipStore:
    """Clips on disk, by key."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, which is created with the first clip."""
        self.folder = folder
        self._clips = folder / "clips"
        self._damaged = folder / ASIDE
        self.notes = SealedFolder(folder / "notes", ownership.NAMES["notes"])
        """Small values kept with the clips, for example the loudness of a voice."""
        self.narrated = SealedFolder(folder / "narrated", ownership.NAMES["narrated"])
        """The passages of paragraphs, so that only edited paragraphs are narrated again."""
        self.heard = SealedFolder(folder / "heard", ownership.NAMES["heard"])
        """What a speech recogniser heard in the clips."""
        self.replies = SealedFolder(folder / "replies")
        """Cached responses of services."""
        self.renewed = SealedFolder(folder / "renewed")
        """How often each of them was requested again, because it did not sound like the text."""
        self.shared = folder / "shared"
        """Folder where the processes of an engine coordinate their pace."""
        self.site = folder / ownership.SITE
        """Folder into which the local server publishes."""
        self.site_lock = folder / ownership.SITE_LOCK
        self._buckets: dict[str, str] = {}
        """The folders of clips that were checked, by the first digits of the keys."""

    def claim(self) -> None:
        """Create the folder and mark it as a store, unless it belongs to the user; see `ownership`.

        Raises:
            StorageError: It cannot be created.
        """
        ownership.claim(self.folder)

    def is_ours(self) -> bool:
        """Return whether the folder is a store, rather than a folder of the user that is used as one."""
        return ownership.is_ours(self.folder)

    def lock_note(self, output: Path) -> Path:
        """Return the path of the file that names the process writing to an output folder."""
        return ownership.lock_note(self.folder, output)

    def set_site_aside(self) -> None:
        """Move the site out of the way; see `opening.set_aside`."""
        set_aside(self.site, self._damaged)

    def path(self, key: str) -> Path:
        """Return the path of the clip of a key.

        Raises:
            StorageError: A folder on the path is a link.
        """
        return Path(self._place(key))

    def _place(self, key: str) -> str:
        """Return the path of a clip as text, since making paths of all clips of a book takes time and memory."""
        bucket = self._buckets.get(key[:2])
        if bucket is None:
            bucket = os.fspath(require_own_folder(require_own_folder(self._clips) / key[:2]))
            self._buckets[key[:2]] = bucket
        return f"{bucket}{os.sep}{key}.clip"

    def put(self, key: str, clip: Clip | EncodedClip) -> None:
        """Store a clip, or one in another encoding under its own key.

        Raises:
            StorageError: It cannot be written.
        """
        shape = msgspec.msgpack.encode(clip.shape)
        digest = hashlib.sha256(clip.data).digest()
        lengths = (len(shape), len(clip.data))
        head = _HEAD.pack(_MAGIC, _seal(key, digest, lengths, shape), digest, *lengths)
        path = self.path(key)
        if path.is_dir():
            set_aside(path, self._damaged)
        elif is_there(path.parent) and not path.parent.is_dir():
            set_aside(path.parent, self._damaged)
        # Not synced: the digest detects an entry damaged by a power failure, which is then created again.
        with atomic_write(path, sync=False) as stream:
            for piece in (head, shape, clip.data):
                stream.write(piece)

    def shape(self, key: str) -> ClipShape | None:
        """Return the shape of a clip whose file is complete; None if it is missing or damaged.

        Raises:
            StorageError: It cannot be read.
        """
        return self._read(key, lambda stream: (_open(stream, key, _shapes) or (None,))[0])

    def head(self, key: str) -> tuple[PackedShape, str] | None:
        """Return the shape of a clip and the digest of its frames in hexadecimal; see `shape`."""
        found = self._read(key, lambda stream: _open(stream, key, _packed_shapes))
        return (found[0], found[1].hex()) if found else None

    def get(self, key: str) -> Clip | None:
        """Return a clip; None if it is missing or damaged. A damaged one is set aside.

        Raises:
            StorageError: It cannot be read.
        """
        found = self._whole(key, _shapes)
        return Clip(*found) if found else None

    def encoded_shape(self, key: str) -> EncodedShape | None:
        """Return the shape of an encoded clip; see `shape`."""
        return self._read(key, lambda stream: (_open(stream, key, _encoded_shapes) or (None,))[0])

    def get_encoded(self, key: str) -> EncodedClip | None:
        """Return an encoded clip; see `get`."""
        found = self._whole(key, _encoded_shapes)
        return EncodedClip(*found) if found else None

    def _whole(self, key: str, shapes: msgspec.msgpack.Decoder[_Shape]) -> tuple[_Shape, bytes] | None:
        """Return the shape and data of an entry; None if it is missing or damaged. A damaged one is set aside."""
        found = self._read(key, lambda stream: _read_whole(stream, key, shapes))
        if found is None and is_regular(self.path(key)):
            set_aside(self.path(key), self._damaged)
        return found

    def _read(self, key: str, read: Callable[[BinaryIO], _T | None]) -> _T | None:
        """Read an entry; anything in its place that is not a file is set aside."""
        place = self._place(key)
        try:
            with open_to_read(place) as stream:
                return read(stream)
        except FileNotFoundError:
            return None
        except NotRegular:
            set_aside(Path(place), self._damaged)
            return None
        except NotADirectoryError:
            set_aside(Path(place).parent, self._damaged)
            return None
        except OSError as error:
            raise storage_error(error, Path(place), "reading") from error

    def keys(self) -> Iterator[str]:
        """Yield the keys of all clips in alphabetical order."""
        for path in ownership.own_files(self.folder, "clips"):
            yield path.stem

    def length_bytes(self, key: str) -> int:
        """Return the size of a clip's file, 0 if it is missing."""
        try:
            return self.path(key).lstat().st_size
        except OSError:
            return 0

    def remove(self, key: str) -> int:
        """Remove a clip and return the number of bytes freed.

        Raises:
            StorageError: It cannot be removed.
        """
        size = self.length_bytes(key)
        _unlink([self.path(key)])
        return size

    def reply_paths(self) -> list[Path]:
        """Return the files of the cached responses."""
        return list(ownership.own_files(self.folder, "replies"))

    def sweep(self) -> None:
        """Remove the temporary files of killed processes if the folder is ours, and mark it if it has no mark.

        Raises:
            StorageError: A folder in it is a link, or cannot be read.
        """
        if not self.is_ours():
            return
        with suppress(StorageError):  # the folder may be read-only, and there may be nothing to remove
            self.claim()
        sweep_temporaries(self.folder, names=ownership.MARK)
        for part, folder in ownership.folders(self.folder):
            if part in ownership.NAMES:
                sweep_temporaries(folder, names=ownership.NAMES[part])

    def remove_replies(self) -> None:
        """Remove the cached responses, and how often each was requested again.

        Raises:
            StorageError: A file cannot be removed.
        """
        _unlink(ownership.own_files(self.folder, "renewed", "replies"))

    def remove_narrated(self) -> None:
        """Remove the passages of paragraphs, which can be narrated again in seconds.

        Raises:
            StorageError: A file cannot be removed.
        """
        _unlink(ownership.own_files(self.folder, "narrated"))

    def heard_names(self) -> frozenset[str]:
        """Return the names under which hearings are kept; each begins with the key of its clip and `-`."""
        return frozenset(path.name for path in ownership.own_files(self.folder, "heard"))

    def remove_heard(self, used: Container[str] = ()) -> None:
        """Remove what was heard in clips, except in those with the given keys.

        Raises:
            StorageError: A file cannot be removed.
        """
        paths = ownership.own_files(self.folder, "heard")
        _unlink([path for path in paths if path.name.partition("-")[0] not in used])

    def remove_heard_in(self, keys: Container[str]) -> None:
        """Remove what was heard in the clips with the given keys.

        Raises:
            StorageError: A file cannot be removed.
        """
        paths = ownership.own_files(self.folder, "heard")
        _unlink([path for path in paths if path.name.partition("-")[0] in keys])

    def remove_rest(self) -> None:
        """Remove everything of ours except clips and responses; a folder is only removed once it is empty.

        Raises:
            StorageError: A file cannot be removed.
        """
        _unlink(ownership.own_files(self.folder, "heard", "narrated", "notes", "shared", ASIDE))
        self.sweep()
        for _, folder in list(ownership.folders(self.folder)):
            _remove_empty(folder)
        _remove_empty(self._clips)
        notes = ownership.own_lock_notes(self.folder)
        mark = self.folder / ownership.MARK_NAME
        try:
            left = set(self.folder.iterdir()) - {*notes, mark}
        except FileNotFoundError:
            return
        if not left:
            _unlink([*notes, *([mark] if is_regular(mark) else [])])
            _remove_empty(self.folder)


def is_whole(path: Path) -> bool:
    """Return whether the entry in a file is as it was written; nothing is set aside.

    Raises:
        OSError: It cannot be read.
    """
    key = path.stem
    with open_to_read(path) as stream:
        if _read_whole(stream, key, _shapes):
            return True
        stream.seek(0)
        return _read_whole(stream, key, _encoded_shapes) is not None


def put_encoded(store: ClipStore, clip: Clip, encodings: Iterable[Encoding]) -> None:
    """Store a clip in other encodings too, except those that exist.

    Lossless encodings are skipped if the clip's original speech is missing.

    Raises:
        StorageError: It cannot be written.
    """
    frames_sha256 = digest(clip.data)
    decoded: Pcm | None = None
    for encoding in missing_encodings(store, frames_sha256, encodings):
        if encoding.is_lossless:
            sound = clip.speech
        else:
            sound = decoded = sound_of(clip) if decoded is None else decoded
        if sound is not None:
            key = encoded_key(frames_sha256, encoding.identity)
            store.put(key, encode_sound(sound, clip.shape.speech_samples, encoding))


def encoded_clip_key(store: ClipStore, key: str, encoding: str) -> str | None:
    """Return the key of a clip in another encoding; None if the clip itself is missing."""
    head = store.head(key)
    return encoded_key(head[1], encoding) if head else None


def missing_encodings(store: ClipStore, frames_sha256: str, encodings: Iterable[Encoding]) -> list[Encoding]:
    """Return the encodings in which a clip is missing or damaged, by the digest of its frames."""
    keys = ((each, encoded_key(frames_sha256, each.identity)) for each in encodings)
    return [encoding for encoding, key in keys if store.encoded_shape(key) is None]


def _unlink(paths: Iterable[Path]) -> None:
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise storage_error(error, path, "removing") from error


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):  # refused if the folder is not empty
        folder.rmdir()


def _seal(key: str, digest: bytes, lengths: tuple[int, int], shape: bytes) -> bytes:
    return hashlib.sha256(key.encode() + digest + struct.pack("<II", *lengths) + shape).digest()


def _open(stream: BinaryIO, key: str, shapes: msgspec.msgpack.Decoder[_Shape]) -> tuple[_Shape, bytes] | None:
    """Read an entry up to its frames, and return its shape and the digest of its frames; None if it does not match."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    magic, seal, digest, shape_length, data_length = _HEAD.unpack(head)
    if magic != _MAGIC or os.fstat(stream.fileno()).st_size != _HEAD.size + shape_length + data_length:
        return None
    if shape_length > _MOST_SHAPE_BYTES:
        return None
    shape = stream.read(shape_length)
    if seal != _seal(key, digest, (shape_length, data_length), shape):
        return None
    try:
        return shapes.decode(shape), digest
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None  # sealed by another version of this program


def _read_whole(
    stream: BinaryIO, key: str, shapes: msgspec.msgpack.Decoder[_Shape]
) -> tuple[_Shape, bytes] | None:
    """Return shape and data after reading a whole entry; None if it does not match the key or is damaged."""
    found = _open(stream, key, shapes)
    if found is None:
        return None
    data = stream.read()
    return (found[0], data) if hashlib.sha256(data).digest() == found[1] else None
