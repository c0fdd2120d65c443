"""A proposed choice for a work: its cost, and writing it into `audiobook.toml`."""

from __future__ import annotations

from collections.abc import MutableMapping
from functools import partial
from typing import Any, Final, Literal

import msgspec

from audiobook.errors import UsageError, near
from audiobook.pipeline.cost import SpeechToMake
from audiobook.pipeline.planning.staleness import plan_edition
from audiobook.pipeline.project import Project
from audiobook.pipeline.scripts.cast import Cast
from audiobook.pipeline.scripts.narrated import NarrationCache
from audiobook.pipeline.scripts.scripting import script_book
from audiobook.pipeline.texts.edition import Edition
from audiobook.pipeline.voices.choosing import ChosenVoice, Voices, parallel_for
from audiobook.pipeline.voices.gain import UNMEASURED, VoiceLevel, voice_level
from audiobook.settings import FILE_NAME, ChapterTitle, PaletteName, PauseSettings, Settings
from audiobook.sources.base import PARTS
from audiobook.studio.desk.choices.chapters import chapter_settings
from audiobook.studio.desk.edits import contents_of, edit, edited, set_values
from audiobook.studio.desk.shelf import Shelf

RoleName = Literal["headings", "quotations", "notes", "dialogue"]
"""A role that can have its own voice, as in the settings."""
PauseName = Literal["start", "sentence", "paragraph", "title", "heading", "chapter", "scene", "end"]
"""A pause that can be chosen, as in the settings."""


_PICTURES: Final = "pictures"
KINDS: Final = (*(part for part in PARTS if not part.startswith("-")), _PICTURES)
"""Kinds of text that can be read aloud or left out."""


class Wanted(msgspec.Struct, frozen=True):
    """The choices that a page requests for a work.

    Attributes:
        title: Its title; empty for that of the text.
        authors: Its authors; empty for those of the text.
        narrator: The name given as its narrator; empty for that of the voice.
        voice: Engine and name of the voice of its language, with a space between; empty for the best one.
        speed: Pace relative to the voice's normal pace.
        left_out: Numbers of the chapters to leave out; None leaves the choice as it is.
        merged: Numbers of the chapters to join to the one before; None leaves that as it is.
        titles: New titles by the numbers of chapters; None leaves them as they are.
        palette: Colours of its drawn cover; empty for those of the project. None leaves them as they are.
        cast: Names of the voices of roles; empty for that of the project or the main one. A role that is missing stays as it is.
        speakers: The same by the name of each speaker.
        kinds: The kinds of text to read aloud in all works, of those in `KINDS`. None leaves that as it is.
        pauses: Pauses of all works in milliseconds, by their names in the settings. One that is missing stays as it is.
    """

    title: str
    authors: tuple[str, ...]
    narrator: str
    voice: str
    speed: float
    left_out: tuple[int, ...] | None = None
    merged: tuple[int, ...] | None = None
    titles: dict[int, ChapterTitle] | None = None
    palette: PaletteName | Literal[""] | None = None
    cast: dict[RoleName, str] = {}
    speakers: dict[str, str] = {}
    pauses: dict[PauseName, int] = {}
    kinds: tuple[str, ...] | None = None


