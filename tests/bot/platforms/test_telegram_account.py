"""A bot's connection to Telegram: whom it asks, its token, its menu, and what is never logged."""

import logging

import pytest

from bot.platform import (
    PlatformError,
    Shown,
)
from bot.platforms.addresses import is_loopback
from bot.platforms.telegram import Telegram, open_telegram
from bot.platforms.telegram_account import TokenRefused
from tests.bot.platforms.book import place_of
from tests.faults import Fault, Kind
from tests.telegram.person import Person
from tests.telegram.snaps import snap
from tests.telegram.world import World


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


async def test_the_menu_is_set_in_each_language(telegram: Telegram, world: World):
    await telegram.account.set_menu({None: [("undo", "Undo")], "ko": [("undo", "되돌리기")]})
    assert Person(world, "Ana", "ko").menu() == [("undo", "되돌리기")]
    assert Person(world, "Ben", "de").menu() == [("undo", "Undo")]
