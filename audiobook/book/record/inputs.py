"""What the outputs of a work depend on."""

from __future__ import annotations

import msgspec

from audiobook.casting import Casting
from audiobook.clips.key import Speaker
from audiobook.settings import (
    AudioSettings,
    ChapterSettings,
    CreditsSettings,
    Mp3Settings,
    PauseSettings,
)


class Inputs(msgspec.Struct, frozen=True):
    """Everything that the outputs depend on; equal inputs give equal outputs.

    Attributes:
        source_sha256: Digest of the text's file.
        cover_sha256: Digest of the cover's file, None without one; a cover inside the text is part of the text.
        lexicon_sha256: Digest of the names and bytes of the lexicons for the text's language, None without one.
        authors: The authors that the settings give to texts without one.
        narrate: Parts of a book that are read aloud because of the settings.
        speaker: The voice and how it speaks.
        pauses: Pauses.
        audio: Encoding and loudness.
        maker: Name and version of this program.
        chosen_chapters: The chapters chosen on the command line or in the settings, such as `3-7,10`; empty for all.
        skipped_chapters: The chapters left out there, by title or number.
        chapters: How the settings want its chapters found and shaped.
        cast: The voices that the settings give to roles.
        listener: Digest of the speech recogniser that gave the times of words; empty if none did.
        formats: The formats to make besides the MP3, in order of their names.
        sync: What the EPUB highlights, if one is made: `sentence` or `word`; otherwise empty.
        narrator: The narrator of a text that names none: the name from the settings, else that of the voice.
        split: `chapter` for a file for each chapter besides the MP3; empty for none.
        preset: `acx` for credits, and files of chapters as ACX requires them; empty for none.
        mp3: What the tag of the MP3 has.
        own_title: The title that the command line or the settings give to this work; empty leaves it to the text.
        own_authors: The authors that they give to this work.
        own_narrator: The narrator that they give to this work.
        draws_cover: Whether its cover is drawn although the text may have a picture.
        credits: What the settings say in the credits of the preset `acx`.
        merged_chapters: The chapters that the command line or the settings join to the one before, by title or number.
        renamed_chapters: The titles that they give to chapters, by title or number in the text.
        palette: The colours that they give to its drawn cover; empty lets the words on it decide.
    """

    source_sha256: str
    cover_sha256: str | None
    lexicon_sha256: str | None
    authors: tuple[str, ...]
    narrate: tuple[str, ...]
    speaker: Speaker
    pauses: PauseSettings
    audio: AudioSettings
    maker: str
    chosen_chapters: str = ""
    skipped_chapters: tuple[str, ...] = ()
    chapters: ChapterSettings = ChapterSettings()
    cast: Casting = Casting()
    listener: str = ""
    formats: tuple[str, ...] = ()
    narrator: str = ""
    split: str = ""
    preset: str = ""
    mp3: Mp3Settings = Mp3Settings()
    own_title: str = ""
    own_authors: tuple[str, ...] = ()
    own_narrator: str = ""
    draws_cover: bool = False
    credits: CreditsSettings = CreditsSettings()
    merged_chapters: tuple[str, ...] = ()
    renamed_chapters: dict[str, str] = {}
    palette: str = ""
    sync: str = ""
