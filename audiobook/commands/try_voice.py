"""`audiobook voices try`: hear a line in a voice."""

from __future__ import annotations

import wave
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from audiobook.audio.pcm import SAMPLE_BYTES, Pcm, join, samples_of, silence
from audiobook.commands.play import player, run_player
from audiobook.document import Kind, Paragraph
from audiobook.engines.base import ANY_LANGUAGE, Engine, Style, Voice
from audiobook.engines.registry import engine_names, voice_for
from audiobook.errors import AudiobookError, EngineMissing, SpeechError, UsageError, near
from audiobook.files import write_bytes
from audiobook.narration.passages import narrate
from audiobook.pipeline.project import Project
from audiobook.pipeline.voices import Voices
from audiobook.report.base import QuietReporter
from audiobook.settings import Settings

_FORMATS: Final = (".wav", ".mp3")


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
    """Say a line, or write it to a file.

    Args:
        root: Folder of the project.
        settings: Of the project; its pauses are those of the line.
        name: The voice.
        text: The line.
        engine_name: Whose voice it is; None looks for it in the engines that send nothing away.
        language: BCP 47 tag of the line; None takes the voice's own.
        output: A file that ends in `.wav` or `.mp3`; None plays it.

    Returns:
        0, or the player's own exit code.

    Raises:
        UsageError: The line holds nothing to say, or the file's name ends otherwise.
        EngineMissing: There is no such voice.
        SpeechError: The line could not be spoken.
        StorageError: No player is there, or the file cannot be written.
    """
    if output is not None and output.suffix.lower() not in _FORMATS:
        raise UsageError(f"cannot write {output.name}", hint="let its name end in .wav or .mp3")
    engine, voice = _find(Voices(settings, Project.at(root, settings).store), name, engine_name)
    if not voice.offline:
        QuietReporter().warn(f"{engine.name} sends the text to {voice.service or 'a service on the network'}")
    tag = language or (voice.language if voice.language != ANY_LANGUAGE else "en")
    sound = _spoken(engine, voice, text, tag, settings.pauses.sentence)
    if output is not None:
        write_bytes(output, _as_mp3(sound, settings) if output.suffix.lower() == ".mp3" else _as_wav(sound))
        return 0
    with TemporaryDirectory(prefix="audiobook-") as folder:
        path = Path(folder) / "line.wav"
        path.write_bytes(_as_wav(sound))
        return run_player(player(path))


def _find(engines: Voices, name: str, engine_name: str | None) -> tuple[Engine, Voice]:
    """Find a voice by its name, in the engine that was named, else in those that send nothing away."""
    if engine_name is not None:
        engine = engines.engine(engine_name)
        return engine, voice_for(engine, "und", name)
    known: list[str] = []
    for known_engine in engine_names():
        try:
            engine = engines.engine(known_engine)
            voices = [voice for voice in engine.voices() if voice.offline]
        except EngineMissing:
            continue
        for voice in voices:
            if voice.name == name:
                return engine, voice
        known += [voice.name for voice in voices]
    raise EngineMissing(f"there is no voice “{name}” on this machine", hint=near(name, known))


def _spoken(engine: Engine, voice: Voice, text: str, language: str, pause_ms: int) -> Pcm:
    passages = narrate(Paragraph(" ".join(text.split()), Kind.TEXT), language)
    if not passages:
        raise UsageError("there is nothing to say in this line")
    engine.prepare(voice)
    gap = silence(samples_of(pause_ms, voice.rate_hz), voice.rate_hz)
    parts: list[Pcm] = []
    for passage in passages:
        try:
            for speech in engine.speak(passage, voice, Style()):
                parts += [gap, speech.pcm] if parts else [speech.pcm]
        except AudiobookError:
            raise
        except Exception as error:
            # An engine of somebody else's may raise anything.
            raise SpeechError(f"the engine {engine.name} failed: {type(error).__name__}: {error}") from error
    return join(parts, voice.rate_hz)


def _as_wav(sound: Pcm) -> bytes:
    stream = BytesIO()
    with wave.open(stream, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(SAMPLE_BYTES)
        file.setframerate(sound.rate_hz)
        file.writeframes(sound.samples)
    return stream.getvalue()


def _as_mp3(sound: Pcm, settings: Settings) -> bytes:
    from audiobook.audio.lame import EncoderSettings, encode  # noqa: PLC0415

    return encode([sound], sound.rate_hz, EncoderSettings(settings.audio.kbits, settings.audio.quality)).data
