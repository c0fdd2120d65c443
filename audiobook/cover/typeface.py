"""The fonts for covers: those in this package, and separate packages for Chinese, Japanese and Korean."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    import uharfbuzz

_BOLD: Final = 700
_REGULAR: Final = 400
_PACKED: Final = ".gz"
"""Extension of the bundled fonts. Compression saves 1.3 MB per installation, and costs 2 ms for each font loaded."""


class _Entry(msgspec.Struct, frozen=True):
    """A font as described in `fonts.toml`."""

    file: str
    blocks: tuple[str, ...]
    line_em: float
    regular: str = ""
    package: str = ""
    languages: tuple[str, ...] = ()

    def path(self, *, bold: bool) -> Path | None:
        """Return the font's file, or None if its package is not installed."""
        if not self.package:
            return Path(__file__).with_name("fonts") / (
                self.regular if self.regular and not bold else self.file
            )
        spec = find_spec(self.package)
        places = spec.submodule_search_locations if spec else None
        return Path(next(iter(places))) / self.file if places else None

    def is_asked_for(self, code: int) -> bool:
        """Return whether a character is in one of the font's blocks."""
        return any(code in block for block in _ranges(self.blocks))


class Typeface:
    """One font.

    Attributes:
        font: The HarfBuzz font, scaled to its own units.
        units: Units per em.
        line_em: Distance between baselines, in em.
    """

    def __init__(self, path: Path, line_em: float, *, bold: bool) -> None:
        """Load a font."""
        import gzip

        import uharfbuzz  # takes 12 ms, needed only when a work is built

        packed = path.suffix == _PACKED
        blob = (
            uharfbuzz.Blob(gzip.decompress(path.read_bytes()))
            if packed
            else uharfbuzz.Blob.from_file_path(path)
        )
        face = uharfbuzz.Face(blob)
        self.font: uharfbuzz.Font = uharfbuzz.Font(face)
        if face.has_var_data:
            self.font.set_variations({"wght": _BOLD if bold else _REGULAR})
        self.units: int = face.upem
        self.line_em = line_em
        self._letters = face.unicodes

    def has(self, char: str) -> bool:
        """Return whether the font has a character."""
        return ord(char) in self._letters


class Typefaces:
    """The fonts of one weight, in order of preference for a language. Each is loaded when first needed."""

    def __init__(self, language: str, *, bold: bool) -> None:
        """Use the fonts for texts in a language (BCP 47 tag)."""
        self._bold = bold
        self._entries = sorted(_entries(), key=lambda entry: -_closeness(entry, language))
        self._loaded: dict[_Entry, Typeface | None] = {}

    def runs(self, text: str) -> Iterator[tuple[int, int, Typeface]]:
        """Yield the runs of a text in one font each: index of the first character, index after the last, font.

        Marks and punctuation use the font of the preceding character if possible. Characters that no font has are
        omitted.
        """
        start, current = 0, None
        for at, char in enumerate(text):
            face = self._for(char, current)
            if face is not current:
                if current:
                    yield start, at, current
                start, current = at, face
        if current:
            yield start, len(text), current

    def has(self, char: str) -> bool:
        """Return whether any font has a character."""
        return self._for(char, None) is not None

    def _for(self, char: str, current: Typeface | None) -> Typeface | None:
        if current and (unicodedata.category(char) == "Cf" or (not char.isalpha() and current.has(char))):
            return current
        for entry in self._entries:
            if entry.is_asked_for(ord(char)):
                face = self._load(entry)
                if face and face.has(char):
                    return face
        return None

    def _load(self, entry: _Entry) -> Typeface | None:
        if entry not in self._loaded:
            path = entry.path(bold=self._bold)
            there = path is not None and path.is_file()
            self._loaded[entry] = Typeface(path, entry.line_em, bold=self._bold) if path and there else None
        return self._loaded[entry]


@cache
def _entries() -> tuple[_Entry, ...]:
    table = tomllib.loads(Path(__file__).with_name("fonts.toml").read_text("utf-8"))
    return msgspec.convert(tuple(table["font"]), tuple[_Entry, ...])


@cache
def _ranges(blocks: tuple[str, ...]) -> tuple[range, ...]:
    ends = (block.split("-") for block in blocks)
    return tuple(range(int(first, 16), int(last, 16) + 1) for first, last in ends)


def _closeness(entry: _Entry, language: str) -> int:
    """Return how closely a font matches a language tag: more for `zh-TW` than for `zh`."""
    return max((len(tag) for tag in entry.languages if f"{language}-".startswith(f"{tag}-")), default=0)
