"""Messages about mistakes use the words of the user: what is wrong, and what to do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tools import Shelf

INTERNAL = re.compile(r"Traceback|Errno|\b[A-Z][a-z]+Error\b|\b(?:str|int|float|NoneType)\b|object at 0x")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    made = Shelf(tmp_path_factory.mktemp("mistakes"), AUDIOBOOK_ENGINE="espeak")
    made.write("texts/en/one.txt", "# One\n\nA word.\n")
    made.write("texts/fi/two.txt", "Sana.\n")
    made.write("books/novel.chm", "x")
    made.write("outfile", "mine")
    made.write("loose.md", "A word.\n")
    made.write("-y.txt", "x")
    return made


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "error", "hint"),
    [
        ("build /no/such/file.md", "/no/such/file.md: no such file", None),
        (
            "list texts/en",
            "texts/en is a folder",
            "to build the texts in it, run `audiobook build --lang en`",
        ),
        ("check texts/en", "texts/en is a folder, not a built work", "run `audiobook build` first"),
        ("check --acx texts", "texts is a folder", "name the files in it: texts/*.mp3"),
        ("build --texts outfile", "outfile is a file, not a folder", "choose another folder: --texts DIR"),
        ("build -o outfile/a", "outfile is a file, not a folder", "choose another folder, or move it away"),
        ("build one --cover texts", "cover “texts” is a folder, not a picture", None),
        (
            "build books/novel.chm -l en",
            "novel.chm: .chm is not supported",
            "convert it: `ebook-convert novel.chm novel.epub`",
        ),
        (
            "build --split chapters",
            "--split must be chapter or none, not “chapters”",
            "did you mean chapter?",
        ),
        ("build --lang", "--lang needs a value", "see: audiobook build --help"),
        ("voices try --engine", "--engine needs a value", "see: audiobook voices try --help"),
        ("build -l en -y.txt", "no option -y", "if you mean the file -y.txt, write: ./-y.txt"),
        ("bild", "no command “bild”", "did you mean build?"),
        (
            "books/novel.chm",
            "no command “books/novel.chm”",
            "to make a book from it: audiobook build books/novel.chm",
        ),
        ("build loose", "no text named “loose”", "did you mean loose.md?"),
        (
            "build texts/en/one.txt --lang fi",
            "texts/en/one.txt is in “en”, not in “fi”",
            "leave out --lang, or move the text to texts/fi/",
        ),
        (
            "build one --output one.mp3",
            "--output names the folder of the books, but “one.mp3” looks like a file",
            "for example: --output one",
        ),
        (
            "build one --format m4b,opus",
            "unknown format “m4b,opus”",
            "name each by itself: --format m4b --format opus",
        ),
        (
            "export one --to m4b",
            "--to must be epub, lpf or library, not “m4b”",
            "a build makes it: audiobook build --format m4b",
        ),
        ("help", "no command “help”", "see: audiobook --help"),
        ("voices en", "no command “en”", "to list the voices of a language: audiobook voices --lang en"),
        ("voices install english", "“english” is not a voice name", "did you mean en?"),
        ("voices compare x --lang xx", "no voice speaks “xx”", "to list the languages: audiobook voices"),
        (
            "publish --base-url https://example.org --to me@host:/srv",
            "me@host:/srv is not a folder on this computer",
            "use s3://bucket/path, sftp://host/path or a folder",
        ),
        ("build --langs fi", "no option --langs", "did you mean --lang?"),
        ("list --lang de", "no texts in “de”", "there are texts in: en, fi"),
        ("script two --lang en", "“two” has no text in “en”", "there is one in: fi"),
        ("voices --lang tlh", "no voice speaks “tlh”", "to list the languages: audiobook voices"),
        (
            "voices try Emma x",
            "no voice named “Emma” on this computer",
            "to list the voices: audiobook voices --all",
        ),
    ],
)
def test_a_mistake_is_answered_in_words(shelf: Shelf, command: str, error: str, hint: str | None) -> None:
    done = shelf.run(*command.split())
    assert done.code in (1, 2, 3, 4)
    assert done.err.splitlines()[:2] == [f"error: {error}", *([f"hint: {hint}"] if hint else [])]
    assert not INTERNAL.search(done.err)


@pytest.mark.slow
def test_a_setting_that_is_refused_late_is_named_by_its_line(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, AUDIOBOOK_ENGINE="")
    shelf.write("texts/en/one.txt", "# One\n\nA word.\n")
    rows = [
        ('engine = "espeek"', "build", "1: no engine named “espeek”"),
        ('engine = "tone"\n[voice.en]\nengine = "espeek"', "build", "3: no engine named “espeek”"),
        ('engine = "nope"\nfallback = "espeek"', "build", "2: no engine named “espeek”"),
        ('engine = "tone"\n\n[voice.en]\nname = "emma"', "build", "4: the engine “tone” has no voice “emma”"),
        (
            'engine = "tone"\n[voice.en]\npitch = 1.5',
            "build",
            "3: the voice “tone” of tone does not support pitch",
        ),
        ('engine = "tone"\n[engines.tone]\nx = 1', "build", "2: the engine “tone” has no options"),
        ('\nnarrate = ["footnots"]', "build", "2: narrate: unknown part “footnots”"),
        ('[chapters]\npattern = "("', "build", "2: chapters.pattern: not a valid regular expression"),
        ('[works.one]\ncover = "x.png"', "build", "2: cover “x.png”: no such file"),
        ("\nskip_workers = true", "build", "2: --skip-workers needs --cluster"),
        ('\ncluster = "x"', "build", "2: “x” is not the address of a Dask scheduler"),
        ('[publish]\nbase_url = "x"', "publish", "2: “x” is not an http or https address"),
        ('[publish]\nemail = "x"', "publish", "2: publish.email: “x” is not a valid e-mail address"),
        ('[publish]\ncategory = "x"', "publish", "2: publish.category: Apple has no category “x”"),
    ]
    told = {}
    for settings, command, _ in rows:
        shelf.write("audiobook.toml", f"{settings}\n")
        told[settings] = next(
            line for line in shelf.run(command).err.splitlines() if line.startswith("error")
        )
    assert {s: e for s, _, w in rows if not (e := told[s]).startswith(f"error: audiobook.toml:{w}")} == {}


@pytest.mark.slow
def test_options_of_an_engine_that_does_not_exist_are_told(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, AUDIOBOOK_ENGINE="")
    shelf.write("texts/en/one.txt", "# One\n\nA word.\n")
    shelf.write("audiobook.toml", 'engine = "tone"\nfallback = "pipr"\n[engines.openia]\nmodel = "x"\n')
    done = shelf.run("build")
    assert done.code == 0
    assert done.err.splitlines()[:2] == [
        "warning: audiobook.toml:2: no engine is named “pipr”, so the fallback is not used (did you mean piper?)",
        "warning: audiobook.toml:3: no engine is named “openia”, so its options are not used (did you mean openai?)",
    ]
