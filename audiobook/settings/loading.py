"""Loading settings: from `audiobook.toml`, the environment and options, validated."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, Final, get_args

import msgspec

from audiobook.encodings import text_encoding
from audiobook.errors import SettingsError, UsageError, near
from audiobook.languages import require_code
from audiobook.places import cache_folder, configuration_folder, folder_named
from audiobook.ranges import normal_ranges
from audiobook.settings.mistakes import FILE_NAME, explained, line_setting
from audiobook.settings.overlapping_folders import refuse_overlap
from audiobook.settings.presets import with_preset
from audiobook.settings.tables import (
    BESIDE,
    CREDITED,
    EVERY_LANGUAGE,
    EVERY_WORK,
    CreditsSettings,
    PaletteName,
    Settings,
    VoiceSettings,
    WorkSettings,
)
from audiobook.surrogates import is_text
from audiobook.toml import parse_toml

_PREFIX: Final = "AUDIOBOOK_"
FROM_ENVIRONMENT: Final = ("texts", "output", "store", "author", "engine", "encoding", "jobs", "cluster")
NOT_IN_FILES: Final = frozenset(("asked", "asked_cluster", "written"))
"""Fields that record what the user named on the command line or in the environment (see `agreements`), and the file."""
_OF_WORKS: Final = (
    "chapters",
    "skip",
    "merge",
    "rename",
    "title",
    "authors",
    "narrator",
    "cover",
    "palette",
)
_PROGRAMS: Final = "command"
"""Name of the engine that runs the user's own programs."""
_LONGEST_NAME_CHARS: Final = 200
_MOST_KBITS_LOW: Final = 160
_LEAST_RATE_HIGH_HZ: Final = 32000
"""MP3 allows higher bit rates only from this sample rate on."""
_BRACE: Final = re.compile(r"\{[^{}]*\}?|\}")
_EXPORTED: Final = ("epub", "lpf")
_KNOWN_FORMATS: Final = ("flac", "lrc", "m4b", "mp3", "opus", "srt", "vtt")


def load_settings(
    project: Path | None,
    flags: Mapping[str, Any],
    environment: Mapping[str, str],
    contents: bytes | None = None,
) -> Settings:
    """Return the settings of a project.

    Args:
        project: Its folder, with or without `audiobook.toml`; None without a project: then books are next to
        their texts, and the store is in the user's cache.
        flags: Values from the command line by field name, `voice` and `speed` for the voice of every language,
            `kbits`, and the fields of `WorkSettings` for the works named; None means that the option is not set.
        environment: `os.environ` or similar; `AUDIOBOOK_ENGINE` sets `engine`, and so on.
        contents: The future contents of `audiobook.toml`; None for its present ones.

    Returns:
        The settings; options override the environment, which overrides the file, which overrides the defaults.

    Raises:
        SettingsError: A key is unknown or a value is not valid, with `path:line`, or folders overlap.
    """
    for name, word in environment.items():
        if name.startswith(_PREFIX):
            _require_text(name, word)
    values, text = read_values(project, contents) if project is not None else ({}, "")
    _checked(_convert(values, text), text)
    for key in FROM_ENVIRONMENT:
        variable = environment.get(variable_of(key))
        if variable:
            values[key] = _number(variable) if key == "jobs" else variable
    given = {key: value for key, value in flags.items() if value is not None}
    given_places = given.keys() & {"texts", "output"}
    for key, value in given.items():
        for word in value if isinstance(value, tuple) else (value,):
            _require_text(key, word)
    voice, speed = given.pop("voice", None), given.pop("speed", None)
    choice: dict[str, Any] = {key: given.pop(key) for key in _OF_WORKS if key in given}
    if "kbits" in given:
        values["audio"] = values.get("audio", {}) | {"kbits": given.pop("kbits")}
    values.update(given)
    engine = given.get("engine") or environment.get(_PREFIX + "ENGINE")
    values["written"] = text
    values["asked"] = engine or ""
    values["asked_cluster"] = given.get("cluster") or environment.get(_PREFIX + "CLUSTER") or ""
    settings = _with_choice(_checked(_convert(values, ""), ""), choice)
    voiced = _with_speed(_with_voice(settings, engine, voice), speed)
    settings = with_preset(_with_publisher(voiced))
    settings = _with_places(settings, project, {*given_places, *_set_in(environment)}, given_places)
    refuse_overlap(project or Path(), settings)
    return settings


def _set_in(environment: Mapping[str, str]) -> set[str]:
    return {key for key in FROM_ENVIRONMENT if environment.get(variable_of(key))}