def cost(shelf: Shelf, label: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Return what a choice would cost: the number of clips to make and of all clips, and how long that takes.

    Raises:
        AudiobookError: The choice is not valid, or the text cannot be read.
    """
    edition, settings = proposed(shelf, label, wanted)
    project = shelf.project(settings)
    voices = Voices(settings, project.store)
    plan = plan_edition(edition, settings, voices, project)
    cast = Cast(plan, voices, partial(_level, settings, project))
    book = script_book(plan, cast, cache=NarrationCache(project.store.narrated, writes=False))
    passages = {passage.key: passage for passage, _ in book.script.passages()}
    missing = SpeechToMake()
    for key, passage in passages.items():
        if project.store.head(key) is None:
            missing.add(passage)
    parallel = parallel_for(settings, [plan.chosen.voice])
    return {"clips": missing.clips, "total": len(passages), "wait": missing.wait_in_words(parallel)}


def _level(settings: Settings, project: Project, chosen: ChosenVoice, language: str) -> VoiceLevel:
    if not chosen.voice.offline:  # nothing is sent anywhere to find out what something costs
        return UNMEASURED
    project.store.claim()
    return voice_level(chosen, language, settings.audio.loudness_lufs, project.store, keep=True)


def save(shelf: Shelf, label: str, wanted: dict[str, Any], seen: str) -> None:
    """Write a choice into `audiobook.toml`.

    Args:
        shelf: The project.
        label: Language and slug of the work.
        wanted: The fields of `Wanted`.
        seen: The state of the file that the page showed.

    Raises:
        Changed: The file was changed meanwhile.
        AudiobookError: The choice is not valid, or the file cannot be edited.
    """
    change, _ = _change(shelf, label, _checked(wanted))
    edit(shelf.root / FILE_NAME, FILE_NAME, change, shelf.settings, seen)


def _checked(wanted: dict[str, Any]) -> Wanted:
    try:
        return msgspec.convert(wanted, Wanted)
    except msgspec.ValidationError as error:
        raise UsageError(f"this choice is not possible: {error}") from error


def proposed(shelf: Shelf, label: str, wanted: dict[str, Any]) -> tuple[Edition, Settings]:
    """Return a work, and the settings as they would be after a choice.

    Raises:
        AudiobookError: The choice is not valid.
    """
    change, edition = _change(shelf, label, _checked(wanted))
    return edition, shelf.settings(edited(contents_of(shelf.root / FILE_NAME), FILE_NAME, change))


def _change(shelf: Shelf, label: str, wanted: Wanted) -> tuple[Any, Edition]:
    """Return a function that changes the tables of the settings, and the work."""
    settings = shelf.settings()
    project = shelf.project(settings)
    edition = shelf.edition(project, label)
    engine, _, name = wanted.voice.partition(" ")
    of_work: dict[str, Any] = {
        "title": " ".join(wanted.title.split()),
        "authors": list(filter(None, (" ".join(author.split()) for author in wanted.authors))),
        "narrator": " ".join(wanted.narrator.split()),
    }
    titles: dict[str, str | None] = {}
    if (wanted.left_out, wanted.merged, wanted.titles) != (None, None, None):
        plan = plan_edition(edition, settings, Voices(settings, project.store), project)
        chapters, titles = chapter_settings(
            plan, _numbers(wanted.left_out), _numbers(wanted.merged), wanted.titles
        )
        of_work |= chapters
    if wanted.palette is not None:
        of_work["palette"] = wanted.palette
    now = settings.voice_of(edition.language)
    of_voice: dict[str, Any] = {"speed": None if wanted.speed == 1.0 else wanted.speed}
    if wanted.voice != (f"{now.engine or settings.engine} {now.name}" if now.name else ""):
        of_voice |= {"engine": engine, "name": name}

    cast = settings.work_of(edition.slug).cast
    roles: dict[str, str] = {
        role: name for role, name in wanted.cast.items() if name != (getattr(cast, role) or "")
    }
    speakers = {who: name for who, name in wanted.speakers.items() if name != cast.speakers.get(who, "")}
    defaults = PauseSettings()
    pauses: dict[str, int | None] = {
        name: None if ms == getattr(defaults, name) else ms
        for name, ms in wanted.pauses.items()
        if ms != getattr(settings.pauses, name)
    }

    narrate = settings.narrate if wanted.kinds is None else _narrate(wanted.kinds)

    def change(tables: MutableMapping[str, Any]) -> None:
        if set(narrate) != set(settings.narrate):
            set_values(tables, (), {"narrate": list(narrate)})
        set_values(tables, ("works", edition.slug), of_work)
        set_values(tables, ("works", edition.slug, "rename"), titles)
        set_values(tables, ("works", edition.slug, "cast"), roles)
        set_values(tables, ("works", edition.slug, "cast", "speakers"), speakers)
        set_values(tables, ("voice", _table_of(tables, edition.language)), of_voice)
        set_values(tables, ("pauses",), pauses)

    return change, edition


def kinds_read(settings: Settings) -> set[str]:
    """Return the kinds of text that are read aloud, of those in `KINDS`."""
    return {
        kind
        for kind in KINDS
        if (f"-{kind}" not in settings.narrate if kind == _PICTURES else kind in settings.narrate)
    }


def _narrate(kinds: tuple[str, ...]) -> list[str]:
    """Return the setting with which these kinds of text are read aloud.

    Raises:
        UsageError: There is no such kind.
    """
    unknown = next((kind for kind in kinds if kind not in KINDS), None)
    if unknown is not None:
        raise UsageError(f"there is no kind of text “{unknown}”", hint=near(unknown, KINDS))
    pictures = [] if _PICTURES in kinds else [f"-{_PICTURES}"]
    return sorted(set(kinds) - {_PICTURES}) + pictures


def _numbers(given: tuple[int, ...] | None) -> set[int] | None:
    return None if given is None else set(given)


def _table_of(tables: MutableMapping[str, Any], language: str) -> str:
    """Return the name of the table with the voice of a language: the one that applies now, or its own."""
    there = {tag.lower(): tag for tag in tables.get("voice", {})}
    tag = language.lower()
    return there.get(tag) or there.get(tag.split("-")[0]) or language
