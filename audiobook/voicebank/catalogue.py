"""The voices that can be installed: the list shipped with the program, or a downloaded index of the repository.

Source: rhasspy/piper-voices, `voices.json`: for each voice its `files` by path, with size and MD5.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec

from audiobook.engines.piper.receipt import FileDigests
from audiobook.engines.piper.voices import VOICE_NAME
from audiobook.errors import StorageError
from audiobook.files import storage_error, write_swept
from audiobook.places import shown_address
from audiobook.system.opening import read_given
from audiobook.voicebank.fetch import fetch_text

_INDEX: Final = "voices.json"
_SAVED_INDEX: Final = "catalogue.json"
"""File name of the downloaded index in the voices folder."""
_MOST_INDEX_BYTES: Final = 16 << 20
_QUALITIES: Final = ("high", "medium", "low", "x_low")


class Installable(msgspec.Struct, frozen=True, omit_defaults=True):
    """A voice that can be installed.

    Attributes:
        name: Name of the voice, for example `fi_FI-harri-medium`.
        licence: Licence of the recordings; empty if it is only known from the card.
        recommended: Whether this is the voice to install for its language.
        model: Length and digests of the network; None if only the repository's index has them.
        config: Length and digests of the settings; None if only the repository's index has them.
        card: Length and digests of the licence card; None if there is no card, or only the index has them.
    """

    name: str
    licence: str = ""
    recommended: bool = False
    model: FileDigests | None = None
    config: FileDigests | None = None
    card: FileDigests | None = None

    @property
    def is_complete(self) -> bool:
        """Whether the lengths and digests of model and settings are known."""
        return all(file and file.is_valid for file in (self.model, self.config))

    def is_same(self, other: Installable) -> bool:
        """Return whether two descriptions may be of the same files. Files that only one of them has are ignored."""
        pairs = ((self.model, other.model), (self.config, other.config), (self.card, other.card))
        return all(own.is_same(others) for own, others in pairs if own and others)

    @property
    def language(self) -> str:
        """BCP 47 tag of the language that the voice speaks."""
        return self._parts()[0].replace("_", "-")

    @property
    def quality(self) -> str:
        """The makers' quality rating: `high`, `medium`, `low` or `x_low`."""
        return self._parts()[2]

    @property
    def size_bytes(self) -> int | None:
        """Size of the model in bytes; None if unknown."""
        return self.model.size_bytes if self.model else None

    @property
    def address(self) -> str:
        """Path of the voice's folder in the repository, quoted for a URL."""
        code, dataset, quality = self._parts()
        return quote(f"{code.split('_')[0]}/{code}/{dataset}/{quality}")

    def _parts(self) -> tuple[str, str, str]:
        found = VOICE_NAME.fullmatch(self.name)
        assert found, "names are checked when they are read"
        return f"{found[1]}_{found[2]}", found[3], found[4]


class _Catalogue(msgspec.Struct, frozen=True):
    voices: tuple[Installable, ...]


class _Indexed(msgspec.Struct, frozen=True):
    files: dict[str, FileDigests]


def installable_voices(folder: Path) -> dict[str, Installable]:
    """Return the voices that can be installed, by name: those in the downloaded index, or else those that are shipped.

    The shipped description of a voice takes precedence over that of the index.

    Args:
        folder: The voices folder.

    Raises:
        StorageError: The downloaded index cannot be read.
    """
    indexed = indexed_voices(folder)
    shipped = shipped_voices()
    return {name: _pinned(voice, shipped) for name, voice in indexed.items()} if indexed else shipped


def _pinned(voice: Installable, shipped: dict[str, Installable]) -> Installable:
    known = shipped.get(voice.name)
    return known if known and known.is_complete else voice


def indexed_voices(folder: Path) -> dict[str, Installable]:
    """Return the voices of the downloaded index by name, as the repository listed them; empty if there is no index.

    Args:
        folder: The voices folder.

    Raises:
        StorageError: The index cannot be read.
    """
    try:
        saved = msgspec.json.decode(read_given(folder / _SAVED_INDEX, _MOST_INDEX_BYTES), type=_Catalogue)
    except (FileNotFoundError, NotADirectoryError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return {}
    except OSError as error:
        raise storage_error(error, folder / _SAVED_INDEX, "reading") from error
    return {
        voice.name: voice for voice in saved.voices if VOICE_NAME.fullmatch(voice.name) and voice.is_complete
    }


def refresh_index(folder: Path, base_url: str) -> dict[str, Installable]:
    """Download the repository's index, save it, and return its voices by name.

    Args:
        folder: The voices folder.
        base_url: Address of the repository, without a slash at the end.

    Raises:
        StorageError: The index cannot be downloaded or saved, or is not valid.
    """
    url = f"{base_url}/{_INDEX}"
    try:
        index = msgspec.json.decode(fetch_text(url, _MOST_INDEX_BYTES), type=dict[str, _Indexed])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise StorageError("not a valid index of voices", where=shown_address(url)) from error
    shipped = shipped_voices()
    found = (
        _from_index(name, entry.files, shipped)
        for name, entry in sorted(index.items())
        if VOICE_NAME.fullmatch(name)
    )
    voices = {voice.name: voice for voice in found if voice.is_complete}
    if not voices:
        raise StorageError("the index lists no voices", where=shown_address(url))
    write_swept(folder / _SAVED_INDEX, msgspec.json.encode(_Catalogue(tuple(voices.values()))))
    return voices


def recommended_voice(language: str, known: dict[str, Installable]) -> Installable | None:
    """Return the voice to install for a language; None if no voice speaks it.

    Recommended voices come first, then voices with a known licence, then those of the best quality.

    Args:
        language: BCP 47 tag; a tag without a region matches all regions.
        known: The voices to choose from, by name.
    """
    tag = language.lower()
    speaking = [voice for voice in known.values() if f"{voice.language.lower()}-".startswith(f"{tag}-")]
    return min(speaking, key=_rank, default=None)


def _rank(voice: Installable) -> tuple[bool, bool, int, str]:
    quality = _QUALITIES.index(voice.quality) if voice.quality in _QUALITIES else len(_QUALITIES)
    return not voice.recommended, not voice.licence, quality, voice.name


def _from_index(name: str, entry: dict[str, FileDigests], shipped: dict[str, Installable]) -> Installable:
    """Return a voice of the index. Only files whose names match the voice are used."""
    by_name = {path.rpartition("/")[2]: file for path, file in entry.items() if file.is_valid}
    own = shipped.get(name) or Installable(name)
    return Installable(
        name,
        own.licence,
        own.recommended,
        by_name.get(f"{name}.onnx"),
        by_name.get(f"{name}.onnx.json"),
        by_name.get("MODEL_CARD"),
    )


def shipped_voices() -> dict[str, Installable]:
    """Return the voices shipped with the program, by name."""
    text = files("audiobook.voicebank").joinpath("catalogue.toml").read_text("utf-8")
    return {voice.name: voice for voice in msgspec.convert(tomllib.loads(text), _Catalogue).voices}
