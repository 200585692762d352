"""What a conversation orders, in a worker's words, and back."""

import json

import pytest

from bot.events import PhotoSent, Prepared, Refined
from bot.orders import document_of, event_of, painting_of
from bot.painting import Kind
from pipeline import wire
from pipeline.canvas import Canvas
from pipeline.geometry import Box, Size
from pipeline.jobs import Method, Quality
from pipeline.plan import Amount, Unit
from pipeline.quality import Score
from pipeline.wire import Painted, Painting, Response, Stored, from_document
from storage.jobs import Job
from storage.models import JobState
from tests.bot.talks import PERSON, Talk

PHOTO = "a" * 64
CANVAS = Canvas(Size(500, 900), Box(0, 0, 500, 500))


def painted(picture: str, seed: int = 0) -> Painted:
    return Painted(
        picture=Stored(picture * 64, 10, "image/png"),
        canvas=CANVAS,
        people=(PERSON,),
        caption="a man in jeans",
        seed=seed,
        changed=3,
        score=Score(oks=1.0, legs=2, planned=2, toes=1.0),
    )


def job_of(talk: Talk, kind: Kind) -> Job:
    return Job(
        id=77,
        session_id=talk.state.session,
        number=talk.job,
        user_id=1,
        kind=kind.value,
        state=JobState.DONE,
        dispatch=1,
        starts=1,
        progress=1.0,
        order={},
    )


def ordered(talk: Talk) -> Painting:
    """Read the last order as a worker would get it."""
    (order,) = talk.ordered
    kept = json.loads(json.dumps(document_of(talk.state, order.order)))
    assert from_document(Painting, kept) == painting_of(talk.state, order.order)
    return from_document(Painting, kept)


def with_picture() -> Talk:
    talk = Talk()
    talk.tell(PhotoSent(PHOTO))
    talk.tell(event_of(job_of(talk, Kind.PREPARE), Response(pictures=(painted("b"),))))
    return talk


def test_a_photo_is_ordered_as_the_person_wished():
    talk = Talk()
    for said in ("extend 60%", "quality best", "best 3", "garment a kilt", "footwear red boots"):
        talk.say(said)
    talk.tell(PhotoSent(PHOTO, "a man on a beach"))
    asked = ordered(talk)
    assert (asked.kind, asked.photo, asked.base, asked.people) == ("prepare", PHOTO, None, ())
    assert asked.extension.down == Amount(Unit.SHARE, 0.6)
    assert asked.caption == "a man on a beach"
    assert (asked.settings.quality, asked.settings.best) == (Quality.BEST, 3)
    assert (asked.settings.garment, asked.settings.footwear) == ("a kilt", "red boots")


def test_a_completed_photo_comes_back_with_all_that_the_next_order_needs():
    talk = with_picture()
    made = talk.version.made
    assert (made.picture, made.canvas, made.caption) == ("b" * 64, CANVAS, "a man in jeans")
    assert (made.changed, made.score) == (3, pytest.approx(1.0))


@pytest.mark.parametrize(("said", "kind"), [("refine", "refine"), ("repaint", "repaint")])
def test_a_change_is_ordered_with_the_picture_and_where_the_people_were_moved(said: str, kind: str):
    talk = with_picture()
    talk.say("right_knee left 20")
    talk.say(said)
    asked = ordered(talk)
    assert asked.kind == kind
    assert asked.base == wire.Base(
        picture="b" * 64, canvas=CANVAS, people=(PERSON,), caption="a man in jeans"
    )
    assert asked.people == talk.version.pose.present != (PERSON,)


@pytest.mark.parametrize(
    ("said", "method"),
    [
        ("refine", Method.CONTROLNET),
        ("repaint", Method.RENOISE),
        ("repaint repaint", Method.REPAINT),
        ("repaint pixel", Method.PIXEL),
    ],
)
def test_the_form_of_repainting_goes_to_the_worker(said: str, method: Method):
    talk = with_picture()
    talk.say(said)
    assert ordered(talk).settings.method is method


def test_clothes_and_floor_go_to_the_worker():
    talk = with_picture()
    for wish in ("garment dress", "footwear sandals", "floor wet sand"):
        talk.say(wish)
    talk.say("refine")
    settings = ordered(talk).settings
    assert (settings.garment, settings.footwear, settings.floor) == ("dress", "sandals", "wet sand")


def test_variants_are_one_order_and_as_many_pictures():
    talk = with_picture()
    talk.say("variants 3")
    assert ordered(talk).count == 3
    pictures = tuple(painted(name) for name in "cde")
    event = event_of(job_of(talk, Kind.REFINE), Response(pictures=pictures, notes=("A note.",)))
    assert isinstance(event, Refined)
    assert [made.picture[0] for made in event.made] == ["c", "d", "e"]
    assert event.made[0].notes == ("A note.",)


def test_what_a_job_gave_is_told_under_the_conversation_s_number_for_it():
    talk = with_picture()
    talk.say("refine")
    event = event_of(job_of(talk, Kind.PREPARE), Response(pictures=(painted("c"),)))
    assert isinstance(event, Prepared)
    assert event.job == talk.job == 2
