"""The targets: everything that reads a file which may come from a stranger, by name."""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import tempfile
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from audiobook.book.record.reading import read_record
from audiobook.book.record.works import Record
from audiobook.book.record.writing import sealed
from audiobook.child import Limits
from audiobook.clips.store import ClipStore
from audiobook.document import LexiconFile, Work
from audiobook.errors import SourceError
from audiobook.narration.aligned import AlignedText
from audiobook.narration.lexicon.files import load_lexicon
from audiobook.settings import load_settings
from audiobook.sources.base import PARTS, Reader, Source, announced, read_with, reader_for
from audiobook.sources.encoding.decode import decode_text
from audiobook.sources.epub.reader import EpubReader
from audiobook.sources.front_matter.header import announce_front_matter, read_front_matter
from audiobook.sources.mobi.header import check_header
from audiobook.sources.mobi.reader import MobiReader
from audiobook.sources.mobi.unpack import unpack_book
from audiobook.sources.office.docx import DocxReader
from audiobook.sources.office.docx import arrange_work as arrange_docx
from audiobook.sources.office.docx_html import Docx
from audiobook.sources.office.docx_html import read_document as read_docx
from audiobook.sources.pdf.extraction.text import Pdf
from audiobook.sources.pdf.extraction.text import read_document as read_pdf
from audiobook.sources.pdf.reader import PdfReader
from audiobook.sources.pdf.reader import arrange_work as arrange_pdf
from audiobook.sources.web.extraction import Page, extract
from bench.fuzz import seeds

Run = Callable[[bytes], object]
_Answer = TypeVar("_Answer", bound=msgspec.Struct)

_LANGUAGES: Final = ("en", "fi", "pl", "ja", "ar", "de")
_LIMITS: Final = Limits(time_s=20)
_HEAD: Final = struct.Struct("<8s32s32sII")
"""The head of a store entry; see `clips.store`."""


@dataclass(frozen=True)
class Target:
    """Something that reads files.

    Attributes:
        run: Reads an input in this process.
        seeds: Returns inputs that it reads.
        words: What has a meaning in its format.
        real: Reads an input in a child process with limits, as the program does; None if it does so in its own process.
        renewed: Makes the digests in a changed input right again; None for a format without any.
    """

    run: Run
    seeds: Callable[[], list[bytes]]
    words: tuple[bytes, ...] = ()
    real: Run | None = None
    renewed: Callable[[bytes], bytes] | None = None


