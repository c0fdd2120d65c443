"""The form of a work: what is chosen for it now, and everything that can be chosen."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, get_args

from audiobook.casting import Casting, Role
from audiobook.commands.voices.listing import best_first, every_voice, sex_of, speaks
from audiobook.cover.drawing import palettes
from audiobook.errors import AudiobookError
from audiobook.languages import english_name
from audiobook.pipeline.voices.choosing import Voices
from audiobook.settings import FILE_NAME, Settings
from audiobook.studio.desk.choices.chapters import parts_shown
from audiobook.studio.desk.choices.proposal import KINDS, PauseName, RoleName, kinds_read
from audiobook.studio.desk.edits import state_of
from audiobook.studio.desk.script.reading import reading_of
from audiobook.studio.desk.shelf import Shelf
from audiobook.studio.desk.works import contents


def shown(shelf: Shelf, label: str) -> dict[str, Any]:
    """Return the present choices for a work, and all possible ones.

    Raises:
        Gone: There is no such work.
        SettingsError: The settings are not valid.
    """
    settings = shelf.settings()
    project = shelf.project(settings)
    edition = shelf.edition(project, label)
    voices = Voices(settings, project.store)
    chosen, voice = settings.work_of(edition.slug), settings.voice_of(edition.language)
    best = voices.best_voice(edition.language)
    cast = voice.cast.over(settings.cast)
    return {
        "label": label,
        "seen": state_of(shelf.root / FILE_NAME),
        "language": edition.language,
        "language_name": english_name(edition.language),
        "title": chosen.title or "",
        "authors": list(chosen.authors),
        "narrator": chosen.narrator or "",
        "cover": "drawn" if chosen.cover is False else "own" if chosen.cover else "",
        "voice": f"{voice.engine or settings.engine} {voice.name}" if voice.name else "",
        "speed": voice.speed,
        "best": f"{best.narrator} ({best.engine})" if best else "",
        "voices": _voices_shown(voices, edition.language),
        "palette": settings.works[edition.slug].palette or "" if edition.slug in settings.works else "",
        "shared_palette": settings.cover.palette or "",
        "palettes": [
            (name, palette.ground, palette.shape, palette.second) for name, palette in palettes().items()
        ],
        "parts": parts_shown(shelf, label),
        "kinds": _kinds_shown(settings, contents(shelf, label)["left_out"]),
        **_cast_shown(chosen.cast, cast, _speakers(shelf, label)),
        "pauses": []
        if settings.preset
        else [(name, getattr(settings.pauses, name)) for name in get_args(PauseName)],
    }


def _voices_shown(voices: Voices, language: str) -> list[dict[str, Any]]:
    """Return the voices that speak a language, those that work offline first."""
    return [
        {
            "id": f"{each.engine} {each.name}",
            "voice": each.name,
            "name": each.narrator,
            "engine": each.engine,
            "language": each.language,
            "about": ", ".join(filter(None, (sex_of(each), each.quality))),
            "online": "" if each.offline else each.service or "an online service",
        }
        for each in best_first(every_voice(voices))
        if speaks(each, language, None)
    ]


def _kinds_shown(settings: Settings, left_out: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the kinds of text, whether each is read aloud, and how many characters of it are left out of this text."""
    read = kinds_read(settings)
    return [{"name": kind, "is_read": kind in read, "left_out": left_out.get(kind, 0)} for kind in KINDS]


def _cast_shown(own: Casting, shared: Casting, speakers: set[str]) -> dict[str, Any]:
    """Return the voices of roles and speakers: those of the work, and those that it shares with others."""
    return {
        "roles": [
            {"name": role, "voice": getattr(own, role) or "", "shared": getattr(shared, role) or ""}
            for role in get_args(RoleName)
        ],
        "speakers": [
            {"name": name, "voice": own.speakers.get(name, ""), "shared": shared.speakers.get(name, "")}
            for name in sorted(speakers | own.speakers.keys())
        ],
    }


def _speakers(shelf: Shelf, label: str) -> set[str]:
    """Return the people whose names come before their speeches, as in a play.

    None if the text cannot be read.
    """
    with suppress(AudiobookError):
        chapters = reading_of(shelf, label).narration.work.chapters
        paragraphs = [each for chapter in chapters for each in chapter.paragraphs]
        parts = [part.character for each in paragraphs for part in each.spoken]
        found = [*parts, *(each.character for each in paragraphs)]
        return {each.name for each in found if each and each.role is Role.SPEAKER and each.name}
    return set()
