"""`audiobook check`: verify built files against their records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from audiobook.book.record.reading import load_record
from audiobook.book.verification import check_book
from audiobook.commands.built_works import export_path, works_named
from audiobook.commands.output import print_json, print_line
from audiobook.document import LANGUAGE_TAG
from audiobook.errors import NothingToDo, OutputMismatch
from audiobook.listening.model import Listener
from audiobook.lpf.package import LPF
from audiobook.pipeline.heard_books import Heard, HeardPassage, Listening
from audiobook.pipeline.project import BuiltWork, Project
from audiobook.publish.works.intact import check_publication
from audiobook.readalong.verification import EPUB
from audiobook.report.base import QuietReporter, counted
from audiobook.report.choose import choose_reporter
from audiobook.report.steps import Steps
from audiobook.settings import Settings, worker_count
from audiobook.system.interrupts import interrupts_resumable


class _Checked(msgspec.Struct):
    work: BuiltWork
    name: str
    problems: list[OutputMismatch]
    heard: Heard | None = None


def check_outputs(
    root: Path,
    settings: Settings,
    named: Sequence[str] = (),
    *,
    listener: Listener | None = None,
    as_json: bool,
) -> int:
    """Verify built and published files, and listen to the works if there is a listener.

    Args:
        root: Project folder.
        settings: Project settings.
        named: The works to check, by any of their names; empty for all works and the publication.
        listener: The recogniser that listens to the works; None to not listen.
        as_json: Print one JSON object.

    Returns:
        0 if every file matches its record, else 1. The results of listening are ignored, since a recogniser makes
        mistakes.

    Raises:
        NothingToDo: No built work was found.
        UsageError: A named work was not built.
    """
    project = Project.at(root, settings, named)
    checked = list(_all_checked(project, named, quiet=as_json))
    if not checked:
        where = "here" if project.is_beside else f"in {settings.output}/"
        raise NothingToDo(f"no built works {where}", hint="run `audiobook build` first")
    published = [] if named or project.is_beside else list(check_publication(project.output))
    if listener:
        _listen(checked, project, listener, settings, quiet=as_json)
    problems = [*(problem for one in checked for problem in one.problems), *published]
    if as_json:
        works = [_as_json(one) for one in checked]
        print_json({"works": works, "problems": [str(problem) for problem in published]})
    else:
        reporter = QuietReporter()
        for problem in problems:
            reporter.fail(problem)
        whole = sum(not one.problems for one in checked)
        _print_heard(checked)
        print_line(f"{whole} of {counted(len(checked), 'work')} OK")
    return 1 if problems else 0


def _listen(
    checked: Sequence[_Checked], project: Project, listener: Listener, settings: Settings, *, quiet: bool
) -> None:
    """Listen to all works that match their records."""
    interrupts_resumable()  # what was heard is kept
    listening = Listening(project.store, listener, worker_count(settings))
    reporter = choose_reporter(quiet=quiet)
    records = {one.name: load_record(one.work.path) for one in checked if not one.problems}
    try:
        unheard = {name: listening.unheard(record) for name, record in records.items() if record}
        reporter.begin(unheard, to_do=f"{counted(sum(unheard.values()), 'clip')} to listen to")
        for one in checked:
            if record := records.get(one.name):
                one.heard = listening.hear(record, partial(reporter.clip_made, one.name), reporter.tick)
                reporter.work_done(one.name, _heard_in_words(one.heard))
    finally:
        reporter.end()


def _heard_in_words(heard: Heard) -> str:
    """Return a summary of listening to a work: how many passages differ, and why some were not compared."""
    verb = "does" if heard.clip_count == 1 else "do"
    parts = [
        f"{len(heard.different)} of {counted(heard.clip_count, 'passage')} {verb} not sound like the text"
    ]
    if heard.unknown_count:
        parts.append(f"{heard.unknown_count} in a language that the recogniser does not know")
    if heard.missing_count:
        parts.append(f"{heard.missing_count} not heard: no longer cached, see `audiobook build --force`")
    if heard.errors:
        parts.append(f"{len(heard.errors)} not heard: {heard.errors[0]}")
    return "; ".join(parts)


def _print_heard(checked: Sequence[_Checked]) -> None:
    """Print the passages that do not sound like their text, clearest differences first."""
    passages = [passage for one in checked if one.heard for passage in one.heard.different]
    for passage in sorted(passages, key=lambda passage: -passage.hearing.strength):
        for text, heard, faults in passage.differences():
            print_line(f"{passage.where}: {', '.join(faults)}")
            print_line(f"  text:  {text}")
            print_line(f"  heard: {heard.heard}")


def _all_checked(project: Project, named: Sequence[str], *, quiet: bool) -> Iterator[_Checked]:
    found = _works(project)
    chosen = works_named(project, named, found) if named else found
    with Steps("checking", len(chosen), quiet=quiet) as steps:
        for work in chosen:
            name = work.path.relative_to(project.output).as_posix().removesuffix(".json")
            problems = check_book(work.path, f"{name}.json", is_beside=project.is_beside)
            yield _Checked(work, name, [*problems, *_export_problems(work, project)])
            steps.step()


def _works(project: Project) -> list[BuiltWork]:
    """Return the built works, including those in the output folder whose record is missing."""
    built = {work.path: work for work in project.built()}
    for path in () if project.is_beside else project.output.glob("*/*.mp3"):
        if LANGUAGE_TAG.match(path.parent.name):
            record = path.with_suffix(".json")
            built.setdefault(record, BuiltWork(record, path.parent.name))
    return [built[path] for path in sorted(built)]


def _export_problems(work: BuiltWork, project: Project) -> Iterator[OutputMismatch]:
    """Check an EPUB and an LPF that were exported next to a record, if the record is whole."""
    if not any(any(work.path.parent.glob(f"{work.slug}*.{kind.name}")) for kind in (EPUB, LPF)):
        return
    try:
        record = project.record(work.path)
    except OutputMismatch:
        return  # already reported
    if record is None:
        return
    for kind in (EPUB, LPF):
        if kind.name not in record.formats:  # those are checked with the other formats
            path = export_path(work.path, record, kind.name)
            yield from kind.check(record, path, path.relative_to(project.output).as_posix())


def _as_json(one: _Checked) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "slug": one.work.slug,
        "language": one.work.language,
        "whole": not one.problems,
        "problems": [str(problem) for problem in one.problems],
    }
    if one.heard:
        fields["heard"] = {
            "clips": one.heard.clip_count,
            "not_heard": one.heard.unknown_count + one.heard.missing_count + len(one.heard.errors),
            "differences": [_difference(passage) for passage in one.heard.different],
        }
    return fields


def _difference(passage: HeardPassage) -> dict[str, Any]:
    return {
        "where": passage.where,
        "clip": passage.key,
        "strength": round(passage.hearing.strength, 2),
        "sentences": [
            {
                "text": text,
                "heard": heard.heard,
                "faults": [
                    {
                        "kind": fault.kind.value,
                        "start": fault.start,
                        "end": fault.start + fault.length,
                        "strength": fault.strength,
                    }
                    for fault in heard.faults
                ],
            }
            for text, heard, _ in passage.differences()
        ],
    }
