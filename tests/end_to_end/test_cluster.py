"""Builds on a Dask cluster: a real scheduler and two workers on loopback. See docs/scale.md."""

from __future__ import annotations

import os
import random
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from clusters import WITH_DASK, Running, cluster, kill
from tools import Finished, Shelf, alive_in_group, engine_package, finish, wait_until

pytestmark = [
    WITH_DASK,
    pytest.mark.exhaustive,
    pytest.mark.skipif(sys.platform == "win32", reason="signals and process groups"),
]
PARAGRAPHS = 300


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A scheduler and two workers. A test that ends one of them starts another."""
    with cluster(tmp_path_factory.mktemp("cluster") / "cluster") as running:
        yield running


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a text with many passages, built on this computer."""
    shelf = written(Shelf(tmp_path_factory.mktemp("local") / "here"))
    shelf.build()
    return shelf.outputs()


def written(shelf: Shelf, paragraphs: int = PARAGRAPHS, extra: str = "") -> Shelf:
    """Write a text with many passages."""
    lines = (f"Paragraph {number} says something, and then a little more." for number in range(paragraphs))
    shelf.write("texts/en/walk.md", "# A Walk\n\n" + "\n\n".join(lines) + "\n" + extra)
    return shelf


def built(shelf: Shelf, running: Running, *arguments: str) -> Finished:
    """Build on a cluster. Processes with Dask are new interpreters, since they cannot be forks of a test."""
    return finish(shelf.start("build", "--cluster", running.address, *arguments))


def test_a_cluster_makes_the_same_bytes_in_all_formats(running: Running, tmp_path: Path) -> None:
    here, there = (written(Shelf(tmp_path / name), 40) for name in ("here", "there"))
    formats = ("--format", "m4b", "--format", "opus", "--format", "flac")
    for shelf in (here, there):
        shelf.write("texts/fi/kävely.md", "# Kävely\n\nYksi. *Kaksi!* Kolme?\n")
    done = built(there, running, *formats)
    assert done.code == 0, done.err + running.logs()
    assert "2 built" in done.err + done.out
    here.build(*formats)
    assert there.outputs() == here.outputs()
    assert [path.name for path in there.clips()] == [path.name for path in here.clips()]


def test_another_format_is_encoded_from_the_clips_that_are_here(running: Running, tmp_path: Path) -> None:
    here, there = (written(Shelf(tmp_path / name), 5) for name in ("here", "there"))
    there.build()
    clips = {path: path.stat().st_ino for path in there.clips()}
    done = built(there, running, "--format", "opus", "--engine", "espeak")
    assert done.code == 0, done.err + running.logs()
    assert {path: path.stat().st_ino for path in clips} == clips
    here.build("--format", "opus", "--engine", "espeak")
    assert there.outputs() == here.outputs()


def test_a_killed_worker_costs_only_its_batch(
    running: Running, tmp_path: Path, local: dict[str, bytes]
) -> None:
    there = written(Shelf(tmp_path / "there"))
    build = there.start("build", "--cluster", running.address)
    wait_until(lambda: len(there.clips()) > 20, "some clips are made")
    victim = random.Random(7).choice([one for one in running.workers if one.poll() is None])
    kill(victim)
    done = finish(build)
    running.start_worker()
    assert done.code == 0, done.err + running.logs()
    assert there.outputs() == local


def test_after_the_scheduler_was_killed_a_rerun_makes_what_is_missing(
    running: Running, tmp_path: Path, local: dict[str, bytes]
) -> None:
    there = written(Shelf(tmp_path / "there"))
    build = there.start("build", "--cluster", running.address)
    wait_until(lambda: len(there.clips()) > 20, "some clips are made")
    assert running.scheduler
    kill(running.scheduler)
    done = finish(build)
    assert done.code == 4, done
    assert "the connection to the scheduler was lost" in done.err
    assert "Traceback" not in done.err
    wait_until(lambda: not alive_in_group(build.pid), "the end of all that it started")
    kept = {path: path.stat().st_ino for path in there.clips()}
    assert 20 < len(kept) < PARAGRAPHS
    for worker in running.workers:
        kill(worker)
    running.start_scheduler()
    running.start_worker()
    running.start_worker()
    done = finish(there.start("build", "--cluster", running.address, "--json"))
    assert done.code == 0, done.err + running.logs()
    work = done.works["en/walk"]
    assert work["clips_made"] == work["clips_total"] - len(kept)
    assert {path: path.stat().st_ino for path in kept} == kept
    assert there.outputs() == local


