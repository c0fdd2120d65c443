"""Kokoro-82M, a neural network with voices for several languages, offline; installed with the extra `kokoro`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from audiobook.document import Passage, Phonemes
from audiobook.engines.base import Equipment, Speech, Style, Voice
from audiobook.engines.kokoro.files import (
    KOKORO_LANGUAGES,
    MODEL_NAMES,
    KokoroFiles,
    describe_voice,
    files_digest,
    kokoro_files,
)
from audiobook.engines.kokoro.readings import has_reader, is_readable, load_reader, packages_of
from audiobook.engines.kokoro.symbols import symbol_ids, symbols_of
from audiobook.engines.neural.device import PROCESSOR, wanted_device
from audiobook.engines.neural.folder import voices_folder
from audiobook.engines.neural.isolated import ChosenDevice, IsolatedVoices, LoadedVoice, Source
from audiobook.engines.neural.packages import needed_version
from audiobook.errors import EngineMissing, alternatives, meant, near

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_OPTIONS: Final = ("base_url", "device", "precision", "voices_folder")
_PRECISIONS: Final = ("auto", *MODEL_NAMES)
_PROCESSING: Final = 1
"""Version of how texts are given to the network and its output is processed; increase it when a voice sounds
different."""


def _load(source: Source) -> LoadedVoice:
    from audiobook.engines.kokoro.speech import LoadedKokoro  # not needed by commands that never speak

    model, styles, reader = source.paths
    if reader:
        load_reader(reader)
    return LoadedKokoro(KokoroFiles(Path(model), Path(styles)), source.device)


_voices = IsolatedVoices(__name__, _load)


class KokoroEngine:
    """Speaks with the voices of Kokoro, each passage in a separate process."""

    name = "kokoro"

    def __init__(self) -> None:
        """Use the default voices folder, any precision and one core; `equip` replaces these."""
        self._folder = voices_folder()
        self._precision = "auto"
        self._device = PROCESSOR
        self._threads = 1

    def equip(self, equipment: Equipment) -> None:
        """Use the folder, precision and device from the options, and the number of cores for this process."""
        for option, value in equipment.options.items():
            if option not in _OPTIONS:
                raise EngineMissing(
                    f"the engine “kokoro” has no option “{option}”", hint=near(option, _OPTIONS)
                )
            if not isinstance(value, str):
                raise EngineMissing(f"[engines.kokoro] {option} must be text in quotes")
        self._precision = str(equipment.options.get("precision", "auto"))
        if self._precision not in _PRECISIONS:
            raise EngineMissing(
                f"[engines.kokoro] precision must be {alternatives(_PRECISIONS)}",
                hint=meant(self._precision, _PRECISIONS),
            )
        self._folder = voices_folder(str(equipment.options.get("voices_folder", "")))
        self._device = wanted_device(self.name, equipment.options)
        self._threads = equipment.threads

    @property
    def identity(self) -> str:
        """The versions of the packages that turn text into sound. The network has its own version."""
        return (
            f"kokoro {_PROCESSING}, espeakng-loader {version('espeakng-loader')}, "
            f"{needed_version('onnxruntime', 'kokoro')}"
        )

    def version(self, voice: Voice) -> str:
        """Return a digest of network and voices, the device if it is not the processor, and the packages that read texts."""
        readers = "".join(
            f", {package} {version(package)}"
            for package in packages_of(KOKORO_LANGUAGES[voice.name[0]].espeak)
        )
        return files_digest(self.files()) + self._chosen(voice).device + readers

    def note(self, voice: Voice) -> str:
        """Return why the device in the settings is not used; see `Noting.note`."""
        return self._chosen(voice).note

    def voices(self) -> Sequence[Voice]:
        """Return the voices whose texts can be read here, ordered by name."""
        needed_version("onnxruntime", "kokoro")
        needed_version("numpy", "kokoro")
        names = self.files().voice_names()
        return [
            describe_voice(self.name, name) for name in names if is_readable(KOKORO_LANGUAGES[name[0]].espeak)
        ]

    def prepare(self, voice: Voice) -> None:
        """Start a launcher, which loads the network."""
        _voices.prepare(self._source(voice), voice, self._threads)

    def begin(self, passage: Passage, voice: Voice, style: Style) -> Connection | None:
        """Start another child on a passage if a core is free for it; see `Anticipating.begin`."""
        return _voices.begin(self._source(voice), passage, voice, style, self._threads)

    def speak(self, passage: Passage, voice: Voice, style: Style) -> Iterator[Speech]:
        """Speak all sentences in one child; see `Engine.speak`."""
        return _voices.speak(self._source(voice), passage, voice, style, self._threads)

    def unknown_sound(self, phonemes: Phonemes, voice: Voice) -> str:
        """Return the first sign that the network was not trained on; see `Phonetic.unknown_sound`."""
        known = symbol_ids()
        symbols = symbols_of(phonemes.symbols, KOKORO_LANGUAGES[voice.name[0]].espeak)
        return next((sign for sign in symbols if sign not in known), "")

    def files(self) -> KokoroFiles:
        """Return the files of network and voices.

        Raises:
            EngineMissing: Kokoro is not installed.
        """
        return kokoro_files(self._folder, self._precision)

    def _source(self, voice: Voice) -> Source:
        return Source(self._paths(voice), self._chosen(voice).device)

    def _chosen(self, voice: Voice) -> ChosenDevice:
        return _voices.device(self._paths(voice), voice, self._device)

    def _paths(self, voice: Voice) -> tuple[str, ...]:
        """Return the paths of the network and the voices, and the language, or "" if espeak-ng reads this language."""
        files, language = self.files(), KOKORO_LANGUAGES[voice.name[0]].espeak
        return os.fspath(files.model), os.fspath(files.styles), language if has_reader(language) else ""


if __name__ == "__main__":
    _voices.serve()
