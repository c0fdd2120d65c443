"""The process that works for the pages: it reads texts, makes clips and edits files, one request at a time."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from audiobook.errors import AudiobookError
from audiobook.studio.desk import added_texts, built_files, destinations, works
from audiobook.studio.desk.choices import covers, form, proposal, samples
from audiobook.studio.desk.marks import bookmarks
from audiobook.studio.desk.script import passages
from audiobook.studio.desk.shelf import Shelf
from audiobook.studio.desk_process import LENGTH, Answered
from audiobook.system.interrupts import leave_interrupts_to_parent

DUTIES: Final[Mapping[str, Callable[..., Any]]] = {
    "works": works.listed,
    "contents": works.contents,
    "cover": built_files.cover,
    "files": built_files.files,
    "formats_cost": built_files.formats_cost,
    "open_folder": built_files.show_folder,
    "place": added_texts.placed,
    "chapter": passages.chapter,
    "sound": passages.sound,
    "hear": passages.hear,
    "keep": passages.keep,
    "about": passages.about,
    "choices": form.shown,
    "cost": proposal.cost,
    "save": proposal.save,
    "sample": samples.sample,
    "put_cover": covers.put_cover,
    "drawn_cover": covers.drawn_cover,
    "marks": bookmarks.listed,
    "mark": bookmarks.add,
    "change_mark": bookmarks.change,
    "drop_mark": bookmarks.drop,
    "publishing": destinations.shown,
    "destination": destinations.destination,
    "save_address": destinations.save_address,
}


def main() -> None:
    """Answer requests on standard input until it is closed."""
    leave_interrupts_to_parent()
    shelf = Shelf(Path(sys.argv[1]))
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not mix with the answers
    while head := _read(requests, LENGTH.size):
        duty, given = msgspec.msgpack.decode(_read(requests, *LENGTH.unpack(head)))
        data = msgspec.msgpack.encode(_answer(shelf, duty, given))
        answers.write(LENGTH.pack(len(data)) + data)
        answers.flush()


def _read(stream: BinaryIO, count: int) -> bytes:
    data = stream.read(count)
    return data if len(data) == count else b""


def _answer(shelf: Shelf, duty: str, given: dict[str, Any]) -> Answered:
    try:
        return Answered(DUTIES[duty](shelf, **given))
    except AudiobookError as error:
        return Answered(None, type(error).__name__, error.message, error.hint, error.where)
    except Exception as error:  # noqa: BLE001 - a bug ends this request, not the studio
        traceback.print_exception(error)
        return Answered(None, "Fault", f"this did not work ({type(error).__name__}); see the terminal")


if __name__ == "__main__":
    main()
