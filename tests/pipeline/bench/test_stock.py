"""What the stock pipelines call is what the closed form says, so that they need not always run."""

from collections import Counter

import pytest
from PIL import Image

from pipeline.bench.meter import WorkMeter
from pipeline.bench.networks import random_models
from pipeline.bench.stock import Stock, hand_made_crop
from pipeline.geometry import Box, Size
from pipeline.gpu.models import Models

CANVAS = Size(128, 192)


@pytest.fixture(scope="module")
def models() -> Models:
    return random_models()


@pytest.mark.parametrize(
    "stock",
    [
        Stock(steps=3),
        Stock(steps=3, guided=False),
        Stock(steps=3, posed=True),
        Stock(steps=4, posed=True, control_end=0.5),
    ],
)
def test_stock_pipelines_call_what_the_closed_form_says(models: Models, stock: Stock):
    size = (CANVAS.width, CANVAS.height)
    picture, mask = Image.new("RGB", size, (90, 120, 80)), Image.new("L", size, 255)
    with WorkMeter(models.unet, models.controlnet, models.vae) as meter:
        painted = stock.run(models, picture, mask, picture)
    assert painted.size == size
    assert Counter(meter.calls) == Counter(stock.calls(CANVAS))


@pytest.mark.parametrize(
    ("canvas", "unknown", "crop"),
    [
        (Size(512, 768), Box(0, 512, 512, 256), Box(0, 256, 512, 512)),
        (Size(768, 1536), Box(0, 1024, 768, 512), Box(0, 896, 768, 640)),
        (Size(1536, 3072), Box(600, 2400, 384, 640), Box(472, 2240, 640, 832)),
    ],
)
def test_tools_crop_the_unknown_part_with_context(canvas: Size, unknown: Box, crop: Box):
    assert hand_made_crop(canvas, [unknown]) == crop
