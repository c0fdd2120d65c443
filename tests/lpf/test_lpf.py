"""W3C audiobooks: the manifest meets the recommendation, and the sound is that of the book."""

import json
import re
import zipfile
from pathlib import Path

import pytest
from lxml import html
from tools import Json, Shelf, decoded

TEXT = """\
---
title: Salt & <Sugar>
author: [Ann O'Neil, Bob & Co]
narrator: Cy Dale
series: Tastes
series_position: 2
date: 2019-05-03
---
# Salt & <Sugar>

Opening words.

## Part "one"

Some follow.

### A deeper part

The end.
"""
DURATION = re.compile(r"PT(\d+)\.(\d{3})S")
"""The part of the schema's pattern that is used."""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    shelf = Shelf(tmp_path_factory.mktemp("lpf") / "shelf", AUDIOBOOK_ENGINE="tone")
    shelf.write("texts/en/book.md", TEXT)
    shelf.build()
    return shelf


@pytest.fixture(scope="module")
def package(shelf: Shelf) -> Path:
    done = shelf.run("export", "book", "--to", "lpf", "--json")
    assert done.code == 0, done.err
    assert done.answer["chapters"] == 3
    return shelf.book("en/book", ".lpf")


def manifest(package: Path) -> Json:
    with zipfile.ZipFile(package) as archive:
        told: Json = json.loads(archive.read("publication.json"))
        return told


def ms(duration: str) -> int:
    found = DURATION.fullmatch(duration)
    assert found
    return int(found[1]) * 1000 + int(found[2])


def test_the_manifest_has_what_the_recommendation_requires(package: Path) -> None:
    told = manifest(package)
    assert told["@context"][:2] == ["https://schema.org", "https://www.w3.org/ns/pub-context"]
    assert told["@context"][2] == {"language": "en", "direction": "ltr"}
    assert (told["conformsTo"], told["type"]) == ("https://www.w3.org/TR/audiobooks/", "Audiobook")
    assert (told["name"], told["author"]) == ("Salt & <Sugar>", ["Ann O'Neil", "Bob & Co"])
    assert (told["readBy"], told["inLanguage"], told["datePublished"]) == (["Cy Dale"], "en", "2019-05-03")
    assert (told["abridged"], told["isPartOf"]["name"]) == (False, "Tastes")
    assert ms(told["duration"]) == sum(ms(each["duration"]) for each in told["readingOrder"])
    linked = [*told["readingOrder"], *told["resources"]]
    assert {each["type"] for each in linked} == {"LinkedResource"}
    assert [each["rel"] for each in told["resources"]] == ["cover", "contents"]
    with zipfile.ZipFile(package) as archive:
        assert archive.namelist() == [
            "publication.json",
            *("contents.html", "cover.jpg"),
            *(each["url"] for each in told["readingOrder"]),
        ]
        assert {each.compress_type for each in archive.infolist()} == {zipfile.ZIP_STORED}
        page = html.fromstring(archive.read("contents.html"))
    assert [(link.get("href"), link.text) for link in page.iterfind(".//nav[@role='doc-toc']//a")] == [
        (each["url"], each["name"]) for each in told["readingOrder"]
    ]
    assert page.find(".//ol/li/ol/li/a") is not None


def test_the_sound_is_that_of_the_book(shelf: Shelf, package: Path, tmp_path: Path) -> None:
    whole, record = decoded(shelf.book("en/book")), shelf.record("en/book")
    with zipfile.ZipFile(package) as archive:
        archive.extractall(tmp_path)
    for each, chapter in zip(manifest(package)["readingOrder"], record["chapters"], strict=True):
        sound = decoded(tmp_path / each["url"])
        start = chapter["start_samples"]
        assert (sound == whole[start : start + len(sound)]).all()
        assert ms(each["duration"]) == len(sound) * 1000 // record["rate_hz"]


@pytest.mark.slow
def test_a_package_is_checked_and_a_file_of_another_program_kept(shelf: Shelf, package: Path) -> None:
    assert shelf.run("check").code == 0
    whole = package.read_bytes()
    package.write_bytes(whole[:-2000] + b"x" + whole[-1999:])
    assert "book.lpf: is damaged" in shelf.run("check").err
    shelf.run("export", "book", "--to", "lpf")
    assert package.read_bytes() == whole
    mine = shelf.write("mine.lpf", b"PK mine")
    assert shelf.run("export", "book", "--to", "lpf", "--output", "mine.lpf").code == 1
    assert mine.read_bytes() == b"PK mine"


def test_several_works_are_exported_next_to_their_mp3s(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf", AUDIOBOOK_ENGINE="tone")
    for name in ("one", "two"):
        shelf.write(f"texts/en/{name}.md", "# A text\n\nWords.\n")
    shelf.build()
    export = ("export", "one", "two", "--to", "lpf")
    assert shelf.run("export", "one", "tow", "--to", "lpf").code == 3  # before anything is written
    assert shelf.run(*export, "--output", "x.lpf").code == 2
    mine = shelf.write("output/en/one.lpf", b"PK mine")
    done = shelf.run(*export, "--json")
    told = "output/en/one.lpf: was not made by audiobook, so it is not replaced"
    assert (done.code, done.answer["problems"], list(done.works)) == (1, [told], ["en/two"])
    mine.unlink()
    done = shelf.run(*export)
    assert (done.code, [line.partition(":")[0] for line in done.out.splitlines()]) == (
        0,
        ["output/en/one.lpf", "output/en/two.lpf"],
    )
