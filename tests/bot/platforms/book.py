"""A conversation that only writes down what came in, each source once, as the database does."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.incoming import Incoming, Place, PressedButton, Said
from bot.platforms.telegram import Telegram
from bot.platforms.telegram_intake import Intake
from bot.platforms.telegram_polling import Polling
from storage.database import StorageBusy
from tests.telegram.values import Chat


class Killed(BaseException):
    """The process ends here."""


@dataclass(frozen=True, slots=True)
class Done:
    answer: str | None
    link: str | None = None


@dataclass(slots=True)
class Book:
    """What came in.

    Attributes:
        kept: Each source once, in the order in which they were kept.
        came: How often each source came.
        is_locked: Whether nothing can be kept.
        locked_chat: A chat of which nothing can be kept.
        breaks_on: A text at which the conversation itself breaks.
        killed: `before` or `after` the next one is kept.
        moves: Groups that moved.
        slow: Seconds that each one takes.
        pauses: Seconds that some texts take instead.
    """

    kept: list[Incoming] = field(default_factory=list[Incoming])
    came: dict[str, int] = field(default_factory=dict[str, int])
    is_locked: bool = False
    locked_chat: int | None = None
    breaks_on: str | None = None
    killed: str | None = None
    moves: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    slow: float = 0.0
    pauses: dict[str, float] = field(default_factory=dict[str, float])

    async def handle(self, incoming: Incoming) -> Done:
        is_new = incoming.source not in self.came
        self.came[incoming.source] = self.came.get(incoming.source, 0) + 1
        await asyncio.sleep(self.pauses.get(told(incoming), self.slow))
        if self.is_locked or incoming.place.chat == str(self.locked_chat):
            del self.came[incoming.source]
            raise StorageBusy("the database is locked")
        self._die("before", incoming)
        if told(incoming) == self.breaks_on:
            raise ZeroDivisionError
        if is_new:
            self.kept.append(incoming)
            self._die("after", incoming)
        return Done(f"{told(incoming)}!" if isinstance(incoming.what, PressedButton) else None)

    async def moved(self, old: str, new: str) -> None:
        self.moves.append((old, new))

    def intake(self, telegram: Telegram) -> Intake:
        return Intake(telegram, self.handle, busy=busy, moved=self.moved)

    def texts(self, chat: int | None = None) -> list[str]:
        """List what was kept, of one chat or all."""
        return [told(one) for one in self.kept if chat is None or one.place.chat == str(chat)]

    def _die(self, when: str, incoming: Incoming) -> None:
        if self.killed == when:
            self.killed = None
            if when == "before":
                del self.came[incoming.source]
            raise Killed


def told(incoming: Incoming) -> str:
    match incoming.what:
        case Said(text):
            return text
        case PressedButton(carried=carried):
            return carried
        case what:
            return type(what).__name__


def busy(language: str | None) -> str:
    return "잠시 뒤에 다시 보내 주세요." if language == "ko" else "Please try again later."


async def until(true: Callable[[], bool], seconds: float = 8) -> None:
    """Wait until something is true that nobody tells of."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - nothing rings a bell
            await asyncio.sleep(0.01)


@asynccontextmanager
async def polling(telegram: Telegram, book: Book) -> AsyncGenerator[asyncio.Task[None]]:
    intake = book.intake(telegram)
    task = asyncio.create_task(Polling(intake).run())
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.wait([task])
        await intake.close()


def place_of(chat: Chat, thread: int | None = None) -> Place:
    return Place(
        platform="telegram",
        chat=str(chat.id),
        thread=None if thread is None else str(thread),
        is_group=not chat.is_private,
    )
