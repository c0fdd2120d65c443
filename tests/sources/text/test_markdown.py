"""Markdown: headings and their levels, which text is shown or skipped, and line numbers."""

import math
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from growth import assert_linear, repeated
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from msgspec.structs import replace
from sampling import sampled

from audiobook.document import Kind, Paragraph, Work
from audiobook.errors import SourceError
from audiobook.sources.base import Source, reader_for
from audiobook.sources.text.markdown import MarkdownReader

TEXTS = Path(__file__).parents[3] / "texts"


def read(text: str | bytes, *narrate: str) -> Work:
    data = text.encode() if isinstance(text, str) else text
    source = Source(data, "texts/fi/a.md", "a", "fi", "Fallback title", narrate=frozenset(narrate))
    return MarkdownReader().read(source)


def paragraphs(work: Work) -> list[Paragraph]:
    return [paragraph for chapter in work.chapters for paragraph in chapter.paragraphs]


def texts(work: Work) -> list[str]:
    return [paragraph.text for paragraph in paragraphs(work)]


def contents(work: Work) -> list[tuple[str, int]]:
    return [(chapter.title, chapter.level) for chapter in work.chapters]


@pytest.mark.parametrize("name", ["a.md", "a.MD", "a.markdown"])
def test_markdown_is_recognised_by_its_extension(name: str) -> None:
    assert isinstance(reader_for(name), MarkdownReader)


@pytest.mark.parametrize("heading", ["# Otsikko", "# Otsikko #", "Otsikko\n=======", "# *Ot*si**kko**"])
def test_a_single_first_level_heading_at_the_start_is_the_title(heading: str) -> None:
    work = read(f"{heading}\n\nKappale.\n\n## Luku\n\nToinen.\n")
    assert work.title == "Otsikko"
    assert replace(paragraphs(work)[0], styles=()) == Paragraph("Otsikko", Kind.TITLE, ((0, 1),))
    assert contents(work) == [("Otsikko", 1), ("Luku", 1)]


@pytest.mark.parametrize(
    "text",
    [
        "# Yksi\n\na\n\n# Kaksi\n\nb",
        "## Yksi\n\na\n\n## Kaksi\n\nb",
        "## Yksi\n\na",
        "alku\n\n# Yksi\n\na",
        "### Yksi\n\na\n\n# Kaksi\n\nb",
        "a",
    ],
)
def test_no_other_heading_is_the_title(text: str) -> None:
    work = read(text)
    assert work.title == "Fallback title"
    assert Kind.TITLE not in {paragraph.kind for paragraph in paragraphs(work)}


@pytest.mark.parametrize("before", ["![](a.png)\n\n", "#\n\n", "[](a)\n\n"])
def test_blocks_without_words_before_the_title_do_not_hide_it(before: str) -> None:
    assert read(f"{before}# Otsikko\n\nKappale.").title == "Otsikko"


def test_headings_start_chapters_of_their_level() -> None:
    work = read("# T\n\n## A\n\na\n\n### B\n\nb\n\n#### C\n\nc\n\n## D\n\nd\n")
    assert work.title == "T"
    assert contents(work) == [("A", 1), ("B", 2), ("C", 3), ("D", 1)]
    assert [[(each.kind, each.text) for each in chapter.paragraphs] for chapter in work.chapters] == [
        [(Kind.TITLE, "T"), (Kind.HEADING, "A"), (Kind.TEXT, "a")],
        [(Kind.HEADING, "B"), (Kind.TEXT, "b")],
        [(Kind.HEADING, "C"), (Kind.TEXT, "c")],
        [(Kind.HEADING, "D"), (Kind.TEXT, "d")],
    ]


def test_levels_count_from_the_highest_heading_used() -> None:
    assert contents(read("### A\n\na\n\n##### B\n\nb\n\n### C\n\nc")) == [("A", 1), ("B", 3), ("C", 1)]


