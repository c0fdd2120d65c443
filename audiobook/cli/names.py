"""Shell completion of values: works, languages, engines, voices and palettes."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from audiobook.errors import AudiobookError

if TYPE_CHECKING:
    from audiobook.engines.base import Voice
    from audiobook.pipeline.project import Project


def works(context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the works of the project, and ask the shell for files too."""
    found: set[str] = set()
    with suppress(AudiobookError, OSError, ValueError):
        from audiobook.pipeline.texts.catalog import texts_of

        project = _project(context)
        editions = texts_of(project).editions
        found = {edition.slug for edition in editions} | {built.slug for built in project.built()}
        if "/" in incomplete:
            found = {edition.label for edition in editions} | {built.label for built in project.built()}
    # The shell completes file names only if no work begins with the same letters.
    return [CompletionItem(incomplete, type="file"), *_beginning(found, incomplete)]


def languages(context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the languages of the texts; if none begins like this, those of all voices."""
    found: set[str] = set()
    with suppress(AudiobookError, OSError, ValueError):
        from audiobook.pipeline.texts.catalog import texts_of

        found = {edition.language for edition in texts_of(_project(context)).editions}
    if not _beginning(found, incomplete):
        found = {voice.language for voice in _voices(context)}
    return _beginning(found, incomplete)


def engines(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the engines, except the one for tests."""
    from audiobook.engines.registry import offered_engines

    return _beginning(offered_engines(), incomplete)


def palettes(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the colours of drawn covers."""
    from audiobook.cover.drawing import palettes

    return _beginning(palettes(), incomplete)


def formats(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the formats of books."""
    from audiobook.settings.validation import KNOWN_FORMATS

    return _beginning(KNOWN_FORMATS, incomplete)


def folders(_context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ask the shell for folders."""
    return [CompletionItem(incomplete, type="dir")]


def voices(context: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the voices of the engine and the language on the command line."""
    from audiobook.languages import covers

    given = context.params.get("languages") or context.params.get("language") or ()
    tags = (given,) if isinstance(given, str) else given
    found = {
        voice.name
        for voice in _voices(context)
        if not tags or any(covers(tag, voice.language) for tag in tags)
    }
    return _beginning(found, incomplete)


def _project(context: click.Context) -> Project:
    from audiobook.cli.group import project_and_settings
    from audiobook.pipeline.project import Project

    flags = {name: context.params.get(name) for name in ("texts", "output")}
    root, settings = project_and_settings({name: flag for name, flag in flags.items() if flag}, tells=False)
    return Project.at(root, settings)


def _voices(context: click.Context) -> Iterable[Voice]:
    """Yield the voices of the engine on the command line, else of all engines that work offline."""
    from audiobook.cli.group import project_and_settings
    from audiobook.commands.voices.listing import voices_of
    from audiobook.engines.registry import offered_engines
    from audiobook.pipeline.project import Project
    from audiobook.pipeline.voices.choosing import Voices

    named = context.params.get("engine")
    with suppress(AudiobookError, OSError):
        root, settings = project_and_settings({}, tells=False)
        engines = Voices(settings, Project.at(root, settings).store)
        for name in (named,) if named else offered_engines():
            yield from (each for each in voices_of(engines, name, asked=False) if named or each.offline)


def _beginning(names: Iterable[str], incomplete: str) -> list[CompletionItem]:
    return [CompletionItem(name) for name in sorted(names) if name.startswith(incomplete)]
