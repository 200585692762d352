"""Fetches the photos that people announced, and gives them to their conversations."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.bells import Bells, ring
from bot.carrying import After, Carrier, Turn
from bot.events import PhotoLost, PhotoSent
from bot.incoming import Remote
from bot.platform import FileTooLarge, Platform, PlatformError, SlowDown, Unreachable
from bot.saving import load_state
from bot.words import Text, text
from pipeline.errors import PhotoError
from pipeline.photo import read_photo
from storage import inbox, people, pictures, sessions
from storage.database import Database, StorageError
from storage.inbox import Waiting
from storage.pictures import Pictures

log = logging.getLogger(__name__)

AT_ONCE = 4
LOOK_EVERY = 0.5  # seconds; what is tried again rings no bell
AWAY = 30.0  # seconds until a photo of a platform that is not there is looked at again
TRIES = 5
FIRST_PAUSE = 1.0  # seconds; the next ones are twice as long each

Event = PhotoSent | PhotoLost


class Fetcher:
    """Fetches a few photos at once; what is not fetched when the program ends is fetched later."""

    def __init__(
        self,
        database: Database,
        store: Pictures,
        carrier: Carrier,
        *,
        platforms: Mapping[str, Platform],
        bells: Bells,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._store = store
        self._carrier = carrier
        self._platforms = platforms
        self._bells = bells
        self._now = now
        self._bell = asyncio.Event()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._under_way: dict[int, asyncio.Task[None]] = {}

    def poke(self) -> None:
        """Look again at what is to be fetched."""
        self._bell.set()

    async def run(self) -> None:
        """Fetch until cancelled."""
        try:
            while True:
                self._bell.clear()
                await self.look()
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY):
                        await self._bell.wait()
        finally:
            for task in self._under_way.values():
                task.cancel()

    async def look(self) -> None:
        """Begin to fetch what is to be fetched now and is not on its way."""
        try:
            async with self._database.reading() as db:
                waiting = await inbox.pending(db, self._now())
        except StorageError:
            log.warning("the database cannot be read; looking again later")
            return
        for update in waiting:
            if update.id not in self._under_way:
                task = asyncio.create_task(self._guarded(update))
                self._under_way[update.id] = task
                task.add_done_callback(lambda _, done=update.id: self._under_way.pop(done, None))

    async def settle(self) -> None:
        """Wait for what is on its way."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def _guarded(self, update: Waiting) -> None:
        """Fetch one photo; what nobody foresaw is tried again a few times too."""
        try:
            async with self._room:
                await self._fetch(update)
        except Exception:
            log.exception("could not fetch the photo of update %s", update.id)
            await self._again_or_lost(update)

    async def _fetch(self, update: Waiting) -> None:
        platform = self._platforms.get(update.payload["platform"])
        if platform is None:  # its token was taken away; it may come back
            await self._later(update)
            return
        try:
            content = await platform.fetch(remote_of(update.payload))
            await asyncio.to_thread(read_photo, content)
        except SlowDown as error:
            await self._later(update, error.seconds)
        except Unreachable:
            await self._again_or_lost(update)
        except (PlatformError, PhotoError) as error:
            await self._take_in(update, PhotoLost(_reason(error)))
        else:
            photo = await self._store.put(content)
            await self._take_in(update, PhotoSent(photo), size=len(content))

    async def _again_or_lost(self, update: Waiting) -> None:
        if update.attempts + 1 < TRIES:
            await self._later(update, FIRST_PAUSE * 2**update.attempts)
        else:
            await self._take_in(update, PhotoLost())

    async def _take_in(self, update: Waiting, event: Event, *, size: int = 0) -> None:
        """Step the photo's conversation, if it is still there."""
        after = After()
        async with self._database.writing() as db:
            await inbox.handled(db, update.id)
            saved = await sessions.load(db, update.session_id) if update.session_id else None
            if saved is None:
                return
            if isinstance(event, PhotoSent):
                await pictures.note(db, event.photo, size, "application/octet-stream")
            turn = Turn(
                db=db,
                source=f"fetched:{update.id}",
                person=await people.known(db, saved.user_id),
                chat_id=saved.chat_id,
                admin=bool(update.payload.get("admin")),
                at=self._now(),
                after=after,
            )
            await self._carrier.step(turn, load_state(saved.state), event)
        ring(self._bells, after)

    async def _later(self, update: Waiting, pause: float = AWAY) -> None:
        async with self._database.writing() as db:
            await inbox.later(db, update.id, self._now() + timedelta(seconds=pause))


def _reason(error: PlatformError | PhotoError) -> Text | None:
    if isinstance(error, PhotoError):
        return text("told", sentence=str(error))
    return text("lost.too_large") if isinstance(error, FileTooLarge) else None


def payload_of(platform: str, remote: Remote, *, admin: bool) -> dict[str, Any]:
    """Write down what is to be fetched."""
    return {"platform": platform, "admin": admin, **asdict(remote)}


def remote_of(payload: Mapping[str, Any]) -> Remote:
    return Remote(file=payload["file"], size=payload["size"], name=payload["name"])
