"""Credits in the languages that have them, with what a work names."""

import pytest

from audiobook.document import Chapter, Kind, Paragraph, Work
from audiobook.narration.grammar.installed import language_tags
from audiobook.pipeline.credits import with_credits


def credits_of(language: str, title: str, *authors: str) -> tuple[str, str]:
    chapter = Chapter("One", 1, (Paragraph("One.", Kind.TEXT),))
    first, own, last = with_credits(Work("x", language, title, (chapter,), "x.txt"), authors, "Emma").chapters
    assert own == chapter
    assert first.title != last.title or language == "xx"
    return first.paragraphs[0].text, last.paragraphs[0].text


@pytest.mark.parametrize("language", ["en", *sorted(language_tags())])
def test_each_language_names_title_authors_and_narrator(language: str) -> None:
    for text in credits_of(language, "A Title", "Ann", "Bo", "Cy"):
        assert text.startswith("A Title. ") or "A Title" in text
        assert "Ann, Bo " in text
        assert " Cy" in text
        assert "Emma, " in text
        assert "{" not in text


def test_what_a_work_lacks_is_left_out() -> None:
    assert credits_of("en-GB", "Why?")[0] == "Why? Narrated by Emma, a synthetic voice."
    assert credits_of("xx", "Why {x}", "Ann", "Bo") == ("Why {x}. Ann, Bo. Emma.", "Why {x}. Ann, Bo. Emma.")
