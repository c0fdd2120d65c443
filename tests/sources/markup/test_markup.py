"""Converting XHTML and HTML to blocks: paragraphs, skipped elements and their reasons, and no lost text."""

from collections.abc import Callable

import pytest
from growth import assert_linear, repeated
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from lxml import etree
from sampling import sampled

from audiobook.document import ForeignText, Kind, Phonemes, Saying, count_chars
from audiobook.sources.markup import heading_elements, inert_elements, semantics
from audiobook.sources.markup.blocks import read_markup
from audiobook.sources.markup.notes import links
from audiobook.sources.markup.page import Markup, Page
from audiobook.sources.markup.pronunciation import Aliases, Spoken
from audiobook.sources.markup.tree import parse_html, parse_xml

NAMESPACES = (
    'xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" '
    'xmlns:ssml="http://www.w3.org/2001/10/synthesis"'
)


def read(
    body: str,
    *,
    narrate: tuple[str, ...] = (),
    language: str = "en",
    furniture: tuple[str, ...] = (),
    aliases: tuple[Aliases, ...] = (),
) -> Markup:
    root = parse_xml(f'<html {NAMESPACES} xml:lang="en"><body>{body}</body></html>'.encode(), "a")
    page = Page("a.epub", "!ch.xhtml", language, frozenset(narrate), frozenset(furniture), aliases)
    markup = read_markup(root, page)
    balanced(markup)
    return markup


def balanced(markup: Markup) -> None:
    shown = sum(count_chars(block.paragraph.text) for block in markup.blocks)
    assert markup.source_chars == shown + sum(markup.skipped_chars.values())
    assert all(0 <= index <= len(markup.blocks) for index in markup.anchors.values())


def texts(markup: Markup) -> list[str]:
    return [block.paragraph.text for block in markup.blocks]


def test_blocks_become_paragraphs_and_inline_elements_join_them() -> None:
    markup = read("<h2>One</h2> loose <b>te</b>xt<p> a\n <i>b</i>  c </p>tail<div><div>d</div>e</div>")
    assert texts(markup) == ["One", "loose text", "a b c", "tail", "d", "e"]
    assert [block.level for block in markup.blocks] == [2, 0, 0, 0, 0, 0]
    assert markup.blocks[0].paragraph.kind is Kind.HEADING


def test_each_line_of_the_source_is_known() -> None:
    paragraph = read("\n<p>one\ntwo <b>three\nfour</b>\n</p>").blocks[0].paragraph
    assert paragraph.text == "one two three four"
    assert paragraph.lines == ((0, 2), (4, 3), (14, 4))
    assert paragraph.where("a.epub", 15) == "a.epub!ch.xhtml:4"


def test_a_heading_is_one_paragraph_whatever_is_in_it() -> None:
    assert texts(read("<h2><div>I</div><div>Start</div></h2>")) == ["I\nStart"]
    group = read("<hgroup><h3>I</h3><p>A <i>Letter</i></p></hgroup><p>x</p>")
    assert texts(group) == ["I\nA Letter", "x"]
    assert [block.level for block in group.blocks] == [3, 0]
    role = read('<p role="heading" aria-level="4">x</p>')
    assert role.blocks[0].level == 4


def test_a_break_ends_a_line_and_two_end_a_paragraph() -> None:
    assert texts(read("<p>a<br/>b<br/> <br/>c<br/><br/><br/>d<br/></p>")) == ["a\nb", "c", "d"]


@pytest.mark.parametrize(
    "verse",
    [
        '<div class="linegroup"><div>one</div><div>two</div></div>',
        '<blockquote epub:type="z3998:poem"><p><span>one</span><br/><span>two</span></p></blockquote>',
        '<div class="poem"><div class="stanza"><span>one<br/></span><span>two<br/></span></div></div>',
        '<div class="stanza"><p>one</p><p>two</p></div>',
        '<div epub:type="z3998:verse"><p><span>one</span> <span>two</span></p></div>',
        '<p class="stanza"><span>one</span>\n<span>two</span></p>',
        '<div class="poem"><div>one</div>\n<div>two</div></div>',
    ],
)
def test_a_line_of_verse_ends_with_a_newline(verse: str) -> None:
    assert texts(read(f"<p>a</p>{verse}<p>b</p>")) == ["a", "one\ntwo", "b"]


