"""Credits in the languages that have them, with what a work names."""

import pytest

from audiobook.document import Chapter, Kind, Paragraph, Work
from audiobook.narration.grammar.installed import language_tags
from audiobook.pipeline.chapters.credits import with_credits
from audiobook.settings import CreditsSettings


def credits_of(
    language: str, title: str, *authors: str, own: CreditsSettings | None = None
) -> tuple[str, str]:
    chapter = Chapter("One", 1, (Paragraph("One.", Kind.TEXT),))
    work = Work("x", language, title, (chapter,), "x.txt")
    first, middle, last = with_credits(work, authors, "Emma", own or CreditsSettings()).chapters
    assert middle == chapter
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


def test_sentences_of_the_settings_take_their_place() -> None:
    own = CreditsSettings(("{title}.", "By {authors}.", "A production\n of Example House."))
    opening, closing = credits_of("en", "Why {narrator}?", own=own)
    assert opening == "Why {narrator}? A production of Example House."
    assert closing.startswith("This was Why {narrator}? Narrated by Emma")
    assert credits_of("en", "Why?", own=CreditsSettings(("By {authors}.",)))[0].startswith("Why?")
