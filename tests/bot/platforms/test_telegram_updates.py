"""What people do on Telegram is read as what it is, and what is not for the bot is dropped."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import Update

from bot.events import Strange
from bot.incoming import Odd, Photo, PressedButton, Remote, Said
from bot.platforms.telegram_updates import translate
from tests.bot.platforms.reading import BOT, me_of, read, read_one
from tests.telegram.person import Person
from tests.telegram.snaps import snap
from tests.telegram.values import Look, Message
from tests.telegram.world import World


@pytest.fixture
def world() -> World:
    return World(username=BOT)


@pytest.fixture
def ana(world: World) -> Person:
    return Person(world, "Ana", language="ko")


async def test_a_typed_line_says_who_said_it_and_where(world: World, ana: Person):
    message = await ana.types("right_knee up 20")
    incoming = read_one(world)
    assert incoming.what == Said("right_knee up 20")
    assert incoming.source == f"tg:{world.bot.id}:{world.queue.waiting[0].id}"
    assert (incoming.sender.id, incoming.sender.language) == (str(ana.user.id), "ko")
    assert (incoming.place.platform, incoming.place.chat) == ("telegram", str(ana.chat.id))
    assert (incoming.place.thread, incoming.place.is_group) == (None, False)
    assert (incoming.message, incoming.reply_to) == (str(message.id), None)


async def test_a_photo_is_fetched_in_its_largest_size_and_its_caption_kept(
    world: World, ana: Person
):
    message = await ana.sends_photo(snap(1000, 500), "in red boots")
    largest = message.now.photo[-1]
    assert largest.size == (1000, 500)
    remote = Remote(file=largest.id, size=len(largest.content))
    assert read_one(world).what == Photo(remote=remote, caption="in red boots")


@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("a.png", "image/png"),
        ("a.HEIC", "application/octet-stream"),
        ("a.jpeg", None),
        (None, "image/webp"),
        ("no_ending", "image/tiff"),
    ],
)
async def test_a_file_is_a_photo_by_its_kind_or_its_name(
    world: World, ana: Person, name: str | None, mime: str | None
):
    message = await ana.sends_file(snap(), name, mime, "boots")
    assert message.now.file is not None
    remote = Remote(file=message.now.file.id, size=len(snap()), name=name)
    assert read_one(world).what == Photo(remote=remote, caption="boots")


@pytest.mark.parametrize(
    ("name", "mime", "what"),
    [
        ("a.pdf", "application/pdf", Strange.OTHER),
        (None, None, Strange.OTHER),
        ("a.mp4", "video/mp4", Strange.VIDEO),
        ("png", None, Strange.OTHER),
    ],
)
async def test_any_other_file_is_odd(
    world: World, ana: Person, name: str | None, mime: str | None, what: Strange
):
    await ana.sends_file(b"%PDF", name, mime)
    assert read_one(world).what == Odd(what)


FILE = {"file_id": "f", "file_unique_id": "u"}


ODD: list[tuple[dict[str, Any], Strange]] = [
    (
        {
            "sticker": FILE
            | {
                "width": 1,
                "height": 1,
                "is_animated": False,
                "is_video": False,
                "type": "regular",
            }
        },
        Strange.STICKER,
    ),
    ({"video": FILE | {"width": 1, "height": 1, "duration": 1}}, Strange.VIDEO),
    ({"video_note": FILE | {"length": 1, "duration": 1}}, Strange.VIDEO),
    (
        {"animation": FILE | {"width": 1, "height": 1, "duration": 1}, "document": FILE},
        Strange.VIDEO,
    ),
    ({"voice": FILE | {"duration": 1}}, Strange.VOICE),
    ({"audio": FILE | {"duration": 1}}, Strange.VOICE),
    ({"location": {"latitude": 1.0, "longitude": 2.0}}, Strange.LOCATION),
    (
        {
            "venue": {
                "location": {"latitude": 1.0, "longitude": 2.0},
                "title": "t",
                "address": "a",
            },
            "location": {"latitude": 1.0, "longitude": 2.0},
        },
        Strange.LOCATION,
    ),
    ({"contact": {"phone_number": "1", "first_name": "x"}}, Strange.OTHER),
    ({"dice": {"emoji": "🎲", "value": 3}}, Strange.OTHER),
]


@pytest.mark.parametrize(("told", "what"), ODD, ids=lambda value: str(value)[:20])
async def test_what_is_neither_photo_nor_words_is_odd(
    world: World, ana: Person, told: dict[str, Any], what: Strange
):
    world.queue.put("message", ana.chat.id, _with(ana, told))
    assert read_one(world).what == Odd(what)


def _with(ana: Person, told: dict[str, Any]) -> dict[str, Any]:
    message = Message(id=5, chat=ana.chat, sender=ana.user, date=1, looks=[Look()])
    return message.wire() | told


@pytest.mark.parametrize(
    "told",
    [
        {"new_chat_members": [{"id": 1, "is_bot": False, "first_name": "x"}]},
        {"pinned_message": {"message_id": 1, "date": 0, "chat": {"id": 1, "type": "private"}}},
        {"group_chat_created": True},
        {"something_of_next_year": {"a": 1}},
    ],
)
async def test_what_nobody_sent_on_purpose_is_dropped(
    world: World, ana: Person, told: dict[str, Any]
):
    world.queue.put("message", ana.chat.id, _with(ana, told))
    assert read(world) == [None]


async def test_each_photo_of_an_album_is_a_photo_of_its_own(world: World, ana: Person):
    await ana.sends_album([snap(spot=1), snap(spot=2)], "two")
    photos = [incoming and incoming.what for incoming in read(world)]
    assert [photo.caption for photo in photos if isinstance(photo, Photo)] == ["two", None]


async def test_a_forwarded_photo_is_a_photo_of_whoever_forwarded_it(world: World, ana: Person):
    await ana.sends_photo(snap(), is_forwarded=True)
    incoming = read_one(world)
    assert isinstance(incoming.what, Photo)
    assert incoming.sender.id == str(ana.user.id)


async def test_an_edited_message_is_no_new_one(world: World, ana: Person):
    message = await ana.sends_photo(snap(), "one")
    world.queue.clear()
    await ana.edits(message, "two")
    assert read(world) == [None]


async def test_a_press_says_what_was_pressed_and_under_which_message(world: World, ana: Person):
    message = await ana.types("one")
    world.queue.clear()
    press = await ana.forges(message, "abcdefgh:1:undo")
    incoming = read_one(world)
    assert incoming.what == PressedButton(
        press=press.id, carried="abcdefgh:1:undo", message=str(message.id)
    )
    assert incoming.message is None


async def test_a_press_on_a_message_too_old_to_be_shown_still_names_it(world: World, ana: Person):
    message = await ana.types("one")
    world.queue.clear()
    world.skip(72 * 3600)
    await ana.forges(message, "abcdefgh:1:undo")
    incoming = read_one(world)
    assert isinstance(incoming.what, PressedButton)
    assert incoming.what.message == str(message.id)
    assert incoming.place.chat == str(ana.chat.id)


async def test_a_reply_names_the_message_that_it_replies_to(world: World, ana: Person):
    card = world.post(ana.chat, world.bot, Look(text="card"))
    await ana.types("undo", reply_to=card)
    assert read_one(world).reply_to == str(card.id)


async def test_what_a_database_does_not_take_is_left_out(world: World, ana: Person):
    await ana.types("a\0b\ud83dc")
    assert read_one(world).what == Said("abc")
    world.queue.clear()
    await ana.forges(await ana.types("card"), "s:1:\0\udc00undo")
    what = read(world)[-1]
    assert what is not None
    assert isinstance(what.what, PressedButton)
    assert what.what.carried == "s:1:undo"


@given(text=st.text(max_size=60), kind=st.sampled_from(["private", "supergroup", "channel"]))
def test_no_text_can_break_the_reading(text: str, kind: str):
    world = World(username=BOT)
    told = {
        "message_id": 1,
        "date": 1,
        "chat": {"id": 1, "type": kind},
        "from": {"id": 2, "is_bot": False, "first_name": "x"},
        "text": text,
    }
    update = Update.de_json(json.loads(json.dumps({"update_id": 1, "message": told})))
    incoming = translate(update, me_of(world))
    if kind == "private":
        assert incoming is not None
        assert isinstance(incoming.what, Said)
        assert "@" + BOT not in incoming.what.text.lower().split()
    if kind == "channel":
        assert incoming is None
