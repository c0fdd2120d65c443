"""A pool with the workers of a cluster, used by the build like a `WorkerPool`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final, Protocol

import msgspec

from audiobook import __version__
from audiobook.clips.clip import Clip, Sound
from audiobook.clips.encoded import EncodedClip, encoded_key, lack_speech
from audiobook.clips.key import Speaker
from audiobook.clips.store import ClipStore, missing_encodings
from audiobook.errors import AudiobookError, ClusterError, SpeechError, WorkError
from audiobook.files import digest
from audiobook.pipeline.clip_job import Failed, Job, Made
from audiobook.pipeline.cluster import processor
from audiobook.pipeline.cluster.hand import sample_job
from audiobook.pipeline.cluster.messages import (
    Answer,
    Begin,
    Done,
    Frames,
    Give,
    Order,
    Reply,
    Request,
    ToLink,
    Voiced,
    Wanted,
    Workers,
    packed,
)
from audiobook.pipeline.voices.outfits import Outfit
from audiobook.pipeline.workers import WorkerPool

_BATCH_S: Final = 2.0
"""How long a batch should take: long compared with Dask's work for a task (about a millisecond), short
compared with a book."""
_MOST_REQUESTS: Final = 200
_MOST_BYTES: Final = 16 << 20
"""Most bytes of the requests and the expected answer of a batch."""
_BYTES_A_CHAR: Final = {False: 800, True: 4000}
"""Expected bytes of a character of text as clips, and the same with samples, at about 14 characters a second."""
_BATCHES_AHEAD: Final = 2
"""Batches that each place may have, so that one waits while another is processed."""
_FIRST_CHARS_PER_S: Final = 200.0
"""Speed of a place until it is known: that of a slow voice."""
_LEARNING: Final = 0.3
"""Weight of the latest batch in the measured speed."""

_answers: Final = msgspec.msgpack.Decoder(Answer)
_replies: Final = msgspec.msgpack.Decoder(Reply)


class Wire(Protocol):
    """The connection to a cluster; see `link.Link`."""

    def send(self, message: ToLink) -> None:
        """Send a message."""

    def receive(self, timeout_s: float | None) -> Workers | Done | None:
        """Return the next message; None if there is none within a time."""


@dataclass(slots=True)
class _Given:
    """A job and its request.

    Attributes:
        job: The job.
        made: The clip that only has to be encoded; None if it must be spoken.
        request: What is sent.
    """

    job: Job
    made: Frames | None
    request: bytes

    @property
    def chars(self) -> int:
        """Number of characters to speak."""
        return sum(len(sentence.text) for sentence in self.job.sentences)

    @property
    def size(self) -> int:
        """Bytes of the request and the expected answer."""
        return len(self.request) + self.chars * _BYTES_A_CHAR[lack_speech(self.job.encodings)]


class ClusterPool:
    """Gives jobs to a cluster in batches, and puts the clips that come back into the store."""

    has_killed = False
    """Always False: nothing on this computer leaves temporary files."""

    def __init__(
        self,
        link: Wire,
        store: ClipStore,
        voices: Iterable[tuple[Outfit, Speaker, str, Sound]],
        warn: Callable[[str], None],
    ) -> None:
        """Examine the workers.

        Args:
            link: The connection to the cluster; the pool does not close it.
            store: The store of the driver.
            voices: Voices on which workers are examined before they get work, each with its options, language and sound.
            warn: Called with each worker that is left out.

        Raises:
            ClusterError: A worker would make different sound.
        """
        self._link = link
        self._store = store
        self._warn = warn
        self._voiced: dict[tuple[Outfit, Speaker, Sound], Voiced] = {}
        self._numbers = count()
        self._open: list[_Given] = []
        """Jobs that will be sent with the next batch."""
        self._away: dict[int, list[_Given]] = {}
        """Batches that were sent, by number."""
        self._chars_per_s = _FIRST_CHARS_PER_S
        self._places = 0
        examined = [packed(Request(self._voiced_of(*voice))) for voice in dict.fromkeys(voices)]
        self._link.send(Begin(packed(examined)))
        while not self._places:
            message = self._link.receive(None)
            if isinstance(message, Workers):
                self._take_workers(message)

    def __enter__(self) -> ClusterPool:
        """Return the pool."""
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing: what was sent is dropped when the link is closed."""

    @property
    def room(self) -> int:
        """Number of jobs that can be given now."""
        return max(0, max(1, self._places) * _BATCHES_AHEAD - len(self._away))

    @property
    def busy(self) -> bool:
        """Whether any job is unfinished."""
        return bool(self._open or self._away)

    def give(self, job: Job) -> None:
        """Add a job to the next batch, and send that if it is large enough."""
        self._open.append(self._given(job))
        chars = sum(given.chars for given in self._open)
        size = sum(given.size for given in self._open)
        if chars >= self._chars_per_s * _BATCH_S or size > _MOST_BYTES or len(self._open) >= _MOST_REQUESTS:
            self._send(self._open)
            self._open = []

    def share_out(self) -> None:
        """Send the remaining jobs, divided among the places."""
        if self._open:
            parts = max(1, min(len(self._open), self._places))
            for first in range(parts):
                self._send(self._open[first::parts])
            self._open = []

    def results(self, timeout_s: float | None) -> Iterator[tuple[Job, Made | Failed | SpeechError]]:
        """Yield finished jobs with their results; see `WorkerPool.results`.

        Raises:
            ClusterError: The build cannot continue.
            StorageError: A clip cannot be stored.
        """
        message = self._link.receive(timeout_s)
        while message:
            if isinstance(message, Workers):
                self._take_workers(message)
            else:
                given = self._away.pop(message.number)
                answer = _decoded(message.answer)
                if len(answer.replies) != len(given):
                    raise _damaged(answer.worker)
                self._learn(given, answer.taken_s)
                for one, reply in zip(given, answer.replies, strict=True):
                    yield one.job, self._kept(one, reply, answer.worker)
            message = self._link.receive(0)

    def _take_workers(self, message: Workers) -> None:
        self._places = message.places
        for address, why in message.left_out:
            self._warn(f"the worker {address} is left out, because it {why}")

    def _learn(self, given: Sequence[_Given], taken_s: float) -> None:
        measured = sum(one.chars for one in given) / max(taken_s, 0.001)
        self._chars_per_s += _LEARNING * (measured - self._chars_per_s)

    def _send(self, given: list[_Given]) -> None:
        number = next(self._numbers)
        self._away[number] = given
        self._link.send(Give(number, packed([msgspec.Raw(packed(one.request)) for one in given])))

    def _given(self, job: Job) -> _Given:
        """Return a job with its request. A clip that only has to be encoded is sent along."""
        made, encodings = None, job.encodings
        clip = self._store.get(job.key) if job.is_made else None
        if clip:
            missing = frozenset(missing_encodings(self._store, digest(clip.data), encodings))
            if not lack_speech(missing):
                made, encodings = Frames(clip.shape, clip.data), missing
        order = Order(
            job.key,
            tuple((sentence.text, sentence.phonemes) for sentence in job.sentences),
            job.language,
            tuple((each, each.identity) for each in sorted(encodings, key=lambda each: each.identity)),
            made,
        )
        voiced = self._voiced_of(job.outfit, job.speaker, job.language, job.sound)
        return _Given(job, made, packed(Request(voiced, order)))

    def _voiced_of(self, outfit: Outfit, speaker: Speaker, language: str, sound: Sound) -> Voiced:
        """Return a voice with the requirements for a worker, for which numerals are spoken here once."""
        key = (outfit, speaker, sound)
        if key not in self._voiced:
            wanted = Wanted(__version__, processor.kind(), sound.identity, "")
            voiced = Voiced(outfit.options, speaker, language, sound, wanted)
            wanted = msgspec.structs.replace(wanted, sample=self._sample(outfit, voiced))
            self._voiced[key] = msgspec.structs.replace(voiced, wanted=wanted)
        return self._voiced[key]

    def _sample(self, outfit: Outfit, voiced: Voiced) -> str:
        """Return the digest of the sample of a voice as it is made here; it is kept in the store."""
        name = f"sample-{digest(packed(voiced))}"
        kept = self._store.notes.get(name)
        if kept is None:
            kept = _made_here(outfit, voiced).encode()
            self._store.notes.put(name, kept)
        return kept.decode()

    def _kept(self, given: _Given, data: bytes, worker: str) -> Made | Failed:
        """Put a clip into the store and return the result of its job."""
        job, reply = given.job, _reply(data, worker)
        if reply.error:
            error = reply.error.error()
            if not isinstance(error, WorkError):
                raise ClusterError(f"{worker}: {error}", hint=error.hint)
            return Failed(error, min(max(reply.sentence, 0), len(job.sentences) - 1))
        frames = given.made or reply.clip
        if (
            frames is None
            or frames.shape.length_bytes != len(frames.data)
            or len(frames.shape.sentences) != len(job.sentences)
        ):
            raise _damaged(worker)
        frames_sha256 = digest(frames.data)
        is_other = False
        if not given.made:
            before = self._store.head(job.key)
            is_other = before is None or before[1] != frames_sha256
            self._store.put(job.key, Clip(frames.shape, frames.data))
        for packets in reply.packets:
            key = encoded_key(frames_sha256, packets.encoding)
            self._store.put(key, EncodedClip(packets.shape, packets.data))
        return Made(frames.shape.length_samples / frames.shape.rate_hz, is_other=is_other)


