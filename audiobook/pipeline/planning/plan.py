"""What has to be done for one edition, and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from audiobook.audio.mp3.id3 import Picture
from audiobook.book.captions.formats import CAPTIONS
from audiobook.book.extra_files import PreviousFiles
from audiobook.book.record.inputs import Inputs
from audiobook.book.record.reading import read_record
from audiobook.book.record.stamps import CoverRecord
from audiobook.book.record.works import BriefRecord, Record
from audiobook.document import Choice, LexiconFile
from audiobook.pipeline.planning.reasons import Reason
from audiobook.pipeline.texts.edition import Edition
from audiobook.pipeline.texts.pictures import EditionPictures
from audiobook.pipeline.voices.choosing import ChosenVoice
from audiobook.settings import Settings


@dataclass(frozen=True, slots=True)
class Plan:
    """What has to be done for one edition.

    Attributes:
        edition: The edition.
        data: Bytes of the text, read once.
        chosen: The main voice.
        inputs: Everything that the outputs depend on.
        encoding: Encoding of a text that is not UTF-8; None rejects such a text.
        cover: The front cover, or None.
        lexicons: The pronunciation lexicons that apply.
        cover_before: The cover of the last build, or None.
        record: The record of the last build without text and times, or None.
        reasons: Why it must be rebuilt; empty if it is fresh.
        unowned_outputs: Files not made by this program that are in the place of its outputs.
        settings: What the user set, to say where a wrong choice of chapters was made.
        previous: What the last build made, some of which may be kept.
        source_files: SHA-256 of each file of a folder, by name; empty for a file.
        changed_files: Names of the files of a folder that changed since the last build.
        has_page: Whether the work can be published.
        record_path: Where the record is.
    """

    edition: Edition
    data: bytes
    chosen: ChosenVoice
    inputs: Inputs
    encoding: str | None
    cover: Picture | None
    lexicons: tuple[LexiconFile, ...]
    cover_before: CoverRecord | None
    record: BriefRecord | None
    reasons: tuple[Reason, ...]
    unowned_outputs: tuple[Path, ...] = ()
    settings: Settings = field(default_factory=Settings)
    previous: PreviousFiles = field(default_factory=PreviousFiles)
    source_files: dict[str, str] = field(default_factory=dict)
    changed_files: tuple[str, ...] = ()
    has_page: bool = True
    record_path: Path = Path()

    def whole_record(self) -> Record | None:
        """Return the record of the last build with text and times, or None.

        Raises:
            OutputMismatch: It was changed after the plan was made; so for the next.
            StorageError: It cannot be read.
        """
        return read_record(self.record_path, is_beside=not self.has_page) if self.record else None

    @property
    def needs_no_clips(self) -> bool:
        """Whether the work only lacks captions, or has formats that are no longer wanted."""
        is_made = self.previous.intact.keys() | CAPTIONS.keys()
        return self.previous.audio is not None and set(self.inputs.formats) <= is_made

    @property
    def pictures(self) -> EditionPictures | None:
        """Where the pictures of the text are; None if its book is next to it, where no page shows them."""
        return EditionPictures(self.edition, self.inputs.source_sha256) if self.has_page else None

    @property
    def choice(self) -> Choice:
        """The chapters chosen on the command line or in the settings."""
        return Choice(self.inputs.chosen_chapters, self.inputs.skipped_chapters)
