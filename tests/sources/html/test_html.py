"""HTML: the text of an article without anything around it."""

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audiobook.document import Kind, Work, count_chars
from audiobook.errors import SourceError
from audiobook.sources.base import Source, announced, reader_for
from audiobook.sources.html.reader import HtmlReader

NAME = "texts/en/a.html"


def read(html: str | bytes, *, encoding: str | None = None, name: str = NAME) -> Work:
    data = html.encode() if isinstance(html, str) else html
    work = HtmlReader().read(Source(data, name, "a", "en", "Fallback", encoding))
    shown = sum(count_chars(each.text) for chapter in work.chapters for each in chapter.paragraphs)
    assert work.source_chars == shown + sum(work.skipped_chars.values())
    return work


def texts(work: Work) -> list[str]:
    return [each.text for chapter in work.chapters for each in chapter.paragraphs]


def page(body: str, head: str = "") -> str:
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>{body}</body></html>'


ARTICLE = "<h1>Hens</h1><p>All about hens.</p><h2>Eggs</h2><p>Of eggs.</p>"


@pytest.mark.parametrize("name", ["a.html", "a.HTM", "a.xhtml"])
def test_html_is_recognised_by_its_extension(name: str) -> None:
    assert isinstance(reader_for(name), HtmlReader)


def test_headings_start_chapters_and_the_first_is_the_title() -> None:
    work = read(page(ARTICLE))
    assert work.title == "Hens"
    assert work.chapters[0].paragraphs[0].kind is Kind.TITLE
    assert [(each.title, len(each.paragraphs)) for each in work.chapters] == [("Hens", 2), ("Eggs", 2)]
    assert work.chapters[0].paragraphs[1].where(NAME) == f"{NAME}:3"


@pytest.mark.parametrize(
    "around", ["<main>{}</main>", '<div role="main">{}</div>', "<div><article>{}</article></div>"]
)
def test_the_article_is_read_and_the_rest_is_counted(around: str) -> None:
    inner = f"<header>{ARTICLE}</header><nav>n</nav><aside>aa</aside><form>f</form><footer>foot</footer>"
    body = f"<header>Site</header><nav>menu</nav><p>ad</p>{around.format(inner)}<footer>legal</footer>"
    work = read(page(body))
    assert texts(work) == ["Hens", "All about hens.", "Eggs", "Of eggs."]
    assert work.skipped_chars == {"navigation": len("n aa f foot Site menu ad legal".replace(" ", ""))}


@pytest.mark.parametrize("sign", ["\x01", "&#1;", "&#x1F;", "&#031;", "\uffff", "&#65534;", "\x0e"])
@pytest.mark.parametrize(
    "body",
    [
        "<pre>Rain{} falls down\nRoses are red{} all day</pre>",
        "<p id='a{}'>Rain falls down</p><p><a href='b.html#a{}'>Roses</a> are red all day</p>",
    ],
)
def test_control_characters_and_references_to_them_are_left_out(body: str, sign: str) -> None:
    said = " ".join(texts(read(page(body.format(sign, sign)))))
    assert said.split() == "Rain falls down Roses are red all day".split()


@pytest.mark.parametrize("element", ["section", "article"])
def test_a_header_of_a_section_is_part_of_the_text(element: str) -> None:
    parts = (
        f"<div><{element}><header><h1>Chapter {number}. On hens</h1></header><p>Of eggs.</p></{element}></div>"
        for number in (1, 2, 3)
    )
    work = read(page(f"<header>Site</header>{''.join(parts)}"))
    assert [chapter.title for chapter in work.chapters] == [
        f"Chapter {number}. On hens" for number in (1, 2, 3)
    ]
    assert work.skipped_chars == {"navigation": len("Site")}


def test_a_page_of_several_articles_is_read_whole_without_its_furniture() -> None:
    body = (
        "<header><h1>Site</h1></header><div role='banner'>b</div><nav>menu</nav><article>One.</article>"
        "<article>Two.</article><script>x</script><template>t</template><p hidden>h</p><aside>a</aside>"
    )
    work = read(page(body))
    assert texts(work) == ["One.", "Two."]
    assert work.skipped_chars == {"navigation": 10, "hidden": 2}


@pytest.mark.parametrize(
    ("head", "body", "title", "spoken"),
    [
        (
            '<meta property="og:title" content="Geese"><title>Geese – Site</title>',
            "<p>a</p>",
            "Geese",
            ["Geese", "a"],
        ),
        ("<title>Geese</title>", "<p>a</p>", "Geese", ["Geese", "a"]),
        ("<title>Geese – Site</title>", "<h1>Geese</h1><p>a</p>", "Geese", ["Geese", "a"]),
        ("<title>Geese</title>", "<h1>On birds</h1><p>a</p>", "Geese", ["Geese", "On birds", "a"]),
        ("<title>Geese</title>", "<p>Animals</p><h1>Geese</h1><p>a</p>", "Geese", ["Animals", "Geese", "a"]),
        ("", "<h1>A</h1><p>a</p><h1>B</h1><p>b</p>", "Fallback", ["A", "a", "B", "b"]),
        ("<title> \n</title>", "<p>a</p><svg><title>Logo</title></svg>", "Fallback", ["a"]),
    ],
)
def test_the_title_omits_the_name_of_the_site(head: str, body: str, title: str, spoken: list[str]) -> None:
    work = read(page(body, head))
    assert (work.title, texts(work)) == (title, spoken)


