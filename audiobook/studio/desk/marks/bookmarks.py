"""Bookmarks set while listening, kept in a file next to the text: `novel.marks.toml` for `novel.epub`."""

from __future__ import annotations

from collections.abc import MutableMapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
import tomlkit
from msgspec import Meta

from audiobook.encodings import UTF_8
from audiobook.errors import AudiobookError, SourceError, StorageError
from audiobook.files import digest
from audiobook.pipeline.heard_books import DoubtedSentence
from audiobook.pipeline.texts.edition import Edition, bare_name
from audiobook.studio.desk.edits import Changed, contents_of, edit
from audiobook.studio.desk.marks.anchors import Anchor, Spot, origin_of, sentences_of, spot_of
from audiobook.studio.desk.marks.doubts import doubts_of
from audiobook.studio.desk.script.reading import Reading, reading_of
from audiobook.studio.desk.shelf import Gone, Shelf
from audiobook.toml import parse_toml

_SUFFIX: Final = ".marks.toml"
_BOM: Final = b"\xef\xbb\xbf"
_CLIP_CHARS: Final = 16
_MOST: Final = 2000
"""Number of marks in a file. It is limited because each mark is searched for in the whole text."""
_Number = Annotated[int, Meta(ge=1, le=10_000_000)]


class Mark(msgspec.Struct, frozen=True):
    """A marked sentence: `[[mark]]`.

    Attributes:
        chapter: Title of its chapter in the text, which stays the same if the chapter is renamed or merged.
        paragraph: Number of its paragraph in the chapter, from 1.
        sentence: Number of the sentence in the paragraph, from 1.
        text: The sentence as it was written.
        note: What is wrong there.
        fixed: Whether it has been dealt with.
        clip: Beginning of the key of a clip that the recogniser doubted; a doubt about another clip of the sentence is listed again.
    """

    chapter: str = ""
    paragraph: _Number = 1
    sentence: _Number = 1
    text: str = ""
    note: str = ""
    fixed: bool = False
    clip: str = ""

    @property
    def anchor(self) -> Anchor:
        """Where it is."""
        return Anchor(self.chapter, self.paragraph, self.sentence, self.text)

    @property
    def identity(self) -> str:
        """A short digest of all its values."""
        return digest(msgspec.json.encode(self))[:16]


class _File(msgspec.Struct):
    mark: Annotated[tuple[Mark, ...], Meta(max_length=_MOST)] = ()


def marks_path(edition: Edition) -> Path:
    """Return the path of a text's marks: next to it, where neither builds nor `clean` change anything."""
    own = edition.source or edition.path
    return own.with_name(f"{bare_name(own.name)}{_SUFFIX}")


def open_count(edition: Edition) -> int:
    """Return how many marks are not fixed; 0 if the file cannot be read."""
    with suppress(AudiobookError):
        return sum(not mark.fixed for mark in read_marks(edition))
    return 0


def read_marks(edition: Edition) -> tuple[Mark, ...]:
    """Return the marks of a text, as they are in its file.

    Raises:
        SourceError: The file is not valid.
        StorageError: It is a link, or cannot be read.
    """
    path = marks_path(edition)
    name = edition.beside(path)
    if path.is_symlink():  # in a project from a stranger, it could lead anywhere
        raise StorageError("is a link, which is not followed", where=name, hint="put the file itself there")
    return _parsed(name, contents_of(path))


def _parsed(name: str, data: bytes) -> tuple[Mark, ...]:
    try:
        tables = parse_toml(data.removeprefix(_BOM).decode(UTF_8), name, SourceError)
        return msgspec.convert(tables, _File).mark
    except UnicodeDecodeError as error:
        raise SourceError("is not UTF-8", where=name, hint="save it as UTF-8") from error
    except msgspec.ValidationError as error:
        raise SourceError(
            f"is not a list of marks: {error}", where=name, hint="correct it in an editor"
        ) from error


def listed(shelf: Shelf, label: str) -> dict[str, Any]:
    """Return the marks of a work in the order of its text, with the passages that a recogniser doubted.

    Raises:
        Gone: There is no such work.
        AudiobookError: The work or its marks cannot be read.
    """
    reading = reading_of(shelf, label)
    kept = read_marks(reading.edition)
    settled = {(mark.clip, mark.sentence) for mark in kept if mark.clip}
    found = [_shown(reading, mark, spot_of(reading, mark.anchor)) for mark in kept]
    found += [
        _doubted(doubt, spot)
        for doubt in doubts_of(shelf, reading)
        if (doubt.key[:_CLIP_CHARS], doubt.sentence) not in settled
        and (spot := spot_of(reading, _anchor(doubt)))
        and spot.key == doubt.key
    ]
    found.sort(key=lambda each: (not each["number"], each["number"], each["paragraph"], each["sentence"]))
    return {
        "label": label,
        "title": reading.narration.work.title,
        "language": reading.edition.language,
        "file": reading.edition.beside(marks_path(reading.edition)),
        "marks": found,
        "open": sum(not each["fixed"] for each in found),
    }


def _shown(reading: Reading, mark: Mark, spot: Spot | None) -> dict[str, Any]:
    is_other = spot is not None and spot.text.split() != mark.text.split()
    return {
        "id": mark.identity,
        **_where(spot),
        "chapter": reading.narration.work.chapters[spot.number - 1].title if spot else mark.chapter,
        "text": mark.text,
        "now": spot.text if spot and is_other else "",
        "note": mark.note,
        "fixed": mark.fixed,
        "doubt": "",
    }


