"""Sentences that `audiobook check --listen` found doubtful, from its cached results. The recogniser is not run here."""

from __future__ import annotations

from typing import Final

from audiobook.book.record.works import Record
from audiobook.errors import AudiobookError, OutputMismatch
from audiobook.listening.model import Listener, find_listener
from audiobook.pipeline.heard_books import DoubtedSentence, Listening
from audiobook.studio.desk.script.reading import Reading
from audiobook.studio.desk.shelf import Shelf

_kept: dict[str, tuple[object, list[DoubtedSentence]]] = {}
"""The doubts of each work, and the state of everything that they depend on."""
_MOST_KEPT: Final = 4


def doubts_of(shelf: Shelf, reading: Reading) -> list[DoubtedSentence]:
    """Return the doubts about a built work, in the order of its text; an empty list without a recogniser or its results."""
    names = reading.store.heard_names()
    record = _record(shelf, reading) if names else None
    listener = _listener(reading) if record else None
    if record is None or listener is None:
        return []
    state = (record.digest, listener.identity, names)
    label = reading.edition.label
    if label not in _kept or _kept[label][0] != state:
        while len(_kept) >= _MOST_KEPT:
            del _kept[next(iter(_kept))]
        keys = {name.partition("-")[0] for name in names}
        _kept[label] = state, list(Listening(reading.store, listener, 1).doubted(record, keys))
    return _kept[label][1]


def _listener(reading: Reading) -> Listener | None:
    try:
        return find_listener(reading.settings.listen.model)
    except AudiobookError:
        return None  # its cached results cannot be found without it


def _record(shelf: Shelf, reading: Reading) -> Record | None:
    project = shelf.project(reading.settings)
    label = reading.edition.label
    try:
        return next((project.record(each.path) for each in project.built() if each.label == label), None)
    except OutputMismatch:
        return None  # the shelf reports it
