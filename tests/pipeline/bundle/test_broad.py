"""What people really send: every kind of broad scene, and that its truth is true."""

from dataclasses import replace

import numpy as np
import pytest

from pipeline.bundle.backdrop import Camera
from pipeline.bundle.bodies import Body, Floats, bodies
from pipeline.bundle.cameras import LEVEL, View, draw_any_view, level_window
from pipeline.bundle.captions import caption
from pipeline.bundle.clothes import hung_pieces
from pipeline.bundle.labels import LEG_LABELS, PERSON_LABELS, SHOE_LABELS, Label
from pipeline.bundle.lower import draw_any_posture
from pipeline.bundle.materials import pattern_at
from pipeline.bundle.outfits import Outfit, draw_any_outfit
from pipeline.bundle.phones import as_phones_save
from pipeline.bundle.postures import Posture, pose
from pipeline.bundle.scenes import NATIVE, Scene, draw_scene
from pipeline.bundle.staging import Staged, draw_furniture, stage
from pipeline.skeleton import LEGS, Joint

SEED, COUNT = 31, 120
KINDS = ("lying", "sitting on the floor", "sitting cross-legged", "kneeling", "squatting")


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    return [draw_scene(SEED, index, broad=True) for index in range(COUNT)]


@pytest.fixture(scope="module")
def postures() -> list[Posture]:
    dice = np.random.default_rng(5)
    return [draw_any_posture(dice) for _ in range(400)]


@pytest.fixture(scope="module")
def body() -> Body:
    return bodies().draw(np.random.default_rng(2))


def joints_of(body: Body, posture: Posture) -> Floats:
    return bodies().plan.joints(pose(body, bodies().plan, posture))


def of_kind(postures: list[Posture], words: str) -> list[Posture]:
    found = [posture for posture in postures if posture.words == words]
    assert len(found) >= 5
    return found


def outfit_of(bottom: str, top: str = "", *, pattern: str = "") -> Outfit:
    """The first random outfit with these garments."""
    dice = np.random.default_rng(3)
    while True:
        outfit = draw_any_outfit(dice, female=True)
        words = outfit.words
        if words.bottom == bottom and top in ("", words.top) and pattern in ("", words.pattern):
            return outfit


def near_labels(scene: Scene, joints: Floats, joint: Joint) -> set[int]:
    x, y = joints[joint, :2].astype(int)
    part = scene.labels[max(y - 3, 0) : y + 4, max(x - 3, 0) : x + 4]
    return {int(label) for label in np.unique(part)}


def share(scenes: list[Scene], joints: tuple[Joint, ...], labels: tuple[Label, ...]) -> float:
    found = [
        bool(near_labels(scene, scene.joints, joint) & set(labels))
        for scene in scenes
        for joint in joints
        if scene.joints[joint, 2] == 2
    ]
    assert len(found) > 10
    return float(np.mean(found))


def test_the_same_numbers_give_the_same_broad_scene():
    first, second = (draw_scene(SEED, 4, broad=True) for _ in range(2))
    assert first.caption == second.caption
    assert (first.picture == second.picture).all()
    assert (first.labels == second.labels).all()
    assert (first.joints == second.joints).all()


def test_broad_scenes_leave_the_others_as_they_were():
    plain, broad = draw_scene(SEED, 4), draw_scene(SEED, 4, broad=True)
    assert plain.caption != broad.caption
    assert not len(plain.others)


@pytest.mark.parametrize("words", KINDS)
def test_every_posture_is_drawn_and_told(scenes: list[Scene], words: str):
    assert any(words in scene.caption for scene in scenes)


@pytest.mark.parametrize("words", KINDS)
def test_nobody_sinks_into_the_floor_or_hovers(body: Body, postures: list[Posture], words: str):
    for posture in of_kind(postures, words):
        lowest = pose(body, bodies().plan, posture)[:, 2].min()
        assert lowest == pytest.approx(0, abs=0.03)


def test_who_lies_is_low_from_head_to_foot(body: Body, postures: list[Posture]):
    for posture in of_kind(postures, "lying"):
        joints = joints_of(body, posture)
        assert joints[[Joint.NOSE, Joint.LEFT_HIP, Joint.NECK], 2].max() < 0.5
        assert joints[[leg.ankle for leg in LEGS], 2].max() < 0.45


