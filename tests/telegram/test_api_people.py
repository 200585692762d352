"""What people do reaches a bot as Telegram would tell it, in groups only what is meant for it."""

import pytest
from telegram import Bot, CallbackQuery

from tests.telegram.person import Person
from tests.telegram.snaps import snap
from tests.telegram.values import Chat
from tests.telegram.world import World


@pytest.fixture
def ana(world: World) -> Person:
    return Person(world, "Ana", language="ko")


async def test_a_press_on_a_very_old_message_carries_no_content(
    bot: Bot, ana: Person, world: World
):
    message = await ana.types("one")
    world.skip(3 * 24 * 3600)
    await ana.forges(message, "x")
    (update,) = await bot.get_updates()
    query: CallbackQuery | None = update.callback_query
    assert query is not None
    assert query.message is not None
    assert not query.message.is_accessible
    assert query.message.message_id == message.id


async def seen_in(bot: Bot, ana: Person, chat: Chat) -> list[str | None]:
    message = await bot.send_message(chat.id, "the bot's")
    place = chat.messages[message.message_id]
    own = await ana.types("her own", chat=chat)
    await ana.types("/undo", chat=chat)
    await ana.types("/undo@toeframe_test_bot", chat=chat)
    await ana.types("/undo@other_bot", chat=chat)
    await ana.types("look, @Toeframe_test_bot", chat=chat)
    await ana.types("an answer", chat=chat, reply_to=place)
    await ana.types("to herself", chat=chat, reply_to=own)
    await ana.sends_photo(snap(), "a photo", chat=chat)
    await ana.sends_photo(snap(), "@toeframe_test_bot a photo", chat=chat)
    updates = await bot.get_updates()
    return [
        update.message and (update.message.text or update.message.caption) for update in updates
    ]


async def test_in_privacy_mode_a_bot_sees_only_what_is_meant_for_it(
    bot: Bot, ana: Person, world: World
):
    group = world.new_chat("Us", "supergroup", privacy=True, topics=())
    assert await seen_in(bot, ana, group) == [
        "/undo",
        "/undo@toeframe_test_bot",
        "look, @Toeframe_test_bot",
        "an answer",
        "@toeframe_test_bot a photo",
    ]


async def test_without_privacy_mode_a_bot_sees_everything(bot: Bot, ana: Person, world: World):
    group = world.new_chat("Us", "supergroup", privacy=False, topics=())
    assert len(await seen_in(bot, ana, group)) == 9


async def test_an_album_is_as_many_updates_with_one_number(bot: Bot, ana: Person):
    await ana.sends_album([snap(spot=1), snap(spot=2), snap(spot=3)], "three")
    messages = [update.message for update in await bot.get_updates()]
    assert [message and message.caption for message in messages] == ["three", None, None]
    assert len({message and message.media_group_id for message in messages}) == 1


async def test_forwarded_edited_and_other_messages_look_like_telegrams(bot: Bot, ana: Person):
    photo = await ana.sends_photo(snap(), "mine", is_forwarded=True)
    await ana.edits(photo, "ours")
    await ana.sends("location", {"latitude": 37.5, "longitude": 127.0})
    forwarded, edited, place = await bot.get_updates()
    assert forwarded.message is not None
    assert forwarded.message.forward_origin is not None
    assert edited.edited_message is not None
    assert (edited.edited_message.caption, edited.message) == ("ours", None)
    assert place.message is not None
    assert place.message.location is not None


async def test_a_channels_posts_are_no_messages(bot: Bot, ana: Person, world: World):
    channel = world.new_chat("News", "channel", privacy=False, topics=())
    await ana.types("news", chat=channel)
    (update,) = await bot.get_updates()
    assert update.channel_post is not None
    assert update.channel_post.from_user is None


async def test_an_upgraded_group_says_so_in_both_chats(bot: Bot, ana: Person, world: World):
    group = world.new_chat("Us", "group", privacy=True, topics=())
    larger = world.upgrade(group, ana.user)
    old, new = [update.message for update in await bot.get_updates()]
    assert old is not None
    assert new is not None
    assert (old.chat.id, old.migrate_to_chat_id) == (group.id, larger.id)
    assert (new.chat.id, new.migrate_from_chat_id) == (larger.id, group.id)
