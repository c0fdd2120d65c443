"""Speaking sentences with a loaded Kokoro network.

Source: hexgrad/kokoro, `kokoro/model.py` and `kokoro/pipeline.py`; yl4579/StyleTTS2.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from audiobook.document import PhonemeSpan
from audiobook.engines.espeak.library import LibraryVoice, espeak_library
from audiobook.engines.kokoro.files import KOKORO_LANGUAGES, KokoroFiles
from audiobook.engines.kokoro.phonemes import phonemes_of
from audiobook.engines.kokoro.readings import Spelled, has_reader, spelled
from audiobook.engines.kokoro.symbols import symbol_ids
from audiobook.engines.neural.graph import with_phoneme_lengths
from audiobook.engines.neural.isolated import SpokenSentence
from audiobook.engines.neural.pieces import pieces
from audiobook.engines.neural.session import network
from audiobook.engines.neural.words import word_events, words_alone
from audiobook.engines.word_times import WordEvent, words_of
from audiobook.errors import SpeechError

if TYPE_CHECKING:
    import numpy as np

    _Samples = np.ndarray[Any, np.dtype[np.float32]]

_MOST_PHONEMES: Final = 400
"""Most phonemes in one pass through the network. It accepts 510, but time and memory grow faster than their number."""
_EDGE: Final = 0
"""Symbol before the first phoneme and after the last."""
_EARLY_FRAMES: Final = 2
"""How many frames before its reported time the sound of a symbol begins: 45 ms in all."""
_LATIN: Final = "en-us"
"""espeak-ng's tag of the language in which words in Latin letters are read in Japanese and Chinese texts."""
_FULL_SCALE: Final = 32767.0
_TOKEN_NAMES: Final = ("tokens", "input_ids")
"""Names of the network's input for phonemes; different exports use different ones."""


class LoadedKokoro:
    """The network in memory, with all its voices."""

    def __init__(self, files: KokoroFiles, device: str = "") -> None:
        """Load the network.

        Args:
            files: The files of network and voices.
            device: The device that runs the network, one of `available_providers()`; empty for the processor.

        Raises:
            EngineMissing: A file is missing or damaged, or is not one of Kokoro.
        """
        self._files = files
        self._ids = symbol_ids()
        self._library = espeak_library()
        try:
            self._session = network(with_phoneme_lengths(files.model.read_bytes()), device)
        except Exception as error:
            # onnxruntime raises all kinds of errors for a file that is not as expected.
            why = str(error).strip().split("\n", 1)[0][:200] or type(error).__name__
            raise files.damaged(files.model, why) from error
        inputs = {given.name: given.type for given in self._session.get_inputs()}
        self._tokens = next((name for name in _TOKEN_NAMES if name in inputs), "")
        if not self._tokens or not {"style", "speed"} <= inputs.keys():
            raise files.damaged(files.model, "it is not a Kokoro network")

    def say(self, text: str, spans: Sequence[PhonemeSpan], voice: str, speed: float) -> SpokenSentence:
        """Speak a sentence; see `LoadedVoice.say`."""
        try:
            return self._said(text, spans, voice, speed)
        except SpeechError:
            raise
        except Exception as error:
            # onnxruntime raises all kinds of errors.
            raise SpeechError(f"Kokoro failed: {type(error).__name__}: {error}") from error

    def _said(self, text: str, spans: Sequence[PhonemeSpan], voice: str, speed: float) -> SpokenSentence:
        import numpy as np

        language = KOKORO_LANGUAGES[voice[0]].espeak
        known = self._spelled(text, spans, language) if has_reader(language) else None
        if known is None:
            self._library.set_voice(_library_voice(language))
        spoken = list(
            pieces(known.symbols if known else self._symbols(text, spans, language), _MOST_PHONEMES)
        )
        if not any(phoneme.isalnum() for piece in spoken for phoneme in piece):
            raise SpeechError(f"the engine produced no sound for “{text[:60]}”")
        sounds: list[bytes] = []
        heard: list[tuple[str, int]] = []
        reached: list[int] = []
        begin, are_timed = 0, True
        for piece in spoken:
            audio, starts = self._sound(piece, voice, speed)
            if not audio.size or not np.isfinite(audio).all():
                raise SpeechError(f"the voice “{voice}” produced no sound for “{text[:60]}”")
            are_timed = are_timed and starts is not None
            reached += [begin + start for start in starts or ()]
            heard += [(phoneme, begin + start) for phoneme, start in zip(piece, starts or (), strict=False)]
            heard.append((" ", begin + audio.size))
            begin += audio.size
            sounds.append((np.clip(audio, -1.0, 1.0) * _FULL_SCALE).astype(np.int16).tobytes())
        if not are_timed:
            return SpokenSentence(b"".join(sounds), [])
        if known:
            events = [WordEvent(start, end - start, reached[first]) for first, start, end in known.words]
            return SpokenSentence(b"".join(sounds), events)
        alone = [
            self._symbols(word, within, language) for word, within in words_alone(text, words_of(text), spans)
        ]
        return SpokenSentence(b"".join(sounds), word_events(text, alone, heard))

    def _sound(self, phonemes: Sequence[str], voice: str, speed: float) -> tuple[_Samples, list[int] | None]:
        """Return the samples, and the index of each phoneme's first sample; None if the network does not report it."""
        import numpy as np

        ids = [_EDGE, *(self._ids[phoneme] for phoneme in phonemes), _EDGE]
        given = {
            self._tokens: np.array([ids], np.int64),
            "style": self._style(voice, len(phonemes)),
            "speed": np.array([speed], np.float32),
        }
        audio, *lengths = self._session.run(None, given)
        samples = np.atleast_1d(np.squeeze(audio))
        if len(lengths) != 1 or lengths[0].size != len(ids):
            return samples, None
        reached = np.cumsum(lengths[0].ravel())
        hop = samples.size / max(float(reached[-1]), 1.0)
        return samples, [int(max(0, frames - _EARLY_FRAMES) * hop) for frames in reached[: len(phonemes)]]

    def _style(self, voice: str, count: int) -> _Samples:
        """Return the style vector of a voice for a text of `count` phonemes."""
        styles = _styles(self._files, voice)
        chosen: _Samples = styles[min(count, len(styles)) - 1].reshape(1, -1)
        return chosen

    def _spelled(self, text: str, spans: Sequence[PhonemeSpan], language: str) -> Spelled:
        """Return the symbols of a text that espeak-ng cannot read."""

        def say_latin(words: str) -> str:
            self._library.set_voice(_library_voice(_LATIN))
            return phonemes_of(words, (), self._library, _LATIN)

        return spelled(text, spans, language, say_latin)

    def _symbols(self, text: str, spans: Sequence[PhonemeSpan], language: str) -> list[str]:
        return [each for each in phonemes_of(text, spans, self._library, language) if each in self._ids]


@lru_cache(maxsize=8)
def _library_voice(language: str) -> LibraryVoice:
    return next(voice for voice in espeak_library().voices() if voice.language == language)


@lru_cache(maxsize=4)
def _styles(files: KokoroFiles, voice: str) -> _Samples:
    import numpy as np

    try:
        with np.load(files.styles, allow_pickle=False) as archive:
            styles: _Samples = archive[voice].astype(np.float32)
    except Exception as error:
        # numpy and zipfile raise all kinds of errors for a damaged archive.
        raise SpeechError(f"the voice “{voice}” cannot be read from {files.styles}: {error}") from error
    return styles
