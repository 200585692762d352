"""Messages are edited and deleted by Telegram's rules, and no faster than it bears."""

from typing import Any

import pytest
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    Message,
)
from telegram.error import (
    BadRequest,
    RetryAfter,
)

from tests.telegram.limits import Allowed
from tests.telegram.person import Person
from tests.telegram.snaps import snap
from tests.telegram.values import Chat
from tests.telegram.world import World


@pytest.fixture
async def ana(world: World) -> Person:
    ana = Person(world, "Ana")
    await ana.types("hello")
    return ana


def button(**action: Any) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton("Go", **action)]])


class Card:
    """A message of the bot that is edited."""

    def __init__(self, bot: Bot, ana: Person) -> None:
        self.bot, self.ana = bot, ana

    async def posted(self) -> Message:
        return await self.bot.send_message(
            self.ana.chat.id, "one", reply_markup=button(callback_data="go")
        )


@pytest.fixture
def card(bot: Bot, ana: Person) -> Card:
    return Card(bot, ana)


async def test_a_text_message_gets_a_picture_and_then_another(card: Card):
    message = await card.posted()
    for spot in (1, 2):
        await message.edit_media(InputMediaPhoto(snap(spot=spot), caption=f"two {spot}"))
    seen = await card.ana.sees("two 2")
    assert [look.text for look in seen.looks] == ["one", "two 1", "two 2"]
    assert len(seen.pictures) == 2
    assert seen.labels == []


async def test_the_same_again_is_not_modified(card: Card):
    card.ana.world.limits.private = Allowed(every=0.01, burst=10)
    message = await card.posted()
    keyboard = button(callback_data="go")
    with pytest.raises(BadRequest, match="not modified"):
        await message.edit_text("one", reply_markup=keyboard)
    await message.edit_media(InputMediaPhoto(snap()), reply_markup=keyboard)
    with pytest.raises(BadRequest, match="not modified"):
        await message.edit_media(InputMediaPhoto(snap()), reply_markup=keyboard)
    await message.edit_reply_markup(None)
    with pytest.raises(BadRequest, match="not modified"):
        await message.edit_reply_markup(None)


async def test_text_and_caption_are_edited_by_methods_of_their_own(card: Card):
    card.ana.world.limits.private = Allowed(every=0.01, burst=10)
    message = await card.posted()
    with pytest.raises(BadRequest, match="no caption in the message"):
        await message.edit_caption("two")
    await message.edit_media(InputMediaPhoto(snap()))
    with pytest.raises(BadRequest, match="no text in the message"):
        await message.edit_text("two")
    await message.edit_caption("two")
    assert (await card.ana.sees("two")).picture is not None


async def test_a_document_takes_the_place_of_a_photo(card: Card):
    message = await card.posted()
    await message.edit_media(InputMediaPhoto(snap()))
    await message.edit_media(InputMediaDocument(b"%PDF", filename="a.pdf", caption="paper"))
    file = (await card.ana.sees("paper")).now.file
    assert file is not None
    assert file.content == b"%PDF"


async def test_a_message_that_is_gone_or_somebody_elses_cannot_be_edited(card: Card):
    hers = await card.ana.types("mine")
    with pytest.raises(BadRequest, match="can't be edited"):
        await card.bot.edit_message_text("two", card.ana.chat.id, hers.id)
    message = await card.posted()
    await message.delete()
    with pytest.raises(BadRequest, match="to edit not found"):
        await message.edit_text("two")
    with pytest.raises(BadRequest, match="to delete not found"):
        await message.delete()
    assert card.ana.looks() == []


async def fast(bot: Bot, chat: Chat, calls: int) -> int:
    """Write as fast as it goes; return how many messages it took until a 429."""
    for number in range(calls):
        try:
            await bot.send_message(chat.id, str(number))
        except RetryAfter:
            return number
    return calls


async def test_too_fast_is_answered_with_429_and_edits_count(bot: Bot, ana: Person, world: World):
    message = await bot.send_message(ana.chat.id, "one")
    for word in ("two", "three", "four"):
        await message.edit_text(word)
    assert await fast(bot, ana.chat, 5) == 0
    world.skip(10)
    assert await fast(bot, ana.chat, 10) == 4
    assert world.limits.refused == [ana.chat.id, ana.chat.id]


async def test_a_group_takes_about_twenty_a_minute(bot: Bot, world: World):
    group = world.new_chat("Us", "supergroup", privacy=True, topics=())
    taken = 0
    for _ in range(60):
        world.skip(1)
        taken += await fast(bot, group, 1)
    assert 12 <= taken <= 23
