"""Front matter: what is read, which mistakes are reported with their line, and what is ordinary text."""

from collections.abc import Callable

import pytest
from growth import assert_linear, repeated
from hypothesis import given
from hypothesis import strategies as st

from audiobook.document import Kind, Metadata, Work, count_chars
from audiobook.errors import SourceError
from audiobook.sources.base import Announcement, Source, announced, reader_for
from audiobook.sources.front_matter.header import KEYS, announce_front_matter, read_front_matter

YAML = """\
---
title: "The Listening Reader"
authors: [Aino Ääni, 'Eino']
narrator: A Voice
language: en
date: 2024-05-31
description: Of a chair, and of who sits in it.
series: Chairs
series_position: 2.5
cover: pictures/front.jpg
---
"""
TOML = """\
+++
title = "The Listening Reader"
authors = ["Aino Ääni", 'Eino']
narrator = "A Voice"
language = "en"
date = 2024-05-31
description = "Of a chair, and of who sits in it."
series = "Chairs"
series_position = 2.5
cover = "pictures/front.jpg"
+++
"""
METADATA = Metadata(
    "The Listening Reader",
    ("Aino Ääni", "Eino"),
    "A Voice",
    "en",
    "2024-05-31",
    "Of a chair, and of who sits in it.",
    "Chairs",
    "2.5",
)


def read(text: str | bytes, name: str = "a.md") -> Work:
    data = text.encode() if isinstance(text, str) else text
    return reader_for(name).read(Source(data, name, "a", "en", "A"))


def read_or_refused(text: str | bytes, name: str) -> Work | None:
    """Return the work, or None after an error that names the file."""
    try:
        return read(text, name)
    except SourceError as error:
        where = error.where
    assert (where or "").startswith(name)
    return None


