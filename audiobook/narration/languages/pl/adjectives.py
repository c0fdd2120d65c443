"""The forms of Polish ordinals and adjectives, by the endings of nouns and names."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.grammar.forms import PLAIN, Case, Form, Gender, Number
from audiobook.narration.grammar.words import Words

NOMINATIVE: Final = Form(Case.NOMINATIVE, Gender.MASCULINE)
GENITIVE: Final = Form(Case.GENITIVE, Gender.MASCULINE)
_DATIVE: Final = Form(Case.DATIVE, Gender.MASCULINE)
INSTRUMENTAL: Final = Form(Case.INSTRUMENTAL, Gender.MASCULINE)
LOCATIVE: Final = Form(Case.LOCATIVE, Gender.MASCULINE)
_NEUTER: Final = Form(Case.NOMINATIVE, Gender.NEUTER)
_FEMININE: Final = Form(Case.NOMINATIVE, Gender.FEMININE)
_OF_WOMAN: Final = Form(Case.GENITIVE, Gender.FEMININE)
_WITH_WOMAN: Final = Form(Case.INSTRUMENTAL, Gender.FEMININE)
_OF_MANY: Final = Form(Case.GENITIVE, number=Number.PLURAL)
_WITH_MANY: Final = Form(Case.INSTRUMENTAL, number=Number.PLURAL)

_BY_ENDING: Final = (
    (("ach", "ich", "ych", "ów"), _OF_MANY),
    (("ami", "imi", "ymi"), _WITH_MANY),
    (("om",), LOCATIVE),
    (("owi",), _DATIVE),
    (("ej",), _OF_WOMAN),
    (("em",), LOCATIVE),
    (("ego",), GENITIVE),
    (("ym", "im"), LOCATIVE),
    (("ą", "ę"), _WITH_WOMAN),
    (("o",), _NEUTER),
)
_MASCULINE: Final = re.compile(
    r"""
    (?:
        # pierwszego dnia
        dnia|wieku|roku|miesiąca|tygodnia|rozdziału|tomu|artykułu|punktu|stopnia|kwartału|etapu|kilometra
      | zjazdu|piętra|półrocza|powstania|wydania|tysiąclecia|stulecia
    )
    $
    """,
    re.VERBOSE,
)
_PLACES: Final = re.compile(
    r"""
    (?:
        # w piątym rozdziale
        rozdziale|tomie|artykule|punkcie|etapie|zjeździe|piętrze|akcie|rozbiorze|soborze|semestrze
      | półfinale|koncercie|kongresie|filarze|korpusie|batalionie
    )
    $
    """,
    re.VERBOSE,
)
_ADJECTIVE: Final = re.compile("(?:międzynarodowy|ogólnopolski|krajowy|światowy|wojewódzki|powszechny)$")
_OF: Final = re.compile(r"(?:od|do|dla|bez|u|ze?|koło|około|według|podczas)\Z", re.IGNORECASE)
_PREPOSITION: Final = re.compile(r"(?:w|we|na|po|przy|o)\Z", re.IGNORECASE)

_MENS_NAMES: Final = (
    ("ego", GENITIVE),
    ("a", GENITIVE),
    ("owi", _DATIVE),
    ("em", LOCATIVE),
    ("e", LOCATIVE),
    ("u", LOCATIVE),
)
_WOMENS_NAMES: Final = (
    ("a", _FEMININE),
    ("y", _OF_WOMAN),
    ("i", _OF_WOMAN),
    ("e", _OF_WOMAN),
    ("ę", _WITH_WOMAN),
    ("ą", _WITH_WOMAN),
    ("o", _FEMININE),
)


def name_form(name: str, words: Words) -> Form:
    """Return the form of an adjective next to a name: the ending gives the case, the beginning the gender."""
    is_womans = name.startswith(words.roman.feminine)
    lowered = name.lower()
    endings = _WOMENS_NAMES if is_womans else _MENS_NAMES
    return next((form for ending, form in endings if lowered.endswith(ending)), PLAIN)


def ordinal_form(before: str, after: str) -> Form:
    """Return the form of an ordinal by the noun after it; if the noun allows two, the preposition decides."""
    word = after.lower()
    if not word:
        return PLAIN
    if word == "lata":
        return _NEUTER
    if word in {"lat", "latach"}:
        return _OF_MANY
    if word.endswith("a") and _MASCULINE.search(word):
        return GENITIVE
    if word.endswith("a") and _OF.match(before):  # "do 45. prezydenta": no feminine genitive ends so
        return GENITIVE
    has_preposition = _PREPOSITION.match(before) is not None
    if _ADJECTIVE.search(word):
        return PLAIN
    if word == "r." or word.endswith("u"):
        return LOCATIVE if has_preposition else GENITIVE
    if _PLACES.search(word):
        return LOCATIVE
    if word.endswith(("ie", "cie", "dze", "rze", "ce")) and len(word) > 3:
        return _OF_WOMAN if has_preposition else _NEUTER
    if word.endswith("a"):
        return _FEMININE
    if word.endswith(("y", "i")) and not word.endswith(("ami", "imi", "ymi")):
        return _OF_WOMAN
    return next((form for endings, form in _BY_ENDING if word.endswith(endings)), PLAIN)
