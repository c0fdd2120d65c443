"""Bad texts and engines among good ones: reported by path and line, without affecting others."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from sampling import sampled
from tools import (
    Finished,
    Shelf,
    alive_in_group,
    clean_environment,
    engine_package,
    finish,
    passages_of,
    reader_package,
    run_bound_by_modes,
    wait_until,
    words_of,
)

GOOD = "A good text. It is read aloud.\n"
ABORTS = (
    "Crash\n\nThis is fine. So is this.\nAnd this.\n" + "s'" * 220 + " and so on. Fine again.\n\nThe end.\n"
)
"""espeak-ng 1.52 aborts on line 5."""
KABOOM = "Kaboom\n\nThis is fine. So is this.\nThis is fine too. Now kaboom follows.\nThis is fine again.\n\nThe end.\n"
"""A fault of a guest engine on line 4, in a passage that begins on line 3."""


def failed(done: Finished, label: str, where: str) -> str:
    """Assert that one work failed at a place (a pattern) and the good one was built; return the error output."""
    assert done.code == 1, done
    assert "Traceback" not in done.err, done.err
    assert (done.works[label]["state"], done.works["en/good"]["state"]) == ("failed", "built")
    (problem,) = done.works[label]["problems"]
    assert re.match(f"{where}: ", problem), problem
    assert f"error: {problem}\n" in done.err
    assert done.works[label]["output"] is None
    return str(problem)


# Texts


UNREADABLE: Final = {
    "Latin-1": ("Otsikko\n\nHyvä.\nHyv".encode() + b"\xe4\xe4 p\xe4iv\xe4\xe4.\n", 4, "byte 19 is not UTF-8"),
    "Latin-1 after CRLF": ("Otsikko\r\n\r\nHyvä.\r\nHyv".encode() + b"\xe4\r\n", 4, "byte 22 is not UTF-8"),
    "NUL": (b"Otsikko\n\nHyv\0.\n", 3, "byte 12 is NUL"),
    "UTF-16 without a mark": ("Zażółć".encode("utf-16-le") + b"\n", 1, "byte"),
    "a word of 5000 letters": (b"Yksi.\n\n" + b"a" * 5000 + b"\n", 3, "without a space"),
}
"""Texts, with the line and the error of each."""


@pytest.mark.slow
def test_a_text_that_cannot_be_read_is_named_by_line_and_the_others_are_built(shelf: Shelf) -> None:
    shelf.write("texts/en/good.txt", GOOD)
    for number, (data, _, _) in enumerate(UNREADABLE.values()):
        shelf.write(f"texts/fi/bad-{number}.txt", data)
    done = shelf.run("build", "--engine", "tone", "--json")
    for number, (kind, (_, line, said)) in enumerate(UNREADABLE.items()):
        problem = failed(done, f"fi/bad-{number}", f"texts/fi/bad-{number}.txt:{line}")
        assert said in problem, kind
        assert re.search(f"error: {re.escape(problem)}\nhint: ", done.err), kind
    assert shelf.output_names() == ["en/good.cover.jpg", "en/good.json", "en/good.mp3"]


# “Lone surrogates, escaped pairs, names of 300 letters or 255 bytes”.
LONG_NAME = "b" * 251
BAD: Final[dict[str, tuple[str, str]]] = {
    "half.md": ('---\ntitle: "\\ud83d Joy"\n---\nWords.\n', r":2: U\+D83D is only half of a character"),
    "half-key.md": ('---\ntitle: a\n"\\ud83d": b\n---\nWords.\n', r":3: U\+D83D is only half of a character"),
    "half-toml.md": ('+++\ntitle = "\\ud83d Joy"\n+++\nWords.\n', r":2: not valid TOML"),
    "cover.md": (f"---\ntitle: a\ncover: {'a' * 300}\n---\nWords.\n", r":3: cover “a+”: no such file"),
    "idna.html": ('<html>\n<meta charset="idna"><p>a\xff b', r":2: unknown encoding “idna”"),
    "attributes.html": (
        "<p>\n<p " + " ".join(f"a{number}=b" for number in range(100_000)) + ">b",
        r":2: a tag has \d+ attributes or more",
    ),
}
"""Texts, written as Latin-1, and the errors they cause."""


@pytest.mark.exhaustive
@pytest.mark.slow
def test_of_many_bad_texts_each_is_named_by_line_and_the_others_are_built(shelf: Shelf) -> None:
    shelf.write("texts/en/good.txt", GOOD)
    shelf.write(f"texts/en/{LONG_NAME}.txt", GOOD)
    shelf.write("texts/en/emoji.md", '---\ntitle: "\\ud83d\\ude00 Joy"\n---\nWords.\n')
    shelf.write("texts/en/emoji-toml.md", '+++\ntitle = "\\ud83d\\ude00 Joy"\n+++\nWords.\n')
    shelf.write("texts/en/empty-lines.txt", "\n" * 400_000 + GOOD)
    shelf.write("texts/en/halves.html", "<title>a &#xD800;</title><p>Words &#xD800; here.")
    for name, (content, _) in BAD.items():
        shelf.write(f"texts/en/{name}", content.encode("latin-1"))
    done = shelf.run("build", "--engine", "tone", "--json")
    assert "Traceback" not in done.err, done.err
    states = {label: work["state"] for label, work in done.works.items()}
    failures = {label for label, state in states.items() if state == "failed"}
    assert failures == {f"en/{name.rpartition('.')[0]}" for name in BAD}
    assert set(states.values()) == {"failed", "built"}
    assert (done.code, len(states)) == (1, len(BAD) + 6)
    for name, (_, said) in BAD.items():
        (problem,) = done.works[f"en/{name.rpartition('.')[0]}"]["problems"]
        assert re.match(rf"texts/en/{name}{said}", problem), problem
    assert {shelf.record(f"en/{name}")["title"] for name in ("emoji", "emoji-toml")} == {"😀 Joy"}


_RAISES = """
class Guest:
    def read(self, source):
        {faults}
