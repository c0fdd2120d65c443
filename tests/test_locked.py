"""The lock files of CI contain every declared dependency, with digests, and name no index."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def locked(name: str) -> dict[str, str]:
    """Return the packages in a lock file with their versions, each checked to have digests."""
    text = (ROOT / ".ci" / name).read_text("utf-8")
    assert "://" not in re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
    found = {}
    for entry in re.split(r"\n(?=[a-z0-9])", text[text.index("\n", text.rindex("make lock")) + 1 :].strip()):
        match = re.match(r"([a-z0-9.-]+)(?:\[[^\]]*\])?==([^\s;]+)", entry)
        assert match, entry
        assert "--hash=sha256:" in entry, entry
        found[match[1]] = match[2]
    return found


def needs(words: list[str]) -> dict[str, str]:
    """Return the least versions of requirements by the normal names of packages."""
    found = {}
    for word in words:
        name = re.match(r"[\w.-]+", word)
        least = re.search(r">=\s*([\d.]+)", word)
        assert name
        found[re.sub(r"[-_.]+", "-", name[0]).lower()] = least[1] if least else "0"
    return found


def numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


def test_every_declared_dependency_is_locked_in_a_version_that_is_allowed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    words = [
        *project["dependencies"],
        *(one for each in project["optional-dependencies"].values() for one in each),
    ]
    found = locked("locked.txt")
    wrong = {
        name: (least, found.get(name))
        for name, least in needs(words).items()
        if name != project["name"] and (name not in found or numbers(found[name]) < numbers(least))
    }
    assert not wrong, "run `make lock`"


@pytest.mark.parametrize("name", ["tools", "fuzz"])
def test_the_tools_of_ci_are_locked(name: str) -> None:
    wanted = needs((ROOT / f".ci/{name}.in").read_text("utf-8").splitlines())
    assert not wanted.keys() - locked(f"{name}.txt").keys(), "run `make lock`"
