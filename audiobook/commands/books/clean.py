"""`audiobook clean`: delete cached clips: all of them, only unused ones, or those of some works."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from audiobook.book.record.works import Record
from audiobook.clips.store import ClipStore, encoded_clip_key
from audiobook.commands.built_works import works_named
from audiobook.commands.output import print_line
from audiobook.errors import OutputMismatch, SettingsError, UsageError
from audiobook.pipeline.project import BuiltWork, Project
from audiobook.report.base import QuietReporter, counted
from audiobook.report.sizes import size_in_words
from audiobook.settings import FILE_NAME, Settings


def clean_store(
    root: Path, settings: Settings, named: Sequence[str] = (), *, unused: bool, replies: bool, dry_run: bool
) -> int:
    """Delete cached clips; the output folder is left alone.

    Args:
        root: Project folder.
        settings: Project settings.
        named: Delete only clips of these works that no other work uses; empty means all.
        unused: Delete only clips that no built work uses.
        replies: Also delete cached replies of online services.
        dry_run: Only print what would be deleted.

    Returns:
        0.

    Raises:
        SettingsError: The store folder contains files that this program did not make.
        UsageError: A named work is not built; or `unused` is set, but no readable built work was found.
        StorageError: A file cannot be deleted.
    """
    project = Project.at(root, settings, named)
    store = project.store
    if store.folder.exists() and not store.is_ours():
        holds = "contains files not made by audiobook, so nothing was deleted"
        raise SettingsError(
            holds if store.folder.is_dir() else "is not a folder",
            where=settings.store or ".",
            hint=f'choose a separate folder in {FILE_NAME}, for example: store = ".audiobook"',
        )
    if named:
        return _clean_works(project, named, dry_run=dry_run)
    used = used_keys(project, settings.output) if unused else set()
    keys = [key for key in sorted(store.keys()) if key not in used]
    answered = store.reply_paths()
    freed = sum(map(store.length_bytes, keys))
    if replies:
        freed += sum(path.lstat().st_size for path in answered)
        _warn_of_costs(answered, dry_run=dry_run)
    if not dry_run:
        _remove(store, keys, used, unused=unused, replies=replies)
    print_line(_summary(len(keys), len(answered), freed, replies=replies, dry_run=dry_run))
    return 0


def _clean_works(project: Project, named: Sequence[str], *, dry_run: bool) -> int:
    """Delete the cached clips of some works, except those that other works use."""
    store = project.store
    built = project.built()
    chosen = works_named(project, named, built)
    others = {key for record in _readable(project, set(built) - set(chosen)) for key in _keys(record, store)}
    own = {key for record in _readable(project, chosen) for key in _keys(record, store)}
    keys = [key for key in sorted(store.keys()) if key in own - others]
    freed = sum(map(store.length_bytes, keys))
    if not dry_run:
        for key in keys:
            store.remove(key)
        store.remove_heard_in(set(keys))
    print_line(_summary(len(keys), 0, freed, replies=False, dry_run=dry_run))
    return 0


def _warn_of_costs(answered: Iterable[Path], *, dry_run: bool) -> None:
    """Print which replies of online services will be lost, before anything is deleted."""
    sizes = defaultdict(list)
    for path in answered:
        sizes[path.name.rpartition("-")[0]].append(path.lstat().st_size)
    will = "would be" if dry_run else "are"
    for engine, each in sorted(sizes.items()):
        replies = counted(len(each), "cached reply", "cached replies")
        print_line(
            f"{engine}: {replies}, {size_in_words(sum(each))}, {will} deleted; requesting them again may cost money"
        )


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
    cached = counted(answered, "cached reply", "cached replies")
    what = counted(clips, "clip") + (f" and {cached}" if replies else "")
    kept = ""
    if answered and not replies:
        kept = f"; kept {counted(answered, 'reply', 'replies')} of online services, which may cost money to request again (`--replies` deletes them)"
    return f"{what} {verb}, {size_in_words(freed_bytes)} {'' if dry_run else 'freed'}".rstrip() + kept


def used_keys(project: Project, shown: str) -> set[str]:
    """Return the keys of all clips used by built works.

    Raises:
        UsageError: No built work can be read, so every clip would count as unused; or there is no project, so
        the books that use the store may be in any folder.
    """
    if project.is_beside:
        raise UsageError(
            "--unused needs a project: the cache here serves the books of all folders without one",
            hint="delete the clips of one book: `audiobook clean book.mp3`, or all of them: `audiobook clean`",
        )
    records = list(_readable(project, project.built()))
    if not records:
        what = "has no readable built works" if project.output.is_dir() else "does not exist"
        raise UsageError(
            f"{shown}/ {what}, so every clip would count as unused",
            hint="use `--output` to name the folder with the built works, or delete all clips: `audiobook clean`",
        )
    return {key for record in records for key in _keys(record, project.store)}


def _readable(project: Project, works: Iterable[BuiltWork]) -> Iterator[Record]:
    """Yield the records that can be read, and warn about the others."""
    for work in sorted(works, key=lambda each: each.path):
        try:
            record = project.record(work.path)
        except OutputMismatch as error:
            # The next build repairs this work and makes its missing clips.
            folder = f"{work.language}/" if work.language else ""
            QuietReporter().warn(f"{folder}{error}; its clips count as unused")
            continue
        if record:
            yield record


def _keys(record: Record, store: ClipStore) -> set[str]:
    """Return the keys of the clips of a work, also in other encodings."""
    keys = record.clip_keys()
    encoded = (encoded_clip_key(store, each, encoding) for encoding in record.encodings() for each in keys)
    return keys | {key for key in encoded if key}
