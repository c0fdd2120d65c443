"""One pace for all processes, and a rest when a service fails too often."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tools import accepts

from audiobook.engines.network.pace import FAILURES_IN_A_ROW, LONGEST_REST_S, Pace
from audiobook.errors import ServiceError, StorageError

ASKING = """
import json, sys
from pathlib import Path
from audiobook.engines.network.pace import Pace
from audiobook.system.locks import opened_locked
path = Path(sys.argv[1])
pace = Pace(path, "it", 0.05, 60)
for _ in range(5):
    pace.wait_turn()
    with opened_locked(path):  # another process may be writing
        print(json.loads(path.read_text())["next_s"])
"""


def pace(tmp_path: Path, pause_s: float = 0.0, rest_s: float = 60.0) -> Pace:
    return Pace(tmp_path / "shared" / "pace.json", "the service", pause_s, rest_s)


def next_turn_s(tmp_path: Path) -> float:
    """Return the earliest time of the next request, as all processes read it."""
    return float(json.loads((tmp_path / "shared" / "pace.json").read_text())["next_s"])


def fail_too_often(asking: Pace) -> None:
    for _ in range(FAILURES_IN_A_ROW):
        asking.wait_turn()
        asking.failed("it answered 500")


def test_processes_take_turns(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ASKING, str(tmp_path / "pace.json")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") for _ in range(3)]
    said = [float(line) for process in running for line in process.communicate()[0].split()]
    assert len(said) == 15
    # A process that read the file late may have seen the same time as another, so equal times count once.
    turns = sorted(set(said))
    assert len(turns) > 5
    assert all(after - before >= 0.05 for before, after in pairwise(turns))


def test_after_several_failures_in_a_row_requests_stop(tmp_path: Path) -> None:
    fail_too_often(pace(tmp_path))
    with pytest.raises(ServiceError) as caught:
        pace(tmp_path).wait_turn()
    assert caught.value.message == (
        "the service is paused: it failed 6 times in a row, most recently: it answered 500"
    )
    assert re.fullmatch(r"try again in [1-6]\d s; its responses so far are cached", caught.value.hint or "")


def test_a_success_resets_the_count_of_failures(tmp_path: Path) -> None:
    asking = pace(tmp_path)
    for _ in range(3):
        for _ in range(FAILURES_IN_A_ROW - 1):
            asking.failed("no")
        asking.succeeded()
    assert accepts(asking.wait_turn)


def test_after_the_rest_a_single_failure_stops_requests_again(tmp_path: Path) -> None:
    fail_too_often(pace(tmp_path, rest_s=0.05))
    time.sleep(0.06)  # at least the rest, however slow the machine
    asking = pace(tmp_path, rest_s=60)
    asking.wait_turn()
    asking.failed("still not")
    with pytest.raises(ServiceError):
        asking.wait_turn()


def test_a_wait_requested_from_one_process_applies_to_all(tmp_path: Path) -> None:
    pace(tmp_path).hold(0.2)
    held_until_s = next_turn_s(tmp_path)
    pace(tmp_path, pause_s=0.05).wait_turn()
    assert 0 < held_until_s <= next_turn_s(tmp_path) - 0.05


def test_requests_never_stop_for_more_than_an_hour(tmp_path: Path) -> None:
    pace(tmp_path).rest(1e9)
    with pytest.raises(ServiceError) as caught:
        pace(tmp_path).wait_turn()
    assert caught.value.hint is not None
    assert "in 60 minutes" in caught.value.hint


def test_a_time_from_before_a_restart_of_the_machine_counts_as_past(tmp_path: Path) -> None:
    asking = pace(tmp_path)
    asking.rest(60)
    path = tmp_path / "shared" / "pace.json"
    state = json.loads(path.read_text())
    path.write_text(json.dumps(state | {"closed_s": time.monotonic() + LONGEST_REST_S + 60}))
    assert accepts(asking.wait_turn)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\x00", b'{"next_s": "soon"}', b"[]", b"{}" * 5000])
def test_a_damaged_file_counts_as_empty(content: bytes, tmp_path: Path) -> None:
    asking = pace(tmp_path)
    asking.hold(5)
    (tmp_path / "shared" / "pace.json").write_bytes(content)
    fail_too_often(asking)
    assert not accepts(asking.wait_turn)


def test_a_folder_that_cannot_be_created_is_one_of_our_errors(tmp_path: Path) -> None:
    (tmp_path / "shared").write_text("a file")
    with pytest.raises(StorageError):
        pace(tmp_path).wait_turn()


@pytest.mark.parametrize(
    "content",
    [b'{"why": "\xff"}', b'{"failures": -1}', b'{"failures": 1' + b"0" * 400 + b"}", b'{"next_s": 1e999}'],
)
def test_an_impossible_file_counts_as_empty_and_is_overwritten(content: bytes, tmp_path: Path) -> None:
    """Promise, “The user's own things”: bytes that are not UTF-8 in notes of the store count as missing."""
    path = tmp_path / "shared" / "pace.json"
    path.parent.mkdir()
    path.write_bytes(content)
    asking = pace(tmp_path)
    asking.wait_turn()
    asking.failed("no \udcff")
    assert json.loads(path.read_text("utf-8"))["failures"] == 1


@pytest.mark.slow
@given(
    content=st.one_of(
        st.binary(max_size=5000), st.from_regex(rb'\{"(why|failures|next_s|closed_s)": .{0,20}\}')
    )
)
def test_arbitrary_bytes_are_a_pace_or_one_of_our_errors(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shared" / "pace.json"
        path.parent.mkdir()
        path.write_bytes(content)
        asking = pace(Path(folder))
        asking.failed("no")
        asking.succeeded()
        assert json.loads(path.read_text("utf-8"))["failures"] == 0


@pytest.mark.parametrize("kind", ["link", "hard link", "loop", "pipe", "folder"])
def test_anything_that_is_not_our_file_is_set_aside(kind: str, tmp_path: Path) -> None:
    """Promise, “The user's own things”: links in locks and notes are never followed for writing."""
    mine, path = tmp_path / "mine", tmp_path / "shared" / "pace.json"
    mine.write_text("{}")
    path.parent.mkdir()
    match kind:
        case "hard link":
            path.hardlink_to(mine)
        case "pipe":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
        case _:
            path.symlink_to("pace.json" if kind == "loop" else "../mine")
    fail_too_often(pace(tmp_path))
    with pytest.raises(ServiceError):
        pace(tmp_path).wait_turn()
    assert mine.read_text() == "{}"
    assert path.is_file()
    assert not path.is_symlink()


def test_a_folder_that_is_a_link_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "shared").symlink_to("elsewhere")
    with pytest.raises(StorageError) as caught:
        pace(tmp_path).wait_turn()
    assert caught.value.where == str(tmp_path / "shared")
    assert list((tmp_path / "elsewhere").iterdir()) == []
