"""Make a network report how long each phoneme lasts.

Every network calculates these lengths, but few output them. They can be identified: in Piper, they are the only values
that are rounded up, and in Kokoro, the only ones that are rounded and then limited.

`piper.patch_voice_with_alignment` adds them as an output with the package `onnx`, which needs memory for several copies
of the model. Here, the definition of the output is appended to the bytes of the model. That is valid, because Protocol
Buffers merges an embedded message that occurs twice.

Source: ONNX, `onnx/onnx.proto3`; Protocol Buffers, "Encoding", sections "Message Structure" and "Last One Wins".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_GRAPH: Final = 7
"""Field of `ModelProto`."""
_NODE: Final = 1
_OUTPUT: Final = 12
"""Fields of `GraphProto`."""
_NODE_INPUT: Final = 1
_NODE_OUTPUT: Final = 2
_OP_TYPE: Final = 4
"""Fields of `NodeProto`."""
_NAME: Final = 1
"""Field of `ValueInfoProto`."""
_LIMITING: Final = (b"Clip", b"Max")
_WIDTHS: Final = {1: 8, 5: 4}
"""Size in bytes of values with a fixed length, by wire type."""
_VARINT: Final = 0
_DELIMITED: Final = 2


def with_phoneme_lengths(model: bytes) -> bytes:
    """Return a model with an additional last output: the length of each phoneme.

    Args:
        model: A serialised `ModelProto`.

    Returns:
        The model with this output; the same bytes if it already has more than one output, or if the lengths cannot be
        identified.
    """
    try:
        outputs, rounded = _outputs_and_rounded(memoryview(model))
    except (IndexError, ValueError):
        return model  # loading it gives a better error message
    if outputs != 1 or len(rounded) != 1:
        return model
    value = _field(_NAME, rounded.pop())
    return model + _field(_GRAPH, _field(_OUTPUT, value))


def _outputs_and_rounded(model: memoryview) -> tuple[int, set[bytes]]:
    """Return the number of outputs of a model, and the names of the values that it rounds up, or rounds and limits."""
    outputs = 0
    rounded: dict[bytes, set[bytes]] = {b"Ceil": set(), b"Round": set()}
    limited: list[tuple[bytes, bytes]] = []
    for graph in _embedded(model, _GRAPH):
        outputs += sum(1 for _ in _embedded(graph, _OUTPUT))
        for node in _embedded(graph, _NODE):
            kind = next((bytes(name) for name in _embedded(node, _OP_TYPE)), b"")
            if kind in rounded:
                rounded[kind].update(bytes(name) for name in _embedded(node, _NODE_OUTPUT))
            elif kind in _LIMITING:
                inputs = [bytes(name) for name in _embedded(node, _NODE_INPUT)]
                limited += (
                    (value, bytes(name)) for name in _embedded(node, _NODE_OUTPUT) for value in inputs
                )
    return outputs, rounded[b"Ceil"] or {name for value, name in limited if value in rounded[b"Round"]}


def _embedded(message: memoryview, wanted: int) -> Iterator[memoryview]:
    """Yield the values of a field that contains strings or messages.

    Args:
        message: The encoded message that has the field.
        wanted: Number of the field.

    Raises:
        IndexError: The message is truncated.
        ValueError: The bytes are not a message.
    """
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        field, kind = tag >> 3, tag & 7
        if kind == _DELIMITED:
            length, at = _varint(message, at)
            if at + length > len(message):
                raise IndexError
            if field == wanted:
                yield message[at : at + length]
            at += length
        elif kind == _VARINT:
            _, at = _varint(message, at)
        elif kind in _WIDTHS:
            at += _WIDTHS[kind]
        else:
            raise ValueError


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """Return a variable-length number (base 128, lowest digit first), and the index after it."""
    value = 0
    for shift in range(0, 70, 7):
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise ValueError


def _field(number: int, value: bytes) -> bytes:
    """Return an encoded field that contains a string or a message."""
    return _encoded_varint(number << 3 | _DELIMITED) + _encoded_varint(len(value)) + value


def _encoded_varint(value: int) -> bytes:
    digits = bytearray()
    while value > 0x7F:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    digits.append(value)
    return bytes(digits)
