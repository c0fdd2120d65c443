"""Settings from `audiobook.toml`, the environment and options: immutable, validated, and with defaults."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, get_args

import msgspec
from msgspec import Meta

from audiobook.encodings import UTF_8, text_encoding
from audiobook.errors import SettingsError, UsageError, near
from audiobook.places import folder_named
from audiobook.ranges import normal_ranges
from audiobook.surrogates import is_text
from audiobook.toml import parse_toml

FILE_NAME: Final = "audiobook.toml"
_PREFIX: Final = "AUDIOBOOK_"

EVERY_WORK: Final = "*"
"""The key of a choice of chapters made on the command line, for every work that it names."""

EVERY_LANGUAGE: Final = "*"
"""The key of a voice named on the command line, for languages without a table of their own."""


AUTO: Final = "auto"
"""The engine name that means the best available engine that works offline."""

Option = str | int | float | bool

Milliseconds = Annotated[int, Meta(ge=0, le=60_000)]
Episodes = Literal["work", "chapter"]


class VoiceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The voice of a language: `[voice.fi]`.

    Attributes:
        engine: Name of the engine; None means that of the project.
        name: The engine's name of the voice; None means its best for the language.
        speed: Factor of the voice's normal pace.
        pitch: Factor of the voice's normal pitch.
        volume: Factor of loudness relative to the other voices.
    """

    engine: str | None = None
    name: str | None = None
    speed: Annotated[float, Meta(ge=0.5, le=3.0)] = 1.0
    pitch: Annotated[float, Meta(ge=0.5, le=2.0)] = 1.0
    volume: Annotated[float, Meta(ge=0.1, le=4.0)] = 1.0


class WorkSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One work: `[works.my-essay]`, by its slug.

    Attributes:
        chapters: Numbers of the chapters to read aloud, such as `3-7,10`; empty for all.
        skip: Titles or numbers of chapters to leave out.
    """

    chapters: str | int = ""
    skip: tuple[str | int, ...] = ()


class PauseSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Pauses in milliseconds: `[pauses]`.

    Attributes:
        start: Before the first word.
        sentence: Between two sentences of a paragraph.
        paragraph: After a paragraph.
        title: After the title.
        heading: After a heading.
        chapter: Before a chapter that begins with a heading.
        scene: In place of a line of signs, for example `* * *`.
        end: After the last word.
    """

    start: Milliseconds = 500
    sentence: Milliseconds = 350
    paragraph: Milliseconds = 700
    title: Milliseconds = 1200
    heading: Milliseconds = 900
    chapter: Milliseconds = 1800
    scene: Milliseconds = 1800
    end: Milliseconds = 1500


class AudioSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Encoding and loudness: `[audio]`.

    Attributes:
        kbits: Constant bit rate of the MP3 in kbit/s.
        quality: LAME's quality, from 0 (slowest, best) to 9; 7 is hard to tell from 2 in speech.
        loudness_lufs: Target of the integrated loudness.
        peak_dbtp: Highest permitted true peak.
    """

    kbits: Annotated[int, Meta(ge=32, le=160)] = 64
    quality: Annotated[int, Meta(ge=0, le=9)] = 7
    loudness_lufs: Annotated[float, Meta(ge=-40, le=-10)] = -19.0
    peak_dbtp: Annotated[float, Meta(ge=-12, le=0)] = -1.0


Minutes = Annotated[float, Meta(ge=1, le=600)]


class ChapterSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How chapters are found and shaped: `[chapters]`.

    Attributes:
        pattern: Regular expression for the first line of a heading in texts that mark no headings; None lets the
            text decide.
        split_min: Chapters longer than this many minutes are cut into parts; None leaves them whole.
        merge_min: Chapters shorter than this many minutes are joined to the next one; None keeps them.
        say_titles: Whether the headings of chapters are spoken.
    """

    pattern: str | None = None
    split_min: Minutes | None = None
    merge_min: Minutes | None = None
    say_titles: bool = True


class PublishSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The feeds and the site: `[publish]`.

    Attributes:
        base_url: Address of the publication.
        title: Title of the feeds and the site.
        description: Their description.
        author: The publisher; None means the project's author.
        email: E-mail address of the publisher; public, because the feed contains it.
        category: Apple's category, with a subcategory after `>`.
        explicit: Whether the works are not suitable for children.
        license: Licence of the texts and the audio, for example `CC-BY-4.0`.
        episodes: Whether an episode is a whole work or a chapter.
    """

    base_url: str | None = None
    title: str | None = None
    description: str | None = None
    author: str | None = None
    email: str | None = None
    category: str = "Arts > Books"
    explicit: bool = False
    license: str | None = None
    episodes: Episodes = "work"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All settings of a project.

    Attributes:
        texts: Folder of the texts, relative to the project's folder.
        output: Output folder.
        store: Folder of the cached clips; safe to delete.
        author: Author of texts that do not name one.
        engine: Engine of languages that do not name one; `auto` means the best available one that works offline.
        fallback: Engine for languages that the chosen engine does not speak; None makes that an error.
        engines: Tables of the engines by name: `[engines.openai]`.
        formats: Output formats of each work.
        encoding: Encoding of texts that are not UTF-8 and have no byte order mark.
        jobs: Number of parallel processes; 0 means one for each core.
        narrate: Parts of books to read aloud that are left out by default, for example `footnotes`.
        voice: Voices by language tag.
        pauses: Pauses.
        audio: Encoding and loudness.
        chapters: How chapters are found and shaped.
        publish: The feeds and the site.
        works: Which chapters of single works to read aloud, by slug.
    """

    texts: str = "texts"
    output: str = "output"
    store: str = ".audiobook"
    author: str | None = None
    engine: str = AUTO
    fallback: str | None = None
    engines: dict[str, dict[str, Option]] = {}
    formats: tuple[str, ...] = ("mp3",)
    encoding: str = UTF_8
    jobs: Annotated[int, Meta(ge=0, le=256)] = 0
    narrate: tuple[str, ...] = ()
    voice: dict[str, VoiceSettings] = {}
    pauses: PauseSettings = PauseSettings()
    audio: AudioSettings = AudioSettings()
    chapters: ChapterSettings = ChapterSettings()
    publish: PublishSettings = PublishSettings()
    works: dict[str, WorkSettings] = {}

    def work_of(self, slug: str) -> WorkSettings:
        """Return the settings of a work; those of the command line apply to every work that it names."""
        return self.works.get(EVERY_WORK) or self.works.get(slug) or WorkSettings()

    def voice_of(self, language: str) -> VoiceSettings:
        """Return the voice settings of a language: those of its full tag, else of its first part."""
        by_tag = {tag.lower(): voice for tag, voice in self.voice.items()}
        tag = language.lower()
        for known in (tag, tag.split("-")[0], EVERY_LANGUAGE):
            if known in by_tag:
                return by_tag[known]
        return VoiceSettings()


_FROM_ENVIRONMENT: Final = ("texts", "output", "store", "author", "engine", "encoding", "jobs")
_KNOWN_FORMATS: Final = ("mp3",)


