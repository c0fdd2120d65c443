"""The command `voices` and its subcommands."""

from __future__ import annotations

import os
from pathlib import Path

import click

from audiobook.cli.group import LanguageTag, audiobook, json_option

refresh_option = click.option(
    "--refresh", is_flag=True, help="Fetch the current list of voices from the repository."
)


@audiobook.group(invoke_without_command=True)
@click.option("--lang", "language", metavar="TAG", type=LanguageTag(), help="Only voices of this language.")
@click.option("--engine", metavar="NAME", help="Only voices of this engine.")
@click.option("--installable", is_flag=True, help="List the voices that can be installed.")
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
    """Remove installed voices.

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
    type=LanguageTag(),
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