"""
BUGS: Final = (
    ("return 1 / 0", "unexpected ZeroDivisionError: division by zero"),
    ("return self.read(source)", "unexpected RecursionError: maximum recursion depth exceeded"),
    ("return b'\\xff'.decode()", "unexpected UnicodeDecodeError"),
    ("raise MemoryError", "not enough memory"),
    ("raise OSError(5, 'bad\\ud800')", "unexpected OSError: .Errno 5. bad?"),
    ("raise ExceptionGroup('a', [ValueError()])", "unexpected ExceptionGroup"),
    ("return None", "unexpected AttributeError"),
)


@pytest.mark.slow
def test_a_bug_in_a_reader_fails_only_its_work(shelf: Shelf) -> None:
    """The other works continue."""
    numbered = "\n        ".join(
        f"if source.data == b'{number}': {fault}" for number, (fault, _) in enumerate(BUGS)
    )
    environment = reader_package(shelf, "guest", _RAISES.format(faults=numbered))
    shelf.write("texts/en/good.txt", GOOD)
    for number in range(len(BUGS)):
        shelf.write(f"texts/en/bad-{number}.guest", f"{number}")
    done = shelf.run("build", "--engine", "tone", "--json", **environment)
    for number, (fault, said) in enumerate(BUGS):
        problem = failed(done, f"en/bad-{number}", f"texts/en/bad-{number}.guest")
        assert re.search(said, problem), fault
        hinted = f"error: {problem}\nhint: this is a bug; please report it" in done.err
        assert hinted == said.startswith("unexpected"), fault


_HALVES = """
from audiobook.document import Kind, Metadata, Paragraph
from audiobook.sources.outline import Block, build_work


class Guest:
    def read(self, source):
        paragraph = Paragraph("Words.\\ud800" if source.data == b"text" else "Words.", Kind.TEXT, ((0, 7),))
        title = "A\\ud800" if source.data == b"title" else "A"
        return build_work(source, Metadata(title), [Block(paragraph)], source_chars=6)
