"""Lexicon files: what is read, for which language, and mistakes reported with their line."""

import pytest
from growth import assert_at_most, assert_linear
from hypothesis import given
from hypothesis import strategies as st

from audiobook.document import LexiconFile, Phonemes
from audiobook.errors import SourceError
from audiobook.narration.aligned import AlignedText
from audiobook.narration.lexicon.entries import Found
from audiobook.narration.lexicon.files import load_lexicon

PLS = """<?xml version="1.0" encoding="UTF-8"?>
<lexicon version="1.0" xmlns="http://www.w3.org/2005/01/pronunciation-lexicon" alphabet="ipa" xml:lang="{}">
{}
</lexicon>
"""


def file(text: str | bytes, name: str = "texts/lexicon.toml", *, local: bool = False) -> LexiconFile:
    return LexiconFile(name, text.encode() if isinstance(text, str) else text, local)


def pls(content: str, language: str = "fi", *, local: bool = False) -> LexiconFile:
    return file(PLS.format(language, content), "texts/a.pls", local=local)


def said(text: str, *files: LexiconFile, language: str = "fi") -> str:
    return load_lexicon(files, language).apply(AlignedText.original(text)).text


def refused(given: LexiconFile) -> SourceError:
    with pytest.raises(SourceError) as caught:
        load_lexicon((given,), "fi")
    return caught.value


def test_short_and_long_entries_are_read() -> None:
    text = """
[words]
"GIF" = "jif"
kana = "k a n a"

[[entry]]
word = "US"
say = "yu es"
case = true

[[entry]]
regex = '(\\d+)km'
say = '\\1 kilometriä'

[[entry]]
word = "Jyväskylä"
say = "Jyväs kylä"
phonemes = "ˈjyʋæsˌkylæ"
alphabet = "ipa"
"""
    assert said("GIF kana US us 5km Jyväskylä", file(text)) == (
        "jif k a n a yu es us 5 kilometriä Jyväs kylä"
    )


def test_entries_for_other_languages_are_ignored() -> None:
    text = '[[entry]]\nword = "a"\nsay = "b"\nlanguages = ["fi", "pt-BR"]\n'
    assert [said("a", file(text), language=tag) for tag in ("fi", "fi-FI", "pt", "pt-BR", "sl")] == [
        *("b", "b", "a", "b", "a")
    ]


def test_entries_in_the_languages_folder_override_general_ones() -> None:
    general = file('[words]\n"a" = "b"\n"c" = "d"\n[[entry]]\nregex = "x+"\nsay = "general"\n')
    local = file('[words]\n"A" = "e"\n[[entry]]\nregex = "x"\nsay = "local"\n', "texts/fi/lexicon.toml")
    assert said("a c x", general, local) == "e d local"


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ("[words\n", 1, "not valid TOML", None),
        (
            '[words]\na = "b"\na = "c"\n',
            3,
            "not valid TOML: the same name is set twice",
            "remove one of the two lines",
        ),
        ('[wrods]\na = "b"\n', 1, "unknown table “wrods”", "did you mean words?"),
        ('\nentri = "b"\n', 2, "unknown table “entri”", "entry"),
        ('words = "b"\n', 1, "“words” must be a table", None),
        ('\n[entry]\nword = "b"\n', 2, "“entry” must be an array of tables", "[[entry]]"),
        ('[words]\na = "b"\nc = 5\n', 3, "“say” must be a string", None),
        ('[words]\na = "b"\nc = "..."\n', 3, "“say” for “c” must contain a word", None),
        ('[words]\n" " = "b"\n', 2, "a word has 1 to 200 characters", None),
        ('[[entry]]\nword = "a"\nsay = "b"\n[[entry]]\nwrod = "a"\n', 5, "unknown key “wrod”", "mean word"),
        (
            '[[entry]]\nword = "a"\nsay = "b"\n\n[[entry]]\nsay = "a"\n',
            5,
            "one of “word” and “regex”",
            "word =",
        ),
        ('[[entry]]\nword = "a"\nregex = "a"\nsay = "b"\n', 1, "one of “word” and “regex”", None),
        ('[[entry]]\nword = "a"\n', 1, "an entry needs “say”", "spell out"),
        ('[[entry]]\nword = "a"\nphonemes = "/ /"\n', 3, "“phonemes” is empty", None),
        (
            '[[entry]]\nword = "a"\nphonemes = "a£"\nalphabet = "x-sampa"\n',
            3,
            "not valid x-sampa: £",
            None,
        ),
        (f'[[entry]]\nword = "a"\nphonemes = "{"a" * 301}"\n', 3, "more than 300", None),
        ('[[entry]]\nword = "a"\nsay = "b"\nalphabet = "ipa"\n', 4, "has no effect without", None),
        (
            '[[entry]]\nword = "a"\nsay = "b"\nphonemes = "a"\nalphabet = "ippa"\n',
            5,
            "unknown phonetic alphabet",
            "ipa",
        ),
        ('[[entry]]\nword = "a"\nsay = "b"\ncase = "yes"\n', 4, "“case” must be true or false", None),
        ('[[entry]]\nword = "a"\nsay = "b"\nlanguages = "fi"\n', 4, "a list of language tags", '["fi"'),
        ('[[entry]]\nword = "a"\nsay = "b"\nlanguages = ["Finnish"]\n', 4, "a list of language tags", None),
        ('[[entry]]\nsay = "b"\nregex = "("\n', 3, "not a valid regular expression", None),
        ('[[entry]]\nsay = "b"\nregex = "(a+)+$"\n', 3, "could take too long", "a+"),
        ('[[entry]]\nregex = "a"\nsay = "\\\\1"\n', 3, "“say” does not fit the regex", "groups"),
        ('[[entry]]\nregex = "a"\nsay = "\\\\g<x>"\n', 3, "“say” does not fit the regex", "groups"),
        ("a = " + "[" * 20_000, 1, "not valid TOML", None),
        ("a = " + "9" * 5_000, 1, "not valid TOML", None),
    ],
)
def test_a_mistake_is_refused_with_its_line(text: str, line: int, message: str, hint: str | None) -> None:
    error = refused(file(text))
    assert error.where == f"texts/lexicon.toml:{line}"
    assert message in error.message
    assert hint is None or hint in (error.hint or "")


