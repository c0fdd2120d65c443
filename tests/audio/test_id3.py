"""ID3 tags as read by mutagen: texts, cover, and any number of chapters."""

import struct
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from clients import seen_by_music_metadata
from growth import assert_at_most
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from msgspec.structs import replace
from mutagen import id3

from audiobook.audio.mp3.id3 import (
    ChapterMark,
    Picture,
    Tags,
    id3_tag,
    read_chapters,
    read_cover,
    tag_length_bytes,
    without_cover,
)
from audiobook.audio.mp3.lame import EncoderSettings
from audiobook.clips.clip import silent_frames

PLAIN = Tags(
    title="Kuunteleva lukija",
    authors=("Aino Kallas",),
    narrator="tone tone",
    language="fin",
    length_ms=3000,
    text="Kuunteleva lukija\n\nIkkunani ääressä.",
    maker="audiobook 1.0",
    chapters=(ChapterMark("Alku", 0, 1000), ChapterMark("Loppu", 1000, 3000)),
    cover=None,
)
TITLES = [
    "Война и мир",
    "Ääniä ja ääntä",
    "😀 👨‍👩‍👧",
    "日本語",
    "AC/DC",
    "<b>&amp;</b>",
    "]]>",
    "a" * 200,
    "“q”",
]
COUNTS = [1, 2, 254, 255, 256, 300, 510, 511, 600]


def marks(count: int) -> list[ChapterMark]:
    return [ChapterMark(f"Luku {number}", number * 10, number * 10 + 10) for number in range(count)]


def tag_of(data: bytes) -> Any:
    """Return the tag exactly as stored, without mutagen's conversion to a later version."""
    return id3.ID3(BytesIO(data), translate=False)


def text_of(tag: Any, name: str) -> str:
    (text,) = tag[name].text
    return str(text)


def test_the_tag_has_version_2_3_and_the_length_it_states() -> None:
    data = id3_tag(PLAIN)
    assert data[:6] == b"ID3\x03\x00\x00"
    assert tag_of(data).version == (2, 3, 0)
    assert tag_length_bytes(data) == tag_length_bytes(data[:10]) == len(data)


def test_every_text_is_read_back() -> None:
    tag = tag_of(id3_tag(PLAIN))
    assert {name: text_of(tag, name) for name in tag if name.startswith("T")} == {
        "TIT2": "Kuunteleva lukija",
        "TALB": "Kuunteleva lukija",
        "TPE1": "Aino Kallas",
        "TPE2": "Aino Kallas",
        "TCOM": "tone tone",
        "TRCK": "1/1",
        "TPOS": "1/1",
        "TCON": "Audiobook",
        "TLAN": "fin",
        "TLEN": "3000",
        "TENC": "audiobook 1.0",
        "TSSE": "audiobook 1.0",
    }


def test_what_not_every_book_has_is_read_back() -> None:
    full = replace(
        PLAIN,
        album="Sarja",
        track=(2, 5),
        date="2020-05-01",
        description="Kuvaus",
        series="S",
        series_position="3",
    )
    tag = tag_of(id3_tag(full))
    assert [text_of(tag, name) for name in ("TALB", "TRCK", "TYER")] == ["Sarja", "2/5", "2020"]
    own = {name: text_of(tag, name) for name in tag if name.startswith("TXXX")}
    assert own == {"TXXX:SERIES": "S", "TXXX:SERIES-PART": "3", "TXXX:MVNM": "S", "TXXX:MVIN": "3"}
    (comment,) = tag.getall("COMM")
    assert (comment.desc, comment.text) == ("", ["Kuvaus\n\nRead by a synthetic voice: tone tone"])
    assert tag_of(id3_tag(replace(PLAIN, track=None))).getall("TRCK") == []


def test_the_whole_text_is_in_the_tag() -> None:
    tag = tag_of(id3_tag(replace(PLAIN, timed_text=[("\nAlku", 5)])))
    (lyrics,), (timed,) = tag.getall("USLT"), tag.getall("SYLT")
    assert (lyrics.text, lyrics.lang, lyrics.desc) == (PLAIN.text, "fin", "")
    assert (timed.text, timed.lang, timed.desc) == ([("\nAlku", 5)], "fin", "")
    assert (timed.format, timed.type) == (2, 1)  # milliseconds, lyrics


