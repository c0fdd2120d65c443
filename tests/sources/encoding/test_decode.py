"""Decoding bytes: byte order marks, line ends, and errors that give byte and line."""

import codecs
import encodings
import re
from encodings.aliases import aliases
from pkgutil import iter_modules

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from audiobook.errors import SourceError
from audiobook.sources.encoding.decode import decode_text, needed_encoding

MARKS = {
    "utf-8": codecs.BOM_UTF8,
    "utf-16-le": codecs.BOM_UTF16_LE,
    "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE,
    "utf-32-be": codecs.BOM_UTF32_BE,
}
LINE_ENDS = {
    "LF": "\n",
    "CRLF": "\r\n",
    "CR": "\r",
    "vertical tab": "\v",
    "form feed": "\f",
    "next line": "\x85",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
}
every_line_end = pytest.mark.parametrize("end", LINE_ENDS.values(), ids=LINE_ENDS)


def refused(data: bytes) -> SourceError:
    with pytest.raises(SourceError) as caught:
        decode_text(data, "texts/fi/a.txt")
    return caught.value


def byte_of(error: SourceError) -> int:
    found = re.match(r"byte (\d+) ", error.message)
    assert found
    return int(found.group(1))


def test_utf_8_is_read_as_it_is() -> None:
    assert decode_text("Äiti 😀\u00ad!\n".encode(), "a") == "Äiti 😀\u00ad!\n"


@pytest.mark.parametrize("encoding", MARKS)
def test_a_byte_order_mark_decides_the_encoding_and_is_removed(encoding: str) -> None:
    text = "Äiti 😀\nĊ"
    assert decode_text(MARKS[encoding] + text.encode(encoding), "a") == text


def test_only_the_first_byte_order_mark_is_removed() -> None:
    assert decode_text(codecs.BOM_UTF8 * 2 + b"a", "a") == "\ufeffa"


@pytest.mark.parametrize("encoding", MARKS)
def test_a_byte_order_mark_alone_is_an_empty_text(encoding: str) -> None:
    assert decode_text(MARKS[encoding], "a") == ""


@every_line_end
def test_every_line_end_is_one_newline(end: str) -> None:
    assert decode_text(f"a{end}b{end}{end}c".encode(), "a") == "a\nb\n\nc"


def test_a_tab_and_a_no_break_space_do_not_end_a_line() -> None:
    assert decode_text("a\tb\xa0c\x1fd".encode(), "a") == "a\tb\xa0c\x1fd"


@pytest.mark.parametrize(
    ("data", "byte", "line"),
    [
        (b"\xff", 0, 1),
        (b"abc\xe4iti", 3, 1),
        (b"a\nb\n\xc3", 4, 3),
        (b"a\nb\xff\nc\n\n", 3, 2),
        ("ä\nä".encode() + b"\xc3(", 5, 2),
        (codecs.BOM_UTF8 + b"a\n\xff", 5, 2),
        (b"\xed\xa0\x80", 0, 1),
    ],
)
def test_invalid_utf_8_is_rejected_with_byte_and_line(data: bytes, byte: int, line: int) -> None:
    error = refused(data)
    assert error.where == f"texts/fi/a.txt:{line}"
    assert error.message == f"byte {byte} is not UTF-8"
    assert error.hint


@pytest.mark.parametrize("encoding", ["cp1257", "cp1250", "iso-8859-2", "iso-8859-13", "cp1252"])
def test_an_older_encoding_is_rejected_with_the_first_wrong_byte(encoding: str) -> None:
    data = "Toinen\nžurnāls".encode(encoding, "replace").replace(b"?", b"\xe2")
    error = refused(data)
    assert (error.where, byte_of(error)) == ("texts/fi/a.txt:2", 7)


@every_line_end
def test_the_line_of_a_wrong_byte_counts_all_line_ends(end: str) -> None:
    before = f"a{end}b{end}".encode()
    error = refused(before + b"c\xff")
    assert (error.where, byte_of(error)) == ("texts/fi/a.txt:3", len(before) + 1)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_lone_surrogate_is_rejected_with_byte_and_line(encoding: str) -> None:
    before = MARKS[encoding] + "a\nb\n".encode(encoding)
    error = refused(before + "\ud800".encode(encoding, "surrogatepass") + "c".encode(encoding))
    assert (error.where, byte_of(error)) == ("texts/fi/a.txt:3", len(before))
    assert encoding.upper() in error.message


def test_a_byte_within_a_letter_is_not_a_line_end() -> None:
    before = codecs.BOM_UTF16_LE + "ĊĊĊ\n".encode("utf-16-le")
    assert refused(before + b"\x00\xd8a\x00").where == "texts/fi/a.txt:2"


@pytest.mark.parametrize(("data", "byte", "line"), [(b"\0", 0, 1), (b"ab\0", 2, 1), (b"a\n\nb\0c", 4, 3)])
def test_a_nul_is_rejected_with_byte_and_line(data: bytes, byte: int, line: int) -> None:
    error = refused(data)
    assert error.where == f"texts/fi/a.txt:{line}"
    assert error.message == f"byte {byte} is NUL, so this is not a text file"
    assert error.hint


