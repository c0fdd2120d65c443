"""Mistakes on the command line, explained with what was probably meant."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from typing import Final

import click

from audiobook.errors import UsageError, alternatives, meant, near
from audiobook.system.interrupts import interrupts_resumable

_REWORDED: Final = (
    (re.compile(r"Got unexpected extra arguments? \((.*)\)"), r"unexpected argument: \1"),
    (re.compile(r"Option '(.*)' requires (?:an argument|\d+ arguments)\.?"), r"\1 needs a value"),
    (re.compile(r"Option '(.*)' does not take a value\.?"), r"\1 takes no value"),
)
_RESUMING: Final = frozenset(("build", "install", "publish"))
"""Commands that resume where they were stopped."""


class Commands(click.Group):
    """A group of commands that suggests the one that was probably meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the first argument names.

        Raises:
            UsageError: There is no such command.
        """
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None and not ctx.resilient_parsing:
            raise UsageError(f"no command “{name}”", hint=self.hint(name))
        if name in _RESUMING:
            interrupts_resumable()
        return super().resolve_command(ctx, args)

    def hint(self, name: str) -> str | None:
        """Return what was probably meant by a name that is no command."""
        return near(name, self.commands)


class OneOf(click.Choice):
    """One of a few words."""

    def __init__(self, choices: Sequence[str], hint: Callable[[str], str | None] = lambda _: None) -> None:
        """Accept some words.

        Args:
            choices: The words.
            hint: Returns what to do instead with another word that could be expected here; None for all others.
        """
        super().__init__(choices)
        self._hint = hint

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the word.

        Raises:
            UsageError: It is not one of them.
        """
        if value not in self.choices:
            raise UsageError(
                f"{_shown(param)} must be {alternatives(self.choices)}, not “{value}”",
                hint=self._hint(value) or meant(value, self.choices),
            )
        return value


def explained(error: click.ClickException, given: Sequence[str], command: str) -> UsageError:
    """Return our error for one of Click's.

    Args:
        error: The error.
        given: The words of the command line.
        command: The command that they call, such as `audiobook build`.
    """
    hint = f"see: {command} --help"
    if isinstance(error, click.NoSuchOption):
        files = [word for word in given if word.startswith(error.option_name) and os.path.lexists(word)]
        if files:
            return UsageError(
                f"no option {error.option_name}", hint=f"if you mean the file {files[0]}, write: ./{files[0]}"
            )
        close = [name for name in error.possibilities or () if name.startswith("--")]
        return UsageError(
            f"no option {error.option_name}", hint=f"did you mean {alternatives(close)}?" if close else hint
        )
    if isinstance(error, click.MissingParameter):
        return UsageError(f"{_shown(error.param)} is missing", hint=hint)
    message = error.format_message()
    for pattern, words in _REWORDED:
        if pattern.fullmatch(message):
            return UsageError(pattern.sub(words, message), hint=hint)
    return UsageError(f"{message[:1].lower()}{message[1:].rstrip('.')}", hint=hint)


def _shown(param: click.Parameter | None) -> str:
    """Return an option or an argument as the help shows it."""
    if param is None:
        return "the value"
    return param.opts[-1] if isinstance(param, click.Option) else param.human_readable_name.strip(".")
