"""What the tiny networks of the tests are built from."""

from __future__ import annotations

import onnx
from onnx import TensorProto, helper


def node(kind: str, given: list[str], made: str) -> onnx.NodeProto:
    """Return an operation by its name, with the kind of number after a colon for those that convert."""
    name, _, kind_of_number = kind.partition(":")
    if kind_of_number:
        to = TensorProto.INT64 if kind_of_number == "int" else TensorProto.FLOAT
        return helper.make_node(name, given, [made], to=to)
    if name in ("Gather", "Concat"):
        return helper.make_node(name, given, [made], axis=0)
    return helper.make_node(name, given, [made])
