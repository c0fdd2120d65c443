"""What is chosen for a work: chapters, title, authors, narrator, voice, speed and cover, in `audiobook.toml`."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal, get_args

import msgspec

from audiobook.book.ownership import require_place
from audiobook.casting import Role
from audiobook.commands.spoken_line import require_speakable, spoken_line
from audiobook.commands.try_voice import find_voice
from audiobook.commands.voices import every_voice, sex_of, speaks
from audiobook.document import Chapter, Choice, Kind, Work
from audiobook.errors import AudiobookError, UsageError
from audiobook.files import digest, write_bytes
from audiobook.languages import english_name
from audiobook.pipeline.cast import Cast
from audiobook.pipeline.covers import cover_picture
from audiobook.pipeline.edition import Edition
from audiobook.pipeline.gain import UNMEASURED, VoiceLevel, voice_level
from audiobook.pipeline.narrated import KeptNarration
from audiobook.pipeline.parts import speech_length_s
from audiobook.pipeline.project import Project
from audiobook.pipeline.scripting import read_text, script_book
from audiobook.pipeline.selection import chosen_numbers, effective_choice
from audiobook.pipeline.staleness import Plan, plan_edition
from audiobook.pipeline.voices import ChosenVoice, Voices
from audiobook.settings import FILE_NAME, PauseSettings, Settings
from audiobook.studio.edits import contents_of, edit, edited, set_values, state_of
from audiobook.studio.place import Place
from audiobook.studio.reading import reading_of
from audiobook.studio.works import contents

_COVERS: Final = "covers"
"""Folder of the project for uploaded covers."""
_ENDINGS: Final = {"image/png": ".png", "image/webp": ".webp", "image/jpeg": ".jpg"}
_SAMPLE_CHARS: Final = 300
_Role = Literal["headings", "quotations", "notes", "dialogue"]
_Pause = Literal["start", "sentence", "paragraph", "title", "heading", "chapter", "scene", "end"]


class Wanted(msgspec.Struct, frozen=True):
    """What a page requests for a work.

    Attributes:
        title: Its title; empty for that of the text.
        authors: Its authors; empty for those of the text.
        narrator: The name given as its narrator; empty for that of the voice.
        voice: Engine and name of the voice of its language, with a space between; empty for the best one.
        speed: Pace relative to the voice's normal pace.
        left_out: Numbers of the chapters to leave out; None leaves the choice as it is.
        cast: Names of the voices of roles; empty for that of the project or the main one. A role that is missing stays as it is.
        speakers: The same by the name of each speaker.
        pauses: Pauses of all works in milliseconds, by their names in the settings. One that is missing stays as it is.
    """

    title: str
    authors: tuple[str, ...]
    narrator: str
    voice: str
    speed: float
    left_out: tuple[int, ...] | None = None
    cast: dict[_Role, str] = {}
    speakers: dict[str, str] = {}
    pauses: dict[_Pause, int] = {}


def shown(place: Place, label: str) -> dict[str, Any]:
    """Return what is chosen for a work, and the possible choices.

    Raises:
        Gone: There is no such work.
        SettingsError: The settings are not valid.
    """
    settings = place.settings()
    project = place.project(settings)
    edition = place.edition(project, label)
    voices = Voices(settings, project.store)
    chosen, voice = settings.work_of(edition.slug), settings.voice_of(edition.language)
    best = voices.best_voice(edition.language)
    cast = voice.cast.over(settings.cast)
    return {
        "label": label,
        "seen": state_of(place.root / FILE_NAME),
        "language": edition.language,
        "language_name": english_name(edition.language),
        "title": chosen.title or "",
        "authors": list(chosen.authors),
        "narrator": chosen.narrator or "",
        "cover": "drawn" if chosen.cover is False else "own" if chosen.cover else "",
        "voice": f"{voice.engine or settings.engine} {voice.name}" if voice.name else "",
        "speed": voice.speed,
        "best": f"{best.narrator} ({best.engine})" if best else "",
        "voices": [
            {
                "id": f"{each.engine} {each.name}",
                "voice": each.name,
                "name": each.narrator,
                "engine": each.engine,
                "language": each.language,
                "about": ", ".join(filter(None, (sex_of(each), each.quality))),
                "online": "" if each.offline else each.service or "an online service",
            }
            for each in sorted(every_voice(voices), key=lambda voice: not voice.offline)
            if speaks(each, edition.language, None)
        ],
        "parts": _parts(place, label),
        "roles": [
            {"name": role, "voice": getattr(chosen.cast, role) or "", "shared": getattr(cast, role) or ""}
            for role in get_args(_Role)
        ],
        "speakers": [
            {"name": name, "voice": chosen.cast.speakers.get(name, ""), "shared": cast.speakers.get(name, "")}
            for name in sorted(_speakers(place, label) | chosen.cast.speakers.keys())
        ],
        "pauses": []
        if settings.preset
        else [(name, getattr(settings.pauses, name)) for name in get_args(_Pause)],
    }


def _speakers(place: Place, label: str) -> set[str]:
    """Return the people whose names come before their speeches, as in a play.

    None if the text cannot be read.
    """
    with suppress(AudiobookError):
        chapters = reading_of(place, label).telling.work.chapters
        paragraphs = [each for chapter in chapters for each in chapter.paragraphs]
        parts = [part.character for each in paragraphs for part in each.spoken]
        found = [*parts, *(each.character for each in paragraphs)]
        return {each.name for each in found if each and each.role is Role.SPEAKER and each.name}
    return set()


def _parts(place: Place, label: str) -> list[dict[str, Any]]:
    """Return the chapters of a work, with their places among those that are read aloud."""
    work = contents(place, label)
    at = work["chapters_before"]
    found = []
    for part in work["parts"]:
        at += part["chosen"]
        found.append(part | {"place": at})
    return found


def cost(place: Place, label: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Return what a choice would cost: the number of clips to make and of all clips, and the length of the speech to make.

    Raises:
        AudiobookError: The choice is not valid, or the text cannot be read.
    """
    edition, settings = _proposed(place, label, wanted)
    project = place.project(settings)
    voices = Voices(settings, project.store)
    plan = plan_edition(edition, settings, voices, project)
    cast = Cast(plan, voices, partial(_level, settings, project))
    book = script_book(plan, cast, kept=KeptNarration(project.store.narrated, writes=False))
    passages = {passage.key: passage.passage for passage, _ in book.script.passages()}
    missing = [passage for key, passage in passages.items() if project.store.head(key) is None]
    texts = (sentence.text for passage in missing for sentence in passage.sentences)
    return {
        "clips": len(missing),
        "total": len(passages),
        "speech_s": sum(map(speech_length_s, texts)) / plan.chosen.speaker.speed,
    }


