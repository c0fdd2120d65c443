"""A project from a stranger: its settings and links run nothing, send nothing, and lead nowhere in silence. See SECURITY.md."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from tools import Shelf, png

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="links"),
]

ONLINE = {
    "gtts": 'engine = "gtts"\n',
    "of a language": '[voice.en]\nengine = "gtts"\n',
    "of every language": '[voice."*"]\nengine = "gtts"\n',
    "fallback": 'engine = "piper"\nfallback = "gtts"\n',
    "a server, with a secret": 'engine = "openai"\n[engines.openai]\nbase_url = "https://host.invalid"\n'
    'model = "m"\nvoices = "v"\nkey_env = "HOME"\n',
    "a program's secret at home": 'engine = "openai"\n[engines.openai]\nbase_url = "http://127.0.0.1:9"\n'
    'model = "m"\nvoices = "v"\nkey_file = "~/.netrc"\n',
}
"""Settings that send text to a service."""
AGREEMENT = "gtts: Google Translate, through an unofficial interface"


def test_settings_of_a_project_send_no_text_until_its_user_names_the_engine(
    shelf: Shelf, tmp_path: Path
) -> None:
    shelf.environment["AUDIOBOOK_CONFIG"] = str(tmp_path / "mine")
    shelf.write("texts/en/walk.txt", "A Walk\n")
    for kind, settings in ONLINE.items():
        shelf.write("audiobook.toml", settings)
        # What the project brings along is not an agreement.
        shelf.write("agreed.txt", f"{AGREEMENT}\n")
        done = shelf.run("build", "--dry-run")
        assert "to which you have not agreed yet" in done.err, (kind, done)
        assert "sends the text to" not in done.err, kind
    assert "the server host.invalid, with the key in HOME" in shelf_error(
        shelf, ONLINE, "a server, with a secret"
    )
    shelf.write("audiobook.toml", ONLINE["gtts"])
    # A name of a folder outside is remembered; this one has a line that is an agreement.
    (shelf.root / "output").symlink_to(tmp_path / f"x\n{AGREEMENT}\ny", target_is_directory=True)
    (tmp_path / f"x\n{AGREEMENT}\ny").mkdir()
    shelf.run("build", "--dry-run")
    assert "to which you have not agreed yet" in shelf.run("build", "--dry-run").err
    (shelf.root / "output").unlink()
    assert shelf.run("build", "--dry-run", "--engine", "gtts").code == 0
    assert shelf.run("build", "--dry-run").code == 0, "agreed once"
    shelf.write("audiobook.toml", 'asked = "gtts"\nengine = "gtts"\n')
    assert "unknown setting" in shelf.run("build", "--dry-run", AUDIOBOOK_CONFIG=str(tmp_path / "new")).err


def test_the_usual_key_and_the_usual_engine_go_to_no_server_that_only_the_project_names(
    shelf: Shelf, tmp_path: Path
) -> None:
    shelf.environment |= {"AUDIOBOOK_CONFIG": str(tmp_path / "mine"), "OPENAI_API_KEY": "sk-mine"}
    shelf.write("texts/en/walk.txt", "A Walk\n")
    for address in ("http://127.0.0.1:9", "http://[::1]:9/v1", "http://localhost:9", "https://host.invalid"):
        server = f'[engines.openai]\nbase_url = "{address}"\nmodel = "m"\nvoices = "v"\n'
        for settings, engine in ((f'engine = "openai"\n{server}', ""), (server, "openai")):
            shelf.write("audiobook.toml", settings)
            done = shelf.run("build", "--dry-run", AUDIOBOOK_ENGINE=engine)
            assert "with the key in OPENAI_API_KEY, to which you have not agreed yet" in done.err, (
                address,
                engine,
                done,
            )
    shelf.write(
        "audiobook.toml", 'engine = "openai"\n' + server.replace("https://host.invalid", "http://[::1]:9")
    )
    assert shelf.run("build", "--dry-run", OPENAI_API_KEY="").code == 0, "without a key, the text stays here"
    assert shelf.run("build", "--dry-run", "--engine", "openai").code == 0
    assert shelf.run("build", "--dry-run").code == 0, "agreed once"


def test_a_project_that_never_ends_is_refused_and_a_description_outside_it_is_left_out(
    shelf: Shelf, tmp_path: Path
) -> None:
    settings = shelf.root / "audiobook.toml"
    shelf.write("texts/en/book/1.md", "# One\n\nText.\n")
    settings.unlink(missing_ok=True)
    os.mkfifo(settings)
    assert "audiobook.toml: cannot be read: is not a regular file" in shelf.run("list").err
    settings.unlink()
    settings.symlink_to("/dev/zero")
    assert "audiobook.toml: cannot be read: is not a regular file" in shelf.run("list").err
    settings.unlink()
    (tmp_path / "outside.toml").write_text('title = "Private"\n', "utf-8")
    (shelf.root / "texts/en/book/book.toml").symlink_to(tmp_path / "outside.toml")
    done = shelf.run("build", "--engine", "tone", "--json")
    assert "Private" not in shelf.book("en/book").with_suffix(".json").read_text("utf-8")
    assert "other files are left out: book.toml" in str(done.works["en/book"]["problems"])


def shelf_error(shelf: Shelf, settings: dict[str, str], kind: str) -> str:
    """Return what a dry run says with some settings."""
    shelf.write("audiobook.toml", settings[kind])
    return shelf.run("build", "--dry-run").err


def test_folders_outside_the_project_are_named_once_and_a_cover_there_is_refused(
    shelf: Shelf, tmp_path: Path
) -> None:
    shelf.environment["AUDIOBOOK_CONFIG"] = str(tmp_path / "mine")
    outside = tmp_path / "outside"
    (outside / "en").mkdir(parents=True)
    (outside / "en/letter.txt").write_text("A letter\n", "utf-8")
    (outside / "mine.png").write_bytes(png(8, 8))
    for settings in ('texts = "../outside"', f'output = "{outside}"', f'store = "{outside}/store"',
                     '[engines.piper]\nvoices_folder = "../outside"'):  # fmt: skip
        shelf.write("audiobook.toml", f"{settings}\n")
        first, second = shelf.run("list"), shelf.run("list")
        assert "is a folder outside it" in first.err, settings
        assert "is a folder outside it" not in second.err, settings
    shelf.write("audiobook.toml", "")
    (shelf.root / "output").symlink_to(outside / "store", target_is_directory=True)
    assert "output of this project is a folder outside it" in shelf.run("list").err

    (shelf.root / "output").unlink()
    shelf.write("texts/en/walk.txt", "A Walk\n")
    (shelf.root / "front.png").symlink_to(outside / "mine.png")
    shelf.write("audiobook.toml", '[works.walk]\ncover = "front.png"\n')
    done = shelf.run("build", "--engine", "tone")
    assert (done.code, "the link leads out of the project" in done.err) == (2, True), done.err
