"""Every byte of a publication is checked, and every mismatch is reported with its remedy."""

import hashlib
import os
from pathlib import Path

from audiobook.errors import OutputMismatch
from audiobook.publish.publication import FILE_NAME, Publication, PublicFile, publication_pieces
from audiobook.publish.works.intact import check_publication

PICTURE = "en/podcast-0123abcd.jpg"
CONTENTS = {"en/one.mp3": b"a book", "index.html": b"a page", PICTURE: b"a picture"}
AGAIN = "publish it again: audiobook publish"
REMEDIES = {
    "en/one.mp3": "build and publish again: audiobook build, then audiobook publish",
    "index.html": AGAIN,
    PICTURE: f"remove it and {AGAIN}",
}


def publish(folder: Path) -> None:
    files = {}
    for path, data in CONTENTS.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
        design = "d" * 64 if path == PICTURE else ""
        digest = hashlib.sha256(data).hexdigest()
        files[path] = PublicFile(len(data), digest, "text/plain", path != "en/one.mp3", design)
    (folder / FILE_NAME).write_bytes(b"".join(publication_pieces(Publication(files=files))))


def found(folder: Path) -> list[tuple[str | None, str, str | None]]:
    return [(one.where, one.message, one.hint) for one in check_publication(folder)]


def test_an_intact_publication_or_none_has_no_mismatches(tmp_path: Path) -> None:
    assert found(tmp_path) == []
    publish(tmp_path)
    assert found(tmp_path) == []


def test_each_missing_file_is_reported_with_its_remedy(tmp_path: Path) -> None:
    publish(tmp_path)
    for path in CONTENTS:
        (tmp_path / path).unlink()
    assert [(where, hint) for where, _, hint in found(tmp_path)] == list(REMEDIES.items())
    assert {message for _, message, _ in found(tmp_path)} == {"was published but is missing"}


def test_links_folders_and_pipes_are_reported_like_other_mismatches(tmp_path: Path) -> None:
    publish(tmp_path)
    for path in CONTENTS:
        (tmp_path / path).replace(tmp_path / "elsewhere")
    (tmp_path / "en/one.mp3").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "index.html").mkdir()
    os.mkfifo(tmp_path / PICTURE)
    message = "is not a regular file"
    assert found(tmp_path) == [(path, message, hint) for path, hint in REMEDIES.items()]


def test_each_file_that_differs_by_a_byte_is_reported_and_no_other(tmp_path: Path) -> None:
    publish(tmp_path)
    for path, data in CONTENTS.items():
        (tmp_path / path).write_bytes(data[:-1] + b"X")
        assert found(tmp_path) == [(path, "changed since it was published", REMEDIES[path])]
        (tmp_path / path).write_bytes(data)


def test_with_a_damaged_list_only_the_list_is_reported(tmp_path: Path) -> None:
    publish(tmp_path)
    (tmp_path / "index.html").unlink()
    (tmp_path / FILE_NAME).write_bytes(b"{")
    (error,) = check_publication(tmp_path)
    assert isinstance(error, OutputMismatch)
    assert error.where == FILE_NAME
