"""Commands that work on built books: `play`, `export`, `publish`, `serve`, `check`, `clean`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from audiobook.cli import names
from audiobook.cli.group import (
    NumberFrom,
    audiobook,
    edition_option,
    json_option,
    lang_option,
    log_options,
    output_option,
    project_and_settings,
    required_project,
    texts_option,
)
from audiobook.cli.mistakes import OneOf
from audiobook.errors import UsageError


@audiobook.command()
@click.argument("work", metavar="WORK", shell_complete=names.works)
@edition_option
@output_option
def play(work: str, language: str | None, output: str | None) -> int:
    """Play a built work.

    Uses mpv, ffplay, afplay or the default player of the system.

    \b
    Example:
      audiobook play the-listening-reader --lang fi
    """
    from audiobook.commands.play import play_work

    return play_work(*project_and_settings({"output": output}), work, language)


def _made_by_a_build(form: str) -> str | None:
    """Return a hint on how to make a format that only builds make; None for anything else."""
    from audiobook.settings.validation import KNOWN_FORMATS

    return f"a build makes it: audiobook build --format {form}" if form in KNOWN_FORMATS else None


@audiobook.command()
@click.argument("works", metavar="[WORK]...", nargs=-1, shell_complete=names.works)
@click.option(
    "--to",
    "form",
    type=OneOf(["epub", "lpf", "library"], _made_by_a_build),
    required=True,
    help="Kind of export.",
)
@click.option(
    "--sync",
    type=OneOf(["sentence", "word"]),
    help="EPUB: what is highlighted as it is spoken. [default: sync in the settings, or sentence]",
)
@edition_option
@click.option(
    "--output",
    "-o",
    "target",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="File to write for one WORK, or the folder of the library. [default, except for a library: a file next to each MP3]",
)
@json_option
@log_options
def export(
    works: tuple[str, ...],
    form: str,
    sync: str | None,
    language: str | None,
    target: Path | None,
    as_json: bool,
) -> int:
    """Export built works as EPUBs, W3C audiobooks or a library.

    The sound is that of the MP3. EPUB: a book whose text is highlighted while it is
    read aloud. LPF: a W3C audiobook, with a file for each chapter. Library: a folder
    for each book, laid out for Audiobookshelf and Plex; without WORK, all built works
    are written. `build --format` makes EPUB and LPF with every build.

    \b
    Examples:
      audiobook export my-essay my-novel --to epub
      audiobook export novel --to epub --sync word --output novel.epub
      audiobook export --to library --output /srv/audiobooks
    """
    if sync is not None and form != "epub":
        raise UsageError("--sync needs --to epub")
    root, settings = project_and_settings({})
    if form == "library":
        from audiobook.commands.books.library import export_library

        if target is None:
            raise UsageError(
                "--to library needs the folder of the library",
                hint="for example: audiobook export --to library --output /srv/audiobooks",
            )
        return export_library(root, settings, works, language, target, as_json=as_json)
    from audiobook.commands.books.export import export_archives

    if not works:
        raise UsageError(
            f"--to {form} needs a WORK",
            hint=f"for example: audiobook export essay --to {form}; for all works: audiobook build --format {form}",
        )
    return export_archives(root, settings, works, form, language, target, sync, as_json=as_json)


@audiobook.command()
@click.option(
    "--base-url", metavar="URL", help="Public address of the site. [default: base_url in the settings]"
)
@click.option(
    "--to",
    "place",
    metavar="DEST",
    shell_complete=names.folders,
    help="Upload changes to s3://…, sftp://… or a folder.",
)
@click.option("--prune", is_flag=True, help="Remove old files now, including those already uploaded.")
@click.option(
    "-n", "--dry-run", is_flag=True, help="Show what would be written, uploaded and removed; change nothing."
)
@click.option("-f", "--force", is_flag=True, help="Also replace files that this project did not publish.")
@click.option("-q", "--quiet", is_flag=True, help="Print problems only.")
@texts_option
@output_option
@json_option
@log_options
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
      audiobook publish --to s3://bucket/books --dry-run
    """
    from audiobook.commands.publishing.publish import publish_works
    from audiobook.commands.publishing.send import Destination

    root, settings = required_project({"texts": texts, "output": output})
    destination = Destination(place, prune, dry_run) if place is not None else None
    return publish_works(
        root,
        settings,
        base_url,
        destination,
        dry_run=dry_run,
        as_json=as_json,
        quiet=quiet,
        force=force,
        prune=prune,
    )


