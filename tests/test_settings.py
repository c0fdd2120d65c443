"""Settings: precedence of sources, and errors with line numbers."""

import json
import os
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audiobook.cover.drawing import palettes
from audiobook.errors import SettingsError, UsageError
from audiobook.settings import (
    AudioSettings,
    PaletteName,
    PauseSettings,
    Settings,
    VoiceSettings,
    WorkSettings,
    line_of,
    load_settings,
    worker_count,
)


def loaded(folder: Path, text: str | bytes, **flags: Any) -> Settings:
    data = text.encode() if isinstance(text, str) else text
    (folder / "audiobook.toml").write_bytes(data)
    return load_settings(folder, flags, {})


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose settings are written again for each example."""
    return tmp_path_factory.mktemp("hostile")


def outcome(folder: Path, text: str | bytes) -> Settings | SettingsError:
    try:
        return loaded(folder, text)
    except SettingsError as error:
        return error


def refused(folder: Path, text: str | bytes, **flags: Any) -> SettingsError:
    with pytest.raises(SettingsError) as caught:
        loaded(folder, text, **flags)
    return caught.value


def test_without_a_file_everything_has_its_default(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}, {}) == Settings()
    assert Settings() == Settings(
        texts="texts",
        output="output",
        store=".audiobook",
        author=None,
        engine="auto",
        formats=None,
        jobs=0,
        voice={},
        pauses=PauseSettings(500, 350, 700, 1200, 900, 1800, 1800, 1500),
        audio=AudioSettings(64, 7, -19.0, -1.0),
    )


def test_an_empty_file_changes_nothing(tmp_path: Path) -> None:
    assert loaded(tmp_path, "") == Settings()
    assert loaded(tmp_path, "# only a remark\n") == Settings(written="# only a remark\n")


def test_a_file_sets_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    text = (
        'engine = "tone"\njobs = 3\n[pauses]\nstart = 0\n[audio]\npeak_dbtp = -3\n[voice.fi]\nspeed = 1.5\n'
    )
    assert loaded(tmp_path, text) == Settings(
        engine="tone",
        jobs=3,
        pauses=PauseSettings(start=0),
        audio=AudioSettings(peak_dbtp=-3),
        voice={"fi": VoiceSettings(speed=1.5)},
        written=text,
    )


def test_flags_override_the_environment_which_overrides_the_file(tmp_path: Path) -> None:
    (tmp_path / "audiobook.toml").write_text('engine = "file"\ntexts = "file"\noutput = "file"\njobs = 1\n')
    environment = {"AUDIOBOOK_ENGINE": "environment", "AUDIOBOOK_TEXTS": "environment", "AUDIOBOOK_JOBS": "2"}
    settings = load_settings(tmp_path, {"engine": "flag", "jobs": 0}, environment)
    assert (settings.engine, settings.texts, settings.output, settings.jobs) == (
        "flag",
        "environment",
        "file",
        0,
    )


@pytest.mark.parametrize("name", ["texts", "output", "store", "author", "engine"])
def test_the_environment_sets_names(tmp_path: Path, name: str) -> None:
    settings = load_settings(tmp_path, {}, {f"AUDIOBOOK_{name.upper()}": "given", name: "no", "PATH": "no"})
    assert getattr(settings, name) == "given"


def test_a_flag_that_was_not_given_and_an_empty_variable_change_nothing(tmp_path: Path) -> None:
    (tmp_path / "audiobook.toml").write_text('engine = "file"\njobs = 1\n')
    settings = load_settings(
        tmp_path, {"engine": None, "jobs": None}, {"AUDIOBOOK_ENGINE": "", "AUDIOBOOK_JOBS": ""}
    )
    assert (settings.engine, settings.jobs) == ("file", 1)


def test_an_unknown_environment_variable_is_ignored(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}, {"AUDIOBOOK_SPAWN": "1", "AUDIOBOOK_SHARED": "x"}) == Settings()


@pytest.mark.parametrize("number", ["many", "1.5", "0x4", "9" * 5000])
def test_an_invalid_number_of_jobs_names_its_variable(tmp_path: Path, number: str) -> None:
    with pytest.raises(SettingsError, match="AUDIOBOOK_JOBS"):
        load_settings(tmp_path, {}, {"AUDIOBOOK_JOBS": number})


@pytest.mark.parametrize("number", ["-1", "257"])
def test_a_number_of_jobs_out_of_range_is_refused(tmp_path: Path, number: str) -> None:
    with pytest.raises(SettingsError, match="jobs"):
        load_settings(tmp_path, {}, {"AUDIOBOOK_JOBS": number})


def test_a_wrong_environment_value_is_not_blamed_on_the_file(tmp_path: Path) -> None:
    (tmp_path / "audiobook.toml").write_text("jobs = 2\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, {}, {"AUDIOBOOK_JOBS": "-1"})
    assert caught.value.where is None


@pytest.mark.parametrize(
    ("text", "line", "key", "hint"),
    [
        ('engin = "tone"\n', 1, "engin", "did you mean engine"),
        ('# one\n\n"engin" = "tone"\n', 3, "engin", "did you mean engine"),
        ('engine = "a"\r\n[pauses]\r\nstrat = 5\r\n', 3, "strat", "did you mean start?"),
        ("[pauses]\nstart = 5\n[audio]\nstart = 5\n", 4, "start", "known: kbits"),
        ('[voice.fi]\nname = "x"\nspeeed = 1\n', 3, "speeed", "did you mean speed?"),
        ("[audio]\n\nkbit = 64\n", 3, "kbit", "did you mean kbits?"),
        ("name = 1\n[voice.fi]\nname = 'x'\n", 1, "name", "did you mean `name` under `[voice.<language>]`?"),
        ("speed = 1.2\n", 1, "speed", "did you mean `speed` under `[voice.<language>]`?"),
        ("kbits = 64\n", 1, "kbits", "did you mean `kbits` under `[audio]`?"),
        ("kbit = 64\n", 1, "kbit", "did you mean `kbits` under `[audio]`?"),
        ("Speed = 1.2\n", 1, "Speed", "did you mean `speed` under `[voice.<language>]`?"),
        ("ENGINE = 'tone'\n", 1, "ENGINE", "did you mean engine?"),
        ("[audio]\nbitrate = 128\n", 2, "bitrate", "did you mean kbits?"),
        ("Sample-Rate = 44100\n", 1, "Sample-Rate", "did you mean `rate_hz` under `[audio]`?"),
        ("workers = 4\n", 1, "workers", "did you mean jobs?"),
        ("lang = 'fi'\n", 1, "lang", "the language of a text is that of its folder (texts/fi/essay.txt)"),
        ("zzz = 1\n", 1, "zzz", "known: audio, author, "),
        ("asked_cluster = 'tls://x:1'\n", 1, "asked_cluster", "did you mean cluster?"),
        (
            "title = 'x'\n",
            1,
            "title",
            "did you mean `title` under `[pauses]`, `[publish]` or `[works.<name>]`?",
        ),
    ],
)
def test_an_unknown_key_is_refused_with_its_line_and_the_nearest_one(
    tmp_path: Path, text: str, line: int, key: str, hint: str
) -> None:
    error = refused(tmp_path, text)
    assert error.where == f"audiobook.toml:{line}"
    assert error.message == f"unknown setting “{key}”"
    assert error.hint is not None
    assert error.hint.startswith(hint)


@pytest.mark.parametrize(
    ("text", "line", "name"),
    [
        ("jobs = 'two'\n", 1, "jobs"),
        ("\n\njobs = -1\n", 3, "jobs"),
        ("jobs = true\n", 1, "jobs"),
        ("jobs = 1.5\n", 1, "jobs"),
        ("jobs = 99999999999999999999999\n", 1, "jobs"),
        ("texts = 5\n", 1, "texts"),
        ("formats = 'mp3'\n", 1, "formats"),
        ("pauses = 5\n", 1, "pauses"),
        ("[pauses]\nstart = 5\nend = 60001\n", 3, "end"),
        ("[audio]\nkbits = 31\n", 2, "kbits"),
        ("[audio]\nquality = 7\nloudness_lufs = 0\n", 3, "loudness_lufs"),
        ("[audio]\npeak_dbtp = nan\n", 2, "peak_dbtp"),
        ("[voice.fi]\nspeed = 0.4\n", 2, "speed"),
        ("[voice.fi]\nspeed = 'fast'\n", 2, "speed"),
        ("[voice.'pt-BR']\n\nname = 5\n", 3, "name"),
        ("[audio]\nkbits = 64\n[pauses]\nend = 1979-05-27\n", 4, "end"),
    ],
)
def test_an_invalid_value_is_refused_with_its_line(tmp_path: Path, text: str, line: int, name: str) -> None:
    error = refused(tmp_path, text)
    assert error.where == f"audiobook.toml:{line}"
    assert name in error.message


@pytest.mark.parametrize("key", ["texts", "output", "store"])
def test_an_impossible_folder_name_is_refused_with_its_line(tmp_path: Path, key: str) -> None:
    error = refused(tmp_path, f'author = "Aino"\n{key} = "a\\u0000b"\n')
    assert error.where == "audiobook.toml:2"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('output = "texts"', 1, "output and texts are the same folder (texts)"),
        ('\noutput = "texts/en/../made"', 2, "output (texts/en/../made) is in the folder of texts (texts)"),
        ('store = "texts/.audiobook"', 1, "store (texts/.audiobook) is in the folder of texts (texts)"),
        ('store = "output"', 1, "output and store are the same folder (output)"),
        ('author = "A"\ntexts = "."', 2, "output (output) is in the folder of texts (.)"),
        ('texts = "a"\noutput = "link"', 2, "output (link) is in the folder of texts (a)"),
    ],
)
def test_folders_of_a_project_are_apart(tmp_path: Path, text: str, line: int, message: str) -> None:
    (tmp_path / "a/en").mkdir(parents=True)
    (tmp_path / "link").symlink_to("a/en")
    error = refused(tmp_path, text)
    assert (error.where, error.message) == (f"audiobook.toml:{line}", message)


def test_the_output_may_be_in_the_store(tmp_path: Path) -> None:
    assert loaded(tmp_path, 'store = "."').store == "."


def test_folders_of_the_command_line_are_apart_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=r"output \(texts/x\) is in the folder of texts") as caught:
        load_settings(Path(), {"output": "texts/x"}, {})
    assert caught.value.where is None
    assert (
        load_settings(Path(), {"output": "texts-made"}, {"AUDIOBOOK_STORE": "texts.store"}).output
        == "texts-made"
    )


def test_the_line_of_a_value_is_known_unless_something_overrides_it(tmp_path: Path) -> None:
    text = 'engine = "tone"\n[voice.pt-BR]\nengine = "gtts"\nspeed = 1.5\n[engines.x.fields]\nb = 1\n'
    settings = loaded(tmp_path, text)
    keys = settings.voice_keys("pt-br", "engine")
    assert line_of(settings, *keys) == "audiobook.toml:3"
    assert line_of(settings, "engine") == "audiobook.toml:1"
    assert line_of(settings, "engines", "x", "fields", "b") == "audiobook.toml:6"
    assert line_of(settings, *settings.voice_keys("fi", "engine")) is None
    assert line_of(settings, "fallback") is None
    flagged = loaded(tmp_path, text, engine="espeak")
    assert line_of(flagged, *keys) is None
    assert line_of(flagged, *flagged.voice_keys("pt-BR", "speed")) == "audiobook.toml:4"


def test_a_wrong_value_of_one_voice_is_not_blamed_on_another(tmp_path: Path) -> None:
    error = refused(tmp_path, "[voice.fi]\nspeed = 1.0\n[voice.sl]\nspeed = 7.0\n")
    assert error.where == "audiobook.toml:4"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("\nvoice.fi.speed = 9.0\n", 2),
        ("pauses.strat = 9\n", 1),
        ("[voice]\nfi.speed = 9.0\n", 2),
        ("\nvoice = {fi = {speed = 9.0}}\n", 2),
        ("[voice]\nfi = 'anna'\n", 2),
        ("\n[[pauses]]\nstart = 5\n", 2),
        ("[engines.openai]\nmodel = 'a'\nvoices = ['a']\n", 3),
    ],
)
def test_a_key_written_another_way_is_refused_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    assert refused(tmp_path, text).where == f"audiobook.toml:{line}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("voice = 5\n", "voice must be a table"),
        ("voice.fi = 5\n", "voice.fi must be a table"),
        ("[voice.fi]\nspeed = 'x'\n", "voice.fi.speed must be a number"),
        ("[voice.'pt-BR']\nspeed = 'x'\n", "voice.pt-BR.speed must be a number"),
        ("[audio]\nkbits = 'x'\n", "audio.kbits must be a whole number"),
        ("jobs = 'x'\n", "jobs must be a whole number"),
        ("author = 5\n", "author must be text in quotes"),
        ("narrate = 5\n", "narrate must be a list"),
        ("jobs = -1\n", "jobs must be at least 0"),
        ("[voice.en]\nspeed = 9\n", "voice.en.speed must be at most 3.0"),
        ("[publish]\nepisodes = 'all'\n", "publish.episodes must be work or chapter"),
        ("engines = 5\n", "engines must be a table"),
        ("[engines]\nopenai = 5\n", "engines.openai must be a table"),
        (
            "[engines.openai]\nmodel = 'a'\nvoices = ['a']\n",
            "engines.openai.voices must be true or false, a number or text in quotes",
        ),
    ],
)
def test_the_message_names_the_whole_key(tmp_path: Path, text: str, message: str) -> None:
    assert refused(tmp_path, text).message == message


@pytest.mark.parametrize("table", ["", "[audio]\n", "[works.essay]\n"])
@pytest.mark.parametrize("key", ["", "`", "\n", "x` - at `$.voice", "a.b"])
def test_an_unknown_key_can_have_any_characters_or_none(tmp_path: Path, table: str, key: str) -> None:
    error = refused(tmp_path, f"{table}{json.dumps(key)} = 1\n")
    assert error.message == f"unknown setting “{key}”"
    assert (error.where or "").startswith("audiobook.toml")


def test_lines_are_counted_as_toml_counts_them(tmp_path: Path) -> None:
    assert refused(tmp_path, "# a\u2028b\x85c\nengin = 'x'\n").where == "audiobook.toml:2"


def test_an_unknown_format_is_refused_with_its_line(tmp_path: Path) -> None:
    error = refused(tmp_path, 'engine = "tone"\nformats = ["mp3", "wav"]\n')
    assert (error.message, error.hint) == (
        "unknown format “wav”",
        "known: epub, flac, lpf, lrc, m4b, mp3, opus, srt, vtt",
    )
    assert error.where == "audiobook.toml:2"


def test_a_mistyped_value_of_a_closed_list_is_answered_with_the_one_that_was_meant(tmp_path: Path) -> None:
    for text, value in (
        ('formats = ["opsu"]', "opus"),
        ('sync = "wrod"', "word"),
        ('split = "Chapters"', "chapter"),
        ('preset = "axc"', "acx"),
        ('layout = "libary"', "library"),
        ('cover.palette = "nihgt"', "night"),
        ('works.novel.palette = "see"', "sea"),
        ('mp3.sylt = "sentences"', "sentence"),
        ('publish.episodes = "chapters"', "chapter"),
        ('publish.feeds = "regions"', "region"),
        ('encoding = "latin-l"', "latin-1"),
    ):
        hint = refused(tmp_path, text).hint or ""
        assert hint.startswith("did you mean"), text
        assert value in hint, text
    assert refused(tmp_path, 'sync = "?"').hint is None  # the message lists the values


def test_a_wrong_value_in_the_file_is_refused_even_if_a_flag_overrides_it(tmp_path: Path) -> None:
    assert refused(tmp_path, "engine = 5\n", engine="tone").where == "audiobook.toml:1"


def test_a_wrong_flag_is_refused_without_a_line(tmp_path: Path) -> None:
    error = refused(tmp_path, 'engine = "tone"\n', jobs=-1)
    assert error.where is None
    assert "jobs" in error.message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("engine = \n", 1),
        ("jobs = 1\n\n[pauses\n", 3),
        ("jobs = 1\njobs = 2\n", 2),
        ("jobs = 1\nengine = 'a\nb'\n", 2),
        ("x = \x00\n", 1),
    ],
)
def test_invalid_toml_is_refused_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    error = refused(tmp_path, text)
    assert error.where == f"audiobook.toml:{line}"
    assert error.message.startswith("not valid TOML: ")
    assert "line" not in error.message


@pytest.mark.parametrize("text", ["a = " + "[" * 20_000, "a = " + "9" * 5000, "a = ["])
def test_truncated_or_pathological_toml_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, text).where == "audiobook.toml:1"


def test_a_key_of_very_many_parts_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, "a." * 2000 + "b = 1").message == "not valid TOML: a key has too many parts"


def test_a_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    assert loaded(tmp_path, b"\xef\xbb\xbfengine = 'tone'\n").engine == "tone"


def test_another_encoding_is_refused_by_name(tmp_path: Path) -> None:
    error = refused(tmp_path, "engine = 'ä'".encode("utf-16"))
    assert (error.where, error.message) == ("audiobook.toml", "is not UTF-8")


def test_a_folder_in_place_of_the_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "audiobook.toml").mkdir()
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path, {}, {})
    assert caught.value.where == "audiobook.toml"
    assert caught.value.exit_code == 2


def test_a_voice_is_chosen_by_the_whole_tag_then_by_its_first_part() -> None:
    whole, first = VoiceSettings(name="whole"), VoiceSettings(name="first")
    settings = Settings(voice={"pt-br": whole, "PT": first})
    assert settings.voice_of("pt-BR") is whole
    assert settings.voice_of("PT-br") is whole
    assert settings.voice_of("pt-PT") is first
    assert settings.voice_of("pt") is first
    assert settings.voice_of("fi") == VoiceSettings()


def test_a_regional_voice_in_the_settings_does_not_apply_to_the_base_language() -> None:
    assert Settings(voice={"pt-BR": VoiceSettings(name="x")}).voice_of("pt") == VoiceSettings()


VOICES = '[voice.fi]\nengine = "espeak"\nname = "anna"\nspeed = 1.5\n[voice.pt]\nspeed = 2.0\n'


def test_an_engine_named_on_the_command_line_applies_to_every_language(tmp_path: Path) -> None:
    settings = loaded(tmp_path, VOICES, engine="tone")
    assert settings.engine == "tone"
    assert settings.voice_of("fi") == VoiceSettings("tone", None, 1.5)
    assert settings.voice_of("pt-BR") == VoiceSettings("tone", None, 2.0)
    assert settings.voice_of("sl") == VoiceSettings("tone", None, 1.0)


def test_an_engine_named_in_the_environment_applies_to_every_language(tmp_path: Path) -> None:
    (tmp_path / "audiobook.toml").write_text(VOICES)
    settings = load_settings(tmp_path, {}, {"AUDIOBOOK_ENGINE": "tone"})
    assert settings.voice_of("fi") == VoiceSettings("tone", None, 1.5)
    settings = load_settings(tmp_path, {"engine": "other"}, {"AUDIOBOOK_ENGINE": "tone"})
    assert settings.voice_of("fi") == VoiceSettings("other", None, 1.5)


def test_an_engine_named_in_the_file_applies_to_languages_without_their_own(tmp_path: Path) -> None:
    settings = loaded(tmp_path, 'engine = "tone"\n' + VOICES)
    assert settings.voice_of("fi") == VoiceSettings("espeak", "anna", 1.5)
    assert settings.voice_of("sl") == VoiceSettings()


def test_a_voice_named_on_the_command_line_applies_to_every_language(tmp_path: Path) -> None:
    settings = loaded(tmp_path, VOICES, voice="eva")
    assert settings.voice_of("fi") == VoiceSettings("espeak", "eva", 1.5)
    assert settings.voice_of("pt-BR") == VoiceSettings(None, "eva", 2.0)
    assert settings.voice_of("sl") == VoiceSettings(None, "eva", 1.0)


def test_engine_and_voice_may_be_named_together(tmp_path: Path) -> None:
    settings = loaded(tmp_path, VOICES, engine="tone", voice="eva")
    assert settings.voice_of("fi") == VoiceSettings("tone", "eva", 1.5)


def test_without_flags_voices_do_not_change(tmp_path: Path) -> None:
    settings = loaded(tmp_path, VOICES, engine=None, voice=None)
    assert settings == loaded(tmp_path, VOICES)
    assert settings.voice_of("fi") == VoiceSettings("espeak", "anna", 1.5)


def test_the_number_of_workers_is_jobs_or_the_number_of_cores() -> None:
    assert worker_count(Settings(jobs=7)) == 7
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    assert worker_count(Settings()) == cores


KEYS = st.sampled_from(
    [
        *Settings.__struct_fields__,
        *PauseSettings.__struct_fields__,
        *AudioSettings.__struct_fields__,
        *VoiceSettings.__struct_fields__,
        "voice.fi",
        "voice.fi.speed",
        '"pt-BR"',
        "'`$`'",
        '"\\u001b[31m"',
    ]
)
VALUES = st.sampled_from(["1979-05-27", "07:32:00", "inf", "nan", "{a = 1}", "[[]]", "''", "'mp3'"]) | (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text())
).map(json.dumps)
LINES = st.one_of(
    st.builds("{} = {}".format, KEYS, VALUES),
    KEYS.map("[{}]".format),
    KEYS.map("[[{}]]".format),
    st.text(max_size=10),
)


@pytest.mark.slow
@hypothesis_settings(max_examples=200)
@given(text=st.text() | st.lists(LINES).map("\n".join))
@example(text='voice = {fi = {speed = "x"}}')
@example(text="[voice.fi.name]\nx = 1")
def test_any_text_gives_settings_or_a_settings_error(text: str, hostile: Path) -> None:
    result = outcome(hostile, text.encode("utf-8", "replace"))
    if isinstance(result, SettingsError):
        assert result.message
        assert result.where is None or re.fullmatch(r"audiobook\.toml(:[1-9]\d*)?", result.where)
    else:
        assert 0 <= result.jobs <= 256


@given(data=st.binary())
def test_any_bytes_give_settings_or_a_settings_error(data: bytes, hostile: Path) -> None:
    assert isinstance(outcome(hostile, data), Settings | SettingsError)


NAMES = [*Settings.__struct_fields__, "voice", "formats"]
WORDS = st.text() | st.binary().map(lambda data: data.decode("utf-8", "surrogateescape"))


@pytest.mark.slow
@given(
    environment=st.dictionaries(st.sampled_from(NAMES).map(lambda name: f"AUDIOBOOK_{name.upper()}"), WORDS),
    flags=st.dictionaries(st.sampled_from(["texts", "output", "engine", "voice", "encoding"]), WORDS),
    jobs=st.none() | st.integers(),
    formats=st.none() | st.tuples(WORDS),
)
@example(environment={"AUDIOBOOK_JOBS": "9" * 5000}, flags={}, jobs=None, formats=None)
@example(environment={"AUDIOBOOK_ENCODING": "a\udcff"}, flags={"encoding": "\0"}, jobs=0, formats=None)
def test_any_words_in_flags_and_environment_give_settings_or_a_settings_error(
    environment: dict[str, str],
    flags: dict[str, str],
    jobs: int | None,
    formats: tuple[str] | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Bytes that are not UTF-8 in environment and flags: our own error."""
    empty = tmp_path_factory.getbasetemp() / "no-project"
    try:
        settings = load_settings(empty, flags | {"jobs": jobs, "formats": formats}, environment)
    except SettingsError as error:
        shown = str(error)
    else:
        shown = " ".join(
            (settings.texts, settings.output, settings.store, settings.engine, settings.author or "")
        )
    assert shown == shown.encode("utf-8", "replace").decode()


