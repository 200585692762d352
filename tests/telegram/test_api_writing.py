"""The server refuses what Telegram refuses; seen with the library's own client."""

import asyncio
import io
from typing import Any

import pytest
from PIL import Image
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    ReplyParameters,
    WebAppInfo,
)
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
)

from tests.telegram.client import client
from tests.telegram.entities import FormatError, parse
from tests.telegram.person import Person
from tests.telegram.snaps import snap
from tests.telegram.world import World


@pytest.fixture
async def ana(world: World) -> Person:
    ana = Person(world, "Ana")
    await ana.types("hello")
    return ana


def button(**action: Any) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton("Go", **action)]])


async def test_the_library_gets_to_know_the_bot(bot: Bot, world: World):
    assert bot.username == world.bot.username


async def test_a_wrong_token_is_refused(world: World):
    with pytest.raises(InvalidToken):
        async with client(world, "1:wrong"):
            pass


@pytest.mark.parametrize("text", ["", "  \n ", "x" * 4097, "😀" * 2049])
async def test_a_text_that_is_empty_or_too_long_is_refused(bot: Bot, ana: Person, text: str):
    with pytest.raises(BadRequest):
        await bot.send_message(ana.chat.id, text)


async def test_2048_emoji_just_fit_and_are_counted_as_two_units_each(bot: Bot, ana: Person):
    await bot.send_message(ana.chat.id, "😀" * 2048)
    assert (await ana.sees("😀")).text == "😀" * 2048


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ({"callback_data": "x" * 65}, "Button_data_invalid"),
        ({"callback_data": "가" * 22}, "Button_data_invalid"),
        ({"callback_data": "x", "url": "https://example.org"}, "one action field"),
        ({}, "one action field"),
        ({"web_app": WebAppInfo("http://example.org")}, "only https"),
    ],
)
async def test_a_wrong_button_is_refused(bot: Bot, ana: Person, action: Any, told: str):
    with pytest.raises(BadRequest, match=told):
        await bot.send_message(ana.chat.id, "look", reply_markup=button(**action))


async def test_a_web_app_button_is_refused_in_a_group(bot: Bot, world: World):
    group = world.new_chat("Us", "supergroup", privacy=True, topics=())
    with pytest.raises(BadRequest, match="Button_type_invalid"):
        await bot.send_message(
            group.id, "look", reply_markup=button(web_app=WebAppInfo("https://example.org"))
        )


@pytest.mark.parametrize(("rows", "columns"), [(1, 9), (13, 8)])
async def test_a_keyboard_has_at_most_8_buttons_in_a_row_and_100_in_all(
    bot: Bot, ana: Person, rows: int, columns: int
):
    row = [InlineKeyboardButton("Go", callback_data="x")] * columns
    with pytest.raises(BadRequest, match="too long"):
        await bot.send_message(ana.chat.id, "look", reply_markup=InlineKeyboardMarkup([row] * rows))


async def test_a_photo_is_seen_as_a_small_jpeg_and_not_as_it_was_sent(bot: Bot, ana: Person):
    message = await bot.send_photo(ana.chat.id, snap(1400, 100, encoding="PNG"), caption="big")
    assert [size.width for size in message.photo] == [90, 320, 800, 1280]
    seen = (await ana.sees("big")).picture
    assert seen is not None
    assert Image.open(io.BytesIO(seen)).format == "JPEG"


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (snap(8000, 2001), "Photo_invalid_dimensions"),
        (snap(210, 10), "Photo_invalid_dimensions"),
        (b"no picture", "Image_process_failed"),
        (snap(encoding="PNG")[:60], "Image_process_failed"),
        (snap() + bytes(10_000_000), "too big for a photo"),
    ],
)
async def test_a_photo_that_telegram_does_not_take_is_refused(
    bot: Bot, ana: Person, content: bytes, told: str
):
    with pytest.raises(BadRequest, match=told):
        await bot.send_photo(ana.chat.id, content)


