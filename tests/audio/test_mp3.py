"""MPEG frames: headers, frames from a real encoder, and the Info frame before them."""

import random
import struct
from array import array
from contextlib import suppress
from functools import cache
from io import BytesIO
from itertools import chain, product, repeat
from typing import Any

import lameenc
import msgspec
import mutagen.mp3
import pytest
from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audiobook.audio.mp3.frames import (
    DECODER_DELAY_SAMPLES,
    ENCODER_DELAY_SAMPLES,
    STITCH_DELAY_SAMPLES,
    FrameError,
    FrameHeader,
    InfoTag,
    StreamShape,
    count_frames,
    crc16,
    frame_offsets,
    frame_samples,
    frames,
    info_frame,
    parse_header,
    read_info,
    whole_frames,
)

MPEG_1, MPEG_2, MPEG_25 = 3, 2, 0
RATES_HZ = {MPEG_1: (32000, 44100, 48000), MPEG_2: (16000, 22050, 24000), MPEG_25: (8000, 11025, 12000)}
KBITS_1 = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
KBITS_2 = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
HEADERS = [
    FrameHeader(version, kbits, rate_hz, padded, mono, checked)
    for version, rates in RATES_HZ.items()
    for rate_hz, kbits in product(rates, KBITS_1 if version == MPEG_1 else KBITS_2)
    for padded, mono, checked in product((False, True), repeat=3)
]
ENCODINGS = [(rate_hz, kbits) for rates in RATES_HZ.values() for rate_hz in rates for kbits in (32, 64)]


@cache
def encoded(rate_hz: int = 22050, kbits: int = 64, channels: int = 1, length_s: float = 0.5) -> bytes:
    """Return noise encoded by LAME."""
    noise = random.Random(rate_hz)
    count = int(rate_hz * length_s) * channels
    samples = array("h", (noise.randrange(-9000, 9000) for _ in range(count)))
    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_channels(channels)
    encoder.set_in_sample_rate(rate_hz)
    encoder.set_out_sample_rate(rate_hz)
    encoder.set_bit_rate(kbits)
    encoder.set_quality(7)
    return bytes(encoder.encode(samples.tobytes()) + encoder.flush())


def file_of(data: bytes) -> tuple[bytes, StreamShape]:
    """Return frames with their Info frame in front."""
    found = list(frames(data))
    seek = [found[len(found) * point // 100][0] for point in range(100)]
    shape = StreamShape(found[0][1], len(found), len(data), seek, b"LAME3.100")
    return info_frame(shape) + data, shape


def test_every_header_is_read_as_it_was_written() -> None:
    assert len(HEADERS) == 1008
    for header in HEADERS:
        data = header.encode()
        assert len(data) == 4
        assert parse_header(data) == header
        assert parse_header(b"\xff" + data, 1) == parse_header(memoryview(data)) == header


def test_different_headers_are_written_differently() -> None:
    assert len({header.encode() for header in HEADERS}) == len(HEADERS)


def test_headers_are_written_as_in_the_standard() -> None:
    assert FrameHeader(MPEG_1, 128, 44100, False, False, False).encode() == b"\xff\xfb\x90\x00"
    assert FrameHeader(MPEG_2, 64, 22050, True, True, False).encode() == b"\xff\xf3\x82\xc0"
    assert FrameHeader(MPEG_25, 8, 8000, False, True, True).encode() == b"\xff\xe2\x18\xc0"


@pytest.mark.parametrize(
    ("version", "rate_hz", "kbits", "length", "samples"),
    [
        (MPEG_1, 44100, 128, 417, 1152),
        (MPEG_1, 48000, 320, 960, 1152),
        (MPEG_1, 32000, 32, 144, 1152),
        (MPEG_2, 22050, 64, 208, 576),
        (MPEG_2, 24000, 8, 24, 576),
        (MPEG_25, 8000, 160, 1440, 576),
    ],
)
def test_frame_lengths_are_those_of_the_standard(
    version: int, rate_hz: int, kbits: int, length: int, samples: int
) -> None:
    for padded in (False, True):
        header = FrameHeader(version, kbits, rate_hz, padded, True, False)
        assert header.length_bytes == length + padded
        assert header.samples == frame_samples(rate_hz) == samples


def test_side_information_has_the_length_in_the_standard() -> None:
    lengths = {
        (version, mono): FrameHeader(version, 64, RATES_HZ[version][0], False, mono, False).side_bytes
        for version, mono in product(RATES_HZ, (False, True))
    }
    assert lengths == {
        (MPEG_1, False): 32,
        (MPEG_1, True): 17,
        (MPEG_2, False): 17,
        (MPEG_2, True): 9,
        (MPEG_25, False): 17,
        (MPEG_25, True): 9,
    }


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfb\x90",
        b"\xfe\xfb\x90\x00",
        b"\xff\xdb\x90\x00",
        b"\xff\xeb\x90\x00",
        b"\xff\xfd\x90\x00",
        b"\xff\xf9\x90\x00",
        b"\xff\xff\x90\x00",
        b"\xff\xfb\x00\x00",
        b"\xff\xfb\xf0\x00",
        b"\xff\xfb\x9c\x00",
        b"ID3\x03",
    ],
    ids=[
        *("empty", "cut short", "no sync", "half a sync", "reserved version", "layer II", "no layer"),
        *("layer I", "free format", "bad bit rate", "bad sample rate", "tag"),
    ],
)
def test_anything_but_a_layer_iii_header_is_rejected(data: bytes) -> None:
    with pytest.raises(FrameError, match="at byte 0"):
        parse_header(data)


