"""Long texts wait in a file until they are read, which changes nothing in what is made of them."""

from __future__ import annotations

from pathlib import Path

from tools import Shelf

SETTINGS = '[voice.en]\nengine = "tone"\n[works.long]\nchapters = "1"\n[works.longer]\nchapters = "2"\n'


def test_a_long_text_is_read_as_if_it_were_short(tmp_path: Path) -> None:
    """The fork that reads takes the texts from the file; without forks, the build itself does."""
    one, two = "# One\n\nThe first words.\n\n", "# Two\n\nOther words.\n\n"
    further = "".join(f"# More {number}\n\n{'word ' * 400}\n\n" for number in range(600))
    assert len(further) > 1 << 20
    shelf = Shelf(tmp_path)
    shelf.write("audiobook.toml", SETTINGS)
    shelf.write("texts/en/long.md", one + one + further)
    shelf.write("texts/en/longer.md", two + two + further)
    shelf.write("texts/en/short.md", one)
    shelf.build()
    forked = {path.name: path.read_bytes() for path in shelf.output.rglob("*.mp3")}
    assert [shelf.record(f"en/{name}")["chapters"][0]["title"] for name in ("long", "longer")] == [
        "One",
        "Two",
    ]
    shelf.build("--force", AUDIOBOOK_SPAWN="1")
    assert {path.name: path.read_bytes() for path in shelf.output.rglob("*.mp3")} == forked
