"""What is shown on Telegram is what a person sees there, within Telegram's rules."""

import pytest

from bot.incoming import Remote
from bot.platform import (
    Action,
    FileTooLarge,
    Label,
    Platform,
    Rejected,
    Shown,
)
from bot.platforms.telegram import Telegram, open_telegram
from bot.platforms.telegram_limits import cut
from tests.bot.platforms.book import place_of
from tests.telegram.entities import units
from tests.telegram.limits import Allowed
from tests.telegram.person import Person
from tests.telegram.snaps import snap
from tests.telegram.world import World

ROWS = ((Label("Undo", "s:1:undo"), Label("Refine", "s:1:refine")),)


@pytest.fixture(autouse=True)
def nobody_is_told_to_wait(world: World) -> None:
    world.limits.private = Allowed(every=0.001, burst=1000)


async def test_a_card_is_posted_as_text_and_gets_its_pictures_by_edits(
    telegram: Platform, ana: Person
):
    place = place_of(ana.chat)
    message = await telegram.post(place, Shown(text="In the queue", rows=ROWS))
    await telegram.edit(place, message, Shown(text="Here", rows=ROWS, picture=snap(spot=1)))
    await telegram.edit(place, message, Shown(text="Here again", picture=snap(spot=2)))
    seen = await ana.sees("Here again")
    assert str(seen.id) == message
    assert [look.text for look in seen.looks] == ["In the queue", "Here", "Here again"]
    assert [look.labels for look in seen.looks] == [[["Undo", "Refine"]]] * 2 + [[]]
    assert len(seen.pictures) == 2
    assert len(ana.looks()) == 1


async def test_a_picture_may_come_with_the_post(telegram: Telegram, ana: Person):
    place = place_of(ana.chat)
    message = await telegram.post(place, Shown(text="A sample", picture=snap(), rows=ROWS))
    await telegram.edit(place, message, Shown(text="Other words"))
    seen = await ana.sees("Other words")
    assert seen.picture is not None


async def test_words_over_a_picture_change_even_for_a_bot_that_was_restarted(
    telegram: Telegram, ana: Person, world: World
):
    place = place_of(ana.chat)
    message = await telegram.post(place, Shown(text="one", picture=snap()))
    async with open_telegram(world.token, world.url) as restarted:
        await restarted.edit(place, message, Shown(text="two"))
        await restarted.edit(place, message, Shown(text="three"))
    assert (await ana.sees("three")).picture is not None
    assert world.calls[-3:] == ["editMessageText", "editMessageCaption", "editMessageCaption"]


async def test_the_same_content_again_is_no_error(telegram: Telegram, ana: Person):
    place = place_of(ana.chat)
    message = await telegram.post(place, Shown(text="one", rows=ROWS))
    await telegram.edit(place, message, Shown(text="one", rows=ROWS))
    for _ in range(2):
        await telegram.edit(place, message, Shown(text="one", picture=snap()))
    for _ in range(2):
        await telegram.strip(place, message)
    assert len((await ana.sees("one")).looks) == 2


async def test_text_is_never_read_as_markup(telegram: Telegram, ana: Person):
    told = "a <b & _*[ 😀 `x` \u202e가"
    await telegram.post(place_of(ana.chat), Shown(text=told))
    assert (await ana.sees("a <b")).text == told


async def test_words_that_are_too_long_are_cut_where_telegram_would_refuse_them(
    telegram: Telegram, ana: Person
):
    place = place_of(ana.chat)
    message = await telegram.post(place, Shown(text="😀" * 3000))
    await telegram.edit(place, message, Shown(text="x" + "😀" * 3000, picture=snap()))
    post, edit = (await ana.sees("😀")).looks
    assert (units(post.text), units(edit.text)) == (4095, 1024)
    assert post.text.endswith("😀…")
    assert edit.text.endswith("😀…")


