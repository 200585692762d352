"""The task that a worker runs: a request comes as a string, news go out, pictures go to the store.

Nothing here blocks the event loop: the engine works in one thread of its own, one job at a time.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from taskiq import AsyncBroker, AsyncTaskiqDecoratedTask

from pipeline.commission import Commission, Paints, fetched
from pipeline.errors import StudioError
from pipeline.jobs import Stage
from pipeline.watch import Stopped, Watch
from pipeline.wire import (
    Beating,
    Cancelled,
    Failed,
    Finished,
    Loading,
    News,
    Painted,
    Progressed,
    Request,
    Response,
    Started,
    Stored,
    pack,
    unpack,
)

log = logging.getLogger(__name__)

TASK = "paint"
PNG, JPEG = "image/png", "image/jpeg"
BEAT = 2.0  # seconds without a step until a sign of life
STALLED = 300.0  # seconds without a step after which there is none: the thread hangs
MOST_REMEMBERED = 10_000  # stopped jobs whose requests may still come

T = TypeVar("T")
Tell = Callable[[News], Awaitable[None]]


class Pictures(Protocol):
    """Where pictures lie, by the SHA-256 of their bytes in hex."""

    async def put(self, content: bytes) -> str: ...

    async def get(self, picture: str) -> bytes:
        """Return a picture.

        Raises:
            KeyError: It is not there any more.
        """
        ...


class Worker:
    """Works through requests, one at a time, in the order in which they come."""

    def __init__(self, load: Callable[[], Paints], pictures: Pictures, tell: Tell) -> None:
        """Remember what to load.

        Args:
            load: Loads the weights; called in the worker's thread, at the first job or by `warm`.
            pictures: Where photos are fetched from and pictures put.
            tell: Sends news out.
        """
        self._load = load
        self._pictures = pictures
        self._tell = tell
        self._engine: Paints | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="painter")
        self._turn = asyncio.Lock()
        self._stopped: dict[int, None] = {}
        self._closed = False

    async def warm(self) -> None:
        """Load the weights now."""
        async with self._turn:
            await self._loaded()

    async def paint(self, request: str) -> str:
        """Carry a request out, telling of it; what is told last is also returned.

        Raises:
            WireError: It is no request.
        """
        asked = unpack(Request, request)
        pump = _Pump(asked, self._pictures, self._tell)
        pumping = asyncio.create_task(pump.run())
        try:
            async with self._turn:
                outcome = await self._outcome(asked, pump)
        finally:
            pump.close()
            await pumping
        await self._tell(outcome)
        return pack(outcome)

    def cancel(self, job: int) -> None:
        """Stop a job at its next step, or drop it when it comes."""
        self._stopped[job] = None
        if len(self._stopped) > MOST_REMEMBERED:
            del self._stopped[next(iter(self._stopped))]

    def close(self) -> None:
        """End the thread at the running job's next step."""
        self._closed = True
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _outcome(self, asked: Request, pump: "_Pump") -> News:
        job, dispatch = asked.job, asked.dispatch
        try:
            if self._is_stopped(job):
                return Cancelled(job, dispatch)
            await self._tell(Started(job, dispatch))
            return Finished(job, dispatch, await self._response(asked, pump))
        except Stopped:
            return Cancelled(job, dispatch)
        except StudioError as error:
            return Failed(job, dispatch, str(error), retry=False)
        except Exception:
            log.exception("job %s was not done", job)
            await self._free_memory()
            return Failed(job, dispatch, None, retry=True)

    def _is_stopped(self, job: int) -> bool:
        return self._closed or job in self._stopped

    async def _response(self, asked: Request, pump: "_Pump") -> Response:
        if self._engine is None:
            await self._tell(Loading(asked.job, asked.dispatch))
        engine = await self._loaded()
        pump.begin()
        begun = time.perf_counter()
        commission = await fetched(asked.painting, self._pictures.get)
        count, pictures, notes = asked.painting.count, list[Painted](), dict[str, None]()
        for number in range(count):
            watch = Watch(pump.take, lambda: self._is_stopped(asked.job), number, count)
            painted, said = await self._variant(engine, commission, number, watch)
            pictures.append(painted)
            notes |= dict.fromkeys(said)
        seconds = round(time.perf_counter() - begun, 3)
        return Response(pictures=tuple(pictures), notes=tuple(notes), seconds=seconds)

    async def _variant(
        self, engine: Paints, commission: Commission, number: int, watch: Watch
    ) -> tuple[Painted, tuple[str, ...]]:
        delivery = await self._in_thread(commission.paint, engine, number, watch)
        picture = await self._pictures.put(delivery.file)
        return delivery.painted(Stored(picture, len(delivery.file), PNG)), delivery.notes

    async def _loaded(self) -> Paints:
        if self._engine is None:
            try:
                self._engine = await self._in_thread(self._load)
            except StudioError as error:  # the weights are no matter of whoever sent a photo
                raise RuntimeError("the weights were not loaded") from error
        return self._engine

    async def _free_memory(self) -> None:
        if self._engine is not None and not self._closed:
            with suppress(Exception):
                await self._in_thread(self._engine.free_memory)

    async def _in_thread(self, function: Callable[..., T], *arguments: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments)


class _Pump:
    """Brings progress from the thread to whoever is told, in order, with signs of life between."""

    def __init__(self, asked: Request, pictures: Pictures, tell: Tell) -> None:
        self._asked = asked
        self._pictures = pictures
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._reports: asyncio.Queue[tuple[Progressed, bytes | None] | None] = asyncio.Queue()
        self._heard = float("inf")

    def begin(self) -> None:
        """Note that the engine begins: from now on it has to make steps."""
        self._heard = time.monotonic()

    def take(self, stage: Stage, step: int, steps: int, preview: bytes | None) -> None:
        """Take progress in; called in the thread."""
        progressed = Progressed(
            job=self._asked.job,
            dispatch=self._asked.dispatch,
            stage=stage,
            step=step,
            steps=steps,
        )
        self._loop.call_soon_threadsafe(self._reports.put_nowait, (progressed, preview))

    def close(self) -> None:
        self._reports.put_nowait(None)

    async def run(self) -> None:
        """Pass on what comes, until closed."""
        while True:
            try:
                async with asyncio.timeout(BEAT):
                    report = await self._reports.get()
            except TimeoutError:
                if time.monotonic() - self._heard < STALLED:
                    await self._say(Beating(self._asked.job, self._asked.dispatch))
                continue
            if report is None:
                return
            self._heard = time.monotonic()
            await self._pass_on(*report)

    async def _pass_on(self, progressed: Progressed, preview: bytes | None) -> None:
        try:
            if preview is not None:
                picture = await self._pictures.put(preview)
                stored = Stored(picture, len(preview), JPEG)
                progressed = replace(progressed, preview=stored)
        except OSError:
            log.warning("a preview was not stored", exc_info=True)
        await self._say(progressed)

    async def _say(self, news: News) -> None:
        try:
            await self._tell(news)
        except Exception:
            log.exception("news of job %s were not told", news.job)


def add_paint(broker: AsyncBroker, worker: Worker) -> AsyncTaskiqDecoratedTask[[str], Any]:
    """Let a broker's tasks be painted by this worker."""

    async def paint(request: str) -> str:
        return await worker.paint(request)

    return broker.register_task(paint, task_name=TASK)