@pytest.mark.parametrize(
    ("given", "known"),
    [
        ("CP1257", "cp1257"),
        ("windows-1257", "cp1257"),
        ("ISO-8859-13", "iso8859-13"),
        ("latin1", "iso8859-1"),
        ("utf-16", "utf-16-le"),
        ("UTF8", "utf-8"),
    ],
)
def test_an_encoding_has_one_name_whatever_it_was_called(tmp_path: Path, given: str, known: str) -> None:
    assert loaded(tmp_path, "", encoding=given).encoding == known


@pytest.mark.parametrize(
    "given",
    ["", "cp12577", "rot13", "hex", "base64", "punycode", "idna", "undefined", "unicode_escape", "a\0b"],
)
def test_an_unknown_encoding_is_refused_with_suggestions(tmp_path: Path, given: str) -> None:
    with pytest.raises(SettingsError) as caught:
        loaded(tmp_path, "", encoding=given)
    assert given in caught.value.message
    assert caught.value.hint
    assert given != "cp12577" or "cp1257" in caught.value.hint


def test_a_wrong_encoding_in_the_file_is_named_by_its_line(tmp_path: Path) -> None:
    error = refused(tmp_path, 'jobs = 1\nencoding = "cp12577"\n')
    assert error.where == "audiobook.toml:2"


