"""Put voices into the folder of the voices, and take them out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import quote

from audiobook.engines.piper_voices import VOICE_NAME, VoiceFiles, installed_voices
from audiobook.errors import UsageError, near
from audiobook.files import storage_error
from audiobook.locks import locked
from audiobook.voicebank.catalogue import Installable, installable_voices, refresh_catalogue
from audiobook.voicebank.fetch import NotAsListed, Wanted, fetch_file, require_safe

DEFAULT_BASE_URL: Final = "https://huggingface.co/rhasspy/piper-voices/resolve/main"
"""The repository of the voices, as Piper's own downloader has it."""
_LOCK_NAME: Final = ".lock"

Progress = Callable[[int, int], None]
"""Is told how many bytes of how many are there."""


@dataclass(frozen=True, slots=True)
class Voicebank:
    """A folder of voices and the repository that they come from.

    Attributes:
        folder: Where voices are; made when the first is installed.
        base_url: Where they come from, without a slash at its end.
    """

    folder: Path
    base_url: str = DEFAULT_BASE_URL

    def known(self, *, refresh: bool = False) -> dict[str, Installable]:
        """Give the voices that can be installed, by name.

        Args:
            refresh: Whether to ask the repository.

        Raises:
            SettingsError: The repository's address cannot be meant.
            StorageError: What is known cannot be read, or the repository cannot be asked.
        """
        if not refresh:
            return installable_voices(self.folder)
        require_safe(self.base_url)
        return refresh_catalogue(self.folder, self.base_url)

    def install(
        self, name: str, progress: Progress, on_wait: Callable[[str], None], *, refresh: bool = False
    ) -> VoiceFiles:
        """Fetch a voice's files, check them, and put them into the folder, the model last.

        Where the files are not as they are known here, the repository's index is asked once: it may have newer ones.

        Args:
            name: Such as `fi_FI-harri-medium`.
            progress: Hears of bytes.
            on_wait: Hears of another process that is installing.
            refresh: Whether to ask for the index first.

        Raises:
            UsageError: There is no such voice.
            StorageError: It cannot be fetched or written; what has come is kept for the next time.
        """
        require_safe(self.base_url)
        if not VOICE_NAME.fullmatch(name):
            raise UsageError(f"not a name of a voice: “{name}”", hint=near(name, self.known()))
        with locked(self.folder / _LOCK_NAME, on_wait=on_wait) as announce:
            announce()
            voice = None if refresh else self.known().get(name)
            if voice is None or not (voice.model and voice.config):
                return self._fetch(self._listed(name), progress)
            try:
                return self._fetch(voice, progress)
            except NotAsListed:
                newer = self._listed(name)
                if newer == voice:
                    raise
                return self._fetch(newer, progress)

    def remove(self, name: str) -> int:
        """Remove a voice, and give how many bytes that freed.

        Raises:
            UsageError: It is not installed.
            StorageError: It cannot be removed.
        """
        installed = {files.name: files for files in installed_voices(self.folder)}
        if name not in installed:
            raise UsageError(f"the voice “{name}” is not installed", hint=near(name, installed))
        voice = installed[name]
        freed = 0
        for path in (voice.model, voice.config, voice.card):
            try:
                freed += path.stat().st_size
                path.unlink()
            except FileNotFoundError:
                continue
            except OSError as error:
                raise storage_error(error, path, "removing") from error
        return freed

    def _listed(self, name: str) -> Installable:
        """Give a voice as the repository's index lists it."""
        known = self.known(refresh=True)
        if name not in known:
            raise UsageError(f"there is no voice “{name}” to install", hint=near(name, known))
        return known[name]

    def _fetch(self, voice: Installable, progress: Progress) -> VoiceFiles:
        place = VoiceFiles(self.folder, voice.name)
        told = (
            (voice.card, place.card, "MODEL_CARD"),
            (voice.config, place.config, place.config.name),
            (voice.model, place.model, place.model.name),
        )
        listed = [
            Wanted(self._url(voice, remote), path, file.size_bytes, file.md5_digest)
            for file, path, remote in told
            if file
        ]
        wanted = [one for one in listed if not one.is_there()]
        total, before = sum(one.size_bytes for one in wanted), 0
        for one in wanted:
            fetch_file(one, partial(_tell, progress, before, total))
            before += one.size_bytes
        for one in wanted:
            try:
                one.part.replace(one.path)
            except OSError as error:
                raise storage_error(error, one.path, "writing") from error
        return place

    def _url(self, voice: Installable, remote: str) -> str:
        return f"{self.base_url}/{voice.address}/{quote(remote)}"


def _tell(progress: Progress, before: int, total: int, here: int) -> None:
    progress(before + here, total)


def card_of(files: VoiceFiles) -> str:
    """Give what a voice's card says; nothing where it has none.

    Raises:
        StorageError: It is there but cannot be read.
    """
    try:
        return files.card.read_bytes().decode("utf-8", "replace").strip()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise storage_error(error, files.card, "reading") from error
