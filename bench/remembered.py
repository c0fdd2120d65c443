"""A recogniser that remembers its answers in `build/listening`, so that other rules are tried on them in seconds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from audiobook.files import digest
from audiobook.listening.model import MODEL_FILE, Listener
from audiobook.listening.recogniser import Recogniser, Sound, Token, loaded
from bench.spoken import KEPT

if TYPE_CHECKING:
    from audiobook.listening.recogniser import Samples

_FOLDER: Final = KEPT / "answers"
_Values = tuple[int, int, float, float]
"""The fields of a `Token`."""
Answer = TypeVar("Answer")


class Remembering(Recogniser):
    """A recogniser whose answers about one clip are kept in a file. The model is only loaded for a new question."""

    def __init__(self, listener: Listener, clip: str) -> None:
        """Use a recogniser for a clip.

        Args:
            listener: The recogniser.
            clip: The key of the clip.
        """
        self._folder_of_model = listener.folder
        self._path = _FOLDER / f"{digest(f'{_model(listener.folder)} {clip}'.encode())[:32]}.msgpack"
        kept = self._path.read_bytes() if self._path.exists() else msgspec.msgpack.encode({})
        self._answers = msgspec.msgpack.decode(kept, type=dict[str, msgspec.Raw])
        self._has_new = False

    @property
    def real(self) -> Recogniser:
        """The recogniser itself."""
        return loaded(self._folder_of_model)

    def listen(self, samples: Samples, language: str) -> Sound:
        """Return a sound that is only encoded for a new question."""
        name = hashlib.blake2b(samples.tobytes(), digest_size=12).hexdigest()
        return _RememberedSound(self, f"{language} {name}", lambda: self.real.listen(samples, language))

    def silence(self, language: str) -> Sound:
        """Return silence."""
        return _RememberedSound(self, f"{language} silence", lambda: self.real.silence(language))

    def answer(self, question: str, ask: Callable[[], Answer], kind: type[Answer]) -> Answer:
        """Return the answer to a question, which is asked unless it was asked before."""
        if question not in self._answers:
            self._answers[question] = msgspec.Raw(msgspec.msgpack.encode(ask()))
            self._has_new = True
        return msgspec.msgpack.decode(self._answers[question], type=kind)

    def keep(self) -> None:
        """Write new answers to the file."""
        if self._has_new:
            _FOLDER.mkdir(parents=True, exist_ok=True)
            new = self._path.with_suffix(".new")
            new.write_bytes(msgspec.msgpack.encode(self._answers))
            new.replace(self._path)
            self._has_new = False


class _RememberedSound(Sound):
    def __init__(self, recogniser: Remembering, name: str, make: Callable[[], Sound]) -> None:
        self._recogniser = recogniser
        self._name = name
        self._make = make
        self._made: Sound | None = None

    def _real(self) -> Sound:
        self._made = self._made or self._make()
        return self._made

    def transcribe(self, most_words: int) -> str:
        question = f"{self._name} transcribe {most_words}"
        return self._recogniser.answer(question, lambda: self._real().transcribe(most_words), str)

    def align(self, text: str) -> list[Token]:
        question = f"{self._name} align {text}"
        tokens = self._recogniser.answer(question, lambda: self._values(text), list[_Values])
        return [Token(*values) for values in tokens]

    def _values(self, text: str) -> list[_Values]:
        tokens = self._real().align(text)
        return [(token.start, token.end, token.log_probability, token.begins_s) for token in tokens]


@cache
def _model(folder: Path) -> str:
    """Return what the answers depend on; unlike `Listener.identity` without the version of the rules."""
    with open(folder / MODEL_FILE, "rb") as stream:
        content = hashlib.file_digest(stream, "sha256").hexdigest()
    return f"{content} {version('ctranslate2')} {version('faster-whisper')}"
