"""The line of a title page that names the author, above or below the title."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from audiobook.sources.chapters.numbers import plain_letters

_WROTE: Final = r"by|written[ ]by|kirj\.?|kirjoittanut|kirjoitti|napisała?|napsala?|napisala?|spisala?|sarakstīj(?:is|usi)|написал"
"""Words before the author that begin no title."""
_LABELS: Final = (
    r"(?:author|autor|autore|auteur|autors|avtor|avtorica|författare|forfatter|tekijä|verfasser|автор):"
)
_BY: Final = rf"{_WROTE}|{_LABELS}|von|de|par|por|di|da|door|av|af|przez|автор"
_BYLINE = re.compile(
    rf"(?:{_BY})\s(?P<name>[^\W\d_][\w.'’-]*(?:\s[^\W\d_][\w.'’-]*){{0,4}})\Z", re.IGNORECASE
)
"""Matches a line that names the author: "by Jane Austen"."""
_PLAINLY_BY = re.compile(rf"(?:{_WROTE}|{_LABELS}|автор)\s", re.IGNORECASE)
"""Matches the beginning of such a line above the title, where "De Profundis" is a title."""
_BARE_BY = re.compile(rf"(?:{_BY})\Z", re.IGNORECASE)
_NAME = re.compile(
    r"""
    (?:[^\W\d_]\.[ ]?){0,3}[^\W\d_][\w'’-]*                                   # J. R. R. Jane
    (?:[ ](?:[^\W\d_]\.|[^\W\d_][\w'’-]*)){0,4}
    """,
    re.VERBOSE,
)
_PARTICLES: Final = frozenset(
    "af al av bin da de del den der di du dos el ibn la le ten ter van vom von y zu zum zur".split()
)
"""Words in lower case inside names."""
_NO_NAMES: Final = frozenset(
    "a an and das der die ein eine el et for het i il in ja la las le les lo los my of on or part the to un una "
    "und une with".split()
)
"""Words with which a title begins, but no name; most of them are not in names either."""
_SUBTITLES: Final = frozenset(
    "a an and as being for from in of on or to with an auf aus ein eine für oder von à au avec ou par pour un une con "
    "o para per por una di da o czyli dla eli novel novella romance tale tales stories poems plays essays letters roman "
    "novelle erzählung erzählungen gedichte briefe récit contes poèmes novela cuentos poemas romanzo racconti powieść "
    "opowiadania romaani novelli runoja romāns translated edited illustrated first copyright dedicated übersetzt "
    "traduit traducido".split()
)
"""Words with which a line below a title begins that is no title: a subtitle, a dedication or an imprint."""
_GENRES = re.compile(
    r"\w*(?:rom[aā]n(?:s|i|zo)?|romaani\w*|novell?[aei]?|kertomu\w+|tarin\w+|näytelm\w+|povest|pripovedk?a|črtic[ae]|igra"
    r"|stāst[si]?|luga|powieść|erzählung(?:en)?|récits?|berättelser?|fortælling(?:er)?)\b",
    re.IGNORECASE,
)
"""Matches kinds of books, and compounds of them, anywhere in a subtitle."""
_TITLES_IN_CAPITALS: Final = frozenset(("en",))
"""Languages in which the important words of a title begin with a capital."""
_FEWEST_NAMES: Final = 2
_LONG_WORD_CHARS: Final = 4


def find_author(texts: Sequence[str], known: Sequence[str], named: str, language: str) -> tuple[int, int]:
    """Return the lines of a title page that name the author.

    Args:
        texts: The lines of the title page.
        known: Authors that are known from elsewhere.
        named: The file name, made readable.
        language: BCP 47 tag of the text.

    Returns:
        The first of these lines, and the one after the last; (0, 0) for none.
    """
    for at, text in enumerate(texts):
        if named_by(text) and (at or _is_byline_first(texts)):
            return at, at + 1
        if _BARE_BY.match(text) and at + 1 < len(texts) and _is_name(texts[at + 1]):
            return at, at + 2
    return (0, 1) if len(texts) > 1 and _is_author_first(texts, known, named, language) else (0, 0)


def named_by(text: str) -> str | None:
    """Return the author whom a line names after a word such as "by"; None if something else follows it."""
    found = _BYLINE.match(text)
    words = found["name"].split() if found else []
    is_name = all(word[0].isupper() or word.casefold() in _PARTICLES for word in words)
    is_name = is_name and not any(word.casefold() in _NO_NAMES - _PARTICLES for word in words)
    return found["name"] if found and is_name and words[-1][0].isupper() else None


def _is_byline_first(texts: Sequence[str]) -> bool:
    """Return whether the first line names the author and the next one is the title, as opposed to a title with "By"."""
    return bool(_PLAINLY_BY.match(texts[0])) and len(texts) > 1 and not _is_name(texts[1])


def begins_byline(text: str) -> bool:
    """Return whether a line names the author, or says that the next line does: "Kirj."."""
    return named_by(text) is not None or _BARE_BY.match(text) is not None


def _is_author_first(texts: Sequence[str], known: Sequence[str], named: str, language: str) -> bool:
    """Return whether the first line is the author, and the second the title."""
    first, second = texts[:2]
    if not _is_name(first):
        return False
    if any(_words(first) == _words(name) for name in known):
        return True
    if _words(named) and _words(named) in (_words(first), _words(second)):
        return _words(named) == _words(second)
    if any(map(_is_name, texts[2:])) or _is_subtitle(second):
        return False
    if second.isupper() and not first.isupper():
        return True
    return not _is_name(second) and _may_be_title(first, second, language)


def _is_subtitle(text: str) -> bool:
    opening = text.split()[0].strip("(").casefold()
    return opening in _SUBTITLES or re.search(r"[\d,:]", text) is not None or _GENRES.search(text) is not None


def _may_be_title(first: str, second: str, language: str) -> bool:
    """Return whether the line below a name is written as a title of its language, and no less than the name."""
    long = [word for word in second.split() if len(word) >= _LONG_WORD_CHARS]
    if all(word[0].isupper() for word in long or second.split()):
        return True
    in_capitals = language.partition("-")[0].lower() in _TITLES_IN_CAPITALS
    return second[0].isupper() and not first.isupper() and not in_capitals


def _is_name(text: str) -> bool:
    """Return whether a line looks like the name of a person: two to five capitalised words, or initials."""
    words = re.findall(r"[^\W\d_]\.|[\w'’-]+", text)
    if not _NAME.fullmatch(text) or len(words) < _FEWEST_NAMES:
        return False
    if words[0].casefold() in _NO_NAMES or words[-1].casefold() in (*_NO_NAMES, *_PARTICLES):
        return False
    inner = (word.casefold() in _PARTICLES or word[0].isupper() for word in words)
    return all(inner) and not any(word.casefold() in _NO_NAMES - _PARTICLES for word in words)


def _words(text: str) -> list[str]:
    """Return the words of a text without case and accents, as file names have them."""
    return re.findall(r"\w+", plain_letters(text))


def name_in(texts: Sequence[str]) -> str | None:
    """Return the name in the lines that name the author."""
    if not texts:
        return None
    return named_by(texts[-1]) or texts[-1]
