"""What the command line says before a bot runs: settings, doctor."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.doctor import findings
from bot.settings import Settings
from tests.telegram.server import bot_api


def test_without_any_way_in_it_says_which_there_are(monkeypatch: pytest.MonkeyPatch):
    for name in ("TELEGRAM_TOKEN", "DISCORD_TOKEN"):
        monkeypatch.delenv(f"TOEFRAME_{name}", raising=False)
    monkeypatch.setenv("TOEFRAME_WEB", "no")
    done = CliRunner().invoke(app, ["serve"])
    assert done.exit_code == 1
    assert "There is no way in" in " ".join(done.stderr.split())


@pytest.mark.parametrize("command", ["serve", "doctor"])
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, command: str):
    monkeypatch.setenv("TOEFRAME_WAITING", "none")
    done = CliRunner().invoke(app, [command])
    assert done.exit_code == 1
    assert "TOEFRAME_WAITING must be a whole number" in done.stderr


async def _found(settings: Settings) -> dict[str, tuple[bool, bool, str]]:
    found = [finding async for finding in findings(settings)]
    return {one.what: (one.good, one.needed, one.says) for one in found}


async def test_the_doctor_finds_a_bot_well(tmp_path: Path):
    async with bot_api() as world:
        settings = Settings(data=tmp_path, telegram_token=world.token, telegram_api=world.url)
        found = await _found(settings)
    assert all(good for good, _, _ in found.values()), found
    assert found["telegram"][2] == "@toeframe_test_bot."


async def test_the_doctor_says_that_telegram_does_not_know_the_token(tmp_path: Path):
    async with bot_api() as world:
        settings = Settings(data=tmp_path, telegram_token="1:wrong", telegram_api=world.url)
        good, needed, says = (await _found(settings))["telegram"]
    assert (good, needed) == (False, True)
    assert says.startswith("Telegram does not know this token.")
    assert "wrong" not in says


async def test_the_doctor_says_that_nobody_answers(tmp_path: Path):
    settings = Settings(data=tmp_path, telegram_token="1:a", telegram_api="http://127.0.0.1:9")
    good, needed, says = (await _found(settings))["telegram"]
    assert (good, needed) == (False, True)
    assert says.startswith("http://127.0.0.1:9 does not answer")


async def test_the_doctor_names_a_folder_that_is_none(tmp_path: Path):
    (tmp_path / "data").touch()
    good, needed, says = (await _found(Settings(data=tmp_path / "data")))["data folder"]
    assert (good, needed) == (False, True)
    assert "Set TOEFRAME_DATA_DIR." in says
