from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.canvas import Painted
from pipeline.geometry import Box, Size
from pipeline.gpu.models import Models, load_models
from pipeline.gpu.paint import Brush, Stroke, paint
from pipeline.gpu.prompts import empty_windows
from pipeline.jobs import Quality
from pipeline.profiles import in_folder
from pipeline.sheet import Retouching
from pipeline.skeleton import Joint, Keypoint, Skeleton
from pipeline.windows import plan_pass
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


def sheet_of(width: int, height: int) -> Retouching:
    return Retouching(picture_of(width, height), lower_half(width, height))


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


def painted(strokes: list[Stroke]) -> Painted:
    assert strokes[-1].painted is not None
    return strokes[-1].painted


def run(models: Models, width: int, height: int, brush: Brush = BRUSH) -> list[Stroke]:
    strokes = paint(
        models,
        Retouching(picture_of(width, height), lower_half(width, height)),
        (standing(),),
        brush,
    )
    return list(strokes)


@pytest.mark.parametrize("size", [(120, 180), (300, 200), (97, 211), (420, 300)])
def test_what_was_painted_shows_all_that_is_new(models: Models, size: tuple[int, int]):
    shown = painted(run(models, *size))
    width, height = size
    assert shown.box.holds(Box.from_edges(0, height // 2, width, height))
    assert shown.seen(shown.box).size == (shown.box.width, shown.box.height)


def test_a_large_picture_is_composed_first_and_refined_with_less_noise(weights: Path):
    models = load_models(in_folder(weights), device="cpu")
    profile = models.profile
    finer = replace(profile, limits=replace(profile.limits, working=300))
    tall = (standing(torso=120),)
    strokes = list(paint(replace(models, profile=finer), sheet_of(400, 300), tall, BRUSH))
    layouts = list(dict.fromkeys(stroke.layout for stroke in strokes))
    assert [len(layout.windows) > 1 for layout in layouts] == [False, True]
    assert layouts[1].scale > layouts[0].scale
    assert painted(strokes).picture.size == (layouts[1].content.width, layouts[1].content.height)


def test_a_draft_is_the_composition_of_the_whole_canvas_alone(models: Models):
    strokes = run(models, 640, 480, replace(BRUSH, quality=Quality.DRAFT))
    assert strokes[-1].layout.region == Box(0, 0, 640, 480)
    assert len(strokes[-1].layout.windows) == 1


def test_the_same_seed_gives_the_same_picture_and_another_seed_another(models: Models):
    first, again = painted(run(models, 120, 180)), painted(run(models, 120, 180))
    other = painted(run(models, 120, 180, Brush(caption="a man in red", seed=5)))
    assert first == again
    assert first != other


def test_every_step_is_told_and_the_last_stroke_carries_the_picture(models: Models):
    strokes = run(models, 120, 180)
    assert [stroke.step for stroke in strokes] == [1, 2, 3, 3]
    assert [stroke.painted is not None for stroke in strokes] == [False, False, False, True]


def test_stopping_half_way_leaves_no_work_behind(models: Models):
    calls: list[int] = []
    hook = models.unet.register_forward_hook(lambda *_: calls.append(1))
    strokes = paint(models, sheet_of(120, 180), (standing(),), BRUSH)
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
    strokes = paint(models, sheet_of(256, 320), (), brush)
    assert painted(list(strokes)).box.holds(Box(0, 160, 256, 160))


def test_windows_in_which_nobody_is_are_not_told_of_a_person(models: Models):
    person = standing(x=60, torso=50)
    layout = plan_pass(Size(900, 180), [Box(0, 90, 900, 90)], [person], models.profile.limits)
    empty = empty_windows(layout, (person,))
    assert empty
    for window in layout.windows:
        shown = layout.on_canvas(window)
        holds_a_joint = any(
            shown.left <= point.x < shown.right for point in person.keypoints.values()
        )
        assert not (holds_a_joint and window in empty)


def test_where_nobody_is_known_to_be_anywhere_all_windows_are_told(models: Models):
    person = standing(x=60, torso=50)
    layout = plan_pass(Size(900, 180), [Box(0, 90, 900, 90)], [person], models.profile.limits)
    assert not empty_windows(layout, ())


def difference(one: Painted, other: Painted, part: Box) -> float:
    seen = (np.asarray(painted.seen(part), np.float32) for painted in (one, other))
    first, second = seen
    return float(np.abs(first - second).mean())


def test_a_window_with_words_of_its_own_is_painted_by_them(models: Models):
    far = (standing(x=60),)
    once = replace(BRUSH, steps=1)  # later steps hear of it where windows overlap
    plain = painted(list(paint(models, sheet_of(420, 150), far, once)))
    told = replace(models.profile, scenery="blue")
    other = painted(list(paint(replace(models, profile=told), sheet_of(420, 150), far, once)))
    left, right = (difference(plain, other, Box(x, 80, 60, 60)) for x in (0, 360))
    assert right > 0
    assert left < 0.1 * right  # the decoder sees what overlaps
