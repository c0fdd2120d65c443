"""`audiobook clean`: delete cached clips, all of them or only unused ones."""

from __future__ import annotations

from pathlib import Path

from audiobook.book.record import records_in
from audiobook.book.record_reading import read_record
from audiobook.clips.store import ClipStore, encoded_clip_key
from audiobook.commands.output import print_line
from audiobook.errors import OutputMismatch, SettingsError, UsageError
from audiobook.pipeline.project import Project
from audiobook.report.base import QuietReporter
from audiobook.settings import FILE_NAME, Settings


def clean_store(root: Path, settings: Settings, *, unused: bool, replies: bool, dry_run: bool) -> int:
    """Delete cached clips; the output folder is left alone.

    Args:
        root: Project folder.
        settings: Project settings.
        unused: Delete only clips that no built work uses.
        replies: Also delete cached replies of online services.
        dry_run: Only print what would be deleted.

    Returns:
        0.

    Raises:
        SettingsError: The store folder contains files that this program did not make.
        UsageError: `unused` is set, but no readable built work was found.
        StorageError: A file cannot be deleted.
    """
    project = Project.at(root, settings)
    store = project.store
    if store.folder.exists() and not store.is_ours():
        holds = "contains files not made by audiobook, so nothing was deleted"
        raise SettingsError(
            holds if store.folder.is_dir() else "is not a folder",
            where=settings.store or ".",
            hint=f'choose a separate folder in {FILE_NAME}, for example: store = ".audiobook"',
        )
    used = _used(project.output, settings.output, store) if unused else set()
    keys = [key for key in sorted(store.keys()) if key not in used]
    answered = store.reply_paths()
    freed = sum(map(store.length_bytes, keys))
    if replies:
        freed += sum(path.lstat().st_size for path in answered)
    if not dry_run:
        _remove(store, keys, used, unused=unused, replies=replies)
    print_line(_summary(len(keys), len(answered), freed, replies=replies, dry_run=dry_run))
    return 0


def _remove(store: ClipStore, keys: list[str], used: set[str], *, unused: bool, replies: bool) -> None:
    for key in keys:
        store.remove(key)
    if replies:
        store.remove_replies()
    if unused:
        store.remove_narrated()
        store.remove_heard(used)
    else:
        store.remove_rest()


def _summary(clips: int, answered: int, freed_bytes: int, *, replies: bool, dry_run: bool) -> str:
    verb = "would be deleted" if dry_run else "deleted"
    what = f"{clips} clips" + (f" and {answered} cached replies" if replies else "")
    kept = ""
    if answered and not replies:
        kept = f"; kept {answered} replies of online services, which may cost money to request again (`--replies` deletes them)"
    return f"{what} {verb}, {freed_bytes / 1e6:.1f} MB {'' if dry_run else 'freed'}".rstrip() + kept


def _used(output: Path, shown: str, store: ClipStore) -> set[str]:
    """Return the keys of all clips used by built works.

    Raises:
        UsageError: No built work can be read, so every clip would count as unused.
    """
    used: set[str] = set()
    is_known = False
    for path in records_in(output):
        try:
            record = read_record(path)
        except OutputMismatch as error:
            # The next build repairs this work and makes its missing clips.
            QuietReporter().warn(f"{path.parent.name}/{error}; its clips count as unused")
            continue
        if record:
            is_known = True
            keys = record.clip_keys()
            used.update(keys)
            for encoding in record.encodings():
                used.update(key for each in keys if (key := encoded_clip_key(store, each, encoding)))
    if not is_known:
        what = "has no readable built works" if output.is_dir() else "does not exist"
        raise UsageError(
            f"{shown}/ {what}, so every clip would count as unused",
            hint="use `--output` to name the folder with the built works, or delete all clips: `audiobook clean`",
        )
    return used
