from itertools import combinations
from math import dist

import numpy as np
import pytest

from pipeline.badges import Badge, Place, Room, badge_marks, place_badges
from pipeline.figure import RIGHT_COLOUR
from pipeline.strokes import paint

RADIUS = 20.0


def room(*, handles: tuple[Place, ...] = (), limbs: tuple[tuple[Place, Place], ...] = ()) -> Room:
    return Room(radius=RADIUS, handle=10, line=3, handles=handles, limbs=limbs)


def badges(*anchors: Place) -> list[Badge]:
    return [
        Badge(text=str(number), anchor=anchor, colour=RIGHT_COLOUR)
        for number, anchor in enumerate(anchors, start=1)
    ]


@pytest.mark.parametrize("seed", range(20))
def test_eight_numbers_never_cover_each_other_or_leave_the_picture(seed: int):
    draw = np.random.default_rng(seed)
    middle = draw.uniform(0, 600, 2)
    anchors = [
        (float(x), float(y)) for x, y in (middle + draw.uniform(-60, 60, (8, 2))).clip(0, 600)
    ]
    places = place_badges(badges(*anchors), room(handles=tuple(anchors)), (600, 600))
    assert min(dist(a, b) for a, b in combinations(places, 2)) >= 1.5 * RADIUS
    assert all(RADIUS <= x <= 600 - RADIUS and RADIUS <= y <= 600 - RADIUS for x, y in places)


def test_a_number_stays_close_to_what_it_belongs_to():
    ((x, y),) = place_badges(badges((300, 300)), room(handles=((300, 300),)), (600, 600))
    assert RADIUS < dist((x, y), (300, 300)) < 3 * RADIUS


def test_a_number_stands_beside_a_limb_and_not_on_it():
    limb = ((300.0, 0.0), (300.0, 600.0))
    ((x, _),) = place_badges(badges((300, 300)), room(limbs=(limb,)), (600, 600))
    assert abs(x - 300) > RADIUS


@pytest.mark.parametrize("side", [-1, 1])
def test_numbers_of_a_pair_stand_on_its_outer_sides(side: int):
    badge = Badge(text="1", anchor=(300, 300), colour=RIGHT_COLOUR, apart=(300 + 80 * side, 300))
    ((x, _),) = place_badges([badge], room(), (600, 600))
    assert (x - 300) * side <= 0


def test_a_picture_smaller_than_a_number_still_gets_one():
    pixels = np.full((12, 12, 3), 128, np.uint8)
    paint(pixels, badge_marks(badges((3, 3)), room(), (12, 12)))
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 1


def test_an_uncertain_number_is_hollow():
    drawn = []
    for hollow in (False, True):
        pixels = np.full((200, 200, 3), 128, np.uint8)
        badge = Badge(text="1", anchor=(100, 100), colour=RIGHT_COLOUR, hollow=hollow)
        paint(pixels, badge_marks([badge], room(), (200, 200)))
        drawn.append(int((pixels == RIGHT_COLOUR).all(axis=2).sum()))
    assert drawn[1] < drawn[0] / 2
