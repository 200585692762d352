import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data

from pipeline import anatomy, completion
from pipeline.errors import ModelError
from pipeline.geometry import Box, Size
from pipeline.gpu import views
from pipeline.gpu.landmarker import Pixels
from pipeline.gpu.pose import MediaPipeDetector, detector_statuses
from pipeline.gpu.sightings import agreed, distinct, makes_sense
from pipeline.gpu.views import View
from pipeline.plan import plan_canvas
from pipeline.skeleton import FOOT_JOINTS, LEGS, Joint, Keypoint, Skeleton
from tests.pipeline.people import whole_person


@pytest.fixture(scope="module")
def detector() -> Iterator[MediaPipeDetector]:
    with MediaPipeDetector() as detector:
        yield detector


ASTRONAUT = np.asarray(data.astronaut(), np.uint8)
COFFEE = np.asarray(data.coffee(), np.uint8)
CAT = np.asarray(data.chelsea(), np.uint8)


@pytest.fixture(scope="module")
def portrait() -> Image.Image:
    """Eileen Collins, cut at the waist; 512 x 512."""
    return Image.fromarray(ASTRONAUT)


def places(person: Skeleton, *joints: Joint) -> list[tuple[float, float]]:
    return [(person.keypoints[joint].x, person.keypoints[joint].y) for joint in joints]


def test_a_portrait_has_one_person_with_her_own_left_and_right(
    detector: MediaPipeDetector, portrait: Image.Image
):
    (person,) = detector.detect(portrait)
    nose, right, left = places(person, Joint.NOSE, Joint.RIGHT_SHOULDER, Joint.LEFT_SHOULDER)
    assert nose == pytest.approx((223, 128), abs=15)
    assert right == pytest.approx((112, 240), abs=25)
    assert left == pytest.approx((306, 256), abs=25)
    assert set(person.keypoints) == set(Joint)


def test_what_lies_below_the_photo_is_guessed_and_what_was_seen_is_not(
    detector: MediaPipeDetector, portrait: Image.Image
):
    (person,) = detector.detect(portrait)
    assert not person.keypoints[Joint.NOSE].guessed
    assert person.keypoints[Joint.NOSE].score > 0.9
    for leg in LEGS:
        assert person.keypoints[leg.ankle].guessed
        assert person.keypoints[leg.ankle].y > 700
        assert 0 < person.keypoints[leg.ankle].score < 0.1
    assert all(person.keypoints[joint].guessed for joint in FOOT_JOINTS)


def test_the_plan_for_the_portrait_puts_the_feet_where_a_standing_woman_has_them(
    detector: MediaPipeDetector, portrait: Image.Image
):
    plan = plan_canvas(Size(512, 512), detector.detect(portrait))
    assert 1000 < plan.canvas.size.height < 1350
    (person,) = plan.skeletons
    right, left = places(person, Joint.RIGHT_ANKLE, Joint.LEFT_ANKLE)
    assert right[0] + 50 < left[0]
    assert 850 < right[1] < 1120


@pytest.mark.parametrize("row", [350, 400, 450])
def test_a_portrait_that_ends_above_the_hips_shows_somebody_who_stands(
    detector: MediaPipeDetector, portrait: Image.Image, row: int
):
    (person,) = detector.detect(portrait.crop((0, 0, 512, row)))
    assert completion.stances(person)[0].name == "standing"


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_portrait_has_its_feet_beyond_the_side_where_the_hips_are(
    detector: MediaPipeDetector, portrait: Image.Image, turns: int
):
    (person,) = detector.detect(portrait.rotate(90 * turns))
    ankle = anatomy.complete(person).keypoints[Joint.LEFT_ANKLE]
    far = {1: ankle.x > 700, 2: ankle.y < -200, 3: ankle.x < -200}
    assert far[turns]


def test_two_people_side_by_side_are_both_found_whole(detector: MediaPipeDetector):
    one = ASTRONAUT[:, :400]
    pair = Image.fromarray(np.concatenate([one, one[:, ::-1]], axis=1))
    people = detector.detect(pair)
    assert sorted(round(person.keypoints[Joint.NOSE].x, -2) for person in people) == [200, 600]
    assert all(person.keypoints[Joint.LEFT_ANKLE].y > 700 for person in people)


def test_a_wide_picture_does_not_squeeze_the_legs_into_it(
    detector: MediaPipeDetector, portrait: Image.Image
):
    wide = Image.new("RGB", (1100, 512), (90, 110, 120))
    wide.paste(portrait, (300, 0))
    (person,) = detector.detect(wide)
    assert person.keypoints[Joint.LEFT_ANKLE].y > 700
    assert person.keypoints[Joint.NOSE].x == pytest.approx(523, abs=15)


