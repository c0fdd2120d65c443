"""Saved scripts next to their sources: found, noticed when edited or outdated, and never overwritten."""

from pathlib import Path

import pytest

from audiobook.errors import UsageError
from audiobook.pipeline.chapters.parts import chapters_overview
from audiobook.pipeline.planning.staleness import plan_edition
from audiobook.pipeline.project import Project
from audiobook.pipeline.scripts.prepared_text import read_text
from audiobook.pipeline.scripts.saved import Saved, save_script, saved_state, source_edition
from audiobook.pipeline.texts.catalog import Catalog, find_texts
from audiobook.pipeline.texts.named_texts import choose
from audiobook.pipeline.voices.choosing import Voices
from audiobook.settings import Settings, WorkSettings

SETTINGS = Settings(engine="tone")


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts" / "en"
    folder.mkdir(parents=True)
    (folder / "novel.txt").write_text("Novel\n\nIt begins.\n\nIt goes on.\n", "utf-8")
    return tmp_path / "texts"


def save(texts: Path, *, force: bool = False) -> Saved:
    [edition] = find_texts(texts).editions
    project = Project.at(texts.parent, SETTINGS)
    plan = plan_edition(source_edition(edition), SETTINGS, Voices(SETTINGS, project.store), project)
    return save_script(plan, read_text(plan), force=force)


def test_the_script_takes_the_place_of_its_source(texts: Path) -> None:
    before = find_texts(texts)
    saved = save(texts)
    assert saved.is_new
    found = find_texts(texts)
    assert not found.problems
    [edition] = found.editions
    assert (edition.label, edition.name) == ("en/novel", "texts/en/novel.script.md")
    assert edition.source == before.editions[0].path
    for name in ("novel", str(edition.path), str(edition.source)):
        assert choose(find_texts(texts), (name,), (), texts).editions == (edition,)
    edition.source.unlink()
    [alone] = find_texts(texts).editions
    assert (alone.label, alone.name, alone.source) == ("en/novel", "texts/en/novel.script.md", None)
    with pytest.raises(UsageError, match="has no source"):
        source_edition(alone)


def test_a_script_that_is_a_link_out_of_the_texts_is_refused(texts: Path) -> None:
    outside = texts.parent / "outside.md"
    outside.write_text("Private.\n", "utf-8")
    (texts / "en" / "novel.script.md").symlink_to(outside)
    found = find_texts(texts)
    assert [edition.name for edition in found.editions] == ["texts/en/novel.txt"]
    [problem] = found.problems
    assert str(problem).startswith("texts/en/novel.script.md: skipped: the link leads out")


@pytest.mark.parametrize("name", ["novel.en.txt", "en/novel.md", "novel.pt-BR.md"])
def test_the_language_in_a_name_stays(tmp_path: Path, name: str) -> None:
    path = tmp_path / "texts" / name
    path.parent.mkdir(parents=True)
    path.write_text("It begins.\n", "utf-8")
    [before] = find_texts(tmp_path / "texts").editions
    path.with_suffix(".script.md").write_text("It began.\n", "utf-8")
    [after] = find_texts(tmp_path / "texts").editions
    assert (after.label, after.fallback_title, after.cover) == (before.label, before.fallback_title, None)
    assert after.path.name == path.with_suffix(".script.md").name
    path.unlink()
    [orphan] = find_texts(tmp_path / "texts").editions
    assert (orphan.label, orphan.fallback_title) == (before.label, before.fallback_title)


def test_a_script_belongs_to_the_text_that_it_was_saved_from(tmp_path: Path) -> None:
    for name in ("page.md", "page.txt", "page.fb2.zip"):
        (tmp_path / name).write_text("It begins.\n", "utf-8")
    note = f'saved: "page.txt {"0" * 16} {"0" * 16}"'
    script = tmp_path / "page.script.md"
    script.write_text(f"---\n{note}\n---\n\nIt began.\n", "utf-8")
    empty = Catalog((), ())

    def read_from(name: str) -> tuple[str, Path | None]:
        [edition] = choose(empty, (str(tmp_path / name),), ("en",), tmp_path / "texts").editions
        return edition.path.name, edition.source

    assert read_from("page.md") == ("page.md", None)
    assert read_from("page.txt") == read_from("page.script.md") == (script.name, tmp_path / "page.txt")
    assert read_from("page.fb2.zip") == ("page.fb2.zip", None)
    (tmp_path / "page.txt").unlink()
    assert read_from("page.fb2.zip") == (script.name, tmp_path / "page.fb2.zip")


def test_edits_and_changes_of_the_source_are_noticed(texts: Path) -> None:
    def state() -> tuple[bool, bool] | None:
        [edition] = find_texts(texts).editions
        found = saved_state(edition)
        return (found.is_edited, found.is_outdated) if found else None

    assert state() is None
    script = save(texts).path
    assert state() == (False, False)
    (texts / "en" / "novel.txt").write_text("Novel\n\nIt began.\n", "utf-8")
    assert state() == (False, True)
    save(texts)
    assert state() == (False, False)
    script.write_text(script.read_text("utf-8") + "\nMore.\n", "utf-8")
    assert state() == (True, False)
    script.write_text("No front matter.\n", "utf-8")
    assert state() == (True, False)


def test_an_edited_script_is_only_replaced_by_force(texts: Path) -> None:
    script = save(texts).path
    saved = script.read_bytes()
    assert not save(texts).is_new
    edited = saved.replace(b"It begins.", b"It began.")
    script.write_bytes(edited)
    with pytest.raises(UsageError, match=r"texts/en/novel\.script\.md was edited"):
        save(texts)
    assert script.read_bytes() == edited
    assert save(texts, force=True).is_new
    assert script.read_bytes() == saved


def test_parts_are_numbered_before_chapters_are_left_out(texts: Path) -> None:
    (texts / "en" / "novel.txt").write_text(
        "---\ntitle: N\nskip: [Two]\n---\nCHAPTER I\n\nOne.\n\nCHAPTER II\n\nTwo.\n", "utf-8"
    )
    [edition] = find_texts(texts).editions

    def chosen(settings: Settings) -> tuple[list[bool], str]:
        project = Project.at(texts.parent, settings)
        plan = plan_edition(edition, settings, Voices(settings, project.store), project)
        found = chapters_overview(plan, read_text(plan))
        assert [part.number for part in found.chapters] == list(range(1, len(found.chapters) + 1))
        assert all(part.length_s > 0 and not part.is_measured for part in found.chapters)
        return [part.is_chosen for part in found.chapters], found.failure.message if found.failure else ""

    assert chosen(SETTINGS) == ([True, True], "there is no chapter “Two”")
    assert chosen(Settings(engine="tone", works={"novel": WorkSettings("2")})) == ([False, True], "")
