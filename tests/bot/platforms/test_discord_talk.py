"""Discord's own ways, with the living bot: forms, refusals, places where the bot is not."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.platforms import discord_grants
from bot.platforms.discord_account import AddressRefused, TokenRefused, check_addresses
from bot.serving import serve
from bot.settings import Settings
from tests.bot.fakes import FakeEngine, photo_bytes
from tests.discord.person import Person
from tests.discord.server import discord_api
from tests.stories.discord_steps import PATIENCE, completed
from tests.stories.living import POSED, labels_of, shows
from tests.stories.living_discord import awake, living_on_discord

OPEN = Settings(daily=0, waiting=100)


async def test_a_form_asks_for_the_photo_that_a_command_lacks(tmp_path: Path):
    async with living_on_discord(tmp_path) as world:
        ana = Person(world)
        press = await ana.sends_slash("feet")
        await ana.fills(press, photo_bytes(), "a man in jeans")
        await ana.sees(shows(POSED), within=PATIENCE)


async def test_a_form_asks_for_the_words_that_a_command_lacks(tmp_path: Path):
    async with living_on_discord(tmp_path) as world:
        ana = Person(world)
        await completed(ana)
        press = await ana.sends_slash("say")
        await ana.fills(press, "left_knee right 12")
        await ana.sees("Changed.")


async def test_a_card_takes_the_place_of_what_its_command_was_promised(tmp_path: Path):
    async with living_on_discord(tmp_path) as world:
        ana, bob = Person(world, "Ana"), Person(world, "Bob")
        room = world.new_guild().channels[0]
        await world.join(next(iter(world.guilds.values())))
        presses = [
            await person.sends_slash("feet", channel=room, photo=photo_bytes())
            for person in (ana, bob)
        ]
        for press in presses:
            await room.bell.until(lambda press=press: bool(press.said), PATIENCE)
        cards = [press.original for press in presses]
        assert cards == ana.looks(room)
        await ana.sees(lambda _: all(shows(POSED)(card) for card in cards if card), channel=room)


async def test_a_stranger_is_refused_for_nobody_else_to_see(tmp_path: Path):
    settings = replace(OPEN, allowed=frozenset({"discord:1"}))
    async with living_on_discord(tmp_path, settings=settings) as world:
        ana, bob = Person(world, "Ana"), Person(world, "Bob")
        room = world.new_guild().channels[0]
        await world.join(next(iter(world.guilds.values())))
        press = await ana.sends_slash("feet", channel=room, photo=photo_bytes())
        assert f"discord:{ana.user.id}" in await ana.is_answered(press)
        assert bob.looks(room) == []


async def test_a_menu_of_a_message_without_a_picture_says_so_to_one_alone(tmp_path: Path):
    async with living_on_discord(tmp_path) as world:
        ana, bob = Person(world, "Ana"), Person(world, "Bob")
        room = world.new_guild().channels[0]
        await world.join(next(iter(world.guilds.values())))
        message = await bob.types("no picture here", channel=room)
        press = await ana.opens_menu("Put the feet back", message)
        assert "no picture" in await ana.is_answered(press)
        assert bob.looks(room) == []


async def test_a_forged_button_is_answered_and_changes_nothing(tmp_path: Path):
    async with living_on_discord(tmp_path) as world:
        ana = Person(world)
        card = await completed(ana)
        before = len(card.looks)
        press = await ana.forges(card, "'; drop table sessions")
        assert "cannot read this button" in await ana.is_answered(press)
        assert len(card.looks) == before


async def test_the_editor_is_a_link_for_one_alone(tmp_path: Path):
    settings = replace(OPEN, public_url="http://127.0.0.1:9", port=0)
    async with living_on_discord(tmp_path, settings=settings) as world:
        ana = Person(world)
        card = await completed(ana)
        label = next(one for one in labels_of(card) if "joints" in one.lower())
        press = await ana.presses(card, label)
        await ana.is_answered(press)
        (answer,) = press.follow_ups
        assert answer.viewer is ana.user
        assert "http://127.0.0.1:9/edit#" in repr(answer.now.components)


async def test_a_press_brings_back_a_card_that_was_out_of_reach(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(discord_grants, "TOKEN_LIFE", discord_grants.SPARE + 12.0)
    monkeypatch.setattr("bot.platforms.discord.WARNED_BEFORE", 6.0)
    monkeypatch.setattr("bot.platforms.discord_door.LOOK_EVERY", 0.2)
    engine = FakeEngine(pace=0.002)
    engine.hold.clear()
    async with living_on_discord(tmp_path, engine) as world:
        ana = Person(world)
        place = ana.elsewhere()
        await ana.sends_slash("feet", channel=place, photo=photo_bytes())
        card = await ana.sees(shows("Show"), channel=place, within=PATIENCE)
        assert "Press Show later" in card.text
        world.skip(16 * 60)
        engine.hold.set()
        await ana.presses(card, "Show")
        await ana.sees(shows(POSED), channel=place, within=PATIENCE)


async def test_commands_are_set_only_when_they_are_others(tmp_path: Path):
    async with discord_api() as world:
        async with awake(world, tmp_path):
            pass
        world.skip(6)
        async with awake(world, tmp_path):
            await world.bell.until(lambda: world.calls.count("get_commands") == 2, PATIENCE)
        assert world.calls.count("set_commands") == 1


async def test_a_token_that_discord_does_not_know_ends_the_bot_with_a_sentence(tmp_path: Path):
    async with discord_api() as world:
        settings = replace(
            OPEN,
            discord_token="MTIz.wrong.wrong",
            discord_api=world.api,
            discord_gateway=world.gateway_url,
            data=tmp_path,
            metrics_port=0,
        )
        with pytest.raises(TokenRefused, match="does not know this token"):
            await serve(settings, FakeEngine)


@pytest.mark.parametrize(
    ("api", "gateway"),
    [
        ("http://example.org/api", "ws://example.org/gateway"),
        ("https://example.org/api", "ws://example.org/gateway"),
        ("http://127.0.0.1:1/api", None),
        (None, "wss://example.org"),
    ],
)
def test_the_token_is_not_sent_in_the_clear_or_to_half_a_discord(
    api: str | None, gateway: str | None
):
    with pytest.raises(AddressRefused):
        check_addresses(api, gateway)


@pytest.mark.parametrize(
    ("api", "gateway"),
    [
        (None, None),
        ("http://127.0.0.1:1/api", "ws://localhost:1/gateway"),
        ("https://proxy.example.org/api", "wss://proxy.example.org"),
    ],
)
def test_loopback_and_encrypted_addresses_are_taken(api: str | None, gateway: str | None):
    check_addresses(api, gateway)
