"""Which texts there are: `texts/<lang>/<slug>.<ext>`, `texts/<slug>.<lang>.<ext>`, or files named one by one."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from audiobook.document import LANGUAGE_TAG
from audiobook.errors import AudiobookError, NothingToDo, SourceError, UsageError, WorkError, near
from audiobook.files import digest, read_source, read_stream, storage_error
from audiobook.pipeline.containment import contained
from audiobook.sources.base import Announcer, announced, endings, reader_for
from audiobook.sources.signature import suffix_of

STANDARD_INPUT: Final = "-"
"""What stands for the text that is piped in."""
COVER_SUFFIXES: Final = (".jpg", ".jpeg", ".png")
_NO_TEXTS: Final = {"", *COVER_SUFFIXES, ".webp", ".toml", ".pls"}
"""Endings of files that stand beside texts: licences, covers, lexicons."""
_ABOUT_TEXTS: Final = {"readme", "license", "licence", "notice"}
"""Names of files in the folder of texts that speak about the texts."""
_LONGEST_SLUG: Final = 80
_NOT_THERE: Final = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG)
"""How a system says that nothing is at a path; all else means that it does not tell."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One text file in one language.

    Attributes:
        slug: ASCII name of its outputs.
        language: BCP 47 tag.
        path: The file.
        name: How messages and the record call it; without the machine's path.
        cover: Its cover's file, or None.
        data: Its bytes, where they were not in a file; `path` then is a name only.
    """

    slug: str
    language: str
    path: Path
    name: str
    cover: Path | None
    data: bytes | None = field(default=None, repr=False)

    @property
    def label(self) -> str:
        """Language and slug, which name the edition to a person."""
        return f"{self.language}/{self.slug}"

    @property
    def root(self) -> Path:
        """The folder that all it uses has to be in: the texts', or its own where it is not among the texts."""
        return self.path.parents[max(self.name.count("/") - 1, 0)]

    def beside(self, path: Path) -> str:
        """Return how messages call a file that belongs to it, such as its cover."""
        if not path.is_relative_to(self.root):
            return shown_name(path.name)
        top, below, _ = self.name.partition("/")
        return shown_name(f"{top if below else ''}{below}{path.relative_to(self.root).as_posix()}")

    @property
    def fallback_title(self) -> str:
        """The file's name made readable."""
        name = shown_name(_stem(self.path.name, self.language))
        words = re.sub(r"[-_\s]+", " ", name).strip()
        return words[:1].upper() + words[1:]


@dataclass(frozen=True, slots=True)
class Catalog:
    """What was found: editions by language and slug, and files that cannot be built, with the reason."""

    editions: tuple[Edition, ...]
    problems: tuple[AudiobookError, ...]


def slug_of(name: str) -> str:
    """Give the ASCII name of a work from its file's name without ending.

    Letters lose their accents; where a letter has no ASCII form or the name is very long, eight
    digits of a digest keep two works apart. The same name gives the same slug on every system.
    """
    composed = unicodedata.normalize("NFC", name)
    plain = "".join(
        character
        for character in unicodedata.normalize("NFKD", composed)
        if not unicodedata.combining(character)
    )
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    lost = any(character.isalnum() and not character.isascii() for character in plain)
    if lost or not slug or len(slug) > _LONGEST_SLUG:
        mark = digest(composed.encode("utf-8", "surrogatepass"))[:8]
        slug = f"{slug[:_LONGEST_SLUG].strip('-') or 'text'}-{mark}"
    return slug


def find_texts(texts: Path) -> Catalog:
    """Look for every text of a project, ordered by language and slug.

    A file that should be a text and cannot be one is a problem; nothing is passed over in silence
    but hidden files and what stands beside texts.

    Raises:
        StorageError: The folder itself cannot be read.
    """
    editions: list[Edition] = []
    problems: list[AudiobookError] = []
    try:
        entries = _visible(texts)
    except OSError as error:
        raise storage_error(error, texts, "reading") from error
    for entry in entries:
        if _is_folder(entry):
            _add_folder(entry, texts, editions, problems)
        elif entry.stem.lower() not in _ABOUT_TEXTS:
            language = _language_in_name(entry.name)
            _add(entry, language, texts, editions, problems)
    editions.sort(key=lambda edition: (edition.language, edition.slug, edition.name))
    return Catalog(*_without_twins(editions, problems))


def _entries(folder: Path, name: str, problems: list[AudiobookError]) -> list[Path]:
    """Return what is in a folder but hidden files, in order; one that cannot be read is a problem."""
    try:
        return _visible(folder)
    except OSError as error:
        problems.append(_unreadable(error, name))
        return []


def _visible(folder: Path) -> list[Path]:
    """Return the entries of a folder, without hidden ones, in order; none if it does not exist."""
    try:
        return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        return []


