from dataclasses import replace

import pytest

from bot.card import card_of
from bot.effects import Answer, CancelJob, ForgetAll, SendFile, ShowCard
from bot.events import (
    Cancelled,
    Failed,
    PhotoSent,
    Prepared,
    Pressed,
    Progressed,
    Queued,
    Refined,
    Strange,
    StrangeSent,
)
from bot.grammar import parse, token
from bot.states import Kind, Made, Page
from bot.words import say, text
from pipeline.jobs import Stage
from pipeline.skeleton import Joint, Keypoint
from tests.bot.talks import OTHER, PERSON, Talk

KNEE = PERSON.keypoints[Joint.RIGHT_KNEE]


def test_a_photo_becomes_a_picture_by_buttons_and_words_and_again():
    talk = Talk()
    talk.tell(PhotoSent("photo", caption="a woman in jeans"))
    (order,) = talk.ordered
    assert (order.order.kind, order.order.options.prompt) == (Kind.PREPARE, "a woman in jeans")
    assert talk.shown[-1].fresh

    talk.tell(Queued(talk.job, place=2, seconds=40))
    assert talk.lines == ["I have your photo.", "In the queue: place 2.", "About 40 s."]
    talk.tell(Progressed(talk.job, Stage.OUTPAINT, 3, 20, preview="small"))
    assert "Painting what is missing: 3 of 20." in talk.lines
    assert talk.picture.base == "small"

    talk.tell(Prepared(talk.job, Made(picture="first", people=(PERSON,))))
    assert talk.picture.base == "first"
    assert talk.picture.people == (PERSON,)

    talk.press("3 right knee")
    talk.press("→")
    assert talk.answers == ["right_knee right 10"]
    assert talk.at(Joint.RIGHT_KNEE) == Keypoint(KNEE.x + 10, KNEE.y)
    talk.say("up 5")
    talk.say("right_knee left 2")
    assert talk.at(Joint.RIGHT_KNEE) == Keypoint(KNEE.x + 8, KNEE.y - 5)

    talk.press("Undo")
    assert talk.at(Joint.RIGHT_KNEE) == Keypoint(KNEE.x + 10, KNEE.y - 5)
    talk.say("undo")
    assert talk.at(Joint.RIGHT_KNEE) == Keypoint(KNEE.x + 10, KNEE.y)
    talk.press("Redo")
    assert talk.at(Joint.RIGHT_KNEE) == Keypoint(KNEE.x + 10, KNEE.y - 5)

    posed = talk.version.pose.present
    talk.press("Refine")
    (order,) = talk.ordered
    assert order.order.kind is Kind.REFINE
    assert (order.order.base, order.order.people, order.order.seed) == ("first", posed, 1)
    talk.refined("second")
    assert talk.lines[0] == "Here you are. Version 2, seed 1."
    assert talk.picture.base == "second"
    assert (talk.version.parent, talk.version.pose.present) == (1, posed)

    talk.press("Again")
    (again,) = talk.ordered
    assert (again.order.base, again.order.people, again.order.seed) == ("first", posed, 2)
    talk.refined("third")
    assert (talk.picture.base, talk.version.parent) == ("third", 1)

    talk.press("Version 2")
    assert talk.picture.base == "second"
    talk.press("File")
    assert SendFile("second", "toeframe-2.png") in talk.effects
    talk.press("Done")
    assert talk.labels == ["File", "Adjust"]


def test_every_tap_counts_though_the_card_was_not_redrawn_in_between():
    talk = Talk().prepared()
    talk.say("joint right_knee")
    right = talk.button("→")
    for _ in range(30):
        talk.tell(Pressed(right.token))
    assert talk.at(Joint.RIGHT_KNEE).x == pytest.approx(KNEE.x + 300)


def test_a_second_tap_on_refine_orders_nothing():
    talk = Talk().prepared()
    refine = talk.button("Refine")
    talk.tell(Pressed(refine.token))
    assert len(talk.ordered) == 1
    talk.tell(Pressed(refine.token))
    assert talk.ordered == []
    assert talk.answers == ["That button is from an earlier picture. Here is how things are now."]


