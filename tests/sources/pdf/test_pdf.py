"""PDF: reading order, paragraphs, running heads, hyphens and chapters; and invalid files."""

import random
import subprocess
import sys
import zlib

import pytest
from growth import assert_linear
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pdf_files import HEIGHT, Entry, Text, flow, pdf

from audiobook.child import Limits, read_in_child
from audiobook.document import Kind, Paragraph, Work, count_chars
from audiobook.errors import SourceError
from audiobook.sources.base import Source, reader_for
from audiobook.sources.pdf.extraction.text import read_document
from audiobook.sources.pdf.reader import PdfReader, arrange_work

FIRST = [
    "  The first paragraph has a line that is hyphen-",
    "ated, and goes on for one more well-",
    "known line, before it ends.",
]
SECOND = ["  The second paragraph of it is well-known, and it", "begins with an indent too."]
LEFT = [
    "Left column line one goes",
    "on and on and on until it",
    "ends here at the bottom of",
    "it, then we go to the",
]
RIGHT = [
    "right column where it is",
    "all continued until it has",
    "been read to its very end",
    "and then it is over now.",
]


def source(data: bytes) -> Source:
    return Source(data, "texts/en/a.pdf", "a", "en", "Fallback title")


def read(data: bytes) -> Work:
    """Read a valid file in this process, which is faster."""
    return arrange_work(read_document(data), source(data))


def paragraphs(work: Work) -> list[Paragraph]:
    return [paragraph for chapter in work.chapters for paragraph in chapter.paragraphs]


def texts(work: Work) -> list[str]:
    return [paragraph.text for paragraph in paragraphs(work)]


def contents(work: Work) -> list[tuple[str, int]]:
    return [(chapter.title, chapter.level) for chapter in work.chapters]


def refused(data: bytes, limits: Limits | None = None) -> SourceError:
    with pytest.raises(SourceError) as caught:
        (PdfReader(limits) if limits else PdfReader()).read(source(data))
    assert caught.value.where == "texts/en/a.pdf"
    return caught.value


def test_a_pdf_is_recognised_by_its_extension() -> None:
    assert isinstance(reader_for("a.PDF"), PdfReader)


def test_indents_start_paragraphs_and_hyphens_at_line_ends_are_removed() -> None:
    work = read(pdf([flow([*FIRST, *SECOND])]))
    assert texts(work) == [
        "The first paragraph has a line that is hyphenated, and goes on for one more well-known line, before it ends.",
        "The second paragraph of it is well-known, and it begins with an indent too.",
    ]
    assert work.skipped_chars == {"hyphens": 1}
    assert work.source_chars == sum(map(count_chars, texts(work))) + 1


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["a day of Jean-", "Paul and all"], "a day of Jean-Paul and all"),
        (["the years 1914-", "1918 were long"], "the years 1914-1918 were long"),
        (["a line -", "and a dash"], "a line - and a dash"),
        (["it ends with a hy-"], "it ends with a hy-"),
        (["mid-day, and then mid-", "day again"], "mid-day, and then mid-day again"),
    ],
)
def test_other_hyphens_are_kept(lines: list[str], text: str) -> None:
    assert texts(read(pdf([flow(lines)]))) == [text]


def test_gaps_start_paragraphs() -> None:
    work = read(
        pdf([flow(["one two three", "four five six", "", "seven eight nine", "ten eleven", "", "twelve"])])
    )
    assert texts(work) == ["one two three four five six", "seven eight nine ten eleven", "twelve"]


def test_a_line_that_ends_early_with_its_sentence_ends_its_paragraph() -> None:
    work = read(
        pdf(
            [
                flow(
                    [
                        "This is a long line that reaches the end",
                        "of it.",
                        "And this is one that does so too, very far",
                        "off.",
                    ]
                )
            ]
        )
    )
    assert texts(work) == [
        "This is a long line that reaches the end of it.",
        "And this is one that does so too, very far off.",
    ]


def test_each_line_of_a_conversation_is_a_paragraph_though_most_are_indented() -> None:
    lines = [
        "  It was a day of rain and nobody came to us.",
        "  — Who is there?",
        "  — Nobody, said the man, who had come from a",
        "long way off.",
        "  — Then go.",
        "  He went off into the rain and was not seen",
        "there again.",
    ]
    work = read(pdf([flow(lines)]))
    assert [text.split()[1] for text in texts(work)] == ["was", "Who", "Nobody,", "Then", "went"]


