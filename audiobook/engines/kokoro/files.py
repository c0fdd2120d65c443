"""The files of Kokoro on this computer, in a folder of their own in the voices folder.

Source: thewh1teagle/kokoro-onnx, release "model-files-v1.0".
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from functools import lru_cache
from pathlib import Path
from typing import Final

import msgspec

from audiobook.engines.base import Voice, display_name
from audiobook.errors import EngineMissing
from audiobook.system.opening import open_given, read_given

FOLDER_NAME: Final = "kokoro"
MODEL_NAMES: Final = {"full": "kokoro-v1.0.onnx", "int8": "kokoro-v1.0.int8.onnx"}
"""File name of the network in each precision; the preferred one comes first."""
STYLES_NAME: Final = "voices-v1.0.bin"
MEASURED_NAME: Final = "measured.json"
RATE_HZ: Final = 24000
_MOST_MEASURED_BYTES: Final = 1 << 20
_PHONEMES: Final = frozenset({"ipa"})


class KokoroLanguage(msgspec.Struct, frozen=True):
    """A language of Kokoro: its BCP 47 tag, its English name, and espeak-ng's tag for it."""

    tag: str
    name: str
    espeak: str


KOKORO_LANGUAGES: Final = {
    "a": KokoroLanguage("en-US", "American English", "en-us"),
    "b": KokoroLanguage("en-GB", "British English", "en-gb"),
    "e": KokoroLanguage("es", "Spanish", "es"),
    "f": KokoroLanguage("fr", "French", "fr-fr"),
    "h": KokoroLanguage("hi", "Hindi", "hi"),
    "i": KokoroLanguage("it", "Italian", "it"),
    "j": KokoroLanguage("ja", "Japanese", "ja"),
    "p": KokoroLanguage("pt-BR", "Brazilian Portuguese", "pt-br"),
    "z": KokoroLanguage("zh-CN", "Mandarin Chinese", "cmn"),
}
"""The languages by the first letter of the names of their voices."""
_SEXES: Final = {"f": "female", "m": "male"}
_GRADES: Final = {
    "high": "af_heart",
    "medium": "af_bella af_nicole bf_emma ff_siwis",
    "low": "af_alloy af_aoede af_kore af_nova af_sarah af_sky am_fenrir am_michael am_puck bf_isabella bm_fable bm_george "
    "hf_alpha hf_beta hm_omega hm_psi if_sara im_nicola jf_alpha jf_gongitsune jf_tebukuro",
    "x_low": "af_jessica af_river am_adam am_echo am_eric am_liam am_onyx am_santa bf_alice bf_lily bm_daniel bm_lewis "
    "jf_nezumi jm_kumo zf_xiaobei zf_xiaoni zf_xiaoxiao zf_xiaoyi zm_yunjian zm_yunxi zm_yunxia zm_yunyang",
}
"""The makers' grades: A is high, A- and B are medium, C is low, D and F are x_low.

Source: hexgrad/Kokoro-82M, VOICES.md.
"""


class KokoroFiles(msgspec.Struct, frozen=True):
    """The files of Kokoro.

    Attributes:
        model: Path of the network.
        styles: Path of the voices: an archive with one array for each voice.
    """

    model: Path
    styles: Path

    def damaged(self, path: Path, why: object) -> EngineMissing:
        """Return the error for a file that cannot be used; `why` completes “Kokoro cannot be used: ”."""
        return EngineMissing(
            f"Kokoro cannot be used: {why}",
            where=os.fspath(path),
            hint="reinstall it: audiobook voices install kokoro",
        )

    def voice_names(self) -> list[str]:
        """Return the names of all voices of known languages, in alphabetical order.

        Raises:
            EngineMissing: The voices cannot be read.
        """
        try:
            with zipfile.ZipFile(self.styles) as archive:
                names = [name.removesuffix(".npy") for name in archive.namelist()]
        except (OSError, zipfile.BadZipFile, ValueError) as error:
            raise self.damaged(self.styles, getattr(error, "strerror", None) or error) from error
        return sorted(name for name in names if name[:1] in KOKORO_LANGUAGES and name[1:3] in ("f_", "m_"))


class Measured(msgspec.Struct, frozen=True):
    """The measured speed of the installed networks on this computer.

    Attributes:
        chosen: The precision that `auto` uses.
        pace: Seconds of processor time per second of speech, by precision.
    """

    chosen: str
    pace: dict[str, float]

    @staticmethod
    def read(here: Path) -> Measured | None:
        """Return the results of the measurement during the installation; None if there was no measurement.

        Args:
            here: The folder of Kokoro.

        Raises:
            EngineMissing: The file with the result is damaged or cannot be read.
        """
        path = here / MEASURED_NAME
        try:
            return msgspec.json.decode(read_given(path, _MOST_MEASURED_BYTES), type=Measured)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "the file is damaged"
            raise EngineMissing(
                f"Kokoro cannot be used: {why}",
                where=os.fspath(path),
                hint="delete this file, and reinstall it: audiobook voices install kokoro",
            ) from error


def kokoro_files(folder: Path, precision: str) -> KokoroFiles:
    """Return the files in a voices folder.

    Args:
        folder: The voices folder.
        precision: `full` or `int8`. `auto` means the precision chosen during the installation, or the first installed
            one if none was chosen.

    Raises:
        EngineMissing: Kokoro is not installed in this precision.
    """
    here = folder / FOLDER_NAME
    wanted = [precision]
    if precision == "auto":
        measured = Measured.read(here)
        wanted = [*([measured.chosen] if measured and measured.chosen in MODEL_NAMES else []), *MODEL_NAMES]
    for name in map(MODEL_NAMES.__getitem__, wanted):
        if (here / name).exists() and (here / STYLES_NAME).exists():
            return KokoroFiles(here / name, here / STYLES_NAME)
    name = "kokoro-int8" if precision == "int8" else "kokoro"
    raise EngineMissing("Kokoro is not installed", hint=f"install it: audiobook voices install {name}")


def describe_voice(engine: str, name: str) -> Voice:
    """Return the description of a voice.

    Args:
        engine: Name of the engine.
        name: Name of the voice, such as `af_bella`.
    """
    spoken = KOKORO_LANGUAGES[name[0]]
    quality = next((grade for grade, names in _GRADES.items() if name in names.split()), "")
    speaker = display_name(name[3:])
    return Voice(
        engine,
        name,
        spoken.tag,
        f"{speaker}, {spoken.name}, {_SEXES[name[1]]}",
        RATE_HZ,
        quality=quality,
        phonemes=_PHONEMES,
        display_name=speaker,
    )


@lru_cache(maxsize=4)
def files_digest(files: KokoroFiles) -> str:
    """Return the SHA-256 digest of network and voices in hexadecimal, computed once in a process.

    Raises:
        EngineMissing: A file is missing or cannot be read.
    """
    state = hashlib.sha256()
    for path in (files.model, files.styles):
        try:
            with open_given(path) as stream:
                state.update(hashlib.file_digest(stream, "sha256").digest())
        except OSError as error:
            raise files.damaged(path, error.strerror or type(error).__name__) from error
    return state.hexdigest()
