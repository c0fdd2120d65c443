"""Fixtures for all tests: the shared test data, and online services on loopback."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from first_imports import pytest_collection  # noqa: F401 - a hook of pytest
from hypothesis import HealthCheck, settings
from lost import pytest_make_collect_report, pytest_runtest_makereport  # noqa: F401 - hooks of pytest
from real_models import HOW_TO_GET_MODELS, models_folder
from warm import WARM

settings.register_profile(
    "same",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
)
settings.register_profile("search", parent=settings.get_profile("same"), derandomize=False, print_blob=True)
settings.load_profile("same")  # another one: --hypothesis-profile=search

# Hundreds of tests start an interpreter. Each would compile all modules again if none may keep their bytecode.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

SHARED = Path(os.environ.get("AUDIOBOOK_SHARED") or Path(__file__).parents[2] / "shared")


_SHORT: Final = ("cover", "lpf", "narration", "report", "sources")
"""Folders whose files take a few seconds at most, like the files that are in no folder."""


def pytest_xdist_auto_num_workers() -> int:
    """Return the number of workers: two more than cores, as many tests wait for servers, browsers and sound."""
    return len(os.sched_getaffinity(0)) + 2 if sys.platform == "linux" else (os.cpu_count() or 1)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a case with many bytes after its argument: archives contain the time, and each worker makes its own."""
    return argname if isinstance(val, bytes) and len(val) > 40 else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark exhaustive tests as slow too, so that `-m "not slow"` leaves them out, and run short files last.

    Near the end, each worker has one file. If that takes long, the other workers wait for it.
    """
    items.sort(key=lambda item: _is_short(item.path.relative_to(Path(__file__).parent).parts))
    for item in items:
        if item.get_closest_marker("exhaustive"):
            item.add_marker(pytest.mark.slow)


def _is_short(place: tuple[str, ...]) -> bool:
    return place[0] in _SHORT or len(place) == 1


@pytest.fixture(autouse=True, scope="session")
def no_voices_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Hide the voices, commands and cache of this machine: tests see only those that they install or define."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUDIOBOOK_CONFIG", str(tmp_path_factory.getbasetemp() / "no-configuration"))
        patch.setenv("AUDIOBOOK_VOICES", str(tmp_path_factory.getbasetemp() / "no-voices"))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
        patch.setenv("XDG_STATE_HOME", str(tmp_path_factory.getbasetemp() / "state"))
        yield


@pytest.fixture(autouse=True, scope="session")
def commands_end_with_the_tests() -> Iterator[None]:
    """End processes that were started for all tests."""
    yield
    WARM.end()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real essays, books and sentences next to the project.

    A user's clone has none, so its tests are skipped there. A folder that is named must exist.
    """
    if not SHARED.is_dir():
        if os.environ.get("AUDIOBOOK_SHARED"):
            pytest.fail(f"AUDIOBOOK_SHARED names no folder: {SHARED}")
        pytest.skip("the measuring data is missing")
    return SHARED


@pytest.fixture(scope="session")
def real_voices() -> Path:
    """The voices folder with real voices of Piper and Kokoro, which a user's computer does not have."""
    folder = models_folder("voices")
    if folder is None:
        pytest.skip(f"the real voices are missing: {HOW_TO_GET_MODELS}")
    return folder


@pytest.fixture(scope="session")
def real_recogniser() -> Path:
    """The folder with the model of the speech recogniser, which a user's computer may not have."""
    folder = models_folder("whisper-base")
    if folder is None:
        pytest.skip(f"the speech recogniser is missing: {HOW_TO_GET_MODELS}")
    return folder


@pytest.fixture(scope="module")
def loopback() -> Iterator[None]:
    """Send all requests of engines in this process to a loopback service, during the tests of a module.

    It is a separate process, because engines fork, and a fork of a process with threads may hang.
    """
    script = Path(__file__).with_name("services.py")
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as service:
        assert service.stdout
        environment: dict[str, str] = json.loads(service.stdout.readline())
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            yield
        service.communicate()
