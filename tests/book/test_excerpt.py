"""Chapters cut from a book sound as they do in it, to the sample."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from mutagen import id3
from sampling import sampled
from tools import Shelf, decoded, decoded_by_ffmpeg, run_tool

from audiobook.audio.mp3.frames import STITCH_DELAY_SAMPLES
from audiobook.book.excerpts.chapter_places import chapter_file_names
from audiobook.book.excerpts.excerpt import Excerpt, open_book
from audiobook.book.record.reading import read_record
from audiobook.book.record.works import Record
from audiobook.errors import OutputMismatch
from audiobook.settings import Mp3Settings

TEXT = """# Book

It begins here, with a few words.

## One

The first chapter has a sentence. And it has another one.

## Two

The second has one.

## Three

The third ends it all, at last.
"""
COVER = b"\xff\xd8\xff\xe0"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Record]:
    shelf = Shelf(tmp_path_factory.mktemp("book"))
    shelf.write("texts/en/book.md", TEXT)
    shelf.build("--engine", "espeak")
    record = read_record(shelf.book("en/book", ".json"))
    assert record
    return shelf.book("en/book"), record


def cut(book: tuple[Path, Record], first: int, last: int, folder: Path) -> Path:
    path = folder / f"{first}-{last}.mp3"
    with open_book(*book) as opened:
        path.write_bytes(b"".join(opened.cut(Excerpt("A part", first, last), COVER)))
    return path


@pytest.mark.slow
@pytest.mark.parametrize(("first", "last"), sampled([(0, 1), (1, 2), (1, 3), (3, 4), (0, 4)], 2))
def test_an_excerpt_is_decoded_to_the_samples_of_the_book(
    book: tuple[Path, Record], first: int, last: int, tmp_path: Path
) -> None:
    mp3, record = book
    path = cut(book, first, last, tmp_path)
    begin = record.chapters[first].start_samples
    end = record.chapters[last - 1].end_samples
    wanted = end - begin if last == len(record.chapters) else end - begin - STITCH_DELAY_SAMPLES
    for decode in (decoded, decoded_by_ffmpeg):
        whole, part = decode(mp3), decode(path)
        assert len(part) == wanted
        assert np.abs(part - whole[begin : begin + wanted]).max() <= 2 / 32768
        assert np.abs(whole[begin + wanted : end]).max(initial=0) < 0.01, "what is cut off is silence"
    assert "WARNING" not in run_tool("mp3val", path).stdout


def test_an_excerpt_has_its_own_tag(book: tuple[Path, Record], tmp_path: Path) -> None:
    tag = id3.ID3(cut(book, 1, 3, tmp_path), translate=False)
    assert (str(tag["TIT2"]), str(tag["TALB"])) == ("A part", "Book")
    assert "TRCK" not in tag, "its bytes do not depend on its place"
    assert [frame.data for frame in tag.getall("APIC")] == [COVER]
    chapters = sorted(tag.getall("CHAP"), key=lambda frame: int(frame.start_time))
    assert [str(frame.sub_frames["TIT2"]) for frame in chapters] == ["One", "Two"]
    assert chapters[0].start_time == 0
    assert chapters[1].end_time == int(str(tag["TLEN"]))
    assert not tag.getall("USLT")
    record = msgspec.structs.replace(
        book[1], inputs=msgspec.structs.replace(book[1].inputs, mp3=Mp3Settings(lyrics=True, sylt="sentence"))
    )
    tag = id3.ID3(cut((book[0], record), 1, 3, tmp_path), translate=False)
    assert tag.getall("USLT")[0].text.startswith("One\n\nThe first chapter")
    sentences = [
        sentence for part in record.chapters[1:3] for each in part.paragraphs for sentence in each.sentences
    ]
    begin = record.chapters[1].start_samples
    times = [(sentence.start_samples - begin) * 1000 // record.rate_hz for sentence in sentences]
    assert [time for _, time in tag.getall("SYLT")[0].text] == times


def test_the_same_excerpt_is_the_same_bytes(book: tuple[Path, Record], tmp_path: Path) -> None:
    assert cut(book, 1, 2, tmp_path).read_bytes() == cut(book, 1, 2, tmp_path).read_bytes()


def test_names_of_files_have_no_signs_that_a_playlist_gives_another_meaning() -> None:
    titles = ["C# and #1", "100% of 50%2F", "#"]
    names = ["walk/01 - C and 1.mp3", "walk/02 - 100% of 50% 2F.mp3", "walk/03.mp3"]
    assert chapter_file_names("walk", titles) == names


def test_the_marks_of_two_files_are_never_the_same(book: tuple[Path, Record], tmp_path: Path) -> None:
    chapters = tuple(msgspec.structs.replace(chapter, title="Letter") for chapter in book[1].chapters)
    record = msgspec.structs.replace(book[1], chapters=chapters)
    with open_book(book[0], record) as opened:
        for number in range(3):
            pieces = opened.cut(Excerpt("Letter", number, number + 1, (number + 1, 4)), COVER)
            (tmp_path / f"{number}.mp3").write_bytes(b"".join(pieces))
    starts = [id3.ID3(tmp_path / f"{number}.mp3").getall("CHAP")[0].start_time for number in range(3)]
    assert starts == [0, 1, 0]


@pytest.mark.parametrize("damage", ["empty", "cut", "longer", "bad frame", "no tag"])
def test_a_damaged_book_is_refused_by_name(book: tuple[Path, Record], damage: str, tmp_path: Path) -> None:
    mp3, record = book
    data = bytearray(mp3.read_bytes())
    bad = tmp_path / "bad.mp3"
    match damage:
        case "empty":
            data.clear()
        case "cut":
            del data[-100:]
        case "longer":
            data += b"more"
        case "bad frame":
            at = data.rindex(b"\xff\xf3")
            data[at : at + 2] = b"\0\0"
        case _:
            del data[:4000]
    bad.write_bytes(data)
    with pytest.raises(OutputMismatch) as caught, open_book(bad, record):
        pass
    assert caught.value.where == "bad.mp3"
