"""The messages between the driver and the clip makers of a cluster, as MessagePack."""

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

NEW: Final = b"+"
"""Sent before a request to a clip maker."""
SUSPECT: Final = b"!"
"""Sent before a request that has ended another clip maker."""


class Requirements(msgspec.Struct, frozen=True, array_like=True):
    """The properties that a worker must share with the driver to make the same sound.

    Attributes:
        program: Version of this program.
        processor: The kind of processor; see `processor.kind`.
        making: How clips are made, with the version of their encoder; see `Sound.identity`.
        sample: Digest of the frames of the voice's sample; see `sample_job`.
    """

    program: str
    processor: str
    making: str
    sample: str


class VoiceSpec(msgspec.Struct, frozen=True, array_like=True):
    """A voice of the driver, with the data that workers need to make the same sound.

    Attributes:
        options: The options of the engine.
        speaker: The voice, with the versions of the engine and of the voice's files.
        language: BCP 47 tag of the sample.
        sound: How speech is turned into clips.
        required: What a worker must have in common with the driver.
    """

    options: tuple[tuple[str, Option], ...]
    speaker: Speaker
    language: str
    sound: Sound
    required: Requirements


class ClipData(msgspec.Struct, frozen=True, array_like=True):
    """A clip."""

    shape: ClipShape
    data: bytes


class EncodedData(msgspec.Struct, frozen=True, array_like=True):
    """A clip in another encoding than MP3; `encoding` is the identity of the encoder."""

    encoding: str
    shape: EncodedShape
    data: bytes


class Order(msgspec.Struct, frozen=True, array_like=True):
    """A clip to make, or only to encode.

    Attributes:
        key: Clip key.
        sentences: The text of each sentence, and the parts of the sentence that are given as phonemes.
        language: BCP 47 tag of the passage.
        encodings: Encodings to make besides MP3, each with its identity on the driver.
        made: The clip, if it only has to be encoded; None if it must be spoken.
    """

    key: str
    sentences: tuple[tuple[str, tuple[PhonemeSpan, ...]], ...]
    language: str
    encodings: tuple[tuple[Encoding, str], ...] = ()
    made: ClipData | None = None


class Request(msgspec.Struct, frozen=True, array_like=True):
    """A request to a clip maker.

    Attributes:
        voiced: The voice.
        order: The clip to make; None to only ask whether the worker makes the same sound as the driver.
    """

    voiced: VoiceSpec
    order: Order | None = None


class ErrorParts(msgspec.Struct, frozen=True, array_like=True):
    """An error that can be sent: the name of its class, and its parts."""

    kind: str
    message: str
    hint: str | None
    where: str | None

    @classmethod
    def of(cls, error: AudiobookError) -> ErrorParts:
        """Return the parts of an error."""
        return cls(type(error).__name__, error.message, error.hint, error.where)

    def error(self) -> AudiobookError:
        """Return the error. If its class is unknown here, it becomes a `SpeechError`."""
        kind = getattr(errors, self.kind, None)
        if not isinstance(kind, type) or not issubclass(kind, AudiobookError):
            kind = SpeechError
        return kind(self.message, hint=self.hint, where=self.where)


class Reply(msgspec.Struct, frozen=True, array_like=True):
    """The reply of a clip maker.

    Attributes:
        refusal: How the worker differs from the driver, so that no clip is made; empty if it does not differ.
        clip: The clip; None if it was only encoded, or could not be made.
        packets: The clip in the other encodings.
        error: Why the clip could not be made; None if it was made.
        sentence: Index of the sentence that caused the error.
    """

    refusal: str = ""
    clip: ClipData | None = None
    packets: tuple[EncodedData, ...] = ()
    error: ErrorParts | None = None
    sentence: int = 0


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """The answer of a worker to a batch.

    Attributes:
        refusal: The first refusal among the replies; empty if there is none.
        worker: Address of the worker.
        taken_s: How much work the batch was, in seconds: processor time, where it is known.
        replies: The encoded `Reply` to each request, in order.
    """

    refusal: str
    worker: str
    taken_s: float
    replies: list[bytes]


class Examine(msgspec.Struct, frozen=True, tag=True):
    """From the driver to the client, as the first message: the batch with which each worker is examined."""

    batch: bytes


class Submit(msgspec.Struct, frozen=True, tag=True):
    """From the driver to the client: a batch for `work.make`, and its number."""

    number: int
    batch: bytes


class Workers(msgspec.Struct, frozen=True, tag=True):
    """From the client to the driver: the state of the cluster.

    Attributes:
        slots: How many requests the cluster can process at the same time.
        left_out: Workers that were left out since the previous message: the address of each, and the reason as the
            rest of a sentence, such as "lacks audiobook-press".
    """

    slots: int
    left_out: list[tuple[str, str]]


class BatchDone(msgspec.Struct, frozen=True, tag=True):
    """From the client to the driver: the encoded `Answer` to a batch, and the number of the batch."""

    number: int
    answer: bytes


class Notice(msgspec.Struct, frozen=True, tag=True):
    """From the client to the driver: a message to the user while the build waits."""

    message: str


class BuildStopped(msgspec.Struct, frozen=True, tag=True):
    """From the client to the driver: why the build cannot continue, and what the user can do."""

    message: str
    hint: str | None = None


ToLink = Examine | Submit
FromLink = Workers | BatchDone | Notice | BuildStopped
_encoder: Final = msgspec.msgpack.Encoder()


def packed(message: object) -> bytes:
    """Return a message as bytes."""
    return _encoder.encode(message)