def _unreadable(error: OSError, name: str) -> SourceError:
    return SourceError(f"cannot be read: {error.strerror or type(error).__name__}", where=name)


def _add_folder(folder: Path, texts: Path, editions: list[Edition], problems: list[AudiobookError]) -> None:
    entries = _entries(folder, _shown(folder, texts), problems)
    if not LANGUAGE_TAG.match(folder.name):
        if entries:
            problems.append(
                SourceError(
                    "is not read: its name is no language tag",
                    where=_shown(folder, texts),
                    hint="name the folder by a language, such as fi or pt-BR",
                )
            )
        return
    for entry in entries:
        _add(entry, folder.name, texts, editions, problems)


def _add(
    path: Path, language: str | None, texts: Path, editions: list[Edition], problems: list[AudiobookError]
) -> None:
    name = _shown(path, texts)
    suffix = path.suffix.lower()
    if suffix in _NO_TEXTS and not _is_folder(path):
        return
    if suffix not in endings():
        problems.append(
            SourceError(
                "is not read: no reader for such files",
                where=name,
                hint=f"endings that can be read: {', '.join(endings())}",
            )
        )
    elif refusal := _refusal(path):
        problems.append(_unreadable(refusal, name))
    elif not is_inside(path, texts):
        problems.append(SourceError("is not read: it is a link out of the texts, or to itself", where=name))
    else:
        try:
            language = language or _announced_language(path, name)
        except WorkError as error:
            problems.append(error)
            return
        if language is None:
            problems.append(
                SourceError(
                    "is not read: its language is not known",
                    where=name,
                    hint=f"move it to {texts.name}/<lang>/, or name it {path.stem}.<lang>{path.suffix}",
                )
            )
        else:
            editions.append(_edition(path, language, name))


def _announced_language(path: Path, name: str) -> str | None:
    """Give the language that a text says it is in, None if it says none.

    Raises:
        SourceError: It is damaged where it would say so, or cannot be read.
        WorkError: Its reader met a bug.
    """
    with contained(name):
        reader = reader_for(path.name)
        data = read_source(path, name) if isinstance(reader, Announcer) else b""
        # How a text is decoded is asked later; a language tag is ASCII, whichever it is.
        language = announced(reader, data, name, "latin-1").language
    return language if language and LANGUAGE_TAG.match(language) else None


def may_be_file(path: Path) -> bool:
    """Whether a regular file is at a path, or the system refuses to say: reading it tells why."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except ValueError:
        return False
    except OSError as error:
        return error.errno not in _NOT_THERE


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False


def _refusal(path: Path) -> OSError | None:
    """Return why the system does not tell what is at a path."""
    try:
        path.stat()
    except OSError as error:
        return None if error.errno in _NOT_THERE else error
    return None


def is_inside(path: Path, folder: Path) -> bool:
    """Whether a file is there and in a folder, wherever links lead."""
    try:
        return path.resolve(strict=True).is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return False


def _shown(path: Path, texts: Path) -> str:
    return shown_name(f"{texts.name}/{path.relative_to(texts).as_posix()}")


def shown_name(name: str) -> str:
    """Give a file's name without the halves of characters that a name which is no Unicode holds."""
    return name.encode("utf-8", "replace").decode()


def _language_in_name(name: str) -> str | None:
    parts = name.split(".")
    return parts[-2] if len(parts) >= 3 and LANGUAGE_TAG.match(parts[-2]) else None


def _stem(name: str, language: str) -> str:
    stem = name.rsplit(".", 1)[0]
    return stem.removesuffix(f".{language}") or stem


def _edition(path: Path, language: str, name: str) -> Edition:
    stem = _stem(path.name, language)
    folders = [path.parent] if path.parent.name != language else [path.parent, path.parent.parent]
    covers = (folder / f"{stem}{suffix}" for folder in folders for suffix in COVER_SUFFIXES)
    return Edition(slug_of(stem), language, path, name, next(filter(_may_be_cover, covers), None))


def _may_be_cover(path: Path) -> bool:
    """Whether something that is not a folder is there; reading it tells what is wrong with a link or a pipe."""
    return may_be_file(path) or (os.path.lexists(path) and not _is_folder(path))


def _without_twins(
    editions: list[Edition], problems: list[AudiobookError]
) -> tuple[tuple[Edition, ...], tuple[AudiobookError, ...]]:
    """Keep the first of editions that would write the same files, and name the others."""
    kept: dict[str, Edition] = {}
    for edition in editions:
        label = edition.label.lower()
        if label in kept:
            problems.append(
                SourceError(
                    f"would make the same files as {kept[label].name}",
                    where=edition.name,
                    hint="give one of them another name",
                )
            )
        else:
            kept[label] = edition
    return tuple(kept.values()), tuple(problems)


