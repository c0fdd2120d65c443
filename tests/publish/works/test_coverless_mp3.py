"""Published MP3s without their covers: the same sound, described by feeds and pages as it is."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import feedparser
import pytest
from lxml import html
from mutagen.id3 import ID3
from records import put, record
from tools import Shelf, run_tool

from audiobook.audio.mp3.id3 import tag_length_bytes, without_cover
from audiobook.publish.address import base_address
from audiobook.publish.publishing import publish
from audiobook.publish.upload.ledger import without_duplicates
from audiobook.settings import PublishSettings


@pytest.mark.slow
def test_a_published_mp3_has_no_cover_and_the_same_sound_and_chapters(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    shelf.write("texts/en/book.md", "# Book\n\n## One\n\nThe first.\n\n## Two\n\nThe second.\n")
    shelf.build("--engine", "tone")
    first = shelf.run("publish", "--base-url", "https://example.org", "--json")
    assert first.code == 0, first.err
    [sound] = shelf.output.glob("en/book.sound/*.mp3")
    [entry] = feedparser.parse((shelf.output / "en/feed.xml").read_bytes()).entries
    assert entry.enclosures[0].href.endswith(f"/{sound.name}")
    assert int(entry.enclosures[0].length) == sound.stat().st_size
    page = html.document_fromstring((shelf.output / "en/book.html").read_bytes().decode())
    assert page.xpath("string(//audio/@src)") == f"book.sound/{sound.name}"
    assert page.xpath("string(//main/@data-bytes)").startswith(f"{sound.stat().st_size} ")
    built, coverless = (path.read_bytes() for path in (shelf.output / "en/book.mp3", sound))
    assert built[tag_length_bytes(built) :] == coverless[tag_length_bytes(coverless) :]
    frames, others = ID3(shelf.output / "en/book.mp3"), ID3(sound)
    assert set(frames) - set(others) == {"APIC:"}
    assert all(frames[name] == others[name] for name in others)
    assert "WARNING" not in run_tool("mp3val", sound).stdout
    assert shelf.run("check").code == 0
    assert shelf.run("publish", "--base-url", "https://example.org", "--json").answer["written"] == []
    shelf.write("audiobook.toml", "[publish]\nfast_start = false\n")
    assert shelf.run("publish", "--base-url", "https://example.org").code == 0
    assert (shelf.output / shelf.sound("en/book")).samefile(shelf.output / "en/book.mp3")


def test_only_the_mp3_without_cover_is_uploaded_and_a_changed_book_is_left_out(tmp_path: Path) -> None:
    shelf = put(tmp_path, record())
    now, address = datetime(2026, 1, 1, tzinfo=UTC), base_address("https://example.org")
    settings = PublishSettings()
    # The record of this work has another digest than its file.
    [problem] = publish(shelf, tmp_path, address, settings, now).problems
    assert problem.message == "changed since it was built; build it again"
    assert not list(tmp_path.rglob("*.sound/*"))
    done = publish(shelf, tmp_path, address, PublishSettings(fast_start=False), now)
    files = dict(done.publication.files)
    named = files.pop("en/essay.sound/essay-ffffffff.mp3")
    files["en/essay.sound/essay-0123abcd.mp3"] = named
    assert [path for path in without_duplicates(files) if path.endswith(".mp3")] == [
        "en/essay.sound/essay-0123abcd.mp3"
    ]


def test_a_tag_that_cannot_be_read_stays_as_it_is() -> None:
    for tag in (b"", b"no tag", b"ID3\3\0\0\0\0\0\x20APIC", b"ID3\3\0\0\0\0\0\x0aAPIC\0\0\0\xff\0\0"):
        assert without_cover(tag) == tag
