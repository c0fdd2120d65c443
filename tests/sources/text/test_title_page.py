"""Title pages of plain text: which line is the title, and which the author."""

import pytest

from audiobook.document import Kind, Work
from audiobook.sources.base import Source
from audiobook.sources.text.plain import PlainReader

PROSE = "It rained all day and nobody came to the house by the river, which was quiet as never before in those years.\n\n"
CHAPTERS = "".join(f"CHAPTER {number}\n\n{PROSE * 3}" for number in ("I", "II", "III"))
AUTHOR_FIRST = [
    ("Jane Austen", "EMMA"),
    ("JANE AUSTEN", "EMMA"),
    ("Jane Austen", "Emma"),
    ("Leo Tolstoy", "War and Peace"),
    ("Franz Kafka", "Die Verwandlung"),
    ("J. R. R. Tolkien", "The Hobbit"),
    ("J.R.R. Tolkien", "The Hobbit"),
    ("Charlotte Brontë", "JANE EYRE"),
    ("Lev Nikolajevič Tolstoj", "Vojna in mir"),
]
BY = [
    (("By Jane Austen", "Emma"), "Emma", "Jane Austen"),
    (("EMMA", "by Jane Austen"), "EMMA", "Jane Austen"),
    (("EMMA", "by", "Jane Austen"), "EMMA", "Jane Austen"),
    (("Emma", "von Jane Austen"), "Emma", "Jane Austen"),
    (("Silas Marner", "The Weaver of Raveloe", "By George Eliot"), "Silas Marner", "George Eliot"),
    (("EMMA", "by Martin King Jr."), "EMMA", "Martin King Jr."),
]
TITLE_FIRST = [
    ("Jane Eyre", "Charlotte Brontë"),
    ("GREAT EXPECTATIONS", "CHARLES DICKENS"),
    ("Silas Marner", "The Weaver of Raveloe", "George Eliot"),
    ("Anna Karenina", "A Novel"),
    ("Anna Karenina", "Roman"),
    ("Tom Jones", "London, 1850"),
    ("Tom Jones", "For My Mother"),
    ("De Profundis", "Oscar Wilde"),
    ("By Love Possessed", "James Cozzens"),
    ("The Trial", "Franz Kafka"),
    ("Home", "By the river"),
]
GAPS = ("\n", "\n\n")
BODIES = (PROSE * 3, CHAPTERS)


def read(text: str, named: str = "Fallback", language: str = "en") -> Work:
    return PlainReader().read(Source(text.encode(), "texts/en/a.txt", "a", language, named))


def page(lines: tuple[str, ...], gap: str, body: str, named: str = "Fallback", language: str = "en") -> Work:
    return read(gap.join(lines) + "\n\n" + body, named, language)


@pytest.mark.parametrize("body", BODIES, ids=["essay", "book"])
@pytest.mark.parametrize("gap", GAPS, ids=["lines", "paragraphs"])
def test_a_name_above_the_title_is_the_author(gap: str, body: str) -> None:
    for author, title in AUTHOR_FIRST:
        work = page((author, title), gap, body)
        assert (work.title, work.metadata.authors) == (title, (author,))
        said = work.chapters[0].paragraphs
        assert [(each.text, each.kind, each.lines) for each in said[:2]] == [
            (author, Kind.TITLE, ((0, 1),)),
            (title, Kind.TITLE, ((0, 1 + len(gap)),)),
        ]


@pytest.mark.parametrize("body", BODIES, ids=["essay", "book"])
@pytest.mark.parametrize("gap", GAPS, ids=["lines", "paragraphs"])
def test_a_line_with_a_word_such_as_by_names_the_author(gap: str, body: str) -> None:
    for lines, title, author in BY:
        work = page(lines, gap, body)
        assert (work.title, work.metadata.authors) == (title, (author,))
        said = work.chapters[0].paragraphs[: len(lines)]
        assert [(each.text, each.kind) for each in said] == [(line, Kind.TITLE) for line in lines]


