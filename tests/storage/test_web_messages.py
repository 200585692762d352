from datetime import timedelta
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import people, web_messages
from storage.columns import Document, now
from storage.database import Database
from storage.models import WebMessageRow, WebPictureRow
from storage.pictures import Pictures
from storage.retention import SESSIONS, sweep
from tests.storage.rows import count

SHORTLY = timedelta(minutes=1)
SAID: Document = {"text": "seed 7", "rows": [], "picture": None, "file": None}


async def chat_of(db: AsyncSession, name: str = "ana") -> tuple[int, int]:
    """Return a new person, and their chat."""
    person = await people.meet(db, "web", name, None)
    return person.id, await people.place(db, "web", name, None, False)


async def test_a_message_is_written_down_once_for_each_key(database: Database):
    async with database.writing() as db:
        _, chat = await chat_of(db)
        first = await web_messages.add(db, chat, SAID, mine=True, key="one")
        assert first is not None
        assert await web_messages.add(db, chat, SAID, mine=True, key="one") is None
        assert await web_messages.by_key(db, "one") == first
        assert [message.id for message in await web_messages.newest(db, chat)] == [first]


async def test_a_message_shows_its_newest_picture_alone(database: Database):
    async with database.writing() as db:
        _, chat = await chat_of(db)
        message = await web_messages.add(db, chat, SAID, picture=b"old")
        assert message is not None
        assert await web_messages.change(db, chat, message, SAID, picture=b"new")
        assert await web_messages.picture(db, message) == b"new"
        [shown] = await web_messages.newest(db, chat)
        assert shown.picture == 2
        assert await count(db, WebPictureRow) == [1]


async def test_a_message_outlives_no_session_and_is_written_without_one_that_is_gone(
    database: Database,
):
    async with database.writing() as db:
        _, chat = await chat_of(db)
        await web_messages.add(db, chat, SAID, session="aaaaaaaa")
        [message] = await web_messages.newest(db, chat)
        assert message.session is None


async def test_a_link_opens_only_what_is_in_ones_own_chat(database: Database):
    async with database.writing() as db:
        _, chat = await chat_of(db)
        await web_messages.add(db, chat, SAID)
        [message] = await web_messages.newest(db, chat)
        assert await web_messages.by_link(db, message.link, "ana") == message
        assert await web_messages.by_link(db, message.link, "bob") is None
        assert len(message.link) >= 24


async def test_forgetting_somebody_takes_their_messages_and_nobody_elses(database: Database):
    async with database.writing() as db:
        ana, chat = await chat_of(db)
        _, other = await chat_of(db, "bob")
        for place in (chat, other):
            await web_messages.add(db, place, SAID, picture=b"jpeg")
        await people.forget(db, ana)
        assert await web_messages.newest(db, chat) == []
        assert len(await web_messages.newest(db, other)) == 1
        assert await count(db, WebPictureRow) == [1]


async def test_messages_of_no_session_go_after_a_week_with_their_pictures(
    database: Database, tmp_path: Path
):
    async with database.writing() as db:
        _, chat = await chat_of(db)
        for age in (SESSIONS - SHORTLY, SESSIONS + SHORTLY):
            message = await web_messages.add(db, chat, SAID, picture=b"jpeg")
            this = update(WebMessageRow).where(WebMessageRow.id == message)
            await db.execute(this.values(created_at=now() - age))
    await sweep(database, Pictures(tmp_path / "pictures"), now())
    async with database.reading() as db:
        assert len(await web_messages.newest(db, chat)) == 1
        assert await count(db, WebPictureRow) == [1]
