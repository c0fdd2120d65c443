"""The pool of a build on a cluster. Its dependencies are only imported for such a build."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from audiobook.clips.store import ClipStore
from audiobook.engines.base import Voice
from audiobook.errors import EngineMissing
from audiobook.pipeline.scripts.cast import CastVoice
from audiobook.report.base import Reporter

if TYPE_CHECKING:
    from audiobook.pipeline.cluster.address import Cluster
    from audiobook.pipeline.cluster.link import Link
    from audiobook.pipeline.cluster.pool import ClusterPool


def link_to(cluster: Cluster | None, warn: Callable[[str], None]) -> AbstractContextManager[Link | None]:
    """Return the connection to a cluster; a context of None if there is no cluster.

    Args:
        cluster: The cluster; None for a local build.
        warn: Called with messages to the user while the build waits for the cluster.

    Raises:
        ClusterError: The scheduler cannot be reached, or no worker is connected.
    """
    if cluster is None:
        return nullcontext()
    from audiobook.pipeline.cluster.link import Link

    return Link(cluster, warn)


def cluster_pool(
    link: Link,
    store: ClipStore,
    mains: Iterable[CastVoice],
    reporter: Reporter,
    waiting: Callable[[], int],
) -> ClusterPool:
    """Return a pool of workers on a cluster.

    Args:
        link: The connection to the cluster.
        store: The store that receives the clips.
        mains: The main voices of the works, with which workers are examined.
        reporter: Receives a warning about each worker that is left out.
        waiting: Returns how many jobs are known and not submitted yet.

    Raises:
        ClusterError: A worker would make different sound.
    """
    from audiobook.pipeline.cluster.pool import ClusterPool

    voices = ((main.chosen.outfit, main.speaker, main.language, main.sound) for main in mains)
    return ClusterPool(link, store, voices, reporter.warn, waiting)


def require_offline(voice: Voice) -> None:
    """Refuse a voice of a service for a cluster: its key must stay on this computer, and it would not be faster.

    Raises:
        EngineMissing: The voice sends the text to a service.
    """
    if not voice.offline:
        raise EngineMissing(
            f"{voice.engine} sends the text to a service, so it cannot be used on a cluster",
            hint="leave out --cluster, or choose an engine that works offline with --engine",
        )
