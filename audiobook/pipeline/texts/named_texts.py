"""Choosing the texts of a command: those that the user names by slug, path or `-`, or all in some languages."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from audiobook.document import LANGUAGE_TAG
from audiobook.errors import AudiobookError, NothingToDo, UsageError, alternatives, near
from audiobook.files import as_spelled, read_stream
from audiobook.languages import covers, meant_tag
from audiobook.pipeline.project import Project
from audiobook.pipeline.texts.catalog import Catalog, texts_of, twins_of, without_twins
from audiobook.pipeline.texts.edition import (
    Edition,
    announced_language,
    bare_name,
    edition_at,
    is_folder,
    language_of_name,
    may_be_source,
    script_path,
    shown_name,
    slug_of,
)
from audiobook.pipeline.texts.folders import is_book_folder
from audiobook.pipeline.texts.work_names import named_work, require_built_here
from audiobook.sources.base import ending_of, endings
from audiobook.sources.signature import suffix_of

_MOST_LANGUAGES: Final = 12
STANDARD_INPUT: Final = "-"
"""The argument that means standard input."""


def chosen_texts(
    project: Project, named: Sequence[str], languages: Sequence[str], every: Catalog | None = None
) -> Catalog:
    """Return the texts of a project that a command should act on; see `choose`.

    Args:
        project: The project.
        named: Slugs, file paths, or `-` for standard input; empty for all texts.
        languages: BCP 47 tags; empty for all languages.
        every: All texts of the project, if they are already known; None to look for them.

    Raises:
        NothingToDo: There are no texts.
        UsageError: A name or language does not exist.
    """
    every = texts_of(project) if every is None else every
    if project.is_beside and not named and not every.editions:
        raise NothingToDo(
            "there is no project here",
            hint="name a book, for example `audiobook build book.epub`, or create a project with `audiobook init`",
        )
    for name in named:
        require_built_here(project, name)
    return choose(every, named, languages, project.texts)


def choose(catalog: Catalog, named: Sequence[str], languages: Sequence[str], texts: Path) -> Catalog:
    """Return the part of a catalog that a command should act on.

    Args:
        catalog: All texts of the project.
        named: Slugs, file paths, or `-` for standard input; empty for all texts.
        languages: BCP 47 tags; empty for all languages.
        texts: The project's texts folder.

    Raises:
        UsageError: A name or language does not exist, or the language of a file is unknown.
        SourceError: A named file is damaged where its language is declared.
        NothingToDo: The project has no texts.
    """
    known = {edition.language for edition in catalog.editions}
    if not named:
        if not catalog.editions and not catalog.problems:
            if os.path.lexists(texts) and not texts.is_dir():
                raise UsageError(
                    f"{texts.name} is a file, not a folder", hint="choose another folder: --texts DIR"
                )
            raise NothingToDo(
                f"no texts in {texts.name}/",
                hint=f"add one, for example {texts.name}/fi/essay.txt, or create a project with `audiobook init`",
            )
        found = of_languages(catalog, languages)
        if not found.problems:
            _check_languages(languages, known)
        return found
    chosen: dict[Edition, None] = {}
    ambiguous: dict[AudiobookError, None] = {}
    for name in dict.fromkeys(named):
        editions = _named(name, catalog, languages, texts)
        chosen |= dict.fromkeys(editions)
        if not _is_path(name):
            ambiguous |= dict.fromkeys(twins_of(editions, catalog.problems))
    # A file from elsewhere must not replace the book of a text of the project.
    others = (edition for edition in catalog.editions if edition not in chosen)
    kept, problems = without_twins([*others, *chosen], ambiguous)
    return Catalog(tuple(edition for edition in kept if edition in chosen), problems)


def of_languages(catalog: Catalog, languages: Sequence[str]) -> Catalog:
    """Return the texts in some languages and their regions, with the problems that may concern them.

    Args:
        catalog: All texts.
        languages: BCP 47 tags; empty for all languages.
    """
    concerned = tuple(problem for problem in catalog.problems if _may_concern(problem, languages))
    return Catalog(tuple(_of_languages(catalog.editions, languages)), concerned)


def _folder_of(problem: AudiobookError) -> str:
    """Return the entry of the texts folder that a problem is in, in lower case; "" for the texts folder itself."""
    return (problem.where or "").partition("/")[2].partition("/")[0].lower()


def _may_concern(problem: AudiobookError, languages: Sequence[str]) -> bool:
    """Return whether a problem is in the texts folder itself, or in a folder that is, or is meant, for a language."""
    folder = _folder_of(problem)
    tag = meant_tag(folder) or folder
    return not languages or not folder or any(covers(language, tag) for language in languages)


def _of_languages(editions: Iterable[Edition], languages: Sequence[str]) -> list[Edition]:
    return [
        edition
        for edition in editions
        if not languages or any(covers(language, edition.language) for language in languages)
    ]


def _check_languages(languages: Iterable[str], known: set[str]) -> None:
    for language in languages:
        if not any(covers(language, tag) for tag in known):
            raise UsageError(f"no texts in “{language}”", hint=_languages_hint(language, sorted(known)))


def _languages_hint(language: str, known: Sequence[str]) -> str:
    """Return a hint with other regions of a language, or else with all languages. Similar codes would not help."""
    regions = [tag for tag in known if covers(language.partition("-")[0], tag)]
    if regions:
        return f"did you mean {alternatives(regions)}?"
    return f"there are texts in: {', '.join(known[:_MOST_LANGUAGES])}" + (
        ", …" * (len(known) > _MOST_LANGUAGES)
    )


def _named(name: str, catalog: Catalog, languages: Sequence[str], texts: Path) -> list[Edition]:
    if name == STANDARD_INPUT:
        return [_piped(languages)]
    path = as_spelled(Path(name))
    if name and _is_file(path):
        files = {path.resolve(), script_path(path).resolve()} if may_be_source(path) else {path.resolve()}
        same = [edition for edition in catalog.editions if edition.path.resolve() in files]
        if same and not _of_languages(same, languages):
            raise UsageError(
                f"{name} is in “{same[0].language}”, not in “{', '.join(languages)}”",
                hint=f"leave out --lang, or move the text to {texts.name}/{languages[0]}/",
            )
        return same[:1] or _of_output(path, catalog) or [_loose(path, languages)]
    concerned = _of_languages(catalog.editions, languages)
    is_named_folder = bool(name) and _is_folder(path)
    if is_named_folder and (found := _of_folder(path, catalog)):
        return found
    work = named_work(name)
    found = work.among(concerned)
    if found and not (is_named_folder and "/" in name):
        return found
    if is_named_folder:
        return [_folder_edition(path, name, languages, texts)]
    if "://" in name:
        raise UsageError(
            f"{name} is not kept here",
            hint=f"fetch it with `audiobook build {name}`, then use the name of its file in {texts.name}/",
        )
    if path.parent.name or ending_of(path.name) in endings():
        raise UsageError(f"{name}: no such file", hint=_same_file_elsewhere(path, concerned))
    others = [each.language for each in work.among(catalog.editions)]
    if others:
        raise UsageError(
            f"“{name}” has no text in “{', '.join(languages)}”", hint=f"there is one in: {', '.join(others)}"
        )
    hint = _file_of_name(name) or near(name, (edition.slug for edition in concerned))
    raise UsageError(f"no text named “{name}”", hint=hint)


def _file_of_name(name: str) -> str | None:
    """Return a hint with the files in the current folder that have a name if their extension is added; None if there are none."""
    with suppress(OSError):
        entries = sorted(entry.name for entry in os.scandir() if entry.is_file())
        found = [each for each in entries if ending_of(each) in endings() and bare_name(each) == name]
        return f"did you mean {alternatives(found)}?" if found else None
    return None


def _same_file_elsewhere(path: Path, editions: Iterable[Edition]) -> str | None:
    """Return a hint with the texts whose file names differ from that of a missing file only in case or accents."""
    texts = [edition.path for edition in editions if slug_of(edition.path.name) == slug_of(path.name)]
    same = [text for text in texts if slug_of(text.as_posix()) == slug_of(path.as_posix())]
    meant = [text.as_posix() for text in same or texts]
    return f"did you mean {alternatives(meant)}?" if meant else None


def _of_output(path: Path, catalog: Catalog) -> list[Edition]:
    """Return the edition that a built file such as `output/en/essay.mp3` was made from; empty for other files."""
    if ending_of(path.name) in endings() or not path.absolute().with_suffix(".json").is_file():
        return []
    return named_work(path.absolute().as_posix()).among(catalog.editions)


def _of_folder(folder: Path, catalog: Catalog) -> list[Edition]:
    """Return the edition whose chapters are in a folder; empty if there is none."""
    here = folder.resolve()
    return [each for each in catalog.editions if here in (each.path.resolve(), _source_of(each))][:1]


def _source_of(edition: Edition) -> Path | None:
    return edition.source.resolve() if edition.source else None


def _folder_edition(folder: Path, name: str, languages: Sequence[str], texts: Path) -> Edition:
    """Return the edition of a folder of chapter files outside the texts folder.

    Raises:
        UsageError: The folder contains several works or no texts, or its language is unknown.
    """
    if hint := _how_to_build(folder, texts):
        raise UsageError(f"{name} is a folder", hint=hint)
    if not is_book_folder(folder):
        raise UsageError(
            f"{name} is a folder", hint="it contains no texts; name a text, or a folder of chapters"
        )
    return _loose(folder if folder.name else folder.resolve(), languages)


def _how_to_build(folder: Path, texts: Path) -> str:
    """Return a hint on how to build the texts in a folder of the project; empty if it may be a book."""
    if texts.is_dir() and texts.resolve().is_relative_to(folder.resolve()):
        return "to build all texts in it, run `audiobook build`"
    if folder.resolve().parent == texts.resolve() and LANGUAGE_TAG.match(folder.name):
        return f"to build the texts in it, run `audiobook build --lang {folder.name}`"
    return ""


def _piped(languages: Sequence[str]) -> Edition:
    """Return the edition on standard input, whose format is detected from its contents."""
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


def _is_path(name: str) -> bool:
    """Return whether a name says which file or folder is meant, and does not only tell its slug."""
    path = as_spelled(Path(name))
    return bool(name) and (_is_file(path) or ("/" in name and _is_folder(path)))


def _is_folder(path: Path) -> bool:
    try:
        return is_folder(path)
    except ValueError:  # a NUL in the name
        return False


def _is_file(path: Path) -> bool:
    """Return whether a path exists and is not a folder. A folder does not take precedence over a work of its name."""
    try:
        return path.exists() and not path.is_dir()
    except (OSError, ValueError):
        return False


def _names_a_language(folder: str) -> bool:
    """Return whether the name of a folder outside the texts folder is a language tag: `fi`, `pt-BR`.

    Codes of three letters do not count, because `tmp`, `doc`, `src` and `old` are all in ISO 639-3.
    """
    import langcodes  # 30 ms, needed only for files outside the texts folder

    is_short = len(folder.split("-")[0]) == 2  # the letters of ISO 639-1
    return bool(is_short and LANGUAGE_TAG.match(folder) and langcodes.tag_is_valid(folder))


def _loose(path: Path, languages: Sequence[str]) -> Edition:
    """Return the edition of a file or folder outside the texts folder.

    Its language is taken from the command line, the file name, a folder named by a two-letter tag, or the text itself,
    in this order.

    Raises:
        UsageError: The language is unknown.
        SourceError: The file cannot be read, or is damaged where its language is declared.
    """
    folder = path.absolute().parent.name
    language = languages[0] if len(languages) == 1 else language_of_name(path)
    if language is None and _names_a_language(folder):
        language = folder
    name = shown_name(path.name)
    language = language or announced_language(path, name)
    if language is None or not LANGUAGE_TAG.match(language):
        raise UsageError(f"unknown language of {path.name}", hint="add the language, for example `--lang en`")
    return edition_at(path, language, name)
