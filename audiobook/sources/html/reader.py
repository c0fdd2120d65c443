"""HTML: the text of an article, without the navigation around it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from audiobook.document import Kind, Metadata, Paragraph, Work, count_chars, is_speakable
from audiobook.sources.base import Announcement, Source
from audiobook.sources.boilerplate import book_named
from audiobook.sources.chapters.unmarked_headings import outline_blocks
from audiobook.sources.dates import date_text
from audiobook.sources.encoding.decode import needed_encoding
from audiobook.sources.markup.blocks import read_markup
from audiobook.sources.markup.contents_lists import contents_blocks
from audiobook.sources.markup.heading_lookalikes import mark_looks
from audiobook.sources.markup.notes.finding import shorten_own_links
from audiobook.sources.markup.page import Page
from audiobook.sources.markup.semantics import language_of, tag_of
from audiobook.sources.markup.tree import decode_html, parse_html, parse_page
from audiobook.sources.outline import Block, build_work
from audiobook.sources.summary import plain_summary
from audiobook.sources.title_page import says_title
from audiobook.sources.title_text import title_text

if TYPE_CHECKING:
    from lxml.etree import _Element

_FURNITURE: Final = frozenset(
    "nav aside footer form aria:navigation aria:complementary aria:contentinfo aria:form aria:search".split()
)
_PAGE_FURNITURE: Final = _FURNITURE | {"header", "aria:banner"}
"""Not part of the text when a whole page is read. Inside an article, a `header` is part of the text."""
_ANNOUNCED_WITHIN_CHARS: Final = 65_536


class HtmlReader:
    """Reads `.html`, `.htm` and `.xhtml` files."""

    def read(self, source: Source) -> Work:
        """Read a page; see `Reader.read`."""
        root = parse_page(
            decode_html(source.data, source.name, source.encoding, source.language), source.name
        )
        article = _article(root)
        mark_looks(article)
        furniture = _PAGE_FURNITURE if article is root else _FURNITURE
        shorten_own_links(root)
        _keep_headers_of_sections(article)
        page = Page(source.name, "", source.language, source.narrate, furniture)
        markup = read_markup(article, page)
        skipped, source_chars = markup.skipped_chars, markup.source_chars
        around = 0 if article is root else _chars(root, page) - _chars(article, page)
        if around:
            skipped["navigation"] += around
            source_chars += around
        outlined = outline_blocks(markup.blocks, source.language, source.chapters)
        if outlined.contents_chars:
            skipped["contents"] += outlined.contents_chars
        found = outlined.blocks
        listed = contents_blocks(found) if "toc" not in source.narrate else set()
        if listed and any(at not in listed for at in range(len(found))):
            skipped["toc"] += sum(count_chars(found[at].paragraph.text) for at in listed)
            found = [block for at, block in enumerate(found) if at not in listed]
        metadata, line = _metadata(root, found)
        blocks, added = _with_title(found, metadata.title or "", line)
        return build_work(
            source,
            metadata,
            blocks,
            problems=markup.problems,
            source_chars=source_chars + added,
            skipped_chars=skipped,
            encoding=needed_encoding(source.data, source.encoding),
            rule=outlined.rule,
        )

    def announce(self, data: bytes, name: str, encoding: str | None) -> Announcement:
        """Return the language that a page declares; see `Announcer.announce`."""
        opening = decode_html(data, name, encoding)[:_ANNOUNCED_WITHIN_CHARS]
        return Announcement(language_of(parse_html(opening, name)) or None if opening.strip() else None)


def _article(root: _Element) -> _Element:
    """Return the element with the text: the page's `main`, else its only `article`, else the whole page."""
    articles: list[_Element] = []
    for element in root.iter():
        tag = tag_of(element)
        if tag == "main" or element.get("role") == "main":
            return element
        if tag == "article":
            articles.append(element)
    return articles[0] if len(articles) == 1 else root


def _keep_headers_of_sections(article: _Element) -> None:
    """Make the `header` of a section or article a plain division: it contains a heading, not the banner of the page.

    Source: HTML, section 4.3.8 (the `header` element).
    """
    for header in [element for element in article.iter() if tag_of(element) == "header"]:
        if any(tag_of(above) in ("section", "article") for above in header.iterancestors()):
            header.tag = "div"


def _chars(element: _Element, page: Page) -> int:
    """Count the characters of an element's text, whether they are read aloud or not."""
    return read_markup(element, replace(page, furniture=frozenset((tag_of(element),)))).source_chars


def _metadata(root: _Element, blocks: Sequence[Block]) -> tuple[Metadata, int]:
    """Return a page's metadata and the line of its title.

    The title is the page's only first-level heading, if the `title` element contains its words or is missing.
    The `title` element often names the site as well. Otherwise the title is the page's `title` element.
    """
    metas: defaultdict[str, list[_Element]] = defaultdict(list)
    titles: list[_Element] = []
    for element in root.iter():
        tag = tag_of(element)
        if tag == "meta":
            metas[(element.get("property") or element.get("name") or "").lower()].append(element)
        elif tag == "title" and len(titles) < 1 and not any(map(_is_picture, element.iterancestors())):
            titles.append(element)
    given = [title for title in metas["og:title"] if title_text(title.get("content") or "")] + titles
    words = title_text(given[0].get("content") or "".join(given[0].itertext())) if given else ""
    words, author = book_named(words)
    headings = [block.paragraph for block in blocks if block.level == 1]
    heading = title_text(headings[0].text) if len(headings) == 1 else ""
    if heading and (not words or heading.casefold() in words.casefold()):
        words = heading
    names = [title_text(meta.get("content") or "") for meta in metas["author"]]
    descriptions = [*metas["description"], *metas["og:description"]]
    dates = [*metas["article:published_time"], *metas["date"]]
    return (
        Metadata(
            title=words or None,
            authors=tuple(dict.fromkeys(filter(None, names)) or filter(None, (author,))),
            language=language_of(root) or None,
            description=next(
                filter(None, (plain_summary(meta.get("content") or "") for meta in descriptions)), None
            ),
            date=next(filter(None, (date_text(meta.get("content") or "") for meta in dates)), None),
        ),
        (given[0].sourceline or 0) if given else 0,
    )


def _is_picture(element: _Element) -> bool:
    return tag_of(element) == "svg"


def _with_title(blocks: list[Block], title: str, line: int) -> tuple[list[Block], int]:
    """Put the title first, and return the blocks and the number of characters added."""
    paragraphs = [block.paragraph for block in blocks]
    first = paragraphs[0] if paragraphs else None
    if first and blocks[0].level and says_title([first], title):
        return [Block(replace(first, kind=Kind.TITLE)), *blocks[1:]], 0
    if not title or not any(is_speakable(each.text) for each in paragraphs) or says_title(paragraphs, title):
        return blocks, 0
    opening = Paragraph(title, Kind.TITLE, ((0, line),) if line else ())
    return [Block(opening), *blocks], count_chars(title)
