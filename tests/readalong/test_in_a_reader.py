"""A read-along book is played by a third-party reader."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from browser import chromium, static_host
from clients import node_modules
from patience import PATIENCE_S
from tools import Shelf

from audiobook.book.record.reading import read_record
from audiobook.readalong.spans import Sync, sound_pieces

TEXT = """# Beginning

Wonderful lighthouses.

## Continuation

Everything [Donnerwetter]{lang=de} illuminates.
"""


@pytest.mark.exhaustive
@pytest.mark.slow
def test_foliate_lights_up_every_word_while_it_is_spoken(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf", AUDIOBOOK_ENGINE="tone")
    shelf.write("texts/en/book.md", TEXT)
    shelf.build()
    shutil.copytree(node_modules("foliate-js") / "foliate-js", tmp_path / "site" / "foliate-js")
    shutil.copy(Path(__file__).with_name("reader.html"), tmp_path / "site")
    done = shelf.run("export", "book", "--to", "epub", "--sync", "word", "--output", "../site/book.epub")
    assert done.code == 0, done.err
    record = read_record(shelf.book("en/book", ".json"))
    assert record
    chapters = [sound_pieces(record, number, Sync.WORD) for number in range(len(record.chapters))]
    # The first page is that of the cover.
    wanted = {(page, piece.span_id): piece for page, pieces in enumerate(chapters, 1) for piece in pieces}
    lit, durations = _play(tmp_path / "site", list(wanted)[-1])
    assert list(dict.fromkeys((page, name) for page, name, _, _ in lit)) == list(wanted)
    late_ms = sorted(at_s * 1000 - wanted[page, name].start_ms for page, name, at_s, _ in lit)
    assert (
        late_ms[len(late_ms) // 2] <= 150
    )  # of the sound, which plays slowly; a busy computer may delay some
    for page, name, at_s, colour in lit:
        assert at_s * 1000 >= wanted[page, name].start_ms - 1
        assert colour == "rgb(255, 224, 138)"
    assert [round(each, 2) for each in durations] == [
        round(pieces[-1].end_ms / 1000, 2) for pieces in chapters
    ]


def _play(site: Path, last: tuple[int, str]) -> tuple[list[Any], list[float]]:
    """Play a book until the last word lights up; return what lit up when, and how long the sounds are."""
    with static_host(site) as address, chromium() as browser:
        page = browser.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{address}reader.html")
        until = "last => window.lit?.some(([page, name]) => page === last[0] && name === last[1])"
        page.wait_for_function(until, arg=last, timeout=PATIENCE_S * 1000)
        seen = page.evaluate("[window.lit, window.durations]")
        assert not faults
        return seen[0], seen[1]
