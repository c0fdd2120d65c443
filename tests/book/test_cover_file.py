"""The cover and its small copy: named by their digest, kept while nothing changes, and never left behind."""

from io import BytesIO
from pathlib import Path

import pytest
from images import encoded
from PIL import Image

from audiobook.audio.mp3.id3 import Picture
from audiobook.book.cover_file import NO_LETTERS, Cover, make_cover
from audiobook.book.ownership import covers_in, remove_covers
from audiobook.book.record.stamps import CoverRecord
from audiobook.cover.cover_text import CoverText
from audiobook.files import digest

TEXT = CoverText("essee", "Ääniä", ("Aino",), "fi")


def own(colour: str, size: tuple[int, int] = (1500, 1500)) -> Picture:
    return Picture("image/png", encoded(Image.new("RGB", size, colour)))


def made(folder: Path, picture: Picture | None = None, before: CoverRecord | None = None) -> Cover:
    return make_cover(TEXT, picture, before, folder, "audiobook 1.0")


def test_the_record_describes_the_file(tmp_path: Path) -> None:
    for picture, size_px in ((None, 3000), (own("red"), 1500)):
        record = made(tmp_path, picture).record
        data = (tmp_path / record.name).read_bytes()
        assert record.name == f"essee.cover-{digest(data)[:8]}.jpg"
        assert (record.length_bytes, record.sha256) == (len(data), digest(data))
        assert (record.size_px, record.drawn) == (size_px, picture is None)
        assert Image.open(BytesIO(data)).size == (size_px, size_px)


@pytest.mark.slow
def test_the_small_cover_is_the_same_picture(tmp_path: Path) -> None:
    for picture in (None, own("red"), own("blue", (1000, 3000))):
        cover = made(tmp_path, picture)
        assert cover.small.media_type == "image/jpeg"
        assert len(cover.small.data) <= 60_000
        small = Image.open(BytesIO(cover.small.data))
        assert (small.size, small.mode) == ((600, 600), "RGB")
        large = Image.open(BytesIO((tmp_path / cover.record.name).read_bytes())).resize((600, 600))
        for at in ((5, 5), (300, 300), (590, 590)):
            pairs = zip(small.getpixel(at), large.getpixel(at), strict=True)  # type: ignore[arg-type]
            assert all(abs(a - b) < 30 for a, b in pairs)


def test_an_unchanged_cover_is_not_made_again(tmp_path: Path) -> None:
    first = made(tmp_path)
    status = (tmp_path / first.record.name).stat()
    again = made(tmp_path, before=first.record)
    assert again == first
    assert (tmp_path / first.record.name).stat().st_ino == status.st_ino


@pytest.mark.slow
def test_a_damaged_or_missing_cover_is_made_again(tmp_path: Path) -> None:
    first = made(tmp_path)
    path = tmp_path / first.record.name
    data = path.read_bytes()
    path.write_bytes(data[:-1])
    assert made(tmp_path, before=first.record) == first
    path.unlink()
    assert made(tmp_path, before=first.record) == first
    assert path.read_bytes() == data


@pytest.mark.slow
def test_another_picture_or_program_version_makes_another_cover(tmp_path: Path) -> None:
    drawn, red = made(tmp_path), made(tmp_path, own("red"))
    blue = made(tmp_path, own("blue"), red.record)
    assert len({drawn.record.name, red.record.name, blue.record.name}) == 3
    later = make_cover(TEXT, None, drawn.record, tmp_path, "audiobook 2.0").record
    assert later.design != drawn.record.design


def test_only_former_covers_of_the_work_are_removed(tmp_path: Path) -> None:
    """A file of the user may have a similar name; only in our names do the digits match the contents."""
    old, damaged = made(tmp_path, own("blue")).record, made(tmp_path, own("green")).record
    kept = made(tmp_path, own("red")).record.name
    (tmp_path / damaged.name).write_bytes(b"damaged")
    digits = digest(b"old")[:8]
    others = [
        f"essee.cover-{digits}.jpg",
        f"essee-2.cover-{digits}.jpg",
        "essee.cover-01234567.jpg",  # the digits of other contents, so someone else's file
        "essee.cover-mine.jpg",
        "essee.jpg",
        "essee.mp3",
    ]
    for name in others:
        (tmp_path / name).write_bytes(b"old")
    (tmp_path / f"essee.cover-{digits[::-1]}.jpg").symlink_to(others[0])
    others.append(f"essee.cover-{digits[::-1]}.jpg")
    found = covers_in(tmp_path)["essee"]
    remove_covers(tmp_path, (name for name in found if name != kept), damaged)
    assert not (tmp_path / old.name).exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([kept, *others[1:]])


def test_a_title_without_a_font_is_reported_and_drawn_once_there_is_one(tmp_path: Path) -> None:
    for title in ("𒀀", "Merkki 𒀀"):
        unknown = CoverText("essee", title, (), "fi")
        assert make_cover(unknown, None, None, tmp_path, "audiobook 1.0").problems == (NO_LETTERS,)
    assert make_cover(unknown, own("red"), None, tmp_path, "audiobook 1.0").problems == ()
    for title in ("Ääniä", "1984", "…", "Hei 😀"):
        assert CoverText("essee", title, (), "fi").is_lettered
