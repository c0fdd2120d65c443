"""Any exception of a third-party file system becomes one of our errors, without secrets."""

from typing import Any

import fsspec
import pytest
from fsspec import AbstractFileSystem

from audiobook.errors import AudiobookError, EngineMissing, StorageError, UsageError
from audiobook.publish.upload.remote_folder import RemoteFolder

PASSWORD = "pass-word"
SECRET = "very-secret-key"


class Leaky(AbstractFileSystem):  # type: ignore[misc]
    """A file system that raises a given exception."""

    protocol = "leaky"
    failure: Exception = OSError()

    def find(self, *_: Any, **__: Any) -> dict[str, Any]:
        raise self.failure

    cat_file = rm_file = info = open = pipe_file = find


@pytest.fixture(autouse=True)
def leaky(monkeypatch: pytest.MonkeyPatch) -> None:
    fsspec.register_implementation("leaky", Leaky, clobber=True)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)


class NoCredentialsError(Exception):
    """Has the name of botocore's exception."""


class SSHException(Exception):
    """Has the name of paramiko's exception."""


def attempts(remote: RemoteFolder) -> list[Any]:
    def write() -> None:
        with remote.writing("a", 1, {}) as stream:
            stream.write(b"x")

    return [remote.tags, lambda: remote.tag("a"), lambda: remote.read("a"), lambda: remote.remove("a"), write]


@pytest.mark.parametrize(
    ("failure", "kind", "said"),
    [
        (PermissionError(13, "no"), StorageError, "access denied"),
        (NoCredentialsError(), StorageError, "no credentials found"),
        (SSHException("banner"), StorageError, "banner"),
        (KeyError("x"), StorageError, "x"),
        (RuntimeError("first line\nsecond line"), StorageError, "first line"),
        (TimeoutError(), StorageError, "TimeoutError"),
        (NotImplementedError(), UsageError, "does not support uploads"),
        (ImportError("no such"), EngineMissing, "needs a package"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_every_exception_becomes_one_of_our_errors(
    failure: Exception, kind: type[AudiobookError], said: str
) -> None:
    Leaky.failure = failure
    for attempt in attempts(RemoteFolder("leaky://host/books")):
        with pytest.raises(kind) as raised:
            attempt()
        assert said in raised.value.message
        assert "second line" not in str(raised.value)
        assert raised.value.__cause__ is failure


def test_missing_files_are_not_an_error() -> None:
    Leaky.failure = FileNotFoundError(2, "no")
    remote = RemoteFolder("leaky://host/books")
    assert (remote.tags(), remote.read("a")) == ({}, None)


def test_secrets_are_removed_from_messages() -> None:
    Leaky.failure = RuntimeError(f"could not use {PASSWORD} with {SECRET}")
    remote = RemoteFolder(f"leaky://somebody:{PASSWORD}@host/books")
    for attempt in attempts(remote):
        with pytest.raises(StorageError) as raised:
            attempt()
        shown = f"{raised.value} {raised.value.hint} {remote.shown}"
        assert PASSWORD not in shown
        assert SECRET not in shown
        assert "could not use …" in shown


def test_a_long_message_is_cut() -> None:
    Leaky.failure = RuntimeError("x" * 100_000)
    with pytest.raises(StorageError) as raised:
        RemoteFolder("leaky://host/books").tags()
    assert len(str(raised.value)) < 400
