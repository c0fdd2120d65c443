"""A process that reads a file of a format whose parser may crash, hang or eat all memory."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audiobook.errors import SourceError

_PACKAGES: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use.

    Attributes:
        time_s: Seconds, by the wall clock and of a processor.
        memory_bytes: Address space beyond the file itself.
    """

    time_s: int = 120
    memory_bytes: int = 2 << 30


def read_in_child(module: str, data: bytes, name: str, limits: Limits) -> bytes:
    """Run a module's `main` in a process of its own.

    Args:
        module: Its full name. It calls `set_limits` with its first two arguments (the third is `name`), reads standard
            input and writes its answer to standard output.
        data: What it reads.
        name: How messages call the file.
        limits: What it may use.

    Returns:
        Its answer.

    Raises:
        SourceError: It crashed, or used more time or memory than it may.
    """
    command = [
        sys.executable,
        "-P",
        "-m",
        module,
        str(limits.time_s),
        str(limits.memory_bytes + 2 * len(data)),
        name,
    ]
    paths = [str(_PACKAGES), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths)}
    try:
        done = subprocess.run(
            command, input=data, env=environment, capture_output=True, timeout=limits.time_s, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise SourceError(f"takes more than {limits.time_s} s to read", where=name) from error
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", where=name) from error
    if done.returncode:
        raise SourceError("takes more time or memory to read than is allowed, or is damaged", where=name)
    return done.stdout


def set_limits(time_s: int, memory_bytes: int) -> None:
    """Limit what this process may use, where the system can."""
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return
    for kind, limit in (
        (resource.RLIMIT_CPU, time_s),
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hardest = resource.getrlimit(kind)
        value = limit if hardest == resource.RLIM_INFINITY else min(limit, hardest)
        try:
            resource.setrlimit(kind, (value, hardest))
        except (OSError, ValueError):
            continue  # macOS refuses limits of memory
