import asyncio

import pytest
from PIL import Image

from bot.easel import LONGEST, Easel
from bot.effects import Picture
from pipeline.contact import GAP, contact_sheet
from pipeline.photo import encode_png, read_photo

COLOURS = ((200, 30, 30), (30, 200, 30), (30, 30, 200), (200, 200, 30))


def _flat(colour: tuple[int, int, int], size: tuple[int, int]) -> Image.Image:
    return Image.new("RGB", size, colour)


@pytest.mark.parametrize(
    ("count", "size", "columns", "rows"),
    [
        (1, (300, 400), 1, 1),
        (2, (300, 600), 2, 1),
        (4, (300, 400), 2, 2),
        (4, (300, 1200), 4, 1),
        (4, (1200, 300), 1, 4),
        (8, (300, 400), 4, 2),
    ],
)
def test_pictures_lie_in_a_grid_that_is_nearly_square(
    count: int, size: tuple[int, int], columns: int, rows: int
):
    sheet = contact_sheet([_flat((200, 30, 30), size)] * count)
    assert max(sheet.size) <= LONGEST
    cell = ((sheet.width - GAP) / columns - GAP, (sheet.height - GAP) / rows - GAP)
    assert cell[0] / cell[1] == pytest.approx(size[0] / size[1], rel=0.03)


def test_they_lie_in_their_order_with_a_number_on_each():
    sheet = contact_sheet([_flat(colour, (300, 400)) for colour in COLOURS])
    middles = [(x, y) for y in (0.3, 0.8) for x in (0.3, 0.8)]
    assert [sheet.getpixel((int(x * sheet.width), int(y * sheet.height))) for x, y in middles] == [
        *COLOURS
    ]
    corners = [(GAP, GAP), (sheet.width // 2 + GAP // 2, GAP)]
    badges = [sheet.crop((x + 8, y + 8, x + 64, y + 64)) for x, y in corners]
    assert all((255, 255, 255) in {colour for _, colour in _colours(one)} for one in badges)
    assert badges[0].tobytes() != badges[1].tobytes()


def _colours(image: Image.Image) -> list[tuple[int, object]]:
    return list(image.getcolors(1 << 24) or [])


def test_pictures_of_other_shapes_keep_them():
    sheet = contact_sheet([_flat((200, 30, 30), (400, 400)), _flat((30, 30, 200), (400, 100))])
    counted = {colour: count for count, colour in sheet.getcolors(1 << 24) or []}
    assert counted[(200, 30, 30)] > 3 * counted[(30, 30, 200)]


class _Shelf:
    def __init__(self, **pictures: Image.Image) -> None:
        self._pictures = {name: encode_png(picture) for name, picture in pictures.items()}

    async def get(self, reference: str) -> bytes:
        return self._pictures[reference]


@pytest.fixture
def shelf() -> _Shelf:
    return _Shelf(a=_flat(COLOURS[0], (300, 400)), b=_flat(COLOURS[1], (300, 400)))


async def test_a_card_with_variants_shows_them_all(shelf: _Shelf):
    drawn = await Easel(shelf).draw(Picture(base="a", sheet=("a", "b")))
    image = (await asyncio.to_thread(read_photo, drawn)).image
    left, right = (image.getpixel((int(x * image.width), image.height // 2)) for x in (0.3, 0.8))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert (left[0] > left[1], right[1] > right[0]) == (True, True)
