"""Is what is published what the texts say now?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audiobook.errors import SourceError
from audiobook.files import digest, read_source
from audiobook.pipeline.catalog import Edition, find_texts
from audiobook.publish.works.shelf import Shelf

_MOST_NAMES: Final = 5


@dataclass(frozen=True, slots=True)
class Freshness:
    """How the shelf stands to the texts; works are named by language and slug.

    Attributes:
        stale: Built, and their texts have changed since.
        unbuilt: Texts that were not built.
        textless: Built, and their texts are not there any more. Works of texts that never stood in the project's
            folder are not among them.
    """

    stale: tuple[str, ...]
    unbuilt: tuple[str, ...]
    textless: tuple[str, ...]

    def messages(self) -> Iterable[str]:
        """Say it in one line each, if there is something to say."""
        if self.stale:
            yield f"published as built, though the texts changed since: {_names(self.stale)}"
        if self.unbuilt:
            yield f"not built, so not published: {_names(self.unbuilt)}"
        if self.textless:
            files = f"{self.textless[0].rpartition('/')[2]}.*"
            yield (
                f"published though the text is not there any more: {_names(self.textless)}; to take a work away, "
                + (f"remove its files ({files}) from the output and publish again")
            )


def freshness(shelf: Shelf, texts: Path) -> Freshness:
    """Hold what is on a shelf against the texts: by digests of their files alone, for a thousand take no second.

    Args:
        shelf: What is to be published.
        texts: The project's folder of texts.

    Raises:
        StorageError: A record cannot be read.
        OutputMismatch: A record was changed meanwhile.
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
    return Freshness(
        tuple(stale), tuple(unbuilt), tuple(f"{edition.language}/{edition.slug}" for edition in textless)
    )


def _digest(edition: Edition) -> str | None:
    """Give the digest of a text as it is now, None where it cannot be read."""
    try:
        return digest(read_source(edition.path, edition.name))
    except SourceError:
        return None


def _is_gone(source: str, texts: Path) -> bool:
    """Whether a file that a record names was a text of the project's folder, and is there no more."""
    try:
        is_of_project = source.startswith(f"{texts.name}/") and texts.is_dir()
        return is_of_project and not (texts.parent / source).exists()
    except OSError:
        return False  # the system does not tell


def _names(labels: Sequence[str]) -> str:
    more = len(labels) - _MOST_NAMES
    return ", ".join(labels[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
