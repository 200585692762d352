"""In groups and topics only what is meant for the bot is read, and where it was said is kept."""

import pytest
from telegram import Update, User

from bot.incoming import Photo, Said
from bot.platforms.telegram_updates import moved, translate
from tests.bot.platforms.reading import BOT, read, read_one
from tests.telegram.person import Person
from tests.telegram.snaps import snap
from tests.telegram.values import Chat, Look
from tests.telegram.world import World


@pytest.fixture
def world() -> World:
    return World(username=BOT)


@pytest.fixture
def ana(world: World) -> Person:
    return Person(world, "Ana", language="ko")


def group_of(world: World, *, topics: tuple[str, ...] = ()) -> Chat:
    return world.new_chat("Us", "supergroup", privacy=False, topics=topics)


async def test_a_press_in_a_group_is_always_for_the_bot(world: World, ana: Person):
    group = group_of(world, topics=("Photos",))
    (thread,) = group.topics
    message = world.post(group, world.bot, Look(text="card"), thread=thread)
    await ana.forges(message, "x")
    incoming = read_one(world)
    assert (incoming.place.is_group, incoming.place.thread) == (True, str(thread))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("/undo", "/undo"),
        ("/undo@toeframe_test_bot", "/undo"),
        ("/extend@Toeframe_Test_Bot 60%", "/extend 60%"),
        ("@toeframe_test_bot right_knee up 20", "right_knee up 20"),
        ("refine, @Toeframe_Test_Bot", "refine,"),
        ("@toeframe_test_bot", ""),
        ("/start abc-DEF_1", "/start abc-DEF_1"),
    ],
)
async def test_the_bots_own_name_is_taken_out(world: World, ana: Person, typed: str, said: str):
    for chat in (ana.chat, group_of(world)):
        world.queue.clear()
        await ana.types(typed, chat=chat)
        if typed != "/start abc-DEF_1" or chat.is_private:
            assert read_one(world).what == Said(said)


@pytest.mark.parametrize(
    "typed",
    [
        "hello everybody",
        "/undo@other_bot",
        "@toeframe_test_bot_2 undo",
        "mail@toeframe_test_bot",
        "@other_bot undo",
        "toeframe_test_bot",
    ],
)
async def test_what_people_say_to_each_other_in_a_group_is_dropped(
    world: World, ana: Person, typed: str
):
    await ana.types(typed, chat=group_of(world))
    assert read(world) == [None]


async def test_in_a_group_a_photo_must_mention_the_bot_or_reply_to_it(world: World, ana: Person):
    group = group_of(world)
    card = world.post(group, world.bot, Look(text="card"))
    own = await ana.sends_photo(snap(), "holidays", chat=group)
    await ana.sends_photo(snap(), chat=group, reply_to=own)
    assert read(world) == [None, None]
    world.queue.clear()
    await ana.sends_photo(snap(), "@toeframe_test_bot boots", chat=group)
    await ana.sends_photo(snap(), "/auto@toeframe_test_bot", chat=group)
    await ana.sends_photo(snap(), "shoes", chat=group, reply_to=card)
    photos = [incoming.what for incoming in read(world) if incoming]
    told = [photo.caption for photo in photos if isinstance(photo, Photo)]
    assert told == ["boots", "/auto", "shoes"]


async def test_a_caption_that_only_names_the_bot_is_none(world: World, ana: Person):
    await ana.sends_photo(snap(), "@toeframe_test_bot", chat=group_of(world))
    what = read_one(world).what
    assert isinstance(what, Photo)
    assert what.caption is None


async def test_a_topic_is_kept_and_its_first_message_is_no_reply(world: World, ana: Person):
    forum = group_of(world, topics=("Photos",))
    (thread,) = forum.topics
    opened = world.post(
        forum, world.bot, Look(), extra={"forum_topic_created": {"name": "Photos", "icon_color": 1}}
    )
    await ana.types("hello", chat=forum, reply_to=opened, thread=thread)
    await ana.types("/undo", chat=forum, reply_to=opened, thread=thread)
    nobody, command = read(world)
    assert nobody is None
    assert command is not None
    assert (command.place.thread, command.reply_to) == (str(thread), None)


async def test_a_thread_of_replies_outside_of_topics_is_no_topic(world: World, ana: Person):
    group = group_of(world)
    card = world.post(group, world.bot, Look(text="card"))
    message = await ana.types("undo", chat=group, reply_to=card)
    told = message.wire() | {"message_thread_id": card.id}
    world.queue.clear()
    world.queue.put("message", group.id, told)
    assert read_one(world).place.thread is None


async def test_bots_channels_and_nobody_are_not_answered(world: World, ana: Person):
    group = group_of(world)
    by_bot = await ana.types("/undo", chat=group)
    robot = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
    channel = world.new_chat("News", "channel", privacy=False, topics=())
    world.queue.clear()
    world.queue.put("message", group.id, by_bot.wire() | {"from": robot})
    without = {name: told for name, told in by_bot.wire().items() if name != "from"}
    world.queue.put("message", group.id, without)
    await ana.types("/undo", chat=channel)
    assert read(world) == [None, None, None]


async def test_a_group_that_moved_says_from_where_to_where(world: World, ana: Person):
    group = world.new_chat("Us", "group", privacy=True, topics=())
    larger = world.upgrade(group, ana.user)
    updates = [Update.de_json(waiting.wire()) for waiting in world.queue.waiting]
    assert [moved(update) for update in updates] == [(str(group.id), str(larger.id)), None]
    assert read(world) == [None, None]


@pytest.mark.parametrize("username", [BOT, None])
async def test_a_bot_without_a_name_is_not_meant_by_every_at_sign(
    username: str | None, ana: Person, world: World
):
    me = User(id=world.bot.id, first_name="x", is_bot=True, username=username)
    await ana.types("see you @ six", chat=group_of(world))
    (waiting,) = world.queue.waiting
    assert translate(Update.de_json(waiting.wire()), me) is None
