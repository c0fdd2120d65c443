"""The speech recogniser for `audiobook check --listen`, made ready."""

from __future__ import annotations

from audiobook.commands.output import print_note
from audiobook.commands.voices.install import download_bar
from audiobook.errors import UsageError
from audiobook.listening.model import MODEL_NAME, Listener, find_listener, model_folder
from audiobook.report.base import QuietReporter
from audiobook.settings import Settings
from audiobook.voicebank.recogniser import LICENCE, install_recogniser


def prepared_listener(settings: Settings, *, download: bool, as_json: bool) -> Listener:
    """Return the recogniser, after downloading its model if the user asked for that.

    Raises:
        EngineMissing: It is not installed.
        UsageError: A download was requested, but the settings name another model.
        StorageError: The model cannot be downloaded, written or read.
    """
    name = settings.listen.model
    if download and name:
        raise UsageError(
            "the settings name another model, so nothing was downloaded", hint="remove `model` from [listen]"
        )
    if download:
        with download_bar(MODEL_NAME, hidden=as_json) as progress:
            install_recogniser(model_folder(None), progress, QuietReporter().warn)
        print_note(f"{MODEL_NAME} is installed: {model_folder(None)} (OpenAI Whisper, licence {LICENCE})")
    return find_listener(name)
