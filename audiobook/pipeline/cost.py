"""What making clips costs: how long it will take, or how much speech it is, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from audiobook.book.script import SpokenPassage
from audiobook.clips.key import Speaker
from audiobook.pipeline.chapters.parts import speech_length_s
from audiobook.pipeline.voices.choosing import Parallel
from audiobook.pipeline.voices.speaking_speed import wait_for
from audiobook.report.pace import about


@dataclass(slots=True)
class SpeechToMake:
    """The speech of clips that have to be made.

    Attributes:
        clips: Number of clips.
        length_s: Their length by voice, in seconds, estimated from the text.
    """

    clips: int = 0
    length_s: dict[Speaker, float] = field(default_factory=lambda: defaultdict(float))

    def add(self, passage: SpokenPassage) -> None:
        """Count the clip of a passage, which was not counted before."""
        self.clips += 1
        length_s = sum(speech_length_s(sentence.text) for sentence in passage.passage.sentences)
        self.length_s[passage.speaker] += length_s / passage.speaker.speed

    def wait_in_words(self, parallel: Parallel | None) -> str:
        """Return about how long it takes to make the clips; see `told_wait`."""
        return told_wait(self.length_s, self.clips, parallel)


def told_wait(speech_s: Mapping[Speaker, float], clips: int, parallel: Parallel | None) -> str:
    """Return about how long it takes to make clips, such as "about 12 s"; empty if there are none.

    If a voice has never spoken on this computer, that is not known, and the length of the speech is returned:
    "about 3 min of speech".

    Args:
        speech_s: Length of their speech by its voice, in seconds.
        clips: Number of clips.
        parallel: How many of them are made at the same time; None if that says nothing about the time, as on a cluster.
    """
    if not clips:
        return ""
    wait = wait_for(speech_s, clips, parallel.clips) if parallel else None
    if wait is None:
        return f"{about(sum(speech_s.values()))} of speech"
    return about(wait.length_s, is_rough=wait.is_rough)
