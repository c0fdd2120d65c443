"""Every kind of file in the store and of the output flipped, cut, emptied, zeroed, swapped; forged records; links that lead outside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

from bench.drill.scenarios import OF_PROJECTS
from bench.drill.shelf import Shelf, files_of
from bench.drill.trial import Plan, Trial

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
    mine = path.with_name(f"{path.name}.outside")
    path.replace(mine)
    path.symlink_to(mine)


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
                shelf = what.start.copy(plan.folder / "tried")
                files = sorted(path for path in (shelf.store / part).rglob("*") if path.is_file()) or [
                    shelf.store / part
                ]
                path = plan.chance.choice(files)
                if not path.is_file():
                    continue
                damage(path, files, plan.chance)
                trial.tries += 1
                what.verify(shelf, trial, f"{part}, {name}: {path.name[:20]}")


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
            shelf = whole.copy(plan.folder / "tried")
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
