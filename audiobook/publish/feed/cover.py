"""The cover of a language's feed."""

from __future__ import annotations

from audiobook import __version__
from audiobook.cover.cover_text import CoverText
from audiobook.cover.drawing import drawn
from audiobook.files import digest
from audiobook.publish.folder import PublicFolder

_NAME = "podcast"


def put_feed_cover(folder: PublicFolder, language: str, title: str, author: str) -> str:
    """Draw and publish the cover of a feed; keep the published one if it would be the same.

    Args:
        folder: The folder to publish into.
        language: BCP 47 tag of the feed.
        title: Title of the feed.
        author: Author of the feed; left out of the picture if it is the same as the title.

    Returns:
        Path of the cover, relative to the folder. A changed cover gets a new name, because podcast apps cache covers
        by address.

    Raises:
        StorageError: The cover cannot be written.
    """
    text = CoverText(_NAME, title, (author,) if author != title else (), language)
    design = digest(text.identity.encode(), __version__.encode())
    if kept := folder.keep(design):
        return kept
    data = drawn(text)
    path = f"{language}/{_NAME}-{digest(data)[:8]}.jpg"
    folder.put(path, data, design=design)
    return path
