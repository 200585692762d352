from typing import Any

import pytest

from bot.grammar import parse
from bot.menu import MENU
from bot.platforms.discord_commands import ASKS, FEET, KOREAN, SAY, commands, digest, form
from bot.words import LANGUAGES
from pipeline.errors import StudioError
from tests.discord.commands import check_commands
from tests.discord.components import check_form

Json = dict[str, Any]


def test_discord_takes_all_commands():
    assert len(check_commands(commands())) == len(MENU) + 3


def test_each_command_is_there_with_friends_and_by_itself_too():
    for command in commands():
        assert command["integration_types"] == [0, 1]
        assert command["contexts"] == [0, 1, 2]


@pytest.mark.parametrize("name", [name for name, _ in MENU if name not in ASKS])
def test_a_korean_name_is_what_koreans_type_for_the_same(name: str):
    assert parse(_meant(KOREAN[name])) == parse(name)


def _meant(korean: str) -> str:
    """Write names as they are said: those on Discord have no spaces in them."""
    return {"다시실행": "다시 실행", "새로그리기": "새로 그리기"}.get(korean, korean)


def test_korean_names_differ():
    assert len(set(KOREAN.values())) == len(KOREAN)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [FEET, SAY, *sorted(ASKS)])
def test_discord_takes_the_forms(name: str, language: str):
    assert check_form(form(name, language))["custom_id"] == f"form:{name}"


def test_the_digest_is_the_same_for_what_comes_back_and_another_for_a_change():
    returned: list[Json] = [
        one | {"id": str(number), "version": "7", "default_member_permissions": None}
        for number, one in enumerate(commands())
    ]
    assert digest(reversed(returned)) == digest(commands())
    returned[0] = returned[0] | {"description": "something else"}
    assert digest(returned) != digest(commands())


def test_a_command_that_a_form_asks_for_says_nothing_without_words():
    for name in ASKS:
        with pytest.raises(StudioError):
            parse(name)
