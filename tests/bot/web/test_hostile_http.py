"""HTTP that no page of ours sends: refused in one sentence, and nothing comes of it."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.web.allowance import Rate
from bot.web.server import Limits
from tests.bot.fakes import photo_bytes
from tests.web.living import POSED, has, web_bot
from tests.web.page import OURS, Page, page
from tests.web.raw import asks, sends

EVIL = "http://evil.example"
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": EVIL, "X_Toeframe": "1"}, 403),
        ({"Origin": "null", "X_Toeframe": "1"}, 403),
        ({"Origin": "http://127.0.0.1:9", "X_Toeframe": "1"}, 403),
        ({"Origin": "http://[", "X_Toeframe": "1"}, 403),
        ({"Origin": "{url}"}, 403),
        ({}, 403),
        ({"X_Toeframe": "1"}, 200),
        ({"Origin": "{url}", "X_Toeframe": "1"}, 200),
    ],
)
async def test_a_post_counts_only_from_our_own_page(url: str, headers: dict[str, str], status: int):
    told = {name: value.replace("{url}", url) for name, value in headers.items()}
    answer = await asks(url, "/api/visit", "POST", b"{}", told)
    assert answer is not None
    assert answer.status == status
    assert ("set-cookie" in answer.headers) is (status == 200)


@pytest.mark.parametrize("origin", [EVIL, "null", None])
async def test_a_foreign_page_opens_no_socket(url: str, ana: Page, origin: str | None):
    headers = {"Origin": origin} if origin else {}
    with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
        await ana.session.ws_connect(f"{url}/api/chat", headers=headers)


async def test_a_socket_without_a_visit_is_not_opened(url: str):
    answer = await asks(url, "/api/chat", headers={**UPGRADE, "Origin": url})
    assert answer is not None
    assert (answer.status, answer.error) == (401, "This page was open for too long. Reload it.")


async def test_a_name_that_was_pointed_to_this_machine_is_refused(url: str):
    names = ("evil.example", "127.0.0.1.evil.example", "localhost.evil", "[", "", "192.168.0.7")
    for host in names:
        answer = await asks(url, "/api/words/chat/en.json", Host=host)
        assert answer is not None
        assert answer.status in (400, 421), host


async def test_this_machine_goes_by_its_usual_names(url: str):
    port = urlsplit(url).port
    for host in (f"localhost:{port}", f"LOCALHOST:{port}", f"[::1]:{port}", "127.0.0.1"):
        answer = await asks(url, "/", Host=host)
        assert answer is not None
        assert answer.status == 200


PATHS = (
    "/static/../settings.py",
    "/static/%2e%2e/settings.py",
    "/static/..%2f..%2fsettings.py",
    "/static/....//settings.py",
    "/static//etc/passwd",
    "/static/%00",
    "/static/",
    "/static",
    "/static/chat",
    "/static/chat/",
    "//evil.example/",
    "/api/words/toeframe/en.json",
    "/api/words/..%2ftoeframe/en.json",
    "/api/words/chat/..%2f..%2fen.json",
    "/data/toeframe.sqlite3",
    "/.git/config",
    "/" + "a" * 5000,
)


async def test_only_what_is_meant_to_be_served_is(url: str):
    for path in PATHS:
        answer = await asks(url, path)
        assert answer is not None
        assert (path, answer.status) == (path, 404)
        assert answer.error == "There is nothing here. Go back to the chat."


async def test_what_is_refused_is_told_in_the_readers_language(url: str):
    answer = await asks(url, "/nowhere", Accept_Language="fr, ko-KR;q=0.8, en;q=0.5")
    assert answer is not None
    assert answer.error == "여기에는 아무것도 없어요. 채팅으로 돌아가 주세요."


async def test_pictures_files_and_conversations_are_their_owners_alone(url: str, ana: Page):
    await ana.sends_photo(photo_bytes())
    card = await ana.sees(has(POSED), within=20)
    await ana.types("file")
    sent = await ana.sees(lambda message: message.file is not None, within=20)
    assert card.picture is not None
    assert sent.file is not None
    session = f"/api/sessions/{card.told['session']}"
    versions = await (await ana.session.get(f"{url}{session}")).json()
    picture = versions["versions"][0]["picture"]["url"]
    for address in (card.picture["url"], sent.file["url"], session, picture):
        async with page(url) as bob:
            for session_of, status in ((ana.session, 200), (bob.session, 404)):
                async with session_of.get(f"{url}{address}") as answer:
                    assert answer.status == status
        async with aiohttp.ClientSession() as nobody, nobody.get(f"{url}{address}") as answer:
            assert answer.status == 401


async def test_a_cookie_that_was_made_up_opens_nothing(url: str):
    for cookie in ("toeframe=x", "toeframe=" + "a" * 4000, "toeframe=%00%ff", 'toeframe="', ";;="):
        answer = await asks(url, "/api/sessions/abcdefgh", Cookie=cookie)
        assert answer is not None
        assert answer.status == 401


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: 1\r\n" * 100_000 + b"\r\n",
        b"POST /api/visit HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
        b"POST /api/visit HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        b"POST /api/visit HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
        b"Content-Length: 2\r\n\r\n{}",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" * 50 + b"\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"\0" * 70_000 + b"\r\n\r\n",
    ],
    ids=[
        "header",
        "line",
        "headers",
        "smuggled",
        "negative",
        "twice",
        "hosts",
        "tls",
        "v9",
        "zeros",
    ],
)
async def test_what_is_no_http_is_refused_and_the_others_go_on(
    url: str, ana: Page, request_: bytes
):
    answer = await sends(url, request_)
    assert answer is None or answer.status in (400, 403, 408, 421, 431)
    await ana.is_confirmed(await ana.types("/help"))


async def test_methods_that_nothing_is_served_by_are_refused(url: str):
    for method in ("PUT", "DELETE", "TRACE", "OPTIONS", "PATCH", "FOO"):
        answer = await asks(url, "/api/visit", method, X_Toeframe="1")
        assert answer is not None
        assert answer.status in (400, 405), method


async def test_a_body_that_is_far_too_large_is_not_read(url: str):
    answer = await asks(url, "/api/visit", "POST", b" " * 1_100_000, X_Toeframe="1")
    assert answer is not None
    assert answer.status == 413


async def test_nonsense_at_the_door_lets_in_somebody_who_reads_english(url: str):
    for body in (b"[", b"[]", b"null", b'{"language": {}}', b"\xff", b"1" * 9):
        answer = await asks(url, "/api/visit", "POST", body, X_Toeframe="1")
        assert answer is not None
        assert answer.status == 200, body
        assert b'"language": "en"' in answer.body


async def test_who_asks_too_often_is_told_when_to_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    few = Limits(requests=Rate(at_once=20, per_second=0.1))
    monkeypatch.setattr("bot.web.server.Limits", lambda: few)
    async with web_bot(tmp_path) as url:
        answers = [await asks(url, "/nowhere") for _ in range(22)]
    told = [answer.status for answer in answers if answer]
    assert told == [404] * 20 + [429] * 2
    assert answers[-1] is not None
    assert int(answers[-1].headers["retry-after"]) > 5


async def test_every_answer_tells_the_browser_to_trust_nothing_else(url: str, ana: Page):
    for path in ("/", "/edit", "/nowhere", "/api/words/chat/ko.json", "/api/chat"):
        answer = await asks(url, path)
        assert answer is not None
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert ("https://web.telegram.org" in policy) is (path == "/edit")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in answer.headers


async def test_the_cookie_is_for_no_script_and_no_other_page(url: str):
    answer = await asks(url, "/api/visit", "POST", b"{}", X_Toeframe="1")
    assert answer is not None
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Domain" not in cookie


async def test_neither_cookies_nor_links_are_ever_logged(
    url: str, ana: Page, caplog: pytest.LogCaptureFixture, tmp_path: Path
):
    await ana.sends_photo(photo_bytes())
    card = await ana.sees(has(POSED), within=20)
    assert card.picture is not None
    await ana.fetches(card.picture["url"])
    await ana.session.post(f"{url}/api/photos", data=b"", headers=OURS)
    await ana.leaves()
    [cookie] = [one.value for one in ana.session.cookie_jar if one.key == "toeframe"]
    link = card.picture["url"].split("/")[3]
    assert len(cookie) >= 43
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert cookie not in logged
    assert link not in logged
    assert cookie.encode() not in await asyncio.to_thread(_stored, tmp_path)


def _stored(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.glob("bot/toeframe.sqlite3*"))