def test_a_paragraph_continues_over_pages_and_knows_where_it_started() -> None:
    work = read(
        pdf(
            [
                flow(["  It begins on the first page and then goes on"]),
                flow(["on the second one.", "  Then comes another."]),
            ]
        )
    )
    assert [(each.text, each.place, each.lines) for each in paragraphs(work)] == [
        ("It begins on the first page and then goes on on the second one.", "#1", ()),
        ("Then comes another.", "#2", ()),
    ]
    assert paragraphs(work)[1].where(work.name) == "texts/en/a.pdf#2"


def headed(number: int, body: list[Text]) -> list[Text]:
    head = "The River House" if number % 2 else f"Chapter {number // 3}"
    return [Text(150, 570, head, 8), *body, Text(200, 30, f"- {number} -", 8)]


def test_running_heads_and_page_numbers_are_skipped() -> None:
    words = ["one", "two", "three", "four", "five", "six", "seven", "eight"]
    bodies = [[f"  The page {word} begins with an indent,", f"and {word} goes", "on."] for word in words]
    work = read(pdf([headed(number, flow(body)) for number, body in enumerate(bodies, 1)]))
    assert texts(work) == [f"The page {word} begins with an indent, and {word} goes on." for word in words]
    heads = 4 * len("TheRiverHouse") + 4 * len("Chapter1")
    assert work.skipped_chars == {"page numbers": 8 * 3, "running heads": heads}


def test_lines_that_repeat_within_the_text_are_text() -> None:
    work = read(pdf([headed(number, flow([*FIRST, *SECOND] * 3)) for number in range(1, 9)]))
    assert len(texts(work)) == 8 * 6


def test_roman_page_numbers_are_skipped() -> None:
    pages = [
        [*flow([f"  Words {'y' * 4 * at} here."]), Text(200, 30, numeral)]
        for at, numeral in enumerate(("i", "ii", "iii", "iv"))
    ]
    assert read(pdf(pages)).skipped_chars == {"page numbers": 8}


def test_a_line_that_appears_once_at_the_top_is_text() -> None:
    work = read(
        pdf(
            [
                [Text(50, 570, f"Top {word}."), *flow([f"And {word} more."])]
                for word in ("one", "two", "three", "four")
            ]
        )
    )
    assert work.skipped_chars == {}


def test_columns_are_read_one_after_the_other() -> None:
    left, right = flow(LEFT, x=40), flow(RIGHT, x=220)
    by_rows = [text for row in zip(left, right, strict=True) for text in row]
    for page in ([*left, *right], by_rows):
        assert texts(read(pdf([page]))) == [" ".join([*LEFT, *RIGHT])]


def test_a_wide_line_comes_before_its_columns() -> None:
    wide = Text(40, 570, "A line that is as wide as both of the columns")
    work = read(pdf([[wide, *flow(LEFT, x=40), *flow(RIGHT, x=220)]]))
    assert texts(work) == [wide.text, " ".join([*LEFT, *RIGHT])]


BESIDE = ["nce upon a time there was one", "king, who lived in a castle"]
BELOW = [
    "that stood on a hill above the town where",
    "everybody who worked for him lived, and he",
    "was happy there.",
]


def initial(letter: str, rest: str, y: float, size: float, x: float = 66, second: float = 66) -> list[Text]:
    lines = [Text(x, 540, rest), Text(second, 528, BESIDE[1]), *flow(BELOW, top=516)]
    return [Text(50, y, letter, size), *lines]


@pytest.mark.parametrize(("y", "size"), [(528, 24), (524, 30), (532, 20), (540, 24)])
def test_a_drop_cap_is_joined_to_its_word_at_any_height(y: float, size: float) -> None:
    below = 50 if y == 540 else 66  # a raised letter has no second line next to it
    work = read(pdf([initial("O", BESIDE[0], y, size, 50 + 0.6 * size + 2, below)]))
    assert texts(work) == [" ".join(["O" + BESIDE[0], BESIDE[1], *BELOW])]
    assert paragraphs(work)[0].kind is Kind.TEXT
    assert work.skipped_chars == {}


def test_a_drop_cap_that_is_a_word_stays_separate() -> None:
    alone = read(pdf([initial("A", "castle stood upon a hill once", 528, 24)]))
    assert texts(alone)[0].startswith("A castle stood")
    part = read(pdf([initial("A", "lice lived in that castle now", 528, 24)]))
    assert texts(part)[0].startswith("Alice lived")


def test_a_large_letter_above_the_text_is_not_joined_to_it() -> None:
    work = read(pdf([[Text(50, 560, "A", 24), *flow([BESIDE[1], *BELOW], top=528)]]))
    assert texts(work)[-1].startswith(BESIDE[1])


