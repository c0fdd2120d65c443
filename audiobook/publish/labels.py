"""The words of the pages themselves, in the listener's language where they are known."""

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
    """Give the language that a page for a language speaks itself: that, or English."""
    first = tag.partition("-")[0].lower()
    return first if first in _data() else DEFAULT_LANGUAGE


def labels(language: str) -> dict[str, str]:
    """Give the words of a page by name.

    Args:
        language: What `label_language` gave.
    """
    return _data()[language]
