"""`audiobook voices install`, `add`, `remove` and `--installable`: Piper voices and Kokoro on this computer."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from audiobook.commands.output import print_json, print_line, print_note, print_table
from audiobook.engines.kokoro.files import FOLDER_NAME, RATE_HZ
from audiobook.engines.neural.folder import voices_folder
from audiobook.engines.piper.receipt import read_receipt
from audiobook.engines.piper.voices import VoiceFiles, describe_voice, installed_voices
from audiobook.errors import EngineMissing, SettingsError
from audiobook.languages import covers, is_real
from audiobook.places import shown_address
from audiobook.report.base import QuietReporter
from audiobook.report.columns import is_drawable
from audiobook.report.sizes import size_in_words
from audiobook.settings import Settings
from audiobook.voicebank.catalogue import Installable
from audiobook.voicebank.install import DEFAULT_BASE_URL, Voicebank, card_of
from audiobook.voicebank.installation import Progress
from audiobook.voicebank.kokoro import (
    DEFAULT_KOKORO_URL,
    KOKORO,
    LICENCE,
    install_kokoro,
    languages,
    remove_kokoro,
)
from audiobook.voicebank.precision import measure_precisions

_PIPER: Final = "piper"
_KOKORO: Final = "kokoro"
_TAG: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""A language tag; no voice has such a name."""
_SHOWN_AFTER_S: Final = 1.0
_EVERY_LINE_S: Final = 10.0


def bank_of(settings: Settings) -> Voicebank:
    """Return the voicebank configured in the settings.

    Raises:
        SettingsError: An option is not a string.
    """
    base_url = _option(settings, _PIPER, "base_url") or DEFAULT_BASE_URL
    return Voicebank(voices_folder(_option(settings, _PIPER, "voices_folder")), base_url.rstrip("/"))


def install_voices(
    settings: Settings, names: Sequence[str], *, refresh: bool, accept_changed: bool, as_json: bool
) -> int:
    """Install voices and print the origin and licence of each.

    Returns:
        0.

    Raises:
        UsageError: A voice does not exist.
        StorageError: A voice cannot be downloaded or written.
    """
    bank = bank_of(settings)
    if not KOKORO.keys() >= set(names):
        _name_server(settings, _PIPER)
    done: list[dict[str, object]] = []
    for wanted in names:
        if wanted in KOKORO:
            done.append(_install_kokoro(settings, wanted, as_json=as_json))
            continue
        name = _voice_named(bank, wanted, as_json=as_json)
        with download_bar(name, hidden=as_json) as progress:
            files = bank.install(
                name, progress, QuietReporter().warn, refresh=refresh, accept_changed=accept_changed
            )
        done.append(_reported(files, "installed", as_json=as_json))
    if as_json:
        print_json({"installed": done})
    return 0


def add_voices(settings: Settings, sources: Sequence[str], *, as_json: bool) -> int:
    """Add voices from files, folders, wheels, addresses or installed packages, and print the origin and licence of each.

    Returns:
        0.

    Raises:
        UsageError: A source contains no voice, or another voice of that name is installed.
        StorageError: A voice cannot be read, downloaded or written.
    """
    from audiobook.voicebank.add import add_voices as added_from

    with download_bar("voice", hidden=as_json) as progress:
        added = added_from(bank_of(settings), sources, progress, QuietReporter().warn)
    done = [
        _reported(one.files, "added" if one.is_new else "already installed:", as_json=as_json)
        for one in added
    ]
    if as_json:
        print_json({"added": done})
    return 0


def _name_server(settings: Settings, engine: str) -> None:
    """Warn if voices come from a server that the project names, because it may come from a stranger."""
    if base_url := _option(settings, engine, "base_url"):
        QuietReporter().warn(
            f"the settings of this project name the server of the voices: {shown_address(base_url)} "
            f"(base_url in [engines.{engine}])"
        )


def _voice_named(bank: Voicebank, name: str, *, as_json: bool) -> str:
    """Return the name of the voice to install: the given one, or the recommended one if a language is given."""
    if not _TAG.fullmatch(name) or not is_real(name):
        return name
    voice = bank.recommended(name)
    if not as_json:
        size = "size unknown" if voice.size_bytes is None else size_in_words(voice.size_bytes)
        licence = voice.licence or "see its card"
        print_line(f"{name}: {voice.name}, {size}, licence: {licence}")
    return voice.name


def _reported(files: VoiceFiles, what: str, *, as_json: bool) -> dict[str, object]:
    """Print what was done with a voice, and its card; return its description for JSON."""
    voice, card, receipt = describe_voice(_PIPER, files), card_of(files), read_receipt(files)
    if not as_json:
        print_line(f"{what} {files.name}: {files.model}")
        for line in card.splitlines():
            print_line(f"  {line}")
        if not card:
            print_line("  it has no card: find out its licence before you publish a book")
    return {
        "voice": files.name,
        "language": voice.language,
        "quality": voice.quality,
        "rate_hz": voice.rate_hz,
        "model": str(files.model),
        "sha256": receipt.model.sha256 if receipt else None,
        "card": card,
    }