def test_text_before_the_first_heading_is_a_chapter_named_after_the_title() -> None:
    assert contents(read("# T\n\nAlku.\n\n## A\n\na")) == [("T", 1), ("A", 1)]
    assert contents(read("Alku.\n\nLisää.\n\n## A\n\na")) == [("Fallback title", 1), ("A", 1)]


def test_without_headings_each_paragraph_is_a_chapter() -> None:
    work = read("# T\n\nEnsimmäinen kappale.\n\nToinen kappale.\n")
    assert contents(work) == [("Ensimmäinen kappale.", 1), ("Toinen kappale.", 1)]


def test_wrapped_lines_are_one_paragraph_that_knows_its_lines() -> None:
    work = read("# T\n\nyksi\nkaksi\\\nkolme  \nneljä\n")
    assert paragraphs(work)[1] == Paragraph(
        "yksi kaksi\nkolme\nneljä", Kind.TEXT, ((0, 3), (5, 4), (11, 5), (17, 6))
    )


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\f", "\u2028"])
def test_line_numbers_are_right_with_every_line_end(end: str) -> None:
    work = read(
        end.join(["# T", "", "yksi", "kaksi", "", "## A", "", "- kolme", "- neljä", "", "> viisi", ""])
    )
    assert [(each.text, each.line_of(0)) for each in paragraphs(work)] == [
        ("T", 1),
        ("yksi kaksi", 3),
        ("A", 6),
        ("kolme", 8),
        ("neljä", 9),
        ("viisi", 11),
    ]
    assert paragraphs(work)[1].line_of(5) == 4


@pytest.mark.parametrize(
    "text",
    ["`yksi\nkaksi` kolme\nneljä", "[yksi](<a>\n'kaksi') kolme\nneljä", "![yksi\nkaksi](a) kolme\nneljä"],
)
def test_line_numbers_are_right_after_markup_that_spans_lines(text: str) -> None:
    paragraph = paragraphs(read(text))[0]
    assert paragraph.line_of(paragraph.text.index("kolme")) == 2
    assert paragraph.line_of(paragraph.text.index("neljä")) == 3


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("yksi ja kaksi\nja kolme\nkolme", [1, 2, 3]),
        ("&auml;iti\n&auml;iti\n&copy;", [1, 2, 3]),
        ("\\*a\n\\*a\n\\*a", [1, 2, 3]),
        ("a a a\na *a* a\n**a** a", [1, 2, 3]),
        ("*a\nb*\n`b`", [1, 2, 3]),
        ("https://a.b\nb\na", [1, 2, 3]),
        ("> x\nx\n> x", [1, 2, 3]),
        ("[a](b\n'c') d", [1, 2]),
        ("a [b](c)\nc", [1, 2]),
        ("- x\n  x\n\n  x\n  x", [1, 2, 4, 5]),
    ],
)
def test_line_numbers_are_right_with_repeated_or_escaped_words(text: str, lines: list[int]) -> None:
    assert [line for paragraph in paragraphs(read(text)) for line in lines_of(paragraph)] == lines


