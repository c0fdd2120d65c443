"""What making clips costs: how long it will take, or how much speech it is, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from audiobook.book.script import SpokenPassage
from audiobook.clips.key import Speaker
from audiobook.pipeline.chapters.parts import speech_length_s
from audiobook.pipeline.voices.choosing import Parallel
from audiobook.pipeline.voices.speaking_speed import wait_for
from audiobook.report.pace import about


def wait_in_words(passages: Iterable[SpokenPassage], parallel: Parallel | None) -> str:
    """Return about how long it takes to make the clips of passages; see `told_wait`.

    Args:
        passages: The passages, each once.
        parallel: How many clips are made at the same time.
    """
    speech_s: dict[Speaker, float] = defaultdict(float)
    clips = 0
    for passage in passages:
        clips += 1
        length_s = sum(speech_length_s(sentence.text) for sentence in passage.passage.sentences)
        speech_s[passage.speaker] += length_s / passage.speaker.speed
    return told_wait(speech_s, clips, parallel)


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
