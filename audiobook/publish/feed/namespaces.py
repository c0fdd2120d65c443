"""Namespaces and limits of a feed.

Source: RSS 2.0; Apple's `podcast-1.0.dtd`; the Podcasting 2.0 namespace; RFC 4287 (Atom).
"""

from __future__ import annotations

from typing import Final

PREFIXES: Final = {
    "xmlns:itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "xmlns:podcast": "https://podcastindex.org/namespace/1.0",
    "xmlns:atom": "http://www.w3.org/2005/Atom",
}
"""Attributes of a feed's root element, which declare the namespace prefixes."""
LONGEST_NAME_CHARS: Final = 128
"""Maximum length of names in the Podcasting 2.0 namespace: of a person, a season or a licence."""
LONGEST_DESCRIPTION_BYTES: Final = 4000
"""Maximum length of a description that Apple accepts."""
