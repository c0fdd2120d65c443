"""A file for each chapter, with a playlist: named for every system, kept by later builds, and removed only if ours."""

from pathlib import Path

import pytest
from mutagen.id3 import ID3
from tools import Shelf, decoded

TEXT = """\
---
title: The Walk
author: Ann Lee
---
# The Walk

Opening.

## Morning: what?

The path begins behind the old mill.

## Con

Then it climbs.
"""
NAMES = ["01 - The Walk.mp3", "02 - Morning - what.mp3", "03 - Con.mp3", "walk.m3u8"]


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    shelf = Shelf(tmp_path_factory.mktemp("walk"))
    shelf.write("texts/en/walk.md", TEXT)
    shelf.write("audiobook.toml", 'engine = "tone"\njobs = 1\n')
    shelf.build("--split", "chapter")
    return shelf


def files_of(shelf: Shelf) -> list[str]:
    return sorted(path.name for path in shelf.book("en/walk", "").glob("*"))


def test_each_chapter_is_a_file_with_the_sound_of_the_book(walk: Shelf) -> None:
    assert files_of(walk) == NAMES
    record, folder = walk.record("en/walk"), walk.book("en/walk", "")
    whole = decoded(walk.book("en/walk"))
    for number, (name, chapter) in enumerate(zip(NAMES, record["chapters"], strict=False), 1):
        sound = decoded(folder / name)
        start = chapter["start_samples"]
        assert (sound == whole[start : start + len(sound)]).all()
        assert 0 <= chapter["end_samples"] - start - len(sound) <= 1105
        tag = ID3(folder / name)
        assert tag["TIT2"] == chapter["title"]
        assert (tag["TALB"], tag["TPE1"], tag["TRCK"]) == ("The Walk", "Ann Lee", f"{number}/3")
        assert tag.getall("APIC")
    listed = (folder / "walk.m3u8").read_text("utf-8").splitlines()
    assert listed[0] == "#EXTM3U"
    entries = [line for line in listed if line.startswith("#EXTINF:") or not line.startswith("#")]
    lengths = [round(len(decoded(folder / name)) / record["rate_hz"]) for name in NAMES[:3]]
    titles = ["The Walk", "Morning: what?", "Con"]
    told = zip(lengths, titles, NAMES, strict=False)
    assert entries == [line for length, title, name in told for line in (f"#EXTINF:{length},{title}", name)]


@pytest.mark.slow
def test_later_builds_keep_the_files_and_follow_the_text(walk: Shelf) -> None:
    folder, mp3 = walk.book("en/walk", ""), walk.book("en/walk").stat().st_mtime_ns
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / "walk.m3u8").unlink()
    (folder / NAMES[0]).write_bytes(b"ID3")
    assert walk.build()["en/walk"]["clips_made"] == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert walk.book("en/walk").stat().st_mtime_ns == mp3
    walk.write("texts/en/walk.md", TEXT.replace("## Con", "## con"))
    walk.build()
    assert files_of(walk) == [*NAMES[:2], "03 - con.mp3", "walk.m3u8"]
    changed = folder / "03 - con.mp3"
    changed.write_bytes(changed.read_bytes() + b"mine")
    assert "en/walk/03 - con.mp3: has" in walk.run("check").err
    work = walk.build("--split", "none")["en/walk"]
    assert (work["reasons"], work["clips_made"]) == (["formats changed"], 0)
    assert files_of(walk) == [changed.name]


@pytest.mark.slow
def test_files_of_the_user_are_kept(shelf: Shelf, tmp_path: Path) -> None:
    shelf.write("texts/en/walk.md", TEXT)
    mine = shelf.write(f"output/en/walk/{NAMES[1]}", "mine")
    shelf.write("texts/en/run.md", TEXT)
    shelf.book("en/run", "").symlink_to(tmp_path, target_is_directory=True)
    done = shelf.run("build", "--engine", "tone", "--jobs", "1", "--split", "chapter")
    assert (done.code, mine.read_text()) == (1, "mine")
    assert f"{NAMES[1]}: was not made by audiobook" in done.err
    assert "en/run: is a link" in done.err
    assert not list(tmp_path.glob("*.m3u8"))
