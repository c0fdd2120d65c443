"""The pool of a build on a cluster; its dependencies are imported only for such a build."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from audiobook.clips.store import ClipStore
from audiobook.engines.base import Voice
from audiobook.errors import EngineMissing
from audiobook.pipeline.scripts.cast import Part
from audiobook.report.base import Reporter

if TYPE_CHECKING:
    from audiobook.pipeline.cluster.address import Cluster
    from audiobook.pipeline.cluster.link import Link
    from audiobook.pipeline.cluster.pool import ClusterPool


def link_to(cluster: Cluster | None, warn: Callable[[str], None]) -> AbstractContextManager[Link | None]:
    """Return the connection to a cluster, or None without a cluster.

    Args:
        cluster: The cluster, or None.
        warn: Called with what the user should know while the build waits.

    Raises:
        ClusterError: Nothing answers there, or no worker is connected.
    """
    if cluster is None:
        return nullcontext()
    from audiobook.pipeline.cluster.link import Link

    return Link(cluster, warn)


def cluster_pool(link: Link, store: ClipStore, mains: Iterable[Part], reporter: Reporter) -> ClusterPool:
    """Return a pool on a cluster.

    Args:
        link: The connection to it.
        store: Where clips are put.
        mains: The main voices of the works, on which workers are examined.
        reporter: Receives the names of workers that are left out.

    Raises:
        ClusterError: A worker would make different sound.
    """
    from audiobook.pipeline.cluster.pool import ClusterPool

    voices = ((main.chosen.outfit, main.speaker, main.language, main.sound) for main in mains)
    return ClusterPool(link, store, voices, reporter.warn)


def require_offline(voice: Voice) -> None:
    """Refuse a voice of a service for a cluster: its keys stay here, and it would not speak faster.

    Raises:
        EngineMissing: The voice sends the text to a service.
    """
    if not voice.offline:
        raise EngineMissing(
            f"a cluster does not speak with {voice.engine}, which sends the text to a service",
            hint="leave out --cluster, or choose an engine that works offline with --engine",
        )
