"""Projects that are built once, by the real command."""

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
    """Mark tests that need whole texts as slow: building them takes longer than any test."""
    for item in items:
        if isinstance(item, pytest.Function) and {"texts_built", "book", "essays_built"} & set(
            item.fixturenames
        ):
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def texts_built(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """The texts of the project, built. Do not change them."""
    shelf = _shelf_of_texts(tmp_path_factory.mktemp("texts"))
    shelf.build()
    return shelf


@pytest.fixture(scope="session")
def essays_built(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Shelf:
    """The shared essays, built. Do not change them."""
    shelf = Shelf(tmp_path_factory.mktemp("essays"))
    shelf.write("audiobook.toml", f'author = "{AUTHOR}"\n')
    for language in ESSAY_LANGUAGES:
        text = (shared / "essays" / language / f"{ESSAY}.txt").read_bytes()
        shelf.write(f"texts/{language}/{ESSAY}.txt", text)
    shelf.build()
    return shelf


@pytest.fixture(params=TEXT_LABELS)
def text_label(request: pytest.FixtureRequest) -> str:
    """Language and slug of each text of the project."""
    return str(request.param)


@pytest.fixture(params=[*TEXT_LABELS, *ESSAY_LABELS])
def book(request: pytest.FixtureRequest) -> tuple[Shelf, str]:
    """Each built book: its project, language and slug."""
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
