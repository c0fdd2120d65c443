"""Errors of the system and of damaged packages, in words."""

import sys
from importlib import import_module
from pathlib import Path

import pytest

from audiobook.extras import reinstall_command
from audiobook.system.refusals import system_refusal

MISSING = "libavcodec.so.61: cannot open shared object file: No such file or directory"
FORBIDDEN = "x.so: failed to map segment from shared object: Operation not permitted"
FULL = "x.so: failed to map segment from shared object"


def test_a_package_that_cannot_be_loaded_is_named_and_memory_is_blamed_only_if_it_is_too_small(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "av"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)  # a file that changes twice in a second
    told: dict[str, str | None] = {}
    for code in (f"raise ImportError({MISSING!r})", f"raise ImportError({FORBIDDEN!r})", "import no_such",
                 f"raise ImportError({FULL!r})"):  # fmt: skip
        (tmp_path / "av.py").write_text(code, "utf-8")
        with pytest.raises(ImportError) as caught:
            import_module("av")
        error = system_refusal(caught.value)
        assert error
        told[error.message] = error.hint
    reinstall = f"reinstall it: {reinstall_command('av')}"
    assert told == {
        f"av cannot be loaded: {MISSING}": reinstall,
        f"av cannot be loaded: {FORBIDDEN}": reinstall,
        "av cannot be loaded: No module named 'no_such'": reinstall,
        f"a library cannot be loaded: {FULL}": "allow more memory (ulimit -v), or use fewer processes: --jobs 1",
    }


def test_a_module_of_no_package_sends_to_the_doctor() -> None:
    error = system_refusal(ImportError("no_such.so is damaged"))
    assert error
    assert error.hint == "find out what is damaged: audiobook doctor"
