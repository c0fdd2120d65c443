"""Responses with files of built works: only unchanged files that a record lists, and ranges of them if a player asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response

from audiobook.errors import OutputMismatch
from audiobook.publish.publication import PublicFile
from audiobook.web.delivery import deliver
from audiobook.web.holdings import Holdings


class FileResponses:
    """Opens files, and remembers which ones it has verified."""

    def __init__(self) -> None:
        """Start without files."""
        self._holdings: dict[str, Holdings] = {}

    async def answer(self, found: dict[str, Any], number: int, request: Headers) -> Response:
        """Return the response with a file.

        Args:
            found: The files of a work, as `built_files.files` returns them.
            number: The index of the file.
            request: The headers of the request.
        """
        names = [file["name"] for file in found["files"]]
        if number >= len(names):
            return PlainTextResponse("there is no such file\n", 404)
        holdings = self._of(found)
        try:
            opened = await to_thread.run_sync(holdings.open, names[number])
        except OutputMismatch as error:
            return PlainTextResponse(f"{error}; build it again\n", 503)
        if opened is None:
            return PlainTextResponse("the file no longer exists\n", 404)
        return deliver(opened, names[number], request, head=False)

    def _of(self, found: dict[str, Any]) -> Holdings:
        files = {
            file["name"]: PublicFile(file["length_bytes"], file["sha256"], file["type"], made=False)
            for file in found["files"]
        }
        label, folder = found["label"], Path(found["folder"])
        before = self._holdings.get(label)
        if before is None or before.files != files:
            self._holdings[label] = Holdings(files, folder, folder)
        return self._holdings[label]
