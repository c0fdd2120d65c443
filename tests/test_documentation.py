"""The documentation matches the program."""

import hashlib
import html
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest
from tools import Finished, Shelf

from audiobook import __version__
from audiobook.book.captions.formats import CAPTIONS
from audiobook.book.record.archive_names import ARCHIVES
from audiobook.book.record.chapters import ChapterRecord, ParagraphRecord, SentenceRecord
from audiobook.book.record.inputs import Inputs
from audiobook.book.record.pictures import PictureRecord
from audiobook.book.record.stamps import ChapterFile, CoverRecord, FileStamp, FormatRecord
from audiobook.book.record.works import Record
from audiobook.book.sound.formats import SOUND_FORMATS
from audiobook.casting import Casting
from audiobook.cli import audiobook as command_group
from audiobook.clips.key import Speaker
from audiobook.document import MANNERS, LexiconFile
from audiobook.errors import AudiobookError, Interrupted, Terminated
from audiobook.narration.aligned import AlignedText
from audiobook.narration.lexicon.files import load_lexicon
from audiobook.pipeline.planning.reasons import Reason
from audiobook.publish.publication import EpisodePart, Feed, Move, Publication, PublicFile
from audiobook.settings import (
    AudioSettings,
    ChapterSettings,
    CoverSettings,
    ListenSettings,
    Mp3Settings,
    PauseSettings,
    PublishSettings,
    Settings,
    VoiceSettings,
    WorkSettings,
)
from audiobook.settings.project_settings import NOT_IN_FILES
from audiobook.sources.base import PARTS
from audiobook.sources.front_matter.header import KEYS, read_front_matter
from audiobook.sources.text.marks.attributes import KEYS as ATTRIBUTES

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
RECORD_PARTS = (
    Record,
    Inputs,
    Speaker,
    PauseSettings,
    ChapterSettings,
    AudioSettings,
    Casting,
    FileStamp,
    ChapterFile,
    FormatRecord,
    CoverRecord,
    PictureRecord,
    ChapterRecord,
    ParagraphRecord,
    SentenceRecord,
)
# Written in two parts, so that this file does not match itself.
MACHINE_PATH = re.compile(r"(?<![\w.~/-])/" + r"(?:work|root|home)" + r"/")
REGISTRY_HOSTS = tuple(
    f"{name}.{end}" for name, end in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))
)


@cache
def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def blocks(name: str, language: str) -> list[str]:
    """Return the fenced blocks of one language in a document."""
    return re.findall(rf"^```{language}\n(.*?)^```", text_of(name), re.MULTILINE | re.DOTALL)


def section(name: str, heading: str) -> str:
    """Return the text under a heading below the title, up to the next heading."""
    found = re.search(rf"^##+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", text_of(name), re.MULTILINE | re.DOTALL)
    assert found, f"{name} has no section “{heading}”"
    return found.group(1)


def environment() -> dict[str, str]:
    """Return an environment without settings in which `audiobook` is the program under test."""
    kept = {name: value for name, value in os.environ.items() if "AUDIOBOOK_" not in name}
    return kept | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONUTF8": "1",
    }


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env=environment(), capture_output=True, encoding="utf-8", timeout=240, check=False
    )


def bash() -> str:
    found = shutil.which("bash")
    if found is None:
        pytest.skip("bash is not installed")
    return found


