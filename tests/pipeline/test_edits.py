import pytest

from pipeline import posing
from pipeline.edits import apply, parse_edit
from pipeline.errors import EditError
from pipeline.history import LONGEST, History
from pipeline.naming import NUMBERED, joint_named, number_of
from pipeline.skeleton import LEFT_LEG, RIGHT_LEG, Joint, Skeleton
from pipeline.stances import preset
from tests.pipeline.people import whole_person

PERSON = whole_person()


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("right_knee right 12", "right_knee right 12"),
        ("  Right  Knee   RIGHT 12px ", "right_knee right 12"),
        ("r knee right 12 px", "right_knee right 12"),
        ("rknee right 12.5", "right_knee right 12.5"),
        ("right-knee right -3", "right_knee right -3"),
        ("move left knee 20 up", "left_knee up 20"),
        ("left knee 20 up 5 right", "left_knee up 20 right 5"),
        ("left knee up 20 and left 5", "left_knee up 20 left 5"),
        ("left ankle left", "left_ankle left 10"),
        ("lfoot down 4", "left_ankle down 4"),
        ("left toe up 4", "left_big_toe up 4"),
        ("3 right 12", "right_knee right 12"),
        ("#8 12 up", "left_big_toe up 12"),
        ("left_ankle to 340 900", "left_ankle to 340 900"),
        ("drag left ankle to 340.5, 900 px", "left_ankle to 340.5 900"),
        ("nose to -5 12", "nose to -5 12"),
        ("hide left_knee", "hide left_knee"),
        ("hide Left Leg", "hide left leg"),
        ("hide r foot", "hide right foot"),
        ("show left knee", "restore left_knee"),
        ("restore neck", "restore neck"),
        ("preset crossed", "preset crossed"),
        ("crossed legs", "preset crossed"),
        ("sit", "preset seated"),
        ("swap", "swap legs"),
        ("Swap Legs", "swap legs"),
        ("mirror", "mirror"),
        ("mirror right_leg", "mirror right leg"),
        ("front right", "front right"),
        ("left leg in front", "front left"),
        ("front none", "front none"),
        ("rotate right leg 15°", "rotate right leg 15"),
        ("rotate left -15 degrees", "rotate left leg -15"),
        ("scale right leg 110%", "scale right leg 1.1"),
        ("scale left 0.9", "scale left leg 0.9"),
    ],
)
def test_an_edit_is_read_however_it_is_spelt_and_told_plainly(typed: str, plain: str):
    edit = parse_edit(typed)
    assert edit.text == plain
    assert parse_edit(plain) == edit
    assert len(plain) <= 40  # a button's payload has 64 bytes in all


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("right_knee right 12 up 5", posing.nudge(PERSON, Joint.RIGHT_KNEE, 12, -5)),
        ("right_knee left 3 down 4", posing.nudge(PERSON, Joint.RIGHT_KNEE, -3, 4)),
        ("left_ankle to 340 400", posing.drag(PERSON, Joint.LEFT_ANKLE, 340, 400)),
        ("hide right foot", posing.hide(PERSON, RIGHT_LEG.foot)),
        ("hide left leg", posing.hide(PERSON, LEFT_LEG.joints[1:])),
        ("hide 4", posing.hide(PERSON, [Joint.LEFT_KNEE])),
        ("preset walking", preset(PERSON, "walking")),
        ("swap legs", posing.swap_legs(PERSON)),
        ("mirror", posing.mirror(PERSON)),
        ("mirror left leg", posing.mirror_leg(PERSON, LEFT_LEG)),
        ("front left", posing.in_front(PERSON, LEFT_LEG)),
        ("front none", PERSON),
        ("rotate right leg 30", posing.rotate_leg(PERSON, RIGHT_LEG, 30)),
        ("scale left leg 120%", posing.scale_leg(PERSON, LEFT_LEG, 1.2)),
    ],
)
def test_an_edit_does_what_it_says(typed: str, expected: Skeleton):
    assert apply(PERSON, parse_edit(typed)) == expected


def test_what_is_hidden_is_restored():
    hidden = apply(PERSON, parse_edit("hide left leg"))
    assert apply(hidden, parse_edit("restore left leg")) == PERSON


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("", "Try one of: right_knee right 12"),
        ("make it nice", "Try one of: right_knee right 12"),
        ("right_wrist sideways 20", "Try: right_wrist up 20"),
        ("right wrist", "Try: right_wrist up 20"),
        ("right knee right 12 furlongs", "Try: right_knee up 20"),
        ("knee up 20", "Which knee. Say right_knee or left_knee"),
        ("right nee up 20", "Did you mean: right_knee"),
        ("tail up 20", 'no joint "tail". Leg joints are: right_hip, right_knee'),
        ("9 up 20", 'no joint "9"'),
        ("hide tail", 'no joint "tail"'),
        ("tail to 3 4", 'no joint "tail"'),
        ("preset flying", "standing, walking, crossed, seated"),
        ("right_knee right 99999", "10000 pixels at most. Try: right_knee up 20"),
        ("right knee right 1e5", "Try: right_knee up 20"),
        ("right knee right ١٢", "Try: right_knee up 20"),
        ("rotate right leg", "Try one of"),
        ("x" * 5000, "Try one of"),
    ],
)
def test_what_cannot_be_read_is_answered_with_what_can(typed: str, answer: str):
    with pytest.raises(EditError, match=answer) as caught:
        parse_edit(typed)
    assert len(str(caught.value)) < 300


def test_every_joint_is_known_by_its_label_and_by_its_short_name():
    for joint in Joint:
        assert joint_named(joint.label) is joint
        assert joint_named(joint.label.replace("left_", "l").replace("right_", "r ")) is joint


def test_leg_joints_are_numbered_right_before_left_from_the_hips_down():
    assert [joint.label for joint in NUMBERED] == [
        f"{side}_{part}"
        for part in ("hip", "knee", "ankle", "big_toe")
        for side in ("right", "left")
    ]
    assert [number_of(joint) for joint in NUMBERED] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert number_of(Joint.NOSE) is None


def test_undo_and_redo_walk_through_equal_values():
    states = [PERSON]
    for text in ("right_knee right 12", "preset crossed", "mirror", "hide left foot"):
        states.append(apply(states[-1], parse_edit(text)))
    history = History(states[0])
    for state in states[1:]:
        history = history.recorded(state)
    for state in reversed(states[:-1]):
        history = history.undone()
        assert history.present == state
    for state in states[1:]:
        history = history.redone()
        assert history.present == state


def test_a_new_edit_ends_what_could_be_redone():
    history = History("a").recorded("b").undone().recorded("c")
    assert history == History("c", past=("a",))
    with pytest.raises(EditError, match="nothing to redo"):
        history.redone()


def test_an_edit_without_effect_is_no_step_to_undo():
    assert History("a").recorded("a") == History("a")


def test_there_is_nothing_to_undo_at_the_beginning():
    with pytest.raises(EditError, match="nothing to undo"):
        History("a").undone()


def test_history_forgets_its_oldest_steps():
    history = History(0)
    for step in range(1, 200):
        history = history.recorded(step)
    assert history.past == tuple(range(199 - LONGEST, 199))