def test_ctrl_c_ends_a_build_at_once_and_a_local_build_continues(running: Running, tmp_path: Path) -> None:
    there = written(Shelf(tmp_path / "there"))
    build = there.start("build", "--cluster", running.address)
    wait_until(lambda: len(there.clips()) > 20, "some clips are made")
    os.killpg(build.pid, signal.SIGINT)
    done = finish(build)
    assert done.code == 130, done
    assert done.err.endswith("hint: finished work is kept; run the same command again to resume\n"), done.err
    assert "Traceback" not in done.err
    wait_until(lambda: not alive_in_group(build.pid), "the end of all that it started")
    assert there.leftovers() == []
    kept = len(there.clips())
    work = there.build()["en/walk"]
    assert work["clips_made"] == work["clips_total"] - kept


def test_a_worker_that_would_make_other_sound_stops_the_build_or_is_left_out(tmp_path: Path) -> None:
    paths = {name: engine_package(tmp_path / name, "guest") for name in ("usual", "other", "loud")}
    other = tmp_path / "other/guest_guest.py"
    other.write_text(other.read_text("utf-8").replace('"guest 1"', '"guest 2"'), "utf-8")
    loud = tmp_path / "loud/guest_guest.py"
    loud.write_text(loud.read_text("utf-8").replace("\\x10\\x10", "\\x10\\x11"), "utf-8")
    with cluster(tmp_path / "cluster", workers=0) as running:
        running.start_worker(PYTHONPATH=paths["usual"])
        running.start_worker(PYTHONPATH=paths["other"])
        here, there = (written(Shelf(tmp_path / name, PYTHONPATH=paths["usual"]), 40) for name in "ab")
        wait_until(lambda: running.logs().count("Registered to:") == 2, "both workers are connected")
        done = built(there, running, "--engine", "guest")
        assert done.code == 4, done
        assert "the voice “guest” of guest: guest 2 there, guest 1 here" in done.err
        assert there.clips() == []
        running.start_worker(PYTHONPATH=paths["loud"])
        wait_until(lambda: running.logs().count("Registered to:") == 3, "the third worker is connected")
        done = built(there, running, "--engine", "guest", "--skip-workers")
        assert done.code == 0, done.err + running.logs()
        assert done.err.count("is left out, because it would make different sound") == 2
        here.build("--engine", "guest")
        assert there.outputs() == here.outputs()
        kill(running.workers[0])
        there.write("texts/en/walk.md", "# Another walk\n\nElsewhere.\n")
        done = built(there, running, "--engine", "guest", "--skip-workers")
        assert done.code == 4
        assert "no worker of the cluster makes the same sound as this computer" in done.err
        assert "the voice “guest” of guest sounds different there" in done.err


LACKING = """
import importlib.metadata

def version(name, known=importlib.metadata.version):
    if name == "audiobook-press":
        raise importlib.metadata.PackageNotFoundError(name)
    return known(name)

importlib.metadata.version = version
"""
"""`sitecustomize.py` of an interpreter in which the package is not found."""


def test_machines_without_the_package_are_named(tmp_path: Path) -> None:
    (tmp_path / "lacking").mkdir()
    (tmp_path / "lacking/sitecustomize.py").write_text(LACKING, "utf-8")
    lacking = {"PYTHONPATH": str(tmp_path / "lacking")}
    shelf = written(Shelf(tmp_path / "shelf"), 3)
    with cluster(tmp_path / "cluster", workers=0) as running:
        build = shelf.start("build", "--cluster", running.address)
        assert build.stderr
        assert "the cluster has no worker yet; waiting a minute for one" in build.stderr.readline()
        running.start_worker(**lacking)
        done = finish(build)
        assert done.code == 4, done
        assert re.search(r"error: the worker tcp://127.0.0.1:\d+ lacks audiobook-press\n", done.err), done.err
        running.start_worker()
        done = built(shelf, running, "--skip-workers")
        assert done.code == 0, done.err + running.logs()
        assert "is left out, because it lacks audiobook-press" in done.err
    with cluster(tmp_path / "other", workers=0, **lacking) as running:
        done = built(shelf, running, "--force")
        assert done.code == 4, done
        assert f"error: the scheduler {running.address} lacks audiobook-press\n" in done.err


