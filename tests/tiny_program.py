"""Tiny speech programs for the engine `command`: the sounds of one in Python, and a quick one for the shell."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

SHELL_PROGRAM: Final = Path(__file__).with_suffix(".sh").resolve()
RATE_HZ: Final = 22050


def wav(samples: bytes) -> bytes:
    """Return 16-bit samples as a WAV file, without loading a library."""
    size = len(samples).to_bytes(4, "little")
    rate = RATE_HZ.to_bytes(4, "little") + (2 * RATE_HZ).to_bytes(4, "little")
    whole = (36 + len(samples)).to_bytes(4, "little")
    return b"RIFF" + whole + b"WAVEfmt \x10\0\0\0\x01\0\x01\0" + rate + b"\x02\0\x10\0data" + size + samples


def sound(text: str) -> bytes:
    """Return 70 ms of a triangle wave for each character, at a pitch that depends on the character."""
    pieces = []
    for character in text.strip():
        step = 100 + ord(character) % 97 * 3
        rise = range(-6000, 6000, step)
        period = b"".join(value.to_bytes(2, "little", signed=True) for value in (*rise, *reversed(rise)))
        pieces.append((period * (3200 // len(period) + 1))[:3086])
    return b"".join(pieces)


def define_commands(folder: Path, languages: Iterable[str]) -> None:
    """Define a command for each language in the `commands.toml` of a folder."""
    run = ["sh", str(SHELL_PROGRAM)]
    tables = [f"[tiny-{language}]\nrun = {run}\nlanguage = '{language}'\n" for language in sorted(languages)]
    (folder / "commands.toml").write_text("\n".join(tables), "utf-8")
