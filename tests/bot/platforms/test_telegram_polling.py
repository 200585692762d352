"""Polling loses no update and confirms none before it is kept, whatever goes wrong."""

import asyncio

import pytest

from bot.platforms.telegram import Telegram, open_telegram
from bot.platforms.telegram_polling import Polling
from tests.bot.platforms.book import Book, Killed, polling, until
from tests.faults import Kind
from tests.telegram.person import Person
from tests.telegram.snaps import snap
from tests.telegram.world import World


async def killed(telegram: Telegram, book: Book) -> None:
    """Poll until the process ends by itself."""
    polls = Polling(book.intake(telegram))
    with pytest.raises(Killed):
        await polls.run()


async def test_what_people_do_is_kept_in_order_and_confirmed(
    telegram: Telegram, book: Book, world: World
):
    ana = Person(world)
    async with polling(telegram, book):
        message = await ana.types("one")
        await ana.sends_photo(snap())
        press = await ana.forges(message, "two")
        assert await ana.is_answered(press) == "two!"
        await until(lambda: not world.queue.waiting)
    assert book.texts() == ["one", "Photo", "two"]


async def test_an_update_is_confirmed_only_after_it_is_kept(
    telegram: Telegram, book: Book, world: World
):
    book.slow = 0.3
    await Person(world).types("one")
    async with polling(telegram, book):
        await until(lambda: bool(book.came))
        await asyncio.sleep(0.1)
        assert [update.kind for update in world.queue.waiting] == ["message"]
        await until(lambda: not world.queue.waiting)
    assert book.texts() == ["one"]


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_kill_around_the_commit_loses_nothing_and_doubles_nothing(
    telegram: Telegram, book: Book, world: World, when: str
):
    ana = Person(world)
    for word in ("one", "two", "three"):
        await ana.types(word)
    book.killed = when
    await killed(telegram, book)
    assert len(world.queue.waiting) == 3
    async with polling(telegram, book):
        await until(lambda: not world.queue.waiting)
    assert book.texts() == ["one", "two", "three"]
    assert max(book.came.values()) == (2 if when == "after" else 1)


async def test_a_kill_in_the_middle_of_many_chats_loses_nothing(
    telegram: Telegram, book: Book, world: World
):
    people = [Person(world, f"P{number}") for number in range(20)]
    for word in ("one", "two"):
        for person in people:
            await person.types(word)
    while len(book.kept) < 40:
        book.killed = "after"
        await killed(telegram, book)
    async with polling(telegram, book):
        await until(lambda: not world.queue.waiting)
    assert [book.texts(person.chat.id) for person in people] == [["one", "two"]] * 20


async def test_updates_that_come_twice_are_taken_once_and_hold_up_nothing(
    telegram: Telegram, book: Book, world: World
):
    ana = Person(world)
    world.queue.twice = lambda number: number % 3 == 0
    async with polling(telegram, book):
        for number in range(30):
            await ana.types(str(number))
            await asyncio.sleep(0.01)
        await until(lambda: len(book.kept) == 30 and not world.queue.waiting)
        await until(lambda: sum(book.came.values()) == 40)
    assert book.texts() == [str(number) for number in range(30)]


async def test_a_second_bot_ends_the_poll_and_the_first_goes_on_later(
    telegram: Telegram, book: Book, world: World
):
    ana = Person(world)
    async with polling(telegram, book):
        await until(lambda: "getUpdates" in world.calls)
        async with open_telegram(world.token, world.url) as other:
            second = asyncio.create_task(other.account.updates(0))
            await asyncio.sleep(0.02)
        second.cancel()
        await asyncio.wait([second])
        await ana.types("one")
        await until(lambda: book.texts() == ["one"])


async def test_a_webhook_that_was_left_behind_is_taken_away_and_its_updates_kept(
    telegram: Telegram, book: Book, world: World
):
    await telegram.account.start_webhook("http://127.0.0.1:9/nobody", "secret")
    ana = Person(world)
    await ana.types("one")
    async with polling(telegram, book):
        await until(lambda: book.texts() == ["one"])


async def test_a_group_that_moved_is_told(telegram: Telegram, book: Book, world: World):
    ana = Person(world)
    group = world.new_chat("Us", "group", privacy=True, topics=())
    larger = world.upgrade(group, ana.user)
    async with polling(telegram, book):
        await until(lambda: book.moves == [(str(group.id), str(larger.id))])


async def test_fifty_people_at_once_are_all_heard_in_order_although_much_goes_wrong(
    telegram: Telegram, book: Book, world: World
):
    people = [Person(world, f"P{number}") for number in range(50)]
    world.queue.twice = lambda number: number % 20 == 0
    world.faults.sometimes(0.05, Kind.ERROR, Kind.PAGE, Kind.CUT_BEFORE, Kind.CUT_AFTER, seed=1)
    book.slow = 0.002
    said = [str(number) for number in range(10)]

    async def talks(person: Person) -> None:
        for word in said[:8]:
            await person.types(word)
            await asyncio.sleep(0.02)
        message = await person.types(said[8])
        press = await person.forges(message, said[9])
        assert await person.is_answered(press, within=14) == "9!"

    async with polling(telegram, book):
        await asyncio.gather(*map(talks, people))
        world.faults.sometimes(0.0)
        await until(lambda: not world.queue.waiting)
    assert [book.texts(person.chat.id) for person in people] == [said] * 50
    assert len(world.faults.happened) > 0
    assert _tasks_left() == []


def _tasks_left() -> list[str]:
    names = [str(task.get_coro()) for task in asyncio.all_tasks()]
    return [name for name in names if "telegram_intake" in name or "_calmly" in name]
