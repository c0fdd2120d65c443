"""`audiobook clean`: remove clips, all of them or those that no built work uses."""

from __future__ import annotations

from pathlib import Path

from audiobook.book.record import records_in
from audiobook.book.record_reading import read_record
from audiobook.clips.store import ClipStore
from audiobook.commands.output import print_line
from audiobook.errors import OutputMismatch, SettingsError, UsageError
from audiobook.pipeline.project import Project
from audiobook.report.base import QuietReporter
from audiobook.settings import FILE_NAME, Settings


def clean_store(root: Path, settings: Settings, *, unused: bool, replies: bool, dry_run: bool) -> int:
    """Remove clips; what is in the output folder stays.

    Args:
        root: Folder of the project.
        settings: Of the project.
        unused: Keep the clips that built works consist of.
        replies: Remove what services answered, too.
        dry_run: Only say what would be removed.

    Returns:
        0.

    Raises:
        SettingsError: The store is a folder that is not the store's alone.
        UsageError: Unused clips are to be removed, and nothing that uses any was found.
        StorageError: Something cannot be removed.
    """
    project = Project.at(root, settings)
    store = project.store
    if store.folder.exists() and not store.is_ours():
        holds = "holds files that this program did not make, so nothing is removed from it"
        raise SettingsError(
            holds if store.folder.is_dir() else "is not a folder",
            where=settings.store or ".",
            hint=f'give the store a folder of its own in {FILE_NAME}: store = ".audiobook"',
        )
    used = _used(project.output, settings.output) if unused else set()
    keys = [key for key in sorted(store.keys()) if key not in used]
    answered = store.reply_paths()
    freed = sum(map(store.length_bytes, keys))
    if replies:
        freed += sum(path.lstat().st_size for path in answered)
    if not dry_run:
        _remove(store, keys, unused=unused, replies=replies)
    print_line(_summary(len(keys), len(answered), freed, replies=replies, dry_run=dry_run))
    return 0


def _remove(store: ClipStore, keys: list[str], *, unused: bool, replies: bool) -> None:
    for key in keys:
        store.remove(key)
    if replies:
        store.remove_replies()
    if not unused:
        store.remove_rest()


def _summary(clips: int, answered: int, freed_bytes: int, *, replies: bool, dry_run: bool) -> str:
    verb = "would be removed" if dry_run else "removed"
    what = f"{clips} clips" + (f" and {answered} replies of services" if replies else "")
    kept = ""
    if answered and not replies:
        kept = f"; {answered} replies of services kept, which --replies removes: they may cost money to ask for again"
    return f"{what} {verb}, {freed_bytes / 1e6:.1f} MB {'' if dry_run else 'freed'}".rstrip() + kept


def _used(output: Path, shown: str) -> set[str]:
    """Return the keys of the clips that built works consist of.

    Raises:
        UsageError: There is no built work that can be read, so that every clip would seem unused.
    """
    used: set[str] = set()
    is_known = False
    for path in records_in(output):
        try:
            record = read_record(path)
        except OutputMismatch as error:
            # It is built again by the next build, which makes the clips that are missing.
            QuietReporter().warn(f"{path.parent.name}/{error}; its clips count as unused")
            continue
        if record:
            is_known = True
            used.update(record.clip_keys())
    if not is_known:
        what = "has no built work that can be read" if output.is_dir() else "is not there"
        raise UsageError(
            f"{shown}/ {what}, so every clip would count as unused",
            hint="name the folder of the built works with --output, or remove all clips: audiobook clean",
        )
    return used
