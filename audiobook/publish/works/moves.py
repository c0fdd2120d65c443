"""Works that were moved: to another language tag, or to another name.

A moved work keeps its identity, so that podcast apps recognise its episodes, and its former addresses lead to it.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Container, Hashable, Iterable, Mapping

from msgspec.structs import replace

from audiobook.languages import without_region
from audiobook.publish.publication import Move, Publication
from audiobook.publish.works.shelf import RECORD_ENDING, Shelf, ShelvedEdition
from audiobook.system.opening import is_there
from audiobook.system.packed import Packed


class _Lost:
    """Published works that no longer exist, indexed by the properties that identify a moved work."""

    def __init__(self) -> None:
        """Create an empty index."""
        self._paths: dict[Hashable, dict[str, None]] = defaultdict(dict)
        self._keys: dict[str, tuple[Hashable, ...]] = {}

    def add(self, path: str, source_sha256: str, audio_sha256: str) -> None:
        """Add a work: its path, and the digests of its text, if that is known, and of its sound."""
        language, _, slug = path.partition("/")
        self._keys[path] = _likeness(source_sha256, audio_sha256, language, slug)
        for key in self._keys[path]:
            self._paths[key][path] = None

    def take(self, edition: ShelvedEdition) -> str | None:
        """Return the former path of a moved work, and remove it from the index; None if the work is new."""
        keys = _likeness(edition.source_sha256, edition.audio.sha256, edition.language, edition.slug)
        found = next((path for key in keys for path in self._paths.get(key, ())), None)
        if found:
            for key in self._keys[found]:
                del self._paths[key][found]
        return found


def _likeness(source_sha256: str, audio_sha256: str, language: str, slug: str) -> tuple[Hashable, ...]:
    """Return the properties that identify a moved work, most reliable first: text, sound, name without region."""
    return ("text", source_sha256), ("sound", audio_sha256), (slug, without_region(language))


def updated_moves(before: Publication, shelf: Shelf, gone: Collection[str]) -> dict[str, Move]:
    """Return all moves so far, with those that happened since the last publication.

    Args:
        before: The last publication.
        shelf: The built works.
        gone: Paths of works on the shelf whose text no longer exists.
    """
    moves = dict(before.moves)
    known = _known(before)
    not_new = known.union(gone)
    new = [edition for edition in shelf.editions if edition.path("") not in not_new]
    lost = _lost(before, known, shelf, gone) if new else _Lost()
    taken = {move.identity for move in moves.values()}
    for edition in new:
        path = edition.path("")
        if found := lost.take(edition):
            old = moves.pop(found, Move(found))
            # A work that was there even earlier has lost that address.
            moves = {now: _without(move, found) for now, move in moves.items()}
            moves[path] = _without(Move(old.identity, (*old.addresses, found)), path)
        elif path in taken:
            moves[path] = Move(_free_identity(path, taken, before, shelf))
    return moves


def _without(move: Move, path: str) -> Move:
    return Move(move.identity, tuple(one for one in move.addresses if one != path))


def moved_shelf(shelf: Shelf, moves: Mapping[str, Move], gone: Collection[str]) -> Shelf:
    """Return a shelf with the moves of its works, without works that were moved to other paths.

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


def _lost(before: Publication, known: Iterable[str], shelf: Shelf, gone: Container[str]) -> _Lost:
    """Return the works of the last publication that no longer exist, or whose text no longer exists."""
    sources = {edition.path(""): edition.source_sha256 for edition in shelf.editions}
    lost = _Lost()
    for path in sorted(known):
        audio = before.files.get(f"{path}.mp3")
        if audio and (path in gone or not is_there(shelf.output / f"{path}{RECORD_ENDING}")):
            lost.add(path, sources.get(path, ""), audio.sha256)
    return lost


def _free_identity(path: str, taken: Container[str], before: Publication, shelf: Shelf) -> str:
    """Return an unused identity for a new work at the former path of a moved work, which keeps the path's identity."""
    used = {edition.path("") for edition in shelf.editions}
    used |= {f"{language}/{slug}" for language, feed in before.feeds.items() for slug in feed.episodes}
    candidates = (f"{path}-{number}" for number in itertools.count(2))
    return next(one for one in candidates if one not in used and one not in taken)
