"""The destinations of a project are remembered for that project, without passwords."""

from __future__ import annotations

from pathlib import Path

import pytest

from audiobook.pipeline.agreements import agree
from audiobook.pipeline.destinations import known, remember


def test_destinations_are_remembered_for_one_project_and_never_with_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDIOBOOK_CONFIG", str(tmp_path / "config"))
    mine, other = tmp_path / "mine", tmp_path / "mine: publication sent to x"
    for place in ("s3://bucket/books", "sftp://me@host/books", "s3://bucket/books", str(tmp_path / "ä\nb")):
        remember(mine, place)
    for secret in ("sftp://me:word@host/books", "sftp://:w@host/x"):
        remember(mine, secret)
    agree("openai: https://example.org")
    assert known(mine) == ["s3://bucket/books", "sftp://me@host/books", str(tmp_path / "ä\nb")]
    assert known(other) == []
    assert b"word" not in (tmp_path / "config" / "agreed.txt").read_bytes()
