"""A project that is built and served once for all tests."""

from collections.abc import Iterator

import pytest
from tools import Shelf
from visitor import Served, served

TEXT = "# {title}\n\n## Begin\n\nIt begins here. And it goes on.\n\n## End\n\nAnd it ends here.\n"


@pytest.fixture(scope="session")
def built_shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A project with three built texts in two languages. Tests must not change it."""
    shelf = Shelf(tmp_path_factory.mktemp("web") / "shelf", AUDIOBOOK_ENGINE="tone")
    for name in ("en/first", "en/second", "fi/first"):
        shelf.write(f"texts/{name}.md", TEXT.format(title=name))
    shelf.build()
    return shelf


@pytest.fixture(scope="session")
def site(built_shelf: Shelf) -> Iterator[Served]:
    """The same project, served."""
    with served(built_shelf) as one:
        yield one
