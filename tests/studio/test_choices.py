"""Choices for a work are shown with their cost, and written to the settings in place."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator

import pytest
from tools import Json, png

from studio.conftest import Studio

WORK = "/works/en/harbour"
MINE = """# Of the shelf.
author = "Me" # not of Harbour

[voice.en]
speed = 1.5   # I listen fast

[works.other]
title = "Other"

# the end
"""

PLAY = """# The Play

## First scene

**ANNA:** I am here and I wait.

**BEN:** So am I.

**ANNA:** Good.

**BEN:** Yes.

**ANNA:** Then we begin.
"""


@pytest.fixture
def settled(studio: Studio) -> Iterator[Studio]:
    """The studio with settings of the user, and afterwards with those that it had."""
    settings = studio.shelf.root / "audiobook.toml"
    before = settings.read_bytes()
    settings.write_text(MINE)
    yield studio
    settings.write_bytes(before)


def seen(studio: Studio) -> str:
    """Return the state of the settings that a page has which is opened now."""
    return studio.ask(f"{WORK}/choices").body.decode().partition('data-seen="')[2].partition('"')[0]


def wanted(**more: object) -> Json:
    plain = {"title": "", "authors": [], "narrator": "", "voice": "", "speed": 1.5, "left_out": []}
    return plain | more


def test_a_choice_is_written_in_place_after_its_cost_was_shown(settled: Studio) -> None:
    settings = settled.shelf.root / "audiobook.toml"
    every = settled.post(f"{WORK}/cost", **wanted())
    less = settled.post(f"{WORK}/cost", **wanted(left_out=[1], title="Harbours"))
    assert less["status"] == 200
    assert every["total"] - less["total"] == 3, "title, heading and paragraph"
    assert less["clips"] <= less["total"]
    assert settings.read_text() == MINE
    state = seen(settled)
    choice = wanted(
        left_out=[1], title=" Harbours ", authors=["A. Berg", " "], speed=1.25, voice="espeak en-gb"
    )
    assert settled.post(f"{WORK}/save", wanted=choice, seen=state) == {"status": 200}
    made = '[works.harbour]\ntitle = "Harbours"\nauthors = ["A. Berg"]\nskip = ["Preface"]\n'
    voice = 'speed = 1.25   # I listen fast\nengine = "espeak"\nname = "en-gb"\n'
    after = settings.read_text()
    assert made in after
    assert voice in after
    assert after.replace(made, "").replace(voice, "speed = 1.5   # I listen fast\n").split() == MINE.split()
    assert "Harbours" in settled.ask(f"{WORK}/contents").body.decode()
    assert settled.post(f"{WORK}/save", wanted=wanted(), seen=state)["status"] == 409
    assert settings.read_text() == after
    assert settled.post(f"{WORK}/save", wanted=wanted(), seen=seen(settled))["status"] == 200
    assert settings.read_text().split() == MINE.split()


def test_a_choice_that_cannot_be_is_refused_and_nothing_is_written(settled: Studio) -> None:
    settings = settled.shelf.root / "audiobook.toml"
    wrong = (
        wanted(left_out=[1, 2, 3]),
        wanted(voice="espeak nobody"),
        wanted(speed=9),
        wanted(title="x" * 300),
    )
    for choice in wrong:
        assert settled.post(f"{WORK}/cost", **choice)["status"] == 422, choice
        if choice["voice"] == "":
            assert settled.post(f"{WORK}/save", wanted=choice, seen=seen(settled))["status"] == 422, choice
    assert settled.post(f"{WORK}/save", wanted={"title": 1}, seen="")["status"] == 422
    assert settings.read_text() == MINE


def test_kinds_of_text_are_left_out_and_in_for_all_works(settled: Studio) -> None:
    settings = settled.shelf.root / "audiobook.toml"
    text = settled.shelf.write("texts/en/noted.md", "# Noted\n\nA bell[^1] rang.\n\n[^1]: It was loud.\n")
    work = "/works/en/noted"
    shown = settled.ask(f"{work}/choices").body.decode()
    assert 'value="footnotes"> Footnotes <span class="soft">(' in shown
    assert 'value="pictures" checked>' in shown
    plain = settled.post(f"{work}/cost", **wanted(kinds=["pictures"]))
    assert settled.post(f"{work}/cost", **wanted(kinds=["footnotes"]))["total"] == plain["total"] + 1
    assert settled.post(f"{work}/cost", **wanted(kinds=["nonsense"]))["status"] == 422
    settings.write_text(f"narrate = ['toc'] # mine\n{MINE}")
    for kinds, narrate in (
        (["footnotes", "toc", "pictures"], {"toc", "footnotes"}),
        (["toc"], {"toc", "-pictures"}),
        (["pictures"], set()),
    ):
        choice = wanted(kinds=kinds)
        assert settled.post(f"{work}/save", wanted=choice, seen=seen(settled)) == {"status": 200}
        assert set(tomllib.loads(settings.read_text()).get("narrate", [])) == narrate
        assert ("# mine" in settings.read_text()) == bool(narrate)
    assert settings.read_text() == MINE
    text.unlink()


def test_voices_of_roles_and_pauses_are_written_in_place(settled: Studio) -> None:
    settings = settled.shelf.root / "audiobook.toml"
    given = MINE.replace("# the end", "[works.harbour.cast.speakers]\nANNA = 'en-gb' # mine\n\n# the end")
    settings.write_text(given)
    shown = settled.ask(f"{WORK}/choices").body.decode()
    assert 'data-speaker="ANNA"' in shown
    assert 'data-pause="chapter" min="0" max="60000" step="1" value="1800"' in shown
    voices = {"headings": "en-us", "notes": ""}
    choice = wanted(cast=voices, speakers={"ANNA": "", "BEN": "en-us"}, pauses={"chapter": 2500, "end": 1500})
    more = settled.post(f"{WORK}/cost", **choice)
    assert more["clips"] > 0, "headings are said by another voice"
    assert settled.post(f"{WORK}/save", wanted=choice, seen=seen(settled)) == {"status": 200}
    after = settings.read_text()
    assert tomllib.loads(after) == tomllib.loads(given) | {
        "pauses": {"chapter": 2500},
        "works": {
            "other": {"title": "Other"},
            "harbour": {"cast": {"headings": "en-us", "speakers": {"BEN": "en-us"}}},
        },
    }
    assert "# the end" in after
    before = wanted(cast={"headings": ""}, speakers={"ANNA": "en-gb", "BEN": ""}, pauses={"chapter": 1800})
    assert settled.post(f"{WORK}/save", wanted=before, seen=seen(settled)) == {"status": 200}
    assert tomllib.loads(settings.read_text()) == tomllib.loads(given)
    for wrong in ({"cast": {"villains": "x"}}, {"pauses": {"end": -1}}, {"pauses": {"lunch": 1}}):
        answer = settled.post(f"{WORK}/save", wanted=wanted(**wrong), seen=seen(settled))
        assert answer["status"] == 422, wrong


@pytest.mark.exhaustive
def test_a_sample_is_the_beginning_of_this_text_in_the_chosen_voice(settled: Studio) -> None:
    lengths = []
    for speed in (1, 3):
        body = json.dumps({"wanted": wanted(voice="espeak en-gb", speed=speed)}).encode()
        heard = settled.ask(f"{WORK}/sample", "POST", body)
        assert heard["content-type"] == "audio/mpeg"
        lengths.append(len(heard.body))
    assert lengths[1] < lengths[0]


def test_a_sample_can_be_of_any_voice_and_of_a_role_as_it_is_chosen(settled: Studio) -> None:
    text = settled.shelf.write("texts/en/play.md", PLAY)

    def heard(**of: object) -> tuple[str, bytes]:
        answer = settled.ask("/works/en/play/sample", "POST", json.dumps(of).encode())
        assert answer.status == 200, answer.body
        return answer["is-role"], answer.body

    try:
        first = heard(wanted=wanted())
        assert heard(wanted=wanted(), voice="espeak en-gb") != first
        role, plain = heard(wanted=wanted(), role="headings")
        assert (role, plain != first[1]) == ("yes", True), "the title and headings"
        assert heard(wanted=wanted(cast={"headings": "en-gb-scotland"}), role="headings") != ("yes", plain)
        anna, ben = (heard(wanted=wanted(), role="speakers", speaker=who) for who in ("ANNA", "BEN"))
        assert (anna[0], ben[0], anna != ben) == ("yes", "yes", True)
        assert heard(wanted=wanted(), role="notes") == ("", first[1]), "there are none"
        for wrong in ({"voice": "espeak nobody"}, {"role": "villain"}):
            body = json.dumps({"wanted": wanted()} | wrong).encode()
            assert settled.ask("/works/en/play/sample", "POST", body).status == 422
        nobody = {"wanted": wanted(cast={"headings": "nobody"}), "role": "headings"}
        assert settled.post("/works/en/play/sample", **nobody)["message"].startswith("the voice “nobody”")
    finally:
        text.unlink()


def test_chapters_are_renamed_and_merged_in_place(settled: Studio) -> None:
    settings = settled.shelf.root / "audiobook.toml"
    given = MINE.replace("# the end", '[works.harbour]\nmerge = [\n  "Night", # short\n]\n\n# the end')
    settings.write_text(given)
    page = settled.ask(f"{WORK}/choices").body.decode()
    assert 'id="merge-3" checked' in page
    assert 'data-title="2" value="" maxlength="200" placeholder="Arrival"' in page
    same = settled.post(f"{WORK}/cost", **wanted(merged=[3], titles={}))
    changed = wanted(merged=[2, 3], titles={1: "Foreword", 3: " The  Night ", 2: "Arrival"})
    cost = settled.post(f"{WORK}/cost", **changed)
    assert (cost["total"], cost["clips"] - same["clips"]) == (same["total"], 0 if same["clips"] else 2)
    assert settled.post(f"{WORK}/save", wanted=changed, seen=seen(settled)) == {"status": 200}
    after = settings.read_text()
    assert tomllib.loads(after)["works"]["harbour"] == {
        "merge": ["Night", "Arrival"],
        "rename": {"Preface": "Foreword", "Night": "The Night"},
    }
    assert '"Night", # short' in after
    shown = settled.ask(f"{WORK}/choices").body.decode()
    assert "(in the text: Preface)" in shown
    assert shown.count("/text/1") == 3, "all three are on the page of the first"
    assert "Foreword" in settled.ask(f"{WORK}/text/1").body.decode()
    undone = wanted(merged=[3], titles={})
    assert settled.post(f"{WORK}/save", wanted=undone, seen=seen(settled)) == {"status": 200}
    assert tomllib.loads(settings.read_text()) == tomllib.loads(given)
    assert '"Night", # short' in settings.read_text()
    for wrong in (
        {"merged": [1]},
        {"merged": [9]},
        {"titles": {9: "A"}},
        {"titles": {1: "…"}},
        {"titles": {"a": "b"}},
    ):
        answer = settled.post(f"{WORK}/save", wanted=wanted(**wrong), seen=seen(settled))
        assert answer["status"] == 422, wrong
    settings.write_text(MINE + '[works.harbour]\nmerge = ["Nobody"]\n')
    healed = wanted(merged=[], titles={})
    assert settled.post(f"{WORK}/save", wanted=healed, seen=seen(settled)) == {"status": 200}
    assert tomllib.loads(settings.read_text()) == tomllib.loads(MINE)


def test_the_drawn_cover_is_shown_in_other_colours_before_they_are_chosen(settled: Studio) -> None:
    def drawn(palette: str) -> bytes:
        answer = settled.ask(f"{WORK}/drawn?palette={palette}")
        assert answer["content-type"] == "image/jpeg"
        return answer.body

    settings = settled.shelf.root / "audiobook.toml"
    usual, sea = drawn(""), drawn("sea")
    assert usual != sea
    assert settled.ask(f"{WORK}/drawn?palette=see").status == 422
    assert settled.post(f"{WORK}/save", wanted=wanted(palette="sea"), seen=seen(settled)) == {"status": 200}
    assert tomllib.loads(settings.read_text())["works"]["harbour"] == {"palette": "sea"}
    assert 'value="sea" id="palette-sea" checked' in settled.ask(f"{WORK}/choices").body.decode()
    assert settled.post(f"{WORK}/save", wanted=wanted(), seen=seen(settled)) == {"status": 200}
    assert "sea" in settings.read_text(), "a page that does not know colours leaves them"
    assert settled.post(f"{WORK}/save", wanted=wanted(palette=""), seen=seen(settled)) == {"status": 200}
    settings.write_text(MINE + '[cover]\npalette = "sea"\n')
    assert drawn("") == sea
    assert settled.post(f"{WORK}/cost", **wanted(palette="see"))["status"] == 422


def test_an_uploaded_cover_becomes_a_file_of_the_project(settled: Studio) -> None:
    def put(kind: str, body: bytes) -> int:
        answer = settled.ask(f"{WORK}/cover?kind={kind}&seen={seen(settled)}", "POST", body)
        if answer.status == 200:
            told = json.loads(answer.body)["seen"]
            assert told == seen(settled), "so the page can save other changes"
        return answer.status

    assert put("own", b"no picture") == 422
    assert put("own", png(40, 40)) == 200
    [cover] = (settled.shelf.root / "covers").iterdir()
    assert cover.read_bytes() == png(40, 40)
    assert (
        f'[works.harbour]\ncover = "covers/{cover.name}"'
        in (settled.shelf.root / "audiobook.toml").read_text()
    )
    assert put("drawn", b"") == 200
    assert "cover = false" in (settled.shelf.root / "audiobook.toml").read_text()
    assert put("", b"") == 200
    assert (settled.shelf.root / "audiobook.toml").read_text().split() == MINE.split()
    cover.unlink()
