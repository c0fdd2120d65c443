"""The encoding suggested for a text that is not UTF-8 restores the text."""

import random
from pathlib import Path

import pytest
from growth import assert_linear
from hypothesis import given
from hypothesis import strategies as st

from audiobook.sources.encoding.guess import likely_encoding

TEXTS = Path(__file__).parents[3] / "texts"
ESSAYS = ("fi", "id", "lv", "pl", "sl")
FITTING = {
    "en": ("cp1252", "iso8859-1", "iso8859-15"),
    "fi": ("cp1252", "iso8859-1", "iso8859-15", "cp1257", "cp850"),
    "id": ("cp1252", "iso8859-1"),
    "lv": ("cp1257", "iso8859-13", "iso8859-4"),
    "pl": ("cp1250", "iso8859-2", "cp1257", "cp852"),
    "sl": ("cp1250", "iso8859-2", "cp852"),
}
WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
PLAIN = str.maketrans("“”„»«’–—…", '"""""\'--.')


def encoded(text: str, encoding: str) -> bytes:
    """Return encoded text. Quotes and dashes that the encoding lacks are replaced by plain ASCII ones."""
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(PLAIN).encode(encoding)


@pytest.mark.parametrize("chars", [None, 1000])
@pytest.mark.parametrize(
    ("language", "encoding"), [(tag, name) for tag, names in FITTING.items() for name in (*names, *WIDE)]
)
def test_prose_of_each_language_decodes_with_the_suggested_encoding(
    language: str, encoding: str, chars: int | None
) -> None:
    text = (TEXTS / language / "the-listening-reader.txt").read_text("utf-8")[:chars]
    data = encoded(text, encoding)
    if data.isascii() and encoding not in WIDE:
        return  # such bytes are valid UTF-8, so no guess is made
    likely = likely_encoding(data, language)
    assert likely
    assert data.decode(likely) == data.decode(encoding)


@pytest.mark.parametrize("encoding", ["cp1257", "iso8859-13", "utf-16-le"])
@pytest.mark.parametrize("language", ESSAYS)
def test_essays_decode_with_the_suggested_encoding(shared: Path, language: str, encoding: str) -> None:
    data = (shared / "essays" / language / "customer-loyalty.txt").read_text("utf-8").encode(encoding)
    likely = likely_encoding(data, language)
    assert likely
    assert data.decode(likely) == data.decode(encoding)


@pytest.mark.parametrize(("encoding", "language"), [("cp1257", "fi"), ("cp1250", "en"), ("cp1251", None)])
def test_a_text_in_the_wrong_language_decodes_with_the_suggested_encoding(
    encoding: str, language: str | None
) -> None:
    text = {
        "cp1257": "Lasītājs, kas klausās, ļauj balsij iet tālāk un atgriežas.",
        "cp1250": "Głos idzie dalej, a słuchacz wraca, gdy już ktoś zamknął drzwi i poszedł źle.",
        "cp1251": "Голос идёт дальше, и слушатель возвращается.",
    }[encoding]
    likely = likely_encoding(text.encode(encoding), language)
    assert likely
    assert text.encode(encoding).decode(likely) == text


def test_a_language_without_a_table_gets_a_guess_from_its_bytes() -> None:
    text = "これは日本語の文章です。声が物語を読みます。" * 20
    likely = likely_encoding(text.encode("shift_jis"), "ja")
    assert likely
    assert text.encode("shift_jis").decode(likely) == text


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_long_text_is_guessed_in_linear_time() -> None:
    def text(sentences: int) -> bytes:
        return ("Hän kävi myöhään. " * sentences).encode("cp1252")

    assert likely_encoding(text(60_000), "fi") == "cp1252"
    assert_linear(lambda data: likely_encoding(data, "fi"), text, 300)


@given(
    data=st.binary(max_size=300) | st.builds(lambda seed: random.Random(seed).randbytes(500), st.integers()),
    language=st.sampled_from([None, "lv", "pl-PL", "", "x"]),
)
def test_the_suggested_encoding_decodes_every_byte(data: bytes, language: str | None) -> None:
    likely = likely_encoding(data, language)
    assert likely is None or "\0" not in data.decode(likely)


@pytest.mark.parametrize(
    ("language", "encoding"),
    [("en", "cp1252"), ("ru", "cp1251"), ("pl", "cp1250"), ("xx", "cp1252"), (None, "cp1252")],
)
def test_a_no_break_space_alone_suggests_what_the_language_is_usually_in(
    language: str | None, encoding: str
) -> None:
    assert likely_encoding(b"Nothing\xa0else here.", language) == encoding
