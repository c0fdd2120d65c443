"""A project that is built once, by the real command, from every text there is."""

import shutil
from pathlib import Path

import pytest
from tools import TEXTS, Shelf

ESSAY = "customer-loyalty"
ESSAY_LANGUAGES = ("fi", "id", "lv", "pl", "sl")
AUTHOR = "Aino Ääni"

TEXT_LABELS = sorted(f"{path.parent.name}/{path.stem}" for path in TEXTS.glob("*/*.*"))
ESSAY_LABELS = [f"{language}/{ESSAY}" for language in ESSAY_LANGUAGES]


def _shelf_of_texts(root: Path) -> Shelf:
    shelf = Shelf(root)
    shelf.write("audiobook.toml", f'author = "{AUTHOR}"\n')
    shutil.copytree(TEXTS, root / "texts")
    return shelf


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs whole texts to be spoken as slow: building them takes longer than any one test."""
    for item in items:
        if isinstance(item, pytest.Function) and {"texts_built", "book", "essays_built"} & set(
            item.fixturenames
        ):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def texts_built(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """The project's own texts, built. Look at it only."""
    shelf = _shelf_of_texts(tmp_path_factory.mktemp("texts"))
    shelf.build()
    return shelf


@pytest.fixture(scope="session")
def essays_built(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Shelf:
    """The essays beside the project, built. Look at it only."""
    shelf = Shelf(tmp_path_factory.mktemp("essays"))
    shelf.write("audiobook.toml", f'author = "{AUTHOR}"\n')
    for language in ESSAY_LANGUAGES:
        text = (shared / "essays" / language / f"{ESSAY}.txt").read_bytes()
        shelf.write(f"texts/{language}/{ESSAY}.txt", text)
    shelf.build()
    return shelf


@pytest.fixture(params=TEXT_LABELS)
def text_label(request: pytest.FixtureRequest) -> str:
    """Language and slug of each of the project's texts in turn."""
    return str(request.param)


@pytest.fixture(params=[*TEXT_LABELS, *ESSAY_LABELS])
def book(request: pytest.FixtureRequest) -> tuple[Shelf, str]:
    """Each built book in turn: where it is, and its language and slug."""
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
    """The project's own texts, built: a copy to do anything with."""
    shutil.copytree(texts_built.root, tmp_path / "copy")
    return Shelf(tmp_path / "copy")