def tracked_files() -> list[Path]:
    """Return the files that git tracks, and untracked files that are not ignored."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = run(
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
        cwd=ROOT,
    )
    assert listed.returncode == 0, listed.stderr
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


# The README


def test_the_two_commands_are_one_line_each_where_ci_looks_for_them() -> None:
    readme = text_of("README.md")
    for name, wanted in (("build", "audiobook build --lang fi"), ("test", "pytest")):
        found = re.findall(rf"^<!-- command: {name} -->\n```sh\n(.+)\n```$", readme, re.MULTILINE)
        assert len(found) == 1
        assert found[0].startswith("pip install ")
        assert found[0].endswith(f" && {wanted}")


def in_shell(line: str, folder: Path) -> Finished:
    """Run a line of a shell; our own command without a shell, unless it reads a file."""
    command, _, target = line.partition(" > ")
    if not command.startswith("audiobook ") or "<" in command:
        done = run(bash(), "-ec", line, cwd=folder)
        return Finished(done.returncode, done.stdout, done.stderr)
    told = Shelf(folder).run(*shlex.split(command)[1:])
    if target:
        (folder / target).write_text(told.out, "utf-8")
    return told


@pytest.mark.slow
def test_the_commands_of_the_readme_work_one_after_the_other(tmp_path: Path) -> None:
    # Those of two reference pages are run behind them, in the same project.
    lines = [
        line
        for page in ("README.md", "docs/command-line.md", "docs/settings.md")
        for block in blocks(page, "sh")
        for line in block.splitlines()
        if not line.startswith(("pip install ", "audiobook play "))
    ]
    folder = tmp_path
    for line in lines:
        if line.startswith("cd "):
            folder /= line.removeprefix("cd ")
            continue
        done = in_shell(line, folder)
        assert done.code == 0, (line, done)
        assert not re.search("^(?:error|warning): ", done.err, re.MULTILINE), (line, done)
    shelf = tmp_path / "shelf"
    assert sorted(path.name for path in shelf.glob("output/*/*.mp3")) == [
        "a-first-listen.mp3",
        "my-essay.mp3",
    ]
    assert (shelf / "letters" / "fi" / "letter.mp3").is_file()
    assert json.loads((shelf / "list.json").read_text("utf-8"))["works"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_command_line_has_options_that_exist(document: Path) -> None:
    name = document.relative_to(ROOT).as_posix()
    wrong: list[str] = []
    for block in [*blocks(name, "sh"), *blocks(name, "text")]:
        for told in re.findall(r"^ *audiobook (.+)", block, re.MULTILINE):
            words = list(
                takewhile(lambda word: word not in {"|", ">", "<"}, shlex.split(told, comments=True))
            )
            command: click.Command = command_group
            while isinstance(command, click.Group) and words and words[0] in command.commands:
                command = command.commands[words.pop(0)]
            try:
                if words:
                    command.make_parser(click.Context(command)).parse_args(words)
            except click.UsageError as error:
                wrong.append(f"{told}: {error.format_message()}")
    assert wrong == []


def test_every_command_is_in_the_readme_or_on_the_page_of_the_command_line() -> None:
    shown = (*blocks("README.md", "sh"), *blocks("README.md", "text"), text_of("docs/command-line.md"))
    told = " ".join(shown)
    commands = command_group.commands.items()
    missing = [name for name, one in commands if not one.hidden and f"audiobook {name}" not in told]
    assert not missing


def test_every_setting_is_on_its_page_with_its_default() -> None:
    (shown,) = (tomllib.loads(block) for block in blocks("docs/settings.md", "toml"))
    assert set(shown) == set(Settings.__struct_fields__) - NOT_IN_FILES
    tables = {
        "pauses": PauseSettings,
        "audio": AudioSettings,
        "mp3": Mp3Settings,
        "chapters": ChapterSettings,
        "cover": CoverSettings,
        "listen": ListenSettings,
        "publish": PublishSettings,
        "cast": Casting,
    }
    for table, kind in tables.items():
        assert set(shown[table]) == set(kind.__struct_fields__)
    assert all(
        set(work) == set(WorkSettings.__struct_fields__) - {"cast"} for work in shown["works"].values()
    )
    assert all(set(voice) == set(VoiceSettings.__struct_fields__) for voice in shown["voice"].values())
    settings = msgspec.convert(shown, Settings)
    without: dict[str, Any] = {
        "author": None,
        "cluster": None,
        "fallback": None,
        "voice": {},
        "works": {},
        "credits": {},
        "engines": {},
    }
    without |= dict.fromkeys(("formats", "sync", "split", "preset", "layout"))
    without["mp3"] = Mp3Settings(lyrics=settings.mp3.lyrics)
    without["cast"] = Casting()
    without["cover"] = CoverSettings()
    without["listen"] = ListenSettings()
    without["chapters"] = ChapterSettings(say_titles=settings.chapters.say_titles)
    texts = dict.fromkeys(("base_url", "title", "description", "author", "email", "license"))
    publish = msgspec.structs.replace(settings.publish, **texts)
    assert msgspec.structs.replace(settings, publish=publish, **without) == Settings()


def test_every_exit_code_is_on_its_page() -> None:
    codes = {
        int(code)
        for row in re.findall(r"^\| ([\d, ]+) \|", text_of("docs/command-line.md"), re.MULTILINE)
        for code in row.split(",")
    }
    interrupts = {Interrupted.exit_code, Terminated.exit_code}
    assert codes == {0} | interrupts | {kind.exit_code for kind in _with_heirs(AudiobookError)}


def _with_heirs(kind: type[AudiobookError]) -> Iterator[type[AudiobookError]]:
    yield kind
    for heir in kind.__subclasses__():
        if heir.__module__.startswith("audiobook."):
            yield from _with_heirs(heir)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_the_line_for_each_shell_enables_completion(shell: str, tmp_path: Path) -> None:
    assert f"audiobook completion {shell} >" in text_of("docs/command-line.md")
    done = run(bash(), "-ec", f"audiobook completion {shell}", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert re.search(f"_AUDIOBOOK_COMPLETE ?= ?.?{shell}_complete", done.stdout)


def test_bash_completes_commands_after_its_line(tmp_path: Path) -> None:
    line = re.search(r'`(eval "\$\(audiobook completion bash\)")`', text_of("docs/command-line.md"))
    assert line
    ask = "COMP_WORDS=(audiobook bu); COMP_CWORD=1; _audiobook_completion audiobook; echo ${COMPREPLY[@]}"
    done = run(bash(), "-ec", f"{line.group(1)}\ncomplete -p audiobook\n{ask}", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-1] == "build"


@pytest.mark.exhaustive
@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the picture is made on a Unix terminal")
def test_the_picture_shows_what_the_commands_print(tmp_path: Path) -> None:
    made = run(sys.executable, ROOT / "docs" / "make_terminal.py", tmp_path / "made.svg", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    shown, printed = (
        _lines_of_picture(path) for path in (ROOT / "docs" / "terminal.svg", tmp_path / "made.svg")
    )
    assert shown == printed, "the picture is out of date; redraw it: make picture"


def _lines_of_picture(path: Path) -> list[str]:
    texts = re.findall(r"<text[^>]*>(.*?)</text>", path.read_text("utf-8"))
    return [html.unescape(text).replace("\N{NO-BREAK SPACE}", " ").strip() for text in texts]


def test_pictures_and_samples_are_small_and_shown() -> None:
    pictures = sorted(ROOT.glob("docs/screens/*"))
    names = ["dark.png", "languages.png", "phone.png", "playing.webp", "studio-text.png", "studio.png"]
    assert [path.name for path in pictures] == names
    assert all(path.stat().st_size <= 300_000 for path in pictures)
    samples = sorted(ROOT.glob("docs/samples/*.mp3"))
    assert sum(path.stat().st_size for path in samples) <= 1_000_000
    pages = text_of("docs/publishing.md") + text_of("docs/studio.md")
    missing = [
        path.name
        for path in (*pictures, *samples)
        if f"docs/{path.parent.name}/{path.name}" not in text_of("README.md")
        and f"]({path.parent.name}/{path.name})" not in pages
    ]
    assert not missing


# docs/


def test_every_field_of_the_record_is_described() -> None:
    for part in RECORD_PARTS:
        told = section("docs/records.md", part.__name__)
        assert re.findall(r"^\| `(\w+)` \|", told, re.MULTILINE) == list(part.__struct_fields__), (
            part.__name__
        )


def test_the_example_record_can_be_read() -> None:
    [example] = blocks("docs/records.md", "json")
    record = msgspec.json.decode(example, type=Record)
    assert set(json.loads(example)) == set(Record.__struct_fields__)
    assert set(json.loads(example)["inputs"]) == set(Inputs.__struct_fields__)
    assert record.duration_s == round(record.length_samples / record.rate_hz, 3)
    for chapter in record.chapters:
        for paragraph in chapter.paragraphs:
            for sentence in paragraph.sentences:
                for start, length, _ in sentence.words:
                    assert paragraph.text[start : start + length].isalpha()


def test_every_field_of_a_publication_and_its_format_are_described() -> None:
    told = text_of("docs/records.md").partition("\n## What is public\n")[2].partition("\n## ")[0]
    kinds = (Publication, Feed, EpisodePart, Move, PublicFile)
    assert [name for kind in kinds for name in kind.__struct_fields__ if f"`{name}`" not in told] == []
    assert f"version of this file: {Publication().format} |" in told


def test_every_format_is_in_the_table_of_formats() -> None:
    table = text_of("docs/formats.md").partition("\n## Other formats\n")[2].partition("\n\nThe sizes")[0]
    named = set(
        re.findall(r"`(\w+)`", " ".join(row.split("|")[1] for row in table.splitlines() if row[:1] == "|"))
    )
    assert named == {*SOUND_FORMATS, *CAPTIONS, *ARCHIVES}


def format_pages() -> list[str]:
    """Return the pages to which the page of all formats links, in the order of its text, each once."""
    named = re.findall(r"\]\((formats/[^)#]+)", text_of("docs/formats.md"))
    return [f"docs/{name}" for name in dict.fromkeys(named)]


def commands_of(page: str) -> list[str]:
    """Return the command lines on a page."""
    return [line for block in blocks(page, "sh") for line in block.splitlines()]


def test_every_format_has_its_page_and_the_command_that_is_on_it() -> None:
    assert sorted(format_pages()) == [
        path.relative_to(ROOT).as_posix() for path in sorted(ROOT.glob("docs/formats/*.md"))
    ]
    told = text_of("docs/formats.md").partition("\n## At a glance\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| \[[^]]+\]\(([^)]+)\) \|.*\| `([^`]+)` \|$", told, re.MULTILINE)
    assert {f"docs/{page}" for page, _ in rows} == {page for page in format_pages() if commands_of(page)}
    assert [command for page, command in rows if command not in commands_of(f"docs/{page}")] == []


@pytest.mark.slow
def test_the_commands_on_the_pages_of_formats_make_every_format(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.write("texts/en/my-essay.md", f"# An Essay\n\n{'The sea was grey, and the road was long. ' * 9}\n")
    made: set[str] = set()
    for line in (line for page in format_pages() for line in commands_of(page)):
        words = [name for word in shlex.split(line)[1:] for name in _matches(tmp_path, word)]
        done = shelf.run(*words)
        assert done.code == 0, line + done.err
        made |= {path.suffix[1:] for path in tmp_path.glob("output/en/my-essay.*")}
    assert made >= {*SOUND_FORMATS, *CAPTIONS, *ARCHIVES}
    assert (tmp_path / "library" / "An Essay" / "metadata.json").is_file()
    assert all((tmp_path / f"my-essay.{name}").is_file() for name in ARCHIVES)


def _matches(folder: Path, word: str) -> list[str]:
    """Return what a shell makes of a word: the files that it matches, or the word itself."""
    found = sorted(path.relative_to(folder).as_posix() for path in folder.glob(word)) if "*" in word else []
    return found or [word]


@pytest.mark.slow
def test_the_digest_of_a_record_is_taken_as_described(built: Shelf) -> None:
    record = built.book("en/one", ".json").read_bytes()
    found = json.loads(record)["digest"]
    assert hashlib.sha256(record.removesuffix(b"\n").replace(found.encode(), b"")).hexdigest() == found


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A project with one small work."""
    shelf = Shelf(tmp_path_factory.mktemp("documented") / "shelf", AUDIOBOOK_ENGINE="tone")
    shelf.write("texts/en/one.txt", "A title\n\nA paragraph.\n")
    shelf.build()
    return shelf


