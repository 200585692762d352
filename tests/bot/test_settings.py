"""Settings are read from the environment once, and what is wrong is said in one sentence."""

from pathlib import Path

import pytest

from bot.settings import TELEGRAM_API, Settings, SettingsError


def test_nothing_set_gives_a_bot_that_starts():
    settings = Settings.from_environ({})
    assert settings == Settings(web=True), "the page is there for whoever has no token"
    assert settings.telegram_token is None
    assert settings.telegram_api == TELEGRAM_API
    assert settings.database_url == "sqlite+aiosqlite:///data/toeframe.sqlite3"


def test_everything_is_read():
    settings = Settings.from_environ(
        {
            "TOEFRAME_TELEGRAM_TOKEN": " 12:ab ",
            "TOEFRAME_TELEGRAM_API_BASE": "http://127.0.0.1:8081/",
            "TOEFRAME_DATA_DIR": "/srv/toeframe",
            "TOEFRAME_PUBLIC_URL": "https://bot.example.org",
            "TOEFRAME_PORT": "8000",
            "TOEFRAME_ALLOWED": "1234, telegram:-100",
            "TOEFRAME_ADMINS": "telegram:1",
            "TOEFRAME_DAILY": "0",
            "TOEFRAME_JSON_LOGS": "yes",
            "TOEFRAME_LOG_LEVEL": "debug",
        }
    )
    assert settings.telegram_token == "12:ab"
    assert settings.telegram_api == "http://127.0.0.1:8081"
    assert settings.pictures == Path("/srv/toeframe/pictures")
    assert settings.allowed == frozenset({"telegram:1234", "telegram:-100"})
    assert settings.daily == 0
    assert settings.json_logs
    assert settings.log_level == "DEBUG"


@pytest.mark.parametrize(
    ("name", "told", "sentence"),
    [
        ("PORT", "many", "TOEFRAME_PORT must be a whole number from 0 to 65535; it is many."),
        ("PORT", "65536", "from 0 to 65535"),
        ("WAITING", "0", "from 1 to"),
        ("DAILY", "-1", "from 0 to"),
        ("DAILY", "٣", "must be a whole number"),
        ("TELEGRAM_API_BASE", "api.telegram.org", "must be an http or https address"),
        ("JSON_LOGS", "perhaps", "must be yes or no"),
        ("LOG_LEVEL", "loud", "must be one of INFO, DEBUG, WARNING, ERROR"),
    ],
)
def test_what_cannot_be_used_is_named(name: str, told: str, sentence: str):
    with pytest.raises(SettingsError, match=sentence):
        Settings.from_environ({f"TOEFRAME_{name}": told})


def test_secrets_are_not_shown():
    settings = Settings(telegram_token="12:secret", database="postgresql://u:secret@h/d")
    assert "secret" not in repr(settings)


def test_an_empty_list_lets_everybody_in_and_a_list_only_those_named():
    assert Settings().allows("telegram:1")
    closed = Settings(allowed=frozenset({"telegram:-5"}), admins=frozenset({"telegram:1"}))
    assert closed.allows("telegram:2", "telegram:-5")
    assert closed.allows("telegram:1")
    assert not closed.allows("telegram:2", "telegram:3")
