"""A passage as MP3 frames, with the times of its sentences and words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final

import msgspec
from msgspec.structs import replace

from audiobook.audio.limiter import level
from audiobook.audio.mp3.frames import frame_samples, frames
from audiobook.audio.mp3.lame import EncoderSettings, encode, encoder_identity
from audiobook.audio.noise_floor import Floor, quiet
from audiobook.audio.pcm import Pcm, join, samples_of
from audiobook.audio.pydub_import import pydub_segments
from audiobook.audio.resample import resample
from audiobook.audio.silence import heard_span
from audiobook.document import Mark

MAKING: Final = 1
"""Version of the processing in this module; increase it when equal speech gives a different clip."""
_CEILING_MARGIN_DB: Final = 1.0
"""Margin in dB between the highest sample and the permitted true peak. Values between samples, and encoding
errors, exceed the samples by at most 1.6 dB in 64 kbit/s speech of twelve languages."""
_PAUSE_FRAMES: Final = 128
"""Number of frames that are encoded for all usual pauses: 3.3 s at 22 050 Hz."""
_AHEAD_FRAMES: Final = 16
"""More frames than the sound after a frame can change it: the encoder hears ahead, and puts data of later frames into earlier ones."""


class ClipSentence(msgspec.Struct, frozen=True, array_like=True):
    """Start and end of a sentence, in samples from the start of its clip, and its words."""

    start_samples: int
    end_samples: int
    marks: tuple[tuple[int, int, int], ...]
    """For each word: index of its first character in the spoken text, its length, and its start in the clip."""


class ClipExtent(msgspec.Struct, frozen=True, array_like=True):
    """The length of a clip. Together with its sentences, it makes up the clip's shape.

    Attributes:
        rate_hz: Sample rate.
        frame_count: Number of frames.
        length_bytes: Size of the frames.
        speech_samples: Samples from the start of the clip to the end of the speech; the frames are a little longer.
    """

    rate_hz: int
    frame_count: int
    length_bytes: int
    speech_samples: int

    @property
    def length_samples(self) -> int:
        """Duration of the frames in samples."""
        return self.frame_count * frame_samples(self.rate_hz)


class ClipShape(ClipExtent, frozen=True, array_like=True):
    """The description of a clip without its frames.

    Attributes:
        sentences: In order, one for each sentence of the passage.
    """

    sentences: tuple[ClipSentence, ...]


class PackedShape(ClipExtent, frozen=True, array_like=True):
    """A shape as it is stored: its sentences are only unpacked when they are needed; see `unpack_sentences`.

    Attributes:
        sentences: In MessagePack.
    """

    sentences: msgspec.Raw


_sentences: Final = msgspec.msgpack.Decoder(tuple[ClipSentence, ...])


def unpack_sentences(packed: bytes | msgspec.Raw) -> tuple[ClipSentence, ...]:
    """Return the sentences of a `PackedShape`.

    Raises:
        ValueError: They were stored by another version of this program.
    """
    return _sentences.decode(packed)


class Clip(msgspec.Struct, frozen=True):
    """A clip.

    Attributes:
        shape: Its shape.
        data: Its frames.
        speech: The sound that was encoded; None unless the clip was just made for a lossless format.
    """

    shape: ClipShape
    data: bytes
    speech: Pcm | None = None


class Sound(msgspec.Struct, frozen=True, omit_defaults=True):
    """The settings with which speech is made into a clip.

    Attributes:
        sentence_ms: Pause between two sentences.
        gain_db: Amplification of the engine's output.
        peak_dbtp: Highest permitted true peak.
        kbits: Bit rate in kbit/s.
        quality: LAME's quality setting.
        floor: Noise between the sentences; None for digital silence.
        resampled_hz: Sample rate of the clip; 0 keeps that of the voice.
    """

    sentence_ms: int
    gain_db: float
    peak_dbtp: float
    kbits: int
    quality: int
    floor: Floor | None = None
    resampled_hz: int = 0

    @property
    def encoder(self) -> EncoderSettings:
        """The settings of the encoder."""
        return EncoderSettings(self.kbits, self.quality)

    @property
    def identity(self) -> str:
        """Everything that affects a clip apart from the engine's output."""
        return f"clip {MAKING}, {encoder_identity()}, {msgspec.json.encode(self).decode()}"


