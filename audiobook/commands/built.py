"""A built work, found by its name."""

from __future__ import annotations

from pathlib import Path

from audiobook.book.record import Record, records_in
from audiobook.book.record_reading import read_record
from audiobook.errors import NothingToDo, UsageError, near


def built_work(output: Path, work: str, language: str | None) -> tuple[Path, Record]:
    """Return the path of a built work's record, and the record.

    Args:
        output: Output folder.
        work: Slug of the work.
        language: Language tag; None if the work has only one edition.

    Raises:
        NothingToDo: The work is not built.
        UsageError: The work exists in several languages and none was given.
        OutputMismatch: The record is damaged.
        StorageError: The record cannot be read.
    """
    built = records_in(output)
    records = {path.parent.name: path for path in built if path.stem == work}
    if not records:
        hint = near(work, {path.stem for path in built}) or "run `audiobook build` first"
        raise NothingToDo(f"no built work named “{work}”", hint=hint)
    if language is None and len(records) > 1:
        raise UsageError(
            f"“{work}” exists in several languages: {', '.join(records)}",
            hint=f"choose one, for example `--lang {next(iter(records))}`",
        )
    chosen = records.get(language or next(iter(records)))
    record = read_record(chosen) if chosen else None
    if chosen is None or record is None:
        raise NothingToDo(f"“{work}” has not been built in “{language}”", hint=near(language or "", records))
    return chosen, record
