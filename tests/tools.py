"""Tools for end-to-end tests: external programs, projects, and third-party engines and readers."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pytest
from patience import PATIENCE_S
from warm import WARM, can_run

from audiobook.errors import AudiobookError

Samples = npt.NDArray[np.float32]
Json = dict[str, Any]

TEXTS: Final = Path(__file__).parents[1] / "texts"
"""The texts of the project, in six languages."""
_PROGRESS: Final = re.compile(r"^[a-z ]+: \d+ of \d+\n", re.MULTILINE)


def tool(name: str) -> str:
    """Return the path of a program that only tests need.

    A user may not have it, so the test is skipped; in CI, that is a failure (see `lost`).
    """
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def clean_environment(**more: str) -> dict[str, str]:
    """Return the environment without our settings, with warnings as errors.

    The variables with the folders of voices and commands are kept, so that tests never use those of the user who runs them.
    """
    ours = ("AUDIOBOOK_VOICES", "AUDIOBOOK_CONFIG")
    kept = {key: value for key, value in os.environ.items() if "AUDIOBOOK_" not in key or key in ours}
    return kept | {"PYTHONUTF8": "1", "PYTHONWARNINGS": "error"} | more


def run_tool(name: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program, and assert that it succeeds."""
    command = [tool(name), *map(str, arguments)]
    # ffmpeg cuts long lines of its log in the middle of a character.
    done = subprocess.run(
        command, capture_output=True, encoding="utf-8", errors="replace", timeout=PATIENCE_S, check=False
    )
    assert done.returncode == 0, done.stderr
    return done


def accepts(check: Callable[[], object]) -> bool:
    """Return whether a check passes; False if it raises one of our errors."""
    try:
        check()
    except AudiobookError:
        return False
    return True


def wait_until(holds: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
    """Wait until a condition holds; fail after the time limit."""
    end = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.005)


@dataclass(frozen=True, slots=True)
class Finished:
    """The exit code and output of a command."""

    code: int
    out: str
    err: str

    @property
    def answer(self) -> Json:
        """The JSON object printed by `--json`."""
        answer: Json = json.loads(self.out)
        return answer

    @property
    def problems(self) -> str:
        """Standard error without progress, which is only printed if a command takes more than a second."""
        return _PROGRESS.sub("", self.err)

    @property
    def works(self) -> dict[str, Json]:
        """The works in the JSON answer, by language and slug."""
        return {f"{work['language']}/{work['slug']}": work for work in self.answer["works"]}