def load_libraries() -> None:
    """Import the libraries for making clips, so that processes forked later share them."""
    import lameenc  # noqa: F401

    pydub_segments()


def make_clip(
    speeches: Iterable[tuple[Pcm, Sequence[Mark]]], rate_hz: int, sound: Sound, *, keeps_speech: bool = False
) -> Clip:
    """Join the sentences of a passage, adjust their level, and encode them, with one sentence in memory at a time.

    Args:
        speeches: Samples and marks of each sentence; at least one.
        rate_hz: Sample rate of all sentences.
        sound: Pauses, level, sample rate and encoding.
        keeps_speech: Whether to keep the samples as well as the frames. All of them are then in memory at once.

    Returns:
        The clip; its first sample is the first sample of the first sentence.
    """
    sentences: list[ClipSentence] = []
    if sound.resampled_hz:
        speeches = (_resampled(pcm, marks, sound.resampled_hz) for pcm, marks in speeches)
        rate_hz = sound.resampled_hz
    pieces: Iterable[Pcm] = _levelled(speeches, rate_hz, sound, sentences)
    speech = join(pieces, rate_hz) if keeps_speech else None
    encoded = encode(pieces if speech is None else [speech], rate_hz, sound.encoder)
    shape = ClipShape(rate_hz, encoded.count, len(encoded.data), sentences[-1].end_samples, tuple(sentences))
    return Clip(shape, encoded.data, speech)


def _resampled(pcm: Pcm, marks: Sequence[Mark], rate_hz: int) -> tuple[Pcm, Sequence[Mark]]:
    """Return a sentence at another sample rate, with its words at the same times."""
    said = resample(pcm, rate_hz)
    moved = [
        replace(mark, offset_samples=min(mark.offset_samples * rate_hz // pcm.rate_hz, len(said)))
        for mark in marks
    ]
    return said, moved


def _levelled(
    speeches: Iterable[tuple[Pcm, Sequence[Mark]]], rate_hz: int, sound: Sound, sentences: list[ClipSentence]
) -> Iterator[Pcm]:
    """Yield the passage's sound in pieces, and append the times of each sentence to `sentences`."""
    gap = quiet(samples_of(sound.sentence_ms, rate_hz), rate_hz, sound.floor)
    at = 0
    for pcm, marks in speeches:
        if sentences:
            yield gap
            at += len(gap)
        start, end = heard_span(pcm)
        words = tuple(
            (mark.start, mark.length, at + min(max(mark.offset_samples - start, 0), end - start))
            for mark in marks
        )
        sentences.append(ClipSentence(at, at + end - start, words))
        yield level(pcm.part(start, end), sound.gain_db, sound.peak_dbtp - _CEILING_MARGIN_DB)
        at += end - start


def silent_frames(
    rate_hz: int, encoder: EncoderSettings, frame_count: int, floor: Floor | None = None
) -> bytes:
    """Return a number of frames of silence, or of the noise floor of a voice.

    Frames refer only to earlier frames, never to later ones, so every pause is the beginning of a longer one, which takes a tenth of
    the time of encoding each. The last frames of the longer one are not used.
    """
    if not frame_count:
        return b""
    longest = max(_PAUSE_FRAMES, 1 << (frame_count + _AHEAD_FRAMES - 1).bit_length())
    data, ends = _long_pause(rate_hz, encoder, longest, floor)
    return data[: ends[frame_count - 1]]


@lru_cache(maxsize=16)
def _long_pause(
    rate_hz: int, encoder: EncoderSettings, frame_count: int, floor: Floor | None
) -> tuple[bytes, Sequence[int]]:
    """Return at least so many frames of a pause, and where each of them ends."""
    encoded = encode([quiet(frame_count * frame_samples(rate_hz), rate_hz, floor)], rate_hz, encoder)
    return encoded.data, [offset + header.length_bytes for offset, header in frames(encoded.data)]
