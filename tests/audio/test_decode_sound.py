"""Audio of any rate, depth and number of channels becomes mono 16-bit; anything else is one of our errors."""

from __future__ import annotations

import io
import struct
import wave
from contextlib import suppress

import av
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools import correlation, samples_of_pcm

from audiobook.audio.decode import Container, decode
from audiobook.audio.filters import filtered, samples_of_frame
from audiobook.audio.mp3.lame import EncoderSettings, encode
from audiobook.audio.pcm import Pcm
from audiobook.audio.stretch import stretch
from audiobook.audio.wav import read_wav
from audiobook.errors import SpeechError

RATE_HZ = 24000
Wave = npt.NDArray[np.float64]


def chirp(rate_hz: int, length_s: float = 2.0) -> Wave:
    """Return a tone that rises from 200 to 3000 Hz, at full scale 1.0."""
    at = np.arange(int(rate_hz * length_s)) / rate_hz
    return 0.5 * np.sin(2 * np.pi * (200 * at + 1400 * at**2 / length_s))


def wav(data: bytes, rate_hz: int, channels: int = 1, width: int = 2) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(channels)
        writer.setsampwidth(width)
        writer.setframerate(rate_hz)
        writer.writeframes(data)
    return file.getvalue()


def float_wav(samples: npt.NDArray[np.float32], rate_hz: int) -> bytes:
    """Return a WAV of floats. Source: Microsoft, "Multiple channel audio data and WAVE files"."""
    form = struct.pack("<HHIIHH", 3, 1, rate_hz, rate_hz * 4, 4, 32)
    body = b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", samples.nbytes)
    return b"RIFF" + struct.pack("<I", 4 + len(body) + samples.nbytes) + b"WAVE" + body + samples.tobytes()


MONO = ("aformat", "sample_fmts=s16:channel_layouts=mono")


def whole(signal: Wave) -> bytes:
    return (signal * 32767).astype("<i2").tobytes()


def deep(signal: Wave) -> bytes:
    """Return 24-bit samples."""
    wide = (signal * 8388607).astype("<i4")
    return wide.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()


def decoded_by_av(data: bytes) -> bytes:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE_HZ)
    with av.open(io.BytesIO(data), "r", format="wav", options={"max_probe_packets": "0"}) as container:
        frames = [*container.decode(audio=0), None]
    return b"".join(samples_of_frame(one) for frame in frames for one in resampler.resample(frame))


def integer_wav(values: npt.NDArray[np.uint8], channels: int, width: int) -> bytes:
    """Return a WAV of any bytes, in the extended form."""
    form = struct.pack("<HHIIHHHHIH", 0xFFFE, channels, RATE_HZ, RATE_HZ * channels * width, channels * width,
                       8 * width, 22, 8 * width, 4 if channels == 1 else 3, 1)  # fmt: skip
    form += bytes.fromhex("000000001000800000aa00389b71")
    body = b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", values.nbytes)
    return b"RIFF" + struct.pack("<I", 4 + len(body) + values.nbytes) + b"WAVE" + body + values.tobytes()


