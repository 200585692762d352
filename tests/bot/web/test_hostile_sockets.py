"""Sockets that send garbage, too much, or do not listen: cut off politely, others unaffected."""

import asyncio
import json
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.web import sockets
from tests.web.page import Page, page

HELP = "photo"  # what the answer to /help speaks of


@asynccontextmanager
async def nuisance(url: str) -> AsyncGenerator[Page]:
    """Somebody who misbehaves, from another address."""
    async with page(url, address="127.0.0.2") as opened:
        yield opened


async def is_answered(person: Page) -> None:
    """Look whether somebody is answered as ever."""
    await person.is_confirmed(await person.types("/help"))


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b"\0\1\2", aiohttp.WSCloseCode.UNSUPPORTED_DATA),
        (b"a" * 10_000_000, aiohttp.WSCloseCode.MESSAGE_TOO_BIG),
        ("a" * 10_000_000, aiohttp.WSCloseCode.MESSAGE_TOO_BIG),
    ],
    ids=["binary", "10 MB binary", "10 MB text"],
)
async def test_a_frame_that_no_page_sends_ends_the_socket(
    url: str, ana: Page, frame: bytes | str, code: int
):
    async with nuisance(url) as eve:
        assert eve.socket is not None
        sending = asyncio.create_task(
            eve.socket.send_str(frame) if isinstance(frame, str) else eve.socket.send_bytes(frame)
        )
        await is_answered(ana)
        assert await eve.is_cut_off() == code
        await asyncio.gather(sending, return_exceptions=True)


NONSENSE = (
    "",
    "{",
    "null",
    "[]",
    "[" * 30_000,
    '"say"',
    '{"type": "say"}',
    '{"type": "say", "id": 7, "text": "x"}',
    '{"type": "say", "id": "", "text": "x"}',
    '{"type": "say", "id": "1", "text": ["x"]}',
    '{"type": "say", "id": "1", "text": "\\u0000"}',
    '{"type": "say", "id": "1", "text": "\\ud800"}',
    '{"type": "say", "id": "1", "text": "x", "reply_to": {}}',
    '{"type": "press", "id": "1", "token": "x"}',
    '{"type": "press", "id": "1", "token": 1, "message": 2}',
    '{"type": "hello"}',
    json.dumps({"type": "say", "id": "i" * 65, "text": "x"}),
    json.dumps({"type": "say", "id": "1", "text": "x" * 4097}),
    '{"type": "say", "id": "1", "text": ' + "9" * 5000 + "}",
)


async def test_nonsense_is_answered_by_a_sentence_and_the_talk_goes_on(ana: Page):
    sentence = "That is nothing that this chat understands. Reload the page."
    error = {"type": "error", "text": sentence}
    assert ana.socket is not None
    for number, told in enumerate(NONSENSE, 1):
        await ana.socket.send_str(told)
        await ana.bell.until(lambda n=number: ana.heard.count(error) == n, 5)
    await is_answered(ana)


async def test_a_reply_to_nothing_is_taken_as_a_line(ana: Page):
    assert ana.socket is not None
    for number, reply_to in enumerate(("0", "-1", "x", "9" * 30, "'; --")):
        said = {"type": "say", "id": str(number), "text": "/help", "reply_to": reply_to}
        await ana.socket.send_json(said)
        await ana.bell.until(lambda n=number: {"type": "taken", "id": str(n)} in ana.heard, 5)
    await ana.sees(HELP)


async def test_a_press_of_what_is_no_button_is_answered(ana: Page):
    await ana.types("/help")
    message = await ana.sees(HELP)
    for carried in ("", "x", "a:b:c", "abcdefgh:1:refine", "🦶" * 900):
        answer = await ana.is_answered(await ana.forges(message, carried))
        assert answer["text"]
        assert answer["link"] is None


