"""The commands that the user has defined in `commands.toml`, in the user's configuration folder.

Commands cannot be defined anywhere else: a project may come from a stranger, and its files must not run programs.
"""

from __future__ import annotations

import codecs
import os
import re
import shutil
import tomllib
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import msgspec
from msgspec import Meta

from audiobook.audio.mp3.frames import RATES_HZ
from audiobook.errors import EngineMissing, near
from audiobook.languages import is_real
from audiobook.places import configuration_folder
from audiobook.toml import parse_toml

FILE_NAME: Final = "commands.toml"
EXAMPLE: Final = """[suopuhe]
use = "festival"
voice = "suo_fi_lj_diphone"
language = "fi"
"""
_MOST_BYTES: Final = 1 << 20
_NAME: Final = re.compile(r"[\w.+-]{1,80}")
_PLACEHOLDER: Final = re.compile(r"\{([a-z_]+)\}")
_PLACEHOLDERS: Final = ("text", "wav", "voice", "speed", "stretch")
_PACES: Final = frozenset({"speed", "stretch"})
_VOICE_VARIABLE: Final = "AUDIOBOOK_VOICE"
_USUAL_RATE_HZ: Final = 22050
_MUST_BE: Final = {
    "run": "a list of strings",
    "rate_hz": "a whole number",
    "deadline_s": "a number from 1 to 3600",
}


