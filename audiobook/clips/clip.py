"""One passage as MP3 frames, with the time of every sentence and word in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from audiobook.audio import edit
from audiobook.audio.lame import EncoderSettings, encode, encoder_identity
from audiobook.audio.limiter import level
from audiobook.audio.mp3_frames import frame_samples, frames
from audiobook.audio.pcm import Pcm, samples_of, silence
from audiobook.document import Mark

MAKING: Final = 1
"""Version of what this module does to a sound; raised when the same speech gives another clip."""
_CEILING_MARGIN_DB: Final = 1.0
"""How far below the true peak allowed the samples are held: values between samples and the
encoder's own error rise above them, by 1.6 dB at most in 64 kbit/s speech of twelve languages."""


class ClipSentence(msgspec.Struct, frozen=True, array_like=True):
    """When one sentence is said, from the start of its clip, in samples; and its words."""

    start_samples: int
    end_samples: int
    marks: tuple[tuple[int, int, int], ...]
    """For each word: its first character in the spoken text, its length, when it begins in the clip."""


class ClipShape(msgspec.Struct, frozen=True, array_like=True):
    """What is known of a clip besides its frames.

    Attributes:
        rate_hz: Samples a second.
        frame_count: Frames.
        length_bytes: Bytes of the frames.
        speech_samples: Samples from the clip's start to the end of what is said; the frames go on a little longer.
        sentences: In order, one for each of the passage's.
    """

    rate_hz: int
    frame_count: int
    length_bytes: int
    speech_samples: int
    sentences: tuple[ClipSentence, ...]

    @property
    def length_samples(self) -> int:
        """How long the frames sound."""
        return self.frame_count * frame_samples(self.rate_hz)


@dataclass(frozen=True, slots=True)
class Clip:
    """A clip: its shape, and its frames as bytes."""

    shape: ClipShape
    data: bytes


class Sound(msgspec.Struct, frozen=True):
    """How speech becomes a clip.

    Attributes:
        sentence_ms: Pause between two sentences.
        gain_db: How much louder than the engine gives it.
        peak_dbtp: True peak not to exceed.
        kbits: Kilobits a second.
        quality: LAME's quality.
    """

    sentence_ms: int
    gain_db: float
    peak_dbtp: float
    kbits: int
    quality: int

    @property
    def encoder(self) -> EncoderSettings:
        """The part that the encoder is told."""
        return EncoderSettings(self.kbits, self.quality)

    @property
    def identity(self) -> str:
        """Everything that changes a clip besides what the engine gives."""
        return f"clip {MAKING}, {encoder_identity()}, {msgspec.json.encode(self).decode()}"


def load_libraries() -> None:
    """Import what making clips needs, so that processes forked later share it."""
    import lameenc  # noqa: F401

    edit.load()


def make_clip(speeches: Iterable[tuple[Pcm, Sequence[Mark]]], rate_hz: int, sound: Sound) -> Clip:
    """Join the sentences of a passage, level them, and encode them, one sentence in memory at a time.

    Args:
        speeches: For each sentence its samples and its marks; at least one.
        rate_hz: Samples a second of all of them.
        sound: How.

    Returns:
        The clip. Its first sample is the first sentence's.
    """
    sentences: list[ClipSentence] = []
    encoded = encode(_levelled(speeches, rate_hz, sound, sentences), rate_hz, sound.encoder)
    shape = ClipShape(rate_hz, encoded.count, len(encoded.data), sentences[-1].end_samples, tuple(sentences))
    return Clip(shape, encoded.data)


def _levelled(
    speeches: Iterable[tuple[Pcm, Sequence[Mark]]], rate_hz: int, sound: Sound, sentences: list[ClipSentence]
) -> Iterator[Pcm]:
    """Give the passage's sound in pieces, and put when each sentence is said into `sentences`."""
    gap = silence(samples_of(sound.sentence_ms, rate_hz), rate_hz)
    at = 0
    for pcm, marks in speeches:
        if sentences:
            yield gap
            at += len(gap)
        start, end = edit.heard_span(pcm)
        words = tuple(
            (mark.start, mark.length, at + min(max(mark.offset_samples - start, 0), end - start))
            for mark in marks
        )
        sentences.append(ClipSentence(at, at + end - start, words))
        yield from level(pcm.part(start, end), sound.gain_db, sound.peak_dbtp - _CEILING_MARGIN_DB)
        at += end - start


def silent_frames(rate_hz: int, encoder: EncoderSettings, frame_count: int) -> bytes:
    """Give silence as a number of frames.

    Frames point back only, never forward, so the first ones of an encoding can stand without the rest.
    """
    encoded = encode([silence(frame_count * frame_samples(rate_hz), rate_hz)], rate_hz, encoder)
    ends = [offset + header.length_bytes for offset, header in frames(encoded.data)]
    return encoded.data[: ends[frame_count - 1]] if frame_count else b""
