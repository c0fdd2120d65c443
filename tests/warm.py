"""Run commands in forks of a process with all imports done: equivalent to a new process, in a fraction of the time.

Importing is most of what a short command takes, and the tests run hundreds of them. Each still has its own
process, session, folder, environment and exit; only the start of the interpreter is shared. Commands that are stopped,
or that need another interpreter, are started separately with `Shelf.start`.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Final, NoReturn

_IMPORTED: Final = """
    audiobook.__main__ audiobook.cli audiobook.commands.build audiobook.commands.books.check
    audiobook.commands.books.clean audiobook.commands.books.listen audiobook.commands.init audiobook.commands.texts.listing audiobook.commands.play
    audiobook.commands.publishing.publish audiobook.commands.outside_folders audiobook.commands.texts.script audiobook.commands.publishing.send audiobook.commands.voices.listing
    audiobook.engines.espeak.engine audiobook.engines.kokoro.engine audiobook.engines.network.gtts audiobook.engines.network.openai
    audiobook.engines.piper.engine audiobook.engines.tone audiobook.narration.languages.en.grammar
    audiobook.pipeline.scheduler audiobook.report.lines audiobook.sources.encoding.guess
    audiobook.sources.front_matter.header audiobook.sources.text.markdown
    audiobook.sources.text.markdown_work audiobook.sources.text.plain audiobook.sources.text.plain_work av
    encodings.ascii encodings.latin_1 encodings.utf_16 encodings.utf_16_le encodings.utf_8_sig
    espeakng_loader gtts jinja2 lameenc langcodes langcodes.language_distance lxml.etree
    mdit_py_plugins.deflist mdit_py_plugins.dollarmath mdit_py_plugins.footnote mdit_py_plugins.subscript
    mdit_py_plugins.superscript multiprocessing.connection multiprocessing.popen_fork mutagen.id3
    PIL.BmpImagePlugin PIL.GifImagePlugin PIL.Image PIL.ImageChops PIL.ImageCms PIL.ImageDraw PIL.ImageOps
    PIL.JpegImagePlugin PIL.PngImagePlugin PIL.PpmImagePlugin platformdirs.unix requests resource segno
    uharfbuzz yaml
""".split()
_COMPUTED: Final[tuple[tuple[str, tuple[Any, ...]], ...]] = (
    ("audiobook.audio.mp3.lame:encoder_identity", ()),
    ("audiobook.clips.clip:load_libraries", ()),
    ("audiobook.cover.drawing:palettes", ()),
    ("audiobook.cover.layout:shown_title", ("A word", "en")),
    ("audiobook.languages:language_name", ("en",)),
    ("audiobook.publish.site.templates:load_all", ()),
    ("audiobook.sources.chapters.lines:illustrations", ()),
    ("audiobook.sources.chapters.numbers:may_be_number", ("chapter", "en")),
    ("audiobook.sources.chapters.vocabulary:vocabulary", ("en",)),
    ("audiobook.narration.loading:load_language", ("en",)),
    ("audiobook.narration.loading:load_language", ("fi",)),
    ("audiobook.narration.splitting.sentences:sentence_spans", ("One. Two.", "en")),
    ("audiobook.pipeline.scripts.narrated:rules_identity", ()),
    ("audiobook.settings.loading:load_settings", (None, {}, {})),
    ("audiobook.writing_systems:contradiction", ("a", "en")),
)
"""Tables and patterns that nearly every command computes, by the function that computes them, with its arguments."""
_OF_PLUGINS: Final = """
    audiobook.narration.grammar.installed:_loaded audiobook.narration.grammar.installed:grammar_of
    audiobook.pipeline.scripts.narrated:rules_identity audiobook.plugins:_select audiobook.plugins:installed
