"""Lexicon files to a lexicon: `lexicon.toml`, and the W3C's PLS."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from audiobook.document import LANGUAGE_TAG, Problem, is_speakable
from audiobook.errors import SourceError, near
from audiobook.narration.lexicon import Lexicon, PatternEntry, WordEntry
from audiobook.narration.patterns import checked_pattern
from audiobook.narration.pls import read_pls

Entry = WordEntry | PatternEntry

LONGEST_WORD: Final = 200
LONGEST_SAYING: Final = 1000
_LARGEST_BYTES: Final = 16 << 20
_TABLES: Final = ("entry", "words")
_KEYS: Final = ("word", "regex", "say", "case", "languages", "phonemes", "alphabet")
_ALPHABETS: Final = ("ipa", "x-sampa", "espeak")
_AT_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")
_HEADER = re.compile(r"\s*+\[")
_ENTRY_HEADER = re.compile(r"""\s*+\[\[\s*+["']?entry["']?\s*+\]\]""")


@dataclass(frozen=True, slots=True)
class LexiconFile:
    """One file of a lexicon.

    Attributes:
        name: How messages call it; ends in `.toml` or `.pls`.
        data: Its bytes.
        local: Whether it is for one language alone, as it stands in that language's folder.
    """

    name: str
    data: bytes
    local: bool = False


@lru_cache(maxsize=16)
def load_lexicon(files: tuple[LexiconFile, ...], language: str) -> Lexicon:
    """Read the lexicon of a language.

    Args:
        files: In order; an entry of a later file counts before one of an earlier.
        language: BCP 47 tag of the texts that it is for.

    Raises:
        SourceError: A file is damaged, or an entry cannot be meant; names `path:line`.
    """
    words: list[Entry] = []
    patterns: list[list[Entry]] = []
    problems: list[Problem] = []
    for file in files:
        if len(file.data) > _LARGEST_BYTES:
            raise SourceError("has more than 16 MB", where=file.name, hint="take out what is not needed")
        if file.name.lower().endswith(".pls"):
            found, noticed = read_pls(file.data, file.name, language, local=file.local)
            words += [
                _checked(WordEntry(word, say, True), f"{file.name}:{line}") for word, say, line in found
            ]
            problems += noticed
        else:
            entries = list(_toml_entries(file, language))
            words += [entry for entry in entries if isinstance(entry, WordEntry)]
            patterns.append([entry for entry in entries if isinstance(entry, PatternEntry)])
    # Of two patterns that match at one place the first counts, so those of later files come first.
    return Lexicon([*words, *(entry for group in reversed(patterns) for entry in group)], problems)


def _toml_entries(file: LexiconFile, language: str) -> Iterator[Entry]:
    text, tables = _parse(file)
    for key in tables:
        if key not in _TABLES:
            where = f"{file.name}:{_line_of(text.splitlines(), key)}"
            raise SourceError(f"there is no table “{key[:40]}”", where=where, hint=near(key, _TABLES))
    words, entries = tables.get("words", {}), tables.get("entry", [])
    if not isinstance(words, dict):
        raise SourceError(
            "“words” must be a table", where=f"{file.name}:{_line_of(text.splitlines(), 'words')}"
        )
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise SourceError(
            "“entry” must be a list of tables",
            where=f"{file.name}:{_line_of(text.splitlines(), 'entry')}",
            hint="begin each entry by a line [[entry]]",
        )
    for word, say in words.items():
        yield _built({"word": word, "say": say}, _Place(file.name, text, None, word))
    for number, entry in enumerate(entries):
        place = _Place(file.name, text, number, "")
        built = _built(entry, place)
        if _concerns(entry.get("languages"), language, place):
            yield built


def _parse(file: LexiconFile) -> tuple[str, dict[str, object]]:
    try:
        text = file.data.decode("utf-8-sig")
        return text, tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = file.data.count(b"\n", 0, error.start) + 1
        raise SourceError("is not UTF-8", where=f"{file.name}:{line}", hint="save it as UTF-8") from error
    except (ValueError, RecursionError) as error:
        found = _AT_LINE.search(str(error))
        line = int(found.group(1)) if found and found.group(1) else text.count("\n") + 1
        raise SourceError(
            f"is not TOML: {_AT_LINE.sub('', str(error))}", where=f"{file.name}:{line}"
        ) from error


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an entry stands, looked for only when something is wrong with it."""

    name: str
    text: str
    number: int | None
    """Which `[[entry]]`, from 0; None for one of `[words]`."""
    word: str

    def error(self, message: str, key: str = "", hint: str | None = None) -> SourceError:
        return SourceError(message, where=f"{self.name}:{self._line(key)}", hint=hint)

    def of(self, key: str) -> str:
        return f"{self.name}:{self._line(key)}"

    def _line(self, key: str) -> int:
        lines = self.text.splitlines()
        if self.number is None:
            return _line_of(lines, self.word)
        headers = [number for number, line in enumerate(lines) if _ENTRY_HEADER.match(line)]
        if self.number >= len(headers):
            return _line_of(lines, "entry")
        first = headers[self.number]
        last = next((at for at in range(first + 1, len(lines)) if _HEADER.match(lines[at])), len(lines))
        return first + (_line_of(lines[first:last], key) if key else 1)


def _line_of(lines: Sequence[str], key: str) -> int:
    """Give the line, from 1, on which a key is set; 1 if it is not found."""
    pattern = re.compile(rf"""\s*+\[*\s*+["']?{re.escape(key)}["']?\s*+[\].=]""")
    return next((number for number, line in enumerate(lines, 1) if pattern.match(line)), 1)


def _built(entry: dict[str, object], place: _Place) -> Entry:
    for key in entry:
        if key not in _KEYS:
            raise place.error(f"there is no key “{key[:40]}”", key, near(key, _KEYS))
    for key in ("word", "regex", "say", "phonemes", "alphabet"):
        if not isinstance(entry.get(key, ""), str):
            raise place.error(f"“{key}” must be a text", key)
    case, word, regex = entry.get("case", False), entry.get("word"), entry.get("regex")
    if not isinstance(case, bool):
        raise place.error("“case” must be true or false", "case")
    if (word is None) == (regex is None):
        raise place.error("an entry needs one of “word” and “regex”", "", 'write: word = "…"')
    say = _saying(entry, place)
    if regex is None:
        return _checked(WordEntry(str(word), say, case), place.of("word"))
    pattern = checked_pattern(str(regex), place.of("regex"), case=case)
    try:
        pattern.sub(say, "")
    except (re.error, IndexError) as error:
        raise place.error(
            f"“say” does not fit the regex: {error}", "say", "groups are \\1 or \\g<name>"
        ) from error
    return PatternEntry(pattern, say)


def _saying(entry: dict[str, object], place: _Place) -> str:
    alphabet = entry.get("alphabet", "ipa")
    if alphabet not in _ALPHABETS:
        raise place.error(f"there is no alphabet “{alphabet}”", "alphabet", near(str(alphabet), _ALPHABETS))
    if "alphabet" in entry and "phonemes" not in entry:
        raise place.error("“alphabet” is of no use without “phonemes”", "alphabet")
    if "say" not in entry:
        what = "no engine takes phonemes yet" if "phonemes" in entry else "an entry needs “say”"
        raise place.error(what, "phonemes", 'write what is said in plain letters: say = "…"')
    return str(entry["say"])


def _checked(entry: WordEntry, where: str) -> WordEntry:
    if not entry.word.strip() or len(entry.word) > LONGEST_WORD:
        raise SourceError(f"a word has 1 to {LONGEST_WORD} characters", where=where)
    if not is_speakable(entry.say) or len(entry.say) > LONGEST_SAYING:
        raise SourceError(
            f"what is said for “{entry.word[:40]}” must hold a word, and at most {LONGEST_SAYING} characters",
            where=where,
        )
    return entry


def _concerns(languages: object, language: str, place: _Place) -> bool:
    """Whether an entry is for a language: it names none, or the tag or its beginning."""
    if languages is None:
        return True
    if not isinstance(languages, list) or not all(
        isinstance(tag, str) and LANGUAGE_TAG.match(tag) for tag in languages
    ):
        raise place.error("“languages” must be a list of language tags", "languages", 'write: ["fi", "sv"]')
    return any(f"{language}-".lower().startswith(f"{tag}-".lower()) for tag in languages)
