"""Files are opened as they were published, or not at all."""

from pathlib import Path

import pytest

from audiobook.errors import OutputMismatch
from audiobook.files import digest
from audiobook.publish.publication import PublicFile
from audiobook.web.holdings import Holdings


def listed(data: bytes, *, made: bool) -> PublicFile:
    return PublicFile(len(data), digest(data), "audio/mpeg", made)


@pytest.fixture
def holdings(tmp_path: Path) -> Holdings:
    for name in ("site", "output"):
        (tmp_path / name).mkdir()
    (tmp_path / "site" / "made").write_bytes(b"made")
    (tmp_path / "output" / "built").write_bytes(b"built")
    files = {"made": listed(b"made", made=True), "built": listed(b"built", made=False)}
    return Holdings(files, tmp_path / "site", tmp_path / "output")


def content(holdings: Holdings, path: str) -> bytes | None:
    opened = holdings.open(path)
    if opened is None:
        return None
    with opened.stream as stream:
        stream.seek(0)
        return stream.read()


def test_made_and_built_files_come_from_their_own_folders(holdings: Holdings) -> None:
    assert (content(holdings, "made"), content(holdings, "built")) == (b"made", b"built")


def test_a_changed_file_of_the_same_length_is_found_by_its_digest(holdings: Holdings, tmp_path: Path) -> None:
    assert content(holdings, "made") == b"made"
    (tmp_path / "site" / "made").write_bytes(b"fake")
    for _ in range(2):
        with pytest.raises(OutputMismatch, match="made: changed since it was published"):
            holdings.open("made")
    (tmp_path / "site" / "made").unlink()
    assert content(holdings, "made") is None


def test_a_new_list_keeps_only_verifications_that_still_apply(holdings: Holdings, tmp_path: Path) -> None:
    assert content(holdings, "built") == b"built"
    (tmp_path / "site" / "made").write_bytes(b"new!")
    other = holdings.replaced({**holdings.files, "made": listed(b"new!", made=True)})
    assert other.version() != holdings.version()
    assert (content(other, "made"), content(other, "built")) == (b"new!", b"built")
    with pytest.raises(OutputMismatch):
        holdings.open("made")
    changed = other.replaced({**other.files, "built": listed(b"later", made=False)})
    with pytest.raises(OutputMismatch):
        changed.open("built")


def test_an_unlisted_path_is_never_opened(holdings: Holdings) -> None:
    with pytest.raises(KeyError):
        holdings.open("../output/built")


def test_a_link_is_refused_even_if_it_leads_to_the_same_bytes(holdings: Holdings, tmp_path: Path) -> None:
    (tmp_path / "site" / "made").unlink()
    (tmp_path / "elsewhere").write_bytes(b"made")
    (tmp_path / "site" / "made").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OutputMismatch, match="is a link"):
        holdings.open("made")
    (tmp_path / "site" / "made").unlink()
    (tmp_path / "site" / "made").symlink_to("made")
    with pytest.raises(OutputMismatch):
        holdings.open("made")
