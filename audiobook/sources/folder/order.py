"""The order of chapter files by their names, and the titles that names give."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import Final

from audiobook.sources.base import ending_of

_FIRST: Final = frozenset(
    """
    cover title titlepage dedication epigraph foreword preface prologue prelude introduction intro
    kansi omistus esipuhe alkusanat johdanto prologi okładka dedykacja przedmowa wstęp prolog wprowadzenie
    veltījums priekšvārds ievads prologs persembahan prakata pendahuluan posvetilo predgovor uvod
    titel widmung vorwort einleitung geleitwort dédicace préface avant-propos prélude
    dedicatoria prefacio prólogo introducción
    """.split()
)
"""Words that begin the names of files that come before the numbered ones."""
_LAST: Final = frozenset(
    """
    epilogue afterword conclusion postscript appendix acknowledgements acknowledgments glossary about author
    epilogi jälkisanat loppusanat liite kiitokset epilog posłowie zakończenie dodatek podziękowania
    epilogs pēcvārds pielikums penutup lampiran spremna sklep dodatek zahvala
    nachwort anhang danksagung épilogue postface annexe remerciements epílogo apéndice agradecimientos
    """.split()
)
_DIGITS: Final = re.compile(r"(\d+)")
_NUMBER_BEFORE: Final = re.compile(r"\W*\d+(?:[.]\d+)*(?:[\W_]+(?=\w))")
_MARK_AFTER: Final = re.compile(r"\s*\[\d+\]\Z")
"""The number that Scrivener adds to the names of synchronised files."""
_BEFORE, _AMONG, _AFTER = range(3)

_Key = tuple[tuple[int, tuple[tuple[int, int, str], ...]], ...]


def stem_of(part: str) -> str:
    """Return the name of a file without its extension."""
    return part[: len(part) - len(ending_of(part))]


def natural_order(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return names in reading order, and those of them whose place is a guess.

    Numbers count as numbers: 2 is before 10. Files without a number follow those with one, except for prefaces and the
    like.

    Args:
        names: Names relative to a folder, with `/`; a folder is in the place that its own name gives it.
    """
    named = list(names)
    siblings: dict[str, set[str]] = defaultdict(set)
    for name in named:
        for at, part in enumerate(parts := name.split("/")):
            siblings["/".join(parts[:at])].add(part)
    counted = {folder for folder, parts in siblings.items() if any(map(_is_numbered, parts))}
    guessed: list[str] = []

    def key(name: str) -> _Key:
        parts = name.split("/")
        found = []
        for at, part in enumerate(parts):
            text = stem_of(part) if at == len(parts) - 1 else part
            place = _place(text, is_counted="/".join(parts[:at]) in counted)
            found.append((place, _pieces(text)))
        return tuple(found)

    ordered = sorted(named, key=lambda name: (key(name), name))
    for name in ordered:
        folder, _, part = name.rpartition("/")
        if folder in counted and not _is_numbered(part) and not _is_known(stem_of(part)):
            guessed.append(name)
    return ordered, guessed


def _is_numbered(part: str) -> bool:
    return _DIGITS.search(stem_of(part)) is not None


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", unicodedata.normalize("NFC", text).casefold())


def _is_known(text: str) -> bool:
    return not {*_words(text)[:1]}.isdisjoint(_FIRST | _LAST)


def _place(text: str, *, is_counted: bool) -> int:
    if _DIGITS.search(text):
        return _AMONG
    first = {*_words(text)[:1]}
    if first & _FIRST:
        return _BEFORE
    return _AFTER if is_counted or first & _LAST else _AMONG


def _pieces(text: str) -> tuple[tuple[int, int, str], ...]:
    pieces = _DIGITS.split(unicodedata.normalize("NFC", text).casefold())
    return tuple((0, int(piece), "") if at % 2 else (1, 0, piece) for at, piece in enumerate(pieces) if piece)


def readable(part: str) -> str:
    """Return a title made from the name of a file or folder: `03-the_storm.md` is “The storm”."""
    stem = _MARK_AFTER.sub("", stem_of(part))
    text = _NUMBER_BEFORE.sub("", stem, count=1) if _NUMBER_BEFORE.match(stem) else stem
    text = re.sub(r"[-_\s]+", " ", text).strip()
    if text.isdecimal():
        text = str(int(text))
    return text[:1].upper() + text[1:]


def in_several_folders(names: Sequence[str]) -> bool:
    """Return whether files are in more than one folder, so that the folders are parts of the book."""
    return len({PurePosixPath(name).parent for name in names}) > 1
