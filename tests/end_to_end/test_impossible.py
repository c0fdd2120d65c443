"""Sealed records with impossible contents, read by the real commands.

Promise: a sealed file with impossible contents is found by `check` and refused by name, and the others
continue.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tools import Finished, Json, Shelf, png

from audiobook.book.record.reading import load_record
from audiobook.book.record.works import Record
from audiobook.book.record.writing import write_record

PUBLISH = ("publish", "--base-url", "https://example.org/books")
TEXT = (
    "# A Book\n\n## One\n\nThe first paragraph is here. It has two sentences.\n\n## Two\n\nThe second one.\n"
)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shelf = Shelf(tmp_path_factory.mktemp("impossible"))
    shelf.write("texts/en/book.md", TEXT)
    shelf.write("texts/en/other.txt", "Another\n\nIt is whole.\n")
    shelf.write("audiobook.toml", 'engine = "tone"\n')
    shelf.build()
    return shelf.root


@pytest.fixture
def works(built: Path, tmp_path: Path) -> Shelf:
    return Shelf(shutil.copytree(built, tmp_path / "project"))


def forge(works: Shelf, change: Callable[[Json], object], label: str = "en/book") -> None:
    """Change the record of a work, and seal it as if it had been built that way."""
    path = works.book(label, ".json")
    shown = json.loads(path.read_bytes())
    change(shown)
    write_record(path, msgspec.convert(shown, Record))
    assert load_record(path)


def another_length(shown: Json) -> None:
    """A record that claims the book is half a second shorter, consistently."""
    length = shown["length_samples"] - 11025
    shown.update(length_samples=length, duration_s=round(length / shown["rate_hz"], 3))
    shown["chapters"][-1]["end_samples"] = length


def another_rate(shown: Json) -> None:
    shown.update(rate_hz=24000, duration_s=round(shown["length_samples"] / 24000, 3))


def first_sentence(shown: Json) -> Any:
    return shown["chapters"][0]["paragraphs"][0]["sentences"][0]


FORGERIES: dict[str, Callable[[Json], object]] = {
    "a sentence past its text": lambda r: first_sentence(r).update(end=10_000),
    "a language that is a path": lambda r: r.update(language="../../x"),
    "a slug that is a path": lambda r: r.update(slug="../other"),
    "the slug of another work": lambda r: r.update(slug="other"),
    "a cover that is a path": lambda r: r["cover"].update(name="../../keys.jpg"),
    "a chapter twice": lambda r: r["chapters"].append(r["chapters"][-1]),
    "an enormous length": lambda r: r.update(length_samples=1 << 62),
    "an encoding that is none": lambda r: r.update(encoding="nosuch"),
    "another length than the MP3": another_length,
    "another rate than the MP3": another_rate,
}


def others_go_on(done: Finished) -> None:
    assert "Traceback" not in done.err, done.err
    assert done.code == 1
    named = [line for line in done.err.splitlines() if line.startswith("error: ")]
    assert named
    assert all(re.match(r"error: en/book(-\d)?\.(json|mp3): ", line) for line in named), named


@pytest.mark.exhaustive
@pytest.mark.slow
def test_forged_works_are_left_out_and_a_build_repairs_them(tmp_path: Path) -> None:
    works = Shelf(tmp_path / "project")
    works.write("audiobook.toml", 'engine = "tone"\n')
    works.write("texts/en/other.txt", "Another\n\nIt is whole.\n")
    slugs = [f"book-{number}" for number in range(len(FORGERIES))]
    for slug in slugs:
        works.write(f"texts/en/{slug}.md", TEXT)
        works.write(f"texts/en/{slug}.png", png(60, 60))  # quicker than to draw a cover
    works.build()
    before = works.outputs()
    for slug, change in zip(slugs, FORGERIES.values(), strict=True):
        forge(works, change, f"en/{slug}")
    checked = works.run("check")
    others_go_on(checked)
    assert checked.out == f"1 of {len(slugs) + 1} works OK\n"
    published = works.run(*PUBLISH)
    others_go_on(published)
    assert works.book("en/other", ".html").exists()
    assert "other" in (works.output / "en/feed.xml").read_text("utf-8")
    listed = works.run("list", "--json")
    assert listed.code == 0
    for slug in slugs:
        assert not works.book(f"en/{slug}", ".html").exists(), slug
        assert f"error: en/{slug}." in checked.err
        assert f"error: en/{slug}." in published.err
        assert listed.works[f"en/{slug}"]["reasons"] == ["output damaged"], slug
        script = works.run("script", slug, "--json")
        assert (script.code, script.answer["rate_hz"]) == (0, None), slug
    assert {work["state"] for label, work in works.build().items() if label != "en/other"} == {"built"}
    assert {path: works.outputs()[path] for path in before} == before


@pytest.mark.slow
def test_a_forged_work_is_reported_and_not_served(works: Shelf) -> None:
    for name in ("book", "other"):
        path = works.book(f"en/{name}", ".json")
        shown = json.loads(path.read_bytes())
        shown["chapters"] *= 2
        write_record(path, msgspec.convert(shown, Record))
    done = works.run("serve", "--port", "0")
    assert done.code == 3
    assert "error: en/book.json: impossible record: chapter " in done.err
    assert "error: en/other.json: impossible record: chapter " in done.err


@pytest.mark.slow
def test_a_work_that_is_forged_after_it_was_published_keeps_what_is_public(works: Shelf) -> None:
    assert works.run(*PUBLISH).code == 0
    page = works.book("en/book", ".html").read_bytes()
    forge(works, FORGERIES["a sentence past its text"])
    others_go_on(works.run(*PUBLISH))
    assert works.book("en/book", ".html").read_bytes() == page


@pytest.mark.parametrize("name", ["a language that is a path", "a cover that is a path"])
def test_a_forged_work_is_not_played(works: Shelf, name: str) -> None:
    forge(works, FORGERIES[name])
    done = works.run("play", "book", PATH="/nowhere")
    exported = works.run("export", "book", "--to", "epub")
    assert (done.code, exported.code) == (1, 1)
    assert "error: book.json: impossible record: " in done.err
    assert "error: book.json: impossible record: " in exported.err


@pytest.mark.parametrize("work", ["../../keys", "*", "[", "\n", "book/../book", "a" * 5000])
def test_a_work_argument_that_is_a_path_is_not_looked_up_elsewhere(works: Shelf, work: str) -> None:
    done = works.run("play", work, PATH="/nowhere")
    assert done.code == 3
    assert "Traceback" not in done.err


def test_no_times_come_from_a_record_with_other_chapters_than_the_text(works: Shelf) -> None:
    """The record is possible in itself, but not for this text."""

    def change(shown: Json) -> None:
        [*_, one, two] = shown["chapters"]
        one.update(end_samples=two["end_samples"], paragraphs=[*one["paragraphs"], *two["paragraphs"]])
        shown["chapters"].remove(two)

    forge(works, change)
    for flags in (("--json",), ()):
        done = works.run("script", "book", *flags)
        assert (done.code, "Traceback" in done.err) == (0, False)
        assert "en/book.json does not match this text" in done.err
    assert works.run("script", "book", "--json").answer["rate_hz"] is None
    assert "en/book.mp3: has other chapters than the record" in works.run("check").err


def test_the_source_name_in_a_record_is_only_looked_up_among_the_texts(works: Shelf) -> None:
    """A missing text is looked up by its name in the record, however odd."""
    works.book("en/book", ".json")
    (works.root / "texts/en/book.md").unlink()
    for source in ("texts/" + "a" * 5000, "texts/en/\n\x1b[2J", "/etc/passwd"):
        forge(works, lambda r: r.update(source=source))  # noqa: B023
        done = works.run(*PUBLISH)
        assert (done.code, "Traceback" in done.err) == (0, False), done.err
