"""The chapters of a work: which are chosen, renamed and merged, shown to pages and written into settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from audiobook.document import Chapter, Choice, Work
from audiobook.errors import UsageError
from audiobook.pipeline.chapters.changes import noted_chapters
from audiobook.pipeline.chapters.selection import chosen_numbers, effective_choice, named_chapters
from audiobook.pipeline.planning.plan import Plan
from audiobook.pipeline.scripts.prepared_text import read_text
from audiobook.studio.desk.shelf import Shelf
from audiobook.studio.desk.works import contents


def parts_shown(shelf: Shelf, label: str) -> list[dict[str, Any]]:
    """Return the chapters of a work, with their places among those that are read aloud.

    Raises:
        Gone: There is no such work.
    """
    work = contents(shelf, label)
    settings = shelf.settings().work_of(label.rpartition("/")[2])
    chapters = [Chapter(part["own_title"], part["level"], ()) for part in work["parts"]]
    merged = _merged(chapters, tuple(map(str, settings.merge))) or set()
    at = work["chapters_before"]
    found = []
    for part in work["parts"]:
        at += part["chosen"] and not part["merged"]
        found.append(part | {"place": at, "is_merged": part["number"] in merged})
    return found


def chapter_settings(
    plan: Plan, left_out: set[int] | None, merged: set[int] | None, titles: Mapping[int, str] | None
) -> tuple[dict[str, Any], dict[str, str | None]]:
    """Return the settings that give a work the wanted chapters: those of the work, and its chapter titles.

    Args:
        plan: The plan of the work. Settings that would change nothing are left out.
        left_out: Numbers of the chapters to leave out; None to keep the present choice.
        merged: Numbers of the chapters to join to the one before; None to keep the present choice.
        titles: New titles by number; None to keep the present ones.

    Raises:
        UsageError: No chapter is left, or one cannot be merged.
    """
    work = read_text(plan)
    inputs = plan.inputs
    chosen = {} if left_out is None else _choosing(work, plan.choice, left_out)
    if merged is not None:
        chosen |= _merging(work.chapters, inputs.merged_chapters, merged)
    renamed = {} if titles is None else _renaming(work.chapters, inputs.renamed_chapters, titles)
    return chosen, renamed


def _choosing(work: Work, now: Choice, left_out: set[int]) -> dict[str, Any]:
    """Return the settings that leave out chapters; empty if these are left out already.

    Titles are preferred, because the numbers of chapters change with the text.
    """
    wanted = set(range(1, len(work.chapters) + 1)) - left_out
    if not wanted:
        raise UsageError("at least one chapter must be read aloud")
    if _kept(work, now) == wanted:
        return {}
    for choice in _candidates(work.chapters, sorted(left_out)):
        if _kept(work, choice) == wanted:
            return {"chapters": choice.chapters, "skip": list(choice.skip)}
    return {"chapters": ",".join(map(str, sorted(wanted))), "skip": []}


def _candidates(chapters: Sequence[Chapter], left_out: list[int]) -> Sequence[Choice]:
    titles = tuple(chapters[number - 1].title for number in left_out)
    every = Choice(f"1-{len(chapters)}")  # even if the text itself leaves some out
    return Choice(), Choice("", titles), Choice("", tuple(map(str, left_out))), every


def _kept(work: Work, choice: Choice) -> set[int] | None:
    effective, _ = effective_choice(choice, work)
    try:
        return chosen_numbers(work.chapters, effective)
    except LookupError:
        return None


def _merging(chapters: Sequence[Chapter], now: tuple[str, ...], wanted: set[int]) -> dict[str, Any]:
    """Return the setting that merges chapters; empty if these are merged already."""
    if _merged(chapters, now) == wanted:
        return {}
    kept = [name for name in now if (found := _named(chapters, name)) and found <= wanted]
    names = kept + [_name(chapters, number) for number in sorted(wanted - (_merged(chapters, kept) or set()))]
    if _merged(chapters, names) != wanted:
        raise UsageError(
            "these chapters cannot be merged", hint="the first one has none before it; load the page again"
        )
    return {"merge": names}


def _merged(chapters: Sequence[Chapter], names: Sequence[str]) -> set[int] | None:
    """Return the numbers of the chapters that are joined to the one before; None if a name matches no chapter."""
    try:
        noted = noted_chapters(chapters, names, {})
    except LookupError:
        return None
    return {number for number, chapter in enumerate(noted, 1) if chapter.is_merged}


def _renaming(
    chapters: Sequence[Chapter], now: Mapping[str, str], wanted: Mapping[int, str]
) -> dict[str, str | None]:
    """Return the titles to set by the title or number of their chapter, and None for those to remove."""
    titles = {number: " ".join(title.split()) for number, title in wanted.items()}
    own = dict(enumerate((chapter.title for chapter in chapters), 1))
    titles = {number: title for number, title in titles.items() if title and title != own.get(number)}
    before = _titles(chapters, now)
    if before == titles:
        return {}
    changes: dict[str, str | None] = {name: None for name in now if not _named(chapters, name)}
    for number in sorted((before or {}).keys() | titles.keys()):
        if (before or {}).get(number) != titles.get(number):
            key = next((name for name in now if _named(chapters, name) == {number}), None)
            changes[key or _name(chapters, number)] = titles.get(number)
    made = {name: title for name, title in {**now, **changes}.items() if title}
    if _titles(chapters, made) == titles:
        return changes
    # A name can match several chapters, of which only some have this title now.
    return {**dict.fromkeys(now), **{_name(chapters, number): title for number, title in titles.items()}}


def _titles(chapters: Sequence[Chapter], renamed: Mapping[str, str]) -> dict[int, str] | None:
    """Return the new titles by number; None if a name matches no chapter."""
    try:
        noted = noted_chapters(chapters, (), renamed)
    except LookupError:
        return None
    return {number: chapter.new_title for number, chapter in enumerate(noted, 1) if chapter.new_title}


def _name(chapters: Sequence[Chapter], number: int) -> str:
    """Return what a setting calls a chapter: its title if no other has it, because numbers change with the text."""
    if not 1 <= number <= len(chapters):
        raise UsageError(f"there is no chapter {number}", hint="load the page again")
    title = chapters[number - 1].title
    return title if _named(chapters, title) == {number} else str(number)


def _named(chapters: Sequence[Chapter], name: str) -> set[int]:
    try:
        return named_chapters(chapters, name)
    except LookupError:
        return set()
