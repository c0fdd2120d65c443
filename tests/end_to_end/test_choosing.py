"""Choosing chapters and correcting the text, by the commands: what was spoken is not spoken again."""

from pathlib import Path

import pytest
from tools import Json, Shelf

NOVEL = "# One\n\nIt *begins*.\n\n# Two\n\nIt goes on: 1945.\n\n# Index\n\nbeginning, 1\n"


def novel(shelf: Shelf, *arguments: str) -> Json:
    work: Json = shelf.build(*arguments)["en/novel"]
    return work


@pytest.mark.slow
def test_choosing_and_correcting_reuse_every_clip(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf", AUDIOBOOK_ENGINE="tone")
    text = shelf.write("texts/en/novel.md", NOVEL)
    assert novel(shelf)["clips_made"] == 6

    chosen = novel(shelf, "novel", "--chapters", "1-2")
    assert (chosen["reasons"], chosen["clips_made"], chosen["chapters"]) == (
        ["chapters chosen changed"],
        0,
        2,
    )
    assert shelf.record("en/novel")["characters"]["skipped"]["chapters not chosen"] == 16

    shelf.write("audiobook.toml", '[works.novel]\nskip = ["index"]\n')
    saved = shelf.run("script", "novel", "--save")
    assert (saved.code, saved.out.splitlines()[0]) == (0, "texts/en/novel.script.md: saved, 3 chapters")
    again = novel(shelf)
    assert (again["reasons"], again["clips_made"]) == (["text changed", "chapters chosen changed"], 0)
    assert "Chapters: as the file marks them\n" in shelf.run("list", "novel").out
    [listed] = shelf.run("list", "novel", "--json").answer["works"]
    assert listed["saved"] == {"source": "texts/en/novel.md", "edited": False, "source_changed": False}
    parts = [(part["number"], part["chosen"], part["measured"]) for part in listed["parts"]]
    assert parts == [(1, True, True), (2, True, True), (3, False, False)]

    script = text.with_name("novel.script.md")
    script.write_text(script.read_text("utf-8").replace("1945", '[1945]{say="then"}'), "utf-8")
    assert novel(shelf)["clips_made"] == 1
    assert shelf.run("build", "novel").out == "output/en/novel.mp3: up to date\n1 fresh\n"
    text.write_text(NOVEL + "\nMore.\n", "utf-8")
    assert shelf.run("build", "novel").out.startswith(
        "output/en/novel.mp3: up to date with texts/en/novel.script.md, "
        "but texts/en/novel.md has changed since that was saved\n"
    )
    assert "edited script, but texts/en/novel.md has changed since" in shelf.run("list").out


@pytest.mark.slow
def test_another_title_author_and_narrator_make_no_clip(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf", AUDIOBOOK_ENGINE="tone")
    shelf.write("texts/en/novel.md", "---\ntitle: Own\nauthor: A. Writer\n---\n\nIt *begins*.\n")
    shelf.write("audiobook.toml", '[works.novel]\nauthors = ["B"]\nnarrator = "C"\nchapters = "1"\n')
    novel(shelf)
    first = shelf.record("en/novel")
    assert (first["title"], first["authors"], first["narrator"]) == ("Own", ["B"], "C")
    again = novel(shelf, "novel", "--title", "New", "--author", "D", "--author", "E", "--kbits", "64")
    assert (again["reasons"], again["clips_made"]) == (["settings changed"], 0)
    record = shelf.record("en/novel")
    assert (record["title"], record["authors"], record["narrator"]) == ("New", ["D", "E"], "C")
    assert record["inputs"]["chosen_chapters"] == "1", "other settings of the work stay"
    for arguments, message in (
        (("--title", "New"), "--title needs one TEXT"),
        (("novel", "--author", " "), "--author must have 1 to 200 characters"),
        (("--kbits", "20"), "--kbits must be a whole number from 32 to 192, not “20”"),
    ):
        done = shelf.run("build", *arguments)
        assert (done.code, message in done.err) == (2, True), done.err
    shelf.write("audiobook.toml", '[works.novel]\ntitle = " "\n')
    assert shelf.run("build").err == "error: audiobook.toml:2: works.novel.title must not be blank\n"


def test_renaming_makes_one_heading_and_merging_makes_nothing(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf", AUDIOBOOK_ENGINE="tone")
    shelf.write("texts/en/novel.md", NOVEL)
    before = [chapter["paragraphs"] for chapter in (novel(shelf), shelf.record("en/novel"))[1]["chapters"]]
    shelf.write("audiobook.toml", "[works.novel]\nmerge = [3]\n")
    merged = novel(shelf)
    assert (merged["reasons"], merged["clips_made"], merged["chapters"]) == (
        ["merged chapters changed"],
        0,
        2,
    )
    chapters = shelf.record("en/novel")["chapters"]
    assert [chapter["title"] for chapter in chapters] == ["One", "Two"]
    keys = [paragraph["clips"] for paragraph in chapters[1]["paragraphs"]]
    assert keys == [paragraph["clips"] for chapter in before[1:] for paragraph in chapter]

    shelf.write("audiobook.toml", '[works.novel]\nmerge = [3]\nrename = {two = "The End", 1 = "Begin"}\n')
    renamed = novel(shelf)
    assert (renamed["reasons"], renamed["clips_made"]) == (["chapters renamed"], 2)
    record = shelf.record("en/novel")
    assert [chapter["title"] for chapter in record["chapters"]] == ["Begin", "The End"]
    assert [chapter["paragraphs"][0]["text"] for chapter in record["chapters"]] == ["Begin", "The End"]
    said = record["characters"]
    assert said["skipped"]["renamed headings"] == len("OneTwo")
    assert said["source"] == said["spoken"] + sum(said["skipped"].values())
    listed = shelf.run("list", "novel").out
    assert "The End (“Two” in the text)" in listed
    assert "Index (joined to the one before)" in listed
    [work] = shelf.run("list", "novel", "--json").answer["works"]
    parts = [(part["title"], part["own_title"], part["merged"], part["measured"]) for part in work["parts"]]
    assert parts == [
        ("Begin", "One", False, True),
        ("The End", "Two", False, True),
        ("Index", "Index", True, True),
    ]
    assert sum(part["duration_s"] for part in work["parts"]) == pytest.approx(record["duration_s"], abs=0.1)
    assert shelf.run("check").code == 0

    for arguments, code, message in (
        (("--merge", "1"), 2, "nothing comes before chapter “1”"),
        (
            ("--rename", "Tow=Three"),
            2,
            "there is no chapter “Tow” in texts/en/novel.md\nhint: chapters: 1 “One”",
        ),
        (("--skip", "Two"), 0, ""),
    ):
        done = shelf.run("build", "novel", *arguments)
        assert (done.code, message in done.err) == (code, True), done.err
    assert [chapter["title"] for chapter in shelf.record("en/novel")["chapters"]] == ["Begin"], "joined to it"
    for line, written in (
        (2, '[works.novel.rename]\nTow = "Three"\n'),
        (3, '[works.novel]\ntitle = "T"\nmerge = ["Index", "Tow"]\n'),
        (3, '[works.novel]\nskip = ["Index"]\nchapters = "1-9"\n'),
        (2, '[works.novel]\nskip = ["Tow"]\nchapters = "1-2"\n'),
        (1, 'works.novel = {rename = {Tow = "Three"}}\n'),
    ):
        shelf.write("audiobook.toml", written)
        done = shelf.run("build")
        assert (done.code, f"audiobook.toml:{line}: there is no chapter" in done.err) == (1, True), done.err


def test_a_chapter_that_does_not_exist_is_a_wrong_use(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf", AUDIOBOOK_ENGINE="tone")
    shelf.write("texts/en/novel.md", NOVEL)
    for arguments, message in (
        (
            ("novel", "--chapters", "4"),
            "there is no chapter 4 in texts/en/novel.md\nhint: chapters: 1 “One”, 2 “Two”",
        ),
        (("novel", "--skip", "Tow"), "there is no chapter “Tow” in texts/en/novel.md"),
        (("novel", "--chapters", "a"), "--chapters: “a” is not a number or a range"),
        (("--chapters", "1"), "--chapters needs one TEXT"),
    ):
        done = shelf.run("build", *arguments)
        assert (done.code, message in done.err) == (2, True), done.err
    shelf.write("audiobook.toml", '[works.novel]\nskip = ["Tow"]\n')
    listed = shelf.run("list", "novel")
    assert (listed.code, "there is no chapter “Tow”" in listed.err, "2  ~0:0" in listed.out) == (
        1,
        True,
        True,
    )
