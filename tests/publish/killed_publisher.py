"""Publishes copies of a folder, killed right before renames and removals: at the first, the last, and a third of the others."""

import os
import random
import shutil
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from audiobook.publish.address import base_address
from audiobook.publish.publishing import publish
from audiobook.publish.works.shelf import read_shelf
from audiobook.settings import PublishSettings

CHANGES = ("os.rename", "os.remove", "os.rmdir")
NEVER = 1 << 30


def published(output: Path, day: int) -> None:
    """Publish on a given day, with chapters as episodes."""
    now = datetime(2026, 1, day, tzinfo=UTC)
    settings = PublishSettings(fast_start=False, episodes="chapter")
    publish(read_shelf(output), output, base_address("https://example.org"), settings, now)


def killed(output: Path, change: int) -> int:
    """Publish on the second day in a child that is killed before a change; return how many changes it made."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        made = 0

        def watch(event: str, _: object) -> None:
            nonlocal made
            if event in CHANGES:
                if made == change:
                    os.kill(os.getpid(), signal.SIGKILL)
                os.write(writing, b".")
                made += 1

        sys.addaudithook(watch)
        published(output, day=2)
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as stream:
        made = len(stream.read())
    is_killed = os.waitpid(child, 0)[1] == signal.SIGKILL
    assert is_killed == (change != NEVER)
    return made


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    changes = killed(shutil.copytree(folder, folder.with_name("whole")), NEVER)
    chosen = random.Random(1).sample(range(1, changes - 1), changes // 3)
    for change in (0, *chosen, changes - 1):
        killed(shutil.copytree(folder, folder.with_name(f"killed-{change}")), change)
