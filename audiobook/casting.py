"""Assigning voices to the parts of a text that can have one of their own."""

from __future__ import annotations

from enum import Enum
from typing import Final

import msgspec


class Role(str, Enum):
    """The parts of a text that can have their own voice, by their names in the settings."""

    HEADING = "headings"
    QUOTATION = "quotations"
    NOTE = "notes"
    DIALOGUE = "dialogue"
    SPEAKER = "speakers"
    """A person whose name comes before the speech, as in a play or an interview."""
    NAMED = "voice"
    """A part for which a mark in the text names the voice."""
    DIRECTION = "direction"
    """A stage direction, which the main voice reads."""
    UNSAID = "names"
    """A speaker's name that is not read aloud."""


class Character(msgspec.Struct, frozen=True):
    """A character of a text: anyone who speaks a part of it, except the narrator.

    Attributes:
        role: What the part is.
        name: The person for `Role.SPEAKER`, as the settings write it, and the voice for `Role.NAMED`; else empty.
    """

    role: Role
    name: str = ""


class Casting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The voice of each part, by name: `[cast]`. None or an empty name leaves it to the main voice.

    Attributes:
        headings: The title and headings.
        quotations: Quotations that are separate paragraphs.
        notes: Footnotes and endnotes, if they are read.
        dialogue: What the people in a story say.
        speakers: The voice of each speaker in a play or an interview, by the speaker's name: `[cast.speakers]`.
        say_names: Whether the names of speakers are read aloud before their speeches; None means that they are.
    """

    headings: str | None = None
    quotations: str | None = None
    notes: str | None = None
    dialogue: str | None = None
    speakers: dict[str, str] = {}
    say_names: bool | None = None

    def voice_of(self, character: Character) -> str | None:
        """Return the name of a character's voice; None for the main voice."""
        match character.role:
            case Role.SPEAKER:
                found = self.speakers.get(character.name)
            case Role.NAMED:
                found = character.name
            case Role.DIRECTION | Role.UNSAID:
                found = None
            case role:
                found = getattr(self, role.value)
        return found or None

    def over(self, other: Casting) -> Casting:
        """Return this casting, completed by another one."""
        return Casting(
            other.headings if self.headings is None else self.headings,
            other.quotations if self.quotations is None else self.quotations,
            other.notes if self.notes is None else self.notes,
            other.dialogue if self.dialogue is None else self.dialogue,
            {**other.speakers, **self.speakers},
            other.say_names if self.say_names is None else self.say_names,
        )


NO_CASTING: Final = Casting()
"""The main voice reads everything."""
