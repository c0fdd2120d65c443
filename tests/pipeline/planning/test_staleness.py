"""Reasons to rebuild: build small works, change one thing."""

import shutil
import struct
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import compress, crc32

import msgspec
import pytest
from images import encoded
from PIL import Image

from audiobook.book.record.reading import read_brief, read_record
from audiobook.book.record.writing import write_record
from audiobook.clips.store import ClipStore
from audiobook.errors import EngineMissing, SettingsError, SourceError
from audiobook.pipeline.planning.comparing import stale_reasons
from audiobook.pipeline.planning.inputs import MAKER
from audiobook.pipeline.planning.known_files import KnownFiles
from audiobook.pipeline.planning.plan import Plan
from audiobook.pipeline.planning.reasons import Reason, reasons_text
from audiobook.pipeline.planning.staleness import plan_edition
from audiobook.pipeline.project import Project
from audiobook.pipeline.run import build
from audiobook.pipeline.texts.catalog import find_texts
from audiobook.pipeline.voices.choosing import Voices
from audiobook.report.recorder import RecordingReporter
from audiobook.settings import AudioSettings, PauseSettings, Settings, VoiceSettings


def picture(kind: str, colour: str = "red", **more: Any) -> bytes:
    return encoded(Image.new("RGB", (16, 16), colour), kind, **more)


PNG, JPEG, SCANS = picture("PNG"), picture("JPEG"), picture("JPEG", progressive=True)
SETTINGS = Settings(engine="tone", jobs=1)


@dataclass(frozen=True)
class Shelf:
    """A project with one text, `texts/fi/essee.txt`."""

    root: Path

    @property
    def text(self) -> Path:
        return self.root / "texts" / "fi" / "essee.txt"

    @property
    def cover(self) -> Path:
        return self.text.with_suffix(".png")

    @property
    def folder(self) -> Path:
        return self.root / "output" / "fi"

    @property
    def audio(self) -> Path:
        return self.folder / "essee.mp3"

    @property
    def record(self) -> Path:
        return self.folder / "essee.json"

    def project(self) -> Project:
        store = ClipStore(self.root / ".audiobook")
        return Project(self.root / "texts", self.root / "output", store)

    def build(self, settings: Settings = SETTINGS) -> None:
        catalog = find_texts(self.root / "texts")
        reporter = RecordingReporter()
        outcomes = build(catalog, self.project(), settings, reporter, force=False, dry_run=False)
        assert [outcome.state for outcome in outcomes] == ["built"]

    def plan(self, settings: Settings = SETTINGS, *, force: bool = False) -> Plan:
        (edition,) = find_texts(self.root / "texts").editions
        return plan_edition(
            edition, settings, Voices(settings, self.project().store), self.project(), force=force
        )

    def reasons(self, settings: Settings = SETTINGS, *, force: bool = False) -> tuple[Reason, ...]:
        return self.plan(settings, force=force).reasons

    def edit_record(self, **changes: Any) -> None:
        """Replace the record by another one with a valid seal."""
        record = read_record(self.record)
        assert record
        write_record(self.record, msgspec.structs.replace(record, **changes))


def new_shelf(root: Path) -> Shelf:
    shelf = Shelf(root)
    shelf.text.parent.mkdir(parents=True)
    shelf.text.write_text("Otsikko\n\nHän tuli. Hän lähti.\n", "utf-8")
    return shelf


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    shelf = new_shelf(tmp_path_factory.mktemp("plan") / "project")
    shelf.build()
    return shelf.root


@pytest.fixture
def shelf(built_once: Path, tmp_path: Path) -> Shelf:
    """A project with one built text."""
    shutil.copytree(built_once, tmp_path / "project")
    return Shelf(tmp_path / "project")


def test_a_text_that_was_never_built_is_new(tmp_path: Path) -> None:
    shelf = new_shelf(tmp_path / "project")
    plan = shelf.plan()
    assert plan.reasons == (Reason.NEW,)
    assert plan.record is None
    assert plan.data == shelf.text.read_bytes()


