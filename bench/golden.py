"""`python -m bench.golden`: record the digest of everything that is made, or compare it with an earlier record.

Restructuring the code must not change a byte of the output. Record the digests before a change, compare after it,
and explain every difference. Digests depend on the installed libraries, so a record is only valid in its environment.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
SHARED: Final = Path(os.environ.get("AUDIOBOOK_SHARED", ROOT.parent / "shared")).resolve()
ENGINES: Final = ("espeak", "tone")
DEFAULT: Final = ROOT / "build" / "golden.json"
_SHOWN: Final = 40


def lay_texts(folder: Path) -> None:
    """Copy the project's texts, and the essays and books of the shared folder, into one library."""
    shutil.copytree(ROOT / "texts", folder, dirs_exist_ok=True)
    if (SHARED / "essays").is_dir():
        shutil.copytree(SHARED / "essays", folder, dirs_exist_ok=True)
    for book in sorted((SHARED / "epub").glob("*.epub")):
        shutil.copy(book, folder / "en")
    subprocess.run(["chmod", "-R", "u+w", str(folder)], check=True)


def audiobook(project: Path, *arguments: str) -> bytes:
    """Run a command in a project and return what it printed."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AUDIOBOOK_")}
    environment |= {"AUDIOBOOK_VOICES": os.devnull, "SOURCE_DATE_EPOCH": "1700000000"}
    command = [sys.executable, "-m", "audiobook", *arguments]
    return subprocess.run(command, cwd=project, env=environment, check=True, stdout=subprocess.PIPE).stdout


def digests(engine: str) -> Iterator[tuple[str, str]]:
    """Build, narrate and publish the library with one engine; yield the name and SHA-256 of everything made."""
    with tempfile.TemporaryDirectory(prefix="audiobook-golden-") as folder:
        project = Path(folder)
        lay_texts(project / "texts")
        audiobook(project, "build", "--quiet", "--engine", engine)
        for record in sorted((project / "output").glob("*/*.json")):
            language = record.parent.name
            said = audiobook(project, "script", record.stem, "--lang", language, "--json")
            yield f"{engine}/script/{language}/{record.stem}", hashlib.sha256(said).hexdigest()
        audiobook(project, "publish", "--quiet", "--base-url", "https://example.org/books")
        for path in sorted((project / "output").rglob("*")):
            if path.is_file() and path.name != ".audiobook.lock":
                name = path.relative_to(project).as_posix()
                yield f"{engine}/{name}", hashlib.sha256(path.read_bytes()).hexdigest()


def compare(before: dict[str, str], after: dict[str, str]) -> int:
    """Print what differs between two records and return the number of differences."""
    differing = [name for name in sorted(before.keys() | after.keys()) if before.get(name) != after.get(name)]
    for name in differing[:_SHOWN]:
        state = "missing" if name not in after else "new" if name not in before else "changed"
        print(f"{state:8} {name}")
    if len(differing) > _SHOWN:
        print(f"… and {len(differing) - _SHOWN} more")
    print(f"{len(differing)} of {len(before)} outputs differ")
    return len(differing)


def main() -> int:
    """Record, or compare with `--against`; exit 1 on a difference."""
    parser = argparse.ArgumentParser(prog="python -m bench.golden", description=__doc__)
    parser.add_argument(
        "--to", type=Path, default=DEFAULT, help=f"file to record in (default: {DEFAULT.name})"
    )
    parser.add_argument("--against", type=Path, help="compare with this record instead of writing one")
    options = parser.parse_args()
    made = {name: value for engine in ENGINES for name, value in digests(engine)}
    if options.against:
        return min(1, compare(json.loads(options.against.read_text()), made))
    options.to.parent.mkdir(parents=True, exist_ok=True)
    options.to.write_text(json.dumps(made, indent=1) + "\n")
    print(f"{len(made)} digests recorded in {options.to}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
