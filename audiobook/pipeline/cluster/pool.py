"""A pool of workers on a cluster, with the same interface as `WorkerPool`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
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
from audiobook.pipeline.cluster.clip_maker import sample_job
from audiobook.pipeline.cluster.messages import (
    Answer,
    BatchDone,
    ClipData,
    Examine,
    Order,
    Reply,
    Request,
    Requirements,
    Submit,
    ToLink,
    VoiceSpec,
    Workers,
    packed,
)
from audiobook.pipeline.voices.outfits import Outfit
from audiobook.pipeline.workers import WorkerPool

_BATCH_S: Final = 2.0
"""How much work a batch should be, in seconds: long compared with Dask's overhead for a task, short compared with a book."""
_SHORTEST_BATCH_S: Final = 0.3
"""How much work the last batches should be, so that all workers end at about the same time."""
_SHARES: Final = 2
"""Into how many batches for each slot the rest is divided when it is too short for longer ones."""
_MOST_REQUESTS: Final = 200
_MOST_BYTES: Final = 16 << 20
"""Maximum size of a batch: of its requests and the expected answer."""
_BYTES_A_CHAR: Final = {False: 800, True: 4000}
"""Expected size of a clip for each character of text; True if the answer includes an encoding that needs samples."""
_BATCHES_AHEAD: Final = 2
"""Number of batches per slot, so that one waits while another is processed."""
_FIRST_CHARS_PER_S: Final = 200.0
"""Assumed speed of a slot before it is measured: that of a slow voice."""
_LEARNING_RATE: Final = 0.3
"""Weight of the latest batch in the measured speed."""

_answers: Final = msgspec.msgpack.Decoder(Answer)
_replies: Final = msgspec.msgpack.Decoder(Reply)


class ClusterLink(Protocol):
    """The connection to a cluster; see `link.Link`."""

    def send(self, message: ToLink) -> None:
        """Send a message."""

    def receive(self, timeout_s: float | None) -> Workers | BatchDone | None:
        """Return the next message; None if none arrives in time."""


class _SubmittedJob(msgspec.Struct):
    """A job and its request.

    Attributes:
        job: The job.
        made: The clip, if it only has to be encoded; None if it must be spoken.
        request: The encoded request.
    """

    job: Job
    made: ClipData | None
    request: bytes

    @property
    def chars(self) -> int:
        """Number of characters to speak."""
        return sum(len(sentence.text) for sentence in self.job.sentences)

    @property
    def size(self) -> int:
        """Size of the request and the expected answer, in bytes."""
        return len(self.request) + self.chars * _BYTES_A_CHAR[lack_speech(self.job.encodings)]


