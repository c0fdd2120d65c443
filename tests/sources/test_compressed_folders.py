"""Books whose archive contains them inside a folder, as when a file manager compresses the folder of an unpacked book."""

import zipfile
from collections.abc import Mapping
from io import BytesIO

import pytest
from books import members, zipped
from docx_files import docx, p

from audiobook.document import Work
from audiobook.errors import SourceError
from audiobook.sources.base import Source, read_work
from audiobook.sources.epub.package import CONTAINER, open_book
from audiobook.sources.epub.reader import EpubReader

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
EPUB = members(
    "<h1>One</h1><p>First.</p><p><img src='a.png' alt='A dog under a tree.'/></p>",
    contents='<li><a href="0.xhtml">One</a></li>',
)
HTMLZ = {"index.html": "<h1>One</h1><p>First.</p>", "metadata.opf": "<package/>"}
ODT = {
    "content.xml": '<o xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:text>'
    "<text:h text:outline-level='1'>One</text:h><text:p>First.</text:p></office:text></office:body></o>"
}


def unpacked(data: bytes) -> dict[str, str | bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def inside(folder: str, book: Mapping[str, str | bytes]) -> bytes:
    """Return a book compressed as macOS does it: the folder, and its own files in another one."""
    found: dict[str, str | bytes] = {f"{folder}/": "", f"__MACOSX/._{folder}": b"\0"}
    for name, data in book.items():
        found[f"{folder}/{name}"] = data
        found[f"__MACOSX/{folder}/._{name.rpartition('/')[2]}"] = b"\0\5\26\7"
    return zipped({**found, f"{folder}/.DS_Store": b"\0"})


def read(data: bytes, name: str) -> Work:
    return read_work(Source(data, name, "a", "en", "Fallback"), name)


def texts(work: Work) -> list[tuple[str, list[str]]]:
    return [(each.title, [one.text for one in each.paragraphs]) for each in work.chapters]


@pytest.mark.parametrize(
    ("name", "book"),
    [
        ("a.epub", EPUB),
        ("a.htmlz", HTMLZ),
        ("a.odt", ODT),
        ("a.docx", unpacked(docx(p("One", "Heading1"), p("First.")))),
    ],
)
def test_a_compressed_folder_is_read_and_a_problem_is_told(name: str, book: dict[str, str | bytes]) -> None:
    work = read(inside("My Book", book), name)
    assert texts(work) == texts(read(zipped(book), name))
    problem, *_ = work.problems
    assert problem.where == name
    assert "inside the folder “My Book”" in problem.message


def test_folders_in_folders_and_names_with_backslashes_are_understood() -> None:
    deep = zipped({f"a/b/{name}": data for name, data in EPUB.items()})
    assert "“a/b”" in read(deep, "a.epub").problems[0].message
    windows = zipped({name.replace("/", "\\"): data for name, data in EPUB.items()})
    assert texts(read(windows, "a.epub")) == texts(read(deep, "a.epub"))
    assert not read(windows, "a.epub").problems


def test_pictures_of_a_compressed_folder_are_found() -> None:
    data = inside("B", {**EPUB, "OEBPS/a.png": PNG})
    [picture] = [one for each in read(data, "a.epub").chapters for p in each.paragraphs for one in p.pictures]
    assert EpubReader().pictures(data, "a.epub")(picture.name) == PNG


@pytest.mark.parametrize(
    "book",
    [
        {f"{folder}/{name}": data for folder in ("one", "two") for name, data in EPUB.items()},
        {f"../{name}": data for name, data in EPUB.items()},
        {f"a/../{name}": data for name, data in EPUB.items()},
        {f"/{name}": data for name, data in EPUB.items()},
        {f"{'a/' * 40}{name}": data for name, data in EPUB.items()},
    ],
    ids=["two books", "above", "within", "root", "too deep"],
)
def test_other_places_are_not_searched(book: dict[str, str | bytes]) -> None:
    with pytest.raises(SourceError, match="is not an EPUB"):
        read(zipped(book), "a.epub")


def test_nothing_outside_the_folder_is_a_member() -> None:
    linked = {**EPUB, "OEBPS/0.xhtml": EPUB["OEBPS/0.xhtml"], CONTAINER: EPUB[CONTAINER]}
    data = zipped({**{f"B/{name}": text for name, text in linked.items()}, "secret.xhtml": "secret"})
    archive = open_book(data, "a.epub")
    assert archive.folder == "B/"
    assert "secret.xhtml" not in archive.members
    with pytest.raises(SourceError, match="is missing"):
        archive.read("../secret.xhtml")


def test_files_that_macos_adds_are_no_books() -> None:
    book = "<FictionBook><body><section><title><p>One</p></title><p>First.</p></section></body></FictionBook>"
    assert texts(read(inside("B", {"a.fb2": book}), "a.fb2.zip"))[0][0] == "One"
