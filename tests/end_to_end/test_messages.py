"""Mistakes that people make are answered in their words: what is wrong, and what to do."""

from __future__ import annotations

import re

import pytest
from tools import Shelf

INTERNAL = re.compile(r"Traceback|Errno|\b[A-Z][a-z]+Error\b|\b(?:str|int|float|NoneType)\b|object at 0x")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    made = Shelf(tmp_path_factory.mktemp("mistakes"), AUDIOBOOK_ENGINE="espeak")
    made.write("texts/en/one.txt", "# One\n\nA word.\n")
    made.write("texts/fi/two.txt", "Sana.\n")
    made.write("books/novel.chm", "x")
    made.write("outfile", "mine")
    return made


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "error", "hint"),
    [
        ("build /no/such/file.md", "/no/such/file.md: no such file", None),
        (
            "list texts/en",
            "texts/en is a folder",
            "to build the texts in it, run `audiobook build --lang en`",
        ),
        ("check texts/en", "texts/en is a folder, not a built work", "run `audiobook build` first"),
        ("check --acx texts", "texts is a folder", "name the files in it: texts/*.mp3"),
        ("build --texts outfile", "outfile is a file, not a folder", "choose another folder: --texts DIR"),
        ("build -o outfile/a", "outfile is a file, not a folder", "choose another folder, or move it away"),
        ("build one --cover texts", "cover “texts” is a folder, not a picture", None),
        (
            "build books/novel.chm -l en",
            "novel.chm: .chm is not supported",
            "convert it: `ebook-convert book.chm book.epub`",
        ),
        ("build --split chapters", "--split must be chapter or none, not “chapters”", None),
        ("build --lang", "--lang needs a value", "see: audiobook --help"),
        ("bild", "no command “bild”", "did you mean build?"),
        ("build --langs fi", "no option --langs", "did you mean --lang?"),
        ("list --lang de", "no texts in “de”", "there are texts in: en, fi"),
        ("script two --lang en", "“two” has no text in “en”", "there is one in: fi"),
        ("voices --lang tlh", "no voice speaks “tlh”", "to list the languages: audiobook voices"),
        (
            "voices try Emma x",
            "no voice named “Emma” on this computer",
            "to list the voices: audiobook voices --all",
        ),
    ],
)
def test_a_mistake_is_answered_in_words(shelf: Shelf, command: str, error: str, hint: str | None) -> None:
    done = shelf.run(*command.split())
    assert done.code in (1, 2, 3, 4)
    assert done.err.splitlines()[:2] == [f"error: {error}", *([f"hint: {hint}"] if hint else [])]
    assert not INTERNAL.search(done.err)
