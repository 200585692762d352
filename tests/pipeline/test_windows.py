import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from pipeline import costs
from pipeline.geometry import Box, Size
from pipeline.profiles import SD15, TINY_FOLDER, in_folder
from pipeline.skeleton import Joint, Keypoint, Skeleton
from pipeline.windows import Layout, WindowLimits, plan_draft, plan_pass, plan_passes

TINY = in_folder(TINY_FOLDER).profile.limits
NATIVE = replace(SD15.limits, working=10**6)


def person(torso: float, x: float = 100, y: float = 100) -> Skeleton:
    return Skeleton(
        {
            Joint.RIGHT_SHOULDER: Keypoint(x - 10, y),
            Joint.LEFT_SHOULDER: Keypoint(x + 10, y),
            Joint.RIGHT_HIP: Keypoint(x - 8, y + torso),
            Joint.LEFT_HIP: Keypoint(x + 8, y + torso),
        }
    )


def below(width: int, height: int, strip: int) -> tuple[Size, list[Box]]:
    return Size(width, height + strip), [Box(0, height, width, strip)]


def covered(layout: Layout, unknown: Sequence[Box], canvas: Size) -> bool:
    painted = np.zeros((canvas.height, canvas.width), bool)
    for window in layout.windows:
        box = layout.on_canvas(window)
        painted[box.top : box.bottom, box.left : box.right] = True
    return all(painted[b.top : b.bottom, b.left : b.right].all() for b in unknown)


def unet_cost(layout: Layout) -> float:
    return sum(costs.unet(window.size) for window in layout.windows)


@pytest.mark.parametrize(
    ("photo", "strip", "count", "shape"),
    [
        ((512, 512), 256, 1, (512, 448)),
        ((768, 1024), 512, 2, (448, 640)),
        ((1024, 1024), 512, 3, (384, 640)),
        ((3072, 4096), 1536, 30, (576, 384)),
    ],
)
def test_windows_have_the_shape_that_costs_least(
    photo: tuple[int, int], strip: int, count: int, shape: tuple[int, int]
):
    canvas, unknown = below(*photo, strip)
    windows = plan_pass(canvas, unknown, [], NATIVE).windows
    assert len(windows) == count
    assert {(window.width, window.height) for window in windows} == {shape}


@pytest.mark.parametrize(("photo", "strip"), [((768, 1024), 512), ((1536, 2048), 1024)])
def test_chosen_windows_are_cheaper_than_squares(photo: tuple[int, int], strip: int):
    canvas, unknown = below(*photo, strip)
    square = replace(NATIVE, largest=Size(512, 512), shortest=512)
    ours, squares = (plan_pass(canvas, unknown, [], limits) for limits in (NATIVE, square))
    assert unet_cost(ours) < 0.8 * unet_cost(squares)


def test_what_fits_one_window_is_painted_in_one_pass():
    passes = plan_passes(*below(512, 512, 256), [], SD15.limits)
    assert passes.refinement is None
    assert passes.composition.scale == 1.0


def test_anything_larger_is_composed_in_one_window_that_sees_the_whole_person():
    canvas, unknown = below(768, 1024, 512)
    passes = plan_passes(canvas, unknown, [], SD15.limits)
    assert passes.refinement is not None
    assert passes.composition.region == Box.of(canvas)
    assert len(passes.composition.windows) == 1
    assert passes.refinement.region.top == 1024 - SD15.limits.context


def test_legs_of_a_large_person_are_painted_anew_in_one_window():
    legs = [Box(192, 896, 384, 640)]
    passes = plan_passes(Size(768, 1536), legs, [person(380)], SD15.limits)
    assert passes.refinement is None
    (window,) = passes.composition.windows
    assert window.size.area < 1.6 * legs[0].size.area


def test_a_taller_photo_makes_no_more_work():
    layouts = [
        plan_passes(*below(768, height, 512), [], SD15.limits) for height in (1024, 2048, 4096)
    ]
    first, *others = [
        [layout.frame for layout in (passes.composition, passes.finest)] for passes in layouts
    ]
    assert all(frames == first for frames in others)


