"""`audiobook build`: build new and changed texts."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from audiobook.commands.output import print_json, print_line, print_note, print_result, standard_output_kept
from audiobook.commands.voices.better_voices import hint_at_better_voices
from audiobook.errors import AudiobookError, EngineMissing, NothingToDo, SourceError
from audiobook.pipeline.chapters.selection import unused_choices
from audiobook.pipeline.outcome import Built, Outcome
from audiobook.pipeline.project import Project, folder_beside
from audiobook.pipeline.run import build
from audiobook.pipeline.texts.addresses import keep_addresses
from audiobook.pipeline.texts.catalog import Catalog, alone_beside, texts_of
from audiobook.pipeline.texts.edition import Edition
from audiobook.pipeline.texts.named_texts import chosen_texts
from audiobook.pipeline.voices.choosing import unknown_engines
from audiobook.report.base import QuietReporter, Reporter
from audiobook.report.choose import choose_reporter
from audiobook.report.pace import clock
from audiobook.settings import BESIDE, Settings
from audiobook.system.interrupts import interrupts_hinted


def build_works(
    root: Path,
    settings: Settings,
    texts: Sequence[str],
    languages: Sequence[str],
    *,
    dry_run: bool,
    force: bool,
    as_json: bool,
    quiet: bool,
    verbose: bool = False,
    events: bool = False,
) -> int:
    """Build works and print a summary.

    Args:
        root: Project folder.
        settings: Project settings.
        texts: Slugs, file paths, addresses (`https://…`) or `-`; empty means all texts.
        languages: Language tags; empty means all.
        dry_run: Write nothing.
        force: Also rebuild works that are up to date.
        as_json: Print one JSON object.
        quiet: Print problems only.
        verbose: Also print how each work is read.
        events: Print nothing but events for another program; see `report.events`.

    Returns:
        0 if everything was built, 1 if some works failed, 3 if no engine speaks any of them.

    Raises:
        AudiobookError: Nothing could be built at all.
    """
    for message in unknown_engines(settings):
        QuietReporter().warn(message)
    if force:
        interrupts_hinted("finished books are kept; with --force, the same command starts from the beginning")
    reporter = choose_reporter(quiet=quiet or as_json, events=events)
    quiet = quiet or events
    found: list[tuple[Outcome, Project]] = []
    problems: list[AudiobookError] = []
    with standard_output_kept(for_json=as_json):
        for named in _by_folder(texts) if settings.output == BESIDE else [texts]:
            project = Project.at(root, settings, named)
            catalog = _chosen(project, settings, named, languages, reporter, quiet=quiet, dry_run=dry_run)
            problems += catalog.problems
            for problem in catalog.problems:
                reporter.fail(problem)
            made = build(catalog, project, settings, reporter, force=force, dry_run=dry_run)
            found += [(outcome, project) for outcome in made]
    outcomes = [outcome for outcome, _ in found]
    if not found and not problems:
        raise NothingToDo("there is nothing to build", hint="add a text to texts/<lang>/")
    if as_json:
        works = [_as_json(*each) for each in found]
        print_json({"works": works, "problems": [str(problem) for problem in problems]})
    elif not quiet:
        _print_works(found, tells_fresh=bool(texts) or verbose, tells_details=verbose)
        _print_summary(outcomes, dry_run=dry_run)
        if not dry_run:
            hint_at_better_voices(outcomes, project, settings)
    return _exit_code(outcomes, failed=bool(problems))


def _by_folder(texts: Sequence[str]) -> list[list[str]]:
    """Return the named texts by their folders, which is where their books are built."""
    folders: dict[Path, list[str]] = {}
    for text in texts:
        folders.setdefault(folder_beside(text).resolve(), []).append(text)
    return list(folders.values()) or [[]]


def _chosen(
    project: Project,
    settings: Settings,
    texts: Sequence[str],
    languages: Sequence[str],
    reporter: Reporter,
    *,
    quiet: bool,
    dry_run: bool,
) -> Catalog:
    """Return the texts to build; those at addresses are fetched."""
    tell = _no_note if quiet else print_note
    names, planned = keep_addresses(texts, languages, project.texts, settings, tell, dry_run=dry_run)
    catalog = Catalog((), ())
    if names or not planned:
        every = texts_of(project)
        catalog = chosen_texts(project, names, languages, every)
        for message in () if names else unused_choices(settings, every):
            reporter.warn(message)
    if project.is_beside:
        catalog = alone_beside(catalog, project)
    return Catalog((*catalog.editions, *planned), catalog.problems)


def _no_note(_text: str) -> None:
    """Ignore the note."""


def _exit_code(outcomes: Sequence[Outcome], *, failed: bool) -> int:
    errors = [outcome.error for outcome in outcomes if outcome.error]
    if not errors:
        return 1 if failed else 0
    nobody_speaks = all(isinstance(error, EngineMissing) for error in errors)
    return EngineMissing.exit_code if nobody_speaks and len(errors) == len(outcomes) else 1


def _as_json(outcome: Outcome, project: Project) -> dict[str, Any]:
    edition, built = outcome.edition, outcome.built
    return {
        "slug": edition.slug,
        "language": edition.language,
        "state": outcome.state,
        "output": _path(built, outcome, project) if built else None,
        "duration_s": built.duration_s if built else None,
        "chapters": built.chapter_count if built else None,
        "clips_total": outcome.clips_total,
        "clips_made": outcome.clips_made,
        "reasons": outcome.reasons,
        "problems": outcome.problems,
    }


def _path(built: Built, outcome: Outcome, project: Project) -> str:
    return (project.folder(outcome.edition.language) / built.file_name).as_posix()


def _print_works(found: Sequence[tuple[Outcome, Project]], *, tells_fresh: bool, tells_details: bool) -> None:
    for outcome, project in found:
        if tells_fresh and outcome.state == "fresh" and outcome.built:
            print_result(
                f"{_path(outcome.built, outcome, project)}: up to date{_with_script(outcome.edition)}"
            )
        if tells_details and outcome.built:
            _print_details(outcome, outcome.built, project)


def _with_script(edition: Edition) -> str:
    """Return what a work is up to date with if that is a saved script whose source has changed; otherwise empty."""
    from audiobook.pipeline.scripts.saved import saved_state  # with readers, not needed by other builds

    with suppress(SourceError):  # the source cannot be read any more, and need not be
        state = saved_state(edition)
        if state and state.is_outdated:
            return f" with {edition.name}, but {state.source} has changed since that was saved"
    return ""


def _print_details(outcome: Outcome, built: Built, project: Project) -> None:
    """Print how a built work was read: its text, its voice, its chapters, and what was left out."""
    path = project.folder(outcome.edition.language) / built.file_name
    record = project.record(path.with_suffix(".json"))
    if record is None:
        return
    speaker = record.inputs.speaker
    left_out = ", ".join(f"{reason} {count}" for reason, count in sorted(record.characters.skipped.items()))
    print_result(f"  text: {outcome.edition.name}")
    print_line(f"  voice: {speaker.voice} ({speaker.engine}), speed {speaker.speed:g}")
    print_line(f"  chapters: {built.chapter_count} ({record.chapters_by}), {clock(built.duration_s)}")
    print_line(f"  characters left out: {left_out or 'none'}")


def _print_summary(outcomes: Sequence[Outcome], *, dry_run: bool) -> None:
    counts = {
        state: sum(outcome.state == state for outcome in outcomes)
        for state in ("built", "stale", "fresh", "failed")
    }
    told = ", ".join(f"{count} {state}" for state, count in counts.items() if count)
    if told or dry_run:  # otherwise the errors say everything
        print_line(f"{told} (nothing was written)".lstrip() if dry_run else told)
