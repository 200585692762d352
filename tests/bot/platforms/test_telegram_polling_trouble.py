"""Polling goes on through faults, a locked database, and whatever else cannot be handled."""

import asyncio

import pytest

from bot.platforms.telegram import Telegram, open_telegram
from bot.platforms.telegram_account import TokenRefused
from bot.platforms.telegram_polling import Polling
from tests.bot.platforms.book import Book, polling, until
from tests.faults import Fault, Kind
from tests.telegram.person import Person
from tests.telegram.world import World


async def test_while_nothing_can_be_kept_people_are_told_once_and_nothing_is_lost(
    telegram: Telegram, book: Book, world: World
):
    ana, ben = Person(world), Person(world, "Ben", language="ko")
    book.is_locked = True
    async with polling(telegram, book):
        for word in ("one", "two"):
            await ana.types(word)
            await ben.types(word)
        await ana.sees("Please try again later.")
        await ben.sees("다시 보내")
        await asyncio.sleep(0.5)
        assert len(world.queue.waiting) == 4
        book.is_locked = False
        await until(lambda: not world.queue.waiting)
        assert book.texts(ana.chat.id) == book.texts(ben.chat.id) == ["one", "two"]
        assert (len(ana.looks()), len(ben.looks())) == (1, 1)
        book.is_locked = True
        await ana.types("three")
        await until(lambda: len(ana.looks()) == 2)


async def test_a_press_that_cannot_be_kept_is_answered_with_the_reason(
    telegram: Telegram, book: Book, world: World
):
    ana = Person(world)
    message = await ana.types("one")
    async with polling(telegram, book):
        await until(lambda: not world.queue.waiting)
        book.is_locked = True
        press = await ana.forges(message, "two")
        assert await ana.is_answered(press) == "Please try again later."
        book.is_locked = False
        await until(lambda: book.texts() == ["one", "two"])
    assert ana.looks() == []


async def test_one_chat_that_cannot_be_kept_does_not_hold_up_the_others(
    telegram: Telegram, book: Book, world: World
):
    ana, ben = Person(world), Person(world, "Ben")
    book.locked_chat = ana.chat.id
    async with polling(telegram, book):
        for word in ("one", "two"):
            await ana.types(word)
            await ben.types(word)
        await until(lambda: book.texts(ben.chat.id) == ["one", "two"])
        assert world.queue.waiting[0].chat == ana.chat.id
        book.locked_chat = None
        await until(lambda: not world.queue.waiting)
    assert book.texts(ana.chat.id) == ["one", "two"]
    assert set(book.came.values()) == {1}


async def test_an_update_at_which_the_conversation_breaks_is_dropped_and_the_next_kept(
    telegram: Telegram, book: Book, world: World
):
    ana = Person(world)
    book.breaks_on = "one"
    async with polling(telegram, book):
        message = await ana.types("one")
        press = await ana.forges(message, "one")
        await ana.types("two")
        assert await ana.is_answered(press) is None
        await until(lambda: not world.queue.waiting)
    assert book.texts() == ["two"]


async def test_an_update_that_nobody_can_read_is_dropped_and_the_next_kept(
    telegram: Telegram, book: Book, world: World
):
    ana = Person(world)
    world.queue.put("message", ana.chat.id, {"message_id": "what", "chat": 7})
    world.queue.put("callback_query", ana.chat.id, {"id": 1})
    await ana.types("two")
    async with polling(telegram, book):
        await until(lambda: not world.queue.waiting)
    assert book.texts() == ["two"]


@pytest.mark.parametrize(
    "fault",
    [
        Kind.ERROR,
        Kind.PAGE,
        Fault(Kind.BUSY, 1),
        Kind.CUT_BEFORE,
        Kind.CUT_AFTER,
        Fault(Kind.STALL, 0.5),
    ],
)
@pytest.mark.parametrize("method", ["getMe", "deleteWebhook", "getUpdates"])
async def test_polling_lives_through_every_fault(
    telegram: Telegram, book: Book, world: World, method: str, fault: Kind | Fault
):
    ana = Person(world)
    await ana.types("one")
    world.faults.plan(method, fault, fault)
    async with polling(telegram, book):
        await until(lambda: book.texts() == ["one"])
        await ana.types("two")
        await until(lambda: not world.queue.waiting)
    assert book.texts() == ["one", "two"]
    assert set(book.came.values()) == {1}


@pytest.mark.parametrize("fault", [Kind.ERROR, Kind.PAGE, Kind.CUT_BEFORE, Kind.CUT_AFTER])
async def test_a_press_is_answered_in_spite_of_a_fault(
    telegram: Telegram, book: Book, world: World, fault: Kind
):
    ana = Person(world)
    world.faults.plan("answerCallbackQuery", fault)
    async with polling(telegram, book):
        press = await ana.forges(await ana.types("one"), "two")
        assert await ana.is_answered(press) == "two!"


async def test_an_answer_that_stalls_holds_up_nobody(telegram: Telegram, book: Book, world: World):
    ana, ben = Person(world), Person(world, "Ben")
    world.faults.plan("answerCallbackQuery", Fault(Kind.STALL, 30))
    async with polling(telegram, book):
        message = await ana.types("one")
        await ana.forges(message, "two")
        await until(lambda: ("answerCallbackQuery", Kind.STALL) in world.faults.happened)
        await ben.types("three")
        await ana.types("three")
        await until(lambda: book.texts(ben.chat.id) == book.texts(ana.chat.id)[2:] == ["three"], 1)


async def test_a_wrong_token_ends_the_polling_with_a_sentence(world: World, book: Book):
    async with open_telegram("1:wrong", world.url) as telegram:
        with pytest.raises(TokenRefused, match="BotFather"):
            await Polling(book.intake(telegram)).run()


async def test_a_server_that_is_not_there_is_waited_for(world: World, book: Book):
    await Person(world).types("one")
    async with open_telegram(world.token, "http://127.0.0.1:9") as nowhere, polling(nowhere, book):
        await asyncio.sleep(0.3)
    assert book.texts() == []
    async with open_telegram(world.token, world.url) as telegram, polling(telegram, book):
        await until(lambda: book.texts() == ["one"])
