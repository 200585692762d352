"""What people see of a conversation on a bad day: lost answers, kills, blocked and moved chats."""

import asyncio
import contextlib
import sqlite3
import time
from pathlib import Path

import pytest
from sqlalchemy import update

from bot.commands import Word
from bot.easel import Easel
from bot.effects import Picture
from bot.pace import Pace
from bot.platform import SlowDown
from storage import people, sessions
from storage.models import SessionRow
from tests.bot.fake_platform import Message, failing, lost, silent
from tests.bot.sender import Bench, Talking, until, wall


def pictured(talking: Talking) -> list[Message]:
    return [message for message in talking.seen.messages if message.picture is not None]


async def killed_at(bench: Bench, talking: Talking, kind: str, *, after: bool) -> None:
    """Run the sender until a call of this kind, and kill it there."""
    talking.seen.troubles[kind].append(silent(after=after))
    async with bench.sending(patience=0.0) as outbox:
        outbox.poke(talking.chat_id)
        await until(lambda: not talking.seen.troubles[kind])
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("after", [False, True], ids=["before it counts", "after it counted"])
@pytest.mark.parametrize("kind", ["post", "edit"])
async def test_a_kill_between_a_call_and_its_record_never_doubles_a_picture(
    bench: Bench, kind: str, after: bool
):
    talking = await bench.talk("anna")
    await talking.posed()
    await killed_at(bench, talking, kind, after=after)
    async with bench.sending():
        await bench.settled()
    (card,) = pictured(talking)
    assert len(card.pictures) == 1
    assert "Refine" in card.labels
    assert len(talking.seen.messages) == (2 if (kind, after) == ("post", True) else 1)


@pytest.mark.parametrize("after", [False, True], ids=["before it counts", "after it counted"])
async def test_a_kill_while_the_old_buttons_are_taken_off_leaves_one_newest_card(
    bench: Bench, after: bool
):
    talking = await bench.talk("anna")
    async with bench.sending():
        await talking.posed()
        await bench.settled()
    await talking.say("status")
    await killed_at(bench, talking, "strip", after=after)
    async with bench.sending():
        await bench.settled()
    assert len(talking.seen.messages) == 2
    assert len(pictured(talking)[-1].pictures) == 1


@pytest.mark.parametrize("after", [False, True], ids=["before it counts", "after it counted"])
async def test_a_lost_answer_to_an_edit_changes_nothing(bench: Bench, after: bool):
    talking = await bench.talk("anna")
    async with bench.sending():
        await talking.posed()
        talking.seen.troubles["edit"].append(lost(after=after))
        await bench.settled()
    (card,) = talking.seen.messages
    assert len(card.pictures) == 1


@pytest.mark.parametrize(("after", "lines"), [(False, 1), (True, 2)])
async def test_a_lost_answer_to_a_line_is_followed_by_the_line_once_more(
    bench: Bench, after: bool, lines: int
):
    talking = await bench.talk("anna")
    talking.seen.troubles["post"].append(lost(after=after))
    async with bench.sending():
        await talking.say("help")
        begun = time.monotonic()
        await bench.settled()
    assert len(talking.seen.texts) == lines
    assert len(set(talking.seen.texts)) == 1
    assert talking.seen.times("post")[-1] - begun < 0.5


async def test_a_platform_that_is_away_for_a_while_gets_everything_later(bench: Bench):
    talking = await bench.talk("anna")
    for _ in range(3):
        talking.seen.troubles["post"] += [lost(after=False), lost(after=False)]
    async with bench.sending():
        await talking.say("nonsense 1", "nonsense 2")
        await talking.posed()
        await bench.settled(within=20)
    assert ["nonsense 1" in text for text in talking.seen.texts] == [True, False, False]
    assert len(pictured(talking)) == 1


async def test_a_card_whose_message_is_gone_comes_as_a_new_one(bench: Bench):
    talking = await bench.talk("anna")
    async with bench.sending():
        await talking.posed()
        await bench.settled()
        talking.seen.messages.clear()
        await talking.say("right_knee up 20")
        await bench.settled()
    (card,) = talking.seen.messages
    assert card.seen[0][1].picture is None
    assert card.picture is not None
    assert (await saved_message(bench, talking)) == card.id


async def saved_message(bench: Bench, talking: Talking) -> str | None:
    async with bench.database.reading() as db:
        saved = await sessions.load(db, talking.session)
    assert saved is not None
    return saved.card.message


async def test_a_chat_that_is_too_fast_rests_and_then_shows_the_newest(bench: Bench):
    talking, other = await bench.talk("anna"), await bench.talk("ben")
    async with bench.sending(Pace()):
        await talking.posed()
        await bench.settled()
        await asyncio.sleep(1.2)
        talking.seen.troubles["edit"].append(failing(SlowDown(1.0)))
        await talking.say("right_knee up 10")
        await until(lambda: not talking.seen.troubles["edit"])
        told = time.monotonic()
        await other.say("help")
        for _ in range(5):
            await talking.say("right_knee up 10")
        await until(lambda: len(other.seen.messages) == 1)
        assert time.monotonic() - told < 0.9
        await bench.settled()
    (after, *_) = [at for at, _ in talking.seen.calls if at > told]
    assert after - told > 0.9
    assert len([at for at, _ in talking.seen.calls if at > told]) <= 2


