"""Reading and narrating take linear time: twice the text takes about twice as long.

Promise, bad input: “10 MB in one paragraph”, “100,000-entry TOC”: bounded time and memory.
"""

import time
from collections.abc import Callable, Iterable
from typing import Final

import pytest
from books import members, zipped
from sampling import sampled

from audiobook.document import LexiconFile
from audiobook.errors import AudiobookError
from audiobook.narration.lexicon.files import load_lexicon
from audiobook.narration.passages import narrate
from audiobook.sources.base import Source, reader_for

_STEPS: Final = 4
_MOST: Final = 9.0
"""For four times the text, linear work takes four times as long, quadratic work sixteen times."""
_MEASURABLE_S: Final = 0.04
"""Of the longer text: far longer than anything that does not depend on the text."""
_ATTEMPTS: Final = 4
_LONGEST: Final = 1 << 20

PLAIN: Final[dict[str, Callable[[int], str]]] = {
    "empty lines in front": lambda n: "\n" * n + "a",
    "empty lines between": lambda n: "a\n" + "\n" * n + "b",
    "lines of spaces": lambda n: "a\n" + " \n" * n + "b",
    "spaces": lambda n: "a" + " " * n + "b",
    "one paragraph": lambda n: "This is a word. " * n,
    "one wrapped paragraph": lambda n: "This is a word.\n" * n + "\nEnd.",
    "paragraphs": lambda n: "A word.\n\n" * n,
    "figures": lambda n: "123 " * n,
    "short forms": lambda n: "e.g. a.b. " * n,
    "quotes that are not closed": lambda n: '"a ' * n,
    "brackets that are not closed": lambda n: "[a (b " * n,
    "marks above letters": lambda n: "a" + "\u0301" * n + " b",
    "notes for pictures that are not closed": lambda n: "[Illustration: " * n,
    "chapter lines": lambda n: "".join(f"CHAPTER {number}.\n\nText.\n\n" for number in range(n)),
    "chapter lines alone": lambda n: "CHAPTER I.\n\n" * n,
    "lists of contents": lambda n: "CONTENTS\n\n1. a\n\n" * n + "CHAPTER I\n\na\n\nCHAPTER II\n\nb",
    "fields of a header": lambda n: (
        "Title: a\n" + " a\n" * n + "*** START OF THE PROJECT GUTENBERG EBOOK X ***\n\ntext\n"
    ),
}
MARKDOWN: Final[dict[str, Callable[[int], str]]] = {
    "asterisks": lambda n: "**a *b " * n,
    "underscores": lambda n: "_a " * n,
    "backticks": lambda n: "`a " * n,
    "links that are not closed": lambda n: "[a](" * n,
    "names of links": lambda n: "a\n\n" + "".join(f"[a{number}]: b\n" for number in range(n)),
    "items": lambda n: "- a\n" * n,
    "headings": lambda n: "# a\n\nb\n\n" * n,
    "code over line ends": lambda n: "`a\nb` c\n" * n,
    "entities": lambda n: "&amp;a" * n,
}
HTML: Final[dict[str, Callable[[int], str]]] = {
    "paragraphs": lambda n: "<p>a</p>" * n,
    "elements in elements": lambda n: ("<div>" * 100 + "a" + "</div>" * 100) * (n // 50),
    "cells": lambda n: "<table><tr>" + "<td>a</td>" * n + "</table>",
    "rows": lambda n: "<table>" + "<tr><td>a<td>b" * n + "</table>",
    "words of a class": lambda n: "<p class='" + "a " * n + "'>b",
    "notes": lambda n: "".join(
        f"<p>a<sup><a href='#n{number}'>{number % 99}</a></sup></p><p id='n{number}'>{number % 99} b</p>"
        for number in range(n)
    ),
    "passages in another language": lambda n: "<p>" + "A <i lang=de>b</i>. " * n,
    "sounds": lambda n: "<p>" + "A <i ssml:ph='a'>b</i>. " * n,
    "lines of verse": lambda n: "<div class=poem>" + "<span>a</span><br>" * n + "</div>",
    "authors": lambda n: "".join(f"<meta name=author content=a{number}>" for number in range(n)) + "a",
}


def _measured(use: Callable[[object], None], data: object) -> float:
    """Return the processor time of one run."""
    start = time.process_time()
    use(data)
    return time.process_time() - start


def assert_grows_evenly(make: Callable[[int], object], use: Callable[[object], None]) -> None:
    """Fail if, in each of several measurements, four times the text takes far more than four times as long.

    The texts grow until one takes long enough to be measured; the time of the one before is then known too.
    """
    length = 250
    use(make(length))  # imports, and fills caches
    taken = _measured(use, make(length))
    while True:
        before, taken = taken, _measured(use, make(length * _STEPS))
        if taken >= _MEASURABLE_S or length >= _LONGEST:
            break
        length *= _STEPS
    small, large = make(length), make(length * _STEPS)
    ratios = [taken / max(before, 1e-3)]
    while ratios[-1] >= _MOST:
        assert len(ratios) < _ATTEMPTS, f"from {length} to {length * _STEPS}: {ratios}"
        before = min(_measured(use, small), _measured(use, small))
        taken = min(_measured(use, large), _measured(use, large))
        ratios.append(taken / max(before, 1e-3))


def _read_and_narrate(name: str) -> Callable[[object], None]:
    def use(data: object) -> None:
        assert isinstance(data, bytes)
        work = reader_for(name).read(Source(data, name, "a", "en", "A"))
        for chapter in work.chapters:
            for paragraph in chapter.paragraphs:
                try:
                    narrate(paragraph, "en")
                except AudiobookError:
                    continue

    return use


def _texts(cases: dict[str, Callable[[int], str]], name: str) -> Iterable[object]:
    return (pytest.param(make, name, id=f"{name}-{case}") for case, make in cases.items())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "name"),
    sampled([*_texts(PLAIN, "a.txt"), *_texts(MARKDOWN, "a.md"), *_texts(HTML, "a.html")], 9),
)
def test_a_text_of_many_parts_is_read_and_narrated_in_linear_time(
    make: Callable[[int], str], name: str
) -> None:
    assert_grows_evenly(lambda length: make(length).encode(), _read_and_narrate(name))


