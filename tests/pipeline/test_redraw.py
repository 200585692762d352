from collections.abc import Callable, Sequence
from dataclasses import replace
from io import BytesIO
from threading import Thread

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline import posing
from pipeline.photo import Pixels
from pipeline.preview import draw_over
from pipeline.redraw import Drawing
from pipeline.skeleton import LEGS, Joint, Keypoint, Skeleton
from tests.pipeline.people import whole_person

SIZE = (330, 300)  # width and height: three tiles across, and the last ones are cut off


def photo(width: int, height: int) -> Pixels:
    return np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)


PHOTO = photo(*SIZE)
PERSON = whole_person(height=260, middle=100)
FRIEND = whole_person(height=200, middle=160)

Edit = Callable[[Skeleton], Skeleton]


def placed(joint: Joint, x: float, y: float, *, guessed: bool) -> Edit:
    return lambda person: person.having({joint: Keypoint(x, y, 1.0, guessed=guessed)})


def nudged(joint: Joint, dx: float, dy: float) -> Edit:
    return lambda person: (
        posing.nudge(person, joint, dx, dy) if joint in person else posing.restore(person, [joint])
    )


def hidden(joint: Joint) -> Edit:
    return lambda person: replace(person, hidden=person.hidden ^ {joint})


def in_front(hip: Joint | None) -> Edit:
    return lambda person: replace(person, front=hip)


joints = st.sampled_from(Joint)
places, steps = st.floats(-400, 700), st.floats(-8, 8)
edits = st.one_of(
    st.builds(nudged, joints, steps, steps),
    st.builds(placed, joints, places, places, guessed=st.booleans()),
    st.builds(hidden, joints),
    st.builds(in_front, st.sampled_from((None, *(leg.hip for leg in LEGS)))),
)
crowds = st.sampled_from([(), (FRIEND,)])
views = st.lists(st.tuples(edits, st.one_of(st.none(), joints), crowds), min_size=1, max_size=6)


def shown(jpeg: bytes) -> Pixels:
    return np.asarray(Image.open(BytesIO(jpeg)))


@settings(max_examples=150, deadline=None)
@given(views)
def test_what_is_drawn_anew_is_what_is_drawn_at_once(
    views: Sequence[tuple[Edit, Joint | None, tuple[Skeleton, ...]]],
):
    drawing, person = Drawing(PHOTO), PERSON
    for edit, chosen, others in views:
        person = edit(person)
        people = (person, *others)
        assert drawing.jpeg(people, chosen=chosen) == Drawing(PHOTO).jpeg(people, chosen=chosen)


@settings(max_examples=30, deadline=None)
@given(edits, joints, crowds)
def test_it_is_what_a_whole_drawing_shows(edit: Edit, chosen: Joint, others: tuple[Skeleton, ...]):
    people = (edit(PERSON), *others)
    drawing = Drawing(PHOTO)
    drawing.jpeg((PERSON,), chosen=None)
    whole = draw_over(PHOTO, people, chosen=chosen)
    assert drawing.jpeg(people, chosen=chosen) == Drawing(whole).jpeg((Skeleton({}),))


@pytest.mark.parametrize("width", [64, 65, 96, 512, 560, 592, 977])
@pytest.mark.parametrize("height", [64, 300, 311])
def test_a_joint_moves_on_a_picture_of_any_size(width: int, height: int):
    picture = photo(width, height)
    person = whole_person(height=0.8 * height, middle=width / 2)
    moved = posing.nudge(person, Joint.LEFT_ANKLE, 5, -3)
    drawing = Drawing(picture)
    first, second = (drawing.jpeg((pose,), chosen=Joint.LEFT_ANKLE) for pose in (person, moved))
    assert second == Drawing(picture).jpeg((moved,), chosen=Joint.LEFT_ANKLE) != first
    assert shown(second).shape == picture.shape


def test_the_picture_that_is_drawn_on_is_left_alone():
    before = PHOTO.tobytes()
    Drawing(PHOTO).jpeg((PERSON, FRIEND), chosen=Joint.LEFT_KNEE)
    assert PHOTO.tobytes() == before


def test_threads_may_share_a_drawing():
    drawing = Drawing(PHOTO)
    poses = [posing.nudge(PERSON, Joint.LEFT_KNEE, 4.0 * n, 0) for n in range(8)]
    given: dict[int, set[bytes]] = {n: set() for n in range(8)}

    def draw(n: int) -> None:
        for _ in range(20):
            given[n].add(drawing.jpeg((poses[n],), chosen=Joint.LEFT_KNEE))

    threads = [Thread(target=draw, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert given == {n: {Drawing(PHOTO).jpeg((poses[n],), chosen=Joint.LEFT_KNEE)} for n in given}
