"""What interactions are to the bot, and what can be done about them, without a connection."""

import time
from typing import Any

import pytest

from bot.incoming import Photo, Place, PressedButton, Said
from bot.platform import MessageGone, Shown
from bot.platforms.discord import Discord
from bot.platforms.discord_account import Account
from bot.platforms.discord_grants import Grants
from bot.platforms.discord_limits import EPOCH, TOKEN_LIFE, written_at
from bot.platforms.discord_updates import read_grant, read_interaction, wants_form

Json = dict[str, Any]
GUILD: Json = {"context": 0, "app_permissions": str(1 << 10 | 1 << 11)}
ATTACHMENT: Json = {"id": "5", "filename": "me.jpg", "url": "https://cdn/x", "size": 3}


def told(kind: int, data: Json, **more: object) -> Json:
    known: Json = {"id": "7", "token": "t", "type": kind, "data": data, "channel_id": "3"}
    who: Json = {"user": {"id": "9"}, "locale": "ko", "context": 1}
    return known | who | {"message": {"id": "8"} if kind == 3 else None} | more


def called(name: str, **options: object) -> Json:
    listed = [{"name": one, "value": value} for one, value in options.items()]
    resolved = {"attachments": {"5": ATTACHMENT}}
    return {"name": name, "type": 1, "options": listed, "resolved": resolved}


def test_a_button_and_an_offer_of_a_menu_are_the_same_press():
    button = read_interaction(told(3, {"custom_id": "abc:1:undo"}), 1)
    offer = read_interaction(told(3, {"custom_id": "menu:0", "values": ["abc:1:undo"]}), 1)
    assert button == offer
    assert button is not None
    assert button.what == PressedButton(press="7", carried="abc:1:undo", message="8")
    assert (button.source, button.sender.language) == ("dc:1:7", "ko")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (called("say", words="left_knee up 3"), "left_knee up 3"),
        (called("refine"), "refine"),
        (called("extend", words=" 60% "), "extend 60%"),
    ],
)
def test_a_command_is_what_one_would_type(data: Json, said: str):
    incoming = read_interaction(told(2, data), 1)
    assert incoming is not None
    assert incoming.what == Said(said)


def test_a_photo_comes_with_its_words():
    incoming = read_interaction(told(2, called("feet", photo="5", words="jeans")), 1)
    assert incoming is not None
    assert isinstance(incoming.what, Photo)
    assert (incoming.what.remote.file, incoming.what.caption) == ("https://cdn/x", "jeans")


@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (called("feet"), "feet"),
        (called("feet", photo="5"), None),
        (called("say", words=" "), "say"),
        (called("extend"), "extend"),
        (called("refine"), None),
    ],
)
def test_a_form_is_wanted_only_where_something_lacks(data: Json, wanted: str | None):
    assert wants_form(told(2, data)) == wanted


@pytest.mark.parametrize(
    ("where", "is_away"),
    [
        ({"context": 1}, False),
        ({"context": 2, "authorizing_integration_owners": {"1": "9"}}, True),
        (GUILD | {"authorizing_integration_owners": {"0": "4"}}, False),
        (GUILD | {"authorizing_integration_owners": {"1": "9"}}, True),
        (GUILD | {"app_permissions": "0", "authorizing_integration_owners": {"0": "4"}}, True),
    ],
)
def test_only_a_token_reaches_where_the_bot_is_not(where: Json, is_away: bool):
    assert read_grant(told(2, called("feet"), **where), 0.0).is_away is is_away


def test_a_token_is_used_no_longer_than_it_lives():
    now = 100.0
    grants = Grants(lambda: now)
    grants.remember(read_grant(told(3, {"custom_id": "abc:1:undo"}), now))
    assert grants.of_message("3", "8") is grants.of_press("7") is grants.latest("3") is not None
    now += TOKEN_LIFE
    assert (grants.of_message("3", "8"), grants.of_press("7"), grants.latest("3")) == (None,) * 3


async def test_a_message_of_more_than_an_hour_ago_is_to_be_posted_anew():
    account = Account("token")
    old = str(int((time.time() - 3700 - EPOCH) * 1000) << 22)
    assert time.time() - written_at(old) == pytest.approx(3700, abs=5)
    with pytest.raises(MessageGone, match="hour"):
        await Discord(account.calls, Grants()).edit(
            Place(platform="discord", chat="3"), old, Shown(text="new")
        )
