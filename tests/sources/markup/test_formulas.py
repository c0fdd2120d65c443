"""Formulas on pages: short ones are read as text, others are left out, counted and reported, as in Markdown."""

import pytest
from growth import assert_linear, repeated
from hypothesis import given
from hypothesis import strategies as st

from audiobook.document import count_chars
from audiobook.sources.base import Source, read_work
from audiobook.sources.formula import plain_formula
from audiobook.sources.markup.blocks import read_markup
from audiobook.sources.markup.formulas import split_formulas
from audiobook.sources.markup.page import Markup, Page
from audiobook.sources.markup.tree import parse_html

LEFT_OUT = "a formula is not read out"


def read(body: str) -> Markup:
    markup = read_markup(
        parse_html(f"<body>{body}</body>", "a"), Page("a.html", "", "en", frozenset(), frozenset())
    )
    shown = sum(count_chars(block.paragraph.text) for block in markup.blocks)
    assert markup.source_chars == shown + sum(markup.skipped_chars.values())
    return markup


def texts(markup: Markup) -> list[str]:
    return [block.paragraph.text for block in markup.blocks]


READ = [
    (r"<p>So \(x^2\) is.</p>", "So x² is."),
    (r"<p>So $x^2$, $n$ and $a = b$ are.</p>", "So x², n and a = b are."),
    (r"<p>So $\alpha$ is.</p>", "So α is."),
    ("<p>So <script type='math/tex'>x_1</script> is.</p>", "So x1 is."),
    (
        "<p>So <span class='MathJax_Preview'>p</span><span class='MathJax'>q</span>"
        "<script type='math/tex'>x^2</script> is.</p>",
        "So x² is.",
    ),
    (
        "<p>So <span class='katex'><span class='katex-mathml'><math><semantics><mi>x</mi>"
        r"<annotation encoding='application/x-tex'>x \le 1</annotation></semantics></math></span>"
        "<span class='katex-html' aria-hidden='true'>x1</span></span>.</p>",
        "So x ≤ 1.",
    ),
    (r"<p>So <math alttext='{\displaystyle \pi ^{2}}'><mi>x</mi></math> is.</p>", "So π² is."),
    (r"<p>So <img class='mwe-math-fallback-image-inline' alt='{\displaystyle x^{2}}'> is.</p>", "So x² is."),
]
UNREAD = [
    r"<p>a \(\frac{x}{y}\) b</p>",
    r"<p>a $\sqrt{2}$ b</p>",
    r"<p>a $$ x^2 $$ b</p>",
    r"<p>a \[ x^2 \] b</p>",
    r"<p>a \begin{align*} x &amp;= y \end{align*} b</p>",
    r"<p>a <script type='math/tex'>\sqrt{2}</script> b</p>",
    "<p>a <script type='math/tex; mode=display'>x^2</script> b</p>",
    r"<p>a <math alttext='\frac{1}{2}'><mn>1</mn><mn>2</mn></math> b</p>",
    r"<p>a <img class='tex' alt='\sqrt{2}'> b</p>",
]
SIGNS = ("\\(", "\\)", "\\[", "\\]", "$", "$$", "x", "^", " ", "\\", "\\begin{math}", "\\end{math}")
AS_WRITTEN = [
    "It costs $5 and then $6.",
    "Set $HOME/$USER, or from $10 to $20.",
    "US$5_000 and US$6_000",
    r"C:\new\(x",
]


@pytest.mark.parametrize(("markup", "text"), READ)
def test_a_short_formula_is_read_as_text(markup: str, text: str) -> None:
    found = read(markup)
    assert (texts(found), found.problems) == ([text], [])


@pytest.mark.parametrize("markup", UNREAD)
def test_another_formula_is_left_out_counted_and_reported(markup: str) -> None:
    found = read(markup)
    assert texts(found) == ["a b"]
    assert found.skipped_chars["formula"] > 1
    assert [problem.message for problem in found.problems] == [LEFT_OUT]


def test_signs_that_delimit_no_formula_are_text() -> None:
    wrong = [text for text in AS_WRITTEN if texts(read(f"<p>{text}</p>")) != [text]]
    assert not wrong
    code = r"<p>Write <code>\(x^2\)</code> or <kbd>$x^2$</kbd> and \(x^2\).</p>"
    assert texts(read(code)) == [r"Write \(x^2\) or $x^2$ and x²."]


def test_a_formula_that_is_left_out_names_its_line() -> None:
    body = "<p>One\ntwo \\(x\n^2\\) three\n\\(\\sqrt{2}\\) four</p>\n<p>\\(\\sqrt{3}\\) five</p>"
    assert [problem.where.rpartition(":")[2] for problem in read(body).problems] == ["4", "5"]
    assert read(body).blocks[0].paragraph.text == "One two x² three four"


@given(st.lists(st.sampled_from(SIGNS), max_size=40))
def test_no_part_of_a_text_is_lost(signs: list[str]) -> None:
    text = "".join(signs)
    pieces = list(split_formulas(text))
    assert "".join(piece.source for piece in pieces) == text
    assert all(
        piece.spoken == piece.source or "$" in piece.source or "\\" in piece.source for piece in pieces
    )


def test_many_delimiters_take_linear_time() -> None:
    for part in ("\\(", "$x ", "$$", "\\[ \\(", "\\begin{math}"):
        assert_linear(lambda text: list(split_formulas(text)), repeated(part), 20_000)


def test_commands_that_only_affect_looks_are_ignored() -> None:
    assert plain_formula(r"{\displaystyle a \left( b \right)}") == "a ( b )"
    assert plain_formula(r"{a}{b}^2}") is None
    assert plain_formula("{" * 1000) is None


def test_formulas_of_fictionbook_are_read_like_those_of_pages() -> None:
    book = r"<FictionBook><body><section><p>So \(x^2\) is, and \(\sqrt{2}\) is not.</p></section></body></FictionBook>"
    work = read_work(Source(book.encode(), "a.fb2", "a", "en", "A"), "a.fb2")
    assert work.chapters[0].paragraphs[-1].text == "So x² is, and is not."
    assert LEFT_OUT in work.problems[0].message
