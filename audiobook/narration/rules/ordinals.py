"""Ordinals in figures and numbers joined to a word: "5. luokka", "5. do 10. maja", "20-osainen"."""

from __future__ import annotations

import re
from functools import lru_cache

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.neighbours import last_word, noun_after
from audiobook.narration.grammar.words import Words
from audiobook.narration.splitting.abbreviations import language_words

_DOTTED = re.compile(
    r"""
    (?<![^\W_])(?<![\d][.,:/])
    (?:(?P<first>\d{1,4})\.[ ]?[\u2013-][ ]?)?      # 5.–
    (?:(?<!\d[ ])|(?<=\d{4}[ ]))
    (?P<number>\d{1,3}(?:[ .]\d{3})+|\d{1,7})\.     # 7., 10 000.
    (?P<tight>(?=[^\W\d_]))?                        # 7.luokka, without the space
    (?=(?:[ ]"?)?(?P<next>[^\W\d_]))
    """,
    re.VERBOSE,
)
_COMPOUND = re.compile(
    r"""
    (?<![\w.,-])
    (?:(?P<first>\d{1,4})[\u2013-])?   # 10–
    (?P<number>\d{1,4})-               # 12-
    (?P<rest>[^\W\d_]{1,40})           # vuotias
    """,
    re.VERBOSE,
)


def verbalize_lists(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with ordinals that share a noun with a later one in words: "5. do 10. maja"."""
    if not grammar.words.ordinal_dot:
        return text
    return text.sub(_list_pattern(grammar.words), lambda match: _listed(match, grammar))


def verbalize_ordinals(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with its ordinals, and numbers that are joined to a word, in words."""
    text = text.sub(_COMPOUND, lambda match: _compound(match, grammar))
    if not grammar.words.ordinal_dot:
        return text
    return text.sub(_DOTTED, lambda match: _dotted(match, grammar))


@lru_cache(maxsize=32)
def _list_pattern(words: Words) -> re.Pattern[str]:
    """Return a pattern for an ordinal that is followed by others: "5., 6. in 7. maja"."""
    joints = "|".join(
        f"[ ]{re.escape(word)}" for word in (*words.lists.get("joints", ()), words.range) if word
    )
    return re.compile(
        rf"""
        (?<![^\W_])(?<![\d][.,:/])
        (?P<number>\d{{1,4}})\.                                                 # 5.
        (?=(?P<rest>(?>(?:(?:,|{joints})[ ]\d{{1,4}}\.){{1,6}}))[ ]?[^\W\d_A-Z])   # before , 6. in 7. maja
        """,
        re.VERBOSE,
    )


def _listed(match: re.Match[str], grammar: Grammar) -> str:
    """Return one of several ordinals in words, in the form for the noun that they share."""
    after = noun_after(match.string, match.end("rest"), grammar.words)
    before = last_word(match.string, match.start())
    return grammar.ordinal(int(match["number"]), grammar.ordinal_form(before, after))


def _dotted(match: re.Match[str], grammar: Grammar) -> str:
    """Return an ordinal before a lower-case word in words; before a capital, a number begins a list item and stays."""
    text = match.string
    after = noun_after(text, match.end(), grammar.words)
    opens = match.start() == 0 and (after.isupper() or _is_chapter(after.lower(), grammar.words))
    is_of_noun = match.start() > 0 and (belongs_to(after, grammar) or _is_tight(match, after, grammar))
    if not (match["next"].islower() or is_of_noun or (opens and len(after) > 2)):
        return match.group()
    form = grammar.ordinal_form(last_word(text, match.start()), after.lower() if opens else after)
    gap = " " if match["tight"] is not None else ""
    number = int(re.sub("[ .]", "", match["number"]))
    if match["first"]:
        return grammar.ordinal_range(int(match["first"]), number, form) + gap
    return grammar.ordinal(number, form) + gap


def _is_tight(match: re.Match[str], noun: str, grammar: Grammar) -> bool:
    """Return whether a name follows without a space, which does not happen at the end of a sentence: "9.Saeima"."""
    is_name = noun[:1].isupper() and noun[1:].islower()
    return match["tight"] is not None and is_name and noun.lower() not in language_words(grammar.tag).starters


def belongs_to(noun: str, grammar: Grammar) -> bool:
    """Return whether a number before a capital is the ordinal of that noun, not the end of a sentence."""
    is_noun = grammar.words.capital_nouns and noun[:1].isupper() and len(noun) > 1
    return is_noun and noun.lower() not in language_words(grammar.tag).starters


def _is_chapter(word: str, words: Words) -> bool:
    """Return whether a word is one that is numbered in headings: "4. Nodaļa"."""
    return word in words.roman.chapters or word in words.roman.after.split("|")


def _compound(match: re.Match[str], grammar: Grammar) -> str:
    """Return a number joined to the rest of its word, and the one before it: "10-15-vuotias"."""
    rest = match["rest"]
    said = grammar.joined(int(match["number"]), rest) if rest.islower() else ""
    if not said:
        return match.group()
    return grammar.joined(int(match["first"]), "-") + said if match["first"] else said
