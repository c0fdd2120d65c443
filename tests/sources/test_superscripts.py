"""Raised characters: note marks, verse numbers, powers, fractions and parts of words, by the text around them."""

import pytest

from audiobook.document import Kind, Paragraph, Saying
from audiobook.sources.japanese_readings import without_readings
from audiobook.sources.superscripts import Raised, meaning, without_note_marks

ROWS = """
in 1945|5| and|NOTE
of 1990.|12| It|NOTE
cost $200|3| each|NOTE
il coûte 200 €|3| et|NOTE
the 100%|4| rate|NOTE
said so.|1,2| And|NOTE
again,|3–5| and|NOTE
and|a| more|NOTE
more.|ii||NOTE
wall|[24]| stood|NOTE
says|(25)| he|NOTE
he.|*26| The|NOTE
end.|†| And|NOTE
said I|5| and|NOTE
(who came late)|7| was|NOTE
on January 10|5| he|NOTE
NATO|4| was|NOTE
мир|5| и|NOTE
彼は来た|3|。|NOTE
1.234,5|6| euros|NOTE
słów|3| roku|NOTE
word |5| word|NOTE
ratio was 10|6| to 1|POWER
i.e. 10|−3| and|POWER
and 2|10|. Area|POWER
3|2| = 9|POWER
(a+b)|2| =|POWER
Area 50 km|2|.|POWER
E = mc|2|.|POWER
x|2| + y|POWER
2|n| bits|POWER
f|(n)| is|POWER
sin|2| x|POWER
the 20|th| century|TEXT
M|me| Curie|TEXT
1.|a| ed|TEXT
n|o| 5|TEXT
XX|e| siècle|TEXT
Cap|t| Smith|TEXT
the |14|C dating|TEXT
3|1|/2|FRACTION
|1|In the|VERSE
heaven. |2|And|VERSE"""


def test_the_text_around_raised_characters_decides_their_meaning() -> None:
    rows = [row.split("|") for row in ROWS.strip().split("\n")]
    wrong = [(row, found.name) for row in rows if (found := meaning(row[0], row[1], row[2])).name != row[3]]
    assert not wrong
    assert meaning("on page 2", "7", " he", is_next=True) is Raised.NOTE


def test_raised_characters_of_a_plain_text_are_left_out_if_they_are_note_marks() -> None:
    text = "In 1945⁵ it cost $200³, 10⁶ or 5 m². Fin.²³ The x² and y."
    paragraph, removed = without_note_marks(Paragraph(text, Kind.TEXT, ((0, 1), (text.index("Fin"), 2))))
    assert paragraph.text == "In 1945 it cost $200, 10⁶ or 5 m². Fin. The x² and y."
    assert (removed, paragraph.line_of(paragraph.text.index("Fin"))) == (4, 2)
    assert paragraph.line_of(paragraph.text.index("Fin") - 1) == 1


@pytest.mark.parametrize("prefer", [False, True])
def test_a_reading_behind_a_japanese_word_is_said_once(prefer: bool) -> None:
    written = Paragraph(
        "憂鬱《ゆううつ》な｜東京タワー《とうきょうタワー》と憂鬱（ゆううつ）。（注）", Kind.TEXT
    )
    paragraph, removed = without_readings(written, prefer=prefer)
    assert (paragraph.text, removed) == ("憂鬱な東京タワーと憂鬱。（注）", 23)
    sayings = [Saying(0, 2, "ゆううつ"), Saying(3, 8, "とうきょうタワー"), Saying(9, 11, "ゆううつ")]
    assert paragraph.sayings == (tuple(sayings) if prefer else ())
