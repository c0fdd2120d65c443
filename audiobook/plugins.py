"""Plugins found through entry points: the project's own engines and readers, and those of other packages."""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points


@cache
def installed(group: str) -> dict[str, EntryPoint]:
    """Return the entry points of a group by name, in alphabetical order, without importing them.

    If two packages use the same name, the one whose module sorts first is taken, so that the choice
    does not depend on the order of folders on a disk.
    """
    found = sorted(entry_points(group=group), key=lambda point: (point.name, point.value), reverse=True)
    return dict(sorted({point.name: point for point in found}.items()))