def _level(settings: Settings, project: Project, chosen: ChosenVoice, language: str) -> VoiceLevel:
    if not chosen.voice.offline:  # nothing is sent anywhere to find out what something costs
        return UNMEASURED
    project.store.claim()
    return voice_level(chosen, language, settings.audio.loudness_lufs, project.store, keep=True)


def save(place: Place, label: str, wanted: dict[str, Any], seen: str) -> None:
    """Write a choice into `audiobook.toml`.

    Args:
        place: The project.
        label: Language and slug of the work.
        wanted: The fields of `Wanted`.
        seen: The state of the file that the page showed.

    Raises:
        Changed: The file was changed meanwhile.
        AudiobookError: The choice is not valid, or the file cannot be edited.
    """
    change, _ = _change(place, label, _checked(wanted))
    edit(place.root / FILE_NAME, FILE_NAME, change, place.settings, seen)


def sample(place: Place, label: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Return the beginning of a text in the voice of a choice, as an MP3.

    Raises:
        AudiobookError: The voice does not exist, or cannot speak.
    """
    edition, settings = _proposed(place, label, wanted)
    project = place.project(settings)
    voices = Voices(settings, project.store)
    plan = plan_edition(edition, settings, voices, project)
    text = _beginning(read_text(plan))
    require_speakable(text)
    wanted_voice = settings.voice_of(edition.language)
    voice = (
        find_voice(voices, wanted_voice.name, plan.chosen.voice.engine, edition.language)
        if wanted_voice.name
        else plan.chosen.voice
    )
    project.store.claim()
    with TemporaryDirectory(prefix="audiobook-") as folder:
        outcome, path = spoken_line(project, settings, voice, edition.language, text, Path(folder))
        if outcome.error:
            raise outcome.error
        return {"mp3": path.read_bytes(), "starts_ms": [0]}


def put_cover(place: Place, label: str, kind: str, path: str, seen: str) -> None:
    """Choose the cover of a work.

    Args:
        place: The project.
        label: Language and slug of the work.
        kind: `own` for a picture that was just received, `drawn`, or empty for that of the text.
        path: The received picture.
        seen: The state of the settings that the page showed.

    Raises:
        SourceError: It is not a usable picture.
        Changed: The settings were changed meanwhile.
        AudiobookError: They cannot be edited.
    """
    edition = place.edition(place.project(place.settings()), label)
    value: str | bool | None = {"drawn": False}.get(kind)
    if kind == "own":
        data = Path(path).read_bytes()
        picture = cover_picture(data, "the picture")
        # The digest in its name keeps it apart from any other file.
        name = f"{_COVERS}/{edition.slug}-{digest(data)[:8]}{_ENDINGS[picture.media_type]}"
        require_place(place.root / name)
        write_bytes(place.root / name, data)
        value = name

    def change(tables: MutableMapping[str, Any]) -> None:
        set_values(tables, ("works", edition.slug), {"cover": value})

    edit(place.root / FILE_NAME, FILE_NAME, change, place.settings, seen)


def _checked(wanted: dict[str, Any]) -> Wanted:
    try:
        return msgspec.convert(wanted, Wanted)
    except msgspec.ValidationError as error:
        raise UsageError(f"this cannot be chosen: {error}") from error


def _proposed(place: Place, label: str, wanted: dict[str, Any]) -> tuple[Edition, Settings]:
    """Return a work, and the settings as they would be after a choice."""
    change, edition = _change(place, label, _checked(wanted))
    return edition, place.settings(edited(contents_of(place.root / FILE_NAME), FILE_NAME, change))


def _change(place: Place, label: str, wanted: Wanted) -> tuple[Any, Edition]:
    """Return a function that changes the tables of the settings, and the work."""
    settings = place.settings()
    project = place.project(settings)
    edition = place.edition(project, label)
    engine, _, name = wanted.voice.partition(" ")
    of_work: dict[str, Any] = {
        "title": " ".join(wanted.title.split()),
        "authors": list(filter(None, (" ".join(author.split()) for author in wanted.authors))),
        "narrator": " ".join(wanted.narrator.split()),
    }
    if wanted.left_out is not None:
        voices = Voices(settings, project.store)
        plan = plan_edition(edition, settings, voices, project)
        of_work |= _chapters(plan, set(wanted.left_out))
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

    def change(tables: MutableMapping[str, Any]) -> None:
        set_values(tables, ("works", edition.slug), of_work)
        set_values(tables, ("works", edition.slug, "cast"), roles)
        set_values(tables, ("works", edition.slug, "cast", "speakers"), speakers)
        set_values(tables, ("voice", _table_of(tables, edition.language)), of_voice)
        set_values(tables, ("pauses",), pauses)

    return change, edition


def _chapters(plan: Plan, left_out: set[int]) -> dict[str, Any]:
    """Return the settings that leave out chapters; empty if these are left out already.

    Titles are preferred, because the numbers of chapters change with the text.

    Raises:
        UsageError: No chapter is left.
    """
    work = read_text(plan)
    wanted = set(range(1, len(work.chapters) + 1)) - left_out
    if not wanted:
        raise UsageError("at least one chapter must be read aloud")
    if _kept(work, plan.choice) == wanted:
        return {}
    for choice in _candidates(work.chapters, sorted(left_out)):
        if _kept(work, choice) == wanted:
            return {"chapters": choice.chapters, "skip": list(choice.skip)}
    return {"chapters": ",".join(map(str, sorted(wanted))), "skip": []}


def _candidates(chapters: Sequence[Chapter], left_out: list[int]) -> Sequence[Choice]:
    titles = tuple(chapters[number - 1].title for number in left_out)
    every = Choice(f"1-{len(chapters)}")  # even if the text itself leaves some out
    return Choice(), Choice("", titles), Choice("", tuple(map(str, left_out))), every


def _kept(work: Work, choice: Choice) -> set[int] | None:
    effective, _ = effective_choice(choice, work)
    try:
        return chosen_numbers(work.chapters, effective)
    except LookupError:
        return None


def _beginning(work: Work) -> str:
    """Return the first words of a text that are neither a title nor a heading."""
    paragraphs = [each for chapter in work.chapters for each in chapter.paragraphs]
    texts = [each.text for each in paragraphs if each.kind is Kind.TEXT] or [each.text for each in paragraphs]
    text = " ".join(" ".join(texts[:3]).split())
    if len(text) <= _SAMPLE_CHARS:
        return text
    return text[:_SAMPLE_CHARS].rpartition(" ")[0] or text[:_SAMPLE_CHARS]


def _table_of(tables: MutableMapping[str, Any], language: str) -> str:
    """Return the name of the table with the voice of a language: the one that applies now, or its own."""
    there = {tag.lower(): tag for tag in tables.get("voice", {})}
    tag = language.lower()
    return there.get(tag) or there.get(tag.split("-")[0]) or language
