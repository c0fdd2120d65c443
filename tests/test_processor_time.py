"""The processor time of other processes: descendants count, and so do those that have ended."""

import subprocess
import sys

import pytest

from audiobook.system.processor_time import processor_s

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
WORK_S = 0.2
TREE = f"""
import os, sys, time
if os.fork() == 0:
    while time.process_time() < {WORK_S}:
        pass
    print("done", flush=True)
    sys.stdin.readline()
    os._exit(0)
os.wait()
print("waited", flush=True)
sys.stdin.readline()
"""


def test_descendants_count_while_they_run_and_after_they_have_ended() -> None:
    command = [sys.executable, "-c", TREE]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as tree:
        assert tree.stdin
        assert tree.stdout
        for message in ("done", "waited"):
            assert tree.stdout.readline().strip() == message
            found_s = processor_s(tree.pid)
            assert found_s is not None
            assert found_s >= WORK_S - 0.02
            tree.stdin.write("\n")


def test_a_process_that_has_ended_has_none() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    assert processor_s(process.pid) is None
