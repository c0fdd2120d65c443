"""SFTP that only connects to servers with a known host key."""

from __future__ import annotations

import logging
from typing import Final

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem

_PATIENCE_S: Final = 30.0
logging.getLogger("paramiko").addHandler(logging.NullHandler())
"""Failures are reported as our own errors. Without this, Python would also print paramiko's log and tracebacks."""


class KnownHostsOnly(SFTPFileSystem):  # type: ignore[misc]
    """An SFTP file system that rejects servers missing from `~/.ssh/known_hosts`; fsspec's own accepts them."""

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
