"""An SFTP server (paramiko's) on the loopback that serves a folder; run as a separate process.

Prints its port and its key, as `known_hosts` has it. Its only user is `reader`, with the password `a secret`.
"""

import os
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import paramiko

USER, PASSWORD = "reader", "a-secret"


class _Door(paramiko.ServerInterface):  # type: ignore[misc]
    def check_auth_password(self, username: str, password: str) -> int:
        is_known = (username, password) == (USER, PASSWORD)
        return int(paramiko.AUTH_SUCCESSFUL if is_known else paramiko.AUTH_FAILED)

    def get_allowed_auths(self, username: str) -> str:
        return "password"

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return int(paramiko.OPEN_SUCCEEDED)


class _Handle(paramiko.SFTPHandle):  # type: ignore[misc]
    def stat(self) -> paramiko.SFTPAttributes:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))


class _Files(paramiko.SFTPServerInterface):  # type: ignore[misc]
    root = Path()

    def _at(self, path: str) -> Path:
        return self.root / str(self.canonicalize(path)).lstrip("/")

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        try:
            return [
                paramiko.SFTPAttributes.from_stat(entry.stat(), entry.name)
                for entry in self._at(path).iterdir()
            ]
        except OSError as error:
            return int(paramiko.SFTPServer.convert_errno(error.errno))

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        try:
            return paramiko.SFTPAttributes.from_stat(self._at(path).stat())
        except OSError as error:
            return int(paramiko.SFTPServer.convert_errno(error.errno))

    lstat = stat

    def open(self, path: str, flags: int, attr: object) -> paramiko.SFTPHandle | int:
        try:
            descriptor = os.open(self._at(path), flags, 0o644)
        except OSError as error:
            return int(paramiko.SFTPServer.convert_errno(error.errno))
        handle = _Handle(flags)
        stream = os.fdopen(descriptor, "rb" if flags & 3 == os.O_RDONLY else "wb")
        handle.readfile = handle.writefile = stream
        return handle

    def remove(self, path: str) -> int:
        return self._done(self._at(path).unlink)

    def rename(self, oldpath: str, newpath: str) -> int:
        return self._done(lambda: self._at(oldpath).rename(self._at(newpath)))

    posix_rename = rename

    def mkdir(self, path: str, attr: object) -> int:
        return self._done(self._at(path).mkdir)

    def _done(self, act: Callable[[], object]) -> int:
        try:
            act()
        except OSError as error:
            return int(paramiko.SFTPServer.convert_errno(error.errno))
        return int(paramiko.SFTP_OK)


def serve(connection: socket.socket, key: paramiko.PKey) -> None:
    transport = paramiko.Transport(connection)
    transport.add_server_key(key)
    transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files)
    transport.start_server(server=_Door())


def main() -> None:
    _Files.root = Path(sys.argv[1])
    key = paramiko.ECDSAKey.generate()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        sys.stdout.write(f"{port} [127.0.0.1]:{port} {key.get_name()} {key.get_base64()}\n")
        sys.stdout.flush()
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0], key), daemon=True).start()


if __name__ == "__main__":
    main()
