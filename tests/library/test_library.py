"""Libraries for media servers: each book in its own folder, with what Audiobookshelf reads from it."""

import json
from pathlib import Path
from shutil import rmtree

import msgspec
import pytest
from lxml import etree
from records import record
from tools import Json, Shelf

from audiobook.book.record.reading import read_record
from audiobook.library.ledger import LEDGER_NAME
from audiobook.library.moving import folder_to_move, move_book
from audiobook.library.places import place_of

WALK = """\
---
title: "Walk: why?"
authors: [Ann Lee, Bo & Co]
narrator: Cy Dale
series: Walks
series_position: 2
date: 2024-05-31
description: One & <two>.
---

It was late.
"""
FOLDER = "Ann Lee & Bo & Co/Walks/02 - Walk - why"
FILES = ["Walk - why.m4b", "cover.jpg", "metadata.json", "metadata.opf"]
DC = "{http://purl.org/dc/elements/1.1/}"
OPF = "{http://www.idpf.org/2007/opf}"


@pytest.mark.parametrize(
    ("fields", "taken", "folder"),
    [
        ({}, [], "Aino Ääni/An Essay"),
        ({"authors": ()}, [], "An Essay"),
        ({"authors": ("Le Guin, U.", "B/C")}, [], "Le Guin, U. & B-C/An Essay"),
        ({"series": "S", "series_position": "2.5"}, [], "Aino Ääni/S/02.5 - An Essay"),
        ({"series": "S", "series_position": "II"}, [], "Aino Ääni/S/An Essay"),
        ({"series": "S", "authors": ()}, [], "Unknown Author/S/An Essay"),
        ({"title": "CD 12"}, [], "Aino Ääni/CD 12 (book)"),
        # Audiobookshelf would take these for a year and a product number.
        ({"title": "1984: a life"}, [], "Aino Ääni/1984 – a life"),
        ({"title": "Sea [UNABRIDGED]"}, [], "Aino Ääni/Sea (UNABRIDGED)"),
        ({"title": "???"}, [], "Aino Ääni/Untitled"),
        # The same folder, a folder in it, and a folder around it, on a system that ignores case.
        ({}, ["aino ääni/AN ESSAY"], "Aino Ääni/An Essay (en)"),
        ({}, ["Aino Ääni/An Essay", "Aino Ääni/An Essay (en)"], "Aino Ääni/An Essay (en 2)"),
        ({}, ["Aino Ääni/An Essay/01 - Part"], "Aino Ääni/An Essay (en)"),
        ({"series": "S"}, ["Aino Ääni/S"], "Aino Ääni/S (series)/An Essay"),
        ({}, ["Aino Ääni"], "Aino Ääni (author)/An Essay"),
        ({}, ["Aino Ääni/An Essay too", "Aino"], "Aino Ääni/An Essay"),
    ],
)
def test_no_book_is_in_the_folder_of_another(fields: Json, taken: list[str], folder: str) -> None:
    assert place_of(msgspec.structs.replace(record(), **fields), taken) == folder


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    shelf = Shelf(tmp_path_factory.mktemp("library") / "shelf")
    shelf.write("texts/en/walk.md", WALK)
    shelf.write("audiobook.toml", 'engine = "tone"\njobs = 1\n')
    shelf.build("--format", "m4b")
    return shelf


def export(shelf: Shelf) -> Json:
    done = shelf.run("export", "--to", "library", "--output", "lib", "--json")
    assert done.code == 0, done.err
    return done.answer


def names(shelf: Shelf, folder: str = FOLDER) -> list[str]:
    return sorted(path.name for path in (shelf.root / "lib" / folder).iterdir())


def test_a_server_finds_everything_about_a_book(walk: Shelf) -> None:
    (work,) = export(walk)["works"]
    assert (work["folder"], names(walk)) == (FOLDER, FILES)
    told = walk.run("export", "--to", "library", "--output", "lib").out
    assert told == f"en/walk: lib/{FOLDER}\n"
    folder = walk.root / "lib" / FOLDER
    assert (folder / FILES[0]).read_bytes() == walk.book("en/walk", ".m4b").read_bytes()
    assert (folder / "cover.jpg").read_bytes() == walk.cover("en/walk").read_bytes()
    assert json.loads((folder / "metadata.json").read_bytes()) == {
        "title": "Walk: why?",
        "authors": ["Ann Lee", "Bo & Co"],
        "narrators": ["Cy Dale"],
        "series": ["Walks #2"],
        "publishedYear": "2024",
        "description": "<p>One &amp; &lt;two&gt;.</p>",
        "language": "English",
    }
    package = etree.fromstring((folder / "metadata.opf").read_bytes())
    creators = [(each.get(f"{OPF}role"), each.text) for each in package.iter(f"{DC}creator")]
    assert creators == [("aut", "Ann Lee"), ("aut", "Bo & Co"), ("nrt", "Cy Dale")]
    assert [
        each.text for name in ("title", "language", "description") for each in package.iter(DC + name)
    ] == [
        "Walk: why?",
        "en",
        "One & <two>.",
    ]
    metas = [(each.get("name"), each.get("content")) for each in package.iter(f"{OPF}meta")]
    assert metas == [("calibre:series", "Walks"), ("calibre:series_index", "2")]


