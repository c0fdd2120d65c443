"""User files are never deleted, replaced or followed, by the real command on real projects.

A store or an output set to a folder with the user's files; links in store,
output, locks, notes and covers that lead elsewhere. “Bad input”: a link out of the tree or a loop, a FIFO, a device
or a folder in place of a file. “Faults”: kill -9 at any moment, stale temporaries swept.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sampling import sampled
from services import LoopbackService
from tools import Finished, Shelf, clean_environment, png, tool

from audiobook.clips.store import ClipStore
from audiobook.files import digest

TONE = ("--engine", "tone")
LONG_DEAD = 2**22 + 1
"""A process id above the limit of the system."""
MINE = {
    "notes/diary.md": "diary",
    "notes/loudness-of-me.txt": "loud",
    "clips/ab/holiday.clip": "holiday",
    f"clips/ab/{'cd' * 32}.clip": "in the wrong folder",
    f"clips/{'ab' * 32}.clip": "not where clips are",
    "clips/ab/.draft.12.part": "draft",
    "shared/pace.json": "pace",
    "replies/letter.txt": "letter",
    "replies/.letter.txt.4194305.part": "half a letter",
    "damaged/car.jpg": "car",
    "site/index.html": "my site",
    ".mine.12.part": "mine",
}


def with_texts(root: Path) -> Shelf:
    """Return a project with two texts."""
    shelf = Shelf(root)
    shelf.write("texts/en/a.txt", "A word.\n")
    shelf.write("texts/fi/b.txt", "Sana.\n")
    return shelf


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """These texts, built. Do not change them."""
    shelf = with_texts(tmp_path_factory.mktemp("built"))
    shelf.build(*TONE)
    for lock in (shelf.root / ".audiobook").glob("build-*.lock"):
        lock.unlink()  # it belongs to the path of this folder
    return shelf


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """A project with two texts, next to files of the user."""
    shelf = with_texts(tmp_path / "project")
    shelf.write("../keys", "secret")
    (tmp_path / "elsewhere").mkdir()
    return shelf


@pytest.fixture
def built(shelf: Shelf, built_once: Shelf) -> None:
    """Both texts of the project are built."""
    shutil.copytree(built_once.root, shelf.root, dirs_exist_ok=True)


def untouched(shelf: Shelf) -> bool:
    """Return whether the files next to the project are unchanged."""
    beside = shelf.root.parent
    return (beside / "keys").read_text() == "secret" and not any((beside / "elsewhere").iterdir())


def assert_refused(done: Finished, code: int, *said: str) -> None:
    assert done.code == code, done
    assert "Traceback" not in done.err
    assert "hint: " in done.err
    for words in said:
        assert words in done.err


def put_in_place(kind: str, path: Path, shelf: Shelf) -> None:
    """Put something that is not a file in the place of one of ours."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "folder":
        (path / "inner").mkdir(parents=True)
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to({"loop": Path(path.name), "link": shelf.root.parent / "keys"}[kind])


# The store


@pytest.mark.slow
@pytest.mark.parametrize("store", sampled(["mine", "../elsewhere"]))
def test_a_folder_of_the_user_as_store_loses_nothing(shelf: Shelf, store: str) -> None:
    shelf.write("audiobook.toml", f'store = "{store}"\n')
    for name, content in MINE.items():
        shelf.write(f"{store}/{name}", content)
    shelf.build(*TONE)
    for arguments in ((), ("--unused",), ("--replies",), ("--unused", "--replies")):
        assert_refused(shelf.run("clean", *arguments), 2, "nothing was deleted")
    shelf.build(*TONE)
    assert {name: (shelf.root / store / name).read_text() for name in MINE} == MINE
    if store != "../elsewhere":
        assert untouched(shelf)


@pytest.mark.slow
@pytest.mark.usefixtures("built")
def test_files_of_the_user_in_our_own_store_stay(shelf: Shelf) -> None:
    for name, content in MINE.items():
        shelf.write(f".audiobook/{name}", content)
    assert shelf.run("clean", "--replies").code == 0
    assert {name: (shelf.root / ".audiobook" / name).read_text() for name in MINE} == MINE
    store = shelf.root / ".audiobook"
    left = {path.relative_to(store).as_posix() for path in store.rglob("*") if path.is_file()}
    assert {name for name in left if not name.startswith("build-")} == {*MINE, ".audiobook-store"}


