"""Numbers in words by `num2words`, with only the language that is needed in memory.

Importing `num2words` loads all of its languages, which takes 30 ms and 3 MB in every build.
"""

from __future__ import annotations

import sys
from decimal import Decimal
from functools import cache
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from typing import Protocol, cast


class Converter(Protocol):
    """A language of num2words. Its methods can raise any exception for numbers that the language lacks."""

    def to_cardinal(self, value: int | Decimal) -> str:
        """Return a number as a cardinal."""

    def to_ordinal(self, value: int) -> str:
        """Return a number as an ordinal."""

    def to_year(self, value: int) -> str:
        """Return a number as a year."""


@cache
def converter_of(language: str) -> Converter | None:
    """Return the converter of a language; None if num2words does not know the language.

    Args:
        language: Primary language subtag, such as "fi".
    """
    name = "num2words"
    module = f"{name}.lang_{language.upper()}"
    before = sys.modules.pop(name, None)
    try:
        spec = find_spec(name)
        assert spec is not None, "num2words is a dependency"
        # The package itself would load every language, so its parts are imported under one that was not run.
        sys.modules[name] = module_from_spec(spec)
        if find_spec(module) is None:
            return None
        converter = getattr(import_module(module), f"Num2Word_{language.upper()}")()
    finally:
        sys.modules.pop(name, None)
        if before is not None:
            sys.modules[name] = before
    return cast(Converter, converter)
