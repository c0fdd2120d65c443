"""Publishes copies of a folder, each time killed right before a later rename: the first, the second, and so on."""

import os
import shutil
import signal
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from audiobook.publish.address import base_address
from audiobook.publish.publishing import publish
from audiobook.publish.works.shelf import read_shelf
from audiobook.settings import PublishSettings

CHANGES = ("os.rename", "os.remove", "os.rmdir")


def published(output: Path, day: int) -> None:
    """Publish on a given day, with chapters as episodes."""
    now = datetime(2026, 1, day, tzinfo=UTC)
    settings = PublishSettings(episodes="chapter")
    publish(read_shelf(output), output, base_address("https://example.org"), settings, now)


def killed(output: Path, change: int) -> bool:
    """Publish on the second day in a child that is killed before a rename; return whether it got that far."""
    child = os.fork()
    if child == 0:
        left = change

        def watch(event: str, _: object) -> None:
            nonlocal left
            if event in CHANGES:
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(watch)
        published(output, day=2)
        os._exit(0)
    return os.waitpid(child, 0)[1] == signal.SIGKILL


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for number in count():
        copy = shutil.copytree(folder, folder.with_name(f"killed-{number}"))
        if not killed(copy, number):
            break
