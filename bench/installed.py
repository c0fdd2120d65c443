"""What `pip install .` puts on the disk: the program and all packages that it needs, without extras."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

NAME: Final = "audiobook-press"


def base_bytes() -> dict[str, int]:
    """Return the size of each package of the base install in bytes, the largest first.

    Files that Python compiles are not counted.
    """
    sizes: dict[str, int] = {}
    waiting: list[tuple[str, frozenset[str]]] = [(NAME, frozenset())]
    seen = set(waiting)
    while waiting:
        name, extras = waiting.pop()
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue  # not needed by this system
        sizes[canonicalize_name(name)] = sum(
            place.stat().st_size
            for file in found.files or []
            if "__pycache__" not in file.parts and (place := Path(file.locate())).is_file()
        )
        for line in found.requires or []:
            wanted = Requirement(line)
            if wanted.marker is None or any(
                wanted.marker.evaluate({"extra": extra}) for extra in (extras or {""})
            ):
                needed = (wanted.name, frozenset(wanted.extras))
                if needed not in seen:
                    seen.add(needed)
                    waiting.append(needed)
    return dict(sorted(sizes.items(), key=lambda item: -item[1]))
