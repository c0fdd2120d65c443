"""Requests from pages, and answers to them."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from audiobook.studio.desk_process import Refused
from audiobook.studio.templates import render
from audiobook.studio.uploads import TooLarge

_MOST_JSON_BYTES: Final = 1 << 18
_STATUS: Final = {"Changed": 409, "Taken": 409, "Gone": 404, "Ended": 502, "Fault": 500, "StorageError": 507}
"""Status codes for kinds of errors; any other is 422."""

Format = Literal["epub", "flac", "lpf", "lrc", "m4b", "mp3", "opus", "srt", "vtt"]


class Building(msgspec.Struct):
    """Works to build, or whose build should stop.

    Attributes:
        labels: Language and slug of each.
        stop: Whether to stop.
        formats: The formats to make; None keeps those that each has.
        split: Whether to make a file for each chapter; None keeps what each has.
    """

    labels: list[str]
    stop: bool = False
    formats: list[Format] | None = None
    split: bool | None = None


class Formatting(msgspec.Struct):
    """Formats that a work could be built in; see `built_files.formats_cost`."""

    formats: list[Format]
    split: bool


class Said(msgspec.Struct):
    """A word of a paragraph, and how to say it; see `passages.hear`."""

    number: int
    paragraph: int
    word: str
    say: str
    phonemes: str


class Kept(Said):
    """A word of a paragraph, and a pronunciation to save; see `passages.keep`."""

    scope: str
    before: dict[str, str]


class Choosing(msgspec.Struct):
    """The choices for a work; see `proposal.Wanted`."""

    title: str
    authors: list[str]
    narrator: str
    voice: str
    speed: float
    left_out: list[int] | None
    merged: list[int] | None = None
    titles: dict[int, str] | None = None
    palette: str | None = None
    cast: dict[str, str] = {}
    speakers: dict[str, str] = {}
    pauses: dict[str, int] = {}
    kinds: list[str] | None = None


class Saving(msgspec.Struct):
    """Choices to save, and the state of the settings that the page showed."""

    wanted: Choosing
    seen: str


class Sampling(msgspec.Struct):
    """Choices, and the voice or role to hear with them; see `samples.sample`."""

    wanted: Choosing
    voice: str = ""
    role: Literal["", "headings", "quotations", "notes", "dialogue", "speakers"] = ""
    speaker: str = ""


class Marking(msgspec.Struct):
    """A sentence to mark; see `bookmarks.add`."""

    number: int
    paragraph: int
    sentence: int
    key: str
    note: str


class Remarking(msgspec.Struct):
    """A mark to change; see `bookmarks.change`."""

    id: str
    note: str | None = None
    fixed: bool | None = None


class Unmarking(msgspec.Struct):
    """A mark to remove; see `bookmarks.drop`."""

    id: str


class Addressing(msgspec.Struct):
    """The public address of the publication; see `destinations.save_address`."""

    base_url: str
    seen: str


class Destined(msgspec.Struct):
    """A destination; see `destinations.destination`."""

    to: str
    is_trial: bool


async def wanted(request: Request, kind: type[msgspec.Struct]) -> dict[str, Any]:
    """Return the validated fields of a request.

    Raises:
        TooLarge: It is far too long.
        Refused: It is not a valid request.
    """
    data = b""
    try:
        async for piece in request.stream():
            data += piece
            if len(data) > _MOST_JSON_BYTES:
                raise TooLarge.than(_MOST_JSON_BYTES)
        given: dict[str, Any] = msgspec.to_builtins(msgspec.json.decode(data, type=kind))
    except (ClientDisconnect, msgspec.MsgspecError) as error:
        raise Refused("the page sent an invalid request", kind="Request") from error
    return given


def heard(found: dict[str, Any]) -> Response:
    """Return a clip; headers say where its sentences begin, and where to start playing."""
    starts = " ".join(map(str, found["starts_ms"]))
    headers = {
        "starts-ms": starts,
        "start-ms": str(found.get("start_ms", 0)),
        "clip-key": found.get("key", ""),
        "is-role": "yes" if found.get("is_role") else "",
    }
    return Response(found["mp3"], headers=headers, media_type="audio/mpeg")


async def refused(request: Request, error: Exception) -> Response:
    """Answer that a request failed: with a page if one was requested, else with a JSON object."""
    assert isinstance(error, Refused)
    status = _STATUS.get(error.kind, 422)
    answer = {"message": str(error), "hint": error.hint or ""}
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(
            render("refused.html", builds={}, project="", version=0, most_bytes=0, **answer), status
        )
    return JSONResponse(answer, status)


async def too_large(_: Request, error: Exception) -> Response:
    """Answer that the body of a request is too long."""
    return JSONResponse({"message": str(error), "hint": ""}, 413, {"connection": "close"})
