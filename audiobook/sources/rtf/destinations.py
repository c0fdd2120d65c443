"""Where the text of a group of an RTF file goes: to the document, to a table, or nowhere.

Source: Rich Text Format Specification 1.9.1, "Contents of an RTF File".
"""

from __future__ import annotations

from typing import Final

import msgspec

from audiobook.sources.rtf import charsets

TEXT: Final = "text"
"""The target of text that is read."""
IGNORED: Final = "ignored"
"""The target of content that is not text."""
COUNT: Final = "counted"
"""The target of text that is left out and counted."""
COUNTED: Final = {
    **dict.fromkeys("header headerl headerr headerf footer footerl footerr footerf".split(), "running heads"),
    "annotation": "comments",
    **dict.fromkeys(("listtext", "pntext"), "list labels"),
}
"""Destinations whose text is left out and counted, with the reason."""
UNREAD: Final = frozenset(
    "aftncn aftnsep aftnsepc atnauthor atndate atnicn atnid atnparent atnref atntime bkmkend bkmkstart blipuid "
    "buptim colortbl colorschememapping comment creatim datafield datastore defchp defpap do docvar falt fchars "
    "filetbl fname fontemb fontfile ftncn ftnsep ftnsepc generator keycode keywords latentstyles lchars listlevel "
    "listoverridetable listtable mmathPr nesttableprops nonesttables objclass objdata objname objtime operator "
    "panose passwordhash pict pn pnseclvl printim private revtbl revtim rsidtbl shprslt sn sp sv tc tcn "
    "template themedata txe userprops version wgrffmtfilter xe xmlnstbl".split()
)
"""Destinations that contain no text."""
KNOWN: Final = frozenset(
    "annotation atnid field fldinst fldrslt footnote info nestcell shp shpinst shppict shptxt stylesheet ud".split()
)
"""Destinations that are read even if marked as ignorable."""
INFO: Final = {"title": "title", "author": "author", "doccomm": "summary", "subject": "subject"}
FIELD_ROLES: Final = {"TOC": "doc-toc", "INDEX": "doc-index", "TOA": "doc-toc"}


class State(msgspec.Struct, frozen=True):
    """What applies within a group; inherited by the groups in it.

    Attributes:
        target: Where text goes: `text`, `ignored`, the name of a table such as `fonttbl`, or `counted`.
        reason: Why counted text is left out.
        encoding: Encoding of characters.
        fallback: How many characters after a Unicode character stand for it.
        raised: Whether text is superscript.
        bold: Whether text is bold.
        large: Whether text is larger than body text usually is.
        hidden: Whether text is hidden.
        deleted: Whether text is marked as deleted.
        style: Number of the paragraph style.
        outline: Outline level of the paragraph; None if its style decides.
        in_table: Whether the paragraph is in a table.
        is_item: Whether the paragraph is a list item.
        centred: Whether the paragraph is centred.
        role: The part of the document that a field produces, such as `doc-toc`.
        is_note: Whether this group is a note.
    """

    target: str = TEXT
    reason: str = ""
    encoding: str = charsets.DEFAULT
    fallback: int = 1
    raised: bool = False
    bold: bool = False
    large: bool = False
    hidden: bool = False
    deleted: bool = False
    style: int = 0
    outline: int | None = None
    in_table: bool = False
    is_item: bool = False
    centred: bool = False
    role: str = ""
    is_note: bool = False
