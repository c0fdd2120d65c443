"""Titles of feeds and works, unique where apps would otherwise confuse them."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Container, Sequence
from typing import Final

from audiobook.languages import language_name
from audiobook.publish.labels import label_language, labels
from audiobook.publish.values import LONGEST_VALUE_CHARS, value
from audiobook.publish.works.shelf import ShelvedEdition
from audiobook.settings import PublishSettings
from audiobook.system.packed import Packed

_LONGEST_CHARS: Final = 150
"""Maximum length of the title or the author in a feed's title, so that the name of a language still fits after it."""
_LONGEST_MARK_CHARS: Final = 100
_LONGEST_NAME_CHARS: Final = 40


def feed_titles(languages: Sequence[str], settings: PublishSettings) -> dict[str, str]:
    """Return a title for each language's feed, by language. No two are equal.

    Args:
        languages: BCP 47 tags of all feeds.
        settings: The `[publish]` settings; `title` and `author` are used.
    """
    titles = {language: _title(language, settings) for language in languages}
    for name in (language_name, str):
        times = Counter(titles.values())
        titles = {
            language: title if times[title] == 1 else f"{title} – {name(language)}"
            for language, title in titles.items()
        }
    return titles


def _title(language: str, settings: PublishSettings) -> str:
    library = labels(label_language(language))["library"]
    own = value(settings.title or "", _LONGEST_CHARS)
    author = value(settings.author or "", _LONGEST_CHARS)
    return own or (f"{author}: {library}" if author else library)


def feed_author(editions: Sequence[ShelvedEdition], settings: PublishSettings, title: str) -> str:
    """Return a feed's author: the one in the settings, else the only author of its works, else the feed's title."""
    authors = {author for edition in editions for author in edition.authors}
    named = settings.author or (next(iter(authors)) if len(authors) == 1 else None)
    return value(named or "") or title


Editions = Sequence[ShelvedEdition] | Packed[ShelvedEdition]


def work_titles(editions: Editions) -> dict[str, str]:
    """Return a title of at most 255 characters for each work, by path. No two are equal.

    Works with the same title get their authors, dates, slugs, languages or paths in brackets: the first of these that
    differs for all of them.
    """
    times = Counter(value(edition.title) for edition in editions)
    by_title: dict[str, list[ShelvedEdition]] = {}
    titles: dict[str, str] = {}
    for edition in editions:
        title = value(edition.title)
        if times[title] == 1:
            titles[edition.path("")] = title
        else:
            by_title.setdefault(title, []).append(edition)
    for title, twins in by_title.items():
        authors = [value(", ".join(twin.authors), _LONGEST_MARK_CHARS) for twin in twins]
        kinds = (
            authors,
            [twin.date or "" for twin in twins],
            [twin.slug for twin in twins],
            [_language_mark(twin.language) for twin in twins],
            [twin.path("") for twin in twins],
        )
        marks = next(kind for kind in kinds if len(set(kind)) == len(twins) and all(kind))
        titles |= {twin.path(""): with_mark(title, mark) for twin, mark in zip(twins, marks, strict=True)}
    return titles


def _language_mark(tag: str) -> str:
    """Return the name of a language in that language, followed by the rest of the tag: `English, GB`."""
    language, _, rest = tag.partition("-")
    return ", ".join(filter(None, (language_name(language), rest)))


def book_feed_titles(editions: Editions, taken: Container[str]) -> dict[str, str]:
    """Return a title for each work's own feed, by the path of the work. No two are equal, and none is in `taken`.

    Args:
        editions: The works of all languages.
        taken: The titles of the languages' feeds.
    """
    titles = work_titles(editions)
    return {
        edition.path(""): with_mark(title, edition.path("")) if title in taken else title
        for edition in editions
        for title in [titles[edition.path("")]]
    }


def ascii_name(title: str) -> str:
    """Return a title as part of a file name: "The Kitchen" becomes `the-kitchen`.

    The result has ASCII letters, digits and hyphens, and at most 40 characters. It is empty if the title has no ASCII
    letters or digits.
    """
    letters = (letter for letter in unicodedata.normalize("NFKD", title) if not unicodedata.combining(letter))
    name = re.sub("[^a-z0-9]+", "-", "".join(letters).lower()).strip("-")
    if len(name) > _LONGEST_NAME_CHARS:
        name = name[: _LONGEST_NAME_CHARS + 1].rpartition("-")[0] or name[:_LONGEST_NAME_CHARS]
    return name


def with_mark(title: str, mark: str) -> str:
    """Return "title (mark)" in at most 255 characters; a long title is shortened to make room."""
    return f"{value(title, LONGEST_VALUE_CHARS - len(mark) - 3)} ({mark})".strip()
