"""Marks of proof-listening: a plain file next to the text, which survives edits of the text and of the file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools import Json, Shelf

from audiobook.book.record.reading import load_record
from audiobook.clips.store import ClipStore
from audiobook.listening.faults import Kind
from audiobook.listening.hearing import Fault, HeardSentence, Hearing, store_hearing
from audiobook.listening.model import find_listener
from audiobook.pipeline.listening import HearJob
from studio.conftest import Studio, studio_of

WORK = "/works/en/tale"
TALE = """# Tale

## Morning

The sun rose over the old harbour. A gull cried twice. Then it was quiet.

Nobody was awake yet.

## Evening

The lamps were lit one by one. Nobody was awake yet.
"""


@pytest.fixture
def tale(studio: Studio) -> Iterator[Studio]:
    """The studio with a new text."""
    text = studio.shelf.write("texts/en/tale.md", TALE)
    yield studio
    text.unlink()
    (studio.shelf.root / "texts/en/tale.marks.toml").unlink(missing_ok=True)
    for made in studio.shelf.output.glob("en/tale.*"):
        made.unlink()


def marks(studio: Studio) -> list[Json]:
    answer = studio.ask(f"{WORK}/marks/list")
    assert answer.status == 200, answer.body
    found: list[Json] = json.loads(answer.body)["marks"]
    return found


def mark(studio: Studio, number: int, paragraph: int, sentence: int, note: str) -> Json:
    """Mark a sentence as a page does, which knows the key of its clip."""
    page = studio.ask(f"{WORK}/text/{number}/passages").body.decode()
    head = page.partition(f'id="p{paragraph}-')[2]
    key = head.partition('data-key="')[2].partition('"')[0]
    spot = {"number": number, "paragraph": paragraph, "sentence": sentence, "key": key}
    return studio.post(f"{WORK}/marks", **spot, note=note)


def spots(studio: Studio) -> list[tuple[int, int, int]]:
    return [(each["number"], each["paragraph"], each["sentence"]) for each in marks(studio)]


def test_a_mark_is_a_line_of_a_plain_file_and_is_changed_in_place(tale: Studio) -> None:
    file = tale.shelf.root / "texts/en/tale.marks.toml"
    assert mark(tale, 2, 1, 0, "")["status"] == 200
    first = mark(tale, 1, 2, 1, " too \n loud ")
    assert first["status"] == 200
    made = '[[mark]]\nchapter = "Morning"\nparagraph = 3\nsentence = 2\ntext = "A gull cried twice."\nnote = "too loud"\nfixed = false\n'
    assert made in file.read_text()
    file.write_text(f"# mine\n{file.read_text()}# the end\n")
    before = file.read_text()
    assert [each["note"] for each in marks(tale)] == ["too loud", ""], "in the order of the text"
    done = tale.post(f"{WORK}/marks/change", id=first["id"], fixed=True)
    assert file.read_text() == before.replace('"too loud"\nfixed = false\n', '"too loud"\nfixed = true\n')
    assert tale.post(f"{WORK}/marks/change", id=first["id"], note="x")["status"] == 409, "changed meanwhile"
    assert tale.post(f"{WORK}/marks/change", id=done["id"], fixed=False)["status"] == 200
    assert file.read_text() == before
    file.write_text(before.replace("too loud", "by hand"))
    assert tale.post(f"{WORK}/marks/drop", id=first["id"])["status"] == 409
    [other] = [each["id"] for each in marks(tale) if each["note"] == "by hand"]
    assert tale.post(f"{WORK}/marks/drop", id=other)["status"] == 200
    assert made.replace("too loud", "by hand") not in file.read_text()
    assert len(marks(tale)) == 1
    for each in marks(tale):
        tale.post(f"{WORK}/marks/drop", id=each["id"])
    assert file.read_text().startswith("# mine\n"), "what else is in it stays"
    file.unlink()
    only = mark(tale, 1, 2, 1, "")["id"]
    tale.post(f"{WORK}/marks/drop", id=only)
    assert not file.exists(), "an empty file is not left"
    file.write_text("[[mark]]\nparagraph = 0\n")
    answer = tale.ask(f"{WORK}/marks/list")
    assert answer.status == 422
    assert b"tale.marks.toml" in answer.body
    assert mark(tale, 1, 2, 1, "")["status"] == 422
    assert file.read_text() == "[[mark]]\nparagraph = 0\n"
    file.write_text('mark = [\n  {text = "by hand"},\n]\n')
    assert mark(tale, 1, 2, 1, "")["message"] == "texts/en/tale.marks.toml: cannot be edited here"
    file.write_text('[[mark]]\ntext = "by hand"\n' * 2000)
    assert "2000 marks already" in mark(tale, 1, 2, 1, "")["message"]
    elsewhere = file.rename(tale.shelf.root / "elsewhere.toml")
    elsewhere.write_text('[[mark]]\ntext = "secret"\n')
    file.symlink_to(elsewhere)
    answer = tale.ask(f"{WORK}/marks/list")
    assert answer.status == 507
    assert b"secret" not in answer.body
    assert mark(tale, 1, 2, 1, "")["status"] == 507
    elsewhere.unlink()


def test_a_mark_stays_with_its_sentence_when_the_text_is_edited_or_a_chapter_left_out(tale: Studio) -> None:
    text = tale.shelf.root / "texts/en/tale.md"
    mark(tale, 1, 2, 1, "gull")
    mark(tale, 2, 1, 1, "the second of two equal ones")
    assert spots(tale) == [(1, 2, 1), (2, 1, 1)]
    text.write_text(TALE.replace("## Morning\n", "## Morning\n\nAn introduction. Of two sentences.\n"))
    assert spots(tale) == [(1, 3, 1), (2, 1, 1)]
    text.write_text(TALE.replace("A gull cried twice.", "It began. A gull had cried twice!"))
    assert spots(tale) == [(1, 2, 2), (2, 1, 1)]
    assert marks(tale)[0]["now"] == "A gull had cried twice!"
    text.write_text(TALE.replace("## Morning", "## Dawn"))
    assert spots(tale) == [(1, 2, 1), (2, 1, 1)]
    text.write_text(TALE)
    settings = tale.shelf.write("audiobook.toml", '# mine\n[works.tale]\nskip = ["Morning"]\n')
    assert [each["note"] for each in marks(tale)] == ["the second of two equal ones", "gull"]
    assert spots(tale) == [(1, 1, 1), (0, 0, 0)], "it is not read aloud"
    settings.write_text("# mine\n")
    page = tale.ask(f"{WORK}/text/1/passages").body.decode()
    text.write_text(TALE.replace("A gull", "One gull"))
    key = page.partition('id="p2-')[2].partition('data-key="')[2].partition('"')[0]
    spot = {"number": 1, "paragraph": 2, "sentence": 1, "key": key, "note": ""}
    assert tale.post(f"{WORK}/marks", **spot)["status"] == 404, "the page shows another text"


def test_a_mark_stays_with_its_sentence_when_chapters_are_renamed_and_merged(tale: Studio) -> None:
    settings = tale.shelf.root / "audiobook.toml"
    changed = '# mine\n[works.tale]\nmerge = ["Evening"]\n[works.tale.rename]\nMorning = "Dawn"\n'
    file = tale.shelf.root / "texts/en/tale.marks.toml"
    places = [(1, 1, 0, "heading"), (1, 2, 1, "gull"), (2, 1, 1, "the second of two equal ones")]
    merged = [(1, 1, 0), (1, 2, 1), (1, 5, 1)]
    for before, after, moved in (
        ("# mine\n", changed, merged),
        (changed, "# mine\n", [place[:3] for place in places]),
    ):
        settings.write_text(before)
        spoken = merged if before == changed else [place[:3] for place in places]
        for spot, (*_, note) in zip(spoken, places, strict=True):
            assert mark(tale, *spot, note)["status"] == 200
        assert spots(tale) == spoken
        settings.write_text(after)
        assert spots(tale) == moved
        assert [each["note"] for each in marks(tale)] == [note for *_, note in places]
        settings.write_text(changed)
        text = tale.shelf.write("texts/en/tale.md", TALE.replace("A gull cried", "A gull had cried"))
        assert spots(tale) == merged, "edited in a renamed chapter"
        assert {each["chapter"] for each in marks(tale)} == {"Dawn"}
        text.write_text(TALE)
        file.unlink()
    settings.write_text("# mine\n")
    mark(tale, 1, 3, 0, "short")
    kept = file.read_bytes()
    assert [tale.shelf.run(command, "tale").code for command in ("build", "clean")] == [0, 0]
    assert (file.read_bytes(), spots(tale)) == (kept, [(1, 3, 0)]), "neither builds nor cleaning change marks"
    file.write_text(file.read_text().replace("Nobody was awake yet.", "et."))
    assert spots(tale) == [(0, 0, 0)], "a part of a word is not the sentence"


@pytest.mark.exhaustive
def test_what_the_recogniser_doubted_is_in_the_same_list_until_it_is_settled_or_made_again(
    tmp_path: Path,
) -> None:
    model = tmp_path / "model"
    model.mkdir()
    for name in ("config.json", "model.bin", "tokenizer.json"):
        (model / name).write_text(name)
    shelf = Shelf(tmp_path / "shelf")
    shelf.write("audiobook.toml", f'[listen]\nmodel = "{model}"\n')
    shelf.write("texts/en/tale.md", TALE)
    shelf.build()
    record = load_record(shelf.root / "output/en/tale.json")
    assert record
    paragraph = record.chapters[0].paragraphs[2]
    store = ClipStore(shelf.root / ".audiobook")
    texts = tuple(paragraph.text[each.start : each.end] for each in paragraph.sentences)
    job = HearJob(paragraph.clips[0], texts, "en", find_listener(str(model)), store.folder)
    plain, doubtful = (
        HeardSentence("", (), ()),
        HeardSentence("A gull", (Fault(Kind.MISSING, 7, 5, 2.0),), ()),
    )
    with studio_of(shelf) as studio:
        assert marks(studio) == []
        store_hearing(store, job.name, Hearing((plain, doubtful, plain)))
        [doubt] = marks(studio)
        assert (doubt["number"], doubt["paragraph"], doubt["sentence"]) == (1, 2, 1)
        assert doubt["doubt"] == "A gull"
        assert "“cried”" in doubt["note"]
        mark(studio, 1, 2, 0, "mine")
        assert [each["doubt"] for each in marks(studio)] == ["", "A gull"]
        assert studio.post(f"{WORK}/marks/change", id=doubt["id"], fixed=True)["status"] == 200
        assert [(each["doubt"], each["fixed"]) for each in marks(studio)] == [("", False), ("", True)]
        (shelf.root / "texts/en/tale.marks.toml").unlink()
        assert len(marks(studio)) == 1
        shelf.write("texts/en/tale.lexicon.toml", '[words]\ngull = "bird"\n')
        assert marks(studio) == [], "another clip is played now"
