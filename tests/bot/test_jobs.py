import pytest

from bot.effects import CancelJob
from bot.events import (
    Cancelled,
    Failed,
    PhotoSent,
    Prepared,
    Pressed,
    Progressed,
    Queued,
)
from bot.states import Kind
from bot.words import say, text
from pipeline.jobs import Method, Stage
from pipeline.skeleton import Joint
from tests.bot.talks import PERSON, Talk, painted

KNEE = PERSON.keypoints[Joint.RIGHT_KNEE]


def test_cancelling_stops_the_job_and_its_late_news_are_not_heard():
    talk = Talk()
    talk.tell(PhotoSent("photo"))
    job = talk.job
    talk.press("Cancel")
    assert CancelJob(job) in talk.effects
    before = talk.state
    assert talk.tell(Prepared(job, painted("late", people=()))) == ()
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
    talk.tell(Prepared(talk.job, painted("third", people=(PERSON,))))
    assert talk.version.parent is None


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
    assert talk.picture.sheet == ("a", "b", "c")
    assert talk.labels == ["1", "2", "3", "Four more", "Adjust", "Done"]
    talk.press("2")
    assert (talk.picture.base, talk.picture.sheet) == ("b", ())
    talk.press("All variants")
    talk.press("2")
    assert talk.state.seed == 4
    talk.press("Again")
    assert (talk.ordered[0].order.count, talk.ordered[0].order.seed) == (1, 4)


def test_a_version_is_found_again_with_its_pose_as_it_was_left():
    talk = Talk().prepared()
    talk.say("refine")
    talk.refined("second")
    talk.say("right_knee up 5")
    talk.say("version 1")
    assert [label for label in talk.labels if "▶" in label or "◀" in label] == ["2 ▶"]
    talk.say("version 2")
    assert [label for label in talk.labels if "▶" in label or "◀" in label] == ["◀ 1"]
    talk.press("Adjust")
    assert talk.at(Joint.RIGHT_KNEE).y == KNEE.y - 5
    assert "Undo" not in talk.labels


def test_a_job_that_goes_back_to_the_queue_says_so():
    talk = Talk()
    talk.tell(PhotoSent("photo"))
    talk.tell(Progressed(talk.job, Stage.DETECT, 0, 1, seconds=3))
    assert talk.lines == ["I have your photo.", "Checking the legs.", "About 3 s left."]
    talk.tell(Queued(talk.job, place=1))
    assert talk.lines == ["I have your photo.", "In the queue: 1st."]


def test_another_frame_begins_the_photo_anew_but_does_not_stop_a_refine():
    talk = Talk()
    talk.tell(PhotoSent("photo"))
    first = talk.job
    talk.say("extend 60%")
    assert CancelJob(first) in talk.effects
    assert len(talk.ordered) == 1
    talk.tell(Prepared(talk.job, painted("first", people=(PERSON,))))
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
    assert talk.lines == ["Stopped. Press Again to go on, or send another photo."]


def test_cancelling_what_is_done_by_now_is_stale_and_keeps_the_picture():
    talk = Talk()
    talk.tell(PhotoSent("photo"))
    cancel = talk.button("Cancel")
    talk.tell(Prepared(talk.job, painted("first", people=(PERSON,))))
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


def test_method_two_and_repaint_order_the_other_way_of_painting():
    talk = Talk().prepared()
    talk.say("repaint")
    assert talk.ordered[0].order.kind is Kind.REPAINT
    assert talk.ordered[0].order.repaint is Method.RENOISE
    talk.refined("second")
    talk.say("method 2")
    talk.say("refine")
    assert talk.ordered[0].order.kind is Kind.REPAINT


@pytest.mark.parametrize("form", ["renoise", "repaint", "pixel"])
def test_repainting_in_a_form_is_ordered_and_done_again_in_that_form(form: str):
    talk = Talk().prepared()
    talk.say(f"repaint {form}")
    assert talk.ordered[0].order.repaint == form
    talk.refined("second")
    talk.say("again")
    assert (talk.ordered[0].order.kind, talk.ordered[0].order.repaint) == ("repaint", form)


def test_news_that_change_nothing_on_the_card_send_nothing():
    talk = Talk()
    talk.tell(PhotoSent("photo"))
    news = Queued(talk.job, place=1)
    assert len(talk.tell(news)) == 1
    assert talk.tell(news) == ()


@pytest.mark.parametrize("said", ["adjust", "done", "up 5", "version 1"])
def test_a_failure_that_one_went_on_from_does_not_come_back(said: str):
    talk = Talk().prepared()
    talk.say("right knee")
    talk.say("refine")
    talk.tell(Failed(talk.job, "The painter ran out of memory."))
    talk.say(said)
    talk.say("settings")
    talk.press("Close")
    assert "The painter ran out of memory." not in talk.lines
    assert talk.picture.base == "first"


def test_again_waits_while_something_is_painted():
    talk = Talk().prepared()
    talk.say("refine")
    talk.say("again")
    assert talk.said == ["I am still painting. Wait for the picture, or say cancel."]
