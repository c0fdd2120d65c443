"""Engines that crash, hang and flood: text that ends espeak-ng, and programs of the user that fail in every way."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from bench.drill.shelf import Shelf
from bench.drill.trial import Plan, Trial
from bench.drill.works import Works, undisturbed

_CRASHES: Final = {"en": "s'" * 220, "pl": "i.e." * 160, "de": "b." * 300, "vi": "a" + "`" * 1000}
"""Texts that crash espeak-ng 1.52; `python -m bench.crashers` finds more."""
_TEXTS: Final = {
    language: ["Work", *(f"{word} {number}." for number, word in enumerate(words.split(), 1))]
    for language, words in {
        "en": "rain lamp river door",
        "pl": "deszcz lampa rzeka dom",
        "de": "regen lampe fluss haus",
        "vi": "nha sông đèn mưa",
        "fi": "sade lamppu joki talo",
    }.items()
}
_FAULTS: Final = ("dies", "exits", "sleeps", "spins", "stays", "floods", "chatters", "keeps silent", "lies")
_PROGRAM: Final = """
import os, signal, sys, time, wave
_, text, sound = sys.argv
words = open(text, encoding="utf-8").read()
fault = words.partition("kaboom ")[2].strip(" .\\n")
if fault == "dies": os.kill(os.getpid(), 9)
if fault == "exits": sys.exit(7)
if fault == "sleeps": time.sleep(1000)
while fault == "spins": pass
if fault == "stays":
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(number, signal.SIG_IGN)
    if os.fork() == 0: time.sleep(1000)
    time.sleep(1000)
if fault == "floods":
    with open(sound, "wb") as stream:
        while True: stream.write(bytes(1 << 20))
while fault == "chatters": os.write(2, b"No. " * 10000)
if fault == "keeps silent": sys.exit()
with wave.open(sound, "wb") as written:
    written.setparams((1, 2, 22050, 0, "NONE", ""))
    tone = b"".join((9000 * (-1) ** (at // (20 + len(words))) & 0xffff).to_bytes(2, "little") for at in range(3000 * len(words.split())))
    written.writeframes(tone)
if fault == "lies": open(sound, "wb").write(b"This is no sound at all." * 100)
"""
_DEADLINE_S: Final = 2


def engines(plan: Plan, trial: Trial) -> None:
    """Let passages crash, hang and flood at random places.

    The others are spoken, and all of them once the cause is fixed.
    """
    of_library = _project(plan.folder / "library", "espeak", ())
    of_programs = _project(plan.folder / "programs", "command", tuple(_TEXTS))
    for number in range(max(2, plan.tries // 4)):
        works = (of_library, of_programs)[number % 2]
        choices = list(_CRASHES) if works is of_library else list(_TEXTS)
        faulty = plan.chance.sample(choices, plan.chance.randint(1, len(choices) - 1))
        places = {
            language: (
                plan.chance.randint(1, 4),
                _CRASHES[language] if works is of_library else f"Now kaboom {plan.chance.choice(_FAULTS)}.",
            )
            for language in faulty
        }
        _try(works, places, trial)


def _project(folder: Path, engine: str, commands: tuple[str, ...]) -> Works:
    """Return a project spoken by an engine, with a command for each of some languages."""
    shelf = Shelf(folder / "project", {"AUDIOBOOK_CONFIG": str(folder / "configuration")})
    shelf.root.mkdir(parents=True)
    (shelf.root / "audiobook.toml").write_text(f'engine = "{engine}"\njobs = 2\n', "utf-8")
    program = folder / "program.py"
    program.write_text(_PROGRAM, "utf-8")
    run = [sys.executable, "-I", "-S", str(program), "{text}", "{wav}"]
    tables = [
        f"[{language}]\nrun = {run}\nlanguage = '{language}'\ndeadline_s = {_DEADLINE_S}\n"
        for language in commands
    ]
    (folder / "configuration").mkdir()
    (folder / "configuration" / "commands.toml").write_text("\n".join(tables), "utf-8")
    return undisturbed(shelf, _TEXTS)


def _try(works: Works, places: dict[str, tuple[int, str]], trial: Trial) -> None:
    what = ", ".join(f"{language} {text[:24]}" for language, (_, text) in places.items())
    works.write(places)
    done = works.shelf.run("build", "--json")
    trial.tries += len(places)
    works.verify_failed(done, places, trial, what)
    works.write({})
    works.verify_repaired(works.shelf.run("build"), trial, what)
