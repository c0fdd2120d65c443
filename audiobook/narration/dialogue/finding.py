"""Finding what the people in a story say, in all paragraphs of a chapter."""

from __future__ import annotations

from collections.abc import Sequence

from audiobook.narration.dialogue.dashes import DASH_START, after_dashes
from audiobook.narration.dialogue.quotations import continuation, quotations_in
from audiobook.narration.dialogue.reporting_clauses import Span
from audiobook.narration.dialogue.spoken_quotations import spoken_quotations
from audiobook.narration.dialogue.style import style_of


def find_dialogue(texts: Sequence[str | None], language: str) -> list[list[Span]]:
    """Return what is said in each paragraph of a chapter.

    Args:
        texts: The paragraphs in order; None for one that ends any speech, such as a heading.
        language: BCP 47 tag of the text.

    Returns:
        For each paragraph, its speeches in order, disjoint.
    """
    style = style_of(language.partition("-")[0].lower())
    found: list[list[Span]] = []
    resumed = ""
    for at, text in enumerate(texts):
        if text is None:
            found.append([])
            resumed = ""
        elif style.has_dashes and not resumed and DASH_START.match(text):
            found.append(list(after_dashes(text, style)))
        else:
            quotations = quotations_in(text, style, resumed)
            goes_on = continuation(texts, at, style) if quotations.open_at is not None else ""
            found.append(
                list(spoken_quotations(text, quotations, style, goes_on=bool(goes_on), resumed=bool(resumed)))
            )
            resumed = goes_on
    return found