async def test_a_file_arrives_byte_for_byte(bot: Bot, ana: Person):
    content = snap(encoding="PNG")
    await bot.send_document(ana.chat.id, content, filename="result.png", caption="file")
    file = (await ana.sees("file")).now.file
    assert file is not None
    assert (file.name, file.mime, file.content) == ("result.png", "image/png", content)


async def test_a_file_of_more_than_50_mb_is_refused_before_it_is_read(world: World):
    port = int(world.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"POST /bot{world.token}/sendDocument HTTP/1.1\r\nHost: localhost\r\n"
        "Content-Length: 50200000\r\n\r\n".encode()
    )
    assert b" 413 " in await reader.readline()
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("mode", ["HTML", "MarkdownV2"])
async def test_a_caption_is_measured_without_its_marks(bot: Bot, ana: Person, mode: str):
    marked = {"HTML": "<b>{}</b>", "MarkdownV2": "*{}*"}[mode]
    await bot.send_photo(ana.chat.id, snap(), marked.format("x" * 1024), parse_mode=mode)
    with pytest.raises(BadRequest, match="caption is too long"):
        await bot.send_photo(ana.chat.id, snap(), marked.format("x" * 1025), parse_mode=mode)


def test_entities_are_measured_in_utf_16_units():
    assert parse("😀 <b>가😀</b>", "HTML") == (
        "😀 가😀",
        [{"type": "bold", "offset": 3, "length": 3}],
    )
    assert parse(r"😀 *가😀* 1\.", "MarkdownV2")[0] == "😀 가😀 1."


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("a <b", "HTML"),
        ("<b>bold", "HTML"),
        ("<b><i>x</b></i>", "HTML"),
        ("<marquee>", "HTML"),
        ("1.", "MarkdownV2"),
        ("*bold", "MarkdownV2"),
        ("_*[", "MarkdownV2"),
    ],
)
def test_broken_markup_is_refused(text: str, mode: str):
    with pytest.raises(FormatError):
        parse(text, mode)


async def test_a_bot_cannot_write_first_nor_to_whom_blocked_it(bot: Bot, world: World):
    ben = Person(world, "Ben")
    with pytest.raises(Forbidden, match="initiate"):
        await bot.send_message(ben.chat.id, "hello")
    await ben.types("hello")
    await ben.blocks()
    with pytest.raises(Forbidden, match="blocked by the user"):
        await bot.send_message(ben.chat.id, "hello")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(17, "hello")


async def test_a_group_that_was_upgraded_tells_its_new_id(bot: Bot, ana: Person, world: World):
    group = world.new_chat("Us", "group", privacy=True, topics=())
    larger = world.upgrade(group, ana.user)
    with pytest.raises(ChatMigrated) as raised:
        await bot.send_message(group.id, "hello")
    assert raised.value.new_chat_id == larger.id


async def test_a_topic_must_be_there_and_so_must_a_message_to_reply_to(bot: Bot, world: World):
    forum = world.new_chat("Us", "supergroup", privacy=True, topics=("Photos",))
    (thread,) = forum.topics
    message = await bot.send_message(forum.id, "here", message_thread_id=thread)
    assert (message.message_thread_id, message.is_topic_message) == (thread, True)
    with pytest.raises(BadRequest, match="thread not found"):
        await bot.send_message(forum.id, "there", message_thread_id=thread + 1000)
    with pytest.raises(BadRequest, match="to be replied not found"):
        await bot.send_message(forum.id, "re", reply_parameters=ReplyParameters(1))
    lost = ReplyParameters(1, allow_sending_without_reply=True)
    assert (await bot.send_message(forum.id, "re", reply_parameters=lost)).reply_to_message is None


async def test_an_action_that_telegram_does_not_know_is_refused(bot: Bot, ana: Person):
    await bot.send_chat_action(ana.chat.id, "typing")
    with pytest.raises(BadRequest, match="rong parameter action"):
        await bot.send_chat_action(ana.chat.id, "dancing")
    assert ana.chat.shows == ["typing"]
