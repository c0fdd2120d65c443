"""Projects that are built once, by the real command."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sampling import sampled
from tools import TEXTS, Shelf

ESSAY = "customer-loyalty"
ESSAY_LANGUAGES = ("lv", "pl")
AUTHOR = "Aino Ääni"

TOO_LONG = "en/a-day-in-sounds"
"""As long as three others, and like the Finnish one in all that matters here."""
LONG, END = "fi/a-day-in-sounds", "\n## Keskipäivä kirjastossa"
"""Half of its chapters show as much as all of them."""
TEXT_LABELS = sorted({f"{path.parent.name}/{path.stem}" for path in TEXTS.glob("*/*.*")} - {TOO_LONG})
ESSAY_LABELS = [f"{language}/{ESSAY}" for language in ESSAY_LANGUAGES]
SAMPLE_LABELS = ["en/the-listening-reader", "fi/a-day-in-sounds", "sl/the-listening-reader"]
"""Texts with and without chapters."""


def _built_once(factory: pytest.TempPathFactory, name: str, fill: Callable[[Shelf], None]) -> Shelf:
    """Return a project that the first worker builds for all."""
    common = factory.getbasetemp().parent if os.environ.get("PYTEST_XDIST_WORKER") else factory.getbasetemp()
    root = common / f"built-{name}"
    with (common / f"built-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not root.exists():
            made = Shelf(common / f"unfinished-{name}")
            made.write("audiobook.toml", f'author = "{AUTHOR}"\n')
            fill(made)
            made.build(AUDIOBOOK_JOBS="")
            made.root.rename(root)
    return Shelf(root)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests that need whole texts as slow: building them takes longer than any test."""
    for item in items:
        if isinstance(item, pytest.Function) and {"texts_built", "book", "essays_built"} & set(
            item.fixturenames
        ):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def texts_built(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Texts of the project, built. Do not change them."""

    def fill(shelf: Shelf) -> None:
        shutil.copytree(TEXTS, shelf.root / "texts")
        for path in (shelf.root / "texts").glob(f"{TOO_LONG}.*"):
            path.unlink()
        (path,) = (shelf.root / "texts").glob(f"{LONG}.*")
        path.write_text(path.read_text("utf-8").partition(END)[0], "utf-8")

    return _built_once(tmp_path_factory, "texts", fill)


@pytest.fixture(scope="session")
def essays_built(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Shelf:
    """Shared essays, built. Do not change them."""

    def fill(shelf: Shelf) -> None:
        for language in ESSAY_LANGUAGES:
            text = (shared / "essays" / language / f"{ESSAY}.txt").read_bytes()
            shelf.write(f"texts/{language}/{ESSAY}.txt", text)

    return _built_once(tmp_path_factory, "essays", fill)


@pytest.fixture(params=sampled(SAMPLE_LABELS, 2))
def text_label(request: pytest.FixtureRequest) -> str:
    """Language and slug of some texts of the project."""
    return str(request.param)


@pytest.fixture(params=sampled([*SAMPLE_LABELS, *ESSAY_LABELS], 2))
def book(request: pytest.FixtureRequest) -> tuple[Shelf, str]:
    """Some built books: project, language and slug."""
    label = str(request.param)
    name = "essays_built" if label in ESSAY_LABELS else "texts_built"
    shelf: Shelf = request.getfixturevalue(name)
    return shelf, label


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """An empty project."""
    return Shelf(tmp_path / "shelf")


@pytest.fixture
def texts_copy(texts_built: Shelf, tmp_path: Path) -> Shelf:
    """A copy of the built texts that tests may change."""
    shutil.copytree(texts_built.root, tmp_path / "copy")
    return Shelf(tmp_path / "copy")
