"""`audiobook list`: works with their language, state and reasons to rebuild."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from audiobook.book.ownership import not_replaced
from audiobook.book.record.works import Record
from audiobook.commands.output import (
    is_too_wide,
    print_json,
    print_result,
    print_table,
    standard_output_kept,
)
from audiobook.errors import AudiobookError, EngineMissing, WorkError
from audiobook.languages import covers
from audiobook.pipeline.chapters.selection import unused_choices
from audiobook.pipeline.planning.library import Library
from audiobook.pipeline.planning.reasons import reasons_text
from audiobook.pipeline.planning.summary import WorkSummary
from audiobook.pipeline.project import Project
from audiobook.pipeline.scripts.saved import SavedState, saved_state
from audiobook.pipeline.texts.catalog import Catalog, texts_of
from audiobook.pipeline.texts.edition import Edition
from audiobook.pipeline.texts.named_texts import chosen_texts, of_languages
from audiobook.report.base import QuietReporter
from audiobook.report.pace import clock
from audiobook.settings import Settings
from audiobook.surrogates import escaped

_HEADINGS: Final = (
    "LANGUAGE",
    "WORK",
    "STATE",
    "LENGTH",
    "CHAPTERS",
    "SPOKEN",
    "LEFT OUT",
    "TITLE OR REASON",
)


def list_works(root: Path, settings: Settings, languages: Sequence[str], *, as_json: bool) -> int:
    """Print every work and its state.

    Returns:
        0, or 1 if the state of a text could not be determined.

    Raises:
        AudiobookError: No texts were found.
    """
    project = Project.at(root, settings)
    with standard_output_kept(for_json=as_json):
        every = texts_of(project)
        elsewhere = [work for work, _ in built_elsewhere(project, every, languages)]
        catalog = of_languages(every, languages) if elsewhere else chosen_texts(project, (), languages, every)
        library = Library(project, settings)
        works = [describe_edition(edition, library, project) for edition in catalog.editions]
        works += elsewhere
    if as_json:
        print_json({"works": works, "problems": [str(problem) for problem in catalog.problems]})
    else:
        rows = [_HEADINGS, *map(_row, works)]
        if is_too_wide(rows):
            rows = [(*_HEADINGS[:-1], "TITLE"), *(_row(work, brief=True) for work in works)]
        print_table(rows, shortened=(_HEADINGS.index("WORK"), len(_HEADINGS) - 1))
        if any(work["output"] for work in works):
            # Only where all of them are: a path in each row would not fit into 80 columns.
            place = project.folder("LANGUAGE") / "WORK.mp3"
            print_result(escaped(f"Files: {place.as_posix()}"))
        for problem in catalog.problems:
            QuietReporter().fail(problem)
    for message in unused_choices(settings, every):
        QuietReporter().warn(message)
    failed = catalog.problems or any(work["state"] == "failed" for work in works)
    return 1 if failed else 0


def built_elsewhere(
    project: Project, texts: Catalog, languages: Sequence[str]
) -> Iterator[tuple[dict[str, Any], Record]]:
    """Yield the built works whose text is not in the texts folder, as `--json` prints them, with their records."""
    known = {(edition.language, edition.slug) for edition in texts.editions}
    for built in project.built():
        path, language = built.path, built.language
        if (language, built.slug) in known or not any(
            covers(tag, language) for tag in languages or (language,)
        ):
            continue
        try:
            record = project.record(path)
        except AudiobookError:
            continue  # `check` reports it
        if record:
            work: dict[str, Any] = {
                "slug": record.slug,
                "language": record.language,
                "source": record.source,
                "state": "built",
                "output": None,
                "reasons": [],
                "saved": None,
            }
            yield work | _built(WorkSummary.of(record), path.parent), record


def _built(summary: WorkSummary, folder: Path) -> dict[str, Any]:
    """Return what `--json` prints of a built work.

    Args:
        summary: The work.
        folder: The folder of its record.
    """
    return {
        "output": (folder / summary.audio_name).as_posix(),
        "title": summary.title,
        "duration_s": summary.duration_s,
        "chapters": summary.chapter_count,
        "chapters_by": summary.chapters_by,
        "characters": msgspec.to_builtins(summary.characters),
        "problems": list(summary.problems),
    }


def describe_edition(edition: Edition, library: Library, project: Project) -> dict[str, Any]:
    """Return the state of an edition, as `--json` prints it."""
    work: dict[str, Any] = {
        "slug": edition.slug,
        "language": edition.language,
        "source": edition.name,
        "state": "failed",
        "output": None,
        "title": None,
        "duration_s": None,
        "chapters": None,
        "chapters_by": None,
        "characters": None,
        "reasons": [],
        "problems": [],
        "saved": None,
    }
    try:
        saved = saved_state(edition)
        work["saved"] = _saved(saved) if saved else None
        if fresh := library.find_fresh(edition):
            return work | {"state": "fresh"} | _built(fresh.summary, project.folder(edition.language))
        plan = library.plan(edition)
    except (WorkError, EngineMissing) as error:
        return work | {"problems": [_text(error)]}
    if plan.unowned_outputs:
        return work | {"problems": [_text(not_replaced(path)) for path in plan.unowned_outputs]}
    work |= {
        "state": "stale" if plan.reasons else "fresh",
        "reasons": reasons_text(plan.reasons, plan.changed_files),
    }
    if plan.record:
        work |= _built(WorkSummary.of(plan.record), project.folder(edition.language))
    return work


def _saved(state: SavedState) -> dict[str, Any]:
    return {"source": state.source, "edited": state.is_edited, "source_changed": state.is_outdated}


def saved_text(work: dict[str, Any]) -> str:
    """Return a note on the saved script that a work is read from; empty if it has none."""
    saved = work["saved"]
    if not saved:
        return ""
    edited = "edited" if saved["edited"] else "saved"
    changed = f", but {saved['source']} has changed since" if saved["source_changed"] else ""
    return f"{edited} script{changed}"


def _text(error: AudiobookError) -> str:
    return f"{error} ({error.hint})" if error.hint else str(error)


def _row(work: dict[str, Any], *, brief: bool = False) -> tuple[str, ...]:
    """Return the cells of a work; with `brief`, only the number of characters left out, without the reasons."""
    length = "" if work["duration_s"] is None else clock(work["duration_s"])
    chapters = "" if work["chapters"] is None else str(work["chapters"])
    why = ", ".join(work["reasons"]) or (work["problems"][0] if work["state"] == "failed" else work["title"])
    if saved := saved_text(work):
        why = f"{why} ({saved})"
    spoken, left_out = _characters(work["characters"])
    if brief and left_out:
        left_out = str(sum(work["characters"]["skipped"].values()))
    return work["language"], work["slug"], work["state"], length, chapters, spoken, left_out, why


def _characters(counted: dict[str, Any] | None) -> tuple[str, str]:
    """Return the spoken share of a text, and the characters left out by reason, most first."""
    if counted is None:
        return "", ""
    share = counted["spoken"] / counted["source"] if counted["source"] else 1.0
    # Rounded down, so that only a text spoken in full shows 100 %.
    spoken = f"{int(share * 1000) / 10:g} %"
    most = sorted(counted["skipped"].items(), key=lambda item: (-item[1], item[0]))
    return spoken, ", ".join(f"{reason} {count}" for reason, count in most)