"""


@pytest.mark.slow
@pytest.mark.parametrize(("data", "line"), [("text", ":7"), ("title", "")])
def test_a_lone_surrogate_from_a_reader_is_refused(shelf: Shelf, data: str, line: str) -> None:
    """Lone surrogates are our own error; other works continue."""
    environment = reader_package(shelf, "guest", _HALVES)
    shelf.write("texts/en/good.txt", GOOD)
    shelf.write("texts/en/bad.guest", data)
    done = shelf.run("build", "--engine", "tone", "--json", **environment)
    assert "U+D800 is only half" in failed(done, "en/bad", f"texts/en/bad.guest{line}")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mode", "arguments"), sampled([(0o000, ()), (0o444, ()), (0o000, ("--lang", "fi"))]), ids=str
)
def test_a_folder_that_cannot_be_read_is_named_and_the_others_are_built(
    shelf: Shelf, mode: int, arguments: tuple[str, ...]
) -> None:
    """The other works continue."""
    shelf.write("texts/en/good.txt", GOOD)
    shelf.write("texts/fi/bad.txt", GOOD)
    folder = shelf.root / "texts/fi"
    folder.chmod(mode)
    try:
        done = run_bound_by_modes(shelf, "build", "--engine", "tone", *arguments)
    finally:
        folder.chmod(0o755)
    assert done.code == 1, done.err
    assert re.search(r"error: texts/fi(/bad\.txt)?: cannot be read: Permission denied", done.err), done.err
    assert shelf.output_names() == ([] if arguments else ["en/good.cover.jpg", "en/good.json", "en/good.mp3"])


@pytest.mark.slow
def test_a_text_without_words_fails_by_name(shelf: Shelf) -> None:
    shelf.write("texts/en/good.txt", GOOD)
    silent = {
        "empty": "",
        "blank": " \n\n\t\n",
        "signs": "* * *\n\n---\n\n?!…\n",
        "emoji": "😀 😃\n\n🎉\n",
        "invisible": "\u200b\u00ad\n",
        "mark": "\ufeff",
    }
    for name, text in silent.items():
        shelf.write(f"texts/fi/{name}.txt", text)
        shelf.write(f"texts/pl/{name}.md", text)
    done = shelf.run("build", "--engine", "tone", "--json")
    for name in silent:
        for path in (f"fi/{name}.txt", f"pl/{name}.md"):
            problem = failed(done, path.partition(".")[0], f"texts/{path}")
            assert "contains no text to read aloud" in problem


@pytest.mark.slow
def test_signs_and_emoji_between_words_are_silent(shelf: Shelf) -> None:
    shelf.write("texts/fi/mixed.txt", "😀 😃\n\nYksi sana.\n\n* * *\n\n?!…\n\nToinen sana.\n")
    (work,) = shelf.build().values()
    assert (work["state"], work["clips_total"]) == ("built", 2)
    assert [paragraph["text"] for paragraph, _ in passages_of(shelf.record("fi/mixed"))] == [
        "Yksi sana.",
        "Toinen sana.",
    ]
    assert all(
        chapter["end_samples"] > chapter["start_samples"] for chapter in shelf.record("fi/mixed")["chapters"]
    )


@pytest.mark.slow
def test_a_text_that_aborts_the_engine_is_named_by_line_and_the_others_are_built(shelf: Shelf) -> None:
    shelf.write("texts/en/good.txt", GOOD)
    shelf.write("texts/en/aborts.txt", ABORTS)
    done = shelf.run("build", "--json")
    assert "SIGABRT" in failed(done, "en/aborts", "texts/en/aborts.txt:5")
    assert not shelf.leftovers()
    again = shelf.run("build", "--json")
    failed_again = [label for label, work in again.works.items() if work["state"] == "failed"]
    assert (again.code, failed_again, again.works["en/good"]["state"]) == (1, ["en/aborts"], "fresh")


@pytest.mark.slow
def test_each_passage_at_which_the_engine_crashes_is_named_by_line_and_the_others_are_built(
    shelf: Shelf,
) -> None:
    """These texts crash espeak-ng 1.52."""
    crashes = {
        "pl": "i.e." * 160,
        "de": "b." * 300,
        "vi": "a" + "`" * 1000,
        "da": "ołe" * 60,
        "fa": "ط." * 101,
        "pt": "©z’°n,döâ(äo· ú.ó§)ü bęl™",
        "si": "]නද'" * 16,
    }
    shelf.write("texts/en/good.txt", GOOD)
    for language, crash in crashes.items():
        shelf.write(f"texts/{language}/crash.txt", f"A title\n\nOne two.\n\n{crash}\n\nThree four.\n")
    done = shelf.run("build", "--json")
    for language in crashes:
        problem = failed(done, f"{language}/crash", f"texts/{language}/crash.txt:5")
        assert re.search("ended by SIG(SEGV|ABRT|BUS)", problem), language


@pytest.mark.slow
def test_a_repaired_text_keeps_the_clips_that_were_made(shelf: Shelf) -> None:
    shelf.write("texts/en/aborts.txt", ABORTS)
    assert shelf.run("build").code == 1
    shelf.write("texts/en/aborts.txt", ABORTS.replace("s'" * 220, "Repaired"))
    assert shelf.build()["en/aborts"]["clips_made"] == 1


@pytest.mark.slow
def test_a_book_that_fails_stays_as_it_was(shelf: Shelf) -> None:
    shelf.write("texts/en/aborts.txt", GOOD)
    shelf.build()
    before = shelf.outputs()
    shelf.write("texts/en/aborts.txt", ABORTS)
    assert shelf.run("build").code == 1
    assert shelf.outputs() == before


MARKUP = (
    'Say <b>bold</b>, <break time="999s"/>, [[h@l\'oU]], <speak><audio src="x"/></speak>, {{x}} and %s now.'
)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("suffix", "shown"),
    [
        (".txt", MARKUP),
        # What is HTML, a wiki link or a template in Markdown is left out; nothing of the rest is.
        (".md", """Say bold, <break time="999s"/>, h@l'oU, <speak></speak>, and %s now."""),
    ],
)
def test_markup_of_engines_is_spoken_and_never_interpreted(shelf: Shelf, suffix: str, shown: str) -> None:
    shelf.write(f"texts/en/markup{suffix}", f"{MARKUP}\n")
    (work,) = shelf.build().values()
    assert work["duration_s"] < 60
    (paragraph, (sentence,)), *_ = passages_of(shelf.record("en/markup"))
    assert paragraph["text"] == shown
    begun = {word[0] for word in sentence["words"]}
    for start, end in words_of(shown):
        assert begun & set(range(start, end)), f"{shown[start:end]} is not heard"


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_title_of_300_kb_is_cut(shelf: Shelf, tmp_path: Path) -> None:
    path = engine_package(tmp_path / "engine", "guest")
    shelf.write("texts/en/long.md", "# " + "Long title " * 28_000 + "\n\nText.\n")
    shelf.build("--engine", "guest", PYTHONPATH=path)
    record = shelf.record("en/long")
    titles = [record["title"], *(chapter["title"] for chapter in record["chapters"])]
    assert all(1 < len(title) <= 200 for title in titles)
    assert record["title"].startswith("Long title Long title")
    assert shelf.run("check").code == 0


