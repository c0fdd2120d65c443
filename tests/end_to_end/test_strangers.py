"""Files that audiobook did not make are kept and reported.

Promise: a store or output set to a folder with the user's files: nothing that we did not make is removed or replaced.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from sampling import sampled
from tools import Shelf, clean_environment

PUBLISH = ("publish", "--base-url", "https://example.org/books")
MINE = b"mine, and not to be made again"
TEXT = "A Book\n\nThe first paragraph is here.\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shelf = Shelf(tmp_path_factory.mktemp("strangers"))
    shelf.write("texts/en/book.txt", TEXT)
    shelf.write("texts/en/other.txt", "Another\n\nIt is whole.\n")
    shelf.write("audiobook.toml", 'engine = "tone"\n')
    shelf.build()
    return shelf.root


@pytest.fixture
def works(built: Path, tmp_path: Path) -> Shelf:
    return Shelf(shutil.copytree(built, tmp_path / "project"))


@pytest.fixture
def unbuilt(works: Shelf) -> Shelf:
    shutil.rmtree(works.output)
    return works


def tagged_by_others() -> bytes:
    """A recording of the user, tagged by another program."""
    from audiobook.audio.mp3.id3 import Tags, id3_tag

    tag = id3_tag(Tags("Mine", (), "me", "eng", 0, "", "Lavf60.16.100", (), None))
    return tag + b"\xff\xfb\x90\x64" + bytes(413)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "data"),
    sampled(
        [
            ("book.mp3", MINE),
            ("book.mp3", tagged_by_others()),
            ("book.json", b'{"title": "my notes"}\n'),
            ("book.json", b"[1, 2]"),
            ("book.json", MINE),
        ],
        2,
    ),
    ids=["no MP3", "an MP3 of another program", "other JSON", "a list", "no JSON"],
)
def test_a_user_file_in_place_of_a_book_is_kept_unless_forced(unbuilt: Shelf, name: str, data: bytes) -> None:
    mine = unbuilt.write(f"output/en/{name}", data)
    told = f"output/en/{name}: was not made by audiobook, so it is not replaced"
    for flags in (("--dry-run",), ()):
        done = unbuilt.run("build", *flags)
        assert done.code == 1
        assert f"error: {told}\nhint: move it elsewhere, or replace it: audiobook build --force\n" in done.err
    assert mine.read_bytes() == data
    assert unbuilt.book("en/other").exists(), "the other work is built"
    assert unbuilt.output_names() == [
        "en/book." + name[5:],
        "en/other.cover.jpg",
        "en/other.json",
        "en/other.mp3",
    ]
    assert unbuilt.run("list", "--json").works["en/book"]["state"] == "failed"
    assert told in unbuilt.run("list").out
    assert "was not made by audiobook" in unbuilt.run("check").err
    if data in (MINE, b"[1, 2]"):
        assert unbuilt.run("build", "book", "--force").code == 0
        assert unbuilt.run("check").code == 0


@pytest.mark.slow
def test_user_covers_are_kept_when_a_book_gets_a_new_cover(works: Shelf) -> None:
    old = works.cover("en/book")
    mine = works.write("output/en/book.cover-12345678.jpg", MINE)
    works.write("texts/en/book.txt", TEXT.replace("A Book", "Another Title"))
    works.build()
    assert works.cover("en/book") != old
    assert not old.exists(), "it was ours"
    assert mine.read_bytes() == MINE


@pytest.mark.slow
def test_a_user_file_with_the_name_of_a_cover_is_kept(works: Shelf) -> None:
    cover = works.cover("en/book")
    for name in ("book.mp3", "book.json"):
        (works.output / "en" / name).unlink()
    cover.write_bytes(MINE)
    done = works.run("build")
    assert (done.code, cover.read_bytes()) == (1, MINE)
    assert f"error: output/en/{cover.name}: was not made by audiobook" in done.err
    assert works.run("build", "--force").code == 0
    assert cover.read_bytes() != MINE


def test_a_link_in_place_of_a_book_and_its_target_are_kept(unbuilt: Shelf, tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.write_bytes(MINE)
    (unbuilt.output / "en").mkdir(parents=True)
    unbuilt.book("en/book").symlink_to(keys)
    assert unbuilt.run("build").code == 1
    assert unbuilt.book("en/book").is_symlink()
    assert unbuilt.run("build", "--force").code == 1
    assert unbuilt.book("en/book").is_symlink()
    assert keys.read_bytes() == MINE


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="no pipes with names")
@pytest.mark.parametrize("name", ["book.mp3", "book.json"])
def test_a_pipe_in_place_of_a_book_is_reported_without_waiting(unbuilt: Shelf, name: str) -> None:
    (unbuilt.output / "en").mkdir(parents=True)
    os.mkfifo(unbuilt.output / "en" / name)
    for command in ("build", "list", "check"):
        assert unbuilt.run(command).code == 1
    assert unbuilt.book("en/other").exists()


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


@pytest.mark.slow
@pytest.mark.parametrize("harm", sampled([cut, empty, zero, Path.unlink]))
def test_our_damaged_record_is_recognised(works: Shelf, harm: Callable[[Path], None]) -> None:
    before = works.outputs()
    harm(works.book("en/book", ".json"))
    assert works.build()["en/book"]["state"] == "built"
    assert works.outputs() == before


KILLED_AT_A_RENAME = """
import os, runpy, signal, sys
left = int(sys.argv.pop(1))

