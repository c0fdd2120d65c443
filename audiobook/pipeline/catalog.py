"""Find texts: `texts/<lang>/<slug>.<ext>`, `texts/<slug>.<lang>.<ext>`, or files named by the user."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from audiobook.document import LANGUAGE_TAG
from audiobook.errors import AudiobookError, NothingToDo, SourceError, UsageError, WorkError, near
from audiobook.files import digest, read_source, read_stream, storage_error
from audiobook.languages import is_real
from audiobook.pipeline.containment import contained
from audiobook.sources.base import Announcer, advice, announced, ending_of, endings, reader_for
from audiobook.sources.signature import suffix_of
from audiobook.sources.text.script_name import ENDING as SCRIPT_ENDING
from audiobook.sources.text.script_name import HEAD_BYTES, is_saved_script, source_name
from audiobook.system.opening import read_file

STANDARD_INPUT: Final = "-"
"""The argument that means standard input."""
COVER_SUFFIXES: Final = (".jpg", ".jpeg", ".png")
_NO_TEXTS: Final = {"", *COVER_SUFFIXES, ".webp", ".toml", ".pls"}
"""Suffixes of files that accompany texts: licences, covers, lexicons."""
_ABOUT_TEXTS: Final = {"readme", "license", "licence", "notice"}
"""Names of files in the texts folder that describe the texts."""
_LONGEST_SLUG: Final = 80
_NOT_THERE: Final = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG)
"""Error codes that mean that nothing exists at a path; with any other code, something may exist."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One text file in one language.

    Attributes:
        slug: ASCII name of the output files.
        language: BCP 47 tag.
        path: Path of the file.
        name: Name shown in messages and stored in the record, relative to the project.
        cover: Path of the cover next to it, or None.
        data: Bytes of a text that is not in a file; `path` is then only a name.
        source: For a saved script, the file that it was saved from; None if that file no longer exists, or for any
            other text.
    """

    slug: str
    language: str
    path: Path
    name: str
    cover: Path | None
    data: bytes | None = field(default=None, repr=False)
    source: Path | None = None

    @property
    def label(self) -> str:
        """Language and slug, as shown to the user."""
        return f"{self.language}/{self.slug}"

    @property
    def is_saved_script(self) -> bool:
        """Whether its text is a saved script."""
        return is_saved_script(self.path.name)

    @property
    def source_name(self) -> str:
        """Name of the file that a saved script was saved from, as shown in messages; else its own name."""
        return self.beside(self.source) if self.source else self.name

    @property
    def root(self) -> Path:
        """The folder that must contain all files it uses: the texts folder, or its own for a file elsewhere."""
        return self.path.parents[max(self.name.count("/") - 1, 0)]

    def beside(self, path: Path) -> str:
        """Return the name to show for a file that belongs to it, such as its cover."""
        if not path.is_relative_to(self.root):
            return shown_name(path.name)
        top, below, _ = self.name.partition("/")
        return shown_name(f"{top if below else ''}{below}{path.relative_to(self.root).as_posix()}")

    @property
    def fallback_title(self) -> str:
        """A readable title made from the file name."""
        name = shown_name(_stem(self.path.name, self.language))
        words = re.sub(r"[-_\s]+", " ", name).strip()
        return words[:1].upper() + words[1:]


@dataclass(frozen=True, slots=True)
class Catalog:
    """The editions found, ordered by language and slug, and the files that cannot be built, with the reason."""

    editions: tuple[Edition, ...]
    problems: tuple[AudiobookError, ...]


def slug_of(name: str) -> str:
    """Return the ASCII slug for a file name without its ending.

    Accents are removed. If a letter has no ASCII form or the name is very long, eight digits of a digest
    keep slugs distinct. The same name gives the same slug on every system.
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
    """Find all texts of a project, ordered by language and slug.

    A file that cannot be used as a text is reported as a problem. Only hidden files and files that accompany
    texts are skipped silently.

    Raises:
        StorageError: The folder itself cannot be read.
    """
    editions: list[Edition] = []
    problems: list[AudiobookError] = []
    try:
        entries = _visible(texts)
    except OSError as error:
        raise storage_error(error, texts, "reading") from error
    for entry in _without_scripts(entries, texts):
        if _is_folder(entry):
            _add_folder(entry, texts, editions, problems)
        elif entry.stem.lower() not in _ABOUT_TEXTS:
            language = _language_in_name(entry.name)
            _add(entry, language, texts, editions, problems)
    editions.sort(key=lambda edition: (edition.language, edition.slug, edition.name))
    return Catalog(*_without_twins(editions, problems))


