"""Tables of contents, recognised because their lines recur in the book."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import Final

import msgspec

from audiobook.sources.chapters.forms import CHAPTER, PART
from audiobook.sources.chapters.lines import is_contents_line
from audiobook.sources.chapters.pieces import Document, Piece, is_capitals, is_prose, is_short, line_key
from audiobook.sources.chapters.vocabulary import phrase_key, vocabulary

_ENTRY = re.compile(r"(?:\d{1,3}|[IVXLC]{1,8})\b[.)]? +\S|.*[.\s…]\d{1,4}\.?$|.*[.…]{4,}")
"""Matches an entry of a table of contents, by its number at the start or its page number at the end."""
_LONGEST_ENTRY_CHARS: Final = 400
_LONGEST_ROW_CHARS: Final = 4000
_SHORT_CHARS: Final = 60
_MOST_ROWS: Final = 5
_MOST_GAPS: Final = 20
_LEAST_ENTRIES: Final = 3
_FRONT_SHARE: Final = 0.25
_BACK_SHARE: Final = 0.12
_LIKELY: Final = 0.6


class Contents(msgspec.Struct):
    """The tables of contents of a document.

    Attributes:
        pieces: Numbers of the pieces that belong to them.
        entries: Keys of those of their lines that recur in the book.
    """

    pieces: set[int] = msgspec.field(default_factory=set)
    entries: set[str] = msgspec.field(default_factory=set)


def find_contents(document: Document) -> Contents:
    """Find tables of contents and other lists at the front, and a table of contents at the end."""
    places = _places(document)
    found = Contents()
    at = rows = 0
    limit = _limit(document)
    titles = _titles(document)
    while at < len(document.pieces):
        front = at <= limit
        kind = _heading_kind(document.pieces[at])
        end = at
        is_outer = front or document.chars_between(at, len(document.pieces)) < _BACK_SHARE * document.chars
        if kind and (is_outer or kind == "contents"):  # each chapter may have contents of its own
            end = _end_of_list(document, at, places, is_list=kind == "list")
        if kind and is_outer and end == at:
            rows += 1
            if rows <= _MOST_ROWS and (named := _listed_in_a_row(document, at, titles)):
                found.entries |= named
                end = at + 2
        after = max(end, at + 1)
        if front and not kind:
            end, after = _end_of_run(document, at, places)
        found.pieces.update(range(at, end))
        at = after
    listed = {key for piece in found.pieces for key in _keys(document, piece)}
    found.entries |= {
        key for key in listed if any(place not in found.pieces for place in places.get(key, ()))
    }
    return found


def _titles(document: Document) -> dict[str, str]:
    """Return short pieces in capitals by key, each with the keys of its lines as a list has them."""
    return {
        line_key(piece.text): " ".join(line_key(text) for _, text in piece.lines)
        for piece in document.pieces
        if is_short(piece) and is_capitals(piece.lines[0][1]) and len(line_key(piece.text)) > 2
    }


def _listed_in_a_row(document: Document, at: int, titles: dict[str, str]) -> set[str]:
    """Return the titles in the paragraph below a heading such as `Contents`; empty unless it consists of them."""
    if at + 1 >= len(document.pieces):
        return set()
    listed = f" {line_key(document.pieces[at + 1].text)} "
    if len(listed) > _LONGEST_ROW_CHARS:
        return set()
    found = {key for key, written in titles.items() if f" {written} " in listed}
    named = sum(len(key) + 1 for key in found)
    return found if len(found) >= _LEAST_ENTRIES and named >= _LIKELY * len(listed) else set()


def _limit(document: Document) -> int:
    """Return the last piece of the front of the document."""
    share = _FRONT_SHARE * document.chars
    return next((at for at, end in enumerate(document.ends) if end > share), len(document.ends))


def _heading_kind(piece: Piece) -> str:
    first = piece.lines[0][1]
    if is_contents_line(first):
        return "contents" if len(piece.lines) == 1 or is_short(piece) or _are_entries(piece.lines[1:]) else ""
    return "list" if len(piece.lines) == 1 and phrase_key(first) in vocabulary().lists else ""


def _are_entries(lines: tuple[tuple[int, str], ...]) -> bool:
    return all(_ENTRY.match(text) for _, text in lines)


def _places(document: Document) -> dict[str, list[int]]:
    """Return, for each short line and each heading number, the pieces that consist of it alone."""
    places: defaultdict[str, list[int]] = defaultdict(list)
    for at, piece in enumerate(document.pieces):
        if is_short(piece) and (document.forms[at] or len(piece.text) < _SHORT_CHARS or not is_prose(piece)):
            for key in set(_keys(document, at)):
                places[key].append(at)
    return places


def _keys(document: Document, at: int) -> list[str]:
    found = document.keys.get(at)
    if found is None:
        found = document.keys[at] = _keys_of(document, at)
    return found


def _keys_of(document: Document, at: int) -> list[str]:
    """Return the keys of a piece: each line, the whole text, the number, and the title without the number."""
    piece = document.pieces[at]
    alone = [form for form in document.forms[at] if not form.is_bare and form.is_plain and not form.title]
    if alone and len(piece.lines) == 1:
        return [f"{form.shape} {form.number}" for form in alone]  # the number is not a page number
    keys = [line_key(piece.text), *(line_key(text) for _, text in piece.lines[:60])]
    for form in document.forms[at]:
        if form.is_plain:
            keys += [f"{form.shape} {form.number}", line_key(form.title)]
    return [key for key in keys if len(key) > 1]


def _end_of_list(document: Document, start: int, places: dict[str, list[int]], *, is_list: bool) -> int:
    """Return the end of the list that begins with a heading such as `Contents`; `start` if there is none."""
    at = start + 1
    matched = start
    seen: set[tuple[str, str]] = set()
    shapes: set[str] = set()
    listed: set[str] = set()
    part = ""
    count = numbered = 0
    gaps: list[int] = []
    while at < len(document.pieces) and _heading_kind(document.pieces[at]) == "":
        piece = document.pieces[at]
        keys = _keys(document, at)
        whole = _heading_key(document, at) or (keys[0] if keys else "")
        numbered += _is_numbered(document, at)
        is_heading = _is_numbered(document, at) if numbered > 1 else not _ENTRY.match(piece.lines[-1][1])
        is_part = any(form.level == PART for form in document.forms[at][:1])
        entry = ("" if is_part else part, whole)
        is_above_text = at + 1 < len(document.pieces) and is_prose(document.pieces[at + 1])
        is_listed = is_above_text and len(piece.lines) == 1 and whole in listed
        begins = _begins_text(document, at, shapes) or _numbers_entry(document, at, listed, seen)
        if (entry in seen and whole and is_heading) or is_listed or begins:
            break  # the first heading of the book
        again = [key for key in keys if _comes_after(places, key, at)]
        is_entry = bool(again) or _are_entries(piece.lines) or bool(document.forms[at])
        if not is_entry and (is_prose(piece) or len(piece.text) > _LONGEST_ENTRY_CHARS):
            break
        is_text = is_prose(piece) and len(piece.lines) > 1 and not again and not document.forms[at]
        if is_text and not _are_entries(piece.lines):
            break
        usual = sorted(gaps)[len(gaps) // 2] if gaps else piece.gap
        if (
            count >= _LEAST_ENTRIES
            and piece.gap > max(usual, 1) + 1
            and not again
            and not _are_entries(piece.lines)
        ):
            break
        seen.add(entry)
        if len(piece.lines) > 1 and not document.forms[at]:
            listed.update(keys[1:])
        shapes.update(form.shape for form in document.forms[at])
        if again and is_part:
            part = whole
        if is_entry or is_list:
            matched = at
            count += 1
        if len(gaps) < _MOST_GAPS:
            gaps.append(piece.gap)
        at += 1
    return _without_first_heading(document, start, matched + 1, places) if matched > start else start


def _heading_key(document: Document, at: int) -> str:
    """Return the label and number of a heading, which its entry also has; "" for a heading without a number."""
    found = (form for form in document.forms[at] if form.level or form.is_bare or form.shape.endswith("<"))
    form = next(found, None)
    return f"{form.shape} {form.number}" if form else ""


def _is_numbered(document: Document, at: int) -> bool:
    """Return whether a piece is a numbered heading, rather than an entry with its page number."""
    return any(form.level or form.is_bare or form.shape.endswith("<") for form in document.forms[at])


def _begins_text(document: Document, at: int, shapes: set[str]) -> bool:
    """Return whether a piece is the heading of the first chapter: above text, and in another form than the entries."""
    ways = document.forms[at]
    return (
        len(shapes) > 0
        and any(form.level == CHAPTER and form.number in (0, 1) and form.is_plain for form in ways)
        and not any(form.shape in shapes for form in ways)
        and at + 1 < len(document.pieces)
        and is_prose(document.pieces[at + 1])
    )


def _numbers_entry(document: Document, at: int, listed: set[str], seen: set[tuple[str, str]]) -> bool:
    """Return whether a piece is the number of the first chapter: above a title that the list has, and its text."""
    if at + 2 >= len(document.pieces) or not is_prose(document.pieces[at + 2]):
        return False
    if not any(form.number in (0, 1) and form.is_plain and not form.title for form in document.forms[at]):
        return False
    title = next(iter(_keys(document, at + 1)), "")
    return len(title) > 1 and (title in listed or ("", title) in seen)


def _comes_after(places: dict[str, list[int]], key: str, at: int) -> bool:
    return key in places and places[key][-1] > at


def _without_first_heading(document: Document, start: int, end: int, places: dict[str, list[int]]) -> int:
    """Return the end of a list without a heading at its end that belongs to the text below it."""
    times = Counter(key for at in range(start, end) for key in _keys(document, at)[:1])
    while end - start > 2:
        keys = _keys(document, end - 1)
        earlier = any(times[key] > 1 for key in keys[:1])
        later = any(_comes_after(places, key, end - 1) for key in keys)
        if later or not earlier:
            return end
        times.subtract(keys[:1])
        end -= 1
    return end


def _end_of_run(document: Document, start: int, places: dict[str, list[int]]) -> tuple[int, int]:
    """Find a run of headings without text between them, most of which recur.

    Returns:
        The end of the run, or `start`, and where to look for the next one.
    """
    if not document.forms[start] or not is_short(document.pieces[start]):
        return start, start + 1
    at = start
    again = 0
    seen: Counter[str] = Counter()
    keys: list[str] = []
    part = ""
    while at < len(document.pieces) and document.forms[at] and is_short(document.pieces[at]):
        form = document.forms[at][0]
        key = f"{form.shape} {form.number}"
        entry = key if form.level == PART else f"{part} {key}"
        if seen[entry]:
            break
        seen[entry] += 1
        part = key if form.level == PART else part
        again += any(_comes_after(places, each, at) for each in (key, *_keys(document, at)))
        keys.append(key)
        at += 1
    scanned = max(at, start + 1)
    if at - start < _LEAST_ENTRIES - 1 or again < _LIKELY * (at - start):
        return start, scanned
    if at < len(document.pieces) and is_prose(document.pieces[at]):
        # The last headings belong to the text, unless they recur too.
        times = Counter(keys)
        while at > start:
            key = keys[at - 1 - start]
            if _comes_after(places, key, at - 1) and times[key] == 1:
                break
            at -= 1
            is_above = at > start and document.forms[at - 1][0].level == PART
            if document.forms[at][0].level != PART and not is_above:
                break
    return (at, scanned) if at - start >= _LEAST_ENTRIES - 1 else (start, scanned)
