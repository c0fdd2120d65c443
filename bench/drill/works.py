"""Projects of several short works in which some passages fail: each must be named by its line, and nothing else suffers."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.drill.shelf import Done, Shelf, files_of, leftovers
from bench.drill.trial import Trial


@dataclass(frozen=True)
class Works:
    """A project, and its books when nothing fails.

    Attributes:
        shelf: The project; its texts are `texts/<language>/work.txt`, a paragraph on every second line.
        texts: The paragraphs of each language.
        whole: Its output after an undisturbed build.
    """

    shelf: Shelf
    texts: Mapping[str, list[str]]
    whole: Mapping[str, bytes]

    def write(self, places: Mapping[str, tuple[int, str]]) -> None:
        """Write all texts; in some languages, the paragraph with a number is replaced."""
        for language, paragraphs in self.texts.items():
            number, other = places.get(language, (0, paragraphs[0]))
            write_paragraphs(self.shelf, language, [*paragraphs[:number], other, *paragraphs[number + 1 :]])

    def verify_failed(
        self, done: Done, places: Mapping[str, tuple[int, str]], trial: Trial, what: str
    ) -> None:
        """Count broken promises after a build in which some paragraphs fail."""
        if done.code != 1 or "Traceback" in done.err:
            trial.lost(f"{what}: ends with {done.code}", done.out, done.err)
            return
        for work in json.loads(done.out)["works"]:
            language = work["language"]
            if language not in places:
                if work["state"] not in ("built", "fresh"):
                    trial.lost(f"{what}: {language} is {work['state']}", str(work["problems"]))
                continue
            line = 2 * places[language][0] + 1
            if work["state"] != "failed" or not re.match(
                rf"texts/{language}/work\.txt:{line}: ", str(work["problems"][0])
            ):
                trial.lost(
                    f"{what}: {language} is {work['state']}, not named by line {line}", str(work["problems"])
                )

    def verify_repaired(self, done: Done, trial: Trial, what: str) -> None:
        """Count broken promises after a build in which nothing fails any more."""
        if done.code:
            trial.lost(f"{what}: the next build ends with {done.code}", done.out, done.err)
        elif (found := files_of(self.shelf.output)) != self.whole:
            names = [name for name in {*found, *self.whole} if found.get(name) != self.whole.get(name)]
            trial.lost(f"{what}: other files than undisturbed", *sorted(names))
        if left := [*leftovers(self.shelf.output), *leftovers(self.shelf.store)]:
            trial.lost(f"{what}: temporary files", *left)
        if (checked := self.shelf.run("check")).code:
            trial.lost(f"{what}: check ends with {checked.code}", checked.out, checked.err)
        if running := running_in(self.shelf):
            trial.lost(f"{what}: processes are left", *running)


def write_paragraphs(shelf: Shelf, language: str, paragraphs: list[str]) -> None:
    """Write the text of a language."""
    path = shelf.root / "texts" / language / "work.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(paragraphs) + "\n", "utf-8")


def undisturbed(shelf: Shelf, texts: Mapping[str, list[str]]) -> Works:
    """Return a project after a build of a copy in which nothing fails.

    Raises:
        SystemExit: It still fails.
    """
    for language, paragraphs in texts.items():
        write_paragraphs(shelf, language, paragraphs)
    whole = shelf.copy(shelf.root.with_name(f"{shelf.root.name}-whole"))
    done = whole.run("build")
    if done.code:
        raise SystemExit(f"the undisturbed build fails: {done.err}")
    return Works(shelf, texts, files_of(whole.output))


def running_in(shelf: Shelf) -> list[str]:
    """Return the command lines of processes that work in a project, or that its commands have started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            place = os.fspath((folder / "cwd").readlink())
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            continue
        if line and (place.startswith(os.fspath(shelf.root)) or os.fspath(shelf.root.parent) in line):
            found.append(line[:200])
    return found