@pytest.mark.slow
@pytest.mark.parametrize("store", sampled([".audiobook", "kept"]))
def test_a_store_of_an_earlier_version_is_recognised_and_cleaned_whole(shelf: Shelf, store: str) -> None:
    shelf.write("audiobook.toml", f'store = "{store}"\n')
    shelf.build(*TONE)
    (shelf.root / store / ".audiobook-store").unlink()
    for lock in (shelf.root / store).glob("build-*"):
        lock.unlink()
    shelf.build(*TONE)
    assert (shelf.root / store / ".audiobook-store").is_file()
    (shelf.root / store / ".audiobook-store").unlink()
    assert shelf.run("clean").out.startswith("2 clips deleted")
    assert not (shelf.root / store).exists()


@pytest.mark.parametrize(
    "name", ["mine.txt", "notes/mine.txt", "clips/zz/x", "other/", "site/a.html", "clips"]
)
def test_an_unmarked_folder_with_other_files_is_not_treated_as_a_store(shelf: Shelf, name: str) -> None:
    shelf.write("audiobook.toml", 'store = "kept"\n')
    if name.endswith("/"):
        (shelf.root / "kept" / name).mkdir(parents=True)
    elif name == "clips":
        (shelf.root / "kept").mkdir()
        (shelf.root / "kept/clips").symlink_to("../texts")
    else:
        shelf.write(f"kept/{name}", "mine")
    before = shelf.tree()
    assert_refused(shelf.run("clean"), 2, "kept: contains files not made by audiobook")
    assert shelf.tree() == before


@pytest.mark.slow
def test_a_link_or_another_text_is_not_accepted_as_a_mark(shelf: Shelf) -> None:
    shelf.write("audiobook.toml", 'store = "mine"\n')
    shelf.write("mine/diary.md", "diary")
    shelf.build(*TONE)
    for mark in ("of somebody else", None):
        (shelf.root / "mine/.audiobook-store").unlink(missing_ok=True)
        if mark:
            shelf.write("mine/.audiobook-store", mark)
        else:
            (shelf.root / "mine/.audiobook-store").symlink_to("../../keys")
        assert_refused(shelf.run("clean"), 2)


@pytest.mark.usefixtures("built")
def test_unused_clips_are_kept_if_nothing_says_which_are_used(shelf: Shelf) -> None:
    (shelf.root / "empty").mkdir()
    shelf.write("damaged/en/a.json", b"\xff")
    for output in ("outptu", "empty", "damaged"):
        assert_refused(shelf.run("clean", "--unused", "--output", output), 2, f"{output}/ ", "--output")
        assert len(shelf.clips()) == 2
    assert_refused(
        shelf.run("clean", "--unused", "--output", "texts"), 2, "output and texts are the same folder"
    )
    assert len(shelf.clips()) == 2


@pytest.mark.usefixtures("built")
def test_paid_replies_are_only_removed_on_request_and_counted(shelf: Shelf) -> None:
    replies = ClipStore(shelf.root / ".audiobook").replies
    names = [
        f"openai-{'ab' * 32}",
        "hello-1",
    ]  # a name of ours, and one of a third-party engine
    for name in names:
        replies.put(name, b"speech")
    shelf.write(".audiobook/replies/hello-2", "not sealed")
    kept = "; kept 2 replies of online services"
    assert kept in shelf.run("clean", "--dry-run").out
    assert kept in shelf.run("clean", "--unused").out
    assert kept in shelf.run("clean").out
    assert [replies.get(name) for name in names] == [b"speech"] * 2
    before = shelf.tree()
    would = shelf.run("clean", "--replies", "--dry-run")
    told = "openai: 1 cached reply, 1 kB, would be deleted; requesting them again may cost money"
    assert would.out.splitlines()[1] == told
    assert would.out.splitlines()[2].startswith("0 clips and 2 cached replies would be deleted")
    assert shelf.tree() == before
    assert "\n0 clips and 2 cached replies deleted" in shelf.run("clean", "--replies").out
    assert [path.name for path in (shelf.root / ".audiobook/replies").iterdir()] == ["hello-2"]


@pytest.mark.usefixtures("built")
def test_a_dry_run_of_clean_changes_nothing_and_says_what_clean_does(shelf: Shelf) -> None:
    before = shelf.tree()
    would = shelf.run("clean", "--dry-run")
    assert (would.code, would.out.split(",")[0]) == (0, "2 clips would be deleted")
    assert shelf.tree() == before
    assert shelf.run("clean").out.startswith("2 clips deleted")


