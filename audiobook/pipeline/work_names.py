"""The names by which a user may mean a work: as commands print them, or as paths."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from audiobook.document import LANGUAGE_TAG
from audiobook.pipeline.edition import bare_name, language_in_name, slug_of


@dataclass(frozen=True, slots=True)
class WorkName:
    """A work as a user named it.

    Attributes:
        slug: Slug of the work.
        language: BCP 47 tag of one edition; None if all are meant.
    """

    slug: str
    language: str | None

    def names(self, slug: str, language: str) -> bool:
        """Return whether this means an edition."""
        return slug == self.slug and self.language in (None, language)


def named_work(word: str) -> WorkName:
    """Return the work that a word means.

    Args:
        word: A slug (`lighthouse`), a label (`en/lighthouse`), or the path of a text or a built file, which need not
            exist (`texts/en/The Lighthouse.md`, `output/en/lighthouse.mp3`).
    """
    path = PurePath(word)
    folder = path.parent.name
    language = folder if LANGUAGE_TAG.match(folder) else None
    if not folder and not path.suffix:
        return WorkName(word, None)
    stem = bare_name(path.name)
    if (own := language_in_name(path.name)) and language is None:
        return WorkName(slug_of(stem.removesuffix(f".{own}")), own)
    return WorkName(stem if path.name == stem else slug_of(stem), language)
