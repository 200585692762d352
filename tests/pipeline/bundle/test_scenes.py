import numpy as np
import pytest

from pipeline.bundle.bodies import Bodies, bodies
from pipeline.bundle.labels import LEG_LABELS, PERSON_LABELS, Label
from pipeline.bundle.scenes import NATIVE, Cut, Scene, crop_of, draw_scene
from pipeline.skeleton import Joint

SEED = 20
COUNT = 60


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    return [draw_scene(SEED, index) for index in range(COUNT)]


def labels_around(scene: Scene, joint: Joint, *, reach: int = 3) -> set[int]:
    x, y = scene.joints[joint, :2].astype(int)
    part = scene.labels[max(y - reach, 0) : y + reach + 1, max(x - reach, 0) : x + reach + 1]
    return {int(label) for label in np.unique(part)}


def share(scenes: list[Scene], joints: tuple[Joint, ...], labels: tuple[Label, ...]) -> float:
    """How often a seen joint lies on or next to one of these labels."""
    found = [
        bool(labels_around(scene, joint) & set(labels))
        for scene in scenes
        for joint in joints
        if scene.joints[joint, 2] == 2
    ]
    assert len(found) > 10
    return float(np.mean(found))


def test_the_same_numbers_give_the_same_scene():
    first, second = draw_scene(SEED, 3), draw_scene(SEED, 3)
    assert first.caption == second.caption
    assert (first.picture == second.picture).all()
    assert (first.labels == second.labels).all()
    assert (first.joints == second.joints).all()


def test_another_number_gives_another_scene(scenes: list[Scene]):
    assert len({scene.picture.tobytes() for scene in scenes}) == COUNT


@pytest.mark.parametrize("size", [NATIVE, (97, 61), (192, 288), (320, 200)])
def test_any_size_works(size: tuple[int, int]):
    scene = draw_scene(SEED, 0, size=size)
    width, height = size
    assert scene.picture.shape == (height, width, 3)
    assert scene.picture.dtype == np.uint8
    assert scene.labels.shape == (height, width)
    assert scene.joints.shape == (len(Joint), 3)


def test_a_larger_picture_shows_the_same_scene_more_finely():
    small, large = draw_scene(SEED, 5), draw_scene(SEED, 5, size=(192, 288))
    assert large.caption == small.caption
    assert large.joints[:, :2] == pytest.approx(small.joints[:, :2] * 2, abs=0.01)
    shrunk = large.picture.reshape(144, 2, 96, 2, 3).mean(axis=(1, 3))
    assert np.abs(shrunk - small.picture).mean() < 6


def test_ankles_lie_on_legs_or_shoes(scenes: list[Scene]):
    assert share(scenes, (Joint.LEFT_ANKLE, Joint.RIGHT_ANKLE), LEG_LABELS) > 0.98


def test_toes_lie_on_feet(scenes: list[Scene]):
    toes = (Joint.LEFT_BIG_TOE, Joint.RIGHT_BIG_TOE)
    assert share(scenes, toes, (Label.SHOE, Label.SOLE, Label.BARE_LEG)) > 0.98


def test_shoulders_lie_on_tops_skin_or_hair(scenes: list[Scene]):
    shoulders = (Joint.LEFT_SHOULDER, Joint.RIGHT_SHOULDER)
    assert share(scenes, shoulders, (Label.TOP, Label.SKIN, Label.HAIR)) > 0.98


def test_noses_lie_on_skin(scenes: list[Scene]):
    assert share(scenes, (Joint.NOSE,), (Label.SKIN,)) > 0.98


def test_feet_are_in_the_frame_with_a_margin(scenes: list[Scene]):
    feet = [joint for joint in Joint if joint >= Joint.LEFT_BIG_TOE]
    width, height = NATIVE
    for scene in scenes:
        x, y = scene.joints[feet, 0], scene.joints[feet, 1]
        assert (x > 0).all()
        assert (x < width).all()
        assert (y < height).all()
        assert (scene.labels[-1] == Label.BACKGROUND).mean() > 0.9


