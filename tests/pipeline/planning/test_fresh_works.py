"""A work that nobody has touched is not compared again; a change of anything that decides it is never missed."""

import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import msgspec
import pytest
import tools
from images import encoded
from PIL import Image

from audiobook.book.record.reading import read_record
from audiobook.book.record.writing import write_record
from audiobook.casting import Casting
from audiobook.clips.store import ClipStore
from audiobook.commands.texts.listing import describe_edition, list_works
from audiobook.errors import OutputMismatch
from audiobook.pipeline.outcome import Outcome
from audiobook.pipeline.planning.fresh_works import FreshWork, FreshWorks
from audiobook.pipeline.planning.library import Library
from audiobook.pipeline.planning.reasons import Reason
from audiobook.pipeline.planning.staleness import plan_edition
from audiobook.pipeline.project import Project
from audiobook.pipeline.run import build
from audiobook.pipeline.texts.catalog import find_texts
from audiobook.pipeline.texts.edition import Edition
from audiobook.pipeline.texts.lexicons import Lexicons
from audiobook.pipeline.voices.choosing import Voices
from audiobook.report.recorder import RecordingReporter
from audiobook.settings import AudioSettings, ChapterSettings, Settings, VoiceSettings, WorkSettings

SETTINGS = Settings(engine="tone", jobs=1, formats=("mp3", "srt"), split="chapter")
TEXT = "# Otsikko\n\nHän tuli. Hän lähti.\n\n[Un deux trois quatre.]{lang=fr}\n\n# Toinen\n\nLoppu.\n"


def picture(colour: str) -> bytes:
    return encoded(Image.new("RGB", (16, 16), colour), "PNG")


@dataclass
class Shelf:
    """A project with one text, its cover, a lexicon, captions, and files of chapters."""

    root: Path
    settings: Settings = field(default=SETTINGS)

    @property
    def texts(self) -> Path:
        return self.root / "texts" / "fi"

    @property
    def text(self) -> Path:
        return self.texts / "essee.md"

    @property
    def folder(self) -> Path:
        return self.root / "output" / "fi"

    @property
    def project(self) -> Project:
        return Project(self.root / "texts", self.root / "output", ClipStore(self.root / ".audiobook"))

    def edition(self) -> Edition:
        [edition] = find_texts(self.root / "texts").editions
        return edition

    def library(self) -> Library:
        return Library(self.project, self.settings)

    def found(self) -> FreshWork | None:
        """Return the work as a later command finds it without comparing it."""
        return self.library().find_fresh(self.edition())

    def reasons(self) -> tuple[Reason, ...]:
        return self.library().plan(self.edition()).reasons

    def build(self) -> list[Outcome]:
        catalog, reporter = find_texts(self.root / "texts"), RecordingReporter()
        return build(catalog, self.project, self.settings, reporter, force=False, dry_run=False)

    def note(self) -> None:
        """Compare the work and note it, once all files are old enough."""
        wait_until_steady(self.root)
        library = self.library()
        library.plan(self.edition())
        library.keep()


def wait_until_steady(root: Path) -> None:
    last_ns = max(path.lstat().st_ctime_ns for path in root.rglob("*"))
    while time.time_ns() - last_ns < 60_000_000:
        time.sleep(0.01)


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shelf = Shelf(tmp_path_factory.mktemp("fresh") / "project")
    shelf.texts.mkdir(parents=True)
    shelf.text.write_text(TEXT, "utf-8")
    (shelf.texts / "essee.png").write_bytes(picture("red"))
    (shelf.texts / "lexicon.toml").write_text('[words]\ntuli = "tuuli"\n', "utf-8")
    assert [outcome.state for outcome in shelf.build()] == ["built"]
    return shelf.root


@pytest.fixture
def shelf(built_once: Path, tmp_path: Path) -> Shelf:
    """A built project, in which the work is noted as up to date."""
    shutil.copytree(built_once, tmp_path / "project")
    found = Shelf(tmp_path / "project")
    found.note()
    return found


