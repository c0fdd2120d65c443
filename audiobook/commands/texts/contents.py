"""`audiobook list WORK`: the numbered chapters of a work with their length, and what is left out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from audiobook.book.record.works import Record
from audiobook.commands.output import (
    print_json,
    print_line,
    print_result,
    print_table,
    short,
    standard_output_kept,
    terminal_columns,
)
from audiobook.commands.texts.listing import built_elsewhere, describe_edition, saved_text
from audiobook.errors import AudiobookError, EngineMissing, WorkError
from audiobook.pipeline.chapters.parts import ChapterSummary, chapters_overview
from audiobook.pipeline.chapters.selection import unused_choices
from audiobook.pipeline.planning.library import Library
from audiobook.pipeline.project import Project
from audiobook.pipeline.scripts.prepared_text import read_text
from audiobook.pipeline.texts.catalog import Catalog, texts_of
from audiobook.pipeline.texts.edition import Edition, may_be_source
from audiobook.pipeline.texts.named_texts import chosen_texts
from audiobook.pipeline.texts.work_names import named_work, require_built_here
from audiobook.report.base import QuietReporter, counted
from audiobook.report.pace import clock
from audiobook.settings import Settings

_LEAST_NAME_COLUMNS: Final = 16
_RULES: Final = {
    "marked": "as the file marks them",
    "series": "found by their numbers, as the file marks none",
    "names": "found by how their titles stand out, as the file marks none",
    "pattern": "found by the pattern in the settings",
    "paragraphs": "one for each paragraph, as no headings were found",
    "parts": "parts of about ten minutes, as no headings were found",
    "files": "one or more for each file of the folder",
}
"""How chapters were found, for each value of `Work.chapters_by`."""


def list_contents(
    root: Path, settings: Settings, named: Sequence[str], languages: Sequence[str], *, as_json: bool
) -> int:
    """Print the chapters of each edition of some works, and what is left out.

    Args:
        root: Project folder.
        settings: Project settings.
        named: The works, by any of their names.
        languages: Language tags; empty means all editions.
        as_json: Print one JSON object.

    Returns:
        0, or 1 if an edition could not be read.

    Raises:
        AudiobookError: The work does not exist.
    """
    project = Project.at(root, settings, named)
    with standard_output_kept(for_json=as_json):
        every = texts_of(project)
        for message in unused_choices(settings, every):
            QuietReporter().warn(message)
        for word in named:
            require_built_here(project, word)
        elsewhere = _named_elsewhere(project, every, named, languages)
        others = [word for word in named if not elsewhere.get(word)]
        catalog = chosen_texts(project, others, languages, every) if others else Catalog((), ())
        library = Library(project, settings)
        works = [
            *(describe_contents(edition, library, project) for edition in catalog.editions),
            *{
                (work["language"], work["slug"]): work for found in elsewhere.values() for work in found
            }.values(),
        ]
    if as_json:
        print_json({"works": works, "problems": [str(problem) for problem in catalog.problems]})
    else:
        for number, each in enumerate(works):
            if number:
                print_line("")
            _print(each)
    return 1 if any(each["state"] == "failed" for each in works) else 0


def _is_text(word: str) -> bool:
    """Return whether a word is the path of a text; reading that tells more than the record of its book."""
    path = Path(word)
    return (path.is_file() or "/" in word) and may_be_source(path)


def _named_elsewhere(
    project: Project, texts: Catalog, named: Sequence[str], languages: Sequence[str]
) -> dict[str, list[dict[str, Any]]]:
    """Return works without a text in the texts folder, as their records describe them, by the word that names them."""
    names = {word: named_work(word) for word in named if not _is_text(word)}
    names = {word: name for word, name in names.items() if not name.among(texts.editions)}
    built = list(built_elsewhere(project, texts, languages)) if names else []
    described = {(record.language, record.slug): _recorded(work, record) for work, record in built}
    records = [record for _, record in built]
    return {
        word: [described[each.language, each.slug] for each in name.among(records)]
        for word, name in names.items()
    }


def _recorded(work: dict[str, Any], record: Record) -> dict[str, Any]:
    """Return a work with the chapters of its record, and what was left out."""
    parts = [
        _part(
            ChapterSummary(
                number,
                chapter.title,
                chapter.title,
                chapter.level,
                round((chapter.end_samples - chapter.start_samples) / record.rate_hz, 3),
                is_measured=True,
                is_chosen=True,
            )
        )
        for number, chapter in enumerate(record.text_chapters, 1)
    ]
    return work | {"parts": parts, "left_out": dict(record.characters.skipped)}


def describe_contents(edition: Edition, library: Library, project: Project) -> dict[str, Any]:
    """Return the state of an edition with its chapters and what is left out, as `--json` prints them."""
    described = describe_edition(edition, library, project) | {"parts": [], "left_out": {}}
    if described["state"] == "failed":
        return described
    try:
        plan = library.plan(edition)
        text = read_text(plan)
        found = chapters_overview(plan, text)
    except (WorkError, EngineMissing) as error:
        return described | {"state": "failed", "problems": [_text(error)]}
    problems = described["problems"] if not plan.reasons else [str(problem) for problem in text.problems]
    if found.failure:
        described["state"] = "failed"
        problems = [_text(found.failure), *problems]
    return described | {
        "title": plan.inputs.own_title or text.title,
        "chapters_by": text.chapters_by,
        "problems": problems,
        "parts": [_part(part) for part in found.chapters],
        "left_out": found.left_out,
    }


def _part(part: ChapterSummary) -> dict[str, Any]:
    return {
        "number": part.number,
        "title": part.title,
        "own_title": part.own_title,
        "level": part.level,
        "duration_s": part.length_s,
        "measured": part.is_measured,
        "chosen": part.is_chosen,
        "merged": part.is_merged,
    }


def _text(error: AudiobookError) -> str:
    return f"{error} ({error.hint})" if error.hint else str(error)


def _print(work: dict[str, Any]) -> None:
    why = f": {', '.join(work['reasons'])}" if work["reasons"] else ""
    title, slug, state = work["title"] or work["slug"], work["slug"], f"{work['state']}{why}"
    if columns := terminal_columns():
        room = columns - len(f" ({work['language']}/, {state})")
        slug = short(slug, max(room // 2, _LEAST_NAME_COLUMNS))
        title = short(title, max(room - len(slug), _LEAST_NAME_COLUMNS))
    print_line(f"{title} ({work['language']}/{slug}, {state})")
    if work["output"]:
        print_result(f"File: {work['output']}")
    if saved := saved_text(work):
        print_line(f"Read from {work['source']}: {saved}")
    if rule := _RULES.get(work["chapters_by"]):
        print_line(f"Chapters: {rule}")
    for problem in work["problems"]:
        QuietReporter().warn(problem)
    if not work["parts"]:
        return
    total_s = sum(part["duration_s"] for part in work["parts"] if part["chosen"])
    measured = all(part["measured"] for part in work["parts"] if part["chosen"])
    print_table([("", "LENGTH", "CHAPTER"), *(_row(part) for part in work["parts"])], shortened=(2,))
    print_line(f"Total: {'' if measured else 'about '}{clock(total_s)}")
    for reason, count in sorted(work["left_out"].items(), key=lambda item: (-item[1], item[0])):
        print_line(f"Left out: {reason}, {counted(count, 'character')}")


def _row(part: dict[str, Any]) -> tuple[str, ...]:
    length = clock(part["duration_s"])
    title = "  " * (part["level"] - 1) + part["title"]
    own = f"“{part['own_title']}” in the text" if part["own_title"] != part["title"] else ""
    state = "not chosen" if not part["chosen"] else "joined to the one before" if part["merged"] else ""
    notes = ", ".join(filter(None, (own, state)))
    return (
        str(part["number"]),
        length if part["measured"] else f"~{length}",
        f"{title} ({notes})" if notes else title,
    )
