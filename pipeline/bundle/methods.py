"""The ways to paint that the judge can compare, by name."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.bundle.cases import Case
from pipeline.bundle.stock import paint_fixed, paint_stock
from pipeline.canvas import compose, place, unknown_mask
from pipeline.errors import ModelError
from pipeline.gpu.coats import outpainting, renoising
from pipeline.gpu.models import Models
from pipeline.gpu.paint import Brush, People, Stroke, paint
from pipeline.gpu.painters import Painter
from pipeline.gpu.pixel import paint_pixels, pixel_pace_for
from pipeline.gpu.repaint import pace_for, repaint, without_resampling
from pipeline.jobs import REPAINT_STRENGTH, Settings
from pipeline.sheet import Outpainting, Sheet
from pipeline.skeleton import Skeleton

Bytes = NDArray[np.uint8]

# Paints what lies outside a case's photo, with its person so posed, by a seed: (H, W, 3).
Method = Callable[[Models, Case, Skeleton, int], Bytes]

# Paints the white part of a picture's mask: (models, picture, mask, people, brush).
Other = Callable[[Models, Image.Image, Image.Image, People, Brush], Image.Image]


def by_painter(
    painter: Painter, models: Models, case: Case, skeleton: Skeleton, seed: int
) -> Bytes:
    """Outpaint by one of the product's painters, and deliver as the product does."""
    sheet = Outpainting(case.photo, case.canvas)
    *_, last = painter(models, sheet, _people(case, skeleton), _brush(case, seed))
    if last.painted is None:
        raise RuntimeError("the painter ended without a picture")
    return np.array(compose(last.painted, case.photo, case.canvas))


def by_renoising(models: Models, case: Case, skeleton: Skeleton, seed: int) -> Bytes:
    """Outpaint as the product does by default, then re-noise a little and denoise again."""
    people, brush, settings = _people(case, skeleton), _brush(case, seed), Settings(seed=seed)
    there = (case.photo, case.canvas, people, brush, settings)
    picture = None
    for coat in (outpainting(*there), renoising(*there, strength=REPAINT_STRENGTH)):
        *_, last = paint(models, coat.sheet(picture), coat.people, coat.brush)
        if last.painted is None:
            raise RuntimeError("the painter ended without a picture")
        picture = coat.finish(picture, last.painted)
    return np.array(picture)


def by_others(paint: Other, models: Models, case: Case, skeleton: Skeleton, seed: int) -> Bytes:
    """Outpaint as other tools do, and paste the photo in as it is."""
    placed, mask = place(case.photo, case.canvas), unknown_mask(case.canvas)
    painted = paint(models, placed, mask, _people(case, skeleton), _brush(case, seed))
    painted.paste(case.photo, case.canvas.photo.edges)
    return np.array(painted)


def _repainted_once(models: Models, sheet: Sheet, people: People, brush: Brush) -> Iterator[Stroke]:
    pace = without_resampling(pace_for(models.profile, brush))
    return repaint(models, sheet, people, brush, pace=pace)


def _pixels_once(models: Models, sheet: Sheet, people: People, brush: Brush) -> Iterator[Stroke]:
    pace = without_resampling(pixel_pace_for(brush))
    return paint_pixels(models, sheet, people, brush, pace=pace)


def _people(case: Case, skeleton: Skeleton) -> People:
    return (skeleton, *case.others)


def _brush(case: Case, seed: int) -> Brush:
    return Brush(caption=case.scene.caption, seed=seed)


METHODS: Mapping[str, Method] = {
    "controlnet": partial(by_painter, paint),
    "renoise": by_renoising,
    "repaint": partial(by_painter, repaint),
    "repaint-once": partial(by_painter, _repainted_once),  # the same without resampling
    "pixel": partial(by_painter, paint_pixels),
    "pixel-once": partial(by_painter, _pixels_once),
    "stock": partial(by_others, paint_stock),
    "fixed": partial(by_others, paint_fixed),
}


def method_named(name: str) -> Method:
    """Return a method.

    Raises:
        ModelError: There is none of that name.
    """
    if name not in METHODS:
        raise ModelError(f"There is no method {name!r}. Use {', '.join(METHODS)}.")
    return METHODS[name]
