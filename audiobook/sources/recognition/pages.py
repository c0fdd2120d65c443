"""The lines of text on scanned pages, recognised in a child process with limits."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

import msgspec

from audiobook.child import Limits, read_in_child
from audiobook.errors import SourceError
from audiobook.extras import install_command
from audiobook.sources.base import Source
from audiobook.sources.recognition.lines import MOST_PAGES, Page, Scan

_LIMITS: Final = Limits(time_s=3600, memory_bytes=6 << 30)
_PACKAGES: Final = ("rapidocr", "onnxruntime", "pypdfium2")
_SCRIPTS: Final = frozenset("Latn Hans Hant Hani Jpan".split())
"""The scripts that the models of the package know."""


def recognise(source: Source, limits: Limits = _LIMITS) -> list[Page]:
    """Recognise the text on the pages of a PDF.

    Args:
        source: A PDF whose pages are pictures.
        limits: Resource limits of the child process.

    Returns:
        The lines of each page.

    Raises:
        SourceError: Text recognition is not installed, does not know the script of the language, or finds nothing.
    """
    require_packages(source)
    by_hand = _by_hand(source)
    if _script(source.language) not in _SCRIPTS:
        raise SourceError(
            "contains no text, and its script cannot be recognised: only Latin, Chinese and Japanese letters can",
            where=source.name,
            hint=by_hand,
        )
    answer = read_in_child("audiobook.sources.recognition.lines", source.data, source.name, limits)
    try:
        scan = msgspec.msgpack.decode(answer, type=Scan)
    except msgspec.MsgspecError as error:
        raise SourceError("is not a readable scan", where=source.name) from error
    if scan.page_count > MOST_PAGES:
        raise SourceError(
            f"has {scan.page_count} scanned pages; text is recognised on {MOST_PAGES} at most, because it takes long",
            where=source.name,
            hint=by_hand,
        )
    if not any(page.lines for page in scan.pages):
        raise SourceError(
            "contains no text, and none was recognised on its pages", where=source.name, hint=by_hand
        )
    return scan.pages


def require_packages(source: Source) -> None:
    """Check that text recognition is installed.

    Raises:
        SourceError: It is not.
    """
    if not all(map(find_spec, _PACKAGES)):
        raise SourceError(
            "contains no text; if its pages are scans, it needs OCR",
            where=source.name,
            hint=f"install it: {install_command('ocr')}; or {_by_hand(source)}",
        )


def _by_hand(source: Source) -> str:
    return f"run: ocrmypdf -l {_alpha3(source.language)} scan.pdf text.pdf"


def _script(language: str) -> str | None:
    import langcodes  # 30 ms, needed only for scans

    return langcodes.Language.get(language).maximize().script


def _alpha3(language: str) -> str:
    """Return the three letters by which OCR programs name a language."""
    import langcodes

    try:
        return langcodes.Language.get(language).to_alpha3()
    except LookupError:
        return language
