"""Several pictures beside each other on one, numbered, so that somebody can pick one of them."""

from collections.abc import Sequence
from math import ceil, log

from PIL import Image, ImageDraw, ImageFont

from pipeline.geometry import Size

LONGEST = 1280  # pixels; chats show photos no larger than this
GAP = 8  # pixels between pictures, and around them
BADGE = 0.14  # of a picture's shorter side: what its number stands on
LEAST_BADGE = 40  # pixels

_GROUND, _BADGE, _DIGIT = (38, 38, 42), (20, 20, 24), (255, 255, 255)


def contact_sheet(pictures: Sequence[Image.Image]) -> Image.Image:
    """Lay pictures out in rows, 1 at the top left, in a grid that is nearly square.

    Args:
        pictures: RGB, one or more; each is made to fit the cell of the largest.
    """
    widest, highest = (max(sides) for sides in zip(*(one.size for one in pictures), strict=True))
    columns = _columns(len(pictures), widest / highest)
    rows = ceil(len(pictures) / columns)
    room = min((LONGEST - GAP) / columns - GAP, ((LONGEST - GAP) / rows - GAP) * widest / highest)
    cell = Size(max(1, int(room)), max(1, int(room * highest / widest)))
    across, down = cell.width + GAP, cell.height + GAP
    sheet = Image.new("RGB", (GAP + columns * across, GAP + rows * down), _GROUND)
    for place, picture in enumerate(pictures):
        corner = (GAP + place % columns * across, GAP + place // columns * down)
        _put(sheet, picture, corner, cell)
        _number(sheet, place + 1, corner, cell)
    return sheet


def _columns(count: int, aspect: float) -> int:
    """Choose how many pictures of `aspect`, width over height, stand in a row."""

    def badness(columns: int) -> float:
        rows = ceil(count / columns)
        return abs(log(aspect * columns / rows)) + (rows * columns - count) / count

    return min(range(1, count + 1), key=badness)


def _put(sheet: Image.Image, picture: Image.Image, corner: tuple[int, int], cell: Size) -> None:
    scale = min(cell.width / picture.width, cell.height / picture.height)
    size = Size(*picture.size).scaled(scale)
    small = picture.resize((size.width, size.height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    left, top = (cell.width - size.width) // 2, (cell.height - size.height) // 2
    sheet.paste(small, (corner[0] + left, corner[1] + top))


def _number(sheet: Image.Image, number: int, corner: tuple[int, int], cell: Size) -> None:
    side = max(LEAST_BADGE, round(BADGE * min(cell.width, cell.height)))
    left, top = corner
    draw = ImageDraw.Draw(sheet)
    draw.rounded_rectangle((left, top, left + side, top + side), radius=side // 4, fill=_BADGE)
    font = ImageFont.load_default(size=0.7 * side)
    middle = (left + side / 2, top + side / 2)
    draw.text(middle, str(number), font=font, fill=_DIGIT, anchor="mm")
