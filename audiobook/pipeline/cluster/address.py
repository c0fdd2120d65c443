"""The cluster that a build uses, and whether the text may be sent there."""

from __future__ import annotations

import os
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import msgspec

from audiobook.engines.network.server import is_loopback
from audiobook.errors import EngineMissing, SettingsError, UsageError
from audiobook.extras import install_command
from audiobook.pipeline.agreements import agree, is_agreed
from audiobook.places import configuration_folder, shown_address
from audiobook.settings import Settings
from audiobook.toml import parse_toml

FILE_NAME: Final = "cluster.toml"
_SECURE: Final = "tls"
_SCHEMES: Final = ("tcp", _SECURE)
_USUAL_PORT: Final = 8786
_MOST_BYTES: Final = 1 << 20
_EXAMPLE: Final = "for example: --cluster tls://scheduler.example.org:8786"


class Certificates(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The files named in `cluster.toml`, with which this computer and the cluster verify each other.

    Attributes:
        ca: Path of the certificate of the authority that signed the cluster's certificates.
        certificate: Path of this computer's certificate.
        key: Path of the private key for this computer's certificate.
    """

    ca: str
    certificate: str
    key: str


class Cluster(msgspec.Struct, frozen=True):
    """The cluster of a build.

    Attributes:
        address: Full address of the scheduler, such as `tls://host:8786`.
        certificates: The certificates; None for an unencrypted scheduler on this computer.
        skips: Whether workers that would make different sound are left out. If not, they stop the build.
    """

    address: str
    certificates: Certificates | None
    skips: bool


def chosen_cluster(settings: Settings) -> Cluster | None:
    """Return the cluster named in the settings; None for a build on this computer alone.

    Raises:
        UsageError: The address is invalid, the text would be sent unencrypted, only the project names the cluster, or
            another option does not work with a cluster.
        EngineMissing: The extra `cluster` is not installed.
        SettingsError: The certificates are missing or invalid.
    """
    if not settings.cluster:
        if settings.skip_workers:
            raise UsageError("--skip-workers needs --cluster", hint=_EXAMPLE)
        return None
    address, is_secure = _address(settings.cluster)
    _require_agreement(settings, address)
    if find_spec("distributed") is None:
        raise EngineMissing("--cluster needs Dask", hint=f"install it: {install_command('cluster')}")
    if settings.listen.on_build:
        raise UsageError(
            "--cluster and --listen exclude each other",
            hint="build first, then listen to the clips: audiobook check --listen",
        )
    return Cluster(address, _certificates() if is_secure else None, settings.skip_workers)


def _address(given: str) -> tuple[str, bool]:
    """Return the full address of a scheduler, and whether the connection is encrypted."""
    host, port, scheme = "", None, ""
    with suppress(ValueError):
        parts = urlsplit(given)
        host, port, scheme = parts.hostname or "", parts.port, parts.scheme
        if parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
            host = ""
    if scheme not in _SCHEMES or not host or not given.isprintable() or " " in given:
        raise UsageError(f"“{shown_address(given)}” is not the address of a Dask scheduler", hint=_EXAMPLE)
    if scheme != _SECURE and not is_loopback(host):
        raise UsageError(
            f"the text is not sent unencrypted to {host}",
            hint=f"start the cluster with certificates, name them in {configuration_folder() / FILE_NAME}, "
            f"and use {_SECURE}://{host}:{port or _USUAL_PORT}",
        )
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}:{port or _USUAL_PORT}", scheme == _SECURE


def _require_agreement(settings: Settings, address: str) -> None:
    """Refuse a cluster that only the project names, because a project may come from a stranger."""
    what = f"cluster: {address}"
    if settings.asked_cluster == settings.cluster:
        agree(what)
    elif not is_agreed(what):
        raise UsageError(
            f"the settings of the project send the text to the cluster {address}, to which you have not agreed yet",
            hint=f"if you agree, name it once: audiobook build --cluster {address}",
        )


def _certificates() -> Certificates:
    """Return the certificates in the user's `cluster.toml`. A project cannot name certificates."""
    path = configuration_folder() / FILE_NAME
    where = os.fspath(path)
    try:
        with open(path, "rb") as stream:
            text = stream.read(_MOST_BYTES).decode("utf-8-sig")
    except OSError as error:
        raise SettingsError(
            f"cannot be read: {error.strerror}",
            where=where,
            hint="write into it: ca, certificate and key, each the full path of a PEM file",
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError("is not UTF-8", where=where, hint="save it as UTF-8") from error
    try:
        found = msgspec.convert(parse_toml(text, where, SettingsError), Certificates)
    except msgspec.ValidationError as error:
        raise SettingsError(
            "must have ca, certificate and key, each the path of a PEM file", where=where
        ) from error
    files = {name: Path(getattr(found, name)).expanduser() for name in Certificates.__struct_fields__}
    for name, file in files.items():
        if not file.is_absolute():
            raise SettingsError(f"{name} must be a full path, not “{file}”", where=where)
        try:
            file.read_bytes()
        except OSError as error:
            raise SettingsError(f"{name}: {file} cannot be read: {error.strerror}", where=where) from error
    return Certificates(**{name: os.fspath(file) for name, file in files.items()})
