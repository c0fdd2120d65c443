"""Splitting a paragraph into sentences, in any language.

The library `sentencex` splits after ordinals ("1990. gada"), after most abbreviations and before reporting clauses,
and never inside quotation marks. So every full stop, question mark, exclamation mark and ellipsis is judged here by
the words around it. The library finds the ends of sentences in other scripts, and has the abbreviations of some
languages that have no list here.
"""

import re
from bisect import bisect
from collections.abc import Iterator
from itertools import chain

import msgspec
from sentencex import get_sentence_boundaries

from audiobook.narration.splitting.abbreviations import LanguageWords, has, language_words

_QUOTES = "\"'`\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb\u2039\u203a"
_OPENERS = _QUOTES + "([{¿¡*_/\u2013\u2014\u2212-"
_CLOSERS = _QUOTES + ")]}\uff09」』】》〉"
_EMOTICON = r"[:;=][ '-]?[()\[\]DPp/|*3]{1,3}+|[\u2600-\u27bf\U0001f300-\U0001faff\ufe0f]{1,8}+"
# A run of terminators and what still belongs to its sentence: note numbers, closing quotes and brackets, some
# after a space. Every loop is possessive and none begins inside a run, so that no text is scanned twice.
_TERMINATOR = re.compile(
    rf"""
    (?<![.!?…])
    (?P<mark>[.!?…]++)                  # ?!
    # [12]"
    (?P<closing>(?>(?:\[\d{{1,4}}\])*)[{re.escape(_CLOSERS)}*_¹²³⁰⁴-⁹]*+(?>(?:\s[\u201d\u00bb)\]](?=\s))?))
    (?>(?:\s?(?:{_EMOTICON})(?=\s|\Z))?)   # :-)
    (?=\s)
    """,
    re.VERBOSE,
)
_FOLLOWING = re.compile(
    rf"""
    \s++
    (?P<opening>[\s{re.escape(_OPENERS)}]{{0,12}}+)   # "
    (?P<word>[\w'\u2019]{{0,40}}+)                    # Then
    (?P<after>[^\w\s]?+)                              # ,
    """,
    re.VERBOSE,
)
_SPACED_QUOTE = re.compile(r'\s"(?=\s)')
_BRACKETED = re.compile(r"\([^()]{1,400}+\)|\[[^\[\]]{1,400}+\]")
# A quotation of moderate length: a longer one is split like other text.
_QUOTATION = re.compile(
    r"""
    (?<![^\s(\[\u2013\u2014-])
    (?:"(?=[^\s"])[^"]{1,400}+"|\u201c[^\u201c\u201d]{1,400}+\u201d)   # "She said so."
    """,
    re.VERBOSE,
)
_BLANK_LINE = re.compile(r"\n[^\S\n]*+\n")
_TRIMMED = re.compile(r"\S(?:.*\S)?", re.DOTALL)
# How many characters are examined: back for words, back for anything but punctuation, ahead for a clause.
_WORDS, _SENTENCE, _CLAUSE = 60, 200, 60
_UNITS = frozenset("IVX")  # Roman numerals of one letter
_FEWEST = 3  # words of a sentence that ends with a number and an abbreviation

_NUMBER = re.compile(r"[§#]?\d[\d.,:\u2013-]*")
_ROMAN = re.compile(r"(?=[IVXLC]{2})C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})")
# The rest of brackets that end without a full stop.
_GLOSS = re.compile(r"[^()]*+(?<![.!?…])(?<![.!?…][\"'\u2019\u201d\u00bb])\)")
_MONTH_AND_YEAR = re.compile(r"\w+\.?,? \d{4}(?!\w)")
_COUNTED_CENTURY = re.compile(r"[IVXLC]{2,7} [^\W\d_A-Z]")
_LETTERED = re.compile(r"[A-Z]\. ?\d")
_DOUBLED = re.compile(r"([A-Z])\1")
_ELISION = re.compile(r"\w{1,6}['\u2019](?=\w{2})")
_IDEOGRAPHIC_END = re.compile(
    rf"""
    [\u3002\uff61\uff01\uff1f!?]*[\u3002\uff61\uff01\uff1f]   # ?。 before a character
    (?=[^\s{re.escape(_CLOSERS)}\u3002\uff61\uff01\uff1f!?])
    """,
    re.VERBOSE,
)
_ACRONYM = re.compile(r"[^\W\d_](?:\.[^\W\d_])+")

