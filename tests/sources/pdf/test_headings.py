"""Headings of a PDF are a series of short lines set in one way.

The title, contents and front pages are not headings.
"""

import pytest
from pages import CHARS, TOP, centred, chapters, page_of, paragraphs_of, piece, prose, texts

from audiobook.sources.pdf.extraction.pieces import PdfPage, Piece
from audiobook.sources.pdf.numerals import is_bare_number, roman_value
from audiobook.sources.pdf.structure.front_pages import front_pages
from audiobook.sources.pdf.structure.heading_lines import join_titles
from audiobook.sources.pdf.structure.headings import find_headings
from audiobook.sources.pdf.structure.paragraphs import PdfParagraph

NAMES = ("The Sun", "The Moon", "The Stars", "The Sea")
ROMAN = ("I", "II", "III", "IV")


def book(*openings: list[Piece]) -> list[PdfPage]:
    """Return a book with two pages for each chapter, which begins with the given lines."""
    return [
        page
        for at, opening in enumerate(openings)
        for page in (page_of(2 * at, *opening, top=TOP - 60), page_of(2 * at + 1))
    ]


def one(texts: list[str], size: float = 10, *, bold: bool = False, middle: bool = True) -> list[list[Piece]]:
    make = centred if middle else piece
    return [[make(text, TOP, size=size, bold=bold)] for text in texts]


@pytest.mark.parametrize(
    "openings",
    [
        one(list(NAMES), 16),
        one(list(NAMES), 13, middle=False),
        one(list(NAMES), bold=True),
        one(list(NAMES), bold=True, middle=False),
        one([name.upper() for name in NAMES]),
        one(list(ROMAN)),
        one([f"{number}" for number in range(1, 5)], middle=False),
        one([f"Capítulo {number}" for number in range(1, 5)]),
        one([f"{number}. fejezet" for number in range(1, 5)]),
        one([f"ROZDZIAŁ {number}" for number in ROMAN]),
        one([f"第{number}章" for number in "一二三四"], 14),
    ],
)
def test_a_series_set_in_one_way_is_the_chapters(openings: list[list[Piece]]) -> None:
    assert chapters(book(*openings)) == [lines[0].text for lines in openings]


@pytest.mark.parametrize(
    ("number", "sizes"),
    [("Chapter {}", (16, 14)), ("{}", (14, 18)), ("Kapitel {}", (10, 10)), ("{}.", (12, 10))],
)
def test_a_number_and_the_title_below_it_are_one_heading(number: str, sizes: tuple[float, float]) -> None:
    openings = [
        [centred(number.format(at), TOP, sizes[0]), centred(name, TOP - 25, sizes[1], bold=True)]
        for at, name in enumerate(NAMES, 1)
    ]
    sign = "" if number.endswith(".") else ":"
    assert chapters(book(*openings)) == [
        f"{number.format(at)}{sign} {name}" for at, name in enumerate(NAMES, 1)
    ]


@pytest.mark.parametrize(
    ("lines", "heading"),
    [
        (["{word}", "{name}"], "{word}: {name}"),
        (["CHAPTER {word}", "{name}"], "CHAPTER {word}: {name}"),
        (["Osasto {letter}", "{name}"], "Osasto {letter}: {name}"),
        (["Of {name} and of a House at the End", "of a Lane and of Its", "Windows"], None),
    ],
)
def test_lines_of_a_heading_set_in_one_style_are_one_chapter(lines: list[str], heading: str | None) -> None:
    openings, wanted = [], []
    for at, name in enumerate(NAMES):
        words = {"word": ("One", "Two", "Three", "Four")[at], "name": name, "at": at, "letter": "ABCD"[at]}
        shown = [line.format(**words) for line in lines]
        openings.append([centred(line, TOP + 30 - 15 * k, 13, bold=True) for k, line in enumerate(shown)])
        wanted.append(heading.format(**words) if heading else " ".join(shown))
    assert chapters(book(*openings)) == wanted


def test_a_word_before_every_title_counts_the_chapters_in_any_language() -> None:
    openings = [
        [centred(f"Caibidil {number}", TOP, 16), centred(name, TOP - 19, 16)]
        for number, name in zip(("Aon", "Dó", "Trí", "Ceathair"), NAMES, strict=True)
    ]
    assert chapters(book(*openings))[0] == "Caibidil Aon: The Sun"


