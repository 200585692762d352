"""What Telegram takes: lengths in UTF-16 units, photos that it does not refuse."""

import io

from PIL import Image

from bot.platform import Rejected

TEXT, CAPTION, ANSWER = 4096, 1024, 200  # UTF-16 units
PHOTO_BYTES = 10_000_000
PHOTO_SIDES = 10_000  # pixels, width and height together
PHOTO_RATIO = 20
FILE_BYTES = 50_000_000
FORMATS = ("JPEG", "PNG")  # to look through all that there are holds everything up for 0.1 s


def cut(text: str, units: int) -> str:
    """Cut a text to so many UTF-16 units, and show that something is missing."""
    encoded = text.encode("utf-16-le", "replace")
    if len(encoded) <= 2 * units:
        return text
    # Half of a surrogate pair at the end is dropped.
    kept = encoded[: 2 * (units - 1)].decode("utf-16-le", "ignore")
    return kept.rstrip() + "…"


def check_photo(picture: bytes) -> None:
    """Refuse a picture that Telegram would refuse as a photo; only its header is read.

    Raises:
        Rejected: It is too heavy, too large, too long or not an image.
    """
    if len(picture) > PHOTO_BYTES:
        raise Rejected(f"a photo of {len(picture)} bytes")
    try:
        with Image.open(io.BytesIO(picture), formats=FORMATS) as image:
            width, height = image.size
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise Rejected("not an image") from error
    if width + height > PHOTO_SIDES or max(width, height) > PHOTO_RATIO * min(width, height):
        raise Rejected(f"a photo of {width}x{height} pixels")