def test_invalid_utf_8_is_refused_and_a_byte_order_mark_accepted() -> None:
    assert refused(file(b'[words]\n"\xe4" = "b"\n')).where == "texts/lexicon.toml:2"
    assert said("a", file(b'\xef\xbb\xbf[words]\n"a" = "b"\n')) == "b"


def test_a_file_that_is_too_large_is_refused() -> None:
    assert "16 MB" in refused(file(b" " * (17 << 20))).message


def test_a_pronunciation_lexicon_is_read() -> None:
    content = """
<lexeme><grapheme>WWW</grapheme><grapheme>W3</grapheme><alias>kolme  weetä</alias></lexeme>
<lexeme><grapheme>Bach</grapheme><alias>ei</alias><alias prefer="true">pah</alias></lexeme>
"""
    assert said("WWW W3 www Bach", pls(content)) == "kolme weetä kolme weetä www pah"
    assert said("WWW", pls(content), language="fi-FI") == "kolme weetä"
    assert said("WWW", pls(content, "en")) == "WWW"


@pytest.mark.parametrize(
    ("lexeme", "say", "phonemes"),
    [
        ("<phoneme>x</phoneme>", None, Phonemes("x")),
        ("<alias>y</alias><phoneme>x</phoneme>", "y", Phonemes("x")),
        ('<alias prefer="true">y</alias><phoneme>x</phoneme>', "y", None),
        (
            '<alias prefer="true">y</alias><phoneme prefer="true" alphabet="x-sampa">x</phoneme>',
            "y",
            Phonemes("x", "x-sampa"),
        ),
        ('<phoneme>x</phoneme><phoneme prefer="true"> z  z </phoneme>', None, Phonemes("z z")),
    ],
)
def test_a_pls_file_gives_phonemes_unless_it_prefers_an_alias(
    lexeme: str, say: str | None, phonemes: Phonemes | None
) -> None:
    lexicon = load_lexicon((pls(f"<lexeme><grapheme>a</grapheme>{lexeme}</lexeme>"),), "fi")
    assert lexicon.find("a b") == [Found(0, 1, say, phonemes)]


def test_words_and_patterns_can_have_phonemes_with_or_without_a_spelling() -> None:
    lexicon = load_lexicon(
        (
            file(
                '[[entry]]\nword = "a"\nphonemes = "/ga/"\n'
                '[[entry]]\nregex = "b+"\nsay = "x"\nphonemes = "x@\\"x@"\nalphabet = "x-sampa"\n'
                '[[entry]]\nword = "c"\nsay = "y"\nphonemes = "h@l\'oU"\nalphabet = "espeak"\n'
            ),
        ),
        "fi",
    )
    assert lexicon.find("a bb c") == [
        Found(0, 1, None, Phonemes("ɡa")),
        Found(2, 4, "x", Phonemes("xəˈxə")),
        Found(5, 6, "y", Phonemes("h@l'oU", "espeak")),
    ]
    assert [entry.where for entry in lexicon.sounded] == [f"texts/lexicon.toml:{line}" for line in (3, 12, 7)]


