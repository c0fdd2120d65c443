"""What a real Audiobookshelf server shows of a library; see docs/testing.md for how to run these tests."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from audiobookshelf import Audiobookshelf, shown, titles
from tools import Json, Shelf

pytestmark = pytest.mark.skipif(
    "AUDIOBOOK_AUDIOBOOKSHELF" not in os.environ,
    reason="AUDIOBOOK_AUDIOBOOKSHELF names no server: see docs/testing.md",
)

NOTE = "Read by a synthetic voice: tone tone"
WORKS: dict[str, tuple[dict[str, str], Json]] = {
    "en/two": (
        {"title": "Two", "authors": "[Ann Lee, Bo Berg]", "narrator": "Cy Dale", "date": "1999-05-31"},
        {"title": "Two", "authors": ["Ann Lee", "Bo Berg"], "narrators": ["Cy Dale"], "year": "1999"},
    ),
    "en/three": (
        {
            "title": '"1984: a/b? [UNABRIDGED] Yes."',
            "authors": '["Le Guin, Ursula K.", Simon and Garfunkel, Rees & Sons]',
            "narrator": '"Dale, Cy"',
            "series": '"Walks & Talks, and More"',
            "series_position": "1.5",
            "description": '"One & <two>.\\n\\nThree."',
        },
        {
            "title": "1984: a/b? [UNABRIDGED] Yes.",
            "authors": ["Le Guin, Ursula K.", "Simon and Garfunkel", "Rees & Sons"],
            "narrators": ["Dale, Cy"],
            "series": [("Walks & Talks, and More", "1.5")],
            "description": "<p>One &amp; &lt;two&gt;.</p><p>Three.</p>",
        },
    ),
    "en/bridge": ({"title": "Walk", "author": "Ann Lee"}, {"title": "Walk", "authors": ["Ann Lee"]}),
    "fi/bridge": (
        {"title": "Walk", "author": "Ann Lee"},
        {"title": "Walk", "authors": ["Ann Lee"], "language": "Finnish"},
    ),
    "en/first": (
        {"title": "CD 1", "author": "Ann Lee", "series": "Walk", "series_position": "1"},
        {"title": "CD 1", "authors": ["Ann Lee"], "series": [("Walk", "1")]},
    ),
    "ja/gate": (
        {"title": "羅生門", "authors": "[芥川 龍之介, 夏目 漱石]", "narrator": "声", "series": "短編"},
        {
            "title": "羅生門",
            "authors": ["芥川 龍之介", "夏目 漱石"],
            "narrators": ["声"],
            "series": [("短編", None)],
            "language": "Japanese",
        },
    ),
}
USUAL: Json = {
    "authors": [],
    "narrators": ["Test tones, not speech"],
    "series": [],
    "year": None,
    "description": NOTE,
    "language": "English",
    "chapters": ["Morning", "Night"],
}


def text(**fields: str) -> str:
    front = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return f"---\n{front}---\n\n# Morning\n\nIt was early.\n\n# Night\n\nIt was late.\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audiobookshelf]:
    with Audiobookshelf(tmp_path_factory.mktemp("server") / "files") as server:
        yield server


def shelf_at(root: Path) -> Shelf:
    shelf = Shelf(root)
    shelf.write("audiobook.toml", 'engine = "tone"\njobs = 1\n')
    return shelf


def export(shelf: Shelf, *options: str) -> Path:
    shelf.build(*options)
    done = shelf.run("export", "--to", "library", "--output", "lib")
    assert done.code == 0, done.err
    return shelf.root / "lib"


@pytest.mark.parametrize("options", [(), ("--format", "m4b"), ("--split", "chapter")])
def test_each_work_is_shown_once_with_everything_about_it(
    server: Audiobookshelf, tmp_path: Path, options: tuple[str, ...]
) -> None:
    shelf = shelf_at(tmp_path)
    for label, (fields, _) in WORKS.items():
        shelf.write(f"texts/{label}.md", text(**fields))
    items = server.scan(server.add_library(export(shelf, *options)))
    seen = {(each["title"], each["language"]): each for each in map(shown, items)}
    expected = [USUAL | each for _, each in WORKS.values()]
    assert len(items) == len(seen)
    assert seen == {(each["title"], each["language"]): each for each in expected}
    for item in items:
        assert item["media"]["coverPath"].endswith("/cover.jpg")
        assert not item["isMissing"]


def test_three_hundred_chapters_begin_where_the_sound_has_them(
    server: Audiobookshelf, tmp_path: Path
) -> None:
    shelf = shelf_at(tmp_path)
    shelf.write("texts/en/long.md", "".join(f"# Part {number}\n\nGo.\n\n" for number in range(300)))
    (item,) = server.scan(server.add_library(export(shelf, "--format", "m4b")))
    chapters = item["media"]["chapters"]
    record = shelf.record("en/long")
    expected = [(each["title"], each["start_samples"] / record["rate_hz"]) for each in record["chapters"]]
    assert [title for title, _ in expected] == titles(item)
    assert [start for _, start in expected] == pytest.approx([each["start"] for each in chapters], abs=0.03)


def test_files_of_chapters_with_the_same_title_are_all_shown(server: Audiobookshelf, tmp_path: Path) -> None:
    shelf = shelf_at(tmp_path)
    shelf.write("texts/en/letters.md", "---\ntitle: Letter\n---\n" + "# Letter\n\nDear you.\n\n" * 3)
    (item,) = server.scan(server.add_library(export(shelf, "--split", "chapter")))
    assert titles(item) == ["Letter", "Letter", "Letter"]


@pytest.mark.parametrize("stores_metadata", [False, True])
def test_a_book_stays_one_item_whatever_changes(
    server: Audiobookshelf, tmp_path: Path, stores_metadata: bool
) -> None:
    shelf = shelf_at(tmp_path)
    server.ask("/api/settings", "PATCH", storeMetadataWithItem=stores_metadata)
    walk = {"title": "Walk", "authors": "[Ann Lee]", "series": "Walks", "series_position": "2"}
    shelf.write("texts/en/walk.md", text(**walk))
    library = server.add_library(export(shelf, "--format", "m4b"))
    (first,) = server.scan(library)
    server.ask(f"/api/me/progress/{first['id']}", "PATCH", currentTime=5, duration=first["media"]["duration"])

    def item_after(content: str, *options: str) -> Json:
        shelf.write("texts/en/walk.md", content)
        export(shelf, *options)
        (item,) = server.scan(library)
        assert item["id"] == first["id"]
        record = shelf.record("en/walk")
        assert item["media"]["duration"] == pytest.approx(
            record["length_samples"] / record["rate_hz"], abs=0.1
        )
        assert item["media"]["coverPath"].endswith("/cover.jpg")
        return shown(item)

    edited = item_after(text(**walk) + "\n# Dawn\n\nIt was new.\n", "--format", "m4b")
    assert edited["chapters"] == ["Morning", "Night", "Dawn"]
    moved = item_after(text(**walk | {"series": "Hikes"}), "--format", "m4b")
    assert (moved["series"], moved["chapters"]) == ([("Hikes", "2")], ["Morning", "Night"])
    assert (
        item_after(text(**walk | {"title": '"Walk: a tale"'}), "--format", "m4b")["title"] == "Walk: a tale"
    )
    assert item_after(text(**walk), "--format", "mp3", "--split", "chapter")["chapters"] == [
        "Morning",
        "Night",
    ]
    named = item_after(text(**walk | {"authors": "[Ann Lee, Bo]"}), "--format", "mp3")
    assert (named["authors"], named["title"]) == (["Ann Lee", "Bo"], "Walk")
    progress = server.ask(f"/api/me/progress/{first['id']}")
    assert (progress["libraryItemId"], progress["currentTime"]) == (first["id"], 5)


def test_with_other_sources_of_details_each_work_is_still_shown_once(
    server: Audiobookshelf, tmp_path: Path
) -> None:
    shelf = shelf_at(tmp_path)
    front = {
        "title": '"Walk: why?"',
        "authors": "[Ann Lee, Bo Berg]",
        "narrator": "Cy Dale",
        "series": "Walks",
    }
    shelf.write("texts/en/walk.md", text(**front, series_position="2"))
    folder = export(shelf, "--format", "m4b")
    for source in ("audioMetatags", "opfFile", "folderStructure"):
        (item,) = server.scan(server.add_library(folder, metadataPrecedence=[source]))
        seen = shown(item)
        assert seen["authors"] == ["Ann Lee", "Bo Berg"], source
        assert seen["series"] == [("Walks", "2")], source
        assert re.sub(r" - |: ", " ", seen["title"]).rstrip("?") == "Walk why", source
        assert source == "folderStructure" or seen["narrators"] == ["Cy Dale"]
