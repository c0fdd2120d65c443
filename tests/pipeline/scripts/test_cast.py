"""Roles with their own voices, from settings to record: remade clips, sound, shares of the text."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tools import Json, Shelf

ENGINE = '''
import math
from array import array

from audiobook.audio.pcm import Pcm
from audiobook.document import Mark
from audiobook.engines.base import Speech, Voice


class Duet:
    """Two voices with different sample rates; each word is a tone of a tenth of a second."""

    name = "duet"
    identity = "duet 1"
    rates = {"anna": 22050, "ben": 16000}

    def voices(self):
        return [Voice("duet", name, "en", "", rate) for name, rate in self.rates.items()]

    def prepare(self, voice):
        pass

    def speak(self, passage, voice, style):
        step = voice.rate_hz // 10
        tone = array("h", [int(6000 * math.sin(math.tau * 500 * at / voice.rate_hz)) for at in range(step)])
        for sentence in passage.sentences:
            marks, at = [], 0
            for word in sentence.text.split():
                at = sentence.text.index(word, at)
                marks.append(Mark(at, len(word), step * len(marks)))
                at += len(word)
            yield Speech(Pcm((tone * len(marks)).tobytes(), voice.rate_hz), tuple(marks))
'''
STORY = """# One

“I know,” he said, “that you came.” Then he left the room.

> A quotation of a few words.

Nothing more was said by anybody.

# Two

The end has come.
"""


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Return a project whose engine has the voices anna, the main one, and ben."""
    plugins = tmp_path / "plugins"
    paths = os.pathsep.join([str(plugins), os.environ.get("PYTHONPATH", "")])
    shelf = Shelf(tmp_path / "shelf", PYTHONPATH=paths)
    for name, content in (
        ("duet_engine.py", ENGINE),
        ("duet_engine-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: duet_engine\nVersion: 1.0\n"),
        ("duet_engine-1.0.dist-info/entry_points.txt", "[audiobook.engines]\nduet = duet_engine:Duet\n"),
    ):
        path = plugins / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    return shelf


def settle(shelf: Shelf, cast: str = "") -> None:
    shelf.write("audiobook.toml", f'engine = "duet"\n[voice.en]\nname = "anna"\n{cast}')


def built(shelf: Shelf, label: str = "en/a") -> tuple[list[str], int]:
    """Build, and return the reasons and the number of clips made."""
    work = shelf.build()[label]
    return work["reasons"], work["clips_made"]


def voices_of(shelf: Shelf, name: str = "a") -> dict[str, int]:
    """Return how many characters each role says, with its voice."""
    done = shelf.run("list", name, "--cast", "--json")
    assert done.code == 0, done.err
    (work,) = done.answer["works"]
    return {f"{row['role']} {row['name']}:{row['voice']}": row["characters"] for row in work["cast"]}


def test_a_voice_change_remakes_exactly_its_clips(shelf: Shelf) -> None:
    shelf.write("texts/en/a.md", STORY)
    settle(shelf)
    assert built(shelf) == (["new"], 6)
    settle(shelf, '[cast]\nheadings = "ben"\n')
    assert built(shelf) == (["voice changed"], 2)
    settle(shelf, '[cast]\nquotations = "ben"\ndialogue = "ben"\n')
    assert built(shelf) == (
        ["voice changed"],
        5,
    )  # the quotation, two parts of the speech, and two around them
    settle(shelf, '[cast]\nheadings = "ben"\nquotations = "ben"\ndialogue = "anna"\n')
    assert built(shelf) == (["voice changed"], 2)
    settle(shelf)
    assert built(shelf) == (["voice changed"], 0)


@pytest.mark.slow
def test_an_edit_beside_a_cast_gives_the_bytes_of_a_build_from_nothing(shelf: Shelf) -> None:
    settle(shelf, '[cast]\ndialogue = "ben"\n[cast.speakers]\nCleo = "ben"\n')
    shelf.write("texts/en/a.md", STORY + "\nCleo: And so it has.\n")
    shelf.build()
    shelf.write("texts/en/a.md", STORY.replace("Nothing", "Little") + "\nCleo: And so it has.\n")
    assert built(shelf) == (["text changed"], 1)
    after_edit = shelf.outputs()
    shelf.build("--force")
    assert shelf.outputs() == after_edit


def words(record: Json) -> list[tuple[str, float]]:
    """Return each word with the seconds from the start of its sentence."""
    return [
        (paragraph["text"][start : start + length], (when - sentence["start_samples"]) / record["rate_hz"])
        for chapter in record["chapters"]
        for paragraph in chapter["paragraphs"]
        for sentence in paragraph["sentences"]
        for start, length, when in sentence["words"]
    ]


@pytest.mark.slow
def test_a_voice_of_another_sample_rate_is_resampled_and_keeps_its_word_times(shelf: Shelf) -> None:
    shelf.write("texts/en/a.md", "# One\n\nSome [words of somebody else]{voice=ben} here.\n")
    settle(shelf)
    shelf.build()
    record = shelf.record("en/a")
    assert (record["rate_hz"], record["problems"], record["voices"]["ben"]["rate_hz"]) == (22050, [], 16000)
    spoken = words(record)[1:]
    assert [word for word, _ in spoken] == ["Some", "words", "of", "somebody", "else", "here."]
    assert [round(when, 3) for _, when in spoken] == pytest.approx([0, 0, 0.1, 0.2, 0.3, 0], abs=0.002)
    assert shelf.run("check").code == 0