@pytest.mark.parametrize(
    ("given", "line", "message"),
    [
        (pls("<lexeme>"), 4, "is not well-formed XML"),
        (pls("\n<lexeme><alias>a</alias></lexeme>"), 4, "lexeme has no grapheme"),
        (pls("<lexeme><grapheme>a</grapheme><alias>…</alias></lexeme>"), 3, "must contain a word"),
        (pls("<lexeme><grapheme/><alias>a</alias></lexeme>"), 3, "a word has 1 to"),
        (pls("", "en", local=True), 2, "this lexicon is for en, not for fi"),
        (file("<lexicon/>", "a.pls"), 1, "is not a pronunciation lexicon"),
        (file("", "a.pls"), 1, "is not well-formed XML"),
        (file('<?xml version="1.0" encoding="nope"?><a/>', "a.pls"), 1, "XML"),
        (file('<!DOCTYPE a [<!ENTITY b "c">]>' + PLS.split("\n", 1)[1].format("fi", "&b;"), "a.pls"), 1, "document type"),
    ],
)  # fmt: skip
def test_a_damaged_pronunciation_lexicon_is_refused_with_its_line(
    given: LexiconFile, line: int, message: str
) -> None:
    error = refused(given)
    assert error.where == f"{given.name}:{line}"
    assert message in error.message


def test_an_entity_bomb_is_refused_at_once() -> None:
    def bomb(depth: int) -> str:
        entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
        lexeme = PLS.split("\n", 1)[1].format("fi", f"&e{depth};")
        return f'<!DOCTYPE lexicon [<!ENTITY e0 "lol">{entities}]>{lexeme}'

    assert_at_most(10, lambda depth: refused(file(bomb(depth), "a.pls")), 1, 11)


def test_nothing_outside_the_file_is_read() -> None:
    outside = '<!DOCTYPE lexicon SYSTEM "http://127.0.0.1:9/a.dtd">' + PLS.split("\n", 1)[1].format("fi", "")
    assert "document type" in refused(file(outside, "a.pls")).message


_TOML = st.lists(
    st.sampled_from(
        [
            "[words]",
            '"a" = "b"',
            "[[entry]]",
            'word = "a"',
            'say = "b"',
            'regex = "a+"',
            "case = true",
            "say = 1",
        ]
    )
    | st.text("ab=[]\"'\\ \n1", max_size=8),
    max_size=8,
).map("\n".join)


@given(data=_TOML.map(str.encode) | st.binary(), name=st.sampled_from(["lexicon.toml", "a.pls"]))
def test_arbitrary_bytes_are_a_lexicon_or_refused_by_name(data: bytes, name: str) -> None:
    where: str | None = name
    try:
        load_lexicon((LexiconFile(name, data),), "fi").find("a b")
    except SourceError as error:
        where = error.where
    assert (where or "").startswith(name)


@given(
    content=st.lists(
        st.sampled_from(
            [
                "<lexeme>",
                "</lexeme>",
                "<grapheme>a</grapheme>",
                "<alias>b</alias>",
                "<phoneme/>",
                "&x;",
                "<!-- -->",
            ]
        )
    ).map("".join)
)
def test_any_markup_is_a_lexicon_or_refused_by_name(content: str) -> None:
    where: str | None = "texts/a.pls:"
    try:
        load_lexicon((pls(content),), "fi").find("a b")
    except SourceError as error:
        where = error.where
    assert (where or "").startswith("texts/a.pls:")


@pytest.mark.slow
def test_thousands_of_entries_are_read_in_linear_time() -> None:
    def entries(count: int) -> LexiconFile:
        short = "[words]\n" + "".join(f'"sana{number}" = "x"\n' for number in range(count))
        long = "".join(f"[[entry]]\nregex = 'sana{number}'\nsay = 'x'\n" for number in range(count))
        sounds = "".join(f"[[entry]]\nword = 'ääni{number}'\nphonemes = 'x'\n" for number in range(count))
        return file(short + long + sounds)

    assert_linear(lambda given: load_lexicon((given,), "fi"), entries, 100)
