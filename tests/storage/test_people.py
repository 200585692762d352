from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import inbox, outbox, people, pictures, sessions
from storage.columns import Base
from storage.database import Database
from storage.models import ChatRow, ForgottenRow, JobRow, OutboxRow, PictureRow, UserRow
from storage.people import Address, Person
from tests.storage.rows import (
    NOW,
    Talker,
    begin,
    count,
    job_of,
    picture,
    somebody,
    version,
)

DAY = timedelta(days=1)
TOLD = (None, None, "ko", "en", None)  # by one update after another
# What may be left of somebody who is forgotten: that updates came, and the tombstone.
LEFT = {"inbox", "forgotten", "chats"}


async def ordered(db: AsyncSession, who: Talker, session: str, *states: str) -> None:
    for number, state in enumerate(states, start=1):
        await db.execute(insert(JobRow).values(**job_of(who, session, number), state=state))


async def test_somebody_new_is_written_down_once(database: Database):
    async with database.writing() as db:
        first = await people.meet(db, "telegram", "1", "ko")
        again = await people.meet(db, "telegram", "1", "en")
        other = await people.meet(db, "discord", "1", None)
    assert first == again == Person(id=1, language="ko", options={})
    assert other == Person(id=2, language=None, options={})


async def test_a_language_that_is_told_later_is_kept_like_one_told_at_first(database: Database):
    async with database.writing() as db:
        told = [(await people.meet(db, "discord", "1", code)).language for code in TOLD]
    assert told == [None, None, "ko", "ko", "ko"]


async def test_a_chosen_language_stays_whatever_is_told_later(database: Database):
    async with database.writing() as db:
        person = await people.meet(db, "discord", "1", None)
        await people.remember(db, person.id, {}, "en")
        assert (await people.meet(db, "discord", "1", "ko")).language == "en"


async def test_what_somebody_chose_is_remembered(database: Database):
    async with database.writing() as db:
        person = await people.meet(db, "telegram", "1", "ko")
        await people.remember(db, person.id, {"best": 3}, "en")
        chosen = Person(id=person.id, language="en", options={"best": 3})
        assert await people.meet(db, "telegram", "1", "ko") == chosen
        assert await people.known(db, person.id) == chosen


async def test_nobody_has_an_id_that_was_not_given(database: Database):
    async with database.reading() as db:
        with pytest.raises(KeyError):
            await people.known(db, 5)
        with pytest.raises(KeyError):
            await people.address(db, 5)


async def test_that_somebody_is_still_here_is_written_down_now_and_then(database: Database):
    async with database.writing() as db:
        who = await somebody(db)
        seen = select(UserRow.seen_at).where(UserRow.id == who.user)
        first = (await db.scalars(seen)).one()
        await somebody(db)
        assert (await db.scalars(seen)).one() == first
        await db.execute(update(UserRow).values(seen_at=first - DAY))
        await somebody(db)
        assert (await db.scalars(seen)).one() >= first


async def test_a_place_is_a_chat_and_a_thread(database: Database):
    async with database.writing() as db:
        whole = await people.place(db, "telegram", "-5", None, is_group=True)
        thread = await people.place(db, "telegram", "-5", "7", is_group=True)
        again = await people.place(db, "telegram", "-5", "7", is_group=True)
        assert whole != thread == again
        assert await people.address(db, thread) == Address(
            platform="telegram", chat="-5", thread="7", is_group=True
        )
        assert (await people.address(db, whole)).thread is None


async def test_a_parked_chat_gets_nothing_until_somebody_talks_there(database: Database):
    async with database.writing() as db:
        who = await somebody(db)
        name = await begin(db, who, "aaaaaaaa")
        await sessions.want_card(db, name)
        await outbox.put(db, "k", chat_id=who.chat, session_id=name, kind="say", payload={})
        await people.park(db, who.chat)
        assert (await sessions.wanting(db), await outbox.due(db, NOW + DAY)) == ([], [])
        await somebody(db)
        assert await sessions.wanting(db) == [(name, who.chat)]
        assert len(await outbox.due(db, NOW + DAY)) == 1
        await people.park(db, who.chat)
        await people.unpark(db, who.chat)
        assert await sessions.wanting(db) == [(name, who.chat)]


async def test_a_chat_that_moved_is_found_under_its_new_name(database: Database):
    async with database.writing() as db:
        who = await somebody(db)
        name = await begin(db, who, "aaaaaaaa")
        await sessions.showing(db, name, "m1")
        await people.move_chat(db, "telegram", "1", "-100")
        assert (await people.address(db, who.chat)).chat == "-100"
        assert await people.place(db, "telegram", "-100", None, is_group=True) == who.chat
        saved = await sessions.load(db, name)
        assert saved is not None
        assert saved.card.message is None
        assert await sessions.by_message(db, who.chat, "m1") is None


