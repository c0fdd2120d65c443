"""The record: it is read back as written, and refused if it was changed."""

import hashlib
import json
import tempfile
import tracemalloc
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from records import chapter, record

from audiobook.book.assemble import with_pictures
from audiobook.book.record.chapters import ChapterRecord, ParagraphRecord, SentenceRecord
from audiobook.book.record.from_script import EncodedChapters
from audiobook.book.record.inputs import Inputs
from audiobook.book.record.pictures import PictureRecord
from audiobook.book.record.reading import read_brief, read_record, read_stored
from audiobook.book.record.stamps import CoverRecord, FileStamp
from audiobook.book.record.works import FORMAT, BriefRecord, Characters, Record, records_in, with_chapters
from audiobook.book.record.writing import book_digest, sealed, write_encoded, write_record
from audiobook.clips.key import Speaker
from audiobook.document import Kind
from audiobook.errors import OutputMismatch, StorageError
from audiobook.files import Spool
from audiobook.settings import AudioSettings, PauseSettings

RECORD = Record(
    slug="essee",
    language="fi",
    title="Ääniä “ja” ääntä 😀",
    authors=("Aino", "Eino"),
    narrator="tone tone",
    date="2024-05",
    description="Ääniä.\n\nJa ääntä.",
    series="Äänet",
    series_position="2.5",
    source="texts/fi/essee.txt",
    inputs=Inputs(
        source_sha256="0" * 64,
        cover_sha256=None,
        lexicon_sha256="1" * 64,
        authors=("Aino",),
        narrate=("footnotes",),
        speaker=Speaker("tone", "tone 1", "tone", 1.5, 1.0, 1.0, 22050),
        pauses=PauseSettings(),
        audio=AudioSettings(),
        maker="audiobook 1.0",
    ),
    audio=FileStamp("essee.mp3", 1234, "f" * 64),
    cover=CoverRecord(
        "essee.cover-eeeeeeee.jpg",
        567,
        "e" * 64,
        size_px=3000,
        drawn=True,
        design="d" * 64,
        small_sha256="e" * 64,
    ),
    rate_hz=22050,
    length_samples=100_000,
    duration_s=4.535,
    foreign={"en": Speaker("tone", "tone 1", "tone", 1.0, 1.0, 1.0, 22050)},
    characters=Characters(70, 60, {"code": 5, "signs": 5}),
    problems=("texts/fi/essee.txt:3: a block of code is not read out",),
    chapters=(
        ChapterRecord(
            "Alku",
            1,
            0,
            100_000,
            (
                ParagraphRecord(
                    Kind.TITLE,
                    "",
                    1,
                    "Ääniä",
                    ((0, 3, "en"),),
                    ("a" * 64,),
                    (SentenceRecord(0, 5, 0, 900, ((0, 5, 7),)),),
                ),
                ParagraphRecord(Kind.BREAK, "", 2, "* * *", (), (), ()),
                ParagraphRecord(
                    Kind.TEXT,
                    "!a.xhtml",
                    3,
                    "Ei.",
                    (),
                    ("b" * 64, "c" * 64),
                    (SentenceRecord(0, 3, 1000, 2000, ()),),
                ),
            ),
        ),
    ),
)


def place(folder: Path) -> Path:
    """Return the path of the record."""
    return folder / "fi" / "essee.json"


def written(folder: Path) -> Path:
    path = place(folder)
    write_record(path, RECORD)
    return path


def refused(path: Path) -> OutputMismatch:
    with pytest.raises(OutputMismatch) as caught:
        read_record(path)
    for read in (read_stored, read_brief):
        with pytest.raises(OutputMismatch):
            read(path)
    assert caught.value.where == path.name
    return caught.value


def read_or_refused(path: Path) -> Record | None:
    """Return a record, or None if it is refused, after checking that all ways to read it give the same."""
    try:
        found = read_record(path)
    except OutputMismatch:
        found = None
    try:
        stored = read_stored(path)
    except OutputMismatch:
        stored = None
    try:
        brief = read_brief(path)
    except OutputMismatch:
        brief = None
    assert found == (stored and msgspec.structs.replace(stored, chapters=tuple(stored.chapters)))
    assert brief == (found and without_text(found))
    return found


def without_text(record: Record) -> BriefRecord:
    return msgspec.json.decode(msgspec.json.encode(record), type=BriefRecord)


def content(record: Record | None) -> Record | None:
    """Return a record without its seal, which only written records have."""
    return msgspec.structs.replace(record, digest="") if record else None


def test_a_written_record_is_read_back(tmp_path: Path) -> None:
    assert content(read_record(written(tmp_path))) == RECORD


