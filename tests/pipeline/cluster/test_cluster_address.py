"""Which cluster a build may use: its address, its certificates, and the agreement of the user."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from audiobook.errors import AudiobookError, EngineMissing, SettingsError, UsageError
from audiobook.pipeline.cluster.address import Certificates, chosen_cluster
from audiobook.settings import Settings, load_settings

pytestmark = pytest.mark.skipif(find_spec("distributed") is None, reason="the extra `cluster`")


@pytest.fixture(autouse=True)
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The configuration folder of the user."""
    folder = tmp_path / "mine"
    folder.mkdir()
    monkeypatch.setenv("AUDIOBOOK_CONFIG", str(folder))
    return folder


def flagged(address: str) -> Settings:
    return load_settings(None, {"cluster": address}, {})


def test_without_encryption_only_a_scheduler_on_this_computer_is_used() -> None:
    for given, full in {
        "tcp://127.0.0.1:9": "tcp://127.0.0.1:9",
        "tcp://localhost": "tcp://localhost:8786",
        "tcp://[::1]:5": "tcp://[::1]:5",
    }.items():
        cluster = chosen_cluster(flagged(given))
        assert cluster
        assert (cluster.address, cluster.certificates) == (full, None)
    for given in ("tcp://10.0.0.7:8786", "tcp://scheduler:8786", "tcp://0.0.0.0:1", "tcp://[fe80::1]:1"):
        with pytest.raises(UsageError, match="not sent unencrypted"):
            chosen_cluster(flagged(given))


@pytest.mark.parametrize(
    "given",
    ["scheduler:8786", "http://localhost:8786", "tcp://", "tcp://localhost:x", "tls://a/b", "ucx://h:1",
     "tcp://user:secret@localhost:1", "tcp://local host:1", "tcp://localhost:1?a=b", "tcp://[::1:1"],
)  # fmt: skip
def test_other_addresses_are_refused_without_their_secrets(given: str) -> None:
    with pytest.raises(UsageError, match="not the address of a Dask scheduler") as refused:
        chosen_cluster(flagged(given))
    assert "secret" not in str(refused.value)


def test_certificates_are_those_of_the_user(mine: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read") as missing:
        chosen_cluster(flagged("tls://host"))
    assert "ca, certificate and key" in (missing.value.hint or "")
    files = {name: tmp_path / f"{name}.pem" for name in ("ca", "certificate", "key")}
    lines = [f'{name} = "{path}"\n' for name, path in files.items()]
    for wrong, message in {
        "".join(lines[:2]): "must have ca, certificate and key",
        "".join(lines) + 'other = "x"': "must have ca",
        "".join(lines): "ca: .* cannot be read",
        "".join(lines).replace(str(files["ca"]), "ca.pem"): "must be a full path",
        "ca = [": "cluster.toml",
    }.items():
        (mine / "cluster.toml").write_text(wrong, "utf-8")
        with pytest.raises(SettingsError, match=message) as refused:
            chosen_cluster(flagged("tls://host"))
        assert str(mine / "cluster.toml") in str(refused.value)
    for path in files.values():
        path.write_bytes(b"")
    (mine / "cluster.toml").write_text("".join(lines), "utf-8")
    cluster = chosen_cluster(flagged("tls://host"))
    assert cluster
    assert cluster.certificates == Certificates(*map(str, files.values()))


def test_a_project_alone_sends_no_text_to_a_cluster(tmp_path: Path) -> None:
    address = "tcp://127.0.0.1:8786"
    (tmp_path / "audiobook.toml").write_text(f'cluster = "{address}"\n', "utf-8")
    alone = load_settings(tmp_path, {}, {})
    with pytest.raises(UsageError, match="to which you have not agreed yet"):
        chosen_cluster(alone)
    with pytest.raises(UsageError, match="agreed"):  # another one was named
        chosen_cluster(flagged("tcp://127.0.0.1:1")), chosen_cluster(alone)
    assert chosen_cluster(load_settings(tmp_path, {}, {"AUDIOBOOK_CLUSTER": address}))
    assert chosen_cluster(alone), "agreed once"
    (tmp_path / "audiobook.toml").write_text('asked_cluster = "tcp://127.0.0.1:8786"\n', "utf-8")
    with pytest.raises(SettingsError, match="unknown setting “asked_cluster”"):
        load_settings(tmp_path, {}, {})


def test_options_that_cannot_be_combined_are_refused() -> None:
    for settings, message in (
        (flagged("tcp://localhost").listening(), "exclude each other"),
        (load_settings(None, {"skip_workers": True}, {}), "needs --cluster"),
    ):
        with pytest.raises(AudiobookError, match=message):
            chosen_cluster(settings)
    assert chosen_cluster(Settings()) is None


def test_a_missing_extra_is_named_before_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(EngineMissing, match="needs Dask") as refused:
        chosen_cluster(flagged("tcp://localhost"))
    assert refused.value.hint == 'install it: pip install "audiobook-press[cluster]"'
