"""The article of a web page as a separate page, without navigation, advertisements and comments."""

from __future__ import annotations

from typing import Final

import msgspec

from audiobook.child import Limits, read_in_child
from audiobook.errors import SourceError
from audiobook.sources.web.extraction import Extracted, Page

_LIMITS: Final = Limits(time_s=60)


def extract_article(page: Page, limits: Limits = _LIMITS) -> Extracted:
    """Extract the article of a web page in a child process with limits.

    Args:
        page: The page as the server sent it.
        limits: Resource limits of the child.

    Raises:
        SourceError: The page cannot be decoded or read, or contains no text.
    """
    answer = read_in_child(
        "audiobook.sources.web.extraction", msgspec.msgpack.encode(page), page.address, limits
    )
    try:
        extracted = msgspec.msgpack.decode(answer, type=Extracted)
    except msgspec.MsgspecError as error:
        raise SourceError("cannot be read as a web page", where=page.address) from error
    if extracted.refused:
        message, hint = extracted.refused
        raise SourceError(message, where=page.address, hint=hint)
    return extracted