def test_the_tag_states_that_the_voice_is_synthetic() -> None:
    (comment,) = tag_of(id3_tag(PLAIN)).getall("COMM")
    assert comment.lang == "fin"
    assert "synthetic" in comment.text[0]
    assert PLAIN.narrator in comment.text[0]


def test_without_authors_there_is_no_author_frame() -> None:
    data = id3_tag(replace(PLAIN, authors=()))
    assert b"TPE1" not in data
    assert b"TPE2" not in data


def test_several_authors_are_one_text_for_players_and_a_list_for_libraries() -> None:
    tag = tag_of(id3_tag(replace(PLAIN, authors=("A", "B"))))
    assert text_of(tag, "TPE1") == text_of(tag, "TPE2") == "A; B"
    assert text_of(tag, "TXXX:Artists") == "A/B"
    assert b"A\0r\0t\0i\0s\0t\0s\0" not in id3_tag(PLAIN)


def test_chapters_come_first_and_the_cover_last() -> None:
    full = replace(PLAIN, chapters=marks(300), cover=Picture("image/png", b"x"), timed_text=[("\nAlku", 5)])
    data = id3_tag(full)
    names, at = [], 10
    while at < len(data):
        names.append(data[at : at + 4].decode())
        at += 10 + int.from_bytes(data[at + 4 : at + 8], "big")
    assert names[:303] == ["CTOC"] * 3 + ["CHAP"] * 300
    assert {*names[-3:-1]} == {"USLT", "SYLT"}
    assert names[-1] == "APIC"


def test_music_metadata_reads_every_chapter_author_and_time(tmp_path: Path) -> None:
    frames = silent_frames(22050, EncoderSettings(64, 7), 20)
    lines = [("\nIkkunani ", 5), ("ääressä.", 900)]
    for count in (255, 300):
        tags = replace(PLAIN, authors=("A B", "C D"), chapters=marks(count), timed_text=lines)
        (tmp_path / f"{count}.mp3").write_bytes(id3_tag(tags) + frames)
    seen = seen_by_music_metadata(tmp_path / "255.mp3", tmp_path / "300.mp3")
    for each, count in zip(seen, (255, 300), strict=True):
        assert each["chapters"] == [[mark.title, mark.start_ms / 1000] for mark in marks(count)]
        assert each["artists"] == ["A B", "C D"]
        assert not each["warnings"]
        pieces = [piece for text in each["lyrics"] for piece in text.get("syncText", ())]
        assert [(piece["text"], piece["timestamp"]) for piece in pieces] == lines


@pytest.mark.parametrize("title", TITLES)
def test_a_title_in_any_script_is_read_back(title: str) -> None:
    data = id3_tag(replace(PLAIN, title=title, chapters=[ChapterMark(title, 0, 10)]))
    tag = tag_of(data)
    assert text_of(tag, "TIT2") == text_of(tag, "TALB") == title
    assert read_chapters(data) == (title, [ChapterMark(title, 0, 10)])


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/png"])
def test_the_cover_is_read_back_byte_by_byte(media_type: str) -> None:
    picture = Picture(media_type, bytes(range(256)) * 300)
    (cover,) = tag_of(id3_tag(replace(PLAIN, cover=picture))).getall("APIC")
    assert (cover.mime, cover.data, int(cover.type), cover.desc) == (media_type, picture.data, 3, "")


def test_without_a_cover_there_is_no_picture_frame() -> None:
    assert tag_of(id3_tag(PLAIN)).getall("APIC") == []


def test_the_same_tags_are_the_same_bytes() -> None:
    full = replace(PLAIN, chapters=marks(300), cover=Picture("image/png", b"x" * 999))
    assert id3_tag(full) == id3_tag(replace(full, chapters=tuple(marks(300))))


def test_chapters_contain_their_start_and_end() -> None:
    found = tag_of(id3_tag(PLAIN)).getall("CHAP")
    times = [(each.start_time, each.end_time, each.start_offset, each.end_offset) for each in found]
    assert times == [(0, 1000, 0xFFFFFFFF, 0xFFFFFFFF), (1000, 3000, 0xFFFFFFFF, 0xFFFFFFFF)]
    assert [str(each.sub_frames["TIT2"]) for each in found] == ["Alku", "Loppu"]


