"""A webhook takes in what Telegram posts, and only that, and only once it is kept."""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass

import aiohttp
import pytest
from aiohttp import web

from bot.platform import Rejected
from bot.platforms.telegram import Telegram
from bot.platforms.telegram_webhook import HEADER, PATH, Webhook
from tests.bot.platforms.book import Book, until
from tests.faults import Kind
from tests.telegram.person import Person
from tests.telegram.snaps import snap
from tests.telegram.world import World


@dataclass(frozen=True, slots=True)
class Served:
    """A webhook that listens."""

    book: Book
    webhook: Webhook
    url: str


@pytest.fixture
async def served(telegram: Telegram) -> AsyncGenerator[Served]:
    book, app = Book(), web.Application()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    intake = book.intake(telegram)
    hooks: list[Webhook] = []

    async def receive(request: web.Request) -> web.Response:
        return await hooks[0].receive(request)

    app.add_routes([web.post(PATH, receive)])
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    hooks.append(Webhook(intake, public=url))
    yield Served(book, hooks[0], url)
    await intake.close()
    await runner.cleanup()


async def post(served: Served, secret: str | None, body: bytes) -> int:
    headers = {} if secret is None else {HEADER: secret}
    async with (
        aiohttp.ClientSession() as session,
        session.post(served.url + PATH, data=body, headers=headers) as answer,
    ):
        return answer.status


async def test_what_people_do_is_kept_in_order(served: Served, world: World):
    ana = Person(world)
    await served.webhook.start()
    message = await ana.types("one")
    await ana.sends_photo(snap())
    press = await ana.forges(message, "two")
    assert await ana.is_answered(press) == "two!"
    await until(lambda: not world.queue.waiting)
    assert served.book.texts() == ["one", "Photo", "two"]
    assert {status for _, status in world.webhook.posted} == {200}


async def test_updates_that_waited_while_the_bot_was_away_come_when_it_is_back(
    served: Served, world: World
):
    await Person(world).types("one")
    await served.webhook.start()
    await until(lambda: served.book.texts() == ["one"])


@pytest.mark.parametrize("secret", [None, "", "wrong", "\udcff", "x" * 5000])
async def test_whoever_does_not_know_the_secret_is_not_heard(
    served: Served, world: World, secret: str | None
):
    told = secret and secret.encode("utf-8", "surrogateescape").decode("latin-1")
    assert await post(served, told, b'{"update_id": 1}') == 403
    assert served.book.came == {}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"7", b"null", b'{"update_id": "x"}', b"\xff\xfe", b"{}"]
)
async def test_what_is_no_update_is_refused(served: Served, world: World, body: bytes):
    await served.webhook.start()
    assert await post(served, world.webhook.secret, body) == 400


async def test_what_is_far_too_large_is_refused(served: Served, world: World):
    await served.webhook.start()
    assert await post(served, world.webhook.secret, bytes(1_000_001)) == 400


async def test_the_secret_is_new_at_each_start(telegram: Telegram, served: Served, world: World):
    await served.webhook.start()
    first = world.webhook.secret
    await Webhook(served.book.intake(telegram), public=served.url).start()
    assert len(first) >= 32
    assert world.webhook.secret != first


async def test_an_address_that_telegram_does_not_post_to_is_told(
    telegram: Telegram, served: Served
):
    with pytest.raises(Rejected, match=r"(?i)https"):
        await Webhook(served.book.intake(telegram), public="http://example.org").start()


async def test_an_update_that_cannot_be_kept_comes_again_and_people_are_told_once(
    served: Served, world: World
):
    ana, ben = Person(world), Person(world, "Ben")
    served.book.locked_chat = ana.chat.id
    await served.webhook.start()
    for word in ("one", "two"):
        await ana.types(word)
        await ben.types(word)
    await ana.sees("Please try again later.")
    await until(lambda: served.book.texts(ben.chat.id) == ["one", "two"])
    await until(lambda: [status for _, status in world.webhook.posted].count(500) >= 3)
    served.book.locked_chat = None
    await until(lambda: not world.queue.waiting)
    assert served.book.texts(ana.chat.id) == ["one", "two"]
    assert (len(ana.looks()), len(ben.looks())) == (1, 0)


async def test_an_update_that_comes_twice_is_answered_alike(served: Served, world: World):
    ana = Person(world)
    world.queue.twice = lambda number: True
    await served.webhook.start()
    for word in ("one", "two"):
        await ana.types(word)
    await until(lambda: list(served.book.came.values()) == [2, 2])
    assert served.book.texts() == ["one", "two"]


async def test_one_chats_updates_wait_for_each_other_however_they_are_posted(
    served: Served, world: World
):
    await served.webhook.start()
    secret, people = world.webhook.secret, [Person(world), Person(world, "Ben")]
    await world.webhook.stop()
    for word in ("one", "two", "three"):
        for person in people:
            await person.types(word)
    served.book.pauses = {"one": 0.3, "two": 0.1}
    posts: list[asyncio.Task[int]] = []
    for waiting in world.queue.waiting:
        body = json.dumps(waiting.wire()).encode()
        posts.append(asyncio.create_task(post(served, secret, body)))
        await asyncio.sleep(0.02)
    assert await asyncio.gather(*posts) == [200] * 6
    for person in people:
        assert served.book.texts(person.chat.id) == ["one", "two", "three"]


@pytest.mark.parametrize("fault", [Kind.ERROR, Kind.BUSY, Kind.CUT_BEFORE, Kind.CUT_AFTER])
@pytest.mark.parametrize("method", ["getMe", "setWebhook"])
async def test_the_webhook_is_set_in_spite_of_a_fault(
    served: Served, world: World, method: str, fault: Kind
):
    world.faults.plan(method, fault)
    await served.webhook.start()
    await Person(world).types("one")
    await until(lambda: served.book.texts() == ["one"])


async def test_twenty_people_at_once_are_all_heard_in_order(served: Served, world: World):
    people = [Person(world, f"P{number}") for number in range(20)]
    world.queue.twice = lambda number: number % 10 == 0
    said = [str(number) for number in range(8)]
    await served.webhook.start()

    async def talks(person: Person) -> None:
        for word in said:
            await person.types(word)
            await asyncio.sleep(0.02)

    await asyncio.gather(*map(talks, people))
    await until(lambda: not world.queue.waiting, 15)
    assert [served.book.texts(person.chat.id) for person in people] == [said] * 20
