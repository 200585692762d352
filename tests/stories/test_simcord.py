"""The whole flow in another model of Discord, which was not made along with the bot."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import discord
import simcord

from bot.assembly import Run, assembled
from bot.platforms.discord_account import Account
from bot.platforms.discord_door import DiscordDoor
from bot.settings import Settings
from tests.bot.fakes import FakeEngine, photo_bytes
from tests.stories.discord_steps import PATIENCE
from tests.stories.living import DONE, POSED

CONNECTION = "discord"  # the part that the other model stands in for
# Shorter than what the bot does later on purpose, which is not waited for.
SETTLES = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A channel with two people in it."""

    channel: simcord.ChannelHandle
    ana: simcord.MemberActor
    bob: simcord.MemberActor

    def messages(self) -> list[discord.Message]:
        return self.channel.history()

    async def sees(self, is_it: Callable[[discord.Message], bool]) -> discord.Message:
        """Wait for a message: the other model does not wait for what paints and sends."""
        async with asyncio.timeout(PATIENCE):
            while not (found := [message for message in self.messages() if is_it(message)]):  # noqa: ASYNC110
                await asyncio.sleep(0.02)  # the other model rings no bell
        return found[-1]

    async def completed(self) -> discord.Message:
        """Let Ana send a photo, and wait until the feet are there."""
        photo = await asyncio.to_thread(photo_bytes)
        sent = await self.ana.slash(self.channel, "feet", photo=("photo.png", photo))
        assert sent.acknowledged
        return await self.sees(offers(POSED))


async def picks(person: simcord.MemberActor, card: discord.Message, label: str) -> None:
    """Choose what a menu offers."""
    menu, value = next(
        (part.custom_id, option.value)
        for part in parts(card)
        if isinstance(part, discord.SelectMenu)
        for option in part.options
        if option.label == label
    )
    await person.select(card, [value], custom_id=menu)


def parts(message: discord.Message) -> list[discord.Button | discord.SelectMenu]:
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    children = [child for row in rows for child in row.children]
    return [child for child in children if isinstance(child, discord.Button | discord.SelectMenu)]


def offers(label: str) -> Callable[[discord.Message], bool]:
    def is_there(message: discord.Message) -> bool:
        buttons = [part for part in parts(message) if isinstance(part, discord.Button)]
        return label in [button.label for button in buttons]

    return is_there


@asynccontextmanager
async def living(folder: Path, settings: Settings | None = None) -> AsyncGenerator[Room]:
    """Run a bot in the other model; what it raises there fails the test at the end."""
    known = replace(settings or Settings(), data=folder / "bot", daily=0, metrics_port=0)
    await asyncio.to_thread(known.data.mkdir)
    account, paints = Account("a-token"), FakeEngine(pace=0.002)
    async with AsyncExitStack() as stack:
        # Comes first: only tasks that begin after it call the other model by tokens.
        env = await stack.enter_async_context(simcord.run(account, settle_timeout=SETTLES))
        door = DiscordDoor(account)
        platforms = {door.platform.name: door.platform}
        bot = await stack.enter_async_context(assembled(known, platforms, lambda: paints))
        opened = await stack.enter_async_context(door.opened(bot))
        await account.register()
        runs = {**bot.parts, **opened.parts}
        del runs[CONNECTION]
        await stack.enter_async_context(running(runs.values()))
        guild = env.create_guild()
        ana, bob = (guild.add_member(env.create_user(name)) for name in ("ana", "bob"))
        yield Room(channel=guild.create_text_channel("feet"), ana=ana, bob=bob)


@asynccontextmanager
async def running(runs: Iterable[Run]) -> AsyncGenerator[None]:
    tasks = [asyncio.ensure_future(run()) for run in runs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
        assert [end for end in ends if not isinstance(end, asyncio.CancelledError)] == []


async def test_a_photo_is_completed_posed_painted_and_sent_as_a_file(tmp_path: Path):
    async with living(tmp_path) as room:
        card = await room.completed()
        await picks(room.ana, card, "4 left knee")
        card = await room.sees(offers("→"))
        await room.ana.click(card, label="→")
        card = await room.sees(lambda message: "Changed." in message.content)
        await room.ana.click(card, label=POSED)
        result = await room.sees(offers(DONE))
        assert result.content.startswith("Here you are. Version 2")
        pressed = await room.ana.click(result, label="File")
        assert [answer.ephemeral for answer in pressed.followups] == [True]
        sent = await room.sees(lambda message: bool(message.attachments) and not parts(message))
        assert sent.attachments[0].filename == "toeframe-2.png"
        assert (await sent.attachments[0].read()).startswith(b"\x89PNG")


async def test_somebody_who_may_not_use_the_bot_is_told_so_alone(tmp_path: Path):
    async with living(tmp_path, Settings(allowed=frozenset({"discord:1"}))) as room:
        sent = await room.bob.slash(room.channel, "say", words="help")
        assert sent.response is not None
        assert sent.response.ephemeral
        assert f"discord:{room.bob.id}" in sent.response.content
        assert room.channel.history(viewer=room.ana) == []


async def test_somebody_elses_card_is_not_pressed(tmp_path: Path):
    async with living(tmp_path) as room:
        card = await room.completed()
        pressed = await room.bob.click(card, label=POSED)
        assert [answer.ephemeral for answer in pressed.followups] == [True]
        assert pressed.followups[0].content.startswith("Only the person who sent this photo")
        assert offers(POSED)(room.messages()[-1])