def test_the_text_overrides_its_work_and_the_work_the_project(shelf: Shelf) -> None:
    shelf.write("texts/en/a.md", f"---\ncast: {{dialogue: ben, say_names: no}}\n---\n{STORY}")
    settle(
        shelf,
        '[cast]\nheadings = "ben"\nquotations = "ben"\ndialogue = "anna"\n[works.a.cast]\nheadings = ""\n',
    )
    assert voices_of(shelf) == {
        "narrator :anna": 67,
        "dialogue :ben": 22,
        "quotations :ben": 22,
        "headings :anna": 6,
    }


@pytest.mark.slow
def test_a_voice_that_is_not_there_is_reported_once_and_the_main_voice_reads(shelf: Shelf) -> None:
    shelf.write("texts/en/a.md", STORY)
    settle(shelf, '[cast]\nheadings = "cleo"\n')
    assert shelf.build()["en/a"]["problems"] == [
        "texts/en/a.md:1: the voice “cleo” is not used: no installed voice is called “cleo”"
    ]
    assert built(shelf) == ([], 0)


@pytest.mark.slow
def test_names_that_are_not_said_are_counted_and_leave_no_pause(shelf: Shelf) -> None:
    play = "# Act\n\nIt begins.\n\n# Scene\n\nANNA\n\nGood day to you.\n\nBEN. And to you.\n"
    shelf.write("texts/en/a.md", play)
    speakers = '[cast.speakers]\nAnna = "anna"\nBen = "ben"\n'
    settle(shelf, f"[cast]\nsay_names = false\n{speakers}")
    shelf.build()
    silent = shelf.record("en/a")
    assert silent["characters"]["skipped"]["names"] == len("ANNABEN.")
    assert [word for word, _ in words(silent)] == [
        "Act",
        "It",
        "begins.",
        "Scene",
        "Good",
        "day",
        "to",
        "you.",
        "And",
        "to",
        "you.",
    ]
    heading, speech = (silent["chapters"][1]["paragraphs"][at]["sentences"][0] for at in (0, 2))
    pause_s = (speech["start_samples"] - heading["end_samples"]) / silent["rate_hz"]
    assert pause_s == pytest.approx(0.9, abs=0.05)


def test_list_shows_who_says_how_much(shelf: Shelf) -> None:
    shelf.write("texts/en/a.md", STORY + "\n[Déjà vu, mon ami.]{lang=fr}\n\nCleo: [Well]{voice=ben}, no.\n")
    settle(shelf, '[voice.fr]\nengine = "espeak"\n[cast]\ndialogue = "ben"\n[cast.speakers]\nCleo = "ben"\n')
    found = shelf.run("list", "a", "--cast", "--json").answer["works"][0]["cast"]
    assert sum(row["share"] for row in found) == pytest.approx(1, abs=0.001)
    assert {(row["role"], row["name"], row["voice"]) for row in found} == {
        ("narrator", "", "anna"),
        ("dialogue", "", "ben"),
        ("quotations", "", "anna"),
        ("headings", "", "anna"),
        ("language", "fr", "fr-fr"),
        ("speaker", "Cleo", "ben"),
        ("voice", "ben", "ben"),
    }
    assert all(row["duration_s"] > 0 for row in found)
    table = shelf.run("list", "a", "--cast").out
    assert "speaker Cleo" in table
    assert shelf.run("list", "--cast").code == 2


def test_roles_of_each_language_have_voices_of_that_language(shelf: Shelf) -> None:
    shelf.write("texts/en/a.md", STORY)
    shelf.write("texts/fi/a.md", "# Yksi\n\n”Tulen huomenna”, hän sanoi.\n")
    settle(shelf, '[voice.fi]\nengine = "espeak"\n[cast]\ndialogue = "en-gb"\n')
    found = shelf.run("list", "a", "--cast", "--json").works
    assert "en-gb" in {row["voice"] for row in found["en/a"]["cast"]}
    assert {row["voice"] for row in found["fi/a"]["cast"]} == {"fi"}
    assert found["fi/a"]["problems"] == [
        "texts/fi/a.md:3: the voice “en-gb” is not used: it speaks en-GB, not fi;"
        " choose one for the language in [voice.fi.cast]"
    ]
    settle(shelf, '[voice.fi]\nengine = "espeak"\ncast.dialogue = ""\n[cast]\ndialogue = "en-gb"\n')
    assert shelf.run("list", "a", "--cast", "--json").works["fi/a"]["problems"] == []


@pytest.mark.parametrize(
    ("cast", "message"),
    [
        ("cast:\n  dialogue: ben\n  notes: [ben]", "a.md:4: cast: “notes” must be the name of a voice"),
        ("cast: {dialogues: ben}", "a.md:2: cast: unknown role “dialogues”"),
        ("cast:\n  headings: ben\n  say_names: maybe", "a.md:4: “say_names” must be true or false"),
    ],
)
def test_a_mistake_in_the_cast_of_a_text_is_named_by_its_line(shelf: Shelf, cast: str, message: str) -> None:
    shelf.write("texts/en/a.md", f"---\n{cast}\n---\n{STORY}")
    settle(shelf)
    done = shelf.run("build")
    assert done.code == 1
    assert message in done.err


def test_a_mistake_in_the_cast_of_the_settings_is_named_by_its_line(shelf: Shelf) -> None:
    shelf.write("texts/en/a.md", STORY)
    settle(shelf, '[cast]\ndialog = "ben"\n')
    done = shelf.run("build")
    assert done.code == 2
    assert "audiobook.toml:5: unknown setting “dialog”" in done.err
    assert "did you mean dialogue?" in done.err
    settle(shelf, '[works.a.cast]\ndialog = "ben"\n')
    assert "did you mean dialogue?" in shelf.run("list").err
    settle(shelf, "[cast.speakers]\nBen = 3\n")
    assert "must be text in quotes" in shelf.run("list").err