@pytest.mark.slow
def test_every_field_that_json_prints_is_described(built: Shelf) -> None:
    commands = (
        ("build",),
        ("list",),
        ("list", "one"),
        ("list", "one", "--cast"),
        ("script", "one"),
        ("voices",),
        ("check",),
        ("config",),
        ("doctor",),
        ("export", "one", "--to", "epub"),
        ("script", "one", "--save"),
    )
    for name, *flags in commands:
        answer = built.run(name, *flags, "--json").answer
        heading = "list WORK --cast --json" if "--cast" in flags else f"{name} --json"
        told = section("docs/json.md", f"`{heading}`")
        missing = {key for key in _keys(answer) if f"`{key}`" not in told}
        assert not missing, name


@pytest.mark.slow
def test_the_commands_of_the_reading_page_work_one_after_the_other(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, AUDIOBOOK_ENGINE="tone")
    told = ""
    for line in (line for block in blocks("docs/reading.md", "sh") for line in block.splitlines()):
        if line.startswith("audiobook "):
            done = shelf.run(*shlex.split(line)[1:])
            assert done.code == 0, line + done.err
            told += done.out
        else:
            assert run(bash(), "-ec", line, cwd=tmp_path).returncode == 0
    assert "Index (not chosen)" not in told  # flags apply to one build only
    assert "Read from texts/en/novel.script.md: saved script" in told
    assert "The fourteenth of May." in told


