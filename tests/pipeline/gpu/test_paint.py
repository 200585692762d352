from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.gpu.models import Models, load_models
from pipeline.gpu.paint import Brush, Stroke, paint
from pipeline.profiles import in_folder
from pipeline.skeleton import Joint, Keypoint, Skeleton
from tests.pipeline.gpu.conftest import make_weights  # pyright: ignore

BRUSH = Brush(caption="a man in red", seed=4)


@pytest.fixture(scope="module")
def models(weights: Path) -> Models:
    return load_models(in_folder(weights), device="cpu")


def picture_of(width: int, height: int) -> Image.Image:
    pixels = np.random.default_rng(1).integers(0, 255, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def lower_half(width: int, height: int) -> Image.Image:
    mask = Image.new("L", (width, height), 0)
    mask.paste(255, (0, height // 2, width, height))
    return mask


def standing(x: float = 60, torso: float = 50) -> Skeleton:
    return Skeleton(
        {
            Joint.RIGHT_SHOULDER: Keypoint(x - 10, 20),
            Joint.LEFT_SHOULDER: Keypoint(x + 10, 20),
            Joint.RIGHT_HIP: Keypoint(x - 8, 20 + torso),
            Joint.LEFT_HIP: Keypoint(x + 8, 20 + torso),
            Joint.RIGHT_KNEE: Keypoint(x - 8, 20 + 1.8 * torso),
        }
    )


def painted(strokes: list[Stroke]) -> Image.Image:
    assert strokes[-1].picture is not None
    return strokes[-1].picture


def run(models: Models, width: int, height: int, brush: Brush = BRUSH) -> list[Stroke]:
    strokes = paint(
        models, picture_of(width, height), lower_half(width, height), (standing(),), brush
    )
    return list(strokes)


@pytest.mark.parametrize("size", [(120, 180), (300, 200), (97, 211), (640, 480)])
def test_the_picture_keeps_its_size_whatever_it_is(models: Models, size: tuple[int, int]):
    assert painted(run(models, *size)).size == size


def test_the_same_seed_gives_the_same_picture_and_another_seed_another(models: Models):
    first, again = painted(run(models, 120, 180)), painted(run(models, 120, 180))
    other = painted(run(models, 120, 180, Brush(caption="a man in red", seed=5)))
    assert first == again
    assert first != other


def test_every_step_is_told_and_the_last_stroke_carries_the_picture(models: Models):
    strokes = run(models, 120, 180)
    assert [stroke.step for stroke in strokes] == [1, 2, 3, 3]
    assert [stroke.picture is not None for stroke in strokes] == [False, False, False, True]


def test_stopping_half_way_leaves_no_work_behind(models: Models):
    calls: list[int] = []
    hook = models.unet.register_forward_hook(lambda *_: calls.append(1))
    strokes = paint(models, picture_of(120, 180), lower_half(120, 180), (standing(),), BRUSH)
    next(strokes)
    strokes.close()  # pyright: ignore
    hook.remove()
    assert len(calls) == 1


def test_a_wide_picture_is_painted_through_several_windows(models: Models):
    assert len(run(models, 640, 150)[-1].layout.windows) > 1


def test_without_pose_guidance_controlnet_is_not_called(models: Models):
    calls: list[int] = []
    hook = models.controlnet.register_forward_hook(lambda *_: calls.append(1))
    run(models, 120, 180, Brush(caption="", posed=False))
    hook.remove()
    assert not calls


def test_a_unet_that_is_not_told_of_the_photo_keeps_it_all_the_same(tmp_path: Path):
    models = load_models(in_folder(make_weights(tmp_path, channels=4)), device="cpu")
    brush = Brush(caption="", steps=2)
    strokes = paint(models, picture_of(256, 320), lower_half(256, 320), (), brush)
    assert painted(list(strokes)).size == (256, 320)
