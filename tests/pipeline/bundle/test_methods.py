"""The ways to paint that are compared: each delivers a whole picture with the photo in it."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from PIL import Image, ImageDraw

from pipeline.bundle.cases import Case, cases
from pipeline.bundle.methods import METHODS, method_named
from pipeline.bundle.stock import paint_stock, square_windows
from pipeline.canvas import place, unknown_mask
from pipeline.errors import ModelError
from pipeline.geometry import Box, Size
from pipeline.gpu.models import Models, load_models
from pipeline.gpu.paint import Brush
from pipeline.profiles import TINY_FOLDER, in_folder

PLAIN = ("controlnet", "renoise", "repaint", "repaint-once", "stock", "fixed")


@pytest.fixture(scope="module")
def models() -> Models:
    return load_models(in_folder(TINY_FOLDER), device="cpu")


@pytest.fixture(scope="module")
def case() -> Case:
    return next(islice(cases(900_001, 4), 3, None))


@pytest.fixture(scope="module")
def pictures(models: Models, case: Case) -> dict[str, np.ndarray]:
    return {name: METHODS[name](models, case, case.skeleton, 3) for name in PLAIN}


@pytest.mark.parametrize("name", PLAIN)
def test_the_photo_is_in_the_picture_byte_for_byte(
    pictures: dict[str, np.ndarray], case: Case, name: str
):
    bottom = case.canvas.photo.bottom
    picture, truth = pictures[name], case.scene.picture
    assert picture.shape == truth.shape
    assert (picture[:bottom] == truth[:bottom]).all()
    assert picture[bottom:].std() > 3


def test_no_two_methods_paint_the_same(pictures: dict[str, np.ndarray]):
    assert len({picture.tobytes() for picture in pictures.values()}) == len(PLAIN)


def test_re_noising_changes_what_was_painted_and_only_that(
    pictures: dict[str, np.ndarray], case: Case
):
    bottom = case.canvas.photo.bottom
    before, after = pictures["controlnet"].astype(int), pictures["renoise"].astype(int)
    assert 0 < np.abs(before - after)[bottom:].mean() < 60
    assert (before[:bottom] == after[:bottom]).all()


def test_stock_follows_the_pose_with_a_unet_of_other_latents(models: Models, case: Case):
    placed, mask = place(case.photo, case.canvas), unknown_mask(case.canvas)
    brush = Brush(caption=case.scene.caption, seed=3)
    posed = paint_stock(models, placed, mask, (case.skeleton,), brush)
    other = paint_stock(models, placed, mask, (case.skeleton.mapped(dx=12),), brush)
    again = paint_stock(models, placed, mask, (case.skeleton,), brush)
    assert posed == again
    assert posed != other
    assert models.unet.config.in_channels > 9  # the product's own UNet is what it was


@pytest.mark.parametrize("size", [Size(96, 144), Size(96, 96), Size(250, 130)])
def test_square_windows_cover_the_canvas_and_overlap_by_half_at_most(size: Size):
    seen = Image.new("L", (size.width, size.height), 0)
    windows = list(square_windows(size, 96))
    for window in windows:
        assert window.within(Box.of(size)) == window
        assert window.size == Size(96, 96)
        ImageDraw.Draw(seen).rectangle((*window.edges[:2], *(e - 1 for e in window.edges[2:])), 255)
    assert seen.getextrema() == (255, 255)
    assert len(set(windows)) == len(windows)


def test_a_method_whose_weights_are_missing_says_so(models: Models, case: Case):
    with pytest.raises(ModelError, match="no pixel-space model"):
        method_named("pixel")(replace(models, pixel_folder=None), case, case.skeleton, 0)
