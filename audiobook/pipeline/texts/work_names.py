"""The names by which users can refer to a work: slugs and labels, as commands print them, and paths."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final, Protocol, TypeVar

import msgspec

from audiobook.book.ownership import is_own_record
from audiobook.document import LANGUAGE_TAG
from audiobook.errors import UsageError
from audiobook.languages import covers
from audiobook.pipeline.project import Project
from audiobook.pipeline.texts.edition import bare_name, is_folder, language_of_name, slug_of
from audiobook.sources.base import ending_of, endings

_LABEL_PARTS: Final = 2
_SHORT_CODE: Final = 2


class HasName(Protocol):
    """Anything with a slug and a language: a text, a built work, a record."""

    @property
    def slug(self) -> str:
        """Slug of the work."""

    @property
    def language(self) -> str:
        """BCP 47 tag of the edition."""


Named = TypeVar("Named", bound=HasName)


class WorkName(msgspec.Struct, frozen=True):
    """A work as a user named it.

    Attributes:
        slug: Slug of the work, or the name of its text without the extension.
        language: BCP 47 tag of one edition; None if all are meant.
    """

    slug: str
    language: str | None

    def among(self, works: Iterable[Named]) -> list[Named]:
        """Return the works that the name refers to.

        If no work has exactly this name, it is compared as the slug of a file name (`The Lighthouse`), and its language
        includes regions (`en/lighthouse` is found in en-GB).
        """
        every = list(works)
        exact = [
            each
            for each in every
            if each.slug == self.slug and (self.language is None or self.language == each.language)
        ]
        if exact or not self.slug:
            return exact
        slugs, language = {self.slug, slug_of(self.slug)}, self.language
        return [
            each
            for each in every
            if each.slug in slugs and (language is None or covers(language, each.language))
        ]


def named_work(word: str, *, is_beside: bool = False) -> WorkName:
    """Return the work that a word refers to.

    Args:
        word: A slug (`lighthouse`), the name of a text without its extension (`The Lighthouse`), either of them after a
            language (`en/lighthouse`), or the path of an existing text or built file (`texts/en/The Lighthouse.md`,
            `texts/en/novel/`, `output/en/lighthouse.mp3`).
        is_beside: Whether books are next to their texts, so that the name of a folder is not a language.
    """
    parts = word.rstrip("/").split("/")
    is_label = len(parts) == _LABEL_PARTS and LANGUAGE_TAG.match(parts[0]) is not None
    if is_label and slug_of(parts[1]) == parts[1]:
        return WorkName(parts[1], parts[0])
    path = Path(word)
    may_be_path = "/" in word or slug_of(word) != word
    is_book_folder = may_be_path and "\0" not in word and is_folder(path)
    if not is_book_folder and not _is_file(path):
        return WorkName(parts[1], parts[0]) if is_label else WorkName(word, None)
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


def require_built_here(project: Project, word: str) -> None:
    """Reject the path of a file that was built in another project, where a different work may have the same name.

    Args:
        project: The project that the command works on.
        word: The name that the user gave.

    Raises:
        UsageError: It is such a path.
    """
    path = Path(word)
    if "/" not in word or not _is_file(path) or ending_of(path.name) in endings():
        return
    is_here = path.resolve().is_relative_to(project.output.resolve())
    if not is_here and is_own_record(path.with_suffix(".json")):
        raise UsageError(
            f"{word} was not built in this project", hint="run the command in the folder of its own project"
        )


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long, or with a NUL character
        return False
