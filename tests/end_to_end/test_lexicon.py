"""Lexicons in builds: which texts and clips they affect, and damaged files."""

import zipfile
from io import BytesIO

import pytest
from tools import Shelf

TEXT = "The GIF came late.\n\nNobody saw it.\n\nIt went.\n"


def spoken(shelf: Shelf, work: str, language: str) -> list[str]:
    done = shelf.run("script", work, "--lang", language, "--json")
    assert done.code == 0, done.err
    chapters = done.answer["chapters"]
    return [text for chapter in chapters for each in chapter["passages"] for text in each["sentences"]]


def test_a_changed_entry_remakes_only_the_clips_with_its_word(shelf: Shelf) -> None:
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


def test_general_lexicons_apply_to_all_and_those_of_a_language_take_precedence(shelf: Shelf) -> None:
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


def test_the_lexicon_of_one_text_takes_precedence_and_touches_no_other(shelf: Shelf) -> None:
    for name in ("story.txt", "tale.en.txt"):
        shelf.write(f"texts/en/{name}", "GIF, PNG.\n")
    shelf.write("texts/en/lexicon.toml", '[words]\n"GIF" = "jif"\n"PNG" = "ping"\n')
    shelf.write("texts/en/tale.en.lexicon.toml", '[words]\n"GIF" = "only here"\n')
    assert spoken(shelf, "story", "en") == ["jif, ping."]
    assert spoken(shelf, "tale", "en") == ["only here, ping."]


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


@pytest.mark.slow
def test_a_damaged_lexicon_fails_its_texts_with_a_line_number(shelf: Shelf) -> None:
    for language in ("en", "fi"):
        shelf.write(f"texts/{language}/story.txt", TEXT)
    shelf.write("texts/fi/lexicon.toml", '[[entry]]\nsay = "x"\nregex = "(a+)+$"\n')
    done = shelf.run("build", "--engine", "tone", "--json")
    assert done.code == 1
    assert done.works["en/story"]["state"] == "built"
    assert done.works["fi/story"]["state"] == "failed"
    (problem,) = done.works["fi/story"]["problems"]
    assert problem.startswith("texts/fi/lexicon.toml:3: the regular expression could take too long")


def test_a_lexicon_that_links_out_of_the_texts_is_refused(shelf: Shelf) -> None:
    shelf.write("texts/en/story.txt", TEXT)
    shelf.write("outside.toml", '[words]\n"GIF" = "jif"\n')
    (shelf.root / "texts/en/lexicon.toml").symlink_to(shelf.root / "outside.toml")
    done = shelf.run("build", "--engine", "tone")
    assert done.code == 1
    assert "texts/en/lexicon.toml: the lexicon is a link that leads out of the texts" in done.err


@pytest.mark.slow
def test_an_entry_that_spans_a_sentence_end_is_reported_by_line(shelf: Shelf) -> None:
    shelf.write("texts/en/story.txt", TEXT + "\nIt was late. Nobody saw it.\n")
    shelf.write("texts/en/lexicon.toml", '[words]\n"was late. Nobody" = "x"\n')
    work = shelf.build("--engine", "tone")["en/story"]
    assert work["state"] == "built"
    assert work["problems"] == [
        "texts/en/story.txt:7: “was late. Nobody” is spoken as written, because a sentence ends inside it"
    ]


PLS = (
    '<lexicon version="1.0" xmlns="http://www.w3.org/2005/01/pronunciation-lexicon" xml:lang="en" alphabet="ipa">'
    "{}</lexicon>"
)
GIF = "<lexeme><grapheme>GIF</grapheme>{}<phoneme>dʒˈɪf</phoneme></lexeme>"


@pytest.mark.slow
def test_entries_with_only_phonemes_are_reported_if_the_voice_accepts_none(shelf: Shelf) -> None:
    shelf.write("texts/en/story.txt", TEXT)
    shelf.write("texts/en/words.pls", PLS.format(GIF.format("")))
    shelf.write(
        "texts/en/lexicon.toml",
        '[[entry]]\nword = "nobody"\nphonemes = "nəʊˈbɒdi"\n'
        '[[entry]]\nword = "late"\nsay = "layt"\nphonemes = "leɪt"\n',
    )
    (work,) = shelf.build("--engine", "tone").values()
    assert work["problems"] == [
        "texts/en/lexicon.toml:3: the voice “tone” does not support phonemes (ipa): “nobody” is spoken as written;"
        " add “say”",
        "texts/en/words.pls:1: 1 word uses only phonemes that the voice “tone” does not support; it is spoken"
        " as written: add an alias",
    ]
    assert spoken(shelf, "story", "en") == ["The GIF came layt.", "Nobody saw it.", "It went."]
    assert "[" not in shelf.run("script", "story", "--engine", "tone").out.partition("The GIF")[2]


