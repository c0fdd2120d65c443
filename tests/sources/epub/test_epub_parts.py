"""Books without helpful markup: notes, parts that are not text, pictures, titles, and Project Gutenberg's additions."""

from books import members, package, zipped

from audiobook.document import Work
from audiobook.sources.base import Source
from audiobook.sources.epub.reader import EpubReader
from audiobook.sources.markup.styles import read_styles


def read(found: dict[str, str | bytes], *narrate: str, language: str = "en") -> Work:
    source = Source(zipped(found), "a.epub", "a", language, "Fallback", narrate=frozenset(narrate))
    return EpubReader().read(source)


def shape(work: Work) -> list[tuple[str, str]]:
    return [(each.title, "|".join(part.text for part in each.paragraphs)) for each in work.chapters]


def lines(*titles: str) -> str:
    return "".join(f'<li><a href="{at}.xhtml">{title}</a></li>' for at, title in enumerate(titles))


NOTES = (
    '<h1>Eins</h1><p>Die Stadt fiel.<a id="fnref1" href="#fn1"><sup>1</sup></a> Alle weinten<sup><a '
    'href="1.xhtml#e2" id="r2">2</a></sup>, 1848<sup>3</sup> auch [<a href="1.xhtml#e4" id="r4">4</a>].</p>'
    '<p class="fn" id="fn1"><a href="#fnref1">1</a> Siehe Müller.</p><p class="fn">Und Meier dazu.</p>',
    '<h1>Anmerkungen</h1><h2>Kapitel 1</h2><p id="e2"><a href="0.xhtml#r2">2.</a> Meier.</p><p>Zweiter Absatz.</p>'
    '<p><a id="e4" href="0.xhtml#r4">4</a> Vier.</p>',
)


def test_notes_are_left_out_completely_with_their_headings_wherever_they_are() -> None:
    book = members(*NOTES, contents=lines("Eins", "Anmerkungen"))
    work = read(book)
    assert shape(work) == [("Eins", "The Book|Eins|Die Stadt fiel. Alle weinten, 1848 auch.")]
    assert set(work.skipped_chars) == {"noterefs", "footnotes"}
    assert shape(read(book, "footnotes", language="de")) == [
        (
            "Eins",
            "The Book|Eins|Die Stadt fiel. Alle weinten, 1848 auch.|Fußnote 1. Siehe Müller.|Und Meier dazu.|"
            "Fußnote 2. Meier.|Zweiter Absatz.|Fußnote 4. Vier.",
        )
    ]


def test_notes_between_paragraphs_do_not_take_the_text_after_them() -> None:
    body = (
        '<h1>One</h1><p>Text.<a id="F1" href="#N1" class="fnanchor">[1]</a></p><div class="footnote"><p><a id="N1" '
        'href="#F1">[1]</a> A note.</p><p>Its end.</p></div><p>Prose goes on.</p><dl><dt id="N2">†</dt>'
        '<dd>More.</dd></dl><p>And on.<a href="#N2"><sup>†</sup></a></p>'
    )
    assert shape(read(members(body)))[0][1] == "The Book|One|Text.|Prose goes on.|†|More.|And on."
    wiki = (
        '<h1>One</h1><p>Rome<sup id="c1"><a href="#n1"><span>[</span>1<span>]</span></a></sup> fell.</p>'
        '<h2>References</h2><ol><li id="n1"><a href="#c1">^</a> Smith.</li></ol><h2>Next</h2><p>b</p>'
    )
    assert shape(read(members(wiki)))[0][1] == "The Book|One|Rome fell."