class ClusterPool:
    """Submits jobs to a cluster in batches, and puts the clips that come back into the store."""

    has_killed = False
    """Always False: no process on this computer leaves temporary files behind."""

    def __init__(
        self,
        link: ClusterLink,
        store: ClipStore,
        voices: Iterable[tuple[Outfit, Speaker, str, Sound]],
        warn: Callable[[str], None],
        waiting: Callable[[], int],
    ) -> None:
        """Examine the workers, and wait until one of them can be used.

        Args:
            link: The connection to the cluster, which the pool does not close.
            store: The store of the driver.
            voices: Voices with which workers are examined before they get work: options, voice, language and sound.
            warn: Called with a message about each worker that is left out.
            waiting: Returns how many jobs are known and not submitted yet.

        Raises:
            ClusterError: A worker would make different sound, or the build cannot continue for another reason.
        """
        self._link = link
        self._store = store
        self._warn = warn
        self._waiting = waiting
        self._submitted_jobs = self._submitted_chars = 0
        self._voiced: dict[tuple[Outfit, Speaker, Sound], VoiceSpec] = {}
        self._numbers = count()
        self._next_batch: list[_SubmittedJob] = []
        """Jobs that will be sent with the next batch."""
        self._unanswered: dict[int, list[_SubmittedJob]] = {}
        """Batches that were sent and not answered yet, by number."""
        self._chars_per_s = _FIRST_CHARS_PER_S
        self._slots = 0
        examined = [packed(Request(self._voiced_of(*voice))) for voice in dict.fromkeys(voices)]
        self._link.send(Examine(packed(examined)))
        while not self._slots:
            message = self._link.receive(None)
            if isinstance(message, Workers):
                self._take_workers(message)

    def __enter__(self) -> ClusterPool:
        """Return the pool."""
        return self

    def __exit__(self, *_: object) -> None:
        """Do nothing: unanswered batches are dropped when the link is closed."""

    @property
    def free_slots(self) -> int:
        """Number of jobs that can be submitted now."""
        return max(0, max(1, self._slots) * _BATCHES_AHEAD - len(self._unanswered))

    @property
    def busy(self) -> bool:
        """Whether any job is unfinished."""
        return bool(self._next_batch or self._unanswered)

    def submit(self, job: Job) -> None:
        """Add a job to the next batch, and send the batch if it is large enough."""
        self._next_batch.append(self._with_request(job))
        self._submitted_jobs += 1
        self._submitted_chars += self._next_batch[-1].chars
        chars = sum(submitted.chars for submitted in self._next_batch)
        size = sum(submitted.size for submitted in self._next_batch)
        is_long = chars >= self._batch_chars(chars)
        if is_long or size > _MOST_BYTES or len(self._next_batch) >= _MOST_REQUESTS:
            self._send(self._next_batch)
            self._next_batch = []

    def _batch_chars(self, chars: int) -> float:
        """Return the length of the next batch in characters, which already has `chars`.

        Batches become shorter when few jobs are left, and while texts are still being read, so that all workers start and
        end at about the same time.
        """
        left = chars + self._waiting() * self._submitted_chars / self._submitted_jobs
        share = left / (max(1, self._slots) * _SHARES)
        return min(max(share, self._chars_per_s * _SHORTEST_BATCH_S), self._chars_per_s * _BATCH_S)

    def submit_waiting(self) -> None:
        """Send the jobs that are waiting for a full batch, divided among the slots."""
        if self._next_batch:
            count = max(1, min(len(self._next_batch), self._slots))
            for first in range(count):
                self._send(self._next_batch[first::count])
            self._next_batch = []

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
                batch = self._unanswered.pop(message.number)
                answer = _decoded(message.answer)
                if len(answer.replies) != len(batch):
                    raise _damaged(answer.worker)
                self._update_speed(batch, answer.taken_s)
                for submitted, reply in zip(batch, answer.replies, strict=True):
                    yield submitted.job, self._stored(submitted, reply, answer.worker)
            message = self._link.receive(0)

    def _take_workers(self, message: Workers) -> None:
        self._slots = message.slots
        for address, why in message.left_out:
            self._warn(f"the worker {address} is left out, because it {why}")

    def _update_speed(self, batch: Sequence[_SubmittedJob], taken_s: float) -> None:
        measured = sum(submitted.chars for submitted in batch) / max(taken_s, 0.001)
        self._chars_per_s += _LEARNING_RATE * (measured - self._chars_per_s)

    def _send(self, batch: list[_SubmittedJob]) -> None:
        number = next(self._numbers)
        self._unanswered[number] = batch
        requests = [msgspec.Raw(packed(submitted.request)) for submitted in batch]
        self._link.send(Submit(number, packed(requests)))

    def _with_request(self, job: Job) -> _SubmittedJob:
        """Return a job with its request, which includes the clip if it only has to be encoded."""
        made, encodings = None, job.encodings
        clip = self._store.get(job.key) if job.is_made else None
        if clip:
            missing = frozenset(missing_encodings(self._store, digest(clip.data), encodings))
            if not lack_speech(missing):
                made, encodings = ClipData(clip.shape, clip.data), missing
        order = Order(
            job.key,
            tuple((sentence.text, sentence.phonemes) for sentence in job.sentences),
            job.language,
            tuple((each, each.identity) for each in sorted(encodings, key=lambda each: each.identity)),
            made,
        )
        voiced = self._voiced_of(job.outfit, job.speaker, job.language, job.sound)
        return _SubmittedJob(job, made, packed(Request(voiced, order)))

    def _voiced_of(self, outfit: Outfit, speaker: Speaker, language: str, sound: Sound) -> VoiceSpec:
        """Return a voice with the data that workers need. At the first request, its sample is made on this computer."""
        key = (outfit, speaker, sound)
        if key not in self._voiced:
            required = Requirements(__version__, processor.kind(), sound.identity, "")
            voiced = VoiceSpec(outfit.options, speaker, language, sound, required)
            required = msgspec.structs.replace(required, sample=self._sample(outfit, voiced))
            self._voiced[key] = msgspec.structs.replace(voiced, required=required)
        return self._voiced[key]

    def _sample(self, outfit: Outfit, voiced: VoiceSpec) -> str:
        """Return the digest of a voice's sample as it is made on this computer. The store caches it."""
        name = f"sample-{digest(packed(voiced))}"
        cached = self._store.notes.get(name)
        if cached is None:
            cached = _sample_digest(outfit, voiced).encode()
            self._store.notes.put(name, cached)
        return cached.decode()

    def _stored(self, submitted: _SubmittedJob, data: bytes, worker: str) -> Made | Failed:
        """Put the clip in a reply into the store, and return the result of its job."""
        job, reply = submitted.job, _reply(data, worker)
        if reply.error:
            error = reply.error.error()
            if not isinstance(error, WorkError):
                raise ClusterError(f"{worker}: {error}", hint=error.hint)
            return Failed(error, min(max(reply.sentence, 0), len(job.sentences) - 1))
        frames = submitted.made or reply.clip
        if (
            frames is None
            or frames.shape.length_bytes != len(frames.data)
            or len(frames.shape.sentences) != len(job.sentences)
        ):
            raise _damaged(worker)
        frames_sha256 = digest(frames.data)
        is_other = False
        if not submitted.made:
            before = self._store.head(job.key)
            is_other = before is None or before[1] != frames_sha256
            self._store.put(job.key, Clip(frames.shape, frames.data))
        for packets in reply.packets:
            key = encoded_key(frames_sha256, packets.encoding)
            self._store.put(key, EncodedClip(packets.shape, packets.data))
        return Made(frames.shape.length_samples / frames.shape.rate_hz, is_other=is_other)


def _sample_digest(outfit: Outfit, voiced: VoiceSpec) -> str:
    """Return the digest of a voice's sample, made in a worker process of this computer."""
    with tempfile.TemporaryDirectory(prefix="audiobook-") as folder:
        store = ClipStore(Path(folder))
        job = sample_job(msgspec.structs.replace(outfit, store=store.folder, threads=1), voiced)
        with WorkerPool[Job, Made | Failed](1) as pool:
            pool.submit(job)
            results: list[Made | Failed | SpeechError] = []
            while not results:  # a worker that ended is replaced, which is no result
                results = [result for _, result in pool.results(None)]
            (result,) = results
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
