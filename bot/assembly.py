"""Puts the parts of a bot together: who knows whom. Nothing runs yet."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files

from bot.carrying import Carrier, Rules
from bot.dispatch import Dispatcher
from bot.easel import Easel
from bot.fetching import Fetcher
from bot.link import MemoryLink
from bot.metrics import Metrics
from bot.news import News
from bot.outbox import Outbox
from bot.pace import Pace
from bot.platform import Platform
from bot.settings import Settings
from bot.studio import Studio
from bot.web.links import Links, key_in
from pipeline.commission import Paints
from pipeline.wire import Stored
from storage.database import Database, open_database
from storage.pictures import Pictures

SAMPLE = files("pipeline") / "samples" / "rendered-woman.jpg"

Load = Callable[[], Paints]
Run = Callable[[], Awaitable[None]]


class Ringer:
    """Wakes the parts of one process, whoever they are; see `bot.bells.Bells`.

    The parts know it before it knows them. One that is not there yet is not missed: each looks for
    what there is to do when it starts.
    """

    def __init__(self, database: Database, store: Pictures, easel: Easel) -> None:
        self._database = database
        self._store = store
        self._easel = easel
        self._dropping: set[asyncio.Task[None]] = set()
        self.outbox: Outbox | None = None
        self.dispatcher: Dispatcher | None = None
        self.fetcher: Fetcher | None = None
        self.watchers: set[Callable[[int], None]] = set()

    def show(self, chat_id: int) -> None:
        for watch in self.watchers:
            watch(chat_id)
        if self.outbox is not None:
            self.outbox.poke(chat_id)

    def paint(self) -> None:
        if self.dispatcher is not None:
            self.dispatcher.wake()

    def fetch(self) -> None:
        if self.fetcher is not None:
            self.fetcher.poke()

    def stop(self, job: int) -> None:
        if self.dispatcher is not None:
            self.dispatcher.stop(job)

    def drop(self, hashes: set[str]) -> None:
        task = asyncio.create_task(self._drop(hashes))
        self._dropping.add(task)
        task.add_done_callback(self._dropping.discard)

    async def _drop(self, hashes: set[str]) -> None:
        """Remove files and copies, and what was deleted from the database's own files too."""
        self._easel.forget(hashes)
        await self._store.remove(hashes)
        await self._database.tidy()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bot:
    """The parts of a bot, put together.

    Attributes:
        settings: How it is run.
        database: Where everything is written down.
        store: Where pictures lie.
        easel: Draws what chats show.
        link: The way to what paints.
        links: Signs the editor's addresses.
        carrier: Steps conversations.
        bells: Wakes the other parts.
        studio: Takes updates in.
        parts: What runs, by name.
        metrics: What is counted.
    """

    settings: Settings
    database: Database
    store: Pictures
    easel: Easel
    link: MemoryLink
    links: Links
    carrier: Carrier
    bells: Ringer
    studio: Studio
    parts: dict[str, Run]
    metrics: Metrics


@asynccontextmanager
async def assembled(
    settings: Settings, platforms: Mapping[str, Platform], load: Load
) -> AsyncGenerator[Bot]:
    """Put the parts of a bot together; nothing runs yet."""
    store, metrics = Pictures(settings.pictures), Metrics()
    sample = SAMPLE.read_bytes()
    rules = Rules(waiting=settings.waiting, daily=settings.daily)
    async with (
        open_database(settings.database_url) as database,
        MemoryLink(load, store) as link,
    ):
        links = Links(await asyncio.to_thread(key_in, settings.data), settings.public_url)
        stored = Stored(await store.put(sample), len(sample), "image/jpeg")
        carrier = Carrier(rules, stored, links)
        easel = Easel(store)
        bells = Ringer(database, store, easel)
        bells.outbox = Outbox(database, store, platforms, easel, Pace())
        bells.dispatcher = Dispatcher(database, link, News(bells, metrics))
        bells.fetcher = Fetcher(database, store, carrier, platforms=platforms, bells=bells)
        yield Bot(
            settings=settings,
            database=database,
            store=store,
            easel=easel,
            link=link,
            links=links,
            carrier=carrier,
            bells=bells,
            studio=Studio(database, carrier, settings=settings, bells=bells, metrics=metrics),
            parts={
                "sender": bells.outbox.run,
                "dispatcher": bells.dispatcher.run,
                "fetcher": bells.fetcher.run,
            },
            metrics=metrics,
        )