def raised(before: str, mark: str, after: str = "", rise: float = 3.5) -> list[Text]:
    """Return a line with a superscript mark in it; letters of 10 points are 6 points wide."""
    at = 50 + 6 * len(before)
    return [
        Text(50, 540, before),
        Text(at, 540 + rise, mark, 6),
        Text(at + 3.6 * len(mark), 540, after or " "),
        Text(50, 528, "and it went on."),
    ]


@pytest.mark.parametrize(
    ("before", "mark", "after", "said"),
    [
        ("The king was old.", "12", "", "The king was old."),
        ("He had a castle", "3", " on a hill", "He had a castle on a hill"),
        ("He had a castle", "3", ", and more", "He had a castle, and more"),
        ("It was in 1990.", "7", "", "It was in 1990."),
        ('"He said so."', "101", "", '"He said so."'),
    ],
)
def test_superscript_numbers_after_words_are_note_marks(
    before: str, mark: str, after: str, said: str
) -> None:
    work = read(pdf([raised(before, mark, after)]))
    assert texts(work) == [f"{said} and it went on."]
    assert work.skipped_chars == {"noterefs": len(mark)}
    assert work.source_chars == count_chars(texts(work)[0]) + len(mark)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "mark", "after", "said"),
    [
        ("The area is 30 m", "2", " of it", "The area is 30 m² of it"),
        ("It has 30 km", "2", ".", "It has 30 km²."),
        ("There are 10", "3", " of them", "There are 10³ of them"),
        ("So E=mc", "2", " of it", "So E=mc² of it"),
        ("With (a+bar)", "2", " of it", "With (a+bar)² of it"),
        ("The sum of AB", "2", " is it", "The sum of AB² is it"),
        ("In the 21", "st", " century", "In the 21st century"),
        ("Each point has", "2x", "", "Each point has2x"),
        ("Of calcium Ca", "2+", " ions", "Of calcium Ca²⁺ ions"),
    ],
)
def test_exponents_and_ordinals_are_kept(before: str, mark: str, after: str, said: str) -> None:
    work = read(pdf([raised(before, mark, after)]))
    assert texts(work) == [f"{said} and it went on."]
    assert work.skipped_chars == {}


def test_a_small_number_that_is_not_superscript_is_kept() -> None:
    work = read(pdf([raised("He had a castle", "3", " on a hill", rise=0)]))
    assert texts(work) == ["He had a castle3 on a hill and it went on."]


def test_note_marks_are_read_if_narrated() -> None:
    data = pdf([raised("The king was old.", "12", " He slept")])
    work = PdfReader().read(Source(data, "a.pdf", "a", "en", "A", narrate=frozenset({"noterefs"})))
    assert texts(work) == ["The king was old. 12 He slept and it went on."]
    assert work.skipped_chars == {}


def test_larger_letters_are_headings_and_the_only_largest_one_is_the_title() -> None:
    work = read(
        pdf(
            [
                [
                    Text(50, 560, "The River House", 24),
                    Text(50, 500, "One", 16),
                    *flow([*FIRST, *SECOND], top=460),
                ],
                [Text(50, 560, "Two", 16), *flow([*SECOND, *FIRST], top=500)],
            ]
        )
    )
    assert work.title == "The River House"
    assert contents(work) == [("One", 1), ("Two", 1)] or contents(work) == [
        ("The River House", 1),
        ("One", 1),
        ("Two", 1),
    ]
    assert [each.kind for each in paragraphs(work)] == [
        Kind.TITLE, Kind.HEADING, Kind.TEXT, Kind.TEXT, Kind.HEADING, Kind.TEXT, Kind.TEXT
    ]  # fmt: skip


def test_outline_entries_start_chapters() -> None:
    pages = [
        [Text(50, 560, f"{name}.", 10), *flow([*FIRST, *SECOND], top=500)] for name in ("Beginning", "End")
    ]
    work = read(pdf(pages, outline=[Entry("Beginning", 0), Entry("End", 1)]))
    assert contents(work) == [("Beginning.", 1), ("End.", 1)]
    assert [each.kind for each in paragraphs(work)].count(Kind.HEADING) == 2


def test_the_title_of_an_entry_missing_from_its_page_is_inserted() -> None:
    work = read(pdf([flow(FIRST), flow(SECOND)], outline=[Entry("Front", 0), Entry("Back", 1)]))
    assert contents(work) == [("Front", 1), ("Back", 1)]
    assert work.source_chars == sum(map(count_chars, texts(work))) + sum(work.skipped_chars.values())


def test_title_and_authors_come_from_the_metadata() -> None:
    work = read(pdf([flow(FIRST)], {"Title": "Ääni ja žurnāls", "Author": "Ada Marlow; B. Quill"}))
    assert (work.title, work.metadata.authors) == ("Ääni ja žurnāls", ("Ada Marlow", "B. Quill"))


