"""Descriptions of feeds and episodes. Each of them discloses that the voice is synthetic."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Final

from audiobook.publish.feed.namespaces import LONGEST_DESCRIPTION_BYTES
from audiobook.publish.values import shortened, value, xml_text
from audiobook.publish.works.shelf import ShelvedEdition

_DEFAULT: Final = "en"
_STOPS: Final = (".", "!", "?", "…", "。", "！", "？")


@cache
def _phrases() -> dict[str, str]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def synthetic_voice(language: str) -> str:
    """Return "Read by a synthetic voice" in a language, or in English if there is no translation."""
    phrases = _phrases()
    return phrases.get(language.partition("-")[0].lower(), phrases[_DEFAULT])


def disclosure(edition: ShelvedEdition) -> str:
    """Return the disclosure of a synthetic voice, such as "Read by a synthetic voice: en-us (espeak)"."""
    narrator, engine = value(edition.narrator), edition.engine
    suffix = f", {engine}" if narrator.endswith(")") else f" ({engine})"
    voice = narrator if engine in narrator else f"{narrator}{suffix}".strip()
    return f"{synthetic_voice(edition.language)}: {voice}"


def item_description(edition: ShelvedEdition) -> str:
    """Return the description of an episode: HTML paragraphs, at most 4000 bytes."""
    return _paragraphs(_about(edition).split("\n\n"), disclosure(edition))


def book_description(edition: ShelvedEdition) -> str:
    """Return the description of a work's own feed: plain text, at most 4000 bytes."""
    about = _about(edition)
    return _plain(about if about.endswith(_STOPS) else f"{about}.", f"{disclosure(edition)}.")


def _about(edition: ShelvedEdition) -> str:
    by = ", ".join(edition.authors)
    return edition.description or (f"{edition.title} – {by}" if by else edition.title)


def channel_description(description: str | None, title: str, language: str) -> str:
    """Return the description of a language's feed: plain text, at most 4000 bytes.

    Args:
        description: The description from the settings; None to use the title.
        title: Title of the feed.
        language: BCP 47 tag of the feed.
    """
    return _plain(description or f"{title}.", f"{synthetic_voice(language)}.")


def _plain(about: str, last: str) -> str:
    """Return a text followed by `last` in at most 4000 bytes. Only the text is shortened."""
    room = LONGEST_DESCRIPTION_BYTES - len(last.encode()) - 1
    fitting = _fitting(value(about, LONGEST_DESCRIPTION_BYTES), room, xml_text)
    return f"{fitting} {last}".strip()


def _paragraphs(texts: Sequence[str], last: str) -> str:
    """Return paragraphs followed by `last` as HTML, in at most 4000 bytes. Only the paragraphs are shortened."""
    closing = _paragraph(last)
    pieces: list[str] = []
    room = LONGEST_DESCRIPTION_BYTES - len(closing.encode())
    for text in texts:
        piece = _fitting(value(text, LONGEST_DESCRIPTION_BYTES), room, _paragraph)
        if not piece:
            break
        pieces.append(piece)
        room -= len(piece.encode())
    return "".join((*pieces, closing))


def _paragraph(text: str) -> str:
    return f"<p>{escape(xml_text(text), quote=False)}</p>" if text else ""


def _fitting(text: str, room_bytes: int, shape: Callable[[str], str]) -> str:
    """Return `shape(text)`, with the text shortened until the result fits; empty if not even one character fits."""
    shaped = shape(text)
    while len(shaped.encode()) > room_bytes:
        if len(text) < 2:
            return ""
        text = shortened(text, len(text) * 7 // 8)
        shaped = shape(text)
    return shaped
