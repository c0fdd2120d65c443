"""How words are said is kept in the user's lexicons, and nothing else in them changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tools import Json

from audiobook.document import Sentence
from audiobook.errors import AudiobookError
from audiobook.pipeline.texts.edition import edition_at
from audiobook.studio.desk.edits import Changed, edit, state_of
from audiobook.studio.desk.script.pronunciations import BOOK, LANGUAGE, excerpt, keep, kept
from audiobook.studio.desk.script.written_and_spoken import Piece, pieces_of
from studio.conftest import Studio

MINE = """\
# How names are said.

[words]
Zoe = "Zo ee"   # as she says it
kaunas = "Kow nas" # old

[[entry]]   # for Finnish
word = "Kaunas"
say = "Kaunas"
languages = ["fi"]

[[entry]]
regex = 'No\\. (\\d+)'
say = "number \\\\1"
# the end
"""


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_an_entry_is_changed_in_place_and_comments_and_order_stay(
    tmp_path: Path, ends: str, mark: str
) -> None:
    (tmp_path / "texts/en").mkdir(parents=True)
    text = tmp_path / "texts/en/a.md"
    text.write_text("# A\n\nKaunas.\n")
    edition = edition_at(text, "en", "texts/en/a.md")
    lexicon = tmp_path / "texts/en/lexicon.toml"
    before = (mark + MINE).replace("\n", ends)
    lexicon.write_bytes(before.encode())
    lexicon.chmod(0o640)
    keep(edition, LANGUAGE, "Kaunas", "Cow nass", "")
    after = lexicon.read_bytes().decode()
    assert after.replace('"Cow nass"', '"Kow nas"') == before
    assert lexicon.stat().st_mode & 0o777 == 0o640
    keep(edition, LANGUAGE, "Zoe", "", "ˈzoʊi")
    assert kept(edition, "zoe") == {"say": "", "phonemes": "ˈzoʊi", "scope": LANGUAGE}
    keep(edition, BOOK, "ZOE", "Zoh", "")
    assert (tmp_path / "texts/en/a.lexicon.toml").read_text() == '[words]\nZOE = "Zoh"\n'
    assert kept(edition, "zoe")["scope"] == BOOK
    keep(edition, BOOK, "Zoe", "", "")
    keep(edition, LANGUAGE, "Zoe", "", "")
    assert kept(edition, "zoe") == {}
    assert "# the end" in lexicon.read_text("utf-8")


def test_a_file_that_changed_meanwhile_or_would_be_damaged_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("a = 1\n")
    seen = state_of(path)
    path.write_text("a = 2 # by hand\n")

    def change(tables: Json) -> None:
        tables["a"] = 3

    def refuse(_: bytes) -> None:
        raise AudiobookError("not valid")

    def meanwhile(_: bytes) -> None:
        path.write_text("a = 4\n")

    with pytest.raises(Changed):
        edit(path, "a.toml", change, bytes, seen)
    with pytest.raises(AudiobookError, match="not valid"):
        edit(path, "a.toml", change, refuse)
    assert path.read_text() == "a = 2 # by hand\n"
    with pytest.raises(Changed):
        edit(path, "a.toml", change, meanwhile)
    assert path.read_text() == "a = 4\n"
    path.write_text("a = [\n")
    with pytest.raises(AudiobookError, match=r"a\.toml:1"):
        edit(path, "a.toml", change, bytes)
    (tmp_path / "link.toml").symlink_to(path)
    with pytest.raises(AudiobookError, match="link"):
        edit(tmp_path / "link.toml", "link.toml", change, bytes)


def test_spoken_words_are_shown_beside_written_ones_only_where_they_differ() -> None:
    written = "In 1990 “we” 🎧 won 5%"
    spoken = 'In nineteen ninety "we" won five percent'
    spans = [(0, 1), (1, 2), (2, 3), *[(3, 7)] * 15, (7, 8), (8, 9), (9, 10), (10, 11), (11, 12), (12, 13)]
    spans += [(15, 16), (16, 17), (17, 18), (18, 19), *[(19, 21)] * 12]
    starts, ends = zip(*spans, strict=True)
    sentence = Sentence(spoken, starts, ends)
    assert pieces_of(sentence, written) == [
        Piece("In "),
        Piece("1990", "nineteen ninety"),
        Piece(" “we” 🎧 won "),
        Piece("5%", "five percent"),
    ]
    written, spoken = "“It’s late,” he said…", '"It\'s late," he said.'
    sentence = Sentence(spoken, range(len(spoken)), range(1, len(spoken) + 1))
    assert pieces_of(sentence, written) == [Piece(written)], "signs that only look different"


def test_a_word_is_heard_before_it_is_kept_and_kept_for_one_book(studio: Studio) -> None:
    work = "/works/en/harbour"
    shown = studio.ask(f"{work}/text/2/passages").body.decode()
    assert '1990<span class="spoken">nineteen ninety</span>' in shown
    about = json.loads(studio.ask(f"{work}/word?word=kaunas").body)
    assert (about["count"], about["passages"], about["chapters"]) == (3, 2, 2)
    assert about["places"] == [
        {
            "number": 2,
            "paragraph": 1,
            "text": ["In 1990 the ferry reached ", "Kaunas", " at 7 pm. Kaunas was quiet."],
        },
        {"number": 3, "paragraph": 1, "text": ["The lamps of ", "Kaunas", " went out."]},
    ]
    assert excerpt(f"{'long ' * 20}word{' after' * 20}", "Word") == (
        f"…{'long ' * 7}",
        "word",
        f"{' after' * 6}…",
    )
    before = studio.shelf.tree().keys()
    said = {"number": 2, "paragraph": 1, "word": "Kaunas", "say": "Cow nass", "phonemes": ""}
    plain = studio.ask(f"{work}/hear", "POST", _json(said | {"say": ""}))
    heard = studio.ask(f"{work}/hear", "POST", _json(said))
    assert heard["content-type"] == "audio/mpeg"
    assert heard.body != plain.body
    lexicon = studio.shelf.root / "texts/en/harbour.lexicon.toml"
    assert not {name for name in studio.shelf.tree().keys() - before if name.startswith("texts")}
    stale = said | {"scope": "book", "before": {"say": "Other", "phonemes": "", "scope": "book"}}
    assert studio.ask(f"{work}/keep", "POST", _json(stale)).status == 409
    done = studio.ask(f"{work}/keep", "POST", _json(said | {"scope": "book", "before": {}}))
    assert done.body == heard.body
    assert studio.ask(f"{work}/sound/{done['clip-key']}").body == done.body
    assert lexicon.read_text() == '[words]\nKaunas = "Cow nass"\n'
    assert 'Kaunas<span class="spoken">Cow nass</span>' in studio.ask(f"{work}/text/3/passages").body.decode()
    wrong = said | {
        "say": "…",
        "scope": "book",
        "before": {"say": "Cow nass", "phonemes": "", "scope": "book"},
    }
    assert studio.ask(f"{work}/keep", "POST", _json(wrong)).status == 422
    assert studio.ask(f"{work}/sound/{'0' * 64}").status == 404
    assert studio.ask(f"{work}/sound/..%2F..%2Faudiobook.toml").status == 404
    assert studio.ask(f"{work}/text/99").status == 404
    lexicon.unlink()


def _json(given: Json) -> bytes:
    return json.dumps(given).encode()
