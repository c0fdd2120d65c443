"""A record is only accepted if its contents are possible. Promise: a sealed file with impossible contents is refused by name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from records import chapter, record

from audiobook.book.record.reading import load_record, read_record
from audiobook.book.record.validation import impossibilities
from audiobook.book.record.works import Record
from audiobook.book.record.writing import write_record
from audiobook.errors import AudiobookError, OutputMismatch

GOOD = record(
    date="2024-05-31",
    chapters=(
        chapter("One", 0, ("A sentence here.", "Another one.")),
        chapter("Two", 2000, ("The last one.",)),
    ),
)
"""A first chapter of two paragraphs and a second of one, a second each, at 8000 samples a second."""
Json = dict[str, Any]


def forged(change: Callable[..., object], *values: object) -> Record:
    """Return the good record with a change, for which values may be given."""
    shown = msgspec.to_builtins(GOOD)
    shown = json.loads(json.dumps(shown))
    change(shown, *values)
    return msgspec.convert(shown, Record)


def problems(one: Record, place: str = "en/essay.json") -> list[str]:
    return list(impossibilities(one, Path("output", place)))


def paragraph(shown: Json, chapter_number: int = 0, number: int = 0) -> Json:
    found: Json = shown["chapters"][chapter_number]["paragraphs"][number]
    return found


def sentence(shown: Json, chapter_number: int = 0, number: int = 0) -> Json:
    found: Json = paragraph(shown, chapter_number, number)["sentences"][0]
    return found


def shown_picture(**changed: object) -> Json:
    """Return a possible picture of the work, with a change."""
    stamp = {"name": "essay.pictures/aaaaaaaa-aaaaaaaa.jpg", "length_bytes": 1, "sha256": "a" * 64}
    told = {"picture": "x.jpg", "where": "x.md:1", "source_sha256": "b" * 64, "is_beside": True}
    return {**stamp, **told, "width_px": 8, "height_px": 8, "problem": "", **changed}


def swap(items: list[Any]) -> None:
    items.reverse()


IMPOSSIBLE: dict[str, tuple[Callable[[Json], object], str]] = {
    "language with a path": (lambda r: r.update(language="../../x"), "language is '../../x'"),
    "language with a way back": (lambda r: r.update(language="fi/../en"), "language is 'fi/../en'"),
    "another language": (lambda r: r.update(language="fi"), "language is 'fi'"),
    "slug with a separator": (lambda r: r.update(slug="../essay"), "slug is '../essay'"),
    "slug with a control character": (lambda r: r.update(slug="es\x1b[2Jsay"), "slug is 'es\\x1b[2Jsay'"),
    "another slug": (lambda r: r.update(slug="other"), "slug is 'other'"),
    "cover elsewhere": (lambda r: r["cover"].update(name="../../secret.jpg"), "files of another work"),
    "cover of other bytes": (lambda r: r["cover"].update(sha256="a" * 64), "files of another work"),
    "sound elsewhere": (lambda r: r["audio"].update(name="other.mp3"), "files of another work"),
    "negative length of the file": (lambda r: r["audio"].update(length_bytes=-1), "has -1 bytes"),
    "enormous length of the file": (lambda r: r["audio"].update(length_bytes=1 << 60), "bytes"),
    "digest that is a path": (lambda r: r["audio"].update(sha256="../x"), "'../x' is not a SHA-256"),
    "digest of the text": (lambda r: r["inputs"].update(source_sha256="x"), "'x' is not a SHA-256"),
    "enormous cover": (lambda r: r["cover"].update(size_px=1 << 40), "pixels wide"),
    "rate that no MP3 has": (lambda r: r.update(rate_hz=1), "sample rate of 1 Hz"),
    "enormous rate": (lambda r: r.update(rate_hz=1 << 62), "does not support a sample rate"),
    "no length": (lambda r: r.update(length_samples=0), "length is 0"),
    "negative length": (lambda r: r.update(length_samples=-8000), "length is -8000"),
    "enormous length": (lambda r: r.update(length_samples=1 << 60), "length is"),
    "another length in seconds": (lambda r: r.update(duration_s=99.0), "do not last 99.0 s"),
    "no date": (lambda r: r.update(date="2024-5"), "'2024-5' is not a date"),
    "title of two lines": (lambda r: r.update(title="A\nB"), "is not a title"),
    "title without end": (lambda r: r.update(title="A" * 1000), "is not a title"),
    "no encoding": (lambda r: r.update(encoding="nosuch"), "'nosuch' is not an encoding"),
    "codec of bytes": (lambda r: r.update(encoding="hex"), "'hex' is not an encoding"),
    "text elsewhere": (lambda r: r.update(source="texts/../../x"), "is not the name of a text"),
    "negative count": (lambda r: r["characters"].update(spoken=-1), "character count"),
    "enormous count": (lambda r: r["characters"]["skipped"].update(code=1 << 70), "character count"),
    "speaker of no speed": (lambda r: r["inputs"]["speaker"].update(speed=-1.0), "is out of range"),
    "foreign language with a path": (
        lambda r: r["foreign"].update({"../x": r["inputs"]["speaker"]}),
        "'../x' is not a language tag",
    ),
    "chapter twice": (lambda r: r["chapters"].append(r["chapters"][1]), "chapter 3 covers samples"),
    "chapters out of order": (lambda r: swap(r["chapters"]), "chapter 1 covers samples 16000"),
    "chapter that begins beyond the end": (
        lambda r: r["chapters"][1].update(start_samples=1 << 40),
        "chapter 2 covers samples",
    ),
    "chapter that ends beyond the end": (
        lambda r: r["chapters"][1].update(end_samples=1 << 40),
        "chapter 2 covers samples",
    ),
    "chapter of no time": (
        lambda r: r["chapters"][0].update(end_samples=0),
        "chapter 1 covers samples 0 to 0",
    ),
    "gap between chapters": (
        lambda r: r["chapters"][1].update(start_samples=16001),
        "chapter 2 covers samples",
    ),
    "less than the book": (lambda r: r.update(length_samples=24001, duration_s=3.0), "the book at 24001"),
    "enormous depth": (lambda r: r["chapters"][0].update(level=1 << 31), "its level is"),
    "chapter without paragraphs": (lambda r: r["chapters"][1].update(paragraphs=[]), "no paragraphs"),
    "chapter of no title": (lambda r: r["chapters"][0].update(title=""), "is not a title"),
    "heard after its chapter": (
        lambda r: sentence(r, 1).update(end_samples=30_000),
        "ends at sample 30000",
    ),
    "heard before its chapter": (
        lambda r: sentence(r, 1).update(start_samples=0, words=[]),
        "sentence at sample 0, before 16000",
    ),
    "negative time": (lambda r: sentence(r).update(start_samples=-1), "sentence at sample -1"),
    "sentence that ends before it begins": (
        lambda r: sentence(r).update(words=[], start_samples=900, end_samples=800),
        "ends at sample 800, before 900",
    ),
    "style past the text": (
        lambda r: paragraph(r).update(styles=[[3, 99, "em"]]),
        "a part in 'em' from character 3 to 99",
    ),
    "link to a script": (
        lambda r: paragraph(r).update(links=[[0, 1, "javascript:alert(1)"]]),
        "a link to 'javascript:alert(1)'",
    ),
    "picture of another work": (
        lambda r: r.update(pictures=[shown_picture(name="other.pictures/aaaaaaaa-aaaaaaaa.jpg")]),
        "not a file of one of its pictures",
    ),
    "picture outside": (
        lambda r: r.update(pictures=[shown_picture(name="../../x.jpg")]),
        "'../../x.jpg' is not a file of one of its pictures",
    ),
    "picture without a size": (
        lambda r: r.update(pictures=[shown_picture(height_px=0)]),
        "a picture has 8 × 0 pixels",
    ),
    "picture that does not exist": (
        lambda r: (
            r.update(pictures=[shown_picture()]),
            paragraph(r).update(pictures=[[0, True, ""], [1, True, ""]]),
        ),
        "has the picture 1, which does not exist",
    ),
    "cells out of order": (
        lambda r: paragraph(r).update(cells=[[1, 0, 3, False], [0, 4, 6, False]]),
        "a cell from character 4 to 6",
    ),
    "endless styles": (lambda r: paragraph(r).update(styles=[[0, 1, "em"]] * 2001), "too many styles"),
    "endless lists": (lambda r: paragraph(r).update(within=[["ul", True, 0]] * 99), "too many lists"),
    "sentence past the text": (lambda r: sentence(r).update(end=17), "from character 0 to 17"),
    "sentence before the text": (lambda r: sentence(r).update(start=-1), "from character -1"),
    "empty sentence": (lambda r: sentence(r).update(start=3, end=3), "from character 3 to 3"),
    "sentences out of order": (
        lambda r: paragraph(r).update(
            sentences=[
                {"start": 2, "end": 9, "start_samples": 0, "end_samples": 1, "words": []},
                {"start": 0, "end": 2, "start_samples": 1, "end_samples": 2, "words": []},
            ]
        ),
        "from character 0 to 2, out of place",
    ),
    "paragraphs out of order": (
        lambda r: swap(r["chapters"][0]["paragraphs"]),
        "sentence at sample 0, before",
    ),
    "word past the text": (lambda r: sentence(r).update(words=[[10, 7, 0]]), "7 characters at character 10"),
    "word before the text": (lambda r: sentence(r).update(words=[[-5, 5, 0]]), "at character -5"),
    "word without letters": (lambda r: sentence(r).update(words=[[0, 0, 0]]), "0 characters"),
    "enormous word": (lambda r: sentence(r).update(words=[[0, 1 << 62, 0]]), "characters at character 0"),
    "words out of order": (lambda r: swap(sentence(r)["words"]), "a word at sample 1000, before"),
    "word after its sentence": (
        lambda r: sentence(r).update(words=[[0, 1, 8001]]),
        "ends at sample 8000, before 8001",
    ),
    "foreign part past the text": (lambda r: paragraph(r).update(foreign=[[3, 40, "fi"]]), "to 40"),
    "foreign parts that overlap": (
        lambda r: paragraph(r).update(foreign=[[0, 4, "fi"], [3, 6, "fi"]]),
        "from character 3 to 6",
    ),
    "foreign part with a tag of HTML": (lambda r: paragraph(r).update(foreign=[[0, 4, "<b>"]]), "'<b>'"),
    "clip that is a path": (lambda r: paragraph(r).update(clips=["../../x"]), "a clip key that is not valid"),
    "negative line": (lambda r: paragraph(r).update(line=-1), "on line -1"),
}


def test_a_possible_record_is_accepted() -> None:
    assert problems(GOOD) == []


def test_a_sealed_record_that_cannot_be_true_is_refused_and_what_is_wrong_is_named(tmp_path: Path) -> None:
    path = tmp_path / "en" / "essay.json"
    wrong = []
    for name, (change, told) in IMPOSSIBLE.items():
        write_record(path, forged(change))
        assert load_record(path) is not None, "it is sealed"
        with pytest.raises(OutputMismatch) as caught:
            read_record(path)
        assert caught.value.where == "essay.json"
        if not any(told in problem for problem in problems(forged(change))):
            wrong.append((name, problems(forged(change))))
    assert not wrong


LARGEST = (1 << 53) - 1


def quiet(shown: Json, length_samples: int) -> None:
    """Make a record one chapter of this length, of which nothing is spoken."""
    del shown["chapters"][1:]
    shown["chapters"][0].update(end_samples=length_samples)
    for one in shown["chapters"][0]["paragraphs"]:
        one.update(sentences=[])
    shown.update(length_samples=length_samples, duration_s=round(length_samples / 8000, 3))


BOUNDS: tuple[tuple[Callable[[Json, Any], object], Any, Any], ...] = (
    (lambda r, value: r["audio"].update(length_bytes=value), (1, LARGEST), (0, LARGEST + 1)),
    (lambda r, value: r["cover"].update(length_bytes=value), (1, LARGEST), (0, LARGEST + 1)),
    (lambda r, value: r["cover"].update(size_px=value), (1400, 3000), (1399, 3001)),
    (lambda r, value: r["cover"].update(design=value), ("0" * 64,), ("", "0" * 63, "0" * 65, "G" * 64)),
    (lambda r, value: r["cover"].update(small_sha256=value), ("0" * 64,), ("",)),
    (lambda r, value: r["inputs"].update(cover_sha256=value), (None, "0" * 64), ("x", "0" * 65)),
    (lambda r, value: r["inputs"].update(lexicon_sha256=value), (None, "0" * 64), ("x", "0" * 65)),
    (lambda r, value: r["inputs"]["speaker"].update(speed=value), (0.001, 1e9), (0.0, float(LARGEST + 1))),
    (lambda r, value: r["inputs"]["speaker"].update(pitch=value), (0.001, 1e9), (0.0, float(LARGEST + 1))),
    (lambda r, value: r["inputs"]["speaker"].update(volume=value), (0.001, 1e9), (0.0, float(LARGEST + 1))),
    (lambda r, value: r["inputs"]["speaker"].update(rate_hz=value), (8000, 48000), (0, 8001)),
    (lambda r, value: r["characters"].update(source=value), (0, LARGEST), (-1, LARGEST + 1)),
    (lambda r, value: r["characters"].update(spoken=value), (0, LARGEST), (-1, LARGEST + 1)),
    (lambda r, value: r["characters"].update(skipped={"code": value}), (0, LARGEST), (-1, LARGEST + 1)),
    (
        lambda r, value: r.update(title=value),
        ("A", "A" * 200, "\x20~\xa0"),
        ("", "A" * 201, "\0", "\x1f", "\x7f", "\x9f"),
    ),
    (lambda r, value: r["chapters"][1].update(title=value), ("A" * 200,), ("", "A" * 201, "A\n")),
    (
        lambda r, value: r.update(date=value),
        (None, "2024", "2024-05"),
        ("", "24", "2024-", "2024-05-1", "2024-05-31\n"),
    ),
    (lambda r, value: r.update(encoding=value), (None, "utf-8", "cp1252"), ("", "hex", "a\0b", "undefined")),
    (lambda r, value: r.update(source=value), ("../x", "a..b/c"), ("a/..", "a/../b", "a\0b", "\0")),
    (lambda r, value: r["chapters"][1].update(level=value), (1, 999), (0, 1000)),
    (lambda r, value: paragraph(r).update(line=value), (0, LARGEST), (-1, LARGEST + 1)),
    (
        lambda r, value: paragraph(r).update(foreign=value),
        ([[0, 16, "fi"]], [[0, 4, "fi"], [4, 6, "sl"]]),
        ([[0, 17, "fi"]], [[3, 3, "fi"]], [[-1, 3, "fi"]], [[0, 4, "fi"], [3, 6, "fi"]], [[0, 4, "fi\n"]]),
    ),
    (lambda r, value: paragraph(r).update(clips=value), ([], ["b" * 64]), (["b" * 64, "b"],)),
    (
        lambda r, value: sentence(r).update(words=value),
        ([[0, 1, 0]], [[0, 16, 0], [15, 1, 8000]]),
        ([[-1, 1, 0]], [[0, 0, 0]], [[15, 2, 0]], [[0, 1, 5], [0, 1, 4]], [[0, 1, 8001]]),
    ),
    (
        lambda r, value: sentence(r, 1).update(words=[], start_samples=value[0], end_samples=value[1]),
        ((16000, 16000), (16000, 24000), (24000, 24000)),
        ((15999, 24000), (16000, 24001), (20000, 19999)),
    ),
    (quiet, (1, LARGEST), (LARGEST + 1,)),
    (lambda r, value: r.update(duration_s=value), (3.0,), (2.999, 3.001)),
)
"""For each value of a record: the outermost that it can have, and those just outside."""


def test_a_value_is_believed_up_to_its_bounds_and_no_further() -> None:
    wrong = []
    for number, (change, inside, outside) in enumerate(BOUNDS):
        for value in (*inside, *outside):
            found = problems(forged(change, value))
            if len(found) != (value in outside):
                wrong.append((number, value, found))
    assert not wrong, wrong


def test_all_impossible_values_are_found_in_one_pass() -> None:
    def change(shown: Json) -> None:
        shown.update(date="soon", encoding="nosuch")
        sentence(shown, 1).update(end=99)

    assert len(problems(forged(change))) == 3


@pytest.mark.parametrize("place", ["fi/essay.json", "en/other.json", "../essay.json", "en/Essay.json"])
def test_a_record_under_another_name_is_refused(place: str) -> None:
    assert problems(GOOD, place)


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([-1, 0, 1 << 31, 1 << 53, 1 << 63, 1 << 64, 10**30])
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["../x", "en", "essay", "\0", "\x1b[2J", "a" * 64, "2024-13-99"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the places of all values in a record."""
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return found + [place for key, one in items for place in places(one, (*path, key))]


