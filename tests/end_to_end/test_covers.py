"""Drawn covers: checked, and made again only if they would look different."""

import json
import shutil
from io import BytesIO
from pathlib import Path

import pytest
from books import members, zipped
from images import encoded
from PIL import Image
from tools import Json, Shelf, run_tool

BOOK = "fi/ilta"
TEXT = "Ilta\n\nOli myöhä. Satoi.\n\nKukaan ei tullut.\n"


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A small built book. Do not change it."""
    shelf = Shelf(tmp_path_factory.mktemp("built"))
    shelf.write("audiobook.toml", 'engine = "tone"\nauthor = "Aino Ääni"\n')
    shelf.write("texts/fi/ilta.txt", TEXT)
    shelf.build()
    return shelf


@pytest.fixture
def book(built_once: Shelf, tmp_path: Path) -> Shelf:
    """A copy of it that tests may change."""
    return Shelf(shutil.copytree(built_once.root, tmp_path / "book"))


def rebuilt(shelf: Shelf) -> Json:
    work: Json = shelf.build()[BOOK]
    assert shelf.run("check").code == 0
    return work


def test_a_cover_is_next_to_the_book_and_in_it(book: Shelf) -> None:
    said = book.record(BOOK)["cover"]
    image = Image.open(BytesIO(book.cover(BOOK).read_bytes()))
    assert image.size == (said["size_px"], said["size_px"]) == (3000, 3000)
    assert said["drawn"]
    done = run_tool("ffprobe", "-v", "error", "-of", "json", "-show_streams", book.book(BOOK))
    (picture,) = (one for one in json.loads(done.stdout)["streams"] if one["codec_type"] == "video")
    assert (picture["width"], picture["height"], picture["disposition"]["attached_pic"]) == (600, 600, 1)


def test_a_missing_or_damaged_cover_is_reported_and_remade(book: Shelf) -> None:
    path = book.cover(BOOK)
    before = book.outputs()
    for harm, message, reason in (
        (lambda: path.unlink(), "is missing", "output missing"),
        (lambda: path.write_bytes(b"no picture"), "the record says", "output damaged"),
    ):
        harm()
        done = book.run("check")
        assert done.code == 1
        assert f"error: fi/{path.name}: " in done.err
        assert message in done.err
        (listed,) = book.run("list", "--json").answer["works"]
        assert (listed["state"], listed["reasons"]) == ("stale", [reason])
        work = rebuilt(book)
        assert (work["reasons"], work["clips_made"]) == ([reason], 0)
        assert book.outputs() == before


def test_a_cover_is_kept_if_only_the_text_changes(book: Shelf) -> None:
    before = book.cover(BOOK).stat()
    book.write("texts/fi/ilta.txt", TEXT + "\nLoppu.\n")
    assert rebuilt(book)["reasons"] == ["text changed"]
    after = book.cover(BOOK).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_new_title_gives_a_new_cover_and_removes_the_old_one(book: Shelf) -> None:
    before = book.cover(BOOK)
    book.write("texts/fi/ilta.txt", TEXT.replace("Ilta", "Aamu"))
    rebuilt(book)
    assert book.cover(BOOK) != before
    assert book.output_names() == ["fi/ilta.cover.jpg", "fi/ilta.json", "fi/ilta.mp3"]


def test_a_picture_replaces_the_drawn_cover_until_it_is_removed(book: Shelf) -> None:
    drawn = book.cover(BOOK).read_bytes()
    picture = book.write("texts/fi/ilta.jpg", encoded(Image.new("RGB", (1600, 1200), "teal"), "JPEG"))
    assert rebuilt(book)["reasons"] == ["cover changed"]
    said = book.record(BOOK)["cover"]
    assert (said["size_px"], said["drawn"]) == (1600, False)
    picture.unlink()
    assert rebuilt(book)["reasons"] == ["cover changed"]
    assert book.cover(BOOK).read_bytes() == drawn
    assert len(book.outputs()) == 3


def test_a_cover_can_be_named_or_refused_for_one_work(book: Shelf, tmp_path: Path) -> None:
    drawn = book.cover(BOOK).read_bytes()
    picture = tmp_path / "front.webp"
    Image.new("RGB", (1500, 1500), "teal").save(picture, "WEBP", lossless=True)
    assert book.build("ilta", "--cover", str(picture))[BOOK]["reasons"] == ["cover changed"]
    assert book.record(BOOK)["cover"]["size_px"] == 1500
    shutil.copy(picture, book.root / "texts/fi/ilta.webp")
    assert book.build("ilta", "--no-cover")[BOOK]["clips_made"] == 0
    assert book.cover(BOOK).read_bytes() == drawn

    shutil.copy(picture, book.root / "front.webp")
    settings = book.root / "audiobook.toml"
    before = settings.read_text("utf-8")
    settings.write_text(f"{before}[works.ilta]\ncover = false\n", "utf-8")
    assert book.build()[BOOK]["state"] == "fresh"
    settings.write_text(f'{before}[works.ilta]\ncover = "front.webp"\n', "utf-8")
    assert book.build()[BOOK]["reasons"] == ["cover changed"]
    for outside in ('"../front.webp"', '"/front.webp"', "true", '""'):
        settings.write_text(f"{before}[works.ilta]\ncover = {outside}\n", "utf-8")
        done = book.run("build")
        assert (done.code, "audiobook.toml:4: works.ilta.cover must be" in done.err) == (2, True), outside
    settings.write_text(f'{before}[cover]\npalette = "sea"\n', "utf-8")
    (book.root / "texts/fi/ilta.webp").unlink()
    coloured = book.build()[BOOK]
    assert (coloured["reasons"], coloured["clips_made"]) == (["cover changed"], 0)
    assert book.cover(BOOK).read_bytes() != drawn
    assert book.build("ilta", "--cover", str(picture))[BOOK]["reasons"] == ["cover changed"]
    settings.write_text(f'{before}[cover]\npalette = "fir"\n', "utf-8")
    assert book.build("ilta", "--cover", str(picture))[BOOK]["state"] == "fresh", "its cover is not drawn"
    settings.write_text(before, "utf-8")
    done = book.run("build", "ilta", "--cover", "nowhere.jpg")
    assert (done.code, "error: cover “nowhere.jpg”: no such file" in done.err) == (1, True)
    assert book.run("build", "--no-cover").code == 2


def test_a_title_without_a_font_is_reported(shelf: Shelf) -> None:
    shelf.write("texts/fi/ilta.md", "---\ntitle: 𒀀𒀁\n---\n\nOli myöhä.\n")
    work = shelf.build("--engine", "tone")[BOOK]
    (problem,) = work["problems"]
    assert problem.startswith("texts/fi/ilta.md: the cover is drawn without the title")
    assert Image.open(BytesIO(shelf.cover(BOOK).read_bytes())).size == (3000, 3000)
    (work,) = shelf.build("--engine", "tone").values()
    assert work["state"] == "fresh"


def test_a_record_without_a_cover_is_rebuilt(book: Shelf) -> None:
    path = book.book(BOOK, ".json")
    record = json.loads(path.read_bytes())
    del record["cover"]
    path.write_text(json.dumps(record), "utf-8")
    done = book.run("check")
    assert done.code == 1
    assert "not a valid record" in done.err
    work = rebuilt(book)
    assert (work["reasons"], work["clips_made"]) == (["output damaged"], 0)


def test_editions_of_one_work_differ(book: Shelf) -> None:
    book.write("texts/en/ilta.txt", TEXT)
    book.build()
    assert book.cover(BOOK).read_bytes() != book.cover("en/ilta").read_bytes()


def test_a_dry_run_writes_no_cover(shelf: Shelf) -> None:
    shelf.write("texts/fi/ilta.txt", TEXT)
    assert shelf.run("build", "--engine", "tone", "--dry-run").code == 0
    assert not shelf.outputs()


def _svg_book(svg: str) -> bytes:
    """Return an EPUB that names an SVG as its cover."""
    item = '<item id="c" href="c.svg" properties="cover-image" media-type="image/svg+xml"/>'
    return zipped(members("<p>It rained all day.</p>", manifest=item) | {"OEBPS/c.svg": svg})


def test_an_svg_that_a_book_names_as_its_cover_is_used(shelf: Shelf) -> None:
    pytest.importorskip("resvg_py")
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 3"><path fill="#f00" d="M0 0h2v3H0z"/></svg>'
    )
    for name, svg in (("red", drawing), ("broken", drawing[:-9])):
        shelf.write(f"texts/en/{name}.epub", _svg_book(svg))
    done = shelf.run("build", "--engine", "tone")
    assert done.code == 0
    assert [shelf.record(f"en/{name}")["cover"]["drawn"] for name in ("red", "broken")] == [False, True]
    image = Image.open(BytesIO(shelf.cover("en/red").read_bytes()))
    assert image.size == (3000, 3000)
    red, green, blue = image.getpixel((1500, 1500))  # type: ignore[misc]
    assert (red > 240, green < 20, blue < 20) == (True, True, True)
    (warning,) = (line for line in done.err.splitlines() if line.startswith("warning: "))
    assert "broken.epub: the cover is not a valid SVG, so it is not used; save it as PNG" in warning
    assert "2 fresh" in shelf.run("build", "--dry-run", "--engine", "tone").out
