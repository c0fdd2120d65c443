"""Which voices can be installed: what ships with the program, or what the repository's index said when it was asked.

Source: rhasspy/piper-voices, `voices.json`: by name of the voice its `files`, by their paths, with bytes and MD5.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec

from audiobook.engines.piper.receipt import ListedFile
from audiobook.engines.piper.voices import VOICE_NAME
from audiobook.errors import StorageError
from audiobook.files import storage_error, write_bytes
from audiobook.places import shown_address
from audiobook.voicebank.fetch import fetch_text

_INDEX: Final = "voices.json"
_KEPT: Final = "catalogue.json"
"""Where the index is kept, in the folder of the voices, once it was asked for."""
_MOST_INDEX_BYTES: Final = 16 << 20


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
    def is_complete(self) -> bool:
        """Whether it is known what its files have to be."""
        return all(file and file.is_sane for file in (self.model, self.config))

    def is_same(self, other: Installable) -> bool:
        """Whether its files are those of another description of the voice; where only one knows a card, it may differ."""
        pairs = ((self.model, other.model), (self.config, other.config), (self.card, other.card))
        return all(one.is_same(two) for one, two in pairs if one and two)

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
    """Return the voices that are known, by name: those of the kept index, else those that ship with the program.

    What an index says of a voice never replaces what ships with the program.

    Args:
        folder: Of the voices.

    Raises:
        StorageError: The kept index cannot be read.
    """
    indexed = indexed_voices(folder)
    shipped = shipped_voices()
    return {name: _pinned(voice, shipped) for name, voice in indexed.items()} if indexed else shipped


def _pinned(voice: Installable, shipped: dict[str, Installable]) -> Installable:
    known = shipped.get(voice.name)
    return known if known and known.is_complete else voice


def indexed_voices(folder: Path) -> dict[str, Installable]:
    """Return the voices of the kept index as the repository listed them; none where it was never asked for.

    Raises:
        StorageError: It cannot be read.
    """
    try:
        kept = msgspec.json.decode((folder / _KEPT).read_bytes(), type=_Catalogue)
    except (FileNotFoundError, NotADirectoryError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}
    except OSError as error:
        raise storage_error(error, folder / _KEPT, "reading") from error
    return {
        voice.name: voice for voice in kept.voices if VOICE_NAME.fullmatch(voice.name) and voice.is_complete
    }


def refresh_index(folder: Path, base_url: str) -> dict[str, Installable]:
    """Ask the repository for its index, keep it, and return its voices by name, as it lists them.

    Raises:
        StorageError: It cannot be fetched or kept, or is no index.
    """
    url = f"{base_url}/{_INDEX}"
    try:
        index = msgspec.json.decode(fetch_text(url, _MOST_INDEX_BYTES), type=dict[str, _Indexed])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise StorageError("is no index of voices", where=shown_address(url)) from error
    shipped = shipped_voices()
    found = (
        _listed(name, one.files, shipped) for name, one in sorted(index.items()) if VOICE_NAME.fullmatch(name)
    )
    voices = {voice.name: voice for voice in found if voice.is_complete}
    if not voices:
        raise StorageError("is an index without voices", where=shown_address(url))
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


def shipped_voices() -> dict[str, Installable]:
    """Return the voices that ship with the program, by name."""
    text = files("audiobook.voicebank").joinpath("catalogue.toml").read_text("utf-8")
    return {voice.name: voice for voice in msgspec.convert(tomllib.loads(text), _Catalogue).voices}
