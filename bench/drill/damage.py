"""Every kind of file in the store and of the output flipped, cut, emptied, zeroed, swapped; forged records; links that lead outside."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any, Final

import msgspec

from audiobook.book.record.works import Record
from audiobook.book.record.writing import sealed
from bench.drill.scenarios import OF_PROJECTS
from bench.drill.shelf import Shelf, files_of
from bench.drill.trial import Plan, Trial

_TRIED: Final = "tried"
"""Name of the project that is damaged."""
Damage = Callable[[Path, list[Path], Random], None]


def _flip(path: Path, _: list[Path], chance: Random) -> None:
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def _cut(path: Path, _: list[Path], chance: Random) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: chance.randrange(len(data))])


def _empty(path: Path, _: list[Path], __: Random) -> None:
    path.write_bytes(b"")


def _zero(path: Path, _: list[Path], __: Random) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def _swap(path: Path, others: list[Path], chance: Random) -> None:
    other = chance.choice(others)
    one, two = path.read_bytes(), other.read_bytes()
    path.write_bytes(two)
    other.write_bytes(one)


def _link(path: Path, _: list[Path], __: Random) -> None:
    mine = _outside(path)
    mine.parent.mkdir(exist_ok=True)
    path.replace(mine)
    path.symlink_to(mine)


def _outside(path: Path) -> Path:
    """Return the path outside the project to which a link leads."""
    project = next(folder for folder in path.parents if folder.name == _TRIED)
    return project.with_name("outside") / path.name


def _folder(path: Path, _: list[Path], __: Random) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, Damage] = {
    "flipped": _flip,
    "cut": _cut,
    "emptied": _empty,
    "zeroed": _zero,
    "swapped": _swap,
    "a link": _link,
    "a folder": _folder,
}


def of_the_store(plan: Plan, trial: Trial) -> None:
    """Damage one file of each part of the store in each way; the next build makes the same books."""
    what = OF_PROJECTS["formats"](plan.folder / "formats")
    for part in ("clips", "narrated", "notes", ".audiobook-store"):
        for name, damage in DAMAGES.items():
            for _ in range(max(1, plan.tries // 100)):
                shelf = what.start.copy(plan.folder / _TRIED)
                files = sorted(path for path in (shelf.store / part).rglob("*") if path.is_file()) or [
                    shelf.store / part
                ]
                path = plan.chance.choice(files)
                if not path.is_file():
                    continue
                before = path.read_bytes()
                damage(path, files, plan.chance)
                trial.tries += 1
                what.verify(shelf, trial, f"{part}, {name}: {path.name[:20]}")
                if name == "a link" and _outside(path).read_bytes() != before:
                    trial.lost(f"{part}, {name}: {path.name[:20]}: the file outside the project has changed")


def of_the_output(plan: Plan, trial: Trial) -> None:
    """Damage each built file in each way: `check` finds it, and the next build makes the same book, except where it keeps a stranger's."""
    what = OF_PROJECTS["formats"](plan.folder / "formats")
    whole = Shelf(what.start.root.with_name(f"{what.start.root.name}-whole"))
    built = [
        name
        for name in files_of(whole.output)
        if name.rpartition(".")[2] in ("mp3", "m4b", "opus", "flac", "vtt")
    ]
    built = [name for name in built if "." not in name.rpartition("/")[0] and "parts" not in name]
    for name, damage in DAMAGES.items():
        if name in ("a link", "a folder"):
            continue  # those are strangers, which a build refuses by name
        for chosen in plan.chance.sample(built, min(len(built), max(1, plan.tries // 25))):
            shelf = whole.copy(plan.folder / _TRIED)
            path = shelf.output / chosen
            before = path.read_bytes()
            damage(path, [path.with_name(other.name) for other in path.parent.glob(f"*{path.suffix}") if other != path] or [path], plan.chance)  # fmt: skip
            if path.read_bytes() == before:
                continue
            trial.tries += 1
            if shelf.run("check").code != 1:
                trial.lost(f"{chosen} {name}: check did not find it")
            done = shelf.run(*what.commands[0], "--force") if name in ("emptied", "zeroed", "cut", "flipped") else shelf.run(*what.commands[0])  # fmt: skip
            if done.code or shelf.run("check").code:
                trial.lost(f"{chosen} {name}: not built again", done.out, done.err)


def forged_records(plan: Plan, trial: Trial) -> None:
    """Change a value of a record, with a valid seal: no command fails because of it, and a forced build makes the same book."""
    what = OF_PROJECTS["publish"](plan.folder / "publish")
    whole = Shelf(what.start.root.with_name(f"{what.start.root.name}-whole"))
    for _ in range(max(1, plan.tries // 8)):
        shelf = whole.copy(plan.folder / _TRIED)
        path = plan.chance.choice(sorted(path for path in shelf.output.glob("??/*.json")))
        change = _forge(path, plan.chance)
        trial.tries += 1
        where = f"{path.name}, {change}"
        for command in (("check",), ("list",), what.commands[0], ("build",)):
            done = shelf.run(*command)
            if done.code not in (0, 1) or "Traceback" in done.err:
                trial.lost(f"{where}: {command[0]} ends with {done.code}", done.out, done.err)
        again = shelf.run("build", "--force")
        if again.code or shelf.run("check").code:
            trial.lost(f"{where}: not built again", again.out, again.err)
        elif path.read_bytes() != (whole.root / path.relative_to(shelf.root)).read_bytes():
            trial.lost(f"{where}: another record than before")


def _forge(path: Path, chance: Random) -> str:
    """Change one value of a record, recalculate the seal, and return what was changed."""
    shown = json.loads(path.read_bytes())
    while True:
        forged = json.loads(json.dumps(shown))
        places = list(_places(forged))
        owner, key = chance.choice(places)
        owner[key] = _other(owner[key], chance)
        try:
            data = msgspec.json.encode(sealed(msgspec.convert(forged, Record))) + b"\n"
        except (msgspec.ValidationError, UnicodeEncodeError):
            continue
        if data != path.read_bytes():
            path.write_bytes(data)
            return f"{key} = {str(owner[key])[:60]}"


def _places(value: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401 - of JSON
    """Yield each value inside another, as the outer one and the key."""
    for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, key
        if isinstance(inner, dict | list):
            yield from _places(inner)


def _other(value: Any, chance: Random) -> Any:  # noqa: ANN401 - of JSON
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int | float):
        return chance.choice((0, -1, value + 1, value * 1000, 1 << 62))
    if isinstance(value, str):
        return chance.choice(("", "../../x", value[::-1], "\0", "<b>" + value, value * 1000))
    return value * 2 if isinstance(value, list) and chance.random() < 0.5 else type(value)()