def test_the_example_of_a_cast_gives_the_table_that_is_shown(tmp_path: Path) -> None:
    told = text_of("docs/voices.md").partition("\n## A cast\n")[2].partition("\n## ")[0]
    shelf = Shelf(tmp_path)
    shelf.write("audiobook.toml", re.findall(r"```toml\n(.*?)```", told, re.DOTALL)[0])
    shelf.write("texts/en/hamlet.md", re.findall(r"```markdown\n(.*?)```", told, re.DOTALL)[0])
    done = shelf.run("list", "hamlet", "--cast")
    assert (done.code, done.err) == (0, "")
    (table,) = re.findall(r"```text\n(.*?)```", told, re.DOTALL)
    assert [line.rstrip() for line in done.out.splitlines()] == table.splitlines()
    assert all(f"`{field}`" in told or f"{field} =" in told for field in Casting.__struct_fields__)


def test_every_mark_is_on_the_reading_page() -> None:
    told = text_of("docs/reading.md")
    assert [key for key in ATTRIBUTES if f"{key}=" not in told and f"`{key}`" not in told] == []
    assert [manner for manner in MANNERS if f"`{manner}`" not in told] == []
    assert [part for part in PARTS if f"`{part}`" not in told] == []


def _keys(answer: Any) -> Iterator[str]:
    """Yield the names of all fields in an answer, including nested ones."""
    if isinstance(answer, dict):
        for key, value in answer.items():
            yield key
            yield from _keys(value)
    elif isinstance(answer, list):
        for value in answer:
            yield from _keys(value)


