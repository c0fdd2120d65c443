"""Sentences spoken by a voice for a measurement, kept in `build/listening`, so that they are spoken once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from audiobook.audio.pcm import Pcm
from audiobook.clips.clip import Clip, Sound, make_clip
from audiobook.clips.store import ClipStore
from audiobook.document import Mark
from audiobook.engines.base import Equipment, Equipped, Speech, Style, Versioned
from audiobook.engines.registry import load_engine, voice_for
from audiobook.files import digest
from audiobook.pipeline.voices.gain import bare_passage

KEPT: Final = Path(__file__).parents[1] / "build" / "listening"
SOUND: Final = Sound(350, 0.0, -1.0, 64, 7)


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    samples: bytes
    rate_hz: int
    marks: tuple[tuple[int, int, int], ...]


class Speaker:
    """A voice that speaks each English sentence once, and is only loaded for a sentence that was not spoken before."""

    def __init__(self, engine: str, voice: str) -> None:
        """Use a voice that is installed."""
        self.store = ClipStore(KEPT)
        self._engine = load_engine(engine)
        if isinstance(self._engine, Equipped):
            self._engine.equip(Equipment(self.store.replies, KEPT))
        self._voice = voice_for(self._engine, "en", voice)
        version = self._engine.version(self._voice) if isinstance(self._engine, Versioned) else ""
        self._identity = (self._engine.identity, engine, voice, version)
        self._is_ready = False

    def key(self, texts: Sequence[str]) -> str:
        """Return the key of a clip of some sentences."""
        return digest(msgspec.json.encode((self._identity, SOUND.identity, texts)))

    def sentence(self, text: str) -> Speech:
        """Return a sentence as the voice speaks it on its own."""
        name = self.key([text])
        kept = self.store.replies.get(name)
        if kept is None:
            kept = msgspec.msgpack.encode(self._spoken(text))
            self.store.replies.put(name, kept)
        speech = msgspec.msgpack.decode(kept, type=_Kept)
        return Speech(Pcm(speech.samples, speech.rate_hz), tuple(Mark(*mark) for mark in speech.marks))

    def clip(self, texts: Sequence[str]) -> Clip:
        """Return some sentences as one clip."""
        speeches = [self.sentence(text) for text in texts]
        return make_clip(((speech.pcm, speech.marks) for speech in speeches), speeches[0].pcm.rate_hz, SOUND)

    def _spoken(self, text: str) -> _Kept:
        if not self._is_ready:
            self._engine.prepare(self._voice)
            self._is_ready = True
        [speech] = self._engine.speak(bare_passage((text,), "en"), self._voice, Style())
        marks = tuple((mark.start, mark.length, mark.offset_samples) for mark in speech.marks)
        return _Kept(bytes(speech.pcm.samples), speech.pcm.rate_hz, marks)
