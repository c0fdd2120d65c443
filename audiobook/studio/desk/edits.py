"""Editing TOML files of the user in place: comments, order and everything else stay as they are."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Mapping, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import tomlkit
from tomlkit.exceptions import TOMLKitError

from audiobook.errors import AudiobookError, SettingsError, StorageError
from audiobook.files import digest, read_source, storage_error, write_swept
from audiobook.studio.desk.comments import with_comments_of
from audiobook.system.opening import is_there
from audiobook.toml import parse_toml

_BOM: Final = b"\xef\xbb\xbf"
_OF_TABLES: Final = ("works", "voice")
_LONE_LF: Final = re.compile(rb"(?<!\r)\n")


class Changed(AudiobookError):
    """A file was changed elsewhere since the page showed it."""


def state_of(path: Path) -> str:
    """Return a digest of a file; the same one for all files that do not exist."""
    return digest(contents_of(path))[:16]


def edit(
    path: Path,
    name: str,
    change: Callable[[Any], None],
    check: Callable[[bytes], object],
    seen: str | None = None,
    *,
    keeps_empty: bool = True,
) -> str:
    """Change a TOML file, which is created if it does not exist.

    Args:
        path: The file.
        name: Its name in messages.
        change: Called with its tables, once as a document and once as plain dictionaries.
        check: Called with the new contents; raises if they are not valid.
        seen: What `state_of` returned when a page was made; None if the change does not depend on that.
        keeps_empty: Whether the file stays if nothing is left in it, not even a comment.

    Returns:
        What `state_of` returns afterwards.

    Raises:
        Changed: The file was changed meanwhile.
        AudiobookError: It is not valid now, or would not be valid afterwards.
        StorageError: It is a link, or cannot be written.
    """
    if path.is_symlink():
        raise StorageError("is a link, which is not edited here", where=name, hint="edit it in an editor")
    before = contents_of(path)
    if seen is not None and digest(before)[:16] != seen:
        raise Changed(
            "was changed in the meantime, so nothing was saved",
            where=name,
            hint="load the new version, and save again",
        )
    after = edited(before, name, change)
    state = digest(after)[:16]
    if after == before:
        return state
    check(after)
    mode = stat.S_IMODE(path.stat().st_mode) if is_there(path) else None
    if contents_of(path) != before:
        raise Changed("was changed in the meantime, so nothing was saved", where=name, hint="save again")
    if not keeps_empty and not after.removeprefix(_BOM).strip():
        _remove(path)
        return digest(b"")[:16]
    write_swept(path, after)
    if mode is not None:
        with suppress(OSError):
            os.chmod(path, mode)  # noqa: PTH101 - as the file was
    return state


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        raise storage_error(error, path, "deleting") from error


def contents_of(path: Path) -> bytes:
    """Return the contents of a file; empty if it does not exist."""
    return read_source(path, path.name) if is_there(path) else b""


def edited(before: bytes, name: str, change: Callable[[Any], None]) -> bytes:
    """Return the new contents of a file; see `edit`.

    Raises:
        AudiobookError: It is not TOML, or an edit in place would change something else too.
    """
    try:
        text = before.removeprefix(_BOM).decode()
    except UnicodeDecodeError as error:
        raise SettingsError("is not UTF-8", where=name, hint="save it as UTF-8") from error
    wanted = parse_toml(text, name, SettingsError)
    change(wanted)
    cannot = SettingsError("cannot be edited here", where=name, hint="edit it in an editor")
    try:
        document = tomlkit.parse(text)
        change(document)
        written = tomlkit.dumps(document)
    except (TOMLKitError, TypeError, ValueError, KeyError, AttributeError) as error:
        raise cannot from error
    for kept in (with_comments_of(text, written), written):
        if _means(kept, wanted):
            break
    else:
        raise cannot
    data = kept.encode()
    if b"\r\n" in before:
        data = _LONE_LF.sub(b"\r\n", data)
    return (_BOM if before.startswith(_BOM) else b"") + data


def _means(text: str, wanted: dict[str, Any]) -> bool:
    """Return whether a text has these tables."""
    with suppress(SettingsError):
        return parse_toml(text, "", SettingsError) == wanted
    return False


def set_values(tables: MutableMapping[str, Any], keys: tuple[str, ...], values: Mapping[str, Any]) -> None:
    """Set values in a table below others; an empty one is removed, and so is a table without any."""
    given = {key: value for key, value in values.items() if value not in ("", None, [])}
    _put(tables, keys, values, given, tomlkit.table if isinstance(tables, tomlkit.TOMLDocument) else dict)


def _put(
    table: MutableMapping[str, Any],
    keys: tuple[str, ...],
    values: Mapping[str, Any],
    given: Mapping[str, Any],
    new: Callable[..., Any],
) -> None:
    if not keys:
        for key in values:
            if key in given:
                _set(table, key, given[key])
            elif key in table:
                del table[key]
        return
    first, *rest = keys
    if first not in table:
        if not given:
            return
        # A table of tables, such as [works], has no separate line.
        table[first] = new(is_super_table=True) if first in _OF_TABLES and new is not dict else new()
    _put(table[first], tuple(rest), values, given, new)
    if not table[first]:
        del table[first]


def _set(table: MutableMapping[str, Any], key: str, value: Any) -> None:  # noqa: ANN401 - any of TOML
    """Set a value; a list that only gets and loses values keeps the others, with their comments."""
    there = table.get(key)
    if isinstance(there, list) and isinstance(value, list):
        for at in range(len(there) - 1, -1, -1):
            if there[at] not in value:
                del there[at]
        for each in value:
            if each not in there:
                there.append(each)
        if list(there) == value:
            return
    table[key] = value
