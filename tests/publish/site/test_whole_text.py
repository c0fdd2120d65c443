"""The whole text as HTML: the element of each kind of paragraph, and the language of foreign parts."""

import pytest
from msgspec.structs import replace

from audiobook.book.record.chapters import ParagraphRecord
from audiobook.document import Kind
from audiobook.layout import Box, Style
from audiobook.publish.site.whole_text import chapter_html, paragraph_html


def paragraph(text: str, kind: Kind = Kind.TEXT, *foreign: tuple[int, int, str]) -> ParagraphRecord:
    return ParagraphRecord(kind, "", 1, text, foreign, (), ())


@pytest.mark.parametrize(
    ("kind", "level", "html"),
    [
        (Kind.TEXT, 1, "<p>It rained.</p>"),
        (Kind.TEXT, 9, "<p>It rained.</p>"),
        (Kind.HEADING, 1, "<h2>It rained.</h2>"),
        (Kind.HEADING, 2, "<h3>It rained.</h3>"),
        (Kind.HEADING, 5, "<h6>It rained.</h6>"),
        (Kind.HEADING, 9, "<h6>It rained.</h6>"),
        *(
            (kind, 1, f'<p class="{kind.value}">It rained.</p>')
            for kind in Kind
            if kind not in (Kind.TEXT, Kind.HEADING)
        ),
    ],
)
def test_each_kind_of_paragraph_has_its_element(kind: Kind, level: int, html: str) -> None:
    assert paragraph_html(paragraph("It rained.", kind), level) == html


def test_foreign_parts_get_language_and_direction_and_the_rest_is_unchanged() -> None:
    text = "He said shalom שלום & <bonjour>!"
    one = paragraph(text, Kind.TEXT, (8, 14, "he-Latn"), (15, 19, "he"), (23, 30, "fr"))
    assert paragraph_html(one, 1) == (
        '<p>He said <span lang="he-Latn" dir="ltr">shalom</span> <span lang="he" dir="rtl">שלום</span>'
        ' &amp; &lt;<span lang="fr" dir="ltr">bonjour</span>&gt;!</p>'
    )


def test_text_and_language_tags_are_escaped() -> None:
    assert paragraph_html(paragraph("<b>\"a\" & 'b'</b>"), 1) == (
        "<p>&lt;b&gt;&quot;a&quot; &amp; &#x27;b&#x27;&lt;/b&gt;</p>"
    )
    assert paragraph_html(paragraph("a<b", Kind.TEXT, (0, 3, 'x" onclick="y')), 1) == (
        '<p><span lang="x&quot; onclick=&quot;y" dir="ltr">a&lt;b</span></p>'
    )
    assert paragraph_html(paragraph(""), 1) == "<p></p>"


def test_styles_are_nested_and_boxes_are_opened_and_closed_once() -> None:
    item = (Box.BULLETS, True, 0), (Box.ITEM, True, 0)
    on = (Box.BULLETS, False, 0), (Box.ITEM, False, 0)
    bare = paragraph("a bc d")
    styles = ((0, 4, Style.EMPHASIS), (2, 6, Style.STRONG))
    chapter = (
        replace(bare, styles=styles, links=((5, 6, "https://a?b&c"),)),
        replace(paragraph("one"), within=item),
        replace(paragraph("more"), within=on),
        replace(paragraph("deep"), within=(*on, (Box.QUOTATION, True, 0))),
        replace(paragraph("two"), within=(on[0], item[1])),
        replace(paragraph("x, y"), within=((Box.TABLE, True, 0),), cells=((0, 0, 1, True), (2, 3, 4, False))),
    )
    assert "".join(chapter_html(chapter, 1)) == (
        "<p><em>a <strong>bc</strong></em><strong> </strong>"
        '<a href="https://a?b&amp;c" rel="noopener noreferrer"><strong>d</strong></a></p>'
        "<ul><li><p>one</p><p>more</p><blockquote><p>deep</p></blockquote></li><li><p>two</p></li></ul>"
        '<div class="wide" tabindex="0"><table><tr><th>x</th><td></td><td>y</td></tr></table></div>'
    )
