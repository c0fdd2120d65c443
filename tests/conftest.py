"""Fixtures that every test may use: where the shared measuring data stands."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

SHARED = Path(os.environ.get("AUDIOBOOK_SHARED", Path(__file__).parents[2] / "shared"))


@pytest.fixture(autouse=True, scope="session")
def no_voices_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Nothing depends on which voices are installed on this machine: none are, but those that a test installs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUDIOBOOK_VOICES", str(tmp_path_factory.getbasetemp() / "no-voices"))
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real essays, books and sentences that stands beside the project.

    A user's clone has none, so its tests are skipped there; CI always has it, so that there
    a missing folder is a failure.
    """
    if not SHARED.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"the measuring data is missing: {SHARED}")
        pytest.skip("the measuring data is not here")
    return SHARED
