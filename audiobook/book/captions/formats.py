"""Captions of a book in three formats: WebVTT, SubRip (SRT) and LRC.

Source: WebVTT (W3C), sections 4.1 (file structure) and 4.2 (cue text). SRT and LRC have no specification; the forms
written here are read by all players.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from types import MappingProxyType
from typing import Final, NamedTuple

from audiobook.audio.timecode import timecode
from audiobook.book.captions.cues import Cue, cues_of
from audiobook.book.maker_mark import MARK
from audiobook.book.record.chapters import ChapterRecord
from audiobook.book.record.works import RecordHead

_UNSHOWN = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
_UNUSUAL: Final = re.compile(r"[^\S ]|[\x00-\x1f\x7f-\x9f&<>]|  ")
"""Characters that are replaced or escaped."""
_ESCAPES: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_NO_NAME: Final = str.maketrans({"&": "+", "<": "(", ">": ")"})
_NO_STYLE: Final = str.maketrans({"<": "‹", ">": "›", "{": "(", "}": ")"})
"""SRT has no escapes, and players take these characters for styles."""
_NO_FIELD: Final = str.maketrans({"[": "(", "]": ")"})
"""LRC has no escapes, and players take a number in brackets for a time."""


class TimedCues(NamedTuple):
    """The cues of a book, or of a part of it, from which captions in all formats are made.

    Attributes:
        begin_samples: Where the part begins in the book.
        cues: Start and end of each cue in milliseconds, counted from there, and the cue.
    """

    begin_samples: int
    cues: Sequence[tuple[int, int, Cue]]

    @classmethod
    def of(cls, rate_hz: int, chapters: Iterable[ChapterRecord]) -> TimedCues:
        """Return the cues of consecutive chapters, of which there is at least one."""
        rest = iter(chapters)
        first = next(rest)
        begin = first.start_samples
        return cls(begin, list(_timed(rate_hz, begin, chain((first,), rest))))


def webvtt(record: RecordHead, timed: TimedCues) -> bytes:
    """Return the captions of a book, or of a part of it, as WebVTT with the times of words.

    Args:
        record: Record of the book.
        timed: The cues to include.

    Returns:
        The file. Each sentence is one cue, or several if it needs more than two lines. Words that begin after
        the cue have a timestamp.
    """
    voice = _plain(record.narrator.translate(_NO_NAME)).strip()
    spoken_by = f"<v {voice}>" if voice else ""
    pieces = [f"WEBVTT\n\nNOTE {MARK}\n"]
    for start_ms, end_ms, cue in timed.cues:
        words = _word_times(cue, record.rate_hz, timed.begin_samples, start_ms, end_ms)
        shown = "\n".join(_webvtt_line(cue, span, words) for span in cue.lines)
        pieces.append(f"\n{timecode(start_ms)} --> {timecode(end_ms)}\n{spoken_by}{shown}\n")
    return "".join(pieces).encode()


def subrip(_record: RecordHead, timed: TimedCues) -> bytes:
    """Return the captions of a book, or of a part of it, as SRT; see `webvtt`."""
    pieces = []
    for number, (start_ms, end_ms, cue) in enumerate(timed.cues, 1):
        shown = "\n".join(_texts(cue)).translate(_NO_STYLE)
        pieces.append(f"{number}\n{timecode(start_ms, ',')} --> {timecode(end_ms, ',')}\n{shown}\n")
    return "\n".join(pieces).encode()


def lrc(record: RecordHead, timed: TimedCues) -> bytes:
    """Return the captions of a book, or of a part of it, as LRC: a line for each cue, timed to a hundredth."""
    fields = (
        ("re", MARK),
        ("ti", record.title),
        ("ar", ", ".join(record.authors)),
        ("la", record.language),
    )
    lines = [f"[{name}:{_plain(value).translate(_NO_FIELD)}]" for name, value in fields if value]
    for start_ms, _, cue in timed.cues:
        minutes, ms = divmod(start_ms, 60_000)
        shown = " ".join(_texts(cue)).translate(_NO_FIELD)
        lines.append(f"[{minutes:02}:{ms // 1000:02}.{ms % 1000 // 10:02}]{shown}")
    return "\n".join((*lines, "")).encode()


CAPTIONS: Final[Mapping[str, Callable[[RecordHead, TimedCues], bytes]]] = MappingProxyType(
    {"lrc": lrc, "srt": subrip, "vtt": webvtt}
)
"""The formats of captions by name, which is also the ending of their files."""


def _timed(rate_hz: int, begin: int, chapters: Iterable[ChapterRecord]) -> Iterator[tuple[int, int, Cue]]:
    """Yield (start in ms, end in ms, cue), counted from the sample `begin`; a cue lasts at least 1 ms."""
    last_ms = 0
    for cue in cues_of(chapters):
        last_ms = max(last_ms, (cue.start_samples - begin) * 1000 // rate_hz)
        yield last_ms, max(last_ms + 1, (cue.end_samples - begin) * 1000 // rate_hz), cue


def _word_times(cue: Cue, rate_hz: int, begin: int, start_ms: int, end_ms: int) -> list[tuple[int, int]]:
    """Return (index of the first character, time in ms) of the words that begin after a cue and before its end.

    Times ascend without repetition, as WebVTT requires.
    """
    times: list[tuple[int, int]] = []
    last_ms = start_ms
    words = cue.sentence.words
    after = bisect_right(words, cue.lines[0][0], key=itemgetter(0))
    for first, _, samples in words[after : bisect_left(words, cue.lines[-1][1], key=itemgetter(0))]:
        at_ms = (samples - begin) * 1000 // rate_hz
        if last_ms < at_ms < end_ms:
            times.append((first, at_ms))
            last_ms = at_ms
    return times


def _webvtt_line(cue: Cue, span: tuple[int, int], words: Sequence[tuple[int, int]]) -> str:
    """Return a line as cue text: escaped, with timestamps, and with parts in other languages tagged."""
    start, end = span
    text = cue.paragraph.text
    shown = _as_it_is if _UNUSUAL.search(text, start, end) is None else _escaped
    tags = [(first, 1, f"<{timecode(at_ms)}>") for first, at_ms in words if start <= first < end]
    for first, last, language in cue.paragraph.foreign:
        if start < last and first < end:
            tags += ((max(first, start), 2, f"<lang {language}>"), (min(last, end), 0, "</lang>"))
    pieces: list[str] = []
    for at, _, tag in sorted(tags):
        pieces += (shown(text[start:at]), tag)
        start = at
    return "".join((*pieces, shown(text[start:end])))


def _as_it_is(text: str) -> str:
    return text


def _escaped(text: str) -> str:
    return _plain(text).translate(_ESCAPES)


def _texts(cue: Cue) -> list[str]:
    return [_plain(cue.paragraph.text[start:end]) for start, end in cue.lines]


def _plain(text: str) -> str:
    """Return a text on one line, without control characters."""
    return _UNSHOWN.sub(" ", text)
