"""`audiobook voices compare`: one file for each voice, and a page to listen to them."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import quote

from audiobook.commands.output import print_json, print_line, print_result, standard_output_kept
from audiobook.commands.voices.listing import speaks, voices_of
from audiobook.commands.voices.spoken_line import require_speakable, spoken_line
from audiobook.engines.base import Voice
from audiobook.engines.registry import engine_names
from audiobook.errors import EngineMissing, StorageError, UsageError, near
from audiobook.files import storage_error, sweep_older, write_swept
from audiobook.languages import english_name, is_real
from audiobook.pipeline.project import Project
from audiobook.pipeline.voices.choosing import Voices
from audiobook.report.base import QuietReporter, Reporter
from audiobook.report.waiting import WaitingReporter
from audiobook.settings import Settings

_PAGE: Final = "index.html"
_OURS: Final = b'content="audiobook voices compare"'
_UNSAFE: Final = re.compile(r"[^\w.+-]", re.ASCII)


def compare_voices(
    root: Path,
    settings: Settings,
    text: str,
    language: str,
    *,
    engine: str | None,
    names: Sequence[str],
    output: Path | None,
    as_json: bool,
) -> int:
    """Speak a line with each voice of a language, and write the files and a page.

    Args:
        root: Project folder.
        settings: Project settings.
        text: The line.
        language: BCP 47 tag of the line.
        engine: Only voices of this engine; None means those of every engine that works offline.
        names: Only voices with these names; empty for all.
        output: Folder for the files; None means `voices-TAG` in the current folder.
        as_json: Whether to print one JSON object.

    Returns:
        0, or 1 if a voice failed.

    Raises:
        UsageError: The line contains nothing to read aloud, or the folder contains other files.
        EngineMissing: No voice speaks the language, or a named one does not exist.
        StorageError: A file cannot be written.
    """
    require_speakable(text)
    folder = output or Path(f"voices-{language}")
    _require_ours(folder)
    project = Project.at(root, settings)
    with standard_output_kept(for_json=as_json):
        voices = _chosen(Voices(settings, project.store), language, engine, names)
        spoken = []
        for number, voice in enumerate(voices, 1):
            name = f"{number:02d}-{_UNSAFE.sub('_', voice.engine)}-{_UNSAFE.sub('_', voice.name)[:80]}.mp3"
            reporter = QuietReporter() if as_json else WaitingReporter(f"speaking with {voice.name}")
            sound = _sound(project, settings, voice, language, text, reporter)
            if sound is None:
                continue
            spoken.append((voice, name))
            # The page is first: it shows that the files are ours, so an interrupted command can be run again.
            for path, data in ((folder / _PAGE, _page(spoken, language, text)), (folder / name, sound)):
                write_swept(path, data)
            if not as_json:
                print_result(f"{voice.name} ({voice.engine}): {folder / name}")
    if as_json:
        entries = [{"engine": voice.engine, "voice": voice.name, "file": name} for voice, name in spoken]
        print_json({"folder": str(folder), "page": _PAGE if spoken else None, "voices": entries})
    elif spoken:
        print_line(f"listen and choose: {folder / _PAGE}")
    return 0 if len(spoken) == len(voices) else 1


def _require_ours(folder: Path) -> None:
    """Check that a folder is new, empty, or contains a page of this command."""
    sweep_older(folder / _PAGE)
    try:
        if not folder.exists() or not any(folder.iterdir()):
            return
        page = folder / _PAGE
        is_ours = page.is_file() and _OURS in page.read_bytes()[:4096]
    except NotADirectoryError as error:
        raise StorageError(f"{folder} is a file, not a folder", hint="choose another folder") from error
    except OSError as error:
        raise storage_error(error, folder, "reading") from error
    if not is_ours:
        raise UsageError(f"{folder} contains other files", hint="name another folder with --output")


def _chosen(voices: Voices, language: str, engine: str | None, names: Sequence[str]) -> list[Voice]:
    known = [
        voice
        for one in ([engine] if engine else engine_names())
        for voice in voices_of(voices, one, asked=engine is not None)
        if (voice.offline or engine) and speaks(voice, language, engine)
    ]
    for name in names:
        if name not in {voice.name for voice in known}:
            raise EngineMissing(
                f"no voice “{name}” for “{language}” on this computer",
                hint=near(name, (one.name for one in known)),
            )
    chosen = [voice for voice in known if not names or voice.name in names]
    if not chosen:
        hint = (
            f"install one: audiobook voices install {language}"
            if is_real(language)
            else "to list the languages: audiobook voices"
        )
        raise EngineMissing(f"no voice speaks “{language}”", hint=hint)
    return chosen


def _sound(
    project: Project, settings: Settings, voice: Voice, language: str, text: str, reporter: Reporter
) -> bytes | None:
    """Return the line as a voice speaks it, as an MP3; if that fails, report why and return None."""
    with TemporaryDirectory(prefix="audiobook-") as made:
        outcome, sound = spoken_line(project, settings, voice, language, text, Path(made), reporter)
        if outcome.error:
            return None
        try:
            return sound.read_bytes()
        except OSError as error:
            raise storage_error(error, sound, "reading") from error


def _page(spoken: Sequence[tuple[Voice, str]], language: str, text: str) -> bytes:
    """Return the page.

    Its policy allows only its own script and style, by their digests, and sounds next to it.
    """
    from jinja2 import Environment, StrictUndefined  # slow to import
    from markupsafe import Markup

    folder = files(__package__).joinpath("pages")
    style, script = (folder.joinpath(f"voices.{kind}").read_text("utf-8") for kind in ("css", "js"))
    policy = (
        f"default-src 'none'; media-src 'self'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    template = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(
        folder.joinpath("voices.html").read_text("utf-8")
    )
    page = template.render(
        policy=policy,
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        language=english_name(language),
        tag=language,
        text=" ".join(text.split()),
        voices=[_shown(voice, name, language) for voice, name in spoken],
    )
    return page.encode("utf-8", "replace")


def _digest(code: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}"


def _shown(voice: Voice, name: str, language: str) -> dict[str, str]:
    lines = (f"[voice.{language}]", f"engine = {_quoted(voice.engine)}", f"name = {_quoted(voice.name)}")
    return {
        "name": voice.name,
        "engine": voice.engine,
        "language": voice.language,
        "quality": voice.quality,
        "description": voice.description,
        "address": quote(name),
        "settings": "\n".join(lines),
    }


def _quoted(text: str) -> str:
    """Return a TOML string; its escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False)
