"""Built works, found by their names, and whether their texts have changed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from audiobook.book.record.archive_names import archive_name
from audiobook.book.record.reading import read_stored
from audiobook.book.record.works import Record, RecordHead
from audiobook.errors import NothingToDo, SourceError, UsageError, near
from audiobook.files import digest
from audiobook.languages import covers
from audiobook.pipeline.project import BuiltWork, Project
from audiobook.pipeline.texts.catalog import texts_of
from audiobook.pipeline.texts.edition import Edition
from audiobook.pipeline.texts.folders import text_bytes
from audiobook.pipeline.texts.work_names import named_work, require_built_here


def built_work(project: Project, work: str, language: str | None) -> tuple[Path, Record]:
    """Return the path of a built work's record, and the record.

    Args:
        project: The project.
        work: Slug of the work, its label such as `en/essay`, or the path of a text or a built file.
        language: Language tag, which includes its regions; None if the work has only one edition.

    Raises:
        NothingToDo: The work is not built.
        UsageError: The work exists in several languages and none was given.
        OutputMismatch: The record is damaged.
        StorageError: The record cannot be read.
    """
    require_built_here(project, work)
    built, name = project.built(), named_work(work, is_beside=project.is_beside)
    records = {each.language: each.path for each in name.among(built)}
    if not records:
        first = f"audiobook build {work}" if project.is_beside and Path(work).is_file() else "audiobook build"
        hint = near(name.slug, {each.slug for each in built}) or f"run `{first}` first"
        raise NothingToDo(_unknown(work, f"no built work named “{work}”"), hint=hint)
    tags = [tag for tag in records if language is None or covers(language, tag)]
    if language in tags:
        tags = [str(language)]
    if len(tags) > 1:
        raise UsageError(
            f"“{work}” exists in several languages: {', '.join(tags)}",
            hint=f"choose one, for example `--lang {tags[0]}`",
        )
    record = read_stored(records[tags[0]], is_beside=project.is_beside) if tags else None
    if record is None:
        raise NothingToDo(
            f"“{work}” has not been built in “{language}”", hint=f"built in: {', '.join(records)}"
        )
    return records[tags[0]], record


def export_path(path: Path, record: Record, archive: str) -> Path:
    """Return the default path of an export: next to the MP3, but never that of the text.

    Args:
        path: Path of its record.
        record: Its record.
        archive: `epub` or `lpf`.
    """
    return path.with_name(archive_name(record.slug, record.source, archive))


def works_named(project: Project, named: Sequence[str], known: Iterable[BuiltWork]) -> list[BuiltWork]:
    """Return the built works that match any of the names, ordered by path.

    Args:
        project: The project.
        named: Slugs, labels such as `en/essay`, or paths of texts or built files.
        known: The built works, including damaged or missing ones.

    Raises:
        UsageError: A name matches none of them.
    """
    works, found = list(known), set()
    for word in named:
        require_built_here(project, word)
        meant = named_work(word, is_beside=project.is_beside).among(works)
        if not meant:
            hint = near(word, [each.label for each in works]) or "run `audiobook build` first"
            raise UsageError(_unknown(word, f"“{word}” is not a built work"), hint=hint)
        found.update(meant)
    return sorted(found, key=lambda each: each.path)


def _unknown(word: str, message: str) -> str:
    """Return the message for a name that matches no built work; the path of a folder is reported as such."""
    with suppress(OSError, ValueError):  # too long for a path, or with a NUL
        if word and Path(word).is_dir():
            return f"{word} is a folder, not a built work"
    return message


def editions_by_label(project: Project) -> dict[str, Edition]:
    """Return the texts of a project by `language/slug`."""
    return {edition.label: edition for edition in texts_of(project).editions}


def has_changed(record: RecordHead, editions: Mapping[str, Edition]) -> bool:
    """Return whether the project has another version of a work's text; False if the text is not in the project."""
    edition = editions.get(f"{record.language}/{record.slug}")
    if edition is None:
        return False
    try:
        return digest(text_bytes(edition.path, edition.name)) != record.inputs.source_sha256
    except SourceError:
        return False