@pytest.mark.slow
def test_a_built_text_is_fresh_in_any_folder(shelf: Shelf) -> None:
    plan = shelf.plan()
    assert plan.reasons == ()
    assert plan.record == read_brief(shelf.record) is not None
    whole = plan.whole_record()
    assert whole is not None
    assert msgspec.structs.replace(whole, chapters=tuple(whole.chapters)) == read_record(shelf.record)


def test_a_build_believes_the_record_that_it_wrote(tmp_path: Path) -> None:
    shelf = new_shelf(tmp_path / "project")
    shelf.build()
    brief = shelf.plan().record
    assert brief
    assert KnownFiles(shelf.project().store.notes).believes(shelf.record, brief.digest)


def test_a_record_with_impossible_chapters_is_a_reason(shelf: Shelf) -> None:
    record = read_record(shelf.record)
    assert record
    chapter = msgspec.structs.replace(record.chapters[0], level=0)
    shelf.edit_record(chapters=(chapter, *record.chapters[1:]))
    assert read_brief(shelf.record)
    assert shelf.reasons() == (Reason.OUTPUT_DAMAGED,)


def test_planning_writes_nothing(tmp_path: Path) -> None:
    shelf = new_shelf(tmp_path / "project")
    shelf.plan(force=True)
    assert sorted(path.name for path in shelf.root.rglob("*")) == ["essee.txt", "fi", "texts"]


def test_a_new_modification_time_is_not_a_reason(shelf: Shelf) -> None:
    shelf.text.touch()
    shelf.audio.touch()
    assert shelf.reasons() == ()


def test_settings_that_do_not_change_the_sound_are_not_a_reason(shelf: Shelf) -> None:
    other = Settings(
        engine="espeak",
        jobs=2,
        store="elsewhere",
        voice={"fi": VoiceSettings("tone", "tone"), "sl": VoiceSettings(speed=2.0)},
    )
    assert shelf.reasons(other) == ()


def test_a_changed_text_is_a_reason(shelf: Shelf) -> None:
    shelf.text.write_text("Otsikko\n\nHän tuli. Hän jäi.\n", "utf-8")
    assert shelf.reasons() == (Reason.TEXT_CHANGED,)


def test_a_changed_voice_speed_is_a_reason(shelf: Shelf) -> None:
    assert shelf.reasons(Settings(engine="tone", voice={"fi": VoiceSettings(speed=1.5)})) == (
        Reason.SPEED_CHANGED,
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [("engine", "espeak"), ("identity", "tone 0"), ("voice", "other"), ("rate_hz", 24000)],
)
def test_another_voice_is_a_reason(shelf: Shelf, field: str, value: object) -> None:
    inputs = shelf.plan().inputs
    speaker = msgspec.structs.replace(inputs.speaker, **{field: value})
    shelf.edit_record(inputs=msgspec.structs.replace(inputs, speaker=speaker))
    assert shelf.reasons() == (Reason.VOICE_CHANGED,)


@pytest.mark.parametrize("name", PauseSettings.__struct_fields__)
def test_a_changed_pause_is_a_reason(shelf: Shelf, name: str) -> None:
    pauses = msgspec.structs.replace(PauseSettings(), **{name: 1234})
    assert shelf.reasons(Settings(engine="tone", pauses=pauses)) == (Reason.SETTINGS_CHANGED,)


@pytest.mark.parametrize(
    ("name", "value"), [("kbits", 96), ("quality", 5), ("loudness_lufs", -18.0), ("peak_dbtp", -2.0)]
)
def test_changed_audio_settings_are_a_reason(shelf: Shelf, name: str, value: object) -> None:
    audio = msgspec.structs.replace(AudioSettings(), **{name: value})
    assert shelf.reasons(Settings(engine="tone", audio=audio)) == (Reason.SETTINGS_CHANGED,)


def test_a_changed_author_is_a_reason(shelf: Shelf) -> None:
    assert shelf.reasons(Settings(engine="tone", author="Aino")) == (Reason.SETTINGS_CHANGED,)


