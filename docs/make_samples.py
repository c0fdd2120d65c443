"""Make the sound samples `docs/samples/*.mp3`, and the table of them in the README.

    AUDIOBOOK_VOICES=FOLDER python docs/make_samples.py [NAME…]

The program itself speaks the same three sentences of `texts/*/the-listening-reader.txt` with each voice. Voices other than those of
espeak-ng must be installed, in the voices folder. With names (`en-joe`), only these samples are made again. Tags are
removed, so that nothing but sound is kept.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from mutagen.mp3 import MP3

ROOT: Final = Path(__file__).resolve().parents[1]
TARGET: Final = ROOT / "docs" / "samples"
_BEGINNINGS: Final = {
    "en": "What I love most",
    "fi": "Eniten pidän",
    "id": "Namun, yang paling",
    "lv": "Taču visvairāk",
    "pl": "Najbardziej",
    "sl": "Najljubša",
}
"""How the paragraph begins in each language."""
_OTHERS: Final = {
    "es": "Lo que más me gusta es el silencio entre las frases. Sobre el papel es solo un punto y un estrecho hueco blanco. "
    "En una voz es tiempo.",
    "fr": "Ce que j’aime le plus, c’est le silence entre les phrases. Sur le papier, ce n’est qu’un point et un étroit blanc. "
    "Dans une voix, c’est du temps.",
    "it": "Quello che amo di più è il silenzio tra le frasi. Sulla carta è solo un punto e uno stretto spazio bianco. "
    "In una voce è tempo.",
    "pt": "O que mais amo é o silêncio entre as frases. No papel, é apenas um ponto e um estreito espaço branco. "
    "Numa voz, é tempo.",
}
"""The same in languages without a text in the repository."""
_SETTINGS: Final = """\
[audio]
kbits = 40

[pauses]
start = 100
end = 300
"""


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample: its name, voice and language."""

    name: str
    engine: str
    voice: str
    language: str


SAMPLES: Final = (
    *(
        Sample(f"{language}-espeak", "espeak", voice, language)
        for language, voice in {
            "en": "en-gb",
            "fi": "fi",
            "id": "id",
            "lv": "lv",
            "pl": "pl",
            "sl": "sl",
        }.items()
    ),
    Sample("en-joe", "piper", "en_US-joe-medium", "en"),
    Sample("en-heart", "kokoro", "af_heart", "en"),
    Sample("en-emma", "kokoro", "bf_emma", "en-GB"),
    Sample("es-dora", "kokoro", "ef_dora", "es"),
    Sample("fr-siwis", "kokoro", "ff_siwis", "fr"),
    Sample("it-sara", "kokoro", "if_sara", "it"),
    Sample("pt-alex", "kokoro", "pm_alex", "pt-BR"),
)


def lines(language: str) -> str:
    """Return the beginning of the paragraph about silence, up to the first colon or the third full stop."""
    primary = language.partition("-")[0]
    if primary in _OTHERS:
        return _OTHERS[primary]
    text = (ROOT / "texts" / primary / "the-listening-reader.txt").read_text("utf-8")
    joined = (" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
    (paragraph,) = (found for found in joined if found.startswith(_BEGINNINGS[primary]))
    return paragraph.partition(":")[0] + "."


def speak(sample: Sample, folder: Path) -> bytes:
    """Return a sample as MP3 without tags."""
    made = folder / f"{sample.name}.mp3"
    command = [sys.executable, "-m", "audiobook", "voices", "try", sample.voice, lines(sample.language)]
    flags = ["--engine", sample.engine, "--lang", sample.language, "--output", str(made)]
    subprocess.run([*command, *flags], cwd=folder, check=True)
    MP3(made).delete()
    return made.read_bytes()


def main() -> None:
    """Make the samples."""
    TARGET.mkdir(exist_ok=True)
    names = set(sys.argv[1:]) or {sample.name for sample in SAMPLES}
    with tempfile.TemporaryDirectory(prefix="audiobook-") as name:
        folder = Path(name)
        (folder / "audiobook.toml").write_text(_SETTINGS, "utf-8")
        for sample in SAMPLES:
            if sample.name in names:
                (TARGET / f"{sample.name}.mp3").write_bytes(speak(sample, folder))


if __name__ == "__main__":
    main()
