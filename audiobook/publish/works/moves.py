"""Works that were moved: to another language tag, or to another name.

A moved work keeps its identity, so that podcast apps recognise its episodes, and its former addresses lead to it.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from audiobook.languages import without_region
from audiobook.publish.publication import Move, Publication
from audiobook.publish.works.shelf import RECORD_ENDING, Shelf, ShelvedEdition
from audiobook.system.opening import is_there
from audiobook.system.packed import Packed


@dataclass(frozen=True, slots=True)
class _Lost:
    """A published work that is no longer there: its path, and what another work may have in common with it."""

    path: str
    source_sha256: str
    audio_sha256: str

    def likeness(self, edition: ShelvedEdition) -> int:
        """Return how sure it is that a new work is this one: 3 for the same text, 2 for the same sound, 1 for the same name.

        The name is the same if only the region of the language differs. 0 means that it is another work.
        """
        language, _, slug = self.path.partition("/")
        if edition.source_sha256 == self.source_sha256:
            return 3
        if edition.audio.sha256 == self.audio_sha256:
            return 2
        return int(slug == edition.slug and without_region(language) == without_region(edition.language))


def updated_moves(before: Publication, shelf: Shelf, gone: Collection[str]) -> dict[str, Move]:
    """Return all moves so far, with those that happened since the last publication.

    Args:
        before: The last publication.
        shelf: The built works.
        gone: Paths of works on the shelf whose text no longer exists.
    """
    moves = dict(before.moves)
    known = _known(before)
    new = [edition for edition in shelf.editions if edition.path("") not in {*known, *gone}]
    lost = list(_lost(before, known, shelf, gone)) if new else []
    for edition in new:
        path = edition.path("")
        found = max(lost, key=lambda one: one.likeness(edition), default=None)
        if found and found.likeness(edition):
            lost.remove(found)
            old = moves.pop(found.path, Move(found.path))
            addresses = dict.fromkeys((*old.addresses, found.path))
            moves[path] = Move(old.identity, tuple(one for one in addresses if one != path))
        elif path in {move.identity for move in moves.values()}:
            moves[path] = Move(_free_identity(path, before, shelf))
    return moves


def moved_shelf(shelf: Shelf, moves: Mapping[str, Move], gone: Collection[str]) -> Shelf:
    """Return a shelf whose works know how they were moved, without the works that have become others.

    Args:
        shelf: The built works.
        moves: All moves, by present path.
        gone: Paths of works on the shelf whose text no longer exists.
    """
    if not moves:
        return shelf
    former = {path for move in moves.values() for path in move.addresses}
    editions = [edition for edition in shelf.editions if edition.path("") not in former.intersection(gone)]
    taken = {edition.path("") for edition in editions}
    taken |= {problem.where.rpartition(".")[0] for problem in shelf.problems}
    return replace(shelf, editions=Packed(_moved(edition, moves, taken) for edition in editions))


def _moved(edition: ShelvedEdition, moves: Mapping[str, Move], taken: Collection[str]) -> ShelvedEdition:
    move = moves.get(edition.path(""))
    if move is None:
        return edition
    free = tuple(path for path in move.addresses if path not in taken)
    return replace(edition, move=Move(move.identity, free))


def _known(before: Publication) -> set[str]:
    """Return the present paths of all works that have an identity."""
    identities = {f"{language}/{slug}" for language, feed in before.feeds.items() for slug in feed.episodes}
    return {*before.moves, *identities.difference(move.identity for move in before.moves.values())}


def _lost(
    before: Publication, known: Collection[str], shelf: Shelf, gone: Collection[str]
) -> Iterator[_Lost]:
    """Yield the works of the last publication that are no longer there, or whose text is not."""
    sources = {edition.path(""): edition.source_sha256 for edition in shelf.editions}
    for path in sorted(known):
        audio = before.files.get(f"{path}.mp3")
        is_lost = path in gone or not is_there(shelf.output / f"{path}{RECORD_ENDING}")
        if audio and is_lost:
            yield _Lost(path, sources.get(path, ""), audio.sha256)


def _free_identity(path: str, before: Publication, shelf: Shelf) -> str:
    """Return an identity for a new work at a path whose identity belongs to the work that was moved away from there."""
    used = {edition.path("") for edition in shelf.editions}
    used |= {f"{language}/{slug}" for language, feed in before.feeds.items() for slug in feed.episodes}
    used |= {move.identity for move in before.moves.values()}
    return next(one for number in itertools.count(2) if (one := f"{path}-{number}") not in used)