def test_the_chapters_of_a_work_are_checked_and_put_in_one_form(tmp_path: Path) -> None:
    text = '[works.novel]\nchapters = "3 - 7,10"\nskip = ["Index", 2]\n[works.other]\nchapters = 4\n'
    settings = loaded(tmp_path, text)
    assert settings.work_of("novel") == WorkSettings("3-7,10", ("Index", "2"))
    assert settings.work_of("other") == WorkSettings("4")
    assert settings.work_of("third") == WorkSettings()
    flagged = loaded(tmp_path, text, chapters="1-2", skip=None)
    assert flagged.work_of("novel") == flagged.work_of("third") == WorkSettings("1-2")
    wrong = refused(tmp_path, '[works.novel]\nchapters = "x"\n')
    assert str(wrong) == "audiobook.toml:2: works.novel.chapters: “x” is not a number or a range"
    assert (
        str(refused(tmp_path, "[works.a]\n[works.b]\nchapter = 1\n"))
        == "audiobook.toml:3: unknown setting “chapter”"
    )


def test_changes_of_chapters_and_colours_are_settings_of_a_work(tmp_path: Path) -> None:
    text = '[works.novel]\nmerge = [3, "Four"]\nrename = {1 = "One", "Two" = "2"}\npalette = "fir"\n'
    settings = loaded(tmp_path, text + '[cover]\npalette = "sea"\n')
    assert settings.work_of("novel").merge == ("3", "Four")
    assert (settings.palette_of("novel"), settings.palette_of("other")) == ("fir", "sea")
    assert not settings.are_changes_flagged
    flagged = loaded(tmp_path, text, rename=("Two=Zwei=Dos", " 5 = Five "), palette="mist")
    assert flagged.work_of("novel").rename == {"1": "One", "Two": "Zwei=Dos", "5": "Five"}
    assert (flagged.work_of("novel").merge, flagged.are_changes_flagged) == (("3", "Four"), True)
    assert flagged.palette_of("novel") == "mist"
    assert get_args(PaletteName) == tuple(palettes())
    for wrong, told in (
        ('rename = {1 = "***"}', "each value of works.novel.rename must have a letter or a digit"),
        ("rename = {1 = 2}", "each value of works.novel.rename must be text in quotes"),
        ("merge = [1.5]", "each value of works.novel.merge must be a whole number or text in quotes"),
        ('palette = "red"', "works.novel.palette must be night, cream, fir"),
        ("cast = {speakers = {A = 1}}", "each value of works.novel.cast.speakers must be text in quotes"),
    ):
        error = refused(tmp_path, f"[works.novel]\n{wrong}\n")
        assert str(error).startswith(f"audiobook.toml:2: {told}"), wrong
    assert refused(tmp_path, "[works.novel]\nrenam = {}\n").hint == "did you mean rename?"
    for wrong in ("3", "=A", "3= ", "3=…", f"3={'x' * 201}"):
        with pytest.raises(UsageError, match="--rename"):
            loaded(tmp_path, "", rename=(wrong,))
    with pytest.raises(UsageError, match="red"):
        loaded(tmp_path, "", palette="red")


def test_sentences_of_credits_have_only_known_names_in_braces(tmp_path: Path) -> None:
    text = '[credits.en]\nopening = ["{title}.", "By {authors}."]\n'
    assert loaded(tmp_path, text).credits_of("en-GB").opening == ("{title}.", "By {authors}.")
    assert not loaded(tmp_path, text).credits_of("fi").opening
    for brace in ("{title:>99999999}", "{title.__class__}", "{}", "}", "{", "{{title}}"):
        wrong = refused(tmp_path, text + f'closing = ["The end. {brace}"]\n')
        assert wrong.where == "audiobook.toml:3"
        assert wrong.hint
    wrong = refused(tmp_path, text + 'closing = ["By {auther}."]\n')
    assert wrong.hint == "did you mean {authors}?"
    wrong = refused(tmp_path, '[credits.english]\nopening = ["A."]\n')
    assert str(wrong).startswith("audiobook.toml:1: credits.english: ")
    wrong = refused(tmp_path, '[credits.en]\nopening = [" … "]\n')
    assert str(wrong) == "audiobook.toml:2: each value of credits.en.opening must have a letter or a digit"
    assert "did you mean opening" in (refused(tmp_path, '[credits.en]\nopenin = ["A."]\n').hint or "")
