"""What help texts, hints, messages and the template say is what the program does."""

from __future__ import annotations

import ast
import re
import shlex
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from audiobook.cli import audiobook as command_group
from audiobook.commands.init import _SETTINGS
from audiobook.errors import UsageError
from audiobook.extras import install_command, reinstall_command
from audiobook.settings.loading import FROM_ENVIRONMENT, load_settings
from audiobook.sources.base import advice, endings

ROOT = Path(__file__).parents[1]
_COMMAND = re.compile(r"`audiobook ([^`]*)`|: audiobook ([a-z][^;)…]*)")
_OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
_MAY_TELL = re.compile(r"audiobook [a-z]+[^\n]*[\"'`]|[\"' `]--[a-z]|audiobook-press\[")
_OF_A_PLAYER = "--no-video"
_OF_PIP = "--force-reinstall"
_OF_OTHERS = ("pip ", "ocrmypdf", "ebook-convert", "pandoc", "asciidoctor", "uv ", "soffice", "ddjvu")
_ENDING = re.compile(r"(?<![\w/*])(\.[a-z][a-z0-9]{1,8}(?:\.zip)?)\b")


@cache
def told() -> dict[str, list[str]]:
    """Return every text in the program that is not a docstring, with “en” in place of what is filled in, by its module."""
    found: dict[str, list[str]] = {}
    for path in sorted((ROOT / "audiobook").rglob("*.py")):
        source = path.read_text("utf-8")
        if not _MAY_TELL.search(source):
            continue  # parsing all modules takes seconds
        nodes = list(ast.walk(ast.parse(source)))
        parts = {id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values}
        docs = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        texts = [_text(node) for node in nodes if id(node) not in parts and id(node) not in docs]
        found[path.relative_to(ROOT).as_posix()] = [text for text in texts if text]
    return found


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) if isinstance(part, ast.Constant) else "en" for part in node.values)
    return ""


