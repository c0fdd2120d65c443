"""A sound that cannot be the speech of its text is refused, however the text is written."""

from __future__ import annotations

import pytest
from tools import accepts

from audiobook.audio.pcm import Pcm
from audiobook.engines.plausibility import require_plausible
from audiobook.errors import SpeechError

RATE_HZ = 24_000


def sound(length_s: float) -> Pcm:
    return Pcm(b"\x00\x20\x00\xe0" * round(length_s * RATE_HZ / 2), RATE_HZ)


@pytest.mark.parametrize(
    "text", ["Another one follows below.", "9 8 7 6 5 4 3 2 1 0.", "٩ ٨ ٧ ٦ ٥ ٤ ٣ ٢ ١ ٠"]
)
def test_a_sound_is_too_short_for_letters_and_for_numbers(text: str) -> None:
    with pytest.raises(SpeechError, match=f"too short for {len(text)} characters"):
        require_plausible(sound(0.26), text)
    assert accepts(lambda: require_plausible(sound(1.0), text))


@pytest.mark.parametrize("text", ["1000000000000000000000", "7", "A", "…", "No."])
def test_a_long_number_may_be_said_in_a_short_time(text: str) -> None:
    assert accepts(lambda: require_plausible(sound(0.26), text))
