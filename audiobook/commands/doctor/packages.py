"""Python, and the packages that the program needs: whether they are installed, recent and loadable."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Final

from audiobook import __version__
from audiobook.audio.pyav import has_pyav
from audiobook.commands.doctor.finding import Finding, Level
from audiobook.extras import DISTRIBUTION, install_command, reinstall_command
from audiobook.system.interpreters import python

_FORMATS: Final = "formats"
_NEED: Final = re.compile(r"(?P<name>[\w.-]+)(?:\[[^\]]*\])?(?P<bounds>[^;]*)(?:;(?P<marker>.*))?")
_LEAST: Final = re.compile(r">=\s*([0-9.]+)")
_COMPILED: Final = (
    "charset_normalizer",
    "espeakng_loader",
    "lameenc",
    "lxml.etree",
    "msgspec",
    "PIL.Image",
    "sentencex",
    "uharfbuzz",
    "watchfiles",
    "yaml",
)
"""Modules with compiled parts, which may not suit the computer."""
_LOADING: Final = """
import importlib, sys
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
        print(name, flush=True)
    except BaseException as error:
        print(name, f"{type(error).__name__}: {error}".replace("\\n", " "), flush=True)
"""
_EXTRA: Final = re.compile(r"extra == .([\w-]+)")
_OF_DEVELOPERS: Final = frozenset({"docs", "test"})
_PATIENCE_S: Final = 60.0


def examine_python() -> Iterator[Finding]:
    """Report the version of Python and the system."""
    bits = 64 if sys.maxsize > 2**32 else 32
    yield Finding(
        "Python",
        Level.OK,
        f"{platform.python_version()}, {bits} bit, {platform.system()} {platform.machine()}, "
        f"{os.cpu_count() or 1} processors",
        facts={"version": platform.python_version()},
    )


def examine_packages() -> Iterator[Finding]:
    """Report whether all required packages can be loaded. The packages of extras are checked with their engines."""
    try:
        needs = requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        yield Finding(
            "packages", Level.ERROR, f"{DISTRIBUTION} is not installed", "install it: pip install ."
        )
        return
    wrong = dict(filter(None, map(_wrong, needs)))
    wrong |= {name: why for name, why in _cannot_load(_COMPILED) if name not in wrong}
    for name, why in sorted(wrong.items()):
        yield Finding("packages", Level.ERROR, f"{name} {why}", f"reinstall it: {reinstall_command(name)}")
    if not wrong:
        count = sum("extra ==" not in need for need in needs)
        yield Finding(
            "packages", Level.OK, f"{DISTRIBUTION} {__version__}; everything it needs can be loaded",
            facts={"packages": count},
        )  # fmt: skip


def examine_extras() -> Iterator[Finding]:
    """Report missing extras, and PyAV if it is installed but cannot be loaded: several features need it."""
    try:
        needs = requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        return
    lacking = set() if has_pyav() else {_FORMATS}
    for need in needs:
        named = _EXTRA.search(need)
        if named and _wrong(need.partition(";")[0]):
            lacking.add(named[1])
    lacking -= _OF_DEVELOPERS
    if has_pyav():
        for name, why in _cannot_load(("av",)):
            yield Finding(
                _FORMATS, Level.WARNING, f"{name} {why}", f"reinstall it: {reinstall_command(name)}"
            )
    if lacking:
        names = sorted(lacking)
        yield Finding(
            "extras",
            Level.NOTE,
            f"not installed: {', '.join(names)}",
            f"to add one: {install_command(names[0] if _FORMATS not in names else _FORMATS)}",
        )


def _wrong(need: str) -> tuple[str, str] | None:
    """Return the name of a required package and its problem; None if it has none or is not required here."""
    found = _NEED.fullmatch(need)
    if found is None or not _applies(found["marker"] or ""):
        return None
    name, least = found["name"], _LEAST.search(found["bounds"])
    try:
        have = version(name)
    except PackageNotFoundError:
        return name, "is not installed"
    if least and _numbers(have) < _numbers(least[1]):
        return name, f"{have} is too old: {least[1]} or newer is needed"
    return None


def _applies(marker: str) -> bool:
    """Return whether a package is needed on this Python and without extras."""
    if "extra ==" in marker:
        return False
    least = re.search(r"python_version\s*>=\s*.([0-9.]+)", marker)
    return least is None or sys.version_info[:2] >= _numbers(least[1])


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text.partition("+")[0])[:4])


def _cannot_load(names: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the modules that cannot be loaded, and why.

    They are loaded in a separate process, which they may crash.
    """
    left = list(names)
    while left:
        try:
            done = subprocess.run(
                python("-c", _LOADING, *left),
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=_PATIENCE_S,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            yield left[0], f"cannot be loaded: {type(error).__name__}"
            return
        for line in done.stdout.splitlines():
            name, _, why = line.partition(" ")
            if name in left:
                left.remove(name)
                if why:
                    yield name, f"cannot be loaded: {why}"
        if left:
            yield left.pop(0), f"cannot be loaded: Python ended with code {done.returncode}"
