"""Files whose language is wrong, missing or rarely named, by the real command."""

from pathlib import Path

import pytest
from tools import Shelf


@pytest.mark.parametrize(
    ("name", "likely"),
    [
        ("f34-gaiji-cjk-lang-en.epub", "Chinese, add `--lang zh`"),
        ("r17-lang-letter.epub", "English, add `--lang en`"),
    ],
)
def test_a_text_in_the_letters_of_another_language_names_the_likely_one(
    shelf: Shelf, shared: Path, name: str, likely: str
) -> None:
    done = shelf.run("script", str(shared / "cases/reading" / name))
    assert done.code == 0
    assert f"if it is {likely}" in done.err


@pytest.mark.slow
def test_chinese_of_taiwan_has_a_voice(shelf: Shelf, shared: Path) -> None:
    (work,) = shelf.build(str(shared / "cases/reading/f35-lang-zh-tw.epub")).values()
    assert (work["language"], work["problems"]) == ("zh-TW", [])


def test_a_no_break_space_of_windows_suggests_its_encoding(shelf: Shelf, shared: Path) -> None:
    done = shelf.run("script", str(shared / "cases/reading/e1-nbsp-cp852-hint.en.txt"))
    assert (done.code, "hint: try: --encoding cp1252" in done.err) == (1, True)
