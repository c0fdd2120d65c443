"""The effect of front matter on files: tags, cover and language."""

import json
from io import BytesIO
from pathlib import Path

import mutagen.id3
import pytest
from images import encoded
from mutagen.id3 import ID3
from mutagen.mp4 import MP4
from PIL import Image
from tools import Json, Shelf, reader_package, run_tool

YAML = """\
---
title: An Evening
authors: [Aino Ääni, Eino]
narrator: A Patient Voice
date: 2024-05-31
description: |
  What the window
  showed.

  And what it did not.
series: Evenings
series_position: 2
---

It was late.
"""


def tags_of(path: Path) -> Json:
    done = run_tool("ffprobe", "-v", "error", "-of", "json", "-show_format", path)
    tags: Json = json.loads(done.stdout)["format"]["tags"]
    return tags


def shown_in(shelf: Shelf, label: str) -> list[str]:
    """Return the colour of each picture in an MP3, the same as that of the cover file."""
    beside = colour_of(shelf.cover(label).read_bytes())
    shown = [colour_of(frame.data) for frame in mutagen.id3.ID3(shelf.book(label)).getall("APIC")]
    assert shown == [beside]
    return shown


def colour_of(data: bytes) -> str:
    """Return the name of the colour of a single-colour picture."""
    with Image.open(BytesIO(data)) as image:
        pixel = image.convert("RGB").getpixel((300, 300))
    assert isinstance(pixel, tuple)
    return min(COLOURS, key=lambda name: sum(abs(a - b) for a, b in zip(COLOURS[name], pixel, strict=True)))


COLOURS = {"red": (200, 40, 40), "green": (40, 200, 40), "blue": (40, 40, 200)}


def png(name: str) -> bytes:
    """Return a single-colour picture."""
    return encoded(Image.new("RGB", (30, 30), COLOURS[name]))


@pytest.mark.slow
def test_ffprobe_shows_what_the_front_matter_says(shelf: Shelf) -> None:
    shelf.write("audiobook.toml", 'author = "Somebody Else"\n')
    shelf.write("texts/en/evening.md", YAML)
    shelf.build("--engine", "tone")
    tags = tags_of(shelf.book("en/evening"))
    assert tags["title"] == tags["album"] == "An Evening"
    assert tags["artist"] == tags["album_artist"] == "Aino Ääni; Eino"
    assert tags["composer"] == "A Patient Voice"
    assert tags["date"] == "2024"
    assert tags["comment"] == (
        "What the window showed.\n\nAnd what it did not.\n\nRead by a synthetic voice: tone tone"
    )
    assert (tags["SERIES"], tags["SERIES-PART"]) == ("Evenings", "2")
    assert "WARNING" not in run_tool("mp3val", shelf.book("en/evening")).stdout


@pytest.mark.slow
def test_the_record_contains_the_front_matter(shelf: Shelf) -> None:
    shelf.write("audiobook.toml", 'author = "Somebody Else"\n')
    shelf.write("texts/en/evening.txt", YAML)
    shelf.write("texts/en/morning.txt", "It was early.\n")
    shelf.build("--engine", "tone")
    record = shelf.record("en/evening")
    assert record["title"] == "An Evening"
    assert record["authors"] == ["Aino Ääni", "Eino"]
    assert record["narrator"] == "A Patient Voice"
    assert (record["date"], record["series"], record["series_position"]) == ("2024-05-31", "Evenings", "2")
    assert record["description"] == "What the window showed.\n\nAnd what it did not."
    said = [entry["text"] for chapter in record["chapters"] for entry in chapter["paragraphs"]]
    assert said == ["An Evening", "It was late."]
    other = shelf.record("en/morning")
    assert (other["authors"], other["narrator"], other["date"]) == (
        ["Somebody Else"],
        "Test tones, not speech",
        None,
    )


@pytest.mark.slow
def test_another_name_for_the_narrator_is_written_everywhere_and_makes_no_clip(shelf: Shelf) -> None:
    shelf.write("texts/en/morning.txt", "It was early.\n")
    shelf.write("audiobook.toml", 'engine = "tone"\n')
    shelf.build("--format", "m4b", "--format", "vtt")
    clips = [(path, path.stat().st_ino) for path in shelf.clips()]
    shelf.write("audiobook.toml", 'engine = "tone"\n[voice.en]\nnarrator = "Emma\\nLee"\n')
    work = shelf.build()["en/morning"]
    assert (work["clips_made"], work["reasons"]) == (0, ["settings changed"])
    assert [(path, path.stat().st_ino) for path in shelf.clips()] == clips
    assert shelf.record("en/morning")["narrator"] == "Emma Lee"
    assert "<v Emma Lee>" in shelf.book("en/morning", ".vtt").read_text("utf-8")
    assert ID3(shelf.book("en/morning"))["TCOM"] == "Emma Lee"
    tags = MP4(shelf.book("en/morning", ".m4b")).tags
    assert tags is not None
    assert tags["\xa9nrt"] == ["Emma Lee"]


