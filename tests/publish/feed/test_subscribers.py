"""Subscribers of three kinds keep every chapter exactly once, whatever happens to the book."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any, Final

import feedparser
import msgspec
import pytest
from records import FRAME_MS, chapter, record, sound_of, spoken_mp3

from audiobook.audio.mp3.frames import STITCH_DELAY_SAMPLES
from audiobook.book.record.stamps import FileStamp
from audiobook.book.record.writing import write_record
from audiobook.files import digest
from audiobook.publish.address import base_address
from audiobook.publish.publishing import publish
from audiobook.publish.works.shelf import read_shelf
from audiobook.settings import PublishSettings

BASE: Final = "https://example.org/books"
SETTINGS: Final = PublishSettings(fast_start=False, episodes="chapter")
FIRST_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)
Chapters = dict[str, str]
"""The text of each chapter by its title, in order. A title can end in spaces, so that two chapters share one."""

BOOK: Final[Chapters] = {
    "Alpha": "Of ants.",
    "Letter": "Dear you.",
    "Beta": "Of bees.",
    "Letter ": "Dear me.",
}
EDITS: Final[dict[str, Chapters]] = {
    "inserted": {"Alpha": "Of ants.", "New": "Of nuts.", "Letter": "Dear you.", "Beta": "Of bees.", "Letter ": "Dear me."},
    "swapped": {"Alpha": "Of ants.", "Beta": "Of bees.", "Letter": "Dear you.", "New": "Of nuts.", "Letter ": "Dear me."},
    "renamed and recorded again": {"First": "Of ants.", "Beta": "Of wasps.", "Letter": "Dear you.", "New": "Of nuts.", "Letter ": "Dear me."},
    "removed and doubled": {"First": "Of ants.", "Letter": "Dear you.", "Letter ": "Dear you.", "New": "Of nuts.", "Letter  ": "Dear me."},
    "restored": BOOK,
}  # fmt: skip

TEXTS: Final = {text for chapters in (BOOK, *EDITS.values()) for text in chapters.values()}


class Subscriber:
    """A podcast app that downloads an episode once, and drops episodes that the feed no longer lists."""

    def __init__(self, key: Callable[[Any], str], feed: str) -> None:
        """Know the episodes of a feed by a key."""
        self._key = key
        self._feed = feed
        self._titles: dict[str, str] = {}
        self._files: dict[str, bytes] = {}

    def refresh(self, output: Path) -> None:
        self._titles = {}
        for entry in entries(output, self._feed):
            key = self._key(entry)
            assert key not in self._titles, "two episodes are one for this subscriber"
            self._titles[key] = entry.title.removesuffix(" (2)").removesuffix(" (3)")
            if key not in self._files:
                address = entry.enclosures[0].href.removeprefix(f"{BASE}/")
                self._files[key] = (output / address).read_bytes()

    def heard(self) -> list[tuple[str, str]]:
        """Return the title of each episode, and the text that is heard in it."""
        return sorted((title, spoken(self._files[key])) for key, title in self._titles.items())


def spoken(mp3: bytes) -> str:
    """Return the text that is heard in a file."""
    [heard] = (text for text in TEXTS if mp3.count(sound_of((text, text))) > 1000)
    return heard


def address_of(entry: Any) -> str:
    return str(entry.enclosures[0].href)


def guid_and_address_of(entry: Any) -> str:
    """An app that knows an episode by its guid, and downloads it again if its address changes."""
    return f"{entry.id} {address_of(entry)}"


def entries(output: Path, feed: str) -> list[Any]:
    return list(feedparser.parse((output / "en" / feed).read_bytes()).entries)


FEEDS: Final = ("feed.xml", "book.feed.xml")
"""The feed of the language, and that of the book."""
KINDS: Final[dict[str, Callable[[Any], str]]] = {
    "guid": guid_and_address_of,
    "address": address_of,
    "file name": lambda entry: PurePosixPath(address_of(entry)).name,
}


def write(output: Path, chapters: Chapters, frames: int = 900) -> None:
    """Put a book of these chapters, of a minute each unless said otherwise, into an output folder."""
    length = frames * FRAME_MS
    made = [
        chapter(title.strip(), at * length, (text, text), length)
        for at, (title, text) in enumerate(chapters.items())
    ]
    made[-1] = msgspec.structs.replace(made[-1], end_samples=made[-1].end_samples - STITCH_DELAY_SAMPLES)
    one = record("book", title="Book", chapters=tuple(made))
    data = spoken_mp3(one)
    one = msgspec.structs.replace(one, audio=FileStamp("book.mp3", len(data), digest(data)))
    (output / "en").mkdir(exist_ok=True)
    (output / "en" / "book.mp3").unlink(missing_ok=True)
    (output / "en" / "book.mp3").write_bytes(data)
    (output / "en" / one.cover.name).write_bytes(bytes(one.cover.length_bytes))
    write_record(output / "en" / "book.json", one)


@pytest.mark.slow
def test_every_chapter_is_heard_once_and_under_its_title_after_every_edit(tmp_path: Path) -> None:
    day = FIRST_DAY
    subscribers = {
        f"{feed} by {name}": Subscriber(key, feed) for name, key in KINDS.items() for feed in FEEDS
    }
    bound: dict[str, str] = {}
    wrong = []
    for edit, chapters in {"first": BOOK, **EDITS}.items():
        write(tmp_path, chapters)
        day += timedelta(days=1)
        assert not publish(read_shelf(tmp_path), tmp_path, base_address(BASE), SETTINGS, day).problems
        wrong += [
            (edit, "one address, two guids", address_of(entry))
            for feed in FEEDS
            for entry in entries(tmp_path, feed)
            if bound.setdefault(address_of(entry), entry.id) != entry.id
        ]
        for name, subscriber in subscribers.items():
            subscriber.refresh(tmp_path)
            wanted = sorted((title.strip(), text) for title, text in chapters.items())
            if subscriber.heard() != wanted:
                wrong.append((edit, name, str(subscriber.heard())))
    assert not wrong


def test_a_short_chapter_among_others_changes_one_episode(tmp_path: Path) -> None:
    poems = {f"Poem {number}": f"Verse {number}." for number in range(12)}
    episodes = []
    for inserted in ({}, {"Motto": "Be brief."}):
        write(tmp_path, {**inserted, **poems}, frames=600)
        assert not publish(read_shelf(tmp_path), tmp_path, base_address(BASE), SETTINGS, FIRST_DAY).problems
        episodes.append({entry.id: address_of(entry) for entry in entries(tmp_path, "book.feed.xml")})
    before, now = episodes
    assert (len(before), before.keys()) == (6, now.keys())
    assert sum(before[guid] != now[guid] for guid in before) == 1
