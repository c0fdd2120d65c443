"""The chapter list for podcast apps."""

import json

from audiobook.publish.works.chapter_list import chapter_list
from audiobook.publish.works.shelf import ShelvedChapter

CHAPTERS = (
    ShelvedChapter("Alku “ja” <b>", 1, 5.0, 6.0005),
    ShelvedChapter("Loppu", 2, 6.0005, 7.25),
)


def test_times_are_floats_that_ascend_from_the_first_chapter() -> None:
    found = json.loads(chapter_list("Kirja", ("Aino", "Eino"), CHAPTERS))
    assert found == {
        "version": "1.2.0",
        "title": "Kirja",
        "author": "Aino, Eino",
        "chapters": [
            {"startTime": 0.0, "endTime": 1.0, "title": "Alku “ja” <b>"},
            {"startTime": 1.0, "endTime": 2.25, "title": "Loppu"},
        ],
    }
    assert all(isinstance(each["startTime"], float) for each in found["chapters"])
