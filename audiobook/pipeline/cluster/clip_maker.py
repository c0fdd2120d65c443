"""The process next to a Dask worker in which an engine speaks; see `serving`.

It does what a worker of a local build does, in a store of its own, which is empty between two requests.
"""

from __future__ import annotations

import gc
import sys
import warnings
from pathlib import Path
from typing import Final, NoReturn

import msgspec

from audiobook import __version__
from audiobook.audio.pyav import SOUND_FILES, has_pyav
from audiobook.clips.clip import Clip
from audiobook.clips.encoded import encoded_key
from audiobook.clips.store import ClipStore
from audiobook.document import Sentence
from audiobook.engines.base import Requiring, Style
from audiobook.engines.expendable import expendable, is_worn
from audiobook.engines.registry import voice_for
from audiobook.engines.serving import serve
from audiobook.errors import AudiobookError, StorageError
from audiobook.files import digest
from audiobook.pipeline.clip_job import Failed, Job, Made
from audiobook.pipeline.cluster import processor
from audiobook.pipeline.cluster.messages import (
    SUSPECT,
    ClipData,
    EncodedData,
    ErrorParts,
    Order,
    Reply,
    Request,
    VoiceSpec,
    packed,
)
from audiobook.pipeline.voices.gain import NUMERALS
from audiobook.pipeline.voices.outfits import Outfit, equipped, voice_identity
from audiobook.pipeline.workers import result_of
from audiobook.system.freed_memory import keep_freed_memory

_SAMPLE: Final = "0" * 64
"""Clip key of a voice's sample."""
_requests: Final = msgspec.msgpack.Decoder(Request)


def sample_job(outfit: Outfit, voiced: VoiceSpec) -> Job:
    """Return the job that makes the sample of a voice. Workers compare its digest with the driver's.

    The text is numerals, because they can be read in every language.

    Args:
        outfit: The engine, with its options and the store.
        voiced: The voice.
    """
    sentences = tuple(Sentence(text, (), ()) for text in NUMERALS)
    return Job(_SAMPLE, sentences, voiced.language, outfit, voiced.speaker, voiced.sound, outfit.store)


class _RequestTask(msgspec.Struct, frozen=True):
    """A request as a task for `result_of`."""

    maker: ClipMaker
    request: Request

    def begin(self) -> None:
        """Do nothing: requests are processed one at a time."""

    def run(self) -> Reply:
        return self.maker.reply(self.request)


