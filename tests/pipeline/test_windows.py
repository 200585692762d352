import random
from math import ceil

import numpy as np
import pytest

from pipeline.geometry import Box, Size
from pipeline.skeleton import Joint, Keypoint, Skeleton
from pipeline.windows import Layout, WindowLimits, lay_out

TINY = WindowLimits(largest=Size(96, 144), multiple=16, person_height=128, overlap=32)
SD15 = WindowLimits(largest=Size(512, 768), multiple=64, person_height=700, overlap=128)


def person(torso: float, x: float = 100, y: float = 100) -> Skeleton:
    return Skeleton(
        {
            Joint.RIGHT_SHOULDER: Keypoint(x - 10, y),
            Joint.LEFT_SHOULDER: Keypoint(x + 10, y),
            Joint.RIGHT_HIP: Keypoint(x - 8, y + torso),
            Joint.LEFT_HIP: Keypoint(x + 8, y + torso),
        }
    )


def covered(layout: Layout, unknown: Box) -> bool:
    painted = np.zeros((layout.frame.height, layout.frame.width), bool)
    for window in layout.windows:
        painted[window.top : window.bottom, window.left : window.right] = True
    left, top = int(unknown.left * layout.scale), int(unknown.top * layout.scale)
    right, bottom = ceil(unknown.right * layout.scale), ceil(unknown.bottom * layout.scale)
    return bool(painted[top:bottom, left:right].all())


def test_a_portrait_grown_to_full_length_needs_one_window():
    layout = lay_out(Size(512, 1024), Box(0, 512, 512, 512), [person(263)], TINY)
    assert layout.windows == (Box(0, 0, 80, 144),)
    assert layout.frame == Size(80, 144)


def test_a_wide_picture_is_painted_by_a_row_of_overlapping_windows():
    layout = lay_out(Size(3000, 1500), Box(0, 900, 3000, 600), [person(400)], TINY)
    tops = {window.top for window in layout.windows}
    assert len(tops) == 1
    assert len(layout.windows) > 1
    for left, right in zip(layout.windows, layout.windows[1:], strict=False):
        assert left.right - right.left >= TINY.overlap


def test_a_small_photo_is_never_blown_up():
    assert lay_out(Size(64, 100), Box(0, 60, 64, 40), [], TINY).scale == 1.0


def test_without_people_the_canvas_fits_one_window():
    layout = lay_out(Size(960, 1440), Box(0, 900, 960, 540), [], TINY)
    assert layout.scale == pytest.approx(0.1)
    assert len(layout.windows) == 1


@pytest.mark.parametrize("limits", [TINY, SD15])
def test_any_canvas_is_covered_by_windows_within_the_limits(limits: WindowLimits):
    dice = random.Random(7)
    for _ in range(200):
        canvas = Size(dice.randint(64, 4000), dice.randint(64, 6000))
        top = dice.randint(0, canvas.height - 1)
        unknown = Box.from_edges(0, top, canvas.width, canvas.height)
        people = [person(dice.uniform(20, 1500))] if dice.random() < 0.7 else []
        layout = lay_out(canvas, unknown, people, limits)
        assert covered(layout, unknown)
        for window in layout.windows:
            assert Box.of(layout.frame).holds(window)
            assert window.width % limits.multiple == 0
            assert window.height % limits.multiple == 0
            assert window.width <= limits.largest.width
            assert window.height <= limits.largest.height
