"""onnxruntime reports nothing to its maker."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

LOADING = """
from onnx import TensorProto, helper
from audiobook.engines.neural.session import network

one = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("x", "y")]
graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "g", one[:1], one[1:])
model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 13)])
network(model.SerializeToString())
"""


def test_a_network_leaves_no_identifier_and_no_reports(tmp_path: Path) -> None:
    # Only these: telemetry is off anyway where variables reveal tests or a build server.
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}
    subprocess.run([sys.executable, "-c", LOADING], check=True, env=environment)
    assert not list(tmp_path.rglob("*"))
