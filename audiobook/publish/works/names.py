"""What feeds and works are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from audiobook.languages import language_name
from audiobook.publish.labels import label_language, labels
from audiobook.publish.values import LONGEST_VALUE_CHARS, value
from audiobook.publish.works.shelf import ShelvedEdition
from audiobook.settings import PublishSettings

_LONGEST_CHARS: Final = 150
"""How much of a title or an author is taken: there is room for a language behind it."""
_LONGEST_MARK_CHARS: Final = 100


def feed_titles(languages: Sequence[str], settings: PublishSettings) -> dict[str, str]:
    """Give the title of each language's feed; no two are the same.

    Args:
        languages: BCP 47 tags of all feeds.
        settings: What they are to be called, and by whom they are.
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
    """Give who is named as a feed's author: the settings', else the only author of its works, else the feed."""
    authors = {author for edition in editions for author in edition.authors}
    named = settings.author or (next(iter(authors)) if len(authors) == 1 else None)
    return value(named or "") or title


def work_titles(editions: Sequence[ShelvedEdition]) -> dict[str, str]:
    """Give a title for each work of a language by slug, of at most 255 characters.

    Where several have the same, their authors, dates or names tell them apart.
    """
    by_title: dict[str, list[ShelvedEdition]] = {}
    for edition in editions:
        by_title.setdefault(value(edition.title), []).append(edition)
    titles: dict[str, str] = {}
    for title, twins in by_title.items():
        if len(twins) == 1:
            titles[twins[0].slug] = title
            continue
        authors = [value(", ".join(twin.authors), _LONGEST_MARK_CHARS) for twin in twins]
        kinds = (authors, [twin.date or "" for twin in twins], [twin.slug for twin in twins])
        marks = next(each for each in kinds if len(set(each)) == len(twins) and all(each))
        titles |= {twin.slug: with_mark(title, mark) for twin, mark in zip(twins, marks, strict=True)}
    return titles


def with_mark(title: str, mark: str) -> str:
    """Give a title with something in brackets behind it, for which it is cut if need be."""
    return f"{value(title, LONGEST_VALUE_CHARS - len(mark) - 3)} ({mark})".strip()
