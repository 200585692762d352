"""What people do, taken in: one transaction an update, each once, each person their own."""

import sqlite3
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.card import card_of
from bot.effects import SendFile
from bot.incoming import Photo, Remote
from bot.settings import Settings
from bot.states import Page
from bot.words import say, text
from storage import sessions
from storage.database import StorageBusy
from tests.bot.desks import STRANGE, Desk, desk_in

PHOTO = Photo(remote=Remote(file="a"))


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncGenerator[Desk]:
    async with desk_in(tmp_path) as desk:
        yield desk


async def test_a_photo_s_card_is_wanted_before_its_file_is_here(
    desk: Desk,
):
    await desk.tell(PHOTO)
    (state,) = await desk.states()
    assert (state.page, state.photo) == (Page.RECEIVING, None)
    assert await desk.wanted() == 1
    assert (desk.bell.fetched, len(desk.bell.shown)) == (1, 1)


async def test_a_fetched_photo_is_ordered_to_be_completed(desk: Desk):
    state = await desk.photo(caption="a man in blue jeans")
    assert state.work is not None
    (job,) = await desk.queue()
    assert (job.session_id, job.number, job.kind) == (state.session, 1, "prepare")
    assert job.order["value"]["caption"] == "a man in blue jeans"
    assert desk.bell.painted == 1


async def test_an_update_that_comes_again_is_taken_in_once(desk: Desk):
    for _ in range(3):
        await desk.tell(PHOTO, source="fake:same")
    assert len(await desk.states()) == 1
    assert await desk.rows("inbox") == 1
    assert (
        b'toeframe_updates_total{outcome="seen before",platform="fake"} 2.0' in desk.metrics.text()
    )


async def test_each_photo_has_its_own_conversation(desk: Desk):
    one, other = await desk.photo(), await desk.photo()
    assert one.session != other.session
    assert len(await desk.queue()) == 2


async def test_a_line_goes_to_the_latest_conversation(desk: Desk):
    one, other = await desk.photo(), await desk.photo()
    await desk.says("cancel")
    states = {state.session: state.page for state in await desk.states()}
    assert states == {one.session: Page.WORKING, other.session: Page.CANCELLED}


async def test_a_line_that_replies_to_a_card_goes_to_its_conversation(desk: Desk):
    one, other = await desk.photo(), await desk.photo()
    async with desk.database.writing() as db:
        await sessions.showing(db, one.session, "77")
    await desk.says("cancel", reply_to="77")
    states = {state.session: state.page for state in await desk.states()}
    assert states == {one.session: Page.CANCELLED, other.session: Page.WORKING}


async def test_a_line_without_a_photo_is_answered_too(desk: Desk):
    assert await desk.says("refine") == ["Send me a photo first."]


async def test_what_cannot_be_used_gets_a_kind_sentence(desk: Desk):
    await desk.tell(STRANGE)
    assert await desk.sentences() == ["A sticker has no legs that I could paint. Send me a photo."]


async def test_a_press_is_answered_and_carried_out(desk: Desk):
    state = await desk.photo()
    assert await desk.press(state, "Cancel") == "Stopped."
    assert (await desk.states())[0].page is Page.CANCELLED
    assert desk.bell.stopped == [1]
    assert await desk.queue() == []


async def test_nobody_else_can_press(desk: Desk):
    state = await desk.photo()
    (button,) = [button for row in card_of(state).rows for button in row]
    for chat in ("ann", "bob"):
        answer = await desk.carry(button.token, who="bob", chat=chat)
        assert answer is not None
    assert await desk.states() == [state]


async def test_a_button_of_a_conversation_that_is_over_says_so(desk: Desk):
    answer = await desk.carry("zzzzzzzz:0:cancel")
    assert answer == "This conversation is over. Send me the photo again."