@audiobook.command()
@click.option(
    "--port",
    metavar="N",
    type=NumberFrom(0, 65535, int),
    default=8000,
    help="Port; 0 picks a free one. [default: 8000]",
)
@click.option("--host", metavar="NAME", help="Address to listen on. [default: 127.0.0.1, this computer only]")
@click.option("--watch", is_flag=True, help="Rebuild when a text changes, and reload open pages.")
@lang_option
@texts_option
@output_option
@log_options
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
    from audiobook.commands.publishing.serve import Choice, serve_works

    root, _ = required_project({"texts": texts, "output": output})
    choice = Choice(root, dict(os.environ), texts, output, languages)
    return serve_works(choice, port=port, host=host, watch=watch)


@audiobook.command()
@click.argument("works", metavar="[WORK]...", nargs=-1, shell_complete=names.works)
@click.option("--acx", is_flag=True, help="Measure audio files instead, each given by its path.")
@click.option(
    "--listen",
    "listens",
    is_flag=True,
    help="Also check each clip with a speech recogniser, and list passages that do not sound like the text.",
)
@click.option(
    "--download", is_flag=True, help="With --listen: download the recogniser's model first (148 MB)."
)
@output_option
@json_option
@log_options
def check(
    works: tuple[str, ...], acx: bool, listens: bool, download: bool, output: str | None, as_json: bool
) -> int:
    """Verify built files.

    Checks length, digest, frames, chapters and times of each file against its record. With --acx, measures any MP3, WAV,
    FLAC or M4B files against the requirements of ACX (Audible): encoding, loudness, peak, noise and room tone.

    \b
    Examples:
      audiobook check
      audiobook check --listen the-listening-reader
      audiobook check --acx chapter-1.mp3 chapter-2.mp3
    """
    if acx:
        from audiobook.commands.books.acx import check_acx

        if listens or download or output is not None:
            raise UsageError("--acx measures files, so it cannot be combined with options other than --json")
        if not works:
            raise UsageError(
                "--acx needs at least one FILE", hint="for example: audiobook check --acx chapter.mp3"
            )
        return check_acx([Path(name) for name in works], as_json=as_json)
    from audiobook.commands.books.check import check_outputs
    from audiobook.commands.books.listen import prepared_listener

    if download and not listens:
        raise UsageError("--download needs --listen", hint="audiobook check --listen --download")
    root, settings = project_and_settings({"output": output})
    listener = prepared_listener(settings, download=download, as_json=as_json) if listens else None
    return check_outputs(root, settings, works, listener=listener, as_json=as_json)


@audiobook.command()
@click.argument("works", metavar="[WORK]...", nargs=-1, shell_complete=names.works)
@click.option(
    "--unused",
    is_flag=True,
    help="Delete only clips that no built work uses, and the narration kept for edits.",
)
@click.option("--replies", is_flag=True, help="Also delete cached replies of online services.")
@click.option("-n", "--dry-run", is_flag=True, help="Show what would be deleted; delete nothing.")
@output_option
@log_options
def clean(works: tuple[str, ...], unused: bool, replies: bool, dry_run: bool, output: str | None) -> int:
    """Delete cached clips.

    Without WORK, all clips are deleted, with the narration and listening results cached for them. With WORK, only its clips
    that no other built work uses are deleted. Built books are kept. A book that changes later is synthesised from scratch, but
    replies of online services are used again: they are kept unless --replies is given, because requesting them again may cost
    money.

    \b
    Examples:
      audiobook clean --unused
      audiobook clean novel --dry-run
    """
    if works and (unused or replies):
        flag = "--unused" if unused else "--replies"
        raise UsageError(f"{flag} concerns the whole cache, so it cannot be combined with a WORK")
    from audiobook.commands.books.clean import clean_store

    root, settings = project_and_settings({"output": output})
    return clean_store(root, settings, works, unused=unused, replies=replies, dry_run=dry_run)
