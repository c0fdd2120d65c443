"""Pictures as the bytes of their files."""

from io import BytesIO
from typing import Any

from PIL import Image


def encoded(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    """Return a picture in a format of Pillow, with options of that format."""
    stream = BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def decoded(data: bytes) -> Image.Image:
    """Return the picture in a file."""
    image = Image.open(BytesIO(data))
    image.load()
    return image
