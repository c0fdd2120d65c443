"""The article of a web page, without anything around it."""

import pytest
from growth import assert_linear

from audiobook.child import Limits
from audiobook.errors import SourceError
from audiobook.sources.base import Source, read_work
from audiobook.sources.web.article import extract_article
from audiobook.sources.web.extraction import Extracted, Page, extract

SENTENCE = "It rained all day, and the river rose, slowly but surely, until evening came. "
ARTICLE = (
    f"<h1>The Flood</h1><p>{SENTENCE * 3}<sup><a href='#n1'>1</a></sup></p><h2>By night</h2><p>{SENTENCE * 4}</p>"
    f"<p lang=fi>Satoi.</p><p>{SENTENCE * 2}</p><p id=n1>1. On a Monday.</p>"
)
PAGE = (
    '<!DOCTYPE html><html lang="en"><head><title>The Flood | News & More</title><meta name="author" content="Ada &quot;B&quot;">'
    '<meta property="article:published_time" content="2024-05-02T10:00"></head><body><header>News</header>'
    f"<nav><ul><li><a href=/>Home</a></li><li><a href=/s>Sport</a></li></ul></nav><div class=content>{ARTICLE}</div>"
    "<div class=comments><p>First!</p></div><div class=sidebar><a href=/x>Most read</a></div><footer>Cookies</footer></body></html>"
)


def extracted(page: str, encoding: str | None = None) -> Extracted:
    return extract(Page("a.org", "https://a.org/?a=1&b=2", page.encode(encoding or "utf-8"), encoding))


def said(html: str) -> tuple[str, ...]:
    work = read_work(Source(html.encode(), "a.html", "a", "en", "A"), "a.html")
    return (work.title, *(paragraph.text for chapter in work.chapters for paragraph in chapter.paragraphs))


def test_only_the_article_is_kept_with_what_the_page_says_about_it() -> None:
    found = extracted(PAGE)
    assert (found.title, found.language, found.is_whole) == ("The Flood", "en", False)
    texts = said(found.html)
    assert texts[0] == texts[1] == "The Flood"
    assert "By night" in texts
    assert texts.count("The Flood") == 2
    assert not any(
        word in " ".join(texts) for word in ("Home", "First!", "Most read", "Cookies", "On a Monday")
    )
    assert 'lang="fi"' in found.html
    for part in (
        '<link rel="canonical" href="https://a.org/?a=1&amp;b=2">',
        '<meta name="author" content="Ada &quot;B&quot;">',
        '<meta name="date" content="2024-05-02">',
    ):
        assert part in found.html


def test_a_page_without_an_article_is_kept_whole() -> None:
    found = extracted("<html><title>A note</title><body>Rain &amp; <p>snow.</p></body>")
    assert found.is_whole
    assert said(found.html)[2:] == ("Rain &", "snow.")


def test_the_language_is_that_of_the_page_its_metadata_or_the_server() -> None:
    plain = PAGE.replace(' lang="en"', "")
    for meta, language in (
        ('<meta property="og:locale" content="pt_BR">', "pt-BR"),
        ("<meta http-equiv='Content-Language' content='sl'>", "sl"),
        ("<meta name=language content='Slovenian'>", "fi"),
        ("", "fi"),
    ):
        page = Page(
            "a.org", "https://a.org", plain.replace("<head>", f"<head>{meta}").encode(), declared="fi"
        )
        assert extract(page).language == language
    assert extracted(PAGE).language == "en"


def test_the_article_of_a_page_that_is_a_form_is_kept() -> None:
    form = PAGE.replace("<body>", "<body><form>").replace("</body>", "</form></body>").replace("<main>", "")
    found = extracted(form)
    assert found.title == "The Flood | News & More"
    assert SENTENCE.strip() in " ".join(said(found.html))


def test_a_page_in_an_old_encoding_is_decoded() -> None:
    page = f"<html lang=lv><title>Plūdi</title><p>{'Ūdens cēlās, lēni, bet droši. ' * 20}</p>"
    assert "Ūdens cēlās" in extracted(page, "cp1257").html


def test_a_page_that_cannot_be_read_is_rejected() -> None:
    for page, message in ((b"<p>a\xff", "is not UTF-8"), (b"<img src=a>", "no text")):
        with pytest.raises(SourceError, match=message) as caught:
            extract(Page("a.org", "https://a.org", page))
    assert "browser" in (caught.value.hint or "")
    with pytest.raises(SourceError) as caught:
        extract_article(Page("a.org", "https://a.org", b"<p>a\xff"), Limits(time_s=30))
    assert caught.value.where == "a.org"
    assert caught.value.hint


def test_a_page_of_many_parts_takes_linear_time() -> None:
    assert_linear(
        extracted,
        lambda count: PAGE.replace("</h2>", "</h2>" + "<p>a, b.</p><div><a href=/>c</a></div>" * count),
        30,
    )
