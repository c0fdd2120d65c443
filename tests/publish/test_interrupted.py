"""Publishing that is killed, refused or disturbed leaves old or new files, nothing half-done, and recovers."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from killed_publisher import published
from patience import PATIENCE_S
from records import put, record
from sampling import sampled
from tools import Finished, Shelf, clean_environment, engine_package, finish, tool, wait_until

from audiobook.publish.address import base_address
from audiobook.publish.publishing import publish
from audiobook.publish.works.shelf import read_shelf
from audiobook.settings import PublishSettings

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="signals, limits and rights of POSIX"),
    pytest.mark.slow,
]

BASE = ("publish", "--base-url", "https://example.org/books")
SENTENCE = "This is a sentence of some length that is said again and again until a minute has passed by. "
BOOK = "# Book\n\n" + "".join(f"## {name}\n\n{SENTENCE * 13}\n\n" for name in ("Alpha", "Beta"))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shelf = Shelf(tmp_path_factory.mktemp("interrupted"))
    shelf.write("texts/en/book.md", BOOK)
    shelf.write("texts/en/walk.txt", "A Walk\n\nHere it is.\n")
    shelf.write("texts/fi/walk.txt", "Kävely\n\nTässä se on.\n")
    shelf.build("--engine", "espeak")
    return shelf.root


@pytest.fixture
def works(built: Path, tmp_path: Path) -> Shelf:
    return Shelf(shutil.copytree(built, tmp_path / "project"))


def contents(output: Path) -> dict[str, bytes]:
    """Return the contents of an output folder."""
    found = (path for path in output.rglob("*") if path.is_file())
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in found}


@pytest.mark.exhaustive
def test_after_a_kill_at_any_rename_the_next_run_gives_the_expected_publication(
    works: Shelf, tmp_path: Path
) -> None:
    whole_works = PublishSettings(fast_start=False)
    address = base_address("https://example.org")
    hidden = works.book("en/book", ".json").rename(tmp_path / "book.json")
    publish(read_shelf(works.output), works.output, address, whole_works, datetime(2026, 1, 1, tzinfo=UTC))
    hidden.rename(works.book("en/book", ".json"))
    for path in works.output.glob("fi/walk*"):
        if path.suffixes == [".json"]:
            path.unlink()
    before = shutil.copytree(works.output, tmp_path / "before")
    script = Path(__file__).with_name("killed_publisher.py")
    subprocess.run([sys.executable, str(script), str(before)], check=True, timeout=PATIENCE_S)
    published(works.output, day=2)
    expected = contents(works.output)
    assert "fi/walk.html" not in expected
    assert contents(before.with_name("whole")) == expected, "this one was not killed"
    copies = list(tmp_path.glob("killed-*"))
    assert len(copies) > 10
    for copy in copies:
        # If it was killed before anything changed, the third day is the day of publication.
        is_begun = (copy / "publication.json").read_bytes() != (before / "publication.json").read_bytes()
        published(copy, day=3)
        found = contents(copy)
        assert found.keys() == expected.keys()
        if is_begun:
            assert found == expected, copy.name


@pytest.mark.exhaustive
def test_a_kill_at_any_moment_leaves_no_temporary_files_for_good(works: Shelf) -> None:
    works.write("audiobook.toml", '[publish]\nepisodes = "chapter"\n')
    for pattern in ("assets/*/.*.part", "en/*.parts/.*.part", "en/.*.part", "publication.json"):
        process = works.start(*BASE)
        wait_until(lambda: any(works.output.glob(pattern)) or process.poll() is not None, pattern)  # noqa: B023
        process.send_signal(signal.SIGKILL)
        finish(process)
    assert works.run(*BASE).code == 0
    assert works.leftovers() == []
    assert works.run("check").code == 0
    assert works.run(*BASE, "--json").answer["written"] == []


LIMITED = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv.pop(1)),) * 2)
sys.argv[0] = "audiobook"
runpy.run_module("audiobook", run_name="__main__")
"""


@pytest.mark.parametrize("longest_bytes", sampled([0, 3000, 30_000, 150_000]))
def test_a_full_disk_leaves_the_old_publication(works: Shelf, longest_bytes: int) -> None:
    works.write("audiobook.toml", '[publish]\nepisodes = "chapter"\n')
    before = contents(works.output)
    command = [sys.executable, "-c", LIMITED, str(longest_bytes), *BASE]
    done = command_in(works, command)
    assert done.code == 4, done.err
    assert "writing failed" in done.err
    assert contents(works.output) == before
    assert works.run(*BASE).code == 0


