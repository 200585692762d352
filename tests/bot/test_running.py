"""What the command line says before a bot runs: settings, doctor."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import app
from bot.doctor import findings
from bot.settings import Settings
from tests.discord.server import discord_api
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
        settings = Settings(
            data=tmp_path, telegram_token=world.token, telegram_api=world.url, port=0
        )
        found = await _found(settings)
    assert [what for what, (good, _, _) in found.items() if not good] == ["discord"]
    assert not found["discord"][1], "no token is no fault"
    assert found["telegram"][2] == "@toeframe_test_bot."


async def test_the_doctor_knows_the_bot_on_discord(tmp_path: Path):
    async with discord_api() as world:
        known = Settings(
            data=tmp_path,
            discord_token=world.token,
            discord_api=world.api,
            discord_gateway=world.gateway_url,
        )
        wrong = replace(known, discord_token="wrong")
        good, _, says = (await _found(known))["discord"]
        refused = (await _found(wrong))["discord"]
    assert good, says
    assert refused[:2] == (False, True)
    assert "wrong" not in refused[2]


async def test_the_doctor_sends_no_token_where_the_bot_would_not(tmp_path: Path):
    settings = Settings(
        data=tmp_path,
        discord_token="secret",
        discord_api="http://proxy.example.org/api",
        discord_gateway="ws://proxy.example.org",
    )
    good, needed, says = (await _found(settings))["discord"]
    assert (good, needed) == (False, True)
    assert "unencrypted" in says


async def test_the_doctor_says_that_a_port_is_taken(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        good, needed, says = (await _found(Settings(data=tmp_path, web=True, port=port)))["page"]
    assert (good, needed) == (False, True)
    assert says.endswith("Set TOEFRAME_PORT.")


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