def test_a_large_photo_is_worked_on_at_the_working_width():
    canvas, unknown = below(3000, 4000, 1500)
    assert plan_passes(canvas, unknown, [person(900)], SD15.limits).finest.frame.width == 768


def test_small_people_keep_the_size_that_they_are_painted_best_at():
    canvas, unknown = below(3000, 1200, 700)
    layout = plan_passes(canvas, unknown, [person(190)], SD15.limits).finest
    assert layout.scale == pytest.approx(1.0, abs=0.05)


def test_a_crowd_that_would_get_too_small_is_composed_through_several_windows():
    canvas, unknown = below(8000, 900, 500)
    layout = plan_passes(canvas, unknown, [person(380)], SD15.limits).composition
    assert len(layout.windows) > 1
    for left, right in pairwise(layout.windows):
        assert left.right - right.left >= SD15.limits.overlap


def test_a_draft_shows_the_whole_canvas_in_one_window():
    layout = plan_draft(Size(8000, 1400), [person(380)], SD15.limits)
    assert layout.region == Box(0, 0, 8000, 1400)
    assert len(layout.windows) == 1


def test_a_small_photo_is_never_blown_up():
    assert plan_passes(Size(64, 100), [Box(0, 60, 64, 40)], [], TINY).finest.scale == 1.0


def test_windows_without_anything_new_are_not_painted():
    canvas = Size(3000, 3000)
    corners = [Box(0, 0, 300, 300), Box(2700, 2700, 300, 300)]
    layout = plan_pass(canvas, corners, [], NATIVE)
    assert len(layout.windows) == 2
    assert covered(layout, corners, canvas)


def test_an_extension_on_two_sides_leaves_the_rest_of_the_photo_alone():
    canvas = Size(2500, 3000)
    corner = [Box(0, 2400, 2500, 600), Box(0, 0, 400, 2400)]
    layout = plan_pass(canvas, corner, [], NATIVE)
    assert covered(layout, corner, canvas)
    assert sum(window.size.area for window in layout.windows) < 0.75 * canvas.area


def test_a_strip_at_the_side_that_is_narrower_than_a_window_gets_windows_within_the_frame():
    canvas = Size(1000, 1000)
    strip = [Box(995, 0, 5, 1000)]
    layout = plan_passes(canvas, strip, [], NATIVE).finest
    assert covered(layout, strip, canvas)
    assert all(Box.of(layout.frame).holds(window) for window in layout.windows)


def test_windows_of_half_the_size_are_half_as_large():
    limits = SD15.limits.halved()
    assert limits.largest.area <= SD15.limits.largest.area / 2
    canvas, unknown = below(768, 1024, 512)
    windows = plan_pass(canvas, unknown, [], limits).windows
    assert all(window.size.area <= limits.largest.area for window in windows)


@pytest.mark.parametrize("limits", [TINY, SD15.limits, NATIVE])
def test_any_canvas_is_covered_by_windows_within_the_limits(limits: WindowLimits):
    dice = random.Random(7)
    for _ in range(60):
        canvas = Size(dice.randint(64, 4000), dice.randint(64, 5000))
        top, left = dice.randint(0, canvas.height - 1), dice.randint(0, canvas.width // 2)
        unknown = [Box.from_edges(0, top, canvas.width, canvas.height)]
        if left and top and dice.random() < 0.4:
            unknown.append(Box(0, 0, left, top))
        people = [person(dice.uniform(20, 1500))] if dice.random() < 0.7 else []
        passes = plan_passes(canvas, unknown, people, limits)
        for layout in (passes.composition, passes.finest):
            assert covered(layout, unknown, canvas)
            for window in layout.windows:
                assert Box.of(layout.frame).holds(window)
                assert window.width % limits.multiple == 0
                assert window.height % limits.multiple == 0
                assert window.size.area <= limits.largest.area
                assert max(window.width, window.height) <= limits.longest
