"""Piper's voices on this machine: a model, its settings and its licence card in one folder.

Source: OHF-Voice/piper1-gpl, `docs/VOICES.md` and `src/piper/config.py`.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec

from audiobook.audio.mp3_frames import RATES_HZ
from audiobook.engines.base import Voice
from audiobook.engines.piper.receipt import changed_since, read_receipt
from audiobook.errors import EngineMissing, StorageError
from audiobook.places import folder_named

FOLDER_VARIABLE: Final = "AUDIOBOOK_VOICES"
"""The environment variable that names the folder of the voices."""
MODEL_SUFFIX: Final = ".onnx"
CONFIG_SUFFIX: Final = ".onnx.json"
CARD_SUFFIX: Final = ".MODEL_CARD"
RECEIPT_SUFFIX: Final = ".installed.json"
VOICE_NAME: Final = re.compile(r"([a-z]{2,3})_([A-Z]{2})-(\w[\w.+]{0,59})-([a-z_]{1,20})")
"""Language, region, data set and quality, such as `fi_FI-harri-medium`."""
_ADJUSTS: Final = frozenset({"speed"})
_PHONEMES: Final = frozenset({"ipa"})
_UNKNOWN_LANGUAGE: Final = "und"
_USUAL_RATE_HZ: Final = 22050


def voices_folder(told: str = "") -> Path:
    """Return the folder of the voices: of the environment, else as told, else the user's own.

    Raises:
        UsageError: What was told is not a folder's name.
    """
    if chosen := os.environ.get(FOLDER_VARIABLE) or told:
        return Path(folder_named(chosen))
    from platformdirs import user_data_path

    return user_data_path("audiobook", appauthor=False) / "voices"


class _Audio(msgspec.Struct, frozen=True):
    sample_rate: int
    quality: str = ""


class _Espeak(msgspec.Struct, frozen=True):
    voice: str


class _Language(msgspec.Struct, frozen=True):
    code: str = ""
    name_english: str = ""


class _Config(msgspec.Struct, frozen=True):
    """The parts of a voice's settings that say what it is."""

    audio: _Audio
    espeak: _Espeak
    num_speakers: int
    phoneme_type: str = "espeak"
    language: _Language = _Language()
    dataset: str = ""
    phoneme_id_map: dict[str, Any] = {}
    vowel_clusters: Any = None

    @property
    def alphabets(self) -> frozenset[str]:
        """What it takes phonemes in; one that joins vowels, or reads letters, takes none."""
        is_plain = self.phoneme_type == "espeak" and not self.vowel_clusters
        return _PHONEMES if is_plain else frozenset()


@dataclass(frozen=True, slots=True)
class VoiceFiles:
    """Where a voice is.

    Attributes:
        folder: The folder of the voices.
        name: Its name, which its files begin with.
    """

    folder: Path
    name: str

    @property
    def model(self) -> Path:
        """The network."""
        return self.folder / f"{self.name}{MODEL_SUFFIX}"

    @property
    def config(self) -> Path:
        """Its settings."""
        return self.folder / f"{self.name}{CONFIG_SUFFIX}"

    @property
    def card(self) -> Path:
        """Where it comes from, and under which licence."""
        return self.folder / f"{self.name}{CARD_SUFFIX}"

    @property
    def receipt(self) -> Path:
        """What was installed; a voice that was put there by hand has none."""
        return self.folder / f"{self.name}{RECEIPT_SUFFIX}"

    def damaged(self, path: Path, why: object) -> EngineMissing:
        """Give the error for a file of this voice that cannot be used."""
        return EngineMissing(
            f"the voice “{self.name}” cannot be used: {why}",
            where=os.fspath(path),
            hint=f"install it again: audiobook voices install {self.name}",
        )


def installed_voices(folder: Path) -> list[VoiceFiles]:
    """Give the voices of a folder by name; none where there is no folder.

    Raises:
        StorageError: The folder cannot be read.
    """
    try:
        found = [entry.name for entry in os.scandir(folder) if entry.name.endswith(MODEL_SUFFIX)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageError(f"reading failed: {reason}", where=os.fspath(folder)) from error
    return [VoiceFiles(folder, name.removesuffix(MODEL_SUFFIX)) for name in sorted(found)]


def read_config(files: VoiceFiles) -> _Config:
    """Read what a voice is.

    Raises:
        EngineMissing: Its settings are missing, damaged, or of a kind that is not spoken here.
    """
    try:
        config = msgspec.json.decode(files.config.read_bytes(), type=_Config)
    except OSError as error:
        raise files.damaged(files.config, error.strerror or type(error).__name__) from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise files.damaged(files.config, error) from error
    if config.audio.sample_rate not in RATES_HZ:
        raise files.damaged(files.config, f"an MP3 cannot have its rate of {config.audio.sample_rate} Hz")
    if config.phoneme_type not in ("espeak", "text"):
        raise files.damaged(files.config, f"its phonemes ({config.phoneme_type}) are not made here")
    return config


def describe_voice(engine: str, files: VoiceFiles) -> Voice:
    """Give a voice as engines list it.

    One whose settings cannot be read is listed by its name, so that choosing it says what is wrong with it.
    """
    language, quality = _told_by_name(files.name)
    try:
        config = read_config(files)
    except EngineMissing:
        return Voice(
            engine, files.name, language, "damaged", _USUAL_RATE_HZ, adjusts=_ADJUSTS, quality=quality
        )
    code = config.language.code or config.espeak.voice
    if language == _UNKNOWN_LANGUAGE and re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", code):
        language = code.replace("_", "-")
    parts = [config.dataset or files.name, config.language.name_english]
    if config.num_speakers > 1:
        parts.append(f"the first of {config.num_speakers} speakers")
    return Voice(
        engine,
        files.name,
        language,
        ", ".join(filter(None, parts)),
        config.audio.sample_rate,
        adjusts=_ADJUSTS,
        quality=config.audio.quality or quality,
        phonemes=config.alphabets,
    )


def _told_by_name(name: str) -> tuple[str, str]:
    """Give language tag and quality of a voice, as far as its name tells them."""
    found = VOICE_NAME.fullmatch(name)
    return (f"{found[1]}-{found[2]}", found[4]) if found else (_UNKNOWN_LANGUAGE, "")


@lru_cache(maxsize=16)
def voice_digest(files: VoiceFiles) -> str:
    """Return the SHA-256 of a voice's model and settings, read once in a process (45 ms for 60 MB).

    Raises:
        EngineMissing: A file is missing, cannot be read, or is not the one that was installed.
    """
    receipt = read_receipt(files)
    installed = {files.config: receipt.config, files.model: receipt.model} if receipt else {}
    state = hashlib.sha256()
    for path in (files.config, files.model):
        try:
            with open(path, "rb") as stream:
                found = hashlib.file_digest(stream, "sha256")
        except OSError as error:
            raise files.damaged(path, error.strerror or type(error).__name__) from error
        if path in installed and installed[path].sha256 != found.hexdigest():
            raise changed_since(files, path)
        state.update(found.digest())
    return state.hexdigest()
