"""Where clips begin in an M4B, and its head for books of any length."""

from array import array
from fractions import Fraction
from io import BytesIO
from math import ceil

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from mutagen.mp4 import MP4

from audiobook.audio.mp3.frames import STITCH_DELAY_SAMPLES, frame_samples
from audiobook.audio.mp3.id3 import Tags
from audiobook.audio.mp4.head import Mp4Book, Mp4Chapter, mp4_head
from audiobook.audio.mp4.tags import metadata_box
from audiobook.book.maker_mark import M4B_BEGINNING
from audiobook.book.sound.m4b_file import m4b_grid
from audiobook.book.sound.opus_file import OPUS_GRID
from audiobook.book.sound.packets import place
from audiobook.book.timeline import Stretch, Timeline

CLIPS = st.lists(st.tuples(st.integers(1, 40_000), st.integers(0, 80)), min_size=1, max_size=30)


@hypothesis_settings(max_examples=100)
@given(CLIPS, st.sampled_from([8000, 22050, 24000, 44100]), st.booleans())
def test_clips_never_overlap_and_begin_at_the_nearest_frame_after_a_pause(
    clips: list[tuple[int, int]], rate_hz: int, is_opus: bool
) -> None:
    step = frame_samples(rate_hz)
    grid = OPUS_GRID if is_opus else m4b_grid(rate_hz)
    frame = Fraction(grid.frame_samples * rate_hz, grid.rate_hz)
    stretches, counts, after_pause, at = [], {}, {}, 0
    pause = 0
    for number, (speech, pause_after) in enumerate(clips):
        counts[str(number)] = ceil(speech / frame) + 2 if is_opus else ceil(speech / frame) + 1
        count = -(-(speech + STITCH_DELAY_SAMPLES) // step)
        stretches.append(Stretch(str(number), count, at))
        after_pause[at] = not number or pause * step >= 2 * frame
        at += count * step
        if pause_after:
            stretches.append(Stretch(None, pause_after, at))
            at += pause_after * step
        pause = pause_after
    timeline = Timeline(rate_hz, tuple(stretches), (), (0,), at // step)
    placement = place(timeline, counts.__getitem__, grid)
    position = 0
    for run in placement.runs:
        if run.key:
            [start] = [each.start_samples for each in stretches if each.key == run.key]
            assert placement.starts[start] == position * grid.frame_samples
            late = position * frame - start
            assert late >= -frame / 2
            if after_pause[start]:
                assert late <= frame / 2
        position += run.packet_count
    assert position * frame >= timeline.length_samples + frame


def head(sizes: list[int], length: int) -> bytes:
    tags = Tags("A", (), "tone", "eng", 0, "", "audiobook 1.0", (), None)
    chapters = [Mp4Chapter("One", 0, 2048), Mp4Chapter("Zwei — 二" * 40, 2048, length)]
    book = Mp4Book(
        48000, 64, length, lambda: [array("I", sizes)], chapters, "deu", metadata_box(tags), M4B_BEGINNING
    )
    made = mp4_head(book)
    data = b"".join(made.pieces)
    assert (made.length_bytes, made.data_bytes) == (len(data), sum(sizes))
    return data


def test_a_book_of_more_than_four_gigabytes_and_a_day_has_a_valid_head() -> None:
    length = (1 << 32) + 12345
    data = head([1 << 30] * 5, length)
    assert b"co64" in data
    assert b"stco" not in data
    mdat = data.index(b"mdat")
    assert int.from_bytes(data[mdat + 4 : mdat + 12], "big") == len(data) - mdat + 4 + 5 * (1 << 30)
    book = MP4(BytesIO(data))
    assert [round(chapter.start, 6) for chapter in book.chapters or ()] == [0, 0.042667]
    assert book.info is not None


def test_packets_begin_where_the_head_ends() -> None:
    data = head([7, 8, 9], 4000)
    at = data.index(b"stco") + 12
    assert int.from_bytes(data[at : at + 4], "big") == len(data)
    assert data.startswith(M4B_BEGINNING)