def refused(text: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read_front_matter(text, "a.md")
    return caught.value


def shown(work: Work) -> list[tuple[Kind, int, str]]:
    return [
        (paragraph.kind, paragraph.line_of(0), paragraph.text)
        for chapter in work.chapters
        for paragraph in chapter.paragraphs
    ]


@pytest.mark.parametrize(
    ("front", "problems"),
    [
        (
            "Title: The Lamp\nAuthor: Ann\n   Writer\nLanguage: fi\nBase Header Level: 2\nLaTeX Mode: memoir\n",
            0,
        ),
        ("title: The Lamp\nAuthors: Ann Writer\nDate: 2010-12-03 10:20\nTags: a, b\nlang: fi\n", 1),
        ("title:: The Lamp\nauthor:: Ann Writer\nlanguage:: fi\nicon:: x\n", 1),
        ("---\ntitle: The Lamp\nauthor: Ann Writer\nlanguage: fi\n...\n", 0),
    ],
    ids=["MultiMarkdown", "Pelican", "Logseq", "Pandoc"],
)
def test_metadata_of_other_programs_is_read(front: str, problems: int) -> None:
    text = f"{front}\nThe sea was quiet.\n"
    work = read(text, "a.md")
    assert (work.metadata.title, work.metadata.authors, work.metadata.language) == (
        "The Lamp",
        ("Ann Writer",),
        "fi",
    )
    assert shown(work)[-1] == (Kind.TEXT, front.count("\n") + 2, "The sea was quiet.")
    assert len(work.problems) == problems
    assert announce_front_matter(text.encode(), "a.md", None).language == "fi"


@pytest.mark.parametrize(
    "text",
    [
        "Anna: Hello.\nBert: Good evening.\n\nThey left.\n",
        "Title: a word\nthat begins a paragraph.\n\nThe end.\n",
        "To: Ann\nSubject: The lamp\n\nDear Ann\n",
        "Title:\n\nThe end.\n",
    ],
)
def test_text_that_begins_like_metadata_is_text(text: str) -> None:
    assert shown(read(text, "a.md"))[0][1:] == (1, text.split("\n\n")[0].replace("\n", " "))
    assert announce_front_matter(text.encode(), "a.md", None).language is None


@pytest.mark.parametrize("front", [YAML, TOML], ids=["YAML", "TOML"])
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_every_key_is_read(front: str, name: str) -> None:
    work = read(f"{front}\nIt was late.\n\nIt was dark.\n", name)
    assert work.metadata == METADATA
    assert work.title == "The Listening Reader"
    assert shown(work) == [
        (Kind.TITLE, 2, "The Listening Reader"),
        (Kind.TEXT, 13, "It was late."),
        (Kind.TEXT, 15, "It was dark."),
    ]
    assert work.skipped_chars == {"front matter": count_chars(front) - len("TheListeningReader")}
    told = announced(reader_for(name), front.encode(), name, None)
    assert told == Announcement("en", "pictures/front.jpg", f"{name}:10")


@pytest.mark.parametrize(
    ("value", "authors"), [("Aino", ("Aino",)), ("[Aino, Eino]", ("Aino", "Eino")), ("\n- Aino", ("Aino",))]
)
def test_an_author_may_be_a_name_or_a_list(value: str, authors: tuple[str, ...]) -> None:
    assert read_front_matter(f"---\nauthor: {value}\n---\n", "a").metadata.authors == authors


@pytest.mark.parametrize(
    "front",
    [
        '---\n"title": "\\ud83d\\ude00\\uD83D\\uDE01 a"\n---',
        '---\n{"title": "\\ud83d\\ude00\\uD83D\\uDE01 a",\n"author": "b"}\n---',
        '+++\ntitle = "\\ud83d\\ude00\\uD83D\\uDE01 a"\n+++',
        '+++\ntitle = """\\ud83d\\ude00\\uD83D\\uDE01 a"""\n+++',
    ],
)
def test_a_character_escaped_as_a_surrogate_pair_is_joined(front: str) -> None:
    """Promise, the user's own things: “escaped pairs: joined”."""
    assert read_front_matter(front, "a").metadata.title == "😀😁 a"


def test_a_backslash_before_a_surrogate_pair_is_kept() -> None:
    front = '+++\ntitle = "\\\\ud83d\\\\ude00 \\ud83d\\ude00"\n+++'
    assert read_front_matter(front, "a").metadata.title == "\\ud83d\\ude00 😀"


@pytest.mark.parametrize("value", ["2024", "2024-05", "2024-05-31"])
def test_a_date_may_be_a_year_a_month_or_a_day(value: str) -> None:
    assert read_front_matter(f"---\ndate: {value}\n---\n", "a").metadata.date == value


@pytest.mark.parametrize(
    ("front", "told"),
    [
        ("---\ntitle: A\ntags: [x, true]\n---", ["a:3: “tags” is not a known key, so it is ignored"]),
        ("---\ntitel: B\n---", ["a:2: “titel” is not a known key, so it is ignored; did you mean title?"]),
        ("---\nlayout: post\ndraft: false\n---", ["a:2: “layout” is", "a:3: “draft” is"]),
        ("---\ntitle: A\nparams:\n  a: [{b: [c]}]\n---", ["a:3: “params” is not a known key"]),
        ('+++\ntitle = "A"\n[params]\nx = 1\n+++', ["a:3: “params” is not a known key"]),
        ("---\nlanguage: en\ntitle:\n---", ["a:3: “title” is empty, so it is ignored"]),
        ("---\ntitle: A\ndate: March 5, 2024\n---", ["a:3: “March 5, 2024” is not a date"]),
        ("---\ndate: 2024-02-30\n---", ["a:2: “2024-02-30” is not a date"]),
    ],
)
def test_what_other_programs_write_is_ignored_with_a_problem(front: str, told: list[str]) -> None:
    found = [str(problem) for problem in read_front_matter(f"{front}\n", "a").problems]
    assert [each for each, start in zip(found, told, strict=True) if each.startswith(start)] == found


@pytest.mark.parametrize(
    ("lines", "authors"),
    [
        ("author:\n  - name: Ann Other\n    affiliation: X\n  - Bo", ("Bo", "Ann Other")),
        ("author:\n  given: Ann\n  family: Other", ("Ann Other",)),
        ("authors:\n  - name:\n      given: Ann\n      family: Other", ("Ann Other",)),
    ],
)
def test_authors_of_pandoc_are_read(lines: str, authors: tuple[str, ...]) -> None:
    front = read_front_matter(f"---\n{lines}\nlang: en_GB\ndate: 2024-03-05T10:00:00+02:00\n---\n", "a")
    assert (front.metadata.authors, front.metadata.language) == (authors, "en-GB")
    assert (front.metadata.date, front.problems) == ("2024-03-05", ())


def test_numbers_and_no_are_strings() -> None:
    front = read_front_matter("---\ntitle: 1984\nlanguage: no\nseries: 007\n---\n", "a")
    assert (front.metadata.title, front.metadata.language, front.metadata.series) == ("1984", "no", "007")


@pytest.mark.parametrize("first", ["# The listening reader.\n", "The Listening Reader\n"])
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_a_text_that_starts_with_its_title_contains_it_once(name: str, first: str) -> None:
    if name == "a.txt":
        first = first.removeprefix("# ")
    work = read(f"{YAML}{first}\nIt was late.\n", name)
    assert shown(work) == [
        (Kind.TITLE, 12, first.strip("# \n")),
        (Kind.TEXT, 14, "It was late."),
    ]
    assert work.title == "The Listening Reader"
    assert work.skipped_chars["front matter"] == count_chars(YAML)


def test_without_a_title_key_the_text_provides_the_title() -> None:
    work = read("---\nauthor: Aino\n---\nA Title\n\nIt was late.\n", "a.txt")
    assert (work.title, work.metadata.authors) == ("A Title", ("Aino",))
    assert shown(work)[0] == (Kind.TITLE, 4, "A Title")


def test_a_first_line_under_a_given_title_is_text() -> None:
    work = read("---\ntitle: A Title\n---\nChapter one\n\nIt was late.\n", "a.txt")
    assert shown(work)[:2] == [(Kind.TITLE, 2, "A Title"), (Kind.TEXT, 4, "Chapter one")]


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_front_matter_without_a_text_is_rejected(name: str) -> None:
    with pytest.raises(SourceError, match="no text to read aloud"):
        read(YAML, name)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_marks_and_line_ends_of_any_kind_are_read(end: str, encoding: str) -> None:
    data = f"{YAML}\nIt was late.\n".replace("\n", end).encode(encoding)
    assert read(data).metadata == METADATA
    assert announced(reader_for("a.md"), data, "a.md", None).language == "en"


@pytest.mark.parametrize(
    ("text", "where", "message", "hint"),
    [
        ("---\ntitle: [a]\n---", "a.md:2", "“title” must be text, not a list", None),
        ("---\ntitle: true\n---", "a.md:2", "“title” must be text, not “true”", None),
        ("+++\ntitle = true\n+++", "a.md:2", "“title” must be text, not true", None),
        ("---\ntitle: {a: b}\n---", "a.md:2", "“title” must be text, not a mapping", None),
        ('+++\n\n\n[title]\na = "b"\n+++', None, "", None),
        ('+++\nauthor = "A"\n[title]\na = "b"\n+++', "a.md:3", "“title” must be text, not a table", None),
        ("---\ntitle: a\ntitle: b\n---", "a.md:3", "“title” is already set on line 2", "remove"),
        (
            '+++\ntitle = "a"\ntitle = "b"\n+++',
            "a.md:3",
            "not valid TOML: the same name is set twice",
            "remove one of the two lines",
        ),
        ("---\ntitle: &a b\nauthor: *a\n---", "a.md:2", "anchors and aliases are not supported", "write"),
        ("---\ntitle: b\nauthor: *a\n---", "a.md:3", "anchors and aliases are not supported", "write"),
        ("---\ntitle: !!python/name:os.system x\n---", "a.md:2", "the tag “tag:yaml.org", "remove"),
        ("---\ntitle: a\nprose\n---", "a.md:3", "invalid YAML: could not find expected ':'", None),
        ("---\ntitle: 'a\n---", "a.md:2", "invalid YAML: found unexpected end of stream", None),
        ("---\ntitle: a\x07b\n---", "a.md:2", "invalid YAML: a character is not allowed", None),
        ('---\ntitle: "\\UFFFFFFFF"\n---', "a.md:2", "invalid YAML: a number is too large", None),
        (
            '---\ntitle: a\nauthor: "\\udc00\\ud83d"\n---',
            "a.md:3",
            "U+DC00 is only half of a character",
            "write",
        ),
        ('---\n"titl\\ud83d": a\ntitle: a\n---', "a.md:2", "U+D83D is only half of a character", "write"),
        ('---\nauthor: [a, "\\ud83d"]\n---', "a.md:2", "U+D83D is only half of a character", "write"),
        ('+++\ntitle = "\\ud83d"\n+++', "a.md:2", "not valid TOML: Escaped character", None),
        ("+++\ntitle = 1\n" + "".join(f"a{n} = 1\n" for n in range(200)) + "+++", "a.md:2", "100 keys", None),
        ("---\ntitle: a\n--- b\n---", "a.md:3", "more than one YAML document", None),
        ("+++\ntitle = 'a\n+++", "a.md:2", "not valid TOML: Expected", None),
        (f"+++\nauthor = 'a'\ntitle = {'9' * 5000}\n+++", None, "not valid TOML", None),
        ("+++\ntitle = 99999999999999999999\n+++", "a.md:2", "not a huge number", None),
        (f"+++\nauthor = {'[' * 20000}\n+++", None, "not valid TOML", None),
        ("---\nlanguage: Finnish\n---", "a.md:2", "“Finnish” is not a language tag", "pt-BR"),
        ("---\ncover: /etc/passwd\n---", "a.md:2", "relative to the text's folder", "front.jpg"),
        ("---\ncover: 'C:\\a.jpg'\n---", "a.md:2", "relative to the text's folder", "front.jpg"),
        ('---\ncover: "a\\0b"\n---', "a.md:2", "relative to the text's folder", "front.jpg"),
        ("---\nauthor: []\n---", "a.md:2", "“author” must contain 1 to 100 names", None),
        ("---\nauthor: a\nauthors: [b]\n---", "a.md:3", "“authors” and “author” mean the same", "remove"),
        ("---\nauthors: a\nauthor: [b]\n---", "a.md:3", "“author” and “authors” mean the same", "remove"),
        ('---\ntitle: "\\u200b"\n---', "a.md:2", "“title” contains no words", "fill"),
        ("---\nseries_position: 2\n---", "a.md:2", "needs a “series”", "name of the series"),
        ("---\nseries: a\nseries_position: a b\n---", "a.md:3", "not a position in a series", "2.5"),
    ],
)
def test_a_mistake_is_reported_with_its_line(
    text: str, where: str | None, message: str, hint: str | None
) -> None:
    if not message:
        assert read_front_matter(text, "a.md").line_count == 0
        return
    error = refused(text)
    if where:
        assert error.where == where
    assert error.where
    assert error.where.startswith("a.md:")
    assert message in error.message
    if hint:
        assert error.hint
        assert hint in error.hint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "---",
        "---\n",
        "---\n---",
        "---\n\n---",
        "---\n\ntitle: after a blank line\n\n---\n",
        "---\ntitle: never closed\n\nIt was late.",
        "----\ntitle: four signs\n----\n",
        " ---\ntitle: a space before\n ---\n",
        "text\n---\ntitle: not at the top\n---\n",
        "---\nIt was late: she slept.\n---\n",
        "---\nNote: this was written at night.\n---\n",
        "---\nDear reader: sit down.\nBe quiet.\n---\n",
        "---\n- title: a list\n---\n",
        "---\nHe said:\n---\n",
        "---\nhttp://example.org\n---\n",
        "+++\nIt was = late.\n+++\n",
        "+++\nx\n+++",
        "***\ntitle: other signs\n***\n",
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_ordinary_text_between_decorative_lines_is_text(text: str, name: str) -> None:
    assert read_front_matter(text, name).line_count == 0
    assert "front matter" not in read(f"{text}\n\nWords.\n", name).skipped_chars


def test_alias_bombs_and_deep_lists_are_rejected_at_once() -> None:
    aliases = "\n".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30))
    assert "aliases" in refused(f"---\na0: &a0 [x]\n{aliases}\n---").message
    assert "nested too deeply" in refused(f"---\ntitle: {'[' * 60_000}\n---").message
    assert "nested too deeply" in refused("---\ntitle: " + "{a: " * 15_000 + "\n---").message


