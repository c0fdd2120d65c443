"""Finnish ages in short: "1v6kk lapsi", "5v tyttö", "3 kk vauva"."""

from __future__ import annotations

import re
from typing import Final

from audiobook.narration.aligned import AlignedText
from audiobook.narration.grammar.base import Grammar
from audiobook.narration.grammar.forms import Case, Form

_PERSON: Final = (
    r"(?:laps[a-zäö]{1,8}|lasta|last(?:en|a)|tyttö[a-zä]{0,5}|tytö[a-zä]{1,5}|tytär|tyttär[a-zä]{1,6}|poika[a-z]{0,5}|"
    r"poja[a-z]{1,6}|poik(?:ia|ien)|vauva[a-z]{0,6}|taapero[a-z]{0,6}|nai(?:nen|se[a-z]{1,5}|sta|set)|mies|mie(?:he[a-z]{1,5}|stä|het)|"
    r"potila[a-z]{1,7}|koira[a-z]{0,5}|kissa[a-z]{0,5})"
)
_AGED: Final = r"(?:ikäi[a-zäö]{2,7}|vanha[a-z]{0,5}|iässä|ikään|iästä)"
_BOTH = re.compile(
    rf"""
    (?<![\w.,/-])(?P<years>\d{{1,2}})[ ]?v\.?[ ]?(?:ja[ ])?(?P<months>\d{{1,2}})[ ]?kk\.?(?!\w)   # 1v6kk
    (?P<of>(?=[ -](?:{_PERSON}|{_AGED})(?!\w)))?                                               # lapsi
    """,
    re.VERBOSE,
)
_MONTHS = re.compile(rf"(?<![\w.,/\u2013-])(?P<months>\d{{1,2}})[ ]?kk\.?(?=[ ](?:{_PERSON}|{_AGED})(?!\w))")
_YEARS = re.compile(
    rf"(?<![\w.,/-])(?<!\b[sv]\. )(?P<years>(?:\d{{1,2}}[\u2013-])?\d{{1,3}})[ ]?v\.?[ ](?P<person>{_PERSON})(?!\w)"
)
_ENDINGS: Final = {
    r"^(?:nainen|mies)$": "vuotias",
    r"(?:lapse|tytö|poja|vauva|taapero|naise|miehe|potilaa|koira|kissa|tyttäre)t$": "vuotiaat",
    r"(?:lasten|tyttöjen|poikien|vauvojen|naisten|miesten|potilaiden)$": "vuotiaiden",
    r"(?:lapsia|tyttöjä|poikia|vauvoja|naisia|miehiä|potilaita)$": "vuotiaita",
    r"(?:lasta|tyttöä|poikaa|vauvaa|taaperoa|naista|miestä|potilasta|tytärtä|koiraa|kissaa)$": "vuotiasta",
    r"(?:lapse|naise|miehe|tyttäre|potilaase)en$|(?:poik|vauv|koir|kiss)aan$|tyttöön$": "vuotiaaseen",
    r"ss[aä]$": "vuotiaassa",
    r"st[aä]$": "vuotiaasta",
    r"ll[aä]$": "vuotiaalla",
    r"lt[aä]$": "vuotiaalta",
    r"lle$": "vuotiaalle",
    r"ksi$": "vuotiaaksi",
    r"n[aä]$": "vuotiaana",
    r"n$": "vuotiaan",
}
"""What follows the hyphen, by the ending of the person; the first that fits holds."""
_GENITIVE: Final = Form(Case.GENITIVE)


def write_ages(text: AlignedText, grammar: Grammar) -> AlignedText:
    """Return a sentence with short ages in full: "1v6kk lapsi", "5v tytölle"."""
    if "kk" in text.text:
        text = text.sub(_BOTH, lambda match: _both(match, grammar))
        text = text.sub(
            _MONTHS, lambda match: f"{grammar.cardinal(int(match['months']), _GENITIVE)} kuukauden"
        )
    return text.sub(_YEARS, _years) if "v" in text.text else text


def _both(match: re.Match[str], grammar: Grammar) -> str:
    """Return "yhden vuoden ja kuuden kuukauden" before a person, else "yksi vuosi kuusi kuukautta"."""
    years, months = int(match["years"]), int(match["months"])
    if match["of"] is not None:
        return (
            f"{grammar.cardinal(years, _GENITIVE)} vuoden ja {grammar.cardinal(months, _GENITIVE)} kuukauden"
        )
    return (
        f"{grammar.cardinal(years)} {'vuosi' if years == 1 else 'vuotta'} "
        f"{grammar.cardinal(months)} {'kuukausi' if months == 1 else 'kuukautta'}"
    )


def _years(match: re.Match[str]) -> str:
    person = match["person"]
    aged = next((said for ending, said in _ENDINGS.items() if re.search(ending, person)), "vuotias")
    return f"{match['years']}-{aged} {person}"
