"""A built work, found by its name."""

from __future__ import annotations

from pathlib import Path

from audiobook.book.record import Record, records_in
from audiobook.book.record_reading import read_record
from audiobook.errors import NothingToDo, UsageError, near
from audiobook.languages import covers
from audiobook.pipeline.work_names import named_work


def built_work(output: Path, work: str, language: str | None) -> tuple[Path, Record]:
    """Return the path of a built work's record, and the record.

    Args:
        output: Output folder.
        work: Slug of the work, its label such as `en/essay`, or the path of a text or a built file.
        language: Language tag, also of its regions; None if the work has only one edition.

    Raises:
        NothingToDo: The work is not built.
        UsageError: The work exists in several languages and none was given.
        OutputMismatch: The record is damaged.
        StorageError: The record cannot be read.
    """
    built, name = records_in(output), named_work(work)
    records = {path.parent.name: path for path in built if name.names(path.stem, path.parent.name)}
    if not records:
        hint = near(name.slug, {path.stem for path in built}) or "run `audiobook build` first"
        raise NothingToDo(f"no built work named “{work}”", hint=hint)
    tags = [tag for tag in records if language is None or covers(language, tag)]
    if language in tags:
        tags = [str(language)]
    if len(tags) > 1:
        raise UsageError(
            f"“{work}” exists in several languages: {', '.join(tags)}",
            hint=f"choose one, for example `--lang {tags[0]}`",
        )
    record = read_record(records[tags[0]]) if tags else None
    if record is None:
        raise NothingToDo(f"“{work}” has not been built in “{language}”", hint=near(language or "", records))
    return records[tags[0]], record
