"""The choice of voices by settings, and errors if there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools import Shelf, engine_package

from audiobook.clips.store import ClipStore
from audiobook.commands.voices.listing import sex_of
from audiobook.engines.base import Voice
from audiobook.errors import EngineMissing
from audiobook.pipeline.planning.staleness import plan_edition
from audiobook.pipeline.project import Project
from audiobook.pipeline.scripts.cast import Cast
from audiobook.pipeline.scripts.scripting import script_book
from audiobook.pipeline.texts.catalog import find_texts
from audiobook.pipeline.voices.choosing import Voices
from audiobook.pipeline.voices.gain import UNMEASURED
from audiobook.settings import Option, Settings, VoiceSettings


def voices(tmp_path: Path, settings: Settings) -> Voices:
    return Voices(settings, ClipStore(tmp_path / ".audiobook"))


def refused(tmp_path: Path, settings: Settings, language: str) -> EngineMissing:
    with pytest.raises(EngineMissing) as caught:
        voices(tmp_path, settings).choose(language)
    return caught.value


def test_without_settings_espeak_speaks(tmp_path: Path) -> None:
    chosen = voices(tmp_path, Settings()).choose("fi")
    assert (chosen.speaker.engine, chosen.speaker.voice, chosen.note) == ("espeak", "fi", "")


def test_a_language_uses_the_voice_in_its_table(tmp_path: Path) -> None:
    wanted = VoiceSettings("espeak", "pt-br", speed=1.5, pitch=0.8, volume=2.0)
    speaker = voices(tmp_path, Settings(engine="tone", voice={"pt": wanted})).choose("pt").speaker
    assert (speaker.engine, speaker.voice) == ("espeak", "pt-br")
    assert (speaker.speed, speaker.pitch, speaker.volume) == (1.5, 0.8, 2.0)


def test_a_language_that_the_engine_cannot_speak_is_an_error_that_names_those_that_can(
    tmp_path: Path,
) -> None:
    error = refused(tmp_path, Settings(engine="espeak"), "xx")
    assert error.message == "the engine “espeak” has no voice for “xx”"
    path = engine_package(tmp_path / "engine", "mute", "pass")
    code = tmp_path / "engine" / "mute_guest.py"
    code.write_text(code.read_text("utf-8").replace('"mul"', '"qu"'), "utf-8")
    shelf = Shelf(tmp_path / "shelf")
    shelf.write("texts/fi/a.txt", "Hei.")
    shelf.write("texts/fi/b.txt", "Hei hei.")
    done = shelf.run("build", "--engine", "mute", PYTHONPATH=path)
    assert (done.code, done.out) == (3, "2 failed\n")
    assert done.err.startswith(
        "error: texts/fi/a.txt: the engine “mute” has no voice for “fi”\nhint: engines that speak it: espeak"
    )
    assert done.err.count("error: ") == 1  # once for the language


@pytest.mark.slow
def test_a_fallback_speaks_the_whole_work_and_says_so(tmp_path: Path) -> None:
    path = engine_package(tmp_path / "engine", "mute", "pass")
    code = tmp_path / "engine" / "mute_guest.py"
    code.write_text(code.read_text("utf-8").replace('"mul"', '"qu"'), "utf-8")
    shelf = Shelf(tmp_path / "shelf")
    shelf.write("texts/fi/a.txt", "Hei.")
    shelf.write("audiobook.toml", 'engine = "mute"\nfallback = "tone"\n')
    work = shelf.build(PYTHONPATH=path)["fi/a"]
    assert work["problems"] == [
        "texts/fi/a.txt: the engine “mute” has no voice for “fi”; tone speaks the whole work instead"
    ]
    assert shelf.record("fi/a")["inputs"]["speaker"]["engine"] == "tone"
    assert shelf.build(PYTHONPATH=path)["fi/a"]["state"] == "fresh"


def test_a_voice_that_cannot_change_its_pitch_says_so(tmp_path: Path) -> None:
    error = refused(tmp_path, Settings(engine="tone", voice={"fi": VoiceSettings(pitch=1.5)}), "fi")
    assert error.message == "the voice “tone” of tone does not support pitch"


def test_options_for_an_engine_that_takes_none_are_an_error(tmp_path: Path) -> None:
    error = refused(tmp_path, Settings(engine="tone", engines={"tone": {"loud": True}}), "fi")
    assert error.message == "the engine “tone” has no options"


@pytest.mark.slow
def test_the_pitch_changes_the_sound_and_the_volume_its_level(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.write("texts/en/a.txt", "The quick brown fox jumps over the lazy dog.")
    shelf.build()
    before = shelf.book("en/a").read_bytes()
    for setting, reasons in (
        ("pitch = 1.5", ["pitch changed"]),
        ("volume = 0.5", ["pitch changed", "volume changed"]),
    ):
        shelf.write("audiobook.toml", f"[voice.en]\n{setting}\n")
        work = shelf.build()["en/a"]
        assert (work["reasons"], work["clips_made"]) == (reasons, 1)
        assert shelf.book("en/a").read_bytes() != before


@pytest.mark.slow
def test_the_online_service_is_announced_once_per_project(tmp_path: Path) -> None:
    path = engine_package(tmp_path / "engine", "cloud", "pass")
    code = tmp_path / "engine" / "cloud_guest.py"
    code.write_text(
        code.read_text("utf-8").replace('"a guest", RATE_HZ', '"a guest", RATE_HZ, False, "a far cloud"'),
        "utf-8",
    )
    shelf = Shelf(tmp_path / "shelf")
    shelf.write("texts/fi/a.txt", "Hei.")
    warning = "warning: cloud sends the text to a far cloud\n"
    assert warning in shelf.run("build", "--dry-run", "--engine", "cloud", PYTHONPATH=path).err
    assert warning in shelf.run("build", "--engine", "cloud", PYTHONPATH=path).err
    shelf.write("texts/fi/b.txt", "Hoi.")
    assert warning not in shelf.run("build", "--engine", "cloud", PYTHONPATH=path).err


def test_quotations_are_not_sent_to_a_second_service(tmp_path: Path) -> None:
    openai: dict[str, Option] = {"base_url": "http://localhost:8880/v1", "model": "m", "voices": "alto en"}

    def who_quotes(engine: str) -> str:
        settings = Settings(
            engine="gtts",
            voice={"en": VoiceSettings(engine=engine)},
            engines={"openai": openai},
            asked="gtts",
        )
        chooser = voices(tmp_path, settings)
        assert chooser.choose("en").voice.engine == engine
        quoting, _ = chooser.foreign("en", chooser.choose("fi"), "fi")
        return f"{quoting.voice.engine} {quoting.voice.name}"

    assert who_quotes("gtts") == "gtts en"
    assert who_quotes("openai") == "gtts fi"


def test_a_voice_named_in_the_text_reads_its_paragraphs(tmp_path: Path) -> None:
    text = tmp_path / "texts" / "en" / "a.md"
    text.parent.mkdir(parents=True)
    text.write_text(
        "Mine.\n\n::: {voice=en-gb}\nHis. [Oui, madame.]{lang=fr}\n:::\n\n"
        "::: {voice=fr-be}\n[Oui.]{lang=fr} Yes.\n:::\n\n::: {voice=nobody}\nWhose?\n\nHis again.\n:::\n",
        "utf-8",
    )
    settings = Settings()
    project = Project.at(tmp_path, settings)
    [edition] = find_texts(project.texts).editions
    chosen = voices(tmp_path, settings)
    plan = plan_edition(edition, settings, chosen, project)
    book = script_book(plan, Cast(plan, chosen, lambda _chosen, _language: UNMEASURED))
    spoken = [
        (" ".join(sentence.text for sentence in passage.passage.sentences), passage.speaker.voice)
        for passage, _ in book.script.passages()
    ]
    assert spoken == [
        ("Mine.", "en-us"),
        ("His.", "en-gb"),
        ("Oui, madame.", "fr-fr"),
        ("Oui.", "fr-be"),
        ("Yes.", "fr-be"),
        ("Whose?", "en-us"),
        ("His again.", "en-us"),
    ]
    assert [problem for problem in book.problems if "voice" in problem] == [
        "texts/en/a.md:12: the voice “nobody” is not used: no installed voice is called “nobody”"
    ]
    assert {name: speaker.voice for name, speaker in book.voices.items()} == {
        "en-gb": "en-gb",
        "fr-be": "fr-be",
        "nobody": "en-us",
    }


def test_voices_lists_the_best_of_each_language_and_never_the_engine_for_tests(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, AUDIOBOOK_ENGINE="tone")
    shelf.write("texts/fi/a.txt", "Sana.\n")
    listed = shelf.run("voices", "--json").answer["voices"]
    firsts = [voice["language"].partition("-")[0] for voice in listed]
    assert len(set(firsts)) == len(firsts) > 100
    assert "tone" not in {voice["engine"] for voice in listed}
    every = shelf.run("voices", "--all", "--json").answer["voices"]
    assert len(every) > len(listed)
    assert "tone" not in {voice["engine"] for voice in every}
    assert shelf.run("voices", "--engine", "tone").code == 0
    assert "tone" not in shelf.run("voices", "--engine", "tome").err
    assert shelf.run("voices", "--lang", "xx").err.endswith("hint: to list the languages: audiobook voices\n")
    heading, *rows = shelf.run("voices").out.splitlines()
    assert heading.split() == ["TAG", "LANGUAGE", "VOICE", "ENGINE", "QUALITY", "SEX", "WHERE"]
    assert len(rows) == len(listed)


@pytest.mark.parametrize(
    ("name", "description", "sex"),
    [
        ("en_US-hfc_female-medium", "English", "female"),
        ("am_adam", "Adam, English, male", "male"),
        ("human", "A woman of Manchester", "female"),
        ("de", "German (Germany)", ""),
    ],
)
def test_the_sex_of_a_voice_is_shown_if_it_is_known(name: str, description: str, sex: str) -> None:
    assert sex_of(Voice("piper", name, "en", description, 22050)) == sex
