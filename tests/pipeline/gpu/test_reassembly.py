"""Planning, two passes and blending put a known target together again, whatever the canvas."""

from dataclasses import dataclass

import numpy as np
import pytest
from PIL import Image

from pipeline.canvas import Canvas, Painted, compose, paste_masked
from pipeline.geometry import Box, Size
from pipeline.gpu.paint import Brush, Stroke, layouts, paint
from pipeline.sheet import Outpainting, Retouching, Sheet
from tests.pipeline.gpu.doubles import KnowingUNet, knowing_models, target  # pyright: ignore

STEPS = 5
CHANNELS = pytest.mark.parametrize("channels", [4, 9])


@dataclass(frozen=True)
class Case:
    """A photo and how far it is extended."""

    photo: Size
    down: int = 0
    up: int = 0
    left: int = 0
    right: int = 0

    @property
    def canvas(self) -> Canvas:
        size = Size(
            self.left + self.photo.width + self.right, self.up + self.photo.height + self.down
        )
        return Canvas(size, Box(self.left, self.up, self.photo.width, self.photo.height))


CASES = {
    "one window": Case(Size(512, 512), down=256),
    "a strip narrower than 8 pixels": Case(Size(640, 512), down=5),
    "a width that is no multiple of 64": Case(Size(701, 777), down=333),
    "a photo smaller than one window": Case(Size(200, 180), down=120),
    "an extension larger than the photo": Case(Size(300, 256), down=700),
    "windows with no known pixel": Case(Size(1100, 500), down=1600),
    "all sides": Case(Size(600, 500), down=300, up=130, left=90, right=210),
    "two passes, several windows": Case(Size(1500, 1100), down=640),
}


PLAIN = Brush(caption="", steps=STEPS, posed=False)


def run(channels: int, sheet: Sheet, brush: Brush = PLAIN) -> tuple[list[Stroke], KnowingUNet]:
    models, unet = knowing_models(channels)
    passes = [layout for layout, _ in layouts(models, sheet, (), brush)]
    unet.expect(passes, STEPS)
    return list(paint(models, sheet, (), brush)), unet


def painted_by(strokes: list[Stroke]) -> Painted:
    assert strokes[-1].painted is not None
    return strokes[-1].painted


def apart(picture: Image.Image, box: Box) -> np.ndarray:
    """How far each value is from the target, in 255ths."""
    return np.abs(np.asarray(picture).astype(int) - np.asarray(target(box)).astype(int))


def farthest(picture: Image.Image, box: Box) -> int:
    return int(apart(picture, box).max())


@CHANNELS
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_windows_reassemble_the_target(channels: int, case: Case):
    canvas = case.canvas
    strokes, _ = run(channels, Outpainting(target(canvas.photo), canvas))
    painted = painted_by(strokes)
    assert farthest(painted.seen(painted.box), painted.box) <= 1


@CHANNELS
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_is_delivered_is_the_target_and_the_photo_itself(channels: int, case: Case):
    canvas, photo = case.canvas, target(case.canvas.photo)
    strokes, _ = run(channels, Outpainting(photo, canvas))
    delivered = compose(painted_by(strokes), photo, canvas)
    assert delivered.crop(canvas.photo.edges).tobytes() == photo.tobytes()
    off = apart(delivered, Box.of(canvas.size))
    assert off.max() <= 2  # the seam's correction is one more rounding
    assert (off > 1).mean() < 1e-4


@CHANNELS
def test_a_mask_in_one_window_has_no_other_window_painted(channels: int):
    size, hole = Size(1400, 1300), Box(1000, 900, 120, 140)
    mask = Image.new("L", (size.width, size.height))
    mask.paste(255, hole.edges)
    picture = target(Box.of(size))
    strokes, unet = run(channels, Retouching(picture, mask))
    assert len(strokes[-1].layout.windows) == 1
    assert len(unet.seen) == STEPS
    pasted = paste_masked(picture, painted_by(strokes), mask)
    assert farthest(pasted, Box.of(size)) <= 1


def test_of_a_tall_extension_some_windows_know_nothing():
    case = CASES["windows with no known pixel"]
    strokes, _ = run(9, Outpainting(target(case.canvas.photo), case.canvas))
    layout = strokes[-1].layout
    shown = [layout.on_canvas(window) for window in layout.windows]
    assert any(box.top >= case.photo.height for box in shown)


@CHANNELS
def test_with_guidance_1_every_sample_is_predicted_once(channels: int):
    case = CASES["two passes, several windows"]
    brush = Brush(caption="", steps=STEPS, posed=False, guidance=1.0)
    sheet = Outpainting(target(case.canvas.photo), case.canvas)
    strokes, unet = run(channels, sheet, brush)
    assert set(unet.batches) == {1}
    painted = painted_by(strokes)
    assert farthest(painted.seen(painted.box), painted.box) <= 1


def test_every_window_is_predicted_at_every_step_of_its_pass_and_never_else():
    case = CASES["two passes, several windows"]
    strokes, unet = run(9, Outpainting(target(case.canvas.photo), case.canvas))
    by_pass = {stroke.layout: 0 for stroke in strokes}
    for stroke in strokes[:-1]:
        by_pass[stroke.layout] += len(stroke.layout.windows)
    assert len(by_pass) == 2
    assert {layout: [one for one, _ in unet.seen].count(layout) for layout in by_pass} == by_pass
