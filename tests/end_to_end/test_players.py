"""Books in real players and tag readers: tags, chapters, and exact length."""

import json
from pathlib import Path
from typing import Any

import mutagen.id3
import mutagen.mp3
import pytest
from tools import Json, Shelf, decoded, decoded_by_ffmpeg, run_tool

from end_to_end.conftest import AUTHOR

Book = tuple[Shelf, str]

THREE_LETTERS = {"en": "eng", "fi": "fin", "id": "ind", "lv": "lav", "pl": "pol", "sl": "slv"}
MP3_DELAY_SAMPLES = 576 + 529
"""Delay of LAME and decoders. mpv does not subtract it from chapter times, and so shows them early."""


def chapters_of(record: Json) -> list[tuple[str, float]]:
    """Return the title and start in seconds of each chapter of a record."""
    return [(each["title"], each["start_samples"] / record["rate_hz"]) for each in record["chapters"]]


def probe(path: Path) -> Json:
    done = run_tool("ffprobe", "-v", "error", "-of", "json", "-show_format", "-show_chapters", path)
    assert done.stderr == ""
    found: Json = json.loads(done.stdout)
    return found


def tag(path: Path, name: str) -> str:
    return str(mutagen.id3.ID3(path)[name])


def mpv_chapters(path: Path) -> list[dict[str, Any]]:
    mark = "chapters: "
    silent = ("--no-config", "--no-video", "--ao=null", "--end=0.02")
    done = run_tool("mpv", *silent, f"--term-playing-msg={mark}${{=chapter-list}}", path)
    line = next(line for line in done.stdout.splitlines() if line.startswith(mark))
    found: list[dict[str, Any]] = json.loads(line.removeprefix(mark))
    return found


def test_mp3val_has_no_warning(book: Book) -> None:
    shelf, label = book
    said = run_tool("mp3val", shelf.book(label)).stdout
    assert "WARNING" not in said
    assert "ERROR" not in said
    assert "MPEG frames (MPEG 2 Layer III), +ID3v2, CBR" in said


def test_ffprobe_shows_title_author_and_language(book: Book) -> None:
    shelf, label = book
    tags = probe(shelf.book(label))["format"]["tags"]
    assert tags["title"] == tags["album"] == shelf.record(label)["title"]
    assert tags["artist"] == tags["album_artist"] == AUTHOR
    assert tags["language"] == THREE_LETTERS[label.split("/")[0]]
    assert tags["genre"] == "Audiobook"


def test_the_title_is_the_first_line_of_a_text_that_has_one(texts_built: Shelf, text_label: str) -> None:
    source = texts_built.root / texts_built.record(text_label)["source"]
    title = source.read_text("utf-8").splitlines()[0].removeprefix("# ")
    assert tag(texts_built.book(text_label), "TIT2") == title


def test_ffprobe_shows_the_chapters_of_the_record(book: Book) -> None:
    shelf, label = book
    record = shelf.record(label)
    found = probe(shelf.book(label))["chapters"]
    assert [each["tags"]["title"] for each in found] == [title for title, _ in chapters_of(record)]
    for each, (_, start_s) in zip(found, chapters_of(record), strict=True):
        assert float(each["start_time"]) == pytest.approx(start_s, abs=0.001)
    ends = [each["end_samples"] / record["rate_hz"] for each in record["chapters"]]
    assert [float(each["end_time"]) for each in found] == pytest.approx(ends, abs=0.001)


def test_mpv_lists_the_chapters_of_the_record(book: Book) -> None:
    shelf, label = book
    record = shelf.record(label)
    found = mpv_chapters(shelf.book(label))
    assert [each["title"] for each in found] == [title for title, _ in chapters_of(record)]
    most_s = MP3_DELAY_SAMPLES / record["rate_hz"] + 0.001
    for each, (_, start_s) in zip(found, chapters_of(record), strict=True):
        assert 0 <= start_s - each["time"] <= most_s


def test_a_book_lasts_as_long_as_its_record_says_to_the_sample(book: Book) -> None:
    shelf, label = book
    record = shelf.record(label)
    assert len(decoded(shelf.book(label))) == record["length_samples"]
    assert len(decoded_by_ffmpeg(shelf.book(label))) == record["length_samples"]
    assert record["chapters"][-1]["end_samples"] == record["length_samples"]
    assert record["duration_s"] == pytest.approx(record["length_samples"] / record["rate_hz"], abs=0.0005)


def test_mutagen_reads_the_length_from_the_info_frame(book: Book) -> None:
    shelf, label = book
    record = shelf.record(label)
    info = mutagen.mp3.MP3(shelf.book(label)).info
    assert info is not None
    assert info.encoder_info.startswith("LAME"), "there is no Info frame with a LAME tag"
    assert info.bitrate_mode == mutagen.mp3.BitrateMode.CBR
    assert not info.sketchy
    assert info.length == pytest.approx(
        record["length_samples"] / record["rate_hz"], abs=0.5 / record["rate_hz"]
    )
    assert int(tag(shelf.book(label), "TLEN")) == pytest.approx(info.length * 1000, abs=1)


def test_tags_have_a_widely_supported_version(book: Book) -> None:
    shelf, label = book
    found = mutagen.id3.ID3(shelf.book(label), translate=False)
    assert found.version == (2, 3, 0)
    assert {"TIT2", "TALB", "TPE1", "TPE2", "TCOM", "TRCK", "TPOS", "TCON", "TLAN", "TLEN", "TSSE"} <= set(
        found
    )
    ids = [frame.element_id for name in ("CHAP", "CTOC") for frame in found.getall(name)]
    assert len(ids) == len(set(ids))
