"""Lexicons on their way into books: who is concerned, what is made anew, and what damage does."""

from tools import Shelf

TEXT = "The GIF came late.\n\nNobody saw it.\n\nIt went.\n"


def spoken(shelf: Shelf, work: str, language: str) -> list[str]:
    done = shelf.run("script", work, "--lang", language, "--json")
    assert done.code == 0, done.err
    chapters = done.answer["chapters"]
    return [text for chapter in chapters for each in chapter["passages"] for text in each["sentences"]]


def test_a_changed_entry_remakes_the_clips_that_hold_its_word_and_no_other(shelf: Shelf) -> None:
    shelf.write("texts/en/story.txt", TEXT)
    shelf.write("texts/en/other.txt", "Nobody saw the cat.\n")
    shelf.write("texts/en/lexicon.toml", '[words]\n"GIF" = "jif"\n')
    shelf.build("--engine", "tone")
    assert spoken(shelf, "story", "en") == ["The jif came late.", "Nobody saw it.", "It went."]
    shelf.write("texts/en/lexicon.toml", '[words]\n"GIF" = "gift"\n')
    done = shelf.run("build", "story", "--engine", "tone", "--dry-run")
    assert "lexicon changed; 1 of 3 clips to make" in done.out + done.err
    works = shelf.build("--engine", "tone")
    assert {label: (work["reasons"], work["clips_made"]) for label, work in works.items()} == {
        "en/story": (["lexicon changed"], 1),
        "en/other": (["lexicon changed"], 0),
    }
    assert [work["state"] for work in shelf.build("--engine", "tone").values()] == ["fresh", "fresh"]


def test_general_lexicons_concern_all_and_those_of_a_language_count_first(shelf: Shelf) -> None:
    for language in ("en", "fi"):
        shelf.write(f"texts/{language}/story.txt", "GIF, PNG.\n")
    shelf.write("texts/lexicon.toml", '[words]\n"GIF" = "general"\n')
    shelf.write("texts/fi/lexicon.toml", '[words]\n"GIF" = "local"\n')
    shelf.write(
        "texts/pictures.pls",
        '<lexicon version="1.0" xmlns="http://www.w3.org/2005/01/pronunciation-lexicon" xml:lang="en">'
        "<lexeme><grapheme>PNG</grapheme><alias>ping</alias></lexeme></lexicon>",
    )
    assert spoken(shelf, "story", "en") == ["general, ping."]
    assert spoken(shelf, "story", "fi") == ["local, PNG."]


def test_a_lexicon_of_one_language_does_not_touch_the_others(shelf: Shelf) -> None:
    for language in ("en", "fi"):
        shelf.write(f"texts/{language}/story.txt", TEXT)
    shelf.build("--engine", "tone")
    shelf.write("texts/fi/lexicon.toml", '[words]\n"GIF" = "jif"\n')
    works = shelf.build("--engine", "tone")
    assert works["en/story"]["state"] == "fresh"
    assert works["fi/story"]["reasons"] == ["lexicon changed"]
    assert shelf.record("fi/story")["inputs"]["lexicon_sha256"]
    assert shelf.record("en/story")["inputs"]["lexicon_sha256"] is None


def test_a_damaged_lexicon_fails_the_texts_that_it_concerns_by_line(shelf: Shelf) -> None:
    for language in ("en", "fi"):
        shelf.write(f"texts/{language}/story.txt", TEXT)
    shelf.write("texts/fi/lexicon.toml", '[[entry]]\nsay = "x"\nregex = "(a+)+$"\n')
    done = shelf.run("build", "--engine", "tone", "--json")
    assert done.code == 1
    assert done.works["en/story"]["state"] == "built"
    assert done.works["fi/story"]["state"] == "failed"
    assert done.works["fi/story"]["problems"][0].startswith("texts/fi/lexicon.toml:3: the regex may take too")


def test_a_lexicon_that_leads_out_of_the_texts_is_refused(shelf: Shelf) -> None:
    shelf.write("texts/en/story.txt", TEXT)
    shelf.write("outside.toml", '[words]\n"GIF" = "jif"\n')
    (shelf.root / "texts/en/lexicon.toml").symlink_to(shelf.root / "outside.toml")
    done = shelf.run("build", "--engine", "tone")
    assert done.code == 1
    assert "texts/en/lexicon.toml: is not read: it is a link out of the texts" in done.err


def test_words_in_phonemes_alone_are_a_problem_of_the_book(shelf: Shelf) -> None:
    shelf.write("texts/en/story.txt", TEXT)
    shelf.write(
        "texts/en/words.pls",
        '<lexicon version="1.0" xmlns="http://www.w3.org/2005/01/pronunciation-lexicon" xml:lang="en">'
        "<lexeme><grapheme>GIF</grapheme><phoneme>dʒɪf</phoneme></lexeme></lexicon>",
    )
    (work,) = shelf.build("--engine", "tone").values()
    (problem,) = work["problems"]
    assert problem.startswith("texts/en/words.pls:1: 1 word")


def test_a_word_in_which_a_sentence_ends_is_reported_by_its_line(shelf: Shelf) -> None:
    shelf.write("texts/en/story.txt", TEXT + "\nIt was late. Nobody saw it.\n")
    shelf.write("texts/en/lexicon.toml", '[words]\n"was late. Nobody" = "x"\n')
    work = shelf.build("--engine", "tone")["en/story"]
    assert work["state"] == "built"
    assert work["problems"] == [
        "texts/en/story.txt:7: “was late. Nobody” is said as it is written: a sentence ends inside it"
    ]
