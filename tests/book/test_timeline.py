"""The timeline: clips and pauses in order, to the sample."""

from array import array
from itertools import accumulate, chain, pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audiobook.audio.mp3.frames import STITCH_DELAY_SAMPLES, frame_samples
from audiobook.audio.noise_floor import Floor
from audiobook.audio.pcm import samples_of
from audiobook.book.script import Script, SpokenChapter, SpokenParagraph, SpokenPassage
from audiobook.book.timeline import Stretch, Timeline, lay_out
from audiobook.clips.clip import ClipShape, Sound
from audiobook.clips.key import Speaker
from audiobook.document import Kind, Paragraph, Passage, Pause, Sentence
from audiobook.packed_list import MOST_UNPACKED, PackedList
from audiobook.settings import PauseSettings

RATE_HZ = 22050
STEP = 576
Shapes = dict[str, ClipShape]
NO_PAUSES = PauseSettings(0, 0, 0, 0, 0, 0, 0, 0)


def said(kind: Kind, *keys: str) -> SpokenParagraph:
    passage = Passage((Sentence("a", array("I", [0]), array("I", [1])),), "fi")
    speaker, sound = Speaker("tone", "tone 1", "tone", 1.0, 1.0, 1.0, RATE_HZ), Sound(350, 0.0, -1.0, 64, 7)
    passages = tuple(SpokenPassage(passage, key, speaker, sound) for key in keys)
    return SpokenParagraph(Paragraph("a", kind, ((0, 1),)), passages)


def chapter(*paragraphs: SpokenParagraph) -> SpokenChapter:
    return SpokenChapter("Luku", 1, paragraphs)


def title(key: str) -> SpokenParagraph:
    return said(Kind.TITLE, key)


def heading(key: str) -> SpokenParagraph:
    return said(Kind.HEADING, key)


def text(*keys: str) -> SpokenParagraph:
    return said(Kind.TEXT, *keys)


BREAK = said(Kind.BREAK)


def shape(frame_count: int, tail_samples: int = STITCH_DELAY_SAMPLES, rate_hz: int = RATE_HZ) -> ClipShape:
    """Return a clip that ends with `tail_samples` of silence."""
    return ClipShape(
        rate_hz, frame_count, frame_count * 208, frame_count * frame_samples(rate_hz) - tail_samples, ()
    )


def laid(*chapters: SpokenChapter, pauses: PauseSettings = NO_PAUSES, frame_count: int = 10) -> Timeline:
    return lay_out(Script("T", chapters), lambda _: shape(frame_count), pauses)


