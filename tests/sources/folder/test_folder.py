"""Folders of chapter files: order, depth, names, and messages about everything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from audiobook.document import Kind, Work
from audiobook.errors import SourceError
from audiobook.pipeline.texts.folders import text_bytes
from audiobook.sources.base import Source, read_with
from audiobook.sources.folder.order import natural_order, readable
from audiobook.sources.folder.reader import FolderReader

Outline = list[tuple[int, str]]


def read(folder: Path, files: dict[str, str]) -> Work:
    """Write files into a folder, and return the work in it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    data = text_bytes(folder, "texts/en/novel")
    return read_with(FolderReader(), Source(data, "texts/en/novel", "novel", "en", "Novel"))


def outline(work: Work) -> Outline:
    """Return the level and title of each chapter."""
    return [(chapter.level, chapter.title) for chapter in work.chapters]


def problems(work: Work) -> list[str]:
    """Return the problems without the name of the folder."""
    return [str(problem).removeprefix("texts/en/novel") for problem in work.problems]


@pytest.mark.parametrize(
    ("names", "guessed"),
    [
        (["1-a.md", "2-b.md", "10-c.md"], []),
        (["1.md", "1-a.md", "1.5 x.md", "2.md"], []),
        (["preface.md", "Chapter 1.md", "Chapter 2.md", "Chapter 10.md", "epilogue.md"], []),
        (["Prologi.md", "Luku 9.md", "Luku 11.md", "Huomioita.md"], ["Huomioita.md"]),
        (["01 Part/2.md", "01 Part/10.md", "02 Part/1.md"], []),
        (["a.md", "b.md", "C.md"], []),
        (["١.md", "٢.md", "١٠.md"], []),
    ],
)
def test_files_are_in_natural_order_and_guesses_are_known(names: list[str], guessed: list[str]) -> None:
    assert natural_order(reversed(names)) == (names, guessed)


def test_names_become_titles() -> None:
    shown = {
        "03-the_storm.md": "The storm",
        "3. Storm.md": "Storm",
        "Chapter 7.txt": "Chapter 7",
        "007.md": "7",
        "1 - Chapter One [12].txt": "Chapter One",
        "1984.md": "1984",
        "éclair.md": "Éclair",
    }
    assert {name: readable(name) for name in shown} == shown


def test_chapters_are_named_by_their_headings_and_else_by_their_files(tmp_path: Path) -> None:
    work = read(
        tmp_path,
        {
            "10-calm.txt": "It was calm.\n\nIt stayed calm.\n",
            "2-storm.md": "# The Storm\n\nWind.\n\n## Rain\n\nWet.\n",
            "1-start.md": "---\ntitle: The Start\n---\nIt began.\n",
            "3.md": "# One\n\nA.\n\n# Two\n\nB.\n",
            "4.md": "# Four\n\n## At Once\n\nC.\n",
        },
    )
    assert outline(work) == [
        (1, "The Start"),
        (1, "The Storm"),
        (2, "Rain"),
        (1, "One"),
        (1, "Two"),
        (1, "Four"),
        (2, "At Once"),
        (1, "Calm"),
    ]
    assert work.title == "Novel"
    assert {each.kind for chapter in work.chapters for each in chapter.paragraphs} == {
        Kind.HEADING,
        Kind.TEXT,
    }
    rain = work.chapters[2].paragraphs[-1]
    assert rain.where(work.name) == "texts/en/novel/2-storm.md:7"


def test_what_is_left_out_is_reported_except_files_that_programs_keep(tmp_path: Path) -> None:
    work = read(
        tmp_path,
        {
            "1.md": "A [[Page|wiki link]] and ![[Other note]].\n",
            "2.md": "",
            "map.png": "",
            "data.xlsx": "",
            "whole.epub": "",
            "README.md": "About.\n",
            ".obsidian/app.json": "{}",
            "lexicon.toml": "",
        },
    )
    assert problems(work) == [
        ": no chapters, so left out: README.md",
        ": books are left out: whole.epub",
        ": other files are left out: data.xlsx",
        "/2.md: contains no text to read aloud, so it is left out",
        ": pictures are left out: map.png",
    ]
    assert work.chapters[0].paragraphs[0].text == "A wiki link and."
    assert work.skipped_chars["embeds"] == len("![[Othernote]]")


def test_the_same_problem_in_many_chapters_is_reported_once(tmp_path: Path) -> None:
    work = read(tmp_path, {f"{number}.md": "---\ntags: x\ntitle: T\n---\nText.\n" for number in range(1, 5)})
    assert problems(work) == ["/1.md:2: “tags” is not a known key, so it is ignored (and in 3 other files)"]


