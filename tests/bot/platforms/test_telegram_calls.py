"""What is shown on Telegram is what a person sees there, within Telegram's rules."""

import logging

import pytest

from bot.incoming import Place, Remote
from bot.platform import (
    Action,
    ChatGone,
    ChatMoved,
    FileTooLarge,
    Label,
    MessageGone,
    Platform,
    PlatformError,
    Rejected,
    Shown,
    SlowDown,
    Unreachable,
)
from bot.platforms.telegram import Telegram, open_telegram
from bot.platforms.telegram_account import TokenRefused, is_loopback
from bot.platforms.telegram_limits import cut
from tests.telegram.entities import units
from tests.telegram.faults import Fault, Kind
from tests.telegram.limits import Allowed
from tests.telegram.person import Person
from tests.telegram.snaps import snap
from tests.telegram.values import Chat
from tests.telegram.world import World

ROWS = ((Label("Undo", "s:1:undo"), Label("Refine", "s:1:refine")),)


@pytest.fixture(autouse=True)
def nobody_is_told_to_wait(world: World) -> None:
    world.limits.private = Allowed(every=0.001, burst=1000)


@pytest.fixture
async def ana(world: World) -> Person:
    ana = Person(world)
    await ana.types("hello")
    return ana


def place_of(chat: Chat, thread: int | None = None) -> Place:
    return Place(
        platform="telegram",
        chat=str(chat.id),
        thread=None if thread is None else str(thread),
        is_group=not chat.is_private,
    )


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


async def test_a_file_that_a_bot_may_not_fetch_is_too_large(telegram: Telegram, ana: Person):
    message = await ana.sends_file(bytes(20_000_001))
    assert message.now.file is not None
    with pytest.raises(FileTooLarge):
        await telegram.fetch(Remote(file=message.now.file.id))


async def test_a_file_that_there_cannot_be_is_rejected(telegram: Telegram):
    with pytest.raises(Rejected):
        await telegram.fetch(Remote(file="nonsense"))


async def test_a_file_that_is_not_there_now_can_be_tried_again(telegram: Telegram):
    with pytest.raises(Unreachable):
        await telegram.fetch(Remote(file="AgAC999999"))


@pytest.mark.parametrize("method", ["getFile", "file"])
@pytest.mark.parametrize("kind", [Kind.ERROR, Kind.PAGE, Kind.CUT_BEFORE, Kind.CUT_AFTER])
async def test_a_download_that_fails_can_be_tried_again(
    telegram: Telegram, ana: Person, world: World, method: str, kind: Kind
):
    content = snap(300, 300, encoding="PNG")
    message = await ana.sends_file(content)
    assert message.now.file is not None
    world.faults.plan(method, kind)
    with pytest.raises(Unreachable):
        await telegram.fetch(Remote(file=message.now.file.id))
    assert await telegram.fetch(Remote(file=message.now.file.id)) == content


async def test_a_link_that_ended_can_be_tried_again(
    telegram: Telegram, ana: Person, world: World, monkeypatch: pytest.MonkeyPatch
):
    message = await ana.sends_file(snap())
    assert message.now.file is not None
    monkeypatch.setattr("tests.telegram.reading.LINK_LIFE", -1.0)
    with pytest.raises(Unreachable):
        await telegram.fetch(Remote(file=message.now.file.id))


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Kind.ERROR, Unreachable),
        (Kind.PAGE, Unreachable),
        (Kind.CUT_BEFORE, Unreachable),
        (Kind.CUT_AFTER, Unreachable),
        (Fault(Kind.BUSY, 7), SlowDown),
    ],
)
@pytest.mark.parametrize(
    "method",
    [
        "sendMessage",
        "sendPhoto",
        "sendDocument",
        "editMessageText",
        "editMessageMedia",
        "editMessageCaption",
        "editMessageReplyMarkup",
        "sendChatAction",
        "answerCallbackQuery",
    ],
)
async def test_every_fault_of_every_method_is_told_as_the_platforms(
    telegram: Telegram,
    ana: Person,
    world: World,
    method: str,
    fault: Kind | Fault,
    error: type[PlatformError],
):
    place = place_of(ana.chat)
    card = await telegram.post(place, Shown(text="one", rows=ROWS))
    pictured = await telegram.post(place, Shown(text="one", picture=snap()))
    press = await ana.taps(await ana.sees(lambda message: str(message.id) == card), "Undo")
    calls = {
        "sendMessage": lambda: telegram.post(place, Shown(text="two")),
        "sendPhoto": lambda: telegram.post(place, Shown(text="two", picture=snap())),
        "sendDocument": lambda: telegram.send_file(place, b"two", "two.png"),
        "editMessageText": lambda: telegram.edit(place, card, Shown(text="two")),
        "editMessageMedia": lambda: telegram.edit(place, card, Shown(text="two", picture=snap())),
        "editMessageCaption": lambda: telegram.edit(place, pictured, Shown(text="two")),
        "editMessageReplyMarkup": lambda: telegram.strip(place, card),
        "sendChatAction": lambda: telegram.act(place, Action.TYPING),
        "answerCallbackQuery": lambda: telegram.answer(press.id, None),
    }
    world.faults.plan(method, fault)
    with pytest.raises(error) as raised:
        await calls[method]()
    if isinstance(raised.value, SlowDown):
        assert raised.value.seconds == 7
    await calls[method]()


