"""A paragraph is narrated once: after an edit, only the paragraphs around it are narrated again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tools import Shelf

from audiobook.casting import Character, Role
from audiobook.clips.sealed import SealedFolder
from audiobook.document import Kind, Paragraph, Passage, Pause, SpokenPart
from audiobook.narration.grammar.series import NO_SERIES, Series
from audiobook.narration.passages import narrate
from audiobook.pipeline.scripts.narrated import NarrationCache, rules_digest

RULES = rules_digest("en", None, NO_SERIES, is_shared=True)
BOOK = tuple(
    Paragraph(
        f"Paragraph {number}. Dr. Smith paid $5.50 on 3 May 19{number:02}, “he said”… and  left.", Kind.TEXT
    )
    for number in range(90)
)


class _Narrator:
    """The real narration, which remembers what it was asked for."""

    def __init__(self, *, is_settled: bool = True) -> None:
        self.asked: list[Paragraph] = []
        self._is_settled = is_settled

    def __call__(self, paragraph: Paragraph) -> tuple[tuple[Passage, ...], bool]:
        self.asked.append(paragraph)
        return narrate(paragraph, "en"), self._is_settled


def _said(
    cache: NarrationCache, paragraphs: Sequence[Paragraph], narrator: _Narrator, rules: str = RULES
) -> list[tuple[Paragraph, tuple[Passage, ...]]]:
    return list(cache.passages(paragraphs, rules, narrator))


def _plain(paragraphs: Iterable[Paragraph]) -> list[tuple[Paragraph, tuple[Passage, ...]]]:
    return [(paragraph, narrate(paragraph, "en")) for paragraph in paragraphs]


@pytest.fixture
def cache(tmp_path: Path) -> NarrationCache:
    return NarrationCache(SealedFolder(tmp_path / "narrated"))


def test_a_second_time_nothing_is_narrated_and_the_same_is_said(cache: NarrationCache) -> None:
    first, second = _Narrator(), _Narrator()
    assert _said(cache, BOOK, first) == _plain(BOOK) == _said(cache, BOOK, second)
    assert (len(first.asked), len(second.asked)) == (len(BOOK), 0)


@pytest.mark.slow
@pytest.mark.parametrize("at", [0, 44, 89])
def test_an_edit_has_few_paragraphs_narrated_again(cache: NarrationCache, at: int) -> None:
    _said(cache, BOOK, _Narrator())
    edited = (*BOOK[:at], Paragraph("A new one.", Kind.TEXT), *BOOK[at:])
    narrator = _Narrator()
    assert _said(cache, edited, narrator) == _plain(edited)
    assert 0 < len(narrator.asked) < len(BOOK) / 2


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=60), max_size=12), st.integers(0, 5000))
def test_any_text_is_said_as_without_a_store(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], pause_ms: int
) -> None:
    cache = NarrationCache(SealedFolder(tmp_path_factory.mktemp("narrated")))
    paragraphs = [
        Paragraph(text, Kind.TEXT, pauses=(Pause(len(text) // 2, pause_ms),) if "a" in text else ())
        for text in texts
    ]
    for _ in range(2):
        assert _said(cache, paragraphs, _Narrator()) == _plain(paragraphs)


def test_what_a_voice_was_asked_about_is_not_kept(cache: NarrationCache) -> None:
    _said(cache, BOOK, _Narrator(is_settled=False))
    narrator = _Narrator()
    _said(cache, BOOK, narrator)
    assert len(narrator.asked) == len(BOOK)


def test_reading_and_writing_can_be_turned_off(tmp_path: Path) -> None:
    folder = SealedFolder(tmp_path / "narrated")
    _said(NarrationCache(folder, writes=False), BOOK, _Narrator())
    assert not folder.folder.exists()
    _said(NarrationCache(folder), BOOK, _Narrator())
    narrator = _Narrator()
    _said(NarrationCache(folder, reads=False), BOOK, narrator)
    assert len(narrator.asked) == len(BOOK)


@pytest.mark.parametrize(
    "other",
    [
        ("fi", None, NO_SERIES, True),
        ("en", "5" * 64, NO_SERIES, True),
        ("en", None, Series({"part": frozenset("ABC")}), True),
        ("en", None, NO_SERIES, False),
    ],
)
def test_other_rules_have_other_narration(other: tuple[str, str | None, Series, bool]) -> None:
    assert rules_digest(*other[:3], is_shared=other[3]) != RULES


@pytest.mark.parametrize(
    "changed",
    [
        Paragraph("One.", Kind.HEADING),
        Paragraph("One.", Kind.TEXT, pauses=(Pause(2, 100),)),
        Paragraph("One.", Kind.TEXT, voice="Anna"),
        Paragraph("One.", Kind.TEXT, spoken=(SpokenPart(0, 4, Character(Role.DIALOGUE)),)),
        Paragraph("One.", Kind.TEXT, language="fi"),
    ],
)
def test_a_paragraph_that_differs_in_anything_is_narrated_again(
    cache: NarrationCache, changed: Paragraph
) -> None:
    _said(cache, [Paragraph("One.", Kind.TEXT)], _Narrator())
    narrator = _Narrator()
    _said(cache, [changed], narrator)
    assert narrator.asked == [changed]


@pytest.mark.parametrize(
    "forged",
    [
        b"\xc1",
        [],
        [[], []],
        [[("no tag", None, [("Two.", 0, 1)])]],
        [[("en", -1, [("Two.", 0, 1)])]],
        [[("en", None, [("One.", 0, 1)], ("nobody", ""))]],
        [[("en", None, [])]],
        [[("en", None, [("", 0, 1)])]],
        [[("en", None, [("Two.", 1, 2)])]],
        [[("en", None, [("Two.", -1, 0)])]],
        [[("en", None, [("Two.", 0, 0)])]],
        [[("en", None, [("Two.", b"1234", 1)])]],
        [[("en", None, [("Two.", bytes(16), bytes(16))])]],
        [[("en", None, [("Two.", bytes([3, 0, 0, 0] + [0] * 12), bytes([4, 0, 0, 0] * 4))])]],
    ],
)
def test_narration_that_cannot_be_of_this_paragraph_is_not_believed(
    cache: NarrationCache, forged: bytes | list[object]
) -> None:
    paragraph = Paragraph("One.", Kind.TEXT)
    _said(cache, [paragraph], _Narrator())
    assert cache.folder
    (path,) = cache.folder.folder.iterdir()
    cache.folder.put(path.name, forged if isinstance(forged, bytes) else msgspec.msgpack.encode(forged))
    assert _said(cache, [paragraph], _Narrator()) == _plain([paragraph])


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_build_after_an_edit_has_the_bytes_of_a_build_from_nothing(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    text = "\n\n".join(paragraph.text for paragraph in BOOK[:30])
    shelf.write("texts/en/book.txt", text)
    shelf.build("--engine", "tone")
    shelf.write("texts/en/book.txt", text.replace("Paragraph 7.", "Paragraph seven, changed."))
    shelf.build("--engine", "tone")
    after_edit = shelf.outputs()
    assert list((shelf.root / ".audiobook/narrated").iterdir())
    shelf.run("clean", "--unused")
    assert not list((shelf.root / ".audiobook/narrated").iterdir())
    shelf.build("--engine", "tone", "--force")
    assert shelf.outputs() == after_edit
