"""Commands that work on texts and the project: `init`, `config`, `build`, `list`, `script`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click

from audiobook.cli import names
from audiobook.cli.group import (
    NumberFrom,
    audiobook,
    edition_option,
    encoding_option,
    json_option,
    log_options,
    output_option,
    project_and_settings,
    text_lang_option,
    texts_option,
)
from audiobook.cli.mistakes import OneOf
from audiobook.errors import UsageError
from audiobook.log import log

_OF_ONE_TEXT: Final = {
    "chapters": "--chapters",
    "skip": "--skip",
    "merge": "--merge",
    "rename": "--rename",
    "title": "--title",
    "authors": "--author",
    "narrator": "--narrator",
    "cover": "--cover",
    "palette": "--palette",
}
"""Options of `build` that apply to a single text, by the name of the setting."""


@audiobook.command()
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path))
def init(folder: Path) -> int:
    """Create a project in DIR, or in the current folder.

    \b
    Example:
      audiobook init shelf
    """
    from audiobook.commands.init import init_project

    return init_project(folder)


@audiobook.command()
@json_option
def config(as_json: bool) -> int:
    """Show every setting, and where it comes from.

    The source is a line of audiobook.toml, an environment variable, or the default.

    \b
    Example:
      audiobook config
    """
    from audiobook.commands.config import show_settings
    from audiobook.settings import project_root

    return show_settings(project_root(os.environ), os.environ, as_json=as_json)


@audiobook.command()
@click.argument("texts_named", metavar="[TEXT]...", nargs=-1, shell_complete=names.works)
@text_lang_option
@texts_option
@output_option
@click.option(
    "--engine",
    metavar="NAME",
    shell_complete=names.engines,
    help="Speech engine (see `audiobook voices`). [default: auto]",
)
@click.option(
    "--voice",
    metavar="NAME",
    shell_complete=names.voices,
    help="Voice of the engine. [default: its best for the language]",
)
@click.option(
    "--speed",
    metavar="FACTOR",
    type=NumberFrom(0.5, 3.0, float),
    help="Speed relative to the voice's normal pace, 0.5 to 3. [default: speed in the settings, or 1]",
)
@click.option(
    "-j",
    "--jobs",
    metavar="N",
    type=NumberFrom(0, 256, int),
    help="Number of parallel processes; 0: one per core, two for online engines. [default: jobs in the settings, or 0]",
)
@click.option(
    "--cluster",
    metavar="ADDRESS",
    help="Make the clips on the workers of a Dask scheduler, such as tls://host:8786. [default: cluster in the settings]",
)
@click.option(
    "--skip-workers",
    is_flag=True,
    default=None,
    help="Skip cluster workers that would make different sound, instead of stopping.",
)
@click.option(
    "--format",
    "formats",
    metavar="FORMAT",
    multiple=True,
    shell_complete=names.formats,
    help="Also make another format: m4b, epub, opus, flac, vtt, srt, lrc or lpf (repeatable). The MP3 is always made.",
)
@click.option(
    "--sync",
    type=OneOf(["sentence", "word"]),
    help="What the EPUB highlights as it is spoken. [default: sync in the settings, or sentence]",
)
@click.option(
    "--split",
    type=OneOf(["chapter", "none"]),
    help="Also make a file for each chapter, with a playlist; none: remove them.",
)
@click.option(
    "--preset",
    type=OneOf(["acx"]),
    help="Also make files that meet a shop's requirements: acx (Audible).",
)
@click.option(
    "--layout",
    type=OneOf(["flat", "library"]),
    help="library: also write each book to its own folder in library/, for media servers such as Audiobookshelf.",
)
@encoding_option
@click.option("--chapters", metavar="LIST", help="Read only these chapters of one TEXT, such as 3-7,10.")
@click.option(
    "--skip",
    metavar="NAME",
    multiple=True,
    help="Leave out a chapter of one TEXT, by title or number (repeatable).",
)
@click.option(
    "--merge",
    metavar="NAME",
    multiple=True,
    help="Join a chapter of one TEXT to the one before it, by title or number (repeatable).",
)
@click.option(
    "--rename",
    metavar="NAME=TITLE",
    multiple=True,
    help='Give a chapter of one TEXT another title, such as "3=The Arrival" (repeatable).',
)
@click.option("--title", metavar="TITLE", help="Title of one TEXT, instead of its own.")
@click.option("--author", "authors", metavar="NAME", multiple=True, help="Author of one TEXT (repeatable).")
@click.option("--narrator", metavar="NAME", help="Narrator to credit for one TEXT.")
@click.option(
    "--cover",
    metavar="FILE",
    type=click.Path(),
    help="Cover of one TEXT, instead of its own: a JPEG, PNG, WebP or (with the extra) SVG.",
)
@click.option(
    "--no-cover", "draws_cover", is_flag=True, help="Draw the cover of one TEXT, even if it has a picture."
)
@click.option(
    "--palette",
    metavar="NAME",
    shell_complete=names.palettes,
    help="Colours of the drawn cover of one TEXT, such as sea. [default: the words on it decide]",
)
@click.option(
    "--kbits",
    metavar="N",
    type=NumberFrom(32, 192, int),
    help="Bit rate of the MP3 in kbit/s. [default: kbits in the settings, or 64]",
)
@click.option(
    "--listen",
    "listens",
    is_flag=True,
    help="Check each new clip with a speech recogniser; request unclear clips from online services again.",
)
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be built, and why; write nothing.")
@click.option(
    "-f",
    "--force",
    is_flag=True,
    help="Rebuild everything with new clips, and replace files not made by audiobook. Cached replies of online "
    "services are used again.",
)
@json_option
@click.option("-q", "--quiet", is_flag=True, help="Print problems only.")
@click.option("--events", is_flag=True, hidden=True, help="Print events as JSON lines, for the studio.")
@log_options
def build(
    texts_named: tuple[str, ...],
    languages: tuple[str, ...],
    listens: bool,
    dry_run: bool,
    force: bool,
    as_json: bool,
    quiet: bool,
    events: bool,
    draws_cover: bool,
    **flags: object,
) -> int:
    """Build new and changed texts.

    Each TEXT is a file, a folder of chapters, a name in texts/, a web address, or - for standard input. Without TEXT, all texts are
    built. An article at an address is fetched and kept in texts/. Without a project, the MP3 is written next to its text.

    \b
    Examples:
      audiobook build book.epub
      audiobook build --lang fi
      audiobook build https://example.org/article
      audiobook build - --lang fi < essay.txt
      audiobook build ~/essay.txt --lang sl --voice sl
      audiobook build novel --chapters 3-7,10
      audiobook build novel --title "The Lighthouse" --author "Anna Berg"
      audiobook build --dry-run
    """
    from audiobook.commands.build import build_works

    given = _given_flags(flags, texts_named, draws_cover=draws_cover)
    root, settings = project_and_settings(given, texts_named)
    if listens:
        settings = settings.listening()
    return build_works(
        root,
        settings,
        texts_named,
        languages,
        dry_run=dry_run,
        force=force,
        as_json=as_json,
        quiet=quiet,
        verbose=log.is_verbose,
        events=events,
    )


def _given_flags(
    flags: Mapping[str, object], texts_named: tuple[str, ...], *, draws_cover: bool
) -> dict[str, object]:
    """Return the options of `build` that were given, by the name of the setting."""
    given = {name: value for name, value in flags.items() if value not in (None, ())}
    if draws_cover and "cover" in given:
        raise UsageError("--cover and --no-cover exclude each other")
    of_one = dict(_OF_ONE_TEXT)
    if draws_cover:
        given["cover"], of_one["cover"] = False, "--no-cover"
    for name, flag in of_one.items():
        if name in given and len(texts_named) != 1:
            raise UsageError(
                f"{flag} needs one TEXT", hint=f"name it, for example `audiobook build novel {flag} …`"
            )
    return given


@audiobook.command(name="list")
@click.argument("works", metavar="[WORK]...", nargs=-1, shell_complete=names.works)
@text_lang_option
@texts_option
@output_option
@encoding_option
@click.option("--cast", is_flag=True, help="Show how much of WORK each speaker says, and in which voice.")
@json_option
def list_(
    works: tuple[str, ...],
    languages: tuple[str, ...],
    texts: str | None,
    output: str | None,
    encoding: str | None,
    cast: bool,
    as_json: bool,
) -> int:
    """List works, their state, and why they would be rebuilt.

    With WORK, a name in texts/ or a file, list its chapters with their length, and what is left out.

    \b
    Examples:
      audiobook list --lang fi
      audiobook list novel
      audiobook list novel --cast
    """
    from audiobook.commands.texts.listing import list_works

    flags = {"texts": texts, "output": output, "encoding": encoding}
    root, settings = project_and_settings(flags, works)
    if cast:
        from audiobook.commands.texts.casting import list_cast

        if len(works) != 1:
            raise UsageError(
                "--cast needs one WORK", hint="name it, for example `audiobook list novel --cast`"
            )
        return list_cast(root, settings, works[0], languages, as_json=as_json)
    if works:
        from audiobook.commands.texts.contents import list_contents

        return list_contents(root, settings, works, languages, as_json=as_json)
    return list_works(root, settings, languages, as_json=as_json)


@audiobook.command()
@click.argument("work", metavar="WORK", shell_complete=names.works)
@edition_option
@texts_option
@output_option
@encoding_option
@click.option(
    "--save",
    is_flag=True,
    help="Save the text as editable Markdown next to WORK; from then on, that file is read instead.",
)
@click.option("--force", is_flag=True, help="With --save: replace a saved script that was edited.")
@json_option
def script(
    work: str,
    language: str | None,
    texts: str | None,
    output: str | None,
    encoding: str | None,
    save: bool,
    force: bool,
    as_json: bool,
) -> int:
    """Print what is spoken in a work, or save its text for editing.

    WORK is a name in texts/, a file, or a web address. Times are included once it is built.

    \b
    Examples:
      audiobook script the-listening-reader --lang fi
      audiobook script ~/essay.txt --lang sl
      audiobook script novel --save
    """
    from audiobook.commands.texts.script import print_script

    flags = {"texts": texts, "output": output, "encoding": encoding}
    root, settings = project_and_settings(flags, (work,))
    if save:
        from audiobook.commands.texts.save_script import save_text

        return save_text(root, settings, work, language, force=force, as_json=as_json)
    return print_script(root, settings, work, language, as_json=as_json)