class ClipMaker:
    """Makes and encodes clips for a driver, if this worker makes the same sound as the driver."""

    def __init__(self, folder: Path) -> None:
        """Use an empty folder as the store."""
        self._store = ClipStore(folder)
        self._refusals: dict[bytes, str] = {}
        """How this worker differs from the driver, by the encoded `VoiceSpec`; empty if it does not."""

    def answer(self, request: bytes) -> bytes:
        """Return the encoded reply to an encoded request."""
        reply = result_of(_RequestTask(self, _requests.decode(request)))
        return packed(Reply(error=ErrorParts.of(reply)) if isinstance(reply, AudiobookError) else reply)

    def reply(self, request: Request) -> Reply:
        """Return the reply to a request.

        Raises:
            StorageError: The store cannot be read or written.
        """
        voiced, order = request.voiced, request.order
        outfit = Outfit(voiced.speaker.engine, voiced.options, self._store.folder, 1)
        if refusal := self._refusal(outfit, voiced) or _refusal_of_encodings(order):
            return Reply(refusal)
        return self._made(outfit, voiced, order) if order else Reply()

    def _refusal(self, outfit: Outfit, voiced: VoiceSpec) -> str:
        name = packed(voiced)
        if name not in self._refusals:
            self._refusals[name] = self._examined(outfit, voiced)
        return self._refusals[name]

    def _examined(self, outfit: Outfit, voiced: VoiceSpec) -> str:
        """Describe how this worker differs from the driver; empty if it makes the same sound."""
        required, speaker = voiced.required, voiced.speaker
        try:
            engine = equipped(outfit)
            voice = voice_for(engine, voiced.language, speaker.voice)
            if isinstance(engine, Requiring):
                engine.require(voice, Style(speaker.speed, speaker.pitch))
            identity = voice_identity(engine, voice)
        except AudiobookError as error:
            return str(error)
        for what, ours, theirs in (
            ("audiobook-press", __version__, required.program),
            ("the processor", processor.kind(), required.processor),
            (f"the voice “{speaker.voice}” of {speaker.engine}", identity, speaker.identity),
            ("the making of clips", voiced.sound.identity, required.making),
        ):
            if ours != theirs:
                return f"{what}: {ours} there, {theirs} here"
        made = result_of(sample_job(outfit, voiced))
        head = self._store.head(_SAMPLE)
        self._store.remove(_SAMPLE)
        if isinstance(made, Failed):
            return str(made.error)
        if isinstance(made, AudiobookError):
            return str(made)
        if head is None or head[1] != required.sample:
            return f"the voice “{speaker.voice}” of {speaker.engine} sounds different there"
        return ""

    def _made(self, outfit: Outfit, voiced: VoiceSpec, order: Order) -> Reply:
        store = self._store
        made = order.made
        if made:
            store.put(order.key, Clip(made.shape, made.data))
        sentences = tuple(Sentence(text, (), (), phonemes) for text, phonemes in order.sentences)
        encodings = frozenset(encoding for encoding, _ in order.encodings)
        job = Job(
            order.key,
            sentences,
            order.language,
            outfit,
            voiced.speaker,
            voiced.sound,
            store.folder,
            is_made=made is not None,
            encodings=encodings,
        )
        try:
            match result_of(job):
                case Made():
                    return self._collected(order)
                case Failed() as failed:
                    return Reply(error=ErrorParts.of(failed.error), sentence=failed.sentence)
                case AudiobookError() as error:
                    return Reply(error=ErrorParts.of(error))
            raise AssertionError
        finally:
            self._clear(order)

    def _collected(self, order: Order) -> Reply:
        clip = self._store.get(order.key)
        if clip is None:
            raise StorageError("a clip was damaged right after it was made", hint="check the disk")
        packets: list[EncodedData] = []
        for _, identity in order.encodings:
            encoded = self._store.get_encoded(encoded_key(digest(clip.data), identity))
            if encoded is None:
                raise StorageError("a clip was damaged right after it was made", hint="check the disk")
            packets.append(EncodedData(identity, encoded.shape, encoded.data))
        return Reply(clip=None if order.made else ClipData(clip.shape, clip.data), packets=tuple(packets))

    def _clear(self, order: Order) -> None:
        head = self._store.head(order.key)
        if head:
            for _, identity in order.encodings:
                self._store.remove(encoded_key(head[1], identity))
        self._store.remove(order.key)


def _refusal_of_encodings(order: Order | None) -> str:
    for encoding, wanted in order.encodings if order else ():
        if not has_pyav():
            return f"{SOUND_FILES} need the extra “formats”"
        if encoding.identity != wanted:
            return f"the encoder: {encoding.identity} there, {wanted} here"
    return ""


def _serve(maker: ClipMaker) -> NoReturn:
    def answer(asked: bytes) -> bytes:
        with expendable(unless=asked.startswith(SUSPECT)):
            return maker.answer(asked[len(SUSPECT) :])

    serve(answer, lambda: not is_worn())


if __name__ == "__main__":
    # Python warns about threads at every fork. The only thread here waits for requests, and holds no lock meanwhile.
    warnings.simplefilter("ignore", DeprecationWarning)
    keep_freed_memory()
    gc.freeze()  # what is loaded now is never garbage, and need not be examined again and again
    _serve(ClipMaker(Path(sys.argv[1])))