def test_stanzas_are_paragraphs() -> None:
    poem = '<div class="poem"><div class="stanza">a<br/>b</div><div class="stanza">c</div></div>'
    assert texts(read(poem)) == ["a\nb", "c"]
    assert texts(read('<div class="poem"><p>a<br/>b</p><p>c</p></div>')) == ["a\nb", "c"]


def test_a_row_is_a_paragraph_with_commas_between_its_cells() -> None:
    markup = read(
        "<table><caption>All</caption><tr><th>Name</th><th>Party</th></tr>"
        "<tr><td><p>Ann</p> <p>Bo</p></td><td/><td>Whig.</td><td>x</td></tr></table>"
    )
    assert texts(markup) == ["All", "Name, Party", "Ann Bo, Whig. x"]


def test_a_table_of_numbers_is_skipped_and_reported() -> None:
    rows = "".join(f"<tr><td>Town{n}</td><td>{n}</td><td>{n}.5 %</td></tr>" for n in range(3))
    markup = read(
        f"<p>a</p><table id='t'><tr><th>Name</th><th>Number</th></tr>\n{rows}</table><p id='z'>b</p>"
    )
    assert texts(markup) == ["a", "b"]
    assert set(markup.skipped_chars) == {"table of numbers"}
    assert [str(problem) for problem in markup.problems] == [
        "a.epub!ch.xhtml:1: a table of numbers is not read out"
    ]
    assert markup.anchors == {"t": 1, "z": 1}


def test_a_table_of_half_numbers_is_read() -> None:
    assert texts(read("<table><tr><td>a</td><td>1</td></tr><tr><td>b</td><td>2</td></tr></table>")) == [
        "a, 1",
        "b, 2",
    ]


def test_a_layout_table_is_read_as_the_blocks_in_it() -> None:
    inner = "<table><tr><td>x</td><td>y</td></tr></table>"
    assert texts(read(f"<table><tr><td><p>a</p><p>b</p>{inner}</td><td>c</td></tr></table>")) == [
        "a",
        "b",
        "x, y",
        "c",
    ]
    assert texts(read("<table><tr><td><p>a</p><p>b</p></td></tr></table>")) == ["a", "b"]


def test_lists_quotes_and_rules_are_read() -> None:
    markup = read(
        "<ul><li>a</li><li><p>b</p></li></ul><hr/><blockquote><p>c</p></blockquote><dl><dt>d</dt></dl>"
    )
    assert texts(markup) == ["a", "b", "* * *", "c", "d"]
    assert markup.blocks[2].paragraph.kind is Kind.BREAK


@pytest.mark.parametrize(
    ("markup", "reason", "part"),
    [
        ('<nav epub:type="toc"><p>x1</p></nav>', "toc", "toc"),
        ("<nav><p>x1</p></nav>", "toc", "toc"),
        ('<section role="doc-toc"><p>x1</p></section>', "toc", "toc"),
        ('<nav epub:type="landmarks"><p>x1</p></nav>', "landmarks", "landmarks"),
        ('<nav epub:type="page-list"><p>x1</p></nav>', "page-list", "page-list"),
        ('<span epub:type="pagebreak">x1</span>', "pagebreaks", "pagebreaks"),
        ('<span role="doc-pagebreak">x1</span>', "pagebreaks", "pagebreaks"),
        ('<aside epub:type="footnote"><p>x1</p></aside>', "footnotes", "footnotes"),
        ('<p epub:type="note">x1</p>', "footnotes", "footnotes"),
        ('<section role="doc-endnotes"><p>x1</p></section>', "endnotes", "endnotes"),
        ('<section epub:type="rearnotes"><p>x1</p></section>', "endnotes", "endnotes"),
        ('<a href="#n" epub:type="noteref">x1</a>', "noterefs", "noterefs"),
        ('<a href="#n" role="doc-noteref">x1</a>', "noterefs", "noterefs"),
        ('<section epub:type="frontmatter titlepage"><p>x1</p></section>', "titlepage", "titlepage"),
        ('<section epub:type="imprint"><p>x1</p></section>', "imprint", "imprint"),
        ('<section epub:type="colophon"><p>x1</p></section>', "colophon", "colophon"),
        ('<section role="doc-index"><p>x1</p></section>', "index", "index"),
        ('<section role="doc-bibliography"><p>x1</p></section>', "bibliography", "bibliography"),
    ],
)
def test_a_part_of_a_book_is_skipped_unless_narrated(markup: str, reason: str, part: str) -> None:
    left_out = read(f"<p>a</p>{markup}")
    assert texts(left_out) == ["a"]
    assert left_out.skipped_chars == {reason: 2}
    assert "x1" in "".join(texts(read(f"<p>a</p>{markup}", narrate=(part,))))


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ('<sup><a href="#fn1">1</a></sup>', "noterefs"),
        ('<a href="n.xhtml#fn1"><sup>[12]</sup></a>', "noterefs"),
        ('<a href="#fn1"><sup>*</sup></a>', "noterefs"),
        ('<span class="pagenum"><a id="p">[Pg 12]</a></span>', "pagebreaks"),
        ('<span class="lnum">10</span>', "line numbers"),
        ("<ruby>a<rp>(</rp><rt>b</rt><rp>)</rp></ruby>", "ruby"),
        ("<span hidden=''>b</span>", "hidden"),
        ("<span aria-hidden='true'>b</span>", "hidden"),
        ("<span style='display: none'>b</span>", "hidden"),
        ("<svg><text>b</text></svg>", "picture"),
        ("<img alt='b.jpg'/>", "picture"),
        ("<math><mi>x</mi></math>", "formula"),
        ("<pre>b  c</pre>", "code"),
        ("<video>b</video>", "media"),
        ("<button>b</button>", "controls"),
    ],
)
def test_elements_outside_the_text_are_skipped_and_counted(markup: str, reason: str) -> None:
    assert set(read(f"<p>a {markup}</p>").skipped_chars) == {reason}