async def test_a_thousand_messages_a_second_end_the_socket_and_nobody_else_waits(
    url: str, ana: Page
):
    async with nuisance(url) as eve:
        flood = asyncio.create_task(_floods(eve))
        waits = [await _waits(ana) for _ in range(10)]
        assert await eve.is_cut_off(within=30) == aiohttp.WSCloseCode.POLICY_VIOLATION
        await asyncio.gather(flood, return_exceptions=True)
        assert max(waits) < 1.0
        await eve.connects()  # it may come back, and is patiently heard
        await is_answered(eve)


async def test_what_is_said_twice_counts_once(ana: Page):
    assert ana.socket is not None
    for _ in range(3):
        await ana.socket.send_json({"type": "say", "id": "one", "text": "seed 7"})
    await ana.bell.until(lambda: ana.heard.count({"type": "taken", "id": "one"}) == 3, 5)
    await ana.sees("Set.")
    await is_answered(ana)
    assert [message.text for message in ana.messages.values()].count("seed 7") == 1
    assert [message.text for message in ana.messages.values()].count("Set.") == 1


async def test_a_page_that_does_not_listen_is_cut_off_and_reads_all_when_it_comes_back(
    url: str, ana: Page, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sockets, "PATIENCE", 0.5)
    deaf = await _deaf(url, ana)
    async with asyncio.timeout(60):
        while not await asyncio.to_thread(_is_reset, deaf):
            await ana.is_confirmed(await ana.types("seed " + "9" * 3900))
            await asyncio.sleep(0.05)
    deaf.close()
    heard = {message.id for message in ana.messages.values()}
    await ana.leaves()
    await ana.connects()
    assert heard <= set(ana.messages)


async def test_a_page_that_dies_leaves_nothing_behind(url: str, ana: Page):
    for _ in range(30):
        async with nuisance(url) as eve:
            assert eve.socket is not None
            transport = eve.socket.get_extra_info("socket")
            eve.unconfirmed.clear()
            await eve.types("/help")
            transport.shutdown(socket.SHUT_RDWR)
            await eve.is_cut_off()
    await is_answered(ana)


async def test_too_many_tabs_of_one_browser_are_told_so(url: str, ana: Page):
    opened = [
        await ana.session.ws_connect(f"{url}/api/chat", headers={"Origin": url}) for _ in range(11)
    ]
    with pytest.raises(aiohttp.WSServerHandshakeError, match="429"):
        await ana.session.ws_connect(f"{url}/api/chat", headers={"Origin": url})
    await opened[0].close()
    await asyncio.sleep(0.1)
    opened[0] = await ana.session.ws_connect(f"{url}/api/chat", headers={"Origin": url})
    for one in opened:
        await one.close()


async def _floods(eve: Page) -> None:
    assert eve.socket is not None
    with suppress(ConnectionError):
        for number in range(30_000):
            await eve.socket.send_json({"type": "say", "id": f"n{number}", "text": "/help"})
            if number % 10 == 0:
                await asyncio.sleep(0.01)


async def _waits(ana: Page) -> float:
    begun = asyncio.get_running_loop().time()
    await is_answered(ana)
    return asyncio.get_running_loop().time() - begun


async def _deaf(url: str, ana: Page) -> socket.socket:
    """Open a socket as somebody, with the smallest ears there are, and never read it."""
    [cookie] = [one.value for one in ana.session.cookie_jar if one.key == "toeframe"]
    parts = urlsplit(url)
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    await asyncio.to_thread(deaf.connect, (parts.hostname, parts.port))
    lines = [
        "GET /api/chat HTTP/1.1",
        f"Host: {parts.netloc}",
        f"Origin: {url}",
        f"Cookie: toeframe={cookie}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    deaf.sendall("\r\n".join([*lines, "", ""]).encode())
    return deaf


def _is_reset(deaf: socket.socket) -> bool:
    """Whether the other side has dropped a connection."""
    try:
        deaf.sendall(b"\x8a\x80\0\0\0\0")  # a pong, which nobody answers
    except ConnectionError:
        return True
    return False