async def test_a_chat_that_blocks_the_bot_is_left_alone_until_it_talks_again(bench: Bench):
    talking = await bench.talk("anna")
    talking.seen.gone = True
    async with bench.sending() as outbox:
        await talking.say("help")
        await talking.posed()
        await bench.settled()
        talking.seen.gone = False
        await asyncio.sleep(0.7)
        assert talking.seen.messages == []
        async with bench.database.writing() as db:
            await people.place(db, "fake", "anna", None, False)
        outbox.poke(talking.chat_id)
        await until(lambda: len(talking.seen.messages) == 2)
        await bench.settled()


async def test_a_chat_that_moved_is_followed(bench: Bench):
    talking = await bench.talk("club", is_group=True)
    async with bench.sending():
        await talking.posed()
        await bench.settled()
        talking.seen.moved = "superclub"
        await talking.say("right_knee up 20", "help")
        await bench.settled()
    moved = bench.platform.chats["superclub"]
    assert len([message for message in moved.messages if message.picture]) == 1
    assert len(moved.messages) == 2


async def test_a_picture_that_is_refused_leaves_a_card_of_words_and_comes_as_a_file(bench: Bench):
    talking = await bench.talk("anna")
    result = wall(500, 500)
    bench.platform.refuses.append(await shown_as(bench, result))
    async with bench.sending():
        await talking.posed(result)
        await talking.press(Word.DONE)
        await bench.settled()
    *_, card, document = talking.seen.messages
    assert card.picture is None
    assert "Adjust" in card.labels
    assert all(message.rows == () for message in talking.seen.messages if message is not card)
    assert document.file == result


async def shown_as(bench: Bench, content: bytes) -> bytes:
    return await Easel(bench.pictures).draw(Picture(base=await bench.pictures.put(content)))


async def test_a_picture_that_is_not_kept_any_more_leaves_a_card_of_words(bench: Bench):
    talking = await bench.talk("anna")
    picture = await talking.posed()
    await bench.pictures.remove({picture})
    async with bench.sending():
        await bench.settled()
    (card,) = talking.seen.messages
    assert "Refine" in card.labels


async def test_a_conversation_that_cannot_be_read_holds_nobody_up(bench: Bench):
    broken, talking = await bench.talk("anna"), await bench.talk("anna")
    await broken.posed()
    await talking.posed()
    async with bench.database.writing() as db:
        spoilt = update(SessionRow).where(SessionRow.id == broken.session)
        await db.execute(spoilt.values(state={"format": 99}))
    async with bench.sending():
        await bench.settled()
    (card,) = talking.seen.messages
    assert "Refine" in card.labels


def opened(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(file, isolation_level=None, check_same_thread=False)


async def test_a_locked_database_is_waited_for(bench: Bench):
    talking = await bench.talk("anna")
    await talking.posed()
    other = await asyncio.to_thread(opened, bench.database_file)
    with contextlib.closing(other):
        await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
        async with bench.sending():
            await asyncio.sleep(0.6)
            await asyncio.to_thread(other.execute, "COMMIT")
            await bench.settled()
    assert len(pictured(talking)) == 1


@pytest.mark.parametrize("said", ["status", "help"])
async def test_a_line_that_cannot_be_recorded_is_not_posted_again_and_again(
    bench: Bench, said: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.outbox.STORAGE_RETRY", 0.05)
    talking = await bench.talk("anna")
    other = await asyncio.to_thread(opened, bench.database_file)
    await talking.say(said)
    with contextlib.closing(other):
        async with bench.sending():
            await until(lambda: bench.platform.under_way == 0)
            await asyncio.to_thread(other.execute, "BEGIN IMMEDIATE")
            await until(lambda: len(talking.seen.texts) > 0)
            await asyncio.sleep(1)
            await asyncio.to_thread(other.execute, "COMMIT")
            await bench.settled()
    assert len(talking.seen.texts) == 1


async def test_who_is_told_to_stop_ends_the_call_that_is_under_way(bench: Bench):
    talking = await bench.talk("anna")
    talking.seen.latency = 0.3
    async with bench.sending():
        await talking.say("help")
        await until(lambda: bench.platform.under_way == 1)
    assert len(talking.seen.messages) == 1
    async with bench.sending():
        await bench.settled()
    assert len(talking.seen.messages) == 1


async def test_a_sender_that_hangs_is_not_waited_for_without_end(bench: Bench):
    talking = await bench.talk("anna")
    talking.seen.troubles["post"].append(silent(after=False))
    async with bench.sending(patience=0.2):
        await talking.say("help")
        await until(lambda: not talking.seen.troubles["post"])
        begun = time.monotonic()
    assert time.monotonic() - begun < 2
