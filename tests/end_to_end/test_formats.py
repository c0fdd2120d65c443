"""Formats besides the MP3: made from the same timeline, verified, and removed only if they are ours."""

import re

import pytest
from mutagen.id3 import ID3
from tools import Shelf
from webvtt_python import WebVTTParser

TEXT = "A Title\n\nThe first paragraph of the essay. It has two sentences.\n\nAnother paragraph ends it.\n"
CAPTIONS = ("--format", "lrc", "--format", "srt", "--format", "vtt")


@pytest.fixture
def essay(shelf: Shelf) -> Shelf:
    shelf.write("texts/en/essay.txt", TEXT)
    shelf.write("audiobook.toml", 'engine = "tone"\n')
    return shelf


def test_captions_show_every_sentence_at_its_time_in_the_record(essay: Shelf) -> None:
    essay.build(*CAPTIONS)
    assert essay.output_names() == [
        f"en/essay.{end}" for end in ("cover.jpg", "json", "lrc", "mp3", "srt", "vtt")
    ]
    record = essay.record("en/essay")
    starts_ms = [
        sentence["start_samples"] * 1000 // record["rate_hz"]
        for chapter in record["chapters"]
        for paragraph in chapter["paragraphs"]
        for sentence in paragraph["sentences"]
    ]
    vtt = essay.book("en/essay", ".vtt").read_text("utf-8")
    WebVTTParser(strict=True).parse(vtt)
    for text in (vtt, essay.book("en/essay", ".srt").read_text("utf-8").replace(",", ".")):
        shown = [
            60_000 * int(m) + round(1000 * float(s)) for m, s in re.findall(r"00:(\d\d):(\S+) -->", text)
        ]
        assert set(starts_ms) <= set(shown)
    assert "Another paragraph ends it." in essay.book("en/essay", ".lrc").read_text("utf-8")


def test_the_text_is_in_the_mp3_on_request(essay: Shelf) -> None:
    essay.build()
    assert not ID3(essay.book("en/essay")).getall("USLT")
    essay.write("audiobook.toml", 'engine = "tone"\n[mp3]\nlyrics = true\nsylt = "word"\n')
    work = essay.build()["en/essay"]
    assert (work["reasons"], work["clips_made"]) == (["settings changed"], 0)
    tag = ID3(essay.book("en/essay"))
    assert tag.getall("USLT")[0].text == TEXT.strip()
    timed = tag.getall("SYLT")[0].text
    assert "".join(text for text, _ in timed).split() == TEXT.split()
    sentences = [
        each
        for chapter in essay.record("en/essay")["chapters"]
        for paragraph in chapter["paragraphs"]
        for each in paragraph["sentences"]
    ]
    starts = [sentence["start_samples"] * 1000 // 22050 for sentence in sentences]
    assert [at for text, at in timed if text.startswith("\n")] == starts
    assert len(timed) > len(starts)


def test_asking_for_a_format_writes_only_its_file_and_the_record(essay: Shelf) -> None:
    essay.build("--format", "vtt")
    before = essay.tree()
    works = essay.build("--format", "vtt", "--format", "srt")
    assert works["en/essay"]["reasons"] == ["formats changed"]
    after = essay.tree()
    changed = {name for name in after if after[name] != before.get(name) and "essay" in name}
    assert changed == {"output/en/essay.srt", "output/en/essay.json"}
    essay.run("clean")
    essay.build("--format", "lrc")
    assert not essay.clips()
    assert not essay.book("en/essay", ".srt").exists()


def test_a_format_turned_off_is_removed_unless_it_was_changed(essay: Shelf) -> None:
    essay.build(*CAPTIONS)
    assert essay.build()["en/essay"]["state"] == "fresh"
    assert essay.book("en/essay", ".vtt").exists(), "a build that names no format keeps those that are there"
    essay.write("output/en/essay.srt", "mine\n")
    essay.build("--format", "mp3")
    assert essay.output_names() == [f"en/essay.{end}" for end in ("cover.jpg", "json", "mp3", "srt")]
    assert essay.record("en/essay")["formats"] == {}


@pytest.mark.slow
@pytest.mark.parametrize("ending", [".srt", ".vtt"])
def test_a_file_of_the_user_is_not_replaced_unless_forced(essay: Shelf, ending: str) -> None:
    essay.write(f"output/en/essay{ending}", "WEBVTT\n\nmine\n")
    done = essay.run("build", "--format", ending[1:])
    assert done.code == 1
    assert f"essay{ending}: was not made by audiobook" in done.err
    assert not essay.book("en/essay").exists()
    essay.build("--format", ending[1:], "--force")
    assert essay.run("check").code == 0


@pytest.mark.slow
def test_check_finds_a_changed_file_and_build_mends_it(essay: Shelf) -> None:
    essay.build(*CAPTIONS)
    whole = essay.outputs()
    essay.write("output/en/essay.srt", "changed")
    essay.book("en/essay", ".vtt").unlink()
    found = essay.run("check").err
    assert "en/essay.srt: has 7 bytes" in found
    assert "en/essay.vtt: is missing" in found
    assert essay.build(*CAPTIONS)["en/essay"]["reasons"] == ["output missing"]
    assert essay.outputs() == whole


@pytest.mark.slow
def test_formats_of_the_settings_are_those_of_the_command_line(essay: Shelf) -> None:
    essay.build(*CAPTIONS)
    essay.write("audiobook.toml", 'engine = "tone"\nformats = ["mp3", "vtt", "srt", "lrc"]\n')
    assert essay.build()["en/essay"]["state"] == "fresh"
    assert essay.run("build", "--format", "mp4").code == 2


@pytest.mark.slow
def test_an_edit_remakes_the_captions(essay: Shelf) -> None:
    essay.build(*CAPTIONS)
    essay.write("texts/en/essay.txt", TEXT.replace("Another", "One more"))
    essay.build(*CAPTIONS)
    for ending in (".lrc", ".srt", ".vtt"):
        shown = re.sub("<[^>]*>", "", essay.book("en/essay", ending).read_text("utf-8"))
        assert "One more paragraph" in shown
    assert essay.run("check").code == 0


@pytest.mark.slow
def test_built_captions_stay_where_they_are_and_published_ones_are_the_same(essay: Shelf) -> None:
    essay.build("--format", "vtt")
    before = essay.book("en/essay", ".vtt").read_bytes()
    essay.run("publish", "--base-url", "https://example.org")
    assert essay.book("en/essay", ".vtt").read_bytes() == before
    assert (essay.output / essay.sound("en/essay", ".vtt")).read_bytes() == before
    essay.build("--format", "mp3")
    assert not essay.book("en/essay", ".vtt").exists()
    essay.run("publish", "--base-url", "https://example.org")
    assert (essay.output / essay.sound("en/essay", ".vtt")).read_bytes() == before
    essay.build("--format", "vtt")
    assert essay.run("check").code == 0