@pytest.mark.parametrize("half", ["DC00", "D800"])
def test_a_title_author_or_outline_entry_with_half_a_character_is_left_out(half: str) -> None:
    whole = pdf([flow(["It rained."])], {"Title": "XYZ", "Author": "XYZ"}, [Entry("XYZ", 0)])
    damaged = whole.replace(b"<FEFF00580059005A>", f"<FEFF{half}0059005A>".encode())
    found = read_document(damaged)
    assert (found.title, found.author, [entry.title for entry in found.outline]) == ("", "", [""])
    assert [piece.text for page in found.pages for piece in page.pieces] == ["It rained."]


def test_an_author_set_by_a_program_is_ignored() -> None:
    assert read(pdf([flow(FIRST)], {"Author": "anonymous; Ada Marlow"})).metadata.authors == ("Ada Marlow",)


@pytest.mark.parametrize(
    "title",
    [
        "PowerPoint Presentation",
        "x.html",
        "Document1",
        "Microsoft Word - house.doc",
        "untitled",
        "house.indd",
        "house-2.PDF",
        "",
    ],
)
def test_a_title_set_by_a_program_is_ignored(title: str) -> None:
    work = read(
        pdf([[Text(50, 560, "The River House", 24), *flow([*FIRST, *SECOND], top=460)]], {"Title": title})
    )
    assert work.title == "The River House"


def test_chapter_lines_are_headings_if_all_text_has_one_size() -> None:
    lines = ["CHAPTER I", "", *FIRST, "", "CHAPTER II", "", *SECOND]
    assert contents(read(pdf([flow(lines)]))) == [("CHAPTER I", 1), ("CHAPTER II", 1)]


def test_a_pdf_without_text_needs_ocr() -> None:
    error = refused(pdf([[], []]))
    assert "needs OCR" in error.message
    assert error.hint


def test_runs_of_pages_that_are_pictures_are_one_problem_each() -> None:
    pages = [flow(FIRST) if at in (0, 4) else [Text(1, 1, "@" * 9)] for at in range(6)]
    data = read_document(pdf(pages))
    for page in data.pages:
        page.has_pictures = page.pieces[0].text.startswith("@")
        page.pieces = [] if page.has_pictures else page.pieces
    work = arrange_work(data, source(b""))
    assert [problem.where for problem in work.problems] == ["texts/en/a.pdf#2", "texts/en/a.pdf#6"]
    assert "pages 2 to 4" in work.problems[0].message
    assert "ocrmypdf" in work.problems[0].message


def test_the_outline_entry_of_a_list_that_is_left_out_starts_no_chapter() -> None:
    toc = [Text(50, 540, "Contents", 16), *flow(["One .......... 2", "Two .......... 3"], top=500)]
    pages = [toc, [Text(50, 570, "One", 16), *flow(FIRST)], [Text(50, 570, "Two", 16), *flow(SECOND)]]
    work = read(pdf(pages, outline=[Entry("Contents", 0), Entry("One", 1), Entry("Two", 2)]))
    assert contents(work) == [("One", 1), ("Two", 1)]


def test_outlines_that_disagree_with_the_pages_are_ignored() -> None:
    pages = [
        [Text(50, 560, f"{name} Thing", 16), *flow([*FIRST, *SECOND], top=500)]
        for name in ("Red", "Green", "Blue")
    ]
    wanted = [("Red Thing", 1), ("Green Thing", 1), ("Blue Thing", 1)]
    wrong = [
        [Entry("Cover", 0), Entry("Text", 1), Entry("Back", 2)],
        [Entry("Page 1", 0), Entry("Page 2", 1), Entry("Page 3", 2)],
        [Entry("Red Thing", 0)],
    ]
    for outline in wrong:
        assert contents(read(pdf(pages, outline=outline))) == wanted, outline
    right = [Entry("Red Thing", 0), Entry("Blue Thing", 2)]
    assert contents(read(pdf(pages, outline=right))) == [wanted[0], wanted[2]]


def test_an_encrypted_pdf_is_rejected() -> None:
    key = (
        "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <"
        + "41" * 32
        + "> /U <"
        + "42" * 32
        + "> >> /ID [<00> <00>]"
    )
    assert refused(pdf([flow(FIRST)], extra=key)).message == "is encrypted"


@pytest.mark.slow
@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"no pdf", b"\0" * 1000, pdf([flow(FIRST)])[:200]])
def test_a_file_that_is_not_a_pdf_is_rejected(data: bytes) -> None:
    assert refused(data).message == "is not a readable PDF file"


