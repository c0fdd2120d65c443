"""M4B and Opus: every passage is heard at its place, chapters are exact, and nothing is encoded twice."""

import json
import os
import re
import signal
from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import av
import numpy as np
import pytest
from clients import seen_by_music_metadata
from mutagen.flac import Picture
from mutagen.mp4 import MP4
from mutagen.oggopus import OggOpus
from tools import Json, Samples, Shelf, correlation, decoded, passages_of, run_tool, wait_until
from vlc import chapters_seen_by_vlc

FRAME = 1024
FORMATS = (".m4b", ".opus")
BOTH = ("--format", "m4b", "--format", "opus")
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
    """Return a file decoded as in a gapless player, at 22 050 Hz."""
    rate = av.AudioResampler(format="fltp", layout="mono", rate=22050)
    with av.open(str(path)) as container:
        frames = [each for frame in container.decode(audio=0) for each in rate.resample(frame)]
    return np.concatenate([frame.to_ndarray()[0] for frame in (*frames, *rate.resample(None))])


def starts_of(path: Path) -> list[int]:
    """Return the first sample of each chapter, as ffprobe reads it."""
    shown = run_tool("ffprobe", "-v", "error", "-show_chapters", "-of", "json", path).stdout
    chapters = json.loads(shown)["chapters"]
    assert all(chapter["time_base"] == chapters[0]["time_base"] for chapter in chapters)
    return [chapter["start"] for chapter in chapters]