@pytest.mark.slow
def test_exporting_again_follows_the_book_and_keeps_what_others_changed(walk: Shelf) -> None:
    before = walk.tree()
    export(walk)
    assert walk.tree() == before
    mine = walk.root / "lib" / FOLDER / "metadata.json"
    mine.write_text("{}")
    assert export(walk)["works"][0]["kept"] == ["metadata.json"]
    walk.write("texts/en/walk.md", WALK.replace("why?", "how?"))
    walk.build("--format", "mp3", "--split", "chapter")
    export(walk)
    moved = FOLDER.replace("why", "how")
    assert names(walk, moved) == ["01 - It was late.mp3", *FILES[1:]]
    assert (walk.root / "lib" / moved / "metadata.json").read_text() == "{}"


def test_a_book_with_other_details_stays_the_same_folder_for_a_server(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    shelf.write("audiobook.toml", 'engine = "tone"\njobs = 1\n')
    details = [
        ("Dune", "Ann", "", "Ann/Dune"),
        ("Dune", "Ann", "Dune", "Ann/Dune/Dune"),
        ("Dune", "Ann Lee", "", "Ann Lee/Dune"),
        ("Dunes", "Ann Lee, Bo", "Sand", "Ann Lee & Bo/Sand/Dunes"),
    ]
    inode, files = 0, dict[str, int]()
    for title, authors, series, folder in details:
        front = f"title: {title}\nauthors: [{authors}]\n" + (f"series: {series}\n" if series else "")
        shelf.write("texts/en/dune.md", f"---\n{front}---\n\nIt was late.\n")
        shelf.build()
        assert [work["folder"] for work in export(shelf)["works"]] == [folder]
        here = shelf.root / "lib" / folder
        assert here.stat().st_ino == inode or not inode
        assert names(shelf, folder) == [f"{title}.mp3", *FILES[1:]]
        new = {path.name: path.stat().st_ino for path in here.iterdir()}
        # A server takes a file for the old one that had its inode.
        assert all(
            files.get(name, number) == number for name, number in new.items() if number in files.values()
        )
        inode, files = here.stat().st_ino, new
    assert len([path for path in (shelf.root / "lib").rglob("*") if path.is_dir()]) == len(Path(folder).parts)


def test_metadata_that_a_server_wrote_in_its_own_form_is_replaced_when_the_book_changes(
    tmp_path: Path,
) -> None:
    shelf = Shelf(tmp_path / "shelf")
    shelf.write("audiobook.toml", 'engine = "tone"\njobs = 1\n')
    path = shelf.root / "lib" / "Walk" / "metadata.json"

    def exported(words: str) -> Json:
        shelf.write("texts/en/walk.md", f"---\ntitle: Walk\n---\n\n{words}\n")
        shelf.build()
        work: Json = export(shelf)["works"][0]
        return work | {"written": json.loads(path.read_bytes())}

    ours = exported("It was late.")["written"]
    theirs = {"tags": [], "chapters": [{"title": "Old"}]} | ours | {"description": "From the sound"}
    path.write_text(json.dumps(theirs))
    again = exported("It was late.")
    assert (again["kept"], again["written"]) == ([], theirs)
    edited = exported("It rained.")
    assert (edited["kept"], edited["written"]) == ([], ours)
    path.write_text(json.dumps(theirs | {"title": "My title"}))
    assert exported("It snowed.")["kept"] == ["metadata.json"]


def test_the_folder_of_a_removed_book_is_free_for_another(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    shelf.write("audiobook.toml", 'engine = "tone"\njobs = 1\n')
    for slug in ("old", "new"):
        shelf.write(f"texts/en/{slug}.md", "---\ntitle: Dune\n---\n\nIt was late.\n")
        shelf.build()
        assert [work["folder"] for work in export(shelf)["works"]] == ["Dune"]
        rmtree(shelf.root / "lib" / "Dune")
        rmtree(shelf.output)
        (shelf.root / f"texts/en/{slug}.md").unlink()


def test_builds_keep_the_library_up_to_date(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, AUDIOBOOK_ENGINE="tone")
    shelf.write("texts/en/walk.md", WALK)
    shelf.write("texts/en/other.md", "# Other\n\nWords.\n")
    shelf.build("walk", "--format", "m4b", "--layout", "library")
    library = shelf.root / "library"
    book = library / FOLDER / FILES[0]
    assert sorted(path.name for path in book.parent.iterdir()) == FILES
    assert book.read_bytes() == shelf.book("en/walk", ".m4b").read_bytes()
    shelf.write("texts/en/walk.md", WALK.replace("late", "early"))
    (book.parent / "cover.jpg").unlink()
    shelf.build()
    assert book.read_bytes() == shelf.book("en/walk", ".m4b").read_bytes()
    assert (book.parent / "cover.jpg").exists()
    assert not (library / "Other").exists(), "without --layout, only its own books"
    before = shelf.tree()
    assert shelf.run("build", "--layout", "library", "--dry-run").code == 0
    assert shelf.tree() == before
    shelf.build("--layout", "library")
    assert (library / "Other" / "Other.mp3").exists()
    shelf.write("texts/en/walk.md", WALK)
    shelf.build("--layout", "flat")
    assert book.read_bytes() != shelf.book("en/walk", ".m4b").read_bytes()
    # A file in the way is an error of that book alone.
    book.unlink()
    book.mkdir()
    (library / "Other" / "cover.jpg").unlink()
    done = shelf.run("build", "--layout", "library")
    assert (done.code, f"library/{FOLDER}/{FILES[0]}: is not a regular file" in done.err) == (1, True)
    assert (library / "Other" / "cover.jpg").exists()
    shelf.write("audiobook.toml", 'layout = "library"\nlibrary = "texts/books"\n')
    shelf.write("texts/en/other.md", "# Other\n\nMore words.\n")
    done = shelf.run("build")
    assert (done.code, "audiobook.toml:2: the library cannot be in" in done.err) == (2, True)
    assert shelf.record("en/other")["chapters"][0]["paragraphs"][-1]["text"] == "Words.", "nothing was built"


@pytest.mark.slow
def test_files_and_links_of_others_are_not_touched(walk: Shelf, tmp_path: Path) -> None:
    folder = place_of(read_record(walk.book("en/walk", ".json")) or record(), ())
    mine = walk.write(f"own/{folder}/cover.jpg", "mine")
    done = walk.run("export", "walk", "--to", "library", "--output", "own")
    assert (done.code, mine.read_text()) == (1, "mine")
    assert "was not exported by audiobook" in done.err
    (tmp_path / "elsewhere").mkdir()
    (walk.root / "other").mkdir()
    (walk.root / "other" / "Ann Lee & Bo & Co").symlink_to(tmp_path / "elsewhere")
    assert walk.run("export", "walk", "--to", "library", "--output", "other").code == 4
    assert not list((tmp_path / "elsewhere").iterdir())
    done = walk.run("export", "--to", "library", "--output", "output/library")
    assert (done.code, "cannot be in output" in done.err) == (2, True)
    books = {"x": {"folder": "x", "files": {"../a.mp3": ["0"]}}}
    (walk.root / "own" / LEDGER_NAME).write_text(json.dumps({"format": 1, "books": books}))
    done = walk.run("export", "walk", "--to", "library", "--output", "own")
    assert (done.code, "does not write" in done.err) == (1, True)


def test_a_move_that_was_killed_halfway_is_completed(tmp_path: Path) -> None:
    (tmp_path / "moving 0").mkdir()
    (tmp_path / "moving 0" / "Dune.mp3").touch()
    home = folder_to_move(tmp_path, ["Ann/Dune/Dune.mp3"], "Ann/Dune/Dune", "moving 0")
    assert home == "moving 0"
    assert move_book(tmp_path, home, "Ann/Dune/Dune", "moving 0")
    assert (tmp_path / "Ann/Dune/Dune/Dune.mp3").is_file()
    files = ["Ann/Dune/Dune.mp3", "Ann/Dune/Dune/Dune.mp3"]
    assert folder_to_move(tmp_path, files, "Ann/Dune/Dune", "moving 0") is None, (
        "its old folder is a series now"
    )
