"""A published site of the project's own texts, and browser pages that visit it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from browser import Tab, Visit, chromium, static_host
from playwright.sync_api import Browser
from records import RATE_HZ, chapter, put, record, sentence
from tools import TEXTS, Shelf, png

from audiobook.book.record.chapters import ChapterRecord, ParagraphRecord
from audiobook.document import Kind
from audiobook.publish.address import base_address
from audiobook.publish.publishing import publish
from audiobook.settings import PublishSettings

MIXED = """# Mixed 𝔏𝔢𝔱𝔱𝔢𝔯𝔰 🎧

## 🎧 First

One 🎧 emoji and two 👩‍👩‍👧 more before the last word. It cost 1990 crowns.

## Second

A second chapter, so that there are two of them.
"""


SHAPES = """# Shapes

## All of them

This is *emphasis **twice***, un*believ*able, and [a link](https://example.org/).

4. Four.
5. Five.
   - Inner `code`.

> ![A dot](dot.png)
>
> Quoted once.
>
> Quoted twice.

A line of verse,\\
and *another*.

| Name | What |
|-------|-----|
| Alice | She *fell*. |
"""


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A project of four texts, built and published. Tests must not change it."""
    shelf = Shelf(tmp_path_factory.mktemp("site") / "shelf")
    shelf.write("audiobook.toml", '[voice.fi]\nengine = "tone"\n')
    for name in ("en/a-day-in-sounds.md", "fi/a-day-in-sounds.md", "fi/the-listening-reader.txt"):
        shelf.write(f"texts/{name}", (TEXTS / name).read_bytes())
    shelf.write("texts/en/mixed.md", MIXED)
    shelf.write("texts/en/shapes.md", SHAPES)
    shelf.write("texts/en/dot.png", png(900, 40))
    shelf.build()
    done = shelf.run("publish", "--base-url", "https://example.org/books")
    assert done.code == 0, done.err
    return shelf


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A browser for all tests in this folder. While it is open, no other test can run an event loop."""
    with chromium() as one:
        yield one


@pytest.fixture(scope="session")
def site(library: Shelf) -> Iterator[str]:
    """The address of the published site."""
    with static_host(library.output) as address:
        yield address


@pytest.fixture(scope="package")
def tab(browser: Browser) -> Tab:
    """A page for visits that do not need a separate profile."""
    return Tab(browser)


@pytest.fixture
def visit(browser: Browser, tab: Tab, site: str) -> Iterator[Callable[..., Visit]]:
    """A function that makes the visitor of the site. Afterwards, no page may have had errors.

    Its options are those of `Visit`; `alone` is for a visitor who needs a separate profile.
    """
    visits: list[Visit] = []

    def make(*, alone: bool = False, **options: Any) -> Visit:
        visits.append(Visit(browser, options.pop("site", site), None if alone else tab, **options))
        assert alone or len(visits) == 1, "all share one page"
        return visits[-1]

    yield make
    for one in visits:
        one.close()


@pytest.fixture(scope="session")
def many_works(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site with a dozen works, one of them in Finnish too, without sound.

    Those with even numbers have two authors, and Essay 10, 1 and 2 are a series.
    """
    root = tmp_path_factory.mktemp("many")
    pair = ("Zoe Aalto", "Aino Ääni")
    works = [
        record(f"essay-{number}", title=f"Essay {number}", authors=pair[number % 2 :]) for number in range(12)
    ]
    for number, position in ((10, "1"), (1, "2"), (2, "10")):
        works[number] = msgspec.structs.replace(works[number], series="Evenings", series_position=position)
    shelf = put(root, *works, record("essay-3", "fi", title="Essee"))
    publish(
        shelf, root, base_address("https://example.org"), PublishSettings(fast_start=False), datetime.now(UTC)
    )
    with static_host(root) as address:
        yield address


@pytest.fixture(scope="session")
def many_chapters(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site with a work of 24 chapters, without its sound."""
    root = tmp_path_factory.mktemp("chapters")
    texts = ("It is said here.", "And here, too.")
    chapters = tuple(chapter(f"Chapter {number + 1}", number * 2000, texts) for number in range(24))
    shelf = put(root, record(chapters=chapters))
    publish(
        shelf, root, base_address("https://example.org"), PublishSettings(fast_start=False), datetime.now(UTC)
    )
    with static_host(root) as address:
        yield address


@pytest.fixture(scope="session")
def long_name(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site with a name of 400 characters, and a work without sound."""
    root = tmp_path_factory.mktemp("named")
    settings = PublishSettings(fast_start=False, title="Books and more " * 27)
    publish(put(root, record()), root, base_address("https://example.org"), settings, datetime.now(UTC))
    with static_host(root) as address:
        yield address


@pytest.fixture(scope="session")
def twenty_hours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site with a work of twenty hours, 40 chapters and 200 000 words, without its sound."""
    root = tmp_path_factory.mktemp("long")
    text = "Ten words make a sentence that is read by somebody."
    chapters = []
    for number in range(40):
        paragraphs = tuple(
            said_paragraph(text, 10, (number * 50 + place) * 36_000, 3_500) for place in range(50)
        )
        start, length = number * 1800 * RATE_HZ, 1800 * RATE_HZ
        chapters.append(ChapterRecord(f"Chapter {number + 1}", 1, start, start + length, paragraphs))
    one = record("long", title="A Long One", chapters=tuple(chapters))
    assert one.duration_s == 20 * 3600
    shelf = put(root, one)
    publish(
        shelf, root, base_address("https://example.org"), PublishSettings(fast_start=False), datetime.now(UTC)
    )
    with static_host(root) as address:
        yield address


def said_paragraph(text: str, times: int, start: int, each: int) -> ParagraphRecord:
    """Return a paragraph that repeats a sentence."""
    whole = " ".join([text] * times)
    sentences = tuple(
        sentence(
            whole, number * (len(text) + 1), (number + 1) * (len(text) + 1) - 1, start + number * each, each
        )
        for number in range(times)
    )
    return ParagraphRecord(Kind.TEXT, "", 1, whole, (), (), sentences)
