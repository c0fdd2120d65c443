"""Spoken credits at the beginning and the end of a book, as separate chapters."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from msgspec.structs import replace

from audiobook.document import Chapter, Kind, Paragraph, Work, chapters_of
from audiobook.settings import CREDITED, CreditsSettings
from audiobook.sources.title_text import plain_line

_OWN: Final = CreditsSettings()
_ANY: Final = "mul"
"""Key of the template for all other languages, which has only names."""
_DOUBLE_STOP: Final = re.compile(r"(?<=[.!?…])\.")


class _Template(msgspec.Struct, frozen=True):
    titles: tuple[str, str]
    opening: tuple[str, ...]
    closing: tuple[str, ...]
    last_joined_by: str = msgspec.field(name="and")


@cache
def _templates() -> dict[str, _Template]:
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return msgspec.convert(data, dict[str, _Template])


def with_credits(work: Work, authors: Sequence[str], narrator: str, own: CreditsSettings = _OWN) -> Work:
    """Return a work with credits in its language as its first and last chapters.

    Args:
        work: The work.
        authors: Authors of the work; may be empty.
        narrator: Name of the narrator.
        own: The user's sentences, which replace those of this program.
    """
    templates = _templates()
    template = templates.get(work.language.partition("-")[0].lower(), templates[_ANY])
    values = {
        "title": work.title,
        "authors": _joined(authors, template.last_joined_by),
        "narrator": narrator,
    }
    sentences = ((own.opening, template.opening), (own.closing, template.closing))
    first, last = (
        Chapter(
            title, 1, (Paragraph(_filled(theirs, values) or _filled(ours, values), Kind.TEXT, is_added=True),)
        )
        for title, (theirs, ours) in zip(template.titles, sentences, strict=True)
    )
    return replace(work, chapters=chapters_of((first, *work.chapters, last)))


def _filled(sentences: Sequence[str], values: dict[str, str]) -> str:
    """Return the sentences with names filled in. A sentence is left out if one of its names is empty."""
    complete = (each for each in sentences if all(values[name].strip() for name in CREDITED.findall(each)))
    filled = (CREDITED.sub(lambda name: values[name[1]], sentence) for sentence in complete)
    return " ".join(_DOUBLE_STOP.sub("", plain_line(sentence)) for sentence in filled)


def _joined(names: Sequence[str], word: str) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])}{'' if word == ',' else ' '}{word} {names[-1]}"
