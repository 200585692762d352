from pathlib import Path

import numpy as np
import pytest

from pipeline import anatomy, completion
from pipeline.bundle.legs import save_network
from pipeline.completion import KINDS, WEIGHTS, complete, read_network, stances
from pipeline.errors import ModelError
from pipeline.skeleton import LEGS, Joint, Keypoint, Skeleton
from tests.pipeline.people import whole_person

LEG_JOINTS = {joint for leg in LEGS for joint in leg.joints}


def cut(person: Skeleton, *, keep_hips: bool = True) -> Skeleton:
    """Forget everything below the hips, or the hips too."""
    hips = {leg.hip for leg in LEGS if keep_hips}
    return Skeleton({j: p for j, p in person.keypoints.items() if j not in LEG_JOINTS - hips})


def test_what_was_seen_stays_and_what_was_not_is_marked_as_guessed():
    person = cut(whole_person())
    done = complete(person)
    assert all(done.keypoints[joint] == point for joint, point in person.keypoints.items())
    assert all(done.keypoints[joint].guessed for joint in LEG_JOINTS if joint not in person)
    assert set(done.keypoints) == set(Joint)


def test_somebody_of_whom_all_was_seen_has_one_stance_as_they_are():
    assert [s.skeleton for s in stances(whole_person())] == [whole_person()]


def test_of_nobody_nothing_is_known():
    assert [s.skeleton for s in stances(Skeleton({}))] == [Skeleton({})]
    nose = Skeleton({Joint.NOSE: Keypoint(1, 2)})
    assert complete(nose) == nose


@pytest.mark.parametrize("keep_hips", [True, False])
def test_standing_legs_reach_the_floor_of_somebody_upright(keep_hips: bool):
    whole = whole_person(height=500)
    standing = {s.name: s for s in stances(cut(whole, keep_hips=keep_hips))}["standing"]
    for leg in LEGS:
        point, true = standing.skeleton.keypoints[leg.ankle], whole.keypoints[leg.ankle]
        assert point.distance(true) < 0.15 * 500


def test_stances_come_with_their_likelihoods_the_likeliest_first():
    offered = stances(cut(whole_person()))
    likelihoods = [stance.likelihood for stance in offered]
    assert likelihoods == sorted(likelihoods, reverse=True)
    assert 0.8 < sum(likelihoods) <= 1 + 1e-5
    assert len({stance.name for stance in offered}) == len(offered) >= 2
    assert all(stance.name in KINDS for stance in offered)
    assert offered[0].skeleton == complete(cut(whole_person()))


def test_the_likelihoods_of_a_portrait_without_hips_add_up_too():
    offered = stances(cut(whole_person(), keep_hips=False))
    assert 0.8 < sum(stance.likelihood for stance in offered) <= 1 + 1e-5


def test_size_and_place_in_the_picture_change_nothing():
    person = cut(whole_person())
    near, far = complete(person), complete(person.mapped(scale=3, dx=40, dy=-7))
    for joint, point in near.mapped(scale=3, dx=40, dy=-7).keypoints.items():
        assert far.keypoints[joint].distance(point) < 0.5


def test_somebody_who_lies_has_legs_along_the_floor():
    person = cut(whole_person())
    lying = Skeleton({j: Keypoint(p.y, 300 - p.x, p.score) for j, p in person.keypoints.items()})
    done = {stance.name: stance.skeleton for stance in stances(lying)}
    first = complete(lying)
    assert first in done.values()
    hips = lying.keypoints[Joint.LEFT_HIP]
    assert all(first.keypoints[leg.ankle].x > hips.x for leg in LEGS)


def test_no_joint_is_moved_far_from_what_proportions_say():
    person = cut(whole_person(height=500))
    plain = anatomy.complete(person)
    bearing = anatomy.bearing(person)
    assert bearing is not None
    for stance in stances(person):
        for joint, point in stance.skeleton.keypoints.items():
            moved = point.distance(plain.keypoints[joint]) / abs(bearing.scale)
            assert moved <= completion.LARGEST * 2**0.5 + 1e-6


def test_the_shipped_weights_are_small_and_of_this_version():
    assert WEIGHTS.stat().st_size < 100_000
    told = np.zeros(completion.NUMBERS * len(Joint), np.float32)
    likelihoods, moves = completion.answer(read_network(WEIGHTS), told)
    assert likelihoods.sum() == pytest.approx(1)
    assert moves.shape == (len(KINDS), len(completion.LEG_JOINTS), 2)


@pytest.mark.parametrize("content", [None, b"", b"no weights", WEIGHTS.read_bytes()[:3000]])
def test_missing_or_damaged_weights_are_told_with_the_way_out(
    tmp_path: Path, content: bytes | None
):
    file = tmp_path / "legs.npz"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ModelError, match=r"legs\.npz are missing or damaged"):
        read_network(file)


def test_weights_of_another_version_are_told(tmp_path: Path):
    network = dict(read_network(WEIGHTS))
    network["last"] = network["last"][:, :-1]
    save_network(network, tmp_path / "legs.npz")
    with pytest.raises(ModelError, match=r"python -m pipeline\.bundle legs"):
        read_network(tmp_path / "legs.npz")
