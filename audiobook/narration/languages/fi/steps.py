"""Steps for Finnish only: endings after a colon, days without a full stop: "20:ssä", "17 päivänä joulukuuta"."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar, Place, Step
from audiobook.narration.grammar.forms import Case, Form
from audiobook.narration.grammar.numerals import plain_value
from audiobook.narration.languages.fi.ages import write_ages
from audiobook.narration.languages.fi.articles import verbalize_articles, write_magnitudes
from audiobook.narration.languages.fi.days import verbalize_date_ranges, write_hours, write_weekdays
from audiobook.narration.languages.fi.endings import declined, declined_adjective
from audiobook.narration.languages.fi.notes import verbalize_races, write_notes, write_values
from audiobook.narration.languages.fi.parts import verbalize_ratios, verbalize_scores, verbalize_sides
from audiobook.narration.rules.figures import read_number
from audiobook.narration.rules.roman import roman_value

_DAY = re.compile(
    r"""
    (?<![\w.,])
    (?:(?P<month>(?<=kuun[ ]))|)                            # joulukuun
    (?:(?P<first>\d{1,2})\.?[ ]ja[ ])?                      # 16 ja
    (?P<number>\d{1,2})\.?[ ]päivä(?P<ending>\w{0,4}+)     # 17 päivänä
    (?!\w)
    (?(month)|(?=[ ]\w{3,6}kuuta))                          # joulukuuta
    """,
    re.VERBOSE,
)
"""Matches a day of a month without the full stop of an ordinal, as in laws."""
_ENDED = re.compile(
    r"""
    (?<![\w.,-])
    (?P<head>(?>(?:\d{1,4}[.,]){1,4}))?            # the 3. of 3.15:ssä
    (?P<number>\d{1,3}(?:[ ]\d{3})+|\d{1,6}):   # 5 000:een
    (?P<suffix>[a-zäö]{1,6})
    (?!\w)
    """,
    re.VERBOSE,
)
_SECTION = re.compile(r"(?<![\w.,-])(?<!\d )(?P<number>\d{1,3}) §(?::(?P<suffix>[a-zäö]{1,4}))?(?!\w)")
_APART = re.compile(
    r"""
    (?<![\w.,-])(?P<number>(?:\d{1,3}[\u2013-])?\d{1,3})[ ]   # 60-70
    (?=(?:vuotia|vuotis|(?:vuoti|kertai|henki|osai|päiväi|viikkoi|kuukauti|tunti|metri|kiloi|sivui|bitti|kerroksi|prosentti)
        (?:nen|se|sta|stä|ste|si))(?P<rest>[a-zäö]{0,12}))
    """,
    re.VERBOSE,
)
"""Matches a number separated from the rest of its word: "10 vuotias"."""
_NAMED = re.compile(r"(?P<name>\b[A-ZÄÖ][^\W\d_]{0,20}) (?P<roman>[IVX]{2,6})(?=-[a-zäö])")
"""Matches a Roman numeral between a name and the rest of a compound: "SIS II -järjestelmä", without the space."""
_NAMED_ONE = re.compile(
    r"(?P<name>\b[A-ZÄÖ][a-zäöåé]{1,20}) (?P<roman>I|I?V|[IVX]{2,6}):(?P<suffix>[a-zäö]{1,5})(?!\w)"
)
"""Matches the number of a namesake with an ending: "Price III:n"."""
_ARTICLE = re.compile(
    r"""
    (?<![\w.,-])
    (?P<number>\d{1,3})   # 5
    # before a artiklan
    (?=[ ][a-h][ ](?P<noun>artikla[a-zä]{0,3}|kohta[a-zä]{0,3}|kohda[a-zä]{1,4})(?!\w))
    """,
    re.VERBOSE,
)
_EXAMPLE = re.compile(r"(?<![\w.])(?<!\bät )esim(?= (?!piste\b)\w)")
_DAY_SINCE = re.compile(
    r"(?<![\w.,-])(?P<day>\d{1,2})\.(?= [a-zä]{3,10}kuuta (?:\d{4} )?(?P<word>alkaen|lähtien|asti|saakka|mennessä)(?!\w))"
)
_DAY_BEFORE = re.compile(r"(?<=\b[Ee]nnen )(?P<day>\d{1,2})\.(?= [a-zä]{3,10}kuuta(?!\w))")
_IN_LANGUAGE = re.compile(
    r"""
    (?:(?<=\()|(?<=,[ ])|(?<=;[ ]))
    (?P<name>ven|engl|ruots|saks|ransk|lat|kreik|esp|ital|unk|jap|kiin|hepr|arab|port|norj|tansk|puol|tšek)\.   # ven.
    (?=[ ]["\w])
    """,
    re.VERBOSE,
)
_LANGUAGES: Final = {
    "ven": "venäjäksi",
    "engl": "englanniksi",
    "ruots": "ruotsiksi",
    "saks": "saksaksi",
    "ransk": "ranskaksi",
    "lat": "latinaksi",
    "kreik": "kreikaksi",
    "esp": "espanjaksi",
    "ital": "italiaksi",
    "unk": "unkariksi",
    "jap": "japaniksi",
    "kiin": "kiinaksi",
    "hepr": "hepreaksi",
    "arab": "arabiaksi",
    "port": "portugaliksi",
    "norj": "norjaksi",
    "tansk": "tanskaksi",
    "puol": "puolaksi",
    "tšek": "tšekiksi",
}
_CHURCH = re.compile(r"(?<!\w)ev\.[ -]{0,2}lut\.(?= (?P<noun>\w{1,30}))")
_ADJECTIVE = re.compile(r"(?<![\w.])(?P<form>[Kk]o|[Ee]nt|[Nn]yk)\.(?= (?P<noun>[^\W\d_]{2,30}))")
_ADJECTIVES: Final = {"ko": "kysei", "ent": "enti", "nyk": "nykyi"}
_ORDINAL: Final = re.compile(
    r"(?:s|nnen|nnessa|nnessä|nneksi|nnella|nnellä|nnelle|nnesta|nnestä|nteen|ntena|ntenä)$"
)


def verbalize_days_of_law(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with the days of months in the case of "päivä"."""
    return text.sub(_DAY, lambda match: _day(match, grammar)) if " päivä" in text.text else text


def write_examples(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with "esim" without a full stop in full, except in an address, where it is a name."""
    return text.sub(_EXAMPLE, "esimerkiksi") if "esim " in text.text else text


def write_languages(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with the short names of languages before a name or word in them in full: "(ven. …)"."""
    return text.sub(_IN_LANGUAGE, lambda match: _LANGUAGES[match["name"]]) if ". " in text.text else text


def write_churches(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with "ev.lut." in the case of its noun: "ev.-lut. kirkon"."""
    return text.sub(_CHURCH, lambda match: _church(match, grammar)) if "ev." in text.text else text


def _church(match: re.Match[str], grammar: Grammar) -> str:
    form = grammar.ordinal_form("", match["noun"])
    return declined_adjective("evankelis-luterilai", form.case)


def write_adjectives(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with "ko.", "ent." and "nyk." in the case of the noun after them: "ko. asian"."""
    return text.sub(_ADJECTIVE, lambda match: _adjective(match, grammar)) if ". " in text.text else text


def _adjective(match: re.Match[str], grammar: Grammar) -> str:
    case = grammar.ordinal_form("", match["noun"]).case
    said = declined_adjective(_ADJECTIVES[match["form"].lower()], case)
    return said.capitalize() if match["form"][0].isupper() else said


def join_parted(text: AlignedText, _grammar: Grammar) -> AlignedText:
    """Return a sentence with a hyphen in place of a space between a number and the rest of its word: "10 vuotias"."""
    return text.sub(_APART, lambda match: f"{match['number'].replace(chr(0x2013), '-')}-")


def verbalize_named(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with the Roman numerals of names before a hyphen in words: "SIS II-järjestelmä"."""
    if "I:" in text.text or "V:" in text.text or "X:" in text.text:
        text = text.sub(_NAMED_ONE, lambda match: _named_one(match, grammar))
    if "I-" in text.text or "V-" in text.text or "X-" in text.text:
        text = text.sub(_NAMED, lambda match: _named(match, grammar))
    return text


def _named_one(match: re.Match[str], grammar: Grammar) -> str:
    """Return "Price kolmannen" for "Price III:n"."""
    value, case = roman_value(match["roman"]), grammar.words.suffixes.get(match["suffix"])
    return f"{match['name']} {grammar.ordinal(value, Form(case))}" if value and case else match.group()


def _named(match: re.Match[str], grammar: Grammar) -> str:
    value = roman_value(match["roman"])
    return f"{match['name']} {grammar.cardinal(value)}" if value else match.group()


def verbalize_lettered(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with articles of laws that have a letter in words: "100 a artiklaa"."""
    return text.sub(_ARTICLE, lambda match: _article(match, grammar))


def _article(match: re.Match[str], grammar: Grammar) -> str:
    return grammar.ordinal(int(match["number"]), grammar.ordinal_form("", match["noun"]))


def verbalize_endings(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with numbers that have a case ending after a colon in words."""
    if "§" in text.text:
        text = text.sub(_SECTION, lambda match: _section(match, grammar))
    return text.sub(_ENDED, lambda match: _ended(match, grammar)) if ":" in text.text else text


def _case(suffix: str, grammar: Grammar) -> Case | None:
    """Return the case of an ending; the nominative without one, None for an unknown one."""
    return grammar.words.suffixes.get(suffix) if suffix else Case.NOMINATIVE


def _section(match: re.Match[str], grammar: Grammar) -> str:
    """Return the section of a law in words: "5 §:n" is that of the fifth."""
    case = _case(match["suffix"] or "", grammar)
    if not case:
        return match.group()
    return f"{grammar.ordinal(int(match['number']), Form(case))} {declined('pykälä', case)}"


def _day(match: re.Match[str], grammar: Grammar) -> str:
    case = _case(match["ending"], grammar)
    if not case:
        return match.group()
    days = [grammar.ordinal(int(day), Form(case)) for day in (match["first"], match["number"]) if day]
    return f"{' ja '.join(days)} päivä{match['ending']}"


def verbalize_days_with_postpositions(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with days in the case that a word beside them requires: "1. toukokuuta alkaen", "ennen 1. toukokuuta"."""
    if "kuuta" not in text.text:
        return text
    partitive = Form(Case.PARTITIVE)
    text = text.sub(_DAY_BEFORE, lambda match: grammar.ordinal(int(match["day"]), partitive))
    return text.sub(_DAY_SINCE, lambda match: _since(match, grammar))


def _since(match: re.Match[str], grammar: Grammar) -> str:
    is_start = match["word"] in grammar.words.lists["since"]
    return grammar.ordinal(int(match["day"]), Form(Case.ELATIVE if is_start else Case.ILLATIVE))


def _ended(match: re.Match[str], grammar: Grammar) -> str:
    """Return a number in the case of the ending after its colon; of a version only the last part."""
    suffix = match["suffix"]
    value = int(match["number"]) if match["head"] else plain_value(match["number"], grammar.words)
    if value is None:
        return match.group()
    if suffix in {"s", "nnen", "nneksi"} or _ORDINAL.search(suffix):
        return grammar.ordinal(value, Form(_ordinal_case(suffix, grammar)))
    case = _case(suffix, grammar)
    if not case:
        return match.group()
    said = grammar.cardinal(value, Form(case))
    return f"{_head(match['head'], case, grammar)} {said}" if match["head"] else said


def _ordinal_case(suffix: str, grammar: Grammar) -> Case:
    known = {"s": Case.NOMINATIVE, "nnen": Case.GENITIVE, "nteen": Case.ILLATIVE}
    case = known.get(suffix) or grammar.words.suffixes.get(re.sub("^n(?:ne|te(?=n))", "", suffix))
    return case or Case.NOMINATIVE


def _head(head: str, case: Case, grammar: Grammar) -> str:
    """Return the part before the last point in words; in a decimal number, it is declined too."""
    before = head[:-1]
    if head[-1] == grammar.words.decimal and before.isdecimal():
        return f"{grammar.cardinal(int(before), Form(case))} {grammar.words.signs['point']}"
    return f"{read_number(before, '', '', grammar)} {grammar.words.signs['dot']}"


STEPS: Final[Mapping[Place, Sequence[Step]]] = {
    Place.FIRST: (
        write_examples,
        write_churches,
        write_adjectives,
        write_languages,
        write_notes,
        verbalize_named,
        verbalize_sides,
    ),
    Place.FIGURES: (
        write_values,
        write_ages,
        join_parted,
        verbalize_races,
        write_magnitudes,
        verbalize_articles,
        verbalize_lettered,
        write_weekdays,
        write_hours,
        verbalize_ratios,
        verbalize_scores,
    ),
    Place.LISTS: (verbalize_date_ranges,),
    Place.DAYS: (verbalize_days_of_law, verbalize_days_with_postpositions),
    Place.ORDINALS: (verbalize_endings,),
}