SHOWN = json.loads(msgspec.json.encode(GOOD))
PLACES = places(SHOWN)


@pytest.mark.exhaustive
@pytest.mark.slow
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.sampled_from(PLACES), VALUES), min_size=1, max_size=3))
def test_a_sealed_record_with_any_values_is_accepted_or_refused_with_our_error(
    tmp_path: Path, changes: list[tuple[tuple[str | int, ...], Any]]
) -> None:
    shown = json.loads(json.dumps(SHOWN))
    for place, value in changes:
        inner: Any = shown
        try:
            for step in place[:-1]:
                inner = inner[step]
            inner[place[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change removed this place
    path = tmp_path / "en" / "essay.json"
    try:
        write_record(path, msgspec.json.decode(json.dumps(shown).encode(), type=Record))
    except (msgspec.MsgspecError, UnicodeEncodeError):
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(shown), "utf-8")
    try:
        read = read_record(path)
    except AudiobookError:
        return
    assert read is not None
    assert (read.slug, read.language) == ("essay", "en")
    for one in read.chapters:
        assert 0 <= one.start_samples < one.end_samples <= read.length_samples


@pytest.mark.slow
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()),
    beginning=st.sampled_from([b"", b'{"format":1,', msgspec.json.encode(GOOD)[:200]]),
)
def test_arbitrary_bytes_are_refused_with_our_error(tmp_path: Path, data: bytes, beginning: bytes) -> None:
    path = tmp_path / "en" / "essay.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(beginning + data)
    with pytest.raises(OutputMismatch):
        read_record(path)