def test_a_header_beyond_the_end_is_rejected_with_its_byte() -> None:
    with pytest.raises(FrameError, match="at byte 2"):
        parse_header(b"\xff\xfb\x90\x00", 2)


@pytest.mark.parametrize(("rate_hz", "kbits"), ENCODINGS)
def test_all_frames_of_a_real_encoder_are_found(rate_hz: int, kbits: int) -> None:
    data = encoded(rate_hz, kbits)
    found = list(frames(data))
    assert [offset for offset, _ in found] == [
        sum(header.length_bytes for _, header in found[:at]) for at in range(len(found))
    ]
    assert sum(header.length_bytes for _, header in found) == len(data)
    assert {(header.rate_hz, header.kbits, header.mono) for _, header in found} == {(rate_hz, kbits, True)}
    assert 0 <= len(found) * frame_samples(rate_hz) - rate_hz // 2 - STITCH_DELAY_SAMPLES < 3 * 1152
    assert count_frames(data) == len(found)


def test_stereo_frames_are_found() -> None:
    data = encoded(44100, 128, channels=2)
    assert {header.mono for _, header in frames(data)} == {False}
    assert count_frames(data) == len(list(frames(data)))


def test_frames_of_several_kinds_may_follow_each_other() -> None:
    data = encoded(22050, 64) + encoded(44100, 32)
    assert len(list(frames(memoryview(data)))) == count_frames(encoded()) + count_frames(encoded(44100, 32))


def test_padded_frames_are_counted() -> None:
    data = encoded(22050, 64)
    assert {header.padded for _, header in frames(data)} == {False, True}
    assert count_frames(data) == len(list(frames(data)))


def test_empty_data_has_no_frames() -> None:
    assert list(frames(b"")) == []
    assert count_frames(b"") == 0


def test_a_cut_inside_a_frame_is_rejected() -> None:
    data = encoded()[: sum(header.length_bytes for _, header in list(frames(encoded()))[:3])]
    between = {offset: number for number, (offset, _) in enumerate(frames(data))} | {len(data): 3}
    for end in range(len(data) + 1):
        if end in between:
            assert count_frames(data[:end]) == len(list(frames(data[:end]))) == between[end]
        else:
            with pytest.raises(FrameError):
                count_frames(data[:end])
            with pytest.raises(FrameError):
                list(frames(data[:end]))


