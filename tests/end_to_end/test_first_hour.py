"""A newcomer's first hour, command by command, with every word that standard error says."""

import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import Final

import pytest
from books import members, zipped
from tools import Finished, Samples, Shelf, clean_environment, correlation, decoded, png

ROOT = Path(__file__).parents[2]

_ENGLISH = "# The Lamp\n\n## Evening\n\nThe keeper of Jyväskylä lit the lamp.\n\nThe sea was quiet.\n"
_FINNISH = "# Lamppu\n\n## Ilta\n\nVartija sytytti lampun.\n\nMeri oli hiljaa.\n"
_WAIT: Final = r"about \d+ s( of speech)?"
_LENGTH = r"0:\d\d, 1 chapter"


class Newcomer:
    """Somebody who types commands in a folder, and reads what is printed."""

    def __init__(self, folder: Path, program: Path | None) -> None:
        """Begin in an empty folder.

        Args:
            folder: The folder.
            program: The installed `audiobook`; None for the one of this environment.
        """
        self.shelf = Shelf(folder, XDG_CACHE_HOME=str(folder.parent / "cache"))
        self.program = program
        self.heard = 0

    def types(self, command: str, *says: str) -> str:
        """Run a command, check each line of standard error except progress, and return standard output.

        Args:
            command: The command line.
            says: A regular expression for each line of standard error; works may be finished in any order.
        """
        done = self._run(*shlex.split(command)[1:])
        lines = done.problems.splitlines()
        assert done.code == 0, (command, done)
        assert len(lines) == len(says), (command, lines)
        unexpected = [line for line in lines if not any(re.fullmatch(said, line) for said in says)]
        missing = [said for said in says if not any(re.fullmatch(said, line) for line in lines)]
        assert not unexpected + missing, (command, unexpected, missing)
        return done.out

    def _run(self, *arguments: str) -> Finished:
        if self.program is None:
            return self.shelf.run(*arguments)
        done = subprocess.run(
            [self.program, *arguments],
            cwd=self.shelf.root,
            env=clean_environment(**self.shelf.environment),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        return Finished(done.returncode, done.stdout, done.stderr)

    def hears(self, label: str) -> list[Samples]:
        """Return the sound of each sentence of a book."""
        record = self.shelf.record(label)
        self.heard += 1
        copy = shutil.copyfile(
            self.shelf.book(label), self.shelf.root / f"heard-{self.heard}"
        )  # decoded once by name
        samples = decoded(copy)
        sentences = [
            sentence
            for chapter in record["chapters"]
            for paragraph in chapter["paragraphs"]
            for sentence in paragraph["sentences"]
        ]
        return [samples[part["start_samples"] : part["end_samples"]] for part in sentences]


def sounds_like(one: Samples, other: Samples) -> bool:
    """Return whether two sentences are the same sound."""
    return len(one) == len(other) and correlation(one, other) > 0.99


@pytest.mark.slow
def test_a_first_hour_has_no_surprises(tmp_path: Path) -> None:
    assert_no_surprises(tmp_path, None)


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_first_hour_with_the_wheel_has_no_surprises(tmp_path: Path) -> None:
    assert_no_surprises(tmp_path, installed_from_wheel(tmp_path))


def installed_from_wheel(folder: Path) -> Path:
    """Build the wheel, install it into a new environment, and return its `audiobook`.

    The packages that it needs are those of this environment, because there may be no network.
    """
    source = folder / "source"
    shutil.copytree(ROOT / "audiobook", source / "audiobook", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "THIRD_PARTY.md"):
        shutil.copy(ROOT / name, source)
    wheel = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
    ]
    subprocess.run([*wheel, folder, source], check=True)
    [built] = folder.glob("audiobook_press-*.whl")
    venv.create(folder / "environment", symlinks=True)
    scripts = folder / "environment" / ("Scripts" if sys.platform == "win32" else "bin")
    python = scripts / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python)]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--no-index", str(built)], check=True)
    [packages] = (folder / "environment").rglob("site-packages")
    # Unlike those in its own folder, a path file there is not read, so this checkout is not found through it.
    (packages / "needed.pth").write_text(sysconfig.get_path("purelib"))
    told = subprocess.run(
        [python, "-c", "import audiobook; print(audiobook.__file__)"],
        cwd=folder,
        stdout=subprocess.PIPE,
        check=True,
    )
    assert str(packages) in told.stdout.decode()
    return scripts / "audiobook"


