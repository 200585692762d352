import os
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import inbox, outbox, people, pictures, sessions
from storage.columns import now
from storage.database import Database
from storage.models import (
    ChatRow,
    ForgottenRow,
    InboxRow,
    JobRow,
    OutboxRow,
    PictureUseRow,
    SessionRow,
    UserRow,
)
from storage.pictures import Pictures
from storage.retention import BATCH, LOOSE, PEOPLE, PHOTOS, SESSIONS, UPDATES, sweep
from tests.storage.rows import Talker, begin, count, job_of, somebody, touched, version

NAME = "aaaaaaaa"
SHORTLY = timedelta(minutes=1)


@pytest.fixture
def store(tmp_path: Path) -> Pictures:
    return Pictures(tmp_path / "pictures")


async def stored(db: AsyncSession, store: Pictures, content: bytes) -> str:
    name = await store.put(content)
    await pictures.note(db, name, len(content), "image/png")
    return name


async def begun(database: Database, store: Pictures) -> tuple[Talker, str, str]:
    """Begin a session with a photo and a result."""
    async with database.writing() as db:
        who = await somebody(db)
        await begin(db, who, NAME, version(1))
        photo, result = await stored(db, store, b"photo"), await stored(db, store, b"result")
        await pictures.use(db, NAME, {photo, result}, photos={photo})
    return who, photo, result


async def kept(store: Pictures) -> set[str]:
    """List the pictures whose files are there."""
    there: set[str] = set()
    for name in (sha256(content).hexdigest() for content in (b"photo", b"result", b"loose")):
        try:
            await store.get(name)
        except KeyError:
            continue
        there.add(name)
    return there


async def test_what_was_touched_lately_is_kept(database: Database, store: Pictures):
    _, photo, result = await begun(database, store)
    await sweep(database, store, now() + PHOTOS - SHORTLY)
    assert await kept(store) == {photo, result}


async def test_a_photo_goes_a_day_after_its_session_was_touched_and_results_stay(
    database: Database, store: Pictures
):
    _, _, result = await begun(database, store)
    await sweep(database, store, now() + PHOTOS + SHORTLY)
    assert await kept(store) == {result}
    async with database.reading() as db:
        saved = await sessions.load(db, NAME)
    assert saved is not None
    assert saved.state["state"]["versions"] == [version(1)]


async def test_a_photo_stays_while_a_job_needs_it(database: Database, store: Pictures):
    who, photo, result = await begun(database, store)
    async with database.writing() as db:
        await db.execute(insert(JobRow).values(**job_of(who, NAME)))
    await sweep(database, store, now() + PHOTOS + SHORTLY)
    assert await kept(store) == {photo, result}


async def test_a_photo_stays_while_somebody_else_works_on_the_same(
    database: Database, store: Pictures
):
    who, photo, result = await begun(database, store)
    async with database.writing() as db:
        await begin(db, who, "bbbbbbbb")
        await pictures.use(db, "bbbbbbbb", {photo}, photos={photo})
        await touched(db, "bbbbbbbb", now() + PHOTOS)
    await sweep(database, store, now() + PHOTOS + SHORTLY)
    assert await kept(store) == {photo, result}


async def test_a_session_goes_a_week_after_it_was_touched_with_all_that_is_its(
    database: Database, store: Pictures
):
    who, _, _ = await begun(database, store)
    async with database.writing() as db:
        await db.execute(insert(JobRow).values(**job_of(who, NAME)))
        await outbox.put(db, "k", chat_id=who.chat, session_id=NAME, kind="say", payload={})
    await sweep(database, store, now() + SESSIONS + SHORTLY)
    async with database.reading() as db:
        assert await count(db, SessionRow, JobRow, OutboxRow, PictureUseRow) == [0] * 4
    assert await kept(store) == set()


async def test_many_old_sessions_go_in_one_sweep(database: Database, store: Pictures):
    async with database.writing() as db:
        who = await somebody(db)
        for number in range(BATCH + 5):
            await begin(db, who, f"session{number}")
    await sweep(database, store, now() + SESSIONS + SHORTLY)
    async with database.reading() as db:
        assert await count(db, SessionRow) == [0]


