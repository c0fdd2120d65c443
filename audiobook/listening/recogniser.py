"""Speech recognition with Whisper: a transcript of up to 30 s of speech, and how likely a given text is for it.

Source: Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision"; SYSTRAN/faster-whisper,
`transcribe.py`. Its `transcribe` is not used, because it cannot rate a text that is already known.
"""

from __future__ import annotations

import json
import math
import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from audiobook.errors import EngineMissing
from audiobook.listening.model import TOKENIZER_FILE

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from ctranslate2 import StorageView
    from ctranslate2.models import Whisper
    from tokenizers import Tokenizer

    Samples = npt.NDArray[np.float32]

RATE_HZ: Final = 16000
"""Sample rate that the model expects."""
LONGEST_S: Final = 29.0
"""Longest sound for one call; the model was trained on windows of 30 s."""
_FRAME_SAMPLES: Final = 160
_STEP_SAMPLES: Final = 320
"""Resolution of word times: 20 ms."""
_WINDOW_FRAMES: Final = 3000
"""The 30 s that the model was trained on."""
_LEAST_FRAMES: Final = 1500
"""Shortest window for a sound, including the silence after it."""
_FEWEST_FRAMES: Final = 10
"""Least number of frames with which a text is aligned."""
_QUIET_FRAMES: Final = 300
"""Silence after the sound; without it the model repeats the last words over and over."""
_SILENT_STEPS: Final = 100
"""Length of the silence with which texts are compared. A longer one takes more time and changes nothing."""
_MOST_TOKENS: Final = 400
"""Most tokens of a text: a little less than the 448 that the model can produce, including language and task."""
_SPACE: Final = "Ġ"
_FIRST_MERGE: Final = (_SPACE, "t")
_LEAST_PROBABILITY: Final = 1e-9


class Token(msgspec.Struct, frozen=True):
    """A token of a text, usually a word.

    Attributes:
        start: Index of its first character in the text.
        end: Index after its last character.
        log_probability: Natural logarithm of its probability, given the sound and the tokens before it.
        begins_s: When it begins, in seconds from the start of the sound; a multiple of 20 ms.
    """

    start: int
    end: int
    log_probability: float
    begins_s: float


class Recogniser:
    """A loaded model. It uses one core, so that results do not depend on the number of cores."""

    def __init__(self, folder: Path) -> None:
        """Load the model in a folder. Nothing is downloaded.

        Raises:
            EngineMissing: The model is damaged, or is not a Whisper model.
        """
        from faster_whisper import WhisperModel  # 1 s

        try:
            tokenizer = _tokenizer(folder / TOKENIZER_FILE)
            model = WhisperModel(
                os.fspath(folder), "cpu", compute_type="int8", cpu_threads=1, local_files_only=True
            )
        except (OSError, RuntimeError, ValueError, KeyError) as error:
            raise EngineMissing(
                f"the speech recogniser cannot be loaded: {error}",
                where=os.fspath(folder),
                hint="download it again: audiobook check --listen --download",
            ) from error
        self._model = model
        self._tokenizer = tokenizer
        self._silence: StorageView | None = None

    def knows(self, language: str) -> bool:
        """Return whether the model was trained on a language."""
        return self._tokenizer.token_to_id(_language_token(language)) is not None

    def listen(self, samples: Samples, language: str) -> Sound:
        """Return a sound that can be transcribed and compared with texts.

        Args:
            samples: At most `LONGEST_S` seconds, mono, at `RATE_HZ`, from -1 to 1.
            language: BCP 47 tag of a language that the model knows.
        """
        frames = len(samples) // _FRAME_SAMPLES
        count = min(_WINDOW_FRAMES, max(_LEAST_FRAMES, frames + _QUIET_FRAMES)) // 2 * 2
        return Sound(
            self._model.model,
            self._tokenizer,
            self._encoded(samples, count),
            max(min(frames, count), _FEWEST_FRAMES),
            language,
        )

    def silence(self, language: str) -> Sound:
        """Return a short silence, which shows how likely the model finds a text whatever the sound.

        Args:
            language: BCP 47 tag of a language that the model knows.
        """
        import numpy as np
        from ctranslate2 import StorageView

        if self._silence is None:
            nothing = np.zeros(_SILENT_STEPS * _STEP_SAMPLES, np.float32)
            encoded = np.array(self._encoded(nothing, _LEAST_FRAMES))[:, :_SILENT_STEPS]
            self._silence = StorageView.from_array(np.ascontiguousarray(encoded))
        return Sound(self._model.model, self._tokenizer, self._silence, 2 * _SILENT_STEPS, language)

    def _encoded(self, samples: Samples, frames: int) -> StorageView:
        """Return the output of the model's encoder for a sound, padded with silence to a number of frames."""
        import numpy as np

        padded = np.zeros(_WINDOW_FRAMES * _FRAME_SAMPLES, np.float32)
        padded[: len(samples)] = samples[: len(padded)]
        features = self._model.feature_extractor(padded)
        return self._model.encode(np.ascontiguousarray(features[:, :frames]))


