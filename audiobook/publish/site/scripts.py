"""Scripts made of modules: all modules that one of them loads, in one file, which loads sooner than many.

A module imports by name, on lines of their own, and exports only functions, classes and constants.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_IMPORT: Final = re.compile(r"^import \{ (.*) \} from '\./([a-z]+)\.js';$", re.MULTILINE)
_EXPORT: Final = re.compile(r"^export (?=(?:async )?(?:function|class|const) (\w+))", re.MULTILINE)
_COMMENT: Final = re.compile(rb"^ *//.*\n", re.MULTILINE)
_INDENT: Final = re.compile(rb"^[ \n]+", re.MULTILINE)


def bare_script(data: bytes) -> bytes:
    """Return a script without lines of comments and indentation; no text in it may extend over several lines."""
    return _INDENT.sub(b"", _COMMENT.sub(b"", data))


def joined_script(name: str, modules: Mapping[str, bytes]) -> bytes:
    """Return a module together with all that it imports, also through others, as one module.

    Each imported module becomes a function that is called once, in the order in which a browser would run them.

    Args:
        name: File name of the module.
        modules: All modules by file name.
    """
    pieces = [_enclosed(other, modules) for other in _imported(name, modules)]
    return "".join((*pieces, _linked(modules[name].decode()))).encode()


def _imported(name: str, modules: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return the modules that a module imports, each after those that it imports itself."""
    found: dict[str, None] = {}

    def visit(at: str) -> None:
        for _, other in _IMPORT.findall(modules[at].decode()):
            if f"{other}.js" not in found:
                visit(f"{other}.js")
                found[f"{other}.js"] = None

    visit(name)
    return tuple(found)


def _enclosed(name: str, modules: Mapping[str, bytes]) -> str:
    text = modules[name].decode()
    exported = ", ".join(_EXPORT.findall(text))
    return (
        f"const {_name(name)} = (() => {{\n{_EXPORT.sub('', _linked(text))}return {{ {exported} }};\n}})();\n"
    )


def _linked(text: str) -> str:
    """Return a module that takes what it imports from the functions that stand for other modules."""
    return _IMPORT.sub(lambda one: f"const {{ {one[1].replace(' as ', ': ')} }} = {_name(one[2])};", text)


def _name(module: str) -> str:
    return f"${module.removesuffix('.js')}"
