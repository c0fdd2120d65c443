"""A book before its files are written."""

from __future__ import annotations

import msgspec

from audiobook.audio.mp3.id3 import Picture
from audiobook.book.extra_files import PreviousFiles
from audiobook.book.picture_files import Pictures
from audiobook.book.record.inputs import Inputs
from audiobook.book.record.stamps import CoverRecord
from audiobook.book.record.works import Characters
from audiobook.book.script import Script
from audiobook.clips.key import Speaker
from audiobook.cover.cover_text import CoverText
from audiobook.document import Metadata


class Book(msgspec.Struct, frozen=True):
    """Everything needed to assemble a book.

    Attributes:
        slug: ASCII name of its files.
        language: BCP 47 tag.
        authors: The authors in order.
        narrator: The name given as the narrator.
        metadata: What the text says about itself.
        source: The text's file, as in messages.
        script: The text with its clips.
        inputs: Everything that the outputs depend on.
        picture: The work's own picture for the cover, or None.
        cover_before: The cover of the previous build, or None.
        foreign: Speakers of the other languages in the text, by BCP 47 tag.
        voices: Speakers of the voices named in the text or its casting, by voice name.
        characters: Counts of spoken and skipped characters.
        problems: Problems found in the text.
        encoding: Encoding of the text if the user had to name it, else None.
        chapters_by: The rule by which its chapters were found; see `Work.chapters_by`.
        previous: The files of the last build, some of which may stay.
        source_files: SHA-256 of each file that was read, by name, if the text is a folder; empty for a single file.
        pictures: Access to the pictures of the text; None if its page shows no pictures.
    """

    slug: str
    language: str
    authors: tuple[str, ...]
    narrator: str
    metadata: Metadata
    source: str
    script: Script
    inputs: Inputs
    picture: Picture | None
    cover_before: CoverRecord | None
    foreign: dict[str, Speaker]
    voices: dict[str, Speaker]
    characters: Characters
    problems: tuple[str, ...]
    encoding: str | None = None
    chapters_by: str = "marked"
    previous: PreviousFiles = msgspec.field(default_factory=PreviousFiles)
    source_files: dict[str, str] = msgspec.field(default_factory=dict)
    pictures: Pictures | None = None

    @property
    def cover_text(self) -> CoverText:
        """The text on its cover, if the cover is drawn."""
        return CoverText(self.slug, self.script.title, self.authors, self.language, self.inputs.palette)
