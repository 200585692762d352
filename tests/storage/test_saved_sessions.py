import random
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.engine import Engine

from storage import outbox, people, sessions
from storage.database import Database
from storage.models import CardRow, SessionRow, VersionRow
from storage.sessions import CardPlace
from tests.storage.rows import HOUR, NOW, Talker, begin, count, somebody, state, touched, version

NAME = "aaaaaaaa"


@asynccontextmanager
async def noting_writes() -> AsyncGenerator[list[str]]:
    """List the tables that are written to, each time."""
    written: list[str] = []

    def note(_: Connection, __: Any, statement: str, *more: Any) -> None:
        verb, *rest = statement.split()
        if verb in ("INSERT", "UPDATE", "DELETE"):
            written.append(f"{verb} {next(word for word in rest if word.islower())}")

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield written
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
async def who(database: Database) -> Talker:
    async with database.writing() as db:
        who = await somebody(db)
        await begin(db, who, NAME, version(1, pose=[1.5, 2]), version(2, pose=[]))
    return who


async def loaded(database: Database) -> sessions.Saved:
    async with database.reading() as db:
        saved = await sessions.load(db, NAME)
    assert saved is not None
    return saved


async def test_a_state_comes_back_as_it_was_saved(database: Database, who: Talker):
    saved = await loaded(database)
    assert (saved.id, saved.user_id, saved.chat_id) == (NAME, who.user, who.chat)
    assert saved.state == state(version(1, pose=[1.5, 2]), version(2, pose=[]))
    assert saved.card == CardPlace(message=None, has_picture=False, wanted=0, shown=0, fresh=False)


async def test_a_session_that_is_not_there_is_none(database: Database):
    async with database.reading() as db:
        assert await sessions.load(db, NAME) is None


async def test_versions_are_kept_apart_from_the_rest(database: Database, who: Talker):
    async with database.reading() as db:
        (kept,) = (await db.execute(text("SELECT state FROM sessions"))).scalars()
        rows = (await db.execute(text("SELECT number, parent FROM versions"))).all()
    assert "pose" not in kept
    assert rows == [(1, None), (2, 1)]


async def test_a_state_without_an_envelope_is_split_as_well(database: Database, who: Talker):
    plain = {"page": "pose", "versions": [version(1)]}
    async with database.writing() as db:
        await sessions.save(db, NAME, plain)
        assert await count(db, VersionRow) == [1]
    assert (await loaded(database)).state == plain


@pytest.mark.parametrize(
    ("versions", "writes"),
    [
        ((version(1, pose=[1.5, 2]), version(2, pose=[])), []),
        ((version(1, pose=[1.5, 3]), version(2, pose=[])), ["UPDATE versions"]),
        (
            (version(1, pose=[1.5, 2]), version(2, pose=[]), version(3)),
            ["INSERT versions"],
        ),
        ((version(2, pose=[]),), ["DELETE versions"]),
        (
            (version(2, pose=[7]), version(3)),
            ["DELETE versions", "UPDATE versions", "INSERT versions"],
        ),
        ((), ["DELETE versions"]),
    ],
)
async def test_only_versions_that_changed_are_written(
    database: Database, who: Talker, versions: tuple[dict[str, Any], ...], writes: list[str]
):
    new = state(*versions, page="pose")
    async with database.writing() as db, noting_writes() as written:
        assert await sessions.load(db, NAME) is not None
        await sessions.save(db, NAME, new)
    assert written == ["UPDATE sessions", *writes]
    assert (await loaded(database)).state == new


async def test_what_was_saved_is_compared_with_in_the_same_transaction(
    database: Database, who: Talker
):
    last = state(version(1, pose=[1.5, 2]))
    async with database.writing() as db:
        await sessions.save(db, NAME, state(version(1, pose=[9]), version(3)))
        await sessions.save(db, NAME, last)
    assert (await loaded(database)).state == last


async def test_the_latest_session_is_the_one_that_was_touched_last(database: Database, who: Talker):
    async with database.writing() as db:
        await begin(db, who, "bbbbbbbb")
        await touched(db, "bbbbbbbb", NOW - HOUR)
        await touched(db, NAME, NOW - 2 * HOUR)
        assert await sessions.latest(db, who.user, who.chat) == "bbbbbbbb"
        await sessions.save(db, NAME, state(), touched=False)
        assert await sessions.latest(db, who.user, who.chat) == "bbbbbbbb"
        await sessions.save(db, NAME, state())
        assert await sessions.latest(db, who.user, who.chat) == NAME


