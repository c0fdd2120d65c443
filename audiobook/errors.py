"""Every error that this project raises, with its exit code.

    AudiobookError                   exit 1
    ├── WorkError                    1  one work could not be built; the others continue
    │   ├── SourceError              1  a text could not be read
    │   ├── SpeechError              1  a passage could not be spoken
    │   │   ├── NoSpeech             1  … because the sound is damaged or silent
    │   │   └── ServiceError         1  … because an online service, or a program of the user, failed
    │   └── OutputMismatch           1  an output does not match its record
    ├── UsageError                   2  wrong options, names or values
    │   └── SettingsError            2  audiobook.toml or the environment
    ├── NothingToDo                  3  no text, no built work
    ├── EngineMissing                3  the engine, its voice, or an extra is not installed
    │   └── NoVoice                  3  … because the engine has no voice for a language
    ├── StorageError                 4  reading or writing failed
    ├── ClusterError                 4  the cluster of a build failed
    └── Bug                         70  an error of this program that nothing else has handled

    Interrupted                    130  Ctrl-C; not an `Exception`, so that handlers of failures let it pass
    └── Terminated                 143  SIGTERM

A message says what happened and where (`path:line`); `hint` says what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from audiobook.surrogates import escaped

_PACKAGE: Final = __name__.partition(".")[0]
_LEAST_LIKENESS: Final = 0.55
"""Similarity from which a known name is suggested for a mistyped one (0 to 1)."""
_MOST_APART: Final = 0.2
"""How much less similar than the closest name a further suggestion may be."""


class AudiobookError(Exception):
    """The root of the tree: a message for the user, an optional hint, an exit code."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None, where: str | None = None) -> None:
        """Keep the parts separate, so that they can be shown and tested individually.

        Args:
            message: What happened, without a final full stop.
            hint: What the user can do; None if there is nothing to add.
            where: `path:line` or `path`, shown in front of the message.
        """
        self.message = escaped(message)
        self.hint = escaped(hint) if hint else hint
        self.where = escaped(where) if where else where
        super().__init__(f"{self.where}: {self.message}" if where else self.message)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle all parts, because other processes send errors to the main one.

        An error of a class outside this package becomes one of its base class, since its own may not be picklable.
        """
        kind = next(kind for kind in type(self).__mro__ if kind.__module__.partition(".")[0] == _PACKAGE)
        return _rebuild, (kind, self.message, self.hint, self.where)


def _rebuild(kind: type[AudiobookError], message: str, hint: str | None, where: str | None) -> AudiobookError:
    return kind(message, hint=hint, where=where)


class WorkError(AudiobookError):
    """One work could not be built; the others are not affected."""


class SourceError(WorkError):
    """A text could not be read or understood."""


class EmptyText(SourceError):
    """A text contains nothing to read aloud."""


class SpeechError(WorkError):
    """An engine could not speak a passage: it crashed, hung, or produced too much sound or none."""


class NoSpeech(SpeechError):
    """The sound is damaged or silent; a service may return better sound for the same request."""


class ServiceError(SpeechError):
    """An online service, or a program of the user, failed; repeating the request now would not help."""


class OutputMismatch(WorkError):
    """An output is missing, damaged, or does not match its record."""


class UsageError(AudiobookError):
    """The command was called with an invalid option, name or value."""

    exit_code = 2


class SettingsError(UsageError):
    """`audiobook.toml` or an environment variable has an invalid value."""


class NothingToDo(AudiobookError):
    """There is no text to build, or no built work to act on."""

    exit_code = 3


class EngineMissing(AudiobookError):
    """The requested engine or extra is not installed, or the engine does not have this voice."""

    exit_code = 3


class NoVoice(EngineMissing):
    """The engine has no voice for the language of a text."""


class StorageError(AudiobookError):
    """A file could not be read or written."""

    exit_code = 4


class ClusterError(AudiobookError):
    """A cluster could not be reached, was lost, or would make different sound."""

    exit_code = 4


class Bug(AudiobookError):
    """An error in this program or in a plugin that nothing else has handled."""

    exit_code = 70


class Interrupted(BaseException):
    """The user or the system asked the process to stop; finished work is kept."""

    exit_code = 130


class Terminated(Interrupted):
    """SIGTERM asked to stop."""

    exit_code = 143


def alternatives(words: Sequence[str]) -> str:
    """Return words as a choice in a sentence: "work or chapter", "bash, zsh or fish"; there is at least one."""
    *others, last = words
    return f"{', '.join(others)} or {last}" if others else last


def nearest(name: str, choices: Iterable[str]) -> list[str]:
    """Return the valid names closest to a mistyped one, best first, without regard to case; empty if none is close."""
    from difflib import (
        SequenceMatcher,
        get_close_matches,
    )  # imported late, because signals are not handled yet

    folded = name.casefold()
    spelled: dict[str, list[str]] = {}
    for choice in choices:
        spelled.setdefault(choice.casefold(), []).append(choice)
    close = get_close_matches(folded, spelled, n=3, cutoff=_LEAST_LIKENESS)
    likeness = [SequenceMatcher(None, each, folded).ratio() for each in close]
    kept = [each for each, like in zip(close, likeness, strict=True) if like >= likeness[0] - _MOST_APART]
    return [choice for each in kept for choice in spelled[each]]


def meant(name: str, choices: Iterable[str]) -> str | None:
    """Return a hint with the valid names closest to a mistyped one, for a message that lists them all; None if none is close."""
    close = nearest(name, choices)
    return f"did you mean {alternatives(close)}?" if close else None


def near(name: str, known: Iterable[str]) -> str | None:
    """Return a hint with the known names closest to a mistyped one.

    Args:
        name: The name as typed.
        known: The valid names, in any order.

    Returns:
        A text for `hint`: the closest names, else all of them; None if there are none.
    """
    choices = sorted(set(known))
    if not choices:
        return None
    if hint := meant(name, choices):
        return hint
    shown = ", ".join(choices[:12])
    return f"known: {shown}" + (", …" if len(choices) > 12 else "")
