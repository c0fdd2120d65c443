"""The command line: parse flags, call one command, print errors once."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

import click

from audiobook import __version__
from audiobook.errors import AudiobookError, StorageError, UsageError
from audiobook.surrogates import is_text
from audiobook.system.interrupts import check_interrupted
from audiobook.system.refusals import system_refusal
from audiobook.system.streams import finished


class _LanguageTag(click.ParamType):
    """A language code; a name such as “english” is rejected with the code that was probably meant."""

    name = "tag"

    def convert(self, value: str, _param: click.Parameter | None, _context: click.Context | None) -> str:
        """Return the tag as given."""
        from audiobook.languages import require_code

        require_code(value)
        return value


lang_option = click.option(
    "--lang",
    "languages",
    metavar="TAG",
    type=_LanguageTag(),
    multiple=True,
    help="Only this language (repeatable).",
)
texts_option = click.option("--texts", metavar="DIR", help="Folder with the texts. [default: texts]")
output_option = click.option("--output", metavar="DIR", help="Output folder. [default: output]")
encoding_option = click.option(
    "--encoding", metavar="NAME", help="Encoding of texts that are not UTF-8, such as cp1257."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="audiobook")
def audiobook() -> None:
    """Turn texts into audiobooks.

    Makes tagged MP3 files with chapters, offline, in a hundred languages.

    \b
    Example:
      audiobook init shelf && cd shelf && audiobook build
    """


@audiobook.command()
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path))
def init(folder: Path) -> int:
    """Create a project in DIR, or in the current folder.

    \b
    Example:
      audiobook init shelf
    """
    from audiobook.commands.init import init_project

    return init_project(folder)


@audiobook.command()
@click.argument("texts_named", metavar="[TEXT]...", nargs=-1)
@lang_option
@texts_option
@output_option
@click.option("--engine", metavar="NAME", help="Speech engine (see `audiobook voices`). [default: auto]")
@click.option("--voice", metavar="NAME", help="Voice of the engine. [default: its best for the language]")
@click.option(
    "--jobs",
    metavar="N",
    type=click.IntRange(1, 256),
    help="Number of parallel processes. [default: one per core]",
)
@click.option(
    "--format",
    "formats",
    metavar="FORMAT",
    multiple=True,
    help="Output format (repeatable). [default: mp3]",
)
@encoding_option
@click.option("--chapters", metavar="LIST", help="Read only these chapters of one TEXT, such as 3-7,10.")
@click.option(
    "--skip",
    metavar="NAME",
    multiple=True,
    help="Leave out a chapter of one TEXT, by title or number (repeatable).",
)
@click.option("--dry-run", is_flag=True, help="Show what would be built, and why; write nothing.")
@click.option(
    "--force",
    is_flag=True,
    help="Rebuild everything, ignoring the cache, and replace files not made by audiobook.",
)
@json_option
@click.option("--quiet", is_flag=True, help="Print problems only.")
def build(
    texts_named: tuple[str, ...],
    languages: tuple[str, ...],
    texts: str | None,
    output: str | None,
    engine: str | None,
    voice: str | None,
    jobs: int | None,
    formats: tuple[str, ...],
    encoding: str | None,
    chapters: str | None,
    skip: tuple[str, ...],
    dry_run: bool,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Build new and changed texts.

    Each TEXT is a file, a name in texts/, a web address, or - for standard input. Without TEXT, all texts are
    built. An article at an address is fetched and kept in texts/.

    \b
    Examples:
      audiobook build --lang fi
      audiobook build https://example.org/article
      audiobook build - --lang fi < essay.txt
      audiobook build ~/essay.txt --lang sl --voice sl
      audiobook build novel --chapters 3-7,10
      audiobook build --dry-run
    """
    from audiobook.commands.build import build_works
    from audiobook.settings import load_settings

    flags = {
        "texts": texts,
        "output": output,
        "engine": engine,
        "voice": voice,
        "jobs": jobs,
        "formats": formats or None,
        "encoding": encoding,
        "chapters": chapters,
        "skip": skip or None,
    }
    if (chapters is not None or skip) and len(texts_named) != 1:
        flag = "--skip" if skip else "--chapters"
        raise UsageError(
            f"{flag} needs one TEXT", hint="name it, for example `audiobook build novel --chapters 3-7`"
        )
    settings = load_settings(Path(), flags, os.environ)
    return build_works(
        Path(), settings, texts_named, languages, dry_run=dry_run, force=force, as_json=as_json, quiet=quiet
    )


