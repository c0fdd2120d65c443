"""A newcomer's first hour, command by command, with every word that standard error says."""

import re
import shlex
import shutil
from pathlib import Path

import pytest
from tools import Samples, Shelf, correlation, decoded, png

_ENGLISH = "# The Lamp\n\n## Evening\n\nThe keeper of Jyväskylä lit the lamp.\n\nThe sea was quiet.\n"
_FINNISH = "# Lamppu\n\n## Ilta\n\nVartija sytytti lampun.\n\nMeri oli hiljaa.\n"
_LENGTH = r"0:\d\d, 1 chapter"


class Newcomer:
    """Somebody who types commands in a folder, and reads what is printed."""

    def __init__(self, folder: Path) -> None:
        self.shelf = Shelf(folder)
        self.heard = 0

    def types(self, command: str, *says: str) -> str:
        """Run a command, check each line of standard error, and return standard output.

        Args:
            command: The command line.
            says: A regular expression for each line of standard error, in order.
        """
        done = self.shelf.run(*shlex.split(command)[1:])
        lines = done.err.splitlines()
        assert done.code == 0, (command, done)
        assert len(lines) == len(says), (command, lines)
        wrong = [line for line, said in zip(lines, says, strict=True) if not re.fullmatch(said, line)]
        assert not wrong, (command, wrong)
        return done.out

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
    newcomer = Newcomer(tmp_path)
    newcomer.types("audiobook init .")
    (tmp_path / "texts" / "en" / "a-first-listen.md").unlink()
    newcomer.shelf.write("texts/en/the-lamp.md", _ENGLISH)
    newcomer.shelf.write("texts/fi/the-lamp.md", _FINNISH)

    told = newcomer.types(
        "audiobook build",
        "8 clips to make for 2 works",
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
        "1 clip to make for 1 work",
        rf"output/en/the-lamp\.mp3: lexicon changed; 1 of 4 clips made; {_LENGTH}",
    )
    corrected = newcomer.hears("en/the-lamp")
    assert [sounds_like(*pair) for pair in zip(first, corrected, strict=True)] == [True, True, False, True]

    assert "en-gb-scotland" in newcomer.types("audiobook voices --lang en")
    newcomer.shelf.write("audiobook.toml", '[voice.en]\nname = "en-gb-scotland"\n')
    newcomer.types(
        "audiobook build",
        "4 clips to make for 1 work",
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
        tmp_path / "output" / name
        for name in ("index.html", "en/the-lamp.html", "fi/feed.xml", "en/the-lamp.mp3")
    ]
    assert [path for path in public if not path.is_file()] == []
    assert newcomer.types("audiobook check") == "2 of 2 works OK\n"
    works = [line.split()[:3] for line in newcomer.types("audiobook list").splitlines()[1:]]
    assert works == [["en", "the-lamp", "fresh"], ["fi", "the-lamp", "fresh"]]
