"""`audiobook script WORK --save`: write what is read aloud as editable Markdown."""

from __future__ import annotations

from pathlib import Path

from audiobook.commands.output import print_json, print_line, print_note, print_result, standard_output_kept
from audiobook.commands.texts.script import chosen_edition
from audiobook.pipeline.planning.staleness import plan_edition
from audiobook.pipeline.project import Project
from audiobook.pipeline.scripts.prepared_text import read_text
from audiobook.pipeline.scripts.saved import save_script, source_edition
from audiobook.pipeline.texts.addresses import keep_addresses
from audiobook.pipeline.voices.choosing import Voices
from audiobook.report.base import QuietReporter
from audiobook.settings import Settings


def save_text(
    root: Path, settings: Settings, work: str, language: str | None, *, force: bool, as_json: bool
) -> int:
    """Save the script of a work next to its source; from then on, the work is read from it.

    Args:
        root: Project folder.
        settings: Project settings.
        work: Slug of the work, path of a text, or its address (`https://…`).
        language: Language tag; None if the work has only one edition.
        force: Replace a script that was edited.
        as_json: Print one JSON object.

    Returns:
        0.

    Raises:
        AudiobookError: The work does not exist or cannot be read, or its script was edited or cannot be written.
    """
    project = Project.at(root, settings, (work,))
    languages = (language,) if language else ()
    (work,), _ = keep_addresses((work,), languages, project.texts, settings, print_note)
    with standard_output_kept(for_json=as_json):
        edition = source_edition(chosen_edition(project, work, language))
        voices = Voices(settings, project.store)
        plan = plan_edition(edition, settings, voices, project)
        text = read_text(plan)
        saved = save_script(plan, text, force=force)
    for problem in text.problems:
        QuietReporter().warn(str(problem))
    name = edition.beside(saved.path)
    cover = edition.beside(saved.cover) if saved.cover else None
    if as_json:
        print_json({"saved": name, "written": saved.is_new, "cover": cover, "chapters": len(text.chapters)})
        return 0
    count = len(text.chapters)
    chapters = f"{count} chapter" + ("s" if count > 1 else "")
    print_result(f"{name}: {'saved' if saved.is_new else 'unchanged'}, {chapters}")
    if cover:
        print_result(f"{cover}: saved, the cover from {edition.name}")
    if saved.is_new:
        print_line(f"{edition.label} is now read from {name}")
    return 0