def _entries(folder: Path, name: str, problems: list[AudiobookError]) -> list[Path]:
    """Return the visible entries of a folder in order; an unreadable folder is added to the problems."""
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
                    "skipped: the folder name is not a language tag",
                    where=_shown(folder, texts),
                    hint="name the folder after a language, such as fi or pt-BR",
                )
            )
        return
    for entry in _without_scripts(entries, texts):
        _add(entry, folder.name, texts, editions, problems)


def _without_scripts(entries: Sequence[Path], texts: Path) -> list[Path]:
    """Return the entries of a folder without saved scripts whose source is among them: they are found with it."""
    scripts = {script_path(entry) for entry in entries if _may_be_source(entry)}
    return [entry for entry in entries if entry not in scripts or not is_inside(entry, texts)]


def _may_be_source(path: Path) -> bool:
    return path.suffix.lower() in endings() and not is_saved_script(path.name)


def script_path(source: Path) -> Path:
    """Return where the script of a text is saved: next to it."""
    return source.with_name(f"{_without_ending(source.name)}{SCRIPT_ENDING}")


def script_owner(script: Path, text: Path) -> Path | None:
    """Return the text that a saved script was saved from; None if that is `text`, or if it no longer exists."""
    try:
        name = source_name(read_file(script, HEAD_BYTES))
    except OSError:
        return None
    if name is None or name == shown_name(text.name) or "/" in name:
        return None
    other = script.with_name(name)
    return other if may_be_file(other) and script_path(other) == script else None


def cover_path(edition: Edition, suffix: str) -> Path:
    """Return where a cover of an edition would be found: next to it, with its name."""
    return edition.path.with_name(f"{_stem(edition.path.name, edition.language)}{suffix}")


def _add(
    path: Path, language: str | None, texts: Path, editions: list[Edition], problems: list[AudiobookError]
) -> None:
    name = _shown(path, texts)
    suffix = ending_of(path.name)
    if suffix in _NO_TEXTS and not _is_folder(path):
        return
    if suffix not in endings():
        problems.append(
            SourceError(
                "skipped: unsupported file type",
                where=name,
                hint=advice(suffix),
            )
        )
    elif refusal := _refusal(path):
        problems.append(_unreadable(refusal, name))
    elif not is_inside(path, texts):
        problems.append(
            SourceError("skipped: the link leads out of the texts folder, or to itself", where=name)
        )
    else:
        try:
            language = language or _announced_language(path, name)
        except WorkError as error:
            problems.append(error)
            return
        if language is None:
            problems.append(
                SourceError(
                    "skipped: unknown language",
                    where=name,
                    hint=f"move it to {texts.name}/<lang>/, or name it {path.name.removesuffix(suffix)}.<lang>{suffix}",
                )
            )
        else:
            editions.append(_edition(path, language, name))


def _announced_language(path: Path, name: str) -> str | None:
    """Return the language declared inside a text, or None.

    Raises:
        SourceError: The text cannot be read, or is damaged where the language is declared.
        WorkError: The reader has a bug.
    """
    with contained(name):
        reader = reader_for(path.name)
        data = read_source(path, name) if isinstance(reader, Announcer) else b""
        # A language tag is ASCII, so the real encoding does not matter here.
        language = announced(reader, data, name, "latin-1").language
    return language if language and LANGUAGE_TAG.match(language) and is_real(language) else None


def may_be_file(path: Path) -> bool:
    """Return whether a path is a regular file, or cannot be examined; reading it will then show why."""
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
    """Return the error that prevents examining a path, or None."""
    try:
        path.stat()
    except OSError as error:
        return None if error.errno in _NOT_THERE else error
    return None


