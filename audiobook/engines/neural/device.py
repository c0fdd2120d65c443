"""The device that runs a network: the processor, or another one for which onnxruntime has an execution provider.

Source: onnxruntime documentation, "Execution Providers".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from audiobook.engines.base import Option
from audiobook.errors import EngineMissing, alternatives, meant

PROCESSOR: Final = "cpu"
AUTO: Final = "auto"
_GPU: Final = "gpu"
_DEVICES: Final = (PROCESSOR, AUTO, _GPU)
_SUFFIX: Final = "ExecutionProvider"
_PROVIDERS: Final = ("CUDA", "MIGraphX", "ROCM", "Dml", "CoreML", "OpenVINO")
"""Execution providers for other devices, without their common suffix; the preferred one comes first."""


def wanted_device(engine: str, options: Mapping[str, Option]) -> str:
    """Return the value of the option `device`: `cpu`, `auto` or `gpu`.

    Raises:
        EngineMissing: The option has another value.
    """
    device = options.get("device", PROCESSOR)
    if device not in _DEVICES:
        raise EngineMissing(
            f"[engines.{engine}] device must be {alternatives(_DEVICES)}", hint=meant(str(device), _DEVICES)
        )
    return str(device)


def available_providers() -> list[str]:
    """Return the installed onnxruntime's providers for devices other than the processor; the preferred one comes first."""
    import onnxruntime  # 0.1 s, only needed if a device is chosen

    installed = onnxruntime.get_available_providers()
    return [provider for provider in _PROVIDERS if provider + _SUFFIX in installed]


def providers_of(device: str) -> list[str]:
    """Return the full names of the providers to use for a device; the preferred one comes first.

    Args:
        device: One of `available_providers()`; empty for the processor.
    """
    return [*([device + _SUFFIX] if device else []), f"CPU{_SUFFIX}"]


def no_device(engine: str) -> EngineMissing:
    """Return the error for `device = "gpu"` if onnxruntime supports no GPU."""
    return EngineMissing(
        f"[engines.{engine}] device is “{_GPU}”, but this onnxruntime supports none",
        hint="replace onnxruntime with onnxruntime-gpu, onnxruntime-directml or another build for your device, "
        f'or set device = "{AUTO}"',
    )