def test_style_sheets_say_what_is_raised_and_hidden() -> None:
    css = (
        "/* .no { vertical-align: super } */ @media x { .no { display: none } } .c5 { vertical-align: super }"
        "p.a, span.n1 { position: relative; top: -0.4em } .gone { display: none } td.cell { vertical-align: super }"
    )
    styles = read_styles(css)
    assert (set(styles.raised), set(styles.hidden)) == ({"c5", "n1"}, {"gone"})
    body = (
        '<h1>One</h1><p>It fell.<span class="c5">12</span> In 1789<span class="n1">3</span> and 5 m<span '
        'class="c5">2</span><span class="gone">x</span>.</p>'
    )
    book = members(body)
    link = '<link rel="stylesheet" href="css/s.css"/></head>'
    book["OEBPS/0.xhtml"] = str(book["OEBPS/0.xhtml"]).replace("</head>", link)
    book["OEBPS/css/s.css"] = css
    work = read(book)
    assert shape(work)[0][1] == "The Book|One|It fell. In 1789 and 5 m²."
    assert work.skipped_chars == {"noterefs": 3, "hidden": 1}


def test_verse_numbers_are_left_out_unless_wanted() -> None:
    body = "<h1>Genesis</h1><p><sup>1</sup>In the beginning. <sup>2</sup>And the earth. <sup>3</sup> And God.</p>"
    work = read(members(body))
    assert shape(work)[0][1] == "The Book|Genesis|In the beginning. And the earth. And God."
    assert work.skipped_chars == {"verse-numbers": 3}
    assert "1 In the" not in shape(work)[0][1]
    assert "2 And" in shape(read(members(body), "verse-numbers"))[0][1].replace("2And", "2 And")


def test_pages_that_are_not_text_are_known_by_what_they_say() -> None:
    creator = "<dc:creator>Matti Aho</dc:creator>"
    bodies = (
        "<p>The Book</p><p>Matti Aho</p><p>Kustantaja Oy</p>",
        "<p>Kaikki oikeudet pidätetään. © Matti Aho 2019. ISBN 978-951-0-00000-0.</p>",
        '<h2>Sisällys</h2><ul><li><a href="3.xhtml">Luku 1</a></li><li><a href="4.xhtml">Luku 2</a></li></ul>',
        "<h2>Luku 1</h2><p>Hän tuli vuonna 1990.</p>",
        "<h2>Luku 2</h2><p>Hän meni.</p>",
        "<h2>Hakemisto</h2>" + "".join(f"<p>Sana {at}, {at}, {at + 3}–{at + 5}</p>" for at in range(5)),
    )
    book = members(*bodies, metadata=creator)
    work = read(book)
    assert [text for _, text in shape(work)] == [
        "The Book|Luku 1|Hän tuli vuonna 1990.",
        "Luku 2|Hän meni.",
    ]
    assert set(work.skipped_chars) == {"titlepage", "imprint", "toc", "index"}
    wanted = read(book, "titlepage", "imprint", "toc", "index")
    assert not wanted.skipped_chars


def test_an_epigraph_and_a_dedication_in_a_title_page_are_read() -> None:
    title = (
        '<h1>The Book</h1><p>Ann Other</p><blockquote class="epigraph"><p>All is vanity.</p></blockquote>'
        "<p>To my mother</p>"
    )
    guide = '<guide><reference type="title-page" href="0.xhtml"/></guide>'
    work = read(members(title, "<h1>One</h1><p>a</p>", rest=guide, contents=lines("Title", "One")))
    assert shape(work) == [("Title", "The Book|All is vanity.|To my mother"), ("One", "One|a")]
    typed = (
        '<section epub:type="titlepage"><h1>The Book</h1><p epub:type="dedication">Für Ida</p></section>',
        "<h1>One</h1><p>a</p>",
    )
    assert "Für Ida" in shape(read(members(*typed, contents=lines("Title", "One"))))[0][1]


def test_additions_of_project_gutenberg_and_its_list_of_contents_are_left_out() -> None:
    rows = "".join(
        f'<tr><td>{n}.</td><td><a href="#c{n}">Part {n}</a></td><td>{n}0</td></tr>' for n in (1, 2, 3)
    )
    text = "".join(f'<h2 id="c{n}">Part {n}</h2><p>Text {n}.</p>' for n in (1, 2, 3))
    body = (
        "<p>The Project Gutenberg EBook of The Book, by Ann Other</p><p>This eBook is for the use of anyone</p>"
        "<p>Title: The Book</p><p>Produced by Someone</p>"
        f"<h1>The Book</h1><h2>CONTENTS</h2><table>{rows}</table>{text}"
        "<p>End of Project Gutenberg's The Book, by Ann Other</p><p>More terms.</p>"
    )
    work = read(members(body, "<p>Section 5. General Information About Project Gutenberg</p>"))
    assert [text for _, text in shape(work)] == ["The Book", *(f"Part {n}|Text {n}." for n in (1, 2, 3))]
    assert set(work.skipped_chars) == {"boilerplate", "toc"}


