"""The process that is a client of the cluster.

Dask starts threads, which a process that forks must not have. Its exceptions do not leave this process either.
"""

from __future__ import annotations

import asyncio
import os
import time
import warnings
from collections.abc import Callable, Coroutine
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar

import msgspec

from audiobook import __version__
from audiobook.pipeline.cluster.address import Certificates, Cluster
from audiobook.pipeline.cluster.messages import (
    BatchDone,
    BuildStopped,
    Examine,
    FromLink,
    Notice,
    Submit,
    ToLink,
    Workers,
    packed,
)
from audiobook.system.interrupts import leave_interrupts_to_parent

if TYPE_CHECKING:
    from distributed import Future

Argument = TypeVar("Argument")
Answer = TypeVar("Answer")
_PACKAGE: Final = "audiobook-press"
_OTHER_SOUND: Final = "would make different sound"
RESUME: Final = "finished clips are kept; run the same command again to resume"
_SAME: Final = "install the same version there, with the extra “cluster”"
_UNLIKE: Final = "install the same versions there, or leave such workers out with --skip-workers"
_START: Final = "start the scheduler and its workers first; see docs/scale.md"
_CONNECTING_S: Final = 15.0
_WITHOUT_WORKERS_S: Final = 60.0
"""How long a build waits for a worker when there is none. The messages say a minute."""
_TICK_S: Final = 1.0
_QUIET: Final = {
    "distributed.admin.tick.interval": "1s",
    "distributed.client.scheduler-info-interval": "60s",
}
"""Settings of Dask, so that it monitors this process less often: fifty times a second would take 1 to 2 % of a core."""
_TRIES: Final = 5
"""How often a batch is submitted if the workers that process it fail."""


class _Stop(Exception):
    """The build cannot continue."""

    def __init__(self, message: str, hint: str = RESUME) -> None:
        super().__init__(message)
        self.message = BuildStopped(message, hint)


class _WorkerGone(Exception):
    """A batch will not be answered, because its worker or the scheduler is gone."""


class _AnswerHead(msgspec.Struct, array_like=True):
    """The beginning of an `Answer`. The rest is not decoded here."""

    refusal: str
    worker: str


_answers: Final = msgspec.msgpack.Decoder(_AnswerHead)
_from_driver: Final = msgspec.msgpack.Decoder(ToLink)


def serve(pipe: Connection, cluster: Cluster) -> NoReturn:
    """Run the process until the driver closes the pipe."""
    leave_interrupts_to_parent()
    warnings.simplefilter("ignore")
    silence = os.open(os.devnull, os.O_RDWR)
    for standard in (1, 2):
        os.dup2(silence, standard)  # hide Dask's log, because the driver reports the same more clearly
    try:
        asyncio.run(_serve(pipe, cluster))
    finally:
        os._exit(0)  # threads may still be waiting for the pipe or the cluster


async def _serve(pipe: Connection, cluster: Cluster) -> None:
    driver = _Driver(pipe)
    try:
        async with await _connected(cluster) as client:
            await _Batches(driver, client, cluster).run()
            os._exit(0)  # the scheduler notices that the connection has ended
    except _Stop as stop:
        await driver.send(stop.message)
    except Exception as error:  # noqa: BLE001 - users never see the exceptions of a library
        await driver.send(BuildStopped(f"the client of the cluster failed: {_cause(error)}", RESUME))


async def _connected(cluster: Cluster) -> Any:  # noqa: ANN401 - Dask's client has no types
    import dask.config
    from distributed import Client

    dask.config.set(_QUIET)

    try:
        return await Client(  # type: ignore[no-untyped-call]
            cluster.address,
            security=_security(cluster.certificates),
            asynchronous=True,
            timeout=_CONNECTING_S,
            set_as_default=False,
            name="audiobook",
        )
    except Exception as error:
        raise _Stop(f"no Dask scheduler answers at {cluster.address}: {_cause(error)}", _START) from error


def _security(files: Certificates | None) -> Any:  # noqa: ANN401
    from distributed import Security

    if files is None:
        return Security(require_encryption=False)  # type: ignore[no-untyped-call]
    return Security(  # type: ignore[no-untyped-call]
        tls_ca_file=files.ca,
        tls_client_cert=files.certificate,
        tls_client_key=files.key,
        require_encryption=True,
    )


