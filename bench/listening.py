"""`python -m bench.listening`: how well a recogniser understands each voice, for `docs/voices.md`.

With `--faults`, voices speak sentences in which words were left out, doubled or replaced, and it is counted how many of
these `check --listen` finds, and how often it is wrong about sentences without a fault. The answers of voices and the
recogniser are kept in `build/listening`, so that other rules can be tried in seconds. With `--times`, the times of words
are compared: those that voices report, those that are heard, and those at which the sound rises.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from audiobook.book.record.reading import load_record
from audiobook.clips.store import ClipStore
from audiobook.document import Kind, Paragraph
from audiobook.listening.faults import normalised_words
from audiobook.listening.model import Listener, find_listener
from audiobook.narration.passages import narrate
from audiobook.pipeline.heard_books import HeardPassage, Listening
from bench.measure import work_of
from bench.planted import KINDS, TEXTS, count_faults
from bench.word_starts import compare_starts

AUDIOBOOK = [sys.executable, "-m", "audiobook"]
ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "voices.md"
BEGIN, END = "<!-- heard -->\n", "<!-- /heard -->\n"
TEXT = "the-listening-reader.txt"
COMMANDS = """\
[flite-slt]
use = "flite"
voice = "slt"

[suopuhe-lj]
use = "festival"
voice = "suo_fi_lj_diphone"
language = "fi"
"""


@dataclass(frozen=True)
class Candidate:
    """A voice of the table: engine, name, language and licence."""

    engine: str
    name: str
    language: str
    licence: str

    @property
    def cells(self) -> str:
        """The beginning of its row."""
        return f"| {self.language} | `{self.engine}` {self.name} |"


CANDIDATES = (
    Candidate("espeak", "en-us", "en", "GPL-3.0-or-later"),
    Candidate("command", "flite-slt", "en", "BSD-like"),
    Candidate("piper", "en_US-joe-medium", "en", "CC0"),
    Candidate("kokoro", "af_heart", "en", "Apache-2.0"),
    Candidate("espeak", "fi", "fi", "GPL-3.0-or-later"),
    Candidate("command", "suopuhe-lj", "fi", "LGPL-2.1"),
)


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the number of insertions, deletions and replacements between two sequences."""
    row = list(range(len(other) + 1))
    for number, item in enumerate(one, 1):
        before, row = row, [number]
        for place, found in enumerate(other):
            row.append(min(before[place] + (item != found), before[place + 1] + 1, row[-1] + 1))
    return row[-1]


def errors(passages: Sequence[HeardPassage], language: str) -> tuple[float, float]:
    """Return the word and the character error rate in per cent."""
    wrong_words = words = wrong_letters = letters = 0
    for passage in passages:
        said = normalised_words(" ".join(passage.texts))
        transcript = " ".join(sentence.heard for sentence in passage.hearing.sentences)
        narrated = narrate(Paragraph(transcript, Kind.TEXT), language) if transcript else ()
        heard = normalised_words(" ".join(one.text for part in narrated for one in part.sentences))
        wrong_words += distance(said, heard)
        words += len(said)
        wrong_letters += distance("".join(said), "".join(heard))
        letters += sum(map(len, said))
    return 100 * wrong_words / words, 100 * wrong_letters / letters


def row(candidate: Candidate, listener: Listener) -> str:
    """Build the text with a voice, listen to it, and return its row of the table.

    Empty if the voice is not installed.
    """
    folder = Path(tempfile.mkdtemp(prefix="audiobook-listening-"))
    try:
        (folder / "texts" / candidate.language).mkdir(parents=True)
        shutil.copy(ROOT / "texts" / candidate.language / TEXT, folder / "texts" / candidate.language)
        command = [
            *AUDIOBOOK,
            "build",
            "--quiet",
            "--jobs",
            "1",
            "--engine",
            candidate.engine,
            "--voice",
            candidate.name,
        ]
        try:
            used_s, peak = work_of(command, folder)
        except SystemExit:
            print(f"not here: {candidate.engine} {candidate.name}", file=sys.stderr)
            return ""
        record = load_record(folder / "output" / candidate.language / TEXT.replace(".txt", ".json"))
        assert record
        heard = Listening(ClipStore(folder / ".audiobook"), listener, 2).hear(
            record, lambda _: None, lambda: None
        )
        words, letters = errors(heard.passages, candidate.language)
        pace = record.duration_s / used_s
        return (
            f"{candidate.cells} {words:.1f} % | {letters:.1f} % "
            f"| {pace:.1f} | {peak / 1e6:.0f} MB | {candidate.licence} |\n"
        )
    finally:
        shutil.rmtree(folder)


def write_table(listener: Listener, engine: str | None) -> None:
    """Measure all voices, or those of one engine, and put their rows into the table of `docs/voices.md`."""
    page = PAGE.read_text("utf-8")
    start, end = page.index(BEGIN) + len(BEGIN), page.index(END)
    before = page[start:end].splitlines(keepends=True)
    table = "| language | voice | words | letters | × real time | memory | licence |\n|---|---|---|---|---|---|---|\n"
    for candidate in CANDIDATES:
        if engine in (None, candidate.engine):
            found = row(candidate, listener)
            print(found, end="", flush=True)
        else:
            found = next((line for line in before if line.startswith(candidate.cells)), "")
        table += found
    PAGE.write_text(page[:start] + table + page[end:], "utf-8")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--model", help="folder of the recogniser; default: the installed one")
    options.add_argument("--faults", action="store_true", help="count planted faults instead")
    options.add_argument("--times", action="store_true", help="compare when words begin instead")
    options.add_argument(
        "--passages", type=int, default=24, help="with --faults or --times: number of passages"
    )
    options.add_argument(
        "--seed", type=int, default=1, help="with --faults or --times: chooses passages and faults"
    )
    options.add_argument(
        "--text", type=Path, action="append", help="with --faults or --times: take sentences from this text"
    )
    options.add_argument("--clean", action="store_true", help="with --faults: plant none, count false alarms")
    options.add_argument("--show", action="store_true", help="with --faults: print what was not found")
    options.add_argument("--engine", help="only measure the voices of this engine")
    given = options.parse_args()
    listener = find_listener(given.model)
    if given.times:
        compare_starts(listener, given.engine, given.text or TEXTS, given.passages, given.seed)
        return
    if given.faults:
        paths = given.text or TEXTS
        kinds = () if given.clean else KINDS
        count_faults(listener, given.engine, paths, given.passages, given.seed, kinds=kinds, show=given.show)
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AUDIOBOOK_CONFIG"] = folder
        (Path(folder) / "commands.toml").write_text(COMMANDS)
        write_table(listener, given.engine)


if __name__ == "__main__":
    main()
