"""`make corpus`: one row for each file of a folder, in one format after another."""

from pathlib import Path

import pytest

from bench.corpus import files_in, measured, row

pytest.importorskip("resource", reason="memory is measured on Unix only")


def test_a_corpus_has_a_row_for_each_file_that_has_a_reader_and_says_what_failed(tmp_path: Path) -> None:
    notes = "Ann left.[1]\n\n[1] In May.\n"
    (tmp_path / "novels").mkdir()
    (tmp_path / "novels" / "one.md").write_text(f"# One\n\n## First\n\n{notes}\n## Sec|ond\n\nBo stayed.\n")
    (tmp_path / "broken.epub").write_bytes(b"PK")
    (tmp_path / "picture.gif").write_bytes(b"GIF")
    files = files_in(tmp_path)
    assert [path.name for path in files] == ["broken.epub", "one.md"]
    broken, novel = (row(path, tmp_path, measured(path)) for path in files)
    assert broken[:2] == ("broken.epub", "epub")
    assert broken[4].startswith("error: broken.epub: ")
    assert novel[:4] == ("novels/one.md", "md", "2", "marked")
    assert float(novel[5]) >= 0
    assert int(novel[6]) > 1
