"""Adding a text that was dropped on a page to the project's texts, after reading it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PureWindowsPath
from typing import Any, Final

from audiobook.document import LANGUAGE_TAG
from audiobook.encodings import UTF_8
from audiobook.errors import AudiobookError, SourceError
from audiobook.files import digest_file, file_name, move_new
from audiobook.languages import require_code
from audiobook.pipeline.containment import contained
from audiobook.pipeline.texts.edition import (
    Edition,
    announced_language,
    edition_at,
    language_in_name,
    text_reader,
)
from audiobook.settings import Settings
from audiobook.sources.base import Source, advice, ending_of, endings, read_with
from audiobook.studio.desk.shelf import Shelf
from audiobook.writing_systems import contradiction, likely_latin

_UNKNOWN: Final = "en"
"""Texts are read as this language until theirs is known; chapters and words are found anyway."""
_SAMPLE_CHARS: Final = 20_000
_RENAME: Final = "rename your file and add it again, or remove the text that is there"


class Taken(AudiobookError):
    """Another text has the name of a new one, or its audiobook would have the same name."""


def placed(shelf: Shelf, path: str, name: str, language: str) -> dict[str, Any]:
    """Put a text that was just received among the texts of its language, after reading it.

    Args:
        shelf: The project.
        path: The received file, in a hidden folder of the texts folder.
        name: Its name in the browser.
        language: BCP 47 tag; empty to take it from the text.

    Returns:
        The `label` of the work; or, if its language is not known, the likely one as `guess`.

    Raises:
        SourceError: It cannot be read as a text.
        Taken: Another text has this name or its slug.
        StorageError: It cannot be put there.
    """
    settings = shelf.settings()
    clean = clean_name(name)
    received = Path(path)
    own = received.with_name(clean)  # the extension decides how it is read
    received.replace(own)
    language = language or language_in_name(clean) or announced_language(own, clean) or ""
    if language:
        require_code(language)
    text = _sample(own, clean, language or _UNKNOWN, settings)
    if not LANGUAGE_TAG.match(language):
        return {"label": None, "guess": _likely(text)}
    project = shelf.project(settings)
    editions = shelf.texts(project).editions
    language = _as_spelled(language, [each.language for each in editions])
    target = project.texts / language / clean
    shown = f"{project.texts.name}/{language}/{clean}"
    label = edition_at(target, language, shown).label
    _require_own_name(label, target, shown, editions)
    return {"label": label, "is_new": _put(own, target, shown)}


def _as_spelled(language: str, known: Sequence[str]) -> str:
    """Return a tag as the texts that are there spell it, or as is usual: not every system tells `EN` from `en`."""
    there = {tag.lower(): tag for tag in known}
    first, _, rest = language.partition("-")
    return there.get(language.lower()) or (f"{first.lower()}-{rest}" if rest else first.lower())


def _require_own_name(label: str, target: Path, shown: str, editions: Sequence[Edition]) -> None:
    """Refuse a text whose files would have the names of those of another one, which could then not be built.

    Raises:
        Taken: There is such a text.
    """
    for other in editions:
        if other.label.lower() == label.lower() and (other.source or other.path) != target:
            raise Taken(
                f"its audiobook would have the same name as that of {other.source_name}",
                where=shown,
                hint=_RENAME,
            )


def clean_name(name: str) -> str:
    """Return a file name from elsewhere as one that is valid on every system, without any folder.

    Raises:
        SourceError: It has no name, or an unsupported extension.
    """
    last = PureWindowsPath(name.replace("\0", "")).name
    ending = ending_of(last)
    stem = file_name(last[: len(last) - len(ending)])
    if ending not in endings():
        raise SourceError("this kind of file cannot be read", hint=advice(ending))
    return f"{stem or 'text'}{ending}"


def _sample(path: Path, name: str, language: str, settings: Settings) -> str:
    """Return the beginning of a text.

    Raises:
        SourceError: It cannot be read.
    """
    edition = edition_at(path, language, name)
    encoding = None if settings.encoding == UTF_8 else settings.encoding
    with contained(name):
        data = path.read_bytes()
        source = Source(data, name, edition.slug, language, edition.fallback_title, encoding)
        work = read_with(text_reader(path), source)
    texts = (paragraph.text for chapter in work.chapters for paragraph in chapter.paragraphs)
    return "\n".join(texts)[:_SAMPLE_CHARS]


def _likely(text: str) -> str:
    """Return the tag of the likely language of a text; empty if it is not clear."""
    other = contradiction(text, _UNKNOWN)
    return other[1] if other else likely_latin(text)


def _put(path: Path, target: Path, shown: str) -> bool:
    """Move a file to its place, and return whether it is new there.

    Raises:
        Taken: Another file is there.
        StorageError: The system refused.
    """
    try:
        move_new(path, target)
    except FileExistsError:
        if digest_file(path) == digest_file(target):
            return False
        raise Taken("another text with this name is there already", where=shown, hint=_RENAME) from None
    return True