def test_a_huge_page_is_read_like_any_other_in_a_child_process() -> None:
    data = pdf([flow(FIRST)]).replace(b"[0 0 400 600]", b"[0 0 4e9 6e9]")
    assert texts(PdfReader().read(source(data))) == texts(read(pdf([flow(FIRST)])))


def bomb(size: int) -> bytes:
    """Return a PDF whose page has a content stream of spaces that is far longer when unpacked."""
    packed = zlib.compress(b" " * size, 9)
    plain = pdf([[Text(1, 1, "@" * len(packed))]])
    start = plain.rindex(b"stream\n", 0, plain.index(b"@@@")) + 7
    end = plain.index(b"\nendstream", start)
    head, tail = plain[:start], plain[end:]
    return (
        head.replace(
            b"<< /Length %d >>" % (end - start), b"<< /Filter /FlateDecode /Length %d >>" % len(packed)
        )
        + packed
        + tail
    )


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_page_that_unpacks_to_too_much_is_rejected() -> None:
    error = refused(bomb(350 << 20), Limits(memory_bytes=300 << 20))
    assert "memory" in error.message


@pytest.mark.slow
def test_a_pdf_that_takes_too_long_is_stopped() -> None:
    lines = flow(["aaa bbb ccc ddd eee fff ggg hhh"] * 45)
    error = refused(pdf([lines] * 2000), Limits(time_s=1))
    assert "1 s" in error.message or "time" in error.message


def test_a_crash_of_the_child_is_our_error() -> None:
    with pytest.raises(SourceError):
        read_in_child("no.such.module", b"", "a", Limits())


def test_the_child_imports_nothing_from_its_working_folder(tmp_path: object) -> None:
    code = "import sys; from audiobook.child import *; sys.stdout.buffer.write(read_in_child('audiobook.sources.pdf.extraction.text', b'', 'a', Limits()))"
    with open(f"{tmp_path}/msgspec.py", "w") as stream:
        stream.write("raise SystemExit('taken')")
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=str(tmp_path), capture_output=True, check=False
    )
    assert b"damaged" in done.stdout, done.stderr


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_long_book_is_laid_out_in_linear_time() -> None:
    def book(pages: int) -> bytes:
        return pdf([headed(number, flow([*FIRST, *SECOND] * 8)) for number in range(pages)])

    assert_linear(read, book, 20)
    work = read(book(20))
    assert work.source_chars == sum(map(count_chars, texts(work))) + sum(work.skipped_chars.values())


VALID = pdf(
    [headed(1, flow(FIRST)), headed(2, flow(SECOND))], {"Title": "A"}, [Entry("One", 0), Entry("Two", 1)]
)


@pytest.mark.exhaustive
@pytest.mark.slow
@given(seed=st.integers(0, 10_000), edits=st.integers(1, 12))
@hypothesis_settings(max_examples=12)
def test_a_damaged_pdf_gives_a_work_or_our_error(seed: int, edits: int) -> None:
    rnd = random.Random(seed)
    data = bytearray(VALID)
    for _ in range(edits):
        at = rnd.randrange(len(data))
        match rnd.randrange(3):
            case 0:
                data[at] = rnd.randrange(256)
            case 1:
                del data[at : at + rnd.randrange(1, 40)]
            case _:
                data[at:at] = rnd.randbytes(rnd.randrange(1, 8))
    try:
        work = PdfReader().read(source(bytes(data)))
    except SourceError:
        return
    assert work.source_chars == sum(map(count_chars, texts(work))) + sum(work.skipped_chars.values())


coordinates = st.floats(-50, HEIGHT + 50)


@pytest.mark.slow
@given(
    st.lists(
        st.lists(
            st.builds(
                Text,
                coordinates,
                coordinates,
                st.sampled_from(["a", "Word.", "hy-", "12", "ABC (1)", "-", "."]),
                st.floats(0.5, 40),
                st.sampled_from(["F1", "F2", "F3"]),
                st.integers(0, 3),
            ),
            max_size=12,
        ),
        min_size=1,
        max_size=5,
    )
)
@hypothesis_settings(max_examples=12)
def test_every_character_is_read_or_counted_at_any_position(pages: list[list[Text]]) -> None:
    try:
        work = read(pdf(pages))
    except SourceError:
        return
    assert work.source_chars == sum(map(count_chars, texts(work))) + sum(work.skipped_chars.values())
    assert all(count > 0 for count in work.skipped_chars.values())


def test_without_its_package_a_pdf_is_rejected_with_install_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    assert refused(VALID).hint == 'install it: pip install "audiobook-press[pdf]"'