def command_in(works: Shelf, command: Sequence[str]) -> Finished:
    done = subprocess.run(
        command, cwd=works.root, env=clean_environment(), capture_output=True, encoding="utf-8", check=False
    )
    assert "Traceback" not in done.stderr
    return Finished(done.returncode, done.stdout, done.stderr)


def without_rights(command: Sequence[str]) -> list[str]:
    """Return a command that respects file permissions even if root runs the tests."""
    if os.geteuid():
        return list(command)
    return [tool("setpriv"), "--bounding-set=-dac_override,-dac_read_search", *command]


def test_a_read_only_output_is_refused_but_a_dry_run_works(works: Shelf) -> None:
    folders = [path for path in (works.output, *works.output.rglob("*")) if path.is_dir()]
    before = works.tree()
    for folder in folders:
        folder.chmod(0o555)
    command = without_rights([sys.executable, "-m", "audiobook", *BASE])
    try:
        refused, dry = command_in(works, command), command_in(works, [*command, "--dry-run"])
    finally:
        for folder in folders:
            folder.chmod(0o755)
    assert refused.code == 4
    assert "Permission denied" in refused.err
    assert (dry.code, "error" in dry.err) == (0, False), dry.err
    assert "would write en/book.html" in dry.out
    assert works.tree() == before


def test_a_dry_run_predicts_the_next_run(works: Shelf) -> None:
    works.write("audiobook.toml", '[publish]\nepisodes = "chapter"\n')
    dry = works.run(*BASE, "--dry-run", "--json", SOURCE_DATE_EPOCH="1780000000").answer
    assert any(path.startswith("en/book.parts/book-02-") and "mp3" in path for path in dry["written"])
    assert works.run(*BASE, "--json", SOURCE_DATE_EPOCH="1780000000").answer["written"] == dry["written"]
    works.book("fi/walk", ".json").unlink()
    dry = works.run(*BASE, "--dry-run", "--json").answer
    assert "fi/walk.html" in dry["withdrawn"]
    assert "would withdraw fi/walk.html" in works.run(*BASE, "--dry-run").out
    assert works.book("fi/walk", ".html").exists()
    done = works.run(*BASE)
    assert done.out.endswith(f"; {len(dry['withdrawn'])} withdrawn\n")
    assert not works.book("fi/walk", ".html").exists()


@pytest.mark.exhaustive
def test_publish_waits_for_another_publish_and_for_a_build(built: Path, tmp_path: Path) -> None:
    path = engine_package(tmp_path / "engine", "slow", "time.sleep(1)", "True")
    works = Shelf(shutil.copytree(built, tmp_path / "project"), PYTHONPATH=path)
    works.write("texts/lv/new.txt", "Jauns\n\nTeksts.\n")
    clips = len(works.clips())
    build = works.start("build", "--lang", "lv", "--engine", "slow")
    wait_until(lambda: len(works.clips()) > clips, "the build has begun")
    both = [works.start(*BASE) for _ in range(2)]
    assert [finish(process).code for process in (build, *both)] == [0, 0, 0]
    assert "lv/new.html" in contents(works.output)
    assert works.leftovers() == []
    assert works.run("check").code == 0
    assert works.run(*BASE, "--json").answer["written"] == []


def overwrite(path: Path) -> None:
    """Damage a file without changing its length."""
    data = bytearray(path.read_bytes())
    data[-4:] = bytes(byte ^ 0x55 for byte in data[-4:])
    path.write_bytes(data)


def test_a_damaged_published_file_is_made_again(works: Shelf) -> None:
    works.write("audiobook.toml", '[publish]\nepisodes = "chapter"\n')
    works.run(*BASE)
    whole = contents(works.output)
    damaged = [*works.output.glob("en/podcast-*.jpg"), *works.output.glob("en/book.parts/book-02-*.mp3")]
    assert len(damaged) == 2
    for path in damaged:
        overwrite(path)
    assert works.run("check").code == 1
    assert works.run(*BASE).code == 0
    assert contents(works.output) == whole
    assert works.run("check").code == 0