def test_the_title_omits_the_words_of_project_gutenberg_and_names_the_author() -> None:
    for written, title, authors in (
        (
            "The Project Gutenberg E-text of The Kalevala, by Elias Lönnrot",
            "The Kalevala",
            ("Elias Lönnrot",),
        ),
        ("The Project Gutenberg eBook of Emma, by Jane Austen.", "Emma", ("Jane Austen",)),
        ("Project Gutenberg's Stand by Me, by Ann Other", "Stand by Me", ("Ann Other",)),
        ("The Project Gutenberg EBook of Emma", "Emma", ()),
        ("Emma | Project Gutenberg", "Emma", ()),
        ("The Story of Project Gutenberg, by Ann Other", "The Story of Project Gutenberg, by Ann Other", ()),
    ):
        work = read(page("<p>a</p>", f"<title>{written}</title>"))
        assert (work.title, work.metadata.authors, texts(work)[0]) == (title, authors, title)
    head = '<title>The Project Gutenberg eBook of Emma, by J. Austen</title><meta name="author" content="Jane Austen">'
    assert read(page("<p>a</p>", head)).metadata.authors == ("Jane Austen",)


def test_author_date_and_language_of_a_page_are_read() -> None:
    head = (
        '<meta name="Author" content="Ann"><meta name="author" content="Bo">'
        '<meta property="article:published_time" content="2024-03-02T10:00:00Z">'
        '<meta name="description" content=" "><meta property="og:description" content="Of &amp;lt; signs.">'
    )
    metadata = read(page(ARTICLE, head)).metadata
    assert (metadata.authors, metadata.date, metadata.language) == (("Ann", "Bo"), "2024-03-02", "en")
    assert metadata.description == "Of &lt; signs."
    assert announced(HtmlReader(), page(ARTICLE).encode(), NAME, None).language == "en"
    assert announced(HtmlReader(), b"", NAME, None).language is None


def test_the_encoding_comes_from_the_page_or_the_user() -> None:
    body = "<h1>Zażółć</h1><p>gęślą</p>"
    assert read(page(body)).title == "Zażółć"
    assert read(page(body, '<meta charset="iso-8859-2">').encode("iso-8859-2")).title == "Zażółć"
    declared = '<meta http-equiv="Content-Type" content="text/html; charset=windows-1250">'
    work = read(page(body, declared).encode("cp1250"))
    assert (work.title, work.encoding) == ("Zażółć", None)
    work = read(page(body).encode("cp1250"), encoding="cp1250")
    assert (work.title, work.encoding) == ("Zażółć", "cp1250")
    assert read(page("<p>“a”</p>", '<meta charset="iso-8859-1">').encode("cp1252")).title == "Fallback"


def test_bytes_in_another_encoding_are_rejected_with_their_line() -> None:
    with pytest.raises(SourceError) as caught:
        read(page("<p>gęślą</p>").encode("cp1250"))
    assert caught.value.where == f"{NAME}:3"


def test_xhtml_and_named_entities_are_read() -> None:
    html = '<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><body><p/><p>a&mdash;&nbsp;b</p></body></html>'
    assert texts(read(html, name="a.xhtml")) == ["a— b"]
    assert texts(read(page("<p>a&mdash;&nbsp;b &copy"))) == ["a— b ©"]


@pytest.mark.parametrize(
    "html", ["", " ", "<!-- x -->", "<html></html>", "<nav>a</nav>", "<p>* * *", "<title>x</title>"]
)
def test_a_page_without_text_is_rejected_by_name(html: str) -> None:
    with pytest.raises(SourceError) as caught:
        read(html)
    assert (caught.value.where or "").startswith(NAME)


def test_a_page_nested_too_deeply_is_rejected() -> None:
    with pytest.raises(SourceError) as caught:
        read("<div>" * 100_000 + "x")
    assert (caught.value.where or "").startswith(NAME)


PIECES = st.sampled_from(
    ["<p>", "</p>", "<main>", "</main>", "<h1>", "</h1>", "<br>", "<table><tr><td>", "<nav>", "</body>", "a ", "é",
     "<!--", "-->", "<![CDATA[", "]]>", "&amp;", "&#0;", "&#x110000;", "<?xml version='1.0'?>", "<title>", "</title>",
     "<pre>", "<svg>", "</svg>", "<html lang='fi'>", "<meta charset=utf-7>", "\x01", "<", ">", "<div class=stanza>"]
)  # fmt: skip


