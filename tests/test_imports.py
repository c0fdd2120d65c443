"""Slow imports are inside functions, and modules import only from layers below."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from patience import PATIENCE_S

ROOT = Path(__file__).parents[1]
HEAVY = (
    "PIL",
    "av",
    "espeakng_loader",
    "fsspec",
    "gtts",
    "lameenc",
    "langcodes",
    "markdown_it",
    "multiprocessing",
    "mutagen",
    "numpy",
    "onnxruntime",
    "piper",
    "platformdirs",
    "pydub",
    "rich",
    "sentencex",
    "starlette",
    "uharfbuzz",
    "uvicorn",
    "watchfiles",
)


def imported_by(*arguments: str) -> set[str]:
    """Return every module that a run of Python imports."""
    command = [sys.executable, "-X", "importtime", *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=PATIENCE_S, check=True)
    timed = (line for line in done.stderr.splitlines() if line.startswith("import time:"))
    return {line.rpartition("|")[2].strip() for line in timed}


@pytest.mark.parametrize(
    "arguments",
    [("-m", "audiobook", "--help"), ("-m", "audiobook", "--version"), ("-c", "import audiobook.cli")],
    ids=["help", "version", "import"],
)
def test_the_command_line_starts_without_slow_imports(arguments: tuple[str, ...]) -> None:
    modules = imported_by(*arguments)
    assert "audiobook.cli" in modules
    assert modules.isdisjoint(HEAVY)


def test_a_build_finds_that_nothing_changed_without_slow_imports() -> None:
    engines = (
        "audiobook.engines.espeak.engine, audiobook.engines.piper.engine, audiobook.engines.kokoro.engine"
    )
    modules = imported_by("-c", f"import audiobook.commands.build, {engines}")
    assert "audiobook.pipeline.planning.staleness" in modules
    slow = {
        *HEAVY,
        "audiobook.book.sound.m4b_file",
        "audiobook.pipeline.scripts",
        "html.entities",
        "subprocess",
    }
    assert modules.isdisjoint(slow - {"espeakng_loader"})


@pytest.mark.slow
def test_every_module_imports_only_from_layers_below() -> None:
    program = shutil.which("lint-imports", path=str(Path(sys.executable).parent))
    assert program, "import-linter comes with the test extra: pip install -e '.[test]'"
    done = subprocess.run(
        [program, "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_processes_that_are_started_without_fork_import_little() -> None:
    """Each of them imports everything again; see `docs/benchmarks.md`."""
    worker = imported_by("-c", "import audiobook.pipeline.workers, audiobook.pipeline.clip_job")
    speaker = imported_by("-c", "import audiobook.engines.espeak.speaking")
    ours = ("commands", "listening.hearing", "narration", "settings", "sources", "book", "publish", "report")
    needless = {f"audiobook.{room}" for room in ours}
    assert worker.isdisjoint(needless | set(HEAVY) - {"multiprocessing"})
    assert speaker.isdisjoint(
        needless | set(HEAVY) | {"audiobook.clips", "audiobook.pipeline", "importlib.metadata"}
    )
