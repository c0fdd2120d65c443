"""Decoding audio files in memory: common WAV files by our own code, others with FFmpeg's libraries in this process.

The container format is always given, never guessed. Untrusted bytes therefore reach only one demuxer and its
decoders, not the hundreds of others in FFmpeg.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Final, Literal

from audiobook.audio.containers import open_container
from audiobook.audio.filters import samples_of_frame
from audiobook.audio.pcm import SAMPLE_BYTES, Pcm
from audiobook.audio.pyav import SOUND_FILES, has_pyav, require_pyav
from audiobook.audio.wav import Wav, read_wav
from audiobook.errors import NoSpeech, SpeechError

if TYPE_CHECKING:
    from av import AudioFrame
    from av.audio.codeccontext import AudioCodecContext
    from av.container import InputContainer

Container = Literal["mp3", "wav"]

_CODECS: Final = {"mp3": ("mp3",), "wav": ("pcm_",)}
"""Prefixes of the decoder names allowed in each container."""
_OPTIONS: Final = {"max_probe_packets": "0"}
"""Without this, FFmpeg probes plain samples for other codecs, which is guessing and takes 5 ms."""
_MOST_CHANNELS: Final = 8
_MOST_RATE_HZ: Final = 768_000
_BATCH_FRAMES: Final = 64


def decode(data: bytes, container: Container, rate_hz: int, longest_s: float) -> Pcm:
    """Decode audio of any sample rate, bit depth and number of channels.

    Args:
        data: A complete file.
        container: The container format of the file.
        rate_hz: Sample rate of the result. Audio at another rate is resampled.
        longest_s: Maximum length in seconds, so that a small file cannot fill the memory.

    Returns:
        The audio, mixed down to one channel.

    Raises:
        NoSpeech: The data is not a file of that container format, is damaged, or contains no audio.
        SpeechError: The audio is longer than `longest_s`.
        EngineMissing: PyAV is needed, and is not installed.
    """
    most_bytes = int(longest_s * rate_hz) * SAMPLE_BYTES
    samples = bytearray()
    for piece in _plain_or_decoded(data, container, rate_hz):
        samples += piece
        if len(samples) > most_bytes:
            raise SpeechError(f"the audio is longer than {longest_s:g} s")
    if not samples:
        raise NoSpeech(f"the {container} file contains no audio")
    return Pcm(bytes(samples), rate_hz)


def _plain_or_decoded(data: bytes, container: Container, rate_hz: int) -> Iterator[bytes]:
    """Yield the samples of a file in pieces."""
    wav: Wav | None = None
    if container == "wav":
        try:
            wav = read_wav(data)
        except ValueError as error:
            raise _invalid(container, error) from error
        if wav and wav.is_plain and wav.rate_hz == rate_hz:
            yield wav.mono_16_bit()
            return
        _require_decoder(wav, rate_hz)
    require_pyav("MP3 files from services")
    import av  # takes 60 ms and 20 MB, needed only for decoding

    try:
        with open_container(io.BytesIO(data), container, _OPTIONS) as opened:
            yield from _resampled(opened, container, rate_hz)
    except (av.FFmpegError, ValueError, OverflowError, MemoryError) as error:
        raise _invalid(container, error.strerror if isinstance(error, av.FFmpegError) else error) from error


def _require_decoder(wav: Wav | None, rate_hz: int) -> None:
    """Check that PyAV is installed, and say what is unusual about a WAV.

    Raises:
        EngineMissing: It is not installed.
        NoSpeech: The file is not a WAV, so installing PyAV would not help.
    """
    if wav is None and not has_pyav():
        raise _invalid("wav", "it is compressed, or not a WAV file at all")
    if wav and wav.rate_hz != rate_hz:
        require_pyav(
            f"WAV files at {wav.rate_hz} Hz instead of {rate_hz} Hz",
            f"set rate_hz = {wav.rate_hz} for this voice",
        )
    require_pyav("WAV files with several channels or unusual samples", "write 16-bit samples in one channel")


def _invalid(container: Container, reason: object) -> NoSpeech:
    return NoSpeech(f"the audio is not a valid {container} file: {reason}")


def decode_frames(data: bytes, rate_hz: int) -> Pcm:
    """Decode the MP3 frames of a clip, in two thirds of the time that `decode` takes.

    Args:
        data: Mono frames made by `lame.encode`.
        rate_hz: Their sample rate.
    """
    require_pyav(SOUND_FILES)
    import av

    codec = av.Codec("mp3float", "r").create("audio")
    codec.thread_count = 1
    resampler = av.AudioResampler(format="s16", layout="mono", rate=rate_hz)
    # FFmpeg decodes all frames of a packet, so neither a demuxer nor a call for each frame is needed.
    frames = iter((*codec.decode(av.Packet(data)), *codec.decode(None)))
    pieces = [each for frame in _longer(frames) for each in resampler.resample(frame)]
    return Pcm(b"".join(map(samples_of_frame, (*pieces, *resampler.resample(None)))), rate_hz)


def _resampled(opened: InputContainer, container: Container, rate_hz: int) -> Iterator[bytes]:
    import av

    if not opened.streams.audio:
        raise ValueError("it contains no audio")
    stream = opened.streams.audio[0]
    codec: AudioCodecContext | None = stream.codec_context
    if codec is None:
        raise ValueError("there is no decoder for it")
    if not codec.name.startswith(_CODECS[container]):
        raise ValueError(f"it is encoded as {codec.name}")
    if not 0 < codec.channels <= _MOST_CHANNELS or not 0 < codec.sample_rate <= _MOST_RATE_HZ:
        raise ValueError(f"{codec.channels} channels at {codec.sample_rate} Hz")
    codec.thread_count = 1
    if (codec.format.name, codec.channels, codec.sample_rate) == ("s16", 1, rate_hz):
        yield from map(samples_of_frame, opened.decode(stream))
        return
    resampler = av.AudioResampler(format="s16", layout="mono", rate=rate_hz)
    frames: Iterator[AudioFrame] = opened.decode(stream)
    if (codec.format.name, codec.channels, codec.sample_rate) == ("fltp", 1, rate_hz):
        frames = _longer(frames)
    for frame in frames:
        yield from map(samples_of_frame, resampler.resample(frame))
    yield from map(samples_of_frame, resampler.resample(None))


def _longer(frames: Iterator[AudioFrame]) -> Iterator[AudioFrame]:
    """Join short frames, because converting each alone takes as long as decoding it."""
    import av

    while batch := list(islice(frames, _BATCH_FRAMES)):
        joined = av.AudioFifo()
        for frame in batch:
            frame.pts = None  # the resampler counts samples
            joined.write(frame)
        if longer := joined.read():
            yield longer
