"""Saving a text at a web address as a file in the texts folder."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

import msgspec

from audiobook.document import LANGUAGE_TAG
from audiobook.encodings import text_encoding
from audiobook.errors import SourceError, UsageError
from audiobook.files import atomic_write, read_source
from audiobook.pipeline.containment import contained
from audiobook.pipeline.texts.catalog import find_texts
from audiobook.pipeline.texts.edition import Edition, slug_of
from audiobook.places import shown_address
from audiobook.settings import Settings
from audiobook.sources.base import announced, ending_of, endings, reader_for
from audiobook.sources.signature import suffix_of
from audiobook.system.opening import require_own_folder

if TYPE_CHECKING:
    from audiobook.pipeline.texts.fetching import Bounds, Fetched

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}://")
_PAGES: Final = ("text/html", "application/xhtml+xml")
_PAGE: Final = ".html"
_ENDINGS: Final = {
    "application/epub+zip": ".epub",
    "application/msword": ".doc",
    "application/pdf": ".pdf",
    "application/rtf": ".rtf",
    "application/vnd.amazon.ebook": ".azw3",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/x-fictionbook+xml": ".fb2",
    "application/x-mobipocket-ebook": ".mobi",
    "text/markdown": ".md",
    "text/rtf": ".rtf",
    "text/x-markdown": ".md",
}
"""The file name extensions of media types."""
_GENERIC_TYPES: Final = (
    "",
    "application/octet-stream",
    "application/zip",
    "binary/octet-stream",
    "text/plain",
)
"""Media types that do not show the format."""
_TEXTS: Final = (".txt", ".text", ".md", ".markdown")
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NOT_IN_A_NAME = re.compile(r"[^\w]+")
_LONGEST_NAME_CHARS: Final = 60
_MOST_TWINS: Final = 1000

OnMessage = Callable[[str], None]
"""Called with a message to the user."""


class _Text(msgspec.Struct, frozen=True):
    """A text as it will be written to a file.

    Attributes:
        ending: Extension of the file name, with the dot.
        data: Contents of the file.
        title: Title of the text; may be empty.
        language: BCP 47 tag that the text declares; None if it declares none.
        link: Address of the text after all redirects.
    """

    ending: str
    data: bytes
    title: str
    language: str | None
    link: str


def is_address(name: str) -> bool:
    """Return whether a text named on the command line is an address: `https://…`."""
    return bool(_SCHEME.match(name))


def keep_addresses(
    names: Sequence[str],
    languages: Sequence[str],
    texts: Path,
    settings: Settings,
    on_message: OnMessage,
    *,
    dry_run: bool = False,
    bounds: Bounds | None = None,
) -> tuple[list[str], list[Edition]]:
    """Fetch the texts at web addresses, and save each as a file, `texts/<lang>/<title>.<ext>`.

    Args:
        names: Texts named on the command line, some of which may be addresses.
        languages: BCP 47 tags named on the command line.
        texts: The texts folder of the project.
        settings: Project settings.
        on_message: Called with a message about each file.
        dry_run: Write nothing.
        bounds: Limits of each download; None for the default limits.

    Returns:
        The names, with each address replaced by the path of its file; and the editions of files that a dry run did not
        write, whose addresses are left out of the names.

    Raises:
        UsageError: An address is invalid, or the language of its text is unknown.
        SourceError: There is no text at an address.
        StorageError: An address cannot be fetched, or a file cannot be written.
    """
    found: list[str] = []
    planned: list[Edition] = []
    for name in dict.fromkeys(names):
        if not is_address(name):
            found.append(name)
            continue
        from audiobook.pipeline.texts.fetching import Bounds, fetch  # loads an HTTP client

        text = _read(fetch(name, bounds or Bounds()), languages, settings)
        language = _language(text, languages, texts, name)
        path, is_there = _free_place(require_own_folder(texts / language), text, _slugs(texts, language))
        shown, address = f"{texts.name}/{language}/{path.name}", shown_address(name)
        if is_there:
            on_message(f"{shown} already has the text of {address}; delete the file to fetch it again")
        elif dry_run:
            on_message(f"{address} would be saved as {shown}")
            slug = slug_of(path.name.removesuffix(text.ending))
            planned.append(Edition(slug, language, path, shown, None, text.data))
            continue
        else:
            with atomic_write(path) as stream:
                stream.write(text.data)
            on_message(f"{address} saved as {shown}")
        found.append(str(path))
    return found, planned


def _language(text: _Text, languages: Sequence[str], texts: Path, address: str) -> str:
    """Return the language of a text: the one named on the command line, or else the one that the text declares.

    Raises:
        UsageError: The language is unknown.
    """
    if len(languages) == 1:
        return languages[0]
    if text.language is None or not LANGUAGE_TAG.match(text.language):
        raise UsageError(
            f"unknown language of {shown_address(address)}", hint="add the language, for example `--lang en`"
        )
    return _folder_name(texts, text.language)


def _slugs(texts: Path, language: str) -> frozenset[str]:
    """Return the slugs of the project's texts in a language."""
    return frozenset(edition.slug for edition in find_texts(texts).editions if edition.language == language)