def test_other_first_lines_are_the_title() -> None:
    for lines in TITLE_FIRST:
        work = page(lines, "\n\n", CHAPTERS)
        assert (work.title, work.metadata.authors) == (lines[0], ())
    assert read(f"Jane Austen\n\n{CHAPTERS}").title == "Jane Austen"
    assert read(f"Jane Austen\n\n{PROSE * 3}").title == "Jane Austen"


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("fi", ("Juhani Aho", "Papin tytär")),
        ("sl", ("Ivo Trošt", "Temni oblaki")),
        ("lv", ("Jānis Poruks", "Pērļu zvejnieks")),
        ("fr", ("Victor Hugo", "Les misérables")),
        ("de", ("Anna Seghers", "Das siebte Kreuz")),
        ("pl", ("Bolesław Prus", "Powracająca fala")),
    ],
)
def test_a_title_below_a_name_has_small_letters_in_most_languages(
    language: str, lines: tuple[str, str]
) -> None:
    work = page(lines, "\n\n", CHAPTERS, language=language)
    assert (work.title, work.metadata.authors) == (lines[1], (lines[0],))
    assert page(lines, "\n\n", CHAPTERS, language="en").title == lines[0]


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("fi", ("Rikas Tyttö", "Kertomus Blekingistä")),
        ("fi", ("Anna Liisa", "Kolminäytöksinen murhenäytelmä")),
        ("sl", ("Martin Krpan", "Zgodovinska povest")),
        ("lv", ("Mērnieku Laiki", "Vēsturisks romāns")),
        ("sv", ("Gösta Berling", "Några gamla berättelser")),
        ("fi", ("RIKAS TYTTÖ", "Ruusulaakson muistoja")),
    ],
)
def test_the_kind_of_book_below_a_name_is_no_title(language: str, lines: tuple[str, str]) -> None:
    work = page(lines, "\n\n", CHAPTERS, language=language)
    assert (work.title, work.metadata.authors) == (lines[0], ())


@pytest.mark.parametrize("gap", GAPS, ids=["lines", "paragraphs"])
@pytest.mark.parametrize(
    ("by", "author"),
    [
        ("Kirj.", "ALEKSIS KIVI"),
        ("Kirjoittanut", "Minna Canth"),
        ("Spisal", "Josip Jurčič"),
        ("Napisala", "Zofka Kveder"),
        ("Avtor:", "Ivan Tavčar"),
        ("Sarakstījis", "Jānis Poruks"),
        ("Autors:", "Andrievs Niedra"),
    ],
)
def test_a_word_such_as_by_may_have_a_line_of_its_own_below_a_subtitle(
    by: str, author: str, gap: str
) -> None:
    for lines in (("SEITSEMÄN VELJESTÄ", "Kertomus", by, author), ("SEITSEMÄN VELJESTÄ", f"{by} {author}")):
        work = page(lines, gap, CHAPTERS)
        assert (work.title, work.metadata.authors) == (lines[0], (author,))


def test_a_file_name_decides_without_accents_too() -> None:
    for lines in (("Pērļu Zvejnieks", "Jānis Poruks"), ("Jānis Poruks", "Pērļu Zvejnieks")):
        assert page(lines, "\n\n", CHAPTERS, "perlu zvejnieks").title == "Pērļu Zvejnieks"


def test_the_file_name_decides_which_of_two_names_is_the_title() -> None:
    for lines in (("Jane Eyre", "Charlotte Brontë"), ("Charlotte Brontë", "Jane Eyre")):
        assert page(lines, "\n\n", CHAPTERS, "jane eyre").title == "Jane Eyre"
    assert (
        page(("Anna Karenina", "Families Alike"), "\n\n", CHAPTERS, "anna karenina").title == "Anna Karenina"
    )


def test_a_known_author_is_not_the_title() -> None:
    front = "---\nauthor: Charlotte Brontë\n---\n"
    work = read(f"{front}Charlotte Brontë\n\nJane Eyre\n\n{CHAPTERS}")
    assert (work.title, work.metadata.authors) == ("Jane Eyre", ("Charlotte Brontë",))
