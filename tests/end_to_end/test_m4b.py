"""The M4B: every passage is heard at its place, chapters are exact, and nothing is encoded twice."""

import json
import os
import signal
from hashlib import sha256
from pathlib import Path

import av
import numpy as np
import pytest
from mutagen.mp4 import MP4
from tools import Json, Samples, Shelf, correlation, decoded, passages_of, run_tool, wait_until

FRAME = 1024
ALIKE = 0.98
INAUDIBLE = 10 ** (-45 / 20)
ESSAY = """\
---
title: The Walk
authors: [Ann Lee, Bo Berg]
narrator: Cy Dale
series: Walks
series_position: 2
date: 2024-05-31
description: A walk in two parts.
---
# The Walk

## Morning

The path begins behind the old mill, and for a while it follows the river. Nobody is there.

Then it climbs. The stones are loose, and each step asks for attention!

## Evening

On the way back the light is low. *Ei kukaan puhu.* We walk in silence, and the mill comes into view.
"""


def heard(path: Path) -> Samples:
    """Return an M4B decoded as in a gapless player."""
    with av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
    sound = np.concatenate([frame.to_ndarray()[0] for frame in frames])
    assert frames[0].pts in (0, -FRAME)
    return sound


def starts_of(path: Path) -> list[int]:
    """Return the first sample of each chapter, as ffprobe reads it."""
    shown = run_tool("ffprobe", "-v", "error", "-show_chapters", "-of", "json", path).stdout
    chapters = json.loads(shown)["chapters"]
    assert all(chapter["time_base"] == chapters[0]["time_base"] for chapter in chapters)
    return [chapter["start"] for chapter in chapters]


