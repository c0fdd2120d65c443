"""Rendering the studio's pages: every value is escaped."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from audiobook.report.pace import clock
from audiobook.report.sizes import size_in_words

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # slow to import

    folder = files(__package__).joinpath("templates")
    environment = Environment(
        loader=FunctionLoader(lambda name: folder.joinpath(name).read_text("utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["clock"] = clock
    environment.filters["size_in_words"] = size_in_words
    return environment


def render(name: str, **values: object) -> bytes:
    """Return a rendered page in UTF-8.

    Args:
        name: File name of the template.
        values: Variables of the template.
    """
    return _environment().get_template(name).render(values).encode("utf-8", "replace")