def _install_kokoro(settings: Settings, name: str, *, as_json: bool) -> dict[str, object]:
    base_url = _option(settings, _KOKORO, "base_url") or DEFAULT_KOKORO_URL
    _name_server(settings, _KOKORO)
    with download_bar(name, hidden=as_json) as progress:
        model = install_kokoro(
            _kokoro_folder(settings), KOKORO[name], progress, QuietReporter().warn, base_url
        )
    measured = measure_precisions(_kokoro_folder(settings))
    card = f"Kokoro-82M by hexgrad, licence {LICENCE}: https://huggingface.co/hexgrad/Kokoro-82M"
    if not as_json:
        print_line(f"installed {name}: {model}")
        print_line(f"  {card}")
        if measured:
            paces = ", ".join(f"{precision} {pace:.2f} s" for precision, pace in measured.pace.items())
            print_line(f"  processor time per second of speech: {paces}; used: {measured.chosen}")
    return {
        "voice": name,
        "language": "mul",
        "quality": "high",
        "rate_hz": RATE_HZ,
        "model": str(model),
        "sha256": KOKORO[name][-1].sha256,
        "card": card,
        "pace": measured.pace if measured else None,
        "used": measured.chosen if measured else None,
    }


def _kokoro_folder(settings: Settings) -> Path:
    return voices_folder(_option(settings, _KOKORO, "voices_folder"))


def _option(settings: Settings, engine: str, name: str) -> str:
    value = settings.engines.get(engine, {}).get(name, "")
    if not isinstance(value, str):
        raise SettingsError(f"[engines.{engine}] {name} must be a string")
    return value


def remove_voices(settings: Settings, names: Sequence[str], *, as_json: bool) -> int:
    """Remove installed voices.

    Returns:
        0.

    Raises:
        UsageError: A voice is not installed.
        StorageError: A voice cannot be removed.
    """
    bank = bank_of(settings)
    freed = {
        name: remove_kokoro(_kokoro_folder(settings), name) if name in KOKORO else bank.remove(name)
        for name in dict.fromkeys(names)
    }
    if as_json:
        print_json({"removed": [{"voice": name, "freed_bytes": size} for name, size in freed.items()]})
    else:
        for name, size in freed.items():
            print_line(f"removed {name}, {size_in_words(size)} freed")
    return 0


def list_installable(settings: Settings, language: str | None, *, refresh: bool, as_json: bool) -> int:
    """Print the voices that can be installed, for one language or for all.

    Returns:
        0.

    Raises:
        EngineMissing: No voice is known for the language.
        StorageError: The repository cannot be reached.
    """
    bank = bank_of(settings)
    if refresh:
        _name_server(settings, _PIPER)
    known = bank.known(refresh=refresh)
    chosen = [voice for voice in known.values() if language is None or covers(language, voice.language)]
    kokoro = [tag for tag in languages() if language is None or covers(language, tag)]
    if not chosen and not kokoro:
        hint = (
            "to list the voices: audiobook voices --installable"
            if refresh
            else "use `--refresh` to download the current list"
        )
        raise EngineMissing(f"no installable voice for “{language}”", hint=hint)
    installed = {files.name for files in installed_voices(bank.folder)}
    others = [_kokoro_entry(settings, name) for name in KOKORO] if kokoro else []
    if as_json:
        print_json({"installable": [*(_as_json(voice, installed) for voice in chosen), *others]})
    else:
        rows = [("VOICE", "LANGUAGE", "QUALITY", "SIZE", "LICENCE", "INSTALLED")]
        print_table(
            [
                *rows,
                *(_row(voice, installed) for voice in chosen),
                *(_kokoro_row(other, kokoro) for other in others),
            ],
            shortened=(rows[0].index("VOICE"), rows[0].index("LICENCE")),
        )
    return 0


def _kokoro_entry(settings: Settings, name: str) -> dict[str, object]:
    model = _kokoro_folder(settings) / FOLDER_NAME / KOKORO[name][-1].name
    return {
        "voice": name,
        "language": "mul",
        "quality": "high",
        "size_bytes": sum(file.size_bytes for file in KOKORO[name]),
        "licence": LICENCE,
        "is_installed": model.exists(),
    }


def _kokoro_row(entry: dict[str, object], tags: Sequence[str]) -> tuple[str, ...]:
    size = size_in_words(sum(file.size_bytes for file in KOKORO[str(entry["voice"])]))
    there = "yes" if entry["is_installed"] else "no"
    return str(entry["voice"]), ", ".join(tags), str(entry["quality"]), size, LICENCE, there


def _as_json(voice: Installable, installed: set[str]) -> dict[str, object]:
    return {
        "voice": voice.name,
        "language": voice.language,
        "quality": voice.quality,
        "size_bytes": voice.size_bytes,
        "licence": voice.licence or None,
        "is_installed": voice.name in installed,
    }


def _row(voice: Installable, installed: set[str]) -> tuple[str, ...]:
    size = "-" if voice.size_bytes is None else size_in_words(voice.size_bytes)
    there = "yes" if voice.name in installed else "no"
    return voice.name, voice.language, voice.quality, size, voice.licence or "see its card", there


class _Lines:
    """Prints the progress of a download in a log, at most every ten seconds."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._next_s = time.monotonic() + _EVERY_LINE_S

    def tell(self, here: int, total: int) -> None:
        if time.monotonic() >= self._next_s:
            self._next_s = time.monotonic() + _EVERY_LINE_S
            print_note(f"{self._name}: {size_in_words(here)} of {size_in_words(total)}")


@contextmanager
def download_bar(name: str, *, hidden: bool) -> Iterator[Progress]:
    """Yield a progress callback that draws a bar on a terminal after the first second, or prints a line now and then."""
    if hidden or not is_drawable(sys.stderr):
        yield (lambda _here, _total: None) if hidden else _Lines(name).tell
        return
    from rich.console import Console  # 40 ms
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    begun = time.monotonic()
    columns = TextColumn("{task.description}"), BarColumn(24), DownloadColumn(), TimeRemainingColumn()
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task(name, total=None)

    def show(here: int, total: int) -> None:
        if time.monotonic() - begun > _SHOWN_AFTER_S:
            bar.start()
        bar.update(task, completed=here, total=total)

    try:
        yield show
    finally:
        bar.stop()