""".split()
"""Functions that keep what they found in the installed packages. A command with other packages on its path starts without."""
_FOR_UPLOADS: Final = "fsspec.implementations.sftp paramiko s3fs".split()
"""Imported before the first command that has an address of a server."""
_AT_START: Final = ("PYTHON", "AUDIOBOOK_SPAWN", "LD_", "LC_", "LANG", "TZ")
"""Prefixes of variables that only take effect when an interpreter starts."""
_PATIENCE_S: Final = 240
"""Shorter than the time limit of a test, so that a hanging command ends first."""


def can_run(variables: dict[str, str]) -> bool:
    """Return whether a command with these additional variables can run in a fork."""
    names = variables.keys() - {"PYTHONPATH"}  # can be applied later
    return sys.platform == "linux" and not any(name.startswith(_AT_START) for name in names)


class WarmCommands:
    """The process that is forked for each command; it starts with the first."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    def run(
        self,
        arguments: tuple[str, ...],
        folder: Path,
        environment: dict[str, str],
        given: bytes | None = None,
    ) -> tuple[int, str, str]:
        """Run a command, and return its exit code and both output streams.

        It reads the given bytes from a pipe, which has room for 64 kB; without them, its standard input is empty.
        """
        with _text_file() as out, _text_file() as err, _filled_pipe(given) as pipe:
            order = json.dumps([arguments, str(folder), environment]).encode()
            channel = self._channel(environment)
            streams = [stream.fileno() for stream in (pipe, out, err)]
            socket.send_fds(channel, [len(order).to_bytes(4, "big")], streams)
            channel.sendall(order)
            code = int.from_bytes(_received(channel, 4), "big", signed=True)
            for stream in (out, err):
                stream.seek(0)
            return code, out.read(), err.read()

    def _channel(self, environment: dict[str, str]) -> socket.socket:
        if self._socket is None:
            self._socket, theirs = socket.socketpair()
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-P", __file__, str(theirs.fileno())],
                    # The plugins of the first command are not those of the others.
                    env=environment | {"PYTHONPATH": os.environ.get("PYTHONPATH", "")},
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
        return self._socket

    def end(self) -> None:
        """End it, if it was started."""
        if self._socket and self._process:
            self._socket.shutdown(socket.SHUT_RDWR)  # forked processes may still have it open
            self._socket.close()
            self._process.wait()


WARM: Final = WarmCommands()


def _text_file() -> IO[str]:
    return tempfile.TemporaryFile("w+", encoding="utf-8")


def _filled_pipe(given: bytes | None) -> IO[bytes]:
    if given is None:
        return open(os.devnull, "rb")
    reader, writer = os.pipe()
    with open(writer, "wb") as stream:
        stream.write(given)
    return open(reader, "rb")


def _received(channel: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = channel.recv(count - len(data))
        if not piece:
            raise EOFError("the process that is forked for each command has ended")
        data += piece
    return data


def _serve(channel: socket.socket) -> None:
    """Fork a command for each request, until the other end is closed."""
    for name in _IMPORTED:
        import_module(name)
    for place, arguments in _COMPUTED:
        _function(place)(*arguments)
    # Freeze existing objects, so that commands do not examine them at exit.
    gc.collect()
    gc.freeze()
    while True:
        head, streams, _, _ = socket.recv_fds(channel, 4, 3)
        if not head:
            return
        order = json.loads(_received(channel, int.from_bytes(head, "big")))
        if any(argument.startswith(("s3://", "sftp://")) for argument in order[0]):
            for name in _FOR_UPLOADS:
                import_module(name)
        pid = os.fork()
        if pid == 0:
            channel.close()
            _be_the_command(streams, *order)
        for stream in streams:
            os.close(stream)
        _, status = os.waitpid(pid, 0)
        channel.sendall(os.waitstatus_to_exitcode(status).to_bytes(4, "big", signed=True))


def _function(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)


def _be_the_command(streams: Any, arguments: list[str], folder: str, environment: dict[str, str]) -> NoReturn:
    from audiobook.__main__ import main

    os.setsid()
    signal.alarm(_PATIENCE_S)
    for standard, stream in enumerate(streams):
        os.dup2(stream, standard)
        os.close(stream)
    os.chdir(folder)
    has_others = environment.get("PYTHONPATH", "") != os.environ.get("PYTHONPATH", "")
    if has_others or any(Path(folder).glob("*-info")):
        for place in _OF_PLUGINS:
            _function(place).cache_clear()
    os.environ.clear()
    os.environ.update(environment)
    # As with `python -m`.
    added = [*filter(None, environment.get("PYTHONPATH", "").split(os.pathsep))]
    sys.path[:0] = [folder, *added]
    for place in added:
        if (customized := Path(place, "sitecustomize.py")).is_file():
            runpy.run_path(str(customized))
    sys.argv = ["audiobook", *arguments]
    try:
        main()
    except SystemExit as ended:
        _exit_code[0] = ended.code if isinstance(ended.code, int) else 1
        raise


_exit_code = [1]


def _leave() -> None:
    """Exit without taking the interpreter apart: that would copy most of the memory that the commands share.

    Objects of this command alone are still collected, so that files it left open are reported.
    """
    gc.collect()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(_exit_code[0])


if __name__ == "__main__":
    atexit.register(_leave)  # the first to be registered is the last to run
    with socket.socket(fileno=int(sys.argv[1])) as orders:
        _serve(orders)
