"""Installed voices: whether their files are still those that were installed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from audiobook.commands.doctor.finding import Finding, Level, failure
from audiobook.engines.kokoro.files import FOLDER_NAME
from audiobook.engines.neural.folder import voices_folder
from audiobook.engines.piper.receipt import file_digests, read_receipt
from audiobook.engines.piper.voices import VoiceFiles, installed_voices, read_config, voice_digest
from audiobook.errors import AudiobookError, EngineMissing, UsageError
from audiobook.files import storage_error
from audiobook.report.steps import Steps
from audiobook.settings import Settings
from audiobook.system.opening import open_given
from audiobook.voicebank.catalogue import shipped_voices
from audiobook.voicebank.kokoro import KOKORO, PinnedFile

Check = Callable[[], Finding | None]
"""Examines one voice or file; returns None if there is nothing to report."""


def examine_voices(settings: Settings, *, quiet: bool) -> Iterator[Finding]:
    """Yield which voices differ from those that were installed, or cannot be compared, and how many are intact."""
    try:
        piper = _folder(settings, "piper")
        checks: list[Check] = [partial(_piper_voice, files) for files in installed_voices(piper)]
        checks += _kokoro_checks(_folder(settings, "kokoro") / FOLDER_NAME)
    except (EngineMissing, UsageError, AudiobookError) as error:
        yield failure("voices", Level.WARNING, error)
        return
    intact = 0
    with Steps("reading voices", len(checks), quiet=quiet) as steps:
        for check in checks:
            found = check()
            intact += found is None
            steps.step()
            if found:
                yield found
    if intact:
        yield Finding("voices", Level.OK, f"{intact} of {len(checks)} files of voices are as installed", facts={"intact": intact, "installed": len(checks)})  # fmt: skip
    elif not checks:
        yield Finding("voices", Level.NOTE, "no voice is installed besides those of espeak-ng", "for natural voices: audiobook voices --installable")  # fmt: skip


def _folder(settings: Settings, engine: str) -> Path:
    return voices_folder(str(settings.engines.get(engine, {}).get("voices_folder", "")))


def _piper_voice(files: VoiceFiles) -> Finding | None:
    try:
        read_config(files)
        voice_digest(files)
        if read_receipt(files) is None:
            return _without_receipt(files)
    except AudiobookError as error:
        return failure("voices", Level.WARNING, error)
    except OSError as error:
        return failure("voices", Level.WARNING, storage_error(error, files.model, "reading"))
    return None


def _without_receipt(files: VoiceFiles) -> Finding | None:
    """Compare a manually copied voice with the voice of the same name in the bundled list."""
    known = shipped_voices().get(files.name)
    if known is None or known.model is None:
        message = f"{files.name} was not installed by audiobook, so its files cannot be compared"
        return Finding("voices", Level.NOTE, message)
    if known.model.is_same(file_digests(files.model)):
        return None
    message = f"{files.name} differs from the published voice of that name"
    return Finding(
        "voices", Level.WARNING, message, f"if that is not intended: audiobook voices install {files.name}"
    )


def _kokoro_checks(here: Path) -> Iterator[Check]:
    names: dict[str, tuple[str, PinnedFile]] = {}
    for name, files in KOKORO.items():
        names |= {file.name: (names.get(file.name, (name,))[0], file) for file in files}
    for name, pinned in names.values():
        if (here / pinned.name).exists():
            yield partial(_kokoro_file, here / pinned.name, pinned, name)


def _kokoro_file(path: Path, pinned: PinnedFile, name: str) -> Finding | None:
    try:
        with open_given(path) as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        return failure("voices", Level.WARNING, storage_error(error, path, "reading"))
    if found == pinned.sha256:
        return None
    return Finding("voices", Level.WARNING, f"{path} is damaged, or not the released file", f"reinstall it: remove the file, and run audiobook voices install {name}")  # fmt: skip