@pytest.mark.slow
def test_serve_publishes_into_no_folder_of_the_user(shelf: Shelf) -> None:
    shelf.write("audiobook.toml", 'store = "mine"\n')
    shelf.write("mine/diary.md", "diary")
    shelf.build(*TONE)
    shelf.write("mine/site/index.html", "my site")
    assert_refused(shelf.run("serve", "--port", "0"), 2, "site: ")
    assert (shelf.root / "mine/site/index.html").read_text() == "my site"
    shelf.write("mine/site/publication.json", "{")
    done = shelf.run("serve", "--port", "0")
    assert (done.code, "publication.json" in done.err) == (1, True)
    left = sorted(path.name for path in (shelf.root / "mine/site").iterdir())
    assert left == ["index.html", "publication.json"]


# Links


@pytest.mark.parametrize("language", ["en", "fi"])
def test_a_link_in_place_of_the_folder_of_a_language_is_refused_by_name(shelf: Shelf, language: str) -> None:
    shelf.output.mkdir()
    (shelf.output / language).symlink_to("../../elsewhere")
    publish = ("publish", "--base-url", "https://example.org")
    for command in (("build", *TONE), ("list",), ("check",), ("clean", "--unused"), publish):
        assert_refused(shelf.run(*command), 4, f"output/{language}: is a link")
    assert untouched(shelf)


@pytest.mark.slow
def test_the_output_itself_may_be_a_link_as_the_user_named_it(shelf: Shelf, tmp_path: Path) -> None:
    shelf.output.symlink_to("../elsewhere")
    shelf.build(*TONE)
    assert (tmp_path / "elsewhere/en/a.mp3").is_file()
    assert shelf.run("check").code == 0


@pytest.mark.usefixtures("built")
@pytest.mark.slow
@pytest.mark.parametrize("name", ["clips", "notes", "replies", "shared", "damaged", "site"])
def test_a_link_in_place_of_a_folder_of_the_store_is_refused_by_name(shelf: Shelf, name: str) -> None:
    shutil.rmtree(shelf.root / ".audiobook" / name, ignore_errors=True)
    (shelf.root / ".audiobook" / name).symlink_to("../../elsewhere")
    shelf.write("texts/en/a.txt", "Another word.\n")
    commands = [("serve", "--port", "0")] if name == "site" else [("build", *TONE), ("clean",)]
    for command in commands:
        assert_refused(shelf.run(*command), 4, f".audiobook/{name}: is a link")
    assert untouched(shelf)


@pytest.mark.slow
def test_a_lock_of_an_earlier_version_is_removed_and_other_files_of_that_name_stay(shelf: Shelf) -> None:
    lock = shelf.write("output/.audiobook.lock", "process 12\n")
    shelf.build(*TONE)
    assert sorted(path.name for path in shelf.output.iterdir()) == ["en", "fi"]
    lock.write_text("mine")
    shelf.build(*TONE)
    assert lock.read_text() == "mine"
    lock.unlink()
    lock.symlink_to("../../keys")
    shelf.build(*TONE)
    assert untouched(shelf)


@pytest.mark.slow
@pytest.mark.parametrize("kind", sampled(["link", "loop", "pipe", "folder"]))
def test_anything_but_a_file_in_place_of_a_lock_or_mark_is_set_aside(shelf: Shelf, kind: str) -> None:
    shelf.build(*TONE)
    [lock] = (shelf.root / ".audiobook").glob("build-*.lock")
    for number, path in enumerate((lock, shelf.root / ".audiobook/.audiobook-store")):
        path.unlink()
        put_in_place(kind, path, shelf)
        shelf.write("texts/en/a.txt", f"Word {number}.\n")
        shelf.build(*TONE)
        assert path.is_file()
        assert not path.is_symlink()
        assert os.path.lexists(path.parent / "damaged" / path.name)
    assert untouched(shelf)


@pytest.mark.slow
def test_a_lock_file_with_another_name_elsewhere_is_not_written_to(shelf: Shelf, tmp_path: Path) -> None:
    shelf.build(*TONE)
    [lock] = (shelf.root / ".audiobook").glob("build-*.lock")
    lock.unlink()
    lock.hardlink_to(tmp_path / "keys")
    shelf.write("texts/en/a.txt", "Another word.\n")
    shelf.build(*TONE)
    assert untouched(shelf)


