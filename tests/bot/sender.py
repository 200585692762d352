"""Conversations in a real database, and the sender that shows them on a fake platform."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from itertools import count
from pathlib import Path

from PIL import Image
from sqlalchemy import select

from bot.carrying import FILE, SAY
from bot.commands import Command
from bot.conversation import step
from bot.easel import Easel
from bot.effects import Effect, Say, SendFile, ShowCard
from bot.events import Event, PhotoSent, Prepared, Pressed, TextSent
from bot.grammar import token
from bot.outbox import Outbox
from bot.pace import Pace, Rate
from bot.saving import load_state, save_effect, save_state
from bot.states import State
from pipeline.photo import encode_png
from pipeline.skeleton import Skeleton
from storage import outbox, people, sessions
from storage.database import Database, open_database
from storage.models import ChatRow, OutboxRow, SessionRow
from storage.pictures import Pictures
from tests.bot.fake_platform import Chat, FakePlatform
from tests.bot.talks import PERSON, painted

WALL = (120, 140, 120)
UNHURRIED = Rate(every=0.0, burst=1)


def unhurried() -> Pace:
    """A pace that lets every call through at once."""
    return Pace(private=UNHURRIED, group=UNHURRIED, overall=UNHURRIED, others={})


def wall(width: int = 400, height: int = 600) -> bytes:
    return encode_png(Image.new("RGB", (width, height), WALL))


@dataclass(slots=True, kw_only=True)
class Bench:
    """A database with chats, a platform, and what a sender needs besides.

    Attributes:
        database_file: Where the database is.
        database: A real one.
        pictures: A real store.
        platform: Where everything is shown.
        easel: What draws the cards' pictures.
        outbox: The sender that runs now, if one does.
    """

    database_file: Path
    database: Database
    pictures: Pictures
    platform: FakePlatform
    easel: Easel
    outbox: Outbox | None = None
    _names: "count[int]" = field(default_factory=lambda: count(1))

    async def talk(self, chat: str, *, is_group: bool = False, language: str = "en") -> "Talking":
        """Begin a conversation in a chat."""
        session = f"s{next(self._names):07d}"
        async with self.database.writing() as db:
            owner = await people.meet(db, "fake", chat, language)
            chat_id = await people.place(db, "fake", chat, None, is_group)
            state = save_state(State(session=session))
            await sessions.create(db, session, user_id=owner.id, chat_id=chat_id, state=state)
        return Talking(self, chat, chat_id, session)

    @asynccontextmanager
    async def sending(
        self, pace: Pace | None = None, *, patience: float = 5.0
    ) -> AsyncGenerator[Outbox]:
        """Run a sender; it ends as it would when the program is told to stop."""
        self.outbox = Outbox(
            self.database,
            self.pictures,
            {"fake": self.platform},
            self.easel,
            pace or unhurried(),
            patience=patience,
        )
        task = asyncio.create_task(self.outbox.run())
        try:
            yield self.outbox
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            self.outbox = None

    async def is_idle(self) -> bool:
        """Whether nothing is left to show or to send, to anybody who can be reached."""
        unsent = (OutboxRow.sent_at.is_(None), OutboxRow.given_up_at.is_(None))
        messages = select(OutboxRow.chat_id).where(*unsent)
        cards = select(SessionRow.chat_id).where(SessionRow.card_wanted > SessionRow.card_shown)
        left = select(ChatRow.id).where(
            ChatRow.parked_at.is_(None), ChatRow.id.in_(messages.union(cards))
        )
        async with self.database.reading() as db:
            return await db.scalar(left.limit(1)) is None

    async def settled(self, *, within: float = 10.0) -> None:
        """Wait until everything is shown and sent."""
        async with asyncio.timeout(within):
            while not await self.is_idle():  # noqa: ASYNC110 - the database rings no bell
                await asyncio.sleep(0.05)


@dataclass(frozen=True, slots=True)
class Talking:
    """One conversation in one chat."""

    bench: Bench
    chat: str
    chat_id: int
    session: str

    @property
    def seen(self) -> Chat:
        """What people see in its chat."""
        return self.bench.platform.chats[self.chat]

    async def tell(self, *events: Event) -> None:
        """Let something happen, each in a transaction of its own."""
        for event in events:
            async with self.bench.database.writing() as db:
                saved = await sessions.load(db, self.session)
                assert saved is not None
                state, effects = step(load_state(saved.state), event)
                await sessions.save(db, self.session, save_state(state))
            await self.do(*effects)

    async def do(self, *effects: Effect) -> None:
        """Write down what is wanted, as a transaction of the studio does."""
        async with self.bench.database.writing() as db:
            for effect in effects:
                if isinstance(effect, ShowCard):
                    await sessions.want_card(db, self.session, fresh=effect.fresh)
                elif isinstance(effect, Say | SendFile):
                    await outbox.put(
                        db,
                        f"{self.session}:{next(self.bench._names)}",
                        chat_id=self.chat_id,
                        session_id=self.session,
                        kind=SAY if isinstance(effect, Say) else FILE,
                        payload=save_effect(effect),
                    )
        if self.bench.outbox is not None:
            self.bench.outbox.poke(self.chat_id)

    async def say(self, *said: str) -> None:
        await self.tell(*(TextSent(line) for line in said))

    async def sent_photo(self, content: bytes | None = None) -> str:
        photo = await self.bench.pictures.put(content or wall())
        await self.tell(PhotoSent(photo))
        return photo

    async def posed(self, content: bytes | None = None, person: Skeleton = PERSON) -> str:
        """Bring the conversation to its pose step."""
        await self.sent_photo()
        return await self.prepared(content, person)

    async def prepared(self, content: bytes | None = None, person: Skeleton = PERSON) -> str:
        """Complete the photo that was sent."""
        picture = await self.bench.pictures.put(content or wall())
        await self.tell(Prepared((await self.state()).jobs, painted(picture, people=(person,))))
        return picture

    async def press(self, command: Command) -> None:
        """Press the button that carries a command on the newest card."""
        state = await self.state()
        await self.tell(Pressed(token(state.session, state.revision, command)))

    async def state(self) -> State:
        async with self.bench.database.reading() as db:
            saved = await sessions.load(db, self.session)
        assert saved is not None
        return load_state(saved.state)


@asynccontextmanager
async def bench_in(folder: Path) -> AsyncGenerator[Bench]:
    pictures = Pictures(folder / "pictures")
    file = folder / "bot.db"
    async with open_database(f"sqlite+aiosqlite:///{file}", patience=0.2) as database:
        yield Bench(
            database_file=file,
            database=database,
            pictures=pictures,
            platform=FakePlatform(),
            easel=Easel(pictures),
        )


async def until(found: Callable[[], bool], *, within: float = 10.0) -> None:
    async with asyncio.timeout(within):
        while not found():  # noqa: ASYNC110 - people do not ring a bell either
            await asyncio.sleep(0.005)


def size_of(picture: bytes) -> tuple[int, int]:
    with Image.open(BytesIO(picture)) as image:
        return image.size