def lines_of(paragraph: Paragraph) -> list[int]:
    """Return the line numbers of a paragraph's words, without repetitions."""
    starts = [match.start() for match in re.finditer(r"\S+", paragraph.text)]
    return list(dict.fromkeys(map(paragraph.line_of, starts)))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a *b* **c** _d_ __e__", "a b c d e"),
        ("a `b` c", "a b c"),
        ("a [b](https://c.d 'e') f", "a b f"),
        ("a [b] f\n\n[b]: https://c.d", "a b f"),
        ("a <https://b.c> d", "a https://b.c d"),
        ("a ![b](c.png) d", "a d"),
        (r"a \*b\* c", "a *b* c"),
        ("a &amp; b &lt;c&gt; &auml;", "a & b <c> ä"),
        ("&nbsp;a&nbsp;", "a"),
        ("- a", "a"),
        ("3. a", "a"),
        ("> a\n> b", "a b"),
        ("~a~ ==b== ^c^ ~~d~~ e", "a b c e"),
        ("H~2~O, 10^6^, 1945^5^, x<sup>2</sup>", "H2O, 10⁶, 1945, x²"),
        ("see [[Page|that]], [[Dir/Page]], [[#Part]] ![[a.png]].", "see that, Page, Part."),
        ("a %%b%% c <!-- d --> e :smile: f", "a c e f"),
        ("a {--b--}{++c **d**++} {~~e~>f g~~} {==h==}{>>i<<} {{j.md}}", "a c d f g h"),
        ("a {-- b ++ c~~ ==} {+ d +}", "a {-- b ++ c~~ {+ d +}"),
        ("$x^2$ is $5 and $10, $\\alpha \\le 3$", "x² is $5 and $10, α ≤ 3"),
        ("so [@smith2020, p. 3]. {{< fig a >}}{% raw %}", "so."),
        ("> [!note] Mind\n> this", "Mind\nthis"),
        ("- [x] done", "done"),
        ("a <b>c</b> <kbd>d</kbd> <break time='999s'/> x < y > z", "a c d <break time='999s'/> x < y > z"),
        ("<div>\na **b**\n</div>", "a b"),
        ("a<br>b", "a\nb"),
    ],
)
def test_markup_is_removed_and_its_content_kept(text: str, shown: str) -> None:
    assert texts(read(f"# T\n\n{text}"))[1] == shown


@pytest.mark.parametrize("empty", ["![](c.png)", "[](c)", "#", "-", ">"])
def test_an_empty_block_is_not_a_paragraph(empty: str) -> None:
    assert texts(read(f"a\n\n{empty}\n\nb")) == ["a", "b"]


@pytest.mark.parametrize("end", [" ", "\n", "\\\n", "  \n"])
def test_a_picture_is_its_alternative_text_without_markup(end: str) -> None:
    work = read(f"# T\n\n![The *b*{end}[c](d) at night](e.png)\n\n![The b c at night](f.png)")
    assert texts(work) == ["T", "Kuva: The b c at night"]


EVERYTHING = """# T

- [One](#one)
- [Two](#two)
- [Three](#three)

## One {#one .x}

Note[^1] and^[inline] more.

[^1]: First.

    Second.

| A | B |
|---|---|
| x | y. |
| z | |

| n | m |
|---|---|
| 1 | 2 |

%%
gone
%%

$$
x = \\frac{1}{2}
$$

<!-- gone -->

<details><summary>More</summary>

inside

</details>
"""


def test_what_is_not_text_is_left_out_and_counted() -> None:
    work = read(EVERYTHING)
    assert texts(work) == ["T", "One", "Note and more.", "A, B", "x, y.", "z", "More", "inside"]
    assert {"toc", "noterefs", "footnotes", "table of numbers", "comments", "formula"} <= {
        *work.skipped_chars
    }
    assert [problem.message for problem in work.problems] == [
        "a table of numbers is not read out",
        "a formula is not read out",
    ]


def test_notes_are_read_at_their_marks_in_the_language_of_the_text() -> None:
    assert texts(read(EVERYTHING, "footnotes"))[2:6] == [
        "Note and more.",
        "Alaviite 1. First.",
        "Second.",
        "Alaviite 2. inline",
    ]


@pytest.mark.parametrize("mark", ["\\", "  "])
def test_a_hard_line_break_ends_a_line_of_verse_and_a_soft_one_does_not(mark: str) -> None:
    work = read(f"## A\n\nRuusut ovat *punaisia*{mark}\n  orvokit\nsinisiä.\n\nKaksi{mark}\nriviä\n---\n")
    assert texts(work) == ["A", "Ruusut ovat punaisia\norvokit sinisiä.", "Kaksi riviä"]
    verse = paragraphs(work)[1]
    assert [verse.line_of(verse.text.index(word)) for word in ("punaisia", "orvokit", "sinisiä")] == [3, 4, 5]


def test_each_item_of_a_list_is_a_paragraph() -> None:
    work = read("## A\n\n- a\n- b\n  - c\n\n1. d\n2. e\n")
    assert texts(work) == ["A", "a", "b", "c", "d", "e"]


