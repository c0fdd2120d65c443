"""Clips in other encodings: of which sound they are made, how long they are, and when they must be spoken for them."""

from __future__ import annotations

from array import array

import numpy as np
import pytest

from audiobook.audio.mp3.frames import STITCH_DELAY_SAMPLES, frame_samples
from audiobook.audio.mp4 import aac
from audiobook.audio.ogg import opus
from audiobook.audio.pcm import Pcm, join, silence
from audiobook.clips.clip import Clip, Sound, make_clip
from audiobook.clips.encoded import (
    EncodedClip,
    EncodedShape,
    Encoding,
    encode_sound,
    encoded_key,
    lack_speech,
    sound_of,
)

RATE_HZ = 22050
PCM, AAC, OPUS = Encoding("pcm"), Encoding("aac", 64), Encoding("opus", 24)


def tone(length_samples: int) -> Pcm:
    values = 9000 * np.sin(np.arange(length_samples) * 0.1)
    return Pcm(values.astype("<i2").tobytes(), RATE_HZ)


@pytest.fixture(scope="module")
def clip() -> Clip:
    return make_clip([(tone(9000), ())], RATE_HZ, Sound(400, 0.0, -1.0, 64, 7))


def packets_of(encoded: EncodedClip) -> tuple[bytes, ...]:
    """Return the packets as its shape cuts them."""
    at, packets = 0, []
    for size in encoded.shape.packet_sizes():
        packets.append(encoded.data[at : at + size])
        at += size
    assert at == len(encoded.data)
    return tuple(packets)


def test_only_samples_must_be_spoken_for() -> None:
    assert [each.is_lossless for each in (PCM, AAC, OPUS)] == [True, False, False]
    assert [lack_speech(each) for each in ((), (AAC, OPUS), (PCM,), (AAC, PCM))] == [False, False, True, True]


def test_the_identity_is_that_of_the_encoder_and_its_bit_rate() -> None:
    assert Encoding("pcm").identity == "pcm 1"
    assert (AAC.identity, OPUS.identity) == (aac.aac_identity(64), opus.opus_identity(24))
    assert len({each.identity for each in (AAC, OPUS, Encoding("aac", 63), Encoding("opus", 25))}) == 4


def test_the_key_depends_on_the_frames_and_on_the_encoding() -> None:
    keys = {
        encoded_key(frames, each.identity) for frames in ("a" * 64, "b" * 64) for each in (AAC, OPUS, PCM)
    }
    assert len(keys) == 6
    assert encoded_key("a" * 64, AAC.identity) in keys


def test_the_sound_of_a_clip_begins_with_its_first_sample(clip: Clip) -> None:
    sound = sound_of(clip)
    assert len(sound) == clip.shape.frame_count * frame_samples(RATE_HZ) - STITCH_DELAY_SAMPLES
    heard = np.frombuffer(sound.samples, "<i2").astype(float)
    said = np.frombuffer(tone(9000).samples, "<i2").astype(float)
    assert np.corrcoef(heard[200:8600], said[200:8600])[0, 1] > 0.99


@pytest.mark.parametrize("speech_samples", [4096, 4097, 5000])
def test_aac_is_made_of_whole_frames_up_to_the_end_of_the_speech(speech_samples: int) -> None:
    frames = {4096: 4, 4097: 5, 5000: 5}[speech_samples]
    sound = join([tone(frames * 1024), tone(3000)], RATE_HZ)
    encoded = encode_sound(sound, speech_samples, AAC)
    assert packets_of(encoded) == aac.encode_aac(tone(frames * 1024), 64)
    assert (encoded.shape.rate_hz, encoded.shape.packet_count) == (RATE_HZ, frames + 1)


def test_opus_is_made_of_the_speech_alone() -> None:
    sound = join([tone(5000), tone(3000)], RATE_HZ)
    encoded = encode_sound(sound, 5000, OPUS)
    packets = opus.encode_opus(tone(5000), 24)
    assert packets_of(encoded) == packets
    assert (encoded.shape.rate_hz, encoded.shape.packet_count) == (RATE_HZ, len(packets))


def test_samples_are_kept_as_they_are() -> None:
    sound = join([tone(500), silence(50, RATE_HZ)], RATE_HZ)
    encoded = encode_sound(sound, 500, PCM)
    assert encoded == EncodedClip(EncodedShape(RATE_HZ, b""), bytes(sound.samples))
    assert (encoded.shape.packet_count, encoded.shape.packet_sizes()) == (0, array("H"))
