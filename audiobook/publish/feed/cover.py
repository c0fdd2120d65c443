"""The picture of a feed."""

from __future__ import annotations

from audiobook import __version__
from audiobook.cover.drawing import CoverText, drawn
from audiobook.files import digest
from audiobook.publish.folder import PublicFolder

_NAME = "podcast"


def put_feed_cover(folder: PublicFolder, language: str, title: str, author: str) -> str:
    """Publish the drawn cover of a feed, unless the one that is there is what it would be.

    Args:
        folder: Where.
        language: BCP 47 tag of the feed.
        title: Of the feed.
        author: Of the feed.

    Returns:
        Its path; a new picture has a new name, as podcast players want it.
    """
    text = CoverText(_NAME, title, (author,) if author != title else (), language)
    design = digest(text.identity.encode(), __version__.encode())
    if kept := folder.keep(design):
        return kept
    data = drawn(text)
    path = f"{language}/{_NAME}-{digest(data)[:8]}.jpg"
    folder.put(path, data, design=design)
    return path