def test_a_stale_button_is_answered_with_the_card_as_it_is_and_loses_nothing():
    talk = Talk().prepared()
    talk.say("3")
    old = talk.button("→")
    talk.say("right_knee up 5")
    talk.say("refine")
    talk.refined("second")
    before = talk.state
    talk.tell(Pressed(old.token))
    assert talk.effects == (Answer(text("toast.stale")), ShowCard(card_of(before)))
    assert talk.state == before


@pytest.mark.parametrize("carried", ["", "nonsense", "k3x9:0:", "k3x9:1:fly", "zzzz:2:refine"])
def test_a_foreign_or_broken_button_changes_nothing(carried: str):
    talk = Talk().prepared()
    before = talk.state
    talk.tell(Pressed(carried))
    assert talk.state == before
    assert talk.answers == ["I cannot read this button. Here is how things are now."]


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
    talk.press("30 px")
    talk.press("↓")
    assert talk.at(Joint.RIGHT_KNEE).y == KNEE.y + 30


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("right_knee sideways", "Try: right_knee up 20"),
        ("undo", "There is nothing to undo."),
        ("redo", "There is nothing to redo."),
        ("person 2", "There is no person 2 in this picture; there are 1."),
        ("up 20", "Choose a joint first"),
        ("version 7", "There is no version 7 any more. The newest is 1."),
        ("cancel", "Nothing is running."),
        ("scale right leg 9", "A leg can be scaled"),
        ("make it nice", "I do not understand"),
        ("mirror", None),
    ],
)
def test_what_cannot_be_done_is_said_once_and_changes_nothing(said: str, sentence: str | None):
    talk = Talk().prepared()
    before = talk.state
    talk.say(said)
    if sentence is None:
        assert (talk.said, talk.state == before) == ([], False)
    else:
        assert len(talk.said) == 1
        assert sentence in talk.said[0]
        assert talk.state == before


@pytest.mark.parametrize("said", ["refine", "right_knee up 3", "undo", "variants", "file", "done"])
def test_what_needs_a_picture_asks_for_a_photo_first(said: str):
    talk = Talk()
    talk.say(said)
    assert talk.said == ["Send me a photo first."]


def test_scaling_for_ever_stops_at_a_sentence():
    talk = Talk().prepared()
    for _ in range(30):
        talk.say("scale right leg 5")
    assert talk.said == ["That is too far outside the picture. Try a smaller step, or undo."]


def test_cancelling_stops_the_job_and_its_late_news_are_not_heard():
    talk = Talk()
    talk.tell(PhotoSent("photo"))
    job = talk.job
    talk.press("Cancel")
    assert CancelJob(job) in talk.effects
    before = talk.state
    assert talk.tell(Prepared(job, Made(picture="late", people=()))) == ()
    assert talk.tell(Cancelled(job)) == ()
    assert talk.state == before
    talk.press("Again")
    assert talk.ordered[0].order.seed == 0


def test_a_job_that_is_cancelled_from_outside_can_be_ordered_again():
    talk = Talk().prepared()
    talk.say("refine")
    talk.tell(Cancelled(talk.job))
    assert talk.labels == ["Again", "Adjust"]
    talk.press("Again")
    assert talk.ordered[0].order.base == "first"


def test_a_failure_says_why_and_again_orders_the_very_same():
    talk = Talk().prepared()
    talk.say("right_knee up 5")
    talk.say("refine")
    (ordered,) = talk.ordered
    talk.tell(Failed(talk.job, "The painter ran out of memory."))
    assert talk.lines[0] == "The painter ran out of memory."
    talk.press("Again")
    assert [again.order for again in talk.ordered] == [ordered.order]


