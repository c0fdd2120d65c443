"""FLAC: the samples that the MP3 was encoded from, exact to the sample, from speech and never from the MP3."""

import re
from hashlib import md5

import pytest
from mutagen.flac import FLAC, SeekTable
from tools import Shelf, engine_package, passages_of, run_tool
from vlc import chapters_seen_by_vlc

from audiobook.audio.mp3.lame import EncoderSettings, encode
from audiobook.audio.pcm import Pcm

FORMAT = ("--format", "flac")
TONES = "One is here.\n\nTwo is here.\n\nThree is here.\n"
ESSAY = """\
---
title: The Walk
authors: [Ann Lee, Bo Berg]
narrator: Cy Dale
---
# The Walk

## Morning

The path begins behind the old mill, and for a while it follows the river. Nobody is there.

## Evening

On the way back the light is low. *Ei kukaan puhu.* We walk in silence, and the mill comes into view.
"""


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    shelf = Shelf(tmp_path_factory.mktemp("walk"))
    shelf.write("texts/en/walk.md", ESSAY)
    shelf.build("--engine", "espeak", *FORMAT)
    return shelf


def samples_of(shelf: Shelf, label: str) -> bytes:
    """Return the samples of a FLAC as ffmpeg decodes them."""
    path = shelf.root / "samples"
    run_tool("ffmpeg", "-y", "-v", "error", "-i", shelf.book(label, ".flac"), "-f", "s16le", path)
    return path.read_bytes()


def test_the_mp3_is_encoded_from_exactly_these_samples(walk: Shelf) -> None:
    record, samples = walk.record("en/walk"), samples_of(walk, "en/walk")
    assert len(samples) == 2 * record["length_samples"]
    mp3 = walk.book("en/walk").read_bytes()
    audio = record["inputs"]["audio"]
    settings = EncoderSettings(audio["kbits"], audio["quality"])
    at = quiet = 0
    for _, sentences in passages_of(record):
        start, end = sentences[0]["start_samples"], sentences[-1]["end_samples"]
        assert not any(samples[2 * quiet : 2 * start])
        quiet = end
        frames = encode([Pcm(samples[2 * start : 2 * end], record["rate_hz"])], record["rate_hz"], settings)
        at = mp3.index(frames.data, at) + len(frames.data)
    assert not any(samples[2 * quiet :])


def test_other_programs_read_md5_seek_table_chapters_tags_and_cover(walk: Shelf) -> None:
    path, record = walk.book("en/walk", ".flac"), walk.record("en/walk")
    starts = [chapter["start_samples"] for chapter in record["chapters"]]
    book = FLAC(path)
    assert book.info
    assert isinstance(book.seektable, SeekTable)
    assert (book.info.total_samples, book.info.sample_rate) == (record["length_samples"], record["rate_hz"])
    assert book.info.md5_signature == int.from_bytes(md5(samples_of(walk, "en/walk")).digest(), "big")
    data = path.read_bytes()
    first = data.index(b"\xff\xf8", 0, 200_000)
    points = [(first + point.byte_offset, point.first_sample) for point in book.seektable.seekpoints]
    assert all(data[at : at + 2] == b"\xff\xf8" for at, _ in points)
    assert [sample // (10 * 22050) for _, sample in points[1:]] == list(range(len(points) - 1))
    assert (book["artist"], book["narrator"]) == (["Ann Lee", "Bo Berg"], ["Cy Dale"])
    assert book.pictures[0].data[:2] == b"\xff\xd8"
    start_ms = starts[1] * 1000 // 22050
    assert chapters_seen_by_vlc(path) == [(0, "Morning"), (start_ms, "Evening")]
    found = re.findall(r"^00:00:(\S+) +: (.+)$", run_tool("mediainfo", path).stdout, re.MULTILINE)
    assert found == [("00.000", "Morning"), (f"{start_ms / 1000:06.3f}", "Evening")]


@pytest.mark.slow
def test_a_flac_asked_for_later_is_spoken_again_and_has_the_same_bytes(walk: Shelf, shelf: Shelf) -> None:
    shelf.write("texts/en/walk.md", ESSAY)
    shelf.build("--engine", "espeak", "--format", "opus")
    before, clips = shelf.tree(), shelf.clips()
    done = shelf.run("build", "--engine", "espeak", "--format", "opus", *FORMAT, "--jobs", "1", "--json")
    work = done.works["en/walk"]
    assert (work["reasons"], work["clips_made"]) == (["formats changed"], work["clips_total"])
    assert f"{work['clips_total']} passages are spoken again for the FLAC" in done.err
    for name in ("output/en/walk.mp3", "output/en/walk.opus"):
        assert shelf.tree()[name] == before[name]
    assert shelf.outputs()["en/walk.flac"] == walk.outputs()["en/walk.flac"]
    assert len(shelf.clips()) == len(clips) + work["clips_total"]
    assert shelf.run("check").code == 0


@pytest.fixture
def tones(shelf: Shelf) -> Shelf:
    shelf.write("audiobook.toml", 'engine = "tone"\n')
    shelf.write("texts/en/essay.txt", TONES)
    shelf.build(*FORMAT)  # later builds keep it
    return shelf


@pytest.mark.slow
def test_an_edit_speaks_one_passage_and_damaged_samples_are_spoken_again(tones: Shelf) -> None:
    tones.write("texts/en/essay.txt", TONES.replace("Two", "Four"))
    assert tones.build()["en/essay"]["clips_made"] == 1
    tones.run("clean", "--unused")
    assert len(tones.clips()) == 6
    whole = tones.outputs()
    for path in tones.clips():
        if b"\xff\xf3" not in path.read_bytes()[:400]:
            path.write_bytes(path.read_bytes()[:-1] + b"!")
    tones.book("en/essay", ".flac").unlink()
    assert tones.build()["en/essay"]["clips_made"] == 3
    assert tones.outputs() == whole


@pytest.mark.slow
def test_sound_that_differs_when_it_is_spoken_again_replaces_all_files(shelf: Shelf) -> None:
    louder = "said = [Speech(Pcm(one.pcm.samples * 2, RATE_HZ), ()) for one in said]"
    moods = {"PYTHONPATH": engine_package(shelf.root / "plugins", "moody", louder, "os.environ.get('MOOD')")}
    shelf.write("texts/en/essay.txt", TONES)
    shelf.build("--engine", "moody", "--format", "opus", **moods)
    before = shelf.record("en/essay")["length_samples"]
    shelf.build("--engine", "moody", "--format", "opus", *FORMAT, **moods, MOOD="1")
    assert shelf.record("en/essay")["length_samples"] > before
    assert shelf.run("check").code == 0
    frames = shelf.book("en/essay").read_bytes().count(b"\xff\xf3")
    assert frames * 576 > shelf.record("en/essay")["length_samples"]