def _made_here(outfit: Outfit, voiced: Voiced) -> str:
    """Return the digest of the sample of a voice, made in a worker of this computer."""
    with tempfile.TemporaryDirectory(prefix="audiobook-") as folder:
        store = ClipStore(Path(folder))
        job = sample_job(msgspec.structs.replace(outfit, store=store.folder, threads=1), voiced)
        with WorkerPool[Job, Made | Failed](1) as pool:
            pool.give(job)
            result = next(pool.results(None))[1]
        if isinstance(result, Failed):
            raise result.error
        if isinstance(result, AudiobookError):
            raise result
        head = store.head(job.key)
        assert head
        return head[1]


def _decoded(data: bytes) -> Answer:
    try:
        return _answers.decode(data)
    except msgspec.MsgspecError as error:
        raise _damaged("") from error


def _reply(data: bytes, worker: str) -> Reply:
    try:
        reply = _replies.decode(data)
    except msgspec.MsgspecError as error:
        raise _damaged(worker) from error
    if reply.refusal:
        raise ClusterError(f"the worker {worker} would make different sound: {reply.refusal}")
    return reply


def _damaged(worker: str) -> ClusterError:
    return ClusterError(
        f"the answer of the worker {worker} is damaged",
        hint="install the same version of audiobook-press there",
    )
