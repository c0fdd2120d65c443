"""`audiobook check`: verify built files against their records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audiobook.book.record import records_in
from audiobook.book.verification import check_book
from audiobook.commands.output import print_json, print_line
from audiobook.document import LANGUAGE_TAG
from audiobook.errors import NothingToDo, OutputMismatch
from audiobook.pipeline.project import Project
from audiobook.publish.works.intact import check_publication
from audiobook.report.base import QuietReporter
from audiobook.settings import Settings


@dataclass(frozen=True, slots=True)
class _Checked:
    name: str
    problems: list[OutputMismatch]


def check_outputs(root: Path, settings: Settings, *, as_json: bool) -> int:
    """Verify every built and published file.

    Returns:
        0 if every file matches its record, else 1.

    Raises:
        NothingToDo: No built work was found.
    """
    project = Project.at(root, settings)
    checked = list(_all_checked(project.output))
    if not checked:
        raise NothingToDo(f"no built works in {settings.output}/", hint="run `audiobook build` first")
    published = list(check_publication(project.output))
    problems = [*(problem for one in checked for problem in one.problems), *published]
    if as_json:
        works = [_as_json(one) for one in checked]
        print_json({"works": works, "problems": [str(problem) for problem in published]})
    else:
        reporter = QuietReporter()
        for problem in problems:
            reporter.fail(problem)
        whole = sum(not one.problems for one in checked)
        print_line(f"{whole} of {len(checked)} works OK")
    return 1 if problems else 0


def _all_checked(output: Path) -> Iterator[_Checked]:
    records = set(records_in(output))
    books = (path for path in output.glob("*/*.mp3") if LANGUAGE_TAG.match(path.parent.name))
    orphans = {path.with_suffix(".json") for path in books} - records
    for path in sorted(records | orphans):
        name = path.relative_to(output).as_posix()
        yield _Checked(name.removesuffix(".json"), list(check_book(path, name)))


def _as_json(one: _Checked) -> dict[str, Any]:
    language, _, slug = one.name.partition("/")
    return {
        "slug": slug,
        "language": language,
        "whole": not one.problems,
        "problems": [str(problem) for problem in one.problems],
    }