def test_spelled_numbers_alone_are_a_series() -> None:
    openings = one(["One", "Two", "Three", "Four"])
    assert chapters(book(*openings)) == ["One", "Two", "Three", "Four"]


def test_large_headings_count_in_a_document_with_little_text() -> None:
    page = PdfPage(
        [
            piece("The Quiet House", 500, size=24),
            piece("How it stood", 460, size=16),
            piece("At the end of the lane.", 440),
            piece("How it was sold", 410, size=16),
            piece("For the price of a key.", 390),
            piece("Nobody came.", 360),
        ]
    )
    assert chapters([page]) == ["How it stood", "How it was sold"]


def test_items_of_a_list_in_large_type_are_not_headings() -> None:
    openings = [[centred(name, TOP + 20, 16), piece("• Bring a lamp", TOP - 10, size=13)] for name in NAMES]
    assert chapters(book(*openings)) == list(NAMES)


def test_a_title_page_has_the_title_even_if_chapters_are_as_large() -> None:
    lines = [("On Houses", 400, 16), ("A Thesis", 350, 12), ("Ann Writer", 300, 12), ("Penwick", 60, 12)]
    pages = [PdfPage([centred(*line) for line in lines]), *book(*one(list(NAMES), 16))]
    paragraphs, headings, _ = paragraphs_of(pages)
    assert paragraphs[headings.title.start].text == "On Houses"
    assert chapters(pages) == list(NAMES)


def test_captions_are_not_headings() -> None:
    openings = [[centred(name, TOP, 16), piece(f"Fig. {len(name)}", TOP - 30, size=12)] for name in NAMES]
    assert chapters(book(*openings)) == list(NAMES)


def pages_with(*middles: list[Piece]) -> list[PdfPage]:
    """Return pages of prose with more lines in the middle."""
    return [
        PdfPage([*page_of(at, paragraphs=3).pieces, *middle, *prose(at, 8, top=330)])
        for at, middle in enumerate(middles)
    ]


CAPTIONS = (
    "Fig. S{}; Figure A.{}: The road; Table 1.{}; Kuvio {}.; Taulukko {} Hinnat; Tabella {}; Rys. {}; Slika {}; "
    "{}. attēls; {}. táblázat; Gambar {}; 図{}; 그림 {}"
)


def test_captions_in_any_language_are_not_headings() -> None:
    kinds = [[caption.format(at) for at in range(1, 5)] for caption in CAPTIONS.split("; ")]
    kinds.append([f"Table {number}" for number in ROMAN])
    wrong = [
        kind for kind in kinds if chapters(pages_with(*([centred(text, 380, bold=True)] for text in kind)))
    ]
    assert not wrong


def test_labels_of_figures_are_not_headings() -> None:
    labels = ("5 DE", "40 FI", "20 LV", "15 PL")
    assert chapters(pages_with(*([piece(label, 380, size=4)] for label in labels))) == []


def test_heads_of_the_columns_of_a_table_are_not_headings() -> None:
    def column(head: str, cells: str, y: float) -> list[PdfParagraph]:
        return [PdfParagraph(head, 10, 0, 0, bold=True, y=y), PdfParagraph(cells, 10, 0, 0, 5, y=y - 12)]

    prose_above = PdfParagraph("The table shows the countries of the union. " * 20, 10, 0, 0, 12, y=500)
    table = [*column("Country", "Austria Belgium", 400), *column("Capital", "Vienna Brussels", 400)]
    assert find_headings([prose_above, *table], 10, []).levels == {}
    sections = [*column("Country", "It is large.", 400), *column("Capital", "It is small.", 200)]
    assert find_headings([prose_above, *sections], 10, []).levels == {1: 1, 3: 1}


def test_bold_questions_are_headings() -> None:
    openings = one(["Who sold it?", "Where is the key?", "Why now?"], bold=True, middle=False)
    assert chapters(book(*openings)) == ["Who sold it?", "Where is the key?", "Why now?"]