@pytest.mark.parametrize(
    "markup",
    [
        "x<sup>2</sup>",
        '<a href="#x">2</a>',
        '<a href="#x"><sup>nd edition</sup></a>',
        '<span class="pagenum">twelve</span>',
        '<a href="http://x.y/">1</a>',
        '<span epub:type="z3998:roman">2</span>',
    ],
)
def test_what_only_looks_like_a_note_is_read(markup: str) -> None:
    assert not read(f"<p>a {markup}</p>").skipped_chars


MARK = '<p>a<sup><a id="r1" href="#n1">1</a></sup></p>'


@pytest.mark.parametrize(
    "note",
    [
        '<p id="n1"><a href="#r1">1</a> x</p>',
        '<p><a id="n1" href="#r1">[1]</a> x</p>',
        '<p><a name="n1"></a><a href="#r1">[1]</a> x</p>',
        '<p><span><a id="n1"></a>* </span>x</p>',
        '<p id="n1">1. x</p>',
        '<ol><li id="n1"><p>x <a href="#r1">^</a></p></li></ol>',
        '<div id="n1"><p><a href="#r1">1</a></p><p>x</p></div>',
        '<aside id="n1"><a href="#r1">1</a><p>x</p></aside>',
        '<table><tr id="n1"><td><a href="#r1">1</a></td><td>x</td></tr></table>',
    ],
)
def test_a_note_recognised_only_by_its_mark_is_skipped(note: str) -> None:
    page = f"{MARK}{note}<p>b</p>"
    markup = read(page)
    assert texts(markup) == ["a", "b"]
    assert set(markup.skipped_chars) == {"noterefs", "footnotes"}
    wanted = read(page, narrate=("footnotes",))
    assert "x" in "".join(texts(wanted))


@pytest.mark.parametrize(
    "block",
    [
        '<p id="n1">x</p>',
        '<p>x <a id="n1" href="#r1">1</a></p>',
        '<h2 id="n1">1 x</h2>',
        '<div><p id="n0">x</p></div>',
        '<div><p>x</p><p id="n1">1 y</p></div>',
    ],
)
def test_a_block_without_a_mark_or_a_link_back_is_read(block: str) -> None:
    assert "x" in "".join(texts(read(MARK + block)))


def test_a_mark_that_is_superscript_only_by_its_class_is_recognised() -> None:
    markup = read('<p>a<a class="fnanchor" href="#n1">[1]</a></p><p><a id="n1"></a>[1] x</p>')
    assert texts(markup) == ["a"]


def test_additions_of_project_gutenberg_are_skipped_and_reported() -> None:
    markup = read('<section class="pg-boilerplate pgheader"><h2>The Project Gutenberg</h2></section><p>a</p>')
    assert texts(markup) == ["a"]
    assert set(markup.skipped_chars) == {"boilerplate"}
    assert "Gutenberg" in str(markup.problems[0])