@pytest.mark.exhaustive
@pytest.mark.slow
def test_anything_but_a_file_in_place_of_an_output_fails_that_work_and_stays(shelf: Shelf) -> None:
    kinds = {
        f"{kind}-{suffix}": (kind, suffix)
        for kind in ("link", "loop", "pipe", "folder")
        for suffix in ("mp3", "json", "cover")
    }
    for slug in kinds:
        shelf.write(f"texts/en/{slug}.txt", "A word.\n")
    shelf.build(*TONE, "--lang", "en")
    for slug, (kind, suffix) in kinds.items():
        label = f"en/{slug}"
        path = shelf.cover(label) if suffix == "cover" else shelf.book(label, f".{suffix}")
        path.unlink()
        put_in_place(kind, path, shelf)
    before = [path for path in shelf.output.rglob("*") if not path.is_file() or path.is_symlink()]
    for more in ((), ("--force",)):
        done = shelf.run("build", *TONE, *more)
        assert_refused(done, 1)
        for slug, (_, suffix) in kinds.items():
            assert f"output/en/{slug}.{suffix}" in done.err
        assert done.err.count(": is ") == len(kinds)
        assert shelf.book("fi/b").is_file()
        assert shelf.book("en/a").is_file()
        after = [path for path in shelf.output.rglob("*") if not path.is_file() or path.is_symlink()]
        assert set(before) <= set(after)
    assert shelf.run("check").code == 1
    assert untouched(shelf)


@pytest.mark.slow
@pytest.mark.parametrize("folder", sampled(["texts/en", "texts"]))
def test_a_cover_from_outside_the_texts_is_refused_by_name(shelf: Shelf, folder: str) -> None:
    picture = shelf.write("../picture.png", png(3000, 3000))
    for kind in ("out", "loop", "pipe", "dangling"):
        shelf.write(f"texts/en/{kind}.txt", "A word.\n")
        path = shelf.root / folder / f"{kind}.png"
        if kind in ("loop", "pipe"):
            put_in_place(kind, path, shelf)
        else:
            path.symlink_to(picture if kind == "out" else "nowhere.png")
    done = shelf.run("build", *TONE)
    assert done.code == 1
    for kind in ("out", "loop", "pipe", "dangling"):
        assert f"error: {folder}/{kind}.png: " in done.err
        assert not shelf.book(f"en/{kind}").exists()
    assert shelf.book("en/a").is_file()
    assert shelf.book("fi/b").is_file()


@pytest.mark.slow
def test_a_cover_that_is_a_link_within_the_texts_is_used(shelf: Shelf) -> None:
    shelf.write("texts/pictures.png/front.png", png(3000, 3000))
    (shelf.root / "texts/en/a.png").symlink_to("../pictures.png/front.png")
    shelf.write("texts/pictures.png/.keep", "")
    shelf.run("build", *TONE, "a")
    assert shelf.record("en/a")["cover"]["drawn"] is False


@pytest.mark.slow
def test_a_named_text_uses_a_cover_in_its_folder_but_no_link_out_of_it(shelf: Shelf, tmp_path: Path) -> None:
    shelf.write("../loose/fi/tarina.txt", "Tarina.\n")
    shelf.write("../loose/tarina.png", png(3000, 3000))
    shelf.build(*TONE, "../loose/fi/tarina.txt")
    assert shelf.record("fi/tarina")["cover"]["drawn"] is False
    shutil.move(tmp_path / "loose/tarina.png", tmp_path / "picture.png")
    (tmp_path / "loose/tarina.png").symlink_to("../picture.png")
    done = shelf.run("build", *TONE, "../loose/fi/tarina.txt")
    assert done.code == 1
    assert "tarina.png: the cover is a link" in done.err


@pytest.mark.slow
def test_a_system_that_cannot_lock_a_folder_locks_a_file_in_the_store(shelf: Shelf) -> None:
    """Two builds at once, where the output is on a file system such as NFS."""
    refuses = [
        tool("strace"),
        "-f",
        "-o",
        os.devnull,
        "-e",
        "trace=flock",
        "-e",
        "inject=flock:error=EBADF:when=1",
    ]
    command = [*refuses, sys.executable, "-m", "audiobook", "build", *TONE]
    done = subprocess.run(
        command, cwd=shelf.root, env=clean_environment(), capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stdout) == (0, "2 built\n")
    [lock] = (shelf.root / ".audiobook").glob("build-*.lock")
    assert lock.read_text().startswith("process ")
    assert sorted(path.name for path in shelf.output.iterdir()) == ["en", "fi"]


# Leftovers of killed processes


HALF = """
import os, sys
from pathlib import Path
from audiobook.files import atomic_write
with atomic_write(Path(sys.argv[1])) as stream:
    stream.write(b"half")
    stream.flush()
    os.kill(os.getpid(), 9)
"""


def killed_while_writing(path: Path) -> None:
    subprocess.run([sys.executable, "-c", HALF, str(path)], env=clean_environment(), check=False)


