"""Choosing texts: those that a user names by slug, path or `-`, or those of some languages."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from audiobook.document import LANGUAGE_TAG
from audiobook.errors import AudiobookError, NothingToDo, UsageError, near
from audiobook.files import read_stream
from audiobook.pipeline.catalog import Catalog, without_twins
from audiobook.pipeline.edition import (
    Edition,
    announced_language,
    edition_at,
    is_folder,
    language_in_name,
    may_be_source,
    script_path,
    shown_name,
)
from audiobook.sources.base import ending_of, endings
from audiobook.sources.signature import suffix_of

STANDARD_INPUT: Final = "-"
"""The argument that means standard input."""


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
    kept, problems = without_twins(list(dict.fromkeys(chosen)), [])
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
        files = {path.resolve(), script_path(path).resolve()} if may_be_source(path) else {path.resolve()}
        same = [edition for edition in catalog.editions if edition.path.resolve() in files]
        return same[:1] or [_loose(path, languages)]
    concerned = [edition for edition in catalog.editions if not wanted or edition.language.lower() in wanted]
    found = [edition for edition in concerned if edition.slug == name]
    if found:
        return found
    if name and is_folder(path):
        raise UsageError(f"{name} is a folder", hint=_how_to_build(path, texts))
    if "://" in name:
        raise UsageError(
            f"{name} is not kept here",
            hint=f"fetch it with `audiobook build {name}`, then use the name of its file in {texts.name}/",
        )
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
    language = languages[0] if len(languages) == 1 else language_in_name(path.name)
    if language is None and _names_a_language(folder):
        language = folder
    name = shown_name(path.name)
    language = language or announced_language(path, name)
    if language is None or not LANGUAGE_TAG.match(language):
        raise UsageError(f"unknown language of {path.name}", hint="add the language, for example `--lang en`")
    return edition_at(path, language, name)