def test_a_picture_that_came_after_a_failure_hangs_where_it_was_ordered_from():
    talk = Talk().prepared()
    talk.say("refine")
    talk.tell(Failed(talk.job))
    talk.say("again")
    talk.refined("second")
    assert talk.version.parent == 1
    talk.say("extend 60%")
    talk.tell(Failed(talk.job))
    talk.say("again")
    talk.tell(Prepared(talk.job, Made(picture="third", people=(PERSON,))))
    assert talk.version.parent is None


def test_the_chosen_joint_stays_chosen_on_the_next_picture_if_it_is_there():
    talk = Talk().prepared()
    talk.say("right knee")
    talk.say("refine")
    talk.refined("second")
    assert talk.state.joint is Joint.RIGHT_KNEE
    talk.say("extend 60%")
    legless = replace(PERSON, keypoints={Joint.NECK: PERSON.keypoints[Joint.NECK]})
    talk.tell(Prepared(talk.job, Made(picture="third", people=(legless,))))
    assert talk.state.joint is None


def test_a_failed_refine_keeps_the_pose():
    talk = Talk().prepared()
    talk.say("right_knee up 5")
    talk.say("refine")
    talk.tell(Failed(talk.job))
    talk.press("Adjust")
    assert talk.at(Joint.RIGHT_KNEE).y == KNEE.y - 5
    talk.press("Undo")
    assert talk.at(Joint.RIGHT_KNEE) == KNEE


def test_while_something_is_painted_the_pose_waits_and_settings_do_not():
    talk = Talk().prepared()
    talk.say("refine")
    talk.say("right_knee up 5")
    assert talk.said == ["I am still painting. Wait for the picture, or say cancel."]
    talk.say("quality best")
    assert talk.said == ["Set. It counts from the next painting on: say again or refine."]
    talk.refined("second")
    talk.say("again")
    assert talk.ordered[0].order.options.quality == "best"


def test_variants_have_seeds_of_their_own_and_can_be_looked_through():
    talk = Talk().prepared()
    talk.say("variants 3")
    assert (talk.ordered[0].order.count, talk.ordered[0].order.seed) == (3, 1)
    talk.refined("a", "b", "c")
    assert [(v.made.picture, v.order.seed, v.parent) for v in talk.state.versions[1:]] == [
        ("a", 1, 1),
        ("b", 2, 1),
        ("c", 3, 1),
    ]
    talk.press("Version 3")
    assert talk.picture.base == "b"
    assert talk.state.seed == 4
    talk.press("Again")
    assert (talk.ordered[0].order.count, talk.ordered[0].order.seed) == (1, 4)


def test_a_version_is_found_again_with_its_pose_as_it_was_left():
    talk = Talk().prepared()
    talk.say("refine")
    talk.refined("second")
    talk.say("right_knee up 5")
    talk.say("version 1")
    assert [label for label in talk.labels if "Version" in label] == ["Version 2"]
    talk.say("version 2")
    assert [label for label in talk.labels if "Version" in label] == ["Version 1"]
    talk.press("Adjust")
    assert talk.at(Joint.RIGHT_KNEE).y == KNEE.y - 5
    assert "Undo" not in talk.labels


def test_a_job_that_goes_back_to_the_queue_says_so():
    talk = Talk()
    talk.tell(PhotoSent("photo"))
    talk.tell(Progressed(talk.job, Stage.DETECT, 0, 1, seconds=3))
    assert talk.lines == ["I have your photo.", "Checking the legs.", "About 3 s."]
    talk.tell(Queued(talk.job, place=1))
    assert talk.lines == ["I have your photo.", "In the queue: place 1."]


def test_another_frame_begins_the_photo_anew_but_does_not_stop_a_refine():
    talk = Talk()
    talk.tell(PhotoSent("photo"))
    first = talk.job
    talk.say("extend 60%")
    assert CancelJob(first) in talk.effects
    assert len(talk.ordered) == 1
    talk.tell(Prepared(talk.job, Made(picture="first", people=(PERSON,))))
    talk.say("refine")
    talk.say("extend 80%")
    assert talk.said == ["I am still painting. Wait for the picture, or say cancel."]


