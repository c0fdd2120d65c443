"""A tiny Piper voice with known output: a different tone for each phoneme."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from piper.phoneme_ids import DEFAULT_PHONEME_ID_MAP
from tiny_network import node

HOP: Final = 64
BASE_HOPS: Final = 8
"""Length of a phoneme at normal speed, in hops."""
LANGUAGES: Final = {
    "en": "en_US",
    "fi": "fi_FI",
    "pl": "pl_PL",
    "lv": "lv_LV",
    "id": "id_ID",
    "sl": "sl_SI",
    "ja": "ja_JP",
    "ar": "ar_JO",
}


def _constant(name: str, value: Any) -> onnx.TensorProto:
    array = np.asarray(value)
    # NumPy 1 makes the product of a float32 and a number of Python a float64.
    return numpy_helper.from_array(array.astype(np.float32) if array.dtype == np.float64 else array, name)


@cache
def model_bytes(
    *,
    aligned: bool = True,
    rate_hz: int = 22050,
    level: float = 0.4,
    speakers: int = 1,
    rounding: str = "Ceil",
) -> bytes:
    """Return a network that plays phoneme `i` at 100 + 40 * i Hz with noise, for `BASE_HOPS` hops times the length scale.

    Args:
        aligned: Whether its outputs include the length of each phoneme.
        rate_hz: Sample rate.
        level: Level of the tones; full scale is 1.0.
        speakers: Number of speakers; with more than one, it has an input for the speaker.
        rounding: The operator that rounds lengths.
    """
    circle = np.float32(2 * np.pi / rate_hz)
    constants = [
        _constant("base", np.float32(BASE_HOPS)),
        _constant("first", np.int64(0)),
        _constant("second", np.int64(1)),
        _constant("one", np.array([1], np.int64)),
        _constant("hop", np.array([HOP], np.int64)),
        _constant("all", np.array([-1], np.int64)),
        _constant("column", np.array([-1, 1], np.int64)),
        _constant("three", np.array([1, 1, -1], np.int64)),
        _constant("step", 40 * circle),
        _constant("lowest", 100 * circle),
        _constant("level", np.float32(level)),
        _constant("hiss", np.float32(0.02)),
    ]
    steps = [
        ("Gather", "scales first", "noise_scale"),
        ("Gather", "scales second", "length_scale"),
        ("Mul", "base length_scale", "width"),
        ("Shape", "input", "shape"),
        ("Gather", "shape one", "count"),
        ("Concat", "one one count", "width_shape"),
        ("Expand", "width width_shape", "width_each"),
        (rounding, "width_each", "widths"),
        ("Reshape", "widths all", "widths_flat"),
        ("Gather", "widths_flat first", "hops"),
        ("Cast:int", "hops", "hops_each"),
        ("Mul", "hops_each hop", "samples_each"),
        ("Concat", "count samples_each", "grid"),
        ("Reshape", "input column", "ids_down"),
        ("Expand", "ids_down grid", "ids_spread"),
        ("Reshape", "ids_spread all", "ids"),
        ("Cast:float", "ids", "ids_real"),
        ("Mul", "ids_real step", "above"),
        ("Add", "above lowest", "pitch"),
        ("Shape", "ids", "length_1"),
        ("Squeeze", "length_1", "length"),
        ("Range", "first length second", "sample"),
        ("Cast:float", "sample", "sample_real"),
        ("Mul", "sample_real pitch", "phase"),
        ("Sin", "phase", "sine"),
        ("Mul", "sine level", "tone"),
        ("RandomNormalLike", "tone", "noise"),
        ("Mul", "noise hiss", "soft_noise"),
        ("Mul", "soft_noise noise_scale", "scaled_noise"),
        ("Add", "tone scaled_noise", "flat"),
        ("Reshape", "flat three", "output"),
    ]
    value = helper.make_tensor_value_info
    inputs = [
        value("input", TensorProto.INT64, [1, "n"]),
        value("input_lengths", TensorProto.INT64, [1]),
        value("scales", TensorProto.FLOAT, [3]),
    ]
    if speakers > 1:
        inputs.append(value("sid", TensorProto.INT64, [1]))
    outputs = [value("output", TensorProto.FLOAT, [1, 1, "t"])]
    if aligned:
        outputs.append(value("widths", TensorProto.FLOAT, [1, 1, "n"]))
    graph = helper.make_graph(
        [node(kind, given.split(), made) for kind, given, made in steps],
        "tiny",
        inputs,
        outputs,
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def config_bytes(code: str, *, rate_hz: int = 22050, quality: str = "medium", **more: Any) -> bytes:
    """Return the settings of a voice, as written by Piper training."""
    config = {
        "audio": {"sample_rate": rate_hz, "quality": quality},
        "espeak": {"voice": "en-us" if code == "en_US" else code.split("_")[0]},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_id_map": DEFAULT_PHONEME_ID_MAP,
        "num_symbols": 256,
        "num_speakers": 1,
        "hop_length": HOP,
        "language": {"code": code, "name_english": "Tinyish"},
        "dataset": "tiny",
    }
    return json.dumps(config | more).encode()


def install_tiny(folder: Path, name: str, model: bytes | None = None, **config: Any) -> Path:
    """Install a tiny voice into a folder, as `audiobook voices install` does, and return the path of its model."""
    folder.mkdir(parents=True, exist_ok=True)
    code, _, quality = name.partition("-tiny-")
    path = folder / f"{name}.onnx"
    path.write_bytes(model_bytes() if model is None else model)
    (folder / f"{name}.onnx.json").write_bytes(config_bytes(code, quality=quality, **config))
    (folder / f"{name}.MODEL_CARD").write_text("# Tiny\n\nLicence: CC0\n", "utf-8")
    return path


def install_all(folder: Path) -> None:
    """Put a tiny voice for each language into a folder."""
    model = model_bytes()
    for code in LANGUAGES.values():
        install_tiny(folder, f"{code}-tiny-medium", model)
