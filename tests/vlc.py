"""Files read by VLC, through its library: the program itself refuses to run as root."""

from __future__ import annotations

import ctypes
import ctypes.util
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from tools import wait_until


class _Chapter(ctypes.Structure):
    _fields_ = (("start_ms", ctypes.c_int64), ("length_ms", ctypes.c_int64), ("title", ctypes.c_char_p))


_OPTIONS = (b"--no-video", b"--aout=dummy", b"--quiet")


@lru_cache(maxsize=1)
def _vlc() -> tuple[Any, ctypes.c_void_p]:
    """Return the library and an instance of it."""
    name = ctypes.util.find_library("vlc")
    if name is None:
        pytest.skip("libvlc is not installed")
    library = ctypes.CDLL(name)
    for function in ("new", "media_new_path", "media_player_new_from_media"):
        getattr(library, f"libvlc_{function}").restype = ctypes.c_void_p
    options = (ctypes.c_char_p * len(_OPTIONS))(*_OPTIONS)
    return library, ctypes.c_void_p(library.libvlc_new(len(_OPTIONS), options))


def chapters_seen_by_vlc(path: Path) -> list[tuple[int, str]]:
    """Return start in milliseconds and title of each chapter, as VLC shows them while it plays a file."""
    library, instance = _vlc()
    media = ctypes.c_void_p(library.libvlc_media_new_path(instance, bytes(path)))
    player = ctypes.c_void_p(library.libvlc_media_player_new_from_media(media))
    library.libvlc_media_player_play(player)
    found = ctypes.POINTER(ctypes.POINTER(_Chapter))()
    counts: list[int] = []

    def are_known() -> bool:
        chapters = library.libvlc_media_player_get_full_chapter_descriptions
        counts.append(chapters(player, -1, ctypes.byref(found)))
        return counts[-1] > 0

    wait_until(are_known, f"chapters of {path.name} in VLC")
    library.libvlc_media_player_stop(player)
    each = (found[number].contents for number in range(counts[-1]))
    return [(chapter.start_ms, chapter.title.decode()) for chapter in each]