def test_scripts_and_styles_are_not_text() -> None:
    markup = read("<p>a</p><script>var x</script><style>p {}</style>b")
    assert texts(markup) == ["a", "b"]
    assert markup.source_chars == 2


def test_a_picture_is_described_once_after_its_paragraph_if_its_text_is_a_sentence() -> None:
    body = (
        '<p>A <img alt="red\n fox"/> ran <img alt="A fox in the snow"/> on.</p><p><img alt="A fox in the snow"/></p>'
        '<figure><img alt="The map of a town"/><figcaption>The map of a town.</figcaption></figure>'
    )
    assert texts(read(body)) == ["A ran on.", "Picture: A fox in the snow", "The map of a town."]
    assert texts(read(body, language="fi"))[1] == "Kuva: A fox in the snow"
    assert texts(read(body, narrate=("-pictures",))) == ["A ran on.", "The map of a town."]


def test_a_placeholder_is_not_a_description() -> None:
    said = """image|img|Alternative text not available|Image description|image001|fig1|00012|book cover image|*|scene break|
    Images/00003.jpeg|Bild 3|Titelbild des Buches|Image de couverture|Kuvaa ei saatavilla|Ilustracja na okładce|обложка|
    図1|IMG_2034|A picture containing text. Description automatically generated"""
    for alt in map(str.strip, said.split("|")):
        assert texts(read(f'<p>a</p><p><img alt="{alt}"/></p>')) == ["a"], alt


def test_a_picture_of_a_character_or_a_heading_is_read_in_its_place() -> None:
    body = '<h1><img alt="Chapter 3"/></h1><h2><img alt="Heading image"/></h2><p><img alt="T"/>his and <img alt="喰"/>う</p>'
    assert texts(read(body)) == ["Chapter 3", "This and 喰う"]


def test_a_formula_is_read_as_its_alternative_text() -> None:
    markup = read('<p>So <math alttext="x squared"><mi>x</mi><mn>2</mn></math>.</p>')
    assert texts(markup) == ["So x squared."]
    assert (markup.skipped_chars, markup.problems) == ({"formula": 2}, [])


def test_a_block_of_code_is_reported() -> None:
    markup = read("<p>a</p>\n<pre>b\n<i>c</i></pre>\nd")
    assert texts(markup) == ["a", "d"]
    assert [str(each) for each in markup.problems] == ["a.epub!ch.xhtml:2: a block of code is not read out"]
    assert markup.blocks[1].paragraph.line_of(0) == 4


def test_a_repeated_problem_is_summed_up() -> None:
    problems = read("<pre>b</pre>" * 300).problems
    assert len(problems) == 11
    assert str(problems[-1]) == "a.epub!ch.xhtml: a block of code is not read out (290 more times)"


def test_passages_in_another_language_are_marked() -> None:
    markup = read(
        '<p>The <i xml:lang="fr">Entente <b>Cordiale</b></i> is <span xml:lang="en-GB">here</span></p>'
        '<div lang="la"><p>Dies irae, <i xml:lang="en">says</i> he</p></div><p xml:lang="und">b</p>'
    )
    assert [block.paragraph.foreign for block in markup.blocks] == [
        (ForeignText(4, 20, "fr"),),
        (ForeignText(0, 10, "la"), ForeignText(16, 18, "la")),
        (),
    ]


def test_the_language_of_a_whole_page_is_ignored() -> None:
    assert read('<p>Suomea <i xml:lang="en">x</i></p>', language="fi").blocks[0].paragraph.foreign == ()


def test_words_in_a_lexicon_get_its_pronunciation() -> None:
    words = {"Va.": "Virginia", "sq. m.": "square miles", "cat": "kat", "sq.": "square", "ad ho": "x"}
    aliases = Aliases("en", {written: Spoken(said) for written, said in words.items()})
    paragraph = (
        read(
            '<p>In Va. 3 <i>sq.</i> m. of cats, ad hoc, a cat <i xml:lang="fr">cat</i> cat</p>',
            aliases=(aliases,),
        )
        .blocks[0]
        .paragraph
    )
    assert [(paragraph.text[each.start : each.end], each.text) for each in paragraph.sayings] == [
        ("Va.", "Virginia"),
        ("sq. m.", "square miles"),
        ("cat", "kat"),
        ("cat", "kat"),
    ]
    assert paragraph.sayings[0] == Saying(3, 6, "Virginia")


