"""A cache of narration: after an edit, only the paragraphs around it are narrated again.

The passages of a run of paragraphs are stored by a digest of everything that they depend on: the paragraphs, the
lexicons, and the rules. The digest of a paragraph decides whether a run ends there, so an edit affects a single run.

Runs are not cached if their narration depended on a voice, for example on whether it can speak some phonemes.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from itertools import pairwise, starmap
from operator import le, lt
from pathlib import Path
from typing import Final

import msgspec

from audiobook import __version__, narration
from audiobook.casting import Character, Role
from audiobook.clips.sealed import SealedFolder
from audiobook.document import LANGUAGE_TAG, Paragraph, Passage, Sentence
from audiobook.files import digest
from audiobook.narration.grammar.installed import GROUP
from audiobook.narration.grammar.series import Series
from audiobook.plugins import installed

_RUN_ENDS_ONCE_IN: Final = 16
_MOST_IN_RUN: Final = 64
_LIBRARIES: Final = ("num2words", "sentencex", "anyascii")
"""Libraries on whose versions the passages depend."""
_OWN: Final = "audiobook."

_Offsets = int | bytes
"""The origins of a sentence's characters: the first of consecutive offsets, or all offsets as 32-bit integers."""


class _CachedSentence(msgspec.Struct, array_like=True):
    text: str
    starts: _Offsets
    ends: _Offsets


class _CachedPassage(msgspec.Struct, array_like=True):
    language: str
    pause_ms: int | None
    sentences: list[_CachedSentence]
    character: tuple[Role, str] | None = None


_Narrate = Callable[[Paragraph], tuple[tuple[Passage, ...], bool]]
"""Narrates a paragraph, and returns whether the result depends only on the paragraph and the rules."""
_runs: Final = msgspec.msgpack.Decoder(list[list[_CachedPassage]])


class NarrationCache(msgspec.Struct, frozen=True):
    """The cached passages of paragraphs.

    Attributes:
        folder: The folder with the passages; None caches nothing.
        reads: Whether to use cached passages.
        writes: Whether to cache new passages.
    """

    folder: SealedFolder | None = None
    reads: bool = True
    writes: bool = True

    def passages(
        self, paragraphs: Sequence[Paragraph], rules: str, narrate: _Narrate
    ) -> Iterator[tuple[Paragraph, tuple[Passage, ...]]]:
        """Yield each paragraph with its passages, in order, as soon as they are known.

        Args:
            paragraphs: Paragraphs of a chapter.
            rules: Digest of everything else that the passages depend on; see `rules_digest`.
            narrate: Called for each paragraph whose passages are not cached.

        Raises:
            StorageError: The folder cannot be read or written.
        """
        if self.folder is None:
            yield from ((paragraph, narrate(paragraph)[0]) for paragraph in paragraphs)
            return
        for run in _cut(paragraphs):
            yield from self._run(self.folder, digest(rules.encode(), *run.digests), run, narrate)

    def _run(
        self, folder: SealedFolder, name: str, run: _Run, narrate: _Narrate
    ) -> Iterator[tuple[Paragraph, tuple[Passage, ...]]]:
        stored = _stored(folder, name, run) if self.reads else None
        if stored is not None:
            yield from zip(run.paragraphs, stored, strict=True)
            return
        made: list[tuple[Passage, ...]] = []
        keeps = self.writes
        for paragraph in run.paragraphs:
            passages, is_settled = narrate(paragraph)
            keeps = keeps and is_settled
            made.append(passages)
            yield paragraph, passages
        if keeps:
            folder.put(name, msgspec.msgpack.encode([list(map(_to_cached, passages)) for passages in made]))


class _Run(msgspec.Struct, frozen=True):
    """Consecutive paragraphs, with their digests."""

    paragraphs: list[Paragraph]
    digests: list[bytes]


def _stored(folder: SealedFolder, name: str, run: _Run) -> list[tuple[Passage, ...]] | None:
    """Return the cached passages of each paragraph of a run; None if they are missing, or do not fit the paragraphs."""
    data = folder.get(name)
    if data is None:
        return None
    try:
        return [
            tuple(_passage(passage, len(paragraph.text)) for passage in passages)
            for paragraph, passages in zip(run.paragraphs, _runs.decode(data), strict=True)
        ]
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _cut(paragraphs: Iterable[Paragraph]) -> Iterator[_Run]:
    """Yield runs of paragraphs. Only the content of the paragraphs decides where a run ends."""
    run = _Run([], [])
    for paragraph in paragraphs:
        content = (
            paragraph.text,
            paragraph.kind,
            paragraph.foreign,
            paragraph.sayings,
            paragraph.pauses,
            paragraph.voice,
            paragraph.language,
            paragraph.spoken,
        )
        found = bytes.fromhex(digest(msgspec.msgpack.encode(content)))
        run.paragraphs.append(paragraph)
        run.digests.append(found)
        if found[0] % _RUN_ENDS_ONCE_IN == 0 or len(run.paragraphs) == _MOST_IN_RUN:
            yield run
            run = _Run([], [])
    if run.paragraphs:
        yield run


