"""`python -m bench.drill.recorder LOG … audiobook ARGUMENT…`: run `audiobook`, and record what reaches the disk in which order.

It records syncs of files and folders, renames and removals, including those of forked workers. Each is a line
of JSON in LOG;
the bytes of a file when it was synced or renamed are kept next to it, named by digest.
"""

from __future__ import annotations

import hashlib
import json
import os
import runpy
import sys
from collections.abc import Callable
from pathlib import Path


def record(log: Path) -> None:
    """Record from now on, in this process and those that are forked from it."""
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.set_inheritable(descriptor, True)
    high = os.dup2(descriptor, 900)  # engines close all low descriptors in their children

    def note(*what: str) -> None:
        os.write(high, (json.dumps(what) + "\n").encode())

    def kept(data: bytes) -> str:
        name = hashlib.sha256(data).hexdigest()
        path = log.with_name(name)
        if not path.exists():
            half = log.with_name(f"{name}.{os.getpid()}")
            with half.open("wb") as stream:
                stream.write(data)
            real_replace(half, path)
        return name

    real_replace, real_sync = os.replace, os.sync

    def synced(real: Callable[..., None]) -> Callable[[int], None]:
        def sync(descriptor: int) -> None:
            real(descriptor)
            path = Path(f"/proc/self/fd/{descriptor}").readlink()
            if path.is_dir():
                note("sync folder", str(path))
            else:
                note("sync", str(path), kept(path.read_bytes()))

        return sync

    def replace(source: str | os.PathLike[str], target: str | os.PathLike[str], **more: int) -> None:
        path = Path(source)
        digest = kept(path.read_bytes()) if path.is_file() and not path.is_symlink() else ""
        real_replace(source, target, **more)
        note("rename", str(path.absolute()), str(Path(target).absolute()), digest)

    def removing(real: Callable[..., None]) -> Callable[..., None]:
        def remove(path: str | os.PathLike[str], **more: int) -> None:
            real(path, **more)
            note("remove", str(Path(path).absolute()))

        return remove

    def sync_all() -> None:
        real_sync()
        for path in Path.cwd().rglob(".*.part"):
            note("sync", str(path), kept(path.read_bytes()))
        note("sync all", str(Path.cwd()))

    os.sync = sync_all
    os.fsync = synced(os.fsync)  # type: ignore[assignment]
    os.fdatasync = synced(os.fdatasync)  # type: ignore[assignment]
    os.replace = os.rename = replace  # type: ignore[assignment]
    os.unlink = os.remove = removing(os.unlink)
    os.rmdir = removing(os.rmdir)


if __name__ == "__main__":
    record(Path(sys.argv[1]))
    sys.argv = ["audiobook", *sys.argv[sys.argv.index("audiobook") + 1 :]]
    runpy.run_module("audiobook", run_name="__main__", alter_sys=True)
