"""Parser rules for extensions of CommonMark.

Tables, strikethrough, footnotes, definition lists, task lists and formulas come from plugins. Wiki links, comments,
highlights, callouts, templates, citations and suggested changes (CriticMarkup), which are used by Obsidian, Pandoc, Hugo,
Jekyll and MultiMarkdown, have rules of our own. Changes are read as if they were accepted.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

LEFT_OUT: Final = "left_out"
"""The type of tokens for text that is not read; `meta["reason"]` says why."""
_WIKI_LINK: Final = re.compile(
    r"""
    \[\[(?P<page>[^\[\]|#\n]{0,300})            # [[Page
    (?:\#(?P<part>[^\[\]|\n]{0,300}))?          # #Section
    (?:\|(?P<shown>[^\[\]\n]{1,300}))?\]\]      # |shown]]
    """,
    re.VERBOSE,
)
_INLINE: Final = (
    ("embed", re.compile(r"!\[\[[^\[\]|#\n]{1,300}\.(?:avif|bmp|gif|jpe?g|png|svg|webp)(?:\|[^\[\]\n]{0,300})?\]\]", re.I), "picture"),
    ("embed", re.compile(r"!\[\[[^\[\]\n]{1,300}\]\]"), "embeds"),
    ("toc_mark", re.compile(r"\[\[_?toc_?\]\]|\[toc\]", re.IGNORECASE), "toc"),
    ("wiki_link", _WIKI_LINK, ""),
    ("inline_comment", re.compile(r"%%.{0,5000}?%%", re.DOTALL), "comments"),
    ("deletion", re.compile(r"\{--.{1,5000}?--\}|\{~~.{1,2500}?~>", re.DOTALL), "deleted"),
    ("remark", re.compile(r"\{>>.{0,5000}?<<\}", re.DOTALL), "comments"),
    ("change", re.compile(r"\{\+\+(?=[^\n]{0,5000}?\+\+\})|\+\+\}|~~\}|\{==(?=[^\n=]{1,5000}==\})|==\}"), "marks"),
    ("template", re.compile(r"\{%[^{}]{0,500}%\}|\{\{[^{}]{0,500}\}\}"), "templates"),
    ("citation", re.compile(r"\[(?:[^\[\]@\n]{0,60}[ -])?@[\w][^\[\]\n]{0,300}\]"), "noterefs"),
    ("attribute_list", re.compile(r"\{:[^{}\n]{0,300}\}"), "marks"),
    ("block_id", re.compile(r"(?<!\S)\^[A-Za-z0-9-]{1,60}[ \t]*(?=\n|\Z)"), "marks"),
    ("highlight", re.compile(r"==(?=[^\s=])|(?<=[^\s=])=="), "marks"),
    ("emoji", re.compile(r"(?<![\w:]):[a-z][a-z0-9_+-]{1,40}:(?![\w:])"), "signs"),
)  # fmt: skip
_STARTS: Final = frozenset("![%{=:^+~")
_LEAST_LINES: Final = 2
CALLOUT: Final = re.compile(r"\[!(?P<kind>[\w-]{1,40}(?:\|[^\]\n]{0,60})?)\][+-]?[ \t]*")
_FAR_CHARS: Final = 600
"""Maximum length of a highlight."""
_TEX_COMMAND: Final = re.compile(
    r"""
    \\(?: newpage | pagebreak | clearpage | cleardoublepage | tableofcontents | maketitle     # \newpage
        | (?:big|med|small)skip )                                                             # \bigskip
    """,
    re.VERBOSE,
)
_JEKYLL_CODE: Final = re.compile(
    r"""
    \{%-?[ ]*(?P<name>highlight|raw)\b[^{}\n]{0,200}%\}     # {% highlight ruby %}
    .{0,50000}?
    \{%-?[ ]*end(?P=name)[ ]*-?%\}                          # {% endhighlight %}
    """,
    re.DOTALL | re.VERBOSE,
)
_BLOCKS: Final = (
    (re.compile(r"[*+-][ \t]+TOC[ \t]*\n[ \t]*\{:[ \t]*toc[^{}\n]{0,200}\}", re.IGNORECASE), "toc"),
    (re.compile(r"\*\[[^\[\]\n]{1,100}\]:[^\n]{0,500}"), "marks"),
    (_TEX_COMMAND, "marks"),
    (_JEKYLL_CODE, "code"),
    (re.compile(r"id:[ ][0-9a-f]{32}\n(?:\w{2,40}:[^\n]{0,500}\n){1,60}type_:[ ]\d{1,2}"), "front matter"),
)  # fmt: skip
"""Blocks that are not read: tables of contents, abbreviations, Jekyll's code, page breaks, Joplin's metadata."""
_LINE_OF_BLOCK = re.compile(r"\|(?:[ \t].*[^|\s]|[ \t]*)[ \t]*")
_COMMENT_LINE = re.compile(r"\s{0,3}%%")


def add_dialects(parser: MarkdownIt) -> None:
    """Make a parser understand the dialects."""
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.subscript import sub_plugin
    from mdit_py_plugins.superscript import superscript_plugin

    parser.enable(["table", "strikethrough"])
    parser.use(footnote_plugin)
    parser.use(deflist_plugin)
    parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, allow_blank_lines=False)
    parser.use(sub_plugin)
    parser.use(superscript_plugin)
    parser.options["html"] = True
    parser.inline.ruler.before("escape", "dialects", _inline)
    parser.block.ruler.before("fence", "comment_block", _comment_block, {"alt": ["paragraph"]})
    parser.block.ruler.before("table", "left_out_block", _left_out_block)
    parser.block.ruler.before("table", "line_block", _line_block)


def _inline(state: StateInline, silent: bool) -> bool:
    """Match one of the rules at the current position."""
    if state.src[state.pos] not in _STARTS:
        return False
    for name, pattern, reason in _INLINE:
        found = pattern.match(state.src, state.pos, state.posMax)
        if found is None or (name == "highlight" and not _is_paired(state)):
            continue
        if not silent:
            if name == "wiki_link":
                state.push("text", "", 0).content = _shown(found)
            else:
                token = state.push(LEFT_OUT, "", 0)
                token.content, token.meta = found[0], {"reason": reason}
        state.pos = found.end()
        return True
    return False


def _is_paired(state: StateInline) -> bool:
    at = state.pos
    return "==" in state.src[at + 2 : at + _FAR_CHARS] or "==" in state.src[max(0, at - _FAR_CHARS) : at]


def _shown(link: re.Match[str]) -> str:
    """Return the text that a wiki link shows: its own, else the name of the page, else that of the section."""
    if link["shown"]:
        return str(link["shown"]).strip()
    return (link["page"] or link["part"] or "").strip().rpartition("/")[2]


def _left_out_block(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """Match a block that is not read; see `_BLOCKS`."""
    start = state.bMarks[line] + state.tShift[line]
    if state.src[start : start + 1] not in ("*", "+", "-", "\\", "{", "i") or state.is_code_block(line):
        return False
    for pattern, reason in _BLOCKS:
        found = pattern.match(state.src, start, state.eMarks[end - 1])
        after = line + found[0].count("\n") + 1 if found else 0
        if found is None or state.src[found.end() : state.eMarks[after - 1]].strip():
            continue
        if not silent:
            token = state.push(LEFT_OUT, "", 0)
            token.content, token.map, token.meta = found[0], [line, after], {"reason": reason}
        state.line = after
        return True
    return False


def _line_block(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """Match lines of verse that begin with a bar, as in Pandoc."""
    last = line
    while last < end and _LINE_OF_BLOCK.fullmatch(
        state.src, state.bMarks[last] + state.tShift[last], state.eMarks[last]
    ):
        last += 1
    if last - line < _LEAST_LINES or state.is_code_block(line):
        return False
    if not silent:
        lines = [state.getLines(at, at + 1, 0, False).strip().strip("|").strip() for at in range(line, last)]
        state.push("paragraph_open", "p", 1).map = [line, last]
        inline = state.push("inline", "", 0)
        inline.content, inline.map, inline.children = "\\\n".join(lines), [line, last], []
        state.push("paragraph_close", "p", -1)
    state.line = last
    return True


def _comment_block(state: StateBlock, line: int, end: int, silent: bool) -> bool:
    """Match a comment between lines that begin with `%%`."""
    text = state.getLines(line, line + 1, 0, False)
    if not _COMMENT_LINE.match(text) or state.is_code_block(line):
        return False
    last = line
    if text.count("%%") < 2:
        last = next(
            (at for at in range(line + 1, end) if "%%" in state.src[state.bMarks[at] : state.eMarks[at]]), -1
        )
    elif not text.rstrip().endswith("%%"):
        return False
    if last < 0:
        return False
    if not silent:
        token = state.push(LEFT_OUT, "", 0)
        token.content = state.getLines(line, last + 1, 0, False)
        token.map, token.meta = [line, last + 1], {"reason": "comments"}
    state.line = last + 1
    return True
