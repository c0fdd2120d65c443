"""Installing voices into the voices folder, and removing them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec

from audiobook.engines.packaged import distribution_of
from audiobook.engines.piper.receipt import Receipt, file_digests, read_receipt
from audiobook.engines.piper.voices import VOICE_NAME, VoiceFiles, installed_voices
from audiobook.errors import EngineMissing, SettingsError, UsageError, meant, near
from audiobook.files import storage_error, write_swept
from audiobook.languages import meant_tag
from audiobook.places import shown_address
from audiobook.system.locks import locked
from audiobook.voicebank.catalogue import (
    Installable,
    installable_voices,
    recommended_voice,
    refresh_index,
    shipped_voices,
)
from audiobook.voicebank.fetch import Download, UnexpectedFile, require_safe
from audiobook.voicebank.installation import Progress, fetch_missing, put_in_place, remove_files

DEFAULT_BASE_URL: Final = "https://huggingface.co/rhasspy/piper-voices/resolve/main"
"""The repository of voices that Piper's own downloader uses."""
LOCK_NAME: Final = ".lock"


class Voicebank(msgspec.Struct, frozen=True):
    """A voices folder and the repository of its voices.

    Attributes:
        folder: The voices folder; created when the first voice is installed.
        base_url: Address of the repository, without a slash at the end.
    """

    folder: Path
    base_url: str = DEFAULT_BASE_URL

    def known(self, *, refresh: bool = False) -> dict[str, Installable]:
        """Return the voices that can be installed, by name.

        Args:
            refresh: Whether to download the repository's index first.

        Raises:
            SettingsError: The repository's address is invalid.
            StorageError: The index cannot be read or downloaded.
        """
        if refresh:
            self._require_good_address()
            refresh_index(self.folder, self.base_url)
        return installable_voices(self.folder)

    def recommended(self, language: str) -> Installable:
        """Return the voice to install for a language. If no known voice speaks it, the repository's index is downloaded.

        Args:
            language: BCP 47 tag; a tag without a region matches all regions.

        Raises:
            UsageError: No voice speaks the language.
            StorageError: The index cannot be read or downloaded.
        """
        for refresh in (False, True):
            if voice := recommended_voice(language, self.known(refresh=refresh)):
                return voice
        raise UsageError(
            f"the repository has no voice for “{language}”", hint="list them: audiobook voices --installable"
        )

    def install(
        self,
        name: str,
        progress: Progress,
        on_wait: Callable[[str], None],
        *,
        refresh: bool = False,
        accept_changed: bool = False,
    ) -> VoiceFiles:
        """Download a voice's files, check them, and move them into the folder, the model last.

        A voice that is shipped in the catalogue, or was installed before, is pinned: other files of the same name are
        refused unless `accept_changed` is set. If the files of another voice differ from the downloaded index, the index
        is downloaded again once, because it may be outdated.

        Args:
            name: Name of the voice, for example `fi_FI-harri-medium`.
            progress: Called with the progress of the download.
            on_wait: Called with the name of another process that is installing voices, which this one waits for.
            refresh: Whether to download the index first.
            accept_changed: Whether to install the repository's current files even if the voice is pinned.

        Returns:
            The installed files. If they are already installed and intact, nothing is downloaded.

        Raises:
            UsageError: There is no voice of this name.
            UnexpectedFile: The voice has changed in the repository.
            StorageError: A file cannot be downloaded or written. What was downloaded so far is kept.
        """
        self._require_good_address()
        if not VOICE_NAME.fullmatch(name):
            tag = meant_tag(name) if name.isalpha() else None
            close = f"did you mean {tag}?" if tag else meant(name, self.known())
            raise UsageError(
                f"“{name}” is not a voice name",
                hint=close or "to list the voices: audiobook voices --installable",
            )
        with locked(self.folder / LOCK_NAME, on_wait=on_wait) as announce:
            announce()
            place = VoiceFiles(self.folder, name, in_packages=False)
            installed = _installed(place)
            if installed and not (refresh or accept_changed) and _is_intact(place, installed):
                return place
            pins = () if accept_changed else self._pins(name, installed)
            voice = self._from_index(name) if refresh or accept_changed else self._first_choice(name, pins)
            voice = self._as_pinned(voice, pins)
            try:
                return self._fetch(voice, progress)
            except UnexpectedFile:
                newer = self._from_index(name)
                if newer.is_same(voice):
                    raise
                return self._fetch(self._as_pinned(newer, pins), progress)

    def _pins(self, name: str, installed: Installable | None) -> tuple[Installable, ...]:
        """Return the pinned descriptions of a voice: as installed before, and as shipped with the program."""
        shipped = shipped_voices().get(name)
        return tuple(pin for pin in (installed, shipped) if pin and pin.is_complete)

    def _first_choice(self, name: str, pins: tuple[Installable, ...]) -> Installable:
        """Return the description to try first: the last pin, or that of the downloaded index, or that of a new index."""
        if pins:
            return pins[-1]
        known = self.known().get(name)
        return known if known and known.is_complete else self._from_index(name)

    def _as_pinned(self, voice: Installable, pins: tuple[Installable, ...]) -> Installable:
        """Return the pin that matches a description, because it has more digests; without pins, the description itself.

        Raises:
            UnexpectedFile: No pin matches.
        """
        if not pins:
            return voice
        for pin in pins:
            if voice.is_same(pin):
                return pin
        raise UnexpectedFile(
            f"{voice.name} has changed at {shown_address(self.base_url)}: "
            "its files are not the ones known or installed before",
            hint=f"if you trust the new files: audiobook voices install {voice.name} --accept-changed",
        )

    def _require_good_address(self) -> None:
        """Check that the repository's address is valid, and contains nothing that messages must not show.

        Raises:
            SettingsError: The address is invalid, or contains a name, password, query or fragment.
        """
        if not {"@", "?", "#"}.isdisjoint(self.base_url):
            raise SettingsError(
                "base_url in [engines.piper] must not contain a name, password or query",
                hint="put a name and password for its host into ~/.netrc",
            )
        require_safe(self.base_url)

    def remove(self, name: str) -> int:
        """Remove a voice, and return the number of bytes freed.

        Raises:
            UsageError: The voice is not installed, or belongs to an installed package.
            StorageError: A file cannot be removed.
        """
        installed = {files.name: files for files in installed_voices(self.folder)}
        if name not in installed:
            raise UsageError(f"the voice “{name}” is not installed", hint=near(name, installed))
        voice = installed[name]
        if voice.home != self.folder:
            raise UsageError(
                f"the voice “{name}” belongs to an installed package",
                hint=f"remove it with: pip uninstall {distribution_of(name)}",
            )
        return remove_files((voice.model, voice.config, voice.card, voice.receipt))

    def _from_index(self, name: str) -> Installable:
        """Download the repository's index, and return the voice in it."""
        listed = refresh_index(self.folder, self.base_url)
        if name not in listed:
            raise UsageError(f"the repository has no voice “{name}”", hint=near(name, listed))
        return listed[name]

    def _fetch(self, voice: Installable, progress: Progress) -> VoiceFiles:
        place = VoiceFiles(self.folder, voice.name, in_packages=False)
        parts = (
            (voice.card, place.card, "MODEL_CARD"),
            (voice.config, place.config, place.config.name),
            (voice.model, place.model, place.model.name),
        )
        listed = [
            Download(self._url(voice, remote), path, file.size_bytes, file.md5_digest, file.sha256)
            for file, path, remote in parts
            if file
        ]
        fetched = fetch_missing(listed, progress)
        write_receipt(place, {file.path: file.part for file in fetched})
        put_in_place(fetched)
        return place

    def _url(self, voice: Installable, remote: str) -> str:
        return f"{self.base_url}/{voice.address}/{quote(remote)}"


