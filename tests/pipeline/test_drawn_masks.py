"""A drawn mask on its way to the painter: by reference, then as a picture."""

from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from pipeline.canvas import Canvas
from pipeline.commission import fetched
from pipeline.errors import PhotoError
from pipeline.geometry import Box, Size
from pipeline.jobs import RefineJob
from pipeline.photo import encode_png
from pipeline.wire import Base, Kind, Painting, WireError, document_of, from_document
from tests.bot.fakes import FakeEngine, photo_bytes
from tests.pipeline.people import whole_person

PHOTO, PICTURE, MASK = "a" * 64, "b" * 64, "d" * 64
CANVAS = Canvas(Size(160, 320), Box(0, 0, 160, 200))
PEOPLE = (whole_person(height=300, middle=80),)
DRAWN = Painting(
    kind=Kind.REFINE,
    photo=PHOTO,
    base=Base(picture=PICTURE, canvas=CANVAS, people=PEOPLE, caption="a man"),
    people=PEOPLE,
    mask=MASK,
)


def file_of(mode: str) -> bytes:
    """Draw a mask as a page might encode it."""
    mask = Image.new("L", (160, 320))
    mask.paste(255, (0, 250, 160, 320))
    file = BytesIO()
    mask.convert(mode).save(file, "PNG")
    return file.getvalue()


def shelf(mask: bytes) -> Mapping[str, bytes]:
    picture = encode_png(Image.new("RGB", (160, 320), "teal"))
    return {PHOTO: photo_bytes(), PICTURE: picture, MASK: mask}


def test_a_mask_comes_back_from_the_wire():
    assert from_document(Painting, document_of(DRAWN)) == DRAWN


def test_an_order_from_before_there_were_masks_is_read():
    document: dict[str, Any] = document_of(replace(DRAWN, mask=None))
    del document["value"]["mask"]
    assert from_document(Painting, document) == replace(DRAWN, mask=None)


@pytest.mark.parametrize("mask", ["", "m1", "../../etc/passwd", "D" * 64, "d" * 65])
def test_what_names_no_mask_is_refused(mask: str):
    document = document_of(DRAWN)
    document["value"]["mask"] = mask
    with pytest.raises(WireError):
        from_document(Painting, document)


def test_only_refining_knows_masks():
    with pytest.raises(ValueError, match="with a mask"):
        replace(DRAWN, kind=Kind.REPAINT)


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "1", "P"])
async def test_a_mask_of_any_mode_reaches_the_painter_as_it_was_drawn(mode: str):
    jobs: list[object] = []
    files = shelf(file_of(mode))

    async def get(name: str) -> bytes:
        return files[name]

    commission = await fetched(DRAWN, get)
    commission.paint(FakeEngine(began=jobs.append), 0, lambda _: None)
    (job,) = jobs
    assert isinstance(job, RefineJob)
    assert job.mask is not None
    assert (job.mask.mode, job.mask.size) == ("L", (160, 320))
    assert job.mask.getbbox() == (0, 250, 160, 320)
    assert not job.anywhere, "the photo itself stays as it was sent"


async def test_a_mask_that_is_not_kept_any_more_is_told():
    files = {PHOTO: photo_bytes(), PICTURE: b""}

    async def get(name: str) -> bytes:
        return files[name]

    with pytest.raises(PhotoError, match="not kept any more"):
        await fetched(DRAWN, get)
