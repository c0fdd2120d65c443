"""Texts that changed since they were built, for a warning when publishing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from audiobook.errors import SourceError
from audiobook.files import digest
from audiobook.pipeline.texts.catalog import find_texts
from audiobook.pipeline.texts.edition import Edition
from audiobook.pipeline.texts.folders import text_bytes
from audiobook.publish.publication import Move
from audiobook.publish.works.shelf import Shelf

_MOST_NAMES: Final = 5


class UnpublishedChanges(msgspec.Struct, frozen=True):
    """Differences between the built works and the texts; each entry is `language/slug`.

    Attributes:
        stale: Works whose text changed after they were built.
        unbuilt: Texts that have not been built.
        textless: Works whose text no longer exists. Works built from files outside the project's texts are not
            included.
    """

    stale: tuple[str, ...]
    unbuilt: tuple[str, ...]
    textless: tuple[str, ...]

    def messages(self, moves: Mapping[str, Move]) -> Iterable[str]:
        """Yield one line for each kind of difference.

        Args:
            moves: Works that were moved, by their present path.
        """
        moved = {path: now for now, move in moves.items() for path in move.addresses}
        for path in filter(moved.__contains__, self.textless):
            yield (
                f"{path} is published as {moved[path]}, with the same episodes; delete its old files "
                + f"({path.rpartition('/')[2]}.*) from the output folder"
            )
        textless = [path for path in self.textless if path not in moved]
        if self.stale:
            yield f"text changed since the last build, publishing the old version: {_names(self.stale)}"
        if self.unbuilt:
            yield f"not built yet, so not published: {_names(self.unbuilt)}"
        if textless:
            files = f"{textless[0].rpartition('/')[2]}.*"
            yield (
                f"text no longer exists, but the work is still published: {_names(textless)}; to withdraw a work, "
                + f"delete its files ({files}) from the output folder and publish again"
            )


def unpublished_changes(shelf: Shelf, texts: Path) -> UnpublishedChanges:
    """Compare the built works with the texts, by the digests of the files only: a thousand texts take under a second.

    Args:
        shelf: The built works to publish.
        texts: The project's texts folder.

    Raises:
        StorageError: A record cannot be read.
        OutputMismatch: A record changed in the meantime.
    """
    built = {f"{edition.language}/{edition.slug}": edition.source_sha256 for edition in shelf.editions}
    left_out = {problem.where.rpartition(".")[0] for problem in shelf.problems}
    stale, unbuilt = [], []
    found = find_texts(texts).editions
    for edition in found:
        if edition.label not in built:
            unbuilt += [edition.label] if edition.label not in left_out else []
        elif _digest(edition) != built[edition.label]:
            stale.append(edition.label)
    labels = {edition.label for edition in found}
    without = (edition for edition in shelf.editions if f"{edition.language}/{edition.slug}" not in labels)
    textless = [edition for edition in without if _is_gone(shelf.record(edition).source, texts)]
    return UnpublishedChanges(
        tuple(stale), tuple(unbuilt), tuple(f"{edition.language}/{edition.slug}" for edition in textless)
    )


def _digest(edition: Edition) -> str | None:
    """Return the digest of a text as it is now, or None if it cannot be read."""
    try:
        return digest(text_bytes(edition.path, edition.name))
    except SourceError:
        return None


def _is_gone(source: str, texts: Path) -> bool:
    """Return whether the source file of a record was one of the project's texts and no longer exists."""
    try:
        is_of_project = source.startswith(f"{texts.name}/") and texts.is_dir()
        return is_of_project and not (texts.parent / source).exists()
    except OSError:
        return False  # cannot tell


def _names(labels: Sequence[str]) -> str:
    more = len(labels) - _MOST_NAMES
    return ", ".join(labels[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
