"""The commands that are disturbed: their initial state, and what must be true afterwards."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bench.book import edit_one_paragraph, write_book
from bench.drill.shelf import Done, Shelf, files_of, leftovers, new_shelf, write_text
from bench.drill.trial import Trial

FORMATS: Final = (
    "--format",
    "m4b",
    "--format",
    "opus",
    "--format",
    "flac",
    "--format",
    "vtt",
    "--format",
    "epub",
    "--format",
    "lpf",
    "--split",
    "chapter",
)
BASE: Final = ("--base-url", "https://example.org/books")
VOICE: Final = "fi_FI-tiny-medium"
_ARCHIVES: Final = ("epub", "lpf")
_LONG_S: Final = 7200
_MODEL_BYTES: Final = 2_000_000
_SESSION: Final = (sys.executable, "-P", os.fspath(Path(__file__).with_name("session.py")))


@dataclass(frozen=True)
class Scenario:
    """A command on a prepared project.

    Attributes:
        name: Its name.
        start: The project before; never changed.
        commands: What is run; the last one is disturbed, or all of them if they are run as one.
        old: The files of the places that are compared, before.
        new: The same after an undisturbed run.
        length_s: How long the undisturbed run took.
        places: The folders and files that are compared, below the project.
        before: What runs the commands, such as a program that works with the studio.
    """

    name: str
    start: Shelf
    commands: tuple[tuple[str, ...], ...]
    old: dict[str, bytes]
    new: dict[str, bytes]
    length_s: float
    places: tuple[str, ...]
    before: tuple[str, ...] = ()

    def found(self, shelf: Shelf) -> dict[str, bytes]:
        """Return the files that are compared."""
        return {
            f"{place}/{name}": data
            for place in self.places
            for name, data in files_of(shelf.root / place).items()
        } | {place: path.read_bytes() for place in self.places if (path := shelf.root / place).is_file()}

    def halves(self, shelf: Shelf) -> list[str]:
        """Return the files that are neither absent, nor old, nor whole."""
        return [
            name
            for name, data in self.found(shelf).items()
            if data not in (self.old.get(name), self.new.get(name))
            and not _is_whole_list(name, data)
            and not _lacks_only_archives(data, self.new.get(name, b""))
        ]

    def rerun(self, shelf: Shelf) -> Done:
        """Run the commands again, until one fails."""
        done = Done(0, "", "")
        for command in self.commands:
            done = shelf.run(*command, before=self.before)
            if done.code:
                break
        return done

    def verify(self, shelf: Shelf, trial: Trial, what: str) -> None:
        """Count failures after a disturbed run: half files, and, after one more run, any difference."""
        if halves := self.halves(shelf):
            trial.lost(f"{self.name}, {what}: half files", *halves)
        done = self.rerun(shelf)
        if done.code:
            trial.lost(f"{self.name}, {what}: the next run ends with {done.code}", done.out, done.err)
            return
        found = self.found(shelf)
        if found != self.new:
            names = [name for name in {*found, *self.new} if found.get(name) != self.new.get(name)]
            trial.lost(f"{self.name}, {what}: other files than undisturbed", *sorted(names))
        if left := leftovers(shelf.root):
            trial.lost(f"{self.name}, {what}: temporary files", *left)
        if self.output_is_checked and (checked := shelf.run("check")).code:
            trial.lost(f"{self.name}, {what}: check ends with {checked.code}", checked.out, checked.err)

    @property
    def output_is_checked(self) -> bool:
        """Whether the command makes books or publications."""
        return "output" in self.places


def _is_whole_list(name: str, data: bytes) -> bool:
    """Return whether this is a list of public files: it is also written before anything else, with old and new files."""
    try:
        return name == "output/publication.json" and bool(json.loads(data)["files"])
    except (ValueError, KeyError):
        return False


def _lacks_only_archives(data: bytes, new: bytes) -> bool:
    """Return whether this is the new record as it is before its archives are written."""
    try:
        found, whole = json.loads(data), json.loads(new)
        for name in _ARCHIVES:
            whole["formats"].pop(name, None)
        whole["digest"] = found["digest"]
        return bool(found == whole)
    except (ValueError, KeyError, TypeError):
        return False


def scenario(
    name: str,
    start: Shelf,
    commands: Sequence[Sequence[str]],
    places: Sequence[str] = ("output",),
    before: Sequence[str] = (),
) -> Scenario:
    """Return a scenario after its undisturbed run, in a copy."""
    fixed = tuple(tuple(command) for command in commands)
    blank = Scenario(name, start, fixed, {}, {}, 0.0, tuple(places), tuple(before))
    whole = start.copy(start.root.with_name(f"{start.root.name}-whole"))
    begun = time.monotonic()
    done = blank.rerun(whole)
    if done.code:
        raise SystemExit(f"{name}: the undisturbed run fails: {done.err}")
    length_s = (time.monotonic() - begun) / len(fixed)
    return replace(blank, old=blank.found(start), new=blank.found(whole), length_s=length_s)


def edited(folder: Path, engine: str = "tone", *, is_published: bool = False) -> Shelf:
    """Return a built project of which one text was edited and one is new."""
    shelf = new_shelf(folder, engine=engine)
    for command in (("build",), ("publish", *BASE))[: 1 + is_published]:
        done = shelf.run(*command)
        assert done.code == 0, done.err
    write_text(shelf, 0, "second")
    write_text(shelf, 3, "first")
    return shelf


def edited_long(folder: Path) -> Shelf:
    """Return a project with a book whose MP3 is longer than 32 MB, of which a paragraph was edited since.

    It was built in `tried`, because a build finds what it has noted of an MP3 by the path of that file.
    """
    shelf = new_shelf(folder / "tried", works=0)
    text = shelf.root / "texts" / "fi" / "long.md"
    write_book(text, "fi", _LONG_S)
    done = shelf.run("build")
    assert done.code == 0, done.err
    assert list((shelf.store / "notes").glob("frames-*"))
    edit_one_paragraph(text)
    return shelf.copy(folder / "edited")


def rebuilt(folder: Path) -> Shelf:
    """Return a published project that was built again since."""
    shelf = edited(folder, is_published=True)
    assert shelf.run("build").code == 0
    return shelf


@contextmanager
def repository(folder: Path) -> Iterator[str]:
    """Serve a repository with one voice on this computer, and yield its address."""
    place = folder / "fi/fi_FI/tiny/medium"
    place.mkdir(parents=True)
    config = {
        "audio": {"sample_rate": 22050, "quality": "medium"},
        "espeak": {"voice": "fi"},
        "num_speakers": 1,
    }
    model = hashlib.shake_256(b"model").digest(_MODEL_BYTES)
    files = {
        f"{VOICE}.onnx": model,
        f"{VOICE}.onnx.json": json.dumps(config).encode(),
        "MODEL_CARD": b"# Tiny\n",
    }
    listed = {}
    for name, data in files.items():
        (place / name).write_bytes(data)
        md5 = hashlib.md5(data).hexdigest()
        listed[f"fi/fi_FI/tiny/medium/{name}"] = {"size_bytes": len(data), "md5_digest": md5}
    index = {VOICE: {"key": VOICE, "name": "tiny", "quality": "medium", "files": listed, "aliases": []}}
    (folder / "voices.json").write_text(json.dumps(index), "utf-8")
    server = subprocess.Popen(
        [
            sys.executable,
            "-u",
            "-m",
            "http.server",
            "0",
            "--bind",
            "127.0.0.1",
            "--directory",
            os.fspath(folder),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    try:
        assert server.stdout
        port = server.stdout.readline().split(" port ")[1].split()[0]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        server.communicate()


def for_installing(folder: Path, address: str) -> Shelf:
    """Return a project whose voices come from an address."""
    shelf = new_shelf(folder, works=1)
    shelf.root.joinpath("audiobook.toml").write_text(f'[engines.piper]\nbase_url = "{address}"\n', "utf-8")
    return shelf


def _in_the_studio(folder: Path) -> Scenario:
    start = edited(folder / "edited", is_published=True)
    with (start.root / "audiobook.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'[publish]\nbase_url = "{BASE[1]}"\n')
    places = ("output", "texts", "covers", "audiobook.toml")
    return scenario("studio", start, [("studio", "--no-browser")], places, _SESSION)


Maker = Callable[[Path], Scenario]
OF_PROJECTS: Final[dict[str, Maker]] = {
    "build": lambda folder: scenario("build", edited(folder / "edited"), [("build",)]),
    "formats": lambda folder: scenario("formats", edited(folder / "edited"), [("build", *FORMATS)]),
    "espeak": lambda folder: scenario("espeak", edited(folder / "edited", "espeak"), [("build",)]),
    "long": lambda folder: scenario("long", edited_long(folder), [("build",)]),
    "publish": lambda folder: scenario("publish", rebuilt(folder / "rebuilt"), [("publish", *BASE)]),
    "send": lambda folder: scenario(
        "send", rebuilt(folder / "rebuilt"), [("publish", *BASE, "--to", "../sent")], ["output"]
    ),
    "clean": lambda folder: scenario("clean", edited(folder / "edited"), [("clean",), ("build", "--force")]),
    "studio": _in_the_studio,
}
"""The scenarios that need nothing but a project, by name."""
