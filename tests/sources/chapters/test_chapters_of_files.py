"""Files as people have them: chapters of Project Gutenberg texts, of Word and of HTML files without headings."""

from pathlib import Path

import pytest
from docx_files import docx, p
from sampling import sampled

from audiobook.document import Kind, Work
from audiobook.sources.base import Source, reader_for


def read(path: Path, language: str) -> Work:
    return reader_for(path.name).read(Source(path.read_bytes(), path.name, "a", language, "Fallback"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "language", "chapters", "parts", "rule"),
    sampled(
        [
            ("verwandlung-22367", "de", 3, 0, "series"),
            ("bovary-14155", "fr", 35, 3, "series"),
            ("ontboezemingen-24675", "nl", 44, 0, "series"),
            ("kalevala-7000", "fi", 50, 0, "series"),
            ("sklepy-8119", "pl", 15, 0, "names"),
            ("leviathan-3207", "en", 47, 4, "series"),
            ("huck-76", "en", 43, 0, "series"),
        ],
        3,
    ),
)
def test_a_book_of_project_gutenberg_has_its_chapters(
    shared: Path, name: str, language: str, chapters: int, parts: int, rule: str
) -> None:
    work = read(shared / "cases" / "gutenberg" / f"{name}.txt", language)
    assert work.chapters_by == rule
    front = chapters + parts < len(work.chapters)
    assert len(work.chapters) == chapters + parts + front
    assert "boilerplate" in work.skipped_chars
    if language == "fi":
        poem = work.chapters[3].paragraphs[1]
        assert poem.text.count("\n") > 100
    if language in ("de", "fr", "nl", "fi"):
        assert any("iso-8859-1, the encoding named in its header" in str(each) for each in work.problems)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("t2-txt-chapter-dot.en.txt", ["chapter.001", "chapter.002", "chapter.003"]),
        ("t3-txt-numerals.en.txt", ["1", "2", "3"]),
        ("t4-txt-names.en.txt", ["PROLOGUE", "THE ARRIVAL", "THE LEAVING", "EPILOGUE"]),
        ("t6-txt-chinese.zh.txt", ["第1章 标题", "第2章 标题", "第3章 标题"]),
        ("t7-txt-plain-essay.en.txt", ["Part 1", "Part 2"]),
        ("d1-fake-headings.docx", ["Chapter One", "Chapter Two", "Epilogue"]),
    ],
)
def test_a_file_without_marked_headings_has_its_chapters(shared: Path, name: str, titles: list[str]) -> None:
    work = read(shared / "cases" / "reading" / name, "zh" if ".zh." in name else "en")
    assert [chapter.title for chapter in work.chapters] == titles
    assert work.title == ("My Novel" if name[:2] in ("t3", "t4", "t7") else "Fallback")


HTML = {
    "bold": "<p><b>{}</b></p>",
    "centred": "<p align=center>{}</p>",
    "centre": "<center>{}</center>",
    "style": "<p style='text-align: center; font-weight: bold'>{}</p>",
    "large": "<p><font size='+2'>{}</font></p>",
    "bold in a block": "<div><strong><span>{}</span></strong></div>",
}


@pytest.mark.parametrize(
    "titles", [["Chapter 1", "Chapter 2", "Chapter 3"], ["The Door", "The Stair", "The Roof"]]
)
def test_html_without_headings_has_chapters_by_what_looks_like_one(titles: list[str]) -> None:
    wrong = {}
    for name, row in HTML.items():
        body = "".join(
            f"{row.format(title)}<p>It <b>rained</b> all day.</p><p>Then it stopped.</p>" for title in titles
        )
        data = f"<html><body>{body}</body></html>".encode()
        work = reader_for("a.html").read(Source(data, "a.html", "a", "en", "Fallback"))
        if [chapter.title for chapter in work.chapters] != titles:
            wrong[name] = [chapter.title for chapter in work.chapters]
    assert wrong == {}


PROSE = f"<p>{'The old man walked along the road to the sea. ' * 15}</p>"


def html_book(*parts: str) -> Work:
    page = f"<html><body>{''.join(parts)}</body></html>"
    return reader_for("a.html").read(Source(page.encode(), "a.html", "a", "en", "Fallback"))


def plain(first: int, last: int, label: str = "Chapter {}") -> str:
    return "".join(f"<p>{label.format(at)}</p>{PROSE}" for at in range(first, last + 1))


def test_a_few_marked_headings_do_not_hide_the_chapters_that_are_plain_lines() -> None:
    numbers = [f"Chapter {at}" for at in range(1, 13)]
    cases = {
        "<h1>Book</h1><h2>by Ann Lee</h2>" + plain(1, 12): numbers,
        f"<h1>Book</h1><h2>Preface</h2>{PROSE}" + plain(1, 12): ["Preface", *numbers],
        "<h1>Book</h1>" + plain(1, 12) + f"<h2>Afterword</h2>{PROSE}": [*numbers, "Afterword"],
        f"<h2>One</h2>{plain(1, 6)}<h2>Two</h2>{plain(7, 12)}": ["One", *numbers[:6], "Two", *numbers[6:]],
        f"<h2>The Sea</h2>{plain(1, 6, '{}')}<h2>The Road</h2>{plain(1, 6, '{}')}": ["The Sea", "The Road"],
        "<h1>Cake</h1><h2>Method</h2>" + "<p>1. Stir.</p><p>2. Bake.</p>" * 6: ["Method"],
    }
    wrong = {
        page: titles
        for page in cases
        if (titles := [each.title for each in html_book(page).chapters]) != cases[page]
    }
    assert not wrong


def test_html_with_headings_stays_as_it_is_marked() -> None:
    body = "<h2>One</h2><p>A b.</p><p><b>Chapter 1</b></p><p>C d.</p><p><b>Chapter 2</b></p><p>E f.</p><h2>Two</h2><p>G h.</p>"
    work = reader_for("a.html").read(Source(body.encode(), "a.html", "a", "en", "Fallback"))
    assert ([chapter.title for chapter in work.chapters], work.chapters_by) == (["One", "Two"], "marked")
    assert work.chapters[0].paragraphs[2].kind is Kind.TEXT


WORD = {
    "bold": "<w:r><w:rPr><w:b/></w:rPr><w:t>{}</w:t></w:r>",
    "large": '<w:r><w:rPr><w:sz w:val="36"/></w:rPr><w:t>{}</w:t></w:r>',
    "centred": '<w:pPr><w:jc w:val="center"/></w:pPr><w:r><w:t>{}</w:t></w:r>',
}


@pytest.mark.slow
def test_word_without_heading_styles_has_chapters_by_what_looks_like_one() -> None:
    wrong = {}
    for name, row in WORD.items():
        titles = ["The Door", "The Stair", "Another Roof"]
        bodies = [
            f"<w:p>{row.format(title)}</w:p>{p('It rained all day.')}{p('Then it stopped.')}"
            for title in titles
        ]
        work = reader_for("a.docx").read(Source(docx(*bodies), "a.docx", "a", "en", "Fallback"))
        if [chapter.title for chapter in work.chapters] != titles or work.chapters_by != "names":
            wrong[name] = [chapter.title for chapter in work.chapters]
    assert wrong == {}