def nearest(at: int) -> int:
    return (at + FRAME // 2) // FRAME * FRAME


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    shelf = Shelf(tmp_path_factory.mktemp("walk"))
    shelf.write("texts/en/walk.md", ESSAY)
    shelf.build("--engine", "espeak", "--format", "m4b")
    return shelf


def test_every_passage_is_heard_within_half_a_frame_of_its_time(walk: Shelf) -> None:
    record = walk.record("en/walk")
    mp3, m4b = decoded(walk.book("en/walk")), heard(walk.book("en/walk", ".m4b"))
    assert 0 <= len(m4b) - record["length_samples"] < FRAME  # some decoders play the last frame to its end
    for _, sentences in passages_of(record):
        start, end = sentences[0]["start_samples"], sentences[-1]["end_samples"]
        shift = nearest(start) - start
        assert correlation(m4b[start + shift : end + shift], mp3[start:end]) >= ALIKE, (start, end)


def test_clips_are_joined_without_a_click(walk: Shelf) -> None:
    record = walk.record("en/walk")
    m4b = heard(walk.book("en/walk", ".m4b"))
    margin = record["rate_hz"] // 20
    said = [sentence for _, sentences in passages_of(record) for sentence in sentences]
    edges = [0, *(edge for each in said for edge in (each["start_samples"], each["end_samples"])), len(m4b)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        pause = m4b[min(start + margin, end) : max(end - margin, start)]
        assert np.abs(pause).max(initial=0) < INAUDIBLE


def test_chapters_begin_at_the_sample_of_their_first_passage(walk: Shelf) -> None:
    chapters = walk.record("en/walk")["chapters"]
    wanted = [0, *(nearest(chapter["start_samples"]) for chapter in chapters[1:])]
    path = walk.book("en/walk", ".m4b")
    assert starts_of(path) == wanted
    listed = MP4(path).chapters or ()
    assert [chapter.title for chapter in listed] == [chapter["title"] for chapter in chapters]
    silent = ("--no-config", "--no-video", "--ao=null", "--end=0.02")
    seen = run_tool("mpv", *silent, "--term-playing-msg=${=chapter-list}", path).stdout
    shown = json.loads(next(line for line in seen.splitlines() if line.startswith("[{")))
    rate_hz = walk.record("en/walk")["rate_hz"]
    assert [round(each["time"] * rate_hz) for each in shown] == wanted


def test_the_tags_are_those_of_an_audiobook(walk: Shelf) -> None:
    tags = MP4(walk.book("en/walk", ".m4b")).tags
    assert tags is not None
    assert tags["\xa9nam"] == tags["\xa9alb"] == ["The Walk"]
    assert tags["\xa9ART"] == ["Ann Lee", "Bo Berg"]
    assert tags["\xa9nrt"] == tags["\xa9wrt"] == ["Cy Dale"]
    assert tags["stik"] == [2]
    assert tags["\xa9day"] == ["2024"]
    assert tags["desc"] == tags["ldes"] == ["A walk in two parts."]
    assert tags["soar"] == ["Lee, Ann; Berg, Bo"]
    assert tags["sonm"] == ["Walks 2 The Walk"]
    own = {
        name: bytes(tags[f"----:com.apple.iTunes:{name}"][0])
        for name in ("SERIES", "SERIES-PART", "LANGUAGE")
    }
    assert own == {"SERIES": b"Walks", "SERIES-PART": b"2", "LANGUAGE": b"eng"}
    assert bytes(tags["covr"][0]).startswith(b"\xff\xd8")


def test_a_player_needs_no_seeking(walk: Shelf) -> None:
    data = walk.book("en/walk", ".m4b").read_bytes()
    assert 0 < data.index(b"moov") < data.index(b"mdat")


@pytest.mark.slow
def test_an_m4b_asked_for_later_has_the_same_bytes_and_leaves_the_mp3_alone(
    walk: Shelf, shelf: Shelf
) -> None:
    shelf.write("texts/en/walk.md", ESSAY)
    shelf.build("--engine", "espeak")
    before = shelf.tree()["output/en/walk.mp3"]
    works = shelf.build("--engine", "espeak", "--format", "m4b", "--jobs", "1")
    assert (works["en/walk"]["reasons"], works["en/walk"]["clips_made"]) == (["formats changed"], 0)
    assert shelf.tree()["output/en/walk.mp3"] == before
    assert shelf.outputs() == walk.outputs()
    assert shelf.run("check").code == 0


@pytest.fixture
def tones(shelf: Shelf) -> Shelf:
    shelf.write("audiobook.toml", 'engine = "tone"\n')
    shelf.write("texts/en/essay.txt", "One is here.\n\nTwo is here.\n\nThree is here.\n")
    shelf.build("--format", "m4b")  # later builds keep it
    return shelf


def test_an_edit_encodes_one_clip_and_moves_the_rest(tones: Shelf) -> None:
    before = {path: path.stat().st_ino for path in tones.clips()}
    assert len(before) == 6
    tones.write("texts/en/essay.txt", "One is here.\n\nTwo is here, and longer.\n\nThree is here.\n")
    assert tones.build()["en/essay"]["clips_made"] == 1
    after = {path: path.stat().st_ino for path in tones.clips()}
    assert len(after.items() - before.items()) == 2
    record = tones.record("en/essay")
    mp3, m4b = decoded(tones.book("en/essay")), heard(tones.book("en/essay", ".m4b"))
    for _, sentences in passages_of(record):
        start, end = sentences[0]["start_samples"], sentences[-1]["end_samples"]
        shift = nearest(start) - start
        assert correlation(m4b[start + shift : end + shift], mp3[start:end]) >= ALIKE


@pytest.mark.slow
def test_a_damaged_encoded_clip_is_encoded_again_and_not_spoken(tones: Shelf) -> None:
    whole = tones.outputs()
    for path in tones.clips():
        if b"\xff\xf3" not in path.read_bytes():
            path.write_bytes(path.read_bytes()[:-1] + b"\0" if path.read_bytes()[-1] else b"\1")
    tones.book("en/essay", ".m4b").unlink()
    assert tones.build()["en/essay"]["clips_made"] == 0
    assert tones.outputs() == whole


@pytest.mark.slow
def test_clean_keeps_encoded_clips_that_are_used(tones: Shelf) -> None:
    kept = tones.clips()
    tones.run("clean", "--unused")
    assert tones.clips() == kept
    tones.build("--format", "mp3")
    assert not tones.book("en/essay", ".m4b").exists()
    tones.run("clean", "--unused")
    assert len(tones.clips()) == 3


@pytest.mark.slow
def test_check_finds_a_damaged_m4b_and_build_mends_it(tones: Shelf) -> None:
    path = tones.book("en/essay", ".m4b")
    before = sha256(path.read_bytes()).hexdigest()
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    assert "essay.m4b: is damaged" in tones.run("check").err
    assert tones.build()["en/essay"]["reasons"] == ["output damaged"]
    assert sha256(path.read_bytes()).hexdigest() == before


@pytest.mark.slow
def test_an_m4b_of_another_program_is_kept(shelf: Shelf) -> None:
    shelf.write("texts/en/essay.txt", "One.\n")
    shelf.write("output/en/essay.m4b", b"\0\0\0\x20ftypM4A mine")
    done = shelf.run("build", "--engine", "tone", "--format", "m4b")
    assert done.code == 1
    assert "essay.m4b: was not made by audiobook" in done.err
    assert not shelf.clips()


@pytest.mark.exhaustive
@pytest.mark.slow
def test_three_hundred_chapters_are_read(shelf: Shelf) -> None:
    text = "".join(f"# Part {number}\n\nGo.\n\n" for number in range(300))
    shelf.write("texts/en/long.md", text)
    shelf.build("--engine", "tone", "--format", "m4b")
    chapters: list[Json] = shelf.record("en/long")["chapters"]
    starts = starts_of(shelf.book("en/long", ".m4b"))
    assert starts == [0, *(nearest(chapter["start_samples"]) for chapter in chapters[1:])]
    assert len(starts) == 300


@pytest.mark.slow
@pytest.mark.exhaustive
def test_a_killed_build_goes_on_to_the_same_bytes(walk: Shelf, shelf: Shelf) -> None:
    shelf.write("texts/en/walk.md", ESSAY)
    for clip_count in (1, 4, 9):
        process = shelf.start("build", "--engine", "espeak", "--format", "m4b")
        wait_until(lambda: len(shelf.clips()) >= clip_count, f"{clip_count} clips")  # noqa: B023
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    shelf.build("--engine", "espeak", "--format", "m4b")
    assert shelf.outputs() == walk.outputs()
    assert not shelf.leftovers()
