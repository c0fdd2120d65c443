"""The data that pages show about works: the shelf, and the chapters of a work."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from audiobook.commands.texts.contents import describe_contents
from audiobook.commands.texts.listing import built_elsewhere, describe_edition
from audiobook.languages import english_name
from audiobook.pipeline.planning.library import Library
from audiobook.pipeline.project import Project
from audiobook.pipeline.texts.edition import Edition
from audiobook.pipeline.texts.lexicons import Lexicons
from audiobook.settings import ACX, Settings
from audiobook.sources.base import endings
from audiobook.studio.desk.marks.bookmarks import open_count
from audiobook.studio.desk.shelf import Shelf

_Describe = Callable[[Edition, Library, Project], dict[str, Any]]
_KEPT: dict[tuple[str, _Describe], tuple[object, dict[str, Any]]] = {}
"""The last description of each work, and the state of its files then: reading all finished books takes
seconds."""


def listed(shelf: Shelf) -> dict[str, Any]:
    """Return the works by language, and the files in the texts folder that cannot be used."""
    settings = shelf.settings()
    project = shelf.project(settings)
    texts = shelf.texts(project)
    library, states = Library(project, settings), _States(project)
    found = [
        _with_text(_described(edition, settings, library, project, describe_edition, states))
        for edition in texts.editions
    ]
    found += [_with_text(work) | {"has_text": False} for work, _ in built_elsewhere(project, texts, ())]
    languages = sorted({work["language"] for work in found})
    return {
        "languages": [
            {
                "tag": tag,
                "name": english_name(tag),
                "works": [work for work in found if work["language"] == tag],
            }
            for tag in languages
        ],
        "problems": [_message(problem) for problem in texts.problems],
        "endings": endings(),
        "folder": str(project.texts.name),
    }


def contents(shelf: Shelf, label: str) -> dict[str, Any]:
    """Return a work with its chapters, and what is left out.

    Raises:
        Gone: There is no such work.
    """
    settings = shelf.settings()
    project = shelf.project(settings)
    edition = shelf.edition(project, label)
    library, states = Library(project, settings), _States(project)
    return _with_text(_described(edition, settings, library, project, describe_contents, states)) | {
        "language_name": english_name(edition.language),
        "open_marks": open_count(edition),
        "chapters_before": int(settings.preset == ACX),  # the opening credits
    }


def _described(
    edition: Edition,
    settings: Settings,
    library: Library,
    project: Project,
    describe: _Describe,
    states: _States,
) -> dict[str, Any]:
    """Return the description of a work; the last one if none of its files changed."""
    state = (settings, states.of(edition))
    name = edition.label, describe
    if name not in _KEPT or _KEPT[name][0] != state:
        _KEPT[name] = state, describe(edition, library, project)
    return _KEPT[name][1]


def _with_text(work: dict[str, Any]) -> dict[str, Any]:
    label = f"{work['language']}/{work['slug']}"
    return work | {
        "label": label,
        "has_text": True,
        "is_built": work["output"] is not None,
        "version": _stamp(Path(work["output"]))[-1] if work["output"] else 0,
        "name": work["title"] or _readable(work["slug"]),
    }


def _readable(slug: str) -> str:
    words = slug.replace("-", " ")
    return words[:1].upper() + words[1:]


def _message(problem: Exception) -> str:
    hint = getattr(problem, "hint", None)
    return f"{problem} ({hint})" if hint else str(problem)


class _States:
    """The states of the files of works. Folders are listed once, as one may have the files of thousands."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._lexicons = Lexicons()
        self._outputs: dict[str, dict[str, list[Path]]] = {}
        """The files in the output folder of each language, by what their names begin with."""

    def of(self, edition: Edition) -> object:
        """Return the state of all files of an edition: text, cover, lexicons and outputs."""
        own = edition.path.rglob("*") if edition.path.is_dir() else [edition.path]
        outputs = self._outputs_in(edition.language).get(edition.slug, [])
        paths = [*own, *([edition.cover] if edition.cover else []), *outputs]
        return edition, self._lexicons.read(edition), sorted(map(_stamp, paths))

    def _outputs_in(self, language: str) -> dict[str, list[Path]]:
        if language not in self._outputs:
            found = self._outputs[language] = defaultdict(list)
            with suppress(OSError):  # what cannot be listed is reported by the comparison itself
                for path in self._project.folder(language).iterdir():
                    found[path.name.partition(".")[0]].append(path)
        return self._outputs[language]


def _stamp(path: Path) -> tuple[str, int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return str(path), 0, 0, 0
    return str(path), found.st_ino, found.st_size, found.st_mtime_ns
