"""SFTP to servers whose keys are known, and no others."""

from __future__ import annotations

import logging
from typing import Final

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem

_PATIENCE_S: Final = 30.0
logging.getLogger("paramiko").addHandler(logging.NullHandler())
"""What fails is told as an error of ours; without this, Python would print paramiko's own log and tracebacks too."""


class KnownHostsOnly(SFTPFileSystem):  # type: ignore[misc]
    """fsspec's SFTP believes any server that it does not know; this one believes `~/.ssh/known_hosts`."""

    def _connect(self) -> None:
        self.client = paramiko.SSHClient()
        self.client.load_system_host_keys()
        self.client.set_missing_host_key_policy(paramiko.RejectPolicy())
        self.client.connect(
            self.host,
            timeout=_PATIENCE_S,
            banner_timeout=_PATIENCE_S,
            auth_timeout=_PATIENCE_S,
            **self.ssh_kwargs,
        )
        self.ftp = self.client.open_sftp()
