"""The application: its addresses, and what each does."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import msgspec
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from audiobook.studio.assets import asset, media_type
from audiobook.studio.builds import Builds
from audiobook.studio.events import Events
from audiobook.studio.hands import Answered, Hands, Refused
from audiobook.studio.receiving import LARGEST_BYTES, TooLarge, received
from audiobook.studio.templates import render

_MOST_JSON_BYTES: Final = 1 << 18
_STATUS: Final = {"Changed": 409, "Gone": 404, "Ended": 502, "Fault": 500, "StorageError": 507}
"""Status codes for kinds of errors; any other is 422."""


class Building(msgspec.Struct):
    """Works to build, or whose build should stop."""

    labels: list[str]
    stop: bool = False


class Said(msgspec.Struct):
    """A word of a paragraph, and how to say it; see `passages.hear`."""

    number: int
    paragraph: int
    word: str
    say: str
    phonemes: str


class Kept(Said):
    """The same, to be kept; see `passages.keep`."""

    scope: str
    before: dict[str, str]


class Studio:
    """Answers the requests of pages. All work is done by other processes."""

    def __init__(self, root: Path, texts: Path, name: str) -> None:
        """Show a project.

        Args:
            root: Its folder.
            texts: Its texts folder.
            name: What to call it.
        """
        self._texts = texts
        self._name = name
        self.events = Events()
        self.builds = Builds(lambda states: self.events.tell("builds", states), self.events.changed)
        self._reading = Hands(root)
        self._speaking = Hands(root)
        """Not kept waiting by the first, which may read long texts."""
        self.events.changed()

    def application(self) -> Starlette:
        """Return the application."""
        work = "/works/{language}/{slug}"
        routes = [
            Route("/", self._shelf),
            Route("/shelf", self._shelf_part),
            Route("/events", self._listen),
            Route("/assets/{name}", _asset),
            Route("/texts", self._receive, methods=["POST"]),
            Route("/builds", self._build, methods=["POST"]),
            Route(work, self._work),
            Route(f"{work}/contents", self._contents_part),
            Route(f"{work}/cover", self._cover),
            Route(f"{work}/text/{{number:int}}", self._text),
            Route(f"{work}/text/{{number:int}}/passages", self._passages_part),
            Route(f"{work}/sound/{{key}}", self._sound),
            Route(f"{work}/word", self._word),
            Route(f"{work}/hear", self._hear, methods=["POST"]),
            Route(f"{work}/keep", self._keep, methods=["POST"]),
        ]
        return Starlette(routes=routes, exception_handlers={Refused: _refused, TooLarge: _too_large})

    async def close(self) -> None:
        """End the processes that work for the pages."""
        await asyncio.gather(self._reading.close(), self._speaking.close())

    def _page(self, template: str, **values: object) -> Response:
        return HTMLResponse(
            render(
                template,
                builds=self.builds.states(),
                project=self._name,
                most_bytes=LARGEST_BYTES,
                address=_address,
                **values,
            )
        )

    async def _shelf(self, _: Request) -> Response:
        return self._page("shelf.html", shelf=await self._reading.ask("works"))

    async def _shelf_part(self, _: Request) -> Response:
        return self._page("works.html", shelf=await self._reading.ask("works"))

    async def _listen(self, _: Request) -> Response:
        return self.events.answer()

    async def _work(self, request: Request) -> Response:
        return self._page("work.html", work=await self._reading.ask("contents", label=_label(request)))

    async def _contents_part(self, request: Request) -> Response:
        return self._page("contents.html", work=await self._reading.ask("contents", label=_label(request)))

    async def _cover(self, request: Request) -> Response:
        data = await self._reading.ask("cover", label=_label(request))
        return Response(data or b"", 200 if data else 404, media_type="image/jpeg")

    async def _text(self, request: Request) -> Response:
        return self._page("text.html", chapter=await self._chapter(request))

    async def _passages_part(self, request: Request) -> Response:
        return self._page("passages.html", chapter=await self._chapter(request))

    async def _chapter(self, request: Request) -> Any:  # noqa: ANN401 - for a template
        number = request.path_params["number"]
        return await self._speaking.ask("chapter", label=_label(request), number=number)

    async def _sound(self, request: Request) -> Response:
        key = request.path_params["key"]
        return _heard(await self._speaking.ask("sound", label=_label(request), key=key))

    async def _word(self, request: Request) -> Response:
        word = request.query_params.get("word", "")
        return JSONResponse(await self._speaking.ask("about", label=_label(request), word=word))

    async def _hear(self, request: Request) -> Response:
        """Say a passage with a word said in another way."""
        given = await wanted(request, Said)
        return _heard(await self._speaking.ask("hear", label=_label(request), **given))

    async def _keep(self, request: Request) -> Response:
        """Keep how a word is said, and say the passage."""
        given = await wanted(request, Kept)
        return _heard(await self._speaking.ask("keep", label=_label(request), **given))

    async def _receive(self, request: Request) -> Response:
        """Receive a text, read it, and put it among the texts."""
        name, language = request.query_params.get("name", ""), request.query_params.get("language", "")
        async with received(request, self._texts) as file:
            done = await self._reading.ask("place", path=str(file.path), name=name, language=language)
        if done["label"]:
            self.events.changed()
            done["address"] = _address(done["label"])
        return JSONResponse(done)

    async def _build(self, request: Request) -> Response:
        """Queue works to be built, or stop builds."""
        given = await wanted(request, Building)
        labels = given["labels"]
        if given["stop"]:
            for label in labels:
                self.builds.stop(label)
            return JSONResponse({})
        shelf = await self._reading.ask("works")
        known = {work["label"] for language in shelf["languages"] for work in language["works"]}
        for label in labels:
            if label in known:
                self.builds.add(label)
        return JSONResponse({})


async def wanted(request: Request, kind: type[msgspec.Struct]) -> dict[str, Any]:
    """Return what a page sent, checked.

    Raises:
        TooLarge: It is far too long.
        Refused: It is something else.
    """
    data = b""
    try:
        async for piece in request.stream():
            data += piece
            if len(data) > _MOST_JSON_BYTES:
                raise TooLarge(_MOST_JSON_BYTES)
        return msgspec.structs.asdict(msgspec.json.decode(data, type=kind))
    except (ClientDisconnect, msgspec.MsgspecError) as error:
        raise Refused(Answered(None, "Request", "the page sent something unexpected")) from error


def _heard(found: dict[str, Any]) -> Response:
    """Return a clip; headers say where its sentences begin, and where to begin to listen."""
    starts = " ".join(map(str, found["starts_ms"]))
    told = {"starts-ms": starts, "start-ms": str(found.get("start_ms", 0)), "clip-key": found.get("key", "")}
    return Response(found["mp3"], headers=told, media_type="audio/mpeg")


def _label(request: Request) -> str:
    return f"{request.path_params['language']}/{request.path_params['slug']}"


def _address(label: str) -> str:
    """Return the address of the page of a work."""
    return f"/works/{quote(label)}"


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    data = asset(name)
    return Response(data or b"", 200 if data else 404, media_type=media_type(name))


async def _refused(request: Request, error: Exception) -> Response:
    """Answer that something could not be done: a page for a page, else an object."""
    assert isinstance(error, Refused)
    status = _STATUS.get(error.kind, 422)
    told = {"message": str(error), "hint": error.hint or ""}
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return HTMLResponse(render("refused.html", builds={}, project="", most_bytes=0, **told), status)
    return JSONResponse(told, status)


async def _too_large(_: Request, error: Exception) -> Response:
    return JSONResponse({"message": str(error), "hint": ""}, 413, {"connection": "close"})
