"""What has to be done for one edition, and why."""

from __future__ import annotations

from pathlib import Path

import msgspec

from audiobook.audio.mp3.id3 import Picture
from audiobook.book.captions.formats import CAPTIONS
from audiobook.book.extra_files import PreviousFiles
from audiobook.book.record.archive_names import ARCHIVES
from audiobook.book.record.inputs import Inputs
from audiobook.book.record.reading import read_stored
from audiobook.book.record.stamps import CoverRecord
from audiobook.book.record.works import BriefRecord, Record
from audiobook.document import Choice, LexiconFile
from audiobook.pipeline.planning.reasons import Reason
from audiobook.pipeline.texts.edition import Edition
from audiobook.pipeline.texts.pictures import EditionPictures
from audiobook.pipeline.voices.choosing import ChosenVoice
from audiobook.settings import Settings


class Plan(msgspec.Struct, frozen=True):
    """What has to be done for one edition.

    Attributes:
        edition: The edition.
        data: Contents of the text, read once.
        chosen: The main voice.
        inputs: Everything that the outputs depend on.
        encoding: Encoding of a text that is not UTF-8; None rejects such a text.
        cover: The front cover; None if the work has none.
        lexicons: The pronunciation lexicons that apply.
        cover_before: The cover of the last build; None if there was no build.
        record: The record of the last build without text and times; None if there was no build.
        reasons: Why the edition must be rebuilt; empty if it is fresh.
        unowned_outputs: Files in the place of outputs that this program did not make.
        settings: The user's settings, to say where an invalid choice of chapters was made.
        previous: The files of the last build, some of which may be kept.
        source_files: SHA-256 of each file by name, if the text is a folder; otherwise empty.
        changed_files: Names of the files that changed since the last build, if the text is a folder.
        has_page: Whether the work can be published.
        record_path: Path of the record.
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
    settings: Settings = msgspec.field(default_factory=Settings)
    previous: PreviousFiles = msgspec.field(default_factory=PreviousFiles)
    source_files: dict[str, str] = msgspec.field(default_factory=dict)
    changed_files: tuple[str, ...] = ()
    has_page: bool = True
    record_path: Path = Path()

    def whole_record(self) -> Record | None:
        """Return the record of the last build with text and times; None if there was no build.

        Raises:
            OutputMismatch: The record was damaged after the plan was made.
            StorageError: The record cannot be read.
        """
        return read_stored(self.record_path, is_beside=not self.has_page) if self.record else None

    @property
    def needs_no_clips(self) -> bool:
        """Whether no clips are needed: only captions and archives are missing, or formats are no longer wanted."""
        is_made = self.previous.intact.keys() | CAPTIONS.keys() | ARCHIVES
        return self.previous.audio is not None and set(self.inputs.formats) <= is_made

    @property
    def pictures(self) -> EditionPictures | None:
        """The pictures of the text; None if the work cannot be published, because only pages show pictures."""
        return EditionPictures(self.edition, self.inputs.source_sha256) if self.has_page else None

    @property
    def choice(self) -> Choice:
        """The chapters chosen on the command line or in the settings."""
        return Choice(self.inputs.chosen_chapters, self.inputs.skipped_chapters)
