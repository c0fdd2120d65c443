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
from audiobook.errors import NoSpeech, SpeechError

if TYPE_CHECKING:
    from av.audio.codeccontext import AudioCodecContext
    from av.container import InputContainer

Container = Literal["mp3", "wav"]

_CODECS: Final = {"mp3": ("mp3",), "wav": ("pcm_",)}
"""How the names of the decoders begin that a container may call for."""
_OPTIONS: Final = {"max_probe_packets": "0"}
"""Without it, plain samples are searched for other codecs: that is guessing, and takes 5 ms."""
_SIZE_UNKNOWN: Final = 0x7FFF_F000
"""A length from here on stands in a WAV header that was written before the sound was known."""
_MOST_CHUNKS: Final = 1000
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
        NoSpeech: It is not a file of that container, is damaged, or holds no sound.
        SpeechError: It holds too much.
    """
    import av  # noqa: PLC0415 - 60 ms and 20 MB, where sound is decoded and nowhere else

    most_bytes = int(longest_s * rate_hz) * SAMPLE_BYTES
    samples = bytearray()
    try:
        if container == "wav":
            _require_whole_wav(data)
        with av.open(
            io.BytesIO(data), "r", format=container, options=_OPTIONS, metadata_errors="replace"
        ) as opened:
            for piece in _resampled(opened, container, rate_hz):
                samples += piece
                if len(samples) > most_bytes:
                    raise SpeechError(f"the sound is longer than {longest_s:g} s")
    except (av.FFmpegError, ValueError, OverflowError, MemoryError) as error:
        reason = error.strerror if isinstance(error, av.FFmpegError) else error
        raise NoSpeech(f"the sound is no whole {container} file: {reason}") from error
    if not samples:
        raise NoSpeech(f"the {container} file holds no sound")
    return Pcm(bytes(samples), rate_hz)


def _resampled(opened: InputContainer, container: Container, rate_hz: int) -> Iterator[bytes]:
    import av  # noqa: PLC0415

    if not opened.streams.audio:
        raise ValueError("there is no sound in it")
    stream = opened.streams.audio[0]
    codec: AudioCodecContext | None = stream.codec_context
    if codec is None:
        raise ValueError("nothing here decodes it")
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
    """Hold what stands in a WAV header against the bytes that are there; FFmpeg does not.

    Source: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0", "WAVE".
    """
    at = 12
    for _ in range(_MOST_CHUNKS):
        if at + 8 > len(data):
            return
        name, length = struct.unpack_from("<4sI", data, at)
        if name == b"data":
            if length < _SIZE_UNKNOWN and at + 8 + length > len(data):
                raise ValueError("it is cut short")
            return
        at += 8 + length + length % 2
    raise ValueError(f"it has more than {_MOST_CHUNKS} parts before its sound")