def sayings(body: str, aliases: tuple[Aliases, ...] = ()) -> list[list[Saying]]:
    return [list(block.paragraph.sayings) for block in read(body, aliases=aliases).blocks]


def test_phonemes_of_an_element_apply_to_its_text() -> None:
    assert sayings(
        '<div ssml:alphabet="x-sampa"><p>A <span ssml:ph="k{t">cat</span> <b>sat</b>,'
        ' <i ssml:alphabet="ipa" ssml:ph="ɪn"> in\n it </i>.</p></div><p ssml:ph="a">b c</p>'
    ) == [
        [Saying(2, 5, None, Phonemes("k{t", "x-sampa")), Saying(11, 16, None, Phonemes("ɪn", "ipa"))],
        [Saying(0, 3, None, Phonemes("a"))],
    ]


def test_nested_phonemes_and_those_over_several_paragraphs_are_ignored() -> None:
    assert sayings('<p><b ssml:ph="x">a <i ssml:ph="y">b</i></b></p>') == [
        [Saying(0, 3, None, Phonemes("x"))]
    ]
    markup = read('<div ssml:ph="x"><p>a</p><p>b</p></div><p>c <i ssml:ph="z"/></p>')
    assert not any(block.paragraph.sayings for block in markup.blocks)
    assert [problem.message for problem in markup.problems] == [
        "phonemes (ssml:ph) on an element with several paragraphs or no text are ignored"
    ] * 2
    assert not read('<aside epub:type="footnote"><i ssml:ph="x">a</i></aside><p>b</p>').problems


def test_phonemes_of_an_element_override_lexicons() -> None:
    aliases = tuple(Aliases("en", {word: Spoken(word.upper())}) for word in ("a", "b", "c"))
    assert sayings('<p>a <i ssml:ph="x">b</i> c</p>', aliases) == [
        [Saying(0, 1, "A"), Saying(2, 3, None, Phonemes("x")), Saying(4, 5, "C")]
    ]


def test_an_anchor_points_to_the_next_block() -> None:
    markup = read(
        '<p id="a">x</p><a id="b"/><div id="c"><a name="d"/><p>y <i id="e">z</i></p></div>'
        '<aside epub:type="footnote" id="f"><p id="g">n</p></aside><p id="a">w</p><i id="h"/>'
    )
    assert markup.anchors == {"a": 0, "b": 1, "c": 1, "d": 1, "e": 1, "h": 3}
    assert markup.skipped_anchors == {"f", "g"}


def test_an_entity_declared_by_the_page_is_reported_and_not_expanded() -> None:
    data = (
        b'<!DOCTYPE html [<!ENTITY xxe SYSTEM "file:///etc/passwd">]><html><body><p>a&xxe;b</p></body></html>'
    )
    markup = read_markup(parse_xml(data, "a"), Page("a.epub", "", "en"))
    balanced(markup)
    assert texts(markup) == ["ab"]
    assert markup.skipped_chars == {"entity": 5}
    assert "an entity" in str(markup.problems[0])


def test_furniture_is_skipped_as_navigation() -> None:
    markup = read('<nav>a</nav><div role="banner">b</div><p>c</p>', furniture=("nav", "aria:banner"))
    assert texts(markup) == ["c"]
    assert markup.skipped_chars == {"navigation": 2}


def test_a_page_without_line_numbers_has_none() -> None:
    markup = read_markup(
        parse_html("<p>a\nb</p><pre>x</pre>", "a"), Page("a.docx", "", "en", has_lines=False)
    )
    assert markup.blocks[0].paragraph.lines == ()
    assert str(markup.problems[0]).startswith("a.docx: ")


def test_text_after_the_end_of_a_body_is_read() -> None:
    assert texts(read_markup(parse_html("<body><p>a</p></body> b", "a"), Page("a", "", "en"))) == ["a", "b"]


@pytest.mark.slow
@pytest.mark.parametrize(
    "make",
    sampled(
        [
            repeated("word ", "<p>", "</p>"),
            repeated("<br/>"),
            repeated("<p>a</p>"),
            repeated("<tr><td>1</td><td>b</td></tr>", "<table>" * 100, "</table>" * 100),
            repeated("<div><span>a</span><span>b</span></div>", '<div class="stanza">', "</div>"),
            repeated("<b/>", '<span class="pagenum">' * 200, "</span>" * 200),
        ],
        2,
    ),
    ids=["one paragraph", "breaks", "paragraphs", "nested tables", "verse", "page numbers"],
)
def test_a_long_page_takes_linear_time(make: Callable[[int], str]) -> None:
    assert_linear(read, make, 8_000)