async def test_a_chat_that_is_known_under_both_names_becomes_one(database: Database):
    async with database.writing() as db:
        who = await somebody(db, "-5")
        name = await begin(db, who, "aaaaaaaa")
        await outbox.put(db, "k", chat_id=who.chat, session_id=name, kind="say", payload={})
        new = await people.place(db, "telegram", "-100", None, is_group=True)
        await people.move_chat(db, "telegram", "-5", "-100")
        assert await sessions.latest(db, who.user, new) == name
        assert [message.chat_id for message in await outbox.due(db, NOW + DAY)] == [new]
        assert (await db.scalars(select(ChatRow.id))).all() == [new]


async def everything_of(db: AsyncSession, who: Talker, name: str) -> str:
    """Leave a row in each table; return the hash of the picture."""
    await begin(db, who, name, version(1))
    await sessions.showing(db, name, f"card of {name}")
    await outbox.put(db, name, chat_id=who.chat, session_id=name, kind="say", payload={})
    await ordered(db, who, name, "queued")
    await inbox.receive(
        db,
        f"update of {name}",
        user_id=who.user,
        chat_id=who.chat,
        session_id=name,
        payload={"file": 1},
    )
    mine = await picture(db, name.encode())
    await pictures.use(db, name, {mine, await picture(db, b"shared")})
    return mine


async def test_forgetting_somebody_deletes_all_that_is_theirs(database: Database):
    async with database.writing() as db:
        who = await somebody(db)
        mine = await everything_of(db, who, "aaaaaaaa")
        assert await people.forget(db, who.user) == {mine, await picture(db, b"shared")}
    async with database.reading() as db:
        rows = {table.name: table for table in Base.metadata.sorted_tables}
        left = {name for name in rows if (await db.execute(select(rows[name]))).first()}
        update_left = (await db.execute(text("SELECT * FROM inbox"))).mappings().one()
        assert await inbox.pending(db, NOW + DAY) == []
    assert left <= LEFT | {"pictures"}
    assert [update_left[name] for name in ("user_id", "session_id", "payload")] == [None] * 3


async def test_forgetting_somebody_leaves_everybody_else_alone(database: Database):
    async with database.writing() as db:
        who, other = await somebody(db, "1"), await somebody(db, "2")
        mine = await everything_of(db, who, "aaaaaaaa")
        theirs = await everything_of(db, other, "bbbbbbbb")
        shared = await picture(db, b"shared")
        assert await people.forget(db, who.user) == {mine}
        assert set(await db.scalars(select(PictureRow.hash))) == {theirs, shared}
        assert await count(db, UserRow, JobRow, OutboxRow) == [1, 1, 1]
        assert await sessions.load(db, "bbbbbbbb") is not None
        assert [one.session_id for one in await inbox.pending(db, NOW + DAY)] == ["bbbbbbbb"]


async def test_a_picture_goes_with_the_last_session_that_shows_it(database: Database):
    async with database.writing() as db:
        who, other = await somebody(db, "1"), await somebody(db, "2")
        shared = await picture(db, b"shared")
        for name, owner in (("aaaaaaaa", who), ("bbbbbbbb", other)):
            await begin(db, owner, name)
            await pictures.use(db, name, {shared})
        assert await people.forget(db, who.user) == set()
        assert await people.forget(db, other.user) == {shared}
        assert await count(db, PictureRow) == [0]


async def test_an_update_that_comes_again_after_forgetting_is_still_known(database: Database):
    async with database.writing() as db:
        who = await somebody(db)
        await everything_of(db, who, "aaaaaaaa")
        await people.forget(db, who.user)
        assert await inbox.receive(db, "update of aaaaaaaa") is None


async def test_a_tombstone_does_not_name_anybody(database: Database):
    async with database.writing() as db:
        who = await somebody(db, "a name of somebody")
        await people.forget(db, who.user)
        stone = (await db.execute(select(ForgottenRow.__table__))).mappings().one()
    assert set(stone) == {"id", "user_hash", "orders", "at"}
    assert len(stone["user_hash"]) == 64


async def test_forgetting_is_no_way_around_the_quota(database: Database):
    async with database.writing() as db:
        who = await somebody(db)
        await begin(db, who, "aaaaaaaa")
        await ordered(db, who, "aaaaaaaa", "done", "failed", "queued")
        assert await people.orders_since(db, who.user, NOW - DAY) == 3
        await people.forget(db, who.user)
        again = await somebody(db)
        assert await people.orders_since(db, again.user, NOW - DAY) == 3
        assert await people.orders_since(db, (await somebody(db, "2")).user, NOW - DAY) == 0


async def test_orders_of_earlier_days_do_not_count(database: Database):
    async with database.writing() as db:
        who = await somebody(db)
        await begin(db, who, "aaaaaaaa")
        await ordered(db, who, "aaaaaaaa", "done", "done")
        first = update(JobRow).where(JobRow.number == 1)
        await db.execute(first.values(created_at=NOW - 2 * DAY))
        assert await people.orders_since(db, who.user, NOW - DAY) == 1


async def test_jobs_that_wait_or_run_are_active(database: Database):
    async with database.writing() as db:
        who = await somebody(db)
        await begin(db, who, "aaaaaaaa")
        states = ("queued", "dispatched", "running", "done", "failed", "cancelled")
        await ordered(db, who, "aaaaaaaa", *states)
        assert await people.active_jobs(db, who.user) == 3