# The library never splits inside quotes, brackets or list items, and panics at a no-break space after an initial
# and at a lone surrogate; a space for each of these keeps the indices. Its time may grow with the square of the
# length, hence the window, in characters.
_HIDDEN = re.compile(rf"[^\S ]|[{_QUOTES}()\[\]{{}}•◦▪●○■□◆►▸▶*\ud800-\udfff]")
_WINDOW = 4000


class _Stop(msgspec.Struct, frozen=True):
    """A run of terminators and what is around it."""

    mark: str  # the run itself, such as "." or "?!"
    quoted: bool  # a closing quote or bracket follows it
    words: list[str]  # the last words of its sentence
    word: str  # the last of them without opening marks; empty when white space comes between
    opening: str  # white space, opening marks and dashes before the next word
    next_word: str  # empty where a symbol comes next
    after: str  # the symbol right after the next word, or in its place, or nothing
    clause: str  # the text that follows, from the next word on
    accepted: bool  # the library breaks here

    @property
    def is_first_word(self) -> bool:
        """Whether the word before the stop is the only one of its sentence, like the number of a list item."""
        return sum(any(map(str.isalnum, word)) for word in self.words) == 1

    @property
    def after_number(self) -> bool:
        """Whether the word before the stop follows a number: "1990 r.", "XX w.", "5 min."."""
        number = self.words[-2] if len(self.words) > 1 else ""
        return bool(_NUMBER.fullmatch(number) or _ROMAN.fullmatch(number))

    def has_hardly_begun(self, language: LanguageWords) -> bool:
        """Return whether the sentence has only a time so far, and no clause: "Już w 1926 r.", "W VIII w. p.n.e."."""
        if self.after_number and len(self.words) <= _FEWEST:
            return True
        numbers = 0
        for word in self.words[:-1]:
            bare = word.lstrip(_OPENERS).rstrip(".")
            is_unit = bare in _UNITS and word is not self.words[0]
            if bare[:1].isdecimal() or _ROMAN.fullmatch(bare) or is_unit:
                numbers += 1
            elif not (bare.lower() in language.times or (bare != word and language.abbreviates(bare))):
                return False
        return numbers > 0

    @property
    def before_number(self) -> bool:
        """Whether a number comes next."""
        return self.next_word[:1].isdecimal()

    @property
    def before_gloss(self) -> bool:
        """Whether brackets with an explanation come next: "Inc. (ABC)", but "etc. (It was late.)"."""
        return "(" in self.opening and _GLOSS.match(self.clause) is not None

    def before_closing_word(self, language: LanguageWords) -> bool:
        """Return whether another abbreviation comes next that never begins a sentence: "Co. Ltd.", "Ltd. c/o"."""
        if len(self.next_word) == 1:
            return self.after == "/"
        return self.after == "." and has(self.next_word, language.closing)

    def before_date(self, language: LanguageWords) -> bool:
        """Return whether the name of a month and a year come next: "5. Nov 2020"."""
        is_month = self.next_word.lower() in language.months
        return is_month and not self.opening.strip() and _MONTH_AND_YEAR.match(self.clause) is not None

    @property
    def is_half(self) -> bool:
        """Whether the stop is between two doubled capitals that belong together: "EE. UU.", "CC. AA."."""
        next_word = self.next_word
        return self.after == "." and all(map(_DOUBLED.fullmatch, (self.word, next_word)))

    def before_starter(self, language: LanguageWords) -> bool:
        """Return whether the next word is one that begins sentences, and neither a name nor an initial."""
        return self.after != "." and self.next_word.lower() in language.starters

    def before_report(self, language: LanguageWords) -> bool:
        """Return whether a clause that says who spoke comes next, and not another quotation."""
        if language.reporting is None or set(self.opening) & set(_QUOTES):
            return False
        return language.reporting.match(self.clause) is not None