def test_every_reason_to_build_is_described() -> None:
    told = " ".join(section("docs/json.md", "`build --json`").split())
    assert [reason.value for reason in Reason if f"`{reason.value}`" not in told] == []


def test_every_room_is_in_the_architecture() -> None:
    told = text_of("docs/architecture.md")
    layers = {
        path.stem
        for path in (ROOT / "audiobook").iterdir()
        if (path / "__init__.py").is_file() or path.suffix == ".py"
    }
    assert [name for name in sorted(layers - {"__init__"}) if f"`{name}`" not in told] == []


def test_the_example_of_front_matter_is_front_matter() -> None:
    [example] = blocks("docs/texts.md", "yaml")
    front = read_front_matter(example, "a.md")
    assert set(KEYS) - {key for key, _ in front.lines} == {"author", "saved"}


def test_the_example_of_a_lexicon_is_a_lexicon() -> None:
    [example] = (block for block in blocks("docs/texts.md", "toml") if "[words]" in block)
    lexicon = load_lexicon((LexiconFile("lexicon.toml", example.encode()),), "en-GB")
    said = lexicon.apply(AlignedText.original("A GIF of us in the US, 5 km off Jyväskylä"))
    assert said.text == "A jif of us in the yu es, 5 kilometres off yuvas kula"


