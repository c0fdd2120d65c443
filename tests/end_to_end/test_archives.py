"""EPUB and LPF by `build --format`: the same files as those of `export`, up to date after every build."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tools import Shelf, clean_environment

TEXT = (
    "---\ntitle: The Walk\n---\n\n# One\n\nThe path begins here. It is long.\n\n# Two\n\nThe light is low.\n"
)
BOTH = ("--format", "epub", "--format", "lpf")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    shelf = Shelf(tmp_path / "shelf", AUDIOBOOK_ENGINE="tone")
    shelf.write("texts/en/walk.md", TEXT)
    return shelf


def highlighted(path: Path) -> int:
    """Return how many parts of the text an EPUB highlights."""
    with zipfile.ZipFile(path) as archive:
        overlays = [archive.read(name) for name in archive.namelist() if name.endswith(".smil")]
    return sum(overlay.count(b"<par") for overlay in overlays)


def test_a_build_makes_the_files_that_export_makes(shelf: Shelf, tmp_path: Path) -> None:
    assert shelf.build(*BOTH)["en/walk"]["state"] == "built"
    for name in ("epub", "lpf"):
        exported = tmp_path / f"exported.{name}"
        assert shelf.run("export", "walk", "--to", name, "--output", str(exported)).code == 0
        assert exported.read_bytes() == shelf.book("en/walk", f".{name}").read_bytes()
    assert shelf.run("check").code == 0
    before = {name: state for name, state in shelf.tree().items() if name.startswith("output/")}
    assert shelf.build(*BOTH)["en/walk"]["state"] == "fresh"
    assert shelf.build()["en/walk"]["state"] == "fresh", "the formats of the last build stay"
    assert {name: state for name, state in shelf.tree().items() if name in before} == before


def test_they_follow_every_edit_and_go_when_they_are_no_longer_wanted(shelf: Shelf) -> None:
    shelf.build(*BOTH, "--format", "vtt")
    before = shelf.outputs()
    shelf.write("texts/en/walk.md", TEXT.replace("low", "high"))
    shelf.build()
    after = shelf.outputs()
    changed = {name for name, data in after.items() if before.get(name) != data}
    assert changed >= {"en/walk.epub", "en/walk.lpf", "en/walk.mp3"}
    assert shelf.run("check").code == 0
    mp3 = shelf.book("en/walk").stat()
    made = shelf.build("--format", "epub")["en/walk"]
    assert (made["clips_made"], made["reasons"]) == (0, ["formats changed"])
    assert shelf.book("en/walk").stat() == mp3
    assert {name for name in shelf.output_names() if name.startswith("en/walk.") and "cover" not in name} == {
        "en/walk.epub",
        "en/walk.json",
        "en/walk.mp3",
    }
    assert shelf.outputs()["en/walk.epub"] == after["en/walk.epub"]


def test_a_lost_or_changed_file_is_made_again_without_the_rest(shelf: Shelf) -> None:
    shelf.build(*BOTH, "--format", "m4b")
    whole = shelf.outputs()
    book = shelf.book("en/walk", ".m4b").stat()
    shelf.book("en/walk", ".epub").unlink()
    assert shelf.build()["en/walk"]["reasons"] == ["output missing"]
    assert shelf.outputs() == whole
    shelf.book("en/walk", ".lpf").write_bytes(b"")
    assert shelf.run("check").code == 1
    assert shelf.build()["en/walk"]["reasons"] == ["output damaged"]
    assert shelf.outputs() == whole
    assert shelf.book("en/walk", ".m4b").stat() == book
    # The MP3 stays too if only another format is missing.
    shelf.book("en/walk", ".m4b").unlink()
    epub = shelf.book("en/walk", ".epub").stat()
    shelf.build()
    assert (shelf.outputs(), shelf.book("en/walk", ".epub").stat()) == (whole, epub)


def test_only_the_epub_depends_on_what_it_highlights(shelf: Shelf) -> None:
    shelf.write("audiobook.toml", 'formats = ["epub", "lpf"]\nsync = "word"\n')
    shelf.build()
    words = highlighted(shelf.book("en/walk", ".epub"))
    lpf = shelf.book("en/walk", ".lpf").stat()
    assert shelf.build("--sync", "sentence")["en/walk"]["reasons"] == ["formats changed"]
    assert highlighted(shelf.book("en/walk", ".epub")) < words
    assert shelf.book("en/walk", ".lpf").stat() == lpf
    # An export to the same place counts as what the build made.
    assert shelf.run("export", "walk", "--to", "epub", "--sync", "word").code == 0
    assert highlighted(shelf.book("en/walk", ".epub")) == words
    assert shelf.run("check").code == 0
    assert shelf.build()["en/walk"]["state"] == "fresh"


@pytest.mark.parametrize("name", ["epub", "lpf"])
def test_a_file_of_someone_else_is_kept(shelf: Shelf, name: str) -> None:
    mine = shelf.write(f"output/en/walk.{name}", b"PK mine")
    done = shelf.run("build", "--format", name)
    assert done.code == 1
    assert f"output/en/walk.{name}: was not made by audiobook" in done.err
    assert mine.read_bytes() == b"PK mine"
    assert not shelf.book("en/walk").exists(), "nothing was built"
    shelf.build("--format", name, "--force")
    assert mine.read_bytes() != b"PK mine"
    assert shelf.run("check").code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="there is no ulimit")
@pytest.mark.parametrize("name", ["epub", "lpf"])
def test_an_archive_for_which_there_is_no_room_gives_one_error(shelf: Shelf, name: str) -> None:
    shelf.build()
    before = shelf.outputs()
    command = f'ulimit -f 2; exec "$0" -m audiobook export walk --to {name} --output made.{name}'
    done = subprocess.run(
        ["sh", "-c", command, sys.executable],
        cwd=shelf.root,
        env=clean_environment(PYTHONDONTWRITEBYTECODE="1"),  # Python 3.11 leaves halves of such files
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 4
    assert [line for line in done.stderr.splitlines() if "hint: " not in line] == [
        f"error: made.{name}: writing failed: File too large"
    ]
    assert (shelf.outputs(), shelf.leftovers()) == (before, [])
