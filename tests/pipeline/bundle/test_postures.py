import numpy as np
import pytest

from pipeline.bundle.bodies import Body, bodies
from pipeline.bundle.postures import Posture, Reach, Step, pose
from pipeline.bundle.stances import draw_posture
from pipeline.skeleton import Joint

ARM = Reach(upper=(0.2, 0.0, -1.0), lower=(0.1, -0.2, -1.0))


def standing(left: Step, right: Step, *, seat: float | None = None) -> Posture:
    return Posture(steps=(left, right), arms=(ARM, ARM), seat=seat)


@pytest.fixture(params=[1, 2, 3])
def body(request: pytest.FixtureRequest) -> Body:
    return bodies().draw(np.random.default_rng(request.param))


def test_soles_stand_on_the_floor(body: Body):
    posed = pose(body, bodies().plan, standing(Step(x=0.1, y=0), Step(x=0.1, y=-0.1)))
    assert posed[:, 2].min() == pytest.approx(0, abs=0.02)


def test_thick_soles_lift_the_body(body: Body):
    posture = standing(Step(x=0.1, y=0), Step(x=0.1, y=0))
    plain = pose(body, bodies().plan, posture)
    lifted = pose(body, bodies().plan, posture, lift=0.03)
    assert (lifted - plain)[:, 2] == pytest.approx(0.03, abs=1e-4)


def test_a_lifted_foot_is_as_high_as_asked(body: Body):
    plan = bodies().plan
    flat = standing(Step(x=0.1, y=0), Step(x=0.1, y=0))
    bent = standing(Step(x=0.1, y=-0.2, z=0.3, bears=False), Step(x=0.1, y=0))
    before, after = (plan.joints(pose(body, plan, posture)) for posture in (flat, bent))
    moved = after - before
    assert moved[Joint.LEFT_ANKLE, 2] == pytest.approx(0.3, abs=0.03)
    assert moved[Joint.RIGHT_ANKLE, 2] == pytest.approx(0, abs=0.02)


def test_bones_keep_their_lengths(body: Body):
    plan = bodies().plan
    rest = plan.joints(body.vertices)
    joints = plan.joints(pose(body, plan, standing(Step(x=0.3, y=-0.2), Step(x=0.05, y=0.2))))
    for one, other in (
        (Joint.LEFT_KNEE, Joint.LEFT_ANKLE),
        (Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE),
        (Joint.LEFT_ELBOW, Joint.LEFT_WRIST),
    ):
        before, after = (np.linalg.norm(j[one] - j[other]) for j in (rest, joints))
        assert after == pytest.approx(before, rel=0.12)


def test_knees_bend_forward_when_seated(body: Body):
    step = Step(x=0.12, y=-0.45, bears=False)
    joints = bodies().plan.joints(pose(body, bodies().plan, standing(step, step, seat=0.45)))
    knee, hip, ankle = (joints[j] for j in (Joint.LEFT_KNEE, Joint.LEFT_HIP, Joint.LEFT_ANKLE))
    assert knee[1] < hip[1] - 0.2
    assert abs(knee[2] - hip[2]) < 0.25
    assert ankle[2] < knee[2] - 0.2


def test_random_postures_are_whole_people(body: Body):
    plan, dice = bodies().plan, np.random.default_rng(4)
    for _ in range(40):
        posed = pose(body, plan, draw_posture(dice))
        assert np.isfinite(posed).all()
        assert posed[:, 2].min() > -0.06
        joints = plan.joints(posed)
        assert joints[Joint.NOSE, 2] > joints[Joint.LEFT_HIP, 2]