@pytest.mark.slow
@pytest.mark.parametrize(
    "make", [repeated("[", "---\ntitle: ", "\n---"), repeated("{a: ", "---\ntitle: ", "\n---")]
)
def test_deep_lists_are_rejected_in_linear_time(make: Callable[[int], str]) -> None:
    assert_linear(refused, make, 5_000)


def test_text_without_front_matter_is_recognised_in_linear_time() -> None:
    assert_linear(lambda text: read_front_matter(text, "a.md"), repeated("a\n", "---\n"), 50_000)


def test_front_matter_above_a_text_of_project_gutenberg_is_announced_too() -> None:
    header = "The Project Gutenberg eBook of A\n\nTitle: A\n\nLanguage: Finnish\n\n"
    told = announced(reader_for("a.txt"), f"---\ncover: a.png\n---\n{header}".encode(), "a.txt", None)
    assert told == Announcement("fi", "a.png", "a.txt:2")


def test_other_texts_announce_nothing() -> None:
    assert announced(reader_for("a.txt"), b"\xff\xfeT", "a.txt", None) == Announcement()


_LINES = st.lists(
    st.sampled_from(
        [*(f"{key}: a" for key in KEYS), *(f'{key} = "b"' for key in KEYS), "---", "+++", "", "a: [", "- b"]
    )
    | st.text("ab:=[]{}&*!#'\"\\-+|>%@ \n\t0ud8", max_size=20)
    | st.lists(
        st.sampled_from(["\\ud83d", "\\ude00", "\\", '"', "title: ", "title = ", "\n"]), max_size=8
    ).map("".join),
    max_size=8,
)


@given(fence=st.sampled_from(["---", "+++"]), lines=_LINES)
def test_any_front_matter_is_read_or_rejected_by_name(fence: str, lines: list[str]) -> None:
    text = "\n".join([fence, *lines, fence, "Words."])
    work = read_or_refused(text, "a.md")
    if work is None:
        return
    said = sum(count_chars(entry.text) for chapter in work.chapters for entry in chapter.paragraphs)
    assert said + sum(work.skipped_chars.values()) == work.source_chars


@given(data=st.binary())
def test_any_bytes_between_fences_are_read_or_rejected_by_name(data: bytes) -> None:
    work = read_or_refused(b"---\ntitle: " + data + b"\n---\nWords.\n", "a.txt")
    assert work is None or work.chapters
