import numpy as np
import pytest
from PIL import Image, ImageFilter

from pipeline.fill import Fill, filled
from pipeline.geometry import Box, Size


def soft_noise(width: int, height: int) -> Image.Image:
    dice = np.random.default_rng(1)
    pixels = dice.integers(60, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(3))


@pytest.mark.parametrize("fill", Fill)
@pytest.mark.parametrize(
    ("size", "box"),
    [
        (Size(90, 200), Box(0, 0, 90, 100)),
        (Size(150, 170), Box(30, 20, 90, 100)),
        (Size(900, 1100), Box(0, 0, 900, 700)),
        (Size(70, 900), Box(3, 890, 60, 10)),
    ],
)
def test_the_photo_stays_and_nothing_new_is_black(fill: Fill, size: Size, box: Box):
    photo = soft_noise(box.width, box.height)
    frame = filled(photo, box, size, fill)
    assert frame.size == (size.width, size.height)
    assert frame.crop(box.edges).tobytes() == photo.tobytes()
    assert np.asarray(frame).min() >= np.asarray(photo).min() - 12


@pytest.mark.parametrize("fill", Fill)
def test_what_meets_the_cut_runs_on_below_it(fill: Fill):
    photo = Image.new("RGB", (120, 100), (230, 230, 230))
    photo.paste((20, 40, 160), (45, 0, 75, 100))
    column = np.asarray(filled(photo, Box(0, 0, 120, 100), Size(120, 180), fill)).astype(int)
    assert np.abs(column[104, 60] - (20, 40, 160)).max() < 25
    assert np.abs(column[104, 10] - 230).max() < 25


def test_inpainting_carries_a_garment_farther_than_edges_do():
    photo = Image.new("RGB", (120, 100), (230, 230, 230))
    photo.paste((20, 40, 160), (45, 0, 75, 100))
    edges, inpainted = (
        np.asarray(filled(photo, Box(0, 0, 120, 100), Size(120, 180), fill)).astype(int)
        for fill in (Fill.EDGES, Fill.INPAINT)
    )
    assert inpainted[160, 60, 0] < edges[160, 60, 0] - 20