@pytest.mark.exhaustive
@pytest.mark.slow
def test_changed_phonemes_remake_the_clips_with_the_word_and_no_others(shelf: Shelf) -> None:
    shelf.write("texts/en/story.txt", TEXT)
    shelf.write("texts/en/other.txt", "Nobody saw the cat.\n")
    shelf.build("--engine", "espeak")
    entry = '[[entry]]\nword = "GIF"\nsay = "gift"\nphonemes = "{}"\n'
    shelf.write("texts/en/lexicon.toml", entry.format("dʒˈɪf"))
    works = shelf.build("--engine", "espeak")
    assert {label: work["clips_made"] for label, work in works.items()} == {"en/story": 1, "en/other": 0}
    assert not works["en/story"]["problems"]
    before = shelf.book("en/story").read_bytes()
    shelf.write("texts/en/lexicon.toml", entry.format("kˈæt"))
    done = shelf.run("build", "story", "--engine", "espeak", "--dry-run")
    assert "lexicon changed; 1 of 3 clips to make" in done.out + done.err
    assert shelf.build("--engine", "espeak")["en/story"]["clips_made"] == 1
    assert shelf.book("en/story").read_bytes() != before
    # Another notation of the same sounds changes nothing.
    shelf.write("texts/en/lexicon.toml", entry.format('k\\"{t').replace("\n", '\nalphabet = "x-sampa"\n', 1))
    assert shelf.build("--engine", "espeak")["en/story"]["clips_made"] == 0
    # A voice without phonemes speaks the letters, whatever the sounds are.
    shelf.build("--engine", "tone")
    shelf.write("texts/en/lexicon.toml", entry.format("dʒˈɪf"))
    assert shelf.build("--engine", "tone")["en/story"]["clips_made"] == 0


@pytest.mark.slow
def test_a_script_shows_the_sounds_of_words(shelf: Shelf) -> None:
    shelf.write("texts/en/story.txt", TEXT)
    shelf.write("texts/en/words.pls", PLS.format(GIF.format("<alias>jif</alias>")))
    done = shelf.run("script", "story", "--json")
    (passage,) = [
        each for chapter in done.answer["chapters"] for each in chapter["passages"] if each["phonemes"]
    ]
    assert passage["sentences"] == ["The jif came late."]
    assert passage["phonemes"] == [
        {"sentence": 0, "start": 4, "length": 3, "phonemes": "dʒˈɪf", "alphabet": "ipa"}
    ]
    assert "The jif [dʒˈɪf] came late." in shelf.run("script", "story").out


@pytest.mark.slow
def test_every_word_of_a_book_with_phonemes_has_its_time(shelf: Shelf) -> None:
    shelf.write("texts/en/story.txt", TEXT)
    shelf.write("texts/en/words.pls", PLS.format(GIF.format("")))
    shelf.build("--engine", "espeak")
    record = shelf.record("en/story")
    first = record["chapters"][0]["paragraphs"][0]["sentences"][0]
    assert [TEXT[start : start + length] for start, length, *_ in first["words"]] == [
        "The",
        "GIF",
        "came",
        "late",
    ]


@pytest.mark.slow
def test_a_sound_unknown_to_the_voice_is_an_error_or_a_problem(shelf: Shelf) -> None:
    shelf.write("texts/en/story.txt", TEXT)
    shelf.write("texts/en/lexicon.toml", '[[entry]]\nword = "GIF"\nphonemes = "dʒꝏf"\n')
    done = shelf.run("build", "--engine", "espeak", "--json")
    (problem,) = done.works["en/story"]["problems"]
    assert problem.startswith("texts/en/lexicon.toml:3: the voice “en-us” has no sound “ꝏ”")
    shelf.write("texts/en/lexicon.toml", '[[entry]]\nword = "GIF"\nsay = "jif"\nphonemes = "dʒꝏf"\n')
    shelf.write("texts/en/words.pls", PLS.format(GIF.format("").replace("GIF", "saw").replace("ɪ", "ꝏ")))
    problems = shelf.build("--engine", "espeak")["en/story"]["problems"]
    assert [problem.partition(": ")[0] for problem in problems] == [
        "texts/en/lexicon.toml:4",
        "texts/en/words.pls:1",
    ]
    assert spoken(shelf, "story", "en")[0] == "The jif came late."


def epub(body: str) -> bytes:
    """An EPUB with one page."""
    members = {
        "META-INF/container.xml": (
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
            '<rootfile full-path="a.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
        ),
        "a.opf": (
            '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><manifest>'
            '<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
            '<spine><itemref idref="a"/></spine></package>'
        ),
        "a.xhtml": (
            '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:ssml="http://www.w3.org/2001/10/synthesis">'
            f"<head><title>t</title></head><body><h1>A story</h1>{body}</body></html>"
        ),
    }
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.mark.slow
def test_phonemes_in_an_epub_are_spoken_or_counted(shelf: Shelf) -> None:
    body = '<p>The <i ssml:ph="dʒˈɪf">GIF</i> and <i ssml:ph="ꝏ">it</i> came.</p>'
    shelf.write("texts/en/story.epub", epub(body))
    problems = shelf.build("--engine", "espeak")["en/story"]["problems"]
    assert [problem for problem in problems if "sounds" in problem] == [
        "texts/en/story.epub: 1 pronunciation uses sounds that the voice cannot speak (“ꝏ” with “ꝏ”): these"
        " words are spoken as written, or by their alias"
    ]
    assert "GIF [dʒˈɪf] and it came" in shelf.run("script", "story").out
    problems = shelf.build("--engine", "tone")["en/story"]["problems"]
    assert any("2 pronunciations use sounds" in problem for problem in problems)