async def test_the_latest_session_is_the_persons_own_in_that_chat_and_thread(
    database: Database, who: Talker
):
    async with database.writing() as db:
        other = await somebody(db, "2")
        thread = await people.place(db, "telegram", "1", "9", is_group=False)
        assert await sessions.latest(db, other.user, who.chat) is None
        assert await sessions.latest(db, who.user, thread) is None


async def test_a_card_wants_to_be_shown_until_it_shows_the_last_change(
    database: Database, who: Talker
):
    async with database.writing() as db:
        assert await sessions.wanting(db) == []
        for _ in range(3):
            await sessions.want_card(db, NAME)
        await sessions.shown(db, NAME, 2, True)
        assert await sessions.wanting(db) == [(NAME, who.chat)]
        assert await sessions.wanting(db, who.chat + 1) == []
        await sessions.shown(db, NAME, 3, True)
        assert await sessions.wanting(db, who.chat) == []
    expected = CardPlace(message=None, has_picture=True, wanted=3, shown=3, fresh=False)
    assert (await loaded(database)).card == expected


async def test_a_fresh_card_stays_wanted_until_its_message_is_there(
    database: Database, who: Talker
):
    async with database.writing() as db:
        await sessions.showing(db, NAME, "m1")
        await sessions.shown(db, NAME, 0, True)
        await sessions.want_card(db, NAME, fresh=True)
        await sessions.want_card(db, NAME)
    assert (await loaded(database)).card == CardPlace(
        message="m1", has_picture=True, wanted=2, shown=0, fresh=True
    )
    async with database.writing() as db:
        await sessions.showing(db, NAME, "m2")
    assert (await loaded(database)).card == CardPlace(
        message="m2", has_picture=False, wanted=2, shown=0, fresh=False
    )


async def test_the_card_that_has_waited_longest_is_shown_first(database: Database, who: Talker):
    async with database.writing() as db:
        for name, hours in (("bbbbbbbb", 2), ("cccccccc", 1), (NAME, 3)):
            if name != NAME:
                await begin(db, who, name)
            await touched(db, name, NOW - hours * HOUR)
            await sessions.want_card(db, name)
        assert [name for name, _ in await sessions.wanting(db)] == [NAME, "bbbbbbbb", "cccccccc"]


async def test_a_reply_finds_its_session_by_any_of_its_messages(database: Database, who: Talker):
    async with database.writing() as db:
        await sessions.showing(db, NAME, "m1")
        await sessions.showing(db, NAME, "m2")
        await outbox.put(db, "k", chat_id=who.chat, session_id=NAME, kind="say", payload={})
        await outbox.sent(db, 1, "m3")
        found = [await sessions.by_message(db, who.chat, message) for message in ("m1", "m2", "m3")]
        assert found == [NAME] * 3
        assert await sessions.by_message(db, who.chat, "m4") is None


async def test_a_reply_in_another_thread_of_the_chat_finds_it_too_but_not_in_another_chat(
    database: Database, who: Talker
):
    async with database.writing() as db:
        await sessions.showing(db, NAME, "m1")
        thread = await people.place(db, "telegram", "1", "9", is_group=False)
        assert await sessions.by_message(db, thread, "m1") == NAME
        elsewhere = await people.place(db, "discord", "1", None, is_group=False)
        assert await sessions.by_message(db, elsewhere, "m1") is None


async def test_what_becomes_of_a_session_that_is_gone_changes_nothing(database: Database):
    async with database.writing() as db:
        await sessions.save(db, NAME, state(version(1)))
        await sessions.want_card(db, NAME)
        await sessions.showing(db, NAME, "m1")
        await sessions.shown(db, NAME, 1, True)
        assert await count(db, SessionRow, CardRow, VersionRow) == [0, 0, 0]


async def test_whatever_is_saved_is_what_is_loaded_next(database: Database, who: Talker):
    chance = random.Random(4)
    numbers = range(1, 9)
    for _ in range(40):
        some = sorted(chance.sample(numbers, chance.randrange(9)))
        new = state(*(version(one, pose=[chance.randrange(3)]) for one in some))
        async with database.writing() as db:
            if chance.random() < 0.5:
                await sessions.load(db, NAME)
            await sessions.save(db, NAME, new)
        assert (await loaded(database)).state == new
