"""Draw `docs/terminal.svg`, the picture in the README, from the real output of the program.

    python docs/make_terminal.py [TARGET]

The commands run on a new terminal in a temporary folder with a copy of `texts/`. Only the final state of the screen after each
command is drawn, without progress bars, so two runs give the same bytes. The picture moves: commands are typed, and what they
print appears. Where motion is reduced, or styles cannot move, it shows everything at once.
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
_CHARACTER_PX: Final = 12.2
_CHARACTER_MS: Final = 40
_AFTER_COMMAND_MS: Final = 500
_AFTER_OUTPUT_MS: Final = 1200
_LINE_MS: Final = 60
_AT_THE_END_MS: Final = 6000
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


def motion(typed: list[int]) -> str:
    """Return the style that shows the lines of a picture one after the other.

    Args:
        typed: The length of each line in characters if it is a command, which is typed behind its prompt, or 0.
    """
    moments = []
    now_ms = 0
    for number, length in enumerate(typed):
        if length and number:
            now_ms += _AFTER_OUTPUT_MS
        elif not length:
            now_ms += _AFTER_COMMAND_MS if typed[number - 1] else _LINE_MS
        moments.append((now_ms, length))
        now_ms += length * _CHARACTER_MS
    whole_ms = now_ms + _AT_THE_END_MS
    rules = []
    for number, (start_ms, length) in enumerate(moments):
        start, end = start_ms / whole_ms, (start_ms + length * _CHARACTER_MS) / whole_ms
        prompt, full = 2 * _CHARACTER_PX, WIDTH * _CHARACTER_PX
        stages = (
            f"{start:.3%} {{ width: {prompt:.1f}px; animation-timing-function: steps({length}) }} "
            if length
            else ""
        )
        last = prompt + length * _CHARACTER_PX if length else full
        rules.append(
            f"@keyframes terminal-{number} {{ 0% {{ width: 0; animation-timing-function: step-end }} "
            f"{stages}{end:.3%}, 100% {{ width: {last:.1f}px }} }}\n"
            f"#terminal-line-{number} rect {{ animation: terminal-{number} {whole_ms}ms infinite }}"
        )
    return "@media (prefers-reduced-motion: no-preference) {\n" + "\n".join(rules) + "\n}\n"


def moving(svg: str, typed: list[int]) -> str:
    """Return a picture of a terminal whose lines appear one after the other."""
    last = len(typed) - 1
    if f'id="terminal-line-{last}"' not in svg:  # rich leaves out the last one
        box = f'<rect x="0" y="{1.5 + 24.4 * last:.1f}" width="{WIDTH * _CHARACTER_PX:.1f}" height="24.65"/>'
        svg = svg.replace("</defs>", f'<clipPath id="terminal-line-{last}">{box}</clipPath>\n    </defs>', 1)
    return svg.replace("</style>", motion(typed) + "    </style>", 1)


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
    typed: list[int] = []
    with tempfile.TemporaryDirectory(prefix="audiobook-") as folder:
        shutil.copytree(ROOT / "texts", Path(folder) / "texts")
        for command in COMMANDS:
            console.print(Text.assemble(("$ ", "bold green"), (command, "bold")))
            typed.append(len(command))
            for line in screen(run(command, Path(folder))):
                console.print(Text.from_ansi(line))
                typed.append(0)
    svg = console.export_svg(title="audiobook", unique_id="terminal")
    # Do not load a font from another host.
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    svg = moving(svg, typed)
    target.write_text("\n".join(line.rstrip() for line in svg.splitlines()) + "\n", "utf-8")


if __name__ == "__main__":
    main()
