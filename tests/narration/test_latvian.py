"""Latvian numbers next to nouns, prepositions and hours: each rule, and numbers just outside it."""

from audiobook.narration.clean import clean
from audiobook.narration.grammar.installed import grammar_of
from audiobook.narration.verbalize import verbalize

ROWS = (
    # One, by the ending of the noun
    ("1 gads", "viens gads"),
    ("1 sieva", "viena sieva"),
    ("1 māte", "viena māte"),
    ("1 mātes", "vienas mātes"),
    ("1 sievas", "vienas sievas"),
    ("1 sievai", "vienai sievai"),
    ("1 mātei", "vienai mātei"),
    ("1 vīram", "vienam vīram"),
    ("1 brālim", "vienam brālim"),
    ("1 ledum", "vienam ledum"),
    ("1 gadu", "vienu gadu"),
    ("1 brāli", "vienu brāli"),
    ("1 mājā", "vienā mājā"),
    ("1 upē", "vienā upē"),
    ("1 radio", "viens radio"),
    ("21 sievai", "divdesmit vienai sievai"),
    ("11 sievai", "vienpadsmit sievai"),
    # If the next word is not a noun, the preposition decides
    ("1 no tiem", "viens no tiem"),
    ("1 es", "viens es"),
    ("par 1", "par vienu"),
    ("ar 1 auto", "ar vienu auto"),
    ("ar 1 Annu", "ar vienu Annu"),
    # Two to nine
    ("2 sievas", "divas sievas"),
    ("12 sievas", "divpadsmit sievas"),
    ("20 sievas", "divdesmit sievas"),
    ("2 sievās", "divās sievās"),
    ("4 vīros", "četros vīros"),
    ("3 ko", "trīs ko"),
    ("3 as", "trīs as"),
    ("bez 3 sievu", "bez triju sievu"),
    ("ar 3 sievām", "ar trim sievām"),
    # Hundreds, after a preposition and alone
    ("100 vīri", "simts vīri"),
    ("200 vīru", "divi simti vīru"),
    ("pie 300 vīriem", "pie trim simtiem vīriem"),
    ("pie 200", "pie diviem simtiem"),
    ("0 gadu", "nulle gadu"),
    ("pie 0", "pie nulle"),
    # Hours
    ("plkst. 1", "pulksten vienos"),
    ("plkst. 2", "pulksten divos"),
    ("Plkst. 4", "Pulksten četros"),
    ("pulksten 3", "pulksten trijos"),
    ("pulksteņa 5", "pulksteņa pieci"),
    ("plkst. 11", "pulksten vienpadsmit"),
    ("plkst. 12", "pulksten divpadsmit"),
    ("plkst. 21", "pulksten divdesmit vienos"),
    ("plkst. 1.00", "pulksten vienos"),
    ("plkst. 11.00", "pulksten vienpadsmit"),
    ("plkst. 21.00", "pulksten divdesmit vienos"),
    ("plkst. 1.30", "pulksten viens trīsdesmit"),
    ("no 1.00 līdz 2.00", "no vieniem līdz diviem"),
    ("no 11.00 līdz 12.30", "no vienpadsmit līdz divpadsmit trīsdesmit"),
    ("no 10.00", "no desmit"),
    ("pēc plkst. 2", "pēc pulksten diviem"),
    ("līdz plkst. 20", "līdz pulksten divdesmit"),
    # What decides from further away
    ("Reģistrēti 86 satiksmes negadījumi", "Reģistrēti astoņdesmit seši satiksmes negadījumi"),
    ("reģistrētas 86 satiksmes avārijas", "reģistrētas astoņdesmit sešas satiksmes avārijas"),
    ("reģistrēti 83 ceļu negadījumi", "reģistrēti astoņdesmit trīs ceļu negadījumi"),
    ("reģistrētas 86 ceļu avārijas", "reģistrētas astoņdesmit sešas ceļu avārijas"),
    ("par 1 Rīgas zirgu", "par vienu Rīgas zirgu"),
    ("no vairāk nekā 5", "no vairāk nekā pieciem"),
    ("no vairāk nekā 5 %", "no vairāk nekā pieciem procentiem"),
    ("gaida 200 gadus", "gaida divus simtus gadus"),
    # Units
    ("1 km", "viens kilometrs"),
    ("11 km", "vienpadsmit kilometri"),
    ("111 km", "simt vienpadsmit kilometri"),
    ("21 km", "divdesmit viens kilometrs"),
    ("pie 1 km", "pie viena kilometra"),
    ("pie 11 km", "pie vienpadsmit kilometriem"),
    # Decimals
    ("10,5 gadiem", "desmit komats pieciem gadiem"),
    ("21,5 gadiem", "divdesmit vienam komats pieciem gadiem"),
    ("5,05 gadiem", "pieciem komats nulle pieciem gadiem"),
    ("5,125 gadiem", "pieci komats viens divi pieci gadiem"),
    ("51,71 miljardu", "piecdesmit vienu komats septiņdesmit vienu miljardu"),
    # Ordinals and telephones
    ("9000. gads", "deviņtūkstošais gads"),
    ("3100. gads", "trīs tūkstoši simtais gads"),
    ("1900. gads", "tūkstoš deviņsimtais gads"),
    ("20. gads", "divdesmitais gads"),
    ("26123456", "divi seši viens divi trīs četri pieci seši"),
)


def test_a_number_agrees_with_its_neighbours() -> None:
    read = [(written, verbalize(clean(written), "lv").text, words) for written, words in ROWS]
    wrong = [f"{written!r}: {said!r}, not {words!r}" for written, said, words in read if said != words]
    assert not wrong, "\n".join(wrong)


def test_a_name_is_put_into_the_nominative_by_its_ending() -> None:
    latvian = grammar_of("lv")
    names = {"Kārlim": "Kārls", "Jānam": "Jāns", "Annai": "Anna", "Zanei": "Zane", "Anna": "Anna"}
    assert {name: latvian.nominative(name) for name in names} == names