@pytest.mark.parametrize("scale", [0.125, 0.5, 3])
def test_the_same_portrait_at_any_size_has_the_same_joints(
    detector: MediaPipeDetector, portrait: Image.Image, scale: float
):
    size = round(512 * scale)
    (person,) = detector.detect(portrait.resize((size, size)))
    assert person.keypoints[Joint.NOSE].x / scale == pytest.approx(223, abs=20)
    assert anatomy.stature(person) / scale == pytest.approx(1000, rel=0.2)


def noise() -> Image.Image:
    return Image.fromarray(np.random.default_rng(1).integers(0, 255, (300, 400, 3), np.uint8))


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGB", (300, 200), (200, 200, 200)),
        noise(),
        Image.fromarray(COFFEE),
        Image.fromarray(CAT),
        Image.new("RGB", (1, 1)),
        Image.new("RGB", (16, 16), "red"),
        Image.new("RGB", (5000, 3)),
        Image.new("RGB", (2, 900)),
    ],
    ids=["blank", "noise", "coffee", "cat", "pixel", "tiny", "wide", "tall"],
)
def test_where_nobody_is_nobody_is_found(detector: MediaPipeDetector, picture: Image.Image):
    assert detector.detect(picture) == []


def test_one_detector_serves_several_threads_and_answers_the_same(
    detector: MediaPipeDetector, portrait: Image.Image
):
    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(detector.detect, [portrait] * 4))
    assert all(answer == answers[0] for answer in answers)


def test_a_closed_detector_loads_again(portrait: Image.Image):
    detector = MediaPipeDetector()
    detector.close()
    before = detector.detect(portrait)
    detector.close()
    detector.close()
    assert detector.detect(portrait) == before
    detector.close()


def test_missing_and_damaged_models_are_told_in_a_sentence(tmp_path: Path):
    with pytest.raises(ModelError, match=r"gone\.task is missing"):
        MediaPipeDetector(tmp_path / "gone.task").load()
    damaged = tmp_path / "damaged.task"
    damaged.write_bytes(b"no zip at all")
    with pytest.raises(ModelError, match=r"damaged\.task is damaged"):
        MediaPipeDetector(damaged).load()


