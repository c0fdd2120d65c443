"""Opus packets that sound the same after any others, and pages of Ogg as mutagen writes them."""

from array import array
from collections.abc import Sequence
from io import BytesIO

import av
import numpy as np
import pytest
from mutagen.ogg import OggPage
from tools import Samples, correlation

from audiobook.audio.filters import frame_of
from audiobook.audio.ogg.frames import packets_of_frames
from audiobook.audio.ogg.opus import FRAME_SAMPLES, PRE_SKIP_SAMPLES, RATE_HZ, encode_opus, opus_head
from audiobook.audio.ogg.pages import FIRST, LAST, head_pages, lacing_of, page
from audiobook.audio.pcm import Pcm, silence
from audiobook.audio.resample import resample
from audiobook.document import Passage, Sentence
from audiobook.engines.base import Style
from audiobook.engines.registry import load_engine, voice_for


def chirp(rate_hz: int, low_hz: float, seconds: float = 0.6) -> Pcm:
    at = np.arange(int(seconds * rate_hz)) / rate_hz
    sound = 9000 * np.sin(2 * np.pi * (low_hz + 500 * at) * at)
    return Pcm(sound.astype(np.int16).tobytes(), rate_hz)


def played(packets: Sequence[bytes]) -> Samples:
    """Return what a decoder plays at 48 kHz, with the pre-skip."""
    decoder = av.CodecContext.create("libopus", "r")
    decoder.sample_rate, decoder.layout = RATE_HZ, "mono"
    head = opus_head(RATE_HZ)
    decoder.extradata = head[:10] + bytes(2) + head[12:]  # nothing is skipped
    frames = [frame for packet in packets for frame in decoder.decode(av.Packet(packet))]
    return np.concatenate([frame.to_ndarray()[0].astype(np.float32) for frame in frames])


def test_packets_are_decoded_to_the_same_samples_after_any_others() -> None:
    one, other = encode_opus(chirp(22050, 300), 32), encode_opus(chirp(22050, 900), 32)
    alone = played(other)[PRE_SKIP_SAMPLES:]
    for before in (one, one[:7], one + one):
        joined = played([*before, *other])[len(before) * FRAME_SAMPLES + PRE_SKIP_SAMPLES :]
        assert np.array_equal(joined, alone)


@pytest.mark.parametrize("frame_ms", [20, 40, 60, 120])
@pytest.mark.parametrize(("sound", "longest"), [(chirp(24000, 300), 253), (silence(14400, 24000), 3)])
def test_frames_of_a_packet_that_are_taken_apart_sound_the_same(
    frame_ms: int, sound: Pcm, longest: int
) -> None:
    codec = av.CodecContext.create("libopus", "w")
    codec.sample_rate, codec.layout, codec.format, codec.bit_rate = 24000, "mono", "s16", 200_000
    codec.options = {"application": "lowdelay", "frame_duration": str(frame_ms), "vbr": "on"}
    frame = frame_of(bytes(sound.samples), 24000, 0)
    whole = [bytes(packet) for each in (frame, None) for packet in codec.encode(each)]
    apart = [each for packet in whole for each in packets_of_frames(packet)]
    assert len(apart) == len(whole) * frame_ms // 20
    assert max(map(len, apart)) >= longest  # from 252 bytes on, a length has two bytes
    assert np.array_equal(played(apart), played(whole))


@pytest.mark.parametrize("rate_hz", [8000, 11025, 44100])
def test_sound_of_any_rate_begins_after_the_pre_skip(rate_hz: int) -> None:
    sound = played(encode_opus(chirp(rate_hz, 300), 32))[PRE_SKIP_SAMPLES:]
    wanted = np.frombuffer(chirp(RATE_HZ, 300).samples, np.int16).astype(np.float32)
    assert correlation(sound[: len(wanted)], wanted[: len(sound)]) >= 0.98


HARD = {
    "lv": "Čaklā žagata šūpojās ābeles zarā.",
    "de": "Zweiundzwanzig Zwerge schlichen zwischen zwei Zweigen.",
    "fr-fr": "Les chaussettes de l’archiduchesse sont-elles sèches ?",
}


@pytest.mark.parametrize("rate_hz", [22050, 44100])
def test_speech_with_many_sibilants_stays_like_the_original(rate_hz: int) -> None:
    engine = load_engine("espeak")
    for name, text in HARD.items():
        language = name.partition("-")[0]
        voice = voice_for(engine, language, name)
        engine.prepare(voice)
        [speech] = engine.speak(Passage((Sentence(text, (), ()),), language), voice, Style())
        sound = played(encode_opus(resample(speech.pcm, rate_hz), 32))[PRE_SKIP_SAMPLES:]
        wanted = np.frombuffer(resample(speech.pcm, RATE_HZ).samples, np.int16).astype(np.float32)
        assert correlation(sound[: len(wanted)], wanted) >= 0.98, name


def test_pages_are_the_bytes_that_mutagen_writes() -> None:
    packets = [bytes([number]) * size for number, size in enumerate((19, 255, 65_024, 65_025, 200_000))]
    data = b"".join(head_pages(packets, 7))
    stream = BytesIO(data)
    pages = []
    while stream.tell() < len(data):
        pages.append(OggPage(stream))
    assert OggPage.to_packets(pages) == packets
    assert b"".join(each.write() for each in pages) == data
    assert [each.first for each in pages] == [True, *[False] * (len(pages) - 1)]


def test_a_page_can_contain_packets_of_any_length() -> None:
    sizes = array("H", [3, 254, 255, 256, 1275])
    body = bytes(range(256)) * 8
    data = page(1, 5, 960, FIRST | LAST, lacing_of(sizes), body[: sum(sizes)])
    found = OggPage(BytesIO(data))
    assert [len(packet) for packet in found.packets] == sizes.tolist()
    assert (found.write(), found.position, found.last) == (data, 960, True)
