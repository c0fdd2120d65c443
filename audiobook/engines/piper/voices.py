"""The Piper voices on this computer: each has a model, settings and a licence card in the voices folder or a package.

Source: OHF-Voice/piper1-gpl, `docs/VOICES.md` and `src/piper/config.py`.
"""

from __future__ import annotations

import hashlib
import os
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec

from audiobook.audio.mp3.frames import RATES_HZ
from audiobook.engines.base import Voice, display_name
from audiobook.engines.packaged import packaged_folder, packaged_names
from audiobook.engines.piper.receipt import changed_since, read_receipt
from audiobook.errors import EngineMissing, StorageError
from audiobook.system.opening import open_given, read_given

MODEL_SUFFIX: Final = ".onnx"
CONFIG_SUFFIX: Final = ".onnx.json"
CARD_SUFFIX: Final = ".MODEL_CARD"
RECEIPT_SUFFIX: Final = ".installed.json"
VOICE_NAME: Final = re.compile(r"([a-z]{2,3})_([A-Z]{2})-(\w[\w.+]{0,59})-([a-z_]{1,20})")
"""Language, region, data set and quality, for example `fi_FI-harri-medium`."""
_ADJUSTS: Final = frozenset({"speed"})
_PHONEMES: Final = frozenset({"ipa"})
_UNKNOWN_LANGUAGE: Final = "und"
_USUAL_RATE_HZ: Final = 22050
_MOST_CONFIG_BYTES: Final = 16 << 20


class _Audio(msgspec.Struct, frozen=True):
    sample_rate: int
    quality: str = ""


class _Espeak(msgspec.Struct, frozen=True):
    voice: str


class _Language(msgspec.Struct, frozen=True):
    code: str = ""
    name_english: str = ""


class _Config(msgspec.Struct, frozen=True):
    """The settings of a voice that are used here."""

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
        """Phonetic alphabets that the voice accepts: none if it merges vowels or reads letters."""
        is_plain = self.phoneme_type == "espeak" and not self.vowel_clusters
        return _PHONEMES if is_plain else frozenset()


class VoiceFiles(msgspec.Struct, frozen=True):
    """The files of a voice.

    Attributes:
        folder: The voices folder.
        name: Name of the voice, with which the names of its files begin.
        in_packages: Whether to look in installed packages if the voice is not in the folder.
    """

    folder: Path
    name: str
    in_packages: bool = True

    @property
    def home(self) -> Path:
        """The folder that contains the files: the voices folder, or the folder of a package."""
        if not self.in_packages or (self.folder / f"{self.name}{MODEL_SUFFIX}").exists():
            return self.folder
        return packaged_folder(self.name) or self.folder

    @property
    def model(self) -> Path:
        """Path of the network."""
        return self.home / f"{self.name}{MODEL_SUFFIX}"

    @property
    def config(self) -> Path:
        """Path of the settings."""
        return self.home / f"{self.name}{CONFIG_SUFFIX}"

    @property
    def card(self) -> Path:
        """Path of the text about the source and licence of the voice."""
        return self.home / f"{self.name}{CARD_SUFFIX}"

    @property
    def receipt(self) -> Path:
        """Path of the receipt, which does not exist if the voice was copied into the folder by hand."""
        return self.home / f"{self.name}{RECEIPT_SUFFIX}"

    def damaged(self, path: Path, why: object) -> EngineMissing:
        """Return the error for a file of this voice that cannot be used; `why` completes “cannot be used: ”."""
        return EngineMissing(
            f"the voice “{self.name}” cannot be used: {why}",
            where=os.fspath(path),
            hint=f"reinstall it: audiobook voices install {self.name}",
        )


def installed_voices(folder: Path) -> list[VoiceFiles]:
    """Return the voices in a folder, which may not exist, and in installed packages, ordered by name.

    Raises:
        StorageError: The folder cannot be read.
    """
    try:
        found = {entry.name for entry in os.scandir(folder) if entry.name.endswith(MODEL_SUFFIX)}
    except (FileNotFoundError, NotADirectoryError):
        found = set()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageError(f"reading failed: {reason}", where=os.fspath(folder)) from error
    voices = {name.removesuffix(MODEL_SUFFIX) for name in found}
    voices |= {name for name in packaged_names() if VoiceFiles(folder, name).model.is_file()}
    return [VoiceFiles(folder, name) for name in sorted(voices)]


def read_config(files: VoiceFiles) -> _Config:
    """Return the settings of a voice.

    Raises:
        EngineMissing: The settings are missing, damaged, or of an unsupported kind.
    """
    try:
        config = msgspec.json.decode(read_given(files.config, _MOST_CONFIG_BYTES), type=_Config)
    except OSError as error:
        raise files.damaged(files.config, error.strerror or type(error).__name__) from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise files.damaged(files.config, error) from error
    if config.audio.sample_rate not in RATES_HZ:
        raise files.damaged(files.config, f"MP3 does not support its rate of {config.audio.sample_rate} Hz")
    if config.phoneme_type not in ("espeak", "text"):
        raise files.damaged(files.config, f"its kind of phonemes is not supported: {config.phoneme_type}")
    return config


def describe_voice(engine: str, files: VoiceFiles) -> Voice:
    """Return the description of a voice.

    A voice whose settings cannot be read is described by its name, so that choosing it gives a clear error.

    Args:
        engine: Name of the engine.
        files: The files of the voice.
    """
    language, quality = _language_and_quality(files.name)
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
        display_name=display_name(config.dataset or _dataset(files.name)),
    )


def _language_and_quality(name: str) -> tuple[str, str]:
    """Return the language tag and the quality in a voice's name; "und" and "" if the name has another form."""
    found = VOICE_NAME.fullmatch(name)
    return (f"{found[1]}-{found[2]}", found[4]) if found else (_UNKNOWN_LANGUAGE, "")


def _dataset(name: str) -> str:
    """Return the data set in a voice's name, usually the speaker; the whole name if it has another form."""
    found = VOICE_NAME.fullmatch(name)
    return found[3] if found else name


@lru_cache(maxsize=16)
def voice_digest(files: VoiceFiles) -> str:
    """Return the SHA-256 digest of a voice's model and settings in hexadecimal, computed once in a process.

    Raises:
        EngineMissing: A file is missing, cannot be read, or differs from the one that was installed.
    """
    receipt = read_receipt(files)
    installed = {files.config: receipt.config, files.model: receipt.model} if receipt else {}
    state = hashlib.sha256()
    for path in (files.config, files.model):
        try:
            with open_given(path) as stream:
                found = hashlib.file_digest(stream, "sha256")
        except OSError as error:
            raise files.damaged(path, error.strerror or type(error).__name__) from error
        if path in installed and installed[path].sha256 != found.hexdigest():
            raise changed_since(files, path)
        state.update(found.digest())
    return state.hexdigest()
