"""OpenDocument texts: headings, lists, tables, notes, what is left out, and invalid files."""

import zipfile
from io import BytesIO

import pytest
from growth import assert_linear
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audiobook.document import Kind, Work, count_chars
from audiobook.errors import SourceError
from audiobook.sources.base import Source, announced, read_work, reader_for
from audiobook.sources.markup.tree import parse_xml
from audiobook.sources.office.odt_elements import to_html
from audiobook.sources.office.odt_styles import Styles

NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for name in ("office", "text", "style", "table", "meta")
) + (
    ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" xmlns:xlink="http://www.w3.org/1999/xlink"'
    ' xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'
)
STYLES = """<office:styles><style:default-style style:family="paragraph"><style:text-properties fo:language="fi"
 fo:country="FI"/></style:default-style><style:style style:name="Heading_20_2" style:family="paragraph"/>
<style:style style:name="Otsikko" style:family="paragraph" style:default-outline-level="1"/></office:styles>"""
AUTOMATIC = """<office:automatic-styles>
<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>
<style:style style:name="P2" style:family="paragraph" style:parent-style-name="Heading_20_2"/>
<style:style style:name="P3" style:family="paragraph"><style:text-properties text:display="none"/></style:style>
<style:style style:name="T1" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>
</office:automatic-styles>"""
META = """<office:meta><dc:title>Properties</dc:title><meta:initial-creator>Ada Marlow</meta:initial-creator>
<dc:creator>Somebody</dc:creator><dc:language>sl-SI</dc:language><dc:description>It rains.</dc:description></office:meta>"""
TEXT = """<text:tracked-changes><text:changed-region><text:deletion><text:p>Old words.</text:p></text:deletion>
</text:changed-region></text:tracked-changes><text:p text:style-name="P1">The River House</text:p>
<text:table-of-content><text:table-of-content-source><text:index-title-template>Contents</text:index-title-template>
</text:table-of-content-source><text:index-body><text:p>One<text:tab/>3</text:p></text:index-body></text:table-of-content>
<text:h text:outline-level="1">One</text:h>
<text:p>It<text:s text:c="2"/>rained<text:note text:note-class="footnote"><text:note-citation>1</text:note-citation>
<text:note-body><text:p>On a Monday.</text:p></text:note-body></text:note> all day<office:annotation><dc:creator>B</dc:creator>
<text:p>Really?</text:p></office:annotation>.</text:p>
<text:p text:style-name="P2">By night</text:p><text:p>In 10<text:span text:style-name="T1">6</text:span> drops.</text:p>
<text:p text:style-name="P3">Secret.</text:p><text:p>Line<text:line-break/>two.</text:p>
<text:list><text:list-item><text:p>bread</text:p></text:list-item><text:list-item><text:p>salt</text:p></text:list-item></text:list>
<table:table><table:table-row><table:table-cell><text:p>Rain</text:p></table:table-cell><table:table-cell><text:p>Sun</text:p>
</table:table-cell></table:table-row></table:table>
<text:p><draw:frame><draw:image xlink:href="a.png"/><svg:title>A house</svg:title><svg:desc>A house stands by a river.</svg:desc>
</draw:frame><draw:frame><draw:object xlink:href="./Object 1"/><draw:image xlink:href="b"/></draw:frame></text:p>
<text:p text:style-name="Otsikko">Two</text:p><text:p>It was dry.</text:p>"""


def part(root: str, inner: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?><office:{root} {NAMES}>{inner}</office:{root}>'


def content(text: str) -> str:
    return part(
        "document-content", f"{AUTOMATIC}<office:body><office:text>{text}</office:text></office:body>"
    )


def odt(text: str = TEXT, meta: str = META, **more: str) -> bytes:
    members = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": content(text),
        "styles.xml": part("document-styles", STYLES),
        "meta.xml": part("document-meta", meta),
        "META-INF/manifest.xml": more.get("manifest", "<a/>"),
    }
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def read(data: bytes, *narrate: str, name: str = "texts/en/a.odt") -> Work:
    return read_work(Source(data, name, "a", "en", "Fallback", narrate=frozenset(narrate)), name)


def texts(work: Work) -> list[str]:
    return [paragraph.text for chapter in work.chapters for paragraph in chapter.paragraphs]


def refused(data: bytes, name: str = "texts/en/a.odt") -> str:
    with pytest.raises(SourceError) as caught:
        read(data, name=name)
    assert (caught.value.where or "").startswith(name)
    return caught.value.message


def test_a_document_is_read_by_its_headings() -> None:
    work = read(odt())
    assert (work.title, work.metadata.authors, work.metadata.language) == (
        "The River House",
        ("Ada Marlow",),
        "sl-SI",
    )
    assert work.metadata.description == "It rains."
    assert [(chapter.title, chapter.level) for chapter in work.chapters][-3:] == [
        ("One", 1),
        ("By night", 2),
        ("Two", 1),
    ]
    said = texts(work)
    assert said[:3] == ["The River House", "One", "It rained all day."]
    assert said[3:8] == ["By night", "In 10⁶ drops.", "Line\ntwo.", "bread", "salt"]
    assert said[8].startswith("Rain")
    assert said[-2:] == ["Two", "It was dry."]
    assert not {"Really?", "Secret.", "Old words.", "On a Monday.", "A house"} & set(said)
    assert work.chapters[0].paragraphs[0].kind is Kind.TITLE
    assert work.source_chars == sum(map(count_chars, said)) + sum(work.skipped_chars.values())