@pytest.fixture(scope="module")
def noted_once(built_once: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, for tests that change no file."""
    root = tmp_path_factory.mktemp("noted") / "project"
    shutil.copytree(built_once, root)
    Shelf(root).note()
    return root


def test_an_untouched_work_is_told_as_its_record_tells_it(shelf: Shelf) -> None:
    record = read_record(shelf.folder / "essee.json")
    assert record
    found = shelf.found()
    assert found
    assert (found.clip_count, found.summary.record_sha256) == (len(record.clip_keys()), record.digest)
    before = describe_edition(shelf.edition(), shelf.library(), shelf.project)
    shutil.rmtree(shelf.root / ".audiobook/notes")
    assert describe_edition(shelf.edition(), shelf.library(), shelf.project) == before
    assert before["state"] == "fresh"


def flipped(path: Path) -> None:
    """Change the last byte that is not a line feed, and restore the time of writing."""
    before, data = path.lstat(), bytearray(path.read_bytes())
    at = len(data.rstrip(b'\n."]}>')) - 1
    data[at] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replaced(path: Path) -> None:
    """Replace a file by another of the same length and time of writing."""
    before, other = path.lstat(), path.with_name("other")
    shutil.copy(path, other)
    flipped(other)
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)


def linked(path: Path) -> None:
    """Put a link to a file or folder in its prefix."""
    path.symlink_to(path.rename(path.parents[2] / "moved"))


def other_record(shelf: Shelf) -> None:
    record = read_record(shelf.folder / "essee.json")
    assert record
    inputs = msgspec.structs.replace(record.inputs, authors=("Aino",))
    write_record(shelf.folder / "essee.json", msgspec.structs.replace(record, inputs=inputs))


CHANGES: dict[str, Callable[[Shelf], object]] = {
    "a letter of the text": lambda shelf: flipped(shelf.text),
    "another text of the same length": lambda shelf: replaced(shelf.text),
    "a longer text": lambda shelf: shelf.text.write_text(f"{TEXT}\nLisää.\n", "utf-8"),
    "a text with another ending": lambda shelf: shelf.text.rename(shelf.text.with_suffix(".markdown")),
    "a saved script": lambda shelf: (shelf.texts / "essee.script.md").write_text(TEXT, "utf-8"),
    "the cover": lambda shelf: (shelf.texts / "essee.png").write_bytes(picture("blue")),
    "no cover": lambda shelf: (shelf.texts / "essee.png").unlink(),
    "a cover that comes first": lambda shelf: (shelf.texts / "essee.jpg").write_bytes(picture("blue")),
    "a lexicon": lambda shelf: flipped(shelf.texts / "lexicon.toml"),
    "a lexicon for all": lambda shelf: (shelf.root / "texts/lexicon.toml").write_text(
        "[words]\nhän = 'he'\n"
    ),
    "a lexicon of its own": lambda shelf: (shelf.texts / "essee.lexicon.toml").write_text(
        "[words]\nei = 'e'\n"
    ),
    "a byte of the record": lambda shelf: flipped(shelf.folder / "essee.json"),
    "another record": other_record,
    "no record": lambda shelf: (shelf.folder / "essee.json").unlink(),
    "a link to the record": lambda shelf: linked(shelf.folder / "essee.json"),
    "a byte of the MP3": lambda shelf: flipped(shelf.folder / "essee.mp3"),
    "no MP3": lambda shelf: (shelf.folder / "essee.mp3").unlink(),
    "a link to the MP3": lambda shelf: linked(shelf.folder / "essee.mp3"),
    "a byte of the cover's file": lambda shelf: flipped(*shelf.folder.glob("essee.cover-*.jpg")),
    "a byte of the captions": lambda shelf: flipped(shelf.folder / "essee.srt"),
    "a byte of a chapter": lambda shelf: flipped(sorted((shelf.folder / "essee").glob("*.mp3"))[0]),
    "a link to the folder of chapters": lambda shelf: linked(shelf.folder / "essee"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_file_is_compared(shelf: Shelf, change: str) -> None:
    CHANGES[change](shelf)
    assert shelf.found() is None
    with suppress(OutputMismatch):  # a link is in the place of a file
        assert shelf.reasons()


def of_work(**more: object) -> dict[str, object]:
    return {"works": {"essee": msgspec.convert(more, WorkSettings)}}


SETTINGS_CHANGES: dict[str, dict[str, object]] = {
    "author": {"author": "Aino"},
    "engine": {"engine": "espeak"},
    "narrator": {"voice": {"fi": VoiceSettings(narrator="Aino")}},
    "speed": {"voice": {"fi": VoiceSettings(speed=1.5)}},
    "speed of a quoted language": {"voice": {"fr": VoiceSettings(speed=1.5)}},
    "bit rate": {"audio": AudioSettings(kbits=96)},
    "pattern of chapters": {"chapters": ChapterSettings(pattern="^Osa")},
    "parts": {"narrate": ("footnotes",)},
    "cast": {"cast": Casting(headings="")},
    "formats": {"formats": ("mp3", "srt", "vtt")},
    "no captions": {"formats": ("mp3",)},
    "no files of chapters": {"split": "none"},
    "title": of_work(title="Toinen"),
    "chapters": of_work(chapters="1"),
    "no cover": of_work(cover=False),
}


@pytest.mark.parametrize("change", SETTINGS_CHANGES)
def test_a_changed_setting_is_compared(noted_once: Path, change: str) -> None:
    assert Shelf(noted_once).found()
    shelf = Shelf(noted_once, msgspec.structs.replace(SETTINGS, **SETTINGS_CHANGES[change]))
    assert shelf.found() is None
    assert shelf.reasons()


def test_a_changed_cover_that_the_text_names_is_compared(shelf: Shelf) -> None:
    with_a_named_cover(shelf, "kansi.png")
    shelf.build()
    shelf.note()
    assert shelf.found()
    (shelf.texts / "kansi.png").write_bytes(picture("blue"))
    assert shelf.found() is None
    assert shelf.reasons() == (Reason.COVER_CHANGED,)


def test_a_work_that_names_a_voice_is_compared_if_that_would_now_be_another(shelf: Shelf) -> None:
    main = Voices(shelf.settings, shelf.project.store).choose("fi").speaker
    for speaker, is_found in ((main, True), (msgspec.structs.replace(main, identity="other"), False)):
        [note] = (shelf.root / ".audiobook/notes").glob("fresh-*")
        notes = shelf.project.store.notes
        works = msgspec.msgpack.decode(notes.get(note.name) or b"", type=dict[str, FreshWork])
        works["essee"] = msgspec.structs.replace(works["essee"], foreign={}, voices={"Aino": speaker})
        notes.put(note.name, msgspec.msgpack.encode(works))
        assert (shelf.found() is not None) is is_found


def test_a_touched_file_is_compared_and_then_noted_again(shelf: Shelf) -> None:
    os.utime(shelf.text)
    assert shelf.found() is None
    assert shelf.reasons() == ()
    shelf.note()
    assert shelf.found()


@pytest.mark.parametrize(("age_ms", "is_noted"), [(49, False), (51, True)])
def test_a_work_that_was_just_changed_is_not_noted(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, age_ms: int, is_noted: bool
) -> None:
    os.utime(shelf.text)
    changed_ns = shelf.text.lstat().st_ctime_ns
    monkeypatch.setattr(time, "time_ns", lambda: changed_ns + age_ms * 1_000_000)
    library = shelf.library()
    library.plan(shelf.edition())
    library.keep()
    assert (shelf.found() is not None) is is_noted


def test_a_text_that_changes_after_it_was_read_is_not_noted(shelf: Shelf) -> None:
    os.utime(shelf.text)
    wait_until_steady(shelf.root)
    settings, lexicons = shelf.settings, Lexicons()
    voices = Voices(settings, shelf.project.store)
    fresh = FreshWorks(shelf.project, settings, voices, lexicons)
    plan = plan_edition(shelf.edition(), settings, voices, shelf.project)
    assert plan.reasons == ()
    flipped(shelf.text)
    fresh.note(plan)
    fresh.keep()
    wait_until_steady(shelf.root)
    assert shelf.found() is None
    assert shelf.reasons() == (Reason.TEXT_CHANGED,)


def test_a_damaged_note_only_means_comparing(shelf: Shelf) -> None:
    [note] = (shelf.root / ".audiobook/notes").glob("fresh-*")
    note.write_bytes(note.read_bytes()[:-1] + b"?")
    assert shelf.found() is None
    assert shelf.build()[0].state == "fresh"


def as_folder(shelf: Shelf) -> None:
    folder = shelf.texts / "kirja"
    folder.mkdir()
    (folder / "1.md").write_text(TEXT, "utf-8")
    shelf.text.unlink()
    (shelf.texts / "essee.png").unlink()


def with_a_picture(shelf: Shelf) -> None:
    (shelf.texts / "kuva.png").write_bytes(picture("green"))
    shelf.text.write_text(f"{TEXT}\n![Kuva](kuva.png)\n", "utf-8")


def as_link(shelf: Shelf) -> None:
    shelf.text.symlink_to(shelf.text.rename(shelf.root / "texts/.elsewhere.md"))


def with_a_named_cover(shelf: Shelf, name: str) -> None:
    cover = shelf.texts / name
    cover.parent.mkdir(exist_ok=True)
    cover.write_bytes(picture("green"))
    shelf.text.write_text(f"---\ncover: {name}\n---\n\n{TEXT}", "utf-8")


def with_a_cover_in_another_folder(shelf: Shelf) -> None:
    with_a_named_cover(shelf, "../.covers/kansi.png")


@pytest.mark.parametrize("change", [as_folder, with_a_picture, as_link, with_a_cover_in_another_folder])
def test_what_is_not_decided_by_single_files_is_compared_each_time(
    shelf: Shelf, change: Callable[[Shelf], None]
) -> None:
    change(shelf)
    shelf.build()
    shelf.note()
    assert shelf.reasons() == ()
    assert shelf.found() is None


def test_a_build_and_list_find_what_was_changed_since_builds_that_did_nothing(tmp_path: Path) -> None:
    project = tools.Shelf(tmp_path / "shelf", AUDIOBOOK_ENGINE="tone")
    text = project.write("texts/en/a.txt", "A word.")
    project.build()
    wait_until_steady(project.root)
    assert project.build() == project.build()
    assert any((project.root / ".audiobook/notes").glob("fresh-*"))
    listed = project.run("list", "--json").works["en/a"]
    assert (listed["state"], listed["title"]) == ("fresh", "A")
    flipped(text)
    assert project.run("list", "--json").works["en/a"]["reasons"] == ["text changed"]
    assert project.build()["en/a"]["state"] == "built"


def library(root: Path, works: int) -> Shelf:
    """Return a project with many works, which are noted as up to date: one is built, the others are copies of it."""
    shelf = Shelf(root, Settings(engine="tone", jobs=1))
    shelf.texts.mkdir(parents=True)
    shelf.text.write_text("Sana.\n", "utf-8")
    shelf.build()
    record = read_record(shelf.folder / "essee.json")
    assert record
    for number in range(works - 1):
        slug = f"essee-{number}"
        shutil.copy(shelf.text, shelf.texts / f"{slug}.md")
        audio = msgspec.structs.replace(record.audio, name=f"{slug}.mp3")
        cover = msgspec.structs.replace(record.cover, name=f"{slug}{record.cover.name[5:]}")
        for before, after in ((record.audio, audio), (record.cover, cover)):
            os.link(shelf.folder / before.name, shelf.folder / after.name)
        source = f"texts/fi/{slug}.md"
        copy = msgspec.structs.replace(record, slug=slug, source=source, audio=audio, cover=cover)
        write_record(shelf.folder / f"{slug}.json", copy)
    wait_until_steady(root)
    assert {outcome.state for outcome in shelf.build()} == {"fresh"}
    return shelf


@contextmanager
def counted() -> Iterator[Counter[str]]:
    """Count the calls of functions, by name for those of the system, and all of them under ""."""
    calls: Counter[str] = Counter()

    def count(_frame: FrameType, event: str, function: object) -> None:
        if event in ("call", "c_call"):
            calls[""] += 1
        if event == "c_call":
            calls[getattr(function, "__name__", "")] += 1

    sys.setprofile(count)
    try:
        yield calls
    finally:
        sys.setprofile(None)


def listed(shelf: Shelf) -> None:
    assert list_works(shelf.root, shelf.settings, (), as_json=False) == 0


@pytest.mark.parametrize(("command", "most"), [(Shelf.build, 400), (listed, 600)])
def test_a_library_without_changes_costs_few_steps_a_work_and_opens_no_file(
    tmp_path: Path, command: Callable[[Shelf], object], most: int
) -> None:
    few, many = library(tmp_path / "few", 10), library(tmp_path / "many", 60)
    command(few)  # imports
    with counted() as before:
        command(few)
    with counted() as after:
        command(many)
    each = {name: (after[name] - before[name]) / 50 for name in after}
    assert each["open"] == each["read"] == 0
    assert each["lstat"] + each["stat"] <= 12
    assert each[""] <= most
