"""Files that are superseded stay for a while, so that no cache ever mixes two editions of a work."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec
import pytest
from lxml import html
from records import chapter, mp3, put, record

from audiobook.book.record.stamps import FileStamp
from audiobook.book.record.works import Record
from audiobook.files import digest
from audiobook.publish.address import base_address
from audiobook.publish.publication import read_publication
from audiobook.publish.publishing import Published, publish
from audiobook.publish.site.reading import ReadPart, reading_parts
from audiobook.publish.works.shelf import read_shelf
from audiobook.settings import PublishSettings

FIRST_DAY: Final = datetime(2026, 1, 1, 23, tzinfo=UTC)
LETTERS: Final = 13_000
"""Letters of a paragraph, so that each chapter is a part of the text for the player."""


def edition(*titles: str) -> Record:
    """Return a work with these chapters, whose file has the digest that its record says."""
    chapters = tuple(
        chapter(title, 1000 * at, (title * (LETTERS // len(title)),)) for at, title in enumerate(titles)
    )
    one, data = record(chapters=chapters), mp3(1000 * len(titles))
    return msgspec.structs.replace(one, audio=FileStamp("essay.mp3", len(data), digest(data)))


def published(
    output: Path, one: Record | None, days: int = 0, *, keep: int = 30, prune: bool = False
) -> Published:
    for path in output.glob("en/essay.mp3"):
        path.unlink()  # a build replaces the file as well, and leaves its other names alone
    if one:
        put(output, one)
    settings = PublishSettings(fast_start=False, keep_old_days=keep)
    now = FIRST_DAY + timedelta(days=days)
    return publish(
        read_shelf(output), output, base_address("https://example.org"), settings, now, prune=prune
    )


def contents(output: Path) -> dict[str, bytes]:
    return {path: (output / path).read_bytes() for path in read_publication(output).files}


def loaded(page: bytes) -> tuple[str, list[str], set[str]]:
    """Return the paths of the sound, the text and the assets that a page names, in its folder `en/`."""
    found = html.document_fromstring(page.decode())
    [work] = found.xpath("//main")
    names = (part.rsplit(":", 1)[-1] for part in work.get("data-parts").split())
    texts = [f"en/{work.get('data-read')}{number}-{name}.json" for number, name in enumerate(names)]
    assets = {
        path.removeprefix("../") for path in found.xpath("//link/@href | //script/@src") if "assets" in path
    }
    return f"en/{found.xpath('string(//audio/@src)')}", texts, assets


def mixtures(old: dict[str, bytes], new: dict[str, bytes], paths: list[str]) -> Iterator[list[bytes]]:
    """Yield what a browser may get for these paths: each from its cache, if it has it, or from the host."""
    return map(list, product(*({old.get(path, new[path]), new[path]} for path in paths)))


@pytest.mark.parametrize("titles", [("New", "One", "Two"), ("Two",)])
def test_any_mixture_of_cached_and_new_files_is_one_edition(tmp_path: Path, titles: tuple[str, ...]) -> None:
    editions = [edition("One", "Two"), edition(*titles)]
    published(tmp_path, editions[0])
    old = contents(tmp_path)
    published(tmp_path, editions[1], days=1)
    new = contents(tmp_path)
    count = 0
    for page, one in ((old["en/essay.html"], editions[0]), (new["en/essay.html"], editions[1])):
        sound, texts, assets = loaded(page)
        assert assets <= new.keys()
        for heard, *read in mixtures(old, new, [sound, *texts]):
            assert digest(heard) == one.audio.sha256
            assert [msgspec.json.decode(data, type=ReadPart) for data in read] == list(reading_parts(one))
            count += 1
    assert count == 2


def test_superseded_files_stay_for_the_days_of_the_setting(tmp_path: Path) -> None:
    first, second = edition("One", "Two"), edition("One", "Two", "Three")
    sound = f"en/essay.sound/essay-{first.audio.sha256[:8]}.mp3"
    published(tmp_path, first)
    published(tmp_path, second, days=1)
    assert read_publication(tmp_path).files[sound].superseded == "2026-01-02"
    assert published(tmp_path, second, days=30).withdrawn == ()
    assert read_publication(tmp_path).files[sound].superseded == "2026-01-02"
    assert sound in published(tmp_path, second, days=31).withdrawn
    assert not (tmp_path / sound).exists()
    assert not [file for file in read_publication(tmp_path).files.values() if file.superseded]


def test_a_superseded_file_that_is_needed_again_is_superseded_no_longer(tmp_path: Path) -> None:
    first, second = edition("One", "Two"), edition("One", "Two", "Three")
    published(tmp_path, first)
    before = contents(tmp_path)
    published(tmp_path, second, days=1)
    published(tmp_path, first, days=2, prune=True)
    assert contents(tmp_path) == before


def test_nothing_stays_of_a_removed_work_and_nothing_that_changed(tmp_path: Path) -> None:
    first, second = edition("One", "Two"), edition("One", "Two", "Three")
    put(tmp_path, record("other"))
    published(tmp_path, first)
    sound = f"en/essay.sound/essay-{first.audio.sha256[:8]}.mp3"
    (tmp_path / sound).write_bytes(b"mine")
    assert sound in published(tmp_path, second, days=1).withdrawn
    (tmp_path / "en" / "essay.json").unlink()
    published(tmp_path, None, days=2)
    assert not [path for path in read_publication(tmp_path).files if path.startswith("en/essay.")]
    assert not list(tmp_path.glob("en/essay.*/*"))
    assert (tmp_path / "en" / "other.html").is_file()


def test_the_sound_has_two_names_and_its_bytes_are_stored_once(tmp_path: Path) -> None:
    one = edition("One")
    published(tmp_path, one)
    sound = tmp_path / "en" / "essay.sound" / f"essay-{one.audio.sha256[:8]}.mp3"
    assert sound.samefile(tmp_path / "en" / "essay.mp3")


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="there is no other file system")
def test_sound_is_copied_and_verified_where_it_cannot_be_linked(tmp_path: Path) -> None:
    one = edition("One")
    put(tmp_path, one, record("other"))
    with TemporaryDirectory(dir="/dev/shm") as name:
        address = base_address("https://example.org")
        done = publish(
            read_shelf(tmp_path), Path(name), address, PublishSettings(fast_start=False), FIRST_DAY
        )
        sound = Path(name, f"en/essay.sound/essay-{one.audio.sha256[:8]}.mp3")
        assert sound.read_bytes() == (tmp_path / "en" / "essay.mp3").read_bytes()
        # The record of this work has another digest than its file.
        assert [(one.where, one.message) for one in done.problems] == [
            ("en/other.mp3", "changed since it was built; build it again")
        ]
        assert not list(Path(name).rglob("*.part"))
        assert not list(Path(name).rglob("other*.mp3"))
