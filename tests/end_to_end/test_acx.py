"""The preset `acx`: every file meets every requirement, and has the sound of the book."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from mutagen.id3 import ID3
from tools import Shelf, correlation, decoded

TEXT = """\
---
title: "Walk: why?"
author: Ann Lee
narrator: Cy Dale
---
# Walk: why?

The path begins behind the old mill, and for a while it follows the river. Nobody is there.

## Evening

On the way back the light is low. We walk in silence, and the mill comes into view.
"""
NAMES = ["01 - Opening credits", "02 - Walk - why", "03 - Evening", "04 - Closing credits"]


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    shelf = Shelf(tmp_path_factory.mktemp("acx"))
    shelf.write("texts/en/walk.md", TEXT)
    shelf.build("--engine", "espeak", "--preset", "acx", "--jobs", "1")
    return shelf


@pytest.mark.slow
def test_every_file_meets_the_requirements(walk: Shelf) -> None:
    files = sorted(path.relative_to(walk.root).as_posix() for path in walk.output.glob("en/walk/*.mp3"))
    assert [name.rpartition("/")[2] for name in files] == [
        *(f"{name}.mp3" for name in NAMES),
        "walk.sample.mp3",
    ]
    done = walk.run("check", "--acx", *files)
    assert (done.code, done.out.rstrip().rpartition("\n")[2]) == (0, "5 of 5 files OK"), done.out
    whole = walk.book("en/walk").read_bytes()
    walk.write("raw.mp3", whole + b"TAG".ljust(128, b"\0"))
    done = walk.run("check", "--acx", "raw.mp3", "--json")
    (told,) = done.answer["files"]
    assert done.code == 0, told
    walk.write("cut.mp3", b"ID3")
    assert "not a valid MP3" in walk.run("check", "--acx", "cut.mp3").err


@pytest.mark.slow
def test_chapters_keep_their_sound_between_room_tone(walk: Shelf) -> None:
    record, whole = walk.record("en/walk"), decoded(walk.book("en/walk"))
    assert record["rate_hz"] == 44100
    tone = record["chapters"][0]["paragraphs"][0]["sentences"][0]["start_samples"]
    lengths: list[int] = []
    for name, chapter in zip(NAMES, record["chapters"], strict=True):
        path = walk.book("en/walk", f"/{name}.mp3")
        said = [sentence for paragraph in chapter["paragraphs"] for sentence in paragraph["sentences"]]
        start, end = said[0]["start_samples"], said[-1]["end_samples"]
        sound = decoded(path)
        assert correlation(sound[tone : tone + end - start], whole[start:end]) > 0.9999
        assert np.abs(sound[tone + end - start + 1105 :]).max() < 10 ** (-55 / 20)
        assert ID3(path)["TIT2"] == chapter["title"]
        lengths.append(round(len(sound) / 44100))
    listed = walk.book("en/walk", "/walk.m3u8").read_text("utf-8")
    assert [int(line[8:].partition(",")[0]) for line in listed.splitlines() if "EXTINF" in line] == lengths
    sample = decoded(walk.book("en/walk", "/walk.sample.mp3"))
    first, last = record["chapters"][1]["paragraphs"][0], record["chapters"][2]["paragraphs"][-1]
    start, end = first["sentences"][0]["start_samples"], last["sentences"][-1]["end_samples"]
    assert correlation(sample[tone : tone + end - start], whole[start:end]) > 0.9999


@pytest.mark.slow
def test_the_credits_are_spoken_and_do_not_count_as_text(walk: Shelf) -> None:
    record = walk.record("en/walk")
    first, last = (record["chapters"][at]["paragraphs"][0]["text"] for at in (0, -1))
    assert first == "Walk: why? Written by Ann Lee. Narrated by Cy Dale, a synthetic voice."
    assert last == "This was Walk: why? Written by Ann Lee. Narrated by Cy Dale, a synthetic voice. The end."
    counted = record["characters"]
    assert counted["spoken"] + sum(counted["skipped"].values()) == counted["source"]


SHORT = {
    "lv": ("Lampa", "Manai mātei.", "Bija vakars."),
    "cmn": ("灯", "给母亲。", "天黑了。"),
}


@pytest.mark.slow
def test_files_with_a_few_words_are_brought_to_the_level(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    for language, (title, dedication, text) in SHORT.items():
        shelf.write(f"texts/{language}/a.md", f"# {title}\n\n{text}\n\n## {title} 1\n\n{dedication}\n")
    shelf.write("texts/en/long.md", f"# Walk\n\n{'Nobody was there, and the mill was quiet. ' * 4}\n\n" * 2)
    shelf.write("audiobook.toml", "[voice.en]\nvolume = 0.4\n")
    works = shelf.build("--engine", "espeak", "--preset", "acx", "--jobs", "1")
    assert not any(work["problems"] for work in works.values())
    files = {path: path.read_bytes() for path in sorted(shelf.output.glob("*/*/*.mp3"))}
    done = shelf.run("check", "--acx", *map(str, files))
    assert done.out.rstrip().rpartition("\n")[2] == f"{len(files)} of {len(files)} files OK", done.out
    assert shelf.run("check").code == 0
    for path in files:
        path.unlink()
    shelf.build("--engine", "espeak", "--preset", "acx", "--jobs", "1")
    assert {path: path.read_bytes() for path in files} == files


@pytest.mark.slow
def test_a_build_names_files_that_cannot_meet_the_requirements(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.write("texts/lv/a.md", "# Lampa un galds\n\nBija vakars, un nekas nenotika.\n\n## A\n\nA.\n")
    (work,) = shelf.build("--engine", "espeak", "--preset", "acx", "--jobs", "1").values()
    (problem,) = work["problems"]
    assert problem.startswith(
        "texts/lv/a.md:5: “03 - A.mp3” does not meet the requirements of ACX (loudness (RMS) -2"
    )
    assert shelf.run("check", "--acx", "output/lv/a/03 - A.mp3").code == 1
    (work,) = shelf.build("--engine", "espeak", "--preset", "acx", "--format", "vtt").values()
    assert (work["state"], work["problems"]) == ("built", [problem])
