"""Editions: texts in one language each, with their slugs and the files that belong to them."""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Final

import msgspec
from msgspec.structs import replace

from audiobook.document import LANGUAGE_TAG
from audiobook.files import as_spelled, digest
from audiobook.languages import is_real
from audiobook.pipeline.containment import contained
from audiobook.pipeline.texts.folder_names import FolderNames, MayHave, may_be_there
from audiobook.pipeline.texts.folders import text_bytes
from audiobook.sources.base import Announcer, Reader, announced, ending_of, endings, reader_for
from audiobook.sources.text.script_name import ENDING as SCRIPT_ENDING
from audiobook.sources.text.script_name import HEAD_BYTES, is_saved_script, source_name
from audiobook.system.opening import read_file

COVER_SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".webp", ".svg")
_LONGEST_SLUG: Final = 80
_NOT_THERE: Final = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG)
"""Error codes that mean that nothing exists at a path. After other errors, something may exist."""


class Edition(msgspec.Struct, frozen=True):
    """One text in one language.

    Attributes:
        slug: ASCII name of the output files.
        language: BCP 47 tag.
        path: Path of the file, or of the folder of chapter files.
        name: Name shown in messages and stored in the record, relative to the project.
        cover: Path of the cover next to the text; None if there is none.
        data: Contents of a text that is not in a file, in which case `path` is only a name; None for other texts.
        source: For a saved script, the file that it was saved from; None if that file no longer exists, and for other
            texts.
    """

    slug: str
    language: str
    path: Path
    name: str
    cover: Path | None
    data: bytes | None = None
    source: Path | None = None

    @property
    def label(self) -> str:
        """Language and slug, as shown to the user."""
        return f"{self.language}/{self.slug}"

    @property
    def is_saved_script(self) -> bool:
        """Whether the text is a saved script."""
        return is_saved_script(self.path.name)

    @property
    def source_name(self) -> str:
        """Name of the file that a saved script was saved from, as shown in messages; for other texts, their own name."""
        return self.beside(self.source) if self.source else self.name

    @property
    def root(self) -> Path:
        """The folder that must contain all files of the edition: the texts folder, or else the folder of the text."""
        return self.path.parents[max(self.name.count("/") - 1, 0)]

    def beside(self, path: Path) -> str:
        """Return the name to show for a file that belongs to the edition, such as its cover."""
        if not path.is_relative_to(self.root):
            return shown_name(path.name)
        top, below, _ = self.name.partition("/")
        return shown_name(f"{top if below else ''}{below}{path.relative_to(self.root).as_posix()}")

    @property
    def fallback_title(self) -> str:
        """A readable title made from the file name."""
        name = shown_name(_stem(self.path, self.language))
        words = re.sub(r"[-_\s]+", " ", name).strip()
        return words[:1].upper() + words[1:]


def slug_of(name: str) -> str:
    """Return the ASCII slug for a file name without its extension. It is the same on every system.

    Accents are removed. If a letter has no ASCII form, or the name is longer than 80 characters, the slug ends with eight
    digits of a digest, so that different names have different slugs.
    """
    composed = plain = name
    if not name.isascii():
        composed = unicodedata.normalize("NFC", name)
        plain = "".join(
            character
            for character in unicodedata.normalize("NFKD", composed)
            if not unicodedata.combining(character)
        )
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
    lost = not plain.isascii() and any(character.isalnum() and not character.isascii() for character in plain)
    if lost or not slug or len(slug) > _LONGEST_SLUG:
        mark = digest(composed.encode("utf-8", "surrogatepass"))[:8]
        slug = f"{slug[:_LONGEST_SLUG].strip('-') or 'text'}-{mark}"
    return slug


def may_be_source(path: Path) -> bool:
    """Return whether a path can have a saved script: it is a folder, or a file in a supported format but not a script."""
    return (path.suffix.lower() in endings() or is_folder(path)) and not is_saved_script(path.name)


def text_reader(path: Path) -> Reader:
    """Return the reader of a text.

    Raises:
        SourceError: The extension of the file is not supported, or its reader cannot be loaded.
    """
    if not is_folder(path):
        return reader_for(path.name)
    from audiobook.sources.folder.reader import FolderReader  # only needed for folders

    return FolderReader()


def script_path(source: Path) -> Path:
    """Return the path of a text's saved script, which is next to the text."""
    return source.with_name(f"{_bare(source)}{SCRIPT_ENDING}")


def script_owner(script: Path, text: Path) -> Path | None:
    """Return the text that a saved script was saved from; None if this is `text`, or it no longer exists."""
    try:
        name = source_name(read_file(script, HEAD_BYTES))
    except OSError:
        return None
    if name is None or name == shown_name(text.name) or "/" in name:
        return None
    other = script.with_name(name)
    return other if may_be_text(other) and script_path(other) == script else None


def cover_path(edition: Edition, suffix: str) -> Path:
    """Return the path of an edition's cover with an extension: next to the text, and with its name."""
    return edition.path.with_name(f"{_stem(edition.path, edition.language)}{suffix}")


def announced_language(path: Path, name: str) -> str | None:
    """Return the language that a text declares; None if it declares no valid one.

    Args:
        path: Path of the text.
        name: Name of the text, shown in messages.

    Raises:
        SourceError: The text cannot be read, or is damaged where the language is declared.
        WorkError: The reader raised an unexpected exception.
    """
    with contained(name):
        reader = text_reader(path)
        data = text_bytes(path, name) if isinstance(reader, Announcer) else b""
        # A language tag is ASCII, so the real encoding does not matter here.
        language = announced(reader, data, name, "latin-1").language
    return language if language and LANGUAGE_TAG.match(language) and is_real(language) else None


