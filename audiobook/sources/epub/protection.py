"""Recognising books that are protected by DRM, and by which system.

Source: EPUB Open Container Format 3.3, sections 4.2.6.3.2 (encryption.xml) and 4.2.6.3.5 (rights.xml).
"""

from __future__ import annotations

from typing import Final

from audiobook.errors import SourceError
from audiobook.sources.archive import Archive
from audiobook.sources.markup.semantics import tag_of
from audiobook.sources.markup.tree import parse_xml

ENCRYPTION: Final = "META-INF/encryption.xml"
_RIGHTS: Final = "META-INF/rights.xml"
_FONT_METHODS: Final = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#rc")
_OWN_FILES: Final = {"META-INF/sinf.xml": "Apple FairPlay", "META-INF/license.lcpl": "Readium LCP"}
"""Files that are written by only one system."""
_OWNERS: Final = ((b"ns.adobe.com/adept", "Adobe ADEPT"), (b"kobo", "Kobo"), (b"fairplay", "Apple FairPlay"))
"""Texts in the rights or encryption files, and the systems that they belong to."""


def refuse_protection(archive: Archive) -> None:
    """Reject a book with encrypted text. Obfuscated fonts are allowed, because fonts are not read.

    Raises:
        SourceError: The book is protected by DRM.
    """
    for member in _OWN_FILES:
        if member in archive:
            raise _protected(archive, member)
    if ENCRYPTION not in archive:
        return
    root = parse_xml(archive.read(ENCRYPTION), archive.where(ENCRYPTION))
    data = [element for element in root.iter() if tag_of(element) == "encrypteddata"]
    methods = [element for element in root.iter() if tag_of(element) == "encryptionmethod"]
    known = [method for method in methods if (method.get("Algorithm") or "").lower() in _FONT_METHODS]
    if len(data) > len(known) or len(methods) > len(known):
        raise _protected(archive, ENCRYPTION)


def _protected(archive: Archive, member: str) -> SourceError:
    rights = b"".join(archive.read(each).lower() for each in (_RIGHTS, ENCRYPTION) if each in archive)
    system = _OWN_FILES.get(member) or next((name for sign, name in _OWNERS if sign in rights), "")
    return SourceError(
        f"is protected by DRM{f' ({system})' if system else ''}, so it cannot be read",
        where=archive.where(member),
        hint="get an edition without protection",
    )
