"""The pictures of texts: from files of the book to its page, without a change of its sound."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from books import members, zipped
from images import encoded
from PIL import Image
from tools import Finished, Shelf

pytestmark = pytest.mark.slow

PUBLISH = ("publish", "--base-url", "https://example.org")
TEXT = """# The sun

![The sun rises over the sea](pics/sun.png)

It rises.

![](pics/gone.png) ![](https://example.org/far.png)

It sets. ![](../outside.png) ![](pics/leads-out.png) ![](pics/page.png)

> ![A sketch](pics/my%20sketch.jpg) Quoted.

<figure><img src="pics/sun.png" alt="Again"><figcaption>The same sun.</figcaption></figure>
"""


def picture(kind: str, colour: str = "orange", size: tuple[int, int] = (60, 40)) -> bytes:
    return encoded(Image.new("RGB", size, colour), kind)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shelf, Finished]:
    """A built and published project, and the answer of its build."""
    shelf = Shelf(tmp_path_factory.mktemp("pictures") / "shelf")
    shelf.write("texts/en/sun.md", TEXT)
    shelf.write("texts/en/pics/sun.png", picture("PNG"))
    shelf.write("texts/en/pics/my sketch.jpg", picture("JPEG"))
    shelf.write("texts/en/pics/page.png", "<html><script>1</script></html>")
    shelf.write("texts/outside.png", picture("PNG"))
    (shelf.root / "texts/en/pics/leads-out.png").symlink_to(shelf.root / "texts/outside.png")
    built = shelf.run("build", "--engine", "tone")
    assert built.code == 0, built.err
    assert shelf.run(*PUBLISH).code == 0
    return shelf, built


@pytest.fixture
def shelf(first: tuple[Shelf, Finished], tmp_path: Path) -> Shelf:
    """A copy of the project."""
    shutil.copytree(first[0].root, tmp_path / "shelf", symlinks=True)
    return Shelf(tmp_path / "shelf")


def shown(shelf: Shelf, label: str = "en/sun") -> dict[str, list[tuple[str, bool, str]]]:
    """Return the pictures of each paragraph with some: their names in the text, place and alternative text."""
    record = shelf.record(label)
    return {
        paragraph["text"]: [
            (record["pictures"][index]["picture"], is_first, told)
            for index, is_first, told in paragraph["pictures"]
            if record["pictures"][index]["name"]
        ]
        for chapter in record["chapters"]
        for paragraph in chapter["paragraphs"]
        if paragraph.get("pictures")
    }


def published(shelf: Shelf) -> dict[str, bool]:
    """Return the public pictures, and whether each is superseded."""
    files = json.loads((shelf.output / "publication.json").read_bytes())["files"]
    return {
        path: "superseded" in file
        for path, file in files.items()
        if ".read/" in path and not path.endswith(".json")
    }


def test_a_text_shows_its_own_pictures_and_says_where_others_are_missing(
    first: tuple[Shelf, Finished],
) -> None:
    shelf, built = first
    assert shown(shelf) == {
        "Picture: The sun rises over the sea": [("pics/sun.png", True, "The sun rises over the sea")],
        "It sets.": [],
        "Quoted.": [("pics/my sketch.jpg", True, "A sketch")],
        "The same sun.": [("pics/sun.png", True, "Again")],
    }
    told = [line.split(": ", 2)[1:] for line in built.err.splitlines() if line.startswith("warning: ")]
    assert told == [
        ["texts/en/sun.md:7", "the picture “pics/gone.png” is missing, so the page does not show it"],
        [
            "texts/en/sun.md:7",
            "the picture “https://example.org/far.png” is not a file of the text, so the page does not show it",
        ],
        [
            "texts/en/sun.md:9",
            "the picture “../outside.png” is not a file in the folder of the text, so the page does not show it",
        ],
        [
            "texts/en/sun.md:9",
            "the picture “pics/leads-out.png” is a link that leads out of the folder of the text, so the page does not "
            "show it",
        ],
        [
            "texts/en/sun.md:9",
            "the picture “pics/page.png” is not a readable JPEG, PNG, WebP or GIF, so the page does not show it",
        ],
    ]
    whole = (shelf.output / "en/sun.text.html").read_text("utf-8")
    assert whole.count("<img src=") == 3
    assert 'width="60" height="40" alt="A sketch" loading="lazy">' in whole
    assert "example.org/far" not in whole
    assert shelf.run("check").code == 0


def test_pictures_change_no_sound(first: tuple[Shelf, Finished], tmp_path: Path) -> None:
    shelf, _ = first
    plain = Shelf(tmp_path / "plain")
    plain.write("texts/en/sun.md", TEXT)
    plain.build("--engine", "tone")
    assert plain.book("en/sun").read_bytes() == shelf.book("en/sun").read_bytes()


def test_a_changed_picture_is_exchanged_and_nothing_else_is_written(shelf: Shelf) -> None:
    assert shelf.build("--engine", "tone")["en/sun"]["state"] == "fresh"
    before, sound = published(shelf), shelf.book("en/sun").stat()
    shelf.write("texts/en/pics/sun.png", picture("PNG", "red"))
    shelf.write("texts/en/pics/gone.png", picture("PNG", "blue"))
    built = shelf.build("--engine", "tone")["en/sun"]
    assert (built["reasons"], built["clips_made"]) == (["pictures changed"], 0)
    assert "gone.png" not in "".join(built["problems"])
    after = shelf.book("en/sun").stat()
    assert (after.st_ino, after.st_mtime_ns) == (sound.st_ino, sound.st_mtime_ns)
    assert len(list((shelf.output / "en/sun.pictures").iterdir())) == 3
    assert shelf.run(*PUBLISH).code == 0
    now = published(shelf)
    assert sum(now.values()) == 1, "an old page still finds the old picture"
    assert len(now) - len(before) == 2
    assert shelf.run(*PUBLISH, "--prune").code == 0
    left = {path for path, is_old in now.items() if not is_old}
    assert {path for path in before if not (shelf.output / path).exists()} == before.keys() - left
    assert shelf.run("check").code == 0
    assert shelf.build("--engine", "tone")["en/sun"]["state"] == "fresh"


def test_a_damaged_file_of_a_picture_is_found_and_made_again(shelf: Shelf) -> None:
    [one, two] = sorted((shelf.output / "en/sun.pictures").iterdir())
    good = one.read_bytes()
    one.unlink()
    one.write_bytes(b"x" * len(good))
    stranger = shelf.write("output/en/sun.pictures/01234567-89abcdef.png", "mine")
    assert "sun.pictures" in shelf.run("check").err
    assert shelf.build("--engine", "tone")["en/sun"]["clips_made"] == 0
    assert one.read_bytes() == good
    assert shelf.run("check").code == 0
    shelf.write("texts/en/sun.md", "# The sun\n\nIt rises.\n")
    shelf.build("--engine", "tone")
    assert not one.exists()
    assert not two.exists()
    assert stranger.read_bytes() == b"mine"


def test_an_epub_shows_pictures_and_plates_from_its_archive(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    book = members(
        '<img src="cover.png" alt="Cover"/>',
        "<h1>One</h1><p>Text <img src='images/sun.png' alt='Sun'/> here.</p>",
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
        '<image xlink:href="images/plate.jpg"/></svg>',
        "<h1>Two</h1><p>More.</p><p><img src='../../../../etc/x.png' alt=''/><img src='images/none.png'/></p>",
        contents='<li><a href="1.xhtml">One</a></li><li><a href="3.xhtml">Two</a></li>',
        manifest='<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>'
        '<item id="c" href="cover.png" properties="cover-image" media-type="image/png"/>',
    )
    book |= {
        "OEBPS/cover.png": picture("PNG", size=(1400, 1400)),
        "OEBPS/images/sun.png": picture("PNG"),
        "OEBPS/images/plate.jpg": picture("JPEG"),
    }
    shelf.write("texts/en/book.epub", zipped(book))
    built = shelf.build("--engine", "tone")["en/book"]
    assert shown(shelf, "en/book") == {
        "Text here.": [("OEBPS/images/sun.png", False, "Sun"), ("OEBPS/images/plate.jpg", False, "")],
        "More.": [],
    }
    assert [problem.partition(": ")[2] for problem in built["problems"]] == [
        "the picture “../../../../etc/x.png” is not a file in the folder of the text, so the page does not show it",
        "the picture “OEBPS/images/none.png” is missing, so the page does not show it",
    ]
    assert shelf.build("--engine", "tone")["en/book"]["state"] == "fresh"


def test_chapters_in_a_folder_share_their_pictures(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    for number in (1, 2):
        shelf.write(f"texts/en/novel/part/{number}.md", f"# Part {number}\n\nText. ![](../pics/sun.png)\n")
    shelf.write("texts/en/novel/pics/sun.png", picture("PNG"))
    shelf.write("texts/en/novel/pics/other.png", picture("PNG"))
    [problem] = shelf.build("--engine", "tone")["en/novel"]["problems"]
    assert problem == "texts/en/novel: pictures are left out: pics/other.png"
    assert shown(shelf, "en/novel") == {"Text.": [("pics/sun.png", False, "")]}


def test_a_book_without_a_project_has_no_files_of_pictures(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, HOME=str(tmp_path / "home"))
    shelf.write("books/sun.md", "# The sun\n\n![](sun.png)\n\nIt rises.\n")
    shelf.write("books/sun.png", picture("PNG", size=(1400, 1400)))
    done = shelf.run("build", "books/sun.md", "--lang", "en", "--engine", "tone")
    assert done.code == 0, done.err
    assert "warning" not in done.err
    assert not list(tmp_path.rglob("*.pictures"))
