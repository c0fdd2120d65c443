"""A child process for formats whose parser may crash, hang or exhaust memory."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import msgspec

from audiobook.errors import SourceError

_PACKAGES: Final = Path(__file__).parents[1]


class Limits(msgspec.Struct, frozen=True):
    """Resource limits of a child process.

    Attributes:
        time_s: Seconds, both of wall-clock time and of processor time.
        memory_bytes: Address space, in addition to twice the size of the file.
    """

    time_s: int = 120
    memory_bytes: int = 2 << 30


def read_in_child(module: str, data: bytes, name: str, limits: Limits) -> bytes:
    """Run a module's `main` in a child process.

    Args:
        module: The module's full name. It passes its first two arguments to `set_limits`, reads standard input and
            writes its answer to standard output. Its third argument is `name`.
        data: Standard input of the child.
        name: The file's name in messages.
        limits: Resource limits of the child.

    Returns:
        The child's standard output.

    Raises:
        SourceError: The child crashed or exceeded a limit.
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
        raise SourceError("is damaged, or takes more time or memory to read than is allowed", where=name)
    return done.stdout


def set_limits(time_s: int, memory_bytes: int) -> None:
    """Limit the time and memory of this process, on systems that support it."""
    try:
        import resource  # not available on Windows
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
            continue  # macOS rejects memory limits
