"""Books whose chapters are episodes: their files, and the serial feed that lists them."""

from __future__ import annotations

import json
import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from clients import seen_by_npm
from records import chapter, put, record
from tools import Shelf, run_tool
from webvtt_python import WebVTTParser

from audiobook.files import digest
from audiobook.publish.address import base_address
from audiobook.publish.folder import PublicFolder
from audiobook.publish.publication import Publication
from audiobook.publish.publishing import Published, publish
from audiobook.publish.works.episodes import feed_episodes
from audiobook.publish.works.intact import check_publication
from audiobook.publish.works.shelf import read_shelf
from audiobook.settings import PublishSettings

NOW = datetime(2026, 5, 4, tzinfo=UTC)
SENTENCE = "This is a sentence of some length that is said again and again until a minute has passed by. "
TEXT = "# Book\n\n## Part One\n\n" + "".join(
    f"### {name}\n\n{SENTENCE * 13}\n\n" for name in ("Alpha", "Beta")
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shelf = Shelf(tmp_path_factory.mktemp("serial"))
    shelf.write("texts/en/book.md", TEXT + "### Gamma\n\nA short end.\n")
    shelf.write("texts/en/note.md", f"# Note\n\n{SENTENCE * 13}\n\n{SENTENCE * 13}\n")
    shelf.build("--engine", "espeak")
    return shelf.output


@pytest.fixture
def output(built: Path, tmp_path: Path) -> Path:
    return shutil.copytree(built, tmp_path / "output")


def published(output: Path, episodes: Any = "chapter", *, prune: bool = False) -> Published:
    settings = PublishSettings(fast_start=False, author="Aino", episodes=episodes)
    address = base_address("https://example.org")
    return publish(read_shelf(output), output, address, settings, NOW, prune=prune)


def seen(output: Path) -> Any:
    [feed] = seen_by_npm("feed", [output / "en" / "feed.xml"])
    return feed


@pytest.mark.slow
def test_the_feed_is_serial_with_a_season_for_each_work(output: Path) -> None:
    published(output)
    feed = seen(output)
    assert feed["itunesType"] == "serial"
    shown = [
        (item["title"], item["itunesSeason"], item["itunesEpisode"], item["podcastSeason"]["name"])
        for item in sorted(feed["items"], key=lambda item: item["pubDate"])
    ]
    assert shown == [
        ("Note", 2, 1, "Note"),
        ("Book: Part One · Alpha", 1, 1, "Book"),
        ("Book: Beta", 1, 2, "Book"),
    ]
    assert len({item["guid"] for item in feed["items"]}) == 3
    links = {item["title"]: item["link"].removeprefix("https://example.org/en/") for item in feed["items"]}
    record = json.loads((output / "en" / "book.json").read_bytes())
    starts = [chapter["start_samples"] / record["rate_hz"] for chapter in record["chapters"]]
    beta = starts[[chapter["title"] for chapter in record["chapters"]].index("Beta")]
    assert links["Note"] == "note.html"
    assert links["Book: Beta"] == f"book.html#t={beta:.3f}"


@pytest.mark.slow
def test_parts_are_complete_files_and_a_single_part_uses_the_works_own_file(output: Path) -> None:
    published(output)
    for item in seen(output)["items"]:
        path = output / item["enclosure"]["url"].removeprefix("https://example.org/")
        assert path.stat().st_size == item["enclosure"]["length"]
        assert "WARNING" not in run_tool("mp3val", path).stdout
        probed = json.loads(run_tool("ffprobe", "-v", "error", "-of", "json", "-show_format", path).stdout)
        assert abs(float(probed["format"]["duration"]) - item["duration"]) < 1
        captions = output / item["podcastTranscripts"][0]["url"].removeprefix("https://example.org/")
        text = captions.read_text("utf-8")
        assert WebVTTParser(strict=True).parse(text)
        assert "\n00:00:00." in text
    assert not (output / "en" / "note.parts").exists()


@pytest.mark.slow
def test_a_part_of_several_chapters_lists_them(output: Path) -> None:
    published(output)
    [path] = output.glob("en/book.parts/book-02-beta-*.chapters.json")
    found = json.loads(path.read_bytes())
    assert [chapter["title"] for chapter in found["chapters"]] == ["Beta", "Gamma"]
    assert found["chapters"][0]["startTime"] == 0.0


def test_publishing_again_cuts_and_writes_nothing(output: Path) -> None:
    first = published(output)
    [part] = [path for path in first.written if path.startswith("en/book.parts/book-01-") and "mp3" in path]
    assert published(output).written == ()
    (output / part).unlink()
    assert published(output).written == (part,)


def as_format_2(output: Path) -> None:
    """Rewrite the list of a publication as an earlier version wrote it, with numbers as the names of parts."""
    path = output / "publication.json"
    found = json.loads(path.read_bytes()) | {"format": 2, "digest": ""}
    for parts in found["feeds"]["en"]["parts"].values():
        for part in parts:
            del part["name"]
    files = {}
    for name, file in found["files"].items():
        numbered = re.sub(r"/book-(\d\d)[a-z-]*-[0-9a-f]{8}\.", r"/\1.", name)
        files[numbered] = file | ({"design": "another"} if numbered != name and "design" in file else {})
        (output / name).rename(output / numbered)
    seal = digest(msgspec.json.encode(found | {"files": files}))
    path.write_bytes(msgspec.json.encode(found | {"files": files, "digest": seal}))


@pytest.mark.slow
def test_a_publication_of_an_earlier_version_keeps_its_guids_and_dates(output: Path) -> None:
    published(output)
    before = (output / "en" / "feed.xml").read_bytes()
    as_format_2(output)
    assert list(output.glob("en/book.parts/01.mp3"))
    assert not list(check_publication(output))
    published(output)
    assert (output / "en" / "feed.xml").read_bytes() == before


@pytest.mark.slow
def test_parts_are_removed_when_works_are_episodes_again_but_their_guids_are_kept(output: Path) -> None:
    published(output)
    before = {item["title"]: item["guid"] for item in seen(output)["items"]}
    published(output, "work", prune=True)
    assert {item["title"] for item in seen(output)["items"]} == {"Book", "Note"}
    assert not list(output.glob("en/book.parts"))
    published(output)
    assert {item["title"]: item["guid"] for item in seen(output)["items"]} == before


@pytest.mark.slow
def test_a_book_that_cannot_be_cut_is_left_out_and_named(output: Path) -> None:
    mp3 = output / "en" / "book.mp3"
    when_ns = mp3.stat().st_mtime_ns
    data = bytearray(mp3.read_bytes())
    at = data.rindex(b"\xff\xf3")
    data[at : at + 2] = b"\0\0"
    mp3.write_bytes(data)
    os.utime(mp3, ns=(when_ns, when_ns))
    [problem] = published(output).problems
    assert problem.where == "en/book.mp3"
    assert [item["title"] for item in seen(output)["items"]] == ["Note"]
    assert not list(output.rglob("*.part"))


def test_chapters_with_long_titles_of_the_same_beginning_get_unique_titles() -> None:
    one = put_chapters("W" * 200, ["Of the same beginning that is long " * 5 + end for end in "abc"])
    assert len(set(one)) == 3
    assert max(map(len, one)) <= 255
    assert put_chapters("Work", ["The letter", "The letter"]) == ["Work: The letter", "Work: The letter (2)"]


def put_chapters(work: str, titles: list[str]) -> list[str]:
    """Return the titles that one-minute chapters have in a feed of two works."""
    chapters = tuple(
        chapter(title, number * 60_000, ("Said.", "Too."), 60_000) for number, title in enumerate(titles)
    )
    with TemporaryDirectory() as name:
        root = Path(name)
        shelf = put(root, record("work", title=work, chapters=chapters), record("other"))
        folder = PublicFolder(root, Publication())
        paths = [f"en/work.parts/{number}" for number in range(len(titles))]
        for path in paths:
            folder.put(f"{path}.mp3", b"sound")
        try:
            listing = feed_episodes(
                list(shelf.editions),
                folder,
                {"en/work": paths},
                PublishSettings(fast_start=False, episodes="chapter"),
                {},
            )
        finally:
            folder.discard()
        return [episode.title for episode in listing if episode.edition.slug == "work"]
