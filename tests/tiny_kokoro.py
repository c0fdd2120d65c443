"""A tiny network with the inputs and outputs of Kokoro, and known output: a different tone for each symbol."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tiny_network import node

HOP: Final = 200
"""Samples of one frame, the unit of lengths."""
RATE_HZ: Final = 24000
FRAMES: Final = 6.3
"""Length of a symbol at normal speed, before it is rounded."""
NAMES: Final = (
    "af_bella",
    "af_heart",
    "bm_george",
    "em_alex",
    "ff_siwis",
    "hf_alpha",
    "if_sara",
    "jf_alpha",
    "pf_dora",
    "zf_xiaoxiao",
)
_ROWS: Final = 510
_WIDTH: Final = 256


def _constant(name: str, value: Any) -> onnx.TensorProto:
    array = np.asarray(value)
    # NumPy 1 makes the product of a float32 and a number of Python a float64.
    return numpy_helper.from_array(array.astype(np.float32) if array.dtype == np.float64 else array, name)


def network_bytes(*, level: float = 0.4, rounding: str = "Round", tokens: str = "tokens") -> bytes:
    """Return a network that plays symbol `i` at 100 + 10 * i Hz, higher by the first number of the style.

    Args:
        level: Level of the tones; full scale is 1.0.
        rounding: The operator that rounds lengths.
        tokens: Name of the input for the symbols.
    """
    circle = np.float32(2 * np.pi / RATE_HZ)
    constants = [
        _constant("base", np.float32(FRAMES)),
        _constant("first", np.int64(0)),
        _constant("second", np.int64(1)),
        _constant("one", np.array([1], np.int64)),
        _constant("least", np.float32(1)),
        _constant("hop", np.array([HOP], np.int64)),
        _constant("all", np.array([-1], np.int64)),
        _constant("column", np.array([-1, 1], np.int64)),
        _constant("step", 10 * circle),
        _constant("lowest", 100 * circle),
        _constant("level", np.float32(level)),
    ]
    steps = [
        ("Shape", tokens, "shape"),
        ("Div", "base speed", "width"),
        ("Expand", "width shape", "width_each"),
        (rounding, "width_each", "rounded"),
        ("Clip", "rounded least", "widths"),
        ("Gather", "widths first", "widths_flat"),
        ("Gather", "widths_flat first", "frames"),
        ("Cast:int", "frames", "frames_each"),
        ("Mul", "frames_each hop", "samples_each"),
        ("Gather", "shape one", "count"),
        ("Concat", "count samples_each", "grid"),
        ("Reshape", f"{tokens} column", "ids_down"),
        ("Expand", "ids_down grid", "ids_spread"),
        ("Reshape", "ids_spread all", "ids"),
        ("Cast:float", "ids", "ids_real"),
        ("Reshape", "style all", "style_flat"),
        ("Gather", "style_flat first", "higher"),
        ("Add", "ids_real higher", "ids_higher"),
        ("Mul", "ids_higher step", "above"),
        ("Add", "above lowest", "pitch"),
        ("Shape", "ids", "length_1"),
        ("Squeeze", "length_1", "length"),
        ("Range", "first length second", "sample"),
        ("Cast:float", "sample", "sample_real"),
        ("Mul", "sample_real pitch", "phase"),
        ("Sin", "phase", "sine"),
        ("Mul", "sine level", "audio"),
    ]
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [node(kind, given.split(), made) for kind, given, made in steps],
        "tiny",
        [
            value(tokens, TensorProto.INT64, [1, "n"]),
            value("style", TensorProto.FLOAT, [1, _WIDTH]),
            value("speed", TensorProto.FLOAT, [1]),
        ],
        [value("audio", TensorProto.FLOAT, ["t"])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def install_tiny_kokoro(folder: Path, model: bytes | None = None, *, precision: str = "full") -> Path:
    """Install a tiny Kokoro into a voices folder, and return the path of its network."""
    here = folder / "kokoro"
    here.mkdir(parents=True, exist_ok=True)
    path = here / {"full": "kokoro-v1.0.onnx", "int8": "kokoro-v1.0.int8.onnx"}[precision]
    path.write_bytes(network_bytes() if model is None else model)
    styles = {
        name: np.full((_ROWS, 1, _WIDTH), number, np.float32) for number, name in enumerate((*NAMES, "x_y"))
    }
    np.savez(here / "styles.npz", **styles)  # type: ignore[arg-type]
    (here / "styles.npz").rename(here / "voices-v1.0.bin")
    return path
