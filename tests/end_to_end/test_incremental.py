"""Reproducible bytes; only what changed is rebuilt; an interrupted build resumes."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sampling import sampled
from tools import (
    Finished,
    Shelf,
    alive_in_group,
    clean_environment,
    finish,
    run_bound_by_modes,
    swap_lines,
    wait_until,
)

READER = "fi/the-listening-reader"
DAY = "fi/a-day-in-sounds"
SAMPLE = (READER, "en/the-listening-reader")


def unbuilt(texts_built: Shelf, root: Path, *labels: str, **environment: str) -> Shelf:
    """Return a project with some of the texts, unbuilt."""
    shelf = Shelf(root, **environment)
    shutil.copy(texts_built.root / "audiobook.toml", root)
    for label in labels:
        source = texts_built.record(label)["source"]
        shelf.write(source, (texts_built.root / source).read_bytes())
    return shelf


def known(shelf: Shelf) -> list[str]:
    return [name.removesuffix(".json") for name in shelf.outputs() if name.endswith(".json")]


def wanted(texts_built: Shelf, *labels: str) -> dict[str, bytes]:
    """Return the reference files of some of the texts."""
    outputs = texts_built.outputs()
    return {name: data for name, data in outputs.items() if name.partition(".")[0] in labels}


def unbuilt_long(root: Path) -> Shelf:
    """Return an unbuilt project with a text of many short clips, in which a build can be stopped."""
    shelf = Shelf(root)
    shelf.write("texts/fi/long.txt", "\n\n".join(f"Tämä on kappale {number}." for number in range(40)))
    return shelf


@pytest.fixture(scope="module")
def long_outputs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of that text, built undisturbed."""
    shelf = unbuilt_long(tmp_path_factory.mktemp("long"))
    shelf.build()
    return shelf.outputs()


