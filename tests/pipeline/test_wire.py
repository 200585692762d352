"""What goes over the wire comes back the same, and nothing else is taken for it."""

import json
from dataclasses import replace
from typing import Any

import pytest

from pipeline.canvas import Canvas
from pipeline.fill import Fill
from pipeline.geometry import Box, Size
from pipeline.jobs import Method, Quality, Settings, Stage
from pipeline.plan import Amount, Extension, Unit
from pipeline.quality import Score
from pipeline.skeleton import Joint
from pipeline.wire import (
    Base,
    Beating,
    Cancelled,
    Failed,
    Finished,
    Kind,
    Loading,
    News,
    Painted,
    Painting,
    Progressed,
    Request,
    Response,
    Started,
    Stored,
    WireError,
    document_of,
    from_document,
    pack,
    size_of,
    unpack,
)
from tests.pipeline.people import random_person, whole_person

PHOTO, PICTURE = "a" * 64, "b" * 64
CANVAS = Canvas(Size(400, 900), Box(0, 0, 400, 500))
PEOPLE = (
    whole_person(),
    replace(whole_person(), hidden=frozenset({Joint.LEFT_KNEE}), front=Joint.RIGHT_HIP),
    random_person(3),
)
PREPARE = Painting(kind=Kind.PREPARE, photo=PHOTO)
REFINE = Painting(
    kind=Kind.REFINE,
    photo=PHOTO,
    base=Base(picture=PICTURE, canvas=CANVAS, people=PEOPLE, caption='a "man" ♥ \u2028'),
    people=PEOPLE[::-1],
    extension=Extension(down=Amount(Unit.SHARE, 0.6), left=Amount(Unit.PIXELS, 12)),
    caption="그림",
    settings=Settings(
        seed=2**32 - 1,
        steps=7,
        guidance=1.5,
        posed=False,
        band=3,
        quality=Quality.BEST,
        best=3,
        garment="a kilt",
        footwear="red boots",
        floor="moss",
        method=Method.REPAINT,
        fill=Fill.EDGES,
    ),
    count=4,
)
PAINTED = Painted(
    picture=Stored(PICTURE, 1234, "image/png"),
    canvas=CANVAS,
    people=PEOPLE,
    caption="a man",
    seed=9,
    changed=0,
    score=Score(
        oks=0.5, legs=1, planned=2, toes=0.0, seam=1.5, colour=None, contrast=20.0, clones=1
    ),
)


@pytest.mark.parametrize(
    "news",
    [
        Loading(1, 2),
        Started(1, 2),
        Beating(1, 2),
        Progressed(job=1, dispatch=2, stage=Stage.OUTPAINT, step=3, steps=20),
        Progressed(job=1, dispatch=2, stage=Stage.READ, step=0, steps=1, preview=PAINTED.picture),
        Finished(1, 2, Response(pictures=(PAINTED, replace(PAINTED, score=None)), notes=("One.",))),
        Failed(1, 2, "Send another photo.", retry=False),
        Failed(1, 2, None, retry=True),
        Cancelled(1, 2),
    ],
)
def test_news_come_back_as_they_were(news: News):
    assert unpack(News, pack(news)) == news


@pytest.mark.parametrize("painting", [PREPARE, REFINE])
def test_a_request_comes_back_as_it_was(painting: Painting):
    request = Request(7, 3, painting)
    assert unpack(Request, pack(request)) == request


def test_a_painting_survives_as_a_document():
    kept = json.loads(json.dumps(document_of(REFINE)))
    assert from_document(Painting, kept) == REFINE
    assert size_of(kept) == ("refine best", 12)


def test_a_painting_from_before_there_were_methods_and_floors_is_still_read():
    kept = json.loads(json.dumps(document_of(PREPARE)))
    for later in ("floor", "method", "fill"):
        del kept["value"]["settings"][later]
    assert from_document(Painting, kept) == PREPARE


def test_news_from_before_the_seam_was_scored_are_still_read():
    news = json.loads(pack(Finished(1, 2, Response(pictures=(PAINTED,)))))
    score = news["value"]["response"]["pictures"][0]["score"]
    for later in ("seam", "colour", "contrast", "clones"):
        del score[later]
    before = replace(PAINTED, score=Score(oks=0.5, legs=1, planned=2, toes=0.0))
    assert unpack(News, json.dumps(news)) == Finished(1, 2, Response(pictures=(before,)))


def test_what_every_message_has_is_still_needed():
    kept = json.loads(pack(Request(7, 3, PREPARE)))
    del kept["value"]["painting"]["photo"]
    with pytest.raises(WireError):
        unpack(Request, json.dumps(kept))


def changed(**changes: Any) -> str:
    document = document_of(Request(7, 3, PREPARE))
    document["value"]["painting"].update(changes)
    return json.dumps(document)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "null",
        "[]",
        '"value"',
        "{}",
        json.dumps({**document_of(Started(1, 2)), "wire": 2}),
        json.dumps({**document_of(Started(1, 2)), "more": 1}),
        pack(Started(1, 2)),
        changed(kind="erase"),
        changed(kind="refine"),
        changed(photo="../../etc/passwd"),
        changed(photo=PHOTO.upper()),
        changed(count=0),
        changed(count=9),
        changed(count=True),
        changed(count="1"),
        changed(caption=5),
        changed(people=None),
        changed(extra="field"),
        changed(settings=None),
        changed(people=[{"is": "Skeleton", "keypoints": {}, "hidden": [], "front": None}]),
    ],
)
def test_what_is_no_request_is_refused(text: str):
    with pytest.raises(WireError):
        unpack(Request, text)


def test_numbers_that_are_none_are_refused():
    text = pack(Request(7, 3, REFINE)).replace("1.5", "NaN")
    with pytest.raises(WireError):
        unpack(Request, text)


def test_a_document_that_cannot_be_read_has_a_size_all_the_same():
    assert size_of({"wire": 9}) == ("unreadable", 1)
