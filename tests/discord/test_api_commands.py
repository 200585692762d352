"""Commands and menus of messages: as they were told, where the bot is and where it is not."""

from io import BytesIO
from typing import Any

import discord
import pytest
from discord import app_commands

from tests.discord.client import Plain, refusal
from tests.discord.person import Person
from tests.discord.values import Channel
from tests.discord.world import World
from tests.telegram.snaps import snap

Pressed = discord.Interaction[Any]


def commands(bot: Plain) -> app_commands.CommandTree[Plain]:
    """Make a tree of a command with a photo, and of a menu of messages."""
    tree = app_commands.CommandTree(bot)

    @tree.command(name="feet", description="Put the feet back")
    async def feet(  # pyright: ignore[reportUnusedFunction]
        interaction: Pressed, photo: discord.Attachment, words: str = ""
    ) -> None:
        await interaction.response.defer(thinking=True)
        content = await photo.read()
        await interaction.followup.send(
            f"{len(content)} {words}", file=discord.File(BytesIO(content), photo.filename)
        )

    @tree.context_menu(name="Put the feet back")
    async def menu(  # pyright: ignore[reportUnusedFunction]
        interaction: Pressed, message: discord.Message
    ) -> None:
        await interaction.response.send_message(f"of {len(message.attachments)} photos")

    return tree


async def test_a_command_is_called_with_a_photo(bot: Plain, ana: Person, room: Channel):
    await commands(bot).sync()
    content = snap()
    press = await ana.sends_slash("feet", photo=content, words="jeans", channel=room)
    assert await ana.is_answered(press) == f"{len(content)} jeans"
    assert (await ana.sees("jeans", channel=room)).picture == content


async def test_a_command_is_called_as_it_was_told(bot: Plain, ana: Person):
    with pytest.raises(LookupError):
        await ana.sends_slash("feet", photo=b"x")
    await commands(bot).sync()
    wrongs: list[dict[str, Any]] = [
        {},
        {"photo": "words"},
        {"photo": b"x", "words": 5},
        {"photo": b"x", "no": "1"},
    ]
    for wrong in wrongs:
        with pytest.raises(LookupError):
            await ana.sends_slash("feet", **wrong)


async def test_a_menu_of_a_message_brings_its_photos(bot: Plain, ana: Person, room: Channel):
    await commands(bot).sync()
    message = await ana.sends_photo(snap(), channel=room)
    press = await ana.opens_menu("Put the feet back", message)
    assert await ana.is_answered(press) == "of 1 photos"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "Feet"},
        {"name": "two words"},
        {"description": ""},
        {"description": "d" * 101},
        {"name_localizations": {"kr": "발"}},
        {"options": [{"type": 3, "name": "a", "description": "a"},
                     {"type": 3, "name": "b", "description": "b", "required": True}]},
        {"options": [{"type": 3, "name": f"o{n}", "description": "o"} for n in range(26)]},
    ],
)  # fmt: skip
async def test_commands_that_discord_does_not_take(bot: Plain, wrong: dict[str, Any]):
    right: Any = {"name": "feet", "description": "Put the feet back"}
    assert bot.application_id is not None
    call = bot.http.bulk_upsert_global_commands
    await call(bot.application_id, [right])
    assert await refusal(call(bot.application_id, [right | wrong])) == 50035
    assert len(await bot.http.get_global_commands(bot.application_id)) == 1


async def test_no_more_than_200_commands_a_day_are_new(bot: Plain, world: World):
    assert bot.application_id is not None
    call = bot.http.bulk_upsert_global_commands
    made: list[Any] = [{"name": f"c{n}", "description": "d"} for n in range(100)]
    for _ in range(3):
        await call(bot.application_id, made)
    world.creations += [world.now()] * 100
    with pytest.raises(KeyError, match="retry_after"):
        await call(bot.application_id, [*made[:99], {"name": "new", "description": "d"}])


async def test_a_command_is_called_in_a_thread(
    bot: Plain, ana: Person, world: World, room: Channel
):
    thread = await world.new_thread(room)
    await commands(bot).sync()
    press = await ana.sends_slash("feet", photo=b"x", channel=thread)
    assert await ana.is_answered(press) == "1"
    await bot.get_partial_messageable(thread.id).send("by itself")
    await ana.sees("by itself", channel=thread)


async def test_where_the_bot_is_not_it_answers_five_times_and_by_token_only(
    bot: Plain, ana: Person, world: World
):
    tree = app_commands.CommandTree(bot)

    @tree.command(name="feet", description="Put the feet back")
    @app_commands.allowed_installs(guilds=True, users=True)
    async def feet(interaction: Pressed) -> None:  # pyright: ignore[reportUnusedFunction]
        await interaction.response.send_message("here")

    await tree.sync()
    place = ana.elsewhere()
    press = await ana.sends_slash("feet", channel=place)
    assert await ana.is_answered(press) == "here"
    pressed = await bot.pressed()
    for number in range(5):
        await pressed.followup.send(str(number))
        world.skip(1)
    assert await refusal(pressed.followup.send("5")) == 40094
    assert await refusal(bot.get_partial_messageable(place.id).send("by myself")) == 50001
