"""`command`: any program that turns text into a WAV file, defined by the user."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Final

import msgspec

from audiobook.audio.pcm import Pcm
from audiobook.audio.pyav import pyav_identity, require_pyav
from audiobook.document import Passage
from audiobook.engines.base import Equipment, Speech, Style, Voice, display_name
from audiobook.engines.command.definitions import EXAMPLE, Definition, definitions_file, read_definitions
from audiobook.engines.command.run import sweep_folders, wav_from_program
from audiobook.engines.plausibility import longest_s, require_plausible
from audiobook.errors import EngineMissing, NoSpeech, ServiceError, SpeechError

_PROCESSING: Final = 1
"""Version of how programs are called and their sound is processed; increase it when a program sounds different."""
_BYTES_A_SECOND: Final = 8 * 48_000
"""Bytes per second of the largest accepted sound: two channels of four bytes each, at 48 kHz."""


class CommandEngine:
    """Runs a program of the user for each sentence."""

    name = "command"

    def __init__(self) -> None:
        """Use the commands in the user's configuration folder."""
        self._file = definitions_file()

    def equip(self, equipment: Equipment) -> None:
        """Reject options, because a project must not be able to run programs.

        Raises:
            EngineMissing: The project has options for this engine.
        """
        if equipment.options:
            raise EngineMissing(
                "a project cannot define commands", hint=f"define them in your own file, {self._file}"
            )

    @property
    def identity(self) -> str:
        """The versions of the processing and of the decoder. Each command has its own version too."""
        return f"command {_PROCESSING}, {pyav_identity()}"

    def version(self, voice: Voice) -> str:
        """Return a digest of the command and of the program's file; see `Versioned.version`."""
        definition = self._definition(voice)
        # The description and the deadline do not affect the sound, nor does the path of the program.
        command = msgspec.structs.replace(definition.command, description="", deadline_s=120.0)
        arguments = command.run[1:]
        state = hashlib.sha256(msgspec.json.encode((arguments, msgspec.structs.replace(command, run=()))))
        state.update(_digest(definition.program(), definition.where))
        return state.hexdigest()[:32]

    def voices(self) -> Sequence[Voice]:
        """Return a voice for each command, ordered by name.

        A command is listed even if its program is missing, so that choosing it gives a clear error.

        Raises:
            EngineMissing: No command is defined, or a definition is invalid.
        """
        found = self._definitions
        if not found:
            raise EngineMissing("no command is defined", hint=f"add one to {self._file}:\n{EXAMPLE.rstrip()}")
        return [_voice(definition) for definition in found.values()]

    def require(self, voice: Voice, style: Style) -> None:
        """Check that the speed can be changed here if the program cannot change it; see `Requiring.require`."""
        if style.speed != 1.0 and not self._definition(voice).command.sets_pace:
            require_pyav("other speeds of this voice")

    def prepare(self, voice: Voice) -> None:
        """Check that the program is installed, and remove the temporary folders of killed processes."""
        self._definition(voice).program()
        sweep_folders()

    def speak(self, passage: Passage, voice: Voice, style: Style) -> Iterator[Speech]:
        """Run the program for one sentence after another; see `Engine.speak`."""
        definition = self._definition(voice)
        return (Speech(_spoken(definition, sentence.text, style), ()) for sentence in passage.sentences)

    def _definition(self, voice: Voice) -> Definition:
        if voice.name not in self._definitions:
            raise EngineMissing(f"no command “{voice.name}” is defined", where=str(self._file))
        return self._definitions[voice.name]

    @cached_property
    def _definitions(self) -> dict[str, Definition]:
        return read_definitions(self._file)


def _voice(definition: Definition) -> Voice:
    command = definition.command
    described = command.description or (f"{command.use}, {command.voice}" if command.use else command.run[0])
    return Voice(
        CommandEngine.name,
        definition.name,
        command.language,
        described,
        command.rate_hz,
        offline=not command.service,
        service=command.service,
        display_name=display_name(definition.name),
    )


def _spoken(definition: Definition, text: str, style: Style) -> Pcm:
    """Return the sound of a sentence.

    Raises:
        ServiceError: The program failed. Unlike after a `SpeechError`, the sentence is not tried again in parts.
    """
    from audiobook.audio.decode import decode
    from audiobook.audio.stretch import stretch

    command = definition.command
    longest = longest_s(text) / min(style.speed, 1.0)
    values = {
        "{voice}": command.voice,
        "{speed}": f"{style.speed:.4g}",
        "{stretch}": f"{1 / style.speed:.4g}",
    }
    arguments = [str(definition.program()), *(_filled(part, values) for part in command.run[1:])]
    try:
        data = wav_from_program(
            arguments,
            encoded(text, command.encoding) + b"\n",
            {"AUDIOBOOK_VOICE": command.voice},
            command.deadline_s,
            int(longest * _BYTES_A_SECOND),
        )
        pcm = decode(data, "wav", command.rate_hz, longest)
        require_plausible(pcm, text)
    except (NoSpeech, ServiceError, SpeechError) as error:
        hint = error.hint or f"the command is defined in {definition.where}"
        raise ServiceError(f"the command “{definition.name}” failed: {error.message}", hint=hint) from error
    return pcm if command.sets_pace else stretch(pcm, style.speed)


def _filled(part: str, values: dict[str, str]) -> str:
    for placeholder, value in values.items():
        part = part.replace(placeholder, value)
    return part


def encoded(text: str, encoding: str) -> bytes:
    """Return a text in an encoding. Characters that the encoding lacks are transliterated, or replaced by spaces."""
    valid = text.encode("utf-8", "replace").decode()
    if not _can_encode(encoding, valid):
        from anyascii import anyascii  # loads a table for each block of letters

        valid = "".join(
            character if _can_encode(encoding, character) else anyascii(character) or " "
            for character in valid
        )
    return valid.encode(encoding, "replace")


def _can_encode(encoding: str, text: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


@cache
def _digest(program: Path, where: str) -> bytes:
    try:
        with open(program, "rb") as stream:
            return hashlib.file_digest(stream, "sha256").digest()
    except OSError as error:
        raise EngineMissing(f"{program} cannot be read: {error.strerror}", where=where) from error
