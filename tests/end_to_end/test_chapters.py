"""More chapters than one table holds, and covers."""

import io
import json
from itertools import pairwise

import av
import mutagen.id3
import pytest
from tools import Shelf, png, run_tool

from end_to_end.test_players import chapters_of, mpv_chapters, probe

CHAPTERS = 300
MOST_IN_A_TABLE = 255


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """A book of 300 chapters."""
    shelf = Shelf(tmp_path_factory.mktemp("many"))
    chapters = (f"## Nr {number} – ääni\n\na\n" for number in range(1, CHAPTERS + 1))
    shelf.write("texts/fi/many.md", "\n".join(chapters))
    shelf.build("--engine", "tone")
    return shelf


def wanted(shelf: Shelf) -> list[tuple[str, float]]:
    chapters = chapters_of(shelf.record("fi/many"))
    assert [title for title, _ in chapters] == [f"Nr {number} – ääni" for number in range(1, CHAPTERS + 1)]
    assert [start for _, start in chapters] == sorted({start for _, start in chapters})
    return chapters


def in_order(tag: mutagen.id3.ID3, element_id: str) -> list[str]:
    """Return the ids of the chapters below a table of contents, in order."""
    tables = {frame.element_id: frame for frame in tag.getall("CTOC")}
    if element_id not in tables:
        return [element_id]
    children = tables[element_id].child_element_ids
    assert 1 <= len(children) <= MOST_IN_A_TABLE
    return [name for child in children for name in in_order(tag, child)]


@pytest.mark.exhaustive
@pytest.mark.slow
def test_ffprobe_reads_300_chapters(many: Shelf) -> None:
    found = probe(many.book("fi/many"))["chapters"]
    assert [each["tags"]["title"] for each in found] == [title for title, _ in wanted(many)]
    starts = [start for _, start in wanted(many)]
    assert [float(each["start_time"]) for each in found] == pytest.approx(starts, abs=0.001)


@pytest.mark.exhaustive
@pytest.mark.slow
def test_mpv_reads_300_chapters(many: Shelf) -> None:
    found = mpv_chapters(many.book("fi/many"))
    assert [each["title"] for each in found] == [title for title, _ in wanted(many)]


@pytest.mark.exhaustive
@pytest.mark.slow
def test_mutagen_reads_300_chapters_in_nested_tables(many: Shelf) -> None:
    tag = mutagen.id3.ID3(many.book("fi/many"))
    tables = tag.getall("CTOC")
    inner = {name for table in tables for name in table.child_element_ids}
    top = [table.element_id for table in tables if table.element_id not in inner]
    assert len(top) == 1
    chapters = {frame.element_id: frame for frame in tag.getall("CHAP")}
    found = [chapters[name] for name in in_order(tag, top[0])]
    assert [str(each.sub_frames["TIT2"]) for each in found] == [title for title, _ in wanted(many)]
    assert len(chapters) == CHAPTERS
    assert all(one.end_time == other.start_time for one, other in pairwise(found))


@pytest.mark.slow
def test_checkers_accept_300_chapters(many: Shelf) -> None:
    assert "WARNING" not in run_tool("mp3val", many.book("fi/many")).stdout
    assert many.run("check").code == 0


def jpeg(width: int, height: int) -> bytes:
    """Return a picture as a JPEG file that begins with the usual header."""
    stream = io.BytesIO()
    with av.open(stream, "w", format="mjpeg") as container:
        encoder = container.add_stream("mjpeg", rate=1)
        assert isinstance(encoder, av.VideoStream)
        encoder.width, encoder.height, encoder.pix_fmt = width, height, "yuvj420p"
        container.mux(encoder.encode(av.VideoFrame(width, height, "yuvj420p")))
        container.mux(encoder.encode(None))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "data"), [("spoken.png", png(48, 48)), ("spoken.jpg", jpeg(48, 48)), ("drawn", b"")]
)
@pytest.mark.slow
def test_a_small_cover_is_in_the_file(shelf: Shelf, name: str, data: bytes) -> None:
    shelf.write("texts/en/spoken.txt", "A word.")
    if data:
        shelf.write(f"texts/en/{name}", data)
    shelf.build("--engine", "tone")
    path = shelf.book("en/spoken")
    (picture,) = mutagen.id3.ID3(path).getall("APIC")
    assert picture.mime == "image/jpeg"
    assert len(picture.data) <= 60_000
    assert picture.type == mutagen.id3.PictureType.COVER_FRONT
    done = run_tool("ffprobe", "-v", "error", "-of", "json", "-show_streams", path)
    pictures = [each for each in json.loads(done.stdout)["streams"] if each["codec_type"] == "video"]
    assert [(each["codec_name"], each["width"], each["height"]) for each in pictures] == [("mjpeg", 600, 600)]
    assert pictures[0]["disposition"]["attached_pic"] == 1
    assert "WARNING" not in run_tool("mp3val", path).stdout


@pytest.mark.slow
def test_a_changed_cover_needs_no_new_clips(shelf: Shelf) -> None:
    shelf.write("texts/en/spoken.txt", "A word.")
    shelf.write("texts/en/spoken.png", png(48, 48))
    shelf.build("--engine", "tone")
    before = shelf.cover("en/spoken")
    shelf.write("texts/en/spoken.png", png(60, 30))
    (work,) = shelf.build("--engine", "tone").values()
    assert (work["reasons"], work["clips_made"]) == (["cover changed"], 0)
    assert shelf.output_names() == ["en/spoken.cover.jpg", "en/spoken.json", "en/spoken.mp3"]
    assert before == shelf.cover("en/spoken"), "a picture in one colour looks the same, whatever its size"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"this is no picture", id="a text"),
        pytest.param(b"", id="an empty file"),
        pytest.param(b"GIF89a" + bytes(40), id="a GIF"),
        pytest.param(b"\xff\xd8\xff" + b"no picture either" * 9, id="a text that begins like a JPEG"),
        pytest.param(png(64, 64)[:50], id="a PNG that breaks off"),
    ],
)
def test_an_invalid_cover_fails_before_anything_is_spoken(shelf: Shelf, data: bytes) -> None:
    shelf.write("texts/en/spoken.txt", "A word.")
    shelf.write("texts/en/spoken.jpg", data)
    done = shelf.run("build", "--engine", "tone")
    assert done.code == 1
    assert "error: " in done.err
    assert "spoken.jpg" in done.err
    assert not shelf.clips()
    assert not shelf.outputs()


@pytest.mark.slow
def test_only_the_cover_with_the_same_name_is_used(shelf: Shelf) -> None:
    shelf.write("texts/en/spoken.txt", "A word.")
    shelf.write("texts/en/another.png", png(48, 48))
    shelf.build("--engine", "tone")
    assert shelf.record("en/spoken")["cover"]["drawn"]
