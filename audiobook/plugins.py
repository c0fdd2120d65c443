"""Plugins found through entry points: the project's own engines and readers, and those of other packages."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.metadata import EntryPoint, EntryPoints, entry_points


@cache
def installed(group: str) -> dict[str, EntryPoint]:
    """Return the entry points of a group by name, in alphabetical order, without importing them.

    If two packages use the same name, the one whose module sorts first is taken, so that the choice
    does not depend on the order of folders on a disk.
    """
    found = sorted(_select()(group=group), key=lambda point: (point.name, point.value), reverse=True)
    return dict(sorted({point.name: point for point in found}.items()))


@cache
def _select() -> Callable[..., EntryPoints]:
    """Return a function that selects entry points; the metadata of all packages is read only once, because it is slow."""
    return entry_points().select
