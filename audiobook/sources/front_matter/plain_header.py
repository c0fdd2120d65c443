"""Metadata at the top of Markdown without lines around it, as in MultiMarkdown, Pelican and Logseq.

    Title: The Lamp
    Author: Ann Writer
    Base Header Level: 2

A blank line ends it. Letters, or the speeches of a play, can begin in the same way, so it only counts if it names a title
or an author.

Source: MultiMarkdown 6, "Metadata"; Python-Markdown, "Meta-Data"; Logseq, "Properties", which have two colons.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from audiobook.sources.front_matter.entries import Entry

_LINE: Final = re.compile(r"([A-Za-z][\w -]{0,40}?) ?::?(?:[ \t]+(.*))?\Z")
BEGIN: Final = re.compile(rb"[A-Za-z][\w -]{0,40}? ?:")
"""Matches the beginning of a text with such metadata."""
_DECISIVE: Final = frozenset(("title", "author", "authors"))
_OURS: Final = {
    "summary": "description",
    "abstract": "description",
    "lang": "language",
    "seriesposition": "series_position",
}
_APPEARANCE: Final = frozenset(
    "baseheaderlevel css epubheaderlevel format htmlfooter htmlheader htmlheaderlevel latexauthor latexbegin latexconfig "
    "latexfooter latexheader latexheaderlevel latexinput latexleader latexmode latextitle mmdfooter mmdheader odfheader "
    "odfheaderlevel quoteslanguage transcludebase xhtmlheader xhtmlheaderlevel".split()
)
"""Keys that only say how a page or a print looks."""


def plain_entries(lines: Sequence[str]) -> tuple[list[Entry], int]:
    """Return the entries of a header that begins in the first line, and the number of its lines; 0 if there is none."""
    entries: list[Entry] = []
    end = next((at for at, line in enumerate(lines) if not line.strip()), len(lines))
    for number, line in enumerate(lines[:end], 1):
        if found := _LINE.match(line):
            key = re.sub(r"[ _-]", "", found.group(1)).lower()
            entries.append(Entry(_OURS.get(key, key), (found.group(2) or "").strip(), number))
        elif line[:1] in (" ", "\t") and entries:
            entries[-1] = replace(entries[-1], value=f"{entries[-1].value} {line.strip()}".strip())
        else:
            return [], 0
    if not any(entry.key in _DECISIVE and entry.value for entry in entries):
        return [], 0
    return [entry for entry in entries if entry.key not in _APPEARANCE], end
