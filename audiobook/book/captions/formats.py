"""Captions of a book in three formats: WebVTT, SubRip (SRT) and LRC.

Source: WebVTT (W3C), sections 4.1 (file structure) and 4.2 (cue text). SRT and LRC have no specification; the forms
written here are read by all players.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count
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
_NO_FIELD: Final = _NO_STYLE | str.maketrans({"[": "(", "]": ")"})
"""LRC has no escapes either. Players take a number in brackets for a time, and mpv reads the text as that of an SRT."""


class TimedCue(NamedTuple):
    """A cue with its times.

    Attributes:
        number: Its number, from 1.
        start_ms: When it appears, in milliseconds from the start of the captions.
        end_ms: When it disappears.
        begin_samples: Where the captions begin in the book.
        cue: The cue.
    """

    number: int
    start_ms: int
    end_ms: int
    begin_samples: int
    cue: Cue


CaptionFormat = Callable[[RecordHead], tuple[str, Callable[[TimedCue], str]]]
"""Returns, for the record of a book, the beginning of a file and the function that returns the text of each cue."""


def captions(record: RecordHead, chapters: Iterable[ChapterRecord], names: Iterable[str]) -> dict[str, bytes]:
    """Return the captions of a book, or of a part of it, in some formats, by name.

    Args:
        record: Record of the book.
        chapters: Consecutive chapters, of which there is at least one; they are taken one at a time.
        names: The formats, from `CAPTIONS`.

    Returns:
        The files. Each sentence is one cue, or several if it needs more than two lines.
    """
    begun = {name: CAPTIONS[name](record) for name in names}
    files = {name: bytearray(beginning.encode()) for name, (beginning, _) in begun.items()}
    for timed in _timed(record.rate_hz, chapters):
        for name, (_, text_of) in begun.items():
            files[name] += text_of(timed).encode()
    return {name: bytes(data) for name, data in files.items()}


def webvtt(record: RecordHead) -> tuple[str, Callable[[TimedCue], str]]:
    """Return captions as WebVTT, in which words that begin after their cue have a timestamp; see `CaptionFormat`."""
    voice = _plain(record.narrator.translate(_NO_NAME)).strip()
    spoken_by = f"<v {voice}>" if voice else ""

    def text_of(timed: TimedCue) -> str:
        words = _word_times(timed, record.rate_hz)
        shown = "\n".join(_webvtt_line(timed.cue, span, words) for span in timed.cue.lines)
        return f"\n{timecode(timed.start_ms)} --> {timecode(timed.end_ms)}\n{spoken_by}{shown}\n"

    return f"WEBVTT\n\nNOTE {MARK}\n", text_of


def subrip(_record: RecordHead) -> tuple[str, Callable[[TimedCue], str]]:
    """Return captions as SRT; see `CaptionFormat`."""

    def text_of(timed: TimedCue) -> str:
        shown = "\n".join(_texts(timed.cue)).translate(_NO_STYLE)
        times = f"{timecode(timed.start_ms, ',')} --> {timecode(timed.end_ms, ',')}"
        between = "\n" if timed.number > 1 else ""
        return f"{between}{timed.number}\n{times}\n{shown}\n"

    return "", text_of


def lrc(record: RecordHead) -> tuple[str, Callable[[TimedCue], str]]:
    """Return captions as LRC: a line for each cue, timed to a hundredth; see `CaptionFormat`."""
    fields = (
        ("re", MARK),
        ("ti", record.title),
        ("ar", ", ".join(record.authors)),
        ("la", record.language),
    )

    def text_of(timed: TimedCue) -> str:
        minutes, ms = divmod(timed.start_ms, 60_000)
        shown = _on_one_line(timed.cue).translate(_NO_FIELD)
        return f"[{minutes:02}:{ms // 1000:02}.{ms % 1000 // 10:02}]{shown}\n"

    return "".join(
        f"[{name}:{_plain(value).translate(_NO_FIELD)}]\n" for name, value in fields if value
    ), text_of


CAPTIONS: Final[Mapping[str, CaptionFormat]] = MappingProxyType({"lrc": lrc, "srt": subrip, "vtt": webvtt})
"""The formats of captions by name, which is also the ending of their files."""


def _timed(rate_hz: int, chapters: Iterable[ChapterRecord]) -> Iterator[TimedCue]:
    """Yield the cues of some chapters with times from the start of the first; a cue lasts at least 1 ms."""
    begin: int | None = None
    numbers, last_ms = count(1), 0
    for chapter in chapters:
        if begin is None:
            begin = chapter.start_samples
        for cue in cues_of(chapter):
            last_ms = max(last_ms, (cue.start_samples - begin) * 1000 // rate_hz)
            end_ms = max(last_ms + 1, (cue.end_samples - begin) * 1000 // rate_hz)
            yield TimedCue(next(numbers), last_ms, end_ms, begin, cue)


def _word_times(timed: TimedCue, rate_hz: int) -> list[tuple[int, int]]:
    """Return (index of the first character, time in ms) of the words that begin after a cue and before its end.

    Times ascend without repetition, as WebVTT requires.
    """
    times: list[tuple[int, int]] = []
    last_ms = timed.start_ms
    words, lines = timed.cue.sentence.words, timed.cue.lines
    after = bisect_right(words, lines[0][0], key=itemgetter(0))
    for first, _, samples in words[after : bisect_left(words, lines[-1][1], key=itemgetter(0))]:
        at_ms = (samples - timed.begin_samples) * 1000 // rate_hz
        if last_ms < at_ms < timed.end_ms:
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


def _on_one_line(cue: Cue) -> str:
    """Return the text of a cue; lines that were cut within a word are joined without a space."""
    ends = [cue.lines[0][0], *(end for _, end in cue.lines)]
    gaps = (" " if end < start else "" for end, (start, _) in zip(ends, cue.lines, strict=False))
    return "".join(f"{gap}{text}" for gap, text in zip(gaps, _texts(cue), strict=True))


def _plain(text: str) -> str:
    """Return a text on one line, without control characters."""
    return _UNSHOWN.sub(" ", text)
