"""What calculates a network: the processor, or another device for which onnxruntime has an execution provider.

Source: onnxruntime documentation, "Execution Providers".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from audiobook.engines.base import Option
from audiobook.errors import EngineMissing

PROCESSOR: Final = "cpu"
AUTO: Final = "auto"
_GPU: Final = "gpu"
_SUFFIX: Final = "ExecutionProvider"
_PROVIDERS: Final = ("CUDA", "MIGraphX", "ROCM", "Dml", "CoreML", "OpenVINO")
"""The providers for other devices, the preferred one first, without their common suffix."""


def wanted_device(engine: str, options: Mapping[str, Option]) -> str:
    """Return the option `device`: `cpu`, `auto` or `gpu`.

    Raises:
        EngineMissing: It is something else.
    """
    device = options.get("device", PROCESSOR)
    if device not in (PROCESSOR, AUTO, _GPU):
        raise EngineMissing(f"[engines.{engine}] device must be one of {PROCESSOR}, {AUTO}, {_GPU}")
    return str(device)


def available_providers() -> list[str]:
    """Return the providers of this installation of onnxruntime for other devices than the processor, the best first."""
    import onnxruntime  # 0.1 s, only needed if a device is chosen

    there = onnxruntime.get_available_providers()
    return [provider for provider in _PROVIDERS if provider + _SUFFIX in there]


def providers_of(device: str) -> list[str]:
    """Return the names of the providers for a device, in onnxruntime's order of preference.

    Args:
        device: One of `available_providers()`; empty for the processor.
    """
    return [*([device + _SUFFIX] if device else []), f"CPU{_SUFFIX}"]


def no_device(engine: str) -> EngineMissing:
    """Return the error for the option `device = "gpu"` where there is none."""
    return EngineMissing(
        f"[engines.{engine}] device is “{_GPU}”, but this onnxruntime supports none",
        hint="replace onnxruntime with onnxruntime-gpu, onnxruntime-directml or another build for your device, "
        f'or set device = "{AUTO}"',
    )
