"""Drawn covers: the right size, the same in every build, different for each work, and readable."""

import subprocess
import sys
from functools import cache, lru_cache
from io import BytesIO
from itertools import pairwise

import pytest
from msgspec.structs import replace
from PIL import Image, ImageChops, ImageStat
from sampling import sampled
from titles import TITLES

from audiobook.cover.cover_text import CoverText
from audiobook.cover.drawing import LARGEST_BYTES, designed, drawn, palettes
from audiobook.cover.layout import PATTERN_PX, SIDE_PX, lay_out_words
from audiobook.cover.motifs import _PATTERNS, Chance, Disc, Field

DRAWN = ("en", "pl", "ru", "ar", "hi", "km", "zh", "ja")
"""Languages whose titles are drawn here; `test_lettering.py` has all."""
LONG = "It was the best of times and it was the worst of times, " * 4


@cache
def cover(
    title: str, language: str = "en", authors: tuple[str, ...] = ("Aino Ääni",), slug: str = "a"
) -> bytes:
    return drawn(CoverText(slug, title, authors, language))


@lru_cache(maxsize=256)
def small(
    title: str, language: str = "en", authors: tuple[str, ...] = ("Aino Ääni",), slug: str = "a"
) -> Image.Image:
    """Return a cover at the size of a list entry."""
    image = Image.open(BytesIO(cover(title, language, authors, slug)))
    image.draft("RGB", (375, 375))
    image.load()
    return image


def unlike(one: Image.Image, other: Image.Image) -> float:
    """Return how much two pictures differ: 0 not at all, 255 completely."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


@pytest.mark.slow
@pytest.mark.parametrize(
    ("title", "language"),
    sampled(
        [
            *((TITLES[language], language) for language in DRAWN),
            ("A", "en"),
            (LONG[:200], "en"),
            ("W" * 200, "en"),
            ("漢" * 200, "zh"),
            ("شمس " * 50, "ar"),
            ("ß", "de"),
            ("𒀀", "en"),
            ("…", "en"),
            ("1984", "en"),
        ],
        3,
    ),
)
def test_a_drawn_cover_is_a_square_jpeg_of_3000_pixels_and_at_most_500_kb(title: str, language: str) -> None:
    data = cover(title, language)
    image = Image.open(BytesIO(data))
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (SIDE_PX, SIDE_PX))
    assert image.info["dpi"] == (72, 72)
    assert len(data) <= LARGEST_BYTES


@pytest.mark.slow
def test_a_drawn_cover_is_the_same_in_every_process() -> None:
    script = (
        "import hashlib; from audiobook.cover.cover_text import CoverText; from audiobook.cover.drawing import drawn;"
        "print(hashlib.sha256(drawn(CoverText('a', 'Zażółć ألف क्ष', ('Aino Ääni',), 'pl'))).hexdigest())"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", script], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("0", "1")
    }
    assert len(made) == 1


@pytest.mark.slow
@pytest.mark.parametrize("change", ["title", "language", "authors", "slug"])
def test_another_work_has_a_cover_that_looks_different(change: str) -> None:
    before = CoverText("a", "One Title", ("Aino",), "en")
    others = {
        "title": CoverText("a", "One Title More", ("Aino",), "en"),
        "language": CoverText("a", "One Title", ("Aino",), "fi"),
        "authors": CoverText("a", "One Title", ("Eino",), "en"),
        "slug": CoverText("b", "One Title", ("Aino",), "en"),
    }
    one, other = (
        small(text.title, text.language, text.authors, text.slug) for text in (before, others[change])
    )
    assert unlike(one, other) > 4


@pytest.mark.slow
def test_works_of_one_writer_look_different_from_each_other() -> None:
    covers = [small(f"Essay Number {number}", slug=f"essay-{number}") for number in range(8)]
    assert all(unlike(one, other) > 3 for at, one in enumerate(covers) for other in covers[:at])


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour. Source: WCAG 2.2."""
    parts = (part / 255 for part in bytes.fromhex(colour[1:]))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_words_contrast_with_their_background() -> None:
    assert len(palettes()) >= 12
    for palette in palettes().values():
        for colour in (palette.title, palette.author):
            low, high = sorted((luminance(palette.ground), luminance(colour)))
            assert (high + 0.05) / (low + 0.05) >= 4.5, palette