@audiobook.command(name="list")
@click.argument("work", metavar="[WORK]", required=False)
@lang_option
@texts_option
@output_option
@encoding_option
@json_option
def list_(
    work: str | None,
    languages: tuple[str, ...],
    texts: str | None,
    output: str | None,
    encoding: str | None,
    as_json: bool,
) -> int:
    """List works, their state, and why they would be rebuilt.

    With WORK, a name in texts/ or a file, list its chapters with their length, and what is left out.

    \b
    Examples:
      audiobook list --lang fi
      audiobook list novel
    """
    from audiobook.commands.listing import list_works
    from audiobook.settings import load_settings

    settings = load_settings(Path(), {"texts": texts, "output": output, "encoding": encoding}, os.environ)
    if work is not None:
        from audiobook.commands.contents import list_contents

        return list_contents(Path(), settings, work, languages, as_json=as_json)
    return list_works(Path(), settings, languages, as_json=as_json)


refresh_option = click.option(
    "--refresh", is_flag=True, help="Fetch the current list of voices from the repository."
)


@audiobook.group(invoke_without_command=True)
@click.option("--lang", "language", metavar="TAG", type=_LanguageTag(), help="Only voices of this language.")
@click.option("--engine", metavar="NAME", help="Only voices of this engine.")
@click.option("--installable", is_flag=True, help="List the Piper voices that can be installed.")
@refresh_option
@json_option
@click.pass_context
def voices(
    context: click.Context,
    language: str | None,
    engine: str | None,
    installable: bool,
    refresh: bool,
    as_json: bool,
) -> int:
    """List the available voices, install others, or try one.

    \b
    Examples:
      audiobook voices --lang pt
      audiobook voices --installable --lang fi
      audiobook voices install fi_FI-harri-medium
      audiobook voices try fi_FI-harri-medium "Hyvää päivää."
    """
    if context.invoked_subcommand:
        return 0
    from audiobook.settings import load_settings

    settings = load_settings(Path(), {}, os.environ)
    if installable or refresh:
        from audiobook.commands.install import list_installable

        return list_installable(settings, language, refresh=refresh, as_json=as_json)
    from audiobook.commands.voices import list_voices

    return list_voices(Path(), settings, language, engine, as_json=as_json)


@voices.command()
@click.argument("names", metavar="VOICE...", nargs=-1, required=True)
@refresh_option
@click.option(
    "--accept-changed",
    is_flag=True,
    help="Accept a voice whose files differ from those known or installed before.",
)
@json_option
def install(names: tuple[str, ...], refresh: bool, accept_changed: bool, as_json: bool) -> int:
    """Download Piper voices, verify them, and show their licences.

    \b
    Example:
      audiobook voices install fi_FI-harri-medium
    """
    from audiobook.commands.install import install_voices
    from audiobook.settings import load_settings

    settings = load_settings(Path(), {}, os.environ)
    return install_voices(settings, names, refresh=refresh, accept_changed=accept_changed, as_json=as_json)


@voices.command()
@click.argument("names", metavar="VOICE...", nargs=-1, required=True)
@json_option
def remove(names: tuple[str, ...], as_json: bool) -> int:
    """Remove installed Piper voices.

    \b
    Example:
      audiobook voices remove fi_FI-harri-medium
    """
    from audiobook.commands.install import remove_voices
    from audiobook.settings import load_settings

    return remove_voices(load_settings(Path(), {}, os.environ), names, as_json=as_json)