def may_be_file(path: Path) -> bool:
    """Return whether a path is a regular file, or cannot be accessed, in which case reading it reports the problem."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except ValueError:
        return False
    except OSError as error:
        return error.errno not in _NOT_THERE


def may_be_text(path: Path) -> bool:
    """Return whether a path is a folder, a regular file, or cannot be accessed."""
    return may_be_file(path) or is_folder(path)


def is_folder(path: Path) -> bool:
    """Return whether a path is a folder; False if it cannot be accessed."""
    try:
        return path.is_dir()
    except OSError:
        return False


def refusal_of(path: Path) -> OSError | None:
    """Return the error that prevents access to a path; None if there is none, or if nothing exists there."""
    try:
        path.stat()
    except OSError as error:
        return None if error.errno in _NOT_THERE else error
    return None


def is_inside(path: Path, folder: Path) -> bool:
    """Return whether a file exists and, after following all links, is inside a folder."""
    try:
        if _is_plainly_inside(path, folder):
            return True
        there, around = os.path.realpath(path, strict=True), os.path.realpath(folder)
    except (OSError, RuntimeError):
        return False
    return PurePath(there).is_relative_to(around)


def _is_plainly_inside(path: Path, folder: Path) -> bool:
    """Return whether a file exists below a folder without any links on the way. This is faster than following links.

    Raises:
        OSError: The file does not exist.
    """
    parts, above = path.parts, folder.parts
    # On Windows, junctions lead elsewhere without being links.
    if parts[: len(above)] != above or ".." in parts or sys.platform == "win32":
        return False
    at = os.fspath(folder)
    for part in parts[len(above) :]:
        at = f"{at}{os.sep}{part}"
        if stat.S_ISLNK(os.lstat(at).st_mode):
            return False
    return True


def shown_name(name: str) -> str:
    """Return a file name in which bytes that are not valid Unicode are replaced by question marks."""
    return name.encode("utf-8", "replace").decode()


def language_in_name(name: str) -> str | None:
    """Return the language tag before the extension of a file name, as in `essay.fi.txt`; None if there is none."""
    return _tag_at_end(_without_ending(name))


def language_of_name(path: Path) -> str | None:
    """Return the language tag in the name of a file or folder, as in `essay.fi.txt` or `novel.fi`; None if it has none."""
    return _tag_at_end(_bare(path))


def _tag_at_end(stem: str) -> str | None:
    parts = stem.split(".")
    return parts[-1] if len(parts) >= 2 and LANGUAGE_TAG.match(parts[-1]) else None


def bare_name(name: str) -> str:
    """Return the name of a text or a built file without its extension."""
    stem = _without_ending(name)
    return stem.removesuffix(".") if stem != name else PurePath(name).stem


def _without_ending(name: str) -> str:
    """Return a file name without its extension, such as `.txt`, `.fb2.zip` or `.script.md`."""
    ending = SCRIPT_ENDING if is_saved_script(name) else ending_of(name)
    return name[: len(name) - len(ending)]


def _bare(path: Path) -> str:
    """Return the name of a folder, or the name of a file without its extension."""
    return path.name if is_folder(path) else _without_ending(path.name)


def _stem(path: Path, language: str) -> str:
    stem = _bare(path)
    return stem.removesuffix(f".{language}") or stem


def edition_at(path: Path, language: str, name: str, names: FolderNames | None = None) -> Edition:
    """Return the edition of a file or folder, with its cover and saved script if they exist.

    Args:
        path: The file or folder.
        language: BCP 47 tag.
        name: Name to show in messages.
        names: The names in folders, if several editions are looked for; None checks each file.
    """
    may_have = names.may_have if names else may_be_there
    stem = _stem(path, language)
    folder = path.parent
    folders = [folder] if folder.name != language else [folder, folder.parent]
    edition = Edition(slug_of(stem), language, path, name, _cover_in(folders, stem, may_have))
    edition = _with_script(edition, folder, may_have)
    # If the picture is itself the text, it is a scanned page and no cover.
    is_page = edition.cover is not None and edition.cover in (edition.path, edition.source)
    return replace(edition, cover=None) if is_page else edition


def _cover_in(folders: Sequence[Path], stem: str, may_have: MayHave) -> Path | None:
    """Return the first cover of a text in some folders; None if there is none."""
    for folder in folders:
        for suffix in COVER_SUFFIXES:
            if may_have(folder, f"{stem}{suffix}"):
                path = as_spelled(folder / f"{stem}{suffix}")
                if _may_be_cover(path):
                    return path
    return None


def _with_script(edition: Edition, folder: Path, may_have: MayHave) -> Edition:
    """Return an edition that is read from its saved script if it has one, with `source` set."""
    path = edition.path
    if edition.is_saved_script:
        stem = path.name[: -len(SCRIPT_ENDING)]
        others = [path.with_name(f"{stem}{ending}") for ending in endings()]
        there = next(filter(may_be_file, others), None)
        if there is None and is_folder(path.with_name(stem)):
            there = path.with_name(stem)
        return replace(edition, source=(script_owner(path, there) or there) if there else None)
    script_name = f"{_bare(path)}{SCRIPT_ENDING}"
    if not may_have(folder, script_name):
        return edition
    script = path.with_name(script_name)
    if not may_be_file(script) or not is_inside(script, edition.root) or script_owner(script, path):
        return edition
    return replace(edition, path=script, name=edition.beside(script), source=path)


def _may_be_cover(path: Path) -> bool:
    """Return whether a path exists and is not a folder. Reading a broken link or a pipe reports the problem."""
    return may_be_file(path) or (os.path.lexists(path) and not is_folder(path))
