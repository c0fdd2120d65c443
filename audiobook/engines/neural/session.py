"""A network loaded by onnxruntime, such that it can be used in forked processes with the same results everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from audiobook.engines.neural.device import providers_of

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_SEED: Final = 1
"""Voices add random noise; the same seed in every process makes it the same noise."""
_QUIET: Final = 4
"""onnxruntime's level for fatal errors only."""


def network(model: bytes, device: str = "") -> InferenceSession:
    """Load a network on one core, so that results do not depend on the number of cores.

    No threads are started, because they would not survive a fork.

    Args:
        model: A serialised `ModelProto`.
        device: One of `available_providers()`; empty for the processor.

    Raises:
        Exception: onnxruntime raises all kinds of errors for bytes that are not a model, and for devices.
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
        raise RuntimeError(f"onnxruntime could not load {providers[0]}")  # it falls back to the processor
    session._model_bytes = None  # only needed to switch processors, and as large as the network itself
    return session
