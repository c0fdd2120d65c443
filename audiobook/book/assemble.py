"""Writing the files of a book from its script and clips."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import msgspec

from audiobook.audio.mp3.id3 import Tags, id3_tag
from audiobook.audio.mp3.lame import EncoderSettings
from audiobook.book.book import Book
from audiobook.book.cover_file import Cover, make_cover, small_cover
from audiobook.book.drafts import draft_record, tags_of
from audiobook.book.excerpts.chapter_places import (
    BY_CHAPTER,
    remove_chapter_files,
    remove_unrecorded,
    require_chapter_places,
)
from audiobook.book.extra_files import Captions, PreviousFiles, remove_formats
from audiobook.book.ownership import covers_in, remove_covers
from audiobook.book.picture_files import Pictures, pictures_of, remove_pictures, written_pictures
from audiobook.book.record.archive_names import ARCHIVES
from audiobook.book.record.chapters import ChapterRecord
from audiobook.book.record.from_script import EncodedChapters, bare_chapters, chapter_records
from audiobook.book.record.inputs import Inputs
from audiobook.book.record.pictures import PictureRecord, picture_problems
from audiobook.book.record.stamps import ChapterFile, FileStamp, FormatRecord, file_problems
from audiobook.book.record.works import Record, RecordHead, with_chapters
from audiobook.book.record.writing import write_encoded, write_record
from audiobook.book.sound.book_clips import BookClips
from audiobook.book.sound.book_frames import BookFrames
from audiobook.book.sound.formats import FLAC, SOUND_FORMATS, sound_format
from audiobook.book.sound.kept_frames import KeptFrames
from audiobook.book.sound.mp3_file import write_mp3
from audiobook.book.sound.old_frames import OldFrames, note_frames, old_frames
from audiobook.book.sound.packets import BookSound, EncodedClips
from audiobook.book.sound.places import Places
from audiobook.book.timeline import Timeline, lay_out
from audiobook.clips.heads import ClipHeads
from audiobook.clips.store import ClipStore
from audiobook.files import Spool

_IN_MEMORY_BYTES: Final = 1 << 20
"""Memory for the sentences of clips and the encoded chapters, which are in a temporary file if they need more."""
_AnyRecord = TypeVar("_AnyRecord", bound=RecordHead)


class Assembled(NamedTuple):
    """An assembled book.

    Attributes:
        record: Its record without chapters.
        chapter_count: Number of chapters.
        sha256: Digest of the record.
        places: Where its MP3 can be cut, if that was written now and archives are to be made from it.
    """

    record: RecordHead
    chapter_count: int
    sha256: str
    places: Places | None


def assemble(
    book: Book,
    store: ClipStore,
    folder: Path,
    heads: ClipHeads | None = None,
    old: OldFrames | None = None,
    *,
    replace: bool = False,
) -> Assembled:
    """Write a book's cover, its MP3 unless it stays, and the files of other formats except archives, then its record.

    Args:
        book: The book.
        store: The store with its clips.
        folder: Folder for the files, `output/<lang>`.
        heads: The heads of clips that were read before; None if there are none.
        old: The frames of the MP3 that is replaced, if they are being checked; None starts to check them.
        replace: Whether to overwrite files that this program did not make.

    Raises:
        DamagedClip: A clip is missing or damaged; make it and assemble again.
        OutputMismatch: A file that this program did not make is in the way.
        StorageError: A file cannot be written.
    """
    with Spool(store.folder, _IN_MEMORY_BYTES) as spool:
        clips = BookClips(book.script, book.inputs.listener, store, spool, heads)
        # The cover comes first, because drawing needs memory that the rest would occupy.
        cover = _cover(book, folder, replace=replace)
        with nullcontext(old) if old or book.previous.audio else _checked(book, store, folder) as old:
            return _with_sound(book, clips, folder, spool, cover, old, replace=replace)


def _checked(book: Book, store: ClipStore, folder: Path) -> AbstractContextManager[OldFrames | None]:
    return old_frames(folder / f"{book.slug}.mp3", store.notes) or nullcontext()


def _with_sound(
    book: Book,
    clips: BookClips,
    folder: Path,
    spool: Spool,
    cover: Cover,
    old: OldFrames | None,
    *,
    replace: bool,
) -> Assembled:
    timeline = lay_out(book.script, clips.extent, book.inputs.pauses)
    shown = pictures_of(book.script.paragraphs(), book.source) if book.pictures else {}
    bare = bare_chapters(book.script, timeline)
    records = chapter_records(bare, book.script, timeline, clips.sentences, list(shown))
    chapters = EncodedChapters(bare, records, spool)
    draft = draft_record(book, timeline, cover)
    captions = Captions(draft, chapters, book.inputs.formats)
    if not replace:
        captions.require_places(folder, book.previous)
    if book.inputs.split == BY_CHAPTER:
        titles = [chapter.title for chapter in chapters.bare]
        require_chapter_places(folder, book.slug, titles, book.previous.chapter_files, replace=replace)
    tags = tags_of(book, timeline, chapters, cover.small)
    stamp, formats, places = _write_sound(
        book, tags, timeline, clips, folder, old, (chapters.encode, captions.make)
    )
    formats |= captions.write(folder)
    archives = ARCHIVES.intersection(book.inputs.formats)
    formats |= {name: stamp for name, stamp in book.previous.intact.items() if name in archives}
    record = msgspec.structs.replace(draft, audio=stamp, formats=dict(sorted(formats.items())))
    known = book.previous.pictures
    pictures = written_pictures(shown.values(), book.pictures, folder, book.slug, known, replace=replace)
    record = with_pictures(record, pictures)
    record = _with_chapter_files(record, chapters, book.previous, folder)
    sha256 = write_encoded(folder / f"{book.slug}.json", record, chapters.encoded())
    captions.write_unmarked(folder, formats)
    remove_formats(folder, book.previous, book.inputs.formats)  # archives are replaced once this is written
    remove_chapter_files(folder, book.previous.chapter_files, record.chapter_files)
    remove_pictures(folder, book.slug, record.pictures)
    others = covers_in(folder).get(book.slug, [])
    remove_covers(folder, (name for name in others if name != cover.record.name), book.cover_before)
    return Assembled(record, len(chapters.bare), sha256, places)


def with_pictures(record: _AnyRecord, pictures: tuple[PictureRecord, ...]) -> _AnyRecord:
    """Return a record with its pictures, and their problems, replaced."""
    before = set(picture_problems(record.pictures))
    problems = (*(each for each in record.problems if each not in before), *picture_problems(pictures))
    return msgspec.structs.replace(record, pictures=pictures, problems=problems)


def _write_sound(
    book: Book,
    tags: Tags,
    timeline: Timeline,
    clips: BookClips,
    folder: Path,
    old: OldFrames | None,
    meanwhile: Iterable[Callable[[], None]],
) -> tuple[FileStamp, dict[str, FormatRecord], Places | None]:
    """Write the MP3 and the other formats with sound, except what stays; return the stamps of all, and where to cut the MP3.

    Digests and the disk take most of the time, so two files are written at once. This thread, which can be interrupted, calls
    all of `meanwhile` and then writes one: the FLAC if there is one, since it takes longer than all the others together.
    """
    audio = book.inputs.audio

    def write(name: str) -> FormatRecord:
        sound = sound_format(name)
        encoded = EncodedClips(clips.store, sound.encoding(audio), clips.frames_sha256)
        source = BookSound(tags, timeline, encoded, audio.loudness_lufs)
        return sound.write(folder / f"{book.slug}.{name}", source)

    names = [name for name in book.inputs.formats if name in SOUND_FORMATS]
    missing = [name for name in names if name not in book.previous.intact]
    own = [FLAC] if FLAC in missing else missing[-1:]
    with ThreadPoolExecutor(max_workers=1) as pool:
        try:
            mp3, places, writing = book.previous.audio, None, None
            if mp3 is None:
                encoder = EncoderSettings(audio.kbits, audio.quality)
                frames = BookFrames(timeline, clips.store, clips.extent, clips.frames_sha256, encoder)
                kept = KeptFrames(frames, old) if old else None
                path = folder / f"{book.slug}.mp3"
                tag = id3_tag(tags)  # before the threads begin, which take turns
                writing = pool.submit(_write_mp3, path, tag, frames, kept, clips.store)
            pending = {name: pool.submit(write, name) for name in missing if name not in own}
            for work in meanwhile:
                work()
            made = {name: write(name) for name in own}
            made |= {name: stamp.result() for name, stamp in pending.items()}
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    if writing:
        mp3 = writing.result()
        if ARCHIVES.intersection(book.inputs.formats):
            places = frames.places(mp3.length_bytes - sum(frames.lengths))
    assert mp3
    return mp3, {name: made.get(name) or book.previous.intact[name] for name in names}, places


def _write_mp3(
    path: Path, tag: bytes, frames: BookFrames, kept: KeptFrames | None, store: ClipStore
) -> FileStamp:
    """Write the MP3, and note its frames for the next build."""
    written = write_mp3(path, tag, frames, kept)
    note_frames(store.notes, path, frames, written.checksums)
    return written.stamp


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
    made = _with_chapter_files(made, made.chapters, previous, folder)
    if made.pictures:
        made = with_pictures(
            made, written_pictures(made.pictures, pictures, folder, made.slug, previous.pictures)
        )
    sha256 = write_record(folder / f"{record.slug}.json", made)
    captions.write_unmarked(folder, formats)
    remove_formats(folder, previous, inputs.formats)
    remove_chapter_files(folder, previous.chapter_files, made.chapter_files)
    remove_pictures(folder, made.slug, made.pictures)
    return msgspec.structs.replace(made, digest=sha256)


def _with_chapter_files(
    record: _AnyRecord, chapters: Iterable[ChapterRecord], previous: PreviousFiles, folder: Path
) -> _AnyRecord:
    """Return a record with the files of its chapters, and their problems, replaced."""
    before = set(file_problems(record.chapter_files))
    files = _chapter_files(record, chapters, previous, folder)
    problems = (*(each for each in record.problems if each not in before), *file_problems(files))
    return msgspec.structs.replace(record, chapter_files=files, problems=problems)


def _chapter_files(
    record: RecordHead, chapters: Iterable[ChapterRecord], previous: PreviousFiles, folder: Path
) -> tuple[ChapterFile, ...]:
    """Write the files of chapters if they are wanted and do not stay, and return their stamps."""
    remove_unrecorded(folder, record.slug, previous.chapter_files)
    if record.inputs.split != BY_CHAPTER:
        return ()
    if previous.are_chapters_intact:
        return previous.chapter_files
    from audiobook.book.excerpts.chapter_files import write_chapter_files  # not needed by other builds

    whole = with_chapters(record, chapters)
    return write_chapter_files(whole, folder, small_cover(folder / record.audio.name))


def _cover(book: Book, folder: Path, *, replace: bool) -> Cover:
    before, maker = book.cover_before, book.inputs.maker
    return make_cover(book.cover_text, book.picture, before, folder, maker, replace=replace)
