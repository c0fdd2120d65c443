"""Reading lexicon files: `lexicon.toml` and the W3C's PLS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import takewhile
from typing import Final

import msgspec
from msgspec.structs import replace

from audiobook.document import LANGUAGE_TAG, LexiconFile, Phonemes, is_speakable
from audiobook.errors import SourceError, near
from audiobook.narration.lexicon.entries import Lexicon, PatternEntry, WordEntry
from audiobook.narration.lexicon.phonemes import ALPHABETS, IPA, canonical
from audiobook.narration.lexicon.pls import read_pls
from audiobook.patterns import checked_pattern
from audiobook.toml import line_of_key, parse_toml

Entry = WordEntry | PatternEntry

LONGEST_WORD: Final = 200
LONGEST_SAYING: Final = 1000
_LARGEST_BYTES: Final = 16 << 20
_TABLES: Final = ("entry", "words")
_KEYS: Final = ("word", "regex", "say", "case", "languages", "phonemes", "alphabet")
_HEADER = re.compile(r"\s*+\[")
_ENTRY_HEADER = re.compile(r"""\s*+\[\[\s*+["']?entry["']?\s*+\]\]""")


@lru_cache(maxsize=16)
def load_lexicon(files: tuple[LexiconFile, ...], language: str) -> Lexicon:
    """Read the lexicon of a language.

    Args:
        files: In order; entries of later files win.
        language: BCP 47 tag of the texts that the lexicon is for.

    Raises:
        SourceError: A file is damaged, or an entry is not valid. The error gives `path:line`.
    """
    words: list[Entry] = []
    patterns: list[list[Entry]] = []
    for file in files:
        if len(file.data) > _LARGEST_BYTES:
            raise SourceError(
                "is larger than 16 MB", where=file.name, hint="remove entries that are not needed"
            )
        if file.name.lower().endswith(".pls"):
            for entry in read_pls(file.data, file.name, language, local=file.local):
                if fault := _fault(entry):
                    raise SourceError(fault, where=entry.where)
                words.append(entry)
        else:
            entries = list(_toml_entries(file, language))
            words += [entry for entry in entries if isinstance(entry, WordEntry)]
            patterns.append([entry for entry in entries if isinstance(entry, PatternEntry)])
    # The first of two patterns that match at one place wins, so those of later files come first.
    return Lexicon([*words, *(entry for group in reversed(patterns) for entry in group)])


def _toml_entries(file: LexiconFile, language: str) -> Iterator[Entry]:
    try:
        text = file.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.data.count(b"\n", 0, error.start) + 1
        raise SourceError("is not UTF-8", where=f"{file.name}:{line}", hint="save it as UTF-8") from error
    tables = parse_toml(text, file.name, SourceError)
    lines = text.splitlines()
    headers = [number for number, line in enumerate(lines) if _ENTRY_HEADER.match(line)]
    whole = _Place(file.name, lines, headers)
    for key in tables:
        if key not in _TABLES:
            raise whole.error(f"unknown table “{key[:40]}”", key, near(key, _TABLES))
    words, entries = tables.get("words", {}), tables.get("entry", [])
    if not isinstance(words, dict):
        raise whole.error("“words” must be a table", "words")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise whole.error(
            "“entry” must be an array of tables", "entry", "start each entry with a line [[entry]]"
        )
    for word, say in words.items():
        yield _built({"word": word, "say": say}, replace(whole, word=word))
    for number, entry in enumerate(entries):
        place = replace(whole, number=number)
        built = _built(entry, place)
        if _concerns(entry.get("languages"), language, place):
            yield built


class _Place(msgspec.Struct, frozen=True):
    """Where an entry is in its file."""

    name: str
    lines: list[str]
    headers: list[int]
    """Where entries begin: indices of the lines `[[entry]]`."""
    number: int | None = None
    """The index among these of the entry."""
    word: str | None = None
    """The word, for an entry of `[words]`."""

    def error(self, message: str, key: str = "", hint: str | None = None) -> SourceError:
        return SourceError(message, where=self.of(key), hint=hint)

    def of(self, key: str) -> str:
        """Return `path:line` of a key of the entry, or of the entry if it has no such key."""
        if self.word is not None:
            return f"{self.name}:{line_of_key(self.lines, self.word) or 1}"
        if self.number is None or self.number >= len(self.headers):
            return f"{self.name}:{line_of_key(self.lines, key) or 1}"
        first = self.headers[self.number]
        entry = list(takewhile(lambda line: not _HEADER.match(line), self.lines[first + 1 : first + 100]))
        return f"{self.name}:{first + 1 + line_of_key(entry, key)}"


def _built(entry: dict[str, object], place: _Place) -> Entry:
    for key in entry:
        if key not in _KEYS:
            raise place.error(f"unknown key “{key[:40]}”", key, near(key, _KEYS))
    for key in ("word", "regex", "say", "phonemes", "alphabet"):
        if not isinstance(entry.get(key, ""), str):
            raise place.error(f"“{key}” must be a string", key)
    case, word, regex = entry.get("case", False), entry.get("word"), entry.get("regex")
    if not isinstance(case, bool):
        raise place.error("“case” must be true or false", "case")
    if (word is None) == (regex is None):
        raise place.error("an entry needs one of “word” and “regex”", "", 'write: word = "…"')
    phonemes = _phonemes(entry, place)
    say = None if "say" not in entry else str(entry["say"])
    if say is None and phonemes is None:
        raise place.error(
            "an entry needs “say” or “phonemes”", "", 'spell out how it should sound: say = "…"'
        )
    where = place.of("phonemes") if phonemes else ""
    if regex is None:
        built = WordEntry(str(word), say, case, phonemes, where)
        if fault := _fault(built):
            raise place.error(fault, "word")
        return built
    pattern = checked_pattern(str(regex), place.of("regex"), case=case)
    try:
        pattern.sub(say or "", "")
    except (re.error, IndexError) as error:
        raise place.error(
            f"“say” does not fit the regex: {error}", "say", "groups are \\1 or \\g<name>"
        ) from error
    return PatternEntry(pattern, say, phonemes, where)


def _phonemes(entry: dict[str, object], place: _Place) -> Phonemes | None:
    """Return the phonemes of an entry, checked as far as possible without a voice."""
    alphabet = str(entry.get("alphabet", IPA))
    if alphabet not in ALPHABETS:
        raise place.error(
            f"unknown phonetic alphabet “{alphabet[:40]}”", "alphabet", near(alphabet, ALPHABETS)
        )
    if "phonemes" not in entry:
        if "alphabet" in entry:
            raise place.error("“alphabet” has no effect without “phonemes”", "alphabet")
        return None
    given = Phonemes(str(entry["phonemes"]), alphabet)
    found, fault = canonical(given)
    if fault:
        raise place.error(f"“phonemes” is not valid {alphabet}: {fault}", "phonemes")
    if not found.symbols:
        raise place.error("“phonemes” is empty", "phonemes")
    return found


def _fault(entry: WordEntry) -> str | None:
    """Return what is wrong with an entry; None if nothing is."""
    if not entry.word.strip() or len(entry.word) > LONGEST_WORD:
        return f"a word has 1 to {LONGEST_WORD} characters"
    if entry.say is None:
        return None
    if not is_speakable(entry.say):
        return f"“say” for “{entry.word[:40]}” must contain a word"
    if len(entry.say) > LONGEST_SAYING:
        return f"“say” for “{entry.word[:40]}” has more than {LONGEST_SAYING} characters"
    return None


def _concerns(languages: object, language: str, place: _Place) -> bool:
    """Return whether an entry applies to a language: it names no language, or the tag or a prefix of it."""
    if languages is None:
        return True
    if not isinstance(languages, list) or not all(
        isinstance(tag, str) and LANGUAGE_TAG.match(tag) for tag in languages
    ):
        raise place.error("“languages” must be a list of language tags", "languages", 'write: ["fi", "sv"]')
    return any(f"{language}-".lower().startswith(f"{tag}-".lower()) for tag in languages)