def test_folders_are_parts_and_their_index_is_their_text(tmp_path: Path) -> None:
    work = read(
        tmp_path / "deep",
        {
            "0-preface.md": "# Preface\n\nP.\n",
            "2 The Sea/1.md": "# Calm\n\nC.\n",
            "1 The Land/index.md": "# On Land\n\nL.\n",
            "1 The Land/2.md": "# Hills\n\nH.\n",
        },
    )
    assert outline(work) == [(1, "Preface"), (1, "On Land"), (2, "Hills"), (1, "The Sea"), (2, "Calm")]
    work = read(tmp_path / "flat", {"chapters/2.md": "# Two\n\nB.\n", "chapters/1.md": "# One\n\nA.\n"})
    assert outline(work) == [(1, "One"), (1, "Two")]


def test_book_toml_gives_title_order_and_cover(tmp_path: Path) -> None:
    (tmp_path / "front.png").write_bytes(b"picture")
    book = 'title = "My Novel"\nauthor = "A. B."\ncover = "front.png"\norder = [\n  "b.md",\n  "a.md",\n]\n'
    work = read(tmp_path, {"book.toml": book, "a.md": "# A\n\nOne.\n", "b.md": "Two.\n", "c.md": "Three.\n"})
    assert outline(work) == [(1, "B"), (1, "A")]
    assert (work.title, work.metadata.authors, work.metadata.cover) == ("My Novel", ("A. B.",), b"picture")
    opening = work.chapters[0].paragraphs[0]
    assert (opening.text, opening.kind, opening.where(work.name)) == (
        "My Novel",
        Kind.TITLE,
        "texts/en/novel/book.toml:1",
    )
    assert problems(work) == [": not listed in book.toml, so left out: c.md"]


def test_an_mdbook_is_read_by_its_summary(tmp_path: Path) -> None:
    summary = """# Summary

[Preface](preface.md)

# Part `one`

- [Storm](./storm.md)
    - [Deep](deep/a%20thing.md)
    - [Section](storm.md#section)
- [Draft]()
---
[After](<the end.md>)
odd line
"""
    work = read(
        tmp_path,
        {
            "book.toml": '[book]\ntitle = "The Way"\nauthors = ["A", "B"]\n[output.html]\nmathjax = true\n',
            "src/SUMMARY.md": summary,
            "src/preface.md": "P.\n",
            "src/storm.md": "# Storm\n\nS.\n",
            "src/deep/a thing.md": "D.\n",
            "src/the end.md": "E.\n",
            "src/unlisted.md": "U.\n",
            "book/index.html": "<p>built",
        },
    )
    assert outline(work) == [(1, "Preface"), (1, "Part one"), (2, "Storm"), (3, "Deep"), (2, "After")]
    assert (work.title, work.metadata.authors) == ("The Way", ("A", "B"))
    assert work.chapters[1].paragraphs[0].where(work.name) == "texts/en/novel/src/SUMMARY.md:5"
    assert problems(work) == [
        "/src/SUMMARY.md:10: “Draft” is a draft without a text, so it is left out",
        "/src/SUMMARY.md:13: “odd line” is not a chapter, so it is left out",
        ": not listed in src/SUMMARY.md, so left out: src/unlisted.md",
    ]


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({"book.toml": 'order = ["a.md",\n"gone.md"]', "a.md": "A."}, "book.toml:2: “gone.md”: no such file"),
        ({"book.toml": 'order = ["../a.md"]'}, "book.toml:1: “../a.md” is outside the folder of the book"),
        ({"book.toml": 'order = "a.md"'}, "book.toml:1: “order” must be a list of file names"),
        ({"book.toml": "order = ["}, "book.toml:1: not valid TOML"),
        ({"book.toml": 'cover = "x.png"', "a.md": "A."}, "book.toml:1: cover “x.png”: no such file"),
        ({"SUMMARY.md": "- [A](../../a.md)"}, "SUMMARY.md:1: “../../a.md” is outside the folder"),
        ({"SUMMARY.md": "\n- [A](x.md)"}, "SUMMARY.md:2: “x.md”: no such file"),
        ({"SUMMARY.md": "- [A](x.epub)", "x.epub": ""}, "SUMMARY.md:1: “x.epub” cannot be a chapter"),
        ({"a.epub": ""}, "novel: contains no chapters"),
        ({"a.md": "", "b.txt": "\n"}, "novel: contains no text to read aloud"),
    ],
)
def test_a_mistake_names_the_file_and_the_line(tmp_path: Path, files: dict[str, str], told: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(tmp_path, files)
    assert told in str(caught.value)


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("Secret.\n", "utf-8")
    (tmp_path / "away").mkdir()
    folder = tmp_path / "novel"
    folder.mkdir()
    (folder / "2.md").symlink_to(tmp_path / "secret.md")
    (folder / "3").symlink_to(tmp_path / "away")
    (folder / "4").symlink_to(folder)
    work = read(folder, {"1.md": "One.\n"})
    assert outline(work) == [(1, "1")]
    assert problems(work) == [": other files are left out: 2.md, 3, 4"]


def test_the_project_of_a_writing_program_is_refused_with_a_way_to_export_it(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="is a project of Scrivener") as caught:
        read(tmp_path / "Novel.scriv", {"Files/Data/X/content.rtf": ""})
    assert "Compile" in str(caught.value.hint)
