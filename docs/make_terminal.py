"""Draw `docs/terminal.svg`, the picture in the README, from the real output of the program.

    python docs/make_terminal.py [TARGET]

The commands run on a new terminal in a temporary folder with a copy of `texts/`. Only the final state of the screen is
drawn, without progress bars, so two runs give the same bytes.
"""

from __future__ import annotations

import io
import os
import pty
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

ROOT: Final = Path(__file__).resolve().parents[1]
WIDTH: Final = 88
COMMANDS: Final = (
    "audiobook build --lang fi",
    'echo "Kuuntele vielä hetki." >> texts/fi/the-listening-reader.txt',
    "audiobook build --lang fi",
    "audiobook list --lang fi",
    "audiobook check",
)
_TOKEN: Final = re.compile(r"\x1b\[\?\d+[hl]|\x1b\[(\d*)([AK])|\r|\n|(?:\x1b\[[\d;]*m|[^\x1b\r\n])+")


def screen(printed: str) -> list[str]:
    """Return the lines that remain on a terminal, with their colours as escape codes.

    Supports the control codes that rich uses: carriage return, new line, lines up, erase a line, hide the cursor.
    """
    lines = [""]
    row = 0
    for match in _TOKEN.finditer(printed):
        count, what = match.groups()
        if what == "A":
            row = max(0, row - int(count or 1))
        elif what == "K":
            lines[row] = ""
        elif match.group() == "\n":
            row += 1
            lines += [""] * (row + 1 - len(lines))
        elif match.group() != "\r" and not match.group().startswith("\x1b[?"):
            lines[row] += match.group()
    while lines and not lines[-1].strip():
        lines.pop()
    return lines


def run(command: str, folder: Path) -> str:
    """Run a command on a new terminal, and return everything it prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AUDIOBOOK_")}
    environment.pop("NO_COLOR", None)
    binaries = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    environment |= {"PATH": binaries, "TERM": "xterm-256color", "COLUMNS": str(WIDTH), "LC_ALL": "C.UTF-8"}
    ours, theirs = pty.openpty()
    pieces = []
    with subprocess.Popen(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        try:
            while piece := os.read(ours, 1 << 16):
                pieces.append(piece)
        except OSError:
            pass  # on Linux, the end of the output on a terminal
        os.close(ours)
    printed = b"".join(pieces).decode()
    if process.returncode:
        raise SystemExit(f"{command} failed:\n{printed}")
    return printed


def main() -> None:
    """Run the commands and write the picture."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "terminal.svg"
    console = Console(
        record=True,
        file=io.StringIO(),
        width=WIDTH,
        force_terminal=True,
        color_system="truecolor",
        highlight=False,
    )
    with tempfile.TemporaryDirectory(prefix="audiobook-") as folder:
        shutil.copytree(ROOT / "texts", Path(folder) / "texts")
        for command in COMMANDS:
            console.print(Text.assemble(("$ ", "bold green"), (command, "bold")))
            for line in screen(run(command, Path(folder))):
                console.print(Text.from_ansi(line))
    svg = console.export_svg(title="audiobook", unique_id="terminal")
    # Do not load a font from another host.
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    target.write_text("\n".join(line.rstrip() for line in svg.splitlines()) + "\n", "utf-8")


if __name__ == "__main__":
    main()
