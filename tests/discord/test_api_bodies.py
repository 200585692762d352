"""Bodies of messages that Discord does not take, and layouts with what they show."""

from io import BytesIO
from typing import Any

import discord
import pytest
from discord import ui
from discord.http import Route

from tests.discord.client import Plain, posted
from tests.discord.person import Person
from tests.discord.values import Channel


def rows(*counts: int) -> list[dict[str, Any]]:
    """Write rows of buttons as no library lets them be built."""
    return [
        {
            "type": 1,
            "components": [
                {"type": 2, "style": 1, "label": "x", "custom_id": f"{row}.{number}"}
                for number in range(count)
            ],
        }
        for row, count in enumerate(counts)
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"content": " "}, 50006),
        ({"content": "x" * 2001}, 50035),
        ({"content": "x", "components": rows(1, 1, 1, 1, 1, 1)}, 50035),
        ({"content": "x", "components": rows(6)}, 50035),
        ({"content": "x", "components": rows(0)}, 50035),
        ({"content": "x", "components": rows(1) + rows(1)}, 50035),
        ({"content": "x", "components": rows(1)[0]["components"]}, 50035),
        ({"content": "x", "flags": 1 << 15}, 50035),
        ({"content": "x", "attachments": [{"id": 7, "filename": "no.png"}]}, 50035),
        ({"embeds": [{"image": {"url": "attachment://no.png"}}]}, 50035),
        ({"content": "x", "nonce": "n" * 26}, 50035),
        ({"content": "x", "message_reference": {"message_id": "1"}}, 50035),
    ],
)
async def test_bodies_that_discord_does_not_take(
    bot: Plain, room: Channel, body: dict[str, Any], code: int
):
    with pytest.raises(discord.HTTPException) as refused:
        await posted(bot, room, **body)
    assert (refused.value.status, refused.value.code) == (400, code)
    assert room.messages == {}


@pytest.mark.parametrize(
    ("name", "size", "most"), [("custom_id", 101, 100), ("label", 81, 80), ("label", 0, 80)]
)
async def test_buttons_that_say_or_carry_too_much_or_nothing(
    bot: Plain, room: Channel, name: str, size: int, most: int
):
    made = rows(1)
    for length in (most, size):
        made[0]["components"][0][name] = "x" * length
        if length == most:
            await posted(bot, room, content="x", components=made)
    with pytest.raises(discord.HTTPException, match=name):
        await posted(bot, room, content="x", components=made)


def option(number: int) -> dict[str, str]:
    return {"label": f"joint {number}", "value": str(number)}


@pytest.mark.parametrize(
    ("options", "is_taken"),
    [
        ([option(number) for number in range(25)], True),
        ([option(number) for number in range(26)], False),
        ([], False),
        ([option(1), option(1)], False),
        ([{"label": "l" * 101, "value": "1"}], False),
    ],
)
async def test_menus_have_up_to_25_offers_that_differ(
    bot: Plain, room: Channel, options: list[dict[str, str]], is_taken: bool
):
    menu = {"type": 3, "custom_id": "m", "options": options}
    body = {"content": "x", "components": [{"type": 1, "components": [menu]}]}
    if is_taken:
        await posted(bot, room, **body)
    else:
        with pytest.raises(discord.HTTPException, match="Invalid Form Body"):
            await posted(bot, room, **body)


class Card(ui.LayoutView):
    """A layout with a picture, words and a button."""

    def __init__(self) -> None:
        super().__init__(timeout=None)
        gallery = ui.MediaGallery[Any](discord.MediaGalleryItem("attachment://a.png"))
        self.add_item(gallery)
        self.add_item(ui.TextDisplay("The legs are painted."))
        self.add_item(ui.ActionRow(ui.Button(label="Refine", custom_id="r")))


async def test_a_layout_shows_only_the_files_that_it_refers_to_and_stays_one(
    bot: Plain, ana: Person, room: Channel
):
    place = bot.get_partial_messageable(room.id)
    sent = await place.send(
        view=Card(),
        files=[discord.File(BytesIO(b"1"), "a.png"), discord.File(BytesIO(b"2"), "b.png")],
    )
    seen = await ana.sees("The legs are painted.", channel=room)
    assert seen.labels == [["Refine"]]
    assert [one.content for one in seen.now.shown] == [b"1"]
    with pytest.raises(discord.HTTPException, match="cannot be used"):
        await sent.edit(content="words")
    route = Route("PATCH", "/channels/{channel_id}/messages/{id}", channel_id=room.id, id=sent.id)
    with pytest.raises(discord.HTTPException, match="taken back"):
        await bot.http.request(route, json={"content": "words", "flags": 0, "components": []})
