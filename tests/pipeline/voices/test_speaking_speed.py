"""How long clips will take: from what was measured on this computer, and rounded so that nothing looks exact."""

from __future__ import annotations

from pathlib import Path

import pytest

from audiobook.clips.key import Speaker
from audiobook.pipeline.cost import wait_text
from audiobook.pipeline.voices.choosing import Parallel
from audiobook.pipeline.voices.speaking_speed import (
    Measured,
    Stopwatch,
    Wait,
    add_measurement,
    estimated_wait,
)
from audiobook.report.pace import about

JOE = Speaker("piper", "joe", "joe", 1.0, 1.0, 1.0, 22050)
AMY = Speaker("piper", "amy", "amy", 1.0, 1.0, 1.0, 22050)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))


def test_an_estimate_is_rounded_up_to_a_number_that_does_not_look_exact() -> None:
    rows = {
        0: ("1 s", "1 s"),
        2.1: ("3 s", "5 s"),
        11.3: ("12 s", "20 s"),
        37: ("40 s", "50 s"),
        51: ("1 min", "1 min"),
        61: ("1.5 min", "2 min"),
        170: ("3 min", "5 min"),
        3001: ("1 h", "1 h"),
        9000: ("3 h", "5 h"),
        400_000: ("120 h", "200 h"),
    }
    rounded = {length: (about(length), about(length, is_rough=True)) for length in rows}
    assert rounded == {length: (f"about {one}", f"about {other}") for length, (one, other) in rows.items()}


def test_the_wait_follows_what_each_voice_took_before() -> None:
    assert estimated_wait({JOE: 60.0}, 9, 2) is None
    assert wait_text({JOE: 60.0}, 9, Parallel(2, 1)) == "about 1 min of speech"
    add_measurement(JOE, Measured(first_speech_s=10, first_s=8))
    assert estimated_wait({JOE: 60.0}, 9, 2) == Wait(24.0, is_rough=True), "loading seems to be speaking"
    add_measurement(JOE, Measured(speech_s=100, busy_s=20))
    assert estimated_wait({JOE: 60.0}, 9, 2) == Wait(12.0, is_rough=False), (
        "six seconds of loading, six of speaking"
    )
    assert estimated_wait({JOE: 60.0}, 1, 2) == Wait(18.0, is_rough=False), "one clip is made by one worker"
    assert estimated_wait({JOE: 60.0, AMY: 1.0}, 9, 2) is None
    assert wait_text({JOE: 60.0}, 37, Parallel(1, 2)) == "about 12 s"
    assert wait_text({JOE: 60.0}, 37, None) == "about 1 min of speech"
    assert wait_text({}, 0, Parallel(1, 2)) == ""


def test_new_measurements_outweigh_old_ones() -> None:
    add_measurement(JOE, Measured(speech_s=36_000, busy_s=3_600))
    add_measurement(JOE, Measured(speech_s=3_600, busy_s=3_600))
    wait = estimated_wait({JOE: 100.0}, 1, 1)
    assert wait
    assert wait.length_s == pytest.approx(55)


def test_clips_that_were_made_at_the_same_time_as_the_first_do_not_count_as_quick() -> None:
    watch = Stopwatch(parallel=2)
    for _ in range(2):
        watch.count(JOE, 1000.0)
    watch.keep()
    wait = estimated_wait({JOE: 1000.0}, 1, 2)
    assert wait
    assert wait.is_rough
    watch.count(JOE, 1000.0)
    watch.keep()
    known = estimated_wait({JOE: 1000.0}, 1, 2)
    assert known
    assert not known.is_rough