def _source(data: bytes, name: str) -> Source:
    """Return a text in one of some languages, all of whose parts are read or none; its bytes decide."""
    number = zlib.crc32(data)
    language = _LANGUAGES[number // 2 % len(_LANGUAGES)]
    return Source(
        data, f"texts/{language}/{name}", "a", language, "A", narrate=frozenset(PARTS if number % 2 else ())
    )


def _announce(reader: Reader, source: Source) -> None:
    with contextlib.suppress(SourceError):
        announced(reader, source.data, source.name, source.encoding)


def _reading(*names: str) -> Run:
    """Return what reads files of these names, the first of which fits most inputs."""

    def run(data: bytes) -> Work:
        name = names[len(names) > 1 and not data.startswith(b"PK")]
        reader, source = reader_for(name), _source(data, name)
        _announce(reader, source)
        return read_with(reader, source)

    return run


def _pdf(data: bytes) -> object:
    pdf = _sent(read_pdf(data), Pdf)
    return pdf.refused or arrange_pdf(pdf, _source(data, "a.pdf"))


def _docx(data: bytes) -> Work:
    source = _source(data, "a.docx")
    return arrange_docx(_sent(read_docx(data, source.name), Docx), source)


def _mobi(data: bytes) -> Work:
    source = _source(data, "a.mobi")
    check_header(data, source.name)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder, open(os.devnull, "w") as nowhere:
        with contextlib.redirect_stdout(nowhere), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            epub = unpack_book(data, Path(folder)).epub
        return EpubReader().read(_source(epub, "a.mobi"))


def _sent(answer: _Answer, kind: type[_Answer]) -> _Answer:
    """Return an answer as it arrives from a child process."""
    return msgspec.json.decode(msgspec.json.encode(answer), type=kind)


def _in_child(reader: Reader, name: str) -> Run:
    return lambda data: read_with(reader, _source(data, name))


def _article(data: bytes) -> object:
    return extract(Page("a.org", "https://a.org/b", data))


def _front_matter(data: bytes) -> object:
    with contextlib.suppress(SourceError):
        announce_front_matter(data, "a.md", None)
    return read_front_matter(decode_text(data, "a.md", None), "a.md")


def _lexicon(name: str) -> Run:
    def run(data: bytes) -> object:
        lexicon = load_lexicon((LexiconFile(name, data),), "fi")
        return lexicon.apply(AlignedText.original("US talo GIF 15km, Jyväskylä ja U.S. a")).text

    return run


def _settings(data: bytes) -> object:
    return load_settings(Path(), {}, {}, data)


@cache
def _folder() -> Path:
    """Return a folder for files of the targets, which is removed with this process."""
    kept = tempfile.TemporaryDirectory(prefix="fuzz-")
    _KEPT.append(kept)
    return Path(kept.name)


_KEPT: Final[list[tempfile.TemporaryDirectory[str]]] = []


def _record(data: bytes) -> object:
    path = _folder() / "en" / "essay.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return read_record(path)


def _renewed_record(data: bytes) -> bytes:
    try:
        return msgspec.json.encode(sealed(msgspec.json.decode(data, type=Record))) + b"\n"
    except (ValueError, RecursionError):
        return data


def _entry(data: bytes) -> object:
    store = ClipStore(_folder() / "store")
    path = store.path(seeds.KEY)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    shapes = store.shape(seeds.KEY), store.encoded_shape(seeds.KEY)
    found = store.get_encoded(seeds.KEY)
    path.write_bytes(data)
    return shapes, found, store.get(seeds.KEY)


def _renewed_entry(data: bytes) -> bytes:
    if len(data) < _HEAD.size:
        return data
    magic, _, _, length, _ = _HEAD.unpack_from(data)
    rest = data[_HEAD.size :]
    shape, frames = rest[:length], rest[length:]
    lengths = struct.pack("<II", len(shape), len(frames))
    digest = hashlib.sha256(frames).digest()
    seal = hashlib.sha256(seeds.KEY.encode() + digest + lengths + shape).digest()
    return bytes(magic) + seal + digest + lengths + shape + frames


_HTML: Final = (
    b"<h1>", b"</h1>", b"<p>", b"<div>", b"</div>", b"<table>", b"<td>", b"<ul><li>", b"<br>", b"<a href='#n'>", b"<aside>", b"<pre>",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"&b;", b"&nbsp;", b"<![CDATA[", b"<ruby>", b"<sup>1</sup>", b" hidden", b" lang='fi'", b"<section>",
    b" epub:type='footnote'", b" id='n'", b" class='pagenum'", b"<title>", b"<span>", b"<math>", b"<svg>", b"<style>p{display:none}</style>",
    b"<?xml version='1.0' encoding='utf-16'?>", b"<base href='..'>", b" start='9999999999999999999'", b" colspan='999999'", b"</html>",
)  # fmt: skip
_TEXT: Final = (
    b"\n\n", b"# ", b"## ", b"> ", b"- ", b"1. ", b"```\n", b"---\n", b"| a | b |\n|---|---|\n", b"[^1]", b"[^1]: ", b"![a](b)", b"[a](b)",
    b"{pause=2s}", b"{voice=a}", b"::: {lang=fi}\n", b":::\n", b"[a]{say=b}", b"{chapter=x}", b"$$", b"<b>", b"{{", b"}}", b"[[", b"]]", b"**",
    b"Chapter 2\n", b"CHAPTER XIV.\n", b"Contents\n", b"II\n", b"* * *\n", b"[1]", b"\t", b"\f", b"===\n", b"Luku 3\n", b"= A =\n",
)  # fmt: skip
_ZIP: Final = (
    *_HTML,
    b"../",
    b"META-INF/encryption.xml",
    b"%2e%2e/",
    b"#",
    b"linear='no'",
    b"toc.ncx",
    b"nav",
)
_RTF: Final = (
    b"{", b"}", b"\\par ", b"\\u-1 ", b"\\u55357 ", b"\\'", b"\\bin99999 ", b"\\uc9 ", b"{\\*", b"\\footnote ", b"\\trowd ", b"\\cell ",
    b"\\f9 ", b"\\fonttbl", b"\\fcharset128 ", b"\\ansicpg932 ", b"\\s1 ", b"\\outlinelevel0 ", b"{\\field{\\*\\fldinst ", b"\\v ", b"\\tab ",
)  # fmt: skip
_PDF: Final = (
    b"Tj ET BT ", b"/F3 ", b" 0 R", b"/Rotate 90", b"/Next 20 0 R", b"/First 5 0 R", b" 1e9", b" -0.5", b" 0 0 0 0 0 0 Tm ", b"<FEFFD800>",
    b"/Encrypt 3 0 R", b"/Kids [2 0 R]", b"(\\000)", b"/MediaBox [0 0 0 0]", b"endstream", b"/Contents 10 0 R", b"xref\n",
)  # fmt: skip
_YAML: Final = (
    b"---\n", b"+++\n", b"title: ", b"&a ", b"*a", b"- ", b"? ", b"!!python/object:x ", b"|\n", b">-\n", b"{a: ", b"[[[[", b"<<: *a", b"~", b"0x",
    b"2024-13-45", b".inf", b".nan", b"\\ud83d", b"'''", b"=", b'"""', b"cast:", b"chapter_pattern: (a+)+$", b"% ", b"1e400", b"12:30:45",
)  # fmt: skip
_TOML: Final = (
    b"[words]\n", b"[[entry]]\n", b"regex = '(a+)+$'\n", b"say = '\\9'\n", b"phonemes = 'a'\n", b"alphabet = 'x-sampa'\n", b" = ", b"inf", b"nan",
    b"1979-05-27", b"{a = 1}", b"a.b.c = 1\n", b"\\uD800", b'"""', b"'''", b"(?<=a)", b"(?P<n>", b"\\g<n>", b"[[", b"]]", b"[a.b]\n", b"-1", b"true",
    b"9223372036854775808", b"{title}", b"{title!r}", b"\\\\", b"(?i)", b"{9999}", b"\\x00",
)  # fmt: skip
_XML: Final = (
    b"<lexeme>", b"</lexeme>", b"<grapheme>", b"<phoneme>", b"<alias>", b"<!DOCTYPE a>", b"<section>", b"</section>", b"<p>", b"</p>", b"&a;",
    b"<title>", b"<body>", b"<binary id='a'>", b"xmlns=''", b"<?a?>", b"<!---->", b" id='a'", b"<text:p>", b"<text:h text:outline-level='99'>",
    b"<text:s text:c='99999999'/>", b"<table:table-cell table:number-columns-repeated='99999999'/>", b"<w:p>", b"</w:p>", b"<w:tbl>", b"<w:tr>",
    b"<w:tc>", b"<w:gridSpan w:val='99999999'/>", b"<w:fldChar w:fldCharType='begin'/>", b"<w:instrText>", b" w:val='x'", b"<v>", b"<poem>",
)  # fmt: skip
_JSON: Final = (
    b"null",
    b"[]",
    b"{}",
    b"-1",
    b"1e999",
    b'"\\ud800"',
    b'"../x"',
    b"true",
    b"0.5",
    b'"a":',
    b'"en"',
    b"[[[[",
    b"\xc0",
)

TARGETS: Final[dict[str, Target]] = {
    "text": Target(_reading("a.txt"), seeds.of_text, _TEXT),
    "markdown": Target(_reading("a.md"), seeds.of_markdown, (*_TEXT, *_HTML)),
    "html": Target(_reading("a.html"), seeds.of_html, _HTML),
    "article": Target(_article, seeds.of_article, _HTML),
    "epub": Target(_reading("a.epub"), seeds.of_epub, _ZIP),
    "fb2": Target(_reading("a.fb2.zip", "a.fb2"), seeds.of_fb2, _XML),
    "pdf": Target(_pdf, seeds.of_pdf, _PDF, _in_child(PdfReader(_LIMITS), "a.pdf")),
    "docx": Target(_docx, seeds.of_docx, _XML, _in_child(DocxReader(_LIMITS), "a.docx")),
    "odt": Target(_reading("a.odt", "a.fodt"), seeds.of_odt, _XML),
    "rtf": Target(_reading("a.rtf"), seeds.of_rtf, _RTF),
    "mobi": Target(_mobi, seeds.of_mobi, _HTML, _in_child(MobiReader(_LIMITS), "a.mobi")),
    "htmlz": Target(_reading("a.htmlz"), seeds.of_htmlz, _ZIP),
    "front-matter": Target(_front_matter, seeds.of_front_matter, _YAML),
    "lexicon": Target(_lexicon("lexicon.toml"), seeds.of_lexicon, _TOML),
    "pls": Target(_lexicon("a.pls"), seeds.of_pls, _XML),
    "settings": Target(_settings, seeds.of_settings, _TOML),
    "record": Target(_record, seeds.of_record, _JSON, renewed=_renewed_record),
    "store-entry": Target(_entry, seeds.of_entry, (), renewed=_renewed_entry),
}
