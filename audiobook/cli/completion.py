"""The command `completion`, and completion for PowerShell, which Click has from 8.5 on only."""

from __future__ import annotations

import os
import shlex
from typing import ClassVar, Final

import click
from click.shell_completion import (
    CompletionItem,
    FishComplete,
    ShellComplete,
    add_completion_class,
    get_completion_class,
)

from audiobook.cli.group import audiobook
from audiobook.cli.mistakes import OneOf

_NAME: Final = "audiobook"
_VARIABLE: Final = "_AUDIOBOOK_COMPLETE"
_SHELLS: Final = ("bash", "zsh", "fish", "powershell")
_POWERSHELL: Final = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($word, $command, $cursor)
    $env:%(complete_var)s = "powershell_complete"
    $env:COMP_WORDS = $command.ToString()
    $env:COMP_CWORD = $word
    try {
        %(prog_name)s | ForEach-Object {
            $value, $help = $_ -split "`t", 2
            [System.Management.Automation.CompletionResult]::new($value, $value, "ParameterValue", $help)
        }
    } finally {
        Remove-Item Env:%(complete_var)s, Env:COMP_WORDS, Env:COMP_CWORD
    }
}
"""


_QUOTES: Final = "\"'"


class _PowerShellComplete(ShellComplete):
    """Completion for PowerShell 5 and newer, which completes files itself if this returns nothing."""

    name: ClassVar[str] = "powershell"
    source_template: ClassVar[str] = _POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the incomplete one, and that one, without their quotation marks."""
        line, incomplete = os.environ["COMP_WORDS"], os.environ["COMP_CWORD"]
        try:
            before = shlex.split(line, posix=False)[1:]
        except ValueError:  # a quotation mark that is still open
            before = line.split()[1:]
        if incomplete and before and before[-1] == incomplete:
            before.pop()
        return [word.strip(_QUOTES) for word in before], incomplete.lstrip(_QUOTES)

    def format_completion(self, item: CompletionItem) -> str:
        """Return an answer as a line: the word, a tab, and its explanation, which must not be empty."""
        return f"{item.value}\t{item.help or item.value}"

    def complete(self) -> str:
        """Return all answers; files are left to the shell."""
        found = self.get_completions(*self.get_completion_args())
        return "\n".join(self.format_completion(item) for item in found if item.type == "plain")


class _FishComplete(FishComplete):
    """Completion for fish that shows the whole explanation; Click's ends at the first comma."""

    source_template: ClassVar[str] = FishComplete.source_template.replace(
        'string split ","', 'string split -m 1 ","'
    )


add_completion_class(_PowerShellComplete)
add_completion_class(_FishComplete)


@audiobook.command()
@click.argument("shell", metavar="SHELL", type=OneOf(_SHELLS))
def completion(shell: str) -> int:
    """Print a shell completion script.

    SHELL is bash, zsh, fish or powershell. It completes commands, options, works, languages, engines and
    voices.
    Save it where your shell looks for such scripts, in an existing folder; for zsh, the
    folder must be in fpath. For bash, add the line below to ~/.bashrc.

    \b
    Examples:
      eval "$(audiobook completion bash)"
      audiobook completion zsh > ~/.zfunc/_audiobook
      audiobook completion fish > ~/.config/fish/completions/audiobook.fish
      audiobook completion powershell >> $PROFILE
    """
    found = get_completion_class(shell)
    assert found
    script = found(audiobook, {}, _NAME, _VARIABLE).source().rstrip()
    # As bytes, because Windows would write text with CR LF, which shells reject.
    click.echo(f"{script}\n".encode(), nl=False)
    return 0