def test_most_people_fill_the_frame_as_photos_do(scenes: list[Scene]):
    whole = [scene for scene in scenes if (scene.joints[:, 2] > 0).all()]
    rows = [np.flatnonzero(np.isin(s.labels, PERSON_LABELS).any(axis=1)) for s in whole]
    tall = np.array([row[-1] - row[0] for row in rows]) / NATIVE[1]
    assert 0.75 < len(whole) / COUNT < 0.98
    assert tall.min() > 0.3
    assert 0.6 < np.median(tall) < 0.9
    assert tall.max() < 0.97


def test_bodies_are_solid_seen_from_the_front(scenes: list[Scene]):
    """With reversed faces one looks into a hollow body: its far side is lit from within."""
    for scene in scenes:
        neck, hip = scene.joints[Joint.NECK], scene.joints[Joint.LEFT_HIP]
        if neck[2] == 0 or scene.attributes.posture.startswith("sitting"):
            continue
        middle = (neck[:2] + scene.joints[[Joint.LEFT_HIP, Joint.RIGHT_HIP], :2].mean(axis=0)) / 2
        assert scene.labels[int(middle[1]), int(middle[0])] != Label.BACKGROUND, hip


def test_labels_match_the_picture(scenes: list[Scene]):
    """Within a plain top the colour varies far less than over the picture."""
    spreads = [
        scene.picture[scene.labels == Label.TOP].std(axis=0).mean() / scene.picture.std()
        for scene in scenes
        if not scene.attributes.words.striped and (scene.labels == Label.TOP).sum() > 100
    ]
    assert np.median(spreads) < 0.6


@pytest.mark.parametrize(
    ("bottom", "label"),
    [("skirt", Label.SKIRT), ("jeans", Label.TROUSERS), ("shorts", Label.BARE_LEG)],
)
def test_what_the_caption_names_is_drawn(scenes: list[Scene], bottom: str, label: Label):
    worn = [scene for scene in scenes if scene.attributes.words.bottom == bottom]
    assert worn
    assert all((scene.labels == label).sum() > 15 for scene in worn)
    assert all(bottom in scene.caption for scene in worn)


def test_barefoot_people_wear_no_shoes(scenes: list[Scene]):
    for scene in scenes:
        shod = np.isin(scene.labels, (Label.SHOE, Label.SOLE)).any()
        assert shod == ("barefoot" not in scene.caption)


def test_cuts_come_one_below_the_other(scenes: list[Scene]):
    for scene in scenes:
        if scene.attributes.posture == "standing":
            rows = [crop_of(scene, where) for where in Cut]
            assert rows == sorted(rows)
            assert rows[0] < rows[-1] <= len(scene.labels)


def test_held_out_people_share_no_body_with_the_others():
    everyone = Bodies()
    trained = everyone._held_out == False  # noqa: E712  (an array)
    assert 0 < trained.sum() < len(trained)
    rows = everyone._coefficients
    distance = np.linalg.norm(rows[~trained][:, None] - rows[trained][None], axis=2)
    assert distance.min() > 0.5
    dice = np.random.default_rng(0)
    drawn = [everyone.draw(dice, held_out=True) for _ in range(4)]
    assert all(body.vertices[:, 2].max() > 1.3 for body in drawn)


def test_bodies_turn_their_faces_outward():
    plan, body = bodies().plan, bodies().draw(np.random.default_rng(1))
    a, b, c = (body.vertices[plan.faces[:, corner]] for corner in range(3))
    volume = np.einsum("fi,fi->", a, np.cross(b, c)) / 6
    assert 0.03 < volume < 0.2  # cubic metres; negative when turned inside out


def test_joints_of_a_body_at_rest_are_where_they_belong():
    joints = bodies().plan.joints(bodies().draw(np.random.default_rng(2)).vertices)
    assert joints[Joint.LEFT_ANKLE, 0] > 0 > joints[Joint.RIGHT_ANKLE, 0]
    assert joints[Joint.NOSE, 1] < joints[Joint.LEFT_EAR, 1]  # the face looks toward -y
    heights = joints[[Joint.NECK, Joint.LEFT_HIP, Joint.LEFT_KNEE, Joint.LEFT_ANKLE], 2]
    assert (np.diff(heights) < -0.2).all()
    assert joints[Joint.LEFT_BIG_TOE, 1] < joints[Joint.LEFT_HEEL, 1] - 0.15