class Command(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of `commands.toml`: a program that speaks with one voice.

    Attributes:
        use: Name of a built-in definition, whose settings this table completes or replaces; empty for none.
        run: The program and its arguments, with placeholders.
        voice: The program's own name for the voice; empty if it has only one.
        language: BCP 47 tag of the language that the voice speaks.
        encoding: Encoding of the text given to the program. Characters that it lacks are transliterated.
        rate_hz: Sample rate of the clips. Sound with another rate is resampled.
        description: A few words about the voice, shown in lists.
        version: Any text; users change it when the same program sounds different.
        service: Where the program sends the text; empty if the text stays on this computer.
        deadline_s: How long a sentence may take, in seconds.
    """

    use: str = ""
    run: tuple[str, ...] = ()
    voice: str = ""
    language: str = ""
    encoding: str = "utf-8"
    rate_hz: int = _USUAL_RATE_HZ
    description: str = ""
    version: str = ""
    service: str = ""
    deadline_s: Annotated[float, Meta(ge=1, le=3600)] = 120.0

    @property
    def sets_pace(self) -> bool:
        """Whether the program can change its speed: its arguments contain a placeholder for it."""
        return any(not _PACES.isdisjoint(_PLACEHOLDER.findall(part)) for part in self.run)


class Definition(msgspec.Struct, frozen=True):
    """A command, and where it is defined.

    Attributes:
        name: Name of its table, which is the name of the voice.
        command: The command, completed by the built-in definition that it uses.
        where: `path:line` of the table.
    """

    name: str
    command: Command
    where: str

    def program(self) -> Path:
        """Return the path of the program.

        The current folder is never searched, even if `PATH` contains it: it may be a stranger's project.

        Raises:
            EngineMissing: The program is not installed.
        """
        named = Path(self.command.run[0]).expanduser()
        folders = [folder for folder in os.get_exec_path() if Path(folder).is_absolute()]
        found = shutil.which(named, path=os.pathsep.join(folders))
        if found is None or not Path(found).is_absolute():
            raise EngineMissing(
                f"the program “{self.command.run[0]}” of the command “{self.name}” was not found",
                where=self.where,
                hint="install it, or give its full path in `run`",
            )
        return Path(found)


def definitions_file() -> Path:
    """Return the path of `commands.toml`, which may not exist.

    Raises:
        UsageError: An environment variable names an invalid configuration folder.
    """
    return configuration_folder() / FILE_NAME


def read_definitions(path: Path) -> dict[str, Definition]:
    """Return the commands of a file by name, in alphabetical order; empty if there is no such file.

    Raises:
        EngineMissing: The file cannot be read, or a definition is invalid; with `path:line`.
    """
    try:
        with open(path, "rb") as stream:
            text = stream.read(_MOST_BYTES).decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except UnicodeDecodeError as error:
        raise EngineMissing("is not UTF-8", where=os.fspath(path), hint="save it as UTF-8") from error
    except OSError as error:
        raise EngineMissing(f"cannot be read: {error.strerror}", where=os.fspath(path)) from error
    tables = parse_toml(text, os.fspath(path), EngineMissing)
    return {name: _Table(path, text, name).definition(tables[name]) for name in sorted(tables)}


@cache
def builtin_definitions() -> dict[str, dict[str, Any]]:
    """Return the built-in definitions by name."""
    return tomllib.loads(files("audiobook.engines.command").joinpath("builtin.toml").read_text("utf-8"))


class _Table(msgspec.Struct, frozen=True):
    """One table of the file, which may be invalid."""

    path: Path
    text: str
    name: str

    def definition(self, given: object) -> Definition:
        if not isinstance(given, dict):
            self._refuse("", f"“{self.name}” must be a table", "begin a command with a line like [my-voice]")
        if not _NAME.fullmatch(self.name):
            self._refuse(
                "", f"“{self.name}” cannot be the name of a voice", "use letters, digits, and . + - _"
            )
        command = self._command(self._completed(given))
        self._check_run(command)
        self._check_values(command)
        return Definition(self.name, command, self._where(""))

    def _completed(self, given: dict[str, Any]) -> dict[str, Any]:
        use = given.get("use", "")
        if not use:
            return given
        if "run" in given:
            self._refuse("run", "a command has either `use` or `run`")
        if not isinstance(use, str) or use not in builtin_definitions():
            self._refuse(
                "use", f"there is no built-in definition “{use}”", near(str(use), builtin_definitions())
            )
        return builtin_definitions()[use] | given

    def _command(self, given: dict[str, Any]) -> Command:
        for key in given:
            if key not in Command.__struct_fields__:
                self._refuse(key, f"unknown setting “{key}”", near(key, Command.__struct_fields__))
        for key, value in given.items():
            try:
                msgspec.convert({key: value}, Command)
            except msgspec.ValidationError:
                self._refuse(key, f"{key} must be {_MUST_BE.get(key, 'a string')}")
        return msgspec.convert(given, Command)

    def _check_run(self, command: Command) -> None:
        if not command.run or not command.run[0].strip():
            self._refuse("run", f"“{self.name}” needs `use` or `run`", _example())
        self._check_program(command.run[0])
        for part in command.run:
            if "\0" in part:
                self._refuse("run", "an argument contains a NUL character")
            for name in _PLACEHOLDER.findall(part):
                if name not in _PLACEHOLDERS:
                    self._refuse("run", f"unknown placeholder {{{name}}}", near(name, _PLACEHOLDERS))
        is_used = any("{voice}" in part or _VOICE_VARIABLE in part for part in command.run)
        if is_used and not command.voice:
            self._refuse("voice", f"“{self.name}” needs `voice`, the program's name for the voice")

    def _check_program(self, named: str) -> None:
        try:
            program = Path(named).expanduser()
        except RuntimeError:
            self._refuse("run", f"the home folder in “{named}” is not known")
        if not program.is_absolute() and not {"/", "\\"}.isdisjoint(named):
            self._refuse("run", f"the program “{named}” is neither a name nor a full path")
        if _PLACEHOLDER.search(named):
            self._refuse("run", "the name of the program cannot contain a placeholder")

    def _check_values(self, command: Command) -> None:
        if not command.language:
            self._refuse("language", f"“{self.name}” needs a language", 'for example language = "fi"')
        if not is_real(command.language):
            self._refuse("language", f"“{command.language}” is not a language code")
        if command.rate_hz not in RATES_HZ:
            rates = ", ".join(map(str, sorted(RATES_HZ)))
            self._refuse("rate_hz", f"rate_hz must be a sample rate of MP3: {rates}")
        try:
            "a".encode(command.encoding)
            codecs.lookup(command.encoding)
        except (LookupError, UnicodeError, TypeError, ValueError):
            self._refuse("encoding", f"unknown encoding “{command.encoding}”")

    def _refuse(self, key: str, message: str, hint: str | None = None) -> NoReturn:
        raise EngineMissing(message, where=self._where(key), hint=hint)

    def _where(self, key: str) -> str:
        return f"{self.path}:{_line(self.text, self.name, key)}"


def _line(text: str, name: str, key: str) -> int:
    """Return the line number, from 1, of a key in a table; that of the table if the key is not found; else 1."""
    begin, inside = 1, False
    header = re.compile(
        rf"""\s*\[\s*["']?{re.escape(name)}["']?\s*\]|\s*["']?{re.escape(name)}["']?\s*[.=]"""
    )
    setting = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*=""")
    for number, line in enumerate(text.split("\n"), 1):
        if header.match(line):
            begin, inside = number, True
        elif line.lstrip().startswith("["):
            inside = False
        elif inside and key and setting.match(line):
            return number
    return begin


def _example() -> str:
    return f"for example:\n{EXAMPLE.rstrip()}"
