"""The shelf of a large library."""

from __future__ import annotations

from pathlib import Path

from growth import assert_linear

from audiobook.studio.desk.shelf import Shelf
from audiobook.studio.desk.works import listed


def test_the_shelf_of_many_works_takes_no_longer_for_each(tmp_path: Path) -> None:
    def shelf(count: int) -> Shelf:
        root = tmp_path / str(count)
        for folder in (root / "texts/en", root / "output/en"):
            folder.mkdir(parents=True)
        (root / "audiobook.toml").write_text('engine = "tone"\n')
        for number in range(count):
            (root / f"texts/en/work-{number}.md").write_text("# Work\n\nWords.\n")
            (root / f"output/en/other-{number}.mp3").write_bytes(b"")
        found = Shelf(root)
        assert len(listed(found)["languages"][0]["works"]) == count
        return found

    assert_linear(listed, shelf, 40)
