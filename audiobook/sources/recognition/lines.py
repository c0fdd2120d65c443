"""Recognising lines of text with `rapidocr`, in a child process (see `child`). Its models come with the package."""

from __future__ import annotations

import statistics
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from audiobook.child import set_limits

if TYPE_CHECKING:
    import pypdfium2
    from rapidocr import RapidOCR

MOST_PAGES: Final = 60
_WIDTH_PIXELS: Final = 1600
_MOST_PIXELS: Final = 12_000_000
_SAME_SIZE: Final = 0.3
"""Maximum difference in height between lines of the same font size; the letters in a line affect its height."""
_MODELS: Final = {
    "Det.model_path": "PP-OCRv6_det_small.onnx",
    "Rec.model_path": "PP-OCRv6_rec_small.onnx",
    "Cls.model_path": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}
"""Models named by path are never downloaded."""


class Line(msgspec.Struct, array_like=True):
    """A line of text. Positions in points, from the left and bottom edges of the page.

    Attributes:
        text: Its words.
        left: Left edge.
        right: Right edge.
        y: Lower edge.
        size: Height, the same for all lines of about the same height.
    """

    text: str
    left: float
    right: float
    y: float
    size: float


class Page(msgspec.Struct, array_like=True):
    """The lines of a page, in the order in which they were found."""

    lines: list[Line]


class Scan(msgspec.Struct):
    """The pages of a file; empty if there are more than `MOST_PAGES`."""

    pages: list[Page]
    page_count: int


def main() -> None:
    """Read a PDF from standard input and write a `Scan` as MessagePack."""
    set_limits(int(sys.argv[1]), int(sys.argv[2]))
    answer = sys.stdout.buffer
    answer.write(msgspec.msgpack.encode(_read(sys.stdin.buffer.read())))


def _read(data: bytes) -> Scan:
    import pypdfium2  # after the limits are set

    document = pypdfium2.PdfDocument(data)
    count = len(document)
    if count > MOST_PAGES:
        return Scan([], count)
    engine = _engine()
    return Scan([Page(_lines(engine, document[number])) for number in range(count)], count)


def _engine() -> RapidOCR:
    import rapidocr

    models = Path(rapidocr.__file__).parent / "models"
    settings: dict[str, Any] = {
        "Global.log_level": "critical",
        # Results depend on the number of threads.
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        **{key: str(models / name) for key, name in _MODELS.items()},
    }
    return rapidocr.RapidOCR(params=settings)


def _lines(engine: RapidOCR, page: pypdfium2.PdfPage) -> list[Line]:
    width, height = page.get_size()
    scale = min(_WIDTH_PIXELS / max(width, 1.0), (_MOST_PIXELS / max(width * height, 1.0)) ** 0.5)
    found: Any = engine(page.render(scale=scale).to_numpy())
    if found.boxes is None:
        return []
    lines = [
        Line(
            text,
            float(min(x for x, _ in box)) / scale,
            float(max(x for x, _ in box)) / scale,
            height - float(max(y for _, y in box)) / scale,
            float(max(y for _, y in box) - min(y for _, y in box)) / scale,
        )
        for box, text in zip(found.boxes, found.txts, strict=True)
        if text.strip()
    ]
    usual = statistics.median(line.size for line in lines) if lines else 0.0
    for line in lines:
        if abs(line.size - usual) < usual * _SAME_SIZE:
            line.size = usual
    return lines


if __name__ == "__main__":
    main()
