"""The gateway: what breaks off a connection, and that nothing is lost where it need not be."""

import asyncio
import json
import zlib

import aiohttp
import discord
import pytest

from tests.discord.client import Plain, pointed_at, running
from tests.discord.person import Person
from tests.discord.values import Channel
from tests.discord.world import World


async def breaks_off(world: World, how: str) -> None:
    gateway = world.gateway
    match how:
        case "op 7":
            await gateway.reconnect()
        case "op 9 true":
            await gateway.invalidate(resumable=True)
        case "dropped":
            gateway.drop()
        case _:
            await gateway.close(4000)


@pytest.mark.parametrize("how", ["op 7", "op 9 true", "dropped", "closed with 4000"])
async def test_what_happens_while_a_client_is_away_is_told_when_it_is_back(
    bot: Plain, ana: Person, world: World, how: str
):
    await ana.types("before")
    await breaks_off(world, how)
    await ana.types("while away")
    await ana.types("after")
    heard = [(await bot.heard_one()).content for _ in range(3)]
    assert heard == ["before", "while away", "after"]
    await world.bell.until(lambda: len(world.gateway.resumed) == 1, 5)
    assert len(world.gateway.identified) == 1


async def test_an_invalid_session_begins_anew_and_what_came_between_is_lost(
    bot: Plain, ana: Person, world: World
):
    world.skip(6)
    await world.gateway.invalidate(resumable=False)
    await ana.types("lost")
    await world.bell.until(lambda: len(world.gateway.identified) == 2, 5)
    await ana.types("heard")
    assert (await bot.heard_one()).content == "heard"
    assert world.gateway.resumed == []


@pytest.mark.parametrize(("code", "is_kept"), [(1000, False), (1001, False), (4000, True)])
async def test_who_says_good_bye_does_not_come_back_to_its_session(
    world: World, code: int, is_kept: bool
):
    address = f"{world.gateway_url}/?v=10&encoding=json"
    async with aiohttp.ClientSession() as session, session.ws_connect(address) as socket:
        await socket.receive()
        await socket.send_json({"op": 2, "d": {"token": world.token, "intents": 1}})
        assert (await socket.receive_json())["t"] == "READY"
        await socket.close(code=code)
    await world.bell.until(lambda: not world.gateway.is_connected, 5)
    assert bool(world.gateway.sessions) == is_kept


async def test_a_client_whose_heartbeats_are_not_acknowledged_comes_again(
    world: World, room: Channel, ana: Person
):
    world.gateway.beat = 0.2
    async with running(world, Plain(heartbeat_timeout=0.5)) as bot:
        world.gateway.is_deaf = True
        await world.bell.until(lambda: bool(world.gateway.resumed), 5)
        world.gateway.is_deaf = False
        await ana.types("still there?")
        assert (await bot.heard_one()).content == "still there?"


async def test_an_event_may_come_twice(bot: Plain, ana: Person, world: World):
    world.gateway.twice = lambda event: event == "MESSAGE_CREATE"
    await ana.types("one")
    assert [(await bot.heard_one()).content for _ in range(2)] == ["one", "one"]


async def test_a_second_session_within_five_seconds_is_refused(bot: Plain, world: World):
    await world.gateway.invalidate(resumable=False)
    await asyncio.sleep(0.3)
    assert len(world.gateway.identified) == 1
    world.skip(6)
    await world.bell.until(lambda: len(world.gateway.identified) == 2, 5)


async def test_an_intent_that_was_not_granted_ends_the_client(world: World, room: Channel):
    client = Plain(discord.Intents(guilds=True, message_content=True))
    with pointed_at(world):
        with pytest.raises(discord.PrivilegedIntentsRequired):
            await client.start(world.token)
        await client.close()
    assert world.gateway.closed == [4014]


async def test_a_wrong_token_does_not_get_in(world: World):
    client = Plain()
    with pointed_at(world):
        with pytest.raises(discord.LoginFailure):
            await client.start("wrong")
        await client.close()


async def test_guilds_are_told_when_a_client_is_ready_and_when_it_is_added(
    bot: Plain, world: World, room: Channel
):
    assert [guild.id for guild in bot.guilds] == list(world.guilds)
    assert bot.get_channel(room.id) is not None
    added = world.new_guild("Others")
    joining = asyncio.create_task(bot.wait_for("guild_join", timeout=5))
    await asyncio.sleep(0)
    await world.join(added)
    assert (await joining).id == added.id


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"op": 2, "d": {"token": "wrong", "intents": 1}}, 4004),
        ({"op": 2, "d": {"token": "right", "intents": 1 << 30}}, 4013),
        ({"op": 2, "d": {"token": "right", "intents": 1 << 15}}, 4014),
        ({"op": 3, "d": {}}, 4003),
        ({"op": 99, "d": {}}, 4001),
        ({"op": 1, "d": "x" * 5000}, 4002),
    ],
)
async def test_what_no_client_may_say_ends_the_connection(
    world: World, told: dict[str, object], code: int
):
    text = json.dumps(told).replace("right", world.token)
    address = f"{world.gateway_url}/?v=10&encoding=json"
    async with aiohttp.ClientSession() as session, session.ws_connect(address) as socket:
        assert (await socket.receive_json())["op"] == 10
        await socket.send_str(text)
        await socket.receive()
        assert socket.close_code == code


async def test_more_than_120_sends_in_a_minute_end_the_connection(world: World):
    address = f"{world.gateway_url}/?v=10&encoding=json"
    async with aiohttp.ClientSession() as session, session.ws_connect(address) as socket:
        for _ in range(121):
            await socket.send_json({"op": 1, "d": None})
        told = [(await socket.receive()).type for _ in range(122)]
        assert told[-1] is aiohttp.WSMsgType.CLOSE
        assert socket.close_code == 4008


async def test_a_connection_is_one_stream_flushed_at_each_message(world: World):
    address = f"{world.gateway_url}/?v=10&encoding=json&compress=zlib-stream"
    inflate = zlib.decompressobj()
    async with aiohttp.ClientSession() as session, session.ws_connect(address) as socket:
        for expected in (10, 11, 11):
            packed = await socket.receive_bytes()
            assert packed.endswith(b"\x00\x00\xff\xff")
            assert json.loads(inflate.decompress(packed))["op"] == expected
            await socket.send_json({"op": 1, "d": None})
