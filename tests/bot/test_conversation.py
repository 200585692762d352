from dataclasses import replace

import pytest

from bot.card import card_of
from bot.effects import Answer, CancelJob, ForgetAll, SendFile, ShowCard
from bot.events import (
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
from bot.states import Kind, Page
from bot.words import text
from pipeline.jobs import Stage
from pipeline.skeleton import Joint, Keypoint
from tests.bot.talks import PERSON, Talk, painted

KNEE = PERSON.keypoints[Joint.RIGHT_KNEE]


def test_a_photo_becomes_a_picture_by_buttons_and_words_and_again():
    talk = Talk()
    talk.tell(PhotoSent("photo", caption="a woman in jeans"))
    (order,) = talk.ordered
    assert (order.order.kind, order.order.options.prompt) == (Kind.PREPARE, "a woman in jeans")
    assert talk.shown[-1].fresh

    talk.tell(Queued(talk.job, place=2, seconds=40))
    assert talk.lines == ["I have your photo.", "In the queue, 2nd, about 40 s."]
    talk.tell(Progressed(talk.job, Stage.OUTPAINT, 3, 20, preview="small"))
    assert talk.lines[1:] == ["Painting what is missing.", "▰▰▱▱▱▱▱▱▱▱ 3/20"]
    assert talk.picture.base == "small"

    talk.tell(Prepared(talk.job, painted("first", people=(PERSON,))))
    assert talk.picture.base == "first"
    assert talk.picture.people == (PERSON,)

    talk.press("3 right knee")
    talk.press("→")
    assert talk.answers == ["right knee → 10"]
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

    talk.press("◀ 1")
    talk.press("3 ▶")
    assert talk.picture.base == "third"
    talk.say("version 2")
    assert talk.picture.base == "second"
    talk.press("File")
    assert SendFile("second", "toeframe-2.png") in talk.effects
    talk.press("Done")
    assert talk.labels == ["File", "Adjust"]


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


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("right_knee sideways", "Try: right_knee up 20"),
        ("undo", "There is nothing to undo."),
        ("redo", "There is nothing to redo."),
        ("person 2", "There is no person 2 in this picture. People in it: 1."),
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


def test_wishes_are_kept_and_go_with_the_next_order():
    talk = Talk().prepared()
    for said in ("language ko", "garment jeans", "footwear boots", "prompt a man", "best of 3"):
        talk.say(said)
    assert talk.state.language == "ko"
    talk.say("refine")
    options = talk.ordered[0].order.options
    assert (options.garment, options.footwear, options.prompt) == ("jeans", "boots", "a man")
    assert options.best == 3


def test_buttons_of_another_version_are_stale():
    talk = Talk().prepared()
    talk.say("refine")
    talk.refined("second")
    again = talk.button("Again")
    talk.say("version 1")
    talk.tell(Pressed(again.token))
    assert talk.ordered == []


def test_auto_skips_the_pose_step():
    talk = Talk()
    talk.say("/auto")
    talk.prepared()
    assert talk.state.page is Page.RESULT
    assert talk.picture.people == ()


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


def test_the_card_says_how_many_pixels_of_the_photo_changed():
    talk = Talk().prepared()
    talk.say("done")
    assert "Every pixel of your photo is as you sent it." in talk.lines
    talk.say("refine")
    talk.tell(Refined(talk.job, (painted("b", people=(PERSON,), changed=12),)))
    assert "12 pixels of your photo were changed." in talk.lines


def test_a_picture_without_people_can_be_had_but_not_posed():
    talk = Talk()
    talk.tell(PhotoSent("photo"))
    talk.tell(Prepared(talk.job, painted("empty", people=())))
    assert talk.labels == ["File", "Again", "Done"]
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