def choose(catalog: Catalog, named: Sequence[str], languages: Sequence[str], texts: Path) -> Catalog:
    """Narrow a catalog to what a command was asked for.

    Args:
        catalog: All texts of the project.
        named: Slugs in it, paths of files anywhere, or `-` for standard input; empty means all.
        languages: Language tags; empty means all.
        texts: The project's folder of texts.

    Raises:
        UsageError: A name or a language is not there, or the language of a file is not known.
        SourceError: A named file is damaged where it would say its language.
        NothingToDo: There is no text at all.
    """
    wanted = {language.lower() for language in languages}
    known = {edition.language for edition in catalog.editions}
    if not named:
        if not catalog.editions and not catalog.problems:
            raise NothingToDo(
                f"there are no texts in {texts.name}/",
                hint=f"put one into {texts.name}/<lang>/, such as {texts.name}/fi/essay.txt, or run: audiobook init",
            )
        troubled = {_folder_of(problem) for problem in catalog.problems}
        if not troubled & {"", *wanted}:
            _check_languages(languages, known)
        editions = [
            edition for edition in catalog.editions if not wanted or edition.language.lower() in wanted
        ]
        concerned = [
            problem for problem in catalog.problems if not wanted or _folder_of(problem) in {"", *wanted}
        ]
        return Catalog(tuple(editions), tuple(concerned))
    chosen: list[Edition] = []
    for name in dict.fromkeys(named):
        chosen += _named(name, catalog, languages, texts)
    kept, problems = _without_twins(list(dict.fromkeys(chosen)), [])
    return Catalog(kept, problems)


def _folder_of(problem: AudiobookError) -> str:
    """Return the name, directly below the texts, that a problem was found in or of; "" for the texts themselves."""
    return (problem.where or "").partition("/")[2].partition("/")[0].lower()


def _check_languages(languages: Iterable[str], known: set[str]) -> None:
    lower = {language.lower() for language in known}
    for language in languages:
        if language.lower() not in lower:
            raise UsageError(f"there are no texts in “{language}”", hint=near(language, known))


def _named(name: str, catalog: Catalog, languages: Sequence[str], texts: Path) -> list[Edition]:
    if name == STANDARD_INPUT:
        return [_piped(languages)]
    wanted = {language.lower() for language in languages}
    path = Path(name)
    if name and _is_file(path):
        same = [edition for edition in catalog.editions if path.resolve() == edition.path.resolve()]
        return same[:1] or [_loose(path, languages)]
    concerned = [edition for edition in catalog.editions if not wanted or edition.language.lower() in wanted]
    found = [edition for edition in concerned if edition.slug == name]
    if not found:
        raise UsageError(
            f"there is no text “{name}”", hint=near(name, (edition.slug for edition in concerned))
        )
    return found


def _piped(languages: Sequence[str]) -> Edition:
    """Give the edition of the text on standard input; its language is told, and its kind stands in its bytes."""
    if len(languages) != 1 or not LANGUAGE_TAG.match(languages[0]):
        raise UsageError("the language of standard input is not known", hint="say it: --lang fi")
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError(
            "there is nothing on standard input",
            hint="pipe a text in: audiobook build - --lang fi < essay.txt",
        )
    data = read_stream(sys.stdin.buffer, "standard-input")
    name = f"standard-input{suffix_of(data)}"
    return Edition("standard-input", languages[0], Path(name), name, None, data)


def _is_file(path: Path) -> bool:
    """Whether something that could be read is there; a folder of a work's name does not hide the work."""
    try:
        return path.exists() and not path.is_dir()
    except (OSError, ValueError):
        return False


def _names_a_language(folder: str) -> bool:
    """Whether a folder that holds other things too is named by a language: `fi`, `pt-BR`.

    A code of three letters is no sign of one: `tmp`, `doc`, `src` and `old` are codes of ISO 639-3 as well.
    """
    import langcodes

    is_short = len(folder.split("-")[0]) == 2  # the letters of ISO 639-1
    return bool(is_short and LANGUAGE_TAG.match(folder) and langcodes.tag_is_valid(folder))


def _loose(path: Path, languages: Sequence[str]) -> Edition:
    """Give the edition of a file outside the texts.

    Its language is told, or stands in its name, else in its folder's if that is a tag of two letters, else in
    itself.

    Raises:
        UsageError: It stands nowhere.
        SourceError: The file cannot be read, or is damaged where it would say so.
    """
    folder = path.absolute().parent.name
    language = languages[0] if len(languages) == 1 else _language_in_name(path.name)
    if language is None and _names_a_language(folder):
        language = folder
    name = shown_name(path.name)
    language = language or _announced_language(path, name)
    if language is None or not LANGUAGE_TAG.match(language):
        raise UsageError(f"the language of {path.name} is not known", hint="say it: --lang fi")
    return _edition(path, language, name)
