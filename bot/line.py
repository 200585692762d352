"""Each chat's line to its platform: every call is counted, and none hangs for ever."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bot.incoming import Place
from bot.pace import Pace
from bot.platform import Action, Platform, Shown, Unreachable
from storage import people
from storage.database import Database

LONGEST_CALL = 90.0  # seconds; a large file over a slow line takes about a minute
LONGEST_ACT = 4.0  # seconds; what is being done is told again soon, or done
LINES = 4096  # chats whose addresses are remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Calls to one chat. What they raise is what `Platform` raises.

    Attributes:
        platform: Who carries them out.
        place: The chat, or a thread of it.
        pace: Counts them; the threads of a chat count together.
    """

    platform: Platform
    place: Place
    pace: Pace

    def wait(self, *, progress: bool = False) -> float:
        """Tell how many seconds the next call has to wait; see `Pace.ready_in`."""
        return self.pace.ready_in(self._key, self.place.is_group, progress=progress)

    def slow_down(self, seconds: float) -> None:
        """Let this chat rest."""
        self.pace.slow_down(self._key, seconds)

    async def post(self, shown: Shown, *, reply_to: str | None = None) -> str:
        """Send a line of text; where nobody knows whether it arrived, once more at once.

        A doubled line is a smaller evil than a missing one.
        """
        try:
            return await self._post(shown, reply_to)
        except Unreachable:
            return await self._post(shown, reply_to)

    async def edit(self, message: str, shown: Shown) -> None:
        async with self._call():
            await self.platform.edit(self.place, message, shown)

    async def strip(self, message: str) -> None:
        async with self._call():
            await self.platform.strip(self.place, message)

    async def send_file(self, content: bytes, name: str, *, caption: str | None = None) -> str:
        async with self._call():
            return await self.platform.send_file(self.place, content, name, caption=caption)

    async def act(self, action: Action) -> None:
        """Show what is being done; platforms do not count this."""
        async with _in_time(LONGEST_ACT):
            await self.platform.act(self.place, action)

    async def _post(self, shown: Shown, reply_to: str | None) -> str:
        async with self._call():
            return await self.platform.post(self.place, shown, reply_to=reply_to)

    @asynccontextmanager
    async def _call(self) -> AsyncGenerator[None]:
        self.pace.took(self._key)
        async with _in_time(LONGEST_CALL):
            yield

    @property
    def _key(self) -> str:
        return f"{self.place.platform}:{self.place.chat}"


class Lines:
    """Finds the lines to chats."""

    def __init__(self, database: Database, platforms: Mapping[str, Platform], pace: Pace) -> None:
        self._database = database
        self._platforms = platforms
        self._pace = pace
        self._known: OrderedDict[int, Line] = OrderedDict()

    async def to(self, chat_id: int) -> Line | None:
        """Return a chat's line; None if the chat is gone, or its platform is not served."""
        if chat_id in self._known:
            self._known.move_to_end(chat_id)
            return self._known[chat_id]
        place = await self._place(chat_id)
        platform = self._platforms.get(place.platform) if place else None
        if place is None or platform is None:
            return None
        self._known[chat_id] = Line(platform=platform, place=place, pace=self._pace)
        if len(self._known) > LINES:
            self._known.popitem(last=False)
        return self._known[chat_id]

    async def park(self, chat_id: int) -> None:
        """Send nothing to a chat until somebody talks there again."""
        async with self._database.writing() as db:
            await people.park(db, chat_id)

    async def move(self, line: Line, new: str) -> None:
        """Follow a chat, with its threads, to where it is now."""
        async with self._database.writing() as db:
            await people.move_chat(db, line.place.platform, line.place.chat, new)
        self._known.clear()

    async def _place(self, chat_id: int) -> Place | None:
        async with self._database.reading() as db:
            try:
                found = await people.address(db, chat_id)
            except KeyError:
                return None
        return Place(
            platform=found.platform,
            chat=found.chat,
            thread=found.thread,
            is_group=found.is_group,
        )


@asynccontextmanager
async def _in_time(seconds: float) -> AsyncGenerator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise Unreachable(f"no answer in {seconds:g} s") from error