def test_a_damaged_book_is_left_out_and_the_rest_is_uploaded(works: Shelf) -> None:
    works.run(*BASE)
    overwrite(works.book("en/walk"))
    done = works.run(*BASE)
    assert done.code == 1
    assert (
        "error: en/walk.json: walk.mp3 is missing or changed since it was built; build it again" in done.err
    )
    assert works.book("en/walk", ".html").exists()
    sent = works.run(*BASE, "--to", "../elsewhere", "--json")
    assert sent.code == 1
    assert {works.sound("en/book"), "en/feed.xml", "index.html"} <= set(sent.answer["sent"])
    # The published copy is not damaged, and fits the page that stays.
    sound = works.sound("en/walk")
    assert [path for path in sent.answer["sent"] if path.startswith("en/walk") and path.endswith(".mp3")] == [
        sound
    ]
    works.build("--engine", "espeak")
    again = works.run(*BASE, "--to", "../elsewhere", "--json")
    assert (again.code, works.sound("en/walk")) == (0, sound)
    assert sound not in again.answer["sent"], "the same bytes were built again"


def test_no_page_links_to_an_edition_that_could_not_be_published(works: Shelf) -> None:
    mp3 = works.book("fi/walk")
    when_ns = mp3.stat().st_mtime_ns
    mp3.write_bytes(b"\0" * 64 + mp3.read_bytes()[64:])
    os.utime(mp3, ns=(when_ns, when_ns))
    assert works.run(*BASE).code == 1
    assert "../fi/walk.html" not in works.book("en/walk", ".html").read_text("utf-8")
    assert not (works.output / "fi" / "feed.svg").exists()


def disturb(works: Shelf, mine: Path) -> None:
    """Put a pipe, a device and a link to one of the user's files in place of pages."""
    for path in (works.output / "index.html", works.book("en/walk", ".html"), works.book("en/book", ".html")):
        path.unlink(missing_ok=True)
    os.mkfifo(works.output / "index.html")
    works.book("en/walk", ".html").symlink_to("/dev/zero")
    works.book("en/book", ".html").symlink_to(mine)


def test_a_pipe_or_link_that_is_in_the_way_is_reported_and_kept(works: Shelf, tmp_path: Path) -> None:
    (tmp_path / "mine.html").write_text("mine", "utf-8")
    disturb(works, tmp_path / "mine.html")
    before = contents(works.output)
    done = works.run(*BASE)
    assert done.code == 4
    assert (
        "these files were not published by this project: en/walk.html, en/book.html, index.html" in done.err
    )
    assert contents(works.output) == before
    assert works.run(*BASE, "--force").code == 0
    assert (tmp_path / "mine.html").read_text("utf-8") == "mine"


def test_a_pipe_or_link_in_place_of_a_published_page_is_replaced(works: Shelf, tmp_path: Path) -> None:
    (tmp_path / "mine.html").write_text("mine", "utf-8")
    assert works.run(*BASE).code == 0
    disturb(works, tmp_path / "mine.html")
    assert works.run(*BASE).code == 0
    for path in (works.output / "index.html", works.book("en/walk", ".html"), works.book("en/book", ".html")):
        assert path.is_file()
        assert not path.is_symlink()
    assert (tmp_path / "mine.html").read_text("utf-8") == "mine"


def test_a_removed_work_is_withdrawn_and_recognised_when_it_comes_back(works: Shelf) -> None:
    works.run(*BASE, SOURCE_DATE_EPOCH="1780000000")
    feed = (works.output / "en" / "feed.xml").read_bytes()
    gone = {path.name: path.read_bytes() for path in works.output.glob("en/walk.*") if path.is_file()}
    for name in gone:
        (works.output / "en" / name).unlink()
    answer = works.run(*BASE, "--json").answer
    assert {"en/walk.html", "en/walk.mp3"} <= set(answer["withdrawn"])
    assert "en/walk" not in (works.output / "index.html").read_text("utf-8")
    for name in (name for name in gone if name in ("walk.mp3", "walk.json") or ".cover-" in name):
        (works.output / "en" / name).write_bytes(gone[name])
    works.run(*BASE)
    assert (works.output / "en" / "feed.xml").read_bytes() == feed
    assert json.loads((works.output / "publication.json").read_bytes())["feeds"]["en"]["episodes"]["walk"]


def test_a_work_that_is_rebuilt_during_publishing_is_left_out_entirely(tmp_path: Path) -> None:
    shelf = put(tmp_path, record("one"), record("two"))
    put(tmp_path, record("one", title="Another"))
    address = base_address("https://example.org")
    done = publish(
        shelf, tmp_path, address, PublishSettings(fast_start=False), datetime(2026, 1, 1, tzinfo=UTC)
    )
    assert [(one.where, "changed during" in one.message) for one in done.problems] == [("en/one.json", True)]
    assert "en/two.html" in done.publication.files
    assert "en/one.html" not in done.publication.files