def _doubted(doubt: DoubtedSentence, spot: Spot) -> dict[str, Any]:
    return {
        "id": _identity(doubt),
        **_where(spot),
        "chapter": doubt.chapter,
        "text": spot.text,
        "now": "",
        "note": ", ".join(doubt.faults),
        "fixed": False,
        "doubt": doubt.heard or "nothing",
    }


def _anchor(doubt: DoubtedSentence) -> Anchor:
    return Anchor(doubt.chapter, doubt.paragraph, doubt.sentence, " ".join(doubt.written.split()))


def _identity(doubt: DoubtedSentence) -> str:
    return digest(f"{doubt.key} {doubt.sentence}".encode())[:16]


def _where(spot: Spot | None) -> dict[str, int]:
    number, paragraph, sentence = spot[:3] if spot else (0, 0, 0)
    return {"number": number, "paragraph": paragraph, "sentence": sentence}


def add(
    shelf: Shelf, label: str, number: int, paragraph: int, sentence: int, key: str, note: str
) -> dict[str, Any]:
    """Mark a sentence, and return its `id`.

    Args:
        shelf: The project.
        label: Language and slug of the work.
        number: Number of the chapter from 1.
        paragraph: Index of the paragraph.
        sentence: Index of the sentence in the paragraph.
        key: Key of the clip that the page showed there.
        note: What is wrong there; may be empty.

    Raises:
        Gone: The text has changed since the page showed it.
        AudiobookError: The marks cannot be read or written.
    """
    reading = reading_of(shelf, label)
    spoken = reading.said(reading.paragraph(number, paragraph))
    spots = [spot for spot in sentences_of(spoken, number, paragraph) if spot.sentence == sentence]
    if not spots or spots[0].key != key:
        raise Gone("the text has changed, so nothing was marked", hint="mark it again")
    origin = origin_of(reading.narration, number, paragraph)
    mark = Mark(*origin, sentence + 1, " ".join(spots[0].text.split()), _line(note))
    if mark not in read_marks(reading.edition):
        _add(reading.edition, mark)
    return {"id": mark.identity}


def change(shelf: Shelf, label: str, id: str, note: str | None, fixed: bool | None) -> dict[str, Any]:
    """Change the note of a mark, or whether it is fixed; return its new `id`.

    A doubt of the recogniser that is settled becomes a mark.

    Raises:
        Changed: The mark was changed meanwhile.
        AudiobookError: The marks cannot be read or written.
    """
    reading = reading_of(shelf, label)
    mark = _found(reading.edition, id)
    made = mark or _mark_of(shelf, reading, id)
    if made is None:
        raise Changed("this mark was changed in the meantime", hint="reload the page")
    new = msgspec.structs.replace(
        made,
        note=made.note if note is None else _line(note),
        fixed=made.fixed if fixed is None else fixed,
    )
    if mark:
        _edit(reading.edition, partial(_replace, old=mark, new=new))
    else:
        _add(reading.edition, new)
    return {"id": new.identity}


def drop(shelf: Shelf, label: str, id: str) -> dict[str, Any]:
    """Remove a mark.

    Raises:
        Changed: The mark was changed meanwhile.
        AudiobookError: The marks cannot be read or written.
    """
    edition = shelf.edition(shelf.project(shelf.settings()), label)
    mark = _found(edition, id)
    if mark is None:
        raise Changed("this mark was changed in the meantime", hint="reload the page")
    _edit(edition, partial(_replace, old=mark, new=None))
    return {}


def _found(edition: Edition, identity: str) -> Mark | None:
    return next((mark for mark in read_marks(edition) if mark.identity == identity), None)


def _mark_of(shelf: Shelf, reading: Reading, identity: str) -> Mark | None:
    """Return the mark of a doubt; None if the recogniser has no such doubt."""
    for doubt in doubts_of(shelf, reading):
        if _identity(doubt) == identity and (spot := spot_of(reading, _anchor(doubt))):
            origin = origin_of(reading.narration, spot.number, spot.paragraph)
            written = " ".join(spot.text.split())
            note = ", ".join(doubt.faults)
            return Mark(*origin, doubt.sentence, written, note, clip=doubt.key[:_CLIP_CHARS])
    return None


def _line(note: str) -> str:
    return " ".join(note.split())


def _add(edition: Edition, mark: Mark) -> None:
    if len(read_marks(edition)) >= _MOST:
        name = edition.beside(marks_path(edition))
        raise SourceError(f"contains {_MOST} marks already", where=name, hint="remove some that are fixed")
    _edit(edition, partial(_append, mark=mark))


def _edit(edition: Edition, change: Any) -> None:  # noqa: ANN401 - of documents and of dictionaries
    path = marks_path(edition)
    name = edition.beside(path)
    edit(path, name, change, partial(_parsed, name), keeps_empty=False)


def _append(tables: MutableMapping[str, Any], mark: Mark) -> None:
    is_document = isinstance(tables, tomlkit.TOMLDocument)
    if "mark" not in tables:
        tables["mark"] = tomlkit.aot() if is_document else []
    made = tomlkit.table() if is_document else {}
    for key, value in msgspec.to_builtins(mark).items():
        if key != "clip" or value:
            made[key] = value
    tables["mark"].append(made)


def _replace(tables: MutableMapping[str, Any], old: Mark, new: Mark | None) -> None:
    """Change one mark in place, or remove it."""
    entries = tables["mark"]
    index = next(at for at, entry in enumerate(entries) if _is(entry, old))
    if new is None:
        del entries[index]
        if not entries:
            del tables["mark"]
        return
    entries[index]["note"] = new.note
    entries[index]["fixed"] = new.fixed


def _is(entry: MutableMapping[str, Any], mark: Mark) -> bool:
    plain = entry.unwrap() if hasattr(entry, "unwrap") else entry
    return msgspec.convert(plain, Mark) == mark
