"""SFTP that only connects to servers whose host key is known."""

from __future__ import annotations

import logging
from typing import Final

import paramiko
from fsspec.implementations.sftp import SFTPFileSystem

_TIMEOUT_S: Final = 30.0
# Failures are reported as our own errors. Without a handler, Python would also print paramiko's warnings and tracebacks.
logging.getLogger("paramiko").addHandler(logging.NullHandler())


class KnownHostsOnly(SFTPFileSystem):  # type: ignore[misc]
    """An SFTP file system that rejects servers missing from `~/.ssh/known_hosts`, which fsspec's own would accept."""

    def _connect(self) -> None:
        self.client = paramiko.SSHClient()
        self.client.load_system_host_keys()
        self.client.set_missing_host_key_policy(paramiko.RejectPolicy())
        self.client.connect(
            self.host,
            timeout=_TIMEOUT_S,
            banner_timeout=_TIMEOUT_S,
            auth_timeout=_TIMEOUT_S,
            **self.ssh_kwargs,
        )
        self.ftp = self.client.open_sftp()