def test_authors_and_epigraphs_in_large_type_are_not_headings() -> None:
    pages = book(
        *(
            [centred(name, TOP, 18, bold=True), piece("No house was ever quiet.", TOP - 25, 200, 13)]
            for name in NAMES
        )
    )
    assert chapters(pages) == list(NAMES)
    first = page_of(0, centred("On Houses", TOP + 40, 20), centred("Ann Writer and Bob Reader", TOP + 15, 12))
    assert chapters([first, *book(*one(list(NAMES), 12, bold=True))]) == list(NAMES)


def test_parts_are_above_their_chapters() -> None:
    pages = book(*one([f"Chapter {number}" for number in (1, 2, 1, 2)], 14))
    for at, name in ((4, "PART TWO"), (0, "PART ONE")):
        pages.insert(at, PdfPage([centred(name, 400, 20)]))
    assert chapters(pages) == ["PART ONE", " Chapter 1", " Chapter 2", "PART TWO", " Chapter 1", " Chapter 2"]


TITLE_PAGE = PdfPage(
    [
        centred("THE LONG", 440, 26),
        centred("ROAD", 400, 26),
        centred("A Novel", 350, 14),
        centred("To my mother, who walked it.", 300),
        centred("Penwick Press", 60),
    ]
)
IMPRINT = PdfPage(
    [piece("Copyright © 2020 Ann Other. All rights reserved.", 300), piece("ISBN 978-0-00-000000-2", 280)]
)


def test_the_largest_words_of_the_first_pages_are_the_title_and_not_a_chapter() -> None:
    pages = [TITLE_PAGE, IMPRINT, *book(*one(list(NAMES), 14))]
    paragraphs, headings, _ = paragraphs_of(pages)
    assert [paragraphs[at].text for at in headings.title] == ["THE LONG ROAD"]
    assert chapters(pages) == list(NAMES)
    left_out = {
        paragraphs[at].text: reason for at, reason in front_pages(paragraphs, headings, set()).items()
    }
    assert left_out.keys() >= {"A Novel", "Penwick Press"}
    assert "To my mother, who walked it." not in left_out
    assert sorted(set(left_out.values())) == ["imprint", "titlepage"]
    assert set(front_pages(paragraphs, headings, {"titlepage"}).values()) == {"imprint"}


def test_a_title_as_large_as_the_chapters_is_still_the_title() -> None:
    numbered = one([f"Chapter {number}" for number in range(1, 5)], 16)
    pages = [PdfPage([centred("THE LONG ROAD", 400, 16)]), *book(*numbered)]
    paragraphs, headings, _ = paragraphs_of(pages)
    assert [paragraphs[at].text for at in headings.title] == ["THE LONG ROAD"]
    assert len(chapters(pages)) == 4


def test_the_first_chapter_is_not_the_title() -> None:
    assert chapters(book(*one([f"Chapter {number}" for number in range(1, 5)], 16)))[0] == "Chapter 1"


def contents(lines: list[str], first: int = 0, heading: str = "Contents") -> PdfPage:
    head = [piece(heading, TOP, size=16)] if heading else []
    return PdfPage([*head, *(piece(line, TOP - 30 - 14 * at) for at, line in enumerate(lines, first))])


def dotted(title: str, page: str) -> str:
    return f"{title} {'.' * (CHARS - len(title) - len(page) - 2)} {page}"


ENTRIES = [(f"{at} {name}", str(5 + 9 * at)) for at, name in enumerate(NAMES, 1)]
FRONT = [("Preface", "vii"), ("A Note on the Text", "xi")]


@pytest.mark.slow
@pytest.mark.parametrize(
    "pages",
    [
        [contents([dotted(*entry) for entry in ENTRIES])],
        [contents([dotted(*entry) for entry in (*FRONT, *ENTRIES)])],
        [
            contents(
                [f"{title} . . . . . . . . {page}" for title, page in ENTRIES], heading="Table of Contents"
            )
        ],
        [contents([f"{title} …… {page}" for title, page in ENTRIES], heading="Contents")],
        [contents([f"{title}    {page}" for title, page in ENTRIES])],
        [contents([f"{title}    {page}" for title, page in ENTRIES], heading="")],
        [contents(["A long title that goes on", *[dotted(*entry) for entry in ENTRIES]])],
        [
            contents([dotted(*entry) for entry in (*FRONT, *ENTRIES[:2])]),
            contents([dotted(*entry) for entry in ENTRIES[2:]], heading=""),
        ],
    ],
)
def test_the_contents_are_left_out_with_dots_or_without(pages: list[PdfPage]) -> None:
    openings = one([title for title, _ in ENTRIES], 14)
    all_pages = [*pages, *book(*openings)]
    assert chapters(all_pages) == [title for title, _ in ENTRIES]
    assert not any(word in " ".join(texts(all_pages)) for word in ("Contents", "..", "…", "Preface"))


