"""Built works, found by their names, and whether their texts have changed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from audiobook.book.record import Record, records_in
from audiobook.book.record_reading import read_record
from audiobook.errors import NothingToDo, SourceError, UsageError, near
from audiobook.files import digest, read_source
from audiobook.languages import covers
from audiobook.pipeline.catalog import find_texts
from audiobook.pipeline.edition import Edition
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


def records_named(output: Path, named: Sequence[str], known: Iterable[Path]) -> list[Path]:
    """Return the paths of the records that are meant by any of some names, in order.

    Args:
        output: Output folder.
        named: Slugs, labels such as `en/essay`, or paths of texts or built files.
        known: The records, or what is in their place.

    Raises:
        UsageError: A name means none of them.
    """
    paths, found = list(known), set()
    for word in named:
        name = named_work(word)
        meant = [path for path in paths if name.names(path.stem, path.parent.name)]
        if not meant:
            labels = [path.relative_to(output).with_suffix("").as_posix() for path in paths]
            raise UsageError(f"“{word}” is not a built work", hint=near(word, labels))
        found.update(meant)
    return sorted(found)


def editions_by_label(texts: Path) -> dict[str, Edition]:
    """Return the texts of a project by `language/slug`."""
    return {edition.label: edition for edition in find_texts(texts).editions}


def has_changed(record: Record, editions: Mapping[str, Edition]) -> bool:
    """Return whether the project has another version of a work's text; False if the text is not in the project."""
    edition = editions.get(f"{record.language}/{record.slug}")
    if edition is None:
        return False
    try:
        return digest(read_source(edition.path, edition.name)) != record.inputs.source_sha256
    except SourceError:
        return False
