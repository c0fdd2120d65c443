"""Mono 16-bit audio: lengths, parts, silence and joining."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.audio.pcm import Pcm, join, samples_of, silence

SOUNDS = st.lists(st.lists(st.integers(-32768, 32767), max_size=20), max_size=6)


def pcm(values: list[int], rate_hz: int = 22050) -> Pcm:
    return Pcm(array("h", values).tobytes(), rate_hz)


def values(sound: Pcm) -> list[int]:
    return list(array("h", bytes(sound.samples)))


def test_the_length_is_the_number_of_samples() -> None:
    assert len(pcm([1, -2, 3])) == 3
    assert len(pcm([])) == 0
    assert pcm([0] * 11025).length_s == 0.5


def test_a_part_has_the_samples_between_its_ends() -> None:
    part = pcm([1, -2, 3, -4]).part(1, 3)
    assert values(part) == [-2, 3]
    assert (len(part), part.rate_hz) == (2, 22050)
    assert values(part.part(1, 2)) == [3]
    assert values(part.part(0, 0)) == []


def test_a_part_is_not_a_copy() -> None:
    data = bytearray(array("h", [1, 2, 3]).tobytes())
    part = Pcm(memoryview(data), 8000).part(1, 2)
    data[2:4] = array("h", [9]).tobytes()
    assert values(part) == [9]


def test_a_part_beyond_the_end_stops_there() -> None:
    assert values(pcm([1, 2]).part(1, 9)) == [2]


@pytest.mark.parametrize(
    ("length_ms", "rate_hz", "samples"),
    [
        (1000, 22050, 22050),
        (1, 22050, 22),
        (20, 22050, 441),
        (0, 48000, 0),
        (3, 44100, 132),
        (60_000, 8000, 480_000),
    ],
)
def test_a_time_becomes_whole_samples_rounded_down(length_ms: int, rate_hz: int, samples: int) -> None:
    assert samples_of(length_ms, rate_hz) == samples


def test_silence_is_zeros() -> None:
    assert silence(3, 8000) == Pcm(bytes(6), 8000)
    assert values(silence(3, 8000)) == [0, 0, 0]
    assert len(silence(0, 8000)) == 0


def test_joining_nothing_gives_no_samples() -> None:
    assert join([], 8000) == Pcm(b"", 8000)


def test_joining_another_sample_rate_is_an_error() -> None:
    with pytest.raises(ValueError, match="cannot join 8000 Hz to 22050 Hz"):
        join([pcm([1]), pcm([2], 8000)], 22050)


@given(sounds=SOUNDS)
def test_joined_pieces_follow_each_other(sounds: list[list[int]]) -> None:
    whole = join((pcm(sound) for sound in sounds), 22050)
    assert values(whole) == [value for sound in sounds for value in sound]
    assert whole.rate_hz == 22050


@given(sound=st.lists(st.integers(-32768, 32767), max_size=30), data=st.data())
def test_joining_the_parts_restores_the_audio(sound: list[int], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(sound)))
    whole = pcm(sound)
    assert values(join([whole.part(0, at), whole.part(at, len(sound))], 22050)) == sound
