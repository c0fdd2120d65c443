"""Measuring audio files of any origin: encoding, levels, noise floor, and the silence around the speech.

The file is decoded piece by piece, so memory does not grow with its length.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from audiobook.audio.containers import open_container
from audiobook.audio.mp3.frames import FrameError, parse_header
from audiobook.audio.pyav import require_pyav
from audiobook.audio.samples import rms_and_peak
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
_FULL_SCALE: Final = 1 << 31
_SAMPLE_BYTES: Final = 4
_MOST_CHANNELS: Final = 8
_STEPS_PER_S: Final = 50
_NOISE_STEPS: Final = 25
"""The noise floor is the level of the quietest half second."""
_HEARD: Final = 10 ** (-50 / 20)
"""A fiftieth of a second whose RMS is above this amplitude (-50 dB) counts as speech, not as room tone."""


@dataclass(frozen=True, slots=True)
class Levels:
    """The measurements of a file. Levels are in dB below full scale; `-inf` is digital silence.

    Attributes:
        codec: Name of the encoding as in FFmpeg, for example `mp3` or `pcm_s16le`.
        kbits: The bit rates of the frames of an MP3 in ascending order; empty for other formats.
        rate_hz: Sample rate.
        channels: Number of channels.
        length_s: Length in seconds.
        rms_db: RMS of the whole file.
        peak_db: Level of the highest sample.
        noise_db: RMS of the quietest half second, or of the whole file if it is shorter than that.
        head_s: Silence before the first sound, in seconds; the length of the file if it contains no sound.
        tail_s: Silence after the last sound, in seconds.
    """

    codec: str
    kbits: tuple[int, ...]
    rate_hz: int
    channels: int
    length_s: float
    rms_db: float
    peak_db: float
    noise_db: float
    head_s: float
    tail_s: float


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


@dataclass(slots=True)
class _Meter:
    """Running totals of a measurement, in steps of a fiftieth of a second (`step_bytes` of interleaved samples)."""

    step_bytes: int
    squares: float = 0.0
    sample_count: int = 0
    peak: float = 0.0
    step_count: int = 0
    first_heard: int | None = None
    last_heard: int = -1
    quietest: float = math.inf
    recent: deque[float] = field(default_factory=lambda: deque(maxlen=_NOISE_STEPS))
    rest: bytearray = field(default_factory=bytearray)

    def take(self, samples: memoryview) -> None:
        self.rest += samples
        whole = len(self.rest) - len(self.rest) % self.step_bytes
        with memoryview(self.rest) as view:
            for at in range(0, whole, self.step_bytes):
                self._step(view[at : at + self.step_bytes])
        del self.rest[:whole]

    def end(self) -> None:
        if self.rest:
            with memoryview(self.rest) as view:
                self._step(view)

    def _step(self, samples: memoryview) -> None:
        rms, peak = (level / _FULL_SCALE for level in rms_and_peak(samples))
        count = len(samples) // _SAMPLE_BYTES
        self.squares += rms * rms * count
        self.sample_count += count
        self.peak = max(self.peak, peak)
        if rms > _HEARD:
            self.first_heard = self.step_count if self.first_heard is None else self.first_heard
            self.last_heard = self.step_count
        self.step_count += 1
        if len(samples) == self.step_bytes:
            self.recent.append(rms * rms)
            if len(self.recent) == _NOISE_STEPS:
                self.quietest = min(self.quietest, math.fsum(self.recent) / _NOISE_STEPS)


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
    frame_bytes = _SAMPLE_BYTES * channels
    meter, kbits = _Meter(max(rate_hz // _STEPS_PER_S, 1) * frame_bytes), set[int]()
    for samples in _samples(opened, kbits if name == "mp3" else None):
        meter.take(samples)
    meter.end()
    if not meter.sample_count:
        raise ValueError("it contains no audio")
    mean = meter.squares / meter.sample_count
    length_s = meter.sample_count / channels / rate_hz
    step_s = meter.step_bytes / frame_bytes / rate_hz
    first = meter.step_count if meter.first_heard is None else meter.first_heard
    return Levels(
        name,
        tuple(sorted(kbits)),
        rate_hz,
        channels,
        length_s,
        _db(math.sqrt(mean)),
        _db(meter.peak),
        _db(math.sqrt(min(meter.quietest, mean))),
        min(first * step_s, length_s),
        max(length_s - (meter.last_heard + 1) * step_s, 0.0),
    )


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
                length = piece.samples * _SAMPLE_BYTES * codec.channels
                yield memoryview(piece.planes[0])[:length]


def _db(level: float) -> float:
    return 20 * math.log10(level) if level > 0 else -math.inf
