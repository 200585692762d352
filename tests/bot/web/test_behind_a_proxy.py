"""The web server behind a proxy that people reach by https."""

from pathlib import Path

import pytest

from bot.settings import Settings
from bot.web.allowance import Rate
from bot.web.server import Limits
from tests.web.living import web_bot
from tests.web.page import OURS
from tests.web.raw import asks

PUBLIC = Settings(public_url="https://feet.example", daily=0)


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("feet.example", "https://feet.example", 200),
        ("127.0.0.1:8080", "https://feet.example", 200),
        ("feet.example", "https://evil.example", 403),
        ("evil.example", "https://evil.example", 421),
    ],
)
async def test_the_public_page_is_ours_whatever_host_the_proxy_asks_for(
    tmp_path: Path, host: str, origin: str, status: int
):
    async with web_bot(tmp_path, settings=PUBLIC) as url:
        told = {**OURS, "Host": host, "Origin": origin}
        answer = await asks(url, "/api/visit", "POST", b"{}", told)
    assert answer is not None
    assert answer.status == status
    assert ("Secure" in answer.headers.get("set-cookie", "")) is (status == 200)


async def test_machines_behind_a_proxy_are_told_apart_by_what_the_proxy_adds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    few = Limits(requests=Rate(at_once=3, per_second=0.01))
    monkeypatch.setattr("bot.web.server.Limits", lambda: few)
    async with web_bot(tmp_path, settings=PUBLIC) as url:
        told = ["1.1.1.1, 9.9.9.9", "2.2.2.2, 9.9.9.9", "3.3.3.3,9.9.9.9", "4.4.4.4, 9.9.9.9"]
        answers = [await asks(url, "/", X_Forwarded_For=one) for one in [*told, "8.8.8.8"]]
    assert [answer.status for answer in answers if answer] == [200, 200, 200, 429, 200]


async def test_without_a_proxy_what_a_machine_says_of_itself_counts_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    few = Limits(requests=Rate(at_once=3, per_second=0.01))
    monkeypatch.setattr("bot.web.server.Limits", lambda: few)
    async with web_bot(tmp_path) as url:
        answers = [await asks(url, "/", X_Forwarded_For=f"1.1.1.{n}") for n in range(4)]
    assert [answer.status for answer in answers if answer] == [200, 200, 200, 429]
