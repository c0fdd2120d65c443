"""What a build sends to a cluster."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest

from audiobook.clips.clip import Sound
from audiobook.clips.key import Speaker
from audiobook.clips.store import ClipStore
from audiobook.document import Phonemes, PhonemeSpan, Sentence
from audiobook.pipeline.clip_job import Job
from audiobook.pipeline.cluster.messages import BatchDone, Examine, Request, Submit, ToLink, Workers
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
    pool = ClusterPool(wire, store, [(outfit, speaker, "en", sound)], pytest.fail)
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
