"""Samples of a text in the voices that can be chosen for it and for its roles."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from audiobook.casting import Character, Role
from audiobook.commands.voices.spoken_line import require_speakable, spoken_line
from audiobook.commands.voices.try_voice import find_voice
from audiobook.errors import UsageError
from audiobook.pipeline.planning.staleness import plan_edition
from audiobook.pipeline.scripts.prepared_text import casting_of, read_text
from audiobook.pipeline.scripts.samples import beginning, first_words
from audiobook.pipeline.voices.choosing import Voices
from audiobook.report.base import QuietReporter
from audiobook.studio.desk.choices.proposal import proposed
from audiobook.studio.desk.shelf import Shelf


def sample(
    shelf: Shelf, label: str, wanted: dict[str, Any], voice: str, role: str, speaker: str
) -> dict[str, Any]:
    """Return words of a text as they would sound after a choice, as an MP3.

    Args:
        shelf: The project.
        label: Language and slug of the work.
        wanted: The choice; see `proposal.Wanted`.
        voice: Engine and name of a voice, with a space between; empty for the chosen one.
        role: What says the words, as in the settings; empty for the beginning of the text.
        speaker: The person, if the role is `speakers`.

    Returns:
        The MP3, and `is_role`: whether these are words of the role, rather than the beginning because it says nothing.

    Raises:
        AudiobookError: The voice does not exist, or cannot speak.
    """
    edition, settings = proposed(shelf, label, wanted)
    project = shelf.project(settings)
    voices = Voices(settings, project.store)
    plan = plan_edition(edition, settings, voices, project)
    work = read_text(plan)
    character = Character(Role(role), speaker) if role else None
    text = first_words(work, character) if character else ""
    name = (
        casting_of(plan, work).voice_of(character) if character else settings.voice_of(edition.language).name
    )
    chosen = plan.chosen.voice
    if voice:
        engine, _, name = voice.partition(" ")
        chosen = find_voice(voices, name, engine, edition.language)
    elif name and character:
        found, why = voices.named(name, edition.language, plan.chosen)
        if why:
            raise UsageError(f"the voice “{name}” cannot be used: {why}")
        chosen = found.voice
    elif name:
        chosen = find_voice(voices, name, chosen.engine, edition.language)
    said = text or beginning(work)
    require_speakable(said)
    project.store.claim()
    with TemporaryDirectory(prefix="audiobook-") as folder:
        outcome, path = spoken_line(
            project, settings, chosen, edition.language, said, Path(folder), QuietReporter()
        )
        if outcome.error:
            raise outcome.error
        return {"mp3": path.read_bytes(), "starts_ms": [0], "is_role": bool(text)}