def test_a_record_that_was_read_can_be_written_again(tmp_path: Path) -> None:
    path = written(tmp_path)
    before = path.read_bytes()
    record = read_record(path)
    assert record
    write_record(path, record)
    assert path.read_bytes() == before


def test_stored_chapters_are_decoded_each_time_they_are_read(tmp_path: Path) -> None:
    path = written(tmp_path)
    before = path.read_bytes()
    stored = read_stored(path)
    assert stored
    first, *rest = RECORD.chapters
    assert (tuple(stored.chapters), stored.chapters[0], [*stored.chapters[1:]]) == (
        RECORD.chapters,
        first,
        rest,
    )
    assert stored.chapters[0] is not stored.chapters[0]
    assert book_digest(stored) == book_digest(RECORD)
    write_record(path, stored)
    assert path.read_bytes() == before


def test_a_long_record_is_read_without_its_text_in_memory(tmp_path: Path) -> None:
    """Its text looks like the parts at which it is cut, which is what a chapter title and a quotation mark can do."""
    odd = 'It says: },{"title":"A"},"chapters":[{"title":"B\\"'
    texts = (odd * 400, f"a{odd}") * 4
    chapters = tuple(chapter(f'{odd} {at}"', at * 8000, texts) for at in range(40))
    path = tmp_path / "en" / "essay.json"
    write_record(path, record("essay", "en", chapters=chapters))
    read_brief(path)  # loads what is imported late
    tracemalloc.start()
    brief = read_brief(path)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    whole = read_record(path)
    assert whole
    assert brief == without_text(whole)
    assert [each.title for each in brief.chapters] == [each.title for each in chapters]
    assert peak_bytes < path.stat().st_size


def test_the_same_record_is_the_same_bytes(tmp_path: Path) -> None:
    write_record(tmp_path / "other.json", RECORD)
    assert written(tmp_path).read_bytes() == (tmp_path / "other.json").read_bytes()


def test_a_record_is_json_with_its_format_and_seal(tmp_path: Path) -> None:
    data = written(tmp_path).read_bytes()
    found = json.loads(data)
    assert found["format"] == FORMAT == 1
    body = data.replace(found["digest"].encode(), b"").removesuffix(b"\n")
    assert found["digest"] == hashlib.sha256(body).hexdigest()
    assert found["title"] == RECORD.title
    assert found["chapters"][0]["paragraphs"][1] == {
        "kind": "break",
        "place": "",
        "line": 2,
        "text": "* * *",
        "foreign": [],
        "clips": [],
        "sentences": [],
    }


def test_records_are_found_by_the_names_of_their_folders_and_files(tmp_path: Path) -> None:
    ours = ("en/a.json", "en/b.json", "pt-BR/a.json")
    others = (
        "en/a.chapters.json",
        "en/a.mp3",
        "site-of-mine/a.json",
        ".audiobook/a.json",
        "en/x/a.json",
        "c.json",
    )
    for name in (*reversed(ours), *others):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "fi").touch()
    assert [path.relative_to(tmp_path).as_posix() for path in records_in(tmp_path)] == [*ours]
    (tmp_path / "sl").symlink_to(tmp_path / "en")
    with pytest.raises(StorageError, match="is a link"):
        records_in(tmp_path)


def test_a_record_that_is_not_there_is_none(tmp_path: Path) -> None:
    assert read_record(tmp_path / "nowhere.json") is None