def test_who_sits_on_the_floor_has_low_hips_and_a_high_head(body: Body, postures: list[Posture]):
    for words in ("sitting on the floor", "sitting cross-legged"):
        for posture in of_kind(postures, words):
            joints = joints_of(body, posture)
            assert joints[Joint.LEFT_HIP, 2] < 0.3
            assert joints[Joint.NOSE, 2] > joints[Joint.LEFT_HIP, 2] + 0.4


def test_cross_legged_knees_are_wider_than_the_ankles(body: Body, postures: list[Posture]):
    for posture in of_kind(postures, "sitting cross-legged"):
        joints = joints_of(body, posture)
        right, left = LEGS
        knees = abs(joints[left.knee, 0] - joints[right.knee, 0])
        assert knees > abs(joints[left.ankle, 0] - joints[right.ankle, 0]) + 0.2


def test_who_kneels_has_a_knee_on_the_floor(body: Body, postures: list[Posture]):
    for posture in of_kind(postures, "kneeling"):
        joints = joints_of(body, posture)
        assert min(joints[leg.knee, 2] for leg in LEGS) < 0.16


def test_ankles_and_toes_lie_on_legs_and_feet_in_tilted_pictures_too(scenes: list[Scene]):
    ankles = (Joint.LEFT_ANKLE, Joint.RIGHT_ANKLE)
    toes = (Joint.LEFT_BIG_TOE, Joint.RIGHT_BIG_TOE)
    assert share(scenes, ankles, LEG_LABELS) > 0.95
    assert share(scenes, toes, (*SHOE_LABELS, Label.BARE_LEG, Label.SKIRT)) > 0.95


@pytest.mark.parametrize("words", ["lying", "kneeling", "sitting cross-legged"])
def test_low_peoples_joints_lie_on_them(words: str, scenes: list[Scene]):
    mine = [scene for scene in scenes if words in scene.caption]
    joints = (Joint.LEFT_KNEE, Joint.RIGHT_KNEE, Joint.LEFT_ANKLE, Joint.RIGHT_ANKLE)
    assert share(mine, (*joints, Joint.NOSE), PERSON_LABELS) > 0.95


def test_a_second_person_is_told_and_has_joints_of_their_own(scenes: list[Scene]):
    pairs = [scene for scene in scenes if len(scene.others)]
    assert len(pairs) > 5
    assert all("next to a" in scene.caption for scene in pairs)
    assert not any("next to" in scene.caption for scene in scenes if not len(scene.others))
    seen = [
        bool(near_labels(scene, scene.others[0], joint) & set(PERSON_LABELS))
        for scene in pairs
        for joint in (Joint.NECK, Joint.LEFT_KNEE, Joint.RIGHT_ANKLE)
        if scene.others[0, joint, 2] == 2
    ]
    assert len(seen) > 5
    assert np.mean(seen) > 0.95


def test_many_pictures_are_of_legs_or_of_one_foot(scenes: list[Scene]):
    hips = np.array([scene.joints[[leg.hip for leg in LEGS], 2].max() for scene in scenes])
    assert 0.15 < (hips == 0).mean() < 0.5


def test_a_camera_that_looks_down_makes_poles_diverge_upwards():
    camera = Camera(distance=2.0, height=2.0, focal=100.0, centre=(48.0, 72.0))
    poles = np.array([(x, 0, z) for x in (-0.4, 0.4) for z in (0, 1.7)], np.float32)
    level = View(camera, LEVEL).project(poles)
    tilt = np.array([[1, 0, 0], [0, np.cos(0.6), -np.sin(0.6)], [0, np.sin(0.6), np.cos(0.6)]])
    tilted = View(camera, tilt).project(poles)
    assert level[2, 0] - level[0, 0] == pytest.approx(level[3, 0] - level[1, 0], abs=1e-3)
    assert tilted[3, 0] - tilted[1, 0] > 1.2 * (tilted[2, 0] - tilted[0, 0])
    assert tilted[:, 2] == pytest.approx(level[:, 2])


@pytest.fixture(scope="module")
def staged(body: Body) -> Staged:
    dice = np.random.default_rng(1)
    posture = draw_any_posture(dice)
    return stage(body, posture, draw_any_outfit(dice, female=True), seat=[], yaw=0.3)


