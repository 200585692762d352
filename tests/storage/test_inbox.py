from datetime import timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from storage import inbox
from storage.database import Database
from storage.inbox import Waiting
from storage.models import InboxRow
from tests.storage.rows import HOUR, NOW, begin, count, somebody

PHOTO = {"file": "abc", "caption": "on a beach"}


async def test_an_update_is_taken_in_once(database: Database):
    async with database.writing() as db:
        assert await inbox.receive(db, "tg:1:77") == 1
    async with database.writing() as db:
        assert await inbox.receive(db, "tg:1:77", payload=PHOTO) is None
        assert await inbox.receive(db, "tg:1:78") is not None


async def test_a_photo_waits_until_it_is_handled(database: Database):
    async with database.writing() as db:
        who = await somebody(db)
        taken = await inbox.receive(
            db, "a", user_id=who.user, chat_id=who.chat, session_id="aaaaaaaa", payload=PHOTO
        )
        await begin(db, who, "aaaaaaaa")
    assert taken is not None
    async with database.writing() as db:
        waiting = Waiting(id=taken, session_id="aaaaaaaa", payload=PHOTO, attempts=0)
        assert await inbox.pending(db, NOW) == [waiting]
        await inbox.handled(db, taken)
        assert await inbox.pending(db, NOW) == []


async def test_what_needs_nothing_more_does_not_wait(database: Database):
    async with database.writing() as db:
        await inbox.receive(db, "a")
        assert await inbox.pending(db, NOW) == []


async def test_of_a_handled_update_only_its_source_is_kept(database: Database):
    async with database.writing() as db:
        who = await somebody(db)
        first = await inbox.receive(db, "a", user_id=who.user, chat_id=who.chat, payload=PHOTO)
        assert first is not None
        await inbox.handled(db, first)
        await inbox.receive(db, "b", user_id=who.user, chat_id=who.chat)
        rows = (await db.execute(InboxRow.__table__.select())).mappings().all()
    assert [row["source"] for row in rows] == ["a", "b"]
    kept = ("user_id", "chat_id", "session_id", "payload")
    assert [row[name] for row in rows for name in kept] == [None] * 8


async def test_what_was_tried_in_vain_waits_for_its_time(database: Database):
    async with database.writing() as db:
        taken = await inbox.receive(db, "a", payload=PHOTO)
        assert taken is not None
        await inbox.later(db, taken, NOW + HOUR)
        assert await inbox.pending(db, NOW) == []
        (waiting,) = await inbox.pending(db, NOW + HOUR)
        assert waiting.attempts == 1


async def test_the_oldest_comes_first(database: Database):
    async with database.writing() as db:
        for source in "cab":
            await inbox.receive(db, source, payload={"source": source})
        waiting = await inbox.pending(db, NOW)
    assert [one.payload["source"] for one in waiting] == ["c", "a", "b"]


async def test_a_session_that_is_never_made_takes_no_update_in(database: Database):
    """The update is not confirmed then, and comes again."""

    async def take_in() -> None:
        async with database.writing() as db:
            assert await inbox.receive(db, "a", session_id="nowhere", payload=PHOTO) is not None

    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        await take_in()
    async with database.reading() as db:
        assert await count(db, InboxRow) == [0]


async def test_only_old_updates_are_purged(database: Database):
    async with database.writing() as db:
        for source in ("old", "new"):
            await inbox.receive(db, source, payload=PHOTO)
        old = update(InboxRow).where(InboxRow.source == "old")
        await db.execute(old.values(received_at=NOW - timedelta(days=3)))
        await inbox.purge(db, NOW - timedelta(days=2))
        assert await inbox.receive(db, "new") is None
        assert await inbox.receive(db, "old") is not None