def test_a_document_without_marked_headings_has_chapters_by_their_numbers() -> None:
    titles = ["Kapitel 1", "Kapitel 2", "Kapitel 3"]
    listed = "".join(f"<text:p>{title} .... {page}</text:p>" for page, title in enumerate(titles, 5))
    body = "".join(
        f"<text:p>{title}</text:p>" + "<text:p>It rained all day.</text:p>" * 3 for title in titles
    )
    name = "texts/de/a.odt"
    data = odt(f"<text:p>Inhalt</text:p>{listed}{body}")
    work = read_work(Source(data, name, "a", "de", "Fallback"), name)
    assert ([chapter.title for chapter in work.chapters], work.chapters_by) == (titles, "series")
    assert work.skipped_chars["contents"] == sum(map(count_chars, ("Inhalt", *titles))) + 15


def test_lines_that_look_like_headings_keep_their_looks() -> None:
    looks = (
        '<style:style style:name="A" style:family="paragraph"><style:paragraph-properties fo:text-align="center"/>'
        '<style:text-properties fo:font-weight="bold"/></style:style><style:style style:name="B" style:family="paragraph" '
        'style:parent-style-name="A"><style:text-properties fo:font-weight="normal"/></style:style>'
        '<style:style style:name="C" style:family="text"><style:text-properties fo:font-size="18pt"/></style:style>'
    )
    text = (
        '<text:p text:style-name="A">One</text:p><text:p text:style-name="B">Two</text:p>'
        '<text:p><text:span text:style-name="C">Three</text:span></text:p>'
    )
    root = parse_xml(part("document", f"{looks}<office:text>{text}</office:text>").encode(), "a")
    styles = Styles()
    styles.add(root)
    found = next(root.iter("{*}text"))
    to_html(found, styles)
    assert [(p.get("align"), p.get("style"), [each.tag for each in p]) for p in found] == [
        ("center", "font-weight: bold", []), ("center", None, []), (None, None, ["b"])
    ]  # fmt: skip


def test_hidden_paragraphs_and_sections_are_skipped() -> None:
    work = read(
        odt(
            '<text:p>Rain.</text:p><text:p>One<text:hidden-paragraph text:is-hidden="true"/></text:p>'
            '<text:p>Sun.<text:hidden-paragraph text:is-hidden="false"/></text:p>'
            '<text:section text:display="none"><text:p>Two</text:p></text:section>'
            '<text:section text:display="true"><text:p>Snow.</text:p></text:section>'
        )
    )
    assert texts(work) == ["Rain.", "Sun.", "Snow."]
    assert work.skipped_chars == {"hidden": len("OneTwo")}


def test_what_is_left_out_is_counted_and_read_on_request() -> None:
    work = read(odt())
    assert work.skipped_chars == {
        "deleted text": len("Oldwords."), "toc": len("One3"), "noterefs": 1, "footnotes": len("OnaMonday."),
        "comments": len("BReally?"), "hidden": len("Secret."),
    }  # fmt: skip
    assert [problem.message for problem in work.problems] == [
        "formulas, charts or other embedded objects, which are not read out: 1"
    ]
    narrated = texts(read(odt(), "footnotes", "toc"))
    assert any("On a Monday." in text for text in narrated)
    assert "One 3" in narrated


def test_the_language_is_that_of_the_properties_or_of_the_styles() -> None:
    for meta, language in ((META, "sl-SI"), ("<office:meta/>", "fi-FI")):
        assert announced(reader_for("a.odt"), odt(meta=meta), "a.odt", None).language == language
    assert read(odt(meta="<office:meta/>")).metadata.language is None


def test_a_document_of_one_xml_file_has_lines() -> None:
    body = f"{META}{STYLES}{AUTOMATIC}<office:body>\n<office:text>{TEXT}</office:text></office:body>"
    work = read(part("document", body).encode(), name="a.fodt")
    assert texts(work) == texts(read(odt()))
    assert work.chapters[-1].paragraphs[-1].where("a.fodt") == "a.fodt:25"


def test_files_that_are_not_documents_are_rejected() -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a", "")
    assert "content.xml is missing" in refused(stream.getvalue())
    assert "not a zip archive" in refused(b"no zip")
    assert "is encrypted" in refused(odt(manifest="<a><manifest:encryption-data/></a>"))
    assert "not well-formed" in refused(odt("<text:p>"))
    assert "not a text document" in refused(part("document", "<office:body/>").encode(), "a.fodt")
    assert "no text to read aloud" in refused(odt(""))


@hypothesis_settings(max_examples=25, deadline=None)
@given(st.data())
def test_damaged_documents_give_a_work_or_our_own_error(data: st.DataObject) -> None:
    whole = part(
        "document", f"{META}{AUTOMATIC}<office:body><office:text>{TEXT}</office:text></office:body>"
    ).encode()
    at = data.draw(st.integers(0, len(whole)))
    try:
        read(
            whole[:at] + data.draw(st.binary(max_size=8)) + whole[at + data.draw(st.integers(0, 40)) :],
            name="a.fodt",
        )
    except SourceError as error:
        where = error.where or ""
    else:
        where = "a.fodt"
    assert where.startswith("a.fodt")


@pytest.mark.parametrize(
    "unit",
    [
        '<text:p text:style-name="P3">a</text:p><text:h>b</text:h>',
        "<draw:frame><svg:desc>a</svg:desc></draw:frame>",
    ],
)
def test_a_document_of_many_parts_takes_linear_time(unit: str) -> None:
    assert_linear(read, lambda count: odt("<text:p>a</text:p>" + unit * count), 60)
