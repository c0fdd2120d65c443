"""`audiobook voices try`: speak a line exactly as it would sound in a book."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from audiobook.audio.pyav import require_pyav
from audiobook.audio.wav import encode_wav
from audiobook.book.maker_mark import MARK
from audiobook.book.ownership import is_own_book, is_own_format, not_replaced
from audiobook.commands.output import print_result
from audiobook.commands.play import player, run_quiet_player
from audiobook.commands.voices.spoken_line import require_speakable, spoken_line
from audiobook.engines.base import ANY_LANGUAGE, Voice
from audiobook.engines.registry import engine_names, voice_for
from audiobook.errors import EngineMissing, UsageError, near
from audiobook.files import write_swept
from audiobook.languages import is_real, meant_tag
from audiobook.pipeline.project import Project
from audiobook.pipeline.voices.choosing import Voices
from audiobook.report.waiting import WaitingReporter
from audiobook.settings import Settings
from audiobook.system.opening import is_there
from audiobook.voicebank.catalogue import shipped_voices

_FORMATS: Final = (".wav", ".mp3")
_LONGEST_S: Final = 3600.0


def try_voice(
    root: Path,
    settings: Settings,
    name: str,
    text: str,
    *,
    engine_name: str | None = None,
    language: str | None = None,
    output: Path | None = None,
) -> int:
    """Speak a line, or write it to a file.

    The line is built like any text of the project, so lexicon, numbers, speed, loudness and pauses match those of a book.

    Args:
        root: Project folder.
        settings: Project settings.
        name: Voice name; or a BCP 47 tag, for the voice that a book in this language has.
        text: The line to speak.
        engine_name: Engine that has the voice; None searches all offline voices.
        language: BCP 47 tag of the line; None uses the language of the voice.
        output: File to write, ending in `.wav` or `.mp3`; None plays the line.

    Returns:
        0, or the exit code of the reported error or of the player.

    Raises:
        UsageError: The line contains no text to read aloud, or the file name has another ending.
        EngineMissing: The voice does not exist, or the extra `formats` is not installed.
        StorageError: No player was found, or the file cannot be written.
        OutputMismatch: The file exists and was not made by this program.
    """
    if output is not None:
        _require_writable(output)
    require_speakable(text)
    project = Project.at(root, settings)
    voice, own = _wanted_voice(Voices(settings, project.store), name, text, engine_name, language)
    tag = language or own
    with TemporaryDirectory(prefix="audiobook-") as folder:
        reporter = WaitingReporter(f"speaking with {voice.name}")
        outcome, sound = spoken_line(project, settings, voice, tag, text, Path(folder), reporter)
        if outcome.error:
            return outcome.error.exit_code
        if output is None:
            return run_quiet_player(player(sound))
        data = sound.read_bytes()
    write_swept(output, data if output.suffix.lower() == ".mp3" else _as_wav(data, voice.rate_hz))
    print_result(f"{voice.name} ({voice.engine}): {output}")
    return 0


def _require_writable(output: Path) -> None:
    """Check that a file can be written, and that nothing is lost by that; see `try_voice`."""
    if output.suffix.lower() not in _FORMATS:
        raise UsageError(f"cannot write {output.name}", hint="use a file name that ends in .wav or .mp3")
    if output.suffix.lower() == ".wav":
        require_pyav("WAV files", "use a file name that ends in .mp3")
    is_own = is_own_book if output.suffix.lower() == ".mp3" else is_own_format
    if is_there(output) and not is_own(output):
        raise not_replaced(output, "move it elsewhere, or choose another name")


def _wanted_voice(
    voices: Voices, name: str, text: str, engine_name: str | None, language: str | None
) -> tuple[Voice, str]:
    """Return the voice that the user named, and its language; see `try_voice`.

    Raises:
        EngineMissing: There is none. If voice and text seem to have been exchanged, the hint says so.
    """
    try:
        voice = find_voice(voices, name, engine_name, language or "und")
    except EngineMissing as error:
        if spoken := _voice_of_language(voices, name, engine_name):
            return spoken, name
        if " " in name and " " not in text.strip():
            raise EngineMissing(
                error.message,
                hint=f"name the voice before the text: audiobook voices try {text.strip()} {shlex.quote(name)}",
            ) from error
        raise
    return voice, voice.language if voice.language != ANY_LANGUAGE else "en"


def find_voice(voices: Voices, name: str, engine_name: str | None, language: str) -> Voice:
    """Return a voice by its name, from the given engine or else from all offline voices.

    Raises:
        EngineMissing: There is no such voice.
    """
    if engine_name is not None:
        return voice_for(voices.engine(engine_name), language, name)
    known: list[str] = []
    for known_engine in engine_names():
        try:
            engine = voices.engine(known_engine)
            found = [voice for voice in engine.voices() if voice.offline]
        except EngineMissing:
            continue
        if any(voice.name == name for voice in found):
            return voice_for(engine, language, name)
        known += [voice.name for voice in found]
    raise EngineMissing(f"no voice named “{name}” on this computer", hint=_other_names(name, known))


def _other_names(name: str, known: Sequence[str]) -> str:
    """Return a hint on what to do about the name of a voice that is not on this computer.

    Args:
        name: The name as typed.
        known: Names of the voices on this computer.
    """
    if name in shipped_voices():
        return f"install it: audiobook voices install {name}"
    is_word = name.isalpha()  # otherwise `af_heart` would be Afrikaans
    if is_word and (tag := meant_tag(name)):
        return f"did you mean {tag}?"
    close = near(name, known) or ""
    if close.startswith("did you mean"):
        return close
    if is_word and is_real(name):
        return f"to look for a voice to install: audiobook voices install {name}"
    return "to list the voices: audiobook voices --all"


def _voice_of_language(voices: Voices, tag: str, engine_name: str | None) -> Voice | None:
    """Return the voice that a book in a language has; None if this is not the tag of a language, or no voice speaks it.

    Engines name their voices as they like: espeak-ng has a voice `fi`, but only `en-us`, `en-gb` and others for English.
    """
    if meant_tag(tag) is not None or not is_real(tag):
        return None
    with suppress(EngineMissing):
        return voice_for(voices.engine(engine_name), tag) if engine_name else voices.choose(tag).voice
    return None


def _as_wav(mp3: bytes, rate_hz: int) -> bytes:
    """Decode an MP3 file into a WAV file."""
    from audiobook.audio.decode import decode

    return encode_wav(decode(mp3, "mp3", rate_hz, _LONGEST_S), MARK)
