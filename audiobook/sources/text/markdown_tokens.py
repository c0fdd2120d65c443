"""The Markdown parser's tokens, made from a part of the text at a time, so that a long text does not become tokens as a whole.

A part ends where a block begins at the top level. To know where that is, a little more than the part is parsed. What a paragraph may
refer to anywhere in the text, link addresses and footnotes, is collected first. So the tokens are those of the whole text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore, inline, text_join

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

DEFINES: Final = "]:"
"""What the definition of a link address or footnote contains; a text without it has none."""
_OPENS_COMMENT: Final = re.compile(r"^(?:\[\^[^\]\n]{1,300}\]:|[^\w\n%]|\d)*%%(?!.*%%)", re.MULTILINE)
"""Matches a line that may begin a comment of several lines, after the signs of the lists, quotations or notes that it is in."""
_OPENS_JEKYLL_CODE: Final = re.compile(r"\{%-?[ ]*(?:highlight|raw)\b")
_LONGEST_JEKYLL_CODE: Final = 51_000

_Environment = MutableMapping[str, Any]
"""What the parser knows of a text: its definitions."""


class _Part(NamedTuple):
    """The blocks of a part of a text.

    Attributes:
        text: The part.
        line: Number of lines before it.
        tokens: The tokens of its blocks, with lines from the start of the part, whose paragraphs are not parsed yet.
        defined: What was defined in it, and maybe shortly after it; exactly in it if it is the whole text.
        is_whole: Whether it is the whole text.
    """

    text: str
    line: int
    tokens: list[Token]
    defined: _Environment
    is_whole: bool


def tokens_of(
    parser: MarkdownIt, pieces: Callable[[], Iterable[str]], *, has_definitions: bool
) -> Iterator[Token]:
    """Yield the tokens of a text, equal to those that `parser.parse` returns. They can be dropped one by one.

    Args:
        parser: A parser with its plugins.
        pieces: Returns the pieces of the text, in order, each ending with a newline. About one piece is parsed at a
            time.
        has_definitions: Whether the text may define link addresses or footnotes.

    Raises:
        RecursionError: The text is nested too deeply.
    """
    environment: _Environment = {}
    if has_definitions:
        _collect_definitions(parser, pieces(), environment)
    notes: list[Token] = []
    is_note = False
    for part in _parts(parser, pieces()):
        state = StateCore("", parser, part.defined if part.is_whole else environment, [])
        environment = state.env
        for token in _taken(part.tokens):
            if token.map:
                token.map = [line + part.line for line in token.map]
            if token.type == "inline":
                state.tokens = [token]
                inline(state)
                text_join(state)
            # The plugin moves notes to the end of the text too; see its `footnote_tail`.
            is_note = is_note or token.type == "footnote_reference_open"
            is_end = token.type == "footnote_reference_close"
            if is_note or is_end:
                notes.append(token)
            else:
                yield token
            is_note = is_note and not is_end
    yield from _footnotes(parser, environment, notes)


def _taken(tokens: list[Token]) -> Iterator[Token]:
    """Yield tokens and remove them from the list, so that nothing else has them."""
    tokens.reverse()
    while tokens:
        yield tokens.pop()


def _collect_definitions(parser: MarkdownIt, pieces: Iterable[str], environment: _Environment) -> None:
    for part in _parts(parser, pieces):
        if part.is_whole:
            return  # its tokens come with its definitions
        if part.defined:
            state = StateBlock(part.text, parser, environment, [])
            parser.block.tokenize(state, 0, state.lineMax)


def _parts(parser: MarkdownIt, pieces: Iterable[str]) -> Iterator[_Part]:
    """Yield the parts of a text. They are longer than the pieces if a block is, for example a list."""
    window, line, enough = "", 0, 0
    waiting = iter(pieces)
    piece = next(waiting, "")
    while piece:
        window += piece
        piece = next(waiting, "")
        end = window.rfind("\n\n") + 2 if piece else len(window)
        if piece and end < max(2, enough):
            continue
        tokens: list[Token] = []
        defined: _Environment = {}
        state = StateBlock(window[:end], parser, defined, tokens)
        parser.block.tokenize(state, 0, state.lineMax)
        if not piece:
            yield _Part(window, line, tokens, defined, is_whole=line == 0)
            return
        count, first_open = _decided(tokens, _first_undecided(window[:end]))
        if not first_open:
            enough = 2 * end
            continue
        length = state.bMarks[first_open]
        del tokens[count:], state
        yield _Part(window[:length], line, tokens, defined, is_whole=False)
        window, line, enough = window[length:], line + first_open, 0


def _decided(tokens: Sequence[Token], undecided: int) -> tuple[int, int]:
    """Return the number of tokens that later text cannot change, and the line of the first block after them.

    Args:
        tokens: The tokens of the text so far.
        undecided: The first line whose meaning may depend on later text.
    """
    for at in range(len(tokens) - 1, 0, -1):
        token = tokens[at]
        opens = token.level == 0 and token.nesting >= 0
        # A list of definitions goes on if the paragraph after it proves to be a term.
        if opens and token.map and token.map[0] < undecided and tokens[at - 1].type != "dl_close":
            return at, token.map[0]
    return 0, 0


def _first_undecided(text: str) -> int:
    """Return the first line whose meaning may depend on later text; the number of lines if there is none.

    Only two rules look for the end of a block and decide on something else if they do not find it; see `markdown_dialects`.
    """
    found = len(text)
    last = text.rfind("%%")
    if last >= 0 and (opening := _OPENS_COMMENT.match(text, text.rfind("\n", 0, last) + 1)):
        found = opening.start()
    code = _OPENS_JEKYLL_CODE.search(text, max(0, len(text) - _LONGEST_JEKYLL_CODE))
    return text.count("\n", 0, min(found, code.start() if code else found))


def _footnotes(parser: MarkdownIt, environment: _Environment, notes: list[Token]) -> list[Token]:
    """Return the tokens of the footnotes to which something refers, as they come at the end of a text."""
    if "footnotes" not in environment:
        return []
    from mdit_py_plugins.footnote.index import footnote_tail  # only texts with notes have loaded it

    state = StateCore("", parser, environment, notes)
    footnote_tail(state)
    text_join(state)
    return state.tokens
