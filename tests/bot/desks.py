"""A studio over a real database, told what people do, for tests; nothing is painted or sent."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from sqlalchemy import func, select

from bot.card import card_of
from bot.carrying import Carrier, Rules
from bot.effects import Say, SendFile
from bot.events import Strange
from bot.fetching import Fetcher
from bot.incoming import Incoming, Odd, Photo, Place, PressedButton, Remote, Said, Sender
from bot.metrics import Metrics
from bot.news import News
from bot.platform import PlatformError, Rejected
from bot.saving import load_effect, load_state
from bot.settings import Settings
from bot.states import State
from bot.studio import Handled, Studio
from bot.web.links import Links
from bot.words import say
from pipeline.wire import Stored
from storage import jobs, outbox, sessions
from storage.columns import Base
from storage.database import Database, open_database
from storage.jobs import Job
from storage.pictures import Pictures
from tests.bot.fake_platform import FakePlatform
from tests.bot.sender import wall


class Bell:
    """Remembers what it was rung for."""

    def __init__(self) -> None:
        self.shown: list[int] = []
        self.stopped: list[int] = []
        self.dropped: set[str] = set()
        self.painted = self.fetched = 0

    def show(self, chat_id: int) -> None:
        self.shown.append(chat_id)

    def paint(self) -> None:
        self.painted += 1

    def fetch(self) -> None:
        self.fetched += 1

    def stop(self, job: int) -> None:
        self.stopped.append(job)

    def drop(self, hashes: set[str]) -> None:
        self.dropped |= hashes


class Shelf(FakePlatform):
    """A platform with which files lie, or which cannot give them."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, bytes | list[PlatformError | bytes]] = {}

    async def fetch(self, remote: Remote) -> bytes:
        found = self.files.get(remote.file, Rejected("there is none"))
        if isinstance(found, list):
            found = found.pop(0)
        if isinstance(found, PlatformError):
            raise found
        return found


@dataclass(slots=True, kw_only=True)
class Desk:
    """Everything a studio works with.

    Attributes:
        database: A real one, in a file.
        store: A real one, in a folder.
        carrier: Steps conversations.
        studio: What is tested.
        fetcher: Fetches from `shelf`.
        news: Hears of jobs.
        bell: What was rung for.
        shelf: The platform.
        metrics: What was counted.
    """

    database: Database
    store: Pictures
    carrier: Carrier
    studio: Studio
    fetcher: Fetcher
    news: News
    bell: Bell
    shelf: Shelf
    metrics: Metrics
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    async def tell(
        self,
        what: Photo | Said | PressedButton | Odd,
        *,
        who: str = "ann",
        chat: str | None = None,
        reply_to: str | None = None,
        source: str | None = None,
    ) -> Handled:
        incoming = Incoming(
            source=source or f"fake:{next(self.numbers)}",
            place=Place(platform="fake", chat=chat or who, is_group=chat is not None),
            sender=Sender(who, "en"),
            what=what,
            reply_to=reply_to,
        )
        return await self.studio.handle(incoming)

    async def photo(
        self, *, who: str = "ann", chat: str | None = None, caption: str | None = None
    ) -> State:
        """Send a photo and have it fetched."""
        name = f"photo-{next(self.numbers)}"
        self.shelf.files[name] = wall(300 + len(self.shelf.files), 300)
        await self.tell(Photo(remote=Remote(file=name), caption=caption), who=who, chat=chat)
        await self.fetch()
        return (await self.states())[-1]

    async def fetch(self) -> None:
        """Fetch what is to be fetched now."""
        await self.fetcher.look()
        await self.fetcher.settle()

    async def says(
        self, text: str, *, who: str = "ann", chat: str | None = None, reply_to: str | None = None
    ) -> list[str]:
        """Type a line; return what was said in answer."""
        before = len(await self.sentences())
        await self.tell(Said(text), who=who, chat=chat, reply_to=reply_to)
        return (await self.sentences())[before:]

    async def press(self, state: State, label: str, *, who: str = "ann") -> str | None:
        """Press a button of a conversation's card, whoever may do so."""
        buttons = [button for row in card_of(state).rows for button in row]
        (token,) = [button.token for button in buttons if say(button.label) == label]
        return await self.carry(token, who=who)

    async def carry(self, token: str, *, who: str = "ann", chat: str | None = None) -> str | None:
        press = PressedButton(press="p", carried=token, message="1")
        return (await self.tell(press, who=who, chat=chat)).answer

    async def states(self) -> list[State]:
        """All conversations, in the order in which they began."""
        table = Base.metadata.tables["sessions"]
        async with self.database.reading() as db:
            names = list(await db.scalars(select(table.c.id).order_by(table.c.created_at)))
            saved = [await sessions.load(db, name) for name in names]
        return [load_state(one.state) for one in saved if one]

    async def wanted(self) -> int:
        async with self.database.reading() as db:
            return len(await sessions.wanting(db))

    async def messages(self) -> list[Say | SendFile]:
        """What waits to be sent."""
        async with self.database.reading() as db:
            due = await outbox.due(db, datetime.now(UTC))
        effects = [load_effect(message.payload) for message in due]
        return [effect for effect in effects if isinstance(effect, Say | SendFile)]

    async def sentences(self) -> list[str]:
        return [say(effect.text) for effect in await self.messages() if isinstance(effect, Say)]

    async def queue(self) -> list[Job]:
        async with self.database.reading() as db:
            return await jobs.waiting(db)

    async def rows(self, table: str) -> int:
        async with self.database.reading() as db:
            counted = select(func.count()).select_from(Base.metadata.tables[table])
            return (await db.scalars(counted)).one()


STRANGE = Odd(Strange.STICKER)


@asynccontextmanager
async def desk_in(folder: Path, settings: Settings | None = None) -> AsyncGenerator[Desk]:
    """Open a studio in a folder; opened again there, it goes on."""
    settings = replace(settings or Settings(), data=folder)
    bell, shelf, metrics = Bell(), Shelf(), Metrics()
    store = Pictures(settings.pictures)
    sample = wall(200, 200)
    async with open_database(settings.database_url) as database:
        carrier = Carrier(
            Rules(waiting=settings.waiting, daily=settings.daily),
            Stored(await store.put(sample), len(sample), "image/png"),
            Links(b"k" * 32, settings.public_url),
        )
        yield Desk(
            database=database,
            store=store,
            carrier=carrier,
            studio=Studio(database, carrier, settings=settings, bells=bell, metrics=metrics),
            fetcher=Fetcher(database, store, carrier, platforms={"fake": shelf}, bells=bell),
            news=News(bell, metrics),
            bell=bell,
            shelf=shelf,
            metrics=metrics,
        )
