"""`python -m bench.listening`: what a speech recogniser makes of each voice, for the table in `docs/voices.md`.

With `--faults`, voices speak sentences in which words were left out, doubled or replaced, and it is counted how many of
these `check --listen` finds, and how often it is wrong about sentences that are as they should be.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from audiobook.book.record_reading import load_record
from audiobook.clips.clip import Clip, Sound, make_clip
from audiobook.clips.store import ClipStore
from audiobook.document import Kind, Paragraph
from audiobook.engines.base import Engine, Equipment, Equipped, Style, Voice
from audiobook.engines.registry import load_engine, voice_for
from audiobook.listening.faults import plain_words
from audiobook.listening.hearing import Hearing, hear
from audiobook.listening.model import Listener, find_listener
from audiobook.narration.passages import narrate
from audiobook.pipeline.gain import bare_passage
from audiobook.pipeline.heard_books import HeardPassage, Listening
from audiobook.sources.base import Source, read_work
from bench.measure import work_of

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
KINDS = ("left out", "doubled", "half a sentence missing", "another sentence")
FAULTY_VOICES = (("piper", "en_US-joe-medium"), ("kokoro", "af_heart"))
FAULTY_TEXTS = (ROOT / "texts/en/a-day-in-sounds.md", ROOT / "texts/en" / TEXT)
SOUND = Sound(350, 0.0, -1.0, 64, 7)


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
        said = plain_words(" ".join(passage.texts))
        told = " ".join(sentence.heard for sentence in passage.hearing.sentences)
        narrated = narrate(Paragraph(told, Kind.TEXT), language) if told else ()
        heard = plain_words(" ".join(one.text for part in narrated for one in part.sentences))
        wrong_words += distance(said, heard)
        words += len(said)
        wrong_letters += distance("".join(said), "".join(heard))
        letters += sum(map(len, said))
    return 100 * wrong_words / words, 100 * wrong_letters / letters


def row(candidate: Candidate, listener: Listener) -> str:
    """Build the text with a voice, listen to it, and return its row of the table; empty if the voice is not here."""
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


def paragraphs() -> Iterator[list[str]]:
    """Yield the sentences of each paragraph of the essays."""
    for path in FAULTY_TEXTS:
        work = read_work(Source(path.read_bytes(), path.name, path.stem, "en", path.stem), path.name)
        for chapter in work.chapters:
            for paragraph in chapter.paragraphs:
                for passage in narrate(paragraph, "en"):
                    yield [sentence.text for sentence in passage.sentences]


def planted(kind: str, sentence: str, pool: Sequence[str], chance: random.Random) -> str | None:
    """Return a sentence with a fault, None if it is too short for it."""
    words = sentence.split()
    if len(words) < (6 if kind == KINDS[2] else 4):
        return None
    if kind == KINDS[0]:
        del words[chance.randrange(1, len(words) - 1)]
    elif kind == KINDS[1]:
        at = chance.randrange(len(words) - 1)
        words.insert(at, words[at].strip(',;:.—“”"'))
    elif kind == KINDS[2]:
        half = len(words) // 2
        words = words[:half] if chance.random() < 0.5 else words[half:]
    else:
        other = chance.choice(pool)
        return other if other != sentence and len(other.split()) > 3 else None
    return " ".join(words)


def speaker(engine_name: str, voice_name: str) -> tuple[Engine, Voice]:
    """Return an engine that is ready to speak with a voice."""
    engine = load_engine(engine_name)
    if isinstance(engine, Equipped):
        folder = Path(tempfile.gettempdir())
        engine.equip(Equipment(ClipStore(folder).replies, folder))
    voice = voice_for(engine, "en", voice_name)
    engine.prepare(voice)
    return engine, voice


def clip_of(engine: Engine, voice: Voice, texts: Sequence[str]) -> Clip:
    """Speak some sentences as one clip."""
    speeches = engine.speak(bare_passage(tuple(texts), "en"), voice, Style())
    return make_clip(((speech.pcm, speech.marks) for speech in speeches), voice.rate_hz, SOUND)


def count_faults(listener: Listener, every: int) -> None:
    """Print how many planted faults are found, how many clean sentences are suspected, and how exact the times are.

    Only every second paragraph is used: the limits were chosen on the others.
    """
    chosen = list(paragraphs())[1 :: 2 * every]
    pool = [sentence for texts in paragraphs() for sentence in texts]
    for engine_name, voice_name in FAULTY_VOICES:
        engine, voice = speaker(engine_name, voice_name)
        chance = random.Random(13)
        found: Counter[str] = Counter()
        all_of: Counter[str] = Counter()
        errors_ms: list[float] = []
        for texts in chosen:
            clip = clip_of(engine, voice, texts)
            hearing = hear(clip, texts, "en", listener)
            all_of["clean sentences"] += len(texts)
            found["clean sentences"] += sum(bool(sentence.faults) for sentence in hearing.sentences)
            errors_ms += distances_ms(clip, hearing)
            for kind in KINDS:
                at = chance.randrange(len(texts))
                wrong = planted(kind, texts[at], pool, chance)
                if wrong:
                    near = slice(max(0, at - 1), at + 2)
                    spoken = [*texts[:at], wrong, *texts[at + 1 :]][near]
                    hearing = hear(clip_of(engine, voice, spoken), texts[near], "en", listener)
                    all_of[kind] += 1
                    found[kind] += bool(hearing.strength)
        print(f"{engine_name} {voice_name}")
        for kind in (*KINDS, "clean sentences"):
            print(f"  {kind}: {found[kind]} of {all_of[kind]}")
        total = sum(all_of[kind] for kind in KINDS)
        print(f"  found: {100 * sum(found[kind] for kind in KINDS) / total:.1f} %")
        if len(errors_ms) > 1:
            print(f"  words: median {median(errors_ms):.0f} ms, p90 {quantiles(errors_ms, n=10)[-1]:.0f} ms")


def distances_ms(clip: Clip, hearing: Hearing) -> list[float]:
    """Return how far the times that were heard are from those that the voice reported."""
    found = []
    for sentence, heard in zip(clip.shape.sentences, hearing.sentences, strict=True):
        own = {start: at for start, _, at in sentence.marks}
        found += [
            abs(at - own[start]) * 1000 / clip.shape.rate_hz for start, _, at in heard.words if start in own
        ]
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--model", help="folder of the recogniser; default: the installed one")
    options.add_argument("--faults", action="store_true", help="count planted faults instead")
    options.add_argument("--every", type=int, default=1, help="use fewer paragraphs: every n-th")
    options.add_argument("--engine", help="only measure the voices of this engine")
    given = options.parse_args()
    listener = find_listener(given.model)
    if given.faults:
        count_faults(listener, given.every)
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["AUDIOBOOK_CONFIG"] = folder
        (Path(folder) / "commands.toml").write_text(COMMANDS)
        write_table(listener, given.engine)


if __name__ == "__main__":
    main()
