"""Discord on its bad days: the person still gets what was asked for, once."""

from pathlib import Path

import pytest

from tests.bot.fakes import FakeEngine, photo_bytes
from tests.discord.person import Person
from tests.discord.presses import TOKEN_LIFE
from tests.discord.world import World
from tests.faults import Fault, Kind
from tests.stories.discord_steps import PATIENCE, completed, says
from tests.stories.living import DONE, POSED, labels_of, shows
from tests.stories.living_discord import living_on_discord


async def breaks_off(world: World, how: str) -> None:
    match how:
        case "op 7":
            await world.gateway.reconnect()
        case "op 9 true":
            await world.gateway.invalidate(resumable=True)
        case "dropped":
            world.gateway.drop()
        case _:
            await world.gateway.close(4000)


@pytest.mark.parametrize("how", ["op 7", "op 9 true", "dropped", "closed with 4000"])
async def test_no_press_is_lost_while_the_connection_breaks_off(tmp_path: Path, how: str):
    async with living_on_discord(tmp_path) as world:
        ana = Person(world)
        card = await completed(ana)
        await breaks_off(world, how)
        press = await ana.presses(card, POSED)
        await ana.is_acknowledged(press)
        await ana.sees(shows(DONE), within=PATIENCE)
        assert len(world.gateway.resumed) == 1


async def test_a_session_that_is_over_begins_anew(tmp_path: Path):
    async with living_on_discord(tmp_path) as world:
        ana = Person(world)
        card = await completed(ana)
        world.skip(6)
        await world.gateway.invalidate(resumable=False)
        await world.bell.until(lambda: len(world.gateway.identified) == 2, PATIENCE)
        await ana.presses(card, POSED)
        await ana.sees(shows(DONE), within=PATIENCE)


async def test_what_is_told_twice_is_done_once(tmp_path: Path):
    engine = FakeEngine(pace=0.002)
    orders = list[object]()
    engine.began = orders.append
    async with living_on_discord(tmp_path, engine) as world:
        world.gateway.twice = lambda event: event in ("INTERACTION_CREATE", "MESSAGE_CREATE")
        ana = Person(world)
        card = await completed(ana)
        await says(ana, "left_knee right 12")
        await ana.sees("Changed.")
        await ana.presses(card, POSED)
        await ana.sees(shows(DONE), within=PATIENCE)
        assert len(orders) == 2


CUTS = (Kind.CUT_BEFORE, Kind.CUT_AFTER)
FAULTS = (Kind.ERROR, Kind.PAGE, Kind.UNAVAILABLE, Kind.BUSY, Kind.BANNED, *CUTS)


@pytest.mark.parametrize("kind", FAULTS)
async def test_a_bad_line_loses_nothing_and_doubles_no_picture(tmp_path: Path, kind: Kind):
    async with living_on_discord(tmp_path) as world:
        ana = Person(world)
        for call in ("callback", "post", "edit", "follow_up", "edit_response", "cdn"):
            world.faults.plan(call, kind)
        await ana.sends_photo(photo_bytes())
        card = await ana.sees(shows(POSED), within=PATIENCE)
        await ana.presses(card, POSED)
        result = await ana.sees(shows(DONE), within=PATIENCE)
        assert [message for message in ana.looks() if message.picture] == [result]


async def test_who_was_acknowledged_too_late_still_gets_the_result(tmp_path: Path):
    async with living_on_discord(tmp_path) as world:
        ana = Person(world)
        card = await completed(ana)
        press = await ana.presses(card, POSED)
        world.skip(3.4)
        await ana.sees(shows(DONE), within=PATIENCE)
        assert ana.has_failed(press)
        assert press.late


async def test_who_waits_longer_than_a_token_lives_still_gets_the_result(tmp_path: Path):
    engine = FakeEngine(pace=0.002)
    async with living_on_discord(tmp_path, engine) as world:
        ana = Person(world)
        engine.hold.clear()
        press = await ana.sends_slash("feet", photo=photo_bytes())
        await ana.is_acknowledged(press)
        await ana.sees("Painting", within=PATIENCE)
        world.skip(TOKEN_LIFE + 1)
        engine.hold.set()
        await ana.sees(shows(POSED), within=PATIENCE)


async def test_a_card_from_yesterday_is_shown_anew_when_it_may_not_be_changed(tmp_path: Path):
    async with living_on_discord(tmp_path) as world:
        ana = Person(world)
        card = await completed(ana)
        card.old_edits = 100
        world.skip(24 * 3600)
        await ana.presses(card, POSED)
        result = await ana.sees(shows(DONE), within=PATIENCE)
        assert result is not card


async def test_a_stalled_acknowledgement_holds_up_nobody_else(tmp_path: Path):
    async with living_on_discord(tmp_path) as world:
        ana, bob = Person(world, "Ana"), Person(world, "Bob")
        first, second = await completed(ana), await completed(bob)
        world.faults.plan("callback", Fault(Kind.STALL, 3.0))
        await ana.presses(first, "4 left knee")
        press = await bob.presses(second, "4 left knee")
        assert await bob.is_acknowledged(press) < 1
        await bob.sees(shows("→"))


async def test_where_the_bot_is_not_the_result_comes_by_the_token(tmp_path: Path):
    async with living_on_discord(tmp_path) as world:
        ana = Person(world)
        place = ana.elsewhere()
        press = await ana.sends_slash("feet", channel=place, photo=photo_bytes())
        await ana.is_acknowledged(press)
        card = await ana.sees(lambda message: not message.now.is_loading, channel=place)
        assert card.text
        assert labels_of(card) is not None
