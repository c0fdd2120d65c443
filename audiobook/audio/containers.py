"""Opening audio files and streams with FFmpeg."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO, Final

from audiobook.audio.pyav import require_pyav

if TYPE_CHECKING:
    from av.container import InputContainer

_LENIENT_PYAV: Final = 19
"""The first version that always accepts tags that are not UTF-8, and has no option for it."""


def open_container(stream: BinaryIO, format: str, options: dict[str, str] | None = None) -> InputContainer:
    """Open audio for reading, whatever bytes its tags contain.

    Args:
        stream: The file or its contents.
        format: FFmpeg's name of its container format.
        options: Options of that format.

    Raises:
        av.FFmpegError: It is not in that format, or is damaged.
        ValueError: The same, found by PyAV.
        EngineMissing: PyAV is not installed.
    """
    require_pyav("compressed audio files")
    import av  # takes 60 ms and 20 MB

    more: dict[str, Any] = (
        {} if int(av.__version__.split(".")[0]) >= _LENIENT_PYAV else {"metadata_errors": "replace"}
    )
    opened: InputContainer = av.open(stream, "r", format=format, options=options or {}, **more)
    return opened
