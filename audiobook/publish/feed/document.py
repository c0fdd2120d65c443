"""An XML document that is written line by line, so that no tree of elements is kept in memory.

Source: XML 1.0, sections 2.4 (character data) and 3.3.3 (normalisation of attributes).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from audiobook.publish.values import xml_text

_DECLARATION: Final = "<?xml version='1.0' encoding='UTF-8'?>\n"
_NUMERIC: Final = "title"
"""The element with numeric character references, because some readers take `&lt;` in a title for markup.

Source: RSS Advisory Board, RSS Best Practices Profile, title.
"""


class Document:
    """An XML document, to which elements are appended in order: one per line, indented by depth."""

    def __init__(self) -> None:
        """Create a document without elements."""
        self._lines = [_DECLARATION]
        self._indent = ""

    def put(self, name: str, text: str = "", /, **attributes: str) -> None:
        """Append an element without children.

        Args:
            name: Name of the element, with its prefix.
            text: Text content; may be empty.
            attributes: Attributes by name.
        """
        shown = _title(text) if name == _NUMERIC else _text(text)
        ending = f">{shown}</{name}>" if shown else "/>"
        self._lines.append(f"{self._indent}<{name}{_attributes(attributes)}{ending}\n")

    def put_html(self, name: str, html: str) -> None:
        """Append an element that contains HTML as a CDATA section.

        Args:
            name: Name of the element, with its prefix.
            html: The HTML. It must not contain "]]>", which would end the section; escape every ">" in its text.
        """
        self._lines.append(f"{self._indent}<{name}><![CDATA[{html}]]></{name}>\n")

    @contextmanager
    def within(self, name: str, **attributes: str) -> Iterator[None]:
        """Append an element with children: those that are appended in the block, at least one.

        Args:
            name: Name of the element, with its prefix.
            attributes: Attributes by name.
        """
        indent = self._indent
        self._lines.append(f"{indent}<{name}{_attributes(attributes)}>\n")
        self._indent = f"{indent}  "
        yield
        self._indent = indent
        self._lines.append(f"{indent}</{name}>\n")

    def data(self) -> bytes:
        """Return the document as UTF-8."""
        return "".join(self._lines).encode()


def _text(text: str) -> str:
    text = xml_text(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;")


def _title(text: str) -> str:
    return _text(text).replace("&amp;", "&#x26;").replace("&lt;", "&#x3C;")


def _attributes(attributes: dict[str, str]) -> str:
    return "".join(f' {name}="{_value(text)}"' for name, text in attributes.items())


def _value(text: str) -> str:
    return _text(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
