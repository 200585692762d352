"""The worker's task: what it tells, what it stores, and that nothing stops it."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from hashlib import sha256
from io import BytesIO

import pytest
from PIL import Image

from pipeline import watch, worker
from pipeline.errors import ModelError, PlanError
from pipeline.jobs import Method, Progress, RefineJob, RepaintJob, Settings, Stage
from pipeline.watch import LARGEST_PREVIEW, Watch, small_jpeg
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
    Started,
    WireError,
    pack,
    unpack,
)
from pipeline.worker import Worker
from tests.bot.fakes import FakeEngine, photo_bytes


class Shelf:
    """Pictures in memory."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    async def put(self, content: bytes) -> str:
        name = sha256(content).hexdigest()
        self.files[name] = content
        return name

    async def get(self, picture: str) -> bytes:
        return self.files[picture]

    def image(self, picture: str) -> Image.Image:
        return Image.open(BytesIO(self.files[picture]))


class Room:
    """A worker with an engine that can be told what to do, and all that it has told."""

    def __init__(self, load: Callable[[], FakeEngine] | None = None) -> None:
        self.engine = FakeEngine()
        self.shelf = Shelf()
        self.told: list[News] = []
        self.more = asyncio.Event()
        self.worker = Worker(load or (lambda: self.engine), self.shelf, self.tell)

    async def tell(self, news: News) -> None:
        self.told.append(news)
        self.more.set()

    async def paint(self, job: int = 1, **asked: object) -> News:
        photo = await self.shelf.put(photo_bytes())
        painting = replace(Painting(kind=Kind.PREPARE, photo=photo), **asked)
        return unpack(News, await self.worker.paint(pack(Request(job, 1, painting))))

    async def prepared(self) -> Painted:
        finished = await self.paint()
        assert isinstance(finished, Finished)
        return finished.response.pictures[0]

    async def based(self, kind: Kind, job: int = 2, **asked: object) -> News:
        made = await self.prepared()
        base = Base(
            picture=made.picture.hash, canvas=made.canvas, people=made.people, caption=made.caption
        )
        return await self.paint(job, kind=kind, base=base, people=made.people, **asked)

    async def until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not is_so():
                self.more.clear()
                await self.more.wait()


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    made = Room()
    yield made
    made.engine.hold.set()
    made.worker.close()


def kinds(told: list[News]) -> list[type]:
    return list(dict.fromkeys(type(news) for news in told))


async def test_a_photo_is_completed_and_stored_before_it_is_told(room: Room):
    painted = await room.prepared()
    assert kinds(room.told) == [Started, Loading, Progressed, Finished]
    assert room.shelf.image(painted.picture.hash).size == (160, 320)
    assert (painted.seed, painted.changed, len(painted.people)) == (0, 0, 1)
    assert len(room.shelf.files[painted.picture.hash]) == painted.picture.size


async def test_weights_are_loaded_once(room: Room):
    loads: list[int] = []
    room.worker = Worker(lambda: loads.append(1) or room.engine, room.shelf, room.tell)
    await room.worker.warm()
    await room.paint()
    await room.paint(2)
    assert loads == [1]
    assert Loading not in kinds(room.told)


@pytest.mark.parametrize(("kind", "job"), [(Kind.REFINE, RefineJob), (Kind.REPAINT, RepaintJob)])
async def test_a_picture_is_changed_from_the_stored_one(room: Room, kind: Kind, job: type):
    given: list[object] = []
    room.engine.began = given.append
    finished = await room.based(kind, caption="a woman")
    assert isinstance(finished, Finished)
    (painted,) = finished.response.pictures
    assert isinstance(given[-1], job)
    assert painted.caption == "a woman"
    assert painted.changed == 0


@pytest.mark.parametrize(
    ("asked", "painted"),
    [
        (Method.CONTROLNET, Method.RENOISE),  # as orders had it before there were several forms
        (Method.RENOISE, Method.RENOISE),
        (Method.REPAINT, Method.REPAINT),
        (Method.PIXEL, Method.PIXEL),
    ],
)
async def test_a_picture_is_repainted_in_the_form_that_was_asked_for(
    room: Room, asked: Method, painted: Method
):
    began: list[object] = []
    room.engine.began = began.append
    await room.based(Kind.REPAINT, settings=Settings(method=asked))
    assert [job.method for job in began if isinstance(job, RepaintJob)] == [painted]


async def test_variants_have_the_next_seeds_and_differ(room: Room):
    finished = await room.based(Kind.REFINE, count=3, settings=Settings(seed=2**32 - 1))
    assert isinstance(finished, Finished)
    assert [painted.seed for painted in finished.response.pictures] == [2**32 - 1, 0, 1]
    assert len({painted.picture.hash for painted in finished.response.pictures}) == 3
    steps = [n.step for n in room.told if isinstance(n, Progressed) and n.job == 2]
    assert steps == sorted(steps)


async def test_the_same_request_gives_the_same_bytes(room: Room):
    assert (await room.prepared()).picture == (await room.prepared()).picture


async def test_what_a_person_can_act_on_is_told_in_a_sentence(room: Room):
    room.engine.raises = [PlanError("I found nobody.")]
    assert await room.paint() == Failed(1, 1, "I found nobody.", retry=False)


