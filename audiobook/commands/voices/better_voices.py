"""One line after a build: how to install a more natural voice. It is shown once in each project."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Final

from audiobook.commands.output import print_note
from audiobook.errors import AudiobookError
from audiobook.extras import install_command
from audiobook.pipeline.outcome import Outcome
from audiobook.pipeline.project import Project
from audiobook.pipeline.voices.choosing import Voices
from audiobook.settings import AUTO, Settings

_SHOWN_NOTE: Final = "told-better-voices"
_SYNTHETIC: Final = "espeak"


def hint_at_better_voices(outcomes: Sequence[Outcome], project: Project, settings: Settings) -> None:
    """Print a hint if espeak-ng spoke by default in a language that has a natural voice."""
    built = sorted({outcome.edition.language for outcome in outcomes if outcome.state == "built"})
    chosen = [tag for tag in built if (settings.voice_of(tag).engine or settings.engine) == AUTO]
    if not chosen or project.store.notes.get(_SHOWN_NOTE) is not None:
        return
    voices = Voices(settings, project.store)
    tags = [
        tag for tag in chosen if voices.choose(tag).voice.engine == _SYNTHETIC and _is_known(tag, settings)
    ]
    if tags:
        piper = "" if find_spec("piper") else f"{install_command('piper')}, then "
        names = " ".join(tags)
        print_note(f"hint: natural voices are available: {piper}audiobook voices install {names}")
        project.store.notes.put(_SHOWN_NOTE, names.encode())


def _is_known(tag: str, settings: Settings) -> bool:
    """Return whether a voice for a language is in the catalogue; nothing is downloaded."""
    from audiobook.commands.voices.install import bank_of
    from audiobook.voicebank.catalogue import recommended_voice

    try:
        return recommended_voice(tag, bank_of(settings).known()) is not None
    except AudiobookError:
        return False  # a damaged index is reported by the commands that need it