TAGS = (
    "p div b i span h1 h2 hgroup br hr table tr td th li ul pre ruby rt section aside nav img math a".split()
)
ATTRIBUTES = [
    'class="poem"', 'class="stanza"', 'epub:type="footnote"', 'epub:type="noteref"', 'xml:lang="fr"', 'id="x"',
    'hidden=""', 'class="pagenum"', 'role="presentation"', 'epub:type="z3998:verse"', 'alt="x y"', 'href="#a"',
]  # fmt: skip
NODES = st.recursive(
    st.text("ab1 .\n,-é", max_size=8),
    lambda inner: st.builds(
        lambda tag, attributes, content: f"<{tag} {' '.join(sorted(attributes))}>{''.join(content)}</{tag}>",
        st.sampled_from(TAGS),
        st.sets(st.sampled_from(ATTRIBUTES), max_size=2).filter(
            lambda chosen: len({each.partition("=")[0] for each in chosen}) == len(chosen)
        ),
        st.lists(inner, max_size=4),
    ),
    max_leaves=25,
)


@pytest.mark.slow
@hypothesis_settings(max_examples=150)
@given(body=NODES)
def test_whatever_a_page_contains_each_character_is_read_or_counted(body: str) -> None:
    root = parse_xml(f"<html {NAMESPACES}><body>{body}</body></html>".encode(), "a")
    markup = read_markup(root, Page("a", "", "en"))
    balanced(markup)
    shown = "".join(block.paragraph.text for block in markup.blocks)
    found = count_chars("".join(root.itertext()))
    described = sum(count_chars(alt) for alt in etree.XPath("//*[local-name()='img']/@alt")(root))
    rules = 3 * sum(block.paragraph.text == "* * *" for block in markup.blocks)
    commas = markup.source_chars - found - described - rules
    assert 0 <= commas <= shown.count(",")
    for block in markup.blocks:
        paragraph = block.paragraph
        assert paragraph.text == paragraph.text.strip() != ""
        assert "  " not in paragraph.text
        assert list(paragraph.lines) == sorted(set(paragraph.lines))
        ends = [0, *(at for part in paragraph.foreign for at in (part.start, part.end)), len(paragraph.text)]
        assert ends == sorted(ends)


@pytest.mark.parametrize(
    ("body", "said", "notes"),
    [
        ("<p>It fell.[1] It stood.[2]</p><h4>Notes</h4><p>[1] First.</p><p>[2] Next.</p>", ["It fell. It stood."], 22),
        ("<p>It fell.* All wept.†</p><p>* First.</p><p>† Next.</p>", ["It fell. All wept."], 13),
        ("<p>It fell.¹</p><p>¹ First.</p>", ["It fell.¹"], 7),
        ("<p>It fell<sup>[1]</sup>.</p><p>[1] First.</p>", ["It fell."], 9),
        ("<p>*It* fell* here.</p><p>* First.</p>", ["*It* fell* here.", "* First."], 0),
        ("<p>It fell.</p><p>[1] First.</p><p>* Next.</p>", ["It fell.", "[1] First.", "* Next."], 0),
        (
            '<p>It fell.<a href="#n"><sup>1</sup></a></p><table><tr><td><a id="n">1</a></td><td>Note.</td></tr></table>',
            ["It fell."],
            6,
        ),
        ('<p>It fell (<a href="#n" id="a">note 1</a>).</p><p id="n"><a href="#a">1</a> Note.</p>', ["It fell."], 6),
        ('<p>他走了<a href="#n" id="a">①</a>。</p><p id="n"><a href="#a">①</a>注。</p>', ["他走了。"], 3),
    ],
)  # fmt: skip
def test_notes_without_markup_are_found_by_their_signs(body: str, said: list[str], notes: int) -> None:
    markup = read(body)
    assert [block.paragraph.text for block in markup.blocks] == said
    assert markup.skipped_chars["footnotes"] == notes