async def test_a_stall_ends_as_unreachable(
    telegram: Telegram, ana: Person, world: World, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.platforms.telegram_account.PATIENCE", 0.2)
    world.faults.plan("sendMessage", Fault(Kind.STALL, 0.6))
    async with open_telegram(world.token, world.url) as hasty:
        with pytest.raises(Unreachable):
            await hasty.post(place_of(ana.chat), Shown(text="one"))


async def test_a_server_that_is_not_there_is_unreachable(ana: Person, world: World):
    async with open_telegram(world.token, "http://127.0.0.1:9") as telegram:
        with pytest.raises(Unreachable):
            await telegram.post(place_of(ana.chat), Shown(text="one"))


async def test_a_proxy_of_the_environment_is_not_asked_for_loopback(
    ana: Person, world: World, monkeypatch: pytest.MonkeyPatch
):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with open_telegram(world.token, world.url) as telegram:
        await telegram.post(place_of(ana.chat), Shown(text="one"))
    assert (await ana.sees("one")).labels == []


@pytest.mark.parametrize(
    ("address", "is_here"),
    [
        ("http://127.0.0.1:8081", True),
        ("http://localhost:8081", True),
        ("http://[::1]:8081", True),
        ("https://api.telegram.org", False),
        ("http://127.0.0.1.example.org", False),
    ],
)
def test_loopback_is_told_from_elsewhere(address: str, is_here: bool):
    assert is_loopback(address) == is_here


async def test_a_message_that_is_gone_is_told_and_stripping_it_is_no_error(
    telegram: Telegram, ana: Person
):
    place = place_of(ana.chat)
    message = await telegram.post(place, Shown(text="one", rows=ROWS))
    (await ana.sees("one")).is_deleted = True
    with pytest.raises(MessageGone):
        await telegram.edit(place, message, Shown(text="two"))
    with pytest.raises(MessageGone):
        await telegram.edit(place, message, Shown(text="two", picture=snap()))
    await telegram.strip(place, message)


async def test_whoever_blocked_the_bot_is_gone(telegram: Telegram, ana: Person):
    place = place_of(ana.chat)
    message = await telegram.post(place, Shown(text="one"))
    await ana.blocks()
    for call in (
        telegram.post(place, Shown(text="two")),
        telegram.edit(place, message, Shown(text="two")),
        telegram.act(place, Action.UPLOADING),
    ):
        with pytest.raises(ChatGone):
            await call


async def test_a_chat_or_topic_that_there_is_not_is_gone(telegram: Telegram, world: World):
    forum = world.new_chat("Us", "supergroup", privacy=True, topics=("Photos",))
    with pytest.raises(ChatGone):
        await telegram.post(place_of(forum, 999), Shown(text="one"))
    with pytest.raises(ChatGone):
        await telegram.post(Place(platform="telegram", chat="999"), Shown(text="one"))


async def test_a_group_that_moved_tells_where(telegram: Telegram, ana: Person, world: World):
    group = world.new_chat("Us", "group", privacy=True, topics=())
    larger = world.upgrade(group, ana.user)
    with pytest.raises(ChatMoved) as raised:
        await telegram.post(place_of(group), Shown(text="one"))
    assert raised.value.chat == str(larger.id)


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


async def test_too_many_calls_say_how_long_to_wait(telegram: Telegram, ana: Person, world: World):
    world.limits.private = Allowed(every=30.0, burst=1)
    await telegram.post(place_of(ana.chat), Shown(text="one"))
    with pytest.raises(SlowDown) as raised:
        await telegram.post(place_of(ana.chat), Shown(text="two"))
    assert 30 <= raised.value.seconds <= 31


async def test_a_wrong_token_is_refused_in_words_without_the_token(world: World):
    async with open_telegram("123456789:AAwrong_token_wrong_token", world.url) as telegram:
        with pytest.raises(TokenRefused, match="@BotFather") as raised:
            await telegram.account.meet()
    assert "AAwrong" not in str(raised.value)
    assert raised.value.__cause__ is None


@pytest.mark.parametrize("kind", list(Kind))
async def test_neither_the_token_nor_what_is_said_is_ever_logged(
    ana: Person, world: World, kind: Kind, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    async with open_telegram(world.token, world.url) as telegram:
        for method in ("getMe", "sendMessage"):
            world.faults.plan(method, Fault(kind, 1))
        for call in (
            telegram.account.meet(),
            telegram.post(place_of(ana.chat), Shown(text="a secret")),
            telegram.post(place_of(ana.chat), Shown(text="a secret", picture=snap())),
        ):
            try:
                await call
            except PlatformError as error:
                logging.getLogger("test").warning("%s %r", error, error)
    told = "\n".join(record.getMessage() for record in caplog.records if record.name != "asyncio")
    assert world.token.partition(":")[2] not in told
    assert "a secret" not in told
