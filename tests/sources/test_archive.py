"""Zip members: read in bounded memory, or rejected by name."""

import zipfile
from io import BytesIO

import pytest
from books import zipped
from hypothesis import given
from hypothesis import strategies as st

from audiobook.errors import SourceError
from audiobook.sources.archive import Archive
from audiobook.sources.links import resolve


def test_a_member_is_read() -> None:
    archive = Archive(zipped({"a/b.txt": "ä"}), "x.epub")
    assert "a/b.txt" in archive
    assert archive.read("a/b.txt") == "ä".encode()


def test_a_member_is_found_however_its_accents_are_stored() -> None:
    one, two = "k\u00e4/\u00fc.png", "ka\u0308/u\u0308.png"
    for stored, wanted in ((one, two), (two, one)):
        archive = Archive(zipped({"a": "", stored: "x"}), "x.epub")
        assert wanted in archive
        assert archive.look(wanted) == archive.read(wanted) == b"x"
    both = Archive(zipped({one: "1", two: "2"}), "x.epub")
    assert (both.read(one), both.read(two)) == (b"1", b"2")


def refused(data: bytes, member: str, max_bytes: int = 1000) -> SourceError:
    with pytest.raises(SourceError) as caught:
        Archive(data, "x.epub").read(member, max_bytes)
    return caught.value


def test_a_missing_member_is_rejected_by_name() -> None:
    error = refused(zipped({"a": ""}), "b")
    assert (error.where, error.message) == ("x.epub!b", "is missing")


def test_a_member_that_is_too_large_is_rejected() -> None:
    assert Archive(zipped({"a": b"x" * 1000}), "x.epub").read("a", 1000) == b"x" * 1000
    assert "more than" in refused(zipped({"a": b"x" * 1001}), "a").message


def test_an_encrypted_member_is_rejected() -> None:
    data = bytearray(zipped({"a": "x"}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    assert refused(bytes(data), "a").message == "is encrypted"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_member_with_another_compression_method_is_rejected(method: int) -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        archive.writestr("a", "x")
    assert "method" in refused(stream.getvalue(), "a").message


def test_a_zip_with_too_many_members_is_rejected() -> None:
    with pytest.raises(SourceError, match="more than 65535 files"):
        Archive(b"PK\x01\x02" * 70_000, "x.epub")


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("c.xhtml", ("a/c.xhtml", "")),
        ("../c%20d.xhtml#x%C3%A9", ("c d.xhtml", "xé")),
        ("#x", ("a/b.xhtml", "x")),
        ("./c/../d.xhtml", ("a/d.xhtml", "")),
        ("../../c.xhtml", None),
        ("/c.xhtml", None),
        ("http://x.y/c.xhtml", None),
        ("//x.y/c.xhtml", None),
        ("data:text/html,x", None),
        ("http://[", None),
    ],
)
def test_a_link_resolves_to_a_member_or_nothing(link: str, target: tuple[str, str] | None) -> None:
    assert resolve("a/b.xhtml", link) == target


@given(base=st.text("ab/.", max_size=8), link=st.text("ab/.#%:?\\ ", max_size=12) | st.text(max_size=12))
def test_no_link_resolves_to_outside_the_zip(base: str, link: str) -> None:
    target = resolve(base.lstrip("/."), link)
    assert target is None or not (target[0].startswith(("/", "../")) or target[0] == "..")
