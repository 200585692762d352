"""Photos that are sent to the web chat: too large, too slow, broken off, twice, by many at once."""

import asyncio
import random
from collections.abc import AsyncGenerator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest

from bot.web import uploads
from tests.bot.fakes import photo_bytes
from tests.web.living import POSED, has
from tests.web.page import OURS, Page, page
from tests.web.raw import Answer, asks

PIECE = 64_000


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take in no photo of more than a megabyte."""
    monkeypatch.setattr(uploads, "LARGEST_PHOTO", 1_000_000)


def noise(size: int) -> bytes:
    return random.Random(size).randbytes(size)


async def in_pieces(content: bytes, pause: float = 0.0) -> AsyncGenerator[bytes]:
    for start in range(0, len(content), PIECE):
        yield content[start : start + PIECE]
        await asyncio.sleep(pause)


def cookie(person: Page) -> str:
    [found] = [one for one in person.session.cookie_jar if one.key == "toeframe"]
    return f"toeframe={found.value}"


async def announces(person: Page, size: int) -> Answer | None:
    """Announce a photo of which nothing comes."""
    told = {**OURS, "Cookie": cookie(person), "Content-Length": str(size)}
    return await asks(person.url, "/api/photos?id=one", "POST", headers=told)


@pytest.mark.usefixtures("small")
async def test_a_photo_that_is_announced_as_too_large_is_refused_before_it_comes(ana: Page):
    answer = await announces(ana, 1_000_001)
    assert answer is not None
    assert answer.status == 413
    assert answer.error == "That file is larger than 1 MB. Send a smaller one."


@pytest.mark.usefixtures("small")
async def test_a_photo_that_turns_out_too_large_is_refused_as_it_comes(ana: Page):
    status, told = await ana.sends_photo(in_pieces(noise(1_500_000)))
    assert status == 413
    assert "1 MB" in told["error"]
    assert [message for message in ana.messages.values() if message.mine] == []


async def test_a_photo_of_nothing_says_to_choose_again(ana: Page):
    status, told = await ana.sends_photo(b"")
    assert (status, told["error"]) == (400, "That file is empty. Choose the photo again.")


async def test_a_photo_without_a_decent_id_is_refused(ana: Page):
    for key in ("", "x" * 65, "a b", "../a", "ä"):
        path = f"/api/photos?id={quote(key)}"
        told = {**OURS, "Cookie": cookie(ana)}
        answer = await asks(ana.url, path, "POST", photo_bytes(), told)
        assert answer is not None
        assert answer.status == 400, key


async def test_a_photo_of_nobody_is_refused(url: str):
    answer = await asks(url, "/api/photos?id=one", "POST", photo_bytes(), OURS)
    assert answer is not None
    assert answer.status == 401


async def test_a_photo_that_hardly_comes_is_given_up(ana: Page, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(uploads, "HEAD_START", 0.3)
    answer = await announces(ana, 1000)
    assert answer is not None
    assert (answer.status, answer.error[:23]) == (408, "That took too long. Sen")


async def test_a_photo_that_is_broken_off_leaves_nothing_and_nobody_waits(
    url: str, ana: Page, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    before = await asyncio.to_thread(_files, tmp_path)
    for _ in range(15):
        async with page(url, address="127.0.0.2") as eve:
            head = [
                "POST /api/photos?id=one HTTP/1.1",
                f"Host: {urlsplit(url).netloc}",
                f"Cookie: {cookie(eve)}",
                "X-Toeframe: 1",
                "Content-Length: 900000",
            ]
            _, writer = await asyncio.open_connection(*_address(url))
            writer.write("\r\n".join([*head, "", ""]).encode() + noise(100_000))
            await writer.drain()
            writer.transport.abort()
    status, _ = await ana.sends_photo(photo_bytes())
    assert status == 202
    await ana.sees(has(POSED), within=20)
    assert len(await asyncio.to_thread(_files, tmp_path)) <= len(before) + 4
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_photo_that_is_sent_twice_counts_once(ana: Page):
    answers = [await ana.sends_photo(photo_bytes(), "blue jeans", key="one") for _ in range(3)]
    assert answers == [(202, answers[0][1])] * 3
    await ana.sees(has(POSED), within=20)
    assert len([message for message in ana.messages.values() if message.mine]) == 1
    assert len(list(filter(has(POSED), ana.told()))) == 1


async def test_any_caption_is_borne(ana: Page):
    captions = ("\0", "\ud800", "a" * 3000, "발까지 나오게 🦶", "%", "\r\n")
    for number, caption in enumerate(captions):
        told = quote(caption, errors="surrogatepass")
        headers = {**OURS, "Cookie": cookie(ana), "X-Toeframe-Caption": told}
        path = f"/api/photos?id={number}"
        answer = await asks(ana.url, path, "POST", photo_bytes(), headers)
        assert answer is not None
        assert answer.status == 202, caption
    await ana.bell.until(lambda: len(list(filter(has(POSED), ana.told()))) == len(captions), 20)


async def test_a_browser_has_only_so_many_photos_on_their_way(ana: Page):
    sending = [
        asyncio.create_task(ana.sends_photo(in_pieces(noise(PIECE * 20), 0.1))) for _ in range(6)
    ]
    answers = [await one for one in sending]
    assert sorted(status for status, _ in answers) == [202, 202, 202, 202, 429, 429]


async def test_there_is_only_so_much_room_for_all_photos_on_their_way(
    url: str, ana: Page, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(uploads, "ROOM", 3 * PIECE)
    async with page(url, address="127.0.0.2") as eve:
        slow = asyncio.create_task(eve.sends_photo(in_pieces(noise(3 * PIECE), 0.5)))
        await asyncio.sleep(0.8)
        status, told = await ana.sends_photo(in_pieces(noise(3 * PIECE)))
        assert status == 503
        assert told["error"].startswith("I cannot write anything down right now.")
        assert (await slow)[0] == 202
    status, _ = await ana.sends_photo(photo_bytes())
    assert status == 202


async def test_who_sends_photos_on_and_on_is_told_to_wait(ana: Page):
    answers = [await ana.sends_photo(b"no photo", key=f"k{number}") for number in range(22)]
    assert [status for status, _ in answers][:20] == [202] * 20
    assert answers[-1][0] == 429


async def test_what_is_no_photo_is_told_by_the_card(ana: Page):
    status, _ = await ana.sends_photo(b"GIF89a nonsense")
    assert status == 202
    await ana.sees("send a JPEG or PNG photo instead", within=20)


def _address(url: str) -> tuple[str | None, int | None]:
    parts = urlsplit(url)
    return parts.hostname, parts.port


def _files(folder: Path) -> set[str]:
    return {file.name for file in folder.glob("bot/pictures/sha256/*/*")}