@pytest.mark.parametrize("garbage", [b"\0", b"TAG" + bytes(125), b"\xff", b"\xff\xfb", b"garbage " * 50])
def test_garbage_between_and_after_frames_is_rejected(garbage: bytes) -> None:
    data = encoded()
    second = next(offset for offset, _ in frames(data) if offset)
    for damaged in (data + garbage, garbage + data, data[:second] + garbage + data[second:]):
        with pytest.raises(FrameError):
            list(frames(damaged))
        with pytest.raises(FrameError):
            count_frames(damaged)


@pytest.mark.parametrize("other", [encoded(22050, 32), encoded(24000, 64), encoded(44100, 64)])
def test_counting_rejects_frames_unlike_the_first(other: bytes) -> None:
    with pytest.raises(FrameError, match=f"at byte {len(encoded())}"):
        count_frames(encoded() + other)


def row(*headers: FrameHeader) -> bytes:
    """Return frames without content."""
    return b"".join(header.encode() + bytes(header.length_bytes - 4) for header in headers)


PADDED, SHORT, CHECKED = (
    FrameHeader(MPEG_2, 64, 22050, padded, True, checked)
    for padded, checked in ((True, False), (False, False), (False, True))
)


def test_padded_frames_are_counted_at_any_position() -> None:
    assert count_frames(row(PADDED, SHORT, PADDED)) == count_frames(row(SHORT, PADDED, SHORT)) == 3


def test_frames_are_found_by_their_numbers() -> None:
    data = encoded()
    found = [offset for offset, _ in frames(data)] + [len(data)]
    everything = range(len(found))
    assert frame_offsets([data], everything) == found
    for length in (1, 3, 100, found[3] + 1):
        pieces = [data[at : at + length] for at in range(0, len(data), length)]
        assert frame_offsets(pieces, everything) == found
        with pytest.raises(FrameError, match=r"truncated|no frame"):
            frame_offsets([*pieces, b"\xff"], everything)
    assert frame_offsets([data], [0, 3, 3, 7]) == [found[0], found[3], found[3], found[7]]
    for damaged in (data[:-1], data + b"\0", data + row(CHECKED)):
        with pytest.raises(FrameError):
            frame_offsets([damaged], [0])
    for numbers in ([len(found)], [2, len(found) + 5]):
        with pytest.raises(FrameError, match="too few"):
            frame_offsets([data], numbers)


def test_pieces_are_cut_after_complete_frames() -> None:
    data = encoded()
    for length in (1, 3, 100, 300, 1000, len(data)):
        pieces = [data[at : at + length] for at in range(0, len(data), length)]
        cut = list(whole_frames(pieces))
        assert b"".join(cut) == data
        assert all(list(frames(piece)) for piece in cut)
        for damaged in ([*pieces, b"\xff"], [*pieces, b"\0\0\0\0"], [*pieces[:-1], pieces[-1][:-1]]):
            with pytest.raises(FrameError):
                list(whole_frames(damaged))
    assert next(whole_frames(chain([data[:1000]], repeat(b"")))) == data[: frame_offsets([data], [4])[0]]


def test_counting_rejects_frames_that_differ_in_one_header_byte() -> None:
    damaged = bytearray(row(SHORT, SHORT))
    damaged[SHORT.length_bytes] = 0xFE
    for data in (row(SHORT, CHECKED), row(CHECKED, SHORT), bytes(damaged)):
        with pytest.raises(FrameError, match=f"at byte {SHORT.length_bytes}"):
            count_frames(data)


ROWS = st.lists(st.sampled_from([header for header in HEADERS if header.length_bytes < 100])).map(
    lambda headers: row(*headers)
)
DAMAGED = st.builds(
    lambda row, at, more: row[:at] + more + row[at + len(more) :],
    ROWS,
    st.integers(0, 400),
    st.binary(max_size=5),
)


