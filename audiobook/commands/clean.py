"""`audiobook clean`: remove clips, all of them or those that no built work uses."""

from __future__ import annotations

from pathlib import Path

from audiobook.book.reading import read_record
from audiobook.book.record import records_in
from audiobook.commands.output import print_line
from audiobook.errors import OutputMismatch
from audiobook.pipeline.project import Project
from audiobook.settings import Settings


def clean_store(root: Path, settings: Settings, *, unused: bool) -> int:
    """Remove clips; what is in the output folder stays.

    Args:
        root: Folder of the project.
        settings: Of the project.
        unused: Keep the clips that built works consist of.

    Returns:
        0.

    Raises:
        StorageError: Something cannot be removed.
    """
    project = Project.at(root, settings)
    store = project.store
    used = _used(project.output) if unused else set()
    freed = count = 0
    for key in list(store.keys()):
        if key not in used:
            freed += store.remove(key)
            count += 1
    if not unused:
        store.remove_rest()
    print_line(f"{count} clips removed, {freed / 1e6:.1f} MB freed")
    return 0


def _used(output: Path) -> set[str]:
    used: set[str] = set()
    for path in records_in(output):
        try:
            record = read_record(path)
        except OutputMismatch:
            continue  # its work is built again anyway
        if record:
            used.update(record.clip_keys())
    return used