def _installed(place: VoiceFiles) -> Installable | None:
    """Return the description of an installed voice; None if it has no receipt or a damaged one."""
    try:
        receipt = read_receipt(place)
    except EngineMissing:
        return None
    return (
        Installable(place.name, model=receipt.model, config=receipt.config, card=receipt.card)
        if receipt
        else None
    )


def _is_intact(place: VoiceFiles, installed: Installable) -> bool:
    """Return whether all files of a voice are the ones that were installed."""
    parts = ((place.model, installed.model), (place.config, installed.config), (place.card, installed.card))
    try:
        return all(path.is_file() and file_digests(path) == file for path, file in parts if file)
    except OSError:
        return False


def write_receipt(place: VoiceFiles, moving: Mapping[Path, Path]) -> None:
    """Write the receipt of a voice. It is written before the files are moved, so that an interrupted move can resume.

    Args:
        place: The final paths of the files.
        moving: The current path of each file that is not in its final place yet, by its final path.

    Raises:
        StorageError: A file cannot be read, or the receipt cannot be written.
    """
    try:
        found = {path: moving.get(path, path) for path in (place.model, place.config, place.card)}
        model, config, card = (file_digests(at) if at.is_file() else None for at in found.values())
    except OSError as error:
        raise storage_error(error, place.receipt, "writing") from error
    if model and config:
        data = msgspec.json.format(msgspec.json.encode(Receipt(model, config, card)), indent=1)
        write_swept(place.receipt, data + b"\n")


def card_of(files: VoiceFiles) -> str:
    """Return the text of a voice's licence card; empty if there is no card.

    Raises:
        StorageError: The card exists but cannot be read.
    """
    try:
        return files.card.read_bytes().decode("utf-8", "replace").strip()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise storage_error(error, files.card, "reading") from error