def test_titles_in_parts_are_whole_and_a_drop_capital_belongs_to_its_word() -> None:
    bodies = (
        "<h1><span>II</span><span>Die Reise</span></h1><p><span>“O</span>nce.”</p>",
        '<div class="chapter-number">3</div><div class="chapter-title">El regreso</div><p class="dc">T</p><p>hey.</p>',
        "<h1><span>C</span><small>HAPTER</small> 4</h1><p>A</p><p>Then.</p>",
    )
    book = members(*bodies)
    book["OEBPS/content.opf"] = package(["0.xhtml", "1.xhtml", "2.xhtml"], manifest="")
    assert shape(read(book)) == [
        ("II Die Reise", "The Book|II\nDie Reise|“Once.”"),
        ("3 El regreso", "3\nEl regreso|They."),
        ("CHAPTER 4", "CHAPTER 4|A|Then."),
    ]


def test_a_short_table_of_contents_hides_no_headings_and_landmarks_name_parts() -> None:
    headings = "".join(f"<h2>Chapter {n}</h2><p>Text {n}.</p>" for n in (1, 2, 3))
    found = members("<p>Published by X</p>", headings, contents='<li><a href="1.xhtml">Start</a></li>')
    landmarks = '<nav epub:type="landmarks"><ol><li><a epub:type="copyright-page" href="0.xhtml">C</a></li></ol></nav>'
    found["OEBPS/nav.xhtml"] = str(found["OEBPS/nav.xhtml"]).replace("</body>", f"{landmarks}</body>")
    work = read(found)
    assert [title for title, _ in shape(work)] == ["Chapter 1", "Chapter 2", "Chapter 3"]
    assert set(work.skipped_chars) == {"imprint"}


def test_links_that_name_their_own_file_lead_to_notes_and_raised_digits_are_counted() -> None:
    body = (
        '<h1>One</h1><p>It fell.<span id="b1"><a class="_idFootnoteLink" href="0.xhtml#f1">1</a></span> And in 1945² it '
        'stood.</p><div id="f1"><p><a href="0.xhtml#b1">1</a> A note.</p><p>Its end.</p></div><p>² Another.</p>'
    )
    work = read(members(body))
    assert shape(work) == [("One", "The Book|One|It fell. And in 1945 it stood.")]
    assert work.skipped_chars == {"noterefs": 2, "footnotes": 23}


def test_lists_of_other_books_are_left_out_and_counted() -> None:
    story = "<h1>One</h1><p>Ann came home at last, and nobody was there to meet her.</p>"
    for head in (
        "ALSO BY ANN LEE",
        "Other Books by Ann Lee",
        "Du même auteur",
        "Weitere Bücher von Ann Lee",
        "Dello stesso autore:",
    ):
        pages = (f"<p>{head}</p><p><i>The Sea</i></p><p><i>The Land</i><br/>The Sky</p>", story)
        for bodies in (pages, pages[::-1]):
            work = read(members(*bodies))
            assert shape(work)[0][1].startswith("The Book|One|Ann came home"), head
            assert len(work.chapters) == 1, head
            assert set(work.skipped_chars) == {"bibliography"}, head
    told = "<h1>Books by Candlelight</h1><p>She read them all, one by one, until the candle went out.</p>"
    also = "<h1>Also by Night</h1><p>They rode on by night too, and came to the sea in the morning.</p>"
    work = read(members(story, told, also))
    assert [each.title for each in work.chapters] == ["One", "Books by Candlelight", "Also by Night"]
    assert "The Land" in shape(read(members(pages[0], story), "bibliography"))[0][1]