NAMES = [
    "with some spaces.txt",
    "-rf.txt",
    "--help.txt",
    'it\'s "quoted".txt',
    "ka\u0308sikirja.txt",
    "\u05e1\u05e4\u05e8 \u05e9\u05de\u05e2.txt",
    "كتاب.txt",
    "new\nline.txt",
    "semi;colon: & more$(x).txt",
    "two..dots...txt",
    "100%s{}.txt",
    "😀.txt",
    f"{'long ' * 49}.txt",
]


@pytest.mark.exhaustive
@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="such names cannot be given there")
def test_files_with_any_name_give_books_with_ascii_names(shelf: Shelf) -> None:
    for number, name in enumerate(NAMES):
        shelf.write(f"texts/en/{name}", f"Text number {number}.\n")
    works = shelf.build("--engine", "tone")
    assert len(works) == len(NAMES)
    assert all(label.isascii() and "\n" not in label and " " not in label for label in works)
    assert all(work["state"] == "built" for work in works.values())
    assert len(shelf.outputs()) == 3 * len(NAMES)
    assert shelf.run("check").code == 0


@pytest.mark.slow
@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are always Unicode there")
def test_a_file_name_that_is_not_utf_8_stops_no_other_work(shelf: Shelf) -> None:
    shelf.write("texts/en/good.txt", GOOD)
    shelf.write("texts/en/b\udcff\udcfe.txt", GOOD)
    done = shelf.run("build", "--engine", "tone")
    assert "Traceback" not in done.err, done.err[-300:]
    assert done.code in (0, 1)
    assert shelf.book("en/good").exists()


