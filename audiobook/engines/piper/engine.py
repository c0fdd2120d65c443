"""Piper: neural voices for many languages, offline; installed with the extra `piper`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from audiobook.document import Passage, Phonemes
from audiobook.engines.base import Equipment, Speech, Style, Voice
from audiobook.engines.neural.device import PROCESSOR, wanted_device
from audiobook.engines.neural.folder import voices_folder
from audiobook.engines.neural.isolated import ChosenDevice, IsolatedVoices, LoadedVoice, Source
from audiobook.engines.neural.packages import needed_version
from audiobook.engines.piper.clauses import signs_of
from audiobook.engines.piper.voices import (
    VoiceFiles,
    describe_voice,
    installed_voices,
    read_config,
    voice_digest,
)
from audiobook.errors import EngineMissing, near

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_OPTIONS: Final = ("voices_folder", "base_url", "device")
_PROCESSING: Final = 1
"""Version of how the output of piper-tts is processed; increase it when the same voice sounds different."""


def _load(source: Source) -> LoadedVoice:
    from audiobook.engines.piper.speech import LoadedPiper  # not needed by commands that never speak

    folder, name = source.paths
    return LoadedPiper(VoiceFiles(Path(folder), name), source.device)


_voices = IsolatedVoices(__name__, _load)


class PiperEngine:
    """Speaks with the voices of a folder, each passage in a separate process."""

    name = "piper"

    def __init__(self) -> None:
        """Use the default voices folder and one core; `equip` replaces these."""
        self._folder = voices_folder()
        self._device = PROCESSOR
        self._threads = 1

    def equip(self, equipment: Equipment) -> None:
        """Use the voices folder and device from the options, and the number of cores for this process."""
        for option, value in equipment.options.items():
            if option not in _OPTIONS:
                raise EngineMissing(
                    f"the engine “piper” has no option “{option}”", hint=near(option, _OPTIONS)
                )
            if not isinstance(value, str):
                raise EngineMissing(f"[engines.piper] {option} must be text in quotes")
        self._folder = voices_folder(str(equipment.options.get("voices_folder", "")))
        self._device = wanted_device(self.name, equipment.options)
        self._threads = equipment.threads

    @property
    def identity(self) -> str:
        """The versions of the packages that turn text into sound. Each voice has its own version."""
        return (
            f"piper {_PROCESSING}, {needed_version('piper-tts', self.name)}, "
            f"{needed_version('onnxruntime', self.name)}"
        )

    def version(self, voice: Voice) -> str:
        """Return a digest of a voice's files, followed by the device that runs it if that is not the processor."""
        files = VoiceFiles(self._folder, voice.name)
        read_config(files)
        return voice_digest(files) + self._chosen(voice).device

    def note(self, voice: Voice) -> str:
        """Return why the device in the settings is not used; see `Noting.note`."""
        return self._chosen(voice).note

    def voices(self) -> Sequence[Voice]:
        """Return the installed voices, ordered by name."""
        needed_version("piper-tts", "piper")
        found = installed_voices(self._folder)
        if not found:
            raise EngineMissing(
                "no Piper voice is installed",
                hint="list the voices to install: audiobook voices --installable",
            )
        return [describe_voice(self.name, files) for files in found]

    def prepare(self, voice: Voice) -> None:
        """Start a launcher, which loads the voice."""
        _voices.prepare(self._source(voice), voice, self._threads)

    def begin(self, passage: Passage, voice: Voice, style: Style) -> Connection | None:
        """Start another child on a passage if a core is free for it; see `Anticipating.begin`."""
        return _voices.begin(self._source(voice), passage, voice, style, self._threads)

    def speak(self, passage: Passage, voice: Voice, style: Style) -> Iterator[Speech]:
        """Speak all sentences in one child; see `Engine.speak`."""
        return _voices.speak(self._source(voice), passage, voice, style, self._threads)

    def _source(self, voice: Voice) -> Source:
        return Source(self._paths(voice), self._chosen(voice).device)

    def _chosen(self, voice: Voice) -> ChosenDevice:
        return _voices.device(self._paths(voice), voice, self._device)

    def _paths(self, voice: Voice) -> tuple[str, ...]:
        return os.fspath(self._folder), voice.name

    def unknown_sound(self, phonemes: Phonemes, voice: Voice) -> str:
        """Return the first symbol that a voice was not trained on; see `Phonetic.unknown_sound`."""
        known = _known_phonemes(VoiceFiles(self._folder, voice.name))
        return next((sign for sign in signs_of(phonemes, known) if sign not in known), "")


@lru_cache(maxsize=8)
def _known_phonemes(files: VoiceFiles) -> frozenset[str]:
    return frozenset(read_config(files).phoneme_id_map)


if __name__ == "__main__":
    _voices.serve()