@every_line_end
@pytest.mark.parametrize("encoding", MARKS)
def test_the_byte_of_a_nul_is_its_offset_in_the_file(encoding: str, end: str) -> None:
    before = MARKS[encoding] + f"ä{end}😀{end}".encode(encoding)
    error = refused(before + "\0".encode(encoding))
    assert (error.where, byte_of(error)) == ("texts/fi/a.txt:3", len(before))


def test_utf_16_without_a_mark_is_rejected() -> None:
    assert byte_of(refused("Hei, maailma".encode("utf-16-le"))) == 1


@given(text=st.text(), encoding=st.sampled_from(list(MARKS)))
@example(text="\r\r\n\n", encoding="utf-8")
def test_decoding_changes_only_line_ends(text: str, encoding: str) -> None:
    text = text.replace("\0", "")
    lines = re.split("\r\n|[\n\r\v\f\x85\u2028\u2029]", text)
    assert decode_text(MARKS[encoding] + text.encode(encoding), "a").split("\n") == lines


@given(data=st.binary() | st.builds(bytes.__add__, st.sampled_from(list(MARKS.values())), st.binary()))
def test_any_bytes_give_lines_or_a_source_error(data: bytes) -> None:
    try:
        text = decode_text(data, "a")
    except SourceError as refusal:
        error = refusal
    else:
        assert not set(text) & set("\0\r\v\f\x85\u2028\u2029")
        return
    assert 0 <= byte_of(error) < len(data)
    assert re.fullmatch(r"a:[1-9]\d*", error.where or "")


@pytest.mark.parametrize(
    "encoding", ["cp1257", "iso8859-13", "cp1250", "iso8859-2", "utf-16-le", "utf-16-be"]
)
def test_a_given_encoding_decodes_what_is_not_utf_8(encoding: str) -> None:
    text = "žalą\nč"
    assert decode_text(text.encode(encoding), "a", encoding) == text
    assert needed_encoding(text.encode(encoding), encoding) == encoding


@pytest.mark.parametrize("data", ["Äiti".encode(), b"plain", b"", *(mark + b"" for mark in MARKS.values())])
def test_a_given_encoding_is_ignored_for_utf_8_and_marked_texts(data: bytes) -> None:
    assert decode_text(data, "a", "cp037") == decode_text(data, "a")
    assert needed_encoding(data, "cp037") is None


def test_a_byte_missing_from_the_given_encoding_is_reported_with_its_line() -> None:
    with pytest.raises(SourceError) as caught:
        decode_text(b"a\nb\xe2\xa1", "texts/lv/a.txt", "cp1257")
    assert caught.value.where == "texts/lv/a.txt:2"
    assert caught.value.message == "byte 4 is not CP1257"


def test_a_nul_is_rejected_in_a_given_encoding_too() -> None:
    with pytest.raises(SourceError) as caught:
        decode_text("ā\nb".encode("utf-16-le"), "a", "latin1")
    assert byte_of(caught.value) == 3


CODECS = sorted(
    {module.name for module in iter_modules(encodings.__path__)} | {*aliases, "a\0b", "\udcff", ""}
)
"""All that Python may take for the name of an encoding, and some that it never does."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    [
        b"\xff",
        b"a\xffb\n\0",
        b"\xe4\xf6\n\xfc+2AA-",
        b"+2AA-\xff",
        b"\x1b$B\xff\n",
        b"~{\xff\xff",
        bytes(range(256)),
    ],
)
def test_bytes_in_any_python_codec_give_text_or_our_error(data: bytes) -> None:
    """Promise, bad input: “invalid UTF-8 …: error with byte offset and line”, whatever encoding a page declares."""
    for name in CODECS:
        where: str | None = "a"
        try:
            decode_text(data, "a", name).encode()
        except SourceError as error:
            where = error.where
        assert (where or "").startswith("a"), name


@pytest.mark.parametrize(
    "name", ["no-such-encoding", "idna", "punycode", "undefined", "unicode_escape", "hex", "rot13"]
)
def test_a_codec_that_is_not_a_text_encoding_is_rejected_by_name(name: str) -> None:
    with pytest.raises(SourceError, match=f"unknown encoding “{name}”") as caught:
        decode_text(b"\xff", "a", name, named_at=3)
    assert caught.value.where == "a:3"


def test_half_of_a_character_is_rejected_with_its_line() -> None:
    """Promise, the user's own things: lone surrogates are our own error."""
    with pytest.raises(SourceError, match=r"U\+D800 is only half of a character") as caught:
        decode_text(b"a\nb+2AA-\0", "a", "utf-7")
    assert caught.value.where == "a:2"


@given(
    data=st.binary(max_size=200),
    encoding=st.sampled_from(
        ["cp1257", "utf-16-le", "utf-32-be", "utf-7", "shift_jis", "iso2022_jp", "cp037"]
    ),
    language=st.sampled_from([None, "lv", "pl", "fi", "xx"]),
)
def test_any_bytes_in_any_encoding_give_lines_or_a_source_error(
    data: bytes, encoding: str, language: str | None
) -> None:
    try:
        text = decode_text(data, "a", encoding, language)
    except SourceError as refusal:
        where = refusal.where
    else:
        assert not set(text) & set("\0\r\v\f\x85\u2028\u2029")
        return
    assert re.fullmatch(r"a:[1-9]\d*", where or "")
