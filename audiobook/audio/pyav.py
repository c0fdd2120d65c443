"""PyAV, which contains FFmpeg's libraries; it comes with the extra `formats`.

MP3 books do not need it. It takes 106 MB on disk, and 60 ms and 20 MB of memory in each process that imports it.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from audiobook.errors import EngineMissing
from audiobook.extras import install_command

_PACKAGE: Final = "av"
EXTRA: Final = "formats"
"""The extra that contains it."""
SOUND_FILES: Final = "M4B, Opus and FLAC files"
"""The first argument of `require_pyav` in builds of several works, so that all fail with the same message."""


def has_pyav() -> bool:
    """Return whether PyAV is installed."""
    return find_spec(_PACKAGE) is not None


def require_pyav(what: str, instead: str = "") -> None:
    """Check that PyAV is installed, without importing it; call this before anything is spoken, and before `import av`.

    Args:
        what: What needs it, in the plural: `Opus files`.
        instead: What the user can do without it, in the imperative; empty if there is nothing.

    Raises:
        EngineMissing: It is not installed.
    """
    if not has_pyav():
        hint = f"install it: {install_command(EXTRA)}"
        raise EngineMissing(
            f"{what} need the extra “formats”", hint=f"{hint}, or {instead}" if instead else hint
        )


def pyav_identity() -> str:
    """Return the name and version of the library that decodes, resamples and stretches sound from services and programs."""
    if not has_pyav():
        return "wave"
    from importlib.metadata import version

    return f"{_PACKAGE} {version(_PACKAGE)}"