def test_another_part_to_read_aloud_is_a_reason(shelf: Shelf) -> None:
    narrate = Settings(engine="tone", narrate=("index", "footnotes", "index"))
    assert shelf.reasons(narrate) == (Reason.SETTINGS_CHANGED,)
    assert shelf.plan(narrate).inputs.narrate == ("footnotes", "index")


def test_an_unknown_part_to_read_aloud_is_refused(shelf: Shelf) -> None:
    with pytest.raises(SettingsError) as caught:
        shelf.plan(Settings(engine="tone", narrate=("footnote",)))
    assert (caught.value.hint or "").startswith("did you mean footnotes")


def test_an_added_changed_or_removed_cover_is_a_reason(shelf: Shelf) -> None:
    shelf.cover.write_bytes(PNG)
    plan = shelf.plan()
    assert plan.reasons == (Reason.COVER_CHANGED,)
    assert plan.cover
    assert (plan.cover.media_type, plan.cover.data) == ("image/png", PNG)
    shelf.build()
    assert shelf.reasons() == ()
    shelf.cover.write_bytes(picture("PNG", "blue"))
    assert shelf.reasons() == (Reason.COVER_CHANGED,)
    shelf.cover.unlink()
    assert shelf.reasons() == (Reason.COVER_CHANGED,)


def test_the_bytes_decide_the_format_of_a_cover(shelf: Shelf) -> None:
    shelf.cover.write_bytes(JPEG)
    cover = shelf.plan().cover
    assert cover
    assert (cover.media_type, cover.data) == ("image/jpeg", JPEG)


def test_a_photograph_with_a_second_picture_in_it_is_a_jpeg(shelf: Shelf) -> None:
    """Many phones write such files with the ending .jpg."""
    more = Image.new("RGB", (8, 8))
    shelf.cover.write_bytes(picture("MPO", save_all=True, append_images=[more]))
    cover = shelf.plan().cover
    assert cover
    assert cover.media_type == "image/jpeg"