@pytest.mark.parametrize("form", ["8", "16", "24", "32", "stereo", "float"])
def test_samples_that_are_read_without_a_decoder_are_those_of_ffmpeg(form: str) -> None:
    random = np.random.default_rng(5)
    if form == "float":
        special = [0.5 / 32768, 1.5 / 32768, -0.5 / 32768, 1, -1, 5, -5, np.inf, np.nan]
        data = float_wav(np.array([*random.normal(0, 0.5, 4000), *special], "<f4"), RATE_HZ)
    else:
        width, channels = (2, 2) if form == "stereo" else (int(form) // 8, 1)
        data = integer_wav(random.integers(0, 256, 4000 * width * channels, np.uint8), channels, width)
    found = read_wav(data)
    assert found
    assert found.is_plain
    assert found.mono_16_bit() == decoded_by_av(data)


def test_audio_in_the_target_format_is_unchanged() -> None:
    data = whole(chirp(RATE_HZ))
    assert decode(wav(data, RATE_HZ), "wav", RATE_HZ, 10) == Pcm(data, RATE_HZ)


@pytest.mark.parametrize(
    ("form", "error"),
    [("stereo", 2e-4), ("8 bit", 2e-2), ("24 bit", 2e-4), ("float", 2e-4)],
)
def test_other_formats_become_mono_16_bit(form: str, error: float) -> None:
    signal = chirp(RATE_HZ)
    files = {
        "stereo": wav(np.stack([chirp(RATE_HZ)] * 2, 1).__mul__(32767).astype("<i2").tobytes(), RATE_HZ, 2),
        "8 bit": wav((signal * 127 + 128).astype("u1").tobytes(), RATE_HZ, 1, 1),
        "24 bit": wav(deep(signal), RATE_HZ, 1, 3),
        "float": float_wav(signal.astype("<f4"), RATE_HZ),
    }
    pcm = decode(files[form], "wav", RATE_HZ, 10)
    heard = samples_of_pcm(pcm.samples)
    assert len(pcm) == len(signal)
    assert np.abs(heard - signal).max() < error


@pytest.mark.parametrize("rate_hz", [8000, 16000, 22050, 44100, 48000, 96000])
def test_another_rate_is_resampled_without_delay_or_loss(rate_hz: int) -> None:
    heard = samples_of_pcm(decode(wav(whole(chirp(rate_hz)), rate_hz), "wav", RATE_HZ, 10).samples)
    wanted = chirp(RATE_HZ).astype(np.float32)
    assert abs(len(heard) - len(wanted)) <= 2
    length = min(len(heard), len(wanted)) - 200
    assert correlation(heard[200:length], wanted[200:length]) > 0.9999


def test_resampling_does_not_alias() -> None:
    at = np.arange(48000) / 48000
    pcm = decode(wav(whole(0.5 * np.sin(2 * np.pi * 15000 * at)), 48000), "wav", RATE_HZ, 10)
    assert np.sqrt(np.mean(samples_of_pcm(pcm.samples)[500:-500] ** 2)) < 0.001


def test_mp3_is_decoded() -> None:
    signal = chirp(RATE_HZ)
    data = encode([Pcm(whole(signal), RATE_HZ)], RATE_HZ, EncoderSettings(64, 5)).data
    heard = samples_of_pcm(decode(data, "mp3", RATE_HZ, 10).samples)
    delay = 1105
    assert correlation(heard[delay : delay + len(signal)], signal.astype(np.float32)) > 0.99


@pytest.mark.parametrize("length", [0, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_streamed_wav_without_a_length_is_read_to_its_end(length: int) -> None:
    data = wav(whole(chirp(RATE_HZ)), RATE_HZ)
    streamed = data[:40] + struct.pack("<I", length) + data[44:]
    assert len(decode(streamed, "wav", RATE_HZ, 10)) == 2 * RATE_HZ


def test_a_truncated_wav_is_an_error() -> None:
    with pytest.raises(SpeechError, match="truncated"):
        decode(wav(whole(chirp(RATE_HZ)), RATE_HZ)[:-2], "wav", RATE_HZ, 10)


def test_audio_that_is_too_long_is_an_error_before_it_fills_the_memory() -> None:
    with pytest.raises(SpeechError, match="longer than 1 s"):
        decode(wav(whole(chirp(RATE_HZ)), RATE_HZ), "wav", RATE_HZ, 1)
    with pytest.raises(SpeechError, match="longer than 10 s"):
        decode(wav(bytes(2000), 1), "wav", 48000, 10)  # one sample a second


def test_a_wav_of_anything_but_samples_is_rejected() -> None:
    data = bytearray(wav(bytes(4000), RATE_HZ))
    data[20:22] = struct.pack("<H", 0x55)  # MP3 in a WAV
    with pytest.raises(SpeechError):
        decode(bytes(data), "wav", RATE_HZ, 10)


BAD = {
    "nothing": b"",
    "a page": b"<!doctype html><html><body>No.</body></html>" * 20,
    "zeros": bytes(5000),
    "a header only": wav(b"", RATE_HZ),
    "half a header": wav(b"", RATE_HZ)[:30],
    "one MP3 frame's beginning": b"\xff\xf3\x44\xc4" + bytes(20),
}


@pytest.mark.parametrize("container", ["mp3", "wav"])
@pytest.mark.parametrize("what", BAD)
def test_data_that_is_not_audio_is_one_of_our_errors(what: str, container: Container) -> None:
    with pytest.raises(SpeechError):
        decode(BAD[what], container, RATE_HZ, 10)


SHORT = chirp(RATE_HZ, 0.05)
WHOLE: dict[Container, bytes] = {
    "mp3": encode([Pcm(whole(SHORT), RATE_HZ)], RATE_HZ, EncoderSettings(64, 5)).data,
    "wav": wav(whole(SHORT), RATE_HZ),
}


@pytest.mark.slow
@pytest.mark.parametrize("container", WHOLE)
@given(
    changes=st.lists(st.tuples(st.integers(0, 200), st.binary(max_size=8)), max_size=4),
    end=st.none() | st.integers(0, 500),
)
def test_a_damaged_file_gives_audio_or_one_of_our_errors(
    container: Container, changes: list[tuple[int, bytes]], end: int | None
) -> None:
    data = bytearray(WHOLE[container])
    for at, piece in changes:
        data[at : at + len(piece)] = piece
    with suppress(SpeechError):
        pcm = decode(bytes(data[:end]), container, RATE_HZ, 10)
        assert pcm.rate_hz == RATE_HZ
        assert 0 < len(pcm) <= 10 * RATE_HZ


@pytest.mark.parametrize("speed", [0.5, 0.75, 1.0, 1.3, 2.0, 3.0])
def test_stretched_speech_has_the_requested_length_and_the_same_pitch(speed: float) -> None:
    at = np.arange(3 * RATE_HZ) / RATE_HZ
    pcm = Pcm(whole(0.5 * np.sin(2 * np.pi * 440 * at)), RATE_HZ)
    heard = samples_of_pcm(stretch(pcm, speed).samples)
    assert abs(len(heard) * speed / len(pcm) - 1) < 0.01
    middle = heard[len(heard) // 4 : len(heard) * 3 // 4]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert abs(int(spectrum.argmax()) * RATE_HZ / len(middle) - 440) < 5
    assert 0.3 < np.sqrt(np.mean(middle**2)) < 0.4


@pytest.mark.parametrize("speed", [0.5, 2.0])
def test_speech_is_stretched_in_one_step_up_to_a_factor_of_two(speed: float) -> None:
    # Two steps blend twice and give other samples. At the bounds one step is enough; beyond them it is not.
    pcm = Pcm(whole(chirp(RATE_HZ)), RATE_HZ)
    once = b"".join(samples_of_frame(frame) for frame in filtered(pcm, [("atempo", f"{speed:.6f}"), MONO]))
    assert stretch(pcm, speed).samples == once


@pytest.mark.parametrize("speed", [0.25, 0.49, 2.01, 4.0])
def test_beyond_a_factor_of_two_speech_is_stretched_in_two_equal_steps(speed: float) -> None:
    pcm = Pcm(whole(chirp(RATE_HZ)), RATE_HZ)
    step = ("atempo", f"{speed**0.5:.6f}")
    twice = b"".join(samples_of_frame(frame) for frame in filtered(pcm, [step, step, MONO]))
    assert stretch(pcm, speed).samples == twice


def test_empty_audio_stays_empty_at_any_speed() -> None:
    assert len(stretch(Pcm(b"", RATE_HZ), 2.0)) == 0


def test_speed_1_changes_nothing() -> None:
    pcm = Pcm(whole(chirp(RATE_HZ)), RATE_HZ)
    assert stretch(pcm, 1.0) is pcm