def test_an_element_says_nothing_only_if_no_rule_looks_at_it() -> None:
    attributes = (
        "", 'id="a"', 'class="x1 calibre"', 'class="sup"', 'class="poem"', 'class="linenum"', 'class="chapter-title"',
        'class="my-epigraph"', 'class="footnotes"', 'style="color:red"', 'style="font-weight: bold"', 'style="display:none"',
        'style="vertical-align: super"', 'epub:type="z3998:roman"', 'epub:type="footnote"', 'epub:type="epigraph"',
        'epub:type="z3998:verse"', 'role="doc-toc"', 'role="heading"', 'role="group"', 'xml:lang="fi"', 'lang="fi"', 'hidden=""',
        'aria-hidden="true"', 'title="x"',
    )  # fmt: skip
    silent = []
    for tag in ("p", "span", "div", "i", "td"):
        for said in attributes:
            number = etree.fromstring(f'<{tag} xmlns:epub="http://www.idpf.org/2007/ops" {said}>7</{tag}>')
            looks = (
                semantics.reason_left_out(number, tag, frozenset()),
                semantics.verse_of(number),
                heading_elements.heading_level(number, tag),
                semantics.language_of(number),
                links.is_raised(number, tag),
                semantics.is_bold(number, tag),
                semantics.is_inscription(number),
            )
            if inert_elements.is_inert(number, tag):
                silent.append(said)
                assert not any(looks), (tag, said, looks)
    assert {"", 'id="a"', 'class="x1 calibre"', 'style="color:red"', 'epub:type="z3998:roman"'} <= set(silent)
    styled = etree.fromstring('<span class="Up big">7</span>')
    assert inert_elements.is_inert(styled, "span")
    assert not inert_elements.is_inert(styled, "span", frozenset(("up",)))


def test_lines_of_words_in_pre_are_verse_and_code_and_columns_stay_code() -> None:
    html = """<h1>A book</h1><pre>
  The Moving Finger writes; and, having writ,
    Moves on: nor all your <i>Piety
  nor Wit</i> shall lure it back.

  Nor all your Tears.
</pre>
<pre>def f(x):\n    return x + 1</pre>
<pre class="highlight">This is a listing of words\nand another line of it</pre>
<pre>Name    Town    Country\nAnna    Oslo    Norway</pre>"""
    markup = read(html)
    assert texts(markup) == [
        "A book",
        "The Moving Finger writes; and, having writ,\nMoves on: nor all your Piety\nnor Wit shall lure it back.",
        "Nor all your Tears.",
    ]
    assert set(markup.skipped_chars) == {"code"}


def test_what_is_shown_but_not_spoken_is_kept() -> None:
    markup = read(
        """<p><i>a <b>b</b></i><code>c</code> <a href="https://example.org/">d</a><a href="ch2.xhtml">e</a>
        1<sup>st</sup> x<sup>2</sup> <span class="x ITALIC">f</span>
        <span style="font-weight: 700">g</span> <span class="em"><em>h</em></span></p>
        <blockquote><p>q</p><p><em>r</em></p></blockquote>
        <ol start="3"><li>s</li><li value="9"><p>t</p><ul><li>u</li></ul></li><li>v</li></ol>
        <em><p>w</p><p>x</p></em>
        <table><tr><th>h</th><th/><th>i</th></tr><tr><td colspan="2">j, <i>k</i></td><td>l</td></tr></table>
        <table><tr><td rowspan="2">m</td><td>n</td></tr><tr><td>o</td></tr></table>"""
    )
    assert [
        (
            one.text,
            " ".join(f"{each.style.value}:{one.text[each.start : each.end]}" for each in one.styles),
            " ".join(each.box.value + (str(each.number) if each.number else "") for each in one.within),
            [(cell.column, one.text[cell.start : cell.end]) for cell in one.cells],
        )
        for one in (block.paragraph for block in markup.blocks)
    ] == [
        ("a bc de 1st x² f g h", "em:a b strong:b code:c a:d sup:st em:f strong:g em:h", "", []),
        ("q", "", "blockquote", []),
        ("r", "em:r", "blockquote", []),
        ("s", "", "ol li3", []),
        ("t", "", "ol li9", []),
        ("u", "", "ol li9 ul li", []),
        ("v", "", "ol li10", []),
        ("w", "em:w", "", []),
        ("x", "em:x", "", []),
        ("h, i", "", "table", [(0, "h"), (2, "i")]),
        ("j, k, l", "em:k", "table", [(0, "j, k"), (2, "l")]),
        ("m, n", "", "", []),
        ("o", "", "", []),
    ]
