"""The labels of the pages, in each supported language."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Final

DEFAULT_LANGUAGE: Final = "en"


@cache
def _data() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def label_language(tag: str) -> str:
    """Return the language of the labels for a work in language `tag`; English if there are no labels in it."""
    first = tag.partition("-")[0].lower()
    return first if first in _data() else DEFAULT_LANGUAGE


def labels(language: str) -> dict[str, str]:
    """Return the labels of a page by name.

    Args:
        language: A language returned by `label_language`.
    """
    return _data()[language]
