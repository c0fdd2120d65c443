"""Detecting texts that are not in the language in which they would be read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from audiobook.document import Problem, Work
from audiobook.languages import english_name
from audiobook.writing_systems import contradiction, other_language, script_name

_SAMPLED: Final = 40
"""Number of paragraphs that are examined at the beginning of a text, and in its middle."""


def contradictions(work: Work) -> Iterator[Problem]:
    """Yield a problem if a text declares, or seems to be in, another language or script than that of its folder or name."""
    own, used = (work.metadata.language or work.language).lower(), work.language.lower()
    if not f"{own}-".startswith(f"{used}-") and not f"{used}-".startswith(f"{own}-"):
        yield Problem(
            work.name, f"declares the language {work.metadata.language}, but is read as {work.language}"
        )
    sample = _sample(work)
    if likely := other_language(sample, work.language):
        yield Problem(
            work.name,
            f"seems to be in {english_name(likely)} ({likely}), but is read as {work.language}, the language of its "
            "folder, its name or `--lang`",
        )
    if found := contradiction(sample, work.language):
        script, likely = found
        named = f"; if it is {english_name(likely)}, add `--lang {likely}`" if likely else ""
        yield Problem(
            work.name,
            f"is written in {script_name(script)} letters, but is read as {work.language}{named or '; name its language with `--lang`'}",
        )


def _sample(work: Work) -> str:
    """Return paragraphs from the beginning and the middle of a text."""
    count = sum(len(chapter.paragraphs) for chapter in work.chapters)
    middle = max(count // 2, _SAMPLED)
    texts = (paragraph.text for chapter in work.chapters for paragraph in chapter.paragraphs)
    first = list(islice(texts, _SAMPLED))
    return "\n".join((*first, *islice(texts, middle - _SAMPLED, middle)))
