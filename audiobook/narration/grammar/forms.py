"""The grammatical forms of numbers: case, gender, number, and use."""

from __future__ import annotations

from enum import Enum
from itertools import product
from typing import Final

import msgspec

from audiobook.errors import near


class Case(Enum):
    """A grammatical case, named as in `words.toml`."""

    NOMINATIVE = "nominative"
    GENITIVE = "genitive"
    DATIVE = "dative"
    ACCUSATIVE = "accusative"
    INSTRUMENTAL = "instrumental"
    LOCATIVE = "locative"
    PARTITIVE = "partitive"
    INESSIVE = "inessive"
    ELATIVE = "elative"
    ILLATIVE = "illative"
    ADESSIVE = "adessive"
    ABLATIVE = "ablative"
    ALLATIVE = "allative"
    TRANSLATIVE = "translative"
    ESSIVE = "essive"


class Gender(Enum):
    """A grammatical gender."""

    MASCULINE = "masculine"
    FEMININE = "feminine"
    NEUTER = "neuter"


class Number(Enum):
    """Grammatical number: that of the noun, not the value of the numeral."""

    SINGULAR = "singular"
    DUAL = "dual"
    PLURAL = "plural"


class Use(Enum):
    """A form of a numeral that depends on its use instead of on its noun.

    Attributes:
        ALONE: No noun follows (Polish *między pięcioma a dziesięcioma*).
        COLLECTIVE: The numeral counts children, mixed groups of people and the like (Polish *troje dzieci*).
        DEFINITE: An article before it already shows the case (German *der zweite*, but *ein zweiter*).
        COMPOUND: The numeral is the first part of a longer word (Polish *dwupiętrowy*).
    """

    ALONE = "alone"
    COLLECTIVE = "collective"
    DEFINITE = "definite"
    COMPOUND = "compound"


class Measure(Enum):
    """How the word after a unit decides the case of the unit.

    Attributes:
        CONTENT: The unit measures the thing that follows (Latvian *5 km attālumā*, at a distance of 5 km).
        EXTENT: The unit says how long, high or heavy something is (Latvian *5 m augsts*, 5 m high).
    """

    CONTENT = "content"
    EXTENT = "extent"


class Count(Enum):
    """Which form a noun takes after a number.

    Attributes:
        ONE: After one; in some languages, also after numbers that end in one.
        TWO: After two, where there is a dual.
        FEW: After three and four (Slovenian), two to four (Polish).
        MANY: After any other number.
        PART: After a fraction.
        GREAT: After thousands and millions.
    """

    ONE = "one"
    TWO = "two"
    FEW = "few"
    MANY = "many"
    PART = "part"
    GREAT = "great"


class Form(msgspec.Struct, frozen=True):
    """The form of a numeral; None means any. A form that specifies nothing is false."""

    case: Case | None = None
    gender: Gender | None = None
    number: Number | None = None
    use: Use | None = None

    def __bool__(self) -> bool:
        """Return whether the form specifies anything."""
        return bool(self.case or self.gender or self.number or self.use)

    def __str__(self) -> str:
        """Return the form as `words.toml` names it: "genitive feminine singular"."""
        return " ".join(part.value for part in (self.case, self.gender, self.number, self.use) if part)


PLAIN: Final = Form()
"""The form used for counting."""

_KINDS: Final = {"case": Case, "gender": Gender, "number": Number, "use": Use}
_PARTS: Final = {part.value: (kind, part) for kind, parts in _KINDS.items() for part in parts}


def parse_form(text: str) -> Form:
    """Parse the name of a form.

    Args:
        text: At most one case, gender, number and use, in any order: "feminine", "dative plural".

    Raises:
        ValueError: A word is not one of these, or two words are of the same kind; the message says which.
    """
    found: dict[str, Enum] = {}
    for word in text.split():
        if word not in _PARTS:
            hint = near(word, _PARTS)
            raise ValueError(
                f"“{word}” is not a case, gender, number or use" + (f" ({hint})" if hint else "")
            )
        kind, part = _PARTS[word]
        if kind in found:
            raise ValueError(f"“{text}” names more than one {kind}")
        found[kind] = part
    return Form(**found)  # type: ignore[arg-type]


def every_form() -> list[Form]:
    """Return every possible form, the plain one first."""
    return [Form(*parts) for parts in product(*((None, *kind) for kind in _KINDS.values()))]
