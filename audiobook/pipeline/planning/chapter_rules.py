"""The rules by which readers find chapters, taken from the settings."""

from __future__ import annotations

from functools import cache

from audiobook.errors import SettingsError, SourceError
from audiobook.patterns import checked_pattern
from audiobook.settings import ChapterSettings
from audiobook.sources.base import ChapterRules


@cache
def chapter_rules(settings: ChapterSettings) -> ChapterRules:
    """Return the rules for chapters in the settings.

    Raises:
        SettingsError: The pattern is not a valid regular expression, or could take unlimited time.
    """
    pattern = None
    if settings.pattern is not None:
        try:
            pattern = checked_pattern(settings.pattern, "", case=True)
        except SourceError as error:
            raise SettingsError(f"chapters.pattern: {error.message}", hint=error.hint) from error
    return ChapterRules(pattern, settings.split_min, settings.merge_min, settings.say_titles)