# The repository


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text("utf-8")):
        if target.startswith(("https://", "http://")):
            continue
        name, _, anchor = target.partition("#")
        path = (document.parent / name).resolve() if name else document
        assert path.exists(), target
        assert not anchor or anchor in _anchors(path), target


def _anchors(path: Path) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_is_in_the_navigation_of_the_website() -> None:
    named = re.findall(r'"([^"]+\.md)"', text_of("zensical.toml"))
    pages = (path.relative_to(ROOT).as_posix() for path in DOCUMENTS)
    assert sorted(named) == sorted("index.md" if page == "README.md" else page for page in pages)


@pytest.mark.slow
def test_no_file_names_the_machine_it_was_made_on() -> None:
    found = []
    for path in tracked_files():
        text = path.read_bytes().decode("utf-8", "replace")
        for pattern in (MACHINE_PATH.pattern, *map(re.escape, REGISTRY_HOSTS)):
            found += [f"{path.relative_to(ROOT)}: {match}" for match in re.findall(pattern, text)]
    assert not found


def test_the_changelog_has_this_version_first() -> None:
    versions = re.findall(r"^## \[([\d.]+)\]", text_of("CHANGELOG.md"), re.MULTILINE)
    assert versions[0] == __version__


def test_every_dependency_is_in_third_party() -> None:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    rows = {row.lower() for row in re.findall(r"^\| ([\w-]+)", text_of("THIRD_PARTY.md"), re.MULTILINE)}
    names = {re.split(r"[^\w-]", requirement)[0].lower() for requirement in project["dependencies"]}
    assert names <= rows


def test_every_extra_in_the_readme_and_every_session_of_a_workflow_exists() -> None:
    extras = tomllib.loads(text_of("pyproject.toml"))["project"]["optional-dependencies"]
    table = text_of("README.md").partition("| extra | for |")[2].partition("\n\n")[0]
    told = {
        name
        for row in re.findall(r"^\| (`[^|]+) \|", table, re.MULTILINE)
        for name in re.findall("`(.+?)`", row)
    }
    assert told == set(extras) - {"docs", "test"}
    sessions = set(re.findall(r"^def (\w+)\(", text_of("noxfile.py"), re.MULTILINE))
    for workflow in ROOT.glob(".github/workflows/*.yml"):
        text = workflow.read_text("utf-8")
        named = re.findall(r"nox --session ([\w.-]+)", text) + re.findall(r"session: ([\w.-]+) }", text)
        assert {name.partition("-")[0] for name in named} <= sessions, workflow.name


def test_every_make_target_that_is_named_exists() -> None:
    targets = set(re.findall(r"^(\w+):", text_of("Makefile"), re.MULTILINE))
    named = {"test", "lint", "types", "bench"}
    for document in DOCUMENTS:
        named.update(re.findall(r"(?:`|^)make (\w+)", document.read_text("utf-8"), re.MULTILINE))
    assert named <= targets


def test_the_licence_is_the_gpl_and_the_texts_are_cc0() -> None:
    assert "GNU GENERAL PUBLIC LICENSE" in text_of("LICENSE")
    assert "Version 3, 29 June 2007" in text_of("LICENSE")
    assert "CC0-1.0" in text_of("texts/LICENSE")
    assert tomllib.loads(text_of("pyproject.toml"))["project"]["license"] == "GPL-3.0-or-later"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permission")
def test_ci_can_be_run() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


@pytest.mark.parametrize("page", ["SECURITY.md", "docs/reliability.md"])
def test_every_test_that_a_page_names_exists(page: str) -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", text_of(page))
    assert named
    assert [name for path, name in named if f"def {name}(" not in (ROOT / path).read_text("utf-8")] == []
