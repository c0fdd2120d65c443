"""Looking for the lexicons of many texts."""

from __future__ import annotations

from pathlib import Path

from growth import assert_linear

from audiobook.pipeline.texts.edition import Edition, edition_at
from audiobook.pipeline.texts.lexicons import Lexicons

PLS = b'<lexicon version="1.0" xmlns="http://www.w3.org/2005/01/pronunciation-lexicon" alphabet="ipa"/>'


def library(folder: Path, count: int) -> list[Edition]:
    texts = folder / str(count) / "texts" / "en"
    texts.mkdir(parents=True)
    (texts / "names.pls").write_bytes(PLS)
    for number in range(count):
        (texts / f"{number}.txt").write_bytes(b"Text.")
    return [edition_at(path, "en", f"texts/en/{path.name}") for path in sorted(texts.glob("*.txt"))]


def names(editions: list[Edition]) -> list[list[str]]:
    lexicons = Lexicons()
    return [[file.name for file in lexicons.read(edition)] for edition in editions]


def test_each_text_has_the_lexicons_of_its_folder_and_its_own(tmp_path: Path) -> None:
    editions = library(tmp_path, 2)
    editions[1].path.with_name("1.lexicon.toml").write_bytes(b"")
    assert names(editions) == [
        ["texts/en/names.pls"],
        ["texts/en/names.pls", "texts/en/1.lexicon.toml"],
    ]


def test_the_folder_of_a_library_is_searched_once(tmp_path: Path) -> None:
    assert_linear(names, lambda count: library(tmp_path, count), 60)
