"""Speaking sentences with a loaded Piper voice.

piper-tts would read text between `[[` and `]]` as phonemes. So a text is first converted to phonemes by the espeak-ng
that comes with piper-tts, which treats brackets as plain text, and only the phonemes are given to the voice.

Source: piper-tts 1.8, `piper/voice.py`.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from audiobook.document import PhonemeSpan
from audiobook.engines.neural.graph import with_phoneme_lengths
from audiobook.engines.neural.isolated import SpokenSentence
from audiobook.engines.neural.pieces import pieces
from audiobook.engines.neural.session import network
from audiobook.engines.neural.words import word_events, words_alone
from audiobook.engines.piper.clauses import clauses_of, signs_of
from audiobook.engines.piper.voices import VoiceFiles, read_config
from audiobook.engines.word_times import WordEvent, words_of
from audiobook.errors import SpeechError

if TYPE_CHECKING:
    import numpy as np
    from piper import PiperVoice

_MOST_PHONEMES: Final = 600
"""Most phonemes in one pass through the network: the cost grows with the square of their number."""
_FULL_SCALE: Final = 32767.0
_INPUTS: Final = frozenset({"input", "input_lengths", "scales"})


class LoadedPiper:
    """A voice in memory. The random noise that it adds depends on the sentences spoken before."""

    def __init__(self, files: VoiceFiles, device: str = "") -> None:
        """Load the network and the converter to phonemes.

        Args:
            files: The files of the voice.
            device: The device that runs the network, one of `available_providers()`; empty for the processor.

        Raises:
            EngineMissing: A file is missing or damaged, or is not a Piper voice.
        """
        self._files = files
        self._kind = read_config(files).phoneme_type
        try:
            self._voice = _load(files, device)
            self._phonemes = _phonemizer(self._voice, self._kind)
        except Exception as error:
            # onnxruntime and piper-tts raise all kinds of errors for a file that is not as expected.
            why = str(error).strip().split("\n", 1)[0][:200] or type(error).__name__
            raise files.damaged(files.model, why) from error
        if not {given.name for given in self._voice.session.get_inputs()} >= _INPUTS:
            raise files.damaged(files.model, "it is not a Piper voice")

    def say(self, text: str, spans: Sequence[PhonemeSpan], _voice: str, speed: float) -> SpokenSentence:
        """Speak a sentence; see `LoadedVoice.say`."""
        try:
            return self._said(text, spans, speed)
        except SpeechError:
            raise
        except Exception as error:
            # onnxruntime and piper-tts raise all kinds of errors.
            raise SpeechError(f"Piper failed: {type(error).__name__}: {error}") from error

    def _said(self, text: str, spans: Sequence[PhonemeSpan], speed: float) -> SpokenSentence:
        import numpy as np

        spoken = [piece for clause in self._clauses(text, spans) for piece in pieces(clause, _MOST_PHONEMES)]
        if not any(phoneme.isalnum() for piece in spoken for phoneme in piece):
            raise SpeechError(f"the engine produced no sound for “{text[:60]}”")
        sounds: list[bytes] = []
        heard: list[tuple[str, int]] = []
        begin, are_timed = 0, True
        for piece in spoken:
            audio, starts = self._sound(piece, speed)
            if not audio.size or not np.isfinite(audio).all():
                raise SpeechError(f"the voice “{self._files.name}” produced no sound for “{text[:60]}”")
            are_timed = are_timed and starts is not None
            heard += [(phoneme, begin + start) for phoneme, start in zip(piece, starts or (), strict=False)]
            heard.append((" ", begin + audio.size))
            begin += audio.size
            sounds.append((np.clip(audio, -1.0, 1.0) * _FULL_SCALE).astype(np.int16).tobytes())
        return SpokenSentence(b"".join(sounds), self._words(text, spans, heard) if are_timed else [])

    def _sound(self, phonemes: list[str], speed: float) -> tuple[np.ndarray, list[int] | None]:
        """Return the samples, and the index of each phoneme's first sample; None if the voice does not report it."""
        import numpy as np
        from piper import SynthesisConfig

        pace = SynthesisConfig(length_scale=self._voice.config.length_scale / speed)
        ids = self._voice.phonemes_to_ids(phonemes)
        output = self._voice.phoneme_ids_to_audio(ids, pace, include_alignments=True)
        audio, lengths = output if isinstance(output, tuple) else (output, None)
        if lengths is None or np.atleast_1d(lengths).size != len(ids):
            return np.atleast_1d(audio), None
        return np.atleast_1d(audio), self._starts(phonemes, [0, *np.cumsum(lengths).tolist()])

    def _starts(self, phonemes: Sequence[str], reached: Sequence[int]) -> list[int]:
        """Return the sample at which each phoneme begins.

        The voice gets the id of a pause after each phoneme, and no id for a phoneme that it does not know.

        Args:
            phonemes: The spoken phonemes.
            reached: The number of samples before each id, and after the last.
        """
        known = self._voice.config.phoneme_id_map
        pause = len(known["_"])
        at = len(known["^"]) + pause
        starts = []
        for phoneme in phonemes:
            starts.append(reached[min(at, len(reached) - 1)])
            at += len(known[phoneme]) + pause if phoneme in known else 0
        return starts

    def _clauses(self, text: str, spans: Sequence[PhonemeSpan]) -> list[list[str]]:
        known = self._voice.config.phoneme_id_map
        return clauses_of(text, spans, self._phonemes, lambda phonemes: signs_of(phonemes, known))

    def _words(
        self, text: str, spans: Sequence[PhonemeSpan], heard: list[tuple[str, int]]
    ) -> list[WordEvent]:
        alone = [
            [phoneme for clause in self._clauses(word, within) for phoneme in clause]
            for word, within in words_alone(text, words_of(text), spans)
        ]
        return word_events(text, alone, heard)


def _load(files: VoiceFiles, device: str) -> PiperVoice:
    from piper import PiperVoice  # with onnxruntime 0.15 s, only needed for speaking
    from piper.config import PiperConfig

    config = PiperConfig.from_dict(json.loads(files.config.read_bytes()))
    session = network(with_phoneme_lengths(files.model.read_bytes()), device)
    return PiperVoice(session=session, config=config)


def _phonemizer(voice: PiperVoice, kind: str) -> Callable[[str], list[list[str]]]:
    """Return the function that converts a text to phonemes, clause by clause.

    Args:
        voice: The voice.
        kind: `espeak`, or `text` for a voice that reads letters.
    """
    if kind == "text":
        return lambda text: [list(unicodedata.normalize("NFD", text))]
    from piper.phonemize_espeak import EspeakPhonemizer

    espeak = EspeakPhonemizer(voice.espeak_data_dir)
    name, clusters = voice.config.espeak_voice, voice.config.vowel_clusters
    if name != "ar":
        return lambda text: espeak.phonemize(name, text, vowel_clusters=clusters)
    from piper.tashkeel import TASHKEEL_DIR, TashkeelDiacritizer

    vowels = TashkeelDiacritizer()
    vowels.session = network((TASHKEEL_DIR / "model.onnx").read_bytes())
    return lambda text: espeak.phonemize(name, vowels(text), vowel_clusters=clusters)