def test_the_reason_of_a_failure_is_forgotten_when_it_was_tried_again():
    talk = Talk()
    talk.tell(PhotoSent("photo"))
    talk.tell(Failed(talk.job, "The painter ran out of memory."))
    talk.say("settings")
    talk.press("Close")
    assert talk.lines[0] == "The painter ran out of memory."
    talk.press("Again")
    talk.press("Cancel")
    talk.say("settings")
    talk.press("Close")
    assert talk.lines == ["Stopped. Say again to go on, or send another photo."]


def test_the_card_says_that_an_edit_waits_to_be_painted():
    talk = Talk().prepared()
    assert "Changed. Say refine to paint it." not in talk.lines
    talk.say("right_knee up 5")
    assert "Changed. Say refine to paint it." in talk.lines


def test_wishes_are_kept_and_go_with_the_next_order():
    talk = Talk().prepared()
    for said in ("language ko", "garment jeans", "footwear boots", "prompt a man", "best of 3"):
        talk.say(said)
    assert talk.state.language == "ko"
    talk.say("refine")
    options = talk.ordered[0].order.options
    assert (options.garment, options.footwear, options.prompt) == ("jeans", "boots", "a man")
    assert options.best == 3


def test_cancelling_what_is_done_by_now_is_stale_and_keeps_the_picture():
    talk = Talk()
    talk.tell(PhotoSent("photo"))
    cancel = talk.button("Cancel")
    talk.tell(Prepared(talk.job, Made(picture="first", people=(PERSON,))))
    talk.tell(Pressed(cancel.token))
    assert talk.answers == [say(text("toast.stale"))]
    assert talk.picture.base == "first"


def test_after_going_back_to_a_version_again_means_that_version():
    talk = Talk().prepared()
    talk.say("refine")
    talk.tell(Failed(talk.job))
    talk.say("version 1")
    talk.say("again")
    assert talk.ordered[0].order.kind is Kind.PREPARE


def test_buttons_of_another_version_are_stale():
    talk = Talk().prepared()
    talk.say("refine")
    talk.refined("second")
    again = talk.button("Again")
    talk.say("version 1")
    talk.tell(Pressed(again.token))
    assert talk.ordered == []


def test_a_seed_that_was_said_is_that_of_the_next_picture():
    talk = Talk().prepared()
    talk.say("seed 42")
    assert talk.said == ["Set."]
    talk.say("refine")
    assert talk.ordered[0].order.seed == 42
    talk.refined("second")
    talk.say("again")
    assert talk.ordered[0].order.seed == 43


def test_after_the_largest_seed_they_begin_anew():
    talk = Talk().prepared()
    talk.say("seed 4294967295")
    talk.say("variants 2")
    talk.refined("a", "b")
    assert [version.order.seed for version in talk.state.versions[1:]] == [4294967295, 0]
    assert talk.state.seed == 1


def test_a_new_photo_stops_the_one_that_is_painted():
    talk = Talk()
    talk.tell(PhotoSent("one"))
    first = talk.job
    talk.tell(PhotoSent("two"))
    assert CancelJob(first) in talk.effects
    assert [ordered.order.photo for ordered in talk.ordered] == ["two"]


def test_auto_skips_the_pose_step():
    talk = Talk()
    talk.say("/auto")
    talk.prepared()
    assert talk.state.page is Page.RESULT
    assert talk.picture.people == ()


def test_a_new_frame_paints_the_photo_anew():
    talk = Talk().prepared()
    talk.say("extend 60%")
    assert talk.ordered[0].order.kind is Kind.PREPARE
    assert str(talk.ordered[0].order.options.extension.down) == "60%"


def test_a_new_frame_belongs_to_the_photo_of_the_version_on_the_card():
    talk = Talk().prepared()
    talk.tell(PhotoSent("another"))
    talk.say("cancel")
    talk.say("version 1")
    talk.say("extend 60%")
    assert talk.ordered[0].order.photo == "photo"


