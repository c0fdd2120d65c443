"""`audiobook config` shows what applies and where it was set, and `init` writes the real defaults."""

from __future__ import annotations

import re
from pathlib import Path

from tools import Shelf


def settings_of(shelf: Shelf, **environment: str) -> dict[str, tuple[object, str]]:
    """Return the value and the source of each setting."""
    done = shelf.run("config", "--json", **environment)
    assert (done.code, done.err) == (0, "")
    return {each["name"]: (each["value"], each["source"]) for each in done.answer["settings"]}


def test_every_setting_is_shown_with_where_it_was_set(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    plain = settings_of(shelf)
    assert {source for _, source in plain.values()} == {"default"}
    assert (plain["audio.kbits"], plain["author"]) == ((64, "default"), (None, "default"))
    shelf.write(
        "audiobook.toml",
        'author = "A"\nengine = "espeak"\n[audio]\nkbits = 96\n[voice."pt-BR"]\nspeed = 1.2\n'
        '[works]\none = { title = "T" }\n[engines.openai]\nbase_url = "http://me:word@host/v1"\n'
        "[engines.openai.fields]\nlang = 1\n",
    )
    found = settings_of(shelf, AUDIOBOOK_ENGINE="tone", AUDIOBOOK_JOBS="3")
    assert found["author"] == found["publish.author"] == ("A", "audiobook.toml:1")
    assert found["engine"] == found["voice.pt-BR.engine"] == ("tone", "AUDIOBOOK_ENGINE")
    assert found["jobs"] == (3, "AUDIOBOOK_JOBS")
    assert found["audio.kbits"] == (96, "audiobook.toml:4")
    assert found["audio.quality"] == (7, "default")
    assert found["voice.pt-BR.speed"] == (1.2, "audiobook.toml:6")
    assert found["works.one.title"] == ("T", "audiobook.toml:8")
    assert found["works.one.skip"] == ([], "default")
    assert found["engines.openai.base_url"] == ("http://…@host/v1", "audiobook.toml:10")
    assert found['engines.openai."fields.lang"'] == (1, "audiobook.toml:12")
    assert not plain.keys() - found.keys()
    lines = shelf.run("config").out.splitlines()
    assert any(re.fullmatch(r"audio.kbits +96 +audiobook.toml:4", line) for line in lines)

    shelf.write("audiobook.toml", 'preset = "acx"\n[audio]\nquality = 5\n')
    found = settings_of(shelf)
    assert found["audio.kbits"] == (192, "audiobook.toml:1")
    assert (found["audio.quality"], found["pauses.end"][1]) == ((5, "audiobook.toml:3"), "default")


def test_init_shows_the_real_defaults(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path)
    shelf.write("texts/en/a.md", "# A\n")
    plain = settings_of(shelf)
    shelf.run("init")
    path = shelf.root / "audiobook.toml"
    assert settings_of(shelf) == plain
    lines = path.read_text("utf-8").splitlines()[1:]
    assert all(line.startswith("# ") for line in lines if line)
    path.write_text("\n".join(line[2:] for line in lines if "an example" not in line), "utf-8")
    shown = {name: each for name, each in settings_of(shelf).items() if each[1] != "default"}
    assert len(shown) >= 7
    defaults = plain | {"voice.en.speed": (1.0, "default")}
    assert {name: value for name, (value, _) in shown.items()} == {name: defaults[name][0] for name in shown}


def test_a_file_in_place_of_a_folder_is_named_by_every_command(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path, AUDIOBOOK_ENGINE="tone")
    shelf.write("texts/en/a.txt", "A word.\n")
    shelf.build()
    shelf.write("file", "mine")
    for command in ("init file", "build -o file", "build -o file/sub", "export a --to epub -o file/a.epub"):
        done = shelf.run(*command.split())
        assert done.code in (2, 4), command
        assert "is a file, not a folder" in done.err.splitlines()[0], command
    assert shelf.run("check", "--acx", "nope.mp3").err == "error: nope.mp3: no such file\n"
