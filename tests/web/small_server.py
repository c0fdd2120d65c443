"""A server with small limits and a large file, run as a separate process by the tests of connections."""

import sys
import tempfile
from pathlib import Path

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from audiobook.files import digest
from audiobook.publish.publication import PublicFile
from audiobook.web.app import Site, application
from audiobook.web.connection import Limits
from audiobook.web.holdings import Holdings
from audiobook.web.hosts import LOOPBACK, listen, trusted_hosts
from audiobook.web.server import serve


def with_measures(app: ASGIApp) -> ASGIApp:
    """Answer `/peak` with the process's peak memory, and `/connections` with the number of open connections."""
    measures = {"/peak": peak_kb, "/connections": connections}

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if measure := measures.get(scope["path"]):
            await PlainTextResponse(str(measure()))(scope, receive, send)
        else:
            await app(scope, receive, send)

    return answer


def peak_kb() -> int:
    """Return the peak memory of this program; `getrusage` would include that of its parent."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0])


def connections() -> int:
    """Return the number of open client connections, including the one that asks."""
    open_ones = Path("/proc/self/net/tcp").read_text().splitlines()[1:]
    sockets = {link.readlink().name for link in Path("/proc/self/fd").iterdir() if link.is_symlink()}
    established = "01"
    return sum(
        f"socket:[{fields[9]}]" in sockets for fields in map(str.split, open_ones) if fields[3] == established
    )


def main() -> None:
    large, header_s, idle_s, stall_s, header_bytes, most = sys.argv[1:]
    limits = Limits(float(header_s), int(idle_s), float(stall_s), int(header_bytes), int(most))
    with tempfile.TemporaryDirectory() as name:
        files = {}
        for path, data in (("small", b"small"), ("large", bytes(int(large)))):
            Path(name, path).write_bytes(data)
            files[path] = PublicFile(len(data), digest(data), "audio/mpeg", made=True)
        del data
        site = Site(Holdings(files, Path(name), Path(name)), print, None)
        listener = listen(LOOPBACK, 0)
        sys.stdout.write(f"{listener.getsockname()[1]}\n")
        sys.stdout.flush()
        serve(with_measures(application(site, trusted_hosts(LOOPBACK))), listener, limits)


main()
