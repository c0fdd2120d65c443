"""Interpreting the control words of an RTF file: what is text, in which encoding, and where paragraphs end.

Source: Rich Text Format Specification 1.9.1.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from audiobook.errors import SourceError
from audiobook.sources.rtf import charsets
from audiobook.sources.rtf.body import Body
from audiobook.sources.rtf.destinations import (
    COUNT,
    COUNTED,
    FIELD_ROLES,
    IGNORED,
    INFO,
    KNOWN,
    TEXT,
    UNREAD,
    State,
)
from audiobook.sources.rtf.fonts import Fonts
from audiobook.sources.rtf.styles import BODY, Styles
from audiobook.sources.rtf.tokens import Token

_MOST_GROUPS: Final = 10_000
_SIGNS: Final = {
    "~": "\u00a0",
    "_": "\u2011",
    "\\": "\\",
    "{": "{",
    "}": "}",
    "bullet": "•",
    "cell": " ",
    "emdash": "—",
    "emspace": "\u2003",
    "endash": "–",
    "enspace": "\u2002",
    "ldblquote": "“",
    "lquote": "‘",
    "nestcell": " ",
    "page": " ",
    "qmspace": "\u2005",
    "rdblquote": "”",
    "rquote": "’",
    "tab": " ",
    "zwj": "\u200d",
    "zwnj": "\u200c",
}
_ALIGNMENTS: Final = ("qc", "ql", "qr", "qj")
_LARGE_HALF_POINTS: Final = 30
_PARAGRAPH_ENDS: Final = frozenset(("par", "sect", "\n", "\r", "column"))
_AFTER: Final = State(target=COUNT, reason="after the end")
"""The reason for leaving out what follows the last group."""


class Interpreter:
    """Reads the tokens of a file into a `Body`."""

    def __init__(self, name: str) -> None:
        """Start reading; `name` is the file's name in messages."""
        self.body = Body()
        self.styles = Styles()
        self.info: dict[str, str] = {}
        self.is_cut_off = False
        """Whether the file ends within a group."""
        self._name = name
        self._state = State()
        self._stack: list[State] = []
        self._page = charsets.DEFAULT
        self._fonts = Fonts()
        self._opening = self._is_optional = False
        self._bytes: list[str] = []
        self._characters: list[str] = []
        self._to_skip = 0
        self._instruction = ""

    def run(self, tokens: Iterable[Token]) -> None:
        """Read all tokens.

        Raises:
            SourceError: Groups are nested too deeply.
        """
        for token in tokens:
            if token.kind == "text":
                self._text(token.text)
            elif token.kind == "word":
                self._word(token)
            elif token.kind == "{":
                self._open()
            else:
                self._close()
        self.is_cut_off = bool(self._stack)
        self._end_paragraph()
        while self._stack:
            self._close()
        self._flush()

    def _open(self) -> None:
        self._flush()
        if len(self._stack) == _MOST_GROUPS:
            raise SourceError("is nested too deeply to be read", where=self._name)
        self._stack.append(self._state)
        if self._state.is_note:
            self._state = replace(self._state, is_note=False)
        self._opening, self._is_optional, self._to_skip = True, False, 0

    def _close(self) -> None:
        self._flush()
        self._opening, self._to_skip = False, 0
        if not self._stack:
            return
        if self._state.is_note:
            self._end_paragraph()
            self.body.close_note()
        self._state = self._stack.pop()
        if not self._stack:
            self._state = _AFTER

    def _text(self, text: str) -> None:
        if self._opening and text == "*":  # some programs forget the backslash
            self._is_optional = True
            return
        self._opening = self._opening and text.isspace()
        if self._to_skip:
            taken = min(self._to_skip, len(text))
            self._to_skip -= taken
            text = text[taken:]
        if text and self._state.target != IGNORED:
            self._bytes.append(text)

    def _word(self, token: Token) -> None:
        opening, self._opening = self._opening, False
        word, value = token.text, token.value
        if word == "*":
            self._opening, self._is_optional = opening, opening
        elif opening and self._begin_destination(word):
            return
        elif word == "u" and value is not None:
            self._unicode(value)
        elif self._to_skip and word not in ("uc", "u"):
            self._to_skip -= 1
        elif word in _SIGNS or word in _PARAGRAPH_ENDS or word in ("line", "row", "nestrow", "softline"):
            self._sign(word)
        elif self._state.target == "fonttbl":
            self._fonts.follow(word, value)
        elif self._state.target == "stylesheet":
            self.styles.follow(word, value)
        elif self._state.target != IGNORED:
            self._format(word, value)

    def _begin_destination(self, word: str) -> bool:
        """Start the destination of a group, and return whether that settles the control word."""
        is_optional, self._is_optional = self._is_optional, False
        state = self._state
        if state.target == IGNORED and not (word == "ud" and state.reason == "upr"):
            return False
        if word in COUNTED:
            self._state = replace(state, target=COUNT, reason=state.reason or COUNTED[word])
        elif word in UNREAD:
            self._state = replace(state, target=IGNORED)
        elif word in ("fonttbl", "stylesheet", "info", "fldinst", "upr"):
            self._state = replace(
                state, target=IGNORED if word == "upr" else word, reason=word if word == "upr" else ""
            )
        elif word == "ud":
            self._state = replace(state, target=TEXT, reason="")
        elif word in INFO and state.target == "info":
            self._state = replace(state, target=f"info {INFO[word]}")
        elif word == "field":
            self._instruction = ""
        elif word == "fldrslt":
            self._begin_result()
        elif word == "footnote":
            self._begin_note()
        elif is_optional and word not in KNOWN and state.target not in ("stylesheet", "fonttbl"):
            self._state = replace(state, target=IGNORED)
        else:
            return False
        return True

    def _begin_result(self) -> None:
        kind = self._instruction.split(maxsplit=1)[:1]
        if kind and (role := FIELD_ROLES.get(kind[0].upper())):
            self._state = replace(self._state, role=role)

    def _begin_note(self) -> None:
        if self._state.target == TEXT:
            self.body.open_note("doc-footnote")
            self._state = replace(
                self._state,
                is_note=True,
                raised=False,
                bold=False,
                large=False,
                in_table=False,
                style=0,
                outline=None,
            )

    def _unicode(self, value: int) -> None:
        self._to_skip = self._state.fallback
        if self._state.target != IGNORED:
            self._decode()
            self._characters.append(chr(value & 0xFFFF))

    def _sign(self, word: str) -> None:
        target = self._state.target
        if target == IGNORED:
            return
        is_text = target == TEXT
        if is_text and word == "cell":
            self._end_paragraph(in_table=True)
            self.body.end_cell()
        elif is_text and word == "row":
            self._end_paragraph(in_table=True)
            self.body.end_row()
        elif is_text and word in ("line", "softline"):
            self._flush()
            self.body.break_line()
        elif is_text and (word in _PARAGRAPH_ENDS or word == "nestrow"):
            self._end_paragraph()
        else:
            self._decode()
            self._characters.append(_SIGNS.get(word, " "))

    def _format(self, word: str, value: int | None) -> None:
        """Follow a control word that changes how text is read."""
        is_on = value != 0
        if word == "f" and value is not None:
            self._change_encoding(self._fonts.encodings.get(value, self._page))
        elif word == "plain":
            self._flush()
            self._state = replace(
                self._state, raised=False, bold=False, large=False, hidden=False, deleted=False
            )
            self._change_encoding(self._page)
        elif word in ("super", "up"):
            self._change(raised=is_on)
        elif word in ("nosupersub", "sub", "dn"):
            self._change(raised=False)
        elif word == "b":
            self._change(bold=is_on)
        elif word == "fs":
            self._change(large=(value or 0) >= _LARGE_HALF_POINTS)
        elif word == "v":
            self._change(hidden=is_on)
        elif word == "deleted":
            self._change(deleted=is_on)
        elif word == "uc":
            self._change(fallback=min(max(value or 0, 0), 16))
        elif word == "pard":
            self._change(style=0, outline=None, in_table=False, is_item=False, centred=False)
        elif word in _ALIGNMENTS:
            self._change(centred=word == "qc")
        elif word == "s" and value is not None:
            self._change(style=value)
        elif word == "outlinelevel" and value is not None:
            self._change(outline=value)
        elif word == "intbl":
            self._change(in_table=is_on)
        elif word == "ls":
            self._change(is_item=bool(value))
        elif word == "ftnalt" and self._state.is_note:
            self.body.name_note("doc-endnote")
        elif word == "ansicpg" and value is not None:
            self._set_page(charsets.of_page(value))
        else:
            self._set_page(charsets.of_word(word))

    def _set_page(self, page: str | None) -> None:
        if page:
            self._page = page
            self._change_encoding(page)

    def _change(self, **changed: object) -> None:
        self._flush()
        self._state = replace(self._state, **changed)

    def _change_encoding(self, encoding: str) -> None:
        if encoding != self._state.encoding:
            self._change(encoding=encoding)

    def _decode(self) -> None:
        """Turn the bytes read so far into characters."""
        if not self._bytes:
            return
        raw = "".join(self._bytes)
        self._bytes = []
        encoding = self._state.encoding
        if encoding == charsets.SYMBOLS:
            if self._state.target == TEXT:
                self.body.skip(raw, "symbols")
            return
        self._characters.append(
            raw.encode("latin-1").decode(encoding, "replace") if not raw.isascii() else raw
        )

    def _flush(self) -> None:
        """Move the text read so far to its target."""
        self._decode()
        if not self._characters:
            return
        text = charsets.plain_text("".join(self._characters))
        self._characters = []
        state = self._state
        if state.target == TEXT:
            reason = "hidden" if state.hidden else "deleted text" if state.deleted else ""
            if reason:
                self.body.skip(text, reason)
            else:
                self.body.role = state.role
                self.body.add(text, "sup" if state.raised else "b" if state.bold or state.large else "")
        elif state.target == COUNT:
            self.body.skip(text, state.reason)
        elif state.target == "fldinst":
            self._instruction += text
        elif state.target == "stylesheet":
            self.styles.add_text(text)
        elif state.target.startswith("info "):
            key = state.target.removeprefix("info ")
            self.info[key] = self.info.get(key, "") + text

    def _end_paragraph(self, *, in_table: bool = False) -> None:
        self._flush()
        state = self._state
        outline = state.outline
        level = self.styles.level(state.style) if outline is None else outline + 1 if outline < BODY else 0
        self.body.end_paragraph(
            level=level,
            is_title=self.styles.is_title(state.style),
            is_item=state.is_item,
            in_table=in_table or state.in_table,
            is_centred=state.centred,
        )