@pytest.mark.slow
@pytest.mark.usefixtures("built")
def test_half_written_files_of_killed_builds_are_removed_and_similar_names_stay(shelf: Shelf) -> None:
    store = shelf.root / ".audiobook"
    for path in (
        store / f"notes/loudness-{'ab' * 32}",
        store / "notes/told-gtts",
        store / f"replies/gtts-{'ab' * 32}",
        store / "shared/pace-translate.google.com.json",
        store / f"clips/ab/{'ab' * 32}.clip",
        store / ".audiobook-store",
        shelf.cover("en/a"),
        shelf.book("en/a"),
        shelf.book("en/a", ".json"),
    ):
        killed_while_writing(path)
    assert len(shelf.leftovers()) == 9
    mine = [
        shelf.write(f"output/en/.notes.txt.{LONG_DEAD}.part", "mine"),
        shelf.write(f"output/.a.mp3.{LONG_DEAD}.part", "mine"),
        shelf.write(f".audiobook/notes/.diary.{LONG_DEAD}.part", "mine"),
        shelf.write(f".audiobook/clips/ab/.holiday.clip.{LONG_DEAD}.part", "mine"),
        shelf.write("output/en/.a.mp3.part", "mine"),
    ]
    (shelf.output / f"en/.a.json.{LONG_DEAD}.part").symlink_to("../../../keys")
    shelf.build(*TONE)
    assert len(shelf.leftovers()) == len(mine) + 1
    assert all(path.read_text() == "mine" for path in mine)
    assert untouched(shelf)


@pytest.mark.usefixtures("built")
def test_old_covers_of_killed_builds_are_removed_and_pictures_of_the_user_stay(shelf: Shelf) -> None:
    old = b"an old cover"
    digits = digest(old)[:8]
    left = shelf.write(f"output/en/a.cover-{digits}.jpg", old)
    mine = [
        shelf.write("output/en/a.cover-01234567.jpg", "a picture of the user's"),
        shelf.write(f"output/en/c.cover-{digits}.jpg", old),  # of a work without a record
        shelf.write("output/en/a.cover-mine.jpg", "mine"),
        shelf.write(f"output/en/a.cover-{digits}.jpg.bak", old),
    ]
    assert shelf.run("build", *TONE, "--dry-run").code == 0
    assert left.exists()
    assert {work["state"] for work in shelf.build(*TONE).values()} == {"fresh"}
    assert not left.exists()
    assert all(path.exists() for path in mine)
    assert shelf.cover("en/a").exists()


@pytest.mark.usefixtures("built")
@pytest.mark.slow
@pytest.mark.parametrize("kind", sampled(["link", "loop", "pipe", "folder"]))
def test_anything_but_a_file_in_the_store_is_set_aside_and_the_book_is_built(shelf: Shelf, kind: str) -> None:
    """A damaged store entry is a miss and is set aside."""
    books = shelf.outputs()
    notes = (shelf.root / ".audiobook/notes").glob(
        "[!f]*"
    )  # notes of files are for the folder that was copied
    entries = [*shelf.clips(), *notes]
    for path in entries:
        path.unlink()
        put_in_place(kind, path, shelf)
    for more in ((), ("--force",)):
        shelf.book("en/a").unlink()
        assert shelf.run("build", *TONE, *more).code == 0
        assert shelf.outputs() == books
    assert not [path for path in entries if not path.is_file() or path.is_symlink()]


# Requirements of services


DAMAGE = {"no UTF-8": b'{"why": "\xff"}', "a huge number": b'{"failures": 1' + b"0" * 400 + b"}"}


@pytest.fixture
def service() -> Iterator[LoopbackService]:
    with LoopbackService() as service:
        yield service


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_damaged_pace_file_counts_as_empty_and_is_overwritten(
    shelf: Shelf, service: LoopbackService
) -> None:
    shelf.environment = service.environment
    first = shelf.run("build", "--engine", "gtts", "a")
    assert first.code == 0, first
    [pace] = (shelf.root / ".audiobook/shared").glob("pace-*.json")
    for kind in (*DAMAGE, "link", "loop", "pipe", "folder"):
        pace.unlink()
        if kind in DAMAGE:
            pace.write_bytes(DAMAGE[kind])
        else:
            put_in_place(kind, pace, shelf)
        shelf.write("texts/en/a.txt", f"Quite another word, {kind}.\n")
        done = shelf.run("build", "--engine", "gtts", "a")
        assert done.code == 0, (kind, done)
        assert pace.is_file()
        assert not pace.is_symlink()
    assert untouched(shelf)
