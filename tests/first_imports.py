"""Each worker imports some of the test files before it collects all: together, they rewrite the assertions of each file once.

Every worker collects the whole suite. Rewriting assertions takes most of that time, and pytest keeps the result next to
the file. Workers that import the files in the same order, however, meet each file at the same moment, so each would rewrite it.
"""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from collections.abc import Generator
from pathlib import Path

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Import the share of this worker first. What is imported and collected lasts: it is never examined as garbage."""
    sys.dont_write_bytecode = False  # also keep what is rewritten if PYTHONDONTWRITEBYTECODE is set
    gc.disable()
    _import_share(session)
    done = yield
    gc.freeze()
    gc.enable()
    return done


def _import_share(session: pytest.Session) -> None:
    """Import every fourth file, if there are four workers. Files that cannot be imported are reported later."""
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if count > 1:
        number = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
        folders = (path for path in map(Path, session.config.args) if path.is_dir())
        files = {file.resolve() for folder in folders for file in folder.rglob("test_*.py")}
        for file in sorted(files, key=lambda file: (-file.stat().st_size, file))[number::count]:
            with contextlib.suppress(Exception, pytest.skip.Exception):
                _ = pytest.Module.from_parent(session, path=file).obj
