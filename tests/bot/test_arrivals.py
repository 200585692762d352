import pytest

from bot.commands import Quality, When
from bot.effects import CancelJob, Say, SendFile
from bot.events import PhotoComing, PhotoLost, PhotoSent, Prepared, Refused
from bot.saving import load_defaults, save_defaults
from bot.states import (
    Arrival,
    Defaults,
    Kind,
    Options,
    Page,
    State,
    begin,
    defaults_of,
    remembered,
)
from bot.words import text
from pipeline.extension import Amount, Extension, Unit
from tests.bot.talks import PERSON, Talk, painted

SHARE = Amount(Unit.SHARE, 0.6)


def _coming(caption: str | None = None) -> Talk:
    talk = Talk()
    talk.tell(PhotoComing(caption))
    return talk


def test_the_card_is_there_before_the_file_is():
    talk = _coming("a woman in jeans")
    assert [(shown.fresh, shown.card) for shown in talk.shown] == [(True, talk.card)]
    assert talk.lines == ["I see your photo and am fetching it."]
    assert talk.labels == ["Cancel"]
    assert talk.card.picture is None

    talk.tell(PhotoSent("photo"))
    assert talk.ordered[0].order.options.prompt == "a woman in jeans"
    assert [shown.fresh for shown in talk.shown] == [False]
    assert talk.lines == ["I have your photo."]


def test_a_photo_that_cannot_be_fetched_is_told_on_its_card():
    talk = _coming()
    talk.tell(PhotoLost(text("lost.too_large")))
    assert talk.lines == ["Your photo is too large for me to fetch. Send a smaller one."]
    assert talk.labels == []
    talk.say("settings")
    talk.press("Close")
    assert talk.lines == ["Your photo is too large for me to fetch. Send a smaller one."]
    talk.say("again")
    assert talk.said == ["There is nothing to do again yet. Send me a photo."]
    assert _coming().tell(PhotoLost()) != ()


def test_a_loss_that_nobody_waits_for_changes_nothing():
    talk = Talk().prepared()
    before = talk.state
    assert talk.tell(PhotoLost()) == ()
    assert talk.state == before


def test_a_photo_that_was_cancelled_on_its_way_is_kept_and_painted_when_asked_for():
    talk = _coming()
    talk.press("Cancel")
    assert talk.answers == ["Stopped."]
    talk.tell(PhotoSent("photo"))
    assert (talk.ordered, talk.state.page) == ([], Page.CANCELLED)
    talk.press("Again")
    assert talk.ordered[0].order.photo == "photo"


def test_again_while_a_cancelled_photo_is_still_on_its_way_waits_for_it():
    talk = _coming()
    talk.say("cancel")
    talk.say("settings")
    talk.press("Close")
    assert talk.state.page is Page.CANCELLED
    talk.say("again")
    assert (talk.state.arrival, talk.state.page) == (Arrival.AWAITED, Page.RECEIVING)
    talk.say("settings")
    talk.press("Close")
    assert talk.labels == ["Cancel"]
    talk.tell(PhotoSent("photo"))
    assert len(talk.ordered) == 1


def test_what_needs_a_picture_waits_for_the_photo():
    talk = _coming()
    talk.say("refine")
    assert talk.said == ["The picture is not ready yet."]


def test_another_photo_stops_what_runs_before_it_is_here():
    talk = Talk().prepared()
    talk.say("refine")
    job = talk.job
    talk.tell(PhotoComing())
    assert CancelJob(job) in talk.effects
    assert talk.state.work is None


def test_an_order_that_may_not_be_had_now_is_told_and_can_be_said_again():
    talk = Talk().prepared()
    talk.press("Refine")
    (ordered,) = talk.ordered
    talk.tell(Refused(text("refused.waiting", count=3)))
    assert talk.lines[0] == ("You have 3 orders open already. Wait for one, or cancel one.")
    assert talk.state.work is None
    talk.press("Again")
    assert talk.ordered[0].order == ordered.order


def test_a_photo_that_may_not_be_had_now_is_told_on_its_card():
    talk = _coming()
    talk.tell(Refused(text("refused.daily", count=1)))
    assert talk.lines == ["That was your 1 order for 24 hours. Come back later."]
    assert talk.state.arrival is None


def test_a_refusal_of_nothing_is_a_line():
    talk = Talk()
    talk.tell(Refused(text("refused.daily", count=2)))
    assert talk.said == ["Those were your 2 orders for 24 hours. Come back later."]


