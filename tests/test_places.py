"""Folders and addresses given by users, and that no secret in them is ever shown.

The promises in Bytes and addresses of any kind give our own error; names and passwords stay unseen.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from audiobook.engines.network.server import base_url_of
from audiobook.errors import AudiobookError, StorageError, UsageError
from audiobook.places import folder_named, login_parts, shown_address, without
from audiobook.publish.address import base_address
from audiobook.publish.upload.address import upload_address
from audiobook.voicebank.install import Voicebank

WORDS = st.text("QXZJKV", min_size=5, max_size=9)
"""Parts of secrets that no address or message contains by chance."""
SECRETS = st.lists(WORDS, min_size=1, max_size=4).flatmap(
    lambda words: st.lists(
        st.sampled_from([*"/@:%?#&+ \\=;", "%2F", "://", "//", "é", "\n"]),
        min_size=len(words),
        max_size=len(words),
    ).map(
        lambda signs: "".join(word + sign for word, sign in zip(words, ["", *signs[1:]][::-1], strict=True))
    )
)
SCHEMES = st.sampled_from(["sftp", "ssh", "s3", "https", "http", "ftp", "file", "nosuch", "SFTP", "memory"])
FORMS = st.sampled_from(
    [
        "{scheme}://{user}:{secret}@host/books",
        "{scheme}://{user}:{secret}@host:22/books",
        "{scheme}://{user}:{secret}@host",
        "{scheme}://{user}:{secret}@host/books/a@b",
        "{scheme}://{secret}@host/books",
        "{scheme}://:{secret}@[::1]:22/books",
        "{scheme}:/{user}:{secret}@host/books",
        "{user}:{secret}@host:/books",
        "{scheme}://host/books?password={secret}",
        "{scheme}://host/books#{secret}",
        "{scheme}://{user}:{secret}",
        "  {scheme}://{user}:{secret}@host/books",
        "{scheme}:\\\\{user}:{secret}@host",
    ]
)


def parts_of(secret: str) -> list[str]:
    return re.findall("[QXZJKV]{5,}", secret)


def seen(secret: str, text: str) -> bool:
    return any(part in text for part in (secret, quote(secret, safe=""), *parts_of(secret)))


def everything_said(given: str) -> str:
    """Return everything that any part of the program prints about an address."""
    said = [shown_address(given)]

    def voices(address: str) -> None:
        Voicebank(Path("/nowhere"), address)._require_good_address()

    asked: tuple[Callable[[str], object], ...] = (
        upload_address,
        base_address,
        folder_named,
        base_url_of,
        voices,
    )
    for ask in asked:
        try:
            result = ask(given)
        except AudiobookError as error:
            said += [str(error), error.hint or "", repr(error.args)]
        else:
            said += [repr(result)] if ask is not folder_named else []
    return "\n".join(said)


@pytest.mark.exhaustive
@pytest.mark.slow
@settings(deadline=None, max_examples=400)
@given(secret=SECRETS, scheme=SCHEMES, form=FORMS, user=st.sampled_from(["user", "us/er", ""]))
def test_no_part_of_a_secret_in_an_address_is_shown(secret: str, scheme: str, form: str, user: str) -> None:
    address = form.format(scheme=scheme, secret=secret, user=user)
    if "@" not in form:  # after a slash there, a path cannot be distinguished from a secret
        assume("?" in form or "#" in form or (user != "us/er" and not set(secret) & set("/\\?#@")))
    if form.startswith("{scheme}://{secret}@") and ":" not in secret:
        assume("/" not in secret and "\\" not in secret)  # https://host/path@like-this is a valid address
    assert not seen(secret, everything_said(address))


@pytest.mark.slow
@given(secret=SECRETS, form=FORMS)
def test_a_secret_in_a_foreign_message_is_not_repeated(secret: str, form: str) -> None:
    address = form.format(scheme="sftp", secret=secret, user="user")
    assume("@host" in address or "@[" in address)
    for told in (secret, quote(secret), quote(secret, safe=""), *parts_of(secret)):
        assert not seen(secret, without(f"cannot use ‘{told}’ there", login_parts(address)))


def test_a_short_password_cannot_be_inferred() -> None:
    assert without("the reason is abc", login_parts("sftp://me:a@host/x")) == ""
    assert without("the reason is bcd", login_parts("sftp://someone:a@host/x")) == ""
    assert without("no route", login_parts("sftp://someone:a@host/x")) == "no route"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("s3://bucket/books", "s3://bucket/books"),
        ("sftp://host:2222/srv/books", "sftp://host:2222/srv/books"),
        ("sftp://me:p/w@d@host/srv", "sftp://…@host/srv"),
        ("sftp://me:p?w@host/srv", "sftp://…"),
        ("https://example.org/v?key=a@b", "https://…"),
        ("sftp://[::1]:22/srv", "sftp://[::1]:22/srv"),
        ("https://example.org/v?key=1#x", "https://example.org/v?…"),
        ("https://user:secret", "https://user:…"),
        ("books/me@home", "books/me@home"),
        ("/srv/b\x1b[31m", "/srv/b�[31m"),
    ],
)
def test_the_rest_of_an_address_is_shown(given: str, shown: str) -> None:
    assert shown_address(given) == shown


REFUSED = {
    "": "empty",
    "  ": "empty",
    "/": "root of the file system",
    "//": "Windows",
    "-": "is not a folder",
    " x": "is not a folder",
    "/..": "root of the file system",
    "//host/x": "Windows",
    "\\\\host\\x": "Windows",
    "C:\\x": "Windows",
    "C:/x": "Windows",
    "s3:/bucket/x": "not a folder on this computer",
    "s3:bucket": "not a folder on this computer",
    "me@host:books": "not a folder on this computer",
    "host:/srv/books": "not a folder on this computer",
    "file:/srv": "not a folder on this computer",
    "a\0b": "cannot be a folder",
    "~nobody-of-this-name/x": "is not known",
    "memory://x": "unsupported destination: memory://",
    "local://x": "unsupported destination: local://",
    "http://example.org/x": "unsupported destination: http://",
    "https://example.org/x": "unsupported destination: https://",
    "data://x": "unsupported destination: data://",
    "github://a:b@x/y": "unsupported destination: github://",
    "nosuch://x/y": "unsupported destination: nosuch://",
    "filecache::s3://b/x": "not a folder on this computer",
    "s3://": "does not name a bucket",
    "s3:///x": "does not name a bucket",
    "s3://key:secret@bucket/x": "must not contain a user name",
    "s3://bucket/../x": "is not an absolute path",
    "s3://bucket/x?version=1": "must not have a query",
    "sftp://host": "does not name a folder",
    "sftp://host/": "does not name a folder",
    "sftp:///srv": "does not name a host",
    "sftp://host/~/x": "is not an absolute path",
    "sftp://host:no/srv": "is not a valid address",
    "sftp://me:p/w@host/srv": "is not a valid address",
    "sftp://ho st/srv": "does not name a host",
    "sftp://host/a\nb": "is not a valid address",
    "ftp://host": "does not name a folder",
    "file://": "not a folder on this computer",
    "file://host/srv": "not a folder on this computer",
    "file:///": "root of the file system",
    "file:///srv?x": "not a folder on this computer",
    "/etc/passwd": "/etc/passwd is a file, not a folder",
    "/etc/passwd/books": "/etc/passwd is a file, not a folder",
    "file:///etc/passwd": "/etc/passwd is a file, not a folder",
    "/dev/null": "not a folder",
}


@pytest.mark.skipif(os.name == "nt", reason="paths of Windows are folders there")
@pytest.mark.parametrize("given", REFUSED)
def test_an_invalid_destination_is_refused(given: str) -> None:
    with pytest.raises(UsageError) as caught:
        upload_address(given)
    assert REFUSED[given] in caught.value.message


def test_a_folder_is_expanded_like_in_a_shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for name, meant in [
        ("~", tmp_path),
        ("~/x", tmp_path / "x"),
        ("x", tmp_path / "x"),
        ("./s3:/x", tmp_path / "s3:/x"),
        ("x/~/y", tmp_path / "x/~/y"),
        ("x/a:b", tmp_path / "x/a:b"),
        (f"file://{tmp_path}/a%20b", tmp_path / "a b"),
        (f"file://localhost{tmp_path}/x", tmp_path / "x"),
    ]:
        assert upload_address(name).folder == meant
        assert upload_address(name).scheme == "file"


def test_a_broken_link_is_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "broken").symlink_to("nowhere")
    (tmp_path / "loop").symlink_to("loop")
    for name in ("broken", "loop", "loop/x"):
        with pytest.raises((UsageError, StorageError)):
            upload_address(str(tmp_path / name))


@settings(deadline=None)
@given(st.text(max_size=40) | st.builds("{}://{}".format, SCHEMES, st.text(max_size=30)))
def test_any_destination_is_a_place_or_one_of_our_errors(given: str) -> None:
    try:
        place = upload_address(given)
    except AudiobookError:
        return
    assert (place.folder is None) == (place.scheme != "file")
    assert place.folder is None or place.folder.is_absolute()
