"""Loading a network with onnxruntime, so that forked processes can use it and all give the same results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from audiobook.engines.neural.device import providers_of

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_SEED: Final = 1
"""Seed for the random noise that voices add, so that it is the same in every process."""
_QUIET: Final = 4
"""onnxruntime's level for fatal errors only."""


def network(model: bytes, device: str = "") -> InferenceSession:
    """Return a loaded network that uses one core, so that results do not depend on the number of cores.

    It starts no threads, because threads do not survive a fork.

    Args:
        model: A serialised `ModelProto`.
        device: One of `available_providers()`; empty for the processor.

    Raises:
        Exception: The bytes are not a model, or the device cannot be used. onnxruntime raises many kinds of exceptions.
    """
    import onnxruntime

    onnxruntime.set_seed(_SEED)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    options.log_severity_level = _QUIET
    providers = providers_of(device)
    session = onnxruntime.InferenceSession(model, sess_options=options, providers=providers)
    if session.get_providers()[0] != providers[0]:
        raise RuntimeError(f"onnxruntime could not load {providers[0]}")  # it uses the processor instead
    session._model_bytes = None  # as large as the network itself, and only needed to change providers
    return session
