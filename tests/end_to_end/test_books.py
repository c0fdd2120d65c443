"""Real EPUBs become books with the chapters of their contents, and every word is accounted for."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from lxml import etree
from sampling import sampled
from tools import Shelf, run_tool

from end_to_end.test_players import probe

pytestmark = pytest.mark.slow


def contents_of(path: Path) -> list[str]:
    """The titles in the contents of a book, from its navigation document or NCX."""
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(("nav.xhtml", "toc.xhtml", ".ncx")):
                root = etree.fromstring(archive.read(name))
                entries = root.xpath("//*[local-name()='nav'][1]//*[local-name()='a']")
                entries = entries or root.xpath("//*[local-name()='navLabel']/*[local-name()='text']")
                if entries:
                    return [" ".join("".join(entry.itertext()).split()) for entry in entries]
    raise AssertionError(path)


Built = tuple[Path, Shelf, str]


def built(source: Path, root: Path, engine: str) -> Built:
    shelf = Shelf(root)
    # Faster speech takes less time to build.
    shelf.write("audiobook.toml", "[audio]\nquality = 9\n[voice.en]\nspeed = 3.0\n")
    (label,) = shelf.build(str(source), "--engine", engine)
    return source, shelf, label


@pytest.fixture(scope="module")
def poem(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A poem with lines in other languages: the file, the project and the work."""
    return built(shared / "epub/wasteland.epub", tmp_path_factory.mktemp("poem"), "espeak")


@pytest.fixture(scope="module")
def georgia(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A book with its own pronunciations: the file, the project and the work."""
    return built(shared / "epub/georgia-pls-ssml.epub", tmp_path_factory.mktemp("georgia"), "tone")


@pytest.mark.parametrize("name", sampled(["georgia", "poem"]))
def test_a_real_book_is_built_with_the_chapters_of_its_contents(
    name: str, request: pytest.FixtureRequest
) -> None:
    source, shelf, label = request.getfixturevalue(name)
    record = shelf.record(label)
    titles = [chapter["title"] for chapter in record["chapters"]]
    wanted = contents_of(source)
    assert [title for title in wanted if title in titles] == [title for title in titles if title in wanted]
    assert set(titles[1:]) <= set(wanted), "only an epigraph in front may have no entry"
    counted = record["characters"]
    assert counted["source"] == counted["spoken"] + sum(counted["skipped"].values())
    assert counted["spoken"] > 0.6 * counted["source"]

    book = shelf.book(label)
    assert [chapter["tags"]["title"] for chapter in probe(book)["chapters"]] == titles
    assert "WARNING" not in run_tool("mp3val", book).stdout
    assert shelf.run("check").code == 0


@pytest.mark.exhaustive
def test_german_lines_in_a_poem_have_a_german_voice(poem: Built) -> None:
    source, shelf, label = poem
    assert shelf.record(label)["foreign"]["de"]["voice"] == "de"
    said = shelf.run("script", str(source), "--json").answer
    german = [
        " ".join(passage["sentences"])
        for chapter in said["chapters"]
        for passage in chapter["passages"]
        if passage["language"] == "de"
    ]
    assert any(re.match(r"Frisch weht der Wind, Der Heimat zu", words) for words in german)