def test_the_level_picture_holds_all_that_a_tilted_camera_sees(staged: Staged):
    dice = np.random.default_rng(2)
    views = [draw_any_view(dice, staged, NATIVE) for _ in range(60)]
    tilted = [view for view in views if not np.array_equal(view.tilt, LEVEL)]
    assert len(tilted) > 20
    for view in tilted:
        low, high = level_window(view, NATIVE)
        rays = np.random.default_rng(0).uniform(low, high, (50, 2))
        ends = np.concatenate([rays, np.ones((50, 1))], axis=1) @ view.homography.T
        assert (ends[:, 2] > 0).all()
        wide = (high - low) * view.camera.focal
        assert (wide < 2.01 * np.array(NATIVE)).all()


def test_a_dress_is_one_garment_in_the_caption_and_hangs(scenes: list[Scene]):
    dressed = [scene for scene in scenes if scene.attributes.words.bottom == "dress"]
    assert dressed
    assert all(scene.caption.count("dress") == 1 for scene in dressed)
    assert np.mean([(scene.labels == Label.SKIRT).any() for scene in dressed]) > 0.7
    words = dressed[0].attributes
    assert caption(words).count(words.words.top_colour) >= 1


def test_a_coat_hangs_below_the_hips(body: Body):
    outfit = outfit_of("jeans", "coat")
    posed = pose(body, bodies().plan, draw_any_posture(np.random.default_rng(11)))
    (outside, _inside) = hung_pieces(posed, bodies().plan, outfit)
    assert outside.label == Label.TOP
    assert not hung_pieces(posed, bodies().plan, replace(outfit, cut=replace(outfit.cut, tail=0.0)))


def test_wide_trousers_are_wider():
    dice = np.random.default_rng(0)
    wide = [outfit for _ in range(300) for outfit in [draw_any_outfit(dice, female=False)]]
    ease: dict[str, list[float]] = {"wide trousers": [], "trousers": []}
    for outfit in wide:
        if outfit.words.bottom in ease:
            ease[outfit.words.bottom].append(outfit.cut.ease + outfit.cut.flare)
    assert min(ease["wide trousers"]) > 0.045 > np.median(ease["trousers"])


@pytest.mark.parametrize(("name", "least", "most"), [("checked", 0.4, 0.6), ("dotted", 0.1, 0.4)])
def test_patterns_have_two_colours(name: str, least: float, most: float):
    across, along = np.random.default_rng(0).uniform(0, 1, (2, 4000))
    second = pattern_at(name, across, along, 0.05)
    assert least < second.mean() < most
    assert second.std() > 0.2
    assert not pattern_at("", across, along, 0.05).any()


def test_nobody_on_a_seat_wears_a_skirt(scenes: list[Scene]):
    for scene in scenes:
        if "sitting" in scene.caption or "lying" in scene.caption or "kneel" in scene.caption:
            assert not scene.attributes.words.skirted


def test_furniture_stands_behind_the_person_and_before_the_wall():
    dice = np.random.default_rng(0)
    pieces = [piece for _ in range(50) for piece in draw_furniture(dice, 1.5)]
    assert len(pieces) > 30
    for piece in pieces:
        assert piece.vertices[:, 1].min() > 0.1
        assert piece.vertices[:, 1].max() <= 1.5
        assert piece.label == Label.PROP
    assert not draw_furniture(dice, 0.5)


def test_phones_change_pictures_a_little_and_sometimes_not_at_all():
    picture = draw_scene(SEED, 0).picture
    dice = np.random.default_rng(0)
    saved = [as_phones_save(dice, picture) for _ in range(60)]
    changes = np.array([np.abs(each.astype(float) - picture).mean() for each in saved])
    assert 0.15 < (changes == 0).mean() < 0.45
    assert changes.max() < 12
    assert all(each.dtype == np.uint8 and each.shape == picture.shape for each in saved)


def test_the_vocabulary_stays_small_and_lower_case(scenes: list[Scene]):
    words = {word for scene in scenes for word in scene.caption.split()}
    assert all(word == word.lower() for word in words)
    assert len(words) < 140
