"""Texts are read ahead in the order of their plans; those of works that are left out do not get in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from audiobook.engines.isolation import SPAWN_VARIABLE
from audiobook.files import Spool
from audiobook.pipeline.planning.staleness import plan_edition
from audiobook.pipeline.project import Project
from audiobook.pipeline.scripts.reading_ahead import TextsAhead
from audiobook.pipeline.texts.catalog import find_texts
from audiobook.pipeline.voices.choosing import Voices
from audiobook.settings import Settings

SETTINGS = Settings(engine="tone")


@pytest.mark.parametrize("spawns", [False, True], ids=["in a fork", "without a fork"])
def test_texts_of_works_that_are_left_out_are_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spawns: bool
) -> None:
    if spawns:
        monkeypatch.setenv(SPAWN_VARIABLE, "1")
    texts = {"a": "# A\n\nText.\n", "b": "...\n", "c": "# C\n\nText.\n", "d": "# D\n\nText.\n"}
    for name, text in texts.items():
        path = tmp_path / "texts" / "en" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    project = Project.at(tmp_path, SETTINGS)
    voices = Voices(SETTINGS, project.store)
    editions = find_texts(tmp_path / "texts").editions
    plans = [plan_edition(edition, SETTINGS, voices, project) for edition in editions]
    with Spool(tmp_path) as spool, TextsAhead(plans, spool) as ahead:
        wanted = [ahead.plans[0], ahead.plans[3]]  # nothing in the second can be read aloud
        found = [ahead.text(plan, "en") for plan in wanted]
    assert [text.work.title for text in found] == ["A", "D"]
