"""`audiobook list WORK --cast`: how much of a work each speaker says, and in which voice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from audiobook.commands.output import print_json, print_line, print_result, print_table, standard_output_kept
from audiobook.errors import EngineMissing, WorkError
from audiobook.pipeline.planning.staleness import plan_edition
from audiobook.pipeline.project import Project
from audiobook.pipeline.scripts.appearances import Appearance, appearances
from audiobook.pipeline.scripts.cast import Cast
from audiobook.pipeline.scripts.narrated import NarrationCache
from audiobook.pipeline.scripts.scripting import script_book
from audiobook.pipeline.texts.edition import Edition
from audiobook.pipeline.texts.named_texts import chosen_texts
from audiobook.pipeline.voices.choosing import Voices
from audiobook.pipeline.voices.gain import UNMEASURED
from audiobook.report.base import QuietReporter
from audiobook.report.pace import clock
from audiobook.settings import Settings


def list_cast(root: Path, settings: Settings, work: str, languages: Sequence[str], *, as_json: bool) -> int:
    """Print how much of each edition of a work each speaker says.

    Args:
        root: Project folder.
        settings: Project settings.
        work: Slug of the work, or path of a text.
        languages: Language tags; empty means all editions.
        as_json: Print one JSON object.

    Returns:
        0, or 1 if an edition could not be read.

    Raises:
        AudiobookError: The work does not exist.
    """
    project = Project.at(root, settings, (work,))
    with standard_output_kept(for_json=as_json):
        catalog = chosen_texts(project, (work,), languages)
        voices = Voices(settings, project.store)
        works = [_describe(edition, settings, voices, project) for edition in catalog.editions]
    if as_json:
        print_json({"works": works, "problems": [str(problem) for problem in catalog.problems]})
    else:
        for number, each in enumerate(works):
            if number:
                print_line("")
            _print(each)
    return 1 if any(each["title"] is None for each in works) else 0


def _describe(edition: Edition, settings: Settings, voices: Voices, project: Project) -> dict[str, Any]:
    described: dict[str, Any] = {
        "slug": edition.slug,
        "language": edition.language,
        "title": None,
        "cast": [],
        "problems": [],
    }
    try:
        plan = plan_edition(edition, settings, voices, project)
        cache = NarrationCache(project.store.narrated, writes=False)
        # The level only affects clip keys, which are not printed.
        book = script_book(plan, Cast(plan, voices, lambda _chosen, _language: UNMEASURED), cache=cache)
    except (WorkError, EngineMissing) as error:
        text = f"{error} ({error.hint})" if error.hint else str(error)
        return described | {"problems": [text]}
    found = appearances(book)
    total = sum(one.chars for one in found)
    return described | {
        "title": book.script.title,
        "cast": [_row(one, total) for one in found],
        "problems": list(book.problems),
    }


def _row(one: Appearance, total_chars: int) -> dict[str, Any]:
    return {
        "role": one.role,
        "name": one.name,
        "engine": one.speaker.engine,
        "voice": one.speaker.voice,
        "characters": one.chars,
        "share": round(one.chars / total_chars, 4) if total_chars else 0.0,
        "duration_s": one.length_s,
    }


def _print(work: dict[str, Any]) -> None:
    print_result(f"{work['title'] or work['slug']} ({work['language']}/{work['slug']})")
    for problem in work["problems"]:
        QuietReporter().warn(problem)
    rows = [
        (
            f"{row['role']} {row['name']}".strip(),
            f"{row['engine']} {row['voice']}",
            str(row["characters"]),
            f"{row['share']:.1%}",
            f"~{clock(row['duration_s'])}",
        )
        for row in work["cast"]
    ]
    if rows:
        print_table([("WHO", "VOICE", "CHARACTERS", "SHARE", "LENGTH"), *rows], shortened=(0, 1))
