"""The pages of the site."""

from __future__ import annotations

from html import escape

from audiobook.book.record import Record
from audiobook.publish.folder import PublicFolder
from audiobook.publish.shelf import Shelf, ShelvedEdition
from audiobook.settings import PublishSettings


def put_page(
    edition: ShelvedEdition, record: Record, shelf: Shelf, folder: PublicFolder, *, live: bool
) -> None:
    """Publish the page of one edition.

    Args:
        edition: Which.
        record: Its record.
        shelf: What else there is, such as its other languages.
        folder: Where.
        live: Whether the page asks the server for changes.
    """
    body = f'<audio controls src="{escape(edition.audio.name)}"></audio>'
    title = escape(record.title)
    page = f"<!doctype html><title>{title}</title><h1>{title}</h1>{body}"
    folder.put(edition.path(".html"), page.encode())


def put_site(shelf: Shelf, folder: PublicFolder, settings: PublishSettings, *, live: bool) -> None:
    """Publish what all pages share, and the page that lists the works.

    Args:
        shelf: What there is.
        folder: Where.
        settings: How.
        live: Whether the page asks the server for changes.
    """
    works = [
        f'<li><a href="{escape(edition.path(".html"))}">{escape(edition.title)}</a>'
        for edition in shelf.editions
    ]
    page = f"<!doctype html><title>{escape(settings.title or 'Audiobooks')}</title><ul>{''.join(works)}</ul>"
    folder.put("index.html", page.encode())