@pytest.mark.parametrize("name", ["Case.txt", "case.md", "CASE.TXT"])
@pytest.mark.slow
def test_texts_that_would_make_the_same_files_are_named(shelf: Shelf, name: str) -> None:
    shelf.write("texts/en/case.txt", GOOD)
    other = shelf.write(f"texts/en/{name}", "Another one.\n")
    if len(list(other.parent.iterdir())) == 1:
        pytest.skip("this file system knows no case")
    done = shelf.run("build", "--engine", "tone")
    assert done.code == 1
    assert "would have the same output files as" in done.err
    assert len(shelf.outputs()) == 3


def test_a_text_from_elsewhere_does_not_replace_the_book_of_another_text(
    shelf: Shelf, tmp_path: Path
) -> None:
    shelf.write("texts/en/good.txt", GOOD)
    shelf.build("--engine", "tone")
    before = shelf.outputs()
    other = tmp_path / "elsewhere" / "en" / "good.md"
    other.parent.mkdir(parents=True)
    other.write_text("Another\n\nThey walk far away.\n", "utf-8")
    done = shelf.run("build", str(other), "--engine", "tone")
    assert (done.code, done.err.splitlines()[-2:]) == (
        1,
        ["error: good.md: would have the same output files as texts/en/good.txt", "hint: rename one of them"],
    )
    assert shelf.outputs() == before


