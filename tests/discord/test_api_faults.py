"""What a test plans to go wrong on the server does go wrong, and limits are told in headers."""

import asyncio

import aiohttp
import discord
import pytest

from tests.discord.client import Plain
from tests.discord.limits import Allowed
from tests.discord.person import Person
from tests.discord.values import Channel
from tests.discord.world import World
from tests.faults import Fault, Kind
from tests.telegram.snaps import snap


async def called(world: World, room: Channel, text: str) -> tuple[int, aiohttp.ClientResponse]:
    """Post as a program does that never tries again."""
    address = f"{world.api}/v10/channels/{room.id}/messages"
    head = {"Authorization": f"Bot {world.token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, json={"content": text}, headers=head) as answer,
    ):
        await answer.read()
        return answer.status, answer


def texts(room: Channel) -> list[str]:
    return [message.text for message in room.messages.values()]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (Kind.ERROR, 500),
        (Kind.PAGE, 502),
        (Kind.UNAVAILABLE, 503),
        (Kind.BUSY, 429),
        (Kind.BANNED, 429),
    ],
)
async def test_a_fault_is_met_once_and_its_call_is_not_carried_out(
    world: World, room: Channel, kind: Kind, status: int
):
    world.faults.plan("post", kind)
    assert (await called(world, room, "one"))[0] == status
    assert (await called(world, room, "two"))[0] == 200
    assert texts(room) == ["two"]
    assert world.faults.happened == [("post", kind)]


@pytest.mark.parametrize(("kind", "is_carried_out"), [(Kind.CUT_BEFORE, 0), (Kind.CUT_AFTER, 1)])
async def test_a_cut_connection_reaches_the_caller_as_an_error(
    bot: Plain, room: Channel, world: World, kind: Kind, is_carried_out: int
):
    world.faults.plan("post", kind)
    with pytest.raises((aiohttp.ClientError, OSError)):
        await bot.get_partial_messageable(room.id).send("one")
    assert len(room.messages) == is_carried_out


async def test_a_call_that_stalls_is_carried_out_too(world: World, room: Channel):
    world.faults.plan("post", Fault(Kind.STALL, 0.5))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(called(world, room, "one"), 0.2)
    assert texts(room) == ["one"]


async def test_the_library_waits_as_it_is_told_where_discord_says_so_itself(
    bot: Plain, room: Channel, world: World
):
    world.faults.plan("post", Fault(Kind.BUSY, 0.2))
    place = bot.get_partial_messageable(room.id)
    await place.send("one")
    world.faults.plan("post", Kind.BANNED)
    with pytest.raises(discord.HTTPException) as refused:
        await place.send("two")
    assert refused.value.status == 429
    assert texts(room) == ["one"]


async def test_a_bucket_is_told_in_headers_and_refuses_what_is_too_much(
    world: World, room: Channel
):
    left = list[str]()
    for number in range(5):
        status, answer = await called(world, room, str(number))
        assert status == 200
        left.append(answer.headers["X-RateLimit-Remaining"])
    assert left == ["4", "3", "2", "1", "0"]
    status, answer = await called(world, room, "5")
    assert (status, answer.headers["Via"]) == (429, "1.1 google")
    assert world.limits.refused == ["post"]
    world.skip(float(answer.headers["X-RateLimit-Reset-After"]))
    assert (await called(world, room, "6"))[0] == 200


async def test_the_library_keeps_to_what_the_headers_tell(bot: Plain, room: Channel, world: World):
    world.limits.routes["post"] = Allowed(2, 0.3)
    place = bot.get_partial_messageable(room.id)
    await asyncio.gather(*(place.send(str(number)) for number in range(6)))
    assert world.limits.refused == []
    assert len(room.messages) == 6


async def test_the_whole_of_a_bot_is_limited_too(world: World, room: Channel):
    world.limits.overall = Allowed(2, 60.0)
    world.limits.routes.clear()
    answers = [await called(world, room, str(number)) for number in range(3)]
    assert [status for status, _ in answers] == [200, 200, 429]
    assert answers[-1][1].headers["X-RateLimit-Scope"] == "global"


async def test_who_is_refused_too_often_is_shut_out(world: World, room: Channel):
    world.limits.shut_out = Allowed(3, 600.0)
    room.permissions = 0
    for expected in (403, 403, 403, 429):
        status, answer = await called(world, room, "x")
        assert status == expected
    assert "Via" not in answer.headers
    world.skip(601)
    assert (await called(world, room, "x"))[0] == 403


async def test_a_download_can_fail_end_half_way_and_be_empty(bot: Plain, ana: Person, world: World):
    content = snap(200, 200, encoding="PNG")
    await ana.sends_photo(content)
    attachment = (await bot.heard_one()).attachments[0]
    world.faults.plan("cdn", Kind.ERROR, Kind.CUT_AFTER, Kind.EMPTY)
    with pytest.raises(discord.HTTPException):
        await attachment.read()
    with pytest.raises(aiohttp.ClientPayloadError):
        await attachment.read()
    assert await attachment.read() == b""
    assert await attachment.read() == content


async def test_a_file_of_no_bytes_can_be_sent(bot: Plain, ana: Person):
    await ana.sends_photo(b"")
    attachment = (await bot.heard_one()).attachments[0]
    assert (attachment.size, attachment.width) == (0, None)
    assert await attachment.read() == b""


async def test_faults_by_chance_are_the_same_each_time(world: World):
    met: list[list[Kind | None]] = []
    for _ in range(2):
        world.faults.sometimes(0.3, Kind.ERROR, Kind.BUSY, seed=4)
        faults = [world.faults.next("post") for _ in range(100)]
        met.append([fault and fault.kind for fault in faults])
    assert met[0] == met[1]
    assert 15 < len([kind for kind in met[0] if kind]) < 45


async def test_an_address_that_there_is_not_is_404(world: World):
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{world.api}/v10/love") as answer,
    ):
        assert (answer.status, (await answer.json())["message"]) == (404, "404: Not Found")
