"""The names by which users can refer to a work: slugs and labels, as commands print them, and paths."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import msgspec

from audiobook.document import LANGUAGE_TAG
from audiobook.pipeline.texts.edition import bare_name, is_folder, language_of_name, slug_of

_LABEL_PARTS: Final = 2
_SHORT_CODE: Final = 2


class WorkName(msgspec.Struct, frozen=True):
    """A work as a user named it.

    Attributes:
        slug: Slug of the work.
        language: BCP 47 tag of one edition; None if all are meant.
    """

    slug: str
    language: str | None

    def names(self, slug: str, language: str) -> bool:
        """Return whether the name refers to an edition, given its slug and language."""
        return slug == self.slug and self.language in (None, language)


def named_work(word: str, *, is_beside: bool = False) -> WorkName:
    """Return the work that a word refers to.

    Args:
        word: A slug (`lighthouse`), a label (`en/lighthouse`), or the path of an existing text or built file
            (`texts/en/The Lighthouse.md`, `texts/en/novel/`, `output/en/lighthouse.mp3`).
        is_beside: Whether books are next to their texts, so that the name of a folder is not a language.
    """
    parts = word.split("/")
    if len(parts) == _LABEL_PARTS and LANGUAGE_TAG.match(parts[0]) and slug_of(parts[1]) == parts[1]:
        return WorkName(parts[1], parts[0])
    path = Path(word)
    may_be_path = "/" in word or slug_of(word) != word
    is_book_folder = may_be_path and "\0" not in word and is_folder(path)
    if not is_book_folder and not _is_file(path):
        return WorkName(word, None)
    if not path.name:  # the current folder
        path = path.resolve()
    own, folder = language_of_name(path), path.absolute().parent.name
    stem = path.name if is_book_folder else bare_name(path.name)
    slug = slug_of(stem.removesuffix(f".{own}") if own else stem)
    # Codes of three letters do not count, because `tmp`, `doc` and `src` are codes of languages too.
    is_language = (
        not is_beside and len(folder.partition("-")[0]) == _SHORT_CODE and LANGUAGE_TAG.match(folder)
    )
    return WorkName(slug, folder if is_language else own)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long, or with a NUL character
        return False