def test_outside_links_and_anything_but_files_are_named(shelf: Shelf, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("A secret.", "utf-8")
    shelf.write("texts/en/good.txt", GOOD)
    (shelf.root / "texts/en/link.txt").symlink_to(secret)
    (shelf.root / "texts/en/loop.txt").symlink_to("loop.txt")
    (shelf.root / "texts/en/folder.txt").mkdir()
    os.mkfifo(shelf.root / "texts/en/fifo.txt")
    done = shelf.run("build", "--engine", "tone")
    assert done.code == 1
    assert "Traceback" not in done.err, done.err[-300:]
    for name in ("link", "loop", "folder", "fifo"):
        assert f"error: texts/en/{name}.txt: " in done.err, name
    assert shelf.output_names() == ["en/good.cover.jpg", "en/good.json", "en/good.mp3"]


# Missing engines


def test_an_unknown_engine_gives_exit_3_and_the_nearest_name(shelf: Shelf) -> None:
    shelf.write("texts/en/good.txt", GOOD)
    done = shelf.run("build", "--engine", "espeek")
    assert done.code == 3
    assert "error: no engine named “espeek”\nhint: did you mean espeak?\n" in done.err
    shelf.write("audiobook.toml", 'engine = "atuo"\n')
    done = shelf.run("build", AUDIOBOOK_ENGINE="")
    assert done.code == 3
    assert "error: audiobook.toml:1: no engine named “atuo”\nhint: did you mean auto?\n" in done.err


def test_an_unknown_voice_gives_exit_3_and_the_nearest_names(shelf: Shelf) -> None:
    shelf.write("texts/en/good.txt", GOOD)
    done = shelf.run("build", "--voice", "en-gv")
    assert done.code == 3
    assert "has no voice “en-gv”\nhint: did you mean en-gb" in done.err


def test_a_language_without_a_voice_gives_exit_3(shelf: Shelf) -> None:
    shelf.write("texts/qaa/nobody.txt", GOOD)
    done = shelf.run("build")
    assert done.code == 3
    assert "error: texts/qaa/nobody.txt: the engine “espeak” has no voice for “qaa”\nhint: " in done.err


@pytest.mark.slow
def test_a_language_without_a_voice_stops_no_other(shelf: Shelf) -> None:
    shelf.write("texts/qaa/nobody.txt", GOOD)
    shelf.write("texts/en/good.txt", GOOD)
    done = shelf.run("build", "--json")
    assert (done.code, done.works["en/good"]["state"]) == (1, "built")


def test_an_engine_that_cannot_be_loaded_gives_exit_3(shelf: Shelf, tmp_path: Path) -> None:
    path = engine_package(tmp_path / "engine", "broken")
    (tmp_path / "engine/broken_guest.py").write_text("import a_module_that_is_not_there\n", "utf-8")
    shelf.write("texts/en/good.txt", GOOD)
    done = shelf.run("build", "--engine", "broken", PYTHONPATH=path)
    assert done.code == 3
    assert "the engine “broken” cannot be loaded: " in done.err
    assert "a_module_that_is_not_there" in done.err


# Misbehaving engines


def built_by(engine: str, shelf: Shelf, path: str) -> Finished:
    shelf.write("texts/en/good.txt", GOOD)
    shelf.write("texts/en/bad.txt", KABOOM)
    return shelf.run("build", "--json", "--engine", engine, PYTHONPATH=path)


FAULTS = {
    "raises": ("raise RuntimeError('all is lost')", "RuntimeError: all is lost"),
    "refuses": ("raise SpeechError('no such word')", "no such word"),
    "toofew": ("return said[:-1]", "sentences"),
    "toomany": ("return said * 2", "sentences"),
    "lazy": ("return iter(said[:-1])", "sentences"),
    "empty": ("return [Speech(Pcm(b'', RATE_HZ), ()) for _ in said]", "no sound"),
    "hasty": ("return [Speech(Pcm(bytes(4000), 8000), ()) for _ in said]", "the engine guest returned"),
    "nothing": ("return None", "TypeError"),
    "words": ("return texts", "the engine guest "),
    "halved": ("return [Speech(Pcm(b'odd', RATE_HZ), ()) for _ in said]", ""),
    "unordered": (
        "return [Speech(one.pcm, (Mark(0, 3, 900), Mark(4, 3, 100))) for one in said]",
        "out of order",
    ),
    "beyond": ("return [Speech(one.pcm, (Mark(500, 3, 0),)) for one in said]", ""),
}


@pytest.mark.slow
def test_the_sentence_at_which_an_engine_fails_is_named_by_line(shelf: Shelf, tmp_path: Path) -> None:
    fault = "\n            ".join(
        f"if any('kaboom {name}' in text for text in texts): {fault}" for name, (fault, _) in FAULTS.items()
    )
    path = engine_package(tmp_path / "engine", "guest", fault)
    shelf.write("texts/en/good.txt", GOOD)
    for name in FAULTS:
        shelf.write(f"texts/en/{name}.txt", KABOOM.replace("kaboom", f"kaboom {name}"))
    done = shelf.run("build", "--json", "--engine", "guest", PYTHONPATH=path)
    for name, (_, said) in FAULTS.items():
        problem = failed(done, f"en/{name}", f"texts/en/{name}.txt:4")
        assert said in problem, name
        assert f"“Now kaboom {name} follows.”" in problem


DEATHS = {"exits": ("os._exit(7)", "code 7"), "dies": ("os.kill(os.getpid(), 9)", "SIGKILL")}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "fault", "said"), [(name, *fault) for name, fault in DEATHS.items()])
def test_an_engine_that_ends_its_process_fails_the_passage_by_line(
    shelf: Shelf, tmp_path: Path, name: str, fault: str, said: str
) -> None:
    done = built_by(name, shelf, engine_package(tmp_path / "engine", name, fault))
    assert said in failed(done, "en/bad", "texts/en/bad.txt:[34]")


