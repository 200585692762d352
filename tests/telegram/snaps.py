"""Pictures to send, made in a moment."""

import io

from PIL import Image


def snap(
    width: int = 64,
    height: int = 48,
    colour: str = "teal",
    encoding: str = "JPEG",
    *,
    spot: int = 0,
) -> bytes:
    """Make a picture of one colour, told apart from others by a spot at the left."""
    image = Image.new("RGB", (width, height), colour)
    image.paste((spot * 37 % 256, spot * 101 % 256, 255 - spot % 256), (0, 0, width // 4, height))
    written = io.BytesIO()
    image.save(written, encoding)
    return written.getvalue()
