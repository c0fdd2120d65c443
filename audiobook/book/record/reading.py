"""Reading records: a record must be unchanged since it was written, and must not contain impossible values."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final, TypeVar

import msgspec

from audiobook.book.record.brief import read_as_written
from audiobook.book.record.stored_chapters import StoredChapters
from audiobook.book.record.validation import head_impossibilities, impossibilities
from audiobook.book.record.works import FORMAT, BriefRecord, Record, RecordHead, head_fields
from audiobook.book.record.writing import sealed
from audiobook.errors import OutputMismatch
from audiobook.files import digest, read_whole
from audiobook.system.opening import open_to_read

_HINT: Final = "`audiobook check` says how to mend it"


class _StoredRecord(RecordHead, frozen=True, kw_only=True):
    """A record whose chapters are not decoded."""

    chapters: Annotated[tuple[msgspec.Raw, ...], msgspec.Meta(min_length=1)]
    digest: str = ""


_AnyRecord = TypeVar("_AnyRecord", Record, BriefRecord, _StoredRecord)


def read_record(path: Path, *, is_beside: bool = False) -> Record | None:
    """Return a record; None if it does not exist.

    Args:
        path: `<language>/<slug>.json`; both must match the record.
        is_beside: Whether the record is next to its text, in a folder of any name.

    Returns:
        The checked record.

    Raises:
        OutputMismatch: It is damaged, was edited, has another version, or contains impossible values.
        StorageError: It cannot be read.
    """
    record = load_record(path)
    if record is not None:
        for problem in impossibilities(record, path, is_beside=is_beside):
            raise OutputMismatch(f"impossible record: {problem}", where=path.name, hint=_HINT)
    return record


def read_stored(path: Path, *, is_beside: bool = False) -> Record | None:
    """Return a record whose chapters are decoded each time they are read; see `read_record`.

    It takes a quarter of the memory, but cannot be encoded as a whole: use `writing.write_record`.
    """
    data = read_whole(path)
    if data is None:
        return None
    stored = _decoded(data, _StoredRecord, path)
    if not _is_as_written(data, stored.digest):
        return read_record(path, is_beside=is_beside)
    chapters = StoredChapters(stored.chapters)
    record = Record(**head_fields(stored), chapters=chapters, digest=stored.digest)
    try:
        problem = next(impossibilities(record, path, is_beside=is_beside), None)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise OutputMismatch(f"not a valid record: {error}", where=path.name, hint=_HINT) from error
    if problem is not None:
        raise OutputMismatch(f"impossible record: {problem}", where=path.name, hint=_HINT)
    return record


def read_brief(path: Path, *, is_beside: bool = False) -> BriefRecord | None:
    """Return a record without text and times; the values in its chapters are not checked. See `read_record`."""
    try:
        with open_to_read(path) as stream:
            brief = read_as_written(stream)
    except OSError:
        brief = None  # `read_whole` says why
    if brief is None or brief.format != FORMAT:
        data = read_whole(path)
        if data is None:
            return None
        brief = _decoded(data, BriefRecord, path)
        if not _is_as_written(data, brief.digest) and load_record(path) is None:
            return None  # it was removed meanwhile
    for problem in head_impossibilities(brief, path, is_beside=is_beside):
        raise OutputMismatch(f"impossible record: {problem}", where=path.name, hint=_HINT)
    return brief


def load_record(path: Path) -> Record | None:
    """Return a record without checking its values. For `check`, which reports every impossible value itself.

    Raises:
        OutputMismatch: It is damaged, was edited, or has another version.
        StorageError: It cannot be read.
    """
    data = read_whole(path)
    if data is None:
        return None
    record = _decoded(data, Record, path)
    # The JSON may have other white space, or fewer fields because an older version wrote it.
    if not _is_as_written(data, record.digest) and sealed(record).digest != record.digest:
        raise OutputMismatch("was changed after it was written", where=path.name, hint=_HINT)
    return record


def _decoded(data: bytes, form: type[_AnyRecord], path: Path) -> _AnyRecord:
    try:
        record = msgspec.json.decode(data, type=form)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise OutputMismatch(f"not a valid record: {error}", where=path.name, hint=_HINT) from error
    if record.format != FORMAT:
        raise OutputMismatch(
            f"is a record of format {record.format}, not {FORMAT}", where=path.name, hint=_HINT
        )
    return record


def _is_as_written(data: bytes, sha256: str) -> bool:
    """Return whether the digest in a record, which is at its end, is that of the bytes with that field empty."""
    field = b'"' + sha256.encode() + b'"'
    at = data.rfind(field)
    before, after = memoryview(data)[:at], data[at + len(field) :].removesuffix(b"\n")
    return at >= 0 and digest(before, b'""', after) == sha256