@pytest.mark.slow
@pytest.mark.parametrize("count", COUNTS)
def test_any_number_of_chapters_is_read_back_in_order(count: int) -> None:
    assert read_chapters(id3_tag(replace(PLAIN, chapters=marks(count)))) == (PLAIN.title, marks(count))


@pytest.mark.parametrize("count", COUNTS)
def test_chapters_are_in_chronological_order_after_their_tables(count: int) -> None:
    data = id3_tag(replace(PLAIN, chapters=marks(count)))
    first = data.index(b"CHAP")
    places = [data.index(b"\0ch%d\0" % number, first) for number in range(1, count + 1)]
    assert places == sorted(places)
    assert data.rindex(b"CTOC") < data.index(b"CHAP")


@pytest.mark.slow
@pytest.mark.parametrize("count", COUNTS)
def test_element_ids_are_unique_over_chapters_and_tables(count: int) -> None:
    tag = tag_of(id3_tag(replace(PLAIN, chapters=marks(count))))
    ids = [frame.element_id for frame in tag.getall("CHAP") + tag.getall("CTOC")]
    assert len(ids) == len(set(ids)) >= count + 1


@pytest.mark.parametrize(
    "count",
    [count if count in (255, 256) else pytest.param(count, marks=pytest.mark.slow) for count in COUNTS],
)
def test_one_ordered_table_lists_every_chapter_in_order_and_is_marked_if_it_lists_them_itself(
    count: int,
) -> None:
    tag = tag_of(id3_tag(replace(PLAIN, chapters=marks(count))))
    tables = {table.element_id: table for table in tag.getall("CTOC")}
    inner = {name for table in tables.values() for name in table.child_element_ids}
    tops = [table for name, table in tables.items() if name not in inner]
    assert len(tops) == 1
    assert [bool(table.flags & id3.CTOCFlags.TOP_LEVEL) for table in tops] == [count <= 255]
    assert not any(tables[name].flags & id3.CTOCFlags.TOP_LEVEL for name in tables.keys() & inner)
    assert all(table.flags & id3.CTOCFlags.ORDERED for table in tables.values())
    assert all(1 <= len(table.child_element_ids) <= 255 for table in tables.values())
    reached: list[str] = []
    open_ids = list(tops[0].child_element_ids)
    while open_ids:
        first = open_ids.pop(0)
        if first in tables:
            open_ids = [*tables[first].child_element_ids, *open_ids]
        else:
            reached.append(first)
    assert reached == [
        chapter.element_id for chapter in sorted(tag.getall("CHAP"), key=lambda each: each.start_time)
    ]
    assert len(tables) == (1 if count <= 255 else 1 + -(-count // 255))


@pytest.mark.parametrize(
    ("head", "length"),
    [
        (b"ID3\x03\x00\x00\x00\x00\x00\x00", 10),
        (b"ID3\x03\x00\x00\x00\x00\x01\x00", 138),
        (b"ID3\x04\x00\x00\x7f\x7f\x7f\x7f", (1 << 28) + 9),
        (b"ID3\x03\x00\x00\x00\x00\x01\x00 and more", 138),
        (b"ID3\x03\x00\x00\x00\x00\x01", 0),
        (b"TAG\x03\x00\x00\x00\x00\x01\x00", 0),
        (b"\xff\xfb\x90\x00\x00\x00\x00\x00\x00\x00", 0),
        (b"", 0),
    ],
)
def test_the_length_of_a_tag_is_four_times_seven_bits(head: bytes, length: int) -> None:
    assert tag_length_bytes(head) == length


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 50, 300])
def test_a_tag_of_any_length_states_its_length(count: int) -> None:
    for extra in range(126, 132):
        data = id3_tag(replace(PLAIN, text="x" * extra, chapters=marks(count)))
        assert tag_length_bytes(data) == len(data)
        assert tag_of(data + b"\xff\xfb").size == len(data)


@pytest.mark.parametrize(
    "data", [b"", b"ID3", b"\xff\xfb\x90\x00" * 10, b"ID3\x03\x00\x00\x00\x00\x00\x00", bytes(100)]
)
def test_bytes_without_a_tag_have_no_chapters(data: bytes) -> None:
    with pytest.raises(ValueError, match="no readable ID3 tag"):
        read_chapters(data)


SMALL = id3_tag(replace(PLAIN, text="", chapters=marks(2)))


