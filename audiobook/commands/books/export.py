"""`audiobook export`: write a built work in another format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audiobook.book.record.works import Record
from audiobook.commands.built_works import built_work, editions_by_label, export_path, has_changed
from audiobook.commands.output import print_json, print_result
from audiobook.errors import OutputMismatch, StorageError, UsageError
from audiobook.files import digest_file, read_source, sweep_older
from audiobook.lpf.package import LPF, write_lpf
from audiobook.pipeline.project import Project
from audiobook.pipeline.texts.edition import Edition
from audiobook.readalong.epub import ReadAlong, write_epub
from audiobook.readalong.spans import Sync, sentences_without_words
from audiobook.readalong.verification import EPUB, Exported
from audiobook.report.base import QuietReporter, counted
from audiobook.report.pace import clock
from audiobook.settings import Settings
from audiobook.sources.base import ending_of
from audiobook.surrogates import escaped
from audiobook.system.opening import is_regular, is_there


def export_epub(
    root: Path,
    settings: Settings,
    work: str,
    language: str | None,
    target: Path | None,
    sync: str,
    *,
    as_json: bool,
) -> int:
    """Write a built work as a read-along EPUB.

    Args:
        root: Project folder.
        settings: Project settings.
        work: Slug of the work.
        language: Language tag; None if the work has only one edition.
        target: The file to write; None for one next to the MP3.
        sync: What is highlighted: `sentence` or `word`.
        as_json: Print one JSON object.

    Returns:
        0.

    Raises:
        NothingToDo: The work is not built.
        UsageError: The work exists in several languages and none was given, or the target is a folder.
        OutputMismatch: A file does not match its record, or is in the way and was not made by this program.
        StorageError: A file cannot be read or written.
    """
    project = Project.at(root, settings, (work,))
    with _chosen(project, work, language, target, EPUB) as chosen:
        record, folder = chosen.record, project.folder(chosen.record.language)
        written, kept = _with_own_pages(record, chosen.original, folder, chosen.target, Sync(sync))
        if written is None:
            written = write_epub(record, folder, chosen.target, Sync(sync))
    without = sentences_without_words(record) if sync == Sync.WORD else 0
    if as_json:
        more = {"sync": sync, "pages": kept, "spans": written.span_count, "sentences_without_words": without}
        print_json(_answer(chosen, written.length_bytes, written.length_ms / 1000) | more)
        return 0
    if without:
        QuietReporter().warn(f"highlighted as a whole, without word times: {counted(without, 'sentence')}")
    chapters, spans = counted(len(record.chapters), "chapter"), counted(written.span_count, sync)
    print_result(f"{escaped(str(chosen.target))}: {chapters}, {clock(written.length_ms / 1000)}, {spans}")
    return 0


def export_lpf(
    root: Path, settings: Settings, work: str, language: str | None, target: Path | None, *, as_json: bool
) -> int:
    """Write a built work as a W3C audiobook; see `export_epub`."""
    project = Project.at(root, settings, (work,))
    with _chosen(project, work, language, target, LPF) as chosen:
        record = chosen.record
        length_bytes = write_lpf(record, project.folder(record.language), chosen.target)
    if as_json:
        print_json(_answer(chosen, length_bytes, record.duration_s))
        return 0
    chapters = counted(len(record.chapters), "chapter")
    print_result(f"{escaped(str(chosen.target))}: {chapters}, {clock(record.duration_s)}")
    return 0


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A work to export.

    Attributes:
        record: Its record.
        target: The file to write.
        is_stale: Whether the text changed after the work was built.
        original: The file that it was built from, unchanged; None if it has changed or no longer exists.
    """

    record: Record
    target: Path
    is_stale: bool
    original: Path | None


@contextmanager
def _chosen(
    project: Project,
    work: str,
    language: str | None,
    target: Path | None,
    kind: Exported,
) -> Iterator[_Chosen]:
    """Find a work and check the path to write; no build can change the work during the block."""
    reporter = QuietReporter()
    built_work(project, work, language)  # before anything is locked or created
    with project.locked_output(lambda who: reporter.warn(f"waiting for {who}")):
        path, record = built_work(project, work, language)
        ending = f".{kind.name}"
        target = target or export_path(path, record, ending)
        if target.is_dir():
            raise UsageError(
                f"{target} is a folder, not a file",
                hint=f"name a file, such as {target / f'{record.slug}{ending}'}",
            )
        _require_place(target, kind)
        editions = editions_by_label(project)
        is_stale = has_changed(record, editions)
        if is_stale:
            reporter.warn("text changed since the last build, exporting the old version")
        sweep_older(target)
        edition = editions.get(f"{record.language}/{record.slug}")
        yield _Chosen(
            record,
            target,
            is_stale,
            _original(record, edition, (Path(work), Path(record.source), path.parent / record.source)),
        )


def _original(record: Record, edition: Edition | None, others: Iterable[Path]) -> Path | None:
    """Return the file that a work was built from: its text in the project, or else one of the other files."""
    paths: list[Path] = [edition.path] if edition else []
    for path in (*paths, *others):
        with suppress(StorageError):  # it is a folder, or a link
            if digest_file(path) == record.inputs.source_sha256:
                return path
    return None


def _with_own_pages(
    record: Record, original: Path | None, folder: Path, target: Path, sync: Sync
) -> tuple[ReadAlong | None, str]:
    """Write a work made from an EPUB as that EPUB with overlays on its pages.

    Returns:
        What was written, and `original`; or None and `new` if the work needs new pages. A reason that is not
        obvious is reported.
    """
    if ending_of(record.source) != ".epub":
        return None, "new"
    why = "the file that it was built from has changed or no longer exists"
    if original is not None:
        data = read_source(original, record.source)
        from audiobook.overlaid.writing import write_with_original  # lxml, not needed for other texts

        written = write_with_original(record, data, record.source, folder, target, sync)
        if isinstance(written, ReadAlong):
            return written, "original"
        why = written
    QuietReporter().warn(f"{record.source}: {why}; the text gets new pages")
    return None, "new"


def _require_place(target: Path, kind: Exported) -> None:
    """Check that a path may be written: it is free, or an earlier export of this program.

    Raises:
        OutputMismatch: A file that this program did not make, a link or a folder is in the way.
    """
    if is_there(target) and not kind.is_own(target):
        raise OutputMismatch(
            "was not made by audiobook, so it is not replaced"
            if is_regular(target)
            else "is not a regular file",
            where=target.as_posix(),
            hint="move it elsewhere, or choose another file: --output FILE",
        )


def _answer(chosen: _Chosen, length_bytes: int, duration_s: float) -> dict[str, Any]:
    record = chosen.record
    return {
        "slug": record.slug,
        "language": record.language,
        "output": escaped(chosen.target.as_posix()),
        "length_bytes": length_bytes,
        "chapters": len(record.chapters),
        "duration_s": duration_s,
        "stale": chosen.is_stale,
    }
