"""Whole exchanges on Discord over real sockets: photo, pose, refine, file; and everything odd."""

import asyncio
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.bot.fakes import FakeEngine, photo_bytes
from tests.discord.person import Person, Sent
from tests.stories.discord_steps import PATIENCE, completed, has_file, says
from tests.stories.living import DONE, POSED, shows
from tests.stories.living_discord import living_on_discord


async def test_from_photo_to_lossless_file(tmp_path: Path):
    async with living_on_discord(tmp_path) as world:
        ana = Person(world)
        card = await completed(ana, "a man in blue jeans")
        await ana.presses(card, "4 left knee")
        card = await ana.sees(shows("→"))
        press = await ana.presses(card, "→")
        assert await ana.is_answered(press) == "left knee → 10"
        await ana.sees("Changed.")
        await ana.presses(card, POSED)
        result = await ana.sees(shows(DONE), within=PATIENCE)
        assert result is card, "the card that was watched becomes the result"
        assert "Every pixel of your photo is as you sent it." in result.text
        await ana.presses(result, "File")
        sent = await ana.sees(has_file, within=PATIENCE)
        assert sent.now.file is not None
        with Image.open(BytesIO(sent.now.file.content)) as picture:
            assert (picture.format, picture.size) == ("PNG", (160, 320))
        assert len(card.now.files) == 1, "a card has the newest picture only"


async def test_a_photo_in_private_needs_no_command(tmp_path: Path):
    async with living_on_discord(tmp_path) as world:
        ana = Person(world)
        await ana.sends_photo(photo_bytes())
        await ana.sees(shows(POSED), within=PATIENCE)
        await ana.types("left_knee right 12")
        await ana.sees("Changed.")
        await ana.types("refine")
        await ana.sees(shows(DONE), within=PATIENCE)


async def test_several_photos_at_once_are_a_card_each(tmp_path: Path):
    async with living_on_discord(tmp_path) as world:
        ana = Person(world)
        photos = await asyncio.to_thread(
            lambda: [photo_bytes(colour=colour) for colour in ("teal", "navy", "brown")]
        )
        await ana.sends_files([Sent(photo) for photo in photos])
        await world.bell.until(lambda: len(list(filter(shows(POSED), ana.looks()))) == 3, PATIENCE)


async def test_in_a_channel_the_bot_is_called_by_its_name(tmp_path: Path):
    async with living_on_discord(tmp_path) as world:
        ana = Person(world)
        room = world.new_guild().channels[0]
        await world.join(next(iter(world.guilds.values())))
        await ana.sends_photo(photo_bytes(), "look at this", channel=room)
        await ana.sends_photo(photo_bytes(), f"{world.mention} a man in jeans", channel=room)
        await ana.sees(shows(POSED), channel=room, within=PATIENCE)
        assert len(ana.looks(room)) == 1


async def test_a_photo_of_somebody_else_is_taken_from_its_menu(tmp_path: Path):
    async with living_on_discord(tmp_path) as world:
        ana, bob = Person(world, "Ana"), Person(world, "Bob")
        room = world.new_guild().channels[0]
        await world.join(next(iter(world.guilds.values())))
        message = await bob.sends_photo(photo_bytes(), channel=room)
        press = await ana.opens_menu("Put the feet back", message)
        await ana.is_acknowledged(press)
        card = await ana.sees(shows(POSED), channel=room, within=PATIENCE)
        refused = await bob.presses(card, POSED)
        assert (await bob.is_answered(refused)).startswith("Only the person")


async def test_what_can_be_typed_can_be_said_by_command(tmp_path: Path):
    async with living_on_discord(tmp_path) as world:
        ana = Person(world)
        room = world.new_guild().channels[0]
        await world.join(next(iter(world.guilds.values())))
        await completed(ana, channel=room)
        await says(ana, "left_knee right 12", room)
        await ana.sees("Changed.", channel=room)
        await ana.sends_slash("refine", channel=room)
        await ana.sees(shows(DONE), channel=room, within=PATIENCE)


async def test_koreans_are_answered_in_korean(tmp_path: Path):
    async with living_on_discord(tmp_path) as world:
        minji = Person(world, "Minji", "ko")
        await minji.types("도움말")
        helped = await minji.sees(lambda message: True)
        assert any("가" <= letter <= "힣" for letter in helped.text)
        described = [
            command["description_localizations"]["ko"]
            for command in world.commands[None]
            if command["type"] == 1
        ]
        assert described


async def test_only_the_sender_presses_and_others_are_told_by_themselves(tmp_path: Path):
    async with living_on_discord(tmp_path) as world:
        ana, bob = Person(world, "Ana"), Person(world, "Bob")
        room = world.new_guild().channels[0]
        await world.join(next(iter(world.guilds.values())))
        card = await completed(ana, channel=room)
        press = await bob.presses(card, POSED)
        assert (await bob.is_answered(press)).startswith("Only the person who sent this photo")
        assert all("Only the person" not in message.text for message in ana.looks(room))
        assert shows(POSED)(card)


async def test_cancel_stops_a_running_job(tmp_path: Path):
    engine = FakeEngine()
    engine.hold.clear()
    async with living_on_discord(tmp_path, engine) as world:
        ana = Person(world)
        await ana.sends_photo(photo_bytes())
        card = await ana.sees("Painting", within=PATIENCE)
        await ana.presses(card, "Cancel")
        stopped = await ana.sees(shows("Again"))
        assert "Stopped." in stopped.text


async def test_a_button_from_before_a_restart_still_works(tmp_path: Path):
    async with living_on_discord(tmp_path) as world:
        ana = Person(world)
        card = await completed(ana)
    world.skip(6)
    async with living_on_discord(tmp_path, world=world):
        press = await ana.presses(card, POSED)
        assert await ana.is_acknowledged(press) < 1
        await ana.sees(shows(DONE), within=PATIENCE)


@pytest.mark.parametrize("content", [b"", b"GIF89a nonsense"])
async def test_what_is_no_photo_says_what_to_send_instead(tmp_path: Path, content: bytes):
    async with living_on_discord(tmp_path) as world:
        ana = Person(world)
        await ana.sends_slash("feet", photo=Sent(content, "cat.gif", "image/gif"))
        card = await ana.sees("photo", within=PATIENCE)
        assert card.picture is None


async def test_a_result_that_discord_does_not_carry_says_so(tmp_path: Path):
    async with living_on_discord(tmp_path) as world:
        ana = Person(world)
        card = await completed(ana)
        await ana.presses(card, POSED)
        result = await ana.sees(shows(DONE), within=PATIENCE)
        world.upload_bytes = 10
        await ana.presses(result, "File")
        await ana.sees("too large", within=PATIENCE)


async def test_a_person_who_blocked_the_bot_stops_nobody_else(tmp_path: Path):
    async with living_on_discord(tmp_path) as world:
        ana, bob = Person(world, "Ana"), Person(world, "Bob")
        await ana.blocks()
        await ana.sends_photo(photo_bytes())
        await completed(bob)
        assert ana.looks() == []
        assert world.calls.count("post") < 5
