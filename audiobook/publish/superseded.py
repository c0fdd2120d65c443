"""Files that were public and are not needed by the latest publication: they stay for a while.

Pages, feeds and apps that were loaded earlier still refer to them.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from datetime import date
from typing import Final

import msgspec

from audiobook.publish.publication import PublicFile

_FEED_COVER: Final = re.compile(r"podcast-[0-9a-f]{8}\.jpg")


def superseded(
    before: Mapping[str, PublicFile], files: Container[str], today: date, keep_days: int
) -> Iterator[tuple[str, PublicFile]]:
    """Yield the files that stay public although nothing new refers to them, with the day they were superseded.

    Files of a work or a language that is no longer published do not stay, nor do files that `build` made.

    Args:
        before: The files of the previous publication, by path.
        files: The paths of the new publication.
        today: The day of publication.
        keep_days: For how many days a superseded file stays.
    """
    for path, file in before.items():
        if path in files or not file.made or not _is_owned(path, files):
            continue
        since = file.superseded or today.isoformat()
        if (today - date.fromisoformat(since)).days < keep_days:
            yield path, msgspec.structs.replace(file, superseded=since)


def _is_owned(path: str, files: Container[str]) -> bool:
    """Return whether the work, the feed or the site that a file belongs to is still published."""
    folder, _, name = path.partition("/")
    if folder == "assets":
        return "index.html" in files
    if _FEED_COVER.fullmatch(name):
        return f"{folder}/feed.xml" in files
    return f"{folder}/{name.partition('.')[0]}.html" in files