def test_it_says_nothing_on_standard_error_and_ends_cleanly():
    program = (
        "from skimage import data; from PIL import Image; from pipeline.gpu.pose import *;"
        "d = MediaPipeDetector(); image = Image.fromarray(data.astronaut());"
        "print(len(d.detect(image)), len(d.detect(image.rotate(90).crop((0, 0, 500, 400)))))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr, done.returncode) == ("1 1\n", "", 0)


def test_the_doctor_hears_which_detectors_work_here(tmp_path: Path):
    mediapipe, openpose = detector_statuses()
    assert mediapipe.ready
    assert not openpose.ready
    assert not detector_statuses(tmp_path)[1].ready


def test_a_ghost_on_somebodys_own_legs_is_nobody():
    person = whole_person()
    legs = {joint for leg in LEGS for joint in leg.joints}
    trunk = {joint: point for joint, point in person.keypoints.items() if joint not in legs}
    sunk = {j: replace(p, y=p.y + 90, score=0.9 * p.score) for j, p in trunk.items()}
    ghost = person.having(sunk)
    assert distinct([ghost, person]) == [person]


def test_somebody_beside_is_somebody():
    person = whole_person()
    assert len(distinct([person, person.mapped(dx=40)])) == 2


def test_legs_without_a_trunk_are_nobody_beside_somebody():
    person = whole_person()
    hips = [leg.hip for leg in LEGS]
    flat = person.having({hip: replace(person.keypoints[hip], y=110) for hip in hips})
    flat = flat.mapped(dx=300)
    assert distinct([flat, person]) == [person]
    assert distinct([flat]) == [flat]


class Fickle:
    """A landmarker that sees somebody at their place, but shrunk whenever it is shown `loses`."""

    def __init__(self, person: Skeleton, loses: Size) -> None:
        self.person, self.loses = person, loses

    def look(self, pixels: Pixels) -> list[Skeleton]:
        if pixels.shape[:2] != (self.loses.height, self.loses.width):
            return [self.person]
        nose = self.person.keypoints[Joint.NOSE]
        shrunk = self.person.mapped(scale=0.8)
        return [shrunk.mapped(dx=nose.x * 0.2, dy=nose.y * 0.2)]


def cut_at(row: int) -> Skeleton:
    """Somebody of whom nobody is sure below a row."""
    points = whole_person(height=500, middle=100).keypoints.items()
    return Skeleton({j: replace(p, score=0.95 if p.y < row else 0.3) for j, p in points})


def test_a_body_that_one_look_shrinks_is_taken_from_the_others():
    person = cut_at(260)
    picture = Image.new("RGB", (300, 260))
    fickle = MediaPipeDetector()
    fickle._landmarker = Fickle(person, loses=Size(*picture.size))  # pyright: ignore
    (found,) = fickle.detect(picture)
    assert found.torso is not None
    assert found.torso > 0.9 * (person.torso or 0)


class Shy:
    """A landmarker that sees somebody by the white pixel on the nose, given room below."""

    def __init__(self, person: Skeleton, height: int) -> None:
        self.person, self.height = person, height

    def look(self, pixels: Pixels) -> list[Skeleton]:
        noses = np.argwhere(pixels[..., 0] == 255).tolist()
        return [self.seen(pixels).mapped(dx=column, dy=row) for row, column in noses]

    def seen(self, pixels: Pixels) -> Skeleton:
        nose = self.person.keypoints[Joint.NOSE]
        score = 1.0 if pixels.shape[0] > self.height else 0.2
        whole = self.person.mapped(dx=-nose.x, dy=-nose.y)
        return whole.having({Joint.NOSE: Keypoint(0, 0, score)})


class Tricked(Shy):
    """One that sees a small body hanging on the nose, where there is no room below."""

    def seen(self, pixels: Pixels) -> Skeleton:
        whole = super().seen(pixels)
        if pixels.shape[0] > self.height:
            return whole
        small = whole.mapped(scale=0.3).keypoints.items()
        return Skeleton({joint: replace(point, score=0.7) for joint, point in small})


@pytest.mark.parametrize("kind", [Shy, Tricked])
def test_somebody_who_needs_room_below_is_found_with_it(kind: type[Shy]):
    person = cut_at(260)
    nose = person.keypoints[Joint.NOSE]
    picture = Image.new("RGB", (300, 260))
    picture.putpixel((round(nose.x), round(nose.y)), (255, 255, 255))
    detector = MediaPipeDetector()
    detector._landmarker = kind(person, picture.height)  # pyright: ignore
    (found,) = detector.detect(picture)
    assert found.keypoints[Joint.NOSE].distance(nose) < 1
    assert found.keypoints[Joint.LEFT_ANKLE].y > 260


class Narrow(Shy):
    """One that sees nobody unless shown little beside them, and much room below."""

    def look(self, pixels: Pixels) -> list[Skeleton]:
        height, width = pixels.shape[:2]
        return super().look(pixels) if height >= 2 * self.height and width < self.height else []


def test_somebody_who_needs_a_narrow_look_with_much_room_is_found_with_it():
    person = cut_at(260)
    nose = person.keypoints[Joint.NOSE]
    picture = Image.new("RGB", (300, 260))
    picture.putpixel((round(nose.x), round(nose.y)), (255, 255, 255))
    detector = MediaPipeDetector()
    detector._landmarker = Narrow(person, picture.height)  # pyright: ignore
    (found,) = detector.detect(picture)
    assert found.keypoints[Joint.NOSE].distance(nose) < 1


def test_feet_in_the_photo_of_which_nobody_is_sure_make_no_sense():
    photo = Size(300, 600)
    person = whole_person(height=500, middle=100)
    ankles = {leg.ankle for leg in LEGS}
    unsure = {j: replace(person.keypoints[j], score=0.6) for j in ankles}
    assert makes_sense(person, photo)
    assert not makes_sense(person.having(unsure), photo)


def test_of_several_looks_those_that_shrink_the_body_do_not_count():
    person = cut_at(260)
    nose = person.keypoints[Joint.NOSE]

    def sized(scale: float) -> Skeleton:
        return person.mapped(scale=scale).mapped(dx=nose.x * (1 - scale), dy=nose.y * (1 - scale))

    looks = [sized(scale) for scale in (0.6, 0.62, 0.64, 1.0, 1.02)]
    assert agreed(looks, Size(300, 260)) == looks[-1]
    assert agreed(looks[:1], Size(300, 260)) == looks[0]


@pytest.mark.parametrize("mirrored", [False, True])
def test_what_a_view_shows_is_placed_where_it_is_in_the_picture(mirrored: bool):
    view = View(Box(10, 20, 40, 30), room=0.5, mirrored=mirrored)
    picture = np.zeros((100, 100, 3), np.uint8)
    picture[25, 12] = 255
    shown = view.pixels(picture)
    assert shown.shape == (45, 40, 3)
    (row, column), *_ = np.argwhere(shown[..., 0])
    seen = Skeleton({Joint.LEFT_WRIST: Keypoint(float(column), float(row))})
    joint = Joint.RIGHT_WRIST if mirrored else Joint.LEFT_WRIST
    assert view.placed(seen).keypoints[joint] == Keypoint(12, 25)


def test_searches_stay_in_the_smallest_of_pictures():
    for view in views.searches(Size(1, 1)):
        assert view.pixels(np.zeros((1, 1, 3), np.uint8)).size
