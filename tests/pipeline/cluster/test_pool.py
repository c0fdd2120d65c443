"""What a build sends to a cluster."""

from __future__ import annotations

import sys
from collections import deque
from pathlib import Path

import msgspec
import pytest

from audiobook.clips.clip import Sound
from audiobook.clips.key import Speaker
from audiobook.clips.store import ClipStore
from audiobook.document import Phonemes, PhonemeSpan, Sentence
from audiobook.pipeline.clip_job import Job
from audiobook.pipeline.cluster.messages import (
    Answer,
    BatchDone,
    ErrorParts,
    Examine,
    Reply,
    Request,
    Submit,
    ToLink,
    Workers,
    packed,
)
from audiobook.pipeline.cluster.pool import ClusterPool
from audiobook.pipeline.voices.outfits import Outfit

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks")


class ClusterLink:
    """The end of a link: it keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[ToLink] = []

    def send(self, message: ToLink) -> None:
        self.sent.append(message)

    def receive(self, timeout_s: float | None) -> Workers | BatchDone | None:
        return Workers(2, []) if timeout_s is None else None


class SimulatedCluster(ClusterLink):
    """A cluster with a clock of its own: each worker takes batches in order, and speaks at the same speed.

    Attributes:
        now_s: The time.
    """

    def __init__(self, workers: int, chars_per_s: float) -> None:
        super().__init__()
        self.now_s = 0.0
        self._free_s = [0.0] * workers
        self._chars_per_s = chars_per_s
        self._done: list[tuple[float, BatchDone]] = []

    def send(self, message: ToLink) -> None:
        if isinstance(message, Submit):
            batch = msgspec.msgpack.decode(message.batch, type=list[bytes])
            orders = [msgspec.msgpack.decode(one, type=Request).order for one in batch]
            taken_s = (
                sum(len(text) for order in orders if order for text, _ in order.sentences) / self._chars_per_s
            )
            first = self._free_s.index(min(self._free_s))
            self._free_s[first] = max(self._free_s[first], self.now_s) + taken_s
            reply = packed(Reply(error=ErrorParts("SpeechError", "not spoken", None, None)))
            answer = packed(Answer("", "tcp://127.0.0.1:1", taken_s, [reply] * len(batch)))
            self._done.append((self._free_s[first], BatchDone(message.number, answer)))
            self._done.sort(key=lambda done: done[0])

    def receive(self, timeout_s: float | None) -> Workers | BatchDone | None:
        if timeout_s is None:
            return Workers(len(self._free_s), [])
        if timeout_s == 0 or not self._done:
            return None
        self.now_s, message = self._done.pop(0)
        return message


@pytest.mark.parametrize("workers", [2, 12])
def test_batches_become_short_when_little_is_left_so_that_no_worker_waits_for_the_last_one(
    tmp_path: Path, workers: int
) -> None:
    store = ClipStore(tmp_path / "store")
    outfit = Outfit("tone", (), store.folder, 1)
    speaker = Speaker("tone", "tone 1", "tone", 1.0, 1.0, 1.0, 22050)
    sound = Sound(350, 0.0, -3.0, 64, 7)
    texts = ["x" * (100 + 37 * number % 400) for number in range(50 * workers)]
    jobs = deque(
        Job(f"{number:064d}", (Sentence(text, (), ()),), "en", outfit, speaker, sound, store.folder)
        for number, text in enumerate(texts)
    )
    cluster = SimulatedCluster(workers, chars_per_s=2000)
    pool = ClusterPool(cluster, store, [(outfit, speaker, "en", sound)], pytest.fail, lambda: len(jobs))
    done = 0
    while jobs or pool.busy:
        while jobs and pool.free_slots:
            pool.submit(jobs.popleft())
        if not jobs:
            pool.submit_waiting()
        done += sum(1 for _ in pool.results(1))
    assert done == len(texts)
    least_s = sum(map(len, texts)) / workers / 2000
    assert least_s <= cluster.now_s <= 1.05 * least_s


def requests(wire: ClusterLink) -> list[Request]:
    batches = [each.batch for each in wire.sent]
    found = [one for batch in batches for one in msgspec.msgpack.decode(batch, type=list[bytes])]
    return [msgspec.msgpack.decode(one, type=Request) for one in found]


def test_a_request_contains_what_the_voice_needs_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "very-secret")
    store = ClipStore(tmp_path / "store")
    outfit = Outfit("tone", (), store.folder, 2)
    speaker = Speaker("tone", "tone 1", "tone", 1.0, 1.0, 1.0, 22050)
    sound = Sound(350, 0.0, -3.0, 64, 7)
    wire = ClusterLink()
    pool = ClusterPool(wire, store, [(outfit, speaker, "en", sound)], pytest.fail, lambda: 0)
    spans = (PhonemeSpan(0, 3, Phonemes("wʌn")),)
    sentence = Sentence("One.", range(100, 104), range(101, 105), spans)
    for number in range(3):
        pool.submit(Job(f"{number}" * 64, (sentence,), "en", outfit, speaker, sound, store.folder))
    assert isinstance(wire.sent[0], Examine)
    assert len(wire.sent) == 1, "a batch is not sent before it is large enough"
    assert pool.busy
    pool.submit_waiting()
    assert [type(each) for each in wire.sent[1:]] == [Submit, Submit], "the rest is shared among two workers"
    examination, *orders = requests(wire)
    assert examination.order is None
    assert sorted(each.order.key[0] for each in orders if each.order) == ["0", "1", "2"]
    for each in orders:
        assert each.order
        assert each.order.sentences == (("One.", spans),)
        assert each.voiced == examination.voiced
    sent = repr(wire.sent).encode()
    assert b"very-secret" not in sent
    assert str(tmp_path).encode() not in sent