def is_inside(path: Path, folder: Path) -> bool:
    """Return whether a file exists and is inside a folder after following all links."""
    try:
        return path.resolve(strict=True).is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return False


def _shown(path: Path, texts: Path) -> str:
    return shown_name(f"{texts.name}/{path.relative_to(texts).as_posix()}")


def shown_name(name: str) -> str:
    """Return a file name with bytes that are not valid Unicode replaced."""
    return name.encode("utf-8", "replace").decode()


def _language_in_name(name: str) -> str | None:
    parts = _without_ending(name).split(".")
    return parts[-1] if len(parts) >= 2 and LANGUAGE_TAG.match(parts[-1]) else None


def _without_ending(name: str) -> str:
    """Return a file name without the ending that says its format, such as `.txt`, `.fb2.zip` or `.script.md`."""
    ending = SCRIPT_ENDING if is_saved_script(name) else ending_of(name)
    return name[: len(name) - len(ending)]


def _stem(name: str, language: str) -> str:
    stem = _without_ending(name)
    return stem.removesuffix(f".{language}") or stem


def _edition(path: Path, language: str, name: str) -> Edition:
    stem = _stem(path.name, language)
    folders = [path.parent] if path.parent.name != language else [path.parent, path.parent.parent]
    covers = (folder / f"{stem}{suffix}" for folder in folders for suffix in COVER_SUFFIXES)
    edition = Edition(slug_of(stem), language, path, name, next(filter(_may_be_cover, covers), None))
    edition = _with_script(edition)
    # A picture whose text is read is a page of the book.
    return replace(edition, cover=None) if edition.cover in (edition.path, edition.source) else edition


def _with_script(edition: Edition) -> Edition:
    """Return the edition to read: from its saved script if it has one. For a script, `source` is set."""
    path = edition.path
    if edition.is_saved_script:
        stem = path.name[: -len(SCRIPT_ENDING)]
        others = [path.with_name(f"{stem}{ending}") for ending in endings()]
        there = next(filter(may_be_file, others), None)
        return replace(edition, source=(script_owner(path, there) or there) if there else None)
    script = script_path(path)
    if not may_be_file(script) or not is_inside(script, edition.root) or script_owner(script, path):
        return edition
    return replace(edition, path=script, name=edition.beside(script), source=path)


def _may_be_cover(path: Path) -> bool:
    """Return whether a path exists and is not a folder; reading a broken link or a pipe will report the problem."""
    return may_be_file(path) or (os.path.lexists(path) and not _is_folder(path))


def _without_twins(
    editions: list[Edition], problems: list[AudiobookError]
) -> tuple[tuple[Edition, ...], tuple[AudiobookError, ...]]:
    """Keep the first of several editions that would write the same files, and report the others."""
    kept: dict[str, Edition] = {}
    for edition in editions:
        label = edition.label.lower()
        if label in kept:
            problems.append(
                SourceError(
                    f"would have the same output files as {kept[label].source_name}",
                    where=edition.source_name,
                    hint="rename one of them",
                )
            )
        else:
            kept[label] = edition
    return tuple(kept.values()), tuple(problems)


