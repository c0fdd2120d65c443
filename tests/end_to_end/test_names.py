"""Works and languages are found by every name that a user may have for them."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Literal

import pytest
from tools import Shelf, png


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """The same work in three languages, two of them English, and one from outside the project; built."""
    shelf = Shelf(tmp_path_factory.mktemp("names"), AUDIOBOOK_ENGINE="tone")
    for language in ("en", "en-GB", "fi"):
        shelf.write(f"texts/{language}/The Lighthouse.md", f"# In {language}\n\nOne line.\n")
    shelf.write("elsewhere/Letter.en.txt", "A letter.\n\nOne line.\n")
    shelf.build()
    shelf.build("elsewhere/Letter.en.txt")
    return shelf


@pytest.mark.parametrize(
    "name",
    [
        "fi/the-lighthouse",
        "texts/fi/The Lighthouse.md",
        "output/fi/the-lighthouse.mp3",
        "output/fi/the-lighthouse.json",
        "fi/The Lighthouse",
        "FI/THE-LIGHTHOUSE/",
    ],
)
def test_a_printed_name_or_path_is_accepted_by_every_command(shelf: Shelf, name: str) -> None:
    assert list(shelf.build(name)) == ["fi/the-lighthouse"]
    assert "In fi" in shelf.run("script", name).out
    listed = "In fi (fi/the-lighthouse, fresh)\nFile: output/fi/the-lighthouse.mp3\n"
    assert shelf.run("list", name).out.startswith(listed)
    played = shelf.run("play", name, PATH="")
    assert "no audio player" in played.err, "the work was found"
    assert "the text has changed" not in played.err
    assert shelf.run("check", name).out == "1 of 1 work OK\n"
    assert shelf.run("clean", name, "--dry-run").out.startswith("2 clips would be deleted, ")


def test_the_name_of_a_file_means_its_work_and_a_language_its_regions(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, AUDIOBOOK_ENGINE="tone")
    names = {
        "en-GB/Emma": "en-GB/emma",
        "en/Pöytä": "en/poyta",
        "en/what? now": "en/what-now",
        "fi/книга": "",
    }
    for name in names:
        shelf.write(f"texts/{name}.md", "# Title\n\nOne line.\n")
    names["fi/книга"] = next(label for label in shelf.build() if label.startswith("fi/"))
    for name, label in names.items():
        for word in (unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)):
            assert list(shelf.build(word)) == list(shelf.build(word.partition("/")[2])) == [label]
    assert shelf.run("check", "EMMA", "en/Emma", "en-gb/emma").out == "1 of 1 work OK\n"
    for name in ("Emma.md", "texts/en-GB/EMMA.MD"):
        failed = shelf.run("build", name)
        told = [f"error: {name}: no such file", "hint: did you mean texts/en-GB/Emma.md?"]
        assert failed.err.splitlines() == told, name


def test_a_file_built_in_another_project_is_not_taken_for_one_of_this(tmp_path: Path) -> None:
    here, there = (Shelf(tmp_path / name, AUDIOBOOK_ENGINE="tone") for name in ("here", "there"))
    for shelf in (here, there):
        shelf.write("texts/en/same.md", f"# Title\n\nThis is in {shelf.root.name}.\n")
        shelf.build()
    kept = here.clips()
    for name in ("../there/output/en/same.mp3", str(there.output / "en/same.json")):
        for command in (
            ["check"],
            ["list"],
            ["script"],
            ["build"],
            ["clean"],
            ["play"],
            ["export", "--to", "epub"],
        ):
            failed = here.run(*command, name)
            assert failed.code == 2, command
            assert f"{name} was not built in this project" in failed.err
    assert here.clips() == kept


def test_a_language_that_voices_name_is_the_name_of_a_folder(tmp_path: Path) -> None:
    """`voices` lists languages with private subtags, such as en-GB-x-rp."""
    shelf = Shelf(tmp_path, AUDIOBOOK_ENGINE="tone")
    shelf.write("texts/en-GB-x-rp/bath.md", "# Bath\n\nOne line.\n")
    shelf.write("loose.vi-VN-x-central.md", "# Xin\n\nOne line.\n")
    assert [*shelf.build(), *shelf.build("loose.vi-VN-x-central.md")] == [
        "en-GB-x-rp/bath",
        "vi-VN-x-central/loose",
    ]
    assert list(shelf.build("--lang", "en")) == ["en-GB-x-rp/bath"]
    for _ in range(2):
        assert shelf.run("publish", "--base-url", "https://example.org/b").code == 0
    assert shelf.run("check").out == "2 of 2 works OK\n"


def test_several_works_are_listed_and_checked_by_their_names(shelf: Shelf) -> None:
    names = ("fi/the-lighthouse", "output/en-GB/the-lighthouse.mp3")
    assert list(shelf.run("list", *names, "--json").works) == ["fi/the-lighthouse", "en-GB/the-lighthouse"]
    assert shelf.run("check", *names).out == "2 of 2 works OK\n"
    assert "“lighthuose” is not a built work" in shelf.run("clean", "lighthuose").err
    assert shelf.run("clean", "letter", "--replies").code == 2


def test_a_build_says_where_the_book_is(shelf: Shelf) -> None:
    first = shelf.run("build", "-l", "fi", "-f", "-j", "1")
    assert first.err.splitlines()[-1].startswith("output/fi/the-lighthouse.mp3: forced; ")
    assert (
        shelf.run("build", "fi/the-lighthouse").out == "output/fi/the-lighthouse.mp3: up to date\n1 fresh\n"
    )
    assert shelf.run("build", "-q").out == ""
    outputs = [work["output"] for work in shelf.run("list", "--json").answer["works"]]
    assert all((shelf.root / output).is_file() for output in outputs)


def test_a_language_includes_its_regions(shelf: Shelf) -> None:
    def listed(tag: str) -> list[str]:
        return list(shelf.run("list", "--lang", tag, "--json").works)

    assert listed("en") == ["en/the-lighthouse", "en-GB/the-lighthouse", "en/letter"]
    assert listed("en-GB") == ["en-GB/the-lighthouse"]
    assert listed("EN-gb") == ["en-GB/the-lighthouse"]
    assert [*shelf.build("--lang", "en")] == ["en/the-lighthouse", "en-GB/the-lighthouse"]
    exact = shelf.run("play", "the-lighthouse", "--lang", "en", PATH="")
    assert "no audio player" in exact.err, "the edition with exactly this tag was chosen"
    assert "several languages: en, en-GB, fi" in shelf.run("play", "the-lighthouse").err


def test_a_text_from_elsewhere_is_listed_with_the_others(shelf: Shelf) -> None:
    work = shelf.run("list", "--json").works["en/letter"]
    assert (work["state"], work["output"], work["title"]) == ("built", "output/en/letter.mp3", "Letter")
    assert "en/letter: " not in shelf.run("list").err
    assert "built" in shelf.run("list", "--lang", "en").out
    for name in ("letter", "en/letter", "output/en/letter.mp3"):
        assert shelf.run("list", name).out.startswith("Letter (en/letter, built)\n")
    both = shelf.run("list", "letter", "fi/the-lighthouse", "--json").answer["works"]
    assert [(work["slug"], len(work["parts"])) for work in both] == [("the-lighthouse", 1), ("letter", 2)]
    assert "(en/letter, fresh)" in shelf.run("list", "elsewhere/Letter.en.txt").out


@pytest.mark.parametrize(
    ("given", "meant"),
    [("english", "en"), ("suomi", "fi"), ("en_US", "en-US"), ("eng", "en"), ("por-BR", "pt-BR")],
)
def test_another_name_of_a_language_is_answered_with_its_tag(shelf: Shelf, given: str, meant: str) -> None:
    for command in ("build", "list", "voices"):
        done = shelf.run(command, "--lang", given)
        assert (done.code, done.out) == (2, "")
        assert done.err == f"error: “{given}” is not a language code\nhint: did you mean {meant}?\n"


def test_a_voice_for_another_name_of_a_language_is_an_error_with_its_line(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("settings"))
    shelf.write("texts/en/a.txt", "A.\n")
    for given, meant in (("english", "en"), ("en_US", "en-US"), ("eng", "en")):
        shelf.write("audiobook.toml", f"[voice.{given}]\nspeed = 1.2\n")
        done = shelf.run("build")
        assert done.code == 2
        assert done.err.startswith(f"error: audiobook.toml:1: voice.{given}: ")
        assert done.err.endswith(f"hint: did you mean {meant}?\n")


def test_the_speed_of_every_voice_can_be_given_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("speed"), AUDIOBOOK_ENGINE="tone")
    shelf.write("audiobook.toml", "[voice.fi]\nspeed = 0.7\n")
    for language in ("en", "fi"):
        shelf.write(f"texts/{language}/a.txt", "A line of some words.\n")
    slow = {label: work["duration_s"] for label, work in shelf.build().items()}
    fast = {label: work["duration_s"] for label, work in shelf.build("--speed", "2").items()}
    assert fast["en/a"] < slow["en/a"] < slow["fi/a"]
    assert fast["fi/a"] == fast["en/a"]
    assert shelf.run("build", "--speed", "9").code == 2


@pytest.mark.slow
def test_play_says_that_a_text_has_changed_and_clean_spares_what_other_works_use(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    shelf = Shelf(tmp_path_factory.mktemp("stale"), AUDIOBOOK_ENGINE="tone")
    shelf.write("texts/en/one.txt", "Shared.\n\nOne.\n")
    shelf.write("texts/en/two.txt", "Shared.\n\nTwo.\n")
    shelf.build()
    shelf.write("texts/en/one.txt", "Shared.\n\nAnother.\n")
    told = "warning: en/one: the text has changed since it was built; for the new version, run `audiobook build en/one`\n"
    assert shelf.run("play", "one", PATH="").err.startswith(told)
    assert "changed" not in shelf.run("play", "two", PATH="").err
    kept = len(shelf.clips())
    assert shelf.run("clean", "one", "--dry-run").out.startswith("1 clip would be deleted, ")
    assert len(shelf.clips()) == kept
    assert shelf.run("clean", "one").out.startswith("1 clip deleted, ")
    assert shelf.build("two", "--force", "--dry-run")["en/two"]["clips_total"] == 2
    assert shelf.build("--speed", "1")["en/two"]["clips_made"] == 0


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_files_are_found_however_their_accents_are_stored(
    tmp_path: Path, form: Literal["NFC", "NFD"]
) -> None:
    """An accented letter is one character or two. Systems and archivers change that, and nobody sees it."""
    other: Literal["NFC", "NFD"] = "NFD" if form == "NFC" else "NFC"
    shelf = Shelf(tmp_path, AUDIOBOOK_ENGINE="tone")

    def put(name: str, content: str | bytes) -> None:
        shelf.write(unicodedata.normalize(form, name), content)

    def text(name: str, content: str) -> None:
        shelf.write(unicodedata.normalize(other, name), unicodedata.normalize(other, content))

    for name in ("kuvä.png", "kïrja/a.png", "näyte.png", "kansï.png"):
        put(f"texts/fi/{name}", png(300, 300))
    put("texts/fi/näyte.lexicon.toml", '[words]\nyksi = "yy"\n')
    text("texts/fi/näyte.md", "# Näyte\n\nYksi.\n\n![a](kuvä.png)\n\nKaksi.\n\n![b](kïrja/a.png)\n")
    text("texts/fi/muu.md", "---\ncover: kansï.png\n---\n# Muu\n\nYksi.\n")
    for book in ("kirja", "toinen"):
        put(f"texts/fi/{book}/bä.md", "# Eka\n\nYksi.\n")
        put(f"texts/fi/{book}/ä.md", "# Toka\n\nKaksi.\n")
    text("texts/fi/kirja/SUMMARY.md", "- [Eka](bä.md)\n- [Toka](ä.md)\n")
    text("texts/fi/toinen/book.toml", 'order = ["bä.md", "ä.md"]\n')
    done = shelf.run("build")
    assert done.code == 0, done.err
    assert "missing" not in done.err
    records = {path.stem: json.loads(path.read_bytes()) for path in shelf.output.glob("fi/*.json")}
    assert all(picture["name"] for picture in records["nayte"]["pictures"])
    assert records["nayte"]["inputs"]["lexicon_sha256"]
    assert [records[slug]["cover"]["drawn"] for slug in ("nayte", "muu")] == [False, False]
    for slug in ("kirja", "toinen"):
        assert [chapter["title"] for chapter in records[slug]["chapters"]] == ["Eka", "Toka"]
    assert list(shelf.build(unicodedata.normalize(form, "texts/fi/näyte.md"))) == ["fi/nayte"]