def test_lists_of_figures_are_left_out_too() -> None:
    figures = [dotted(f"Figure {at}. A house", str(7 + at)) for at in range(4)]
    pages = [
        contents([dotted(*entry) for entry in ENTRIES]),
        contents(figures, heading="List of Figures"),
        *book(*one([title for title, _ in ENTRIES], 14)),
    ]
    assert chapters(pages) == [title for title, _ in ENTRIES]


def test_what_is_torn_from_its_entry_is_left_out_with_the_contents() -> None:
    names = [f"{at} {name}" for at, name in enumerate(("One", "Two", "Three", "Four", "Five", "Six"), 1)]
    entries = [dotted(name, str(5 + 9 * at)) for at, name in enumerate(names)]
    torn = [
        *entries[:3],
        "2.1",
        "2.2",
        "3 Torn title",
        "4",
        "5",
        entries[4],
        entries[3],
        entries[5],
        *entries[5:],
    ]
    pages = [contents(torn), *book(*one(names, 14))]
    assert "Torn" not in " ".join(texts(pages))
    assert chapters(pages) == names


def test_prices_after_dots_are_not_contents() -> None:
    prices = [
        dotted(f"A cup of {word}", price) for word, price in (("tea", "4"), ("coffee", "3"), ("milk", "5"))
    ]
    assert "coffee" in " ".join(texts([contents(prices, heading="Drinks")]))


def test_lines_of_figures_are_not_contents() -> None:
    pages = [
        page_of(
            0,
            *(
                piece(f"in the year of {year} they were {count}", 200 - 14 * at)
                for at, (year, count) in enumerate(((1990, 40), (1991, 30), (1992, 55), (1993, 20)))
            ),
            paragraphs=5,
        )
    ]
    assert "1992" in " ".join(texts(pages))


def test_contents_confirm_headings_that_nothing_else_shows() -> None:
    openings = one(list(NAMES), middle=False)
    pages = [contents([dotted(name, str(5 + at)) for at, name in enumerate(NAMES)]), *book(*openings)]
    assert chapters(pages) == list(NAMES)


def test_bold_lines_below_chapters_are_headings_that_start_no_chapter() -> None:
    openings = [[centred(name, TOP, 16), piece("On things", TOP - 35, bold=True)] for name in NAMES]
    paragraphs, headings, _ = paragraphs_of(book(*openings))
    assert [paragraphs[at].text for at, level in headings.levels.items() if not level] == ["On things"] * 4


@pytest.mark.parametrize(
    "text",
    [
        "Chapter 1",
        "12",
        "IV.",
        "Kapitel 3",
        "CHAPTER TWO",
        "3. kapitola",
        "第十二章",
        "ΚΕΦΑΛΑΙΟ IV",
        "Twenty-One",
        "Appendix A",
    ],
)
def test_bare_numbers(text: str) -> None:
    assert is_bare_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "Chapter 1: The Sun",
        "The Sun",
        "Mix",
        "It was in 1990 that",
        "civil",
        "1. Introduction",
        "3 Utilities",
        "",
    ],
)
def test_titles_are_not_bare_numbers(text: str) -> None:
    assert not is_bare_number(text)


def test_roman_numerals_have_values() -> None:
    assert [roman_value(text) for text in ("i", "IV", "xlix", "MCMXC", "iiii", "vx", "İV", "ı", "")] == [
        1,
        4,
        49,
        1990,
        None,
        None,
        None,
        None,
        None,
    ]


def test_titles_are_joined_only_to_numbers() -> None:
    paragraphs, headings, _ = paragraphs_of(
        book(*([centred(name, TOP, 16), centred("A line", TOP - 25, 13)] for name in NAMES))
    )
    assert [paragraphs[at].text for at in headings.levels][:2] == ["The Sun", "A line"]
    assert join_titles([PdfParagraph("1", 10, 0, 0)], headings)[2] == 0