class Shelf:
    """A project in its own folder, run by the real command in separate processes."""

    def __init__(self, root: Path, **environment: str) -> None:
        """Create the folder; pass extra environment variables to each command."""
        root.mkdir(parents=True, exist_ok=True)
        self.root = root
        self.environment = environment

    @property
    def output(self) -> Path:
        """The output folder."""
        return self.root / "output"

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file of the project, such as `texts/fi/essay.txt`."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """Start a command as the leader of a new process group."""
        return subprocess.Popen(
            [sys.executable, "-m", "audiobook", *arguments],
            cwd=self.root,
            env=clean_environment(**self.environment | environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )

    def run(self, *arguments: str, **environment: str) -> Finished:
        """Run a command, and return its exit code and output.

        A build uses one process, unless the options, the environment or the settings say something else: the texts of
        most tests have two or three passages.
        """
        if arguments[:1] == ("build",) and not self._has_jobs():
            environment = {"AUDIOBOOK_JOBS": "1"} | environment
        own = self.environment | environment
        if can_run(own):
            return Finished(*WARM.run(arguments, self.root, clean_environment(**own)))
        return finish(self.start(*arguments, **environment))

    def run_with_input(self, given: bytes, *arguments: str) -> Finished:
        """Run a command that reads these bytes, at most 64 kB, from a pipe."""
        environment = clean_environment(**self.environment)
        if can_run(self.environment):
            return Finished(*WARM.run(arguments, self.root, environment, given))
        done = subprocess.run(
            [sys.executable, "-m", "audiobook", *arguments],
            cwd=self.root,
            env=environment,
            input=given,
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
        )
        return Finished(done.returncode, done.stdout.decode(), done.stderr.decode())

    def _has_jobs(self) -> bool:
        settings = self.root / "audiobook.toml"
        return "AUDIOBOOK_JOBS" in self.environment or (
            settings.is_file() and b"jobs" in settings.read_bytes()
        )

    def build(self, *arguments: str, **environment: str) -> dict[str, Json]:
        """Build, assert success, and return the works of the JSON answer."""
        done = self.run("build", "--json", *arguments, **environment)
        assert done.code == 0, done.err
        return done.works

    def book(self, label: str, suffix: str = ".mp3") -> Path:
        """Return a file of a built work, such as `fi/essay`."""
        return self.output / f"{label}{suffix}"

    def record(self, label: str) -> Json:
        """Return the record of a built work."""
        record: Json = json.loads(self.book(label, ".json").read_bytes())
        return record

    def sound(self, label: str, suffix: str = ".mp3") -> str:
        """Return the address of the published sound of a work, or of a file that belongs to it."""
        language, slug = label.split("/")
        files = json.loads((self.output / "publication.json").read_bytes())["files"]
        [path] = (
            path
            for path, file in files.items()
            if re.fullmatch(rf"{language}/{slug}\.sound/{slug}-[0-9a-f]{{8}}{re.escape(suffix)}", path)
            and not file.get("superseded")
        )
        return str(path)

    def clips(self) -> list[Path]:
        """Return the complete clips in the store."""
        return sorted(self.root.glob(".audiobook/clips/*/*.clip"))

    def outputs(self) -> dict[str, bytes]:
        """Return the bytes of every book, cover and record by name."""
        found = (path for path in self.output.glob("*/*") if path.is_file())
        return {path.relative_to(self.output).as_posix(): path.read_bytes() for path in sorted(found)}

    def output_names(self) -> list[str]:
        """Return the names of all built files, covers without the digits of their digest."""
        return [re.sub(r"\.cover-[0-9a-f]{8}\.jpg$", ".cover.jpg", name) for name in self.outputs()]

    def cover(self, label: str) -> Path:
        """Return the cover file of a built work."""
        name: str = self.record(label)["cover"]["name"]
        return self.output / label.partition("/")[0] / name

    def tree(self) -> dict[str, tuple[int, int, int]]:
        """Return the inode, time and size of everything in the project folder, by name."""
        found = {}
        for path in sorted(self.root.rglob("*")):
            status = path.lstat()
            size = 0 if path.is_dir() else status.st_size
            found[path.relative_to(self.root).as_posix()] = (status.st_ino, status.st_mtime_ns, size)
        return found

    def leftovers(self) -> list[str]:
        """Return the names of temporary files."""
        return [name for name in self.tree() if name.endswith((".part", ".tmp"))]


def finish(process: subprocess.Popen[str]) -> Finished:
    """Wait for a command to end; kill it with all its processes if it hangs."""
    try:
        out, err = process.communicate(timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    return Finished(process.returncode, out, err)


def alive_in_group(leader: int) -> list[int]:
    """Return the running processes of a group; zombies do not count."""
    found = []
    for line in run_tool("ps", "-A", "-o", "pid=,pgid=,stat=").stdout.splitlines():
        pid, group, state = line.split()
        if int(group) == leader and not state.startswith("Z"):
            found.append(int(pid))
    return found


_ENGINE: Final = '''
import os, sys, time

from audiobook.audio.pcm import Pcm
from audiobook.document import Mark
from audiobook.engines.base import Speech, Voice
from audiobook.errors import SpeechError

RATE_HZ = 22050


class Guest:
    """An engine that speaks every sentence in a tenth of a second, until a fault is requested."""

    name = "{name}"
    identity = "{name} 1"

    def voices(self):
        return [Voice(self.name, "guest", "mul", "a guest", RATE_HZ)]

    def prepare(self, voice):
        pass

    def speak(self, passage, voice, style):
        texts = [sentence.text for sentence in passage.sentences]
        said = [Speech(Pcm(b"\\x10\\x10\\xf0\\xef" * (RATE_HZ // 20), RATE_HZ), ()) for _ in texts]
{fault}
        return said
'''


def engine_package(
    folder: Path,
    name: str,
    fault: str = "pass",
    when: str = "any('kaboom' in text for text in texts)",
) -> str:
    """Write an installed package with a third-party engine.

    Args:
        folder: Folder to write to; must be on PYTHONPATH.
        name: Name of the engine.
        fault: A statement that `speak` runs if `when` is true.
        when: An expression that may use `texts`, the sentences of the passage.

    Returns:
        The folder, for PYTHONPATH.
    """
    code = _ENGINE.format(name=name, fault=f"        if {when}:\n            {fault}")
    module = f"{name}_guest"
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir(parents=True)
    (folder / f"{module}.py").write_text(code, "utf-8")
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text(f"[audiobook.engines]\n{name} = {module}:Guest\n", "utf-8")
    return os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])


def reader_package(shelf: Shelf, ending: str, code: str) -> dict[str, str]:
    """Install a third-party reader, the class `Guest` in the code, and return the environment that finds it."""
    info = "plugins/guest_reader-1.0.dist-info"
    shelf.write("plugins/guest_reader.py", code)
    shelf.write(f"{info}/METADATA", "Metadata-Version: 2.1\nName: guest_reader\nVersion: 1.0\n")
    shelf.write(f"{info}/entry_points.txt", f"[audiobook.sources]\n{ending} = guest_reader:Guest\n")
    return {"PYTHONPATH": os.pathsep.join([str(shelf.root / "plugins"), os.environ.get("PYTHONPATH", "")])}


def run_bound_by_modes(shelf: Shelf, *arguments: str) -> Finished:
    """Run a command that respects file permissions, even if the tests run as root."""
    if os.getuid():
        return shelf.run(*arguments)
    bound = [tool("setpriv"), "--bounding-set=-dac_override,-dac_read_search"]
    done = subprocess.run(
        [*bound, sys.executable, "-m", "audiobook", *arguments],
        cwd=shelf.root,
        env=clean_environment(**shelf.environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE_S,
        check=False,
    )
    return Finished(done.returncode, done.stdout, done.stderr)


def passages_of(record: Json) -> Iterator[tuple[Json, list[Json]]]:
    """Yield each spoken paragraph of a record with its sentences."""
    for chapter in record["chapters"]:
        for paragraph in chapter["paragraphs"]:
            if paragraph["sentences"]:
                yield paragraph, paragraph["sentences"]


@lru_cache(maxsize=4)
def decoded(path: Path) -> Samples:
    """Return a file decoded by PyAV as in a gapless player: mono, full scale 1.0."""
    import av

    with av.open(str(path), format="mp3") as container:
        frames = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    return np.concatenate(frames)


def decoded_by_ffmpeg(path: Path) -> Samples:
    """Return a file decoded by ffmpeg, rounded to 16 bits."""
    command = [tool("ffmpeg"), "-v", "error", "-i", str(path), "-f", "s16le", "-"]
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE_S, check=True)
    return _full_scale(np.frombuffer(done.stdout, np.dtype("<i2")))


def _full_scale(samples: npt.NDArray[np.int16]) -> Samples:
    return samples.astype(np.float32) / np.float32(32768)


def samples_of_pcm(data: bytes | memoryview) -> Samples:
    """Return the samples of a `Pcm`, full scale 1.0."""
    return _full_scale(np.frombuffer(data, np.int16))


def correlation(one: Samples, other: Samples) -> float:
    """Return the correlation of two sounds of the same length; 1.0 means equal except for level."""
    scale = float(np.sqrt(np.dot(one, one) * np.dot(other, other)))
    return float(np.dot(one, other)) / scale if scale else 0.0


def loudness_by_av(path: Path) -> tuple[float, float]:
    """Return the integrated loudness in LUFS and true peak in dBTP of a file, measured by PyAV."""
    import av
    import av.filter

    integrated, peak = -70.0, 0.0
    with av.open(str(path), format="mp3") as container:
        stream = container.streams.audio[0]
        graph = av.filter.Graph()
        rate = stream.rate
        source = graph.add_abuffer(
            sample_rate=rate, format="fltp", layout="mono", time_base=stream.time_base or Fraction(1, rate)
        )
        measure = graph.add("ebur128", "metadata=1:peak=true")
        sink = graph.add("abuffersink")
        source.link_to(measure)
        measure.link_to(sink)
        graph.configure()
        for frame in [*container.decode(audio=0), None]:
            source.push(frame)
            while True:
                try:
                    found = sink.pull().metadata
                except (av.BlockingIOError, av.EOFError):
                    break
                integrated = float(found.get("lavfi.r128.I", integrated))
                peak = max(peak, float(found.get("lavfi.r128.true_peaks_ch0", 0.0)))
    return integrated, 20 * float(np.log10(peak))


def png(width: int, height: int) -> bytes:
    """Return a single-colour picture. Source: PNG (third edition), sections 5 and 11."""
    import struct
    from zlib import compress, crc32

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", crc32(kind + data))

    rows = (b"\0" + b"\x20\x60\xa0" * width) * height
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", compress(rows)) + chunk(b"IEND", b"")
    )


def words_of(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each run without spaces that contains a letter or digit."""
    at = 0
    for word in text.split(" "):
        if any(character.isalnum() for character in word):
            yield at, at + len(word)
        at += len(word) + 1


def swap_lines(lines: Sequence[str], one: int, other: int) -> list[str]:
    """Return the lines with two of them swapped."""
    swapped = list(lines)
    swapped[one], swapped[other] = swapped[other], swapped[one]
    return swapped
