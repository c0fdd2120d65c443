"""Values kept in a spool."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.errors import StorageError
from audiobook.files import Spool


@given(values=st.lists(st.binary(max_size=40)))
def test_values_come_back_in_any_order(values: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    with Spool(tmp_path_factory.getbasetemp()) as spool:
        places = [spool.add(value) for value in values]
        assert [spool.get(place) for place in reversed(places)] == values[::-1]
        assert spool.get(spool.add(b"later")) == b"later"
        assert [spool.get(place) for place in places] == values


def test_large_values_are_on_the_disk_without_a_name(tmp_path: Path) -> None:
    with Spool(tmp_path) as spool:
        places = [spool.add(bytes([number]) * (5 << 20)) for number in range(4)]
        assert [spool.get(place)[0] for place in places] == [0, 1, 2, 3]
        assert list(tmp_path.iterdir()) == []


def test_a_refusal_of_the_disk_is_told(tmp_path: Path) -> None:
    with Spool(tmp_path / "nowhere") as spool, pytest.raises(StorageError, match="writing failed"):
        spool.add(bytes(9 << 20))