def load_settings(project: Path, flags: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """Return the settings of a project.

    Args:
        project: Its folder, with or without `audiobook.toml`.
        flags: Values from the command line by field name, `voice` for the name of a voice, and `chapters` and
            `skip` for a choice of chapters; None means that the option is not set.
        environment: `os.environ` or similar; `AUDIOBOOK_ENGINE` sets `engine`, and so on.

    Returns:
        The settings; options override the environment, which overrides the file, which overrides the defaults.

    Raises:
        SettingsError: A key is unknown or a value is not valid, with `path:line`.
    """
    for name, word in environment.items():
        if name.startswith(_PREFIX):
            _require_text(name, word)
    path = project / FILE_NAME
    text = _read(path)
    values = parse_toml(text, FILE_NAME, SettingsError)
    _checked(_convert(values, text), text)
    for key in _FROM_ENVIRONMENT:
        variable = environment.get(_PREFIX + key.upper())
        if variable:
            values[key] = _number(variable) if key == "jobs" else variable
    given = {key: value for key, value in flags.items() if value is not None}
    for key, value in given.items():
        for word in value if isinstance(value, tuple) else (value,):
            _require_text(key, word)
    voice = given.pop("voice", None)
    choice: dict[str, Any] = {key: given.pop(key) for key in ("chapters", "skip") if key in given}
    values.update(given)
    engine = given.get("engine") or environment.get(_PREFIX + "ENGINE")
    settings = _with_choice(_checked(_convert(values, ""), ""), choice)
    return _with_publisher(_with_voice(settings, engine, voice))


def _require_text(name: str, value: object) -> None:
    if isinstance(value, str) and not is_text(value):
        raise SettingsError(f"{name} is not valid {sys.getfilesystemencoding().upper()}: “{value}”")


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
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
    """Return settings made from values; `text` is the file that contains them, empty if they have another source."""
    try:
        return msgspec.convert(values, Settings)
    except msgspec.ValidationError as error:
        raise _explained(str(error), values, text) from error


_TABLES: Final[dict[str, type[msgspec.Struct]]] = {
    "pauses": PauseSettings,
    "audio": AudioSettings,
    "chapters": ChapterSettings,
    "publish": PublishSettings,
    "voice": VoiceSettings,
    "works": WorkSettings,
}


_NAMED_TABLES: Final = {"voice": "voice.<language>", "works": "works.<name>"}
"""Tables with a table in them for each name, as headers show them."""


def _explained(message: str, values: dict[str, Any], text: str) -> SettingsError:
    """Return our error for the library's message, with the line of the key and a hint about a similar key."""
    path = re.search(r" - at `\$\.?(.*)`$", message)
    keys = [key for key in re.split(r"[.\[\]]+", path.group(1)) if key] if path else []
    if path and keys[:1] in (["voice"], ["works"]):
        # The library does not say which of the tables it means.
        wrong = _wrong_table(values[keys[0]], _TABLES[keys[0]])
        keys = [keys[0], wrong, *path.group(1).split("]", 1)[-1].split(".")[1:]]
    body = message[: path.start()] if path else message
    if keys[:1] == ["engines"]:
        keys = ["engines", *_wrong_option(values["engines"])]
    unknown = re.search(r"unknown field `(.+?)`", body)
    if unknown:
        table = _TABLES.get(keys[0]) if keys else Settings
        known = table.__struct_fields__ if table else ()
        where = _where(text, [*keys, unknown.group(1)])
        return SettingsError(
            f"unknown setting “{unknown.group(1)}”",
            where=where,
            hint=_near_setting(unknown.group(1), keys, known),
        )
    keys = [key for key in keys if key]
    hint = f"known: {', '.join(get_args(Episodes))}" if keys == ["publish", "episodes"] else None
    return SettingsError(f"{'.'.join(keys)} {_requirement(body)}", where=_where(text, keys), hint=hint)


def _near_setting(name: str, keys: list[str], known: tuple[str, ...]) -> str | None:
    """Return a hint with the nearest setting, or with the tables that have a setting of this name."""
    if not keys and name not in known:
        tables = [table for table, kind in _TABLES.items() if name in kind.__struct_fields__]
        if tables:
            headers = [f"`[{_NAMED_TABLES.get(table, table)}]`" for table in tables]
            return f"did you mean `{name}` under {' or '.join(headers)}?"
    return near(name, known)


_KINDS: Final = {
    "int": "a whole number",
    "float": "a number",
    "str": "a string",
    "bool": "true or false",
    "array": "a list",
    "object": "a table",
}
"""Names of value types in a message."""
_LIMITS: Final = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than"}


def _requirement(message: str) -> str:
    """Return a message of msgspec as a requirement: "must be at most 3.0", "must be a whole number"."""
    if limit := re.fullmatch(r"Expected `\w+` (<=|>=|<|>) (\S+)", message):
        return f"must be {_LIMITS[limit.group(1)]} {limit.group(2)}"
    if kind := re.fullmatch(r"Expected `([\w |]+)`, got `\w+`", message):
        names = [_KINDS[name] for name in kind.group(1).split(" | ") if name in _KINDS]
        *others, last = [name for name in names if name != "a whole number" or "a number" not in names]
        return f"must be {', '.join(others)} or {last}" if others else f"must be {last}"
    if wrong := re.fullmatch(r"Invalid enum value '(.*)'", message, re.DOTALL):
        return f"cannot be “{wrong.group(1)}”"
    return f"is not valid: {message[:1].lower()}{message[1:]}"


def _wrong_table(tables: object, kind: type[msgspec.Struct]) -> str:
    """Return the name of the first table that is not valid."""
    for name, table in tables.items() if isinstance(tables, dict) else ():
        try:
            msgspec.convert(table, kind)
        except msgspec.ValidationError:
            return str(name)
    return ""


def _wrong_option(engines: object) -> list[str]:
    """Return the keys under `engines` that lead to the first value of a wrong type; empty if there are none."""
    for engine, options in engines.items() if isinstance(engines, dict) else ():
        if not isinstance(options, dict):
            return [str(engine)]
        for name, value in options.items():
            if not isinstance(value, str | int | float):
                return [str(engine), str(name)]
    return []


_HEADER = re.compile(r"\s*\[+([^\]]+)\]")
_PART: Final = r"""(?: [\w-]+ | "[^"]*" | '[^']*' )"""
"""A part of a key, for use in a verbose expression: speed, "pt-BR"."""
_KEY_PART = re.compile(_PART, re.VERBOSE)
_ASSIGNMENT = re.compile(
    rf"""
    \s* ( {_PART} (?: \s* \. \s* {_PART} )* )  # voice.fi.speed
    \s* =
    """,
    re.VERBOSE,
)


def _where(text: str, keys: list[str]) -> str | None:
    """Return `path:line` of the line that sets a key; None if the file does not set it."""
    table: list[str] = []
    header_line = None
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            table = _parts(header.group(1))
            if table == keys:
                header_line = header_line or number
        elif assignment := _ASSIGNMENT.match(line):
            full = table + _parts(assignment.group(1))
            if full == keys[: len(full)]:
                return f"{FILE_NAME}:{number}"
    return f"{FILE_NAME}:{header_line}" if header_line else None


def _parts(key: str) -> list[str]:
    """Return the parts of a dotted TOML key."""
    return [part.strip("\"'") for part in _KEY_PART.findall(key)]


def _checked(settings: Settings, text: str) -> Settings:
    folders = {key: _folder(settings, key, text) for key in ("texts", "output", "store")}
    for name in settings.formats:
        if name not in _KNOWN_FORMATS:
            raise SettingsError(
                f"unknown format “{name}”",
                where=_where(text, ["formats"]),
                hint=near(name, _KNOWN_FORMATS),
            )
    works = {slug: _choice(slug, work, text) for slug, work in settings.works.items()}
    encoding = text_encoding(settings.encoding)
    if encoding is None:
        raise SettingsError(
            f"unknown encoding “{settings.encoding}”",
            where=_where(text, ["encoding"]),
            hint=near(settings.encoding.lower(), _encodings()),
        )
    return msgspec.structs.replace(settings, encoding=encoding, works=works, **folders)


def _choice(slug: str, work: WorkSettings, text: str) -> WorkSettings:
    """Return the settings of a work with its ranges in one way of writing."""
    try:
        chapters = normal_ranges(str(work.chapters))
    except ValueError as error:
        raise SettingsError(
            f"works.{slug}.chapters: “{error.args[0]}” is not a number or a range",
            where=_where(text, ["works", slug, "chapters"]),
            hint='write it like this: chapters = "3-7,10"',
        ) from error
    return WorkSettings(chapters, tuple(map(str, work.skip)))


def _folder(settings: Settings, key: str, text: str) -> str:
    """Return a folder of the settings, with `~` expanded, as no shell does it for a file or the environment."""
    try:
        return folder_named(getattr(settings, key))
    except UsageError as error:
        raise SettingsError(f"{key}: {error.message}", where=_where(text, [key]), hint=error.hint) from error


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
            one, engine=engine or one.engine, name=voice if voice or engine else one.name
        )
        for tag, one in (settings.voice | {EVERY_LANGUAGE: VoiceSettings()}).items()
    }
    return msgspec.structs.replace(settings, voice=changed)


def _with_choice(settings: Settings, choice: Mapping[str, Any]) -> Settings:
    """Return settings in which a choice of chapters from the command line applies to every work."""
    if not choice:
        return settings
    try:
        chapters = normal_ranges(choice.get("chapters", ""))
    except ValueError as error:
        raise UsageError(
            f"--chapters: “{error.args[0]}” is not a number or a range",
            hint="write it like this: --chapters 3-7,10",
        ) from error
    given = WorkSettings(chapters, tuple(choice.get("skip", ())))
    return msgspec.structs.replace(settings, works={**settings.works, EVERY_WORK: given})


def _with_publisher(settings: Settings) -> Settings:
    """Return settings in which the project's author is the publisher if none is set."""
    author = settings.publish.author or settings.author
    return msgspec.structs.replace(settings, publish=msgspec.structs.replace(settings.publish, author=author))


def worker_count(settings: Settings) -> int:
    """Return the number of parallel processes: as set, else one for each available core."""
    if settings.jobs:
        return settings.jobs
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
