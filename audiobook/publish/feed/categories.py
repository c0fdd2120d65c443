"""Apple's categories of podcasts.

Source: Apple Podcasts categories, as of 2019-08. Some categories have subcategories.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from audiobook.errors import SettingsError, near


@cache
def _known() -> dict[str, list[str]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def category(given: str) -> tuple[str, str | None]:
    """Return a category in Apple's spelling.

    Args:
        given: Name of a category, or of a category and its subcategory separated by `>`; case is ignored.

    Returns:
        The names of the category and the subcategory; None if there is no subcategory.

    Raises:
        SettingsError: Apple has no such category.
    """
    names = {
        " > ".join(filter(None, path)): path
        for main, below in _known().items()
        for path in [(main, None), *((main, sub) for sub in below)]
    }
    wanted = " > ".join(part.strip() for part in given.split(">"))
    for name, path in names.items():
        if name.casefold() == wanted.casefold():
            return path
    raise SettingsError(f"publish.category: Apple has no category “{given[:100]}”", hint=near(wanted, names))