def test_other_colours_leave_the_words_and_the_pattern() -> None:
    text = CoverText("a", "One Title", ("Aino",), "en")
    usual, sea = designed(text), designed(replace(text, palette="sea"))
    assert sea.palette == palettes()["sea"] != usual.palette
    assert [(one.x, one.top, one.size) for one in sea.words] == [
        (one.x, one.top, one.size) for one in usual.words
    ]
    assert [shape.top for shape in sea.shapes] == [shape.top for shape in usual.shapes]
    assert replace(text, palette="sea").identity != text.identity


@pytest.mark.slow
@pytest.mark.parametrize("below", [False, True])
@pytest.mark.parametrize(
    ("title", "language"),
    [*((title, language) for language, title in TITLES.items()), ("A", "en"), (LONG[:200], "en")],
)
def test_words_stay_within_the_margins_and_overlap_nothing(title: str, language: str, below: bool) -> None:
    placed = lay_out_words(title, ("Somebody Else", "Another Person"), language, below=below)
    assert [one.title for one in placed].count(True) >= 1
    top, bottom = (PATTERN_PX, SIDE_PX) if below else (0, SIDE_PX - PATTERN_PX)
    for one in placed:
        assert top + 100 <= one.top
        assert one.bottom <= bottom - 100
        assert one.x >= 240
        assert one.x + one.line.width_em * one.size <= SIDE_PX - 240
    for upper, lower in pairwise(placed):
        assert upper.bottom < lower.top


def test_a_title_in_a_right_to_left_script_is_aligned_right() -> None:
    assert {one.x for one in lay_out_words(TITLES["en"], ("A",), "en", below=False)} == {250}
    for one in lay_out_words(TITLES["he"], ("A",), "he", below=False):
        assert one.x + one.line.width_em * one.size == pytest.approx(SIDE_PX - 250)


def test_a_short_title_is_larger_than_a_long_one() -> None:
    short, long = (
        next(one.size for one in lay_out_words(title, (), "en", below=False) if one.title)
        for title in ("A", LONG[:200])
    )
    assert short > 4 * long


@pytest.mark.slow
@pytest.mark.parametrize("language", DRAWN)
def test_letters_are_drawn_on_the_picture(language: str) -> None:
    image = Image.open(BytesIO(cover(TITLES[language], language))).convert("L")
    lines = designed(CoverText("a", TITLES[language], ("Aino Ääni",), language)).words
    assert len(lines) >= 3
    for one in lines:
        box = (one.x, one.top, one.x + one.line.width_em * one.size, one.bottom)
        low, high = image.crop((int(box[0]), int(box[1]), int(box[2]), int(box[3]))).getextrema()
        assert isinstance(low, int | float)
        assert isinstance(high, int | float)
        assert high - low > 70, "ink and ground"


@pytest.mark.slow
def test_a_long_list_of_authors_ends_with_an_ellipsis() -> None:
    authors = tuple(f"Author Number {number} With A Long Name" for number in range(60))
    placed = lay_out_words("A Title", authors, "en", below=False)
    assert len([one for one in placed if not one.title]) <= 3


@pytest.mark.slow
@pytest.mark.parametrize("draw", _PATTERNS)
@pytest.mark.parametrize("top", [0, SIDE_PX - PATTERN_PX])
def test_a_pattern_stays_in_its_field_and_never_runs_out_of_numbers(draw: object, top: int) -> None:
    assert callable(draw)
    field = Field(SIDE_PX, top, top + PATTERN_PX, (0, 0, 0), (9, 9, 9), (5, 5, 5))
    for seed in range(60):
        shapes = list(draw(Chance(bytes([seed])), field))
        assert shapes
        for shape in shapes:
            if isinstance(shape, Disc) and shape.y in (0, SIDE_PX):
                continue  # around a point on the outer edge
            assert shape.top >= top - 1
            assert shape.bottom <= top + PATTERN_PX + 1