@pytest.mark.slow
@hypothesis_settings(max_examples=200)
@given(
    changes=st.lists(st.tuples(st.integers(0, len(SMALL) - 1), st.integers(0, 255)), max_size=6),
    end=st.integers(0, len(SMALL)),
)
def test_a_damaged_tag_gives_chapters_or_a_value_error(changes: list[tuple[int, int]], end: int) -> None:
    damaged = bytearray(SMALL)
    for at, value in changes:
        damaged[at] = value
    try:
        _, chapters = read_chapters(bytes(damaged[: end or None]))
    except ValueError as error:
        # The reason must be ours, not a decoding error, which is a ValueError too.
        reason = type(error)
    else:
        assert [each.start_ms for each in chapters] == sorted(each.start_ms for each in chapters)
        return
    assert reason is ValueError


@given(title=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=50))
def test_any_printable_title_is_read_back(title: str) -> None:
    data = id3_tag(replace(PLAIN, title=title, chapters=[ChapterMark(title, 0, 10)]))
    assert read_chapters(data) == (title, [ChapterMark(title, 0, 10)])


@pytest.mark.slow
def test_the_cover_is_read_without_the_text() -> None:
    picture = b"\xff\xd8\0APIC\0\0\0" * 100
    data = id3_tag(replace(PLAIN, cover=Picture("image/jpeg", picture), text="word " * 50_000))
    assert read_cover(data + b"frames") == picture
    assert_at_most(1 / 3, lambda read: read(data), tag_of, read_cover)


@pytest.mark.parametrize("length", [0, 200, 20_000, 3_000_000])
def test_a_tag_without_its_cover_is_that_of_a_book_that_has_none(length: int) -> None:
    bare = replace(PLAIN, text="a" * length)
    picture = bytes(range(256)) * 3
    covered = id3_tag(replace(bare, cover=Picture("image/png", picture)))
    assert without_cover(covered) == without_cover(id3_tag(bare)) == id3_tag(bare)
    assert read_cover(covered) == picture
    with pytest.raises(ValueError, match="no readable cover"):
        read_cover(covered[:-1])


def test_nothing_is_removed_from_bytes_that_are_not_a_whole_tag() -> None:
    tag = id3_tag(replace(PLAIN, cover=Picture("image/png", b"x")))
    for data in (b"", tag[:9], tag[:20], b"\xff\xfb" * 20):
        assert without_cover(data) == data


def test_a_cover_is_found_after_16_megabytes_of_text() -> None:
    def frame(name: bytes, data: bytes) -> bytes:
        return name + struct.pack(">IH", len(data), 0) + data

    def tag(body: bytes) -> bytes:
        return b"ID3\3\0\0" + bytes(len(body) >> shift & 0x7F for shift in (21, 14, 7, 0)) + body

    text, cover = frame(b"USLT", bytes(1 << 24)), frame(b"APIC", b"\0image/png\0\3\0picture")
    assert read_cover(tag(text + cover)) == b"picture"
    assert without_cover(tag(text + cover)) == without_cover(tag(text + frame(b"APIC", b""))) == tag(text)


def test_a_file_without_a_cover_is_a_value_error() -> None:
    for data in (
        b"",
        b"ID3",
        id3_tag(PLAIN),
        id3_tag(replace(PLAIN, cover=Picture("image/png", b"x")))[:300],
    ):
        with pytest.raises(ValueError, match="no readable cover"):
            read_cover(data)


COVER = b"\x89PNG\r\n\x1a\n picture"
COVERED = id3_tag(replace(PLAIN, text="", cover=Picture("image/png", COVER)))


def test_a_truncated_tag_has_no_cover() -> None:
    assert read_cover(COVERED) == COVER
    for end in range(len(COVERED)):
        with pytest.raises(ValueError, match="no readable"):
            read_cover(COVERED[:end])


@given(
    st.lists(
        st.tuples(st.integers(COVERED.index(b"APIC"), len(COVERED) - 1), st.integers(0, 255)), max_size=6
    )
)
def test_a_damaged_tag_gives_a_part_of_it_as_cover_or_a_value_error(changes: list[tuple[int, int]]) -> None:
    damaged = bytearray(COVERED)
    for at, value in changes:
        damaged[at] = value
    with suppress(ValueError):
        cover = read_cover(bytes(damaged))
        assert cover
        assert cover in damaged
