"""Announced photos: fetched, tried again, lost with a sentence, never forgotten."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.card import card_of
from bot.fetching import TRIES, Fetcher
from bot.incoming import Photo, Remote
from bot.platform import FileTooLarge, PlatformError, Rejected, SlowDown, Unreachable
from bot.states import Page, State
from bot.words import say
from tests.bot.desks import Desk, desk_in
from tests.bot.sender import wall

PHOTO = Photo(remote=Remote(file="a"))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncGenerator[Desk]:
    async with desk_in(tmp_path) as desk:
        yield desk


async def _told(desk: Desk) -> str:
    (state,) = await desk.states()
    assert state.page is Page.FAILED
    return "\n".join(say(line) for line in card_of(state).lines)


async def _only(desk: Desk) -> State:
    (state,) = await desk.states()
    return state


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (FileTooLarge("21 MB"), "Your photo is too large for me to fetch. Send a smaller one."),
        (Rejected("expired"), "I could not fetch your photo. Send it again."),
    ],
)
async def test_what_cannot_be_had_is_said(desk: Desk, error: PlatformError, sentence: str):
    desk.shelf.files["a"] = [error]
    await desk.tell(PHOTO)
    await desk.fetch()
    assert sentence in await _told(desk)
    assert await desk.queue() == []


async def test_what_is_no_photo_is_refused_before_anybody_waits_for_it(desk: Desk):
    desk.shelf.files["a"] = b"%PDF-1.7 not a photo"
    await desk.tell(PHOTO)
    await desk.fetch()
    assert "send a JPEG or PNG photo instead" in await _told(desk)


@pytest.mark.parametrize("error", [Unreachable("cut"), SlowDown(0.0)])
async def test_a_bad_line_is_tried_again(desk: Desk, error: PlatformError):
    desk.shelf.files["a"] = [error, wall()]
    await desk.tell(PHOTO)
    await desk.fetch()
    assert (await _only(desk)).page is Page.RECEIVING
    later = _later(desk, timedelta(minutes=1))
    await later.look()
    await later.settle()
    assert (await _only(desk)).page is Page.WORKING


async def test_a_line_that_stays_bad_is_given_up_with_a_sentence(desk: Desk):
    desk.shelf.files["a"] = [Unreachable("cut") for _ in range(TRIES)]
    await desk.tell(PHOTO)
    for minutes in range(TRIES):
        fetcher = _later(desk, timedelta(minutes=minutes))
        await fetcher.look()
        await fetcher.settle()
    assert "I could not fetch your photo. Send it again." in await _told(desk)


async def test_a_photo_that_was_announced_before_a_restart_is_fetched_after_it(tmp_path: Path):
    async with desk_in(tmp_path) as desk:
        await desk.tell(PHOTO)
    async with desk_in(tmp_path) as desk:
        desk.shelf.files["a"] = wall()
        await desk.fetch()
        assert (await _only(desk)).page is Page.WORKING
        await desk.fetch()
        assert len(await desk.queue()) == 1


async def test_a_photo_cancelled_while_it_is_fetched_is_not_painted(desk: Desk):
    desk.shelf.files["a"] = wall()
    await desk.tell(PHOTO)
    await desk.says("cancel")
    await desk.fetch()
    assert (await _only(desk)).page is Page.CANCELLED
    assert await desk.queue() == []


async def test_a_photo_of_somebody_who_was_forgotten_meanwhile_is_dropped(desk: Desk):
    desk.shelf.files["a"] = wall()
    await desk.tell(PHOTO)
    await desk.says("forget everything")
    await desk.fetch()
    assert await desk.states() == []
    assert await desk.rows("pictures") == 0


def _later(desk: Desk, by: timedelta) -> Fetcher:
    """The same fetcher, whose clock is ahead."""
    return Fetcher(
        desk.database,
        desk.store,
        desk.carrier,
        platforms={"fake": desk.shelf},
        bells=desk.bell,
        now=lambda: datetime.now(UTC) + by,
    )
