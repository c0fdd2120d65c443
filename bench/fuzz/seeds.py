"""Seeds: small inputs that are read, from the makers of the tests."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import msgspec

_TESTS: Final = Path(__file__).parents[2] / "tests"
_FOLDERS: Final = (
    "",
    "sources",
    "sources/office",
    "sources/pdf",
    "sources/mobi",
    "sources/fb2",
    "sources/front_matter",
    "sources/html",
    "sources/htmlz",
    "sources/rtf",
    "sources/text",
    "sources/web",
    "narration/lexicon",
    "clips",
)
KEY: Final = "ab" * 32
"""The key of the store entries."""


def _find_makers() -> None:
    """Let the modules of the tests be imported."""
    for folder in _FOLDERS:
        if (path := str(_TESTS / folder)) not in sys.path:
            sys.path.append(path)


def of_text() -> list[bytes]:
    """Return plain texts: an essay, and a book of Project Gutenberg."""
    _find_makers()
    from test_gutenberg import BODY, CONTENTS, FOOTER, HEADER

    book = HEADER + BODY.format(contents=CONTENTS) + FOOTER
    return [
        book.encode(),
        "Otsikko\n\nYksi lause. Toinen, “lainattu” lause.\n\n* * *\n\nLuku 2\n\n— Hei, hän sanoi.\n".encode(),
        "Chapter One\r\n\r\nOn 3.5.2024 at 14:30 I paid €3,50 [1].\r\n\r\n[1] A note.\r\n".encode(),
        b'{voice="alto"}\n\nSome [words]{lang=fi} here{pause=2s} and ![a picture](b.png).\n',
    ]


def of_markdown() -> list[bytes]:
    """Return texts in Markdown: every construct, marks, and a saved script."""
    _find_makers()
    from test_markdown import EVERYTHING, SHAPES

    saved = (
        '---\ntitle: "A"\nsaved: "en/a.txt"\ncast:\n  headings: "alto"\n---\n\n# A {level=0}\n\n## One\n\n'
        '::: {role=note lang=fi}\n\n[words]{say="w o r d s" as=digits} and {pause=800ms}.\n\n:::\n\n'
        "{chapter=Two level=2}\nIt rained\\\nall day.\n"
    )
    table = "| a | b |\n|---|:-:|\n| 1 | `x` |\n\n- [ ] one\n  1. two[^n]\n\n[^n]: A note.\n\n$$x^2$$\n\nterm\n: meaning\n"
    return [EVERYTHING.encode(), SHAPES.encode(), saved.encode(), table.encode()]


def of_html() -> list[bytes]:
    """Return web pages."""
    _find_makers()
    from test_html import ARTICLE, FURNITURE, page

    more = (
        "<table><caption>T</caption><tr><th>a<td>b</table><ul><li>x<ol start=3><li>y</ol></ul><p lang=fi>Satoi"
        "<sup><a id=r href='#n'>1</a></sup> <ruby>字<rt>ji</rt></ruby> <q>q</q><br>x</p><img alt='A house'>"
        "<blockquote><pre>a  b</pre></blockquote><aside id=n role=doc-footnote>1. Note <a href='#r'>↩</a></aside>"
        "<dl><dt>t<dd>d</dl><math><mi>x</mi></math><div hidden>h</div><i>it</i><details><summary>s</summary>t</details>"
    )
    return [page(ARTICLE + more).encode(), FURNITURE.encode()]


def of_article() -> list[bytes]:
    """Return web pages with an article in them."""
    _find_makers()
    from test_article import PAGE

    return [PAGE.encode()]


def of_epub() -> list[bytes]:
    """Return books: with navigation, parts, notes and a lexicon, and one for EPUB 2."""
    _find_makers()
    from books import members, zipped

    entries = '<li><a href="0.xhtml">One</a><ol><li><a href="1.xhtml#b">Two</a></li></ol></li>'
    bodies = (
        '<h1>One</h1><p ssml:ph="w3d">It rained<a epub:type="noteref" href="1.xhtml#n">1</a>.</p>',
        '<h2 id="b">Two</h2><p>Dry.</p><aside epub:type="footnote" id="n"><p>A note.</p></aside>',
    )
    whole = members(*bodies, contents=entries)
    lexicon = '<lexicon xmlns="http://www.w3.org/2005/01/pronunciation-lexicon" xml:lang="en"><lexeme><grapheme>Dry</grapheme><alias>wet</alias></lexeme></lexicon>'
    linked = str(whole["OEBPS/1.xhtml"]).replace("<title>", '<link rel="pronunciation" href="a.pls"/><title>')
    ncx = (
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>One</text></navLabel>'
        '<content src="0.xhtml"/><navPoint><navLabel><text>Two</text></navLabel><content src="1.xhtml#b"/></navPoint>'
        "</navPoint></navMap></ncx>"
    )
    old = members(
        *bodies,
        manifest='<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>',
        rest='<guide><reference type="toc" href="0.xhtml"/></guide>',
    ) | {"OEBPS/toc.ncx": ncx}
    return [zipped(whole | {"OEBPS/1.xhtml": linked, "OEBPS/a.pls": lexicon}), zipped(old)]


def of_fb2() -> list[bytes]:
    """Return FictionBooks, as XML and in a zip archive."""
    _find_makers()
    from test_fb2 import book, zipped

    picture = '<binary id="c.png" content-type="image/png">iVBORw0KGgo=</binary>'
    return [book(rest=picture), zipped("a.fb2", data=book()), book(encoding="windows-1251")]


def of_pdf() -> list[bytes]:
    """Return PDF files: chapters with an outline and notes, two columns, and letters from right to left."""
    _find_makers()
    from pdf_files import Entry, Text, flow, pdf

    lines = ["It rained all day, and the river", "rose1 until the evening came.", " Then it stopped."]
    page = [
        Text(50, 570, "THE RIVER HOUSE", 8),
        Text(50, 552, "Chapter One", 16, "F2"),
        *flow(lines, top=500),
    ]
    notes = [Text(50, 60, "1 On a Monday.", 7), Text(200, 30, "12", 8)]
    columns = [*flow(lines, 40, 500), *flow(lines, 220, 500), Text(50, 552, "Chapter Two", 16, "F2")]
    return [
        pdf(
            [[*page, *notes], columns],
            {"Title": "The River House", "Author": "A; B"},
            [Entry("One", 0), Entry("Two", 1)],
        ),
        pdf([[Text(50, 500, "ABC DEF", 12, "F3"), Text(300, 300, "side", 9, "F1", 1)]], rotate=90),
    ]


def of_docx() -> list[bytes]:
    """Return a Word document."""
    _find_makers()
    from docx_files import docx, note, p

    paragraphs = (
        p("The House", "Title"),
        p("One", "Heading1"),
        p("It rained.", more=note(2)),
        p("Two", "Heading2"),
        p("Dry."),
    )
    return [docx(*paragraphs, title="The House", author="A; B", footnotes={2: "A note."})]


def of_odt() -> list[bytes]:
    """Return OpenDocument texts, as a zip archive and as one XML file."""
    _find_makers()
    from test_odt import AUTOMATIC, META, STYLES, TEXT, odt, part

    body = f"<office:body><office:text>{TEXT}</office:text></office:body>"
    return [odt(), part("document", META + STYLES + AUTOMATIC + body).encode()]


def of_rtf() -> list[bytes]:
    """Return an RTF file."""
    _find_makers()
    from test_rtf import INFO, rtf

    body = (
        r"\pard\s15 The House\par\pard\s1 One\par\pard It rained{\super\chftn{\footnote\pard\chftn  A note.}}, \u269?\'e4{\f2 \'e4}"
        r"\par\trowd\cellx100 a\cell b\cell\row\pard{\field{\*\fldinst HYPERLINK a}{\fldrslt b}}\uc2\u-10179??\u-8704?? \bin3 abc"
        r"{\v hidden}\tab\emdash\lang1035 Satoi.\par{\pict\pngblip 8950}\page\pard\s3 Two\par{\*\bkmkstart x}Dry.\par"
    )
    return [rtf(body, INFO)]


def of_mobi() -> list[bytes]:
    """Return a Kindle book."""
    _find_makers()
    from mobi_files import mobi

    return [
        mobi(
            "<html><head><guide><reference type=toc filepos=0000000070 /></guide></head><body><h1>One</h1><p>It rained.</p>"
            "<mbp:pagebreak/><a filepos=0000000070>x</a><h2>Two</h2><p>Dry.</p></body></html>"
        )
    ]


def of_htmlz() -> list[bytes]:
    """Return an HTMLZ archive."""
    _find_makers()
    from books import zipped
    from test_htmlz import PACKAGE, PAGE, PNG

    return [zipped({"index.html": PAGE, "metadata.opf": PACKAGE, "c.png": PNG})]


def of_front_matter() -> list[bytes]:
    """Return texts with front matter in YAML, TOML, and as a title block."""
    _find_makers()
    from test_front_matter import TOML, YAML

    more = (
        "---\ntitle: >-\n  A\n  b\nauthors:\n  - A\n  - {name: B}\nchapters: 3-7,10\nskip: [Notes]\nchapter_pattern: '^§ \\d+'\n"
        "split_min: 30\nsay_titles: no\ncast:\n  headings: alto\n  speakers: {Ada: bass}\nsaved: x\n---\nWords.\n"
    )
    plain = "% Title\n% Ada; B\n% 2024\n\nWords.\n"
    return [f"{YAML}\nWords.\n".encode(), f"{TOML}\nWords.\n".encode(), more.encode(), plain.encode()]


def of_lexicon() -> list[bytes]:
    """Return a lexicon."""
    return [
        '[words]\n"GIF" = "jif"\n\n[[entry]]\nword = "US"\nsay = "yu es"\ncase = true\nlanguages = ["fi", "sv"]\n\n'
        "[[entry]]\nregex = '(\\d+)km(?P<n>a+)?'\nsay = '\\1 kilometriä \\g<n>'\n\n"
        '[[entry]]\nword = "Jyväskylä"\nphonemes = "ˈjyʋæsˌkylæ"\nalphabet = "ipa"\n'.encode()
    ]


def of_pls() -> list[bytes]:
    """Return a pronunciation lexicon."""
    _find_makers()
    from test_lexicon_files import PLS

    lexemes = (
        "<lexeme><grapheme>US</grapheme><grapheme>U.S.</grapheme><alias prefer='true'>yu es</alias></lexeme>"
        "<lexeme role='a:b'><grapheme>talo</grapheme><phoneme alphabet='x-sampa'>\"t_dAlo</phoneme><example>x</example></lexeme>"
    )
    return [PLS.format("fi", lexemes).encode()]


def of_settings() -> list[bytes]:
    """Return settings with every table."""
    return [
        b'texts = "texts"\nengine = "tone"\njobs = 2\nencoding = "utf-8"\nformats = ["m4b", "vtt"]\nauthor = "A"\n'
        b'[voice."*"]\nspeed = 1.2\n[voice.fi]\nengine = "espeak"\nname = "fi"\n[audio]\nkbits = 64\nrate_hz = 44100\n'
        b'[pauses]\nsentence = 300\n[chapters]\nsplit_min = 30\n[works.essay]\nchapters = "1-3,5"\ncover = "a.jpg"\nskip = ["x"]\n'
        b'[credits.en]\nopening = ["{title}, by {authors}"]\n[publish]\nbase_url = "https://example.org"\n'
        b'[engines.openai]\nbase_url = "http://127.0.0.1/v1"\n[engines.openai.fields]\nlang = "x"\n'
    ]


def of_record() -> list[bytes]:
    """Return a record."""
    _find_makers()
    from records import chapter, record

    from audiobook.book.record.writing import sealed

    whole = record(chapters=(chapter("One", 0, ("It rained.", "All day.")), chapter("Two", 2000, ("Dry.",))))
    return [msgspec.json.encode(sealed(whole)) + b"\n"]


def of_entry() -> list[bytes]:
    """Return entries of the store: a clip, and packets of another encoding."""
    import tempfile

    from audiobook.clips.clip import Clip, ClipSentence, ClipShape
    from audiobook.clips.encoded import EncodedClip, EncodedShape
    from audiobook.clips.store import ClipStore

    sentences = (ClipSentence(0, 500, ((0, 3, 0), (4, 5, 250))), ClipSentence(600, 1000, ()))
    found = []
    for clip in (
        Clip(ClipShape(22050, 3, 12, 1000, sentences), b"twelve bytes"),
        EncodedClip(EncodedShape(24000, b"\x04\x00\x02\x00"), b"packet"),
    ):
        with tempfile.TemporaryDirectory() as folder:
            store = ClipStore(Path(folder))
            store.put(KEY, clip)
            found.append(store.path(KEY).read_bytes())
    return found