def bomb(side: int, length: int) -> bytes:
    """A PNG that declares many pixels but contains few bytes of them."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    pixels = chunk(b"IDAT", compress(bytes(length)))
    return PNG[:8] + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


NO_COVERS = {
    "empty": b"",
    "GIF": picture("GIF"),
    "WebP cut short": picture("WEBP")[:-8],
    "only a beginning": PNG[:8],
    "cut short": PNG[: len(PNG) * 2 // 3],
    "JPEG cut short": JPEG[: len(JPEG) * 2 // 3],
    "text": b"Otsikko\n",
    "too large": PNG + bytes(1 << 24),
    "many scans": SCANS[:-2] + SCANS[SCANS.rindex(b"\xff\xda") : -2] * 1001 + SCANS[-2:],
    "bomb": bomb(40_000, 1000),
    "whole bomb": bomb(10_000, 1251 * 10_000),
}


@pytest.mark.parametrize("name", ["bomb", "whole bomb"])
def test_a_cover_with_too_many_pixels_is_refused(shelf: Shelf, name: str) -> None:
    shelf.cover.write_bytes(NO_COVERS[name])
    with pytest.raises(SourceError) as caught:
        shelf.plan()
    assert "is too large: more than 89 million pixels" in caught.value.message
    assert "smaller" in (caught.value.hint or "")


@pytest.mark.parametrize("name", NO_COVERS)
def test_an_unusable_cover_is_refused_by_name(shelf: Shelf, name: str) -> None:
    shelf.cover.write_bytes(NO_COVERS[name])
    with pytest.raises(SourceError) as caught:
        shelf.plan()
    assert "essee.png" in (caught.value.where or "")
    assert caught.value.hint


def test_a_decompression_bomb_is_refused_even_with_warnings_off(shelf: Shelf) -> None:
    shelf.cover.write_bytes(NO_COVERS["whole bomb"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with pytest.raises(SourceError):
            shelf.plan()


def test_another_program_version_is_a_reason(shelf: Shelf) -> None:
    inputs = msgspec.structs.replace(shelf.plan().inputs, maker="audiobook 0.0.1")
    shelf.edit_record(inputs=inputs)
    assert MAKER != "audiobook 0.0.1"
    assert shelf.reasons() == (Reason.VERSION_CHANGED,)


def test_a_missing_output_is_a_reason(shelf: Shelf) -> None:
    shelf.audio.unlink()
    assert shelf.reasons() == (Reason.OUTPUT_MISSING,)


def test_a_missing_record_is_a_reason(shelf: Shelf) -> None:
    shelf.record.unlink()
    plan = shelf.plan()
    assert plan.reasons == (Reason.OUTPUT_MISSING,)
    assert plan.record is None


def test_a_book_without_any_files_is_new(shelf: Shelf) -> None:
    shutil.rmtree(shelf.folder)
    assert shelf.reasons() == (Reason.NEW,)


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [flip, cut, empty])
def test_a_damaged_output_is_a_reason(shelf: Shelf, damage: Callable[[Path], None]) -> None:
    damage(shelf.audio)
    assert shelf.reasons() == (Reason.OUTPUT_DAMAGED,)


@pytest.mark.parametrize(
    "damage", [flip, empty, lambda path: path.write_text('{"format": 1, "slug": "essee"}')]
)
def test_a_damaged_record_is_a_reason(shelf: Shelf, damage: Callable[[Path], None]) -> None:
    damage(shelf.record)
    plan = shelf.plan()
    assert plan.reasons == (Reason.OUTPUT_DAMAGED,)
    assert plan.record is None


def test_a_file_that_is_not_our_record_blocks_a_new_work(shelf: Shelf) -> None:
    shelf.record.write_text('{"title": "my notes"}')
    plan = shelf.plan()
    assert plan.reasons == (Reason.NEW,)
    assert plan.unowned_outputs == (shelf.record,)


def test_a_record_of_another_format_is_a_reason(shelf: Shelf) -> None:
    shelf.edit_record(format=99)
    assert shelf.reasons() == (Reason.OUTPUT_DAMAGED,)


def test_a_fresh_book_can_be_forced(shelf: Shelf) -> None:
    assert shelf.reasons(force=True) == (Reason.FORCED,)


def test_a_forced_stale_book_still_says_why_it_is_stale(shelf: Shelf) -> None:
    shelf.audio.unlink()
    assert shelf.reasons(force=True) == (Reason.OUTPUT_MISSING,)


def test_all_reasons_are_given_in_a_fixed_order(shelf: Shelf) -> None:
    inputs = msgspec.structs.replace(shelf.plan().inputs, maker="audiobook 0.0.1")
    shelf.edit_record(inputs=inputs)
    shelf.text.write_text("Toinen\n\nTeksti on tässä.\n", "utf-8")
    shelf.cover.write_bytes(PNG)
    shelf.audio.unlink()
    other = Settings(engine="tone", author="Aino", voice={"fi": VoiceSettings(speed=2.0)})
    assert shelf.reasons(other) == (
        Reason.TEXT_CHANGED,
        Reason.SPEED_CHANGED,
        Reason.SETTINGS_CHANGED,
        Reason.COVER_CHANGED,
        Reason.VERSION_CHANGED,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings",
    [
        Settings(engine="tone", author="Aino"),
        Settings(engine="tone", voice={"fi": VoiceSettings(speed=2.0)}),
        Settings(engine="tone", pauses=PauseSettings(paragraph=100)),
    ],
)
def test_a_work_rebuilt_for_a_reason_is_fresh(shelf: Shelf, settings: Settings) -> None:
    assert shelf.reasons(settings)
    shelf.build(settings)
    assert shelf.reasons(settings) == ()
    assert shelf.reasons()


def test_another_extension_for_the_same_bytes_is_a_reason(shelf: Shelf) -> None:
    shelf.text.rename(shelf.text.with_suffix(".md"))
    assert shelf.reasons() != ()


def test_another_name_that_is_the_title_is_a_reason(tmp_path: Path) -> None:
    shelf = new_shelf(tmp_path / "project")
    shelf.text.write_text("Vain yksi lause, eikä otsikkoa.\n", "utf-8")
    shelf.build()
    shelf.text.rename(shelf.text.with_name("Essee!.txt"))
    assert shelf.plan().edition.fallback_title == "Essee!"
    assert shelf.reasons() != ()


def test_a_text_that_was_renamed_and_changed_is_changed_once(shelf: Shelf) -> None:
    shelf.text.write_text("Otsikko\n\nHän jäi.\n", "utf-8")
    shelf.text.rename(shelf.text.with_suffix(".md"))
    assert shelf.reasons() == (Reason.TEXT_CHANGED,)


def test_input_reasons_are_found_without_reading_files(shelf: Shelf) -> None:
    plan = shelf.plan()
    record = plan.record
    assert record
    other = msgspec.structs.replace(plan.inputs, source_sha256="0" * 64)
    nowhere = shelf.root / "nowhere"
    assert stale_reasons(other, record, nowhere, "essee") == (Reason.TEXT_CHANGED,)
    assert stale_reasons(plan.inputs, record, nowhere, "essee") == (Reason.OUTPUT_MISSING,)
    assert stale_reasons(plan.inputs, None, nowhere, "essee") == (Reason.NEW,)


def test_every_reason_has_its_own_text() -> None:
    words = reasons_text(tuple(Reason))
    assert words[:3] == ["new", "text changed", "voice changed"]
    assert len(set(words)) == len(Reason) == 18


def test_a_text_that_cannot_be_read_is_refused_by_name(shelf: Shelf) -> None:
    (edition,) = find_texts(shelf.root / "texts").editions
    shelf.text.unlink()
    with pytest.raises(SourceError) as caught:
        plan_edition(edition, SETTINGS, Voices(SETTINGS, ClipStore(shelf.root)), shelf.project())
    assert caught.value.where == "texts/fi/essee.txt"


@pytest.mark.parametrize(
    "settings",
    [Settings(engine="nobody"), Settings(engine="tone", voice={"fi": VoiceSettings(name="nobody")})],
)
def test_an_unknown_voice_is_missing(shelf: Shelf, settings: Settings) -> None:
    with pytest.raises(EngineMissing, match="nobody"):
        shelf.plan(settings)


def test_the_voice_of_the_language_is_chosen(shelf: Shelf) -> None:
    chosen = shelf.plan(Settings(engine="tone", voice={"fi": VoiceSettings(speed=2.0)})).chosen
    assert (chosen.engine.name, chosen.voice.name, chosen.speaker.speed) == ("tone", "tone", 2.0)


LATVIAN = "Lasītājs\n\nViņš klausās balsi, kas lasa tālāk.\n"


def encoded_shelf(root: Path) -> Shelf:
    shelf = new_shelf(root)
    shelf.text.write_bytes(LATVIAN.encode("cp1257"))
    return shelf


def in_encoding(name: str) -> Settings:
    return msgspec.structs.replace(SETTINGS, encoding=name)


@pytest.mark.slow
def test_a_text_in_another_encoding_is_stale_when_another_one_is_named(tmp_path: Path) -> None:
    shelf = encoded_shelf(tmp_path / "project")
    shelf.build(in_encoding("cp1250"))
    record = read_record(shelf.record)
    assert record
    assert (record.encoding, record.title == "Lasītājs") == ("cp1250", False)
    assert shelf.reasons(in_encoding("cp1250")) == ()
    assert shelf.reasons() == ()
    assert shelf.plan(force=True).encoding == "cp1250"
    assert shelf.reasons(in_encoding("cp1257")) == (Reason.SETTINGS_CHANGED,)
    shelf.build(in_encoding("cp1257"))
    record = read_record(shelf.record)
    assert record
    assert (record.encoding, record.title) == ("cp1257", "Lasītājs")


def test_a_text_in_utf_8_is_never_stale_by_an_encoding(shelf: Shelf) -> None:
    assert shelf.reasons(in_encoding("cp1257")) == ()
    shelf.text.write_text("Otsikko\n\nÄiti.\n", "utf-8")
    shelf.build(in_encoding("cp1257"))
    assert shelf.reasons() == shelf.reasons(in_encoding("cp1250")) == ()
