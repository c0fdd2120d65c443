"""On a terminal, tables fit into its width: names are shortened, numbers never."""

from __future__ import annotations

import sys

import pexpect
import pytest
from tools import Shelf, clean_environment

from audiobook.commands.output import fitted, short, table_lines
from audiobook.report.columns import cell_len


def test_the_widest_names_are_shortened_and_nothing_else() -> None:
    rows = [
        ("WORK", "LENGTH", "TITLE"),
        ("a-very-long-name-of-a-work", "123:45:06", "灯台" * 30),
        ("b", "0:01", "Short"),
    ]
    lines = list(table_lines(fitted(rows, (0, 2), 40)))
    assert max(map(cell_len, lines)) <= 40
    assert "123:45:06" in lines[1]
    assert lines[1].count("…") == 2
    assert lines[2].split() == ["b", "0:01", "Short"]
    assert list(fitted(rows, (0, 2), 200)) == rows
    assert short("A very long title of a chapter (not chosen)", 30) == "A very long titl… (not chosen)"


@pytest.mark.slow
def test_nothing_wraps_at_80_columns_and_pipes_are_not_shortened(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("narrow"), AUDIOBOOK_ENGINE="tone")
    title = "The extraordinarily long title of a book that tells how a lighthouse was built"
    chapters = "\n\n".join(f"## {title}, part {n}\n\nIt *is* `so`." for n in range(3))
    shelf.write(f"texts/en/{title.lower()}.md", f"# {title}\n\n{chapters}\n")
    shelf.build()
    [slug] = [work["slug"] for work in shelf.run("list", "--json").answer["works"]]
    assert title in shelf.run("list").out
    for command in (("list",), ("list", slug)):
        shown, _ = pexpect.run(
            f"{sys.executable} -m audiobook {' '.join(command)}",
            cwd=shelf.root,
            env=clean_environment(AUDIOBOOK_ENGINE="tone", TERM="xterm", COLUMNS="80"),
            withexitstatus=True,
            encoding="utf-8",
        )
        lines = shown.replace("\r", "").splitlines()
        wide = [line for line in lines if cell_len(line) > 80]
        assert (len(lines) > 2 - (command == ("list",)), wide) == (True, []), command