@hypothesis_settings(max_examples=200)
@given(html=st.lists(PIECES, max_size=25).map("".join) | st.text())
def test_any_page_gives_a_work_or_our_error_and_loses_nothing(html: str) -> None:
    where: str | None = NAME
    try:
        read(html.encode("utf-8", "replace"))
    except SourceError as error:
        where = error.where
    assert (where or "").startswith(NAME)


@given(data=st.binary(max_size=300))
def test_any_bytes_give_a_work_or_our_error(data: bytes) -> None:
    where: str | None = NAME
    try:
        read(data)
    except SourceError as error:
        where = error.where
    assert (where or "").startswith(NAME)


def test_without_headings_list_items_and_table_rows_start_no_chapter() -> None:
    body = (
        "<p>Bread is easy.</p><ul><li>Flour</li><li><p>Water</p><p>Or milk</p></li></ul>"
        "<table><tr><td>Oven</td><td>hot</td></tr><tr><td>Time</td><td>long</td></tr></table><p>Bake it well.</p>"
    )
    work = read(page(body, "<title>Bread</title>"))
    assert [chapter.title for chapter in work.chapters] == ["Bread is easy.", "Bake it well."]
    assert [paragraph.text for paragraph in work.chapters[0].paragraphs if paragraph.text != "Bread"] == [
        "Bread is easy.",
        "Flour",
        "Water",
        "Or milk",
        "Oven, hot",
        "Time, long",
    ]


def test_a_page_that_is_one_list_is_one_chapter() -> None:
    work = read(page("<ol><li>One</li><li>Two</li></ol>", "<title>Counting</title>"))
    assert [chapter.title for chapter in work.chapters] == ["Counting"]


FURNITURE = """<html lang="de"><head><title>Rom – Seite</title></head><body><div id="mw-head">x</div>
<h1>Rom<a class="headerlink" href="#rom">¶</a></h1><div class="cookie-banner">Cookies</div>
<ul class="toc"><li><a href="#b">Kultur</a></li></ul><table class="infobox"><tr><td>Einwohner</td></tr></table>
<p>Rom ist alt.<sup id="r1"><a href="#n1">[1]</a></sup> <del>Weg.</del></p>
<h2 id="b">Kultur [<a href="/e">Bearbeiten</a>]</h2><p>Sie ist reich.</p><div class="share"><a>Teilen</a></div>
<h2>Einzelnachweise</h2><ol class="references"><li id="n1"><a href="#r1">↑</a> Müller.</li></ol>
<section id="comments"><h2>2 Kommentare</h2><p>Gut!</p></section></body></html>"""


def test_what_surrounds_the_text_of_a_page_is_left_out_and_counted() -> None:
    work = read(FURNITURE)
    assert [paragraph.text for chapter in work.chapters for paragraph in chapter.paragraphs] == [
        "Rom",
        "Rom ist alt.",
        "Kultur",
        "Sie ist reich.",
    ]
    assert {"navigation", "noterefs", "footnotes", "deleted"} <= set(work.skipped_chars)


def test_bold_lines_are_the_headings_of_a_page_without_headings() -> None:
    page = "<p><b>Chapitre un</b></p><p>Il vint, et <b>voilà</b>.</p><p>Fin<font size=5><b>Chapitre deux</b></font><p>x"
    assert [chapter.title for chapter in read(page).chapters] == ["Chapitre un", "Chapitre deux"]


def test_links_of_a_saved_page_with_its_address_lead_to_its_notes() -> None:
    address = "https://example.org/wiki/Walking"
    work = read(
        page(
            f'<h1>Walking</h1><p>It is good.<sup id="r"><a href="{address}#n">[1]</a></sup></p><h2>References</h2>'
            f'<ol><li id="n"><a href="{address}#r">^</a> Smith.</li></ol>'
        )
    )
    assert texts(work) == ["Walking", "It is good."]
    assert {"footnotes", "noterefs"} <= set(work.skipped_chars)


def test_a_bold_or_centred_first_line_of_a_page_without_headings_is_its_title() -> None:
    prose = f"<p>{'Ann went out and came home again, as she did. ' * 3}</p>"

    def opening(top: str, paragraphs: int) -> tuple[str, str]:
        data = f'<html lang="en"><body>{top}{prose * paragraphs}</body></html>'.encode()
        work = HtmlReader().read(Source(data, "a.html", "a", "en", "Fallback"))
        return work.title, work.chapters[0].paragraphs[0].kind.value

    bold, large = "<p><b>The Old House</b></p>", '<p style="font-size: 2em">The Old House</p>'
    for top in (bold, large, f"{bold}<p><i>by Ann Lee</i></p>", f"{bold}<p><b>by Ann Lee</b></p>"):
        assert opening(top, 3) == ("The Old House", "title"), top
        assert opening(top, 30)[0] == "The Old House", top
    for top in (
        "<p>The Old House</p>",
        "<p><b>Ann was at home.</b></p>",
        f"<p><b>{'Long ' * 40}</b></p>",
        f"{prose}{bold}",
    ):
        assert opening(top, 3)[0] == "Fallback", top
