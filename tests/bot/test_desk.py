from dataclasses import replace

import pytest

from bot.events import (
    Prepared,
    Pressed,
)
from bot.grammar import parse, token
from pipeline.skeleton import Joint
from tests.bot.talks import OTHER, PERSON, Talk, painted

KNEE = PERSON.keypoints[Joint.RIGHT_KNEE]


def test_every_tap_counts_though_the_card_was_not_redrawn_in_between():
    talk = Talk().prepared()
    talk.say("joint right_knee")
    right = talk.button("→")
    for _ in range(30):
        talk.tell(Pressed(right.token))
    assert talk.at(Joint.RIGHT_KNEE).x == pytest.approx(KNEE.x + 300)


def test_dragging_an_ankle_keeps_the_bones_long():
    talk = Talk().prepared()
    talk.say(f"right_ankle to {KNEE.x + 60:.0f} {KNEE.y + 40:.0f}")
    hip, knee, ankle = (
        talk.at(joint) for joint in (Joint.RIGHT_HIP, Joint.RIGHT_KNEE, Joint.RIGHT_ANKLE)
    )
    seen = PERSON.keypoints
    assert ankle != seen[Joint.RIGHT_ANKLE]
    assert hip.distance(knee) == pytest.approx(seen[Joint.RIGHT_HIP].distance(KNEE))
    assert knee.distance(ankle) == pytest.approx(KNEE.distance(seen[Joint.RIGHT_ANKLE]))


def test_stances_mirror_and_the_front_leg_are_buttons_that_undo_one_by_one():
    talk = Talk().prepared()
    talk.press("Stances")
    poses = [talk.version.pose.present]
    for label in ("Crossed", "Mirror", "Right leg in front", "Swap legs"):
        talk.press(label)
        assert talk.version.pose.present not in poses
        poses.append(talk.version.pose.present)
    for pose in reversed(poses[:-1]):
        talk.press("Undo")
        assert talk.version.pose.present == pose
    assert "Undo" not in talk.labels


def test_a_joint_is_hidden_and_shown_by_the_same_place_on_the_card():
    talk = Talk().prepared()
    talk.press("3 right knee")
    talk.press("Hide")
    assert Joint.RIGHT_KNEE in talk.version.pose.present[0].hidden
    talk.press("Show")
    assert talk.version.pose.present == (PERSON,)


def test_reset_returns_to_what_was_found_and_can_be_undone():
    talk = Talk().prepared()
    talk.say("preset crossed")
    crossed = talk.version.pose.present
    talk.say("reset")
    assert talk.version.pose.present == (PERSON,)
    talk.say("undo")
    assert talk.version.pose.present == crossed


def test_edits_move_the_person_that_was_chosen_and_nobody_else():
    talk = Talk().prepared(PERSON, OTHER)
    old = Pressed(token("k3x9", talk.state.revision, up := parse("right_knee up 10")))
    talk.press("Person 2")
    talk.say(up.words)
    assert talk.at(Joint.RIGHT_KNEE, 0) == KNEE
    assert talk.at(Joint.RIGHT_KNEE, 1).y == OTHER.keypoints[Joint.RIGHT_KNEE].y - 10
    before = talk.state
    talk.tell(old)
    assert talk.state == before


def test_an_arrow_moves_by_the_step_that_was_chosen():
    talk = Talk().prepared()
    talk.press("3 right knee")
    talk.press("10 px")
    talk.press("↓")
    assert talk.at(Joint.RIGHT_KNEE).y == KNEE.y + 30


def test_scaling_for_ever_stops_at_a_sentence():
    talk = Talk().prepared()
    for _ in range(30):
        talk.say("scale right leg 5")
    assert talk.said == ["That is too far outside the picture. Try a smaller step, or undo."]


def test_the_chosen_joint_stays_chosen_on_the_next_picture_if_it_is_there():
    talk = Talk().prepared()
    talk.say("right knee")
    talk.say("refine")
    talk.refined("second")
    assert talk.state.joint is Joint.RIGHT_KNEE
    talk.say("extend 60%")
    legless = replace(PERSON, keypoints={Joint.NECK: PERSON.keypoints[Joint.NECK]})
    talk.tell(Prepared(talk.job, painted("third", people=(legless,))))
    assert talk.state.joint is None


def test_the_card_says_that_an_edit_waits_to_be_painted():
    talk = Talk().prepared()
    assert "Changed. Press Refine to paint it." not in talk.lines
    talk.say("right_knee up 5")
    assert "Changed. Press Refine to paint it." in talk.lines
