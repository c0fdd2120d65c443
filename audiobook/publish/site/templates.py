"""Render templates: every value is escaped, and characters that HTML forbids are replaced."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from jinja2 import Environment

_UNWANTED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
"""Source: HTML, parse errors `control-character-in-input-stream` and `noncharacter-in-input-stream`."""
_JOINED_AT_ONCE: Final = 1000
"""The index of thousands of works has a hundred thousand pieces."""


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined  # slow to import

    folder = files(__package__).joinpath("templates")
    return Environment(
        loader=FunctionLoader(lambda name: folder.joinpath(name).read_text("utf-8")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        auto_reload=False,
    )


class Safe(str):
    """HTML that is already escaped; Jinja inserts it as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """Return the HTML."""
        return self


def load_all() -> None:
    """Compile every template now, in a process that will be forked."""
    for file in files(__package__).joinpath("templates").iterdir():
        _environment().get_template(file.name)


def fragment(name: str, **values: object) -> Safe:
    """Return a rendered part of a page, to be inserted into pages; see `render`."""
    return Safe(_environment().get_template(name).render(values))


def render(name: str, **values: object) -> bytes:
    """Return a rendered page in UTF-8.

    Args:
        name: File name of the template.
        values: Variables of the template.
    """
    pieces = _environment().get_template(name).generate(values)
    page: list[bytes] = []
    while some := list(islice(pieces, _JOINED_AT_ONCE)):
        text = _UNWANTED.sub("\N{REPLACEMENT CHARACTER}", "".join(some))
        page.append(text.encode("utf-8", "replace"))
    return b"".join(page)