def _with_places(settings: Settings, project: Path | None, named: set[str], flagged: set[str]) -> Settings:
    """Return settings whose folders are relative to the project.

    Those on the command line are relative to the current folder.

    Args:
        settings: The settings.
        project: Folder of the project, or None.
        named: The folders that the command line or the environment names.
        flagged: Those that the command line names.
    """
    places: dict[str, str] = {}
    if project is None:
        if "output" not in named:
            places["output"] = BESIDE
        if "store" not in named:
            places["store"] = os.fspath(cache_folder())
    elif project != Path():
        for key in flagged:
            given = getattr(settings, key)
            places[key] = given if Path(given).is_absolute() else os.path.relpath(given, project)
    works = {
        slug: msgspec.structs.replace(work, cover=_cover_inside(project or Path(), slug, work.cover))
        if slug != EVERY_WORK and isinstance(work.cover, str)
        else work
        for slug, work in settings.works.items()
    }
    return msgspec.structs.replace(settings, works=works, **places)


def read_values(project: Path, contents: bytes | None = None) -> tuple[dict[str, Any], str]:
    """Return the values in the file of a project, with dotted names for the options of engines, and its text.

    Args:
        project: Folder of the project.
        contents: The future contents of the file; None for what it contains now.

    Raises:
        SettingsError: It cannot be read, is not TOML, or defines commands.
    """
    text = _read(project / FILE_NAME, contents)
    values = parse_toml(text, FILE_NAME, SettingsError)
    _refuse_commands(values, text)
    for key in NOT_IN_FILES & values.keys():
        raise SettingsError(f"unknown setting “{key}”", where=line_setting(text, [key]) or FILE_NAME)
    _flatten_options(values)
    return values, text


def variable_of(key: str) -> str:
    """Return the environment variable that sets a key."""
    return _PREFIX + key.upper()


def _refuse_commands(values: dict[str, Any], text: str) -> None:
    """Refuse definitions of programs: only the user may make them, and the project may come from a stranger."""
    engines = values.get("engines")
    for keys in (["engines", _PROGRAMS], [_PROGRAMS], [f"{_PROGRAMS}s"]):
        table = values if len(keys) == 1 else engines if isinstance(engines, dict) else {}
        if keys[-1] in table:
            raise SettingsError(
                "a project cannot define commands, because its files must not run programs",
                where=line_setting(text, keys) or FILE_NAME,
                hint=f"define them in your own file, {configuration_folder() / 'commands.toml'}",
            )


def _flatten_options(values: dict[str, Any]) -> None:
    """Name options in subtables with dots: `lang` in `[engines.openai.fields]` is `fields.lang`."""
    engines = values.get("engines")
    if isinstance(engines, dict):
        for name, options in engines.items():
            engines[name] = dict(_flat(options, "")) if isinstance(options, dict) else options


def _flat(options: dict[str, Any], begin: str) -> Iterator[tuple[str, Any]]:
    for name, value in options.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{begin}{name}.")
        else:
            yield f"{begin}{name}", value


def _require_text(name: str, value: object) -> None:
    if isinstance(value, str) and not is_text(value):
        raise SettingsError(f"{name} is not valid {sys.getfilesystemencoding().upper()}: “{value}”")


def _read(path: Path, contents: bytes | None) -> str:
    try:
        return (path.read_bytes() if contents is None else contents).decode("utf-8-sig")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise SettingsError("is not UTF-8", where=FILE_NAME, hint="save it as UTF-8") from error
    except OSError as error:
        raise SettingsError(f"cannot be read: {error.strerror}", where=FILE_NAME) from error


def _number(given: str) -> int:
    try:
        return int(given)
    except ValueError as error:
        raise SettingsError(f"AUDIOBOOK_JOBS must be a whole number, not “{given}”") from error


def _convert(values: dict[str, Any], text: str) -> Settings:
    """Return settings made from values.

    `text` is the file that contains them, or empty if they come from elsewhere.
    """
    try:
        return msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:
        raise explained(str(error), values, text) from error


def _checked(settings: Settings, text: str) -> Settings:
    folders = {key: _folder(settings, key, text) for key in ("texts", "output", "store")}
    for name in settings.formats or ():
        if name not in _KNOWN_FORMATS:
            raise SettingsError(
                f"unknown format “{name}”",
                where=line_setting(text, ["formats"]),
                hint=f"write it from a built work: audiobook export WORK --to {name}"
                if name in _EXPORTED
                else f"known: {', '.join(sorted(_KNOWN_FORMATS))}",
            )
    for tag in settings.voice:
        if tag != EVERY_LANGUAGE:
            _require_tag("voice", tag, text)
    for tag, told in settings.credits.items():
        _require_tag("credits", tag, text)
        _require_names_of_credits(tag, told, text)
    if settings.audio.kbits > _MOST_KBITS_LOW and settings.audio.rate_hz < _LEAST_RATE_HIGH_HZ:
        raise SettingsError(
            f"audio.kbits: more than {_MOST_KBITS_LOW} kbit/s need a sample rate of at least {_LEAST_RATE_HIGH_HZ} Hz",
            where=line_setting(text, ["audio", "kbits"]),
            hint="add to [audio]: rate_hz = 44100",
        )
    works = {slug: _choice(slug, work, text) for slug, work in settings.works.items()}
    encoding = text_encoding(settings.encoding)
    if encoding is None:
        raise SettingsError(
            f"unknown encoding “{settings.encoding}”",
            where=line_setting(text, ["encoding"]),
            hint=near(settings.encoding.lower(), _encodings()),
        )
    return msgspec.structs.replace(settings, encoding=encoding, works=works, **folders)


