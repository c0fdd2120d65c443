"""The manifest of the site, which lets browsers install it as an app.

Source: W3C, Web Application Manifest.
"""

from __future__ import annotations

from typing import Final

import msgspec

from audiobook.publish.site.assets import assets_folder
from audiobook.publish.values import value

MANIFEST: Final = "manifest.webmanifest"
_PAPER: Final = "#fbf9f4"


def manifest(name: str, language: str) -> bytes:
    """Return the manifest, which is in the publication's folder.

    Args:
        name: Title of the site.
        language: Language of the title.
    """
    icons = (
        ("icon.svg", "any", "any"),
        ("icon-192.png", "192x192", "any"),
        ("icon-512.png", "512x512", "maskable"),
    )
    return msgspec.json.encode(
        {
            "name": value(name),
            "lang": language,
            "start_url": "index.html",
            "scope": ".",
            "display": "standalone",
            "background_color": _PAPER,
            "theme_color": _PAPER,
            "icons": [
                {"src": f"{assets_folder()}/{file}", "sizes": sizes, "purpose": purpose}
                for file, sizes, purpose in icons
            ],
        }
    )