@hypothesis_settings(max_examples=200)
@given(data=st.binary() | ROWS | DAMAGED)
@example(data=b"\xff")
@example(data=HEADERS[0].encode())
def test_any_bytes_give_frames_or_a_frame_error(data: bytes) -> None:
    found: list[tuple[int, FrameHeader]] | None = None
    count: int | None = None
    with suppress(FrameError):
        found = list(frames(data))
    with suppress(FrameError):
        count = count_frames(data)
    if found is None:
        assert count is None
        return
    assert sum(header.length_bytes for _, header in found) == len(data)
    kinds = {(data[at + 1], data[at + 2] & 0xFD) for at, _ in found}
    assert count == (len(found) if len(kinds) < 2 else None)


def test_the_checksum_is_crc_16_arc() -> None:
    assert crc16(b"") == 0
    assert crc16(b"123456789") == 0xBB3D


@pytest.mark.parametrize("kbits", [8, 32, 64, 160])
def test_an_info_frame_is_one_complete_frame_like_the_others(kbits: int) -> None:
    for rates, table in ((RATES_HZ[MPEG_1], KBITS_1), (RATES_HZ[MPEG_2] + RATES_HZ[MPEG_25], KBITS_2)):
        if kbits not in table:
            continue
        for rate_hz, mono in product(rates, (False, True)):
            version = next(each for each, rates in RATES_HZ.items() if rate_hz in rates)
            first = FrameHeader(version, kbits, rate_hz, True, mono, True)
            frame = info_frame(StreamShape(first, 7, 7000, range(0, 7000, 70)))
            ((offset, header),) = frames(frame)
            assert offset == 0
            assert (header.version, header.rate_hz, header.mono) == (version, rate_hz, mono)
            assert not header.checked
            assert header.kbits >= kbits
            assert not any(frame[4 : 4 + header.side_bytes])


def test_only_a_frame_too_short_for_the_tag_gets_a_higher_bit_rate() -> None:
    for header in HEADERS:
        if header.padded or header.checked:
            continue
        found = parse_header(info_frame(StreamShape(header, 1, 100, [0] * 100)))
        least = 4 + header.side_bytes + 156
        assert found.length_bytes >= least
        assert found == header or header.length_bytes < least


@pytest.mark.parametrize(("rate_hz", "kbits"), ENCODINGS)
def test_an_info_frame_is_read_back(rate_hz: int, kbits: int) -> None:
    data, shape = file_of(encoded(rate_hz, kbits))
    length = parse_header(data).length_bytes
    assert len(data) == length + shape.length_bytes
    expected = InfoTag(shape.frame_count, len(data), ENCODER_DELAY_SAMPLES, DECODER_DELAY_SAMPLES)
    assert read_info(data[:length]) == read_info(memoryview(data)) == expected
    end = 4 + parse_header(data).side_bytes + 156
    assert read_info(data[:end]) == expected
    with pytest.raises(FrameError):
        read_info(data[: end - 1])


