"""Which voices can be installed: what ships with the program, or what the repository's index said when it was asked.

Source: rhasspy/piper-voices, `voices.json`: by name of the voice its `files`, by their paths, with bytes and MD5.
"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec

from audiobook.engines.piper_voices import VOICE_NAME
from audiobook.errors import StorageError
from audiobook.files import storage_error, write_bytes
from audiobook.voicebank.fetch import fetch_text

_INDEX: Final = "voices.json"
_KEPT: Final = "catalogue.json"
"""Where the index is kept, in the folder of the voices, once it was asked for."""
_MOST_INDEX_BYTES: Final = 16 << 20
_MOST_FILE_BYTES: Final = 1 << 30
_DIGEST = re.compile(r"[0-9a-fA-F]{32}")


class ListedFile(msgspec.Struct, frozen=True):
    """Bytes and MD5 of a file."""

    size_bytes: int
    md5_digest: str

    @property
    def is_sane(self) -> bool:
        """Whether these can be a file's."""
        return 0 < self.size_bytes <= _MOST_FILE_BYTES and bool(_DIGEST.fullmatch(self.md5_digest))


class Installable(msgspec.Struct, frozen=True, omit_defaults=True):
    """A voice that can be installed.

    Attributes:
        name: Such as `fi_FI-harri-medium`.
        licence: Of the recordings, as far as it is known here; its card tells.
        model: Its network; None where only the repository knows.
        config: Its settings; likewise.
        card: Where it comes from; likewise, or where there is none.
    """

    name: str
    licence: str = ""
    model: ListedFile | None = None
    config: ListedFile | None = None
    card: ListedFile | None = None

    @property
    def language(self) -> str:
        """BCP 47 tag of what it speaks."""
        return self._parts()[0].replace("_", "-")

    @property
    def quality(self) -> str:
        """How natural it is, by its makers' word."""
        return self._parts()[2]

    @property
    def size_bytes(self) -> int | None:
        """Bytes of its model; None where they are not known."""
        return self.model.size_bytes if self.model else None

    @property
    def address(self) -> str:
        """Its folder in the repository, quoted for an address."""
        code, dataset, quality = self._parts()
        return quote(f"{code.split('_')[0]}/{code}/{dataset}/{quality}")

    def _parts(self) -> tuple[str, str, str]:
        found = VOICE_NAME.fullmatch(self.name)
        assert found, "names are checked where they come from"
        return f"{found[1]}_{found[2]}", found[3], found[4]


class _Catalogue(msgspec.Struct, frozen=True):
    voices: tuple[Installable, ...]


class _Indexed(msgspec.Struct, frozen=True):
    files: dict[str, ListedFile]


def installable_voices(folder: Path) -> dict[str, Installable]:
    """Give the voices that are known, by name: those of the kept index, else those that ship with the program.

    Args:
        folder: Of the voices.

    Raises:
        StorageError: The kept index cannot be read.
    """
    shipped = _shipped()
    try:
        kept = msgspec.json.decode((folder / _KEPT).read_bytes(), type=_Catalogue)
    except (FileNotFoundError, NotADirectoryError, msgspec.MsgspecError, UnicodeDecodeError):
        return shipped
    except OSError as error:
        raise storage_error(error, folder / _KEPT, "reading") from error
    return {voice.name: voice for voice in kept.voices if VOICE_NAME.fullmatch(voice.name)}


def refresh_catalogue(folder: Path, base_url: str) -> dict[str, Installable]:
    """Ask the repository for its index, keep it, and give its voices by name.

    Raises:
        StorageError: It cannot be fetched or kept, or is no index.
    """
    url = f"{base_url}/{_INDEX}"
    try:
        index = msgspec.json.decode(fetch_text(url, _MOST_INDEX_BYTES), type=dict[str, _Indexed])
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise StorageError("is no index of voices", where=url) from error
    shipped = _shipped()
    found = (
        _listed(name, one.files, shipped) for name, one in sorted(index.items()) if VOICE_NAME.fullmatch(name)
    )
    voices = {voice.name: voice for voice in found if voice.model and voice.config}
    if not voices:
        raise StorageError("is an index without voices", where=url)
    write_bytes(folder / _KEPT, msgspec.json.encode(_Catalogue(tuple(voices.values()))))
    return voices


def _listed(name: str, listed: dict[str, ListedFile], shipped: dict[str, Installable]) -> Installable:
    """Give a voice of the index; its files stand where its name says, and nowhere else."""
    by_name = {path.rpartition("/")[2]: file for path, file in listed.items() if file.is_sane}
    licence = shipped[name].licence if name in shipped else ""
    return Installable(
        name,
        licence,
        by_name.get(f"{name}.onnx"),
        by_name.get(f"{name}.onnx.json"),
        by_name.get("MODEL_CARD"),
    )


def _shipped() -> dict[str, Installable]:
    text = files("audiobook.voicebank").joinpath("catalogue.toml").read_text("utf-8")
    return {voice.name: voice for voice in msgspec.convert(tomllib.loads(text), _Catalogue).voices}