def _require_tag(table: str, tag: str, text: str) -> None:
    try:
        require_code(tag)
    except UsageError as error:
        raise SettingsError(
            f"{table}.{tag}: {error.message}", where=line_setting(text, [table, tag]), hint=error.hint
        ) from error


def _require_names_of_credits(tag: str, told: CreditsSettings, text: str) -> None:
    """Check that the sentences of credits have only known names in braces."""
    for key, sentences in (("opening", told.opening), ("closing", told.closing)):
        for sentence in sentences:
            if wrong := _BRACE.search(CREDITED.sub("", sentence)):
                raise SettingsError(
                    f"credits.{tag}.{key}: unknown name “{wrong.group()}”",
                    where=line_setting(text, ["credits", tag, key]),
                    hint="known: {title}, {authors}, {narrator}",
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


def _cover_inside(project: Path, slug: str, cover: str) -> str:
    """Return the path of a cover; a link that leads out of the project is refused."""
    path = project / cover
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(project)):
        raise SettingsError(
            f"works.{slug}.cover: the link leads out of the project",
            where=FILE_NAME,
            hint="copy the picture into the project",
        )
    return os.fspath(path)


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


def _with_voice(settings: Settings, engine: str | None, voice: str | None) -> Settings:
    """Return settings in which an engine or voice from outside the file applies to every language."""
    if engine is None and voice is None:
        return settings
    changed = {
        tag: msgspec.structs.replace(
            one, engine=engine or one.engine, name=voice if voice or engine else one.name, narrator=None
        )
        for tag, one in (settings.voice | {EVERY_LANGUAGE: VoiceSettings()}).items()
    }
    return msgspec.structs.replace(settings, voice=changed)


def _with_speed(settings: Settings, speed: float | None) -> Settings:
    """Return settings in which a speed from the command line applies to every language."""
    if speed is None:
        return settings
    every = settings.voice | {EVERY_LANGUAGE: settings.voice.get(EVERY_LANGUAGE, VoiceSettings())}
    changed = {tag: msgspec.structs.replace(one, speed=speed) for tag, one in every.items()}
    return msgspec.structs.replace(settings, voice=changed)


def _with_choice(settings: Settings, choice: Mapping[str, Any]) -> Settings:
    """Return settings in which the command line's settings of a work apply to every work."""
    if not choice:
        return settings
    try:
        chapters = normal_ranges(choice.get("chapters", ""))
    except ValueError as error:
        raise UsageError(
            f"--chapters: “{error.args[0]}” is not a number or a range",
            hint="write it like this: --chapters 3-7,10",
        ) from error
    for key, flag in (("title", "--title"), ("authors", "--author"), ("narrator", "--narrator")):
        _require_names(flag, choice.get(key, ()))
    palette = choice.get("palette")
    if palette is not None and palette not in get_args(PaletteName):
        raise UsageError(
            f"--palette: there are no colours “{palette}”", hint=near(palette, get_args(PaletteName))
        )
    rename = dict(map(_renaming, choice.get("rename", ())))
    given = msgspec.convert({**choice, "chapters": chapters, "rename": rename}, WorkSettings)
    return msgspec.structs.replace(settings, works={**settings.works, EVERY_WORK: given})


def _renaming(given: str) -> tuple[str, str]:
    """Return the chapter and its title in a `--rename` option."""
    name, sign, title = (part.strip() for part in given.partition("="))
    if not name or not sign or not any(map(str.isalnum, title)):
        raise UsageError(
            f"--rename: “{given}” does not name a chapter and its title",
            hint='write it like this: --rename "3=The Arrival"',
        )
    _require_names("--rename", title)
    return name, title


def _require_names(flag: str, given: str | tuple[str, ...]) -> None:
    for name in (given,) if isinstance(given, str) else given:
        if not name.strip() or len(name) > _LONGEST_NAME_CHARS:
            raise UsageError(f"{flag} must have 1 to {_LONGEST_NAME_CHARS} characters")


def _with_publisher(settings: Settings) -> Settings:
    """Return settings in which the project's author is the publisher if none is set."""
    author = settings.publish.author or settings.author
    return msgspec.structs.replace(settings, publish=msgspec.structs.replace(settings.publish, author=author))