@pytest.mark.parametrize("mark", ["* * *", "---", "___"])
def test_a_rule_is_a_break(mark: str) -> None:
    work = read(f"## A\n\na\n\n{mark}\n\nb")
    assert [each.kind for each in paragraphs(work)] == [Kind.HEADING, Kind.TEXT, Kind.BREAK, Kind.TEXT]
    assert paragraphs(work)[2].line_of(0) == 5
    assert len(work.chapters) == 1


def test_a_paragraph_of_signs_is_a_break() -> None:
    work = read("## A\n\na\n\n\\* \\* \\*\n\nb")
    assert paragraphs(work)[2] == Paragraph("* * *", Kind.BREAK, ((0, 5),))


def test_a_heading_of_signs_is_a_break_and_starts_no_chapter() -> None:
    work = read("## A\n\na\n\n## \\*\n\nb")
    assert contents(work) == [("A", 1)]
    assert paragraphs(work)[2].kind is Kind.BREAK


@pytest.mark.parametrize("code", ["```\nx = 1\n```", "```python\nx = 1", "~~~\nx\n~~~", "    x = 1"])
def test_a_block_of_code_is_skipped_and_reported_with_its_line(code: str) -> None:
    work = read(f"# T\n\na\n\n{code}\n")
    assert texts(work) == ["T", "a"]
    assert [str(problem) for problem in work.problems] == ["texts/fi/a.md:5: a block of code is not read out"]


def test_problems_are_in_the_order_of_the_text() -> None:
    work = read("a\n\n    b\n\nc\n\n```\nd\n```\n\n- e\n\n  ```\n  f\n  ```\n")
    assert [problem.where for problem in work.problems] == [f"texts/fi/a.md:{line}" for line in (3, 7, 13)]


def test_a_text_without_code_has_no_problem() -> None:
    assert read("# T\n\na `b` c").problems == ()


@pytest.mark.parametrize("depth", [2, 10, 30, 100])
@pytest.mark.parametrize("mark", ["> ", "- "])
def test_nothing_is_dropped_silently_at_any_depth(mark: str, depth: int) -> None:
    work = read(f"Alku.\n\n{mark * depth}syvällä\n\nLoppu.")
    assert "syvällä" in texts(work) or work.problems


@pytest.mark.parametrize("reference", ["&#13;", "&#x2028;", "&#10;", "&#12;", "&NewLine;", "&#x85;"])
def test_a_paragraph_is_one_line_whatever_its_character_references(reference: str) -> None:
    for paragraph in paragraphs(read(f"# a {reference} b\n\na {reference} b")):
        assert len(paragraph.text.splitlines()) == 1