def choose(catalog: Catalog, named: Sequence[str], languages: Sequence[str], texts: Path) -> Catalog:
    """Return the part of a catalog that a command should act on.

    Args:
        catalog: All texts of the project.
        named: Slugs, file paths, or `-` for standard input; empty means all.
        languages: Language tags; empty means all.
        texts: The project's texts folder.

    Raises:
        UsageError: A name or language does not exist, or the language of a file is unknown.
        SourceError: A named file is damaged where its language is declared.
        NothingToDo: The project has no texts.
    """
    wanted = {language.lower() for language in languages}
    known = {edition.language for edition in catalog.editions}
    if not named:
        if not catalog.editions and not catalog.problems:
            raise NothingToDo(
                f"no texts in {texts.name}/",
                hint=f"add one, for example {texts.name}/fi/essay.txt, or create a project with `audiobook init`",
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
    """Return the top-level entry of the texts folder that a problem is about; "" for the texts folder itself."""
    return (problem.where or "").partition("/")[2].partition("/")[0].lower()


def _check_languages(languages: Iterable[str], known: set[str]) -> None:
    lower = {language.lower() for language in known}
    for language in languages:
        if language.lower() not in lower:
            raise UsageError(f"no texts in “{language}”", hint=near(language, known))


def _named(name: str, catalog: Catalog, languages: Sequence[str], texts: Path) -> list[Edition]:
    if name == STANDARD_INPUT:
        return [_piped(languages)]
    wanted = {language.lower() for language in languages}
    path = Path(name)
    if name and _is_file(path):
        files = {path.resolve(), script_path(path).resolve()} if _may_be_source(path) else {path.resolve()}
        same = [edition for edition in catalog.editions if edition.path.resolve() in files]
        return same[:1] or [_loose(path, languages)]
    concerned = [edition for edition in catalog.editions if not wanted or edition.language.lower() in wanted]
    found = [edition for edition in concerned if edition.slug == name]
    if found:
        return found
    if name and _is_folder(path):
        raise UsageError(f"{name} is a folder", hint=_how_to_build(path, texts))
    if path.parent.name or ending_of(path.name) in endings():
        raise UsageError(f"{name}: no such file")
    raise UsageError(f"no text named “{name}”", hint=near(name, (edition.slug for edition in concerned)))


def _how_to_build(folder: Path, texts: Path) -> str:
    """Return a hint on how to build the texts in a folder."""
    if folder.resolve() == texts.resolve():
        return "run `audiobook build` to build all texts in it"
    if folder.resolve().parent == texts.resolve() and LANGUAGE_TAG.match(folder.name):
        return f"run `audiobook build --lang {folder.name}` to build the texts in it"
    return "name the files in it"


def _piped(languages: Sequence[str]) -> Edition:
    """Return the edition read from standard input; its format is detected from its bytes."""
    if len(languages) != 1 or not LANGUAGE_TAG.match(languages[0]):
        raise UsageError(
            "unknown language of standard input", hint="add one language, for example `--lang en`"
        )
    if sys.stdin is None or sys.stdin.isatty():
        raise UsageError(
            "no text on standard input",
            hint="pipe one in: `audiobook build - --lang fi < essay.txt`",
        )
    data = read_stream(sys.stdin.buffer, "standard-input")
    name = f"standard-input{suffix_of(data)}"
    return Edition("standard-input", languages[0], Path(name), name, None, data)


def _is_file(path: Path) -> bool:
    """Return whether a path exists and is not a folder: a folder with the same name does not hide a work."""
    try:
        return path.exists() and not path.is_dir()
    except (OSError, ValueError):
        return False


def _names_a_language(folder: str) -> bool:
    """Return whether the name of a folder outside the texts is a language tag: `fi`, `pt-BR`.

    Three letters do not count: `tmp`, `doc`, `src` and `old` are all ISO 639-3 codes.
    """
    import langcodes  # 30 ms, needed only for files outside the texts folder

    is_short = len(folder.split("-")[0]) == 2  # the letters of ISO 639-1
    return bool(is_short and LANGUAGE_TAG.match(folder) and langcodes.tag_is_valid(folder))


def _loose(path: Path, languages: Sequence[str]) -> Edition:
    """Return the edition of a file outside the texts folder.

    The language comes from the command line, the file name, a folder named by a two-letter tag, or the file
    itself, in this order.

    Raises:
        UsageError: The language is unknown.
        SourceError: The file cannot be read, or is damaged where its language is declared.
    """
    folder = path.absolute().parent.name
    language = languages[0] if len(languages) == 1 else _language_in_name(path.name)
    if language is None and _names_a_language(folder):
        language = folder
    name = shown_name(path.name)
    language = language or _announced_language(path, name)
    if language is None or not LANGUAGE_TAG.match(language):
        raise UsageError(f"unknown language of {path.name}", hint="add the language, for example `--lang en`")
    return _edition(path, language, name)