def test_after_a_failure_editing_goes_on_and_again_means_the_picture_on_the_card():
    talk = Talk().prepared()
    talk.say("refine")
    talk.tell(Failed(talk.job))
    talk.say("right_knee up 5")
    talk.say("again")
    assert talk.ordered[0].order.kind is Kind.PREPARE


def test_a_sentence_too_long_to_show_over_a_button_comes_as_a_message():
    faceless = replace(PERSON, keypoints=dict(list(PERSON.keypoints.items())[1:]))
    talk = Talk().prepared(faceless)
    talk.tell(Pressed(token("k3x9", talk.state.revision, parse("nose up 5"))))
    assert talk.answers == [""]
    assert "I did not find the nose" in talk.said[0]


def test_all_pictures_that_are_still_needed_are_named():
    talk = Talk().prepared()
    talk.say("refine")
    talk.tell(Progressed(talk.job, Stage.REFINE, 1, 9, preview="small"))
    assert talk.state.pictures == {"photo", "first", "small"}
    talk.refined("second")
    assert talk.state.pictures == {"photo", "first", "second"}
    talk.tell(PhotoSent("another"))
    assert talk.state.pictures == {"photo", "first", "second", "another"}
    talk.say("forget everything")
    assert talk.state.pictures == frozenset()


def test_settings_open_on_the_card_and_close_to_where_it_was():
    talk = Talk().prepared()
    talk.say("settings")
    talk.press("best")
    assert "• best" in talk.labels
    assert "Quality: best; method 1; best of 1" in talk.lines
    talk.press("Close")
    assert talk.picture.people == (PERSON,)
    talk.say("refine")
    talk.say("settings")
    talk.press("Close")
    assert talk.labels == ["Cancel"]
    assert talk.state.page is Page.WORKING


def test_method_two_and_repaint_order_the_other_way_of_painting():
    talk = Talk().prepared()
    talk.say("repaint")
    assert talk.ordered[0].order.kind is Kind.REPAINT
    talk.refined("second")
    talk.say("method 2")
    talk.say("refine")
    assert talk.ordered[0].order.kind is Kind.REPAINT


def test_the_card_says_how_many_pixels_of_the_photo_changed():
    talk = Talk().prepared()
    talk.say("done")
    assert "Every pixel of your photo is as you sent it." in talk.lines
    talk.say("refine")
    talk.tell(Refined(talk.job, (Made(picture="b", people=(PERSON,), changed=12),)))
    assert "12 pixels of your photo were changed." in talk.lines


def test_a_picture_without_people_can_be_had_but_not_posed():
    talk = Talk()
    talk.tell(PhotoSent("photo"))
    talk.tell(Prepared(talk.job, Made(picture="empty", people=())))
    assert talk.labels == ["File", "Done"]
    talk.say("right_knee up 5")
    assert talk.said == ["I found nobody in this picture to move."]


def test_forgetting_asks_first_and_then_leaves_nothing():
    talk = Talk().prepared()
    talk.say("forget me")
    assert talk.state.versions
    talk.say("refine")
    job = talk.job
    talk.say("forget everything")
    assert {CancelJob(job), ForgetAll()} <= set(talk.effects)
    assert (talk.state.photo, talk.state.versions) == (None, ())


@pytest.mark.parametrize("what", Strange)
def test_what_is_no_photo_gets_one_kind_sentence(what: Strange):
    talk = Talk()
    talk.tell(StrangeSent(what))
    assert len(talk.said) == 1
    assert "Send" in talk.said[0] or "photo" in talk.said[0]


def test_a_very_long_caption_does_not_keep_a_photo_from_being_painted():
    talk = Talk()
    talk.tell(PhotoSent("photo", caption="a woman " * 500))
    assert len(talk.ordered[0].order.options.prompt or "") <= 400


def test_news_that_change_nothing_on_the_card_send_nothing():
    talk = Talk()
    talk.tell(PhotoSent("photo"))
    news = Queued(talk.job, place=1)
    assert len(talk.tell(news)) == 1
    assert talk.tell(news) == ()
