"""Messages: what is refused, what of a change stays, and what a bot is let see."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import aiohttp
import discord
import pytest

from tests.discord.client import NOT_PRIVILEGED, Plain, posted, running
from tests.discord.person import Person, Sent
from tests.discord.values import ALL, ATTACH, Channel
from tests.discord.world import World
from tests.telegram.snaps import snap

CONTENT = discord.Intents(guilds=True, guild_messages=True, message_content=True)


def file(content: bytes = b"x", name: str = "a.png") -> discord.File:
    return discord.File(BytesIO(content), name)


async def test_people_are_heard_and_replied_to(bot: Plain, ana: Person):
    await ana.types("hello")
    heard = await bot.heard_one()
    await heard.reply("heard")
    seen = await ana.sees("heard")
    assert seen.reply_to is not None
    assert seen.reply_to.text == "hello"


async def test_pictures_are_found_and_fetched(bot: Plain, ana: Person):
    content = snap()
    await ana.sends_photo(content, "feet, please")
    heard = await bot.heard_one()
    attachment = heard.attachments[0]
    assert (attachment.width, attachment.height, attachment.content_type) == (64, 48, "image/jpeg")
    assert await attachment.read() == content


async def test_an_edit_keeps_the_files_that_it_lists_and_drops_the_others(
    bot: Plain, ana: Person, room: Channel
):
    place = bot.get_partial_messageable(room.id)
    sent = await place.send("two", files=[file(b"1", "a.png"), file(b"2", "b.png")])
    message = room.messages[sent.id]
    await sent.edit(content="text only")
    assert [one.content for one in message.now.files] == [b"1", b"2"]
    await sent.edit(attachments=[sent.attachments[0], file(b"3", "c.png")])
    assert [one.content for one in message.now.files] == [b"1", b"3"]
    await sent.edit(attachments=[])
    assert message.now.files == ()


async def test_a_file_of_more_than_ten_mebibytes_is_too_large(
    bot: Plain, room: Channel, world: World
):
    place = bot.get_partial_messageable(room.id)
    await place.send(file=file(bytes(world.upload_bytes)))
    with pytest.raises(discord.HTTPException) as refused:
        await place.send(file=file(bytes(world.upload_bytes + 1)))
    assert (refused.value.status, refused.value.code) == (413, 40005)


async def test_what_people_say_in_a_guild_is_blank_without_the_intent(
    bot: Plain, ana: Person, room: Channel, world: World
):
    await ana.sends_photo(snap(), "look at me", channel=room)
    unseen = await bot.heard_one()
    assert (unseen.content, unseen.attachments) == ("", [])
    await ana.sends_photo(snap(), f"{world.mention} look at me", channel=room)
    meant = await bot.heard_one()
    assert meant.content.endswith("look at me")
    assert len(meant.attachments) == 1
    own = await bot.get_partial_messageable(room.id).send("hello")
    await ana.types("and you?", channel=room, reply_to=room.messages[own.id])
    assert (await bot.heard_one()).content == "and you?"


async def test_what_people_say_in_a_guild_is_seen_with_the_intent(
    world: World, room: Channel, ana: Person
):
    world.gateway.granted = CONTENT.value
    async with running(world, Plain(CONTENT)) as bot:
        await ana.types("look at me", channel=room)
        assert (await bot.heard_one()).content == "look at me"


async def test_without_the_intents_of_a_place_nothing_is_heard_of_it(
    world: World, room: Channel, ana: Person
):
    async with running(world, Plain(discord.Intents(guilds=True, dm_messages=True))) as bot:
        await ana.types(f"{world.mention} hello", channel=room)
        await ana.types("hello in private")
        assert (await bot.heard_one()).content == "hello in private"
        assert bot.heard.empty()
    assert NOT_PRIVILEGED.guild_messages


@pytest.mark.parametrize(
    ("permissions", "code"), [(None, 50001), (0, 50001), (ALL & ~ATTACH, 50013)]
)
async def test_where_the_bot_may_not_write_it_is_told_so(
    bot: Plain, room: Channel, permissions: int | None, code: int
):
    room.permissions = permissions
    with pytest.raises(discord.Forbidden) as refused:
        await bot.get_partial_messageable(room.id).send(file=file())
    assert refused.value.code == code


async def test_who_blocks_the_bot_cannot_be_written_to(bot: Plain, ana: Person):
    await ana.types("hello")
    heard = await bot.heard_one()
    await ana.blocks()
    with pytest.raises(discord.Forbidden) as refused:
        await heard.reply("hello")
    assert refused.value.code == 50007
    await ana.unblocks()
    await heard.reply("hello")


async def test_what_is_gone_or_was_never_there_or_is_not_ones_own_is_not_changed(
    bot: Plain, ana: Person, room: Channel
):
    theirs = await ana.types("mine", channel=room)
    place = bot.get_partial_messageable(room.id)
    sent = await place.send("bye")
    await sent.delete()
    attempts: list[tuple[Callable[[], Any], int]] = [
        (lambda: sent.edit(content="again"), 10008),
        (lambda: place.get_partial_message(1).edit(content="x"), 10008),
        (lambda: place.get_partial_message(theirs.id).edit(content="x"), 50005),
        (lambda: bot.get_partial_messageable(1).send("x"), 10003),
    ]
    for attempt, code in attempts:
        with pytest.raises(discord.HTTPException) as refused:
            await attempt()
        assert refused.value.code == code


async def test_an_old_message_is_changed_a_few_times_and_then_no_more(
    bot: Plain, room: Channel, world: World
):
    sent = await bot.get_partial_messageable(room.id).send("0")
    world.limits.routes.clear()
    world.skip(3700)
    for number in range(5):
        await sent.edit(content=str(number + 1))
    # It comes as 429 that does not say when to come again, which the library trips over.
    with pytest.raises(KeyError, match="retry_after"):
        await sent.edit(content="6")
    assert room.messages[sent.id].text == "5"


async def test_a_nonce_that_is_enforced_makes_one_message(bot: Plain, room: Channel):
    for _ in range(2):
        await posted(bot, room, content="once", nonce="n1", enforce_nonce=True)
    await posted(bot, room, content="twice", nonce="n1")
    assert [message.text for message in room.messages.values()] == ["once", "twice"]


async def test_links_of_files_are_signed_and_end_after_a_day(bot: Plain, ana: Person, world: World):
    await ana.sends_files([Sent(b"abc", "notes.txt", "text/plain")])
    url = (await bot.heard_one()).attachments[0].url

    async def status(address: str) -> int:
        async with aiohttp.ClientSession() as session, session.get(address) as answer:
            return answer.status

    assert await status(url) == 200
    assert await status(url.partition("?")[0]) == 404
    assert await status(url[:-1] + ("0" if url[-1] != "0" else "1")) == 404
    world.skip(24 * 3600 + 1)
    assert await status(url) == 404


async def test_whoever_has_not_the_token_is_unauthorized(world: World):
    async with aiohttp.ClientSession() as session:
        address = f"{world.api}/v10/users/@me"
        async with session.get(address, headers={"Authorization": "Bot x"}) as answer:
            assert (answer.status, answer.headers["Content-Type"]) == (401, "application/json")
    assert len(world.limits.invalid) == 1
