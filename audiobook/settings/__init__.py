"""Settings from `audiobook.toml`, the environment and options: immutable, validated, and with defaults."""

from audiobook.settings.loading import load_settings
from audiobook.settings.mistakes import FILE_NAME
from audiobook.settings.presets import ACX
from audiobook.settings.project_settings import (
    AUTO,
    BESIDE,
    EVERY_LANGUAGE,
    EVERY_WORK,
    Settings,
    core_count,
    worker_count,
)
from audiobook.settings.root import project_root
from audiobook.settings.setting_lines import errors_located, line_of
from audiobook.settings.tables import (
    CREDITED,
    AudioSettings,
    ChapterSettings,
    ChapterTitle,
    CoverSettings,
    CreditsSettings,
    ListenSettings,
    Mp3Settings,
    Option,
    PaletteName,
    PauseSettings,
    PublishSettings,
    VoiceSettings,
    WorkSettings,
)

__all__ = [
    "ACX",
    "AUTO",
    "BESIDE",
    "CREDITED",
    "EVERY_LANGUAGE",
    "EVERY_WORK",
    "FILE_NAME",
    "AudioSettings",
    "ChapterSettings",
    "ChapterTitle",
    "CoverSettings",
    "CreditsSettings",
    "ListenSettings",
    "Mp3Settings",
    "Option",
    "PaletteName",
    "PauseSettings",
    "PublishSettings",
    "Settings",
    "VoiceSettings",
    "WorkSettings",
    "core_count",
    "errors_located",
    "line_of",
    "load_settings",
    "project_root",
    "worker_count",
]
