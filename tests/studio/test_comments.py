"""Comments in files of the user stay when what is around them is removed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from audiobook.studio.desk.edits import edited, set_values

MARKS = """# mine
[[mark]]
text = "a" # about a

# about b
[[mark]]
text = "b"
note = '''
# words
'''

# the end
"""
VOICE = """[voice.en]
# I listen fast
speed = 1.5

# ---- Books ----
[works.tale]
skip = [
  "Preface", # dull
  # until it is translated
  "Notes",
]
"""


def without_mark(index: int) -> Callable[[Any], None]:
    def change(tables: Any) -> None:
        del tables["mark"][index]

    return change


def without_voice(tables: Any) -> None:
    set_values(tables, ("voice", "en"), {"speed": None})


def without_notes(tables: Any) -> None:
    set_values(tables, ("works", "tale"), {"skip": ["Preface"]})


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize(
    ("before", "change", "removed"),
    [
        (MARKS, without_mark(0), '[[mark]]\ntext = "a" # about a\n'),
        (MARKS, without_mark(1), MARKS[MARKS.rindex("[[mark]]") : MARKS.index("\n# the end")]),
        (VOICE, without_voice, "[voice.en]\n|speed = 1.5\n"),
        (VOICE, without_notes, '  "Notes",\n'),
    ],
)
def test_what_is_removed_takes_no_comment_with_it(
    before: str, change: Callable[[Any], None], removed: str, ends: str
) -> None:
    wanted = before
    for lines in removed.split("|"):
        wanted = wanted.replace(lines, "")
    after = edited(before.replace("\n", ends).encode(), "mine.toml", change).decode()
    assert after.split() == wanted.split()
    assert after.count(ends) == after.count("\n")