def rules_digest(language: str, lexicon_sha256: str | None, series: Series, *, is_shared: bool) -> str:
    """Return a digest of everything that passages depend on, except the paragraphs.

    Args:
        language: BCP 47 tag of the work.
        lexicon_sha256: Digest of the lexicons that apply; None if there are none.
        series: The letters and numerals with which the document numbers its parts.
        is_shared: Whether other voices may speak words in other scripts.
    """
    counters = sorted((word, sorted(found)) for word, found in series.counters.items())
    content = (rules_identity(), language, lexicon_sha256, counters, is_shared)
    return digest(msgspec.msgpack.encode(content))


@cache
def rules_identity() -> tuple[object, ...]:
    """Return everything that identifies the current rules: versions, and the files of rules and libraries.

    The sizes and times of the files are included, because in a checkout they change without a new version.
    """
    own = sorted(
        _stamps(path)
        for folder in narration.__path__
        for ending in ("*.py", "*.toml")
        for path in Path(folder).rglob(ending)
    )
    libraries = [
        _stamps(Path(spec.origin)) for name in _LIBRARIES if (spec := find_spec(name)) and spec.origin
    ]
    guests = [
        (name, point.value, point.dist.version if point.dist else "")
        for name, point in installed(GROUP).items()
        if not point.value.startswith(_OWN)
    ]
    return __version__, own, libraries, guests


def _stamps(path: Path) -> tuple[str, int, int]:
    found = path.stat()
    return os.fspath(path), found.st_size, found.st_mtime_ns


def _to_cached(passage: Passage) -> _CachedPassage:
    sentences = [
        _CachedSentence(sentence.text, _packed(sentence.starts), _packed(sentence.ends))
        for sentence in passage.sentences
    ]
    character = passage.character
    return _CachedPassage(
        passage.language,
        passage.pause_ms,
        sentences,
        (character.role, character.name) if character else None,
    )


def _packed(offsets: Sequence[int]) -> _Offsets:
    return offsets.start if isinstance(offsets, range) else array("I", offsets).tobytes()


def _passage(stored: _CachedPassage, length: int) -> Passage:
    """Return a cached passage of a paragraph that is `length` characters long.

    Raises:
        ValueError: The passage cannot belong to such a paragraph.
    """
    if not stored.sentences or not LANGUAGE_TAG.match(stored.language) or (stored.pause_ms or 0) < 0:
        raise ValueError(stored.language)
    return Passage(
        tuple(_sentence(sentence, length) for sentence in stored.sentences),
        stored.language,
        stored.pause_ms,
        Character(*stored.character) if stored.character else None,
    )


def _sentence(stored: _CachedSentence, length: int) -> Sentence:
    """Return a cached sentence of a paragraph that is `length` characters long; see `_passage`."""
    first, end, count = stored.starts, stored.ends, len(stored.text)
    if isinstance(first, int) and isinstance(end, int):  # most of them, in a fraction of the time
        if not 0 <= first < end <= length - count + 1 or not count:
            raise ValueError(stored.text)
        return Sentence(stored.text, range(first, first + count), range(end, end + count))
    starts, ends = _offsets(stored.starts, len(stored.text)), _offsets(stored.ends, len(stored.text))
    if not stored.text or starts[0] < 0 or ends[-1] > length or not all(map(lt, starts, ends)):
        raise ValueError(stored.text)
    return Sentence(stored.text, starts, ends)


def _offsets(stored: _Offsets, count: int) -> Sequence[int]:
    """Return `count` offsets, in ascending order.

    Raises:
        ValueError: The number of offsets differs, or they are not ascending.
    """
    if isinstance(stored, int):
        return range(stored, stored + count)
    offsets = array("I")
    offsets.frombytes(stored)
    if len(offsets) != count or not all(starmap(le, pairwise(offsets))):
        raise ValueError(count)
    return offsets
