from functools import partial

from storage import outbox
from storage.database import Database
from storage.outbox import Message
from tests.storage.rows import HOUR, NOW, begin, somebody

SAY = {"text": "say.hello"}


async def said(database: Database, *keys: str) -> list[Message]:
    async with database.writing() as db:
        who = await somebody(db)
        for key in keys:
            await outbox.put(
                db, key, chat_id=who.chat, session_id=None, kind="say", payload={"key": key}
            )
    return await due(database)


async def due(database: Database) -> list[Message]:
    async with database.reading() as db:
        return await outbox.due(db, NOW)


async def test_two_messages_with_one_key_are_one(database: Database):
    async with database.writing() as db:
        who = await somebody(db)
        name = await begin(db, who, "aaaaaaaa")
        put = partial(outbox.put, db, "key", chat_id=who.chat, session_id=name, kind="say")
        assert await put(payload=SAY)
        assert not await put(payload={})
    message = Message(id=1, chat_id=who.chat, session_id=name, kind="say", payload=SAY, attempts=0)
    assert await due(database) == [message]


async def test_messages_are_sent_in_the_order_in_which_they_came(database: Database):
    messages = await said(database, "c", "a", "b")
    assert [message.payload["key"] for message in messages] == ["c", "a", "b"]


async def test_one_chat_is_asked_for_alone(database: Database):
    await said(database, "a")
    async with database.writing() as db:
        other = await somebody(db, "2")
        await outbox.put(db, "b", chat_id=other.chat, session_id=None, kind="say", payload=SAY)
        assert [one.payload for one in await outbox.due(db, NOW, other.chat)] == [SAY]


async def test_a_message_that_was_sent_or_given_up_is_not_due(database: Database):
    first, second, third = await said(database, "a", "b", "c")
    async with database.writing() as db:
        await outbox.sent(db, first.id, "m1")
        await outbox.give_up(db, second.id)
    assert await due(database) == [third]


async def test_a_message_that_surely_was_not_sent_is_tried_again_later(database: Database):
    (message,) = await said(database, "a")
    async with database.writing() as db:
        await outbox.attempting(db, message.id)
        await outbox.later(db, message.id, NOW + HOUR)
        assert (await outbox.due(db, NOW), await outbox.doubtful(db)) == ([], [])
        (again,) = await outbox.due(db, NOW + HOUR)
        assert (again.id, again.attempts) == (message.id, 1)


async def test_a_message_that_may_have_been_sent_is_not_sent_again(database: Database):
    first, second = await said(database, "a", "b")
    async with database.writing() as db:
        await outbox.attempting(db, first.id)
    async with database.writing() as db:
        assert await outbox.due(db, NOW) == [second]
        assert await outbox.doubtful(db) == [first]
        await outbox.sent(db, first.id, None)
        assert await outbox.doubtful(db) == []
