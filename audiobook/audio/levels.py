"""Measuring audio files of any origin: encoding, levels, noise floor, and the silence around the speech.

The file is decoded piece by piece, so memory does not grow with its length.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from audiobook.audio.containers import open_container
from audiobook.audio.meter import SAMPLE_BYTES, Levels, Meter
from audiobook.audio.mp3.frames import FrameError, parse_header
from audiobook.audio.pyav import require_pyav
from audiobook.errors import SourceError, UsageError
from audiobook.system.opening import storage_error

if TYPE_CHECKING:
    from av.audio.codeccontext import AudioCodecContext
    from av.container import InputContainer

_CONTAINERS: Final = {
    ".aac": "aac",
    ".flac": "flac",
    ".m4a": "mp4",
    ".m4b": "mp4",
    ".mp3": "mp3",
    ".mp4": "mp4",
    ".oga": "ogg",
    ".ogg": "ogg",
    ".opus": "ogg",
    ".wav": "wav",
}
"""The demuxer for each file extension. It is never guessed, so that a file reaches only one demuxer."""
_MOST_CHANNELS: Final = 8


def require_levels() -> None:
    """Check that PyAV is installed; files cannot be measured without it.

    Raises:
        EngineMissing: PyAV is not installed.
    """
    require_pyav("measurements for ACX")


def measure_levels(path: Path) -> Levels:
    """Measure an audio file.

    Raises:
        UsageError: Its extension is unknown.
        SourceError: It is not an audio file of the type in its name, or it is damaged.
        StorageError: It cannot be read.
        EngineMissing: PyAV is not installed.
    """
    container = container_of(path)
    require_levels()
    import av  # takes 60 ms and 20 MB

    try:
        with open(path, "rb") as stream:
            if not stream.peek(1):  # FFmpeg would seek before its beginning
                raise ValueError("it is empty")
            with open_container(stream, container) as opened:
                return _measured(opened)
    except (av.FFmpegError, ValueError) as error:
        reason = error.strerror if isinstance(error, av.FFmpegError) else error
        kind = path.suffix[1:].upper()
        raise SourceError(f"is not a valid {kind} file: {reason}", where=str(path)) from error
    except OSError as error:
        raise storage_error(error, path, "reading") from error


def container_of(path: Path) -> str:
    """Return the name of the container format of a file, by its extension.

    Raises:
        UsageError: The extension is unknown.
    """
    found = _CONTAINERS.get(path.suffix.lower())
    if found is None:
        known = ", ".join(ending[1:].upper() for ending in sorted(_CONTAINERS))
        raise UsageError(f"{path}: not a supported audio file", hint=f"supported: {known}")
    return found


def _measured(opened: InputContainer) -> Levels:
    if not opened.streams.audio:
        raise ValueError("it contains no audio")
    stream = opened.streams.audio[0]
    codec: AudioCodecContext | None = stream.codec_context
    if codec is None:
        raise ValueError("there is no decoder for it")
    if not 0 < codec.channels <= _MOST_CHANNELS or codec.sample_rate <= 0:
        raise ValueError(f"{codec.channels} channels at {codec.sample_rate} Hz")
    codec.thread_count = 1
    name, rate_hz, channels = codec.name.removesuffix("float"), codec.sample_rate, codec.channels
    meter, kbits = Meter(rate_hz, channels), set[int]()
    for samples in _samples(opened, kbits if name == "mp3" else None):
        meter.take(samples)
    return meter.levels(name, kbits)


def _samples(opened: InputContainer, kbits: set[int] | None) -> Iterator[memoryview]:
    """Yield the samples of the first audio stream, 32 bits each, channels interleaved.

    Args:
        opened: The file.
        kbits: Collects the bit rates of MP3 frames; None for other formats.
    """
    import av

    stream = opened.streams.audio[0]
    codec = stream.codec_context
    resampler = av.AudioResampler(format="s32", layout=codec.layout.name, rate=codec.sample_rate)
    for packet in opened.demux(stream):
        if kbits is not None and packet.size:
            try:
                kbits.add(parse_header(bytes(packet)).kbits)
            except FrameError:
                continue  # something after the last frame, such as a tag
        for frame in packet.decode():
            for piece in resampler.resample(frame):
                length = piece.samples * SAMPLE_BYTES * codec.channels
                yield memoryview(piece.planes[0])[:length]
