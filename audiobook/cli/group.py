"""The command group, and the options that several commands share."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from audiobook import __version__
from audiobook.cli import names
from audiobook.cli.mistakes import Commands
from audiobook.errors import NothingToDo, UsageError
from audiobook.log import log

if TYPE_CHECKING:
    from audiobook.settings import Settings

_Command = TypeVar("_Command", bound=Callable[..., Any])


def project_and_settings(
    flags: Mapping[str, Any], named: Sequence[str] = (), *, tells: bool = True
) -> tuple[Path, Settings]:
    """Return the folder of the project and the settings; without a project, the current folder.

    Args:
        flags: Values from the command line; see `load_settings`.
        named: The texts named by the user.
        tells: Whether to warn about folders outside the project.
    """
    from audiobook.settings import load_settings, project_root
    from audiobook.settings.loading import variable_of

    root = project_root(os.environ, named)
    if root is None and flags.get("texts") is not None:
        root = Path()
    settings = load_settings(root, flags, os.environ)
    if root is not None and tells:
        from audiobook.commands.outside_folders import warn_of_outside_folders

        given = {key for key in ("texts", "output", "store") if os.environ.get(variable_of(key))}
        given |= {key for key, value in flags.items() if value is not None}
        warn_of_outside_folders(root, settings, given)
    return root or Path(), settings


def required_project(flags: Mapping[str, Any]) -> tuple[Path, Settings]:
    """Return the folder of the project and the settings for a command that works on a whole project.

    Raises:
        NothingToDo: There is no project.
    """
    from audiobook.settings import BESIDE

    root, settings = project_and_settings(flags)
    if settings.output == BESIDE:
        raise NothingToDo(
            "there is no project here",
            hint="create one with `audiobook init`, put your texts into it, and run `audiobook build`",
        )
    return root, settings


class LanguageTag(click.ParamType):
    """A language code; a name such as “english” is rejected with the code that was probably meant."""

    name = "tag"

    def convert(self, value: str, _param: click.Parameter | None, _context: click.Context | None) -> str:
        """Return the tag as given."""
        from audiobook.languages import require_code

        require_code(value)
        return value


class NumberFrom(click.ParamType):
    """A number within limits."""

    def __init__(self, lowest: float, highest: float, kind: type[int] | type[float]) -> None:
        """Accept numbers from `lowest` to `highest`, whole ones only if `kind` is `int`."""
        self.name = "number"
        self._limits = (lowest, highest)
        self._kind = kind

    def convert(self, value: str, param: click.Parameter | None, _context: click.Context | None) -> float:
        """Return the number.

        Raises:
            UsageError: It is not a number, or outside the limits.
        """
        lowest, highest = self._limits
        with suppress(ValueError):
            number = self._kind(value)
            if lowest <= number <= highest:
                return number
        kind = "a whole number" if self._kind is int else "a number"
        flag = param.opts[-1] if param else "the value"
        raise UsageError(f"{flag} must be {kind} from {lowest:g} to {highest:g}, not “{value}”")


def _lang_option(meaning: str) -> Callable[[_Command], _Command]:
    return click.option(
        "-l",
        "--lang",
        "languages",
        metavar="TAG",
        type=LanguageTag(),
        multiple=True,
        shell_complete=names.languages,
        help=meaning,
    )


lang_option = _lang_option("Only this language, including its regions (repeatable).")
text_lang_option = _lang_option(
    "Only this language, including its regions (repeatable); for a text outside texts/, its language."
)
edition_option = click.option(
    "-l",
    "--lang",
    "language",
    metavar="TAG",
    type=LanguageTag(),
    shell_complete=names.languages,
    help="Language of the edition, if there are several.",
)
texts_option = click.option(
    "--texts", metavar="DIR", shell_complete=names.folders, help="Folder with the texts. [default: texts]"
)


def _require_folder_name(_context: click.Context, _param: click.Parameter, given: str | None) -> str | None:
    """Refuse a new folder with the name of a book: `--output book.mp3`."""
    from audiobook.settings.validation import KNOWN_FORMATS

    if given and Path(given).suffix[1:].lower() in KNOWN_FORMATS and not os.path.lexists(given):
        raise UsageError(
            f"--output names the folder of the books, but “{given}” looks like a file",
            hint=f"for example: --output {Path(given).stem}",
        )
    return given


output_option = click.option(
    "-o",
    "--output",
    metavar="DIR",
    shell_complete=names.folders,
    callback=_require_folder_name,
    help="Output folder. [default: output]",
)
encoding_option = click.option(
    "--encoding", metavar="NAME", help="Encoding of texts that are not UTF-8, such as cp1257."
)


def _begin_log(_context: click.Context, _param: click.Parameter, path: Path | None) -> None:
    if path is not None:
        log.open(path)
        log.write("info", f"audiobook {__version__}: {' '.join(log.command)}")


def _be_verbose(_context: click.Context, _param: click.Parameter, value: bool) -> None:
    log.is_verbose = log.is_verbose or value


_log_file_option = click.option(
    "--log-file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    expose_value=False,
    callback=_begin_log,
    help="Append each step, with its time, to FILE.",
)
_verbose_option = click.option(
    "-v",
    "--verbose",
    is_flag=True,
    expose_value=False,
    callback=_be_verbose,
    help="Print each step in detail.",
)


def log_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options of commands that take a while: `--log-file` and `--verbose`."""
    return _log_file_option(_verbose_option(command))


json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


class AllCommands(Commands):
    """All commands; the name of a file is answered with the one that builds it."""

    def hint(self, name: str) -> str | None:
        """Return what was probably meant by a name that is no command."""
        if name == "help":
            return "see: audiobook --help"
        with suppress(OSError):  # the name is too long
            if "://" in name or Path(name).is_file():
                return f"to make a book from it: audiobook build {shlex.quote(name)}"
        return super().hint(name)


@click.group(
    cls=AllCommands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, "-V", "--version", prog_name="audiobook")
@click.option("--debug", is_flag=True, help="Show the traceback of an unexpected error.")
def audiobook(debug: bool) -> None:
    """Turn texts into audiobooks.

    Makes tagged MP3 files with chapters, offline, in a hundred languages.

    \b
    Example:
      audiobook init shelf && cd shelf && audiobook build
    """
    log.is_debug = debug