def sentence_spans(text: str, language: str) -> list[tuple[int, int]]:
    """Return the (start, end) spans of the sentences of one paragraph, in order.

    Args:
        text: One paragraph; a blank line in it ends a sentence.
        language: BCP 47 tag; only the primary subtag matters. It may be unknown.

    Returns:
        Code point indices, end exclusive. The spans are disjoint, neither begin nor end with white space, and
        together cover every other character.
    """
    tag = re.split("[-_]", language)[0].lower()
    accepted, other_ends = _library_ends(text, tag)
    blank_lines = (match.start() for match in _BLANK_LINE.finditer(text))
    ends = chain(_judged_ends(text, language_words(tag), accepted), other_ends, blank_lines, [len(text)])
    return list(_trimmed_spans(text, sorted(ends)))


def _trimmed_spans(text: str, ends: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the spans between the ends, without outer white space and without empty ones."""
    start = 0
    for end in ends:
        if trimmed := _TRIMMED.search(text, start, end):
            yield trimmed.span()
        start = end


def _judged_ends(text: str, language: LanguageWords, accepted: set[int]) -> Iterator[int]:
    """Yield the ends of sentences at Latin terminators before white space."""
    brackets = [match.span() for match in _BRACKETED.finditer(text)]
    quotations = [match.span() for match in _QUOTATION.finditer(text)] if language.whole_quotations else []
    start = 0
    for match in _TERMINATOR.finditer(text):
        if _is_in_brackets(text, start, match, brackets) or _span_around(match, quotations):
            continue
        stop = _stop(text, start, match, accepted)
        if stop is not None and _ends_sentence(stop, language):
            start = _behind_spaced_quote(text, start, match.end())
            yield start


def _behind_spaced_quote(text: str, start: int, end: int) -> int:
    """Return the end, moved past a closing quotation mark with a space before it, as in French."""
    is_odd = _SPACED_QUOTE.match(text, end) and text.count('"', start, end) % 2
    return end + 2 if is_odd and text[text.rindex('"', start, end) + 1].isspace() else end


def _is_in_brackets(text: str, start: int, match: re.Match[str], brackets: list[tuple[int, int]]) -> bool:
    """Return whether a match is in brackets that are part of the sentence begun at `start`."""
    around = _span_around(match, brackets)
    return around is not None and bool(text[max(start, around[0] - _SENTENCE) : around[0]].strip())


def _span_around(match: re.Match[str], spans: list[tuple[int, int]]) -> tuple[int, int] | None:
    """Return the span, if any, that begins before the match and ends after it. The spans are in order."""
    nearest = bisect(spans, (match.start(),)) - 1
    return spans[nearest] if nearest >= 0 and match.end() < spans[nearest][1] else None


def _stop(text: str, start: int, match: re.Match[str], accepted: set[int]) -> _Stop | None:
    """Return the terminators found, in the sentence begun at `start`; None if that has no word yet."""
    at = match.start()
    following = _FOLLOWING.match(text, match.end())
    if following is None or not any(map(str.isalnum, text[max(start, at - _SENTENCE) : at])):
        return None
    words = text[max(start, at - _WORDS) : at].split()
    clause = following.start("word")
    return _Stop(
        mark=match["mark"],
        quoted=bool(match["closing"]),
        words=words,
        word="" if text[at - 1].isspace() else words[-1].lstrip(_OPENERS),
        opening=following["opening"],
        next_word=following["word"],
        after=following["after"],
        clause=text[clause : clause + _CLAUSE],
        accepted=match.end("mark") in accepted,
    )


def _ends_sentence(stop: _Stop, language: LanguageWords) -> bool:
    """Return whether the sentence ends at the stop."""
    first, second = stop.next_word[:1], stop.next_word[1:2]
    if not first and (not stop.after or stop.after in ".!?…,;:)]}"):
        return False
    if first.islower() and not second.isupper():
        return _ends_before_small_letter(stop, language)
    if stop.mark != ".":
        return not ((stop.quoted or stop.opening) and stop.before_report(language))
    if not stop.word:
        return True
    if _NUMBER.fullmatch(stop.word):
        return _ends_after_number(stop, language)
    return _ends_after_word(stop, language)


def _ends_before_small_letter(stop: _Stop, language: LanguageWords) -> bool:
    """Return whether the sentence ends although a lower-case letter follows: rarely, and never before speech."""
    if stop.mark == "." and (stop.opening == "(" or not (stop.opening or stop.quoted)):
        return not language.may_abbreviate(stop.word)
    if stop.mark not in ("?", "!") or stop.opening or stop.quoted:
        return False
    is_interjection = len(stop.words) < 3
    return language.casual and not is_interjection and not stop.before_report(language)


def _ends_after_number(stop: _Stop, language: LanguageWords) -> bool:
    """Return whether a full stop after a number ends the sentence: not after a list number, date or ordinal."""
    length = len(stop.word)
    is_announced = len(stop.words) > 1 and stop.words[-2][-1] in ":;"
    if stop.before_number or (stop.is_first_word and length <= 4) or (is_announced and length <= 2):
        return False
    if length <= 2 and stop.before_date(language):
        return False
    if _COUNTED_CENTURY.match(stop.clause) and not stop.opening.strip():
        return False  # "lata 80. XX wieku"
    return not language.numbers_before_names or length > 2 or stop.before_starter(language)


def _ends_after_word(stop: _Stop, language: LanguageWords) -> bool:
    """Return whether a full stop after a word, before a capital, number or symbol, ends the sentence."""
    if stop.is_half:
        return False
    word = language.joined(_without_elision(stop.word, language), stop.words[:-1])
    if len(word) == 1 and word.isalpha() and (word.isupper() or stop.is_first_word):
        leads = word in language.leading or stop.is_first_word  # "M. Le Goff"
        return stop.before_starter(language) and not leads
    if word in language.naming:
        return stop.before_starter(language)
    closes = has(word, language.closing)
    if has(word, language.leading) and not (closes and stop.after_number):
        return False
    is_lettered = len(stop.next_word) == 1 and _LETTERED.match(stop.clause) is not None  # "art. L. 121-1"
    if has(word, language.numbering) and (
        stop.before_number or is_lettered or _ROMAN.fullmatch(stop.next_word)
    ):
        return False
    if closes:
        goes_on = stop.before_number or stop.before_gloss or stop.before_closing_word(language)
        return not (goes_on or stop.has_hardly_begun(language))
    return _ends_after_unlisted_word(stop, language)


def _without_elision(word: str, language: LanguageWords) -> str:
    """Return the abbreviation after an elided article: "all'art.", "l'avv."."""
    elided = _ELISION.match(word)
    rest = word[elided.end() :] if elided else ""
    return rest if rest and language.abbreviates(rest) else word


def _ends_after_unlisted_word(stop: _Stop, language: LanguageWords) -> bool:
    """Return whether neither the form of the word nor the library suggests an abbreviation."""
    word = stop.word
    if _ROMAN.fullmatch(re.split("[-\u2013]", word)[-1]):
        is_regnal = language.numbers_before_names and not stop.before_starter(language)
        return not (stop.is_first_word or is_regnal)
    if _ACRONYM.fullmatch(word) and word[0].isupper():
        return stop.before_starter(language) and not stop.is_first_word
    if language.lacks_vowel(word):
        return False
    return not language.asks_library or stop.accepted or (stop.before_number and len(word) > 4)


def _library_ends(text: str, tag: str) -> tuple[set[int], list[int]]:
    """Return where the library ends sentences: at Latin terminators, and after what closes other ones."""
    accepted: set[int] = set()
    other_ends: list[int] = []
    hidden = _HIDDEN.sub(" ", text)
    start = 0
    while start < len(hidden):
        pieces = get_sentence_boundaries(tag, hidden[start : start + _WINDOW])[:-1]
        for piece in pieces:
            end = start + piece["start_index"] + len(piece["text"].rstrip())
            if text[end - 1] in ".!?…":
                accepted.add(end)
                continue
            end = next((at for at in range(end, len(text)) if text[at] not in _CLOSERS), len(text))
            if text[end - 1] not in _CLOSERS or not text[end : end + 1].isalpha():  # but 「はい。」と言った。
                other_ends.append(end)
        # The last piece may continue past the window, so the next window begins with it.
        start += pieces[-1]["end_index"] if pieces and start + _WINDOW < len(hidden) else _WINDOW
    other_ends += [match.end() for match in _IDEOGRAPHIC_END.finditer(text)]
    return accepted, other_ends
