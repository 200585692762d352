"""Wishes that contradict themselves, and masks that are none."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from pipeline.edits import parse_edit
from pipeline.errors import EditError, WishError
from pipeline.jobs import Method, Settings
from pipeline.wish import Wish, check, mask_in, read_mask

MASK = Image.new("L", (10, 10), 255)
NUDGED = (parse_edit("right_ankle left 3"),)
PIXEL = Settings(method=Method.PIXEL)


def wish(settings: Settings | None = None, **asked: Any) -> Wish:
    return Wish(settings=settings or Settings(), **asked)


@pytest.mark.parametrize(
    "agreeing",
    [
        wish(),
        wish(edits=NUDGED),
        wish(edits=NUDGED, refine=True, mask=MASK, anywhere=True, stages=True),
        wish(Settings(band=4), edits=NUDGED, refine=True),
        wish(Settings(best=2), variants=8),
        wish(Settings(best=8), variants=2, refine=True),
        wish(replace(PIXEL, best=3, band=4), variants=2),
        wish(Settings(method=Method.REPAINT, garment="jeans"), edits=NUDGED, refine=True),
    ],
)
def test_wishes_that_agree_pass(agreeing: Wish):
    check(agreeing)


@pytest.mark.parametrize(
    ("contradictory", "sentence"),
    [
        (wish(mask=MASK), "nothing shall be refined"),
        (wish(anywhere=True), "nothing is refined"),
        (wish(Settings(band=4), refine=True, mask=MASK), "Leave out the band"),
        (wish(Settings(band=4), refine=True, anywhere=True), "Leave out the band"),
        (wish(PIXEL, edits=NUDGED), "pixel knows no pose"),
        (wish(PIXEL, refine=True), "pixel knows no pose"),
        (wish(PIXEL, caption="a man"), "pixel reads no words"),
        (wish(replace(PIXEL, floor="sand")), "pixel reads no words"),
        (wish(replace(PIXEL, guidance=3.0)), "pixel reads no words"),
        (wish(Settings(best=3), variants=8), "are 24 pictures to paint; 16 is the most"),
        (wish(variants=2, stages=True), "either stages or variants"),
    ],
)
def test_wishes_that_contradict_themselves_are_refused(contradictory: Wish, sentence: str):
    with pytest.raises(WishError, match=sentence):
        check(contradictory)


def file_of(picture: Image.Image, kind: str = "PNG") -> bytes:
    file = BytesIO()
    picture.save(file, kind)
    return file.getvalue()


def stroke(mode: str, ground: Any, paint: Any) -> Image.Image:
    picture = Image.new(mode, (40, 30), ground)
    picture.paste(paint, (5, 6, 15, 16))
    return picture


@pytest.mark.parametrize(
    "drawn",
    [
        stroke("L", 0, 255),
        stroke("1", 0, 1),
        stroke("RGB", "black", "white"),
        stroke("RGBA", (255, 255, 255, 0), (255, 255, 255, 255)),
        stroke("RGB", "black", "white").quantize(4),
    ],
    ids=["grey", "black and white", "colour", "see-through", "palette"],
)
def test_a_mask_is_white_where_it_was_painted_white(drawn: Image.Image):
    mask = read_mask(file_of(drawn))
    assert (mask.mode, mask.size, mask.getbbox()) == ("L", (40, 30), (5, 6, 15, 16))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "not a picture"),
        (b"white everywhere", "not a picture"),
        (file_of(MASK)[:40], "not a picture"),
        (file_of(stroke("L", 0, 0)), "all black"),
        (file_of(Image.new("RGBA", (9, 9), (255, 255, 255, 0))), "all black"),
        (file_of(Image.new("1", (10_000, 5_001), 1)), "larger than any picture"),
        (file_of(Image.new("1", (20_000, 20_000), 1)), "larger than any picture"),
    ],
    ids=["nothing", "text", "cut off", "black", "see-through", "too large", "a bomb"],
)
def test_a_file_that_is_no_mask_is_refused(content: bytes, sentence: str):
    with pytest.raises(EditError, match=sentence):
        read_mask(content)


def test_a_mask_that_is_not_there_is_told_by_its_name(tmp_path: Path):
    with pytest.raises(EditError, match=r"nowhere.png cannot be read"):
        mask_in(tmp_path / "nowhere.png")