@pytest.mark.parametrize("fault", ["raise RuntimeError('all is lost')", "os._exit(7)", "return []"])
def test_an_engine_that_never_works_is_named_without_a_traceback(
    shelf: Shelf, tmp_path: Path, fault: str
) -> None:
    path = engine_package(tmp_path / "engine", "useless", fault, when="True")
    done = built_by("useless", shelf, path)
    assert done.code in (1, 3)
    assert "Traceback" not in done.err, done.err[-300:]
    assert all("useless" in line for line in done.err.splitlines() if line.startswith("error: "))
    assert {work["state"] for work in done.works.values()} == {"failed"}
    assert not shelf.outputs()


@pytest.mark.slow
def test_what_an_engine_prints_does_not_get_into_the_json(shelf: Shelf, tmp_path: Path) -> None:
    path = engine_package(tmp_path / "engine", "chatty", "print('loading, please wait')", when="True")
    done = built_by("chatty", shelf, path)
    assert done.code == 0
    assert done.out.startswith("{")
    assert {work["state"] for work in done.works.values()} == {"built"}


@pytest.mark.slow
def test_a_build_can_be_stopped_while_an_engine_hangs(shelf: Shelf, tmp_path: Path) -> None:
    path = engine_package(tmp_path / "engine", "sleepy", "time.sleep(100)")
    shelf.write("texts/en/good.txt", GOOD)
    shelf.write("texts/en/bad.txt", KABOOM)
    with shelf.start("build", "--engine", "sleepy", PYTHONPATH=path) as process:
        try:
            wait_until(lambda: len(shelf.clips()) == 3, "all other clips are made")
            process.terminate()
            assert finish(process).code == 143
            wait_until(lambda: not alive_in_group(process.pid), "its workers end with it")
        finally:
            process.kill()
    works = shelf.run("build", "--json", "--dry-run", "--engine", "sleepy", PYTHONPATH=path).works
    assert {label: work["clips_made"] for label, work in works.items()} == {"en/bad": 1, "en/good": 0}


# A full disk


def test_a_full_disk_gives_exit_4_and_keeps_the_old_book(texts_copy: Shelf) -> None:
    before = texts_copy.outputs()
    settings = (texts_copy.root / "audiobook.toml").read_text("utf-8")
    texts_copy.write("audiobook.toml", f"{settings}[pauses]\nparagraph = 1900\n")
    done = subprocess.run(
        ["sh", "-c", 'ulimit -f 400; exec "$0" -m audiobook build', sys.executable],
        cwd=texts_copy.root,
        env=clean_environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 4
    assert re.search(r"error: output/\w\w/[\w-]+\.mp3: writing failed: ", done.stderr), done.stderr
    assert "Traceback" not in done.stderr
    assert texts_copy.outputs() == before
    assert not texts_copy.leftovers()
    texts_copy.build()
    assert texts_copy.run("check").code == 0


@pytest.mark.slow
def test_an_unspeakable_text_does_not_delay_another_with_the_same_beginning(
    shelf: Shelf,
) -> None:
    beginning = "A Book\n\n" + "\n\n".join(f"This is paragraph {number} of both." for number in range(40))
    shelf.write("texts/en/a-broken.txt", f"{beginning}\n\n{'x' * 5000}\n")
    shelf.write("texts/en/whole.txt", f"{beginning}\n")
    done = shelf.run("build", "--engine", "tone", "--json")
    assert done.code == 1
    broken, whole = done.answer["works"]
    assert (broken["state"], whole["state"]) == ("failed", "built")
    assert whole["clips_made"] == whole["clips_total"] == 41
    assert "a-broken.txt:83: " in broken["problems"][0]