def _folder_name(texts: Path, language: str) -> str:
    """Return the name of a language's folder: the full tag, or the tag without region if only that folder exists."""
    primary = language.partition("-")[0]
    return primary if (texts / primary).is_dir() and not (texts / language).is_dir() else language


def _read(fetched: Fetched, languages: Sequence[str], settings: Settings) -> _Text:
    """Return the text that a server sent; of a web page, only the article."""
    from audiobook.sources.web.article import extract_article  # 20 ms, needed only for addresses
    from audiobook.sources.web.extraction import Page

    where = shown_address(fetched.url)
    ending = _ending(fetched, where)
    named = fetched.charset if fetched.charset and text_encoding(fetched.charset) else settings.encoding
    title = unquote(PurePosixPath(urlsplit(fetched.url).path).name)
    title = title.removesuffix(ending_of(title)) or urlsplit(fetched.url).hostname or "page"
    if ending == _PAGE:
        language = languages[0] if len(languages) == 1 else None
        page = extract_article(Page(where, fetched.url, fetched.data, named, language, fetched.language))
        return _Text(_PAGE, page.html.encode(), page.title or title, page.language, fetched.url)
    data = fetched.data
    if ending in (".txt", ".md") and named and named.lower() not in ("utf-8", "utf8"):
        data = _as_utf8(data, named)
    with contained(where):
        declared = announced(reader_for(f"a{ending}"), data, where, settings.encoding or "latin-1").language
    return _Text(ending, data, title, declared or fetched.language, fetched.url)


def _as_utf8(data: bytes, encoding: str) -> bytes:
    """Return a text as UTF-8, because a file does not state its encoding. Text that cannot be decoded is not changed."""
    try:
        data.decode("utf-8")
    except UnicodeError:
        try:
            return data.decode(encoding).encode()
        except (UnicodeError, LookupError):
            return data
    return data


def _ending(fetched: Fetched, where: str) -> str:
    """Return the file name extension for what a server sent.

    Raises:
        SourceError: The server did not send a text in a supported format.
    """
    if not fetched.data.strip():
        raise SourceError("the server sent an empty page", where=where)
    kind = fetched.media_type
    if kind in _PAGES:
        return _PAGE
    if kind in _ENDINGS:
        return _ENDINGS[kind]
    of_name = ending_of(urlsplit(fetched.url).path)
    if kind in _GENERIC_TYPES:
        ending = of_name if of_name in endings() else suffix_of(fetched.data)
        if ending not in _TEXTS or b"\0" not in fetched.data or fetched.data.startswith(_UTF_16):
            return ending
        raise SourceError("is not a text, and not in a supported format", where=where)
    raise SourceError(f"is {kind}, which is not a supported format", where=where)


def _free_place(folder: Path, text: _Text, others: frozenset[str]) -> tuple[Path, bool]:
    """Return a path for a text, and whether the text is already there. No other text is ever overwritten.

    Args:
        folder: The folder of the text's language.
        text: The text.
        others: The slugs of the texts in this language, whose output files must not be overwritten either.

    Raises:
        SourceError: Too many files have the same name.
    """
    from html import escape  # its table of entities is only needed for addresses

    stem = _file_name(text.title)
    link = f'<link rel="canonical" href="{escape(text.link)}">'.encode()
    for number in range(1, _MOST_TWINS):
        name = f"{stem}{'' if number == 1 else f'-{number}'}"
        path = folder / f"{name}{text.ending}"
        if not path.exists() and not path.is_symlink():
            if slug_of(name) not in others:
                return path, False
            continue
        if path.is_file() and not path.is_symlink():
            existing = read_source(path, path.name)
            if existing == text.data or (text.ending == _PAGE and link in existing):
                return path, True
    raise SourceError("too many files of this name exist already", where=f"{folder.name}/{stem}")


def _file_name(title: str) -> str:
    """Return a file name made from a title: its first words in lower case, joined by hyphens."""
    name = _NOT_IN_A_NAME.sub("-", unicodedata.normalize("NFC", title).lower()).strip("-_")
    if len(name) > _LONGEST_NAME_CHARS:
        name = name[: _LONGEST_NAME_CHARS + 1]
        name = name[: max(name.rfind("-"), 0) or _LONGEST_NAME_CHARS]
    return name.strip("-_") or "page"