def watch(event, arguments):
    global left
    if event == "os.rename" and "output" in os.fspath(arguments[1]) or event == "os.remove":
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(watch)
sys.argv[0] = "audiobook"
runpy.run_module("audiobook", run_name="__main__")
"""


@pytest.mark.exhaustive
@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_the_next_build_completes_what_a_killed_build_left(built: Path, tmp_path: Path) -> None:
    """Killed before the cover, the MP3, the record, and before the old cover goes."""
    wanted = Shelf(shutil.copytree(built, tmp_path / "wanted"))
    title = TEXT.replace("A Book", "Another Title")
    wanted.write("texts/en/book.txt", title)
    wanted.build()
    for number in count():
        works = Shelf(shutil.copytree(built, tmp_path / f"killed-{number}"))
        works.write("texts/en/book.txt", title)
        command = [sys.executable, "-c", KILLED_AT_A_RENAME, str(number), "build", "--jobs", "1"]
        done = subprocess.run(
            command, cwd=works.root, env=clean_environment(), capture_output=True, check=False
        )
        if done.returncode == 0:
            break
        again = works.run("build")
        assert again.code == 0, again.err
        assert {
            name: data for name, data in works.outputs().items() if name in wanted.outputs()
        } == wanted.outputs()
        # The same without a record, as after a first build.
        works.book("en/book", ".json").unlink()
        assert works.run("build").code == 0
    assert number >= 3


# Publishing


@pytest.mark.slow
@pytest.mark.parametrize("name", sampled(["index.html", "en/feed.xml", "en/book.text.html"]))
def test_a_user_file_in_place_of_a_published_file_is_kept_unless_forced(works: Shelf, name: str) -> None:
    mine = works.write(f"output/{name}", MINE)
    before = works.outputs()
    for flags in (("--dry-run",), ()):
        done = works.run(*PUBLISH, *flags)
        assert done.code == 4
        assert f"error: output: these files were not published by this project: {name}\n" in done.err
        assert "hint: move them elsewhere, or replace them: audiobook publish --force\n" in done.err
    assert works.outputs() == before
    assert not (works.output / "publication.json").exists()
    assert works.leftovers() == []
    assert works.run(*PUBLISH, "--force").code == 0
    assert mine.read_bytes() != MINE
    assert works.run("check").code == 0
    assert works.run(*PUBLISH).code == 0


@pytest.mark.slow
def test_user_files_among_assets_and_parts_are_kept(works: Shelf) -> None:
    assert works.run(*PUBLISH).code == 0
    [style] = [name for name in listed(works) if name.startswith("assets/") and name.endswith(".css")]
    shutil.rmtree(works.output)
    works.build()
    works.write(f"output/{style}", MINE)
    assert works.run(*PUBLISH).code == 4
    assert (works.output / style).read_bytes() == MINE


def listed(works: Shelf) -> list[str]:
    files: dict[str, object] = json.loads((works.output / "publication.json").read_bytes())["files"]
    return list(files)


def test_a_published_file_that_was_edited_is_still_ours(works: Shelf) -> None:
    assert works.run(*PUBLISH).code == 0
    page = works.output / "index.html"
    page.write_bytes(MINE)
    assert works.run(*PUBLISH).code == 0
    assert page.read_bytes() != MINE


def test_a_publication_without_its_list_is_not_silently_restarted(works: Shelf) -> None:
    assert works.run(*PUBLISH, SOURCE_DATE_EPOCH="1780000000").code == 0
    (works.output / "publication.json").unlink()
    changed = works.run(*PUBLISH, SOURCE_DATE_EPOCH="1790000000")
    assert changed.code == 4
    assert "en/feed.xml" in changed.err


def test_a_user_file_at_the_destination_is_kept(works: Shelf, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "index.html").write_bytes(MINE)
    done = works.run(*PUBLISH, "--to", str(elsewhere))
    assert done.code == 4
    assert "these files were not uploaded by this project: index.html" in done.err
    assert [path.name for path in elsewhere.iterdir()] == ["index.html"]
    assert (elsewhere / "index.html").read_bytes() == MINE


# A new project


def test_init_keeps_existing_files_and_broken_links(shelf: Shelf) -> None:
    mine = shelf.write(".gitignore", MINE)
    link = shelf.root / "texts/en/a-first-listen.md"
    link.parent.mkdir(parents=True)
    link.symlink_to("nowhere")
    done = shelf.run("init")
    assert done.code == 0
    assert mine.read_bytes() == MINE
    assert link.is_symlink()
    assert "kept existing .gitignore\n" in done.out
    assert "kept existing texts/en/a-first-listen.md\n" in done.out


@pytest.mark.parametrize("name", ["assets", "en/book.read"])
def test_publishing_writes_through_no_link_that_is_in_the_output(
    works: Shelf, tmp_path: Path, name: str
) -> None:
    """Promise: links in store, output, locks, notes, covers that lead elsewhere are never followed for writing."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (works.output / name).symlink_to(elsewhere, target_is_directory=True)
    done = works.run(*PUBLISH)
    assert (done.code, "is a link" in done.err) == (4, True), done.err
    assert list(elsewhere.iterdir()) == []