class Sound:
    """An encoded sound, which can be transcribed and compared with texts. Made by `Recogniser.listen`."""

    def __init__(
        self, model: Whisper, tokenizer: Tokenizer, encoded: StorageView, frames: int, language: str
    ) -> None:
        """Wrap the output of the encoder.

        Args:
            model: The model.
            tokenizer: The model's tokenizer.
            encoded: The output of the model's encoder.
            frames: Number of frames with sound, without padding.
            language: BCP 47 tag of a language that the model knows.
        """
        self._model = model
        self._tokenizer = tokenizer
        self._encoded = encoded
        self._frames = frames
        names = ("<|startoftranscript|>", _language_token(language), "<|transcribe|>")
        self._start = [tokenizer.token_to_id(name) for name in names]

    def transcribe(self, most_words: int) -> str:
        """Return the transcript. It is cut off at about twice the expected number of words."""
        prompt = [*self._start, self._tokenizer.token_to_id("<|notimestamps|>")]
        most = min(_MOST_TOKENS, 30 + 4 * most_words)
        (found,) = self._model.generate(self._encoded, [prompt], beam_size=1, max_length=most)
        text: str = self._tokenizer.decode(found.sequences_ids[0], skip_special_tokens=True)
        return " ".join(text.split())

    def align(self, text: str) -> list[Token]:
        """Return the tokens of a text with their probabilities and times, on the assumption that it is what is spoken."""
        encoding = self._tokenizer.encode(f" {text}", add_special_tokens=False)
        if not encoding.ids:
            return []
        # Nobody says more in half a minute, so the rest gets the lowest probability.
        aligned = encoding.ids[:_MOST_TOKENS]
        (found,) = self._model.align(self._encoded, self._start, [aligned], self._frames)
        probabilities = [*found.text_token_probs, *[0.0] * (len(encoding.ids) - len(aligned))]
        begins: dict[int, int] = {}
        for index, step in found.alignments:
            begins.setdefault(index, step)
        at, tokens = 0, []
        for index, (start, end) in enumerate(encoding.offsets):
            at = begins.get(index, at)
            log_probability = math.log(max(probabilities[index], _LEAST_PROBABILITY))
            begin = max(0, start - 1)
            begin += text.startswith(" ", begin)  # a token includes the space before it
            tokens.append(Token(begin, end - 1, log_probability, at * _STEP_SAMPLES / RATE_HZ))
        return tokens


@lru_cache(maxsize=1)
def loaded(folder: Path) -> Recogniser:
    """Return the recogniser in a folder, loaded once in each process.

    Raises:
        EngineMissing: The model cannot be loaded.
    """
    return Recogniser(folder)


def _language_token(language: str) -> str:
    return f"<|{language.split('-')[0].lower()}|>"


def _tokenizer(path: Path) -> Tokenizer:
    """Return the tokenizer of a model.

    Widespread copies of the model lack the first entry in the list of merges, so words that begin with "t" are split
    into other tokens than in training. The entry is added.
    """
    from tokenizers import Tokenizer

    definition = json.loads(path.read_bytes())
    merges = definition["model"]["merges"]
    first = list(_FIRST_MERGE) if merges and isinstance(merges[0], list) else " ".join(_FIRST_MERGE)
    if "".join(_FIRST_MERGE) in definition["model"]["vocab"] and first not in merges:
        merges.insert(0, first)
    return Tokenizer.from_str(json.dumps(definition))