def test_a_record_knows_all_its_clips() -> None:
    assert RECORD.clip_keys() == {"a" * 64, "b" * 64, "c" * 64}


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the places of all single values in a record."""
    if isinstance(value, dict):
        return [place for key, one in value.items() for place in leaves(one, (*path, key))]
    if isinstance(value, list) and value:
        return [place for at, one in enumerate(value) for place in leaves(one, (*path, at))]
    return [path]


SHOWN = json.loads(msgspec.json.encode(RECORD))


def edited(shown: Any, place: tuple[str | int, ...]) -> Any:
    """Return a record with another value in a place."""
    shown = json.loads(json.dumps(shown))
    inner: Any = shown
    for step in place[:-1]:
        inner = inner[step]
    match inner[place[-1]]:
        case str() as text:
            inner[place[-1]] = "heading" if place[-1] == "kind" else text + "x"
        case int() | float() as number:
            inner[place[-1]] = number + 1
        case None:
            inner[place[-1]] = "0" * 64
        case _:
            inner[place[-1]] = ["x" * 64]
    return shown


def test_a_record_edited_in_any_place_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    shown = json.loads(path.read_text("utf-8"))
    for place in leaves(SHOWN):
        path.write_text(json.dumps(edited(shown, place)), "utf-8")
        assert read_or_refused(path) is None, place


def test_exports_do_not_depend_on_pictures() -> None:
    plain = RECORD
    lost = PictureRecord("", 0, "", "x.png", "x.md:3", "", is_beside=True, problem="the picture is missing")
    pictured = with_pictures(plain, (lost,))
    assert pictured.problems == (*plain.problems, "x.md:3: the picture is missing")
    assert book_digest(pictured) == book_digest(plain)
    assert with_pictures(pictured, ()) == plain


def test_a_record_without_its_chapters_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    shown = json.loads(path.read_text("utf-8"))
    shown["chapters"] = []
    path.write_text(json.dumps(shown), "utf-8")
    assert "chapters" in refused(path).message


def test_a_record_with_a_chapter_twice_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    shown = json.loads(path.read_text("utf-8"))
    shown["chapters"] *= 2
    path.write_text(json.dumps(shown), "utf-8")
    assert refused(path).message == "was changed after it was written"


def test_a_record_of_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "essee.json"
    write_record(path, msgspec.structs.replace(RECORD, format=FORMAT + 1))
    assert refused(path).message == f"is a record of format {FORMAT + 1}, not {FORMAT}"


def test_the_same_record_with_other_white_space_is_read(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")), indent=4), "utf-8")
    assert content(read_record(path)) == RECORD


def test_a_record_with_fewer_fields_is_read(tmp_path: Path) -> None:
    data = (
        written(tmp_path)
        .read_bytes()
        .replace(b',"chosen_chapters":"","skipped_chapters":[]}', b"}")
        .replace(b'"voices":{},', b"")
    )
    seal = json.loads(data)["digest"].encode()
    now = sha256(data.removesuffix(b"\n").replace(seal, b"")).hexdigest()
    path = place(tmp_path)
    path.write_bytes(data.replace(seal, now.encode()))
    assert content(read_record(path)) == RECORD


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b"not JSON",
        bytes(500),
        b'{"slug": "\xff"}',
        b'{"slug": "\\ud800"}',
        b'{"format": 1' + b"0" * 5000 + b"}",
        b'{"x": ' + b"[" * 100_000,
        b"\xff\xfe{\0}\0",
        b"\xef\xbb\xbf{}",
    ],
    ids=[
        *(
            "empty",
            "list",
            "object",
            "null",
            "text",
            "zeros",
            "bad UTF-8",
            "half a pair",
            "large number",
            "deep",
        ),
        *("UTF-16", "byte order mark"),
    ],
)
def test_anything_but_a_record_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "essee.json").write_bytes(data)
    assert refused(tmp_path / "essee.json").message.startswith("not a valid record: ")


def test_a_truncated_record_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path)
    data = path.read_bytes()
    for length in range(0, len(data) - 1, 7):
        path.write_bytes(data[:length])
        assert refused(path).message.startswith("not a valid record: ")


def test_a_folder_in_place_of_a_record_is_reported_and_kept(tmp_path: Path) -> None:
    """Promise: a folder in place of a file is refused by name, and the other works continue."""
    path = tmp_path / "essee.json"
    path.mkdir()
    with pytest.raises(OutputMismatch, match=r"essee\.json: is not a regular file"):
        read_record(path)
    with pytest.raises(StorageError):
        write_record(path, RECORD)


def sealed_bytes() -> bytes:
    """The bytes of the record on the disk."""
    with tempfile.TemporaryDirectory() as folder:
        return written(Path(folder)).read_bytes()


SEALED = sealed_bytes()


@pytest.mark.slow
@hypothesis_settings(max_examples=200)
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_record_with_a_flipped_bit_is_refused_or_says_the_same(
    place: float, bit: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "flipped.json"
    data = bytearray(SEALED)
    data[int(place * len(data))] ^= 1 << bit
    path.write_bytes(data)
    assert content(read_or_refused(path)) in (None, RECORD)


@pytest.mark.parametrize("count", [1, 3])
def test_a_record_is_written_chapter_by_chapter_as_if_at_once(tmp_path: Path, count: int) -> None:
    chapters = tuple(chapter(f"Chapter {at}", at * 1000, ("It begins.", "It ends.")) for at in range(count))
    whole = with_chapters(record("essay", "en", chapters=chapters), chapters)
    expected = msgspec.json.encode(sealed(whole)) + b"\n"
    with Spool(tmp_path) as spool:
        encoded = EncodedChapters((), chapters, spool)
        assert tuple(encoded) == chapters
        assert write_encoded(tmp_path / "1.json", whole, encoded.encoded()) == sealed(whole).digest
    assert write_record(tmp_path / "2.json", whole) == sealed(whole).digest
    assert (tmp_path / "1.json").read_bytes() == (tmp_path / "2.json").read_bytes() == expected