@pytest.mark.parametrize(
    ("text", "cut_text"),
    [("abcd", "abcd"), ("abcde", "abc…"), ("a😀b", "a😀b"), ("ab😀c", "ab…"), ("😀😀😀", "😀…")],
)
def test_a_cut_never_leaves_half_of_a_character(text: str, cut_text: str):
    assert cut(text, 4) == cut_text


async def test_a_row_of_more_than_eight_buttons_goes_on_in_the_next(
    telegram: Telegram, ana: Person
):
    row = tuple(Label(str(number), str(number)) for number in range(18))
    await telegram.post(place_of(ana.chat), Shown(text="Joints", rows=(row,)))
    assert [len(labels) for labels in (await ana.sees("Joints")).labels] == [8, 8, 2]


@pytest.mark.parametrize(
    "picture",
    [
        snap(420, 20),
        snap(9000, 1001, encoding="PNG"),
        snap() + bytes(10_000_000),
        b"no picture",
        b"",
    ],
)
async def test_a_picture_that_telegram_refuses_is_not_even_sent(
    telegram: Telegram, ana: Person, world: World, picture: bytes
):
    place = place_of(ana.chat)
    message = await telegram.post(place, Shown(text="one"))
    with pytest.raises(Rejected):
        await telegram.edit(place, message, Shown(text="two", picture=picture))
    with pytest.raises(Rejected):
        await telegram.post(place, Shown(text="two", picture=picture))
    assert world.calls == ["sendMessage"]


async def test_a_file_arrives_byte_for_byte_under_its_name(telegram: Telegram, ana: Person):
    content = snap(encoding="PNG")
    await telegram.send_file(place_of(ana.chat), content, "발.png", caption="x" * 2000)
    file = (await ana.sees("xxx")).now.file
    assert file is not None
    assert (file.name, file.content) == ("발.png", content)


async def test_a_file_that_is_too_large_is_not_even_sent(
    telegram: Telegram, ana: Person, world: World
):
    with pytest.raises(FileTooLarge):
        await telegram.send_file(place_of(ana.chat), bytes(50_000_001), "large.png")
    assert world.calls == []


async def test_a_photo_that_somebody_sent_is_fetched(telegram: Telegram, ana: Person):
    content = snap(300, 300, encoding="PNG")
    message = await ana.sends_file(content)
    assert message.now.file is not None
    assert await telegram.fetch(Remote(file=message.now.file.id)) == content


async def test_everything_in_a_topic_stays_in_it(telegram: Telegram, world: World):
    forum = world.new_chat("Us", "supergroup", privacy=True, topics=("Photos", "Chat"))
    world.limits.group = Allowed(every=0.001, burst=1000)
    thread = list(forum.topics)[1]
    place = place_of(forum, thread)
    await telegram.post(place, Shown(text="one"))
    await telegram.post(place, Shown(text="two", picture=snap()))
    await telegram.send_file(place, b"three", "three.png")
    await telegram.act(place, Action.UPLOADING)
    assert [message.thread for message in forum.messages.values()] == [thread] * 3
    assert forum.shows == ["upload_photo"]


async def test_a_reply_goes_to_its_message_even_if_that_is_gone(telegram: Telegram, ana: Person):
    place = place_of(ana.chat)
    hers = await ana.types("undo")
    await telegram.post(place, Shown(text="one"), reply_to=str(hers.id))
    hers.is_deleted = True
    await telegram.post(place, Shown(text="two"), reply_to=str(hers.id))
    one, two = ana.looks()
    assert one.reply_to is hers
    assert two.reply_to is None


async def test_a_press_is_answered_and_one_that_is_too_late_is_no_error(
    telegram: Telegram, ana: Person, world: World
):
    press = await ana.forges(await ana.types("one"), "x")
    await telegram.answer(press.id, "가" * 300)
    told = await ana.is_answered(press)
    assert told is not None
    assert units(told) == 200
    await telegram.answer(press.id, "again")
    late = await ana.forges(await ana.types("one"), "x")
    world.skip(60)
    await telegram.answer(late.id, None)
    assert late.answers == []