def _cause(error: BaseException) -> str:
    """Return the original cause of an exception on one line: its class, and at most 200 characters of its message."""
    while error.__cause__ or error.__context__:
        error = error.__cause__ or error.__context__ or error
    cause = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {cause}" if cause else type(error).__name__


class _Driver:
    """The driver, at the other end of the pipe."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._sending = asyncio.Lock()

    async def send(self, message: FromLink) -> None:
        async with self._sending:
            with suppress(OSError):  # the driver has ended
                await asyncio.to_thread(self._pipe.send_bytes, packed(message))

    async def received(self) -> ToLink | None:
        """Return the next message; None if the driver has closed the pipe."""
        try:
            message: ToLink = _from_driver.decode(await asyncio.to_thread(self._pipe.recv_bytes))
            return message
        except (EOFError, OSError):
            return None


class _Batches:
    """Submits batches to the workers that make the same sound as the driver."""

    def __init__(self, driver: _Driver, client: Any, cluster: Cluster) -> None:  # noqa: ANN401
        self._driver = driver
        self._client = client
        self._cluster = cluster
        self._examination = b""
        self._threads: dict[str, int] = {}
        """The number of threads of each connected worker, by address."""
        self._accepted: set[str] = set()
        """Addresses of workers that make the same sound as the driver; some may have left."""
        self._left_out: set[str] = set()
        """Addresses of workers that make different sound."""
        self._unreported: list[tuple[str, str]] = []
        """Workers that were left out, each with the reason, and not reported to the driver yet."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve until the driver closes the pipe.

        Raises:
            _Stop: The build cannot continue.
        """
        await self._require_package()
        await self._await_workers()
        await self._driver.send(Workers(0, []))
        first = await self._driver.received()
        if not isinstance(first, Examine):
            return
        self._examination = first.batch
        self._start(self._update_regularly())
        await self._examine()
        await self._update_workers()
        await self._report_workers()
        if not self._accepted:
            raise _Stop("no worker of the cluster makes the same sound as this computer", _UNLIKE)
        reading = self._start(self._read())
        self._start(self._watch_workers())
        while not reading.done():
            done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)
            self._tasks -= done
            for task in done:
                task.result()

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        return task

    async def _read(self) -> None:
        while isinstance(message := await self._driver.received(), Submit):
            self._start(self._submit(message))

    async def _update_regularly(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            await self._update_workers()

    async def _watch_workers(self) -> None:
        """Report to the driver when workers come and go."""
        latest_s = time.monotonic()
        before = self._slots
        while True:
            await asyncio.sleep(_TICK_S)
            await self._examine()
            if self._slots != before or self._unreported:
                before = self._slots
                await self._report_workers()
                if not self._slots:
                    await self._driver.send(
                        Notice("all workers have left the cluster; waiting a minute for one to return")
                    )
            if self._slots:
                latest_s = time.monotonic()
            elif time.monotonic() - latest_s > _WITHOUT_WORKERS_S:
                raise _Stop("no worker of the cluster is left")

    async def _require_package(self) -> None:
        """Check that this program is installed on the scheduler, which imports the function that workers call."""
        try:
            await self._client.run_on_scheduler(version, _PACKAGE)
        except PackageNotFoundError as error:
            raise _Stop(f"the scheduler {self._cluster.address} lacks {_PACKAGE}", _SAME) from error

    async def _await_workers(self) -> None:
        end_s = time.monotonic() + _WITHOUT_WORKERS_S
        await self._update_workers()
        if not self._threads:
            await self._driver.send(Notice("the cluster has no worker yet; waiting a minute for one"))
        while not self._threads:
            if time.monotonic() > end_s:
                raise _Stop(f"no worker is connected to the scheduler {self._cluster.address}", _START)
            await asyncio.sleep(_TICK_S)
            await self._update_workers()

    async def _update_workers(self) -> None:
        """Ask the scheduler which workers are connected.

        Raises:
            _Stop: The scheduler does not answer.
        """
        try:
            if self._client.status == "running":
                self._threads = dict(await asyncio.wait_for(self._client.scheduler.ncores(), _CONNECTING_S))
                return
        except Exception as error:
            raise _Stop(f"the connection to the scheduler was lost: {_cause(error)}") from error
        raise _Stop("the connection to the scheduler was lost")

    @property
    def _slots(self) -> int:
        """How many requests the cluster can process at the same time."""
        return sum(threads for address, threads in self._threads.items() if address in self._accepted)

    async def _report_workers(self) -> None:
        left_out, self._unreported = self._unreported, []
        await self._driver.send(Workers(self._slots, left_out))

    async def _examine(self) -> None:
        """Find out whether each new worker makes the same sound as the driver."""
        new = self._threads.keys() - self._accepted - self._left_out
        await asyncio.gather(*map(self._examine_worker, sorted(new)))

    async def _examine_worker(self, address: str) -> None:
        try:
            if refusal := await self._version_refusal(address):
                self._leave_out(address, refusal)
                return
            answer = await self._answer_to(self._examination, [address])
        except _WorkerGone:
            return
        if isinstance(answer, Exception):
            self._leave_out(address, f"fails: {_cause(answer)}")
        elif refusal := _answers.decode(answer).refusal:
            self._leave_out(address, f"{_OTHER_SOUND}: {refusal}")
        else:
            self._accepted.add(address)

    async def _version_refusal(self, address: str) -> str:
        """Return why the version of this program on a worker does not fit; "" if it does.

        This is checked first, because everything else needs the program to be installed there.
        """
        found = await self._outcome_of(version, _PACKAGE, among=[address])
        if isinstance(found, PackageNotFoundError):
            return f"lacks {_PACKAGE}"
        if isinstance(found, str) and found != __version__:
            return f"{_OTHER_SOUND}: {_PACKAGE}: {found} there, {__version__} here"
        return ""

    def _leave_out(self, address: str, why: str) -> None:
        if not self._cluster.skips:
            raise _Stop(f"the worker {address} {why}", _UNLIKE)
        self._accepted.discard(address)
        if address not in self._left_out:
            self._left_out.add(address)
            self._unreported.append((address, why))

    async def _submit(self, submission: Submit) -> None:
        """Submit a batch to one worker after another until one of them answers it."""
        failures, error = 0, ""
        while failures < _TRIES:
            # Dask chooses among all workers, unless some of them are left out.
            among = sorted(self._accepted & self._threads.keys()) if self._left_out else None
            try:
                answer = None if among == [] else await self._answer_to(submission.batch, among)
            except _WorkerGone:
                answer = None
            if answer is None:
                await asyncio.sleep(_TICK_S)
            elif isinstance(answer, Exception):
                failures, error = failures + 1, _cause(answer)
            elif (head := _answers.decode(answer)).refusal:
                self._leave_out(head.worker, f"{_OTHER_SOUND}: {head.refusal}")
            else:
                await self._driver.send(BatchDone(submission.number, answer))
                return
        raise _Stop(f"the cluster failed {_TRIES} times with the same passages: {error}")

    async def _answer_to(self, batch: bytes, among: list[str] | None) -> bytes | Exception:
        """Return the answer to a batch, or an exception from the cluster; see `_outcome_of`."""
        from audiobook.pipeline.cluster.work import make

        return await self._outcome_of(make, batch, among=among)

    async def _outcome_of(
        self, function: Callable[[Argument], Answer], argument: Argument, *, among: list[str] | None
    ) -> Answer | Exception:
        """Return the result of a function on a worker, or an exception from the cluster.

        Args:
            function: The function to call.
            argument: Its argument.
            among: Addresses of the workers that may call it; None for all workers.

        Raises:
            _WorkerGone: There will be no result, because the workers that may call the function have left.
        """
        where = {} if among is None else {"workers": among, "allow_other_workers": False}
        future = self._client.submit(function, argument, pure=False, **where)
        waiting = asyncio.ensure_future(_outcome(future))
        while not waiting.done():
            await asyncio.wait({waiting}, timeout=_TICK_S)
            if among is not None and not waiting.done() and self._threads.keys().isdisjoint(among):
                waiting.cancel()
                raise _WorkerGone
        return waiting.result()


async def _outcome(future: Future[Answer]) -> Answer | Exception:
    try:
        answer: Answer = await future
        return answer
    except asyncio.CancelledError as error:
        raise _WorkerGone from error
    except Exception as error:
        if future.cancelled():  # type: ignore[no-untyped-call]
            raise _WorkerGone from error
        return error
