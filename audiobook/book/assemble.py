"""Writing the files of a book from its script and clips."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import msgspec

from audiobook.audio.mp3.id3 import Picture, Tags, id3_tag
from audiobook.audio.mp3.lame import EncoderSettings
from audiobook.book.captions.lyrics import lyrics, timed_lyrics
from audiobook.book.cover_file import Cover, make_cover, small_cover
from audiobook.book.excerpts.chapter_files import (
    BY_CHAPTER,
    remove_chapter_files,
    remove_unrecorded,
    require_chapter_places,
    write_chapter_files,
)
from audiobook.book.extra_files import Captions, PreviousFiles, remove_formats
from audiobook.book.ownership import covers_in, remove_covers
from audiobook.book.picture_files import (
    Pictures,
    pictures_of,
    remove_pictures,
    written_pictures,
)
from audiobook.book.record.chapters import ChapterRecord
from audiobook.book.record.from_script import EncodedChapters, chapter_marks, chapter_records
from audiobook.book.record.inputs import Inputs
from audiobook.book.record.pictures import PictureRecord, picture_problems
from audiobook.book.record.stamps import CoverRecord, FileStamp, FormatRecord
from audiobook.book.record.works import Characters, Record, RecordHead, with_chapters
from audiobook.book.record.writing import write_encoded, write_record
from audiobook.book.script import Script, SpokenPassage
from audiobook.book.sound.flac_file import FLAC
from audiobook.book.sound.formats import SOUND_FORMATS
from audiobook.book.sound.mp3_file import DamagedClip, write_mp3
from audiobook.book.sound.packets import BookSound, EncodedClips
from audiobook.book.timeline import Timeline, lay_out
from audiobook.clips.clip import ClipExtent, ClipSentence, unpack_sentences
from audiobook.clips.key import Speaker
from audiobook.clips.store import ClipStore
from audiobook.cover.drawing import CoverText
from audiobook.document import Metadata
from audiobook.files import Place, Spool
from audiobook.languages import three_letters
from audiobook.listening.hearing import hearing_name, stored_hearing, with_word_times

_AnyRecord = TypeVar("_AnyRecord", bound=RecordHead)
_NOT_YET: Final = FileStamp("", 0, "")
"""The stamp of an MP3 before it is written."""

__all__ = ["Book", "DamagedClip", "assemble", "update_formats"]


@dataclass(frozen=True, slots=True)
class Book:
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
    previous: PreviousFiles = field(default_factory=PreviousFiles)
    source_files: dict[str, str] = field(default_factory=dict)
    pictures: Pictures | None = None

    @property
    def cover_text(self) -> CoverText:
        """The text on its cover, if the cover is drawn."""
        return CoverText(self.slug, self.script.title, self.authors, self.language, self.inputs.palette)


class Assembled(NamedTuple):
    """An assembled book: its record without chapters, the number of chapters, and the digest of the record."""

    record: RecordHead
    chapter_count: int
    sha256: str


def assemble(book: Book, store: ClipStore, folder: Path, *, replace: bool = False) -> Assembled:
    """Write a book's cover, its MP3 unless it stays, and the files of other formats, then its record.

    Args:
        book: The book.
        store: The store with its clips.
        folder: Folder for the files, `output/<lang>`.
        replace: Whether to overwrite files that this program did not make.

    Raises:
        DamagedClip: A clip is missing or damaged; make it and assemble again.
        OutputMismatch: A file that this program did not make is in the way.
        StorageError: A file cannot be written.
    """
    with Spool(store.folder) as spool:
        return _assembled(book, store, folder, spool, replace=replace)


def _assembled(book: Book, store: ClipStore, folder: Path, spool: Spool, *, replace: bool) -> Assembled:
    clips = _Clips(book, store, spool)
    cover = _cover(
        book, folder, replace=replace
    )  # first, because drawing needs memory that the rest would occupy
    timeline = lay_out(book.script, clips.extent, book.inputs.pauses)
    shown = pictures_of(book.script.paragraphs(), book.source) if book.pictures else {}
    chapters = EncodedChapters(chapter_records(book.script, timeline, clips.sentences, list(shown)), spool)
    draft = _record(book, timeline, cover)
    captions = Captions(draft, chapters, book.inputs.formats)
    if not replace:
        captions.require_places(folder, book.previous)
    if book.inputs.split == BY_CHAPTER:
        titles = [chapter.title for chapter in chapters.bare]
        require_chapter_places(folder, book.slug, titles, book.previous.chapter_files, replace=replace)
    tags = _tags(book, timeline, chapters, cover.small)
    stamp, formats = _write_sound(book, tags, timeline, clips, folder, captions.make)
    formats |= captions.write(folder)
    record = msgspec.structs.replace(draft, audio=stamp, formats=dict(sorted(formats.items())))
    known = book.previous.pictures
    pictures = written_pictures(shown.values(), book.pictures, folder, book.slug, known, replace=replace)
    record = with_pictures(record, pictures)
    split = _chapter_files(record, chapters, book.previous, folder)
    record = msgspec.structs.replace(record, chapter_files=split)
    sha256 = write_encoded(folder / f"{book.slug}.json", record, chapters.encoded())
    captions.write_unmarked(folder, formats)
    remove_formats(folder, book.previous, record.formats)
    remove_chapter_files(folder, book.previous.chapter_files, record.chapter_files)
    remove_pictures(folder, book.slug, record.pictures)
    others = covers_in(folder).get(book.slug, [])
    remove_covers(folder, (name for name in others if name != cover.record.name), book.cover_before)
    return Assembled(record, len(chapters.bare), sha256)


def with_pictures(record: _AnyRecord, pictures: tuple[PictureRecord, ...]) -> _AnyRecord:
    """Return a record with its pictures, and their problems, replaced."""
    before = set(picture_problems(record.pictures))
    problems = (*(each for each in record.problems if each not in before), *picture_problems(pictures))
    return msgspec.structs.replace(record, pictures=pictures, problems=problems)


class _Clips:
    """The clips of a book; the head of each, before its frames, is read only once."""

    def __init__(self, book: Book, store: ClipStore, spool: Spool) -> None:
        self.store = store
        self._spool = spool
        listener = book.inputs.listener
        self._hearings = (
            {entry.key: passage_hearing(entry, listener) for entry, _ in book.script.passages()}
            if listener
            else {}
        )
        self._heads: dict[str, tuple[ClipExtent, str, Place]] = {}

    def extent(self, key: str) -> ClipExtent:
        """Return how long a clip is.

        Raises:
            DamagedClip: It is missing or damaged.
        """
        return self._head(key)[0]

    def sentences(self, key: str) -> tuple[ClipSentence, ...]:
        """Return the sentences of a clip, with the times of words that a recogniser gave; see `extent`."""
        try:
            sentences = unpack_sentences(self._spool.get(self._head(key)[2]))
        except ValueError as error:
            raise DamagedClip(key) from error
        if not self._hearings:
            return sentences
        hearing = stored_hearing(self.store, self._hearings[key])
        if hearing is None:
            raise DamagedClip(key)
        return with_word_times(sentences, hearing)

    def frames_sha256(self, key: str) -> str:
        """Return the digest of the frames of a clip; see `extent`."""
        return self._head(key)[1]

    def _head(self, key: str) -> tuple[ClipExtent, str, Place]:
        if key not in self._heads:
            head = self.store.head(key)
            if head is None:
                raise DamagedClip(key)
            packed, sha256 = head
            extent = ClipExtent(
                packed.rate_hz, packed.frame_count, packed.length_bytes, packed.speech_samples
            )
            self._heads[key] = extent, sha256, self._spool.add(bytes(packed.sentences))
        return self._heads[key]


def _write_sound(
    book: Book, tags: Tags, timeline: Timeline, clips: _Clips, folder: Path, meanwhile: Callable[[], None]
) -> tuple[FileStamp, dict[str, FormatRecord]]:
    """Write the MP3 and the other formats with sound, except what stays, and return the stamps of all.

    Digests and the disk take most of the time, so two files are written at once. This thread, which can be interrupted, calls
    `meanwhile` and then writes one: the FLAC if there is one, since it takes longer than all the others together.
    """
    audio = book.inputs.audio

    def write(name: str) -> FormatRecord:
        sound = SOUND_FORMATS[name]
        encoded = EncodedClips(clips.store, sound.encoding(audio), clips.frames_sha256)
        source = BookSound(tags, timeline, encoded, audio.loudness_lufs)
        return sound.write(folder / f"{book.slug}.{name}", source)

    names = [name for name in book.inputs.formats if name in SOUND_FORMATS]
    missing = [name for name in names if name not in book.previous.intact]
    own = [FLAC] if FLAC in missing else missing[-1:]
    with ThreadPoolExecutor(max_workers=1) as pool:
        try:
            writing = None
            if book.previous.audio is None:
                encoder = EncoderSettings(audio.kbits, audio.quality)
                path, tag = folder / f"{book.slug}.mp3", id3_tag(tags)
                writing = pool.submit(write_mp3, path, tag, timeline, clips.store, clips.extent, encoder)
            pending = {name: pool.submit(write, name) for name in missing if name not in own}
            meanwhile()
            made = {name: write(name) for name in own}
            made |= {name: stamp.result() for name, stamp in pending.items()}
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    mp3 = writing.result() if writing else book.previous.audio
    assert mp3
    return mp3, {name: made.get(name) or book.previous.intact[name] for name in names}


def passage_hearing(entry: SpokenPassage, listener: str) -> str:
    """Return the name under which the store keeps what a speech recogniser, given by its identity, hears in a passage."""
    texts = [sentence.text for sentence in entry.passage.sentences]
    return hearing_name(entry.key, listener, texts, entry.passage.language)


def update_formats(
    record: Record, inputs: Inputs, previous: PreviousFiles, folder: Path, pictures: Pictures | None = None
) -> Record:
    """Write captions, chapter files and pictures of a book that is otherwise up to date, and remove unwanted ones.

    Only its record, its MP3 and its pictures are needed.

    Args:
        record: Record of the book.
        inputs: Everything that the outputs depend on.
        previous: The files of the last build; the formats with sound must stay or be unwanted.
        folder: Folder of the files, `output/<lang>`.
        pictures: Access to the pictures of the text; None if its page shows no pictures.

    Returns:
        The new record.

    Raises:
        OutputMismatch: A file that this program did not make is in the way.
        StorageError: A file cannot be written.
    """
    captions = Captions(record, record.chapters, inputs.formats)
    captions.require_places(folder, previous)
    if inputs.split == BY_CHAPTER:
        titles = [chapter.title for chapter in record.chapters]
        require_chapter_places(folder, record.slug, titles, previous.chapter_files)
    kept = {name: stamp for name, stamp in previous.intact.items() if name in inputs.formats}
    formats = dict(sorted({**kept, **captions.write(folder)}.items()))
    made = msgspec.structs.replace(record, inputs=inputs, formats=formats)
    made = msgspec.structs.replace(made, chapter_files=_chapter_files(made, made.chapters, previous, folder))
    if made.pictures:
        made = with_pictures(
            made, written_pictures(made.pictures, pictures, folder, made.slug, previous.pictures)
        )
    sha256 = write_record(folder / f"{record.slug}.json", made)
    captions.write_unmarked(folder, formats)
    remove_formats(folder, previous, formats)
    remove_chapter_files(folder, previous.chapter_files, made.chapter_files)
    remove_pictures(folder, made.slug, made.pictures)
    return msgspec.structs.replace(made, digest=sha256)


def _chapter_files(
    record: RecordHead, chapters: Iterable[ChapterRecord], previous: PreviousFiles, folder: Path
) -> tuple[FileStamp, ...]:
    """Write the files of chapters if they are wanted and do not stay, and return their stamps."""
    remove_unrecorded(folder, record.slug, previous.chapter_files)
    if record.inputs.split != BY_CHAPTER:
        return ()
    if previous.are_chapters_intact:
        return previous.chapter_files
    whole = with_chapters(record, chapters)
    return write_chapter_files(whole, folder, small_cover(folder / record.audio.name))


def _cover(book: Book, folder: Path, *, replace: bool) -> Cover:
    before, maker = book.cover_before, book.inputs.maker
    return make_cover(book.cover_text, book.picture, before, folder, maker, replace=replace)


def _record(
    book: Book,
    timeline: Timeline,
    cover: Cover,
) -> RecordHead:
    """Return the record of a book whose MP3 is not written yet."""
    return RecordHead(
        slug=book.slug,
        language=book.language,
        title=book.script.title,
        authors=book.authors,
        narrator=book.narrator,
        date=book.metadata.date,
        description=book.metadata.description,
        series=book.metadata.series,
        series_position=book.metadata.series_position,
        source=book.source,
        source_files=book.source_files,
        encoding=book.encoding,
        inputs=book.inputs,
        audio=_NOT_YET,
        cover=cover.record,
        rate_hz=timeline.rate_hz,
        length_samples=timeline.length_samples,
        duration_s=round(timeline.length_samples / timeline.rate_hz, 3),
        foreign=book.foreign,
        voices=book.voices,
        characters=book.characters,
        chapters_by=book.chapters_by,
        problems=(*book.problems, *(f"{book.source}: {problem}" for problem in cover.problems)),
    )


def _tags(book: Book, timeline: Timeline, chapters: EncodedChapters, cover: Picture) -> Tags:
    return Tags(
        title=book.script.title,
        authors=book.authors,
        narrator=book.narrator,
        language=three_letters(book.language),
        length_ms=timeline.length_samples * 1000 // timeline.rate_hz,
        text=lyrics(chapters, book.inputs.mp3),
        timed_text=timed_lyrics(chapters, timeline.rate_hz, book.inputs.mp3),
        maker=book.inputs.maker,
        chapters=chapter_marks(chapters.bare, timeline.rate_hz),
        cover=cover,
        voice=f"{book.inputs.speaker.engine} {book.inputs.speaker.voice}",
        date=book.metadata.date,
        description=book.metadata.description,
        series=book.metadata.series,
        series_position=book.metadata.series_position,
    )