@pytest.mark.parametrize(
    ("length_bytes", "told"), [((1 << 32) - 1 - 208, (1 << 32) - 1), ((1 << 32) - 208, 0), (5 << 40, 0)]
)
def test_a_length_of_more_than_32_bits_is_unknown(length_bytes: int, told: int) -> None:
    first = parse_header(encoded(22050, 64))
    frame = info_frame(StreamShape(first, 7, length_bytes, range(0, length_bytes, length_bytes // 99)))
    assert len(frame) == 208
    assert (read_info(frame).total_bytes, read_info(frame).frame_count) == (told, 7)


@pytest.mark.parametrize(("rate_hz", "kbits"), ENCODINGS)
def test_mutagen_reads_the_length_to_the_sample(rate_hz: int, kbits: int) -> None:
    data, shape = file_of(encoded(rate_hz, kbits))
    info: Any = mutagen.mp3.MP3(BytesIO(data)).info
    assert round(info.length * rate_hz) == shape.frame_count * frame_samples(rate_hz) - STITCH_DELAY_SAMPLES
    assert info.bitrate_mode == mutagen.mp3.BitrateMode.CBR
    assert info.encoder_info.startswith("LAME 3.100")
    assert not info.sketchy


def test_players_cut_the_delay_of_encoder_and_decoder() -> None:
    assert ENCODER_DELAY_SAMPLES + DECODER_DELAY_SAMPLES == STITCH_DELAY_SAMPLES == 1105


@pytest.mark.parametrize("rate_hz", [8000, 22050, 44100])
def test_the_tag_ends_with_the_checksum_of_all_before_it(rate_hz: int) -> None:
    data, _ = file_of(encoded(rate_hz))
    header = parse_header(data)
    end = 4 + header.side_bytes + 156
    assert struct.unpack(">H", data[end - 2 : end]) == (crc16(data[: end - 2]),)
    assert not any(data[end : header.length_bytes])


def test_the_tag_is_at_the_offset_its_format_specifies() -> None:
    data, shape = file_of(encoded(44100, 128, channels=2))
    assert data[36:40] == b"Info"
    assert struct.unpack(">III", data[40:52]) == (0x0F, shape.frame_count, len(data))
    delays = bytes([576 >> 4, (576 & 15) << 4 | 529 >> 8, 529 & 255])
    assert data[152:190] == b"".join(
        (
            struct.pack(">I", 100),
            b"LAME3.100\x01\0",
            bytes(9),
            b"\x80",
            delays,
            bytes(4),
            struct.pack(">I", len(data)),
            bytes(2),
        )
    )


@pytest.mark.parametrize(
    ("encoder", "named"),
    [(b"LAME", b"LAME     "), (b"LAME3.99r", b"LAME3.99r"), (b"LAME3.100.1", b"LAME3.100")],
)
def test_the_name_of_the_encoder_has_nine_bytes(encoder: bytes, named: bytes) -> None:
    first = FrameHeader(MPEG_2, 64, 22050, False, True, False)
    shape = StreamShape(first, 1, 208, [0] * 100)
    assert shape.encoder == b"LAME"
    frame = info_frame(msgspec.structs.replace(shape, encoder=encoder))
    assert frame[133:142] == named
    assert read_info(frame).delay_samples == ENCODER_DELAY_SAMPLES


def test_the_seek_table_gives_each_hundredth_in_units_of_1_256() -> None:
    data, shape = file_of(encoded(22050, 64, length_s=5))
    at = data.index(b"Info") + 16
    table = list(data[at : at + 100])
    length = parse_header(data).length_bytes
    assert table == [(length + byte) * 256 // len(data) for byte in shape.seek_bytes]
    assert table == sorted(table)
    assert 250 <= table[-1] <= 255
    at_end = info_frame(msgspec.structs.replace(shape, seek_bytes=[shape.length_bytes] * 100))
    assert at_end[at : at + 100] == b"\xff" * 100


def test_a_frame_without_a_tag_is_rejected() -> None:
    for data in (
        encoded(),
        info_frame(StreamShape(HEADERS[0], 1, 1, [0] * 100))[:100],
        b"",
        b"\xff\xfb\x90\x00",
    ):
        with pytest.raises(FrameError):
            read_info(data)


def test_a_xing_tag_is_read_too() -> None:
    data, shape = file_of(encoded())
    assert read_info(data.replace(b"Info", b"Xing", 1)).frame_count == shape.frame_count


@given(
    data=st.binary(max_size=400)
    | st.binary(min_size=150, max_size=300).map(b"\xff\xf3\x84\xc0\0\0\0\0\0\0\0\0\0Info".__add__)
)
def test_any_bytes_give_info_or_a_frame_error(data: bytes) -> None:
    try:
        found = read_info(data)
    except FrameError:
        return
    assert 0 <= found.delay_samples < 4096
    assert 0 <= found.padding_samples < 4096