def test_a_cluster_is_joined_only_with_its_certificates(tmp_path: Path) -> None:
    ours, theirs = trustme.CA(), trustme.CA()
    for name, authority in (("ours", ours), ("theirs", theirs)):
        folder = tmp_path / name
        folder.mkdir()
        authority.cert_pem.write_to_path(str(folder / "ca.pem"))
        one = authority.issue_cert("127.0.0.1")
        one.private_key_pem.write_to_path(str(folder / "me.key"))
        one.cert_chain_pems[0].write_to_path(str(folder / "me.pem"))
        lines = {"ca": "ca.pem", "certificate": "me.pem", "key": "me.key"}
        (folder / "cluster.toml").write_text(
            "".join(f'{key} = "{folder / file}"\n' for key, file in lines.items()), "utf-8"
        )
    files = {"--tls-ca-file": "ca.pem", "--tls-cert": "me.pem", "--tls-key": "me.key"}
    options = [word for flag, file in files.items() for word in (flag, str(tmp_path / "ours" / file))]
    with cluster(tmp_path / "cluster", options=options, protocol="tls") as running:
        shelf = written(Shelf(tmp_path / "shelf"), 3)
        strangers = shelf.start(
            "build", "--cluster", running.address, AUDIOBOOK_CONFIG=str(tmp_path / "theirs")
        )
        done = finish(strangers)
        assert done.code == 4, done
        assert f"no Dask scheduler answers at {running.address}" in done.err
        assert shelf.clips() == []
        done = finish(
            shelf.start("build", "--cluster", running.address, AUDIOBOOK_CONFIG=str(tmp_path / "ours"))
        )
        assert done.code == 0, done.err + running.logs()


def test_what_a_cluster_cannot_do_is_refused_before_anything_is_spoken(
    tmp_path: Path, running: Running
) -> None:
    shelf = written(Shelf(tmp_path / "shelf"), 3)
    done = built(shelf, running, "--engine", "gtts")
    assert (done.code, "it cannot be used on a cluster" in done.err) == (3, True), done
    done = finish(shelf.start("build", "--cluster", "tcp://127.0.0.1:9"))
    assert (done.code, "no Dask scheduler answers at tcp://127.0.0.1:9" in done.err) == (4, True), done
    done = finish(shelf.start("build", "--cluster", "tcp://192.0.2.1:8786"))
    assert (done.code, "not sent unencrypted to 192.0.2.1" in done.err) == (2, True), done
    assert shelf.clips() == []
    assert not [
        *shelf.root.glob(".audiobook/notes/loudness-*"),
        *shelf.root.glob(".audiobook/notes/sample-*"),
    ]


def test_a_crash_of_an_engine_is_reported_by_line_and_the_worker_continues(tmp_path: Path) -> None:
    path = engine_package(tmp_path / "plugin", "guest", "os._exit(3)")
    with cluster(tmp_path / "cluster", workers=0) as running:
        running.start_worker(PYTHONPATH=path)
        shelf = written(Shelf(tmp_path / "shelf", PYTHONPATH=path), 5)
        shelf.write("texts/en/bad.md", "# Bad\n\nOne.\n\nThe kaboom comes.\n")
        done = built(shelf, running, "--engine", "guest")
        assert done.code == 1, done.err + running.logs()
        told = "texts/en/bad.md:5: cannot be spoken: the engine ended with code 3: “The kaboom comes.”"
        assert told in done.err
        assert shelf.book("en/walk").is_file()
        assert not shelf.book("en/bad").exists()
