"""What Telegram makes of a photo: JPEGs in several sizes, without anything but pixels."""

import io
import warnings

from PIL import Image, ImageOps

from tests.telegram.rules import bad, check_sides

SIDES = (90, 320, 800, 1280)
QUALITY = 87


def photo_sizes(content: bytes) -> list[tuple[bytes, int, int]]:
    """Encode a photo anew, smallest first, as (JPEG, width, height).

    Raises:
        ApiError: It is no picture, or one of a shape that is refused.
    """
    image = _decoded(content)
    largest = max(image.size)
    sides = [side for side in SIDES if side < largest] + [min(largest, SIDES[-1])]
    return [_encoded(image, side) for side in dict.fromkeys(sides)]


def _decoded(content: bytes) -> Image.Image:
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(content)) as image:
            warnings.simplefilter("ignore")
            check_sides(*image.size)
            upright = ImageOps.exif_transpose(image)
            return upright.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise bad("IMAGE_PROCESS_FAILED") from error


def _encoded(image: Image.Image, side: int) -> tuple[bytes, int, int]:
    small = image.copy()
    small.thumbnail((side, side))
    written = io.BytesIO()
    small.save(written, "JPEG", quality=QUALITY)
    return written.getvalue(), small.width, small.height
