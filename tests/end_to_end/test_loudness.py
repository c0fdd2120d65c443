"""The loudness of books, measured by two programs."""

import re
from pathlib import Path

import pytest
from tools import Shelf, loudness_by_av, run_tool

from end_to_end.conftest import SAMPLE_LABELS

WANTED_LUFS = -19.0
MOST_DBTP = -1.0


def loudness_by_ffmpeg(path: Path) -> tuple[float, float]:
    """Return the integrated loudness in LUFS and true peak in dBTP of a file, measured by ffmpeg."""
    measure = "ebur128=peak=true:framelog=verbose"
    said = run_tool(
        "ffmpeg", "-hide_banner", "-nostats", "-i", path, "-af", measure, "-f", "null", "-"
    ).stderr
    integrated = re.search(r"Integrated loudness:\s+I:\s+(\S+) LUFS", said)
    peak = re.search(r"True peak:\s+Peak:\s+(\S+) dBFS", said)
    assert integrated, said
    assert peak, said
    return float(integrated.group(1)), float(peak.group(1))


def test_a_book_is_as_loud_as_mono_podcasts_are_and_never_clips(book: tuple[Shelf, str]) -> None:
    shelf, label = book
    integrated, peak = loudness_by_ffmpeg(shelf.book(label))
    assert integrated == pytest.approx(WANTED_LUFS, abs=1.0)
    assert peak <= MOST_DBTP
    if label == SAMPLE_LABELS[0]:
        assert loudness_by_av(shelf.book(label)) == pytest.approx((integrated, peak), abs=0.1)


@pytest.mark.slow
def test_a_book_has_the_loudness_of_the_settings(shelf: Shelf) -> None:
    text = "A plain sentence that is read aloud, long enough to be measured well.\n\n" * 3
    shelf.write("texts/en/plain.txt", text)
    shelf.write("audiobook.toml", "[audio]\nloudness_lufs = -23.0\npeak_dbtp = -6.0\n")
    shelf.build()
    integrated, peak = loudness_by_ffmpeg(shelf.book("en/plain"))
    assert integrated == pytest.approx(-23.0, abs=1.0)
    assert peak <= -6.0
