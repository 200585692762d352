"""Updates, files, menus, presses and people on the server, seen with the library's own client."""

import asyncio
from typing import Any

import pytest
from telegram import Bot, BotCommand, BotCommandScopeAllPrivateChats, Update
from telegram import Message as Sent
from telegram.error import BadRequest, Conflict, InvalidToken

from tests.telegram.client import client
from tests.telegram.person import Person
from tests.telegram.snaps import snap
from tests.telegram.world import World


@pytest.fixture
def ana(world: World) -> Person:
    return Person(world, "Ana", language="ko")


def texts(updates: tuple[Update, ...]) -> list[str | None]:
    return [update.message and update.message.text for update in updates]


async def test_updates_come_again_until_a_later_offset_confirms_them(bot: Bot, ana: Person):
    for word in ("one", "two"):
        await ana.types(word)
    first = await bot.get_updates()
    assert texts(first) == ["one", "two"]
    assert await bot.get_updates(offset=first[0].update_id) == first
    assert texts(await bot.get_updates(offset=first[1].update_id)) == ["two"]
    assert await bot.get_updates(offset=first[1].update_id + 1) == ()


async def test_a_negative_offset_keeps_only_the_newest(bot: Bot, ana: Person):
    for word in ("one", "two", "three"):
        await ana.types(word)
    assert texts(await bot.get_updates(offset=-1)) == ["three"]
    assert texts(await bot.get_updates()) == ["three"]


async def test_a_long_poll_ends_with_the_next_update(bot: Bot, ana: Person):
    polled = asyncio.create_task(bot.get_updates(timeout=10))
    await asyncio.sleep(0.05)
    await ana.types("now")
    assert texts(await asyncio.wait_for(polled, 1)) == ["now"]


async def test_whoever_polls_second_ends_the_first(bot: Bot, world: World):
    first = asyncio.create_task(bot.get_updates(timeout=10))
    await asyncio.sleep(0.05)
    async with client(world) as other:
        assert await other.get_updates() == ()
    with pytest.raises(Conflict, match="other getUpdates"):
        await first


async def test_only_kinds_that_were_asked_for_come(bot: Bot, ana: Person):
    message = await ana.types("one")
    await bot.get_updates(allowed_updates=["callback_query"])
    await ana.types("two")
    await ana.edits(message, "three")
    await ana.forges(message, "press")
    updates = await bot.get_updates(offset=700_000_002)
    assert [bool(update.callback_query) for update in updates] == [True]


async def test_an_update_may_come_once_more_after_it_was_confirmed(
    bot: Bot, ana: Person, world: World
):
    world.queue.twice = lambda number: number % 2 == 1
    for word in ("one", "two", "three"):
        await ana.types(word)
    first = await bot.get_updates()
    again = await bot.get_updates(offset=first[-1].update_id + 1)
    assert texts(again) == ["one", "three"]
    assert [update.update_id for update in again] == [first[0].update_id, first[2].update_id]
    assert await bot.get_updates(offset=first[-1].update_id + 1) == ()


async def test_updates_are_dropped_after_a_day(bot: Bot, ana: Person, world: World):
    await ana.types("old")
    world.skip(24 * 3600 + 1)
    assert await bot.get_updates() == ()


async def test_nothing_can_be_fetched_while_a_webhook_is_set(bot: Bot, ana: Person, world: World):
    await bot.set_webhook("https://127.0.0.1:9/nobody", secret_token="a_b-C", max_connections=2)
    await ana.types("one")
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    await world.bell.until(lambda: world.webhook.error is not None, 3)
    info = await bot.get_webhook_info()
    assert (info.url, info.max_connections) == ("https://127.0.0.1:9/nobody", 2)
    assert info.pending_update_count == 1
    assert info.last_error_message
    await bot.delete_webhook()
    assert texts(await bot.get_updates()) == ["one"]


@pytest.mark.parametrize(
    "webhook", [{"url": "http://example.org"}, {"url": "https://a.b", "secret_token": "a b"}]
)
async def test_a_wrong_webhook_is_refused(bot: Bot, webhook: dict[str, Any]):
    with pytest.raises(BadRequest):
        await bot.set_webhook(**webhook)


async def fetched(bot: Bot, sent: Sent | None) -> bytes:
    assert sent is not None
    remote = sent.photo[-1] if sent.photo else sent.document
    assert remote is not None
    file = await remote.get_file()
    assert file.file_size == remote.file_size
    return bytes(await file.download_as_bytearray())


async def test_a_photo_and_a_file_can_be_downloaded(bot: Bot, ana: Person):
    content = snap(100, 60, encoding="PNG")
    photo = await ana.sends_photo(content)
    await ana.sends_file(content)
    of_photo, of_file = await bot.get_updates()
    assert await fetched(bot, of_photo.message) == photo.picture != content
    assert await fetched(bot, of_file.message) == content


async def test_a_link_ends_after_an_hour_and_a_large_file_has_none(
    bot: Bot, ana: Person, world: World
):
    message = await ana.sends_file(b"%PDF", "a.pdf", "application/pdf")
    assert message.now.file is not None
    file = await bot.get_file(message.now.file.id)
    world.skip(3601)
    with pytest.raises(InvalidToken):
        await file.download_as_bytearray()
    large = await ana.sends_file(bytes(20_000_001), "large.bin", None)
    assert large.now.file is not None
    with pytest.raises(BadRequest, match="too big"):
        await bot.get_file(large.now.file.id)
    with pytest.raises(BadRequest, match="file_id"):
        await bot.get_file("AgAC999999")


async def test_a_press_is_answered_once_and_in_time(bot: Bot, ana: Person, world: World):
    message = await ana.types("one")
    press = await ana.forges(message, "x")
    await bot.answer_callback_query(press.id, "Moved.")
    assert await ana.is_answered(press) == "Moved."
    with pytest.raises(BadRequest, match="too old"):
        await bot.answer_callback_query(press.id)
    late = await ana.forges(message, "x")
    world.skip(20)
    with pytest.raises(BadRequest, match="too old"):
        await bot.answer_callback_query(late.id)
    third = await ana.forges(message, "x")
    with pytest.raises(BadRequest, match="essage_too_long"):
        await bot.answer_callback_query(third.id, "x" * 201)


async def test_the_menu_is_that_of_the_persons_language(bot: Bot, ana: Person, world: World):
    await bot.set_my_commands([BotCommand("undo", "Undo")])
    assert ana.menu() == [("undo", "Undo")]
    await bot.set_my_commands([BotCommand("undo", "되돌리기")], language_code="ko")
    assert ana.menu() == [("undo", "되돌리기")]
    assert Person(world, "Ben").menu() == [("undo", "Undo")]
    scope = BotCommandScopeAllPrivateChats()
    await bot.set_my_commands([BotCommand("redo", "다시")], scope=scope, language_code="ko")
    assert ana.menu() == [("redo", "다시")]


@pytest.mark.parametrize(
    ("commands", "language"),
    [
        ([("Undo", "Undo")], None),
        ([("un-do", "Undo")], None),
        ([("x" * 33, "Undo")], None),
        ([("undo", "")], None),
        ([("undo", "x" * 257)], None),
        ([("undo", "Undo")] * 101, None),
        ([("undo", "Undo")], "korean"),
    ],
)
async def test_a_wrong_menu_is_refused(
    bot: Bot, commands: list[tuple[str, str]], language: str | None
):
    with pytest.raises(BadRequest):
        await bot.set_my_commands([BotCommand(*told) for told in commands], language_code=language)