@pytest.fixture(scope="module")
def small_built(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A small book. Do not change it."""
    shelf = Shelf(tmp_path_factory.mktemp("small"), AUDIOBOOK_ENGINE="tone")
    shelf.write(
        "texts/en/small.txt", "A Title\n\nOne sentence here. Another one there.\n\nA second paragraph.\n"
    )
    shelf.build()
    return shelf


@pytest.fixture
def small(small_built: Shelf, tmp_path: Path) -> Shelf:
    """A copy of a small book that tests may change."""
    shutil.copytree(small_built.root, tmp_path / "small")
    return Shelf(tmp_path / "small", **small_built.environment)


def set_times(folder: Path, time_s: int) -> None:
    for path in folder.rglob("*"):
        os.utime(path, (time_s, time_s))


# Reproducible bytes


@pytest.mark.parametrize(
    ("label", "jobs", "folder", "time_s", "environment"),
    sampled(
        [
            (
                SAMPLE[0],
                "1",
                "deep/er/and deeper",
                86_400,
                {"PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati"},
            ),
            (
                *(SAMPLE[1], "2", "täällä — “ici”", 4_000_000_000),
                {"PYTHONHASHSEED": "7", "TZ": "UTC+11", "LC_ALL": "C"},
            ),
        ]
    ),
)
def test_workers_folder_and_time_change_no_byte(
    texts_built: Shelf,
    tmp_path: Path,
    label: str,
    jobs: str,
    folder: str,
    time_s: int,
    environment: dict[str, str],
) -> None:
    shelf = unbuilt(texts_built, tmp_path / folder, label, **environment)
    set_times(shelf.root, time_s)
    shelf.build("--jobs", jobs)
    assert shelf.outputs() == wanted(texts_built, label)


@pytest.mark.exhaustive
@pytest.mark.slow
def test_text_order_and_output_folder_change_no_byte(texts_built: Shelf, tmp_path: Path) -> None:
    shelf = unbuilt(texts_built, tmp_path / "named", *SAMPLE)
    for label in SAMPLE:
        language, slug = label.split("/")
        shelf.build(slug, "--lang", language, "--output", str(tmp_path / "books/output"))
    assert Shelf(tmp_path / "books").outputs() == wanted(texts_built, *SAMPLE)


@pytest.mark.exhaustive
@pytest.mark.slow
def test_spawned_processes_give_the_same_bytes_as_forked_ones(texts_built: Shelf, tmp_path: Path) -> None:
    shelf = unbuilt(texts_built, tmp_path / "spawned", READER, AUDIOBOOK_SPAWN="1")
    (work,) = shelf.build("--jobs", "2").values()
    assert work["clips_made"] == 9
    assert shelf.outputs() == wanted(texts_built, READER)


# Only what changed


def test_a_second_run_writes_only_a_note_of_what_it_read_and_a_third_nothing(texts_copy: Shelf) -> None:
    before = texts_copy.tree()
    time.sleep(0.1)  # nothing is noted of files that were changed in the 50 ms before a build
    works = texts_copy.build()
    assert {work["state"] for work in works.values()} == {"fresh"}
    assert not any(work["reasons"] or work["clips_made"] for work in works.values())
    after = texts_copy.tree()
    notes = {name for name in after if name.startswith(".audiobook/notes")}
    assert {name: after[name] for name in after.keys() - notes} == {
        name: before[name] for name in before.keys() - notes
    }
    assert texts_copy.build() == works
    assert texts_copy.tree() == after


def test_touched_texts_are_fresh(texts_copy: Shelf) -> None:
    set_times(texts_copy.root / "texts", 4_000_000_000)
    set_times(texts_copy.root / "output", 86_400)
    assert {work["state"] for work in texts_copy.build().values()} == {"fresh"}


def edited(shelf: Shelf, label: str, edit: Callable[[list[str]], list[str]]) -> dict[str, object]:
    """Edit the paragraphs of a text, build, and return the JSON answer for the work."""
    path = shelf.root / shelf.record(label)["source"]
    path.write_text("\n\n".join(edit(path.read_text("utf-8").split("\n\n"))), "utf-8")
    works = shelf.build()
    others = [work for name, work in works.items() if name != label]
    assert {work["state"] for work in others} == {"fresh"}
    return works[label]


def prose(blocks: list[str]) -> list[int]:
    """Return the indices of long paragraphs that are not headings."""
    return [at for at, block in enumerate(blocks) if len(block) > 100 and not block.startswith("#")]


def test_an_edited_word_remakes_one_clip(texts_copy: Shelf) -> None:
    def edit(blocks: list[str]) -> list[str]:
        at = prose(blocks)[5]
        first, _, rest = blocks[at].partition(" ")
        return [*blocks[:at], f"{first} muuten {rest}", *blocks[at + 1 :]]

    before = texts_copy.outputs()
    work = edited(texts_copy, DAY, edit)
    assert (work["state"], work["reasons"], work["clips_made"]) == ("built", ["text changed"], 1)
    changed = [name for name, data in texts_copy.outputs().items() if data != before[name]]
    assert changed == [f"{DAY}.json", f"{DAY}.mp3"]


def test_a_paragraph_inserted_at_the_top_makes_one_clip(texts_copy: Shelf) -> None:
    new = "Aivan uusi kappale, jota ei ole ennen luettu."
    work = edited(texts_copy, DAY, lambda blocks: [blocks[0], new, *blocks[1:]])
    assert (work["reasons"], work["clips_made"]) == (["text changed"], 1)
    shown = [each["text"] for chapter in texts_copy.record(DAY)["chapters"] for each in chapter["paragraphs"]]
    assert shown[1] == new


def test_swapped_paragraphs_make_no_clip(texts_copy: Shelf) -> None:
    work = edited(texts_copy, DAY, lambda blocks: swap_lines(blocks, prose(blocks)[2], prose(blocks)[7]))
    assert (work["reasons"], work["clips_made"]) == (["text changed"], 0)
    assert texts_copy.run("check").code == 0


def test_a_removed_paragraph_makes_no_clip_and_restoring_it_gives_the_old_bytes(texts_copy: Shelf) -> None:
    before = texts_copy.outputs()
    path = texts_copy.root / texts_copy.record(DAY)["source"]
    text = path.read_bytes()
    work = edited(texts_copy, DAY, lambda blocks: blocks[:-2])
    assert (work["reasons"], work["clips_made"]) == (["text changed"], 0)
    path.write_bytes(text)
    assert texts_copy.build()[DAY]["clips_made"] == 0
    assert texts_copy.outputs() == before


def test_another_paragraph_pause_makes_new_books_but_no_clips(texts_copy: Shelf) -> None:
    lengths = {label: texts_copy.record(label)["length_samples"] for label in known(texts_copy)}
    settings = (texts_copy.root / "audiobook.toml").read_text("utf-8")
    texts_copy.write("audiobook.toml", f"{settings}[pauses]\nparagraph = 1900\n")
    for label, work in texts_copy.build().items():
        assert (work["state"], work["reasons"], work["clips_made"]) == ("built", ["settings changed"], 0)
        assert texts_copy.record(label)["length_samples"] > lengths[label]


def test_another_voice_remakes_all_clips_of_its_language(texts_copy: Shelf) -> None:
    settings = (texts_copy.root / "audiobook.toml").read_text("utf-8")
    texts_copy.write("audiobook.toml", f'{settings}[voice.fi]\nengine = "tone"\n')
    for label, work in texts_copy.build().items():
        if label.startswith("fi/"):
            assert (work["state"], work["reasons"]) == ("built", ["voice changed"])
            assert work["clips_made"] == work["clips_total"] > 5
        else:
            assert work["state"] == "fresh"


@pytest.mark.slow
def test_a_slightly_different_speed_remakes_all_clips_even_at_equal_loudness(small: Shelf) -> None:
    small.write("audiobook.toml", "[voice.en]\nspeed = 1.01\n")
    (work,) = small.build().values()
    assert (work["reasons"], work["clips_made"]) == (["speed changed"], 3)


def test_another_author_makes_no_clip(texts_copy: Shelf) -> None:
    texts_copy.write("audiobook.toml", 'author = "Somebody Else"\n')
    works = texts_copy.build()
    assert {(work["state"], work["clips_made"]) for work in works.values()} == {("built", 0)}
    assert all(work["reasons"] == ["settings changed"] for work in works.values())


def test_force_makes_all_clips_and_the_same_bytes(texts_copy: Shelf) -> None:
    before = texts_copy.outputs()
    work = texts_copy.build("--force", "--lang", "lv")["lv/the-listening-reader"]
    assert (work["state"], work["reasons"]) == ("built", ["forced"])
    assert work["clips_made"] == work["clips_total"] == 9
    assert texts_copy.outputs() == before


# Missing or damaged outputs and clips


def remove(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def flip_in_the_middle(path: Path) -> None:
    flip(path, path.stat().st_size // 2)


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)


def test_a_damaged_output_is_rebuilt_from_the_same_clips(texts_copy: Shelf) -> None:
    before = texts_copy.outputs()
    for suffix in (".mp3", ".json"):
        for harm, reason in (
            (remove, "output missing"),
            (cut, "output damaged"),
            (flip_in_the_middle, "output damaged"),
        ):
            harm(texts_copy.book(READER, suffix))
            works = texts_copy.build()
            work = works[READER]
            assert (work["state"], work["reasons"], work["clips_made"]) == ("built", [reason], 0)
            assert [name for name, each in works.items() if each["state"] != "fresh"] == [READER]
            assert texts_copy.outputs() == before


def clip_of(shelf: Shelf, chapter: int, paragraph: int) -> Path:
    (key,) = shelf.record("en/small")["chapters"][chapter]["paragraphs"][paragraph]["clips"]
    return next(path for path in shelf.clips() if path.stem == key)


def assert_made_again(shelf: Shelf, small_built: Shelf, clips: int) -> Finished:
    """Rebuild a book; assert that some clips are made and the bytes are the same."""
    shelf.book("en/small").unlink()
    done = shelf.run("build", "--json")
    assert done.code == 0, done.err
    assert done.works["en/small"]["clips_made"] == clips
    assert shelf.outputs() == small_built.outputs()
    return done


@pytest.mark.slow
@pytest.mark.parametrize("at", sampled([0, 48, 78, -1]))
def test_a_flipped_bit_in_a_cached_clip_remakes_that_clip(small: Shelf, small_built: Shelf, at: int) -> None:
    flip(clip_of(small, 0, 1), at)
    assert_made_again(small, small_built, 1)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def zero(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


@pytest.mark.slow
@pytest.mark.parametrize("harm", sampled([remove, cut, empty, zero]))
def test_a_truncated_clip_is_made_again(
    small: Shelf, small_built: Shelf, harm: Callable[[Path], None]
) -> None:
    harm(clip_of(small, 0, 1))
    assert_made_again(small, small_built, 1)


def test_clips_under_each_others_names_are_made_again(small: Shelf, small_built: Shelf) -> None:
    one, other = clip_of(small, 0, 0), clip_of(small, 1, 0)
    data = one.read_bytes()
    other.replace(one)
    other.write_bytes(data)
    assert_made_again(small, small_built, 2)


def test_a_warning_says_that_a_clip_was_damaged(small: Shelf, small_built: Shelf) -> None:
    flip(clip_of(small, 1, 0), -1)
    assert "warning: en/small: a clip is missing or damaged" in assert_made_again(small, small_built, 1).err


def test_a_damaged_loudness_measurement_is_repeated(small: Shelf, small_built: Shelf) -> None:
    (note,) = (small.root / ".audiobook/notes").glob("loudness-*")
    text = note.read_text("utf-8")
    note.write_text(text.replace("-1", "-2") if "-1" in text else text.replace("-2", "-1"), "utf-8")
    assert note.read_text("utf-8") != text
    assert_made_again(small, small_built, 0)


@pytest.mark.exhaustive
def test_a_deleted_store_is_refilled_only_if_something_is_stale(texts_copy: Shelf) -> None:
    before = texts_copy.outputs()
    shutil.rmtree(texts_copy.root / ".audiobook")
    assert {work["state"] for work in texts_copy.build().values()} == {"fresh"}
    texts_copy.book(READER).unlink()
    work = texts_copy.build()[READER]
    assert work["clips_made"] == work["clips_total"] == 9
    assert texts_copy.outputs() == before


# Dry runs


def test_a_dry_run_of_a_new_project_writes_nothing_and_says_why(texts_built: Shelf, tmp_path: Path) -> None:
    shelf = unbuilt(texts_built, tmp_path / "new", READER)
    before = shelf.tree()
    done = shelf.run("build", "--dry-run")
    assert done.code == 0
    assert f"{READER}: new; 9 of 9 clips to make" in done.err
    assert "1 stale (nothing was written)" in done.out
    assert shelf.tree() == before


def test_a_dry_run_of_a_built_project_writes_nothing_and_says_why(texts_copy: Shelf) -> None:
    path = texts_copy.root / texts_copy.record(READER)["source"]
    path.write_text(path.read_text("utf-8") + "\nLoppu.\n", "utf-8")
    texts_copy.book("lv/the-listening-reader").unlink()
    before = texts_copy.tree()
    done = texts_copy.run("build", "--dry-run")
    assert (done.code, f"{READER}: text changed; 1 of 10 clips to make" in done.err) == (0, True)
    assert "lv/the-listening-reader: output missing; 0 of 9 clips to make" in done.err
    assert "2 stale, 5 fresh (nothing was written)" in done.out
    works = texts_copy.run("build", "--dry-run", "--json").works
    assert (works[READER]["state"], works[READER]["reasons"], works[READER]["clips_made"]) == (
        "stale",
        ["text changed"],
        1,
    )
    assert texts_copy.tree() == before


# Interrupted builds


@contextmanager
def started(shelf: Shelf, clips: int) -> Iterator[subprocess.Popen[str]]:
    """Yield a running build that has made some clips but not all; it is killed at the end of the block."""
    with shelf.start("build", "--jobs", "2") as process:
        try:
            wait_until(lambda: len(shelf.clips()) >= clips or process.poll() is not None, "clips are made")
            assert process.poll() is None, "it ended before it could be stopped"
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


def goes_on(shelf: Shelf, long_outputs: dict[str, bytes]) -> None:
    """Build again; assert that only missing clips are made and the result is the same as undisturbed."""
    kept = len(shelf.clips())
    works = shelf.build()
    total = sum(work["clips_total"] for work in works.values())
    made = sum(work["clips_made"] for work in works.values())
    assert 0 < made == total - kept < total
    assert shelf.outputs() == long_outputs
    assert not shelf.leftovers()
    assert len(shelf.clips()) == total


def test_projects_can_share_a_store(tmp_path: Path) -> None:
    one, two = (Shelf(tmp_path / name, AUDIOBOOK_STORE=str(tmp_path / "store")) for name in ("one", "two"))
    for shelf, last in ((one, "Three."), (two, "Four.")):
        shelf.write("texts/en/walk.md", f"# Walk\n\nOne.\n\nTwo.\n\n{last}\n")
    assert one.build()["en/walk"]["clips_made"] == 4
    assert two.build()["en/walk"]["clips_made"] == 1


@pytest.mark.slow
@pytest.mark.parametrize("clips", sampled([1, 20]))
def test_a_killed_build_resumes_where_it_left_off(
    long_outputs: dict[str, bytes], tmp_path: Path, clips: int
) -> None:
    shelf = unbuilt_long(tmp_path / "killed")
    with started(shelf, clips) as process:
        process.kill()
        process.wait()
        wait_until(lambda: not alive_in_group(process.pid), "its workers end with it")
    assert all(
        data == long_outputs[name] for name, data in shelf.outputs().items() if not name.endswith(".part")
    )
    goes_on(shelf, long_outputs)


DIES_WHILE_WRITING = """
import os, sys
from pathlib import Path
from audiobook.files import atomic_write
with atomic_write(Path(sys.argv[1])) as stream:
    stream.write(b"half")
    stream.flush()
    os.kill(os.getpid(), 9)
"""


def test_partial_files_of_killed_builds_are_removed(small: Shelf, small_built: Shelf) -> None:
    for path in (small.book("en/small"), clip_of(small, 0, 1)):
        subprocess.run([sys.executable, "-c", DIES_WHILE_WRITING, path], env=clean_environment(), check=False)
    assert len(small.leftovers()) == 2
    assert small.run("check").code == 0
    assert small.build()["en/small"]["state"] == "fresh"
    assert not small.leftovers()
    assert small.outputs() == small_built.outputs()


@pytest.mark.slow
@pytest.mark.parametrize(("number", "code"), sampled([(signal.SIGINT, 130), (signal.SIGTERM, 143)]))
def test_an_interrupted_build_cleans_up_and_says_how_to_resume(
    long_outputs: dict[str, bytes], tmp_path: Path, number: signal.Signals, code: int
) -> None:
    shelf = unbuilt_long(tmp_path / "stopped")
    with started(shelf, 12) as process:
        if number == signal.SIGINT:
            os.killpg(process.pid, number)  # as a terminal does
        else:
            process.send_signal(number)
        done = finish(process)
    assert done.code == code
    assert "error: stopped\nhint: finished work is kept; run the same command again to resume\n" in done.err
    assert "Traceback" not in done.err
    wait_until(lambda: not alive_in_group(process.pid), "the end of all that it started")
    assert not [name for name in shelf.outputs() if name.endswith(".part")]
    goes_on(shelf, long_outputs)


def test_two_builds_at_once_both_succeed(texts_built: Shelf, tmp_path: Path) -> None:
    shelf = unbuilt(texts_built, tmp_path / "twice", READER)
    first = shelf.start("build", "--json", "--jobs", "1")
    wait_until(lambda: any(shelf.root.glob(".audiobook/build-*.lock")), "the first build has begun")
    second = shelf.start("build", "--json", "--jobs", "1")
    done: list[Finished] = [finish(first), finish(second)]
    assert [each.code for each in done] == [0, 0], done
    states = {work["state"] for each in done for work in each.works.values()}
    assert states == {"built", "fresh"}
    assert sum(work["clips_made"] for each in done for work in each.works.values()) == 9
    assert "waiting for it to finish" in done[0].err + done[1].err
    assert shelf.outputs() == wanted(texts_built, READER)


# Unwritable folders


def assert_refused(done: Finished, name: str) -> None:
    assert done.code == 4, done
    assert f"error: {name}" in done.err
    assert "Traceback" not in done.err


def test_an_output_folder_that_is_a_file_gives_exit_4(shelf: Shelf) -> None:
    shelf.write("texts/en/short.txt", "A word.")
    shelf.write("output", "in the way")
    assert_refused(shelf.run("build", "--engine", "tone"), "output")
    assert (shelf.root / "output").read_text() == "in the way"


def test_a_store_that_is_a_file_gives_exit_4(shelf: Shelf) -> None:
    shelf.write("texts/en/short.txt", "A word.")
    shelf.write(".audiobook", "in the way")
    assert_refused(shelf.run("build", "--engine", "tone"), ".audiobook")


@pytest.mark.skipif(sys.platform == "win32", reason="rights of POSIX")
def test_a_read_only_output_gives_exit_4_and_keeps_the_old_book(shelf: Shelf) -> None:
    shelf.write("texts/en/short.txt", "A word.")
    shelf.build("--engine", "tone")
    before = shelf.outputs()
    shelf.write("texts/en/short.txt", "Another word.")
    (shelf.output / "en").chmod(0o555)
    try:
        assert_refused(run_bound_by_modes(shelf, "build", "--engine", "tone"), "output/en/short.mp3")
    finally:
        (shelf.output / "en").chmod(0o755)
    assert shelf.outputs() == before
