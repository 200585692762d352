"""What a test plans to go wrong on the server does go wrong, and is not mistaken for a refusal."""

import asyncio
import time
from collections.abc import AsyncGenerator

import aiohttp
import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import NetworkError, RetryAfter, TelegramError, TimedOut

from tests.faults import Fault, Kind
from tests.telegram.person import Person
from tests.telegram.snaps import snap
from tests.telegram.webhook import HEADER
from tests.telegram.world import World


@pytest.fixture
async def ana(world: World) -> Person:
    ana = Person(world)
    await ana.types("hello")
    return ana


@pytest.mark.parametrize(
    ("kind", "error", "is_carried_out"),
    [
        (Kind.ERROR, NetworkError, False),
        (Kind.PAGE, NetworkError, False),
        (Kind.BUSY, RetryAfter, False),
        (Kind.CUT_BEFORE, NetworkError, False),
        (Kind.CUT_AFTER, NetworkError, True),
    ],
)
async def test_a_fault_is_met_once_and_the_call_carried_out_or_not(
    bot: Bot,
    ana: Person,
    world: World,
    kind: Kind,
    error: type[TelegramError],
    is_carried_out: bool,
):
    world.faults.plan("sendMessage", kind)
    with pytest.raises(error):
        await bot.send_message(ana.chat.id, "one")
    assert len(ana.looks()) == is_carried_out
    await bot.send_message(ana.chat.id, "two")
    assert len(ana.looks()) == is_carried_out + 1
    assert world.faults.happened == [("sendMessage", kind)]


async def test_a_call_that_stalls_is_carried_out_too(bot: Bot, ana: Person, world: World):
    world.faults.plan("sendMessage", Fault(Kind.STALL, 0.5))
    with pytest.raises(TimedOut):
        await bot.send_message(ana.chat.id, "one", read_timeout=0.2)
    assert len(ana.looks()) == 1


@pytest.mark.parametrize("kind", [Kind.ERROR, Kind.CUT_BEFORE, Kind.CUT_AFTER])
async def test_a_download_can_fail_and_can_end_half_way(
    bot: Bot, ana: Person, world: World, kind: Kind
):
    message = await ana.sends_file(snap(200, 200, encoding="PNG"))
    assert message.now.file is not None
    file = await bot.get_file(message.now.file.id)
    world.faults.plan("file", kind)
    with pytest.raises(NetworkError):
        await file.download_as_bytearray()
    assert bytes(await file.download_as_bytearray()) == message.now.file.content


async def test_faults_by_chance_are_the_same_each_time(world: World):
    met: list[list[Kind | None]] = []
    for _ in range(2):
        world.faults.sometimes(0.3, Kind.ERROR, Kind.BUSY, seed=4)
        faults = [world.faults.next("getMe") for _ in range(100)]
        met.append([fault and fault.kind for fault in faults])
    assert met[0] == met[1]
    assert 15 < len([kind for kind in met[0] if kind]) < 45


class Listener:
    """A program at the other end of a webhook."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.heard: list[tuple[int, str | None]] = []
        self.texts: list[str] = []

    async def hear(self, request: web.Request) -> web.Response:
        update = await request.json()
        self.heard.append((update["update_id"], request.headers.get(HEADER)))
        status = self.statuses.pop(0) if self.statuses else 200
        if status == 200:
            self.texts.append(update["message"]["text"])
        return web.Response(status=status)


@pytest.fixture
async def address() -> AsyncGenerator[tuple[str, Listener]]:
    listener = Listener()
    app = web.Application()
    app.add_routes([web.post("/hook", listener.hear)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/hook", listener
    await runner.cleanup()


async def test_a_webhook_is_posted_to_until_it_takes_an_update(
    bot: Bot, ana: Person, world: World, address: tuple[str, Listener]
):
    url, listener = address
    listener.statuses = [500, 403]
    world.queue.clear()
    await bot.set_webhook(url, secret_token="secret")
    began = time.monotonic()
    for word in ("one", "two"):
        await ana.types(word)
    await world.bell.until(lambda: not world.queue.waiting, 3)
    assert listener.texts == ["one", "two"]
    assert [secret for _, secret in listener.heard] == ["secret"] * 4
    assert [status for _, status in world.webhook.posted] == [500, 403, 200, 200]
    assert time.monotonic() - began > 0.05 + 0.1


async def test_a_webhook_that_fails_for_one_chat_goes_on_for_the_others(
    bot: Bot, ana: Person, world: World, address: tuple[str, Listener]
):
    url, listener = address
    ben = Person(world, "Ben")
    listener.statuses = [500]
    world.queue.clear()
    world.webhook.first_wait = 0.3
    await bot.set_webhook(url)
    await ana.types("one")
    await asyncio.sleep(0.05)
    await ben.types("two")
    await world.bell.until(lambda: not world.queue.waiting, 3)
    assert listener.texts == ["two", "one"]


async def test_a_webhook_may_get_an_update_twice(
    bot: Bot, ana: Person, world: World, address: tuple[str, Listener]
):
    url, listener = address
    world.queue.clear()
    world.queue.twice = lambda number: True
    await bot.set_webhook(url)
    await ana.types("one")
    await world.bell.until(lambda: len(world.webhook.posted) == 2, 3)
    assert listener.texts == ["one", "one"]


@pytest.mark.parametrize("way", ["query", "form", "json", "multipart"])
async def test_parameters_come_in_any_of_four_ways(ana: Person, world: World, way: str):
    told = {"chat_id": str(ana.chat.id), "text": "가 & b"}
    form = aiohttp.FormData(told, default_to_multipart=way == "multipart")
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{world.url}/bot{world.token}/sendMessage",
            params=told if way == "query" else None,
            json=told if way == "json" else None,
            data=form if way in ("form", "multipart") else None,
        ) as answer,
    ):
        assert answer.status == 200
    assert [message.text for message in ana.looks()] == ["가 & b"]


async def test_a_method_that_there_is_not_is_404(world: World):
    address = f"{world.url}/bot{world.token}/sendLove"
    async with aiohttp.ClientSession() as session, session.get(address) as answer:
        assert (answer.status, (await answer.json())["ok"]) == (404, False)
