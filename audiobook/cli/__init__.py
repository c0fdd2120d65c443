"""The command line: parse flags, call one command, print errors once."""

from audiobook.cli import books, completion, doctor, studio, texts, voices  # noqa: F401 - registers the commands
from audiobook.cli.group import audiobook
from audiobook.cli.running import run

__all__ = ["audiobook", "run"]
