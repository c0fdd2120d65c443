"""Dialogue: what the people in a story say, found by the quotation marks and dashes of its language.

A clause that says who spoke ("he said") stays with the narrator, and so do titles and words in quotation
marks that nobody says. A speech may continue over several paragraphs.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec

from audiobook.narration.quotes import single_quotes
from audiobook.narration.splitting.abbreviations import language_words

Span = tuple[int, int]
"""First character of a speech, and one past its last."""

_SINGLE: Final = frozenset("‘’‚‛")
_STOPS: Final = ".!?…"
_ENDS: Final = ".!?…,;:—–-"
_STRENGTHS: Final = ".!?…:—–-\n"
"""What can come before a speech, besides a comma."""
_OPEN_BEFORE: Final = " \n\t\u00a0\u202f([{—–-"
_SHORT_WORDS: Final = 2
"""Quotations of up to this many words are titles or odd words, unless something shows that they are said."""
_LONG_WORDS: Final = 5
_FARTHEST: Final = 10
"""How many paragraphs without marks a speech can continue over."""
_DEEPEST: Final = 8
_NEAR_CHARS: Final = 200
"""How many characters around a quotation are examined."""
_NEAR_WORDS: Final = 4
_WORD = re.compile(r"[\w'’]+(?:-[\w'’]+)*")
_DASH_START = re.compile(r"[—–―]\s?|--+\s?|-\s")
_DASH = re.compile(
    r"""
    (?<!\w) [—–―] (?=\s?[\w¡¿«“„"(])            # — powiedział, —dijo
    | (?<=\S) [—–―] (?=[\s.,;:!?…]|\Z)           # Juan—.
    | (?<=\s) --?-? (?=\s)
    """,
    re.VERBOSE,
)
_AFTER_DASH = re.compile(r"[\s.,;:]*")
_SENTENCE_END = re.compile(r"[.!?…]+[»”\"]?(?=\s|\Z)")


class _Manner(msgspec.Struct, frozen=True):
    """How a language writes dialogue.

    Attributes:
        closers: The marks that close a quotation, by the mark that opens it.
        marks: Matches any of these marks.
        said: Matches a verb of saying.
        tag: Matches a clause with such a verb after a comma or stop.
        has_dashes: Whether a paragraph that begins with a dash is a speech.
        tags: Where such clauses stand inside a speech: `always`, `dash` or empty.
        clause_end: Matches the end of such a clause after which the speech goes on.
        relatives: Words that go on with a clause after a comma.
        resumes: Whether the speech goes on after the sentence of such a clause.
    """

    closers: dict[str, str]
    marks: re.Pattern[str]
    said: re.Pattern[str] | None
    tag: re.Pattern[str] | None
    has_dashes: bool
    tags: str
    clause_end: re.Pattern[str]
    relatives: frozenset[str]
    resumes: bool


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


@lru_cache(maxsize=64)
def _manner(tag: str) -> _Manner:
    table = _tables().get(tag, _tables()["any"])
    closers = {pair[0]: pair[1:] for pair in reversed(table["quotes"])}
    verbs = [word.replace("*", r"\w*") for word in table.get("said", "").split()]
    known = language_words(tag).verbs
    relatives = table.get("relatives", "").split()
    words = "|".join(sorted({*verbs, *known}, key=lambda word: (-len(word), word)))
    clitics = "|".join(table.get("clitics", "").split()) or r"[\w’'-]+"
    tag_clause = rf"(?<=[,!?…])\s+(?=(?:(?:{clitics}) )?(?:\w['’])?(?:{words})(?:-\w+)*(?![\w-]))"
    return _Manner(
        closers,
        re.compile(f"[{re.escape(''.join({*closers, *''.join(closers.values())}))}]"),
        re.compile(rf"(?:\w['’])?(?:{words})(?:-\w+)*", re.IGNORECASE) if words else None,
        re.compile(tag_clause) if words else None,
        bool(table.get("dashes")),
        table.get("tags", ""),
        re.compile(rf"[.!?…,;:]+(?=\s|\Z)(?!\s+(?:{'|'.join(relatives) or '(?!)'})(?!\w))"),
        frozenset(relatives),
        bool(table.get("resumes")),
    )


def find_dialogue(texts: Sequence[str | None], language: str) -> list[list[Span]]:
    """Return what is said in each paragraph of a chapter.

    Args:
        texts: The paragraphs in order; None for one that ends any speech, such as a heading.
        language: BCP 47 tag of the text.

    Returns:
        For each paragraph, its speeches in order, disjoint.
    """
    manner = _manner(language.partition("-")[0].lower())
    found: list[list[Span]] = []
    resumed = ""
    for at, text in enumerate(texts):
        if text is None:
            found.append([])
            resumed = ""
        elif manner.has_dashes and not resumed and _DASH_START.match(text):
            found.append(list(_after_dashes(text, manner)))
        else:
            quotations = _quotations(text, manner, resumed)
            goes_on = _goes_on(texts, at, manner) if quotations.open_at is not None else ""
            found.append(
                list(_speeches(text, quotations, manner, goes_on=bool(goes_on), resumed=bool(resumed)))
            )
            resumed = goes_on
    return found


class _Quotations(msgspec.Struct, frozen=True):
    """The outermost quotations of a paragraph, the start of one that is not closed, and whether the first mark closes."""

    closed: list[Span]
    open_at: int | None
    closes_first: bool


def _quotations(text: str, manner: _Manner, resumed: str = "") -> _Quotations:
    """Return the quotations of a paragraph.

    `resumed` is how a quotation continues from the paragraph before, as returned by `_goes_on`.
    """
    singles = frozenset(single_quotes(text)) if _SINGLE & manner.closers.keys() else frozenset()
    every = "".join(manner.closers.values())
    closed: list[Span] = []
    opened: list[tuple[str, int]] = []
    closes_first = False
    if resumed == "bare" or (resumed and text[:1] not in manner.closers):
        opened.append((every, 0))
    for mark in manner.marks.finditer(text):
        sign, at = mark.group(), mark.start()
        if sign in _SINGLE and sign in "‘’" and at not in singles:
            continue
        if at == 0 and opened:
            continue  # the mark that is repeated at the beginning of each further paragraph of a speech
        closing = next((n for n in reversed(range(len(opened))) if sign in opened[n][0]), None)
        if closing is not None and _may_close(text, at, sign, manner):
            start = opened[closing][1]
            del opened[closing:]
            if not opened:
                closed.append((start, at + 1))
        elif sign in manner.closers and len(opened) < _DEEPEST and _may_open(text, at, sign, manner):
            opened.append((manner.closers[sign], at))
        elif not opened and not closed:
            closes_first = True
    return _Quotations(closed, opened[0][1] if opened else None, closes_first)


def _may_open(text: str, at: int, sign: str, manner: _Manner) -> bool:
    if sign not in manner.closers[sign]:
        return True
    return (at == 0 or text[at - 1] in _OPEN_BEFORE) and not text[at + 1 : at + 2].isspace()


def _may_close(text: str, at: int, sign: str, manner: _Manner) -> bool:
    if sign not in manner.closers:
        return True
    if sign in manner.closers[sign]:
        return not _may_open(text, at, sign, manner)
    # A mark that closes in one manner and opens in another: it opens before a word.
    return not (at and text[at - 1].isspace() and text[at + 1 : at + 2].isalnum())


def _goes_on(texts: Sequence[str | None], at: int, manner: _Manner) -> str:
    """Return how a speech continues after a paragraph: by a `mark`, `bare` without one, "" if it ends."""
    for number, text in enumerate(texts[at + 1 : at + 2 + _FARTHEST]):
        if text is None:
            return ""
        if manner.marks.match(text):
            return "" if number else "mark"
        found = _quotations(text, manner)
        if found.closes_first:
            return "bare"
        if found.closed or found.open_at is not None:
            return ""
    return ""


def _speeches(
    text: str, quotations: _Quotations, manner: _Manner, *, goes_on: bool, resumed: bool
) -> Iterator[Span]:
    """Yield the quotations that somebody says, not titles or words that are only mentioned."""
    spans = list(quotations.closed)
    if quotations.open_at is not None and goes_on:
        spans.append((quotations.open_at, len(text)))
    before: int | None = None
    for start, end in spans:
        is_next = before is not None and start - before < _NEAR_CHARS and _joins(text[before:start])
        is_rest = (resumed and start == 0) or (goes_on and end == len(text) and start == quotations.open_at)
        if is_rest or is_next or _is_said(text, start, end, manner):
            before = end
            if manner.tags == "always":
                yield from _without_tags(text, start, end, manner)
            else:
                yield start, end
        else:
            before = None


def _joins(between: str) -> bool:
    """Return whether the words between two quotations only interrupt one speech: `“I know,” he said, “that …”`."""
    words = between.strip()
    return words[-1:] in (",", ";", ":", "—", "–") and not _SENTENCE_END.search(words)


def _is_said(text: str, start: int, end: int, manner: _Manner) -> bool:
    """Return whether somebody says a quotation; otherwise it is a title, or words that are only mentioned."""
    inner = text[start + 1 : end - 1].strip().rstrip('’”"“»«')
    before = text[max(0, start - _NEAR_CHARS) : start].rstrip()
    after = text[end : end + _NEAR_CHARS].lstrip()
    words = len(inner.split())
    is_free = not before or before[-1] in _STRENGTHS or before[-1] in '”»"’)'
    is_reported = _tells(after.lstrip(",—–- "), manner, last=False) or (
        before[-1:] in (",", ":") and _tells(before, manner, last=True)
    )
    opens = is_free or before[-1:] == ","
    is_ended = inner[-1:] in _ENDS
    if not inner or not words:
        return False
    if is_reported and opens:
        return True
    if words <= _SHORT_WORDS:
        if inner[-1:] in "!?" and _tells(before, manner, last=True, words=1):
            return True
        following = _WORD.match(after)
        is_thing = bool(before) or (following is not None and following[0] in manner.relatives)
        is_title = inner[-1:] == "," and after[:1].islower() and is_thing
        return is_free and not is_title and (is_ended or before[-1:] == ":")
    if _looks_like_title(inner) and not (is_ended and is_free and not after[:1].islower()):
        return False
    if is_ended:
        return opens or words >= _LONG_WORDS
    if before[-1:] == ":" or (opens and after[:1] in _STOPS and after):
        return True
    if not after:
        return is_free and words >= _LONG_WORDS
    return opens and after[:1] in ",—–-" and words >= _LONG_WORDS


def _tells(text: str, manner: _Manner, *, last: bool, words: int = _NEAR_WORDS) -> bool:
    """Return whether a verb of saying is among the first words of a text, or the last ones."""
    if manner.said is None:
        return False
    if last:
        found = _WORD.findall(text[-80:])[-words:]
    else:
        found = _WORD.findall(_SENTENCE_END.split(text[:120], maxsplit=1)[0])[:words]
    return any(manner.said.fullmatch(word) for word in found)


def _looks_like_title(inner: str) -> bool:
    words = _WORD.findall(inner)
    great = [word for word in words if word[:1].isupper()]
    return len(great) > 1 and all(word[:1].isupper() for word in words if len(word) > 3)


def _after_dashes(text: str, manner: _Manner) -> Iterator[Span]:
    """Yield what is said in a paragraph that begins with a dash."""
    opening = _DASH_START.match(text)
    if opening is None or text.rstrip()[-1:] not in '.!?…:;,—–»”"':
        return
    start: int | None = 0
    for dash in _DASH.finditer(text, opening.end()):
        at = dash.start()
        if start is None:
            found = _AFTER_DASH.match(text, dash.end())
            start = found.end() if found else dash.end()
        elif _ends_speech(text, at, dash.end(), manner):
            yield from _part(text, start, at, manner)
            is_next = manner.tags and manner.tag and manner.tag.search(text, start, at)
            start = dash.end() if is_next else None
    if start is not None:
        yield from _part(text, start, len(text), manner)


def _ends_speech(text: str, at: int, end: int, manner: _Manner) -> bool:
    """Return whether a dash ends a speech, and is not inside it."""
    near = text[max(0, at - _NEAR_CHARS) : at]
    before = near.rstrip()
    if "\n" in near[len(before) :]:
        return False  # a further speech on a separate line
    if before[-1:] in (*_STOPS, ","):
        return text[end : end + 1].strip() != "" or text[end + 1 : end + 2].strip() != ""
    is_glued = text[at - 1 : at].isspace() and text[end : end + 1].isalpha()
    return is_glued or _tells(text[end : end + _NEAR_CHARS], manner, last=False)


def _part(text: str, start: int, end: int, manner: _Manner) -> Iterator[Span]:
    end = start + len(text[start:end].rstrip())
    if not any(map(str.isalnum, text[start:end])):
        return
    if manner.tags:
        yield from _without_tags(text, start, end, manner)
    else:
        yield start, end


def _without_tags(text: str, start: int, end: int, manner: _Manner) -> Iterator[Span]:
    """Yield a speech without the clauses in it that say who spoke."""
    at = start
    while manner.tag and (tag := manner.tag.search(text, at, end)):
        yield at, tag.start()
        stop = (manner.clause_end if manner.resumes else _SENTENCE_END).search(text, tag.end(), end)
        if stop is None or not manner.resumes:
            return
        at = stop.end()
    if any(map(str.isalnum, text[at:end])):
        yield at, end
