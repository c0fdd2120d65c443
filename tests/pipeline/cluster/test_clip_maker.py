"""The process that speaks for a worker of a cluster: it makes the clips of a local build, or refuses."""

from __future__ import annotations

import pickle
from pathlib import Path

import msgspec
import pytest

from audiobook import __version__
from audiobook.clips.clip import Sound
from audiobook.clips.encoded import Encoding, encoded_key
from audiobook.clips.key import Speaker
from audiobook.clips.store import ClipStore
from audiobook.document import Sentence
from audiobook.files import digest
from audiobook.pipeline.clip_job import Job, Made
from audiobook.pipeline.cluster import processor
from audiobook.pipeline.cluster.clip_maker import ClipMaker, sample_job
from audiobook.pipeline.cluster.messages import Order, Reply, Request, Requirements, VoiceSpec, packed
from audiobook.pipeline.voices.outfits import Outfit

SOUND = Sound(350, 0.0, -3.0, 64, 7)
TEXTS = ("One sentence.", "Another one.")
PCM = Encoding("pcm")


@pytest.fixture(scope="module")
def voiced(tmp_path_factory: pytest.TempPathFactory) -> VoiceSpec:
    """The voice as the driver has it."""
    from audiobook.engines.registry import load_engine, voice_for

    engine = load_engine("tone")
    voice = voice_for(engine, "en")
    speaker = Speaker("tone", engine.identity, voice.name, 1.0, 1.0, 1.0, voice.rate_hz)
    required = Requirements(__version__, processor.kind(), SOUND.identity, "")
    outfit = Outfit("tone", (), tmp_path_factory.mktemp("driver"), 1)
    job = sample_job(outfit, VoiceSpec((), speaker, "en", SOUND, required))
    job.run()
    head = ClipStore(outfit.store).head(job.key)
    assert head
    return VoiceSpec((), speaker, "en", SOUND, msgspec.structs.replace(required, sample=head[1]))


def answer(clip_maker: ClipMaker, voiced: VoiceSpec, order: Order | None = None) -> Reply:
    return msgspec.msgpack.decode(clip_maker.answer(packed(Request(voiced, order))), type=Reply)


def order(*encodings: Encoding, identity: str = "") -> Order:
    sentences = tuple((text, ()) for text in TEXTS)
    return Order("k" * 64, sentences, "en", tuple((each, identity or each.identity) for each in encodings))


def test_a_clip_and_its_encodings_are_those_of_a_local_build_and_nothing_stays(
    voiced: VoiceSpec, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    sentences = tuple(Sentence(text, (), ()) for text in TEXTS)
    outfit = Outfit("tone", (), here, 1)
    job = Job("k" * 64, sentences, "en", outfit, voiced.speaker, SOUND, here, encodings=frozenset([PCM]))
    assert isinstance(job.run(), Made)
    clip = ClipStore(here).get("k" * 64)
    assert clip
    encoded = ClipStore(here).get_encoded(encoded_key(digest(clip.data), PCM.identity))
    reply = answer(ClipMaker(there), voiced, order(PCM))
    assert reply.clip
    assert (reply.clip.shape, reply.clip.data) == (clip.shape, clip.data)
    [packets] = reply.packets
    assert encoded
    assert (packets.encoding, packets.shape, packets.data) == (PCM.identity, encoded.shape, encoded.data)
    assert list(ClipStore(there).keys()) == []


def test_a_worker_that_would_make_other_sound_refuses_and_says_why(voiced: VoiceSpec, tmp_path: Path) -> None:
    clip_maker = ClipMaker(tmp_path)
    assert answer(clip_maker, voiced).refusal == ""
    replaced = msgspec.structs.replace
    for reason, other in {
        f"audiobook-press: {__version__} there, 0.0.1 here": {"program": "0.0.1"},
        "the processor: ": {"processor": "Linux riscv64"},
        "the making of clips: ": {"making": "clip 0"},
        "the voice “tone” of tone sounds different there": {"sample": "0" * 64},
    }.items():
        unlike = replaced(voiced, required=replaced(voiced.required, **other))
        reply = answer(clip_maker, unlike, order())
        assert reason in reply.refusal
        assert reply.clip is None
    for reason, speaker in {
        "the voice “tone” of tone: ": {"identity": "tone 0"},
        "no voice “Anna”": {"voice": "Anna"},
        "no engine named “other”": {"engine": "other"},
    }.items():
        unlike = replaced(voiced, speaker=replaced(voiced.speaker, **speaker))
        assert reason in answer(clip_maker, unlike, order()).refusal
    assert "the encoder: " in answer(clip_maker, voiced, order(PCM, identity="pcm 0")).refusal


def test_the_processor_is_named_with_the_extensions_that_change_sums() -> None:
    system, machine, *extensions = processor.kind().split()
    assert system
    assert machine
    assert len(set(extensions)) == len(extensions)


def test_pickles_are_not_read(voiced: VoiceSpec, tmp_path: Path) -> None:
    """A process that gets one ends, and the request fails."""

    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (tmp_path / "ran",)

    clip_maker = ClipMaker(tmp_path / "there")
    with pytest.raises(msgspec.DecodeError):
        clip_maker.answer(pickle.dumps(Trap()))
    text = Order("k" * 64, ((pickle.dumps(Trap()).decode("latin-1"), ()),), "en")
    assert answer(clip_maker, voiced, text).clip
    assert not (tmp_path / "ran").exists()
