"""The library's plain client logs into the server, hears people, and answers them."""

import discord

from tests.discord.client import running
from tests.discord.person import Person
from tests.discord.server import discord_api


async def test_a_client_hears_and_answers_in_private():
    async with discord_api() as world:
        client = discord.Client(intents=discord.Intents(dm_messages=True))

        @client.event
        async def on_message(message: discord.Message) -> None:  # pyright: ignore[reportUnusedFunction]
            if not message.author.bot:
                await message.channel.send(f"heard {message.content}", reference=message)

        async with running(world, client):
            ana = Person(world)
            await ana.types("hello")
            seen = await ana.sees("heard hello")
            assert seen.reply_to is not None


async def test_a_button_is_pressed_and_its_message_changed():
    async with discord_api() as world:
        client = discord.Client(intents=discord.Intents(guilds=True))
        guild = world.new_guild()

        @client.event
        async def on_interaction(interaction: discord.Interaction) -> None:  # pyright: ignore[reportUnusedFunction]
            await interaction.response.defer()
            await interaction.edit_original_response(content="pressed")

        async with running(world, client):
            ana = Person(world)
            channel = client.get_partial_messageable(guild.channels[0].id)
            view = discord.ui.View()
            view.add_item(discord.ui.Button(label="Press", custom_id="x"))
            await channel.send("a card", view=view)
            card = await ana.sees("a card", channel=guild.channels[0])
            press = await ana.presses(card, "Press")
            assert await ana.is_acknowledged(press) < 1
            await ana.sees("pressed", channel=guild.channels[0])