def commands(group: click.Command = command_group, name: str = "") -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its name."""
    yield name, group
    if isinstance(group, click.Group):
        for each, command in group.commands.items():
            yield from commands(command, f"{name} {each}".strip())


def require_parsed(line: str) -> None:
    """Parse a command line without running it; a filled-in “en” is valid where a language is."""
    line = line.replace("--to en", "--to epub").replace("--port en", "--port 1")
    words, context = shlex.split(line, comments=True), click.Context(command_group, info_name="audiobook")
    command: click.Command = command_group
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name, found, words = command.resolve_command(context, words)
        assert found, line
        command, context = found, click.Context(found, context, name)
    command.parse_args(context, words)


def quoted() -> Iterator[str]:
    """Yield every command line that a text of the program names."""
    for texts in told().values():
        for text in texts:
            for match in _COMMAND.finditer(text):
                line = (match[1] or match[2]).strip().rstrip(".,")
                yield re.split(r" [<|>] | \(|, ", line)[0].replace(" …", " en")
    for _, command in commands():
        for line in re.findall(r"^ +audiobook (.+)$", command.help or "", re.MULTILINE):
            yield re.split(r" [<|&>]+ ", line)[0]


def test_every_suggested_command_line_is_valid() -> None:
    lines = set(quoted())
    assert len(lines) > 60
    wrong = []
    for line in sorted(lines):
        try:
            require_parsed(line)
        except (click.ClickException, UsageError) as error:
            wrong.append((line, str(error)))
    assert not wrong


def test_every_suggested_option_exists() -> None:
    known = {name for _, command in commands() for option in command.params for name in option.opts} | {
        "--help"
    }
    wrong = [
        (module, text)
        for module, texts in told().items()
        for text in texts
        for option in _OPTION.findall(text)
        if option not in {*known, _OF_A_PLAYER, _OF_PIP}
        and not any(other in text for other in _OF_OTHERS)
        and "\r\n--" not in text
    ]
    assert not wrong


def test_the_variables_on_the_page_of_settings_are_those_that_set_them() -> None:
    page = (ROOT / "docs/settings.md").read_text("utf-8")
    assert set(re.findall(r"AUDIOBOOK_[A-Z]+", page)) == {
        f"AUDIOBOOK_{name.upper()}" for name in FROM_ENVIRONMENT
    }


def test_every_suggested_extra_exists() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    named = {
        name
        for texts in told().values()
        for text in texts
        for name in re.findall(r"audiobook-press\[([a-z]+)\]", text)
    }
    source = "".join(path.read_text("utf-8") for path in (ROOT / "audiobook").rglob("*.py"))
    named |= set(re.findall(r"""install_command\(["']([a-z]+)["']\)""", source))
    assert len(named) > 8
    assert named - {"en"} <= extras.keys()


@pytest.mark.parametrize(
    ("mark", "begin"),
    [
        ("", "pip install"),
        ("pipx_metadata.json", "pipx runpip audiobook-press install"),
        ("uv-receipt.toml", 'uv pip install --python "{}"'),
    ],
)
def test_packages_are_installed_in_the_way_of_the_program(tmp_path: Path, mark: str, begin: str) -> None:
    prefix = tmp_path / "audiobook-press"
    prefix.mkdir()
    if mark:
        (prefix / mark).touch()
    begin = begin.format(prefix)
    assert install_command("pdf", str(prefix)) == f'{begin} "audiobook-press[pdf]"'
    assert reinstall_command("lxml", str(prefix)) == f"{begin} --force-reinstall lxml"


def test_no_help_is_wider_than_80_columns_and_no_summary_is_cut() -> None:
    for name, command in commands():
        context = click.Context(
            command, info_name=f"audiobook {name}", terminal_width=78
        )  # click leaves two columns free
        shown = command.get_help(context)
        lines = shown.splitlines()
        assert max(map(len, lines)) <= 80, name
        if isinstance(command, click.Group):
            summaries = shown.partition("\nCommands:\n")[2]
            assert summaries.count(".\n") + 1 == len(command.commands)
            assert "..." not in summaries


def test_formats_in_the_help_are_those_that_can_be_made() -> None:
    build = command_group.commands["build"]
    [option] = [each for each in build.params if each.name == "formats"]
    assert isinstance(option, click.Option)
    shown = re.findall(r"\w+", (option.help or "").partition(": ")[2].partition(" (")[0])
    with pytest.raises(UsageError) as refused:
        load_settings(None, {"formats": ["ogg"]}, {})
    known = (refused.value.hint or "").removeprefix("known: ").split(", ")
    assert {*shown} - {"or"} == {*known} - {"mp3"}


def test_files_that_are_said_to_be_readable_have_a_reader() -> None:
    """In the other direction, every reader is on the page about texts."""
    page = (ROOT / "docs/texts.md").read_text("utf-8")
    shown = set(_ENDING.findall(page))
    assert {ending for ending in endings() if ending not in shown} == set()
    supported = set(_ENDING.findall(advice(".unknown")))
    assert supported == {ending for ending in endings() if ending != ".doc"}
    help_and_pages = "\n".join(command.help or "" for _, command in commands())
    assert set(_ENDING.findall(help_and_pages)) <= {
        *endings(),
        ".onnx",
        ".wav",
        ".mp3",
        ".toml",
        ".html",
        ".fish",
    }


@pytest.mark.parametrize(
    "name", ["book.docm", "book.zip", "book.chm", "cover.svg", "song.mp3", "slides.pptx", "page.mhtml"]
)
def test_other_files_are_refused_with_what_to_do(name: str) -> None:
    assert not advice(Path(name).suffix).startswith("supported:")


def test_a_command_that_converts_a_file_names_it() -> None:
    assert (
        advice(".lit", "texts/en/novel.LIT")
        == "convert it: `ebook-convert texts/en/novel.LIT texts/en/novel.epub`"
    )
    quoted = "'my $HOME/a b.tex' -o 'my $HOME/a b.epub'"
    assert advice(".tex", "my $HOME/a b.tex") == f"convert it: `pandoc {quoted}`"
    assert advice(".pages", "essay.pages") == "export it as .docx"


def test_every_setting_in_the_template_exists(tmp_path: Path) -> None:
    lines = [line.removeprefix("# ") for line in _SETTINGS.splitlines()[1:]]
    (tmp_path / "audiobook.toml").write_text(
        "\n".join(line for line in lines if "=" in line or line.startswith("[")), "utf-8"
    )
    assert load_settings(tmp_path, {}, {}).author == "Your name"
