"""The real engine behind the real link: a photo is completed, changed and repainted."""

import asyncio
from pathlib import Path

import pytest

from bot.link import MemoryLink
from pipeline.geometry import Size
from pipeline.gpu.engine import Engine
from pipeline.gpu.models import load_models
from pipeline.jobs import Settings
from pipeline.photo import read_photo
from pipeline.profiles import find_weights
from pipeline.wire import (
    Base,
    Beating,
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
)
from storage.pictures import Pictures

SAMPLE = Path("pipeline/samples/rendered-man.jpg")


@pytest.fixture(scope="module")
def engine() -> Engine:
    """The tiny bundle; importing what it needs would hold the loop."""
    return Engine(load_models(find_weights("tiny"), device="cpu"))


async def done(link: MemoryLink, job: int, painting: Painting, told: list[News]) -> Response:
    await link.publish(Request(job, 1, painting))
    while not isinstance(news := await link.hear(), Finished):
        await link.settle(news)
        told.append(news)
        assert isinstance(news, Started | Loading | Beating | Progressed), news
    return news.response


def based(kind: Kind, photo: str, made: Painted) -> Painting:
    base = Base(
        picture=made.picture.hash, canvas=made.canvas, people=made.people, caption=made.caption
    )
    settings = Settings(seed=1, garment="a red skirt", footwear="white boots")
    return Painting(kind=kind, photo=photo, base=base, people=made.people, settings=settings)


async def test_a_photo_is_completed_refined_and_repainted(engine: Engine, tmp_path: Path):
    pictures = Pictures(tmp_path)
    photo = await pictures.put(await asyncio.to_thread(SAMPLE.read_bytes))
    told: list[News] = []
    async with MemoryLink(lambda: engine, pictures) as link:
        prepared = await done(link, 1, Painting(kind=Kind.PREPARE, photo=photo), told)
        (first,) = prepared.pictures
        refined = await done(link, 2, based(Kind.REFINE, photo, first), told)
        repainted = await done(link, 3, based(Kind.REPAINT, photo, first), told)
    results = [first, *refined.pictures, *repainted.pictures]
    for painted in results:
        file = await pictures.get(painted.picture.hash)
        picture = await asyncio.to_thread(read_photo, file)
        assert picture.size == painted.canvas.size
        assert painted.changed == 0
        assert painted.score is not None
    assert len({painted.picture.hash for painted in results}) == 3
    assert first.canvas.size.height > Size(*first.canvas.photo.edges[2:]).height
    assert len(first.people) == 1
    assert refined.pictures[0].people == first.people