def gaps(timeline: Timeline, frame_count: int = 10) -> list[int]:
    """Return the silent frames before each clip and at the end, without the silence within the clips."""
    ends = [0, *(start // STEP + frame_count for start in timeline.passage_starts)]
    starts = [*(start // STEP for start in timeline.passage_starts), timeline.frame_count]
    return [start - end for end, start in zip(ends, starts, strict=True)]


def frames_for(length_ms: int, tail_samples: int = STITCH_DELAY_SAMPLES) -> int:
    return max(0, round((samples_of(length_ms, RATE_HZ) - tail_samples) / STEP))


def test_without_pauses_clips_follow_each_other() -> None:
    timeline = laid(chapter(text("a"), text("b")))
    assert list(timeline.stretches) == [Stretch("a", 10, 0), Stretch("b", 10, 5760)]
    assert list(timeline.passage_starts) == [0, 5760]
    assert (timeline.rate_hz, timeline.chapter_starts, timeline.frame_count) == (RATE_HZ, (0,), 20)
    assert timeline.length_samples == 20 * STEP - STITCH_DELAY_SAMPLES


def test_the_stretches_of_a_long_book_are_packed_and_are_those_of_its_clips_and_pauses() -> None:
    keys = [f"{number:064x}" for number in range(MOST_UNPACKED + 1)]
    pauses = PauseSettings(0, 0, 700, 0, 0, 0, 0, 0)
    shorter, timeline = (laid(chapter(*map(text, some)), pauses=pauses) for some in (keys[:-1], keys))
    assert isinstance(shorter.stretches, PackedList)
    assert isinstance(timeline.stretches, PackedList)
    assert (shorter.stretches.has_packed, timeline.stretches.has_packed) == (False, True)
    pause = frames_for(700)
    starts = [number * (10 + pause) * STEP for number in range(len(keys))]
    assert list(timeline.stretches) == [
        *chain.from_iterable(
            (Stretch(key, 10, start), Stretch(None, pause, start + 10 * STEP))
            for key, start in zip(keys[:-1], starts[:-1], strict=True)
        ),
        Stretch(keys[-1], 10, starts[-1]),
    ]
    assert list(timeline.passage_starts) == starts


def test_the_pause_at_the_start_is_silence_before_the_first_clip() -> None:
    timeline = laid(chapter(text("a")), pauses=PauseSettings(500, 0, 0, 0, 0, 0, 0, 0))
    assert list(timeline.stretches) == [Stretch(None, 19, 0), Stretch("a", 10, 19 * STEP)]
    assert timeline.chapter_starts == (0,)


def test_a_pause_is_rounded_to_whole_frames_and_the_first_one_has_no_clip_before_it() -> None:
    pauses = PauseSettings(36, 0, 0, 0, 0, 0, 0, 0)
    timeline = lay_out(Script("T", (chapter(text("a")),)), lambda _: shape(10, rate_hz=24000), pauses)
    assert timeline.stretches[0] == Stretch(None, 2, 0)  # 1.5 frames


def test_the_pause_at_the_end_is_silence_after_the_last_clip() -> None:
    timeline = laid(chapter(text("a")), pauses=PauseSettings(0, 0, 0, 0, 0, 0, 0, 1500))
    assert list(timeline.stretches) == [Stretch("a", 10, 0), Stretch(None, 56, 5760)]


def test_a_pause_has_the_noise_floor_of_the_voice_before_it_and_the_first_one_of_the_first_voice() -> None:
    floors = [Floor(-60.0, 0.5), Floor(-70.0, 0.5)]
    paragraphs = [
        msgspec.structs.replace(
            each,
            passages=tuple(
                msgspec.structs.replace(passage, sound=msgspec.structs.replace(passage.sound, floor=floor))
                for passage in each.passages
            ),
        )
        for each, floor in zip((text("a"), text("b")), floors, strict=True)
    ]
    timeline = laid(chapter(*paragraphs), pauses=PauseSettings(100, 0, 100, 0, 0, 0, 0, 100))
    found = [(stretch.key, stretch.floor) for stretch in timeline.stretches]
    assert found == [(None, floors[0]), ("a", None), (None, floors[0]), ("b", None), (None, floors[1])]


PAUSES = PauseSettings(
    start=500, sentence=300, paragraph=700, title=1200, heading=900, chapter=1800, scene=2500, end=1500
)


def pause_between(before: SpokenChapter, *after: SpokenChapter) -> int:
    """Return the number of silent frames before the last clip."""
    return gaps(laid(before, *after, pauses=PAUSES))[-2]


def test_each_kind_of_paragraph_is_followed_by_its_pause() -> None:
    assert pause_between(chapter(title("a"), text("b"))) == frames_for(1200)
    assert pause_between(chapter(heading("a"), text("b"))) == frames_for(900)
    assert pause_between(chapter(text("a"), text("b"))) == frames_for(700)


def test_passages_of_one_paragraph_are_separated_by_the_sentence_pause() -> None:
    assert pause_between(chapter(text("a", "b"))) == frames_for(300)


def test_a_chapter_that_begins_with_a_heading_has_a_longer_pause_before_it() -> None:
    assert pause_between(chapter(text("a")), chapter(heading("b"))) == frames_for(1800)
    assert pause_between(chapter(text("a")), chapter(text("b"))) == frames_for(700)


def test_a_heading_in_the_first_chapter_follows_the_title_after_its_pause() -> None:
    assert pause_between(chapter(title("a"), heading("b"))) == frames_for(1200)


def test_a_line_of_signs_is_a_longer_pause() -> None:
    assert pause_between(chapter(text("a"), BREAK, text("b"))) == frames_for(2500)
    assert pause_between(chapter(text("a"), BREAK, BREAK), chapter(text("b"))) == frames_for(2500)
    assert pause_between(chapter(text("a"), BREAK), chapter(heading("b"))) == frames_for(2500)


def test_a_line_of_signs_never_shortens_a_pause() -> None:
    short = PauseSettings(0, 0, 700, 0, 0, 0, 100, 0)
    timeline = laid(chapter(text("a"), BREAK, text("b")), pauses=short)
    assert gaps(timeline) == [0, frames_for(700), 0]


def test_signs_before_the_first_words_lengthen_the_start() -> None:
    timeline = laid(chapter(BREAK, text("a")), pauses=PAUSES)
    assert gaps(timeline)[0] == round(samples_of(2500, RATE_HZ) / STEP)
    assert timeline.chapter_starts == (0,)


def test_a_pause_shorter_than_the_silence_of_the_clip_before_adds_none() -> None:
    timeline = laid(chapter(text("a"), text("b")), pauses=PauseSettings(0, 0, 50, 0, 0, 0, 0, 0))
    assert gaps(timeline) == [0, 0, 0]


def test_chapters_begin_with_their_first_clip_and_the_first_one_with_the_file() -> None:
    timeline = laid(chapter(text("a")), chapter(text("b"), text("c")), chapter(heading("d")), pauses=PAUSES)
    assert timeline.chapter_starts == (0, timeline.passage_starts[1], timeline.passage_starts[3])


@pytest.mark.parametrize("rate_hz", [22050, 24000, 44100])
def test_the_rate_is_that_of_the_clips(rate_hz: int) -> None:
    script = Script("T", (chapter(text("a")),))
    timeline = lay_out(script, lambda _: shape(10, rate_hz=rate_hz), PAUSES)
    step = frame_samples(rate_hz)
    assert timeline.rate_hz == rate_hz
    assert list(timeline.passage_starts) == [round(rate_hz // 2 / step) * step]


KEYS = st.sampled_from("abcdefgh")
SPOKEN = st.builds(
    lambda kind, keys: said(kind, *(keys if kind is Kind.TEXT else keys[:1])),
    st.sampled_from([Kind.TEXT, Kind.TEXT, Kind.HEADING, Kind.TITLE]),
    st.lists(KEYS, min_size=1, max_size=3),
)
CHAPTERS = st.builds(
    lambda before, one, after: chapter(*before, one, *after),
    st.lists(st.just(BREAK), max_size=2),
    SPOKEN,
    st.lists(SPOKEN | st.just(BREAK), max_size=4),
)
SCRIPTS = st.lists(CHAPTERS, min_size=1, max_size=5).map(lambda chapters: Script("T", tuple(chapters)))
MS = st.integers(0, 4000)
ALL_PAUSES = st.builds(PauseSettings, *[MS] * 8)
SHAPES = st.sampled_from([8000, 22050, 24000, 44100]).flatmap(
    lambda rate_hz: st.fixed_dictionaries(
        {
            key: st.builds(shape, st.integers(4, 60), st.integers(1105, 2300), st.just(rate_hz))
            for key in "abcdefgh"
        }
    )
)


def asked_ms(script: Script, pauses: PauseSettings) -> list[int]:
    """Return the pause before each passage and at the end, as the settings define them."""
    after = {Kind.TITLE: pauses.title, Kind.HEADING: pauses.heading, Kind.TEXT: pauses.paragraph}
    asked: list[int] = []
    next_ms = pauses.start
    for part in script.chapters:
        is_first = True
        for paragraph in part.paragraphs:
            if not paragraph.passages:
                next_ms = max(next_ms, pauses.scene)
                continue
            if is_first and asked and paragraph.paragraph.kind is Kind.HEADING:
                next_ms = max(next_ms, pauses.chapter)
            is_first = False
            asked += [next_ms] + [pauses.sentence] * (len(paragraph.passages) - 1)
            next_ms = after[paragraph.paragraph.kind]
    return [*asked, pauses.end]


@pytest.mark.slow
@hypothesis_settings(max_examples=40)
@given(script=SCRIPTS, shapes=SHAPES, pauses=ALL_PAUSES)
def test_stretches_follow_each_other_without_a_gap(
    script: Script, shapes: Shapes, pauses: PauseSettings
) -> None:
    timeline = lay_out(script, shapes.__getitem__, pauses)
    step = frame_samples(timeline.rate_hz)
    counts = [stretch.frame_count for stretch in timeline.stretches]
    assert all(count > 0 for count in counts)
    assert [stretch.start_samples for stretch in timeline.stretches] == [
        frames * step for frames in [0, *accumulate(counts)][:-1]
    ]
    assert timeline.frame_count == sum(counts)
    assert timeline.length_samples == sum(counts) * step - STITCH_DELAY_SAMPLES


@pytest.mark.slow
@hypothesis_settings(max_examples=40)
@given(script=SCRIPTS, shapes=SHAPES, pauses=ALL_PAUSES)
def test_every_passage_appears_in_order_with_its_own_frames(
    script: Script, shapes: Shapes, pauses: PauseSettings
) -> None:
    timeline = lay_out(script, shapes.__getitem__, pauses)
    clips = [stretch for stretch in timeline.stretches if stretch.key is not None]
    assert [clip.key for clip in clips] == [passage.key for passage, _ in script.passages()]
    assert [clip.frame_count for clip in clips] == [shapes[clip.key or ""].frame_count for clip in clips]
    assert [clip.start_samples for clip in clips] == list(timeline.passage_starts)
    assert timeline.rate_hz == shapes["a"].rate_hz


@pytest.mark.slow
@hypothesis_settings(max_examples=40)
@given(script=SCRIPTS, shapes=SHAPES, pauses=ALL_PAUSES)
def test_chapters_begin_in_order_the_first_at_zero(
    script: Script, shapes: Shapes, pauses: PauseSettings
) -> None:
    timeline = lay_out(script, shapes.__getitem__, pauses)
    assert len(timeline.chapter_starts) == len(script.chapters)
    assert timeline.chapter_starts[0] == 0
    assert all(one < other for one, other in pairwise(timeline.chapter_starts))
    counts = [sum(len(paragraph.passages) for paragraph in part.paragraphs) for part in script.chapters]
    firsts = [0, *accumulate(counts)][1:-1]
    assert timeline.chapter_starts[1:] == tuple(timeline.passage_starts[first] for first in firsts)


@pytest.mark.slow
@hypothesis_settings(max_examples=80)
@given(script=SCRIPTS, shapes=SHAPES, pauses=ALL_PAUSES)
def test_every_pause_has_the_set_length_to_within_a_frame(
    script: Script, shapes: Shapes, pauses: PauseSettings
) -> None:
    timeline = lay_out(script, shapes.__getitem__, pauses)
    step = frame_samples(timeline.rate_hz)
    keys = [passage.key for passage, _ in script.passages()]
    quiet_from = [
        0,
        *(at + shapes[key].speech_samples for at, key in zip(timeline.passage_starts, keys, strict=True)),
    ]
    quiet_to = [*timeline.passage_starts, timeline.frame_count * step]
    tails = [0, *(shapes[key].length_samples - shapes[key].speech_samples for key in keys)]
    for start, end, tail, ms in zip(quiet_from, quiet_to, tails, asked_ms(script, pauses), strict=True):
        asked = samples_of(ms, timeline.rate_hz)
        if asked > tail:
            assert abs(end - start - asked) <= step
        else:
            assert end - start == tail


def test_a_sentence_that_continues_in_another_voice_has_no_pause_inside() -> None:
    pauses = PauseSettings(0, 1000, 0, 0, 0, 0, 0, 0)
    two = text("a", "b")
    first, second = two.passages
    joined = msgspec.structs.replace(second, passage=msgspec.structs.replace(second.passage, pause_ms=0))
    apart, together = (
        laid(chapter(msgspec.structs.replace(two, passages=passages)), pauses=pauses)
        for passages in ((first, second), (first, joined))
    )
    assert apart.passage_starts[1] > together.passage_starts[1]


def test_a_pause_that_the_text_asks_for_takes_the_place_of_the_usual_one() -> None:
    pauses = PauseSettings(0, 100, 700, 0, 0, 0, 0, 400)

    def silences(first: SpokenParagraph, second: SpokenParagraph) -> list[int]:
        """Return the frames of silence after the first paragraph and at the end."""
        timeline = laid(chapter(first, second), pauses=pauses)
        keys = [stretch.key for stretch in timeline.stretches]
        ends = (keys.index("b"), len(keys))
        return [
            sum(stretch.frame_count for stretch in timeline.stretches[at - 1 : at] if stretch.key is None)
            for at in ends
        ]

    def frames(length_ms: int) -> int:
        return round((samples_of(length_ms, RATE_HZ) - STITCH_DELAY_SAMPLES) / STEP)

    first, second = text("a"), text("b")
    inside, after = (
        msgspec.structs.replace(first, paragraph=msgspec.structs.replace(first.paragraph, pauses=(pause,)))
        for pause in (Pause(0, 2000), Pause(1, 2000))
    )
    passage = msgspec.structs.replace(second.passages[0].passage, pause_ms=3000)
    before = msgspec.structs.replace(
        second, passages=(msgspec.structs.replace(second.passages[0], passage=passage),)
    )
    at_end = msgspec.structs.replace(
        second, paragraph=msgspec.structs.replace(second.paragraph, pauses=(Pause(1, 0),))
    )
    assert silences(first, second) == silences(inside, second) == [frames(700), frames(400)]
    assert silences(after, second) == [frames(2000), frames(400)]
    assert silences(after, before) == [frames(3000), frames(400)]
    assert silences(first, at_end) == [frames(700), 0]
    alone = msgspec.structs.replace(
        BREAK, paragraph=msgspec.structs.replace(BREAK.paragraph, pauses=(Pause(0, 1000), Pause(0, 2000)))
    )
    timeline = laid(chapter(first, alone, second), pauses=pauses)
    assert gaps(timeline) == [0, frames(2000), frames(400)]
