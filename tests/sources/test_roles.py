"""What each format says a paragraph is: a quotation, a note, a stage direction, or the speech after a name."""

from __future__ import annotations

import pytest

from audiobook.casting import Casting, Character, Role
from audiobook.document import SpokenPart, Work
from audiobook.sources.base import Source, read_work
from audiobook.sources.text.saved_script import script_markdown

HTML = """<h1>One</h1><p>Plain.</p><blockquote><p>Quoted.</p></blockquote><p class="extract">Quoted.</p>
<p class="stage">He goes.</p><p class="speaker">HAMLET</p><p><b>Hamlet:</b> yes.</p><p>Not <b>bold</b>.</p>
<p><span class="smcap">Hamlet</span> yes.</p><table><tr><td>Hamlet</td><td>yes</td></tr><tr><td>Ben</td><td>no</td></tr>
</table>"""
FICTION_BOOK = """<FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0"><description><title-info>
<book-title>T</book-title></title-info></description><body><section><title><p>One</p></title><p>Plain.</p>
<cite><p>Quoted.</p></cite><p><strong>Hamlet.</strong> Yes.</p></section></body></FictionBook>"""
OPEN_DOCUMENT = """<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 office:mimetype="application/vnd.oasis.opendocument.text"><office:styles><style:style style:name="Quotations"
 style:family="paragraph"/></office:styles><office:automatic-styles><style:style style:name="P1" style:family="paragraph"
 style:parent-style-name="Quotations"/></office:automatic-styles><office:body><office:text>
<text:h text:outline-level="1">One</text:h><text:p>Plain.</text:p><text:p text:style-name="P1">Quoted.</text:p>
</office:text></office:body></office:document>"""
MARKDOWN = """# One

Plain with a note[^1].

> Quoted.

> [!TIP] A callout
> is none.

**Hamlet:** yes, **bold**.

::: {role=direction}
He goes.
:::

{role=quotation}
Quoted.

[^1]: Noted.
"""


def read(data: str, name: str) -> Work:
    return read_work(Source(data.encode(), name, "a", "en", "F", narrate=frozenset(("footnotes",))), name)


def told(work: Work) -> list[tuple[str, str, str]]:
    """Return the paragraphs that are anything: the text, the role, and the label."""
    paragraphs = [one for chapter in work.chapters for one in chapter.paragraphs]
    return [
        (one.text, one.role.value if one.role else "", one.text[: one.label_chars])
        for one in paragraphs
        if one.role or one.label_chars
    ]


@pytest.mark.parametrize(
    ("name", "data", "found"),
    [
        (
            "a.html",
            HTML,
            [
                ("Quoted.", "quotations", ""),
                ("Quoted.", "quotations", ""),
                ("He goes.", "direction", ""),
                ("HAMLET", "", "HAMLET"),
                ("Hamlet: yes.", "", "Hamlet:"),
                ("Hamlet yes.", "", "Hamlet"),
                ("Hamlet, yes", "", "Hamlet"),
                ("Ben, no", "", "Ben"),
            ],
        ),
        ("a.fb2", FICTION_BOOK, [("Quoted.", "quotations", ""), ("Hamlet. Yes.", "", "Hamlet.")]),
        ("a.fodt", OPEN_DOCUMENT, [("Quoted.", "quotations", "")]),
        (
            "a.md",
            MARKDOWN,
            [
                ("Footnote 1. Noted.", "notes", ""),
                ("Quoted.", "quotations", ""),
                ("Hamlet: yes, bold.", "", "Hamlet:"),
                ("He goes.", "direction", ""),
                ("Quoted.", "quotations", ""),
            ],
        ),
    ],
)
def test_a_format_marks_quotations_notes_directions_and_names(
    name: str, data: str, found: list[tuple[str, str, str]]
) -> None:
    assert told(read(data, name)) == found


@pytest.mark.parametrize("name", ["a.md", "a.txt"])
def test_a_part_of_a_sentence_names_its_voice_and_the_inner_one_wins(name: str) -> None:
    work = read("One [two [three]{voice=b} four]{voice=a}, [five]{voice=c say=six}.", name)
    (paragraph,) = (one for chapter in work.chapters for one in chapter.paragraphs if one.spoken)
    shown = [(paragraph.text[one.start : one.end], one.character.name) for one in paragraph.spoken]
    assert shown == [("two ", "a"), ("three", "b"), (" four", "a"), ("five", "c")]
    assert [one.text for one in paragraph.sayings] == ["six"]
    assert work.problems == ()


def test_a_saved_script_keeps_roles_voices_and_the_cast() -> None:
    head = "---\ncast: {dialogue: d, say_names: false, speakers: {Hamlet: h}}\n---\n"
    work = read(head + MARKDOWN.replace("Plain", "Plain [and [*not*]{lang=fr} so]{voice=v}"), "a.md")
    back = read(script_markdown(work, saved="a.md", cover=None), "a.script.md")
    assert back.metadata.casting == Casting(dialogue="d", speakers={"Hamlet": "h"}, say_names=False)
    assert told(back) == told(work)

    def spoken(work: Work) -> list[tuple[SpokenPart, ...]]:
        return [one.spoken for chapter in work.chapters for one in chapter.paragraphs if one.spoken]

    (parts,) = spoken(work)
    assert [(one.start, one.end) for one in parts] == [(6, 16)]
    merged = [part for piece in spoken(back) for part in piece]
    assert (merged[0].start, merged[-1].end) == (6, 16)
    assert {part.character for part in merged} == {Character(Role.NAMED, "v")}