def assert_no_surprises(folder: Path, program: Path | None) -> None:
    book = Newcomer(folder / "one", program)
    pages = ("<h1>One</h1><p>The keeper lit the lamp.</p>", "<h1>Two</h1><p>The sea was quiet.</p>")
    book.shelf.write("book.epub", zipped(members(*pages)))
    told = book.types(
        "audiobook build book.epub",
        rf"5 clips to make for 1 work, {_WAIT}",
        r"book\.mp3: new; 5 of 5 clips made; 0:\d\d, 2 chapters",
        "hint: natural voices are available: audiobook voices install en",
    )
    assert told == "1 built\n"
    names = {path.name for path in book.shelf.root.iterdir()}
    assert {name for name in names if "cover" not in name} == {"book.epub", "book.json", "book.mp3"}
    assert book.types("audiobook check") == "1 of 1 work OK\n"
    assert book.types("audiobook list").splitlines()[1].split()[:3] == ["en", "book", "fresh"]

    newcomer = Newcomer(folder / "project", program)
    root = newcomer.shelf.root
    newcomer.types("audiobook init .")
    (root / "texts" / "en" / "a-first-listen.md").unlink()
    newcomer.shelf.write("texts/en/the-lamp.md", _ENGLISH)
    newcomer.shelf.write("texts/fi/the-lamp.md", _FINNISH)

    told = newcomer.types(
        "audiobook build",
        rf"8 clips to make for 2 works, {_WAIT}",
        rf"output/en/the-lamp\.mp3: new; 4 of 4 clips made; {_LENGTH}",
        rf"output/fi/the-lamp\.mp3: new; 4 of 4 clips made; {_LENGTH}",
        "hint: natural voices are available: audiobook voices install en fi",
    )
    assert told == "2 built\n"
    first = newcomer.hears("en/the-lamp")

    assert "The keeper of Jyväskylä lit the lamp." in newcomer.types("audiobook script the-lamp --lang en")
    newcomer.shelf.write("texts/en/lexicon.toml", '[words]\n"Jyväskylä" = "yuvas kula"\n')
    newcomer.types(
        "audiobook build",
        rf"1 clip to make for 1 work, {_WAIT}",
        rf"output/en/the-lamp\.mp3: lexicon changed; 1 of 4 clips made; {_LENGTH}",
    )
    corrected = newcomer.hears("en/the-lamp")
    assert [sounds_like(*pair) for pair in zip(first, corrected, strict=True)] == [True, True, False, True]

    assert "en-gb-scotland" in newcomer.types("audiobook voices --lang en")
    newcomer.shelf.write("audiobook.toml", '[voice.en]\nname = "en-gb-scotland"\n')
    newcomer.types(
        "audiobook build",
        rf"4 clips to make for 1 work, {_WAIT}",
        rf"output/en/the-lamp\.mp3: voice changed; 4 of 4 clips made; {_LENGTH}",
    )
    again = newcomer.hears("en/the-lamp")
    assert not any(sounds_like(*pair) for pair in zip(corrected, again, strict=True))

    newcomer.shelf.write("texts/en/the-lamp.png", png(1400, 1400))
    newcomer.types(
        "audiobook build", rf"output/en/the-lamp\.mp3: cover changed; 0 of 4 clips made; {_LENGTH}"
    )

    told = newcomer.types("audiobook publish --base-url https://example.org/books")
    assert "https://example.org/books/fi/feed.xml" in told.splitlines()
    public = [
        root / "output" / name
        for name in ("index.html", "en/the-lamp.html", "fi/feed.xml", "en/the-lamp.mp3")
    ]
    assert [path for path in public if not path.is_file()] == []
    assert newcomer.types("audiobook check") == "2 of 2 works OK\n"
    _, *rows, files = newcomer.types("audiobook list").splitlines()
    assert files == "Files: output/LANGUAGE/WORK.mp3"
    works = [line.split()[:3] for line in rows]
    assert works == [["en", "the-lamp", "fresh"], ["fi", "the-lamp", "fresh"]]
