"""The kind of processor. The last bits of computed sound depend on it."""

from __future__ import annotations

import platform
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Final

_EXTENSIONS: Final = (
    "fma",
    "avx2",
    "avx512f",
    "avx512_vnni",
    "avx_vnni",
    "amx_int8",
    "asimddp",
    "sve",
    "i8mm",
)
"""Instruction set extensions for which libraries have special code, as Linux names them."""
_INFORMATION: Final = Path("/proc/cpuinfo")


@cache
def kind() -> str:
    """Return the system, the architecture and, on Linux, the extensions: `Linux x86_64 fma avx2`."""
    return " ".join([platform.system(), platform.machine(), *_extensions()])


def _extensions() -> list[str]:
    flags: set[str] = set()
    if sys.platform == "linux":
        with suppress(OSError):
            for line in _INFORMATION.read_text("ascii", "replace").splitlines():
                name, _, value = line.partition(":")
                if name.strip() in ("flags", "Features"):
                    flags.update(value.split())
                    break
    return [name for name in _EXTENSIONS if name in flags]
