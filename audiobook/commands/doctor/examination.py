"""The command: all examinations in order, printed as they are made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from audiobook.commands.doctor.engines import examine_engines
from audiobook.commands.doctor.finding import Finding, Level, failure
from audiobook.commands.doctor.packages import examine_extras, examine_packages, examine_python
from audiobook.commands.doctor.storage import examine_places, examine_store
from audiobook.commands.doctor.surroundings import examine_locale, examine_player, own_language
from audiobook.commands.doctor.voices import examine_voices
from audiobook.commands.output import print_json, print_line, standard_output_kept
from audiobook.errors import AudiobookError, UsageError
from audiobook.pipeline.project import Project
from audiobook.pipeline.texts.catalog import texts_of
from audiobook.pipeline.voices.choosing import Voices
from audiobook.report.base import counted
from audiobook.settings import Settings, load_settings

_WIDTHS: Final = (7, 15)


def examine(root: Path | None, environment: Mapping[str, str], *, as_json: bool) -> int:
    """Examine the installation and the project, and print what was found.

    Args:
        root: Project folder; None without a project.
        environment: `os.environ` or similar.
        as_json: Print one JSON object.

    Returns:
        0 if a book can be built, else 1.
    """
    found: list[Finding] = []
    with standard_output_kept(for_json=as_json):
        for finding in _findings(root, environment, quiet=as_json):
            found.append(finding)
            if not as_json:
                _print(finding)
    can_build = all(finding.level is not Level.ERROR for finding in found)
    if as_json:
        print_json({"can_build": can_build, "findings": [_as_json(finding) for finding in found]})
    else:
        print_line("books can be built" if can_build else "books cannot be built; see the errors above")
    return 0 if can_build else 1


def _findings(root: Path | None, environment: Mapping[str, str], *, quiet: bool) -> Iterator[Finding]:
    yield from examine_python()
    yield from examine_packages()
    yield from examine_extras()
    yield from examine_locale(environment)
    yield from examine_player()
    try:
        settings = load_settings(root, {}, environment)
    except UsageError as error:
        yield failure("settings", Level.ERROR, error, "correct it: `audiobook config` shows what applies")
        settings = Settings() if root else load_settings(None, {}, {})
    project = Project.at(root or Path(), settings)
    yield from examine_places(project)
    languages: list[str] = []
    yield from _texts(project, languages)
    voices = Voices(settings, project.store)
    yield from examine_engines(voices, languages or [own_language(environment)], quiet=quiet)
    yield from examine_voices(settings, quiet=quiet)
    yield from examine_store(project, settings, quiet=quiet)


def _texts(project: Project, languages: list[str]) -> Iterator[Finding]:
    """Yield which texts cannot be read, and add the languages of the others to `languages`."""
    try:
        catalog = texts_of(project)
    except AudiobookError as error:
        yield failure("texts", Level.ERROR, error)
        return
    languages += [edition.language for edition in catalog.editions]
    level = Level.WARNING if languages else Level.ERROR
    for problem in catalog.problems:
        yield failure("texts", level, problem)
    if languages:
        message = f"{counted(len(languages), 'text')} in {counted(len(set(languages)), 'language')}"
        yield Finding("texts", Level.OK, message, facts={"texts": len(languages)})


def _print(finding: Finding) -> None:
    first, second = _WIDTHS
    print_line(f"{finding.level.value:{first}}  {finding.subject:{second}}  {finding.message}")
    if finding.hint:
        lines = finding.hint.splitlines()
        for lead, line in zip(["hint: ", *["      "] * len(lines)], lines, strict=False):
            print_line(f"{'':{first}}  {'':{second}}  {lead}{line}")


def _as_json(finding: Finding) -> dict[str, object]:
    return {
        "subject": finding.subject,
        "level": finding.level.value,
        "message": finding.message,
        "hint": finding.hint,
        "facts": dict(finding.facts),
    }