def nearest(at: int, ending: str = ".m4b") -> int:
    """Return the start of the frame nearest to a sample at 22 050 Hz; a frame of Opus has 20 ms."""
    frame = FRAME if ending == ".m4b" else 441
    return (at + frame // 2) // frame * frame


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    shelf = Shelf(tmp_path_factory.mktemp("walk"))
    shelf.write("texts/en/walk.md", ESSAY)
    shelf.build("--engine", "espeak", *BOTH)
    return shelf


@pytest.mark.parametrize("ending", FORMATS)
def test_every_passage_is_heard_within_half_a_frame_of_its_time(walk: Shelf, ending: str) -> None:
    record = walk.record("en/walk")
    mp3, other = decoded(walk.book("en/walk")), heard(walk.book("en/walk", ending))
    assert -1 <= len(other) - record["length_samples"] < FRAME  # some decoders play the last frame to its end
    for _, sentences in passages_of(record):
        start, end = sentences[0]["start_samples"], sentences[-1]["end_samples"]
        shift = nearest(start, ending) - start
        assert correlation(other[start + shift : end + shift], mp3[start:end]) >= ALIKE, (start, end)


def test_short_headings_full_of_sibilants_sound_like_those_of_the_mp3(shelf: Shelf) -> None:
    headings = ("Kissa", "Sessio", "Sisällys", "Sisu")
    shelf.write("texts/fi/sanat.md", "".join(f"# {heading}\n\n" for heading in headings))
    shelf.build("--engine", "espeak", "--format", "opus")
    mp3, opus = decoded(shelf.book("fi/sanat")), heard(shelf.book("fi/sanat", ".opus"))
    passages = list(passages_of(shelf.record("fi/sanat")))
    assert len(passages) == len(headings)
    for paragraph, sentences in passages:
        start, end = sentences[0]["start_samples"], sentences[-1]["end_samples"]
        shift = nearest(start, ".opus") - start
        assert correlation(opus[start + shift : end + shift], mp3[start:end]) >= ALIKE, paragraph["text"]


@pytest.mark.parametrize("ending", FORMATS)
def test_clips_are_joined_without_a_click(walk: Shelf, ending: str) -> None:
    record = walk.record("en/walk")
    sound = heard(walk.book("en/walk", ending))
    margin = record["rate_hz"] // 20
    said = [sentence for _, sentences in passages_of(record) for sentence in sentences]
    edges = [0, *(edge for each in said for edge in (each["start_samples"], each["end_samples"])), len(sound)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        pause = sound[min(start + margin, end) : max(end - margin, start)]
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


def test_chapters_and_tags_of_opus_are_read_by_other_programs(walk: Shelf) -> None:
    path = walk.book("en/walk", ".opus")
    starts = [chapter["start_samples"] for chapter in walk.record("en/walk")["chapters"]]
    wanted_ms = [nearest(start, ".opus") * 1000 // 22050 if start else 0 for start in starts]
    assert starts_of(path) == wanted_ms
    tags = OggOpus(path)
    assert tags.info is not None
    assert tags.info.length == pytest.approx(walk.record("en/walk")["duration_s"], abs=0.001)
    assert tags["artist"] == ["Ann Lee", "Bo Berg"]
    assert (tags["chapter001name"], tags["narrator"], tags["series-part"]) == (
        ["Evening"],
        ["Cy Dale"],
        ["2"],
    )
    assert tags["r128_track_gain"] == ["-1024"]
    cover = Picture(b64decode(tags["metadata_block_picture"][0]))
    assert (cover.type, cover.data[:2]) == (3, b"\xff\xd8")


@pytest.mark.parametrize("ending", FORMATS)
def test_vlc_and_mediainfo_read_the_chapters(walk: Shelf, ending: str) -> None:
    path = walk.book("en/walk", ending)
    start = walk.record("en/walk")["chapters"][1]["start_samples"]
    start_ms = nearest(start, ending) * 1000 // 22050
    assert chapters_seen_by_vlc(path) == [(0, "Morning"), (start_ms, "Evening")]
    shown = run_tool("mediainfo", path).stdout
    found = re.findall(r"^00:00:(\S+) +: (.+)$", shown, re.MULTILINE)
    # An M4B has two lists of them.
    assert list(dict.fromkeys(found)) == [("00.000", "Morning"), (f"{start_ms / 1000:06.3f}", "Evening")]


def test_the_tags_are_those_of_an_audiobook(walk: Shelf) -> None:
    tags = MP4(walk.book("en/walk", ".m4b")).tags
    assert tags is not None
    assert tags["\xa9nam"] == tags["\xa9alb"] == ["The Walk"]
    assert tags["\xa9ART"] == tags["aART"] == ["Ann Lee; Bo Berg"]
    assert seen_by_music_metadata(walk.book("en/walk", ".m4b"))[0]["artists"] == ["Ann Lee", "Bo Berg"]
    assert tags["\xa9cmt"] == ["Read by a synthetic voice: espeak en-us"]
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
def test_formats_asked_for_later_have_the_same_bytes_and_leave_the_mp3_alone(
    walk: Shelf, shelf: Shelf
) -> None:
    shelf.write("texts/en/walk.md", ESSAY)
    shelf.build("--engine", "espeak")
    before = shelf.tree()["output/en/walk.mp3"]
    works = shelf.build("--engine", "espeak", *BOTH, "--jobs", "1")
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


def test_only_clips_that_are_spoken_are_announced_as_clips_to_make(tones: Shelf) -> None:
    """A build that was killed after a clip was made, and before it was encoded, leaves the same state."""
    tones.write("texts/en/essay.txt", "One is here.\n\nTwo is here, and longer.\n\nThree is here.\n")
    told = tones.run("build", "--format", "m4b", "--format", "opus").err.splitlines()
    assert told[0].startswith("1 clip to make and 2 to encode for 1 work, about ")
    assert "; 1 of 3 clips made; " in told[1]
    told = tones.run("build", "--format", "m4b", "--format", "opus", "--force").err.splitlines()
    assert told[0].startswith("3 clips to make for 1 work, about ")


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


def test_only_clips_of_works_with_a_format_are_encoded(tones: Shelf) -> None:
    tones.write("texts/en/a.txt", "Four is here.\n\nFive is here.\n")
    tones.write("texts/en/essay.txt", "One is here.\n\nFour is here.\n")
    done = tones.run("build", "--json")
    assert not done.err, "no clip lacks an encoding when its book is written"
    made = done.works
    assert [made[name]["clips_made"] for name in ("en/a", "en/essay")] == [2, 1]  # “Four” is spoken once
    is_mp3 = [path.read_bytes().count(b"\xff\xf3") > 1 for path in tones.clips()]
    assert (is_mp3.count(True), is_mp3.count(False)) == (5, 4)
    assert tones.run("check").code == 0


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
def test_a_file_of_another_program_is_kept_and_our_own_replaced(shelf: Shelf, walk: Shelf) -> None:
    shelf.write("texts/en/essay.txt", "One.\n")
    shelf.write("output/en/essay.m4b", b"\0\0\0\x20ftypM4A mine")
    done = shelf.run("build", "--engine", "tone", "--format", "m4b")
    assert done.code == 1
    assert "essay.m4b: was not made by audiobook" in done.err
    assert not shelf.clips()
    made = walk.book("en/walk", ".opus").read_bytes()
    shelf.write("output/en/essay.opus", made.replace(b"Made by audiobook", b"Made by libopus..", 1))
    assert shelf.run("build", "--engine", "tone", "--format", "opus").code == 1
    shelf.write("output/en/essay.opus", made)  # as a killed build leaves it
    shelf.build("--engine", "tone", "--format", "opus")


@pytest.mark.exhaustive
@pytest.mark.slow
def test_three_hundred_chapters_are_read(shelf: Shelf) -> None:
    text = "".join(f"# Part {number}\n\nGo.\n\n" for number in range(300))
    shelf.write("texts/en/long.md", text)
    shelf.build("--engine", "tone", *BOTH, "--format", "flac", "--format", "vtt", "--split", "chapter")
    chapters: list[Json] = shelf.record("en/long")["chapters"]
    starts = starts_of(shelf.book("en/long", ".m4b"))
    assert starts == [0, *(nearest(chapter["start_samples"]) for chapter in chapters[1:])]
    assert len(starts) == len(chapters_seen_by_vlc(shelf.book("en/long", ".m4b"))) == 300
    (seen,) = seen_by_music_metadata(shelf.book("en/long", ".m4b"))
    assert [title for title, _ in seen["chapters"]] == [chapter["title"] for chapter in chapters]
    assert [start for _, start in seen["chapters"]] == starts
    others = starts_of(shelf.book("en/long", ".opus"))
    assert [start * 22050 // 1000 for start in others] == [
        0,
        *(nearest(chapter["start_samples"], ".opus") for chapter in chapters[1:]),
    ]
    flac = starts_of(shelf.book("en/long", ".flac"))
    assert flac == [0, *(chapter["start_samples"] * 1000 // 22050 for chapter in chapters[1:])]
    assert len(list((shelf.output / "en/long").glob("*.mp3"))) == 300
    for to in ("epub", "lpf"):
        assert shelf.run("export", "long", "--to", to, "--json").answer["chapters"] == 300
    assert shelf.run("check").code == 0


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_killed_build_resumes_to_the_same_bytes(shelf: Shelf, tmp_path: Path) -> None:
    shelf.write("texts/en/walk.md", ESSAY)
    several = ("--engine", "espeak", *BOTH, "--format", "flac", "--format", "vtt", "--format", "srt")
    for clip_count in (1, 4, 9, 16):
        process = shelf.start("build", *several)
        wait_until(lambda: len(shelf.clips()) >= clip_count, f"{clip_count} clips")  # noqa: B023
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    shelf.build(*several)
    whole = Shelf(tmp_path / "whole")
    whole.write("texts/en/walk.md", ESSAY)
    whole.build(*several)
    assert shelf.outputs() == whole.outputs()
    assert not shelf.leftovers()