async def test_a_picture_that_no_session_needs_goes_after_a_while(
    database: Database, store: Pictures
):
    async with database.writing() as db:
        loose = await stored(db, store, b"loose")
    await sweep(database, store, now() + LOOSE - SHORTLY)
    assert await kept(store) == {loose}
    await sweep(database, store, now() + LOOSE + SHORTLY)
    assert await kept(store) == set()


async def test_files_that_were_never_noted_go_too(database: Database, store: Pictures):
    loose = await store.put(b"loose")
    half = store.folder / "sha256" / loose[:2] / ".half"
    half.write_bytes(b"killed while it was writ")
    await sweep(database, store, now() + LOOSE - SHORTLY)
    assert (await kept(store), half.exists()) == ({loose}, True)
    await sweep(database, store, now() + LOOSE + SHORTLY)
    assert (await kept(store), half.exists()) == (set(), False)


async def test_a_file_that_was_put_again_is_not_removed_before_it_is_noted(
    database: Database, store: Pictures
):
    loose = await store.put(b"loose")
    os.utime(store.folder / "sha256" / loose[:2] / loose, (0, 0))
    assert await store.put(b"loose") == loose
    await sweep(database, store, now() + LOOSE - SHORTLY)
    assert await kept(store) == {loose}


async def test_updates_and_messages_of_no_session_go_after_two_days(
    database: Database, store: Pictures
):
    async with database.writing() as db:
        who = await somebody(db)
        await inbox.receive(db, "a")
        await outbox.put(db, "k", chat_id=who.chat, session_id=None, kind="say", payload={})
    await sweep(database, store, now() + UPDATES - SHORTLY)
    async with database.reading() as db:
        assert await count(db, InboxRow, OutboxRow) == [1, 1]
    await sweep(database, store, now() + UPDATES + SHORTLY)
    async with database.reading() as db:
        assert await count(db, InboxRow, OutboxRow) == [0, 0]


async def test_a_chat_goes_when_nothing_is_left_in_it(database: Database, store: Pictures):
    async with database.writing() as db:
        who = await somebody(db, "1")
        other = await somebody(db, "2")
        waiting = await somebody(db, "3")
        await begin(db, other, NAME)
        await inbox.receive(db, "a", chat_id=waiting.chat, payload={"file": 1})
        await people.forget(db, who.user)
    await sweep(database, store, now())
    async with database.reading() as db:
        assert set(await db.scalars(select(ChatRow.id))) == {other.chat, waiting.chat}


async def test_people_who_stay_away_and_tombstones_go_after_a_month(
    database: Database, store: Pictures
):
    async with database.writing() as db:
        away, here = await somebody(db, "1"), await somebody(db, "2")
        await people.forget(db, (await somebody(db, "3")).user)
        later = update(UserRow).where(UserRow.id == here.user)
        await db.execute(later.values(seen_at=now() + PEOPLE))
    await sweep(database, store, now() + PEOPLE - SHORTLY)
    async with database.reading() as db:
        assert set(await db.scalars(select(UserRow.id))) == {away.user, here.user}
        assert await count(db, ForgottenRow) == [1]
    await sweep(database, store, now() + PEOPLE + SHORTLY)
    async with database.reading() as db:
        assert set(await db.scalars(select(UserRow.id))) == {here.user}
        assert await count(db, ForgottenRow) == [0]


async def test_nothing_of_somebody_who_was_forgotten_and_told_so_is_left_for_long(
    database: Database, store: Pictures
):
    who, _, _ = await begun(database, store)
    async with database.writing() as db:
        hashes = await people.forget(db, who.user)
        await outbox.put(db, "k", chat_id=who.chat, session_id=None, kind="say", payload={})
    await store.remove(hashes)
    assert await kept(store) == set()
    await sweep(database, store, now())
    async with database.writing() as db:
        (message,) = await outbox.due(db, now())
        await outbox.sent(db, message.id, "m1")
    await sweep(database, store, now() + LOOSE + SHORTLY)
    async with database.reading() as db:
        assert await count(db, OutboxRow, ChatRow, UserRow, SessionRow) == [0] * 4
