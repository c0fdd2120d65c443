"""The folders of books and clips: whether they can be written, free space, and what the store contains."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from audiobook.clips.inspection import Stored, inspected, stored_files
from audiobook.commands.books.clean import used_keys
from audiobook.commands.doctor.finding import Finding, Level, failure
from audiobook.errors import AudiobookError, StorageError, UsageError
from audiobook.files import storage_error
from audiobook.pipeline.project import Project
from audiobook.report.base import counted
from audiobook.report.sizes import size_in_words
from audiobook.report.steps import Steps
from audiobook.settings import Settings

_CONTENTS: Final = "cached clips"
_PROBE_BYTES: Final = 1 << 16
_HOUR_BYTES: Final = 58_000_000
"""An hour of speech at 64 kbit/s, once as clips and once as a book."""
_LEAST_BYTES: Final = 16_000_000
_LITTLE_BYTES: Final = 1_000_000_000
_ROOM: Final = "free some disk space, or choose another place in the settings (`output`, `store`)"


def examine_places(project: Project) -> Iterator[Finding]:
    """Check that books, clips and temporary files can be written, and report the free space."""
    for subject, folder in (("output", project.output), ("store", project.store.folder)):
        yield _place(subject, folder)
    try:
        yield _writable("temporary files", Path(tempfile.gettempdir()), Level.WARNING)
    except FileNotFoundError:
        message = "no folder for temporary files can be written; Kindle books and `voices try` need one"
        yield Finding("temporary files", Level.WARNING, message, "set TMPDIR to a folder that you can write")


def _place(subject: str, folder: Path) -> Finding:
    found = _writable(subject, folder, Level.ERROR)
    if found.level is not Level.OK:
        return found
    free = shutil.disk_usage(_existing(folder)).free
    facts = {"free_bytes": free}
    shown = f"{folder}, {size_in_words(free)} free"
    if free < _LEAST_BYTES:
        return Finding(subject, Level.ERROR, shown, _ROOM, facts)
    if free < _LITTLE_BYTES:
        hours = free / _HOUR_BYTES
        return Finding(
            subject, Level.WARNING, f"{shown}: enough for {hours:.1f} hours of speech", _ROOM, facts
        )
    return Finding(subject, Level.OK, shown, facts=facts)


def _writable(subject: str, folder: Path, level: Level) -> Finding:
    """Return whether a folder, or the nearest one above it, can be written.

    A file without a name is tried.
    """
    if (folder.exists() or folder.is_symlink()) and not folder.is_dir():
        return Finding(subject, level, f"{folder} is not a folder", "move it away, or name another folder")
    place = _existing(folder)
    try:
        with tempfile.TemporaryFile(dir=place, prefix=".audiobook-") as stream:
            stream.write(bytes(_PROBE_BYTES))
            stream.flush()
    except OSError as error:
        hint = "make it writable, or choose another place in the settings (`output`, `store`)"
        return failure(subject, level, storage_error(error, place, "writing"), hint)
    return Finding(subject, Level.OK, os.fspath(folder))


def _existing(folder: Path) -> Path:
    absolute = folder.absolute()
    return next((place for place in (absolute, *absolute.parents) if place.is_dir()), Path(absolute.anchor))


def examine_store(project: Project, settings: Settings, *, quiet: bool) -> Iterator[Finding]:
    """Yield how large the store is, what is damaged in it, and what `clean` would free; nothing is changed."""
    store = project.store
    if not store.folder.is_dir():
        yield Finding(_CONTENTS, Level.OK, "empty")
        return
    try:
        if not store.is_ours():
            message = f"{store.folder} contains files that audiobook did not make"
            yield Finding(_CONTENTS, Level.WARNING, message, 'choose a separate folder, for example: store = ".audiobook"')  # fmt: skip
            return
        files = stored_files(store)
    except StorageError as error:
        yield failure(_CONTENTS, Level.ERROR, error)
        return
    damaged = []
    with Steps("reading the store", len(files), quiet=quiet) as steps:
        for one in files:
            if not inspected(one):
                damaged.append(one)
            steps.step()
    yield from _damage(damaged)
    yield _contents(project, settings, files)


def _damage(damaged: list[Stored]) -> Iterator[Finding]:
    if damaged:
        names = ", ".join(one.path.name[:16] for one in damaged[:3]) + (", …" if len(damaged) > 3 else "")
        hint = "the next build makes those that it needs again; `audiobook clean --unused` removes the rest"
        yield Finding(
            _CONTENTS, Level.WARNING, f"{len(damaged)} damaged: {names}", hint, {"damaged": len(damaged)}
        )


def _contents(project: Project, settings: Settings, files: list[Stored]) -> Finding:
    clips = {one.path.stem: one.size_bytes for one in files if one.part == "clips"}
    total = sum(one.size_bytes for one in files)
    facts = {"files": len(files), "bytes": total, "clips": len(clips), "clip_bytes": sum(clips.values())}
    message = f"{counted(len(clips), 'clip')}, {size_in_words(total)}; `clean` would free {size_in_words(sum(clips.values()))}"
    try:
        used = used_keys(project, settings.output)
        unused = sum(size for key, size in clips.items() if key not in used)
        facts["unused_bytes"] = unused
        message += f", `clean --unused` {size_in_words(unused)}"
    except (UsageError, AudiobookError):  # nothing is built, so nobody knows which clips are used
        pass
    return Finding(_CONTENTS, Level.OK, message, facts=facts)