def test_a_named_cover_is_used_and_its_change_is_noticed(shelf: Shelf) -> None:
    shelf.write("texts/en/evening.md", "---\ncover: ../front.png\n---\n\nIt was late.\n")
    shelf.write("texts/en/evening.png", png("red"))
    shelf.write("texts/front.png", png("green"))
    shelf.build("--engine", "tone")
    assert shown_in(shelf, "en/evening") == ["green"]
    shelf.write("texts/front.png", png("blue"))
    (work,) = shelf.build("--engine", "tone").values()
    assert (work["reasons"], work["clips_made"]) == (["cover changed"], 0)
    assert shown_in(shelf, "en/evening") == ["blue"]


UNUSABLE = (
    ("nowhere.png", ": no such file"),
    ("../../outside.png", "is outside the texts folder"),
    ("link.png", "is outside the texts folder"),
    ("../en", ": no such file"),
    ("evening-0.md", "the cover is not a readable JPEG, PNG or WebP"),
)
"""Covers that a text may name, and the error of each."""


@pytest.mark.slow
def test_a_named_cover_that_cannot_be_used_fails_its_text_by_line(shelf: Shelf) -> None:
    shelf.write("outside.png", png("red"))
    for number, (cover, _) in enumerate(UNUSABLE):
        shelf.write(f"texts/en/evening-{number}.md", f"---\ntitle: A\ncover: {cover}\n---\n\nIt was late.\n")
    (shelf.root / "texts/en/link.png").symlink_to(shelf.root / "outside.png")
    shelf.write("texts/en/morning.txt", "It was early.\n")
    done = shelf.run("build", "--engine", "tone", "--json")
    assert done.code == 1
    works = done.works
    assert works["en/morning"]["state"] == "built"
    for number, (cover, message) in enumerate(UNUSABLE):
        problem = works[f"en/evening-{number}"]["problems"][0]
        assert problem.startswith(f"texts/en/evening-{number}.md:3: "), cover
        assert message in problem, cover


def test_a_text_can_declare_its_language(shelf: Shelf) -> None:
    shelf.write("texts/ilta.txt", "---\nlanguage: fi\n---\nOli myöhä.\n")
    assert list(shelf.build("--engine", "tone")) == ["fi/ilta"]


@pytest.mark.slow
def test_a_text_that_contradicts_its_folder_is_built_with_a_problem(shelf: Shelf) -> None:
    shelf.write("texts/fi/ilta.txt", "---\nlanguage: en\n---\nOli myöhä.\n")
    shelf.write("texts/pt/tarde.txt", "---\nlanguage: pt-BR\n---\nEra tarde.\n")
    works = shelf.build("--engine", "tone")
    assert works["fi/ilta"]["problems"] == ["texts/fi/ilta.txt: declares the language en, but is read as fi"]
    assert works["pt/tarde"]["problems"] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["texts/evening.md", "texts/en/evening.md"])
def test_damaged_front_matter_fails_only_its_text_with_a_line_number(shelf: Shelf, name: str) -> None:
    shelf.write(name, "---\nlanguage: en\ntitle: [A]\n---\n\nIt was late.\n")
    shelf.write("texts/en/morning.txt", "It was early.\n")
    done = shelf.run("build", "--engine", "tone")
    assert done.code == 1
    assert f"error: {name}:3: “title” must be text, not a list" in done.err
    assert shelf.book("en/morning").is_file()


def test_front_matter_of_another_encoding_is_read_as_the_text_is(shelf: Shelf) -> None:
    text = "---\ntitle: Zażółć\nlanguage: pl\ncover: żółw.png\n---\nGęś.\n"
    shelf.write("texts/gęś.txt", text.encode("cp1250"))
    shelf.write("texts/żółw.png", png("red"))
    (label,) = shelf.build("--engine", "tone", "--encoding", "cp1250")
    assert shelf.record(label)["title"] == "Zażółć"
    (work,) = shelf.build("--engine", "tone").values()
    assert work["state"] == "fresh"


_READER = """
from audiobook.document import Kind, Metadata, Paragraph, count_chars
from audiobook.sources.outline import Block, build_work


class Guest:
    def read(self, source):
        blocks = [Block(Paragraph("It was late.", Kind.TEXT))]
        return build_work(source, Metadata("A", cover=source.data), blocks, source_chars=10)
"""


@pytest.mark.slow
def test_an_embedded_cover_is_used_if_there_is_no_cover_file(shelf: Shelf) -> None:
    environment = reader_package(shelf, "guest", _READER)
    shelf.write("texts/en/evening.guest", png("red"))
    shelf.build("--engine", "tone", **environment)
    assert shown_in(shelf, "en/evening") == ["red"]
    assert shelf.record("en/evening")["inputs"]["cover_sha256"] is None
    shelf.write("texts/en/evening.png", png("green"))
    (work,) = shelf.build("--engine", "tone", **environment).values()
    assert work["reasons"] == ["cover changed"]
    assert shown_in(shelf, "en/evening") == ["green"]


def test_a_damaged_cover_inside_a_text_fails_it_before_anything_is_spoken(shelf: Shelf) -> None:
    environment = reader_package(shelf, "guest", _READER)
    shelf.write("texts/en/evening.guest", png("red")[:40])
    done = shelf.run("build", "--engine", "tone", **environment)
    assert done.code == 1
    assert "texts/en/evening.guest: the cover is not a readable JPEG, PNG or WebP" in done.err
    assert not shelf.clips()
