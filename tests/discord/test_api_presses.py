"""Commands, buttons, menus and forms: what is answered in time, and what a token allows."""

from typing import Any

import discord
import pytest
from discord import ui

from tests.discord.client import Plain, refusal
from tests.discord.person import Person, Sent
from tests.discord.values import Channel, Message
from tests.discord.world import World
from tests.telegram.snaps import snap

Pressed = discord.Interaction[Any]


def button(label: str = "Press", carried: str = "carried") -> ui.View:
    view = ui.View(timeout=None)
    view.add_item(ui.Button(label=label, custom_id=carried))
    return view


async def card(bot: Plain, ana: Person, room: Channel, view: ui.View | None = None) -> Message:
    await bot.get_partial_messageable(room.id).send("a card", view=view or button())
    return await ana.sees("a card", channel=room)


async def test_a_press_carries_what_its_button_does_and_changes_its_message(
    bot: Plain, ana: Person, room: Channel
):
    message = await card(bot, ana, room)
    press = await ana.presses(message, "Press")
    pressed = await bot.pressed()
    assert pressed.data is not None
    assert pressed.data.get("custom_id") == "carried"
    assert pressed.message is not None
    assert pressed.message.id == message.id
    await pressed.response.defer()
    assert await ana.is_acknowledged(press) < 1
    await pressed.edit_original_response(content="changed", view=None)
    assert (message.text, message.labels) == ("changed", [])
    assert not ana.has_failed(press)


async def test_an_answer_after_three_seconds_is_too_late_for_good(
    bot: Plain, ana: Person, room: Channel, world: World
):
    press = await ana.presses(await card(bot, ana, room), "Press")
    pressed = await bot.pressed()
    world.skip(3.4)
    assert await refusal(pressed.response.defer()) == 10062
    assert ana.has_failed(press)
    assert press.late[0] >= 3.4
    assert await refusal(pressed.followup.send("late")) == 10015


async def test_a_press_is_answered_once(bot: Plain, ana: Person, room: Channel):
    press = await ana.presses(await card(bot, ana, room), "Press")
    pressed = await bot.pressed()
    await pressed.response.defer()
    pressed.response._response_type = None
    assert await refusal(pressed.response.defer()) == 40060
    assert press.answer == 6


async def test_nothing_follows_before_the_answer(bot: Plain, ana: Person, room: Channel):
    await ana.presses(await card(bot, ana, room), "Press")
    pressed = await bot.pressed()
    assert await refusal(pressed.followup.send("early")) == 10015
    await pressed.response.defer()
    await pressed.followup.send("in time")
    await ana.sees("in time", channel=room)


async def test_a_token_ends_after_fifteen_minutes(
    bot: Plain, ana: Person, room: Channel, world: World
):
    await ana.presses(await card(bot, ana, room), "Press")
    pressed = await bot.pressed()
    await pressed.response.defer()
    world.skip(15 * 60 + 1)
    assert await refusal(pressed.followup.send("late")) == 50027
    assert await refusal(pressed.edit_original_response(content="late")) == 50027


async def test_the_first_that_follows_fills_in_what_was_promised_to_one_person(
    bot: Plain, ana: Person, room: Channel, world: World
):
    press = await ana.presses(await card(bot, ana, room), "Press")
    pressed = await bot.pressed()
    await pressed.response.defer(ephemeral=True, thinking=True)
    assert press.said == []
    sent = await pressed.followup.send("for you", wait=True)
    assert await ana.is_answered(press) == "for you"
    assert [message.text for message in ana.looks(room)] == ["a card", "for you"]
    assert [one.text for one in Person(world, "Bob").looks(room)] == ["a card"]
    place = bot.get_partial_messageable(room.id)
    assert await refusal(place.get_partial_message(sent.id).edit(content="x")) == 10008
    await pressed.followup.edit_message(sent.id, content="changed")
    await ana.sees("changed", channel=room)


