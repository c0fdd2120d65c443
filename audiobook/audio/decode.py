"""Sound from a file in memory, by FFmpeg's libraries in this process.

The container is given and never guessed, so that bytes of a stranger's reach one demuxer and its decoders and no
other of the hundreds that there are.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, Literal

from audiobook.audio.filters import samples_of_frame
from audiobook.audio.pcm import SAMPLE_BYTES, Pcm
from audiobook.errors import SpeechError

if TYPE_CHECKING:
    from av.container import InputContainer

Container = Literal["mp3", "wav"]

_CODECS: Final = {"mp3": ("mp3",), "wav": ("pcm_",)}
"""How the names of the decoders begin that a container may call for."""
_OPTIONS: Final = {"max_probe_packets": "0"}
"""Without it, plain samples are searched for other codecs: that is guessing, and takes 5 ms."""
_SIZE_UNKNOWN: Final = 0x7FFF_F000
"""A length from here on stands in a WAV header that was written before the sound was known."""
_MOST_CHANNELS: Final = 8
_MOST_RATE_HZ: Final = 768_000


def decode(data: bytes, container: Container, rate_hz: int, longest_s: float) -> Pcm:
    """Decode sound of any rate, depth and number of channels.

    Args:
        data: A whole file.
        container: What it is.
        rate_hz: Samples a second that are wanted; other sound is resampled, and sound of this rate is left alone.
        longest_s: What is longer is an error, so that a small file cannot fill the memory.

    Returns:
        The sound, its channels mixed into one.

    Raises:
        SpeechError: It is none of that container, it is damaged, holds no sound, or too much.
    """
    import av  # noqa: PLC0415 - 60 ms and 20 MB, where sound is decoded and nowhere else

    most_bytes = int(longest_s * rate_hz) * SAMPLE_BYTES
    samples = bytearray()
    try:
        if container == "wav":
            _require_whole_wav(data)
        with av.open(io.BytesIO(data), "r", format=container, options=_OPTIONS) as opened:
            for piece in _resampled(opened, container, rate_hz):
                samples += piece
                if len(samples) > most_bytes:
                    raise SpeechError(f"the sound is longer than {longest_s:g} s")
    except (av.FFmpegError, ValueError, MemoryError) as error:
        reason = error.strerror if isinstance(error, av.FFmpegError) else error
        raise SpeechError(f"the sound is no whole {container} file: {reason}") from error
    if not samples:
        raise SpeechError(f"the {container} file holds no sound")
    return Pcm(bytes(samples), rate_hz)


def _resampled(opened: InputContainer, container: Container, rate_hz: int) -> Iterator[bytes]:
    import av  # noqa: PLC0415

    if not opened.streams.audio:
        raise ValueError("there is no sound in it")
    stream = opened.streams.audio[0]
    codec = stream.codec_context
    if not codec.name.startswith(_CODECS[container]):
        raise ValueError(f"it is coded as {codec.name}")
    if not 0 < codec.channels <= _MOST_CHANNELS or not 0 < codec.sample_rate <= _MOST_RATE_HZ:
        raise ValueError(f"{codec.channels} channels at {codec.sample_rate} Hz")
    codec.thread_count = 1
    if (codec.format.name, codec.channels, codec.sample_rate) == ("s16", 1, rate_hz):
        yield from map(samples_of_frame, opened.decode(stream))
        return
    resampler = av.AudioResampler(format="s16", layout="mono", rate=rate_hz)
    for frame in opened.decode(stream):
        yield from map(samples_of_frame, resampler.resample(frame))
    yield from map(samples_of_frame, resampler.resample(None))


def _require_whole_wav(data: bytes) -> None:
    """Hold the length that stands in a WAV header against the bytes that are there; FFmpeg does not.

    Source: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0", "WAVE".
    """
    at = 12
    while at + 8 <= len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        if name == b"data":
            if length < _SIZE_UNKNOWN and at + 8 + length > len(data):
                raise ValueError("it is cut short")
            return
        at += 8 + length + length % 2
