"""One more output is appended to a network, just as the `onnx` package adds it; other bytes are unchanged."""

import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from piper.patch_voice_with_alignment import add_alignment_output
from tiny_voice import model_bytes

from audiobook.engines.neural.graph import with_phoneme_lengths


def test_the_added_output_is_the_one_that_piper_adds() -> None:
    model = onnx.load_from_string(model_bytes(aligned=False))
    add_alignment_output(model)
    assert onnx.load_from_string(with_phoneme_lengths(model_bytes(aligned=False))) == model


@pytest.mark.parametrize("speakers", [1, 3])
def test_a_model_that_already_reports_lengths_is_unchanged(speakers: int) -> None:
    model = model_bytes(speakers=speakers)
    assert with_phoneme_lengths(model) == model


def test_a_model_with_unidentifiable_lengths_is_unchanged() -> None:
    without = model_bytes(aligned=False, rounding="Floor")
    assert with_phoneme_lengths(without) == without
    model = onnx.load_from_string(model_bytes(aligned=False))
    model.graph.node.append(onnx.helper.make_node("Ceil", ["width"], ["also_rounded"]))
    assert with_phoneme_lengths(model.SerializeToString()) == model.SerializeToString()


@given(st.binary(max_size=200))
def test_bytes_that_are_not_a_model_are_unchanged(data: bytes) -> None:
    assert with_phoneme_lengths(data) == data


@given(st.integers(0, 1500), st.binary(min_size=1, max_size=4))
def test_a_damaged_model_is_reported_when_it_is_loaded(at: int, damage: bytes) -> None:
    model = model_bytes(aligned=False)
    damaged = model[:at] + damage + model[at + len(damage) :]
    assert with_phoneme_lengths(damaged).startswith(damaged)


def test_a_truncated_model_is_unchanged() -> None:
    model = model_bytes(aligned=False)
    graph_end = model.rindex(b"B")  # the versions of the operators come after the graph
    for end in range(graph_end):
        assert with_phoneme_lengths(model[:end]) == model[:end]
