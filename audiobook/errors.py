"""Every error that this project raises, with its exit code and what to do about it.

    AudiobookError                   exit 1
    ├── WorkError                    1  one work could not be built; the others go on
    │   ├── SourceError              1  a text could not be read
    │   ├── SpeechError              1  a passage could not be spoken
    │   │   ├── NoSpeech             1  … because what came is damaged or silent
    │   │   └── ServiceError         1  … because a service on the network failed
    │   └── OutputMismatch           1  an output does not match its record
    ├── UsageError                   2  wrong flags, names or values
    │   └── SettingsError            2  audiobook.toml or the environment
    ├── NothingToDo                  3  no text, no built work
    ├── EngineMissing                3  the engine or its voice is not there
    └── StorageError                 4  reading or writing failed

    Interrupted                    130  Ctrl-C; no `Exception`, so that nothing that handles failures stops it
    └── Terminated                 143  SIGTERM

A message says what happened and where (`path:line`); `hint` says what to do.
"""

from __future__ import annotations

from collections.abc import Iterable

from audiobook.surrogates import escaped


class AudiobookError(Exception):
    """The root of the tree: a message for the user, an optional hint, an exit code."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None, where: str | None = None) -> None:
        """Keep the parts apart, so that they can be shown and tested on their own.

        Args:
            message: What happened, without a final full stop.
            hint: What the user can do now; None when there is nothing to add.
            where: `path:line` or `path`, put in front of the message.
        """
        self.message = escaped(message)
        self.hint = escaped(hint) if hint else hint
        self.where = escaped(where) if where else where
        super().__init__(f"{self.where}: {self.message}" if where else self.message)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle with all parts, because errors travel from workers to the driver."""
        return _rebuild, (type(self), self.message, self.hint, self.where)


def _rebuild(kind: type[AudiobookError], message: str, hint: str | None, where: str | None) -> AudiobookError:
    return kind(message, hint=hint, where=where)


class WorkError(AudiobookError):
    """One work could not be built; the others are not touched by it."""


class SourceError(WorkError):
    """A text could not be read or understood."""


class SpeechError(WorkError):
    """An engine could not speak a passage: it crashed, hung, or gave too much or nothing."""


class NoSpeech(SpeechError):
    """What came is damaged or silent; a service that is asked again may give better."""


class ServiceError(SpeechError):
    """A service on the network failed; asking it again for the same words now would be no use."""


class OutputMismatch(WorkError):
    """An output is missing, damaged, or not what its record says."""


class UsageError(AudiobookError):
    """The command was called with something that cannot be meant."""

    exit_code = 2


class SettingsError(UsageError):
    """`audiobook.toml` or an environment variable holds something that cannot be meant."""


class NothingToDo(AudiobookError):
    """There is no text to build, or no built work to act on."""

    exit_code = 3


class EngineMissing(AudiobookError):
    """The engine that was asked for is not installed, or has no such voice."""

    exit_code = 3


class StorageError(AudiobookError):
    """A file could not be read or written."""

    exit_code = 4


class Interrupted(BaseException):
    """The user or the system asked to stop; what was made stays made."""

    exit_code = 130


class Terminated(Interrupted):
    """SIGTERM asked to stop."""

    exit_code = 143


def near(name: str, known: Iterable[str]) -> str | None:
    """Give a hint that names the known words closest to a mistyped one.

    Args:
        name: What was given.
        known: What would have been right, in any order.

    Returns:
        A sentence for `hint`: the nearest words, else all of them, or None when there are none.
    """
    choices = sorted(set(known))
    if not choices:
        return None
    from difflib import get_close_matches

    close = get_close_matches(name, choices, n=3, cutoff=0.5)
    if close:
        return f"did you mean {' or '.join(close)}?"
    shown = ", ".join(choices[:12])
    return f"known: {shown}" + (", …" if len(choices) > 12 else "")