async def test_a_second_message_of_a_token_is_its_own(bot: Plain, ana: Person, room: Channel):
    press = await ana.presses(await card(bot, ana, room), "Press")
    pressed = await bot.pressed()
    await pressed.response.send_message("first")
    await pressed.followup.send("second", ephemeral=True)
    assert press.said == ["first", "second"]
    await pressed.delete_original_response()
    assert [message.text for message in ana.looks(room)] == ["a card", "second"]


async def test_a_message_for_one_person_is_pressed_by_nobody_else(
    bot: Plain, ana: Person, room: Channel, world: World
):
    await ana.presses(await card(bot, ana, room), "Press")
    pressed = await bot.pressed()
    await pressed.response.send_message("for you", ephemeral=True, view=button("Mine"))
    shown = await ana.sees("for you", channel=room)
    with pytest.raises(LookupError):
        await Person(world, "Bob").presses(shown, "Mine")
    await ana.presses(shown, "Mine")
    await (await bot.pressed()).response.edit_message(content="pressed", view=None)
    await ana.sees("pressed", channel=room)


async def test_a_choice_of_a_menu_is_its_value(bot: Plain, ana: Person, room: Channel):
    view = ui.View(timeout=None)
    options = [discord.SelectOption(label=f"joint {n}", value=f"j{n}") for n in range(3)]
    view.add_item(ui.Select(custom_id="joints", options=options))
    message = await card(bot, ana, room, view)
    assert message.labels == [["joint 0", "joint 1", "joint 2"]]
    await ana.presses(message, "joint 1")
    pressed = await bot.pressed()
    assert pressed.data is not None
    assert pressed.data.get("values") == ["j1"]


async def test_what_is_greyed_out_or_leads_elsewhere_cannot_be_pressed(
    bot: Plain, ana: Person, room: Channel
):
    view = ui.View(timeout=None)
    view.add_item(ui.Button(label="Grey", custom_id="g", disabled=True))
    view.add_item(ui.Button(label="Link", url="https://example.org"))
    message = await card(bot, ana, room, view)
    for label in ("Grey", "Link", "Missing"):
        with pytest.raises(LookupError):
            await ana.presses(message, label)


class Form(ui.Modal, title="Move a joint"):
    """Words and a photo to fill in."""

    words = ui.Label[Any](text="How far", component=ui.TextInput[Any](custom_id="words"))
    photo = ui.Label[Any](text="Photo", component=ui.FileUpload[Any](custom_id="photo"))


async def test_a_form_is_filled_in_and_its_files_come_along(
    bot: Plain, ana: Person, room: Channel, world: World
):
    message = await card(bot, ana, room)
    press = await ana.presses(message, "Press")
    await (await bot.pressed()).response.send_modal(Form())
    with pytest.raises(LookupError):
        await ana.fills(press, "")
    content = snap()
    await ana.fills(press, "5 %", Sent(content))
    filled = await bot.pressed()
    assert filled.data is not None
    attachments = filled.data.get("resolved", {}).get("attachments", {})
    assert [int(told["size"]) for told in attachments.values()] == [len(content)]
    assert "'value': '5 %'" in repr(filled.data)
    await filled.response.edit_message(content="moved")
    assert message.text == "moved"


async def test_a_form_with_too_long_a_title_is_refused(bot: Plain, ana: Person, room: Channel):
    await ana.presses(await card(bot, ana, room), "Press")
    form = Form(title="t" * 46)
    assert await refusal((await bot.pressed()).response.send_modal(form)) == 50035


async def test_a_press_carries_who_and_where(bot: Plain, world: World, room: Channel):
    minji = Person(world, "Minji", "ko")
    await minji.presses(await card(bot, minji, room), "Press")
    pressed = await bot.pressed()
    assert (pressed.locale, pressed.guild_id) == (
        discord.Locale.korean,
        room.guild and room.guild.id,
    )
    assert pressed.user.id == minji.user.id
    assert pressed.filesize_limit == 10 * 1024 * 1024
    await bot.get_partial_messageable(minji.channel.id).send("in private", view=button())
    await minji.presses(await minji.sees("in private"), "Press")
    private = await bot.pressed()
    assert (private.guild_id, private.user.id) == (None, minji.user.id)