async def test_a_photo_that_is_gone_is_told_in_a_sentence(room: Room):
    failed = await room.paint(photo="0" * 64)
    assert isinstance(failed, Failed)
    assert "Send it again" in (failed.sentence or "")


@pytest.mark.parametrize("error", [RuntimeError("secret"), MemoryError(), KeyError("x")])
async def test_a_breakdown_is_retried_and_nobody_is_told_of_it(
    room: Room, error: Exception, caplog: pytest.LogCaptureFixture
):
    room.engine.raises = [error]
    assert await room.paint() == Failed(1, 1, None, retry=True)
    assert room.engine.freed == 1
    assert "job 1 was not done" in caplog.text
    assert isinstance(await room.paint(2), Finished)


async def test_weights_that_cannot_be_loaded_are_no_matter_of_the_person():
    def load() -> FakeEngine:
        raise ModelError("The unet is damaged.")

    room = Room(load)
    assert await room.paint() == Failed(1, 1, None, retry=True)
    room.worker.close()


async def test_a_running_job_stops_at_its_next_step(room: Room):
    room.engine.hold.clear()
    running = asyncio.create_task(room.paint())
    await room.until(lambda: any(isinstance(news, Progressed) for news in room.told))
    room.worker.cancel(1)
    assert await running == Cancelled(1, 1)
    room.engine.hold.set()
    assert isinstance(await room.paint(2), Finished)


async def test_a_job_that_was_stopped_before_it_came_is_dropped(room: Room):
    room.worker.cancel(1)
    assert await room.paint() == Cancelled(1, 1)
    assert kinds(room.told) == [Cancelled]


async def test_one_job_at_a_time_and_signs_of_life_of_all(
    room: Room, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(worker, "BEAT", 0.02)
    room.engine.hold.clear()
    both = [asyncio.create_task(room.paint(job)) for job in (1, 2)]
    await room.until(lambda: Beating(2, 1) in room.told)
    assert Started(1, 1) in room.told
    assert Started(2, 1) not in room.told
    room.engine.hold.set()
    assert [type(news) for news in await asyncio.gather(*both)] == [Finished, Finished]


async def test_there_are_signs_of_life_as_long_as_weights_are_loaded(
    room: Room, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(worker, "BEAT", 0.02)
    monkeypatch.setattr(worker, "STALLED", 0.0)
    loaded = threading.Event()

    def load() -> FakeEngine:
        loaded.wait(10)
        return room.engine

    room.worker = Worker(load, room.shelf, room.tell)
    painting = asyncio.create_task(room.paint())
    await room.until(lambda: room.told.count(Beating(1, 1)) > 2)
    loaded.set()
    assert isinstance(await painting, Finished)


async def test_a_thread_that_hangs_gives_no_sign_of_life(
    room: Room, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(worker, "BEAT", 0.02)
    monkeypatch.setattr(worker, "STALLED", 0.0)
    freed = threading.Event()

    def hang(_: object) -> None:
        freed.wait(10)

    room.engine.began = hang
    await room.worker.warm()
    painting = asyncio.create_task(room.paint())
    await room.until(lambda: Started(1, 1) in room.told)
    await asyncio.sleep(0.2)
    freed.set()
    assert isinstance(await painting, Finished)
    assert Beating not in kinds(room.told)


async def test_the_engine_works_in_one_thread_that_is_not_the_loop_s(room: Room):
    threads: set[str] = set()
    room.engine.began = lambda _: threads.add(threading.current_thread().name)
    await asyncio.gather(*(room.paint(job) for job in range(1, 5)))
    assert threads == {"painter_0"}


async def test_previews_are_stored_small(room: Room, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(watch, "BETWEEN_PREVIEWS", 0.0)
    monkeypatch.setattr(watch, "BETWEEN_NEWS", 0.0)
    await room.paint()
    previews = [news.preview for news in room.told if isinstance(news, Progressed) and news.preview]
    assert len(previews) == room.engine.steps
    assert all(room.shelf.image(preview.hash).format == "JPEG" for preview in previews)


async def test_what_is_no_request_is_not_worked_on(room: Room):
    with pytest.raises(WireError):
        await room.worker.paint("nonsense")
    assert room.told == []


async def test_news_that_cannot_be_told_do_not_stop_a_job(room: Room):
    async def deaf(news: News) -> None:
        if isinstance(news, Progressed):
            raise OSError
        await room.tell(news)

    room.worker = Worker(lambda: room.engine, room.shelf, deaf)
    assert isinstance(await room.paint(), Finished)


def test_any_picture_becomes_a_preview_of_forty_kilobytes():
    noise = Image.effect_noise((900, 1600), 200).convert("RGB")
    assert len(small_jpeg(noise)) <= LARGEST_PREVIEW
    assert Image.open(BytesIO(small_jpeg(Image.new("RGB", (64, 96))))).size == (64, 96)


def test_progress_is_thinned_out_but_each_stage_is_told():
    told: list[tuple[Stage, int, int]] = []

    def take(stage: Stage, step: int, steps: int, preview: bytes | None) -> None:
        told.append((stage, step, steps))

    report = Watch(take, lambda: False, 1, 2)
    report(Progress(Stage.READ, 0, 1))
    for step in range(20):
        report(Progress(Stage.OUTPAINT, step, 20))
    assert told == [(Stage.READ, 1, 2), (Stage.OUTPAINT, 20, 40)]
