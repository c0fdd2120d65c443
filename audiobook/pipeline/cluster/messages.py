"""The messages between the driver and the hands of a cluster, as MessagePack."""

from __future__ import annotations

from typing import Final

import msgspec

from audiobook import errors
from audiobook.clips.clip import ClipShape, Sound
from audiobook.clips.encoded import EncodedShape, Encoding
from audiobook.clips.key import Speaker
from audiobook.document import PhonemeSpan
from audiobook.engines.base import Option
from audiobook.errors import AudiobookError, SpeechError


class Wanted(msgspec.Struct, frozen=True, array_like=True):
    """Requirements for a worker, so that its sound is the same as the driver's.

    Attributes:
        program: Version of this program.
        processor: `processor.kind()`.
        making: `Sound.identity`: how clips are made, and the version of their encoder.
        sample: Digest of the frames of a passage of numerals in the voice.
    """

    program: str
    processor: str
    making: str
    sample: str


class Voiced(msgspec.Struct, frozen=True, array_like=True):
    """A voice and its sound, as the driver has them.

    Attributes:
        options: The options of the engine.
        speaker: The voice, with the versions of the engine and its files.
        language: BCP 47 tag of the sample.
        sound: How speech is turned into a clip.
        wanted: Requirements for a worker.
    """

    options: tuple[tuple[str, Option], ...]
    speaker: Speaker
    language: str
    sound: Sound
    wanted: Wanted


class Frames(msgspec.Struct, frozen=True, array_like=True):
    """A clip."""

    shape: ClipShape
    data: bytes


class Packets(msgspec.Struct, frozen=True, array_like=True):
    """A clip in another encoding."""

    encoding: str
    shape: EncodedShape
    data: bytes


class Order(msgspec.Struct, frozen=True, array_like=True):
    """A clip to make, or to encode.

    Attributes:
        key: Clip key.
        sentences: The text of each sentence, and its parts that are given as phonemes.
        language: BCP 47 tag of the passage.
        encodings: Encodings that are wanted besides MP3, and their identities on the driver.
        made: The clip, if it only has to be encoded.
    """

    key: str
    sentences: tuple[tuple[str, tuple[PhonemeSpan, ...]], ...]
    language: str
    encodings: tuple[tuple[Encoding, str], ...] = ()
    made: Frames | None = None


class Request(msgspec.Struct, frozen=True, array_like=True):
    """A request to a hand.

    Without an order, it only asks whether the hand would make the same sound as the driver.
    """

    voiced: Voiced
    order: Order | None = None


class Told(msgspec.Struct, frozen=True, array_like=True):
    """The parts of an error."""

    kind: str
    message: str
    hint: str | None
    where: str | None

    @classmethod
    def of(cls, error: AudiobookError) -> Told:
        """Return the parts of an error."""
        return cls(type(error).__name__, error.message, error.hint, error.where)

    def error(self) -> AudiobookError:
        """Return the error; one of an unknown kind is a `SpeechError`."""
        kind = getattr(errors, self.kind, None)
        if not isinstance(kind, type) or not issubclass(kind, AudiobookError):
            kind = SpeechError
        return kind(self.message, hint=self.hint, where=self.where)


class Reply(msgspec.Struct, frozen=True, array_like=True):
    """The answer of a hand.

    Attributes:
        refusal: How it differs from the driver, in which case it makes nothing; empty if it does not.
        clip: The clip; None if it was only encoded, or failed.
        packets: The clip in other encodings.
        error: Why it could not be made.
        sentence: Index of the sentence that caused the error.
    """

    refusal: str = ""
    clip: Frames | None = None
    packets: tuple[Packets, ...] = ()
    error: Told | None = None
    sentence: int = 0


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """The answer of a worker to a batch.

    Attributes:
        refusal: See `Reply`.
        worker: Address of the worker.
        taken_s: Seconds that the batch took.
        replies: The replies, each as the hand encoded it.
    """

    refusal: str
    worker: str
    taken_s: float
    replies: list[bytes]


class Begin(msgspec.Struct, frozen=True, tag=True):
    """From the driver to the link, first: the batch by which each worker is examined."""

    batch: bytes


class Give(msgspec.Struct, frozen=True, tag=True):
    """From the driver to the link: a batch for `work.make`."""

    number: int
    batch: bytes


class Workers(msgspec.Struct, frozen=True, tag=True):
    """From the link to the driver: how many requests the cluster can work on at once, and which workers were left out since.

    Attributes:
        places: The number of requests.
        left_out: The address of each worker, and what it does: "lacks audiobook-press".
    """

    places: int
    left_out: list[tuple[str, str]]


class Done(msgspec.Struct, frozen=True, tag=True):
    """From the link to the driver: the answer to a batch, as the worker encoded it."""

    number: int
    answer: bytes


class Note(msgspec.Struct, frozen=True, tag=True):
    """From the link to the driver: what the user should know while the build waits."""

    message: str


class Lost(msgspec.Struct, frozen=True, tag=True):
    """From the link to the driver: why the build cannot continue."""

    message: str
    hint: str | None = None


ToLink = Begin | Give
FromLink = Workers | Done | Note | Lost
_encoder: Final = msgspec.msgpack.Encoder()


def packed(message: object) -> bytes:
    """Return a message as bytes."""
    return _encoder.encode(message)