@pytest.mark.parametrize(
    "text", ["", "\n", "#", "---", "* * *", "```\na\n```", "[a]: b", "![](a.png)", "&nbsp;"]
)
def test_a_text_without_words_is_rejected_by_name(text: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(text)
    assert caught.value.where == "texts/fi/a.md"


def test_wrong_bytes_are_rejected_with_their_line() -> None:
    with pytest.raises(SourceError) as caught:
        read(b"# T\n\n\xe4")
    assert caught.value.where == "texts/fi/a.md:3"


@pytest.mark.parametrize("path", sorted(TEXTS.glob("*/*.md")), ids=lambda path: path.parent.name)
def test_a_text_of_the_repository_has_a_title_and_chapters_and_loses_no_letter(path: Path) -> None:
    text = path.read_text("utf-8")
    work = read(text)
    headings = re.findall(r"^(#+) (.*)$", text, re.MULTILINE)
    assert work.title == headings[0][1]
    assert contents(work) == [(work.title, 1)] + [(title, len(marks) - 1) for marks, title in headings[1:]]
    unmarked = re.sub(r"^(?:#+|[-*>]|\d+[.)]) |[*_`]", "", text, flags=re.MULTILINE)
    assert "".join("".join(texts(work)).split()) == "".join(unmarked.split())
    assert not work.problems


def test_the_repository_has_markdown_texts() -> None:
    assert {path.parent.name for path in TEXTS.glob("*/*.md")} >= {"en", "fi"}


PIECES = st.sampled_from(
    [
        *(
            "# ",
            "## ",
            "> ",
            "- ",
            "1. ",
            "sana ",
            "*",
            "_",
            "`",
            "```\n",
            "[",
            "](",
            ")",
            "![",
            "<b>",
            "&amp;",
        ),
        *("\n", "\n\n", "\r\n", "    ", "\t", "---\n", "===\n", "\\", "ä", "|", "&#13;", "[a]: b\n", "  \n"),
    ]
)


def check(work: Work) -> None:
    """Check a work against what `document` promises."""
    assert work.title
    assert work.chapters
    for chapter in work.chapters:
        assert chapter.title == " ".join(chapter.title.split()) != ""
        assert 1 <= chapter.level <= 6
        assert chapter.paragraphs
        for paragraph in chapter.paragraphs:
            assert paragraph.text
            assert paragraph.lines[0][0] == 0
            assert list(paragraph.lines) == sorted(paragraph.lines)


@pytest.mark.slow
@hypothesis_settings(max_examples=150)
@given(text=st.text() | st.lists(PIECES, max_size=40).map("".join))
def test_any_text_gives_a_work_or_a_source_error_by_name(text: str) -> None:
    where = None
    try:
        check(read(text.encode("utf-8", "replace")))
    except SourceError as error:
        where = error.where
    assert where is None or where.startswith("texts/fi/a.md")


@pytest.mark.slow
@given(
    words=st.lists(
        st.sampled_from(["a", "b", "aa", "ab", "ä", "&auml;", "*a*", "`b`", "[a](b)"]),
        min_size=1,
        max_size=40,
    ),
    data=st.data(),
)
def test_words_keep_their_order_and_line_numbers(words: list[str], data: st.DataObject) -> None:
    gaps = [data.draw(st.sampled_from([" ", "\n", "\n\n", "\n\n> ", "\n\n- ", "\n\n## "])) for _ in words]
    line = 1
    expected: list[tuple[str, int]] = []
    for gap, word in zip(gaps, words, strict=True):
        line += gap.count("\n")
        expected.append((re.sub(r"\(b\)|[*`\[\]]", "", word).replace("&auml;", "ä"), line))
    text = "".join(gap + word for gap, word in zip(gaps, words, strict=True))
    assert [
        (match.group(), paragraph.line_of(match.start()))
        for paragraph in paragraphs(read(text))
        for match in re.finditer(r"\S+", paragraph.text)
    ] == expected


HOSTILE: dict[str, Callable[[int], str]] = {
    "open brackets": repeated("["),
    "pictures": repeated("!["),
    "stars": repeated("*a "),
    "marks within marks": repeated("_a_ *b"),
    "code marks": repeated("`a"),
    "links": repeated("[a]"),
    "quotes": repeated("> ", after="a"),
    "lists": repeated("- ", after="a"),
    "lists in lists": lambda chars: "".join(
        " " * (2 * depth) + "- a\n" for depth in range(math.isqrt(chars))
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", sampled(HOSTILE, 3))
def test_hostile_markup_is_read_or_rejected_in_linear_time(name: str) -> None:
    def read_or_refuse(text: str) -> None:
        where = None
        try:
            check(read(f"Alku.\n\n{text}"))
        except SourceError as error:
            where = error.where
        assert where in (None, "texts/fi/a.md")

    assert_linear(read_or_refuse, HOSTILE[name], 2_000)


@given(data=st.binary())
def test_any_bytes_give_a_work_or_a_source_error_by_name(data: bytes) -> None:
    where = None
    try:
        check(read(data))
    except SourceError as error:
        where = error.where
    assert where is None or where.startswith("texts/fi/a.md")


def test_without_headings_list_items_start_no_chapter() -> None:
    work = read("Bread is easy.\n\n- Flour\n- Water\n\n  Or milk\n\nBake it well.\n")
    assert [title for title, _ in contents(work)] == ["Bread is easy.", "Bake it well."]
    assert [paragraph.text for paragraph in work.chapters[0].paragraphs] == [
        "Bread is easy.",
        "Flour",
        "Water",
        "Or milk",
    ]


def test_what_other_programs_write_in_markdown_is_not_said() -> None:
    work = read(
        "% Vene\n% Anna Aho; Bo Ek\n% 2024\n\nTeksti. ^a1b2\n{: .no_toc}\n\n* TOC\n{:toc}\n\n*[HTML]: kieli\n\n\\newpage\n\n"
        "{% highlight ruby %}\nputs 1\n{% endhighlight %}\n\n| Rivi yksi\n| Rivi kaksi\n\nLuku $`x^2`$.\n\n"
        f"id: {'0a' * 16}\ncreated_time: 2020\ntype_: 1\n"
    )
    assert texts(work) == ["Vene", "Teksti.", "Rivi yksi\nRivi kaksi", "Luku x²."]
    assert (work.metadata.authors, work.metadata.date) == (("Anna Aho", "Bo Ek"), "2024")
    assert {"code", "front matter", "marks", "toc"} <= set(work.skipped_chars)
    assert texts(read("% Ei otsikko\nvaan tekstiä."))[0].startswith("%")


# What is shown, but not spoken

SHAPES = """\
An *odd* **and *both*** `code`, H~2~O, 1^st^, [site](https://example.org/), [none](#x), <b>tag</b> [*old*]{lang="en"}.

- one
- two

  more
  1. inner

7. seven

> said
>
> > deeper

> apart

| a | b |
|---|---|
| c *d* | |
| | e |

<ul><li>x <i>y</i></li></ul>
"""


def test_styles_links_lists_quotations_and_tables_are_kept() -> None:
    assert [
        (
            paragraph.text,
            " ".join(
                f"{each.style.value}:{paragraph.text[each.start : each.end]}" for each in paragraph.styles
            ),
            " ".join(each.box.value + (str(each.number) if each.number else "") for each in paragraph.within),
            [(cell.column, paragraph.text[cell.start : cell.end], cell.is_head) for cell in paragraph.cells],
        )
        for paragraph in paragraphs(read(SHAPES))
    ] == [
        (
            "An odd and both code, H2O, 1st, site, none, tag old.",
            "em:odd strong:and both em:both code:code sub:2 sup:st a:site strong:tag em:old",
            "",
            [],
        ),
        ("one", "", "ul li", []),
        ("two", "", "ul li", []),
        ("more", "", "ul li", []),
        ("inner", "", "ul li ol li1", []),
        ("seven", "", "ol li7", []),
        ("said", "", "blockquote", []),
        ("deeper", "", "blockquote blockquote", []),
        ("apart", "", "blockquote", []),
        ("a, b", "", "table", [(0, "a", True), (1, "b", True)]),
        ("c d", "em:d", "table", [(0, "c d", False)]),
        ("e", "", "table", [(1, "e", False)]),
        ("x y", "em:y", "ul li", []),
    ]
    keys = [[each.key for each in paragraph.within] for paragraph in paragraphs(read(SHAPES))]
    assert keys[2] == keys[3] != keys[1], "one item has two paragraphs"
    assert keys[6] == keys[7][:1] != keys[8]
    assert all(each != keys[1] for each in keys[12:]), "the list in HTML is another one"


def test_tags_of_components_are_left_out_and_generic_types_are_read() -> None:
    work = read(
        '# One\n\n<Listing number="5-1" caption="A `User`">\n\nA struct of Vec<String> and Map<Key>.\n\n</Listing>\n\n'
        'Press <Button size="small">Send</Button> now.\n\n<Tabs>\n\nInside.\n\n</Tabs>\n'
    )
    said = [paragraph.text for chapter in work.chapters for paragraph in chapter.paragraphs]
    assert said == ["One", "A struct of Vec<String> and Map<Key>.", "Press Send now.", "Inside."]
