"""The application: its addresses and their handlers."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from audiobook.studio.assets import asset, media_type
from audiobook.studio.builds import Builds
from audiobook.studio.desk_process import DeskProcess, Refused
from audiobook.studio.events import Events
from audiobook.studio.file_responses import FileResponses
from audiobook.studio.publishing import Publishing
from audiobook.studio.requests import (
    Addressing,
    Building,
    Choosing,
    Destined,
    Formatting,
    Kept,
    Marking,
    Remarking,
    Said,
    Sampling,
    Saving,
    Unmarking,
    heard,
    refused,
    too_large,
    wanted,
)
from audiobook.studio.templates import render
from audiobook.studio.uploads import LARGEST_BYTES, TooLarge, received

_AT_FIRST: Final = 50
"""Number of paragraphs on the page of a text at first, so that it can be used before a long chapter is
narrated."""
_AT_ONCE: Final = 200
_MOST_DIGITS: Final = 7


class Studio:
    """Answers the requests of pages. All work is done by other processes."""

    def __init__(self, root: Path, texts: Path, name: str) -> None:
        """Show a project.

        Args:
            root: Its folder.
            texts: Its texts folder.
            name: Its name on the pages.
        """
        self._texts = texts
        self._name = name
        self.events = Events()
        self.builds = Builds(lambda states: self.events.tell("builds", states), self.events.changed)
        self.publishing = Publishing(lambda state: self.events.tell("publishing", state))
        self._reading = DeskProcess(root)
        self._speaking = DeskProcess(root)
        """A second process, so that clips do not wait while the first one reads long texts."""
        self._shelved = FileResponses()
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
            Route("/publish", self._publish_page),
            Route("/publish/part", self._publish_part),
            Route("/publish/address", self._save_address, methods=["POST"]),
            Route("/publish/preview", self._preview, methods=["POST"]),
            Route("/publish", self._publish, methods=["POST"]),
            Route("/publish/send", self._send, methods=["POST"]),
            Route(work, self._work),
            Route(f"{work}/contents", self._contents_part),
            Route(f"{work}/cover", self._cover),
            Route(f"{work}/cover", self._receive_cover, methods=["POST"]),
            Route(f"{work}/drawn", self._drawn_cover),
            Route(f"{work}/files", self._files_part),
            Route(f"{work}/files/{{number:int}}", self._file),
            Route(f"{work}/formats/cost", self._formats_cost, methods=["POST"]),
            Route(f"{work}/open", self._open, methods=["POST"]),
            Route(f"{work}/choices", self._choices_part),
            Route(f"{work}/cost", self._cost, methods=["POST"]),
            Route(f"{work}/sample", self._sample, methods=["POST"]),
            Route(f"{work}/save", self._save, methods=["POST"]),
            Route(f"{work}/text/{{number:int}}", self._text),
            Route(f"{work}/text/{{number:int}}/passages", self._passages_part),
            Route(f"{work}/sound/{{key}}", self._sound),
            Route(f"{work}/word", self._word),
            Route(f"{work}/hear", self._hear, methods=["POST"]),
            Route(f"{work}/keep", self._keep, methods=["POST"]),
            Route(f"{work}/marks", self._marks),
            Route(f"{work}/marks/part", self._marks_part),
            Route(f"{work}/marks/list", self._marks_list),
            Route(f"{work}/marks", self._mark, methods=["POST"]),
            Route(f"{work}/marks/change", self._change_mark, methods=["POST"]),
            Route(f"{work}/marks/drop", self._drop_mark, methods=["POST"]),
        ]
        return Starlette(routes=routes, exception_handlers={Refused: refused, TooLarge: too_large})

    async def close(self) -> None:
        """End the processes that work for the pages."""
        await asyncio.gather(self._reading.close(), self._speaking.close(), self.publishing.close())

    def _page(self, template: str, version: int = 0, **values: object) -> Response:
        """Return a page, or a part of one.

        Args:
            template: File name of the template.
            version: For a whole page, `events.version` from before its values were read, so that the page is sent
                later changes.
            values: Variables of the template.
        """
        return HTMLResponse(
            render(
                template,
                builds=self.builds.states(),
                project=self._name,
                version=version,
                most_bytes=LARGEST_BYTES,
                address=_address,
                **values,
            )
        )

    async def _shelf(self, _: Request) -> Response:
        version = self.events.version
        return self._page("shelf.html", version, shelf=await self._reading.ask("works"))

    async def _shelf_part(self, _: Request) -> Response:
        return self._page("works.html", shelf=await self._reading.ask("works"))

    async def _listen(self, _: Request) -> Response:
        return self.events.answer()

    async def _work(self, request: Request) -> Response:
        version = self.events.version
        work = await self._reading.ask("contents", label=_label(request))
        values = {"choices": await self._choices(request), "files": await self._files(request)}
        return self._page("work.html", version, work=work, **values)

    async def _files(self, request: Request) -> Any:  # noqa: ANN401 - for a template
        return await self._reading.ask("files", label=_label(request))

    async def _files_part(self, request: Request) -> Response:
        return self._page("files.html", files=await self._files(request))

    async def _file(self, request: Request) -> Response:
        """Send a file of a built work, or parts of it."""
        found = await self._files(request)
        return await self._shelved.answer(found, request.path_params["number"], request.headers)

    async def _formats_cost(self, request: Request) -> Response:
        """Return the clips and time that a build in other formats would need."""
        given = await wanted(request, Formatting)
        return JSONResponse(await self._reading.ask("formats_cost", label=_label(request), **given))

    async def _open(self, request: Request) -> Response:
        """Show the folder of a built work on this computer's desktop."""
        await self._reading.ask("open_folder", label=_label(request))
        return JSONResponse({})

    async def _choices(self, request: Request) -> Any:  # noqa: ANN401 - for a template
        return await self._reading.ask("choices", label=_label(request))

    async def _choices_part(self, request: Request) -> Response:
        return self._page("choices.html", choices=await self._choices(request))

    async def _cost(self, request: Request) -> Response:
        """Return the clips and time that a build with a choice would need."""
        given = await wanted(request, Choosing)
        return JSONResponse(await self._reading.ask("cost", label=_label(request), wanted=given))

    async def _sample(self, request: Request) -> Response:
        """Speak a part of a text in a voice that is or can be chosen."""
        given = await wanted(request, Sampling)
        return heard(await self._speaking.ask("sample", label=_label(request), **given))

    async def _save(self, request: Request) -> Response:
        """Write a choice into the settings."""
        given = await wanted(request, Saving)
        await self._reading.ask("save", label=_label(request), **given)
        return JSONResponse({})

    async def _receive_cover(self, request: Request) -> Response:
        """Choose the cover of a work, which the request may contain."""
        query = {name: request.query_params.get(name, "") for name in ("kind", "seen")}
        if query["kind"] != "own":
            return JSONResponse(await self._reading.ask("put_cover", label=_label(request), path="", **query))
        async with received(request, self._texts) as file:
            path = str(file.path)
            return JSONResponse(
                await self._reading.ask("put_cover", label=_label(request), path=path, **query)
            )

    async def _contents_part(self, request: Request) -> Response:
        return self._page("contents.html", work=await self._reading.ask("contents", label=_label(request)))

    async def _cover(self, request: Request) -> Response:
        data = await self._reading.ask("cover", label=_label(request))
        return Response(data or b"", 200 if data else 404, media_type="image/jpeg")

    async def _drawn_cover(self, request: Request) -> Response:
        """Send the drawn cover of a work in some colours."""
        palette = request.query_params.get("palette", "")
        data = await self._speaking.ask("drawn_cover", label=_label(request), palette=palette)
        return Response(data, media_type="image/jpeg")

    async def _text(self, request: Request) -> Response:
        version = self.events.version
        chapter = await self._chapter(request, most=_AT_FIRST)
        return self._page("text.html", version, chapter=chapter)

    async def _passages_part(self, request: Request) -> Response:
        """Send the passages of a chapter: all of them, or those that follow the ones on a page."""
        first = request.query_params.get("first", "")
        if not first:
            return self._page("passages.html", chapter=await self._chapter(request))
        index = int(first) if first.isdecimal() and len(first) <= _MOST_DIGITS else 0
        chapter = await self._chapter(request, first=index, most=_AT_ONCE)
        return self._page("passages.html", chapter=chapter)

    async def _chapter(self, request: Request, **part: int) -> Any:  # noqa: ANN401 - for a template
        number = request.path_params["number"]
        return await self._speaking.ask("chapter", label=_label(request), number=number, **part)

    async def _sound(self, request: Request) -> Response:
        key = request.path_params["key"]
        return heard(await self._speaking.ask("sound", label=_label(request), key=key))

    async def _word(self, request: Request) -> Response:
        word = request.query_params.get("word", "")
        return JSONResponse(await self._speaking.ask("about", label=_label(request), word=word))

    async def _hear(self, request: Request) -> Response:
        """Speak a passage with another pronunciation of a word."""
        given = await wanted(request, Said)
        return heard(await self._speaking.ask("hear", label=_label(request), **given))

    async def _keep(self, request: Request) -> Response:
        """Save the pronunciation of a word, and speak the passage."""
        given = await wanted(request, Kept)
        return heard(await self._speaking.ask("keep", label=_label(request), **given))

    async def _marks(self, request: Request) -> Response:
        version = self.events.version
        return self._page("marks.html", version, marked=await self._marked(request))

    async def _marks_part(self, request: Request) -> Response:
        return self._page("marked.html", marked=await self._marked(request))

    async def _marks_list(self, request: Request) -> Response:
        return JSONResponse(await self._marked(request))

    async def _marked(self, request: Request) -> Any:  # noqa: ANN401 - for a template
        return await self._reading.ask("marks", label=_label(request))

    async def _mark(self, request: Request) -> Response:
        """Mark a sentence."""
        given = await wanted(request, Marking)
        return JSONResponse(await self._reading.ask("mark", label=_label(request), **given))

    async def _change_mark(self, request: Request) -> Response:
        """Change the note of a mark, or whether it is fixed."""
        given = await wanted(request, Remarking)
        return JSONResponse(await self._reading.ask("change_mark", label=_label(request), **given))

    async def _drop_mark(self, request: Request) -> Response:
        """Remove a mark."""
        given = await wanted(request, Unmarking)
        return JSONResponse(await self._reading.ask("drop_mark", label=_label(request), **given))

    async def _publish_page(self, _: Request) -> Response:
        version = self.events.version
        return self._page("publish.html", version, publishing=await self._reading.ask("publishing"))

    async def _publish_part(self, _: Request) -> Response:
        return self._page("publishing.html", publishing=await self._reading.ask("publishing"))

    async def _save_address(self, request: Request) -> Response:
        """Write the public address into the settings."""
        await self._reading.ask("save_address", **await wanted(request, Addressing))
        return JSONResponse({})

    async def _preview(self, _: Request) -> Response:
        """Serve the built works at a separate address, as `serve` does."""
        return JSONResponse(await self.publishing.preview())

    async def _publish(self, _: Request) -> Response:
        """Publish the built works into the output folder."""
        self.publishing.begin("publish")
        return JSONResponse({})

    async def _send(self, request: Request) -> Response:
        """Send the publication to a place where the user has sent it before, or return what would be sent."""
        given = await wanted(request, Destined)
        place = await self._reading.ask("destination", id=given["to"])
        trial = ("--dry-run",) if given["is_trial"] else ()
        self.publishing.begin("look" if trial else "send", f"--to={place}", *trial)
        return JSONResponse({})

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
                self.builds.add(label, _options(given))
        return JSONResponse({})


def _label(request: Request) -> str:
    return f"{request.path_params['language']}/{request.path_params['slug']}"


def _options(given: dict[str, Any]) -> tuple[str, ...]:
    """Return the options of the `build` command for what a page chose."""
    formats, split = given["formats"], given["split"]
    options = [] if formats is None else [f"--format={name}" for name in ("mp3", *formats)]
    if split is not None:
        options.append(f"--split={'chapter' if split else 'none'}")
    return tuple(options)


def _address(label: str) -> str:
    """Return the address of the page of a work."""
    return f"/works/{quote(label)}"


async def _asset(request: Request) -> Response:
    name = request.path_params["name"]
    data = asset(name)
    return Response(data or b"", 200 if data else 404, media_type=media_type(name))
