"""What Telegram refuses, and what goes wrong on the way, is told as the platform's errors."""

import pytest

from bot.incoming import Place, Remote
from bot.platform import (
    Action,
    ChatGone,
    ChatMoved,
    FileTooLarge,
    Label,
    MessageGone,
    PlatformError,
    Rejected,
    Shown,
    SlowDown,
    Unreachable,
)
from bot.platforms.telegram import Telegram, open_telegram
from tests.bot.platforms.book import place_of
from tests.faults import Fault, Kind
from tests.telegram.limits import Allowed
from tests.telegram.person import Person
from tests.telegram.snaps import snap
from tests.telegram.world import World

ROWS = ((Label("Undo", "s:1:undo"), Label("Refine", "s:1:refine")),)


@pytest.fixture(autouse=True)
def nobody_is_told_to_wait(world: World) -> None:
    world.limits.private = Allowed(every=0.001, burst=1000)


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


async def test_too_many_calls_say_how_long_to_wait(telegram: Telegram, ana: Person, world: World):
    world.limits.private = Allowed(every=30.0, burst=1)
    await telegram.post(place_of(ana.chat), Shown(text="one"))
    with pytest.raises(SlowDown) as raised:
        await telegram.post(place_of(ana.chat), Shown(text="two"))
    assert 30 <= raised.value.seconds <= 31
