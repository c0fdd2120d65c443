"""Readings of a line as a numbered heading: `CHAPTER I.`, `Ensimmäinen runo`, `第1章`, `XIV`, `7. The Door`.

A line may have several readings. The other lines of the document decide between them.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

from audiobook.sources.chapters.numbers import (
    figure_value,
    han_value,
    letter_value,
    may_be_number,
    plain_letters,
    roman_value,
    word_value,
)
from audiobook.sources.chapters.vocabulary import vocabulary

PART: Final = 1
CHAPTER: Final = 2
LONGEST_LINE_CHARS: Final = 160
_MOST_WORDS: Final = 5
_SHORTEST_LABEL: Final = 3
_HINTED_WORDS: Final = 6
_LONGEST_TITLE_WORDS: Final = 10
_TOKEN = re.compile(r"\S+")
_SIGNS: Final = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0900-\u0dff\u0e31-\u0e4e\u1000-\u109f\u1780-\u17d3"
"""Vowel signs and accents, which are parts of words but not letters."""
_LETTERS = re.compile(rf"(?!\d)(?:[^\W\d_]|[{_SIGNS}])+(?:['’][^\W\d_]+)?\Z")
_SENTENCE_END = re.compile(r"[.!?…;,:]['\"”’»)_]*$")
_DASHES: Final = "—–-"
_SPEECH: Final = "“”„»«‹›「『\"'‘’"
_HAN = re.compile(
    r"第?\s*([\d〇○◯零一二三四五六七八九十百千两兩]{1,7})\s*([章回节節卷部篇話话幕集巻折編])(?:[\s:：、.．]+(.*))?\Z"
)
_HAN_NAMED = re.compile(r"[卷巻]\s*([\d〇○◯零一二三四五六七八九十百千两兩]{1,7})(?:[\s:：、.．]+(.*))?\Z")
_HAN_PARTS: Final = "卷部巻集編"
_HAN_LISTED = re.compile(r"([〇○◯零一二三四五六七八九十百千]{1,7})[、．.：:\s]+(.+)\Z")
_HANGUL = re.compile(r"제?\s*(\d{1,4})\s*([장부화편막권])(?:[\s.:]+(.*))?\Z")
_HANGUL_PARTS: Final = "부권"
_JOINED = re.compile(r"([^\W\d_]{2,20})[._#№-]?(\d{1,4})\Z")
_PREFIX = re.compile(r"[^\W\d_][\w ]{1,30}(?::|\s[•·|—–])\s+(?=[^\W\d_]{3,20}\s[\dIVXLC]{1,8}[.:]?\Z)")
"""Matches the text before the label in a line such as `Inferno: Canto I`."""
_DRAWN: Final = " _*=~|•·◦◆◇■□★☆✦❦❧"
"""Signs drawn around headings."""
_PAIRS: Final = {"[": "]", "(": ")", "<": ">"}
_ENCLOSED = re.compile(r"[\[(<—–-]*\s*([\w.]+?)\s*[\])>—–.:-]*\Z")
_SIGN = re.compile(r"[\s.:)\]—–\-,]*")
_ARTICLES: Final = frozenset("the der die das le la les el il lo o a de het den no nr number nro num".split())
"""Words between a label and its number: CHAPTER THE FIRST, Chapter No. 3."""


class Form(msgspec.Struct, frozen=True):
    """One reading of a line as a numbered heading.

    Attributes:
        shape: Its form without number and title, which all headings of a series share.
        number: Its number; None if a word such as “last” takes its place.
        level: `PART` or `CHAPTER` if a known word says so, else 0.
        title: What follows the number; may be empty.
        is_plain: Whether the line cannot be prose, because the number is followed by nothing or by a title.
    """

    shape: str
    number: int | None
    level: int
    title: str
    is_plain: bool

    @property
    def is_bare(self) -> bool:
        """Whether the line is a number without a label."""
        return self.shape.startswith("~")


def forms(line: str, language: str) -> tuple[Form, ...]:
    """Return the readings of a line as a numbered heading, the likeliest first.

    Args:
        line: The line, stripped.
        language: BCP 47 tag of the text.
    """
    if not line or len(line) > LONGEST_LINE_CHARS or line[0] in _SPEECH:
        return ()
    text = undrawn(line)
    if not text or (text[0] in _DASHES and text[-1] not in _DASHES):
        return ()  # speech
    if not _may_be_numbered(text, language):
        return ()
    if eastern := _eastern(text):
        return (eastern,)
    if joined := _JOINED.match(text):
        form = _labelled(joined[1], int(joined[2]), "figure", "", language, signed=True)
        return (form,) if form else ()
    if before := _PREFIX.match(text):
        text = text[before.end() :]
    tokens = [(found[0], found.end()) for found in _TOKEN.finditer(text[: LONGEST_LINE_CHARS // 2])]
    found = [
        form for form in (_label_first(text, tokens, language), _number_first(text, tokens, language)) if form
    ]
    if bare := _bare(text, tokens, language):
        found.append(bare)
    if len(text.rstrip(".")) == 1 and text[0].isupper():
        found.append(Form("~letter", ord(text[0]) - ord("A") + 1, 0, "", is_plain=True))
    return tuple(found)


def undrawn(line: str, *, is_whole: bool = True) -> str:
    """Return a heading without the signs drawn around it: `One` for `=== One ===`, `-- One --` or `[ One ]`.

    Args:
        line: A line of the heading.
        is_whole: Whether it is the only line; brackets around one of several lines belong to its words.

    Returns:
        The line; "" if it consists only of signs.
    """
    text = line.strip(_DRAWN)
    if text[:1] in tuple(f"{_DASHES}+#") and text[-1] in f"{_DASHES}+#":
        text = text.strip(f"{_DASHES}+#{_DRAWN}")  # not the signs of `C++` and `C#`
    text = text.lstrip(f"#{_DRAWN}")
    while (
        is_whole
        and len(text) > 2
        and _PAIRS.get(text[0]) == text[-1]
        and not {*text[1:-1]} & {text[0], text[-1]} - {"<", ">"}
    ):
        text = text[1:-1].strip(_DRAWN)
    return text


def _may_be_numbered(text: str, language: str) -> bool:
    """Return whether one of the first words of a line may be a number. This rules out most lines of prose."""
    if len(text.rstrip(".")) == 1:
        return True
    words = text.split(None, _HINTED_WORDS)[:_HINTED_WORDS]
    if any(may_be_number(word, language) for word in words):
        return True
    return len(words) < 4 and any(_is_last(word, language) for word in words)


def may_be_labelled(line: str, language: str) -> bool:
    """Return whether the first or second word of a line is a known label. This is quicker than `forms`."""
    if line[0] in "第제卷":
        return True
    words = line.split(None, 2)[:2]
    levels = vocabulary(_primary(language)).levels
    return any(plain_letters(word.strip(".,:;_*=")) in levels for word in words)


def _eastern(text: str) -> Form | None:
    """Read a heading in Chinese, Japanese or Korean."""
    for pattern, parts, label in (
        (_HAN, _HAN_PARTS, ""),
        (_HANGUL, _HANGUL_PARTS, ""),
        (_HAN_NAMED, "", "卷"),
    ):
        if not (found := pattern.match(text)):
            continue
        value = han_value(found[1])
        sign = label or found[2]
        title = (
            found[found.lastindex] if found.lastindex and found.lastindex > (1 if label else 2) else ""
        ) or ""
        if value is None or (text[0] not in "第제卷巻" and not text[0].isdecimal() and title):
            return None
        plain = not title or (
            not _SENTENCE_END.search(title) and not title.endswith(("。", "！", "？", "」"))
        )
        return Form(sign, value, PART if label or sign in parts else CHAPTER, title, plain)
    return None


def _number(words: list[str], language: str, *, spelled: bool = True) -> tuple[int, str] | None:
    """Return the value of one or more words as a number, and its style."""
    word = words[0].strip(".,:;)(]—–-")
    if len(words) == 1 and word:
        if (value := figure_value(word)) is not None:
            return value, "figure"
        if (value := roman_value(word)) is not None:
            return value, "roman" if word.isupper() else "small roman"
        if (value := han_value(word)) is not None:
            return value, "han"
        if (value := letter_value(word)) is not None:
            return value, "letter"
    cleaned = [one.strip(".,:;)—–-") for one in words]
    if not spelled or not all(_LETTERS.match(part) for one in cleaned for part in one.split("-")):
        return None
    found = word_value(" ".join(cleaned), language)
    return None if found is None else (found[0], "ordinal" if found[1] else "word")


def _label_first(text: str, tokens: list[tuple[str, int]], language: str) -> Form | None:
    """Read a label of up to three words and a number after it."""
    label: list[str] = []
    for at, (token, _) in enumerate(tokens[:4]):
        word = token.strip(".,:;()[]—–-_*=")
        if at and (found := _number_at(tokens, at, language, label, len(text))):
            value, style, end = found
            return _labelled(
                " ".join(label), value, style, text[end:], language, signed=_is_signed(text, tokens[at:], end)
            )
        if at and at + 1 == len(tokens) and _is_last(word, language) and _label_level(label, language):
            return Form(plain_letters(label[0]), None, _label_level(label, language), "", is_plain=True)
        if not _LETTERS.match(word) or (token[-1] in ".,:;" and not _is_known_short(token, language)):
            return None
        if not (label and plain_letters(word) in _ARTICLES):
            label.append(word)
    return None


def _is_known_short(token: str, language: str) -> bool:
    """Return whether a word with a full stop is a shortened label, such as `Ch.` or `Chap.`."""
    word = plain_letters(token.rstrip("."))
    return bool(_label_level([word], language)) or word in _ARTICLES


def _label_level(label: list[str], language: str) -> int:
    return vocabulary(_primary(language)).levels.get(plain_letters(" ".join(label)), 0)


def _is_last(word: str, language: str) -> bool:
    return plain_letters(word.strip(".,:;_*=")) in vocabulary(_primary(language)).last


def _primary(language: str) -> str:
    return language.partition("-")[0].lower()


def _number_at(
    tokens: list[tuple[str, int]], at: int, language: str, label: list[str], chars: int
) -> tuple[int, str, int] | None:
    """Return the number that begins at a word: its value, its style, and where it ends."""
    known = bool(_label_level(label, language))
    for count in range(min(_MOST_WORDS, len(tokens) - at), 0, -1):
        end = tokens[at + count - 1][1]
        if not known and end < chars and count > 1:
            continue  # after an unknown label, the number must end the line
        if any(token[0][-1] in ".:;,—" for token in tokens[at : at + count - 1]):
            continue
        words = [token for token, _ in tokens[at : at + count]]
        if found := _number(words, language, spelled=known or end == chars):
            return (*found, end)
        if (count == 1 and "—" in words[0].strip("—")) or (count == 1 and "--" in words[0].strip("-")):
            head = re.split("—|--", words[0])[0]
            if head and (found := _number([head], language, spelled=known)):
                return (*found, end - len(words[0]) + len(head))
    return None


def _is_signed(text: str, tokens: list[tuple[str, int]], end: int) -> bool:
    """Return whether punctuation separates a number from what follows."""
    return text[end - 1 : end] in tuple(".:)]—–-") or text[end:].lstrip()[:1] in tuple(".:)]—–-")


def _labelled(label: str, value: int, style: str, rest: str, language: str, *, signed: bool) -> Form | None:
    level = _label_level(label.split(), language)
    word = plain_letters(label)
    if not level and (rest.rstrip()[-1:] == ":" or len(word) < _SHORTEST_LABEL or word in _ARTICLES):
        return None
    title = rest[_SIGN.match(rest).end() :].strip() if rest else ""  # type: ignore[union-attr]
    plain = _is_title(title, signed=signed) if title else True
    known = level or word in vocabulary(_primary(language)).scenes
    return Form(word if known else f"{word} ~{style}", value, level, title, plain)


def _number_first(text: str, tokens: list[tuple[str, int]], language: str) -> Form | None:
    """Read a number and the label after it: `1. nodaļa`, `Ensimmäinen osa`, `THE SECOND BOOK`."""
    start = 1 if tokens and plain_letters(tokens[0][0]) in _ARTICLES and len(tokens) > 2 else 0
    for count in range(min(_MOST_WORDS, len(tokens) - 1 - start), 0, -1):
        words = [token for token, _ in tokens[start : start + count]]
        label, end = tokens[start + count]
        word = label.rstrip(".:;,—–-_*=)")
        if not _LETTERS.match(word) or any(one[-1] in ".:;,)" for one in words[:-1]):
            continue
        level = _label_level([word], language)
        ends_line = end == len(text)
        if not level and not ends_line:
            continue
        if words[-1][-1] in ":;,)" or (words[-1][-1] == "." and not level and not word.islower()):
            continue  # `1. Title`
        found = _number(words, language)
        if not found:
            if len(words) == 1 and level and _is_last(words[0], language):
                return Form(plain_letters(word), None, level, "", is_plain=True)
            continue
        value, style = found
        if not level and style not in ("ordinal", "figure"):
            continue  # `One day`, `UN AUTRE`
        rest = text[end:]
        form = _labelled(
            word, value, style, rest, language, signed=label[-1] in ".:—–-" or _is_signed(text, [], end)
        )
        return form if level or not form else Form(f"{form.shape}<", value, 0, form.title, form.is_plain)
    return None


def _bare(text: str, tokens: list[tuple[str, int]], language: str) -> Form | None:
    """Read a number alone, or a number, a sign and a title."""
    if len(text) <= 40 and (alone := _ENCLOSED.match(text)) and (found := _number([alone[1]], language)):
        return Form(f"~{found[1]}", found[0], 0, "", is_plain=True)
    if not tokens:
        return None
    if len(tokens) <= _MOST_WORDS and (found := _number([word for word, _ in tokens], language)):
        return Form(f"~{found[1]}", found[0], 0, "", is_plain=True)
    if east := _HAN_LISTED.match(text):
        value = han_value(east[1])
        return None if value is None else Form("~han", value, 0, east[2], _is_title(east[2], signed=True))
    head, end = tokens[0]
    if "—" in head.strip("—") or "--" in head.strip("-"):
        word = re.split("—|--", head)[0]
        end = len(word)
        head = f"{word}—"
    if head in ("§", "§.", "No.", "Nr.", "N.", "Nº", "№", "#") and len(tokens) > 1:
        if (found := _number([tokens[1][0]], language, spelled=False)) and tokens[1][1] == len(text):
            return Form(f"~{head}{found[1]}", found[0], 0, "", is_plain=True)
        return None
    found = _number([head], language, spelled=head[-1] in ".:—")
    if not found or (found[1] == "word" and head[-1] not in ".:—"):
        return None
    title = text[end:].lstrip(" .:)]—–-")
    if not title:
        return None
    signed = head[-1] in ".:)—–-]" or text[end:].lstrip()[:1] in tuple("—–-:.")
    if not signed and found[1] != "figure" and not (title == title.upper() and any(map(str.isalpha, title))):
        return None
    return Form(f"~{found[1]}", found[0], 0, title, _is_title(title, signed=signed))


def _is_title(title: str, *, signed: bool) -> bool:
    """Return whether what follows a number is a title rather than prose."""
    if title == title.upper():
        return any(character.isalnum() for character in title)
    has_capital = not title.lstrip("“„«»\"'‘_(¡¿*=").strip()[:1].islower()
    if not _SENTENCE_END.search(title):
        return has_capital or signed
    return has_capital and signed and title.count(" ") < _LONGEST_TITLE_WORDS