@voices.command(name="try")
@click.argument("voice", metavar="VOICE")
@click.argument("text", metavar="TEXT")
@click.option(
    "--engine", metavar="NAME", help="Engine of the voice. [default: any engine on this computer that has it]"
)
@click.option(
    "--lang",
    "language",
    metavar="TAG",
    type=_LanguageTag(),
    help="Language of TEXT. [default: that of the voice]",
)
@click.option(
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to FILE instead of playing.",
)
def try_(voice: str, text: str, engine: str | None, language: str | None, output: Path | None) -> int:
    """Speak a line with a voice.

    Plays TEXT with mpv, ffplay or afplay, or writes it to a .wav or .mp3 file.

    \b
    Examples:
      audiobook voices try sl "Dober dan."
      audiobook voices try fi_FI-harri-medium "Hyvää päivää." --output line.mp3
    """
    from audiobook.commands.try_voice import try_voice
    from audiobook.settings import load_settings

    settings = load_settings(Path(), {}, os.environ)
    return try_voice(Path(), settings, voice, text, engine_name=engine, language=language, output=output)


@audiobook.command()
@click.argument("work", metavar="WORK")
@click.option(
    "--lang",
    "language",
    metavar="TAG",
    type=_LanguageTag(),
    help="Language of the edition, if there are several.",
)
@texts_option
@output_option
@encoding_option
@click.option(
    "--save",
    is_flag=True,
    help="Write the text as Markdown next to WORK, to edit; from then on it is read from there.",
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
    """Print exactly what is spoken in a work, or save its text to edit it.

    WORK is a name in texts/, a file, or a web address. Times are included once it is built.

    \b
    Examples:
      audiobook script the-listening-reader --lang fi
      audiobook script ~/essay.txt --lang sl
      audiobook script novel --save
    """
    from audiobook.commands.script import print_script
    from audiobook.settings import load_settings

    flags = {"texts": texts, "output": output, "encoding": encoding}
    settings = load_settings(Path(), flags, os.environ)
    if save:
        from audiobook.commands.save import save_text

        return save_text(Path(), settings, work, language, force=force, as_json=as_json)
    return print_script(Path(), settings, work, language, as_json=as_json)


@audiobook.command()
@click.argument("work", metavar="WORK")
@click.option(
    "--lang",
    "language",
    metavar="TAG",
    type=_LanguageTag(),
    help="Language of the edition, if there are several.",
)
@output_option
def play(work: str, language: str | None, output: str | None) -> int:
    """Play a built work.

    Uses mpv, ffplay, afplay or the default player of the system.

    \b
    Example:
      audiobook play the-listening-reader --lang fi
    """
    from audiobook.commands.play import play_work
    from audiobook.settings import load_settings

    return play_work(Path(), load_settings(Path(), {"output": output}, os.environ), work, language)


@audiobook.command()
@click.option(
    "--base-url", metavar="URL", help="Public address of the site. [default: base_url in the settings]"
)
@click.option("--to", "place", metavar="DEST", help="Upload changes to s3://…, sftp://… or a folder.")
@click.option("--prune", is_flag=True, help="Remove uploaded files that are no longer public.")
@click.option(
    "--dry-run", is_flag=True, help="Show what would be written, uploaded and removed; change nothing."
)
@click.option("--force", is_flag=True, help="Also replace files that were not published from here.")
@click.option("--quiet", is_flag=True, help="Print problems only.")
@texts_option
@output_option
@json_option
def publish(
    base_url: str | None,
    place: str | None,
    prune: bool,
    dry_run: bool,
    force: bool,
    quiet: bool,
    texts: str | None,
    output: str | None,
    as_json: bool,
) -> int:
    """Publish built works as a podcast feed and a website.

    The result can be served by any static host. `--to` uploads it.

    \b
    Examples:
      audiobook publish --base-url https://example.org/books
      audiobook publish --base-url https://example.org/books --to s3://bucket/books --dry-run
    """
    from audiobook.commands.publish import publish_works
    from audiobook.commands.send import Destination
    from audiobook.settings import load_settings

    if place is None and prune:
        raise UsageError("--prune needs --to", hint="add a destination, for example `--to s3://bucket/books`")
    settings = load_settings(Path(), {"texts": texts, "output": output}, os.environ)
    destination = Destination(place, prune, dry_run) if place is not None else None
    return publish_works(
        Path(),
        settings,
        base_url,
        destination,
        dry_run=dry_run,
        as_json=as_json,
        quiet=quiet,
        force=force,
    )


@audiobook.command()
@click.option(
    "--port",
    metavar="N",
    type=click.IntRange(0, 65535),
    default=8000,
    help="Port; 0 picks a free one. [default: 8000]",
)
@click.option("--host", metavar="NAME", help="Address to listen on. [default: 127.0.0.1, this computer only]")
@click.option("--watch", is_flag=True, help="Rebuild when a text changes, and reload open pages.")
@lang_option
@texts_option
@output_option
def serve(
    port: int,
    host: str | None,
    watch: bool,
    languages: tuple[str, ...],
    texts: str | None,
    output: str | None,
) -> int:
    """Serve built works as a website on this computer.

    The server includes the feeds and runs until Ctrl-C.

    \b
    Examples:
      audiobook serve
      audiobook serve --watch --lang fi
    """
    from audiobook.commands.serve import Choice, serve_works

    choice = Choice(Path(), dict(os.environ), texts, output, languages)
    return serve_works(choice, port=port, host=host, watch=watch)


@audiobook.command()
@output_option
@json_option
def check(output: str | None, as_json: bool) -> int:
    """Verify built files.

    Checks length, digest, frames, chapters and times of each file against its record.

    \b
    Example:
      audiobook check
    """
    from audiobook.commands.check import check_outputs
    from audiobook.settings import load_settings

    return check_outputs(Path(), load_settings(Path(), {"output": output}, os.environ), as_json=as_json)


@audiobook.command()
@click.option(
    "--unused",
    is_flag=True,
    help="Delete only clips that no built work uses, and the narration kept for edits.",
)
@click.option("--replies", is_flag=True, help="Also delete cached replies of online services.")
@click.option("--dry-run", is_flag=True, help="Show what would be deleted; delete nothing.")
@output_option
def clean(unused: bool, replies: bool, dry_run: bool, output: str | None) -> int:
    """Delete cached clips.

    Built books are kept; a text that changes later is synthesised from scratch. Cached replies of online services are kept unless --replies is given: requesting them again may cost money.

    \b
    Example:
      audiobook clean --unused
    """
    from audiobook.commands.clean import clean_store
    from audiobook.settings import load_settings

    settings = load_settings(Path(), {"output": output}, os.environ)
    return clean_store(Path(), settings, unused=unused, replies=replies, dry_run=dry_run)


def run(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code. Errors are printed here and nowhere else.

    Args:
        arguments: Command-line arguments without the program name; None means `sys.argv[1:]`.
    """
    try:
        return finished(_result(arguments))
    except AudiobookError as error:
        return _print_error(error)
    except click.ClickException as error:
        return _print_error(UsageError(error.format_message(), hint=_how_to(error)))
    except (OSError, ImportError, MemoryError, RuntimeError, SystemError) as error:
        refused = system_refusal(error)
        if refused is None:
            raise
        return _print_error(refused)


def _result(arguments: list[str] | None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    _require_text(given)
    try:
        return int(audiobook.main(given, prog_name="audiobook", standalone_mode=False) or 0)
    except click.exceptions.Exit as done:
        return done.exit_code
    except SystemExit as done:  # raised by Click after shell completion
        return done.code if isinstance(done.code, int) else int(done.code is not None)


def _require_text(given: list[str]) -> None:
    """Reject arguments that are not valid text, except names of existing files.

    Raises:
        UsageError: An argument is not valid text, so it cannot be part of an address, a tag or JSON output.
    """
    for word in given:
        if not is_text(word) and not Path(word).is_file():
            raise UsageError(
                f"“{word}” is not valid {sys.getfilesystemencoding().upper()}",
                hint="if it is the name of a file or folder, rename it",
            )


def _how_to(error: click.ClickException) -> str | None:
    """Return a hint naming the help page of the command that was used wrongly."""
    context = getattr(error, "ctx", None)
    return f"see: {context.command_path} --help" if isinstance(context, click.Context) else None


def _print_error(error: AudiobookError) -> int:
    from audiobook.report.base import QuietReporter

    check_interrupted()  # an interrupted library may raise a misleading error
    with suppress(StorageError):  # the error printed here came first
        sys.stdout.flush()
    QuietReporter().fail(error)
    return error.exit_code
