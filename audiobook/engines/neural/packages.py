"""The packages required by a neural engine, which its extra installs."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from audiobook.errors import EngineMissing
from audiobook.extras import install_command

_BUILDS: Final = {"onnxruntime": ("gpu", "directml", "openvino", "rocm", "migraphx")}
"""Packages with several builds, each with the suffixes of the other builds' names."""


@lru_cache(maxsize=8)
def needed_version(package: str, engine: str) -> str:
    """Return the name and version of a package that an engine needs, or of another build of it.

    Args:
        package: Name of the distribution, such as `onnxruntime`.
        engine: Name of the engine and of its extra.

    Raises:
        EngineMissing: The package is not installed.
    """
    # Another build replaces the files of the usual one, whose metadata may still be installed.
    for name in (*(f"{package}-{build}" for build in _BUILDS.get(package, ())), package):
        with suppress(PackageNotFoundError):
            return f"{name} {version(name)}"
    raise EngineMissing(
        f"the engine “{engine}” needs {package}", hint=f"install it: {install_command(engine)}"
    )