async def test_a_reply_to_somebody_else_s_card_is_not_obeyed(desk: Desk):
    state = await desk.photo(chat="group")
    async with desk.database.writing() as db:
        await sessions.showing(db, state.session, "77")
    (said,) = await desk.says("cancel", who="bob", chat="group", reply_to="77")
    assert said.startswith("Only the person who sent this photo can do that.")
    assert await desk.states() == [state]


async def test_only_so_many_orders_wait_at_once(tmp_path: Path):
    async with desk_in(tmp_path, Settings(waiting=2)) as desk:
        pages = [(await desk.photo()).page for _ in range(3)]
        assert pages == [Page.WORKING, Page.WORKING, Page.FAILED]
        assert len(await desk.queue()) == 2
        other = await desk.photo(who="bob")
        assert other.page is Page.WORKING


async def test_the_day_s_quota_counts_for_all_but_admins(tmp_path: Path):
    settings = Settings(daily=1, admins=frozenset({"fake:root"}))
    async with desk_in(tmp_path, settings) as desk:
        assert [(await desk.photo()).page for _ in range(2)] == [Page.WORKING, Page.FAILED]
        assert [(await desk.photo(who="root")).page for _ in range(2)] == [Page.WORKING] * 2


async def test_who_is_not_on_the_list_is_told_how_to_get_there(tmp_path: Path):
    async with desk_in(tmp_path, Settings(allowed=frozenset({"fake:ann"}))) as desk:
        await desk.tell(PHOTO, who="bob")
        assert await desk.states() == []
        (said,) = await desk.sentences()
        assert "fake:bob" in said
        assert (await desk.photo()).page is Page.WORKING


async def test_only_admins_see_the_figures(tmp_path: Path):
    async with desk_in(tmp_path, Settings(admins=frozenset({"fake:root"}))) as desk:
        await desk.photo()
        assert "1 wait" in (await desk.says("stats", who="root"))[0]
        assert await desk.says("stats") == ["Only those who run this bot can see that."]


async def test_privacy_says_how_long_things_are_kept(desk: Desk):
    (said,) = await desk.says("privacy")
    assert "24 hours" in said
    assert "7 days" in said


async def test_what_was_set_counts_for_the_next_photo_too(desk: Desk):
    await desk.says("quality best")
    await desk.says("language ko")
    state = await desk.photo()
    assert state.options.quality == "best"
    assert state.language == "ko"


async def test_a_sample_can_be_tried(desk: Desk):
    await desk.says("sample")
    state = (await desk.states())[-1]
    assert state.page is Page.WORKING
    assert len(await desk.queue()) == 1


async def test_a_file_is_sent_once_for_each_asking(desk: Desk):
    state = await desk.photo()
    await desk.says("original")
    assert await desk.messages() == [SendFile(state.photo or "", "original")]


async def test_forgetting_leaves_nothing_but_the_last_word(desk: Desk):
    state = await desk.photo()
    await desk.photo(who="bob")
    await desk.says("forget")
    await desk.says("forget everything")
    assert len(await desk.states()) == 1
    assert await desk.rows("users") == 1
    assert state.photo in desk.bell.dropped
    assert desk.bell.stopped == [1]
    assert len(await desk.queue()) == 1
    assert (await desk.sentences())[-1].startswith("Everything of yours is deleted.")


async def test_a_locked_database_takes_nothing_in_and_says_so(tmp_path: Path):
    async with desk_in(tmp_path) as desk:
        await desk.photo()
        other = sqlite3.connect(tmp_path / "toeframe.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageBusy):
            await desk.tell(PHOTO, source="fake:locked")
        other.execute("ROLLBACK")
        other.close()
        assert len(await desk.states()) == 1
        await desk.tell(PHOTO, source="fake:locked")
        assert len(await desk.states()) == 2


async def test_choosing_a_language_is_answered_in_it(desk: Desk):
    await desk.says("settings")
    state = (await desk.states())[-1]
    assert await desk.press(state, "한국어") == say(text("toast.set"), "ko")