def _book(contents: str = "", body: str = "<p>a</p>", **package: str) -> bytes:
    return zipped(members(body, contents=contents, **package))


def _link(number: int) -> str:
    return f'<li><a href="0.xhtml#i{number}">e</a></li>'


BOOKS: Final[dict[str, Callable[[int], bytes]]] = {
    "entries of the contents": lambda n: _book(
        "".join(map(_link, range(min(n, 19_000)))),
        "".join(f"<p id='i{number}'>a</p>" for number in range(min(n, 19_000))),
    ),
    "formats to fall back to": lambda n: _book(
        manifest="".join(
            f'<item id="f{number}" href="f" media-type="a/b" fallback="f{number + 1}"/>'
            for number in range(n)
        ),
        spine="<itemref idref='d0'/>"
        + "".join(f'<itemref idref="f{number}"/>' for number in range(min(n, 9_000))),
    ),
    "items of one name": lambda n: _book(manifest='<item id="f" href="f" media-type="a/b"/>' * n),
    "people of one name": lambda n: _book(
        metadata="<dc:creator id='a'>A</dc:creator><meta refines='#a' property='role'>aut</meta>" * n
    ),
    "titles of one name": lambda n: _book(
        metadata="<dc:title id='a'>A</dc:title><meta refines='#a' property='title-type'>x</meta>" * n
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("make", BOOKS.values(), ids=BOOKS)
def test_a_book_of_many_parts_is_read_in_linear_time(make: Callable[[int], bytes]) -> None:
    assert_grows_evenly(make, _read_and_narrate("a.epub"))


LEXICONS: Final[dict[str, Callable[[int], str]]] = {
    "words": lambda n: "[words]\n" + "".join(f'a{number} = "b"\n' for number in range(n)),
    "entries": lambda n: "".join(f'[[entry]]\nword = "a{number}"\nphonemes = "a"\n' for number in range(n)),
    "patterns": lambda n: '[[entry]]\nregex = "a"\nsay = "b"\n' * n,
}


@pytest.mark.parametrize("make", LEXICONS.values(), ids=LEXICONS)
def test_a_lexicon_of_many_entries_is_read_in_linear_time(make: Callable[[int], str]) -> None:
    def use(data: object) -> None:
        load_lexicon.cache_clear()
        load_lexicon((LexiconFile("lexicon.toml", str(data).encode()),), "en")

    assert_grows_evenly(make, use)
