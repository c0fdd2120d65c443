"""Validating settings: what their types cannot express, with the line of each mistake."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Final

import msgspec

from audiobook.encodings import text_encoding
from audiobook.errors import SettingsError, UsageError, near
from audiobook.languages import require_code
from audiobook.places import folder_named
from audiobook.ranges import normal_ranges
from audiobook.settings.mistakes import explained, line_setting
from audiobook.settings.project_settings import EVERY_LANGUAGE, Settings
from audiobook.settings.tables import CREDITED, CreditsSettings, WorkSettings

_MOST_KBITS_LOW: Final = 160
_LEAST_RATE_HIGH_HZ: Final = 32000
"""MP3 allows higher bit rates only from this sample rate on."""
_BRACE: Final = re.compile(r"\{[^{}]*\}?|\}")
KNOWN_FORMATS: Final = ("epub", "flac", "lpf", "lrc", "m4b", "mp3", "opus", "srt", "vtt")


def validated(values: dict[str, Any], text: str) -> Settings:
    """Return the settings made from values, with encodings, ranges and folders in their normal form.

    Args:
        values: The values by key, as in `audiobook.toml`; options of engines have dotted names.
        text: The file that contains them; empty if they come from elsewhere.

    Raises:
        SettingsError: A key is unknown or a value is not valid; with `path:line` if it is in the file.
    """
    return _checked(_convert(values, text), text)


def _convert(values: dict[str, Any], text: str) -> Settings:
    try:
        return msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:
        raise explained(str(error), values, text) from error


def _checked(settings: Settings, text: str) -> Settings:
    """Return settings that their types allow in their normal form, after checking the rest."""
    folders = {key: _folder(settings, key, text) for key in ("texts", "output", "store", "library")}
    _require_formats(settings, text)
    for tag in settings.voice:
        if tag != EVERY_LANGUAGE:
            _require_tag("voice", tag, text)
    for tag, credits in settings.credits.items():
        _require_tag("credits", tag, text)
        _require_names_of_credits(tag, credits, text)
    _require_possible_rate(settings, text)
    works = {slug: _choice(slug, work, text) for slug, work in settings.works.items()}
    encoding = _encoding(settings, text)
    return msgspec.structs.replace(settings, encoding=encoding, works=works, **folders)


def _require_formats(settings: Settings, text: str) -> None:
    """Check that the formats of a build are known."""
    for name in settings.formats or ():
        if name not in KNOWN_FORMATS:
            where = line_setting(text, ["formats"])
            several = re.findall(r"\w+", name)
            if len(several) > 1 and set(several) <= set(KNOWN_FORMATS):
                hint = f"name each by itself: {_as_written(several) if where else _as_typed(several)}"
            else:
                hint = near(name, KNOWN_FORMATS) or ""
            raise SettingsError(f"unknown format “{name}”", where=where, hint=hint)


def _as_written(formats: Sequence[str]) -> str:
    return f"formats = [{', '.join(f'{chr(34)}{name}{chr(34)}' for name in formats)}]"


def _as_typed(formats: Sequence[str]) -> str:
    return " ".join(f"--format {name}" for name in formats)


def _require_possible_rate(settings: Settings, text: str) -> None:
    """Check that an MP3 with the bit rate can have the sample rate."""
    if settings.audio.kbits > _MOST_KBITS_LOW and settings.audio.rate_hz < _LEAST_RATE_HIGH_HZ:
        raise SettingsError(
            f"audio.kbits: more than {_MOST_KBITS_LOW} kbit/s need a sample rate of at least {_LEAST_RATE_HIGH_HZ} Hz",
            where=line_setting(text, ["audio", "kbits"]),
            hint="add to [audio]: rate_hz = 44100",
        )


def _encoding(settings: Settings, text: str) -> str:
    """Return the usual name of the encoding of texts."""
    encoding = text_encoding(settings.encoding)
    if encoding is None:
        raise SettingsError(
            f"unknown encoding “{settings.encoding}”",
            where=line_setting(text, ["encoding"]),
            hint=near(settings.encoding.lower(), _encodings()),
        )
    return encoding


def _require_tag(table: str, tag: str, text: str) -> None:
    try:
        require_code(tag)
    except UsageError as error:
        raise SettingsError(
            f"{table}.{tag}: {error.message}", where=line_setting(text, [table, tag]), hint=error.hint
        ) from error


def _require_names_of_credits(tag: str, credits: CreditsSettings, text: str) -> None:
    """Check that the sentences of credits have only known names in braces."""
    for key, sentences in (("opening", credits.opening), ("closing", credits.closing)):
        for sentence in sentences:
            if wrong := _BRACE.search(CREDITED.sub("", sentence)):
                raise SettingsError(
                    f"credits.{tag}.{key}: unknown name “{wrong.group()}”",
                    where=line_setting(text, ["credits", tag, key]),
                    hint=near(wrong.group(), ("{title}", "{authors}", "{narrator}")),
                )


def _choice(slug: str, work: WorkSettings, text: str) -> WorkSettings:
    """Return the settings of a work with its ranges normalised."""
    try:
        chapters = normal_ranges(str(work.chapters))
    except ValueError as error:
        raise SettingsError(
            f"works.{slug}.chapters: “{error.args[0]}” is not a number or a range",
            where=line_setting(text, ["works", slug, "chapters"]),
            hint='write it like this: chapters = "3-7,10"',
        ) from error
    if work.cover is not False and work.cover is not None:
        _require_inside(slug, work.cover, text)
    skip, merge = tuple(map(str, work.skip)), tuple(map(str, work.merge))
    return msgspec.structs.replace(work, chapters=chapters, skip=skip, merge=merge)


def _require_inside(slug: str, cover: str | bool, text: str) -> None:
    """Refuse a cover outside the project: its settings may come from a stranger, and covers are published."""
    if not isinstance(cover, str) or not cover.strip() or not _is_inside(cover):
        raise SettingsError(
            f"works.{slug}.cover must be the path of a picture in the project, or false",
            where=line_setting(text, ["works", slug, "cover"]),
            hint='write it like this: cover = "pictures/front.jpg"',
        )


def _is_inside(given: str) -> bool:
    absolute = PurePosixPath(given).is_absolute() or PureWindowsPath(given).anchor
    return not absolute and given.isprintable() and ".." not in PureWindowsPath(given).parts


def _folder(settings: Settings, key: str, text: str) -> str:
    """Return a folder of the settings with `~` expanded, which no shell does in a file or a variable."""
    try:
        return folder_named(getattr(settings, key))
    except UsageError as error:
        raise SettingsError(
            f"{key}: {error.message}", where=line_setting(text, [key]), hint=error.hint
        ) from error


def _encodings() -> list[str]:
    """Return the names of all text encodings."""
    from encodings.aliases import aliases  # only needed for an error

    names = {*aliases, *aliases.values()}
    return sorted({name.replace("_", "-") for name in names if text_encoding(name)})
