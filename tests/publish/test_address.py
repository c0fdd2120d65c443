"""Base addresses: which are accepted, and which are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.errors import UsageError
from audiobook.publish.address import FEED_NAME, base_address

LONGEST_HOST = ".".join(["a" * 63] * 3 + ["a" * 61])
LONGEST = "https://a.example/" + "b" * 482
VALID = {
    "https://example.org/books": "https://example.org/books",
    "https://example.org/books///": "https://example.org/books",
    "https://example.org/X": "https://example.org/X",
    "HTTPS://EXAMPLE.org/Books": "https://example.org/Books",
    "http://localhost:8000": "http://localhost:8000",
    "http://127.0.0.1:1/": "http://127.0.0.1:1",
    "http://[::1]:8000/a": "http://[::1]:8000/a",
    "https://bücher.example/ä": "https://xn--bcher-kva.example/%C3%A4",
    "https://example.org/a%20b": "https://example.org/a%20b",
    "https://example.org/~a-b._/!$&()*+,;=:": "https://example.org/~a-b._/!$&()*+,;=:",
    "https://my_books.example/..a/b..": "https://my_books.example/..a/b..",
    f"https://{LONGEST_HOST}": f"https://{LONGEST_HOST}",
    LONGEST: LONGEST,
}
INVALID = (
    *("", " ", "example.org", "/books", "//example.org", "https://", "https:///books", "http:example.org"),
    *("javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "file:///etc", "ftp://a.example"),
    *("https://a.example\n", "https://a.example/\r\nX: y", "https://a.example/\t", "https://a b.example"),
    *('https://a.example/"', "https://a.example/'x", "https://a.example/<b>", "https://a.example/`"),
    *("https://me@a.example", "https://me:secret@a.example", "https://a.example@b.example/"),
    *("https://a.example/?q=1", "https://a.example/#x", "https://a.example?", "https://a.example#"),
    *("https://a.example:0x50", "https://a.example:99999", "https://a.example:-1", "https://a.example:0"),
    *("https://a..b.example", "https://[::1", "https://[::g]", "https://-a.example", "https://a-.example"),
    *("https://\u202ea.example", f"https://{'a' * 64}.example", f"https://{'a.' * 130}example"),
    *("https://a.example/%zz", "https://a.example/%2", "https://a.example/a/../b", "https://a.example/."),
    *(
        "https://a.example/%2E%2e/b",
        "https://a.example/\\",
        "https://a.example/{x}",
        "https://a.example/\u00a0",
    ),
    *(f"https://{LONGEST_HOST}a", f"{LONGEST}b"),
)


def test_a_valid_address_is_accepted_and_written_in_ascii() -> None:
    assert {address: base_address(address).text for address in VALID} == VALID


def test_an_address_that_cannot_be_public_is_refused() -> None:
    for address in INVALID:
        with pytest.raises(UsageError) as caught:
            base_address(address)
        assert (caught.value.exit_code, caught.value.hint is not None) == (2, True), address


def test_a_feed_stays_where_its_subscribers_look_for_it() -> None:
    assert base_address("https://a.example").of(f"en/{FEED_NAME}") == "https://a.example/en/feed.xml"


def test_a_file_of_any_name_has_an_ascii_address() -> None:
    assert base_address("https://a.example/b").of("fi/ä b.mp3") == "https://a.example/b/fi/%C3%A4%20b.mp3"


ANY_TEXT = st.text(st.characters(), max_size=60)
"""Any characters, including surrogates, which represent bytes that are not UTF-8."""


@given(ANY_TEXT | ANY_TEXT.map("https://".__add__) | ANY_TEXT.map("https://a.example/".__add__))
def test_any_text_is_an_ascii_address_or_refused(given: str) -> None:
    try:
        address = base_address(given)
    except UsageError:
        return
    assert address.text.isascii()
    assert address.of("en/a.mp3") == f"{address.text}/en/a.mp3"
    assert address.text.startswith(("http://", "https://"))
    assert not set(address.text) & set(" \"'<>\\\n\r\t?#@")
    assert base_address(address.text) == address
