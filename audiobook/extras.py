"""Commands that install packages, for the way in which the program itself was installed.

They must not get into an output, because they depend on the computer.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

DISTRIBUTION: Final = "audiobook-press"
_OF_PIPX: Final = "pipx_metadata.json"
_OF_UV: Final = "uv-receipt.toml"


def install_command(extra: str, prefix: str = sys.prefix) -> str:
    """Return the command that adds an extra.

    Args:
        extra: Name of the extra, such as `piper`.
        prefix: Folder of the environment that the program runs in.
    """
    return f'{_pip_install(prefix)} "{DISTRIBUTION}[{extra}]"'


def reinstall_command(package: str, prefix: str = sys.prefix) -> str:
    """Return the command that installs a damaged package again.

    Args:
        package: Name of the distribution.
        prefix: Folder of the environment that the program runs in.
    """
    return f"{_pip_install(prefix)} --force-reinstall {package}"


def _pip_install(prefix: str) -> str:
    """Return the first words of the command; `pip` alone would miss the environments of pipx and uv."""
    if Path(prefix, _OF_PIPX).is_file():
        return f"pipx runpip {Path(prefix).name} install"
    if Path(prefix, _OF_UV).is_file():
        return f'uv pip install --python "{prefix}"'
    return "pip install"
