"""A reader that ends its process fails its own text, and no other."""

from __future__ import annotations

from tools import Shelf, reader_package

KILLS = """
import os
import signal

class Guest:
    def read(self, source):
        os.kill(os.getpid(), signal.SIGSEGV)
"""


def test_a_reader_that_ends_its_process_is_told_and_other_works_are_built(shelf: Shelf) -> None:
    environment = reader_package(shelf, "odd", KILLS)
    shelf.write("audiobook.toml", 'engine = "tone"\njobs = 1\n')
    shelf.write("texts/en/a.txt", "The first text.\n")
    shelf.write("texts/en/b.odd", "The second text.\n")
    shelf.write("texts/en/c.txt", "The third text.\n")
    done = shelf.run("build", **environment)
    assert done.code == 1, done
    assert "error: texts/en/b.odd: the process that read it ended with SIGSEGV" in done.err
    assert [shelf.book(f"en/{name}").exists() for name in "abc"] == [True, False, True]
