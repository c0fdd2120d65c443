"""The packages that a neural engine needs, which its extra installs."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version

from audiobook.errors import EngineMissing


@lru_cache(maxsize=8)
def needed_version(package: str, engine: str) -> str:
    """Return the version of a package that an engine needs.

    Args:
        package: Name of the distribution, such as `onnxruntime`.
        engine: Name of the engine and of its extra.

    Raises:
        EngineMissing: The package is not installed.
    """
    try:
        return version(package)
    except PackageNotFoundError as error:
        raise EngineMissing(
            f"the engine “{engine}” needs {package}", hint=f'pip install "audiobook-press[{engine}]"'
        ) from error
