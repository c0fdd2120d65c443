"""Estimates of the time needed to make clips, as text for the user."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import msgspec

from audiobook.book.script import SpokenPassage
from audiobook.clips.key import Speaker
from audiobook.pipeline.chapters.parts import speech_length_s
from audiobook.pipeline.voices.choosing import Parallel
from audiobook.pipeline.voices.speaking_speed import estimated_wait
from audiobook.report.base import counted
from audiobook.report.pace import about


class SpeechToMake(msgspec.Struct):
    """The clips that have to be made, and the length of their speech.

    Attributes:
        clips: Number of clips.
        length_s: Length of the clips of each voice in seconds, estimated from the text and the speed of the voice.
    """

    clips: int = 0
    length_s: dict[Speaker, float] = msgspec.field(default_factory=lambda: defaultdict(float))

    def add(self, passage: SpokenPassage) -> None:
        """Count the clip of a passage; call it once for each clip."""
        self.clips += 1
        length_s = sum(speech_length_s(sentence.text) for sentence in passage.passage.sentences)
        self.length_s[passage.speaker] += length_s / passage.speaker.speed

    def wait_in_words(self, parallel: Parallel | None) -> str:
        """Return about how long it takes to make the clips; see `wait_text`."""
        return wait_text(self.length_s, self.clips, parallel)


def to_do_in_words(unmade: int, others: int, verb: str) -> str:
    """Return what has to be done with clips: "91 clips to make and 1 to encode", "5 clips to encode".

    Args:
        unmade: Number of clips that must be spoken.
        others: Number of clips that are there, and must be encoded or listened to.
        verb: What is done with these.
    """
    if not others:
        return f"{counted(unmade, 'clip')} to make"
    return (
        f"{counted(unmade, 'clip')} to make and {others} to {verb}"
        if unmade
        else f"{counted(others, 'clip')} to {verb}"
    )


def wait_text(speech_s: Mapping[Speaker, float], clips: int, parallel: Parallel | None) -> str:
    """Return an estimate of the time needed to make clips, such as "about 12 s"; empty for no clips.

    If the speed of a voice on this computer is not known, the length of the speech is returned instead:
    "about 3 min of speech".

    Args:
        speech_s: Length of the speech of each voice, in seconds.
        clips: Number of clips.
        parallel: Number of clips that are made at the same time; None if the time cannot be estimated, as on a cluster.
    """
    if not clips:
        return ""
    wait = estimated_wait(speech_s, clips, parallel.clips) if parallel else None
    if wait is None:
        return f"{about(sum(speech_s.values()))} of speech"
    return about(wait.length_s, is_rough=wait.is_rough)