def test_commands_in_a_caption_are_followed_and_the_rest_is_the_prompt():
    talk = _coming("/auto /extend 60% a woman in jeans")
    talk.tell(PhotoSent("photo"))
    options = talk.ordered[0].order.options
    assert (options.extension, options.prompt) == (Extension(down=SHARE), "a woman in jeans")
    talk.tell(Prepared(talk.job, painted("first", (PERSON,))))
    assert talk.state.page is Page.RESULT


@pytest.mark.parametrize(
    ("caption", "told"),
    [
        ("/refine", "I left out: refine"),
        ("/variants 4", "I left out: variants 4"),
        ("/fly away", 'I do not understand "fly away"'),
        ("/extend lots of grass", "Say how far"),
        ("/hide nothing", "I know no joint"),
    ],
)
def test_what_a_caption_cannot_ask_for_is_told_and_the_photo_is_painted_all_the_same(
    caption: str, told: str
):
    talk = Talk()
    talk.tell(PhotoSent("photo", caption))
    assert told in talk.said[0]
    assert len(talk.ordered) == 1


def test_auto_is_spent_on_one_photo_and_auto_on_on_none():
    talk = Talk()
    talk.say("/auto")
    assert talk.said == ["The next picture comes without the pose step."]
    talk.prepared()
    assert talk.state.page is Page.RESULT
    talk.prepared()
    assert talk.state.page is Page.POSE
    talk.say("auto on")
    talk.prepared()
    talk.prepared()
    assert talk.state.page is Page.RESULT
    talk.say("auto off")
    talk.prepared()
    assert talk.state.page is Page.POSE


def test_auto_said_while_a_photo_is_painted_counts_for_that_one():
    talk = Talk()
    talk.tell(PhotoSent("photo"))
    talk.say("auto")
    assert talk.state.options.auto is When.OFF
    talk.tell(Prepared(talk.job, painted("first", (PERSON,))))
    assert talk.state.page is Page.RESULT


def test_a_new_conversation_begins_as_the_person_had_it_last():
    talk = Talk()
    for said in ("language ko", "quality best", "method 2", "best of 4", "auto on", "step 30"):
        talk.say(said)
    known = load_defaults(save_defaults(defaults_of(talk.state)))
    new = begin("other", known)
    assert (new.session, new.language, new.step) == ("other", "ko", 30)
    assert new.options == Options(quality=Quality.BEST, method=2, best=4, auto=When.ON)
    assert begin("first") == State(session="first")


def test_what_belongs_to_a_photo_is_said_before_it_or_stays_with_it():
    blank = Talk()
    for said in ("prompt a man", "seed 42", "extend 60%", "garment skirt", "quality best"):
        blank.say(said)
    known = remembered(Defaults(), State(session="k3x9"), blank.state)

    photo = Talk()
    photo.state = begin("k3x9", known)
    before = photo.state
    photo.tell(PhotoComing())
    known = remembered(known, before, photo.state)
    photo.tell(PhotoSent("photo"))
    (ordered,) = photo.ordered
    options = ordered.order.options
    assert (options.prompt, ordered.order.seed, options.garment) == ("a man", 42, "skirt")
    assert options.extension == Extension(down=SHARE)
    assert known == Defaults(options=Options(quality=Quality.BEST))


def test_an_earlier_conversation_does_not_bring_back_what_a_later_one_set():
    earlier, later = Talk(), Talk()
    known = Defaults()
    for talk, said in ((earlier, "quality draft"), (later, "quality best"), (earlier, "best of 4")):
        before = talk.state
        talk.say(said)
        known = remembered(known, before, talk.state)
    assert known.options == Options(quality=Quality.BEST, best=4)


def test_the_prompt_of_one_photo_is_not_that_of_the_next():
    talk = Talk()
    talk.tell(PhotoSent("one", "a woman"))
    talk.tell(PhotoSent("two"))
    assert talk.ordered[0].order.options.prompt is None


def test_nothing_but_its_own_file_is_sent_for_a_photo():
    talk = _coming()
    talk.tell(PhotoSent("photo"))
    assert not any(isinstance(effect, SendFile | Say) for effect in talk.effects)
    assert talk.state.work is not None
    assert talk.state.work.order.kind is Kind.PREPARE
